"""What may be done with an order to a supplier, or why not: asked by its page, by the timeline of its request and by the action again.

Pure. What depends on what was typed is asked by the action itself, after this. Whether somebody's role allows it is `permissions`'.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from council.refusal import Refusal


@dataclass(frozen=True)
class OrderFacts:
    """An order as it stands, and what of it concerns the person who looks. `outcome` is what became of it, in words."""

    reference: str
    supplier: str
    now: datetime
    is_in_error: bool
    is_open: bool
    is_secured: bool
    fell_through: bool
    was_taken_back: bool
    outcome: str
    answered_by: str
    answered_at: datetime | None
    is_on_a_later_route: bool  # and rests on what an earlier one said
    somebody_came_of_it: bool  # booked or hired
    is_rested_on: bool  # another order or an exemption rests on it
    sent_by_this_person: bool
    has_failed: bool = False
    is_proven: bool = False  # something beside who recorded it says that it failed
    failure_recorded_by_this_person: bool = False
    waits_for_leave: bool = False  # it secured a worker whose own agency would need an exemption, on a later step
    answered_by_this_person: bool = False
    has_answer_file: bool = False
    is_by_exemption: bool = False

    @property
    def is_answered(self) -> bool:
        """By the supplier: an order we took back has no answer."""
        return not self.is_open and not self.was_taken_back


def refusal(verb: str, facts: OrderFacts) -> Refusal | None:
    """Why this cannot be done with the order, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _answer(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal("entered_in_error", f"{facts.reference} was entered in error, so it has no answer.")
    if not facts.is_open:
        who = facts.answered_by or "Somebody"
        return Refusal(
            "already_answered",
            f"{who} has recorded an answer meanwhile: {facts.outcome}. Look at it before you go on.",
        )
    return None


def _first_supplier(facts: OrderFacts) -> Refusal | None:
    if found := _answer(facts):
        return found
    if not facts.is_on_a_later_route:
        return Refusal("nothing_to_replace", "Only an order on a later route gives way to the first supplier.")
    return None


def takes_no_candidate(facts: OrderFacts, received_at: datetime) -> Refusal | None:
    """Why a candidate who came at a moment is not one of this order: it looked for nobody any more."""
    over = (
        not facts.is_open and not facts.is_secured and facts.answered_at is not None and received_at > facts.answered_at
    )
    if not facts.is_in_error and not over:
        return None
    return Refusal(
        "takes_no_candidates",
        f"{facts.reference} looks for nobody any more. Log who was offered since as an approach outside any order; who came before its "
        "answer is recorded with that time.",
    )


def _candidate(facts: OrderFacts) -> Refusal | None:
    return takes_no_candidate(facts, facts.now)


def _will_not_come(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error or not facts.is_secured:
        return Refusal("not_secured", f"{facts.reference} has not secured anybody, so nobody can fail to come.")
    if facts.somebody_came_of_it:
        return Refusal(
            "already_booked",
            f"Somebody is booked or hired on {facts.reference}. Record there that nobody came.",
        )
    return None


def _order_number(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal("entered_in_error", f"{facts.reference} is marked as entered in error.")
    return None


def _dispute(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error or not facts.is_answered:
        return Refusal("not_answered", f"{facts.reference} has no recorded answer, so there is nothing to dispute.")
    return None


def _confirm(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal("entered_in_error", f"{facts.reference} was entered in error, so there is nothing to confirm.")
    if not facts.has_failed:
        return Refusal("not_failed", f"{facts.reference} has no unsuccessful answer, so there is nothing to confirm.")
    if facts.is_proven:
        return Refusal("already_witnessed", f"{facts.reference} is confirmed already. Nothing more is needed.")
    if facts.failure_recorded_by_this_person:
        return Refusal("own_entry", f"You recorded the answer to {facts.reference}, so somebody else confirms it.")
    return None


def _answer_file(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal(
            "entered_in_error", f"{facts.reference} was entered in error, so nothing is added to its answer."
        )
    if not facts.has_failed or facts.fell_through:
        return Refusal("not_failed", f"{facts.reference} has no unsuccessful answer, so there is nothing to confirm.")
    if facts.has_answer_file:
        return Refusal("has_a_file", f"{facts.reference} has the file of its answer already. Add others beside it.")
    return None


def is_much_later(starts_on: date, asked_for: date, days: int) -> bool:
    """Whether a start is more than so many days after one that the first supplier was asked for, which may have somebody by then."""
    return (starts_on - asked_for).days > days


def _later_start(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error or not facts.is_secured:
        return Refusal("not_secured", f"{facts.reference} has not secured anybody, so no start has to be asked about.")
    if not facts.is_on_a_later_route or facts.is_by_exemption:
        return Refusal(
            "not_on_a_later_step",
            f"Nobody was asked before {facts.supplier} whose word its start needs. Book the worker.",
        )
    if facts.somebody_came_of_it:
        return Refusal(
            "already_booked", f"Somebody is booked or hired on {facts.reference}, so no start has to be asked about."
        )
    return None


def _supply(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error or not facts.is_secured or not facts.waits_for_leave:
        return Refusal(
            "nothing_to_allow", f"{facts.reference} has no worker of another agency who waits to be allowed."
        )
    if facts.answered_by_this_person:
        return Refusal("own_entry", f"You recorded the answer to {facts.reference}, so somebody else allows it.")
    return None


def _correct(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal(
            "entered_in_error", f"{facts.reference} is marked as entered in error, so there is nothing to correct."
        )
    if facts.fell_through:
        return Refusal(
            "not_an_answer",
            f"{facts.reference} secured a worker who did not come. Both are recorded, and the answer stays as it is.",
        )
    if facts.is_open:
        return Refusal(
            "not_answered",
            f"{facts.reference} has no answer yet, so there is nothing to correct. Record the answer.",
        )
    return None


def _void(facts: OrderFacts) -> Refusal | None:
    if facts.is_in_error:
        return Refusal("already_voided", f"{facts.reference} is marked as entered in error already.")
    if facts.sent_by_this_person:
        return Refusal("own_entry", "You entered this, so somebody else marks it as entered in error.")
    if facts.is_rested_on or facts.fell_through or facts.somebody_came_of_it:
        return Refusal(
            "rested_on",
            f"Something rests on {facts.reference}, so it stays. Mark that as entered in error first.",
        )
    return None


# What one can do with an order, by the last part of its address.
ASKED: dict[str, Callable[[OrderFacts], Refusal | None]] = {
    "answer": _answer,
    "withdraw": _answer,
    "first-supplier": _first_supplier,
    "candidates/new": _candidate,
    "will-not-come": _will_not_come,
    "order-number": _order_number,
    "dispute": _dispute,
    "confirm": _confirm,
    "answer-file": _answer_file,
    "later-start": _later_start,
    "correct": _correct,
    "supply": _supply,
    "void": _void,
}
