"""What an agency's exemptions add up to, against the procurement threshold."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from council.models import Council
from council.working_time import end_of_day, months_before
from recruitment.models import (
    Agency,
    Exemption,
    ExemptionDecision,
    ExemptionStatus,
    ProcurementThreshold,
    StatutoryGround,
)
from recruitment.rules.procurement_law import AgencySpend, Award, Threshold, counted, threshold_on

# -- the procurement threshold ---------------------------------------------------------------------------------------------------


def newer_thresholds() -> list[Threshold]:
    """The thresholds a contract administrator has set up."""
    return [Threshold(row.starts_on, row.amount, row.includes_vat) for row in ProcurementThreshold.objects.all()]


def spend_of(agency: Agency, on: date, *, more: Exemption | None = None) -> AgencySpend:
    """What an agency's exemptions add up to on a day, with one that is about to be approved where `more` is given."""
    return spends_of([agency], on, more=more)[0]


def approved_by(on: date) -> QuerySet[ExemptionDecision]:
    """The approvals of exemptions by a day, without those taken back by then."""
    taken_back = Q(exemption__status=ExemptionStatus.TAKEN_BACK, exemption__closed_at__lt=end_of_day(on))
    return ExemptionDecision.objects.filter(~taken_back, decision="approved", decided_on__lte=on)


def spends_of(agencies: Iterable[Agency], on: date, *, more: Exemption | None = None) -> list[AgencySpend]:
    """The same for several agencies, in a constant number of queries."""
    agencies = list(agencies)
    council, newer = Council.current(), newer_thresholds()
    approved = approved_by(on).filter(agency__in=agencies)
    awards: dict[int, list[Award]] = {}
    rows = approved.order_by("decided_on", "pk")
    for agency_id, *award in rows.values_list("agency_id", "exemption_id", "decided_on", "value", "value_with_vat"):
        awards.setdefault(agency_id, []).append(Award(*award))
    limits: dict[int, Decimal] = {}
    for ground in StatutoryGround.objects.filter(agency__in=agencies, dated_on__lte=on).order_by("dated_on", "pk"):
        limits[ground.agency_id] = ground.limit  # the latest one holds
    months = council.exemption_window_months
    back = months_before(on, months) if months else None
    found = []
    for agency in agencies:
        held = list(awards.get(agency.pk, []))
        if more is not None and more.agency_id == agency.pk:
            held.append(Award(more.pk, on, more.value, more.value_with_vat))
        inside = counted(held, back, on)
        found.append(
            AgencySpend(
                agency_id=agency.pk,
                agency=agency.name,
                since=inside[0].on if inside else None,
                awards=inside,
                threshold=threshold_on(on, newer),
                warning_percent=council.threshold_warning_percent,
                limit=limits.get(agency.pk),
            )
        )
    return found
