"""An order to a supplier as the rules ask about it."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from council.models import User
from recruitment.models import ExemptionNeed, Outcome, Release
from recruitment.rules.order import OrderFacts


def facts_for(
    releases: Iterable[Release], user: User | None, now: datetime, came: Container[int | None] = frozenset()
) -> dict[int, OrderFacts]:
    """Key → what the rules ask about each order, for the person who looks; one query for all of them.

    `came` has the keys of orders on which somebody is booked or hired: this room does not know them, the database refuses for it.
    """
    opened = Release.objects.standing().filter(rests_on=OuterRef("pk"))
    proves = ExemptionNeed.objects.filter(proof=OuterRef("pk"), unproved_by__isnull=True)
    rows = Release.objects.filter(pk__in=[one.pk for one in releases]).annotate(
        is_rested_on=Exists(opened), proves=Exists(proves)
    )
    rows = rows.select_related("contract__agency", "answered_by")
    return {one.pk: _facts(one, user, now, one.pk in came) for one in rows}


def facts_of(release: Release, user: User | None, now: datetime) -> OrderFacts:
    return facts_for([release], user, now)[release.pk]


def _facts(one: Any, user: User | None, now: datetime, came: bool) -> OrderFacts:
    """`one` was read with what `facts_for` adds."""
    return OrderFacts(
        reference=one.reference,
        supplier=one.contract.agency.name,
        now=now,
        is_in_error=one.voided_at is not None,
        is_open=one.outcome == Outcome.OPEN,
        is_secured=one.outcome == Outcome.SECURED,
        fell_through=one.outcome == Outcome.FELL_THROUGH,
        was_taken_back=one.outcome == Outcome.WITHDRAWN,
        outcome=one.get_outcome_display().lower(),
        answered_by=one.answered_by.name if one.answered_by else "",
        answered_at=one.answered_at,
        is_on_a_later_route=one.position > 1 and one.rests_on_id is not None,
        somebody_came_of_it=came,
        is_rested_on=one.is_rested_on or one.proves,
        sent_by_this_person=user is not None and one.sent_by_id == user.pk,
    )
