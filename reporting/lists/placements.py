"""Placements, with what is committed."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from council.models import Council
from council.permissions import may, services_of
from placements.models import (
    Basis,
    Placement,
    PlacementPeriod,
    PlacementReversal,
    Worker,
)
from placements.models.placement import STAGE_OF, stage_on
from placements.reads.costs import with_worth
from recruitment.models import (
    Contract,
    JobType,
)
from reporting.lists.filters import OF_VACANCY, agencies, page_of
from reporting.lists.listing import DayFilter, Filter, ListPage, field, label_of, made
from reporting.searching import of_reference


def _placement_stages():
    return [
        ("live", "In post"),
        ("booked", "Booked, not started"),
        ("ending", "Ending soon"),
        ("ended", "Ended"),
        ("did_not_start", "Did not start"),
        ("void", "Entered in error"),
    ]


def _by_placement_stage(rows, value):
    today = timezone.localdate()
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    if value == "did_not_start":
        return rows.filter(did_not_start_at__isnull=False, voided_at__isnull=True)
    if value == "booked":
        return rows.standing().filter(starts_on__gt=today)
    if value == "ended":
        return rows.standing().filter(ends_on__lt=today)
    if value == "ending":
        until = today + timedelta(weeks=Council.current().ending_soon_weeks)
        return rows.live_on(today).filter(ends_on__lte=until, ended_early_at__isnull=True)
    return rows.live_on(today)


def _by_supplier(rows, value):
    """The agency of the contract; of a worker outside any contract, the agency itself."""
    return rows.filter(Q(contract__agency_id=value) | Q(contract__isnull=True, supplying_agency_id=value))


class Placements(ListPage):
    title = "Placements"
    file_name = "placements"
    order = "-starts_on"
    empty = "No placements yet. They are booked from a supplier’s answer that secured a worker."
    links = [("Longest here", "reporting:longest"), ("Brought forward", "reporting:brought-forward")]
    text_label = "Reference, worker or registration number"
    filters = [
        OF_VACANCY,
        Filter("stage", "Stage", _placement_stages, _by_placement_stage),
        Filter("supplier", "Supplier", agencies, _by_supplier),
        Filter("basis", "How it came", lambda: Basis.choices, lambda rows, value: rows.filter(basis=value)),
        DayFilter("on", "In post on", lambda rows, day: rows.live_on(day)),
        Filter(
            "contract",
            "Contract",
            lambda: [(str(pk), ref) for pk, ref in Contract.objects.values_list("pk", "reference")],
            lambda rows, value: rows.filter(contract_id=value),
        ),
    ]
    columns = [
        field("Placement", "reference", sort="pk", link=page_of),
        made("Stage", STAGE_OF, lambda *facts: stage_on(timezone.localdate(), *facts), "tag"),
        field("Worker", "worker__name", sort="worker__name"),
        field("Team", "team_now", sort="team_now"),
        field("Role", "vacancy__job_type", show=label_of(JobType)),
        field("Agency", "supplying_agency__name", sort="supplying_agency__name"),
        field("Contract", "contract__reference", sort="contract__reference", show=lambda held: held or "None"),
        field("Start", "starts_on", "day", sort="starts_on"),
        field("End", "ends_on", "day", sort="ends_on"),
        field("Hours per week", "hours_per_week", "number", sort="hours_per_week"),
        field("Committed, £ excluding VAT", "worth", "money"),
    ]

    def get(self, request, *args, **kwargs):
        if not may(request.user, "view_money"):
            self.filters = [one for one in self.filters if one.name != "contract"]
        return super().get(request, *args, **kwargs)

    @staticmethod
    def text_filter(rows, text):
        called = Worker.objects.called(text).values("pk")
        return rows.filter(of_reference(text, "PL") | Q(worker__in=called))

    def rows(self):
        rows = Placement.objects.visible_to(self.request.user).with_team(self.today)
        rows = with_worth(rows).select_related("worker", "vacancy", "supplying_agency", "contract")
        return rows.only(
            "reference",
            "voided_at",
            "did_not_start_at",
            "ended_early_at",
            "starts_on",
            "ends_on",
            "hours_per_week",
            "worker__name",
            "vacancy__job_type",
            "supplying_agency__name",
            "contract__reference",
        )

    def summed(self, found):
        periods = PlacementPeriod.objects.filter(contract__isnull=False)
        reversals = PlacementReversal.objects.all()
        if self.chosen or services_of(self.request.user) is not None:
            keys = found.order_by().values("pk")
            periods, reversals = periods.filter(placement__in=keys), reversals.filter(placement__in=keys)
        booked = periods.aggregate(total=_sum("value"))["total"]
        back = reversals.aggregate(total=_sum("entry__amount"))["total"]
        beside = sum(found.filter(contract__isnull=True).values_list("worth", flat=True), Decimal(0))
        return None, {"label": "Committed, excluding VAT", "amount": booked - back + beside}


def _sum(field):
    return Coalesce(Sum(field), Value(Decimal(0)), output_field=DecimalField(max_digits=14, decimal_places=2))
