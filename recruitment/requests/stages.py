"""The stages of a vacancy and the moves between them: the one table that says what may follow what."""

from council.errors import refuse
from recruitment.models import Status, Vacancy

MOVES: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.AGREED, Status.DEFERRED, Status.TURNED_DOWN, Status.WITHDRAWN}),
    Status.DEFERRED: frozenset({Status.AGREED, Status.TURNED_DOWN, Status.WITHDRAWN}),
    Status.TURNED_DOWN: frozenset(),
    Status.AGREED: frozenset({Status.SOURCING, Status.FILLED, Status.ENDED}),
    Status.SOURCING: frozenset({Status.AGREED, Status.COVERED, Status.FILLED, Status.ENDED}),
    Status.COVERED: frozenset({Status.AGREED, Status.SOURCING, Status.FILLED, Status.ENDED}),
    Status.FILLED: frozenset({Status.AGREED}),  # only when the hire is marked as entered in error
    Status.ENDED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


def may_move(vacancy: Vacancy, to: str) -> bool:
    return to in MOVES[vacancy.status]


def move(vacancy: Vacancy, to: str, reason: str = "") -> None:
    """Change the stage, with its reason. Raises RuleViolation for a move that is not in the table. The caller saves."""
    if not may_move(vacancy, to):
        now = vacancy.get_status_display().lower()
        refuse("not_from_here", f"{vacancy.reference} is {now}, so it cannot become {Status(to).label.lower()}.")
    vacancy.status = to
    vacancy.status_reason = reason
    vacancy.version += 1
