"""What may be done with a candidate, or why not: asked by its page before anybody presses, and by the action again.

Pure. What depends on what was typed is asked by the action itself, after this. Whether somebody's role allows it is `permissions`'.
"""

from collections.abc import Callable
from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class CandidateFacts:
    """A candidate as it stands, and what of it concerns the person who looks. Texts are empty where there is nothing."""

    reference: str
    candidate: str  # the agency's own reference
    candidate_is: str  # its stage in words
    order: str
    supplier: str
    is_in_error: bool
    something_follows: bool  # some stage may follow the one it is at
    order_goes_on: bool  # it looks for somebody, or secured somebody
    order_is_secured_with_it: bool  # and with nobody else
    answer_rests_on_it: bool
    registration_number: str
    put_forward_by_itself: bool  # by the supplier, through its link
    recorded_by_this_person: bool
    allowed_by: str
    is_held_back: bool  # an earlier route showed the person first, and nobody has allowed this one
    was_offered_elsewhere: bool
    other_orders: bool  # of the same role wait for the same supplier's answer


def refusal(verb: str, facts: CandidateFacts) -> Refusal | None:
    """Why this cannot be done with the candidate, whatever is entered; None where it can."""
    return in_error(facts.reference) if facts.is_in_error else ASKED[verb](facts)


def in_error(reference: str) -> Refusal:
    return Refusal("entered_in_error", f"{reference} was entered in error, so nothing more is recorded on it.")


def _step(facts: CandidateFacts) -> Refusal | None:
    if facts.order_is_secured_with_it:
        return Refusal(
            "answer_rests_on_it",
            f"{facts.order} is secured with this candidate. Record that the worker will not come, or did not start, on the request.",
        )
    if not facts.something_follows:
        return Refusal(
            "takes_no_candidates", f"{facts.order} looks for nobody any more, so its candidates go no further."
        )
    return None


def _number(facts: CandidateFacts) -> Refusal | None:
    if facts.registration_number:
        return Refusal(
            "number_is_relied_on",
            f"{facts.candidate} is {facts.registration_number}. If that is wrong, somebody else marks the candidate as entered in error, "
            "and it is recorded again.",
        )
    return None


def _allow(facts: CandidateFacts) -> Refusal | None:
    if facts.recorded_by_this_person:
        return Refusal("own_entry", "You recorded this candidate, so somebody else decides.")
    if facts.allowed_by:
        return Refusal("already_decided", f"{facts.allowed_by} has allowed it already.")
    if not facts.is_held_back:
        return Refusal("nothing_to_allow", "No earlier route put this person forward, so nothing has to be allowed.")
    if not facts.order_goes_on:
        return Refusal(
            "takes_no_candidates", f"{facts.order} looks for nobody any more, so its candidates go no further."
        )
    return None


def _elsewhere(facts: CandidateFacts) -> Refusal | None:
    if not facts.other_orders:
        return Refusal("no_other_order", f"{facts.supplier} has been asked for nobody else of this role just now.")
    return None


def _void(facts: CandidateFacts) -> Refusal | None:
    if facts.recorded_by_this_person:
        return Refusal("own_entry", "You entered this, so somebody else marks it as entered in error.")
    if facts.put_forward_by_itself:
        return Refusal(
            "own_words",
            "The supplier put this candidate forward itself. Turn the candidate down, or record that the agency withdrew, with the reason.",
        )
    if facts.answer_rests_on_it:
        return Refusal("rested_on", f"The answer of {facts.order} rests on this candidate, so it stays.")
    if facts.was_offered_elsewhere:
        return Refusal("rested_on", "The candidate was offered to another post since, so it stays.")
    return None


# What one can do with a candidate, by the last part of its address.
ASKED: dict[str, Callable[[CandidateFacts], Refusal | None]] = {
    "step": _step,
    "number": _number,
    "allow": _allow,
    "elsewhere": _elsewhere,
    "void": _void,
}
