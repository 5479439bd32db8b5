"""Deciding an emergency on the next working day, and what becomes of one that nobody confirmed."""

from datetime import datetime

from django.utils import timezone

from council.actions import action, day_of, require
from council.errors import refuse
from council.models import Approval, User
from council.permissions import may_decide
from placements.actions.facts import mark
from placements.models import BreachKind, Placement
from recruitment.actions import vacancies
from recruitment.actions.emergencies import decide_call
from recruitment.models import EmergencyCall
from recruitment.wording import by_when


@action
def decide_emergency(*, by: User, at: datetime, call: EmergencyCall, decision: str, reason: str) -> EmergencyCall:
    """The Assistant Director confirms an emergency, which agrees the need; or does not, and who came of it is a breach."""
    require(may_decide(by, Approval.EMERGENCY, day_of(at)), "confirm what was ordered out of hours")
    vacancy = vacancies.lock(call.vacancy)
    call = EmergencyCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if call.decision or vacancy.decision:
        refuse(
            "already_decided",
            f"{vacancy.decided_by} has decided this already: {vacancy.get_decision_display().lower()}.",
        )
    if by.pk in {call.recorded_by_id, vacancy.requested_by_id}:
        refuse("own_entry", "You recorded this call, so somebody else decides it.")
    if decision not in EmergencyCall.Decision.values:
        refuse("no_decision", "Choose whether you confirm it.", "decision")
    if not reason.strip():
        refuse("no_reason", "Give a reason for the decision.", "reason")
    came = list(_who_came(call))
    late = at > call.confirm_by
    if came and late and decision == EmergencyCall.Decision.CONFIRMED:
        refuse(
            "confirmed_too_late",
            f"It was to be confirmed by {by_when(call.confirm_by)}, so who came of it is a breach. Approve the breach instead, on the page of "
            "breaches.",
        )
    decide_call(call, vacancy, decision, by=by, at=at, reason=reason.strip())
    if decision == EmergencyCall.Decision.NOT_CONFIRMED:
        for placement in came:
            _mark(placement, call, f"{by.name} did not confirm the emergency: {reason.strip()}", at)
    return call


def mark_unconfirmed_emergencies(now: datetime | None = None) -> None:
    """Who came of an emergency that was not confirmed in time is a breach from then on. Called about once a minute."""
    now = now or timezone.now()
    for call in EmergencyCall.objects.waiting().filter(confirm_by__lt=now).select_related("vacancy"):
        mark_overdue(by=call.recorded_by, at=now, call=call)


@action
def mark_overdue(*, by: User, at: datetime, call: EmergencyCall) -> None:
    """Mark who came of one call, if it is still not decided when the lock is ours."""
    vacancies.lock(call.vacancy)
    call = EmergencyCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if not call.decision and at > call.confirm_by:
        for placement in _who_came(call):
            _mark(placement, call, f"It was to be confirmed by {by_when(call.confirm_by)}, and was not.", at)


def _who_came(call: EmergencyCall):
    return Placement.objects.standing().filter(vacancy=call.vacancy_id)


def _mark(placement: Placement, call: EmergencyCall, how: str, at: datetime) -> None:
    mark(placement, BreachKind.EMERGENCY_NOT_CONFIRMED, by=call.recorded_by, at=at, how_found=how)
