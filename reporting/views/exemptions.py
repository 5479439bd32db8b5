"""Exemptions and quality reviews: the lists, and the page of each."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from council.models import Service, Team
from council.permissions import may
from council.web import whole_number
from council.working_time import end_of_day, months_before, start_of_day
from placements.models import Placement, QualityReview, ReviewAction
from placements.reads.reviews import by_exemption, reviews_due
from recruitment.models import (
    Exemption,
    ExemptionComment,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    Vacancy,
)
from recruitment.reads import exemptions as rules
from reporting.chart import Series, column_chart, line_chart
from reporting.evidence.sections import shown
from reporting.exports import csv_response
from reporting.listing import Column, DayFilter, Filter, ListPage
from reporting.reports.assurance import SPEND, first_supplier
from reporting.reports.exemptions import FORMULAS, Dashboard, Scope, dashboard
from reporting.reports.register import Register, register, year_of
from reporting.views.evidence import keep_report
from reporting.views.files import files_of
from reporting.views.lists import agencies, services
from reporting.views.pages import Page, day_asked


def stage_of(exemption: Exemption, today) -> str:
    """One word for where it stands on a day: an approved one is over after its last day."""
    if exemption.is_entitled and today > exemption.last_day:
        return "Ended early" if exemption.ended_on else "Over"
    return exemption.get_status_display()


def _by_stage(rows, value):
    today = timezone.localdate()
    if value == "live":
        return rows.live_on(today)
    if value == "over":
        return rows.filter(status__in=["approved", "ended"], last_day__lt=today)
    return rows.filter(status=value)


def _approved(rows):
    """Approved and not taken back afterwards."""
    return rows.exclude(status=ExemptionStatus.TAKEN_BACK)


def _stages():
    return [("live", "Live today"), ("over", "Over"), *ExemptionStatus.choices]


class Exemptions(ListPage):
    title = "Exemptions"
    intro = "Agencies outside the order of sourcing, each for named requests, a period and a value."
    file_name = "exemptions"
    order = "-requested_at"
    empty = "No exemptions yet. They are asked for on a staffing request, once the first supplier could not supply."
    text_label = "Reference, agency or request"
    actions = [("request_exemption", "Ask for an exemption", "/exemptions/new/")]
    filters = [
        Filter(
            "service",
            "Service",
            services,
            lambda rows, value: rows.filter(
                pk__in=ExemptionNeed.objects.filter(vacancy__team__service_id=value).values("exemption")
            ),
        ),
        Filter("stage", "Stage", _stages, _by_stage),
        Filter("agency", "Agency", agencies, lambda rows, value: rows.filter(agency_id=value)),
        Filter("reason", "Reason", lambda: ExemptionReason.choices, lambda rows, value: rows.filter(reason=value)),
        DayFilter("since", "Asked for since", lambda rows, day: rows.filter(requested_at__gte=start_of_day(day))),
        DayFilter("until", "Asked for until", lambda rows, day: rows.filter(requested_at__lt=end_of_day(day))),
        DayFilter("approved_since", "Approved since", lambda rows, day: _approved(rows).filter(approved_on__gte=day)),
        DayFilter("approved_until", "Approved until", lambda rows, day: _approved(rows).filter(approved_on__lte=day)),
    ]
    columns = [
        Column("Exemption", lambda e: e.reference, sort="pk", link=lambda e: e.get_absolute_url()),
        Column("Stage", lambda e: stage_of(e, timezone.localdate()), "tag", sort="status"),
        Column("Agency", lambda e: e.agency.name, sort="agency__name"),
        Column("Requests", lambda e: ", ".join(need.vacancy.reference for need in e.needs.all())),
        Column("Reason", lambda e: e.get_reason_display(), sort="reason"),
        Column("Asked for on", lambda e: timezone.localdate(e.requested_at), "day", sort="requested_at"),
        Column("Approved on", lambda e: e.approved_on, "day", sort="approved_on"),
        Column("From", lambda e: e.starts_on, "day", sort="starts_on"),
        Column("Until", lambda e: e.last_day, "day", sort="last_day"),
        Column("Value, £ excluding VAT", lambda e: e.value, "money", sort="value"),
        Column("Value, £ including VAT", lambda e: e.value_with_vat, "money", sort="value_with_vat"),
    ]
    total = ("Value excluding VAT", "value")

    @staticmethod
    def text_filter(rows, text):
        needs = ExemptionNeed.objects.filter(vacancy__reference__icontains=text).values("exemption")
        return rows.filter(Q(reference__icontains=text) | Q(agency__name__icontains=text) | Q(pk__in=needs))

    def rows(self):
        approved = ExemptionDecision.objects.filter(approves=OuterRef("pk")).values("decided_on")[:1]
        rows = Exemption.objects.visible_to(self.request.user).annotate(approved_on=Subquery(approved))
        seen = ExemptionNeed.objects.filter(vacancy__in=Vacancy.objects.visible_to(self.request.user))
        return rows.select_related("agency").prefetch_related(Prefetch("needs", seen.select_related("vacancy")))


class ExemptionsDashboard(Page):
    """What do I decide, and is this under control? The same figures as `manage.py report exemptions`."""

    template_name = "exemptions/dashboard.html"
    right = "view_money"

    def report(self, request):
        """(the figures, as at, since, Service, team) of the query"""
        on = day_asked(request, self.today)
        since = min(day_given(request, "since") or months_before(on, 12), on)
        service, team = row_asked(request, "service", Service), row_asked(request, "team", Team)
        scope = Scope(service.pk if service else None, team.pk if team else None)
        return dashboard(on, since, scope), on, since, service, team

    def get(self, request, *args, **kwargs):
        report, on, since, service, team = self.report(request)
        if request.GET.get("format") == "csv":
            return csv_response(f"exemptions-{on.isoformat()}.csv", ["Figure", "Value", "Unit"], report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        return self.render_to_response(self.context_of(report, on, since, service, team))

    def post(self, request, *args, **kwargs):
        report, on, since, service, team = self.report(request)
        of = f", {team}" if team else f", {service}" if service else ""
        document = keep_report(
            request,
            title=f"Exemptions, {since:%-d %B %Y} to {on:%-d %B %Y}{of}",
            as_at=on,
            header=("Figure", "Value", "Unit"),
            rows=report.rows(),
            report="exemptions",
            since=since.isoformat(),
            service=service.pk if service else None,
            team=team.pk if team else None,
        )
        return redirect(document)

    def context_of(
        self, report: Dashboard, on: date, since: date, service: Service | None, team: Team | None
    ) -> dict[str, Any]:
        user = self.request.user
        mine = set(rules.waiting_for_me(user, self.today).values_list("pk", flat=True)) if on == self.today else set()
        labels = [f"{month.month:%b %y}" for month in report.months]
        reasons = [
            Series(reason.value, reason.label, [Decimal(m.approved.get(reason.value, 0)) for m in report.months])
            for reason in ExemptionReason
        ]
        shares = [Series("share", "Off contract", [month.share for month in report.months])]
        return self.get_context_data(
            report=report,
            on=on,
            since=since,
            service=service,
            team=team,
            services=Service.objects.all(),
            teams=Team.objects.select_related("service"),
            mine=mine,
            columns=column_chart(labels, reasons),
            lines=line_chart(labels, shares, lambda value: f"{value:.0f}%"),
            reasons=[one for one in ExemptionReason if any(one.value in month.approved for month in report.months)],
            spend=[(name, words, report.spend[name]) for name, words in SPEND.items()],
            formulas=FORMULAS,
            first_supplier=first_supplier(on),
            today=self.today,
        )


ROWS_OF_A_PAGE = 100  # more than most years have, so that most registers print whole


class RegisterPage(Page):
    """The annual register for the audit committee: on a page, on paper, as CSV, and kept as it was issued."""

    template_name = "exemptions/register.html"
    right = "view_money"

    def report(self, request):
        this_year = year_of(self.today)
        year = whole_number(request.GET.get("year", ""))
        return register(year if year is not None and 2000 <= year <= this_year else this_year, self.today)

    def get(self, request, *args, **kwargs):
        report = self.report(request)
        if request.GET.get("format") == "csv":
            return csv_response(f"exemptions-register-{report.year}.csv", list(Register.HEADER), report.rows())
        this_year = year_of(self.today)
        parts = {"Exemptions": report.rows_of_exemptions, "Approved after the start": report.rows_after_start}
        paginator = Paginator([(title, row) for title, rows in parts.items() for row in rows], ROWS_OF_A_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        context = self.get_context_data(
            report=report,
            next_year=report.year + 1,
            years=range(this_year, min(report.year, this_year - 6) - 1, -1),
            tables=[
                (title, [row for kind, row in page if kind == title])
                for title, rows in parts.items()
                if not rows or any(kind == title for kind, _ in page)
            ],
            page=page,
            pages=paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            if paginator.num_pages > 1
            else [],
        )
        return self.render_to_response(context)

    def post(self, request, *args, **kwargs):
        report = self.report(request)
        document = keep_report(
            request,
            title=f"Register of exemptions, April {report.year} to March {report.year + 1}",
            as_at=report.until,
            header=Register.HEADER,
            rows=[[shown(cell) for cell in row] for row in report.rows()],
            finding=report.finding,
            report="register",
            year=report.year,
        )
        return redirect(document)


def day_given(request, name: str) -> date | None:
    """A day of the query; None where it is missing or no date of this century."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def row_asked(request, name: str, model):
    """The row of the query, or None."""
    key = whole_number(request.GET.get(name, ""))
    return None if key is None else model.objects.filter(pk=key).first()


class ExemptionDetail(Page):
    template_name = "exemptions/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user, today = self.request.user, self.today
        rows = Exemption.objects.visible_to(user).select_related("agency", "requested_by", "extends")
        comments = ExemptionComment.objects.select_related("given_by")
        exemption = get_object_or_404(rows.prefetch_related(Prefetch("comments", comments)), pk=pk)
        decisions = list(exemption.decisions.select_related("decided_by", "in_place_of", "contract__account"))
        approval = next((one for one in decisions if one.approves), None)
        contract = approval.contract if approval else None
        releases = exemption.releases.visible_to(user).select_related("vacancy", "contract__agency")
        releases = releases.order_by("sent_at", "pk")
        missing = rules.sides_missing(exemption)
        linked = list(exemption.extended_by.filter(approved_as__isnull=False).order_by("pk"))
        needs = rules.needs_with_proof(exemption)
        seen = set(
            Vacancy.objects.visible_to(user).filter(exemption_needs__exemption=exemption).values_list("pk", flat=True)
        )
        waits = exemption.status == ExemptionStatus.REQUESTED
        decides = rules.decides_for(user, exemption.value, today) is not None
        party = rules.is_a_party(user, exemption)
        side = rules.side_of(user, today)
        return super().get_context_data(
            exemption=exemption,
            stage=stage_of(exemption, today),
            needs=[one for one in needs if one.vacancy_id in seen],
            hidden=sum(one.vacancy_id not in seen for one in needs),
            comments=exemption.comments.all(),
            decisions=decisions,
            approval=approval,
            contract=contract,
            account=contract.account if contract else None,
            releases=releases,
            placements=Placement.objects.visible_to(user)
            .filter(release__exemption=exemption)
            .select_related("worker", "vacancy__team")
            .order_by("starts_on", "pk"),
            linked=linked,
            missing=rules.side_names(missing) if waits else "",
            spend=rules.spend_of(exemption.agency, today, more=exemption if waits else None),
            may_decide=waits and decides and not party,
            own=waits and decides and party,
            may_comment=waits and side is not None and user.pk not in (exemption.requested_by_id, exemption.put_by_id),
            may_complete=exemption.status == ExemptionStatus.RETURNED and may(user, "request_exemption"),
            may_take_back=self._may_take_back(exemption, decides),
            may_end=exemption.status == ExemptionStatus.APPROVED
            and today < exemption.ends_on
            and not linked
            and may(user, "end_exemption"),
            files=files_of(user, "exemption", exemption),
            may_extend=exemption.status == ExemptionStatus.APPROVED and may(user, "request_exemption"),
            today=today,
            **kwargs,
        )

    def _may_take_back(self, exemption: Exemption, decides: bool) -> bool:
        if exemption.status == ExemptionStatus.APPROVED:
            return decides and not exemption.extends_id and not exemption.releases.standing().exists()
        waits = exemption.status in (ExemptionStatus.REQUESTED, ExemptionStatus.RETURNED)
        return waits and may(self.request.user, "request_exemption")


# -- quality reviews -------------------------------------------------------------------------------------------------------------


def _by_review_state(rows, value):
    overdue = ReviewAction.objects.open().filter(review=OuterRef("pk"), due_on__lt=timezone.localdate())
    if value == "overdue":
        return rows.filter(Exists(overdue))
    return rows.filter(read_at__isnull=value == "unread")


class Reviews(ListPage):
    title = "Quality reviews"
    intro = "Of workers on every route, so that they can be compared. Those by exemption are reviewed in a rhythm."
    template_name = "reviews/list.html"
    file_name = "quality-reviews"
    order = "-held_on"
    empty = "No reviews yet. They are recorded on a placement."
    filters = [
        Filter(
            "service",
            "Service",
            services,
            lambda rows, value: rows.filter(placement__vacancy__team__service_id=value),
        ),
        Filter(
            "state",
            "State",
            lambda: [("unread", "To read"), ("read", "Read"), ("overdue", "With overdue actions")],
            _by_review_state,
        ),
        Filter(
            "supplier",
            "Supplier",
            agencies,
            lambda rows, value: rows.filter(placement__contract__agency_id=value),
        ),
        DayFilter("since", "Held since", lambda rows, day: rows.filter(held_on__gte=day)),
        DayFilter("until", "Held until", lambda rows, day: rows.filter(held_on__lte=day)),
    ]
    columns = [
        Column("Review", lambda r: r.held_on, "day", sort="held_on", link=lambda r: r.get_absolute_url()),
        Column("Placement", lambda r: r.placement.reference, link=lambda r: r.placement.get_absolute_url()),
        Column("Worker", lambda r: r.placement.worker.name, sort="placement__worker__name"),
        Column("Team", lambda r: r.placement.vacancy.team.name, sort="placement__vacancy__team__name"),
        Column("Contract", lambda r: r.placement.contract.reference if r.placement.contract else "None"),
        Column("Was due", lambda r: r.due_on, "day", sort="due_on"),
        Column("Rating, 1 to 4", lambda r: r.rating, "number", sort="rating"),
        Column("Read by the Assistant Director", lambda r: "Read" if r.read_at else "To read", "tag"),
        Column("Actions open", lambda r: sum(one.done_on is None for one in r.actions.all()), "number"),
    ]

    def rows(self):
        rows = QualityReview.objects.visible_to(self.request.user)
        return rows.select_related(
            "placement__worker", "placement__vacancy__team", "placement__contract"
        ).prefetch_related("actions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        mine = by_exemption().filter(pk__in=Placement.objects.visible_to(self.request.user).values("pk"))
        due = reviews_due(mine.select_related("worker", "vacancy__team", "contract"), self.today)
        return super().get_context_data(found=found, due=due, **kwargs)


class ReviewDetail(Page):
    template_name = "reviews/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        rows = QualityReview.objects.visible_to(user).select_related(
            "placement__worker", "placement__vacancy__team", "placement__contract", "recorded_by", "read_by"
        )
        review = get_object_or_404(rows, pk=pk)
        actions = review.actions.select_related("done_by").order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")
        return super().get_context_data(
            review=review,
            actions=[(one, one.state(self.today)) for one in actions],
            files=files_of(user, "review", review),
            may_oversee=may(user, "oversee_reviews") and not review.read_at and review.recorded_by_id != user.pk,
            **kwargs,
        )
