"""Exemptions at a date: what waits, what is live, reviews, breaches, and whether it is under control.

As at a day: what had happened by then, by all that is known now. Money is £ excluding VAT unless said.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest

from council.wording import day_name
from council.working_time import end_of_day
from placements.models import Breach, Placement, ReviewAction
from placements.reads import costs
from placements.reads.reviews import Review, by_exemption, reviews_due
from recruitment.models import (
    Agency,
    Exemption,
    ExemptionReason,
    ExemptionStatus,
    Route,
)
from recruitment.reads import deciders, procurement
from recruitment.reads.rounds import first_supplier
from recruitment.reads.witness_words import READ_WITH
from recruitment.rules.procurement_law import AgencySpend
from reporting.chart import Series, column_chart, line_chart
from reporting.reads.exemptions import (
    EVERYTHING,
    Live,
    MonthOfExemptions,
    RouteQuality,
    Scope,
    Waiting,
    as_shown,
    asked_or_decided,
    decisions_between,
    last_day_known_on,
    live_lines,
    months_of_exemptions,
    percent,
    quality_by_route,
    stage_on,
    tenth,
    waiting_line,
)
from reporting.reads.spend import SPEND
from reporting.reports.registry import Report, ReportKind, ReportQuery

FORMULAS = {
    "days_to_decide": "mean calendar days from asking to the decision that approved or turned down, decisions in the period",
    "share_of_placements": "placements in post on the last day of a month by exemption or outside any contract / all in post",
    "share_of_spend": "cost of work in the period that was not on a contract of the order of sourcing / all, £ excluding VAT",
    "threshold": "approved exemptions of the agency within legal's window / the procurement threshold of the day; what was approved after the "
    "start over a breach is not an exemption and is not in it",
    "rating": "mean of ratings, 1 to 4, given at the end of placements and in quality reviews by the day",
}


@dataclass(frozen=True)
class Dashboard(Report):
    on: date
    since: date
    waiting: list[Waiting]
    live: list[Live]
    due: list[Review]
    actions: list[ReviewAction]
    breaches: list[Breach]
    months: list[MonthOfExemptions]
    decisions: list[tuple[Exemption, date, int]]  # decided, on which day, after how many days
    spends: list[AgencySpend]
    spend: dict[str, Decimal] = field(default_factory=dict)
    quality: list[RouteQuality] = field(default_factory=list)

    @property
    def live_value(self) -> Decimal:
        return sum((one.exemption.value for one in self.live), Decimal(0))

    @property
    def waiting_value(self) -> Decimal:
        return sum((one.exemption.value for one in self.waiting), Decimal(0))

    @property
    def overdue(self) -> list[Review]:
        return [one for one in self.due if one.is_overdue(self.on)]

    @property
    def approved(self) -> int:
        return sum(sum(month.approved.values()) for month in self.months)

    @property
    def mean_days(self) -> Decimal | None:
        if not self.decisions:
            return None
        return tenth(Decimal(sum(days for _, _, days in self.decisions)) / len(self.decisions))

    @property
    def longest_days(self) -> int:
        return max((days for _, _, days in self.decisions), default=0)

    @property
    def spend_in_all(self) -> Decimal:
        return sum(self.spend.values(), Decimal(0))

    @property
    def spend_share(self) -> Decimal:
        return percent(self.spend_in_all - self.spend["on_contract"], self.spend_in_all)

    # -- what the charts say ----------------------------------------------------------------------------------------------

    @property
    def months_finding(self) -> str:
        if not self.approved:
            return "No exemption was approved in this period."
        by_reason: dict[str, int] = {}
        for month in self.months:
            for reason, count in month.approved.items():
                by_reason[reason] = by_reason.get(reason, 0) + count
        reason, count = max(by_reason.items(), key=lambda item: (item[1], item[0]))
        what = f"{self.approved} exemption{'s were' if self.approved != 1 else ' was'} approved in this period"
        label = ExemptionReason(reason).label
        return f"{what}, most often for: {label[0].lower()}{label[1:]} ({count})."

    @property
    def share_finding(self) -> str:
        if not self.months:
            return "There is no month in this period."
        last = self.months[-1]
        return (
            f"{last.off_contract} of {last.in_post} workers in post were off contract at the end ({last.share}%), and {self.spend_share}% of what "
            "was worked in this period."
        )

    @property
    def decision_finding(self) -> str:
        if self.mean_days is None:
            return "Nothing was decided in this period."
        count = len(self.decisions)
        return f"{count} decision{'s' if count != 1 else ''} took {self.mean_days} days on average; the longest took {self.longest_days}."

    @property
    def threshold_finding(self) -> str:
        over = [one.agency for one in self.spends if one.is_reached]
        near = [one.agency for one in self.spends if one.is_near and not one.is_reached]
        if over:
            return f"{', '.join(over)} {'is' if len(over) == 1 else 'are'} past the procurement threshold."
        if near:
            return f"{', '.join(near)} {'is' if len(near) == 1 else 'are'} near the procurement threshold."
        return "No agency is near the procurement threshold."

    @property
    def quality_finding(self) -> str:
        exempted = next((one for one in self.quality if one.route == Route.EXEMPTION.label), None)
        others = [one for one in self.quality if one.route != Route.EXEMPTION.label]
        if exempted is None or not others:
            return "There are not yet ratings on two routes to compare."
        best = max(others, key=lambda one: one.mean)
        if exempted.mean > best.mean:
            return f"Workers by exemption are rated {exempted.mean} of 4, above every other route ({best.route}: {best.mean})."
        return f"Workers by exemption are rated {exempted.mean} of 4, no better than {best.route} ({best.mean})."

    # -- as rows and JSON -----------------------------------------------------------------------------------------------------

    def rows(self) -> list[tuple[str, str, str]]:
        """(figure, value, unit) in the order of the page, for CSV and text."""
        day, period = f"as at {self.on:%-d %B %Y}", f"{self.since:%-d %B %Y} to {self.on:%-d %B %Y}"
        rows = [
            ("Waiting for a decision", str(len(self.waiting)), f"exemptions {day}"),
            ("Waiting for a decision", f"{self.waiting_value:.2f}", f"£ excluding VAT {day}"),
            ("Live", str(len(self.live)), f"exemptions {day}"),
            ("Live", f"{self.live_value:.2f}", f"£ excluding VAT {day}"),
            ("Reviews overdue", str(len(self.overdue)), f"placements {day}"),
            ("Review actions overdue", str(len(self.actions)), f"actions {day}"),
            ("Breaches not authorised", str(len(self.breaches)), f"breaches {day}"),
            ("Approved", str(self.approved), f"exemptions {period}"),
            ("Decided", str(len(self.decisions)), f"decisions {period}"),
            ("Days to decide, mean", "" if self.mean_days is None else str(self.mean_days), f"days {period}"),
            ("Off contract", str(self.spend_share), f"% of spend {period}"),
        ]
        rows += [(words, f"{self.spend[name]:.2f}", f"£ excluding VAT {period}") for name, words in SPEND.items()]
        for month in self.months:
            name = f"{month.month:%B %Y}"
            rows.append((f"{name}: approved", str(sum(month.approved.values())), "exemptions"))
            rows.append((f"{name}: off contract", str(month.share), f"% of {month.in_post} workers in post at its end"))
        for one in self.spends:
            rows.append((f"{one.agency}: exemptions", f"{one.total:.2f}", f"£ {one.threshold.vat_words} {day}"))
            rows.append(
                (f"{one.agency}: of the threshold", str(one.percent), f"% of £{one.threshold.amount:.2f} {day}")
            )
        rows += [(f"Rating, {one.route}", str(one.mean), f"of 4, {one.ratings} ratings {day}") for one in self.quality]
        return rows

    def as_json(self) -> dict:
        return {
            "on": self.on.isoformat(),
            "since": self.since.isoformat(),
            "formulas": FORMULAS,
            "figures": [{"figure": name, "value": value, "unit": unit} for name, value, unit in self.rows()],
            "waiting": [
                {
                    "exemption": one.exemption.reference,
                    "days": one.days,
                    "value": f"{one.exemption.value:.2f}",
                    "first_supplier": one.proof,
                    "comments_missing": one.missing,
                }
                for one in self.waiting
            ],
            "live": [
                {
                    "exemption": one.exemption.reference,
                    "value": f"{one.exemption.value:.2f}",
                    "contract_spent_and_committed": f"{one.line.exposure:.2f}",
                    "contract_value": f"{one.line.approved_value:.2f}",
                    "percent_of_time": str(one.percent_of_time),
                }
                for one in self.live
            ],
        }


def dashboard(on: date, since: date, scope: Scope = EVERYTHING) -> Dashboard:
    """The figures at a date, with those of the time since another day. See `Dashboard`."""
    rows = asked_or_decided(on, since, scope)
    stages = {one.pk: stage_on(one, on) for one in rows}
    entitled = [one for one in rows if stages[one.pk] in (ExemptionStatus.APPROVED, ExemptionStatus.ENDED)]
    waiting = as_shown(one for one in rows if stages[one.pk] == ExemptionStatus.REQUESTED)
    live = as_shown(one for one in entitled if one.starts_on <= on <= last_day_known_on(one, on))
    proofs = tuple(f"needs__proof__{one}" for one in READ_WITH)
    prefetch_related_objects(waiting, "comments", *proofs, "needs__vacancy__team")
    wanted = deciders.sides_required()
    spend = dict.fromkeys(SPEND, Decimal(0)) | costs.spend(on, since, scope.service, scope.team)
    placements = scope.of(Placement.objects.standing(), "vacancy__team")
    agencies = Agency.objects.filter(
        pk__in=procurement.approved_by(on).filter(exemption__in=scope.exemptions()).values("agency")
    )
    breaches = scope.of(Breach.objects.standing(), "placement__vacancy__team").filter(since__lte=on)
    return Dashboard(
        on=on,
        since=since,
        waiting=[waiting_line(one, on, wanted) for one in waiting],
        live=live_lines(live, on),
        due=reviews_due(
            scope.of(by_exemption(), "vacancy__team").select_related("worker", "vacancy__team", "contract"), on
        ),
        actions=list(
            scope.of(ReviewAction.objects.all(), "review__placement__vacancy__team")
            .filter(Q(done_on__isnull=True) | Q(done_on__gt=on), due_on__lt=on, review__held_on__lte=on)
            .select_related("review__placement__worker")
            .order_by("due_on", "pk")
        ),
        breaches=list(
            breaches.filter(Q(approved_at__isnull=True) | Q(approved_at__gte=end_of_day(on)))
            .select_related("placement__worker", "placement__vacancy__team")
            .order_by("-since", "-pk")
        ),
        months=months_of_exemptions(entitled, placements, since, on),
        decisions=decisions_between(rows, since, on),
        spends=procurement.spends_of(agencies.order_by("name"), on),
        spend=spend,
        quality=quality_by_route(on, scope),
    )


def _page(report: Dashboard, asked: ReportQuery, request: HttpRequest) -> dict:
    mine = set()
    if asked.user is not None and asked.on == asked.today:
        mine = set(deciders.waiting_for_me(asked.user, asked.today).values_list("pk", flat=True))
    labels = [f"{month.month:%b %y}" for month in report.months]
    reasons = [
        Series(reason.value, reason.label, [Decimal(month.approved.get(reason.value, 0)) for month in report.months])
        for reason in ExemptionReason
    ]
    shares = [Series("share", "Off contract", [month.share for month in report.months])]
    return {
        "mine": mine,
        "columns": column_chart(labels, reasons),
        "lines": line_chart(labels, shares, lambda value: f"{value:.0f}%"),
        "reasons": [one for one in ExemptionReason if any(one.value in month.approved for month in report.months)],
        "spend": [(name, words, report.spend[name]) for name, words in SPEND.items()],
        "first_supplier": first_supplier(asked.on),
    }


def _make(asked: ReportQuery) -> Dashboard:
    scope = Scope(asked.service.pk if asked.service else None, asked.team.pk if asked.team else None)
    return dashboard(asked.on, asked.since, scope)


REPORT = ReportKind(
    name="exemptions",
    address="exemptions/",
    template="exemptions/dashboard.html",
    make=_make,
    title=lambda report, asked: f"Exemptions, {day_name(asked.since)} to {day_name(asked.on)}{asked.of}",
    file_name=lambda asked: f"exemptions-{asked.on.isoformat()}",
    page=_page,
    asks=("since", "service", "team"),
    formulas=FORMULAS,
    url_name="exemptions-dashboard",
)
