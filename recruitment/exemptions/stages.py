"""The stages of an exemption and the moves between them, each with the right that makes it."""

from council.errors import refuse
from recruitment.models import (
    Exemption,
    ExemptionStatus,
)

# Stage → the stages that may follow, and the right that moves it there. The database holds the same moves.
MOVES: dict[str, dict[str, str]] = {
    ExemptionStatus.REQUESTED: {
        ExemptionStatus.APPROVED: "decide_exemption",
        ExemptionStatus.RETURNED: "decide_exemption",
        ExemptionStatus.TURNED_DOWN: "decide_exemption",
        ExemptionStatus.TAKEN_BACK: "request_exemption",
    },
    ExemptionStatus.RETURNED: {
        ExemptionStatus.REQUESTED: "request_exemption",
        ExemptionStatus.TAKEN_BACK: "request_exemption",
    },
    ExemptionStatus.APPROVED: {
        ExemptionStatus.ENDED: "end_exemption",
        ExemptionStatus.TAKEN_BACK: "decide_exemption",
    },
    ExemptionStatus.TURNED_DOWN: {},
    ExemptionStatus.TAKEN_BACK: {},
    ExemptionStatus.ENDED: {},
}


def right_to(exemption: Exemption, to: str) -> str | None:
    """The right that moves an exemption to a stage; None where it cannot go there."""
    return MOVES[exemption.status].get(to)


def move(exemption: Exemption, to: str, reason: str = "") -> None:
    """Change the stage. Raises RuleViolation for a move that is not in the table. The caller has checked the right, and saves."""
    if right_to(exemption, to) is None:
        now = exemption.get_status_display().lower()
        refuse(
            "not_from_here", f"{exemption.reference} is {now}, so it cannot become {ExemptionStatus(to).label.lower()}."
        )
    exemption.status, exemption.status_reason = to, reason
    exemption.version += 1
