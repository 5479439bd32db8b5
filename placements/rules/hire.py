"""What may be done with a permanent start that is recorded, or why not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class HireFacts:
    reference: str
    is_in_error: bool
    entered_by_this_person: bool


def refusal(verb: str, facts: HireFacts) -> Refusal | None:
    """Why this cannot be done with the permanent start, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _void(facts: HireFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal("already_voided", f"{facts.reference} is marked as entered in error already.")
    if facts.entered_by_this_person:
        return Refusal("own_entry", "You entered this, so somebody else marks it as entered in error.")
    return None


# What one can do with it, by the last part of its address.
ASKED: dict[str, Callable[[HireFacts], Refusal | None]] = {"void": _void}
