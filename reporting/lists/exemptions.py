"""Exemptions as a list."""

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from council.working_time import end_of_day, start_of_day
from recruitment.models import (
    Exemption,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    Vacancy,
)
from reporting.lists.filters import agencies, services
from reporting.lists.listing import Column, DayFilter, Filter, ListPage
from reporting.reads.exemptions import stage_of


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
    actions = [("request_exemption", "Ask for an exemption", "recruitment:exemption-new")]
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
