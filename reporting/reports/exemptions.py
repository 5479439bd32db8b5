"""Exemptions at a date: what waits, what is live, reviews, breaches, and whether it is under control.

As at a day: what had happened by then, by all that is known now. Money is £ excluding VAT unless said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum, prefetch_related_objects

from council.actions import day_of
from council.known import known
from council.working_time import end_of_day, start_of_day
from placements.models import Breach, Placement, QualityReview, ReviewAction
from placements.reads import costs
from placements.reads.reviews import Review, by_exemption, reviews_due
from recruitment.models import (
    Agency,
    Contract,
    Exemption,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    Route,
)
from recruitment.reads import exemptions as rules
from recruitment.rules.procurement_law import AgencySpend
from reporting.reports.assurance import SPEND
from reporting.reports.contracts import ContractPosition, positions

FORMULAS = {
    "days_to_decide": "mean calendar days from asking to the decision that approved or turned down, decisions in the period",
    "share_of_placements": "placements in post on the last day of a month by exemption or outside any contract / all in post",
    "share_of_spend": "cost of work in the period that was not on a contract of the order of sourcing / all, £ excluding VAT",
    "threshold": "approved exemptions of the agency within legal's window / the procurement threshold of the day; what was approved after the "
    "start over a breach is not an exemption and is not in it",
    "rating": "mean of ratings, 1 to 4, given at the end of placements and in quality reviews by the day",
}


@dataclass(frozen=True)
class Scope:
    """Whose figures: of a Service, of a team, or of all."""

    service: int | None = None
    team: int | None = None

    def of(self, rows: QuerySet, path: str) -> QuerySet:
        """`path` leads from the rows to a team, like "vacancy__team"."""
        if self.team is not None:
            return rows.filter(**{path: self.team})
        return rows if self.service is None else rows.filter(**{f"{path}__service": self.service})

    def exemptions(self) -> QuerySet[Exemption]:
        if self.service is None and self.team is None:
            return Exemption.objects.all()
        return Exemption.objects.filter(
            pk__in=self.of(ExemptionNeed.objects.all(), "vacancy__team").values("exemption")
        )


@dataclass(frozen=True)
class Waiting:
    """One that waits for a decision: for how many days, what the first supplier had said, and whose comments are missing."""

    exemption: Exemption
    days: int
    proof: str
    missing: str


@dataclass(frozen=True)
class Live:
    exemption: Exemption
    line: ContractPosition
    percent_of_time: Decimal
    last_day: date


@dataclass(frozen=True)
class MonthOfExemptions:
    """A month: exemptions approved in it by reason, and the share of placements off contract on its last day."""

    month: date
    first: date
    end: date
    approved: dict[str, int]
    off_contract: int
    in_post: int

    @property
    def share(self) -> Decimal:
        return percent(Decimal(self.off_contract), Decimal(self.in_post))


@dataclass(frozen=True)
class RouteQuality:
    """How good the work of a route's workers is: all ratings, 1 to 4."""

    route: str
    ratings: int
    mean: Decimal


@dataclass(frozen=True)
class Dashboard:
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
        return _tenth(Decimal(sum(days for _, _, days in self.decisions)) / len(self.decisions))

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


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return _tenth(100 * part / whole if whole else Decimal(0))


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def stage_on(exemption: Exemption, day: date) -> str:
    """Where an exemption stood on a day, out of its decisions; "" before it was asked for."""
    if day_of(exemption.requested_at) > day:
        return ""
    if exemption.closed_at and day_of(exemption.closed_at) <= day:
        return exemption.status
    taken = [one for one in exemption.decisions.all() if one.decided_on <= day]
    if not taken:
        return ExemptionStatus.REQUESTED
    last = max(taken, key=lambda one: one.revision)
    if (
        last.decision == ExemptionStatus.RETURNED
        and exemption.revision > last.revision
        and day_of(exemption.put_at) <= day
    ):
        return ExemptionStatus.REQUESTED
    return last.decision


def dashboard(on: date, since: date, scope: Scope = Scope()) -> Dashboard:
    """The figures at a date, with those of the time since another day. See `Dashboard`."""
    rows = _asked(on, since, scope)
    stages = {one.pk: stage_on(one, on) for one in rows}
    entitled = [one for one in rows if stages[one.pk] in (ExemptionStatus.APPROVED, ExemptionStatus.ENDED)]
    waiting = _whole(one for one in rows if stages[one.pk] == ExemptionStatus.REQUESTED)
    live = _whole(one for one in entitled if one.starts_on <= on <= _last_day(one, on))
    prefetch_related_objects(waiting, "comments", "needs__proof__contract__agency", "needs__vacancy__team")
    wanted = rules.sides_required()
    spend = dict.fromkeys(SPEND, Decimal(0)) | costs.spend(on, since, scope.service, scope.team)
    placements = scope.of(Placement.objects.standing(), "vacancy__team")
    agencies = Agency.objects.filter(
        pk__in=rules.approved_by(on).filter(exemption__in=scope.exemptions()).values("agency")
    )
    breaches = scope.of(Breach.objects.standing(), "placement__vacancy__team").filter(since__lte=on)
    return Dashboard(
        on=on,
        since=since,
        waiting=[_waiting(one, on, wanted) for one in waiting],
        live=_live(live, on),
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
        months=_months(entitled, placements, since, on),
        decisions=_decisions(rows, since, on),
        spends=rules.spends_of(agencies.order_by("name"), on),
        spend=spend,
        quality=quality_by_route(on, scope),
    )


def _asked(on: date, since: date, scope: Scope) -> list[Exemption]:
    """What waited or was live on a day, or was decided since another, with no more of it than what is counted: of most, nothing else
    is shown. May hold others, which count for nothing.
    """
    decisions = ExemptionDecision.objects.only("exemption", "approves", "decision", "decided_on", "revision")
    needed = ("reference", "agency", "reason", "status", "revision", "requested_at", "put_at", "closed_at")
    over = Q(closed_at__lt=start_of_day(on)) | Q(status=ExemptionStatus.APPROVED, ends_on__lt=on)
    decided = ExemptionDecision.objects.filter(decided_on__gte=since).values("exemption")
    rows = scope.exemptions().filter(~over | Q(pk__in=decided), requested_at__lt=end_of_day(on))
    rows = rows.only(*needed, "starts_on", "ends_on", "ended_on").prefetch_related(Prefetch("decisions", decisions))
    return list(rows.order_by("put_at", "pk"))


def _whole(rows: Iterable[Exemption]) -> list[Exemption]:
    """Those rows as they are shown, in their order."""
    keys = [one.pk for one in rows]
    whole = Exemption.objects.select_related("agency", "requested_by").prefetch_related("decisions__contract__agency")
    found = whole.in_bulk(keys)
    return [found[key] for key in keys]


def _last_day(exemption: Exemption, on: date) -> date:
    """By what had been decided on a day: one ended early later still ran to its end."""
    if exemption.ended_on and exemption.closed_at and day_of(exemption.closed_at) <= on:
        return exemption.ended_on
    return exemption.ends_on


def _waiting(exemption: Exemption, on: date, wanted: Iterable[str]) -> Waiting:
    given = {
        one.side
        for one in exemption.comments.all()
        if one.revision == exemption.revision and day_of(one.given_at) <= on
    }
    words = [
        f"{need.vacancy.reference}: {rules.proof_words(need.proof) if need.proof else 'no proof'}"
        for need in exemption.needs.all()
    ]
    put = day_of(exemption.put_at)
    days = (on - (put if put <= on else day_of(exemption.requested_at))).days
    return Waiting(exemption, days, "; ".join(words), rules.side_names([side for side in wanted if side not in given]))


def _live(rows: list[Exemption], on: date) -> list[Live]:
    contracts: dict[int, Contract] = {}
    for one in rows:
        approval = next(decision for decision in one.decisions.all() if decision.approves)
        contracts[one.pk] = known(approval.contract)
    lines = {line.contract.pk: line for line in positions(list({c.pk: c for c in contracts.values()}.values()), on)}
    found = []
    for one in rows:
        days = (_last_day(one, on) - one.starts_on).days + 1
        gone = (on - one.starts_on).days + 1
        found.append(Live(one, lines[contracts[one.pk].pk], percent(Decimal(gone), Decimal(days)), _last_day(one, on)))
    return sorted(found, key=lambda live: (live.last_day, live.exemption.pk))


def _months(
    entitled: list[Exemption], placements: QuerySet[Placement], since: date, on: date
) -> list[MonthOfExemptions]:
    approved = [next(d for d in one.decisions.all() if d.approves) for one in entitled]
    reasons = {one.pk: one.reason for one in entitled}
    ends, month = [], since.replace(day=1)
    while month <= on:
        month = (month + timedelta(32)).replace(day=1)
        ends.append(min(month - timedelta(1), on))
    counted = costs.off_contract_at(ends, since, placements) if ends else {}
    found, month = [], since.replace(day=1)
    while month <= on:
        following = (month + timedelta(32)).replace(day=1)
        end = min(following - timedelta(1), on)
        counts: dict[str, int] = {}
        for decision in approved:
            if max(month, since) <= decision.decided_on <= end:
                reason = reasons[decision.exemption_id]
                counts[reason] = counts.get(reason, 0) + 1
        found.append(MonthOfExemptions(month, max(month, since), end, counts, *counted.get(end, (0, 0))))
        month = following
    return found


def _decisions(rows: list[Exemption], since: date, on: date) -> list[tuple[Exemption, date, int]]:
    found = []
    for one in rows:
        for decision in one.decisions.all():
            if decision.decision != ExemptionStatus.RETURNED and since <= decision.decided_on <= on:
                found.append((one, decision.decided_on, (decision.decided_on - day_of(one.requested_at)).days))
    return sorted(found, key=lambda row: (row[1], row[0].pk))


def quality_by_route(on: date, scope: Scope = Scope()) -> list[RouteQuality]:
    """Ratings at the end of placements and in reviews by a day, by the route of the contract."""
    ended = scope.of(Placement.objects.standing(), "vacancy__team").filter(
        rating__isnull=False, ends_on__lte=on, contract__isnull=False
    )
    held = scope.of(QualityReview.objects.standing(), "placement__vacancy__team").filter(
        held_on__lte=on, placement__contract__isnull=False
    )
    sums: dict[str, tuple[int, Decimal]] = {}
    for rows, path in ((ended, "contract__route"), (held, "placement__contract__route")):
        for row in rows.order_by().values(path).annotate(count=Count("pk"), points=Sum("rating")):
            count, total = sums.get(row[path], (0, Decimal(0)))
            sums[row[path]] = (count + row["count"], total + row["points"])
    return [
        RouteQuality(Route(route).label, sums[route][0], _tenth(sums[route][1] / sums[route][0]))
        for route in Route.values
        if route in sums
    ]
