"""A request as the rules of this room ask about it: who came of it, and whether that was confirmed."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from council.models import User
from council.working_time import day_of
from placements.models import Placement
from placements.rules.need import NeedFacts
from recruitment.models import EmergencyCall, Kind, Outcome, Release, Status, Vacancy


def with_need(rows: QuerySet[Vacancy], user: User | None) -> QuerySet[Any]:
    """Requests with what `need_from` reads of each, in the same query."""
    came = Placement.objects.standing().filter(vacancy=OuterRef("pk"))
    secured = Release.objects.standing().filter(
        vacancy=OuterRef("pk"), round__closed_at__isnull=True, position__gt=0, outcome=Outcome.SECURED
    )
    return rows.select_related("decided_by", "emergency_call__decided_by").annotate(
        agency_secured=Exists(secured),
        booked_until=Subquery(came.order_by().values("vacancy").annotate(last=Max("ends_on")).values("last")),
        own_booking=Exists(came.filter(booked_by=user.pk if user else None)),
    )


def need_of(vacancy: Vacancy, user: User | None, now: datetime) -> NeedFacts:
    return need_from(with_need(Vacancy.objects.filter(pk=vacancy.pk), user).get(), user, now)


def need_from(one: Any, user: User | None, now: datetime) -> NeedFacts:
    """What the rules ask about the need of a request that was read `with_need`, for the person who looks."""
    call: EmergencyCall | None = getattr(one, "emergency_call", None)
    who, what = one.decided_by, one.get_decision_display()
    if call and call.decision:
        who, what = call.decided_by, call.get_decision_display()
    return NeedFacts(
        request=one.reference,
        request_is=one.get_status_display().lower(),
        today=day_of(now),
        is_vacant_post=one.kind == Kind.VACANT_POST,
        need_goes_on=one.status in {Status.AGREED, Status.SOURCING, Status.COVERED},
        is_agreed=one.decision == Status.AGREED,
        somebody_is_secured=one.agency_secured,
        booked_until=one.booked_until,
        decided_by=who.name if who else "",
        decision=what.lower(),
        own_call=call is not None and user is not None and user.pk in {call.recorded_by_id, one.requested_by_id},
        own_booking=one.own_booking,
    )
