"""What may be done with the mark of a breach, or why not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class BreachFacts:
    """A breach as it stands. Texts are empty where there is nothing."""

    reference: str
    approved_on: str  # in words
    was_taken_back: bool
    is_own: bool  # recorded by the person who looks, or about a worker whom that person booked
    is_mistaken: bool  # by what is known now, no proof is missing
    taking_back_waits: bool


def refusal(verb: str, facts: BreachFacts) -> Refusal | None:
    """Why this cannot be done with the mark, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _approve(facts: BreachFacts) -> Refusal | None:
    if facts.approved_on:
        return Refusal("already_decided", f"{facts.reference} was approved on {facts.approved_on}.")
    if facts.was_taken_back:
        return Refusal(
            "taken_back",
            f"{facts.reference} was taken back: what it rests on proves it. There is nothing to approve.",
        )
    if facts.is_own:
        return Refusal("own_entry", "You recorded or booked this, so somebody else decides it.")
    return None


def _told(facts: BreachFacts) -> Refusal | None:
    return None


def _take_back(facts: BreachFacts) -> Refusal | None:
    if not facts.is_mistaken:
        return Refusal(
            "mark_is_right", f"{facts.reference} stays: what it rests on does not prove it by what is recorded now."
        )
    if facts.taking_back_waits:
        return Refusal(
            "waits_already", f"A correction of what {facts.reference} rests on waits to be confirmed already."
        )
    return None


# What one can do with the mark, by the last part of its address.
ASKED: dict[str, Callable[[BreachFacts], Refusal | None]] = {
    "approve": _approve,
    "told": _told,
    "take-back": _take_back,
}
