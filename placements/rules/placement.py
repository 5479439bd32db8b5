"""What may be done with a placement, or why not: asked by the page before anybody presses, by the action again, and by what lists it.

Pure. What depends on what was typed (dates, rates, who comes instead) is asked by the action itself, after this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from council.refusal import Refusal
from council.wording import day_name

NO_SHOW_DAYS = 14  # how long after the start it can still turn out that a worker never came


@dataclass(frozen=True)
class PlacementFacts:
    """A placement as it stands on a day, and what of it concerns the person who looks. Texts are empty where there is nothing."""

    reference: str
    worker: str
    today: date
    starts_on: date
    ends_on: date
    is_in_error: bool
    did_not_start: bool
    has_ended_early: bool
    end_is_recorded: bool
    start_is_confirmed: bool
    was_there_before: bool  # goes on from another of the same worker
    stretches: int
    followed_by: str
    has_order: bool
    order_lost_its_proof: bool
    contract_ends_on: date | None
    has_contract: bool
    is_on_its_orders_contract: bool
    is_marked: bool
    mark_waits: bool
    has_become_permanent: bool
    request: str
    request_is: str  # its stage in words
    need_goes_on: bool
    need_is_being_met: bool
    is_agreed: bool
    is_emergency: bool
    is_vacant_post: bool
    later_round: int | None
    somebody_else_is_secured: bool
    unconfirmed: Refusal | None
    entered_by_this_person: bool

    @property
    def has_ended(self) -> bool:
        """Nothing goes on from here: it ended, its end is on record, or another has taken over."""
        return self.has_ended_early or self.end_is_recorded or bool(self.followed_by)


def refusal(verb: str, facts: PlacementFacts) -> Refusal | None:
    """Why this cannot be done with the placement, whatever is entered; None where it can."""
    return _stands(verb, facts) or ASKED[verb](facts)


def _stands(verb: str, facts: PlacementFacts) -> Refusal | None:
    if verb == "review" and (facts.is_in_error or facts.did_not_start):
        return Refusal("not_standing", f"Nobody worked on {facts.reference}, so there is nothing to review.")
    if facts.is_in_error:
        return Refusal("entered_in_error", f"{facts.reference} is marked as entered in error.")
    if facts.did_not_start:
        what = "correct" if verb == "correct" else "change"
        return Refusal("did_not_start", f"{facts.worker} did not start, so there is nothing to {what}.")
    return None


def _start(facts: PlacementFacts) -> Refusal | None:
    if facts.today < facts.starts_on:
        begins = day_name(facts.starts_on)
        return Refusal("not_started", f"The worker starts on {begins}. Confirm the start from that day.")
    if facts.start_is_confirmed:
        return Refusal("already_confirmed", "The start was confirmed already. Record the agency’s checks as they come.")
    return None


def _checks(facts: PlacementFacts) -> Refusal | None:
    return None


def _extend(facts: PlacementFacts) -> Refusal | None:
    if facts.has_ended_early or facts.end_is_recorded:
        return Refusal("ended", f"{facts.reference} has ended. A new round covers the need from now on.")
    if facts.followed_by:
        return Refusal("ended", f"{facts.followed_by} has taken over from {facts.reference}. Extend that.")
    if facts.mark_waits:
        return Refusal(
            "not_authorised",
            f"{facts.reference} is marked as a breach that nobody has approved. The Assistant Director decides it first.",
        )
    if not facts.has_contract:
        return Refusal(
            "no_contract",
            f"{facts.worker} is outside any contract, so the placement cannot be extended. Ask the suppliers in a new round.",
        )
    if not facts.need_goes_on:
        return Refusal("need_is_over", f"{facts.request} is {facts.request_is}, so there is nothing more to cover.")
    if not facts.is_agreed and facts.is_emergency:
        return Refusal(
            "not_agreed",
            f"{facts.request} is an emergency that has not been confirmed. The Assistant Director decides it first.",
        )
    if not facts.is_agreed:
        return Refusal("not_agreed", not_agreed(facts))
    if facts.contract_ends_on is not None and facts.contract_ends_on <= facts.ends_on:
        until = day_name(facts.contract_ends_on)
        return Refusal("outside_contract", f"What it draws on ends on {until}, so {facts.reference} cannot run longer.")
    return None


def not_agreed(facts: PlacementFacts) -> str:
    return (
        f"{facts.request} was recorded with its worker and has not been agreed. The Assistant Director or a finance officer agrees it "
        "first."
    )


def _end(facts: PlacementFacts) -> Refusal | None:
    if facts.has_ended_early:
        return Refusal("ended", f"{facts.reference} has ended already.")
    if facts.followed_by:
        return Refusal("ended", f"{facts.followed_by} has taken over from {facts.reference}. End that.")
    if facts.end_is_recorded:
        return Refusal("ended", f"The end of {facts.reference} is recorded already.")
    return None


def _record_end(facts: PlacementFacts) -> Refusal | None:
    if facts.end_is_recorded:
        return Refusal("ended", f"The end of {facts.reference} is recorded already.")
    if facts.followed_by:
        return Refusal("ended", f"{facts.followed_by} has taken over from {facts.reference}. Record the end of that.")
    if facts.today < facts.ends_on:
        ends = day_name(facts.ends_on)
        return Refusal("not_over", f"{facts.reference} runs until {ends}. End it early, or wait.")
    return None


def never_came(facts: PlacementFacts, day: date) -> Refusal | None:
    """Why it cannot have turned out on a day that the worker never started."""
    if not facts.has_order:
        return Refusal("did_start", "This worker was found in post, so the worker did start.")
    if facts.has_ended:
        return Refusal("ended", f"{facts.reference} has ended, so the worker did start.")
    if facts.was_there_before:
        return Refusal("did_start", "This worker was in post before, so the worker did start.")
    if facts.start_is_confirmed:
        return Refusal(
            "did_start", "The start was confirmed, so the worker did start. End the placement early instead."
        )
    if day > facts.starts_on + timedelta(NO_SHOW_DAYS) or facts.stretches > 1:
        return Refusal(
            "did_start",
            f"More than {NO_SHOW_DAYS} days after the start, or once changed, a worker did start. End the placement early, or have "
            "somebody else mark it as entered in error.",
        )
    return None


def _did_not_start(facts: PlacementFacts) -> Refusal | None:
    return never_came(facts, facts.today)


def _replace(facts: PlacementFacts) -> Refusal | None:
    if facts.unconfirmed:
        return facts.unconfirmed
    if not facts.has_order:
        return Refusal("no_order", f"{facts.reference} rests on no order, so nobody can replace the worker under it.")
    if facts.followed_by:
        return Refusal("already_replaced", f"{facts.followed_by} has taken over from {facts.reference}.")
    if not facts.is_on_its_orders_contract:
        return Refusal(
            "carried_over",
            f"{facts.reference} was carried over to another contract. Ask the supplier in a new round instead.",
        )
    if not facts.need_is_being_met:
        return Refusal("need_is_over", f"{facts.request} is {facts.request_is}, so there is nothing more to cover.")
    if facts.later_round is not None:
        return Refusal("new_round", f"Round {facts.later_round} of {facts.request} is open. Book in that round.")
    if not facts.has_ended_early and (found := never_came(facts, facts.today)):
        return found
    if facts.order_lost_its_proof:
        return Refusal(
            "proof_corrected",
            "The answer that its order rested on was corrected, so nobody can be booked on it. Start again with the first supplier.",
        )
    return None


def _goes_on(what: str) -> Callable[[PlacementFacts], Refusal | None]:
    def asked(facts: PlacementFacts) -> Refusal | None:
        return Refusal("ended", f"{facts.reference} has ended, so {what}.") if facts.has_ended else None

    return asked


def _convert(facts: PlacementFacts) -> Refusal | None:
    if not facts.is_vacant_post:
        return Refusal(
            "not_a_vacant_post",
            "Only a vacant post can be filled for good. Cover and posts above structure end instead.",
        )
    if facts.has_ended:
        return Refusal("ended", f"{facts.reference} has ended. Record a permanent start on the request instead.")
    if not facts.is_agreed:
        return Refusal("not_agreed", not_agreed(facts))
    if facts.somebody_else_is_secured:
        return Refusal(
            "already_secured",
            "An agency has secured somebody for this post. Book that worker, or record that they did not start.",
        )
    return None


def _review(facts: PlacementFacts) -> Refusal | None:
    if facts.today < facts.starts_on:
        return Refusal("held_when", f"A review is held from {day_name(facts.starts_on)} to today. Check the date.")
    return None


def _concern(facts: PlacementFacts) -> Refusal | None:
    if facts.today < facts.starts_on:
        begins = day_name(facts.starts_on)
        return Refusal("not_started", f"The worker starts on {begins}. Record a concern from that day.")
    return None


def _correct(facts: PlacementFacts) -> Refusal | None:
    return None


def _void(facts: PlacementFacts) -> Refusal | None:
    if facts.is_marked:
        return Refusal(
            "breach_stays", f"{facts.reference} is marked as a breach, and that mark stays. Correct it instead."
        )
    if facts.followed_by:
        return Refusal(
            "rested_on",
            f"{facts.followed_by} follows from {facts.reference}. Mark that as entered in error first.",
        )
    if facts.has_become_permanent:
        return Refusal("rested_on", "The worker became permanent. Mark the permanent start as entered in error first.")
    if facts.entered_by_this_person:
        return Refusal("own_entry", "You entered this, so somebody else marks it as entered in error.")
    return None


# What one can do → what it asks of a placement that stands.
ASKED: dict[str, Callable[[PlacementFacts], Refusal | None]] = {
    "start": _start,
    "checks": _checks,
    "extend": _extend,
    "end": _end,
    "record-end": _record_end,
    "did-not-start": _did_not_start,
    "replace": _replace,
    "move": _goes_on("nobody is moved"),
    "rates": _goes_on("its rates stay"),
    "transfer": _goes_on("nothing of it can be transferred"),
    "convert": _convert,
    "concern": _concern,
    "review": _review,
    "correct": _correct,
    "void": _void,
}


def refusals(facts: PlacementFacts) -> dict[str, Refusal | None]:
    """Each thing one can do with a placement → why not, or None."""
    return {verb: refusal(verb, facts) for verb in ASKED}
