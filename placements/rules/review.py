"""What may be done with a quality review that was held, or why not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class ReviewFacts:
    """`read_by` and `read_on` are in words, and empty while the Assistant Director has not read it."""

    read_by: str
    read_on: str
    recorded_by_this_person: bool


def refusal(verb: str, facts: ReviewFacts) -> Refusal | None:
    """Why this cannot be done with the review, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _oversee(facts: ReviewFacts) -> Refusal | None:
    if facts.read_by:
        return Refusal("already_read", f"{facts.read_by} read this on {facts.read_on}.")
    if facts.recorded_by_this_person:
        return Refusal("own_entry", "You recorded this review, so somebody else oversees it.")
    return None


# What one can do with it, by the last part of its address.
ASKED: dict[str, Callable[[ReviewFacts], Refusal | None]] = {"oversee": _oversee}
