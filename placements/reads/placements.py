"""A placement or its order as an action needs it: locked; and the placements of one stay."""

from datetime import date

from django.db.models import Q

from council.errors import refuse
from council.stale import refuse_changed
from placements.models import Placement
from recruitment.models import Exemption, Release
from recruitment.reads import exemptions
from recruitment.reads.requests import lock_vacancy


def lock_release(release: Release) -> Release:
    fresh = (
        Release.objects.select_for_update(of=("self",))
        .select_related("contract", "vacancy", "round")
        .get(pk=release.pk)
    )
    hold_exemption(fresh)
    return fresh


def hold_exemption(release: Release | None) -> None:
    """Nobody ends an exemption by which somebody may be there while somebody is booked or extended on its order."""
    if release is not None and release.exemption_id:
        chain = exemptions.chain_of(release.contract_id, release.vacancy_id).values("pk")
        held = Exemption.objects.filter(Q(pk=release.exemption_id) | Q(pk__in=chain)).order_by("pk")
        release.exemption = {one.pk: one for one in held.select_for_update(of=("self",))}[release.exemption_id]


def lock_placement(placement: Placement, version: int | None = None) -> Placement:
    vacancy = lock_vacancy(placement.vacancy)
    rows = Placement.objects.select_for_update(of=("self",)).select_related("worker", "release__contract__agency")
    fresh = rows.get(pk=placement.pk)
    fresh.vacancy = vacancy
    hold_exemption(fresh.release)
    if fresh.voided_at:
        refuse("entered_in_error", f"{fresh.reference} is marked as entered in error.")
    if fresh.did_not_start_at:
        refuse("did_not_start", f"{fresh.worker} did not start, so there is nothing to change.")
    if version is not None and fresh.version != version:
        refuse_changed(fresh, version)
    return fresh


def chain_of(placement: Placement) -> list[Placement]:
    """One service: the placement and those it continues for the same worker, the first one first."""
    chain = [placement]
    while (before := chain[0].continues) is not None and before.worker_id == placement.worker_id:
        chain.insert(0, before)
    return chain


def length_of(placement: Placement) -> tuple[date, date, int]:
    """(first day, last day, weeks begun) of the whole service: booking, extensions, transfers and carrying over."""
    first, last = chain_of(placement)[0].starts_on, placement.ends_on
    return first, last, ((last - first).days // 7) + 1
