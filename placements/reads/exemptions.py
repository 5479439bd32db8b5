"""Who may be there by an exemption alone, which only this room knows."""

from datetime import date, timedelta

from django.db.models import Max

from council.known import known
from placements.models import Placement
from recruitment.models import Exemption
from recruitment.reads.exemptions import chain_of, span_of


def needed_until(exemption: Exemption) -> date | None:
    """The first day on which it may end early without anybody booked losing what lets them be there; None where nobody needs it."""
    if exemption.approved_as is None:
        return None
    contract = exemption.decisions.filter(approves=exemption.pk).values("contract")
    named = Placement.objects.standing().filter(
        release__exemption__isnull=False, contract__in=contract, vacancy__exemption_needs__exemption=exemption
    )
    if not exemption.extends_id:  # it stands alone; one from which another goes on is not ended at all
        return named.aggregate(last=Max("ends_on"))["last"]
    rows = named.select_related("release__exemption")
    return max(filter(None, (_needed_by(one, exemption) for one in rows)), default=None)


def _needed_by(placement: Placement, exemption: Exemption) -> date | None:
    """The first last day of the exemption with which a placement is covered to its end: without it, up to another that follows, or whole."""
    order = known(placement.release)
    others = chain_of(order.contract_id, order.vacancy_id).exclude(pk=exemption.pk)
    follows = {one.starts_on - timedelta(1) for one in others}
    for day in sorted({date.min, placement.ends_on, *follows}):
        if span_of(order, ended={exemption.pk: day})[1] >= placement.ends_on:
            return None if day == date.min else day
    return placement.ends_on
