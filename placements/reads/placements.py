"""A placement or its order as an action needs it: locked; and the placements of one stay."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from council.errors import refuse
from council.models import User
from council.stale import refuse_changed
from council.working_time import day_of
from placements.models import Basis, Breach, Continues, Hire, Placement, PlacementPeriod
from placements.rules.placement import PlacementFacts
from recruitment.models import Exemption, Origin, Outcome, Release, Round, Status
from recruitment.models import Kind as VacancyKind
from recruitment.reads import exemptions
from recruitment.reads.emergencies import unconfirmed_refusal
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


def facts_for(placements: Iterable[Placement], user: User | None, now: datetime) -> dict[int, PlacementFacts]:
    """Key → what the rules ask about each placement today, for the person who looks; a constant number of queries for all of them."""
    after = Placement.objects.standing().filter(continues=OuterRef("pk")).order_by("pk")
    marks = Breach.objects.standing().filter(placement=OuterRef("pk"))
    rounds = Round.objects.filter(vacancy=OuterRef("vacancy"), closed_at__isnull=True)
    secured = Release.objects.standing().filter(vacancy=OuterRef("vacancy"), round__closed_at__isnull=True)
    stretches = PlacementPeriod.objects.filter(placement=OuterRef("pk")).order_by().values("placement")
    rows = Placement.objects.filter(pk__in=[one.pk for one in placements]).annotate(
        follower=Subquery(after.values("reference")[:1]),
        marked=Exists(marks),
        mark_waits=Exists(marks.filter(approved_at__isnull=True)),
        permanent=Exists(Hire.objects.filter(converts=OuterRef("pk"), voided_at__isnull=True)),
        stretches=Coalesce(Subquery(stretches.annotate(n=Count("pk")).values("n")), 0),
        later_round=Subquery(rounds.exclude(pk=Coalesce(OuterRef("round"), 0)).values("number")[:1]),
        secured=Exists(
            secured.filter(position__gt=0, outcome=Outcome.SECURED).exclude(pk=Coalesce(OuterRef("release"), 0))
        ),
        contract_until=F("contract__account__ends_on"),
    )
    return {one.pk: _facts(one, user, now) for one in rows.select_related("worker", "vacancy", "release__exemption")}


def facts_of(placement: Placement, user: User | None, now: datetime) -> PlacementFacts:
    return facts_for([placement], user, now)[placement.pk]


def _facts(one: Any, user: User | None, now: datetime) -> PlacementFacts:
    """`one` was read with what `facts_for` adds."""
    vacancy, order = one.vacancy, one.release
    until = one.contract_until
    if order and order.exemption_id:
        last = exemptions.span_of(order)[1]
        until = min(until, last) if until else last
    return PlacementFacts(
        reference=one.reference,
        worker=one.worker.name,
        today=day_of(now),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        is_in_error=one.voided_at is not None,
        did_not_start=one.did_not_start_at is not None,
        has_ended_early=one.ended_early_at is not None,
        end_is_recorded=bool(one.end_reason),
        start_is_confirmed=one.started_confirmed_at is not None,
        was_there_before=one.continues_as in {Continues.TRANSFER, Continues.CARRY_OVER},
        stretches=one.stretches,
        followed_by=one.follower or "",
        has_order=one.basis == Basis.RELEASE,
        order_lost_its_proof=order is not None and order.unproved_by_id is not None,
        contract_ends_on=until,
        has_contract=one.contract_id is not None,
        is_on_its_orders_contract=order is not None and one.contract_id == order.contract_id,
        is_marked=one.marked,
        mark_waits=one.mark_waits,
        has_become_permanent=one.permanent,
        request=vacancy.reference,
        request_is=vacancy.get_status_display().lower(),
        need_goes_on=vacancy.status in {Status.AGREED, Status.SOURCING, Status.COVERED},
        need_is_being_met=vacancy.status in {Status.SOURCING, Status.COVERED},
        is_agreed=vacancy.decision == Status.AGREED,
        is_emergency=vacancy.origin == Origin.EMERGENCY,
        is_vacant_post=vacancy.kind == VacancyKind.VACANT_POST,
        later_round=one.later_round,
        somebody_else_is_secured=one.secured,
        unconfirmed=unconfirmed_refusal(vacancy, now),
        entered_by_this_person=user is not None and one.booked_by_id == user.pk,
    )


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
