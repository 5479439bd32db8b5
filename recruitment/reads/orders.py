"""An order to a supplier as the rules ask about it."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from council.models import User
from recruitment.models import FAILED, ExemptionNeed, Outcome, Release, WitnessKind
from recruitment.reads import supply
from recruitment.rules.order import OrderFacts


def with_facts(rows: QuerySet[Release]) -> QuerySet[Any]:
    """Orders with what `facts_from` reads of each, in the same query."""
    opened = Release.objects.standing().filter(rests_on=OuterRef("pk"))
    proves = ExemptionNeed.objects.filter(proof=OuterRef("pk"), unproved_by__isnull=True)
    rows = rows.select_related("contract__agency", "answered_by", "fell_through_by", "supplying_agency")
    return supply.with_supply(rows.annotate(is_rested_on=Exists(opened), proves=Exists(proves)))


def facts_of(release: Release, user: User | None, now: datetime) -> OrderFacts:
    return facts_from(with_facts(Release.objects.filter(pk=release.pk)).get(), user, now)


def facts_from(one: Any, user: User | None, now: datetime, came: bool = False) -> OrderFacts:
    """What the rules ask about an order that was read `with_facts`, for the person who looks.

    `came` says whether somebody is booked or hired on it: this room does not know, the database refuses for it.
    """
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
        has_failed=one.outcome in FAILED and one.position > 0,
        is_proven=one.proven and one.witness_kind != WitnessKind.EMERGENCY,
        waits_for_leave=supply.leave_refusal_of(one) is not None,
        answered_by_this_person=user is not None and one.answered_by_id == user.pk,
        is_by_exemption=one.exemption_id is not None,
        has_answer_file=one.answer_file_id is not None,
        failure_recorded_by_this_person=user is not None and one.failure_by == user.pk,
    )
