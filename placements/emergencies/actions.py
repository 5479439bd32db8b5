"""Deciding an emergency on the next working day, and what becomes of one that nobody confirmed."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.models import Approval, User
from council.permissions import may_decide
from council.refusal import Refusal
from council.wording import by_when
from council.working_time import LONDON, day_of
from placements.breaches.actions import mark
from placements.models import Breach, BreachKind, Placement
from placements.reads.needs import need_of
from placements.rules.need import confirmed_too_late, refusal
from recruitment.emergencies.actions import decide_call
from recruitment.models import AuthorityWord, EmergencyCall, SpendingAuthority
from recruitment.reads.requests import lock_vacancy


def too_late(call: EmergencyCall, at: datetime) -> Refusal | None:
    """Why an emergency is not confirmed any more: its day is over, and who came of it is a breach to be approved first."""
    came = Placement.objects.standing().filter(vacancy=call.vacancy_id)
    approved = Breach.objects.standing().filter(placement=OuterRef("pk"), approved_at__isnull=False)
    if at <= call.confirm_by or not came.filter(~Exists(approved)).exists():
        return None
    return confirmed_too_late(by_when(call.confirm_by))


@action
def decide_emergency(*, by: User, at: datetime, call: EmergencyCall, decision: str, reason: str) -> EmergencyCall:
    """The Assistant Director confirms an emergency, which agrees the need; or does not, and who came of it is a breach.

    Refuses: already_decided, confirmed_too_late, no_decision, no_reason, own_entry.
    """
    require(may_decide(by, Approval.EMERGENCY, day_of(at)), "confirm what was ordered out of hours")
    vacancy = lock_vacancy(call.vacancy)
    call = EmergencyCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    refuse_if(refusal("confirm", need_of(vacancy, by, at)))
    if decision not in EmergencyCall.Decision.values:
        refuse("no_decision", "Choose whether you confirm it.", "decision")
    require_reason(reason, "Give a reason for the decision.")
    came = list(Placement.objects.standing().filter(vacancy=vacancy))
    if decision == EmergencyCall.Decision.CONFIRMED:
        refuse_if(too_late(call, at), "decision")
    decide_call(call, vacancy, decision, by=by, at=at, reason=reason.strip())
    if decision == EmergencyCall.Decision.NOT_CONFIRMED:
        for placement in came:
            _mark(placement, call, f"{by.name} did not confirm the emergency: {reason.strip()}", at)
    return call


def mark_unconfirmed_emergencies(now: datetime | None = None) -> None:
    """Who came of an emergency that was not confirmed in time is a breach from then on. Called about once a minute.

    Also whoever was entered after it was turned down, or had been at work before a confirmation that came too late.
    """
    now = now or timezone.now()
    for key in _overdue(now).values_list("pk", flat=True):
        call = EmergencyCall.objects.select_related("vacancy", "recorded_by").get(pk=key)
        mark_overdue(by=call.recorded_by, at=now, call=call)


def _overdue(now: datetime):
    """Calls with somebody who came without confirmation in time and is not marked yet."""
    marked = Breach.objects.filter(placement=OuterRef("pk"), kind=BreachKind.EMERGENCY_NOT_CONFIRMED)
    unmarked = Placement.objects.standing().filter(~Exists(marked), vacancy=OuterRef("vacancy"))
    at_work = unmarked.filter(starts_on__lte=OuterRef("decided_on"))
    turned_down = Q(decision=EmergencyCall.Decision.NOT_CONFIRMED)
    forgotten = Q(decision="", vacancy__decision="", confirm_by__lt=now)
    late = Q(decision=EmergencyCall.Decision.CONFIRMED, decided_at__gt=F("confirm_by"))
    calls = EmergencyCall.objects.annotate(decided_on=TruncDate("decided_at", tzinfo=LONDON))
    return calls.filter(Exists(unmarked) & (turned_down | forgotten) | late & Exists(at_work))


@action
def mark_overdue(*, by: User, at: datetime, call: EmergencyCall) -> None:
    """Mark who came of one call without its confirmation, as it stands when the lock is ours."""
    lock_vacancy(call.vacancy)
    call = EmergencyCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if not _overdue(at).filter(pk=call.pk).exists():
        return
    how = f"It was to be confirmed by {by_when(call.confirm_by)}, and was not."
    came = Placement.objects.standing().filter(vacancy=call.vacancy_id)
    if call.decision == EmergencyCall.Decision.NOT_CONFIRMED:
        how = f"{call.decided_by} did not confirm the emergency: {call.decision_reason}"
    elif call.decided_at:
        came, how = came.filter(starts_on__lte=day_of(call.decided_at)), f"{how} It was confirmed too late."
    for placement in came:
        _mark(placement, call, how, at)


def _mark(placement: Placement, call: EmergencyCall, how: str, at: datetime) -> None:
    mark(placement, BreachKind.EMERGENCY_NOT_CONFIRMED, by=call.recorded_by, at=at, how_found=how)


def mark_unconfirmed_authorities(now: datetime | None = None) -> None:
    """Who was booked past an approved value on an authority that its holder denied, or did not confirm in time, is a breach. Called about
    once a minute."""
    now = now or timezone.now()
    for authority in _without_a_word(now).select_related("recorded_by"):
        mark_without_a_word(by=authority.recorded_by, at=now, authority=authority)


def _without_a_word(now: datetime) -> QuerySet[SpendingAuthority]:
    """Used authorities that were denied, or not confirmed in time, and whose booking is not marked yet."""
    marked = Breach.objects.filter(placement=OuterRef("pk"), kind=BreachKind.AUTHORITY_NOT_CONFIRMED)
    booked = Placement.objects.standing().filter(~Exists(marked), periods__entry__authority=OuterRef("pk"))
    rows = SpendingAuthority.objects.filter(Exists(booked), holder__isnull=False)
    return rows.filter(Q(word__is_given=False) | Q(word__isnull=True, confirm_by__lt=now))


@action
def mark_without_a_word(*, by: User, at: datetime, authority: SpendingAuthority) -> None:
    """Mark the booking of one such authority, as it stands when the lock is ours."""
    lock_vacancy(authority.vacancy)
    if not _without_a_word(at).filter(pk=authority.pk).exists():
        return
    word = AuthorityWord.objects.filter(authority=authority).first()
    how = f"{authority.given_by} was to confirm the authority by {by_when(known(authority.confirm_by))}, and did not."
    if word:
        how = f"{word.said_by} says that the authority was not given: {word.note}"
    for placement in Placement.objects.standing().filter(periods__entry__authority=authority).distinct():
        mark(placement, BreachKind.AUTHORITY_NOT_CONFIRMED, by=by, at=at, how_found=how)
