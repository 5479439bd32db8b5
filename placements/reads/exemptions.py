"""Who may be there by an exemption alone, which only this room knows."""

from datetime import date

from django.db.models import Max

from placements.models import Placement
from recruitment.models import Exemption
from recruitment.reads.exemptions import span_of


def needed_until(exemption: Exemption) -> date | None:
    """The last day on which somebody is booked who may be there by this exemption alone; None where there is nobody."""
    if exemption.approved_as is None:
        return None
    contract = exemption.decisions.filter(approves=exemption.pk).values("contract")
    named = Placement.objects.standing().filter(
        release__exemption__isnull=False, contract__in=contract, vacancy__exemption_needs__exemption=exemption
    )
    if not exemption.extends_id:  # it stands alone; one from which another goes on is not ended at all
        return named.aggregate(last=Max("ends_on"))["last"]
    without = {exemption.pk: date.min}  # as if it had never begun
    rows = named.select_related("release__exemption")
    return max((one.ends_on for one in rows if one.ends_on > span_of(one.release, ended=without)[1]), default=None)
