"""What an emergency still needs: the Assistant Director's confirmation, and authority where a contract has no room."""

from datetime import datetime

from django.db.models import Subquery

from council.refusal import Refusal
from council.wording import by_when
from recruitment.models import EmergencyCall, Origin, SpendingAuthority, Status, Vacancy


def unconfirmed_refusal(vacancy: Vacancy, at: datetime) -> Refusal | None:
    """Why nothing more is sent or booked for an emergency: it was not confirmed, or not in time. None for any other request."""
    if vacancy.origin != Origin.EMERGENCY or vacancy.decision == Status.AGREED:
        return None
    call = vacancy.emergency_call
    if call.decision == EmergencyCall.Decision.NOT_CONFIRMED:
        return Refusal(
            "emergency_not_confirmed",
            f"{call.decided_by} has not confirmed this emergency: {call.decision_reason} Ask for staff in the usual way if the need goes on.",
        )
    if not call.decision and at > call.confirm_by:
        return Refusal(
            "emergency_not_confirmed",
            f"The Assistant Director had until {by_when(call.confirm_by)} to confirm this emergency, and has not. The Assistant Director "
            "decides it first.",
        )
    return None


def authority_for(vacancy: Vacancy) -> SpendingAuthority | None:
    """The Strategic Director's authority of the open round that no booking has used yet."""
    opened_at = vacancy.rounds.filter(closed_at__isnull=True).values("opened_at")
    rows = vacancy.authorities.filter(entry__isnull=True, recorded_at__gte=Subquery(opened_at[:1]))
    rows = rows.exclude(word__is_given=False)
    return rows.order_by("-pk").first()
