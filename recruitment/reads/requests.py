"""A request as an action needs it: locked, with the round in which it is sourced now, and what the rules ask about it."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from council.models import User
from council.stale import refuse_changed
from council.working_time import day_of
from recruitment.models import Origin, Outcome, Release, Round, SourcingOrder, SpendingAuthority, Status, Vacancy
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.rules.request import RequestFacts


def lock_vacancy(vacancy: Vacancy, version: int | None = None) -> Vacancy:
    """The row as it is now, locked. With `version`, refuses what was decided on an older sight of it."""
    fresh = Vacancy.objects.select_for_update(of=("self",)).select_related("team").get(pk=vacancy.pk)
    if version is not None and fresh.version != version:
        refuse_changed(fresh, version)
    return fresh


def open_round_of(vacancy: Vacancy) -> Round | None:
    """With its order and the order's steps."""
    return (
        vacancy.rounds.filter(closed_at__isnull=True).select_related("order").prefetch_related("order__steps").first()
    )


def asked_together(vacancy: Vacancy) -> list[Vacancy]:
    """The requests that were asked for in one go with this one, itself left out."""
    first = vacancy.asked_with_id or vacancy.pk
    found = Vacancy.objects.filter(Q(pk=first) | Q(asked_with=first)).exclude(pk=vacancy.pk)
    return list(found.select_related("team").order_by("pk"))


def somebody_is_secured(vacancy: Vacancy, besides: int | None = None) -> bool:
    """Whether an agency's answer in an open round waits to be booked, or is booked and has not started.

    `besides` is the key of a release that does not count.
    """
    secured = vacancy.releases.standing().filter(round__closed_at__isnull=True, position__gt=0, outcome=Outcome.SECURED)
    return secured.exclude(pk=besides).exists()


def with_facts(rows: QuerySet[Vacancy]) -> QuerySet[Any]:
    """Requests with what `facts_from` reads of each, in the same query."""
    rounds = Round.objects.filter(vacancy=OuterRef("pk"), closed_at__isnull=True)
    orders = Release.objects.standing().filter(vacancy=OuterRef("pk"), round__closed_at__isnull=True)
    newer = SourcingOrder.objects.filter(starts_on__gt=OuterRef("round_order_from"))
    authorities = SpendingAuthority.objects.filter(vacancy=OuterRef("pk"), entry__isnull=True)
    authorities = authorities.exclude(word__is_given=False)
    return rows.select_related("emergency_call__decided_by").annotate(
        round_opened_at=Subquery(rounds.values("opened_at")[:1]),
        round_order_from=Subquery(rounds.values("order__starts_on")[:1]),
        newer_order_from=Subquery(newer.order_by("starts_on").values("starts_on")[:1]),
        recruitment_is_recorded=Exists(rounds.exclude(recruitment_state="")),
        was_asked=Exists(orders),
        agency_was_asked=Exists(orders.filter(position__gt=0)),
        secured=Exists(orders.filter(outcome=Outcome.SECURED)),
        authority_waits=Exists(authorities.filter(recorded_at__gte=OuterRef("round_opened_at"))),
    )


def facts_of(vacancy: Vacancy, user: User | None, now: datetime) -> RequestFacts:
    return facts_from(with_facts(Vacancy.objects.filter(pk=vacancy.pk)).get(), user, now)


def facts_from(one: Any, user: User | None, now: datetime) -> RequestFacts:
    """What the rules ask about a request that was read `with_facts`, for the person who looks."""
    return RequestFacts(
        reference=one.reference,
        request_is=one.get_status_display().lower(),
        waits=one.status in {Status.REQUESTED, Status.DEFERRED},
        came_with_its_worker=one.origin == Origin.RECORDED and not one.decision and one.status == Status.COVERED,
        is_decided=bool(one.decision),
        is_agreed=one.decision == Status.AGREED,
        is_being_met=one.status in {Status.AGREED, Status.SOURCING},
        is_covered=one.status == Status.COVERED,
        asked_by_this_person=user is not None and one.requested_by_id == user.pk,
        has_round=one.round_opened_at is not None,
        has_newer_order=one.newer_order_from is not None and one.newer_order_from <= day_of(now),
        was_asked=one.was_asked,
        recruitment_is_rested_on=one.recruitment_is_recorded and one.agency_was_asked,
        somebody_is_secured=one.secured,
        authority_waits=one.authority_waits,
        is_emergency=one.origin == Origin.EMERGENCY,
        unconfirmed=unconfirmed_refusal(one, now),
    )
