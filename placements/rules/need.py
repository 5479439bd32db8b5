"""What may be done about a need that only this room can judge, since somebody may be booked or in post: fill it, end it, confirm it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from council.refusal import Refusal
from council.wording import day_name


@dataclass(frozen=True)
class NeedFacts:
    """A request as it stands on a day, with who came of it; `request_is` is its stage in words."""

    request: str
    request_is: str
    today: date
    is_vacant_post: bool
    need_goes_on: bool
    is_agreed: bool
    somebody_is_secured: bool  # by an agency, in the open round
    booked_until: date | None
    decided_by: str  # of the need or of the call; "" while nobody has
    decision: str  # in words
    own_call: bool  # recorded or asked for by the person who looks
    own_booking: bool  # who came was booked by that person


def refusal(verb: str, facts: NeedFacts) -> Refusal | None:
    """Why this cannot be done about the need, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def permanent_start_refusal(facts: NeedFacts) -> Refusal | None:
    """Why no permanent start is recorded on the request, whoever starts; None where one may be."""
    if not facts.is_vacant_post:
        return Refusal(
            "not_a_vacant_post",
            "Only a vacant post can be filled for good. Cover and posts above structure end instead.",
        )
    if not facts.need_goes_on:
        return Refusal("not_being_sourced", f"{facts.request} is {facts.request_is}, so it cannot be filled.")
    if not facts.is_agreed:
        return Refusal(
            "not_agreed",
            f"{facts.request} was recorded with its worker and has not been agreed. The Assistant Director or a finance officer agrees "
            "it first.",
        )
    if facts.somebody_is_secured:
        return Refusal(
            "already_secured",
            "An agency has secured somebody for this post. Book that worker, or record that they did not start.",
        )
    return None


def _end(facts: NeedFacts) -> Refusal | None:
    if facts.booked_until is not None and facts.booked_until >= facts.today:
        until = day_name(facts.booked_until)
        return Refusal(
            "still_in_post",
            f"A worker is booked until {until}. End that placement early first, or wait until it has ended.",
        )
    if facts.somebody_is_secured:
        return Refusal(
            "already_secured",
            "A supplier has secured somebody. End that placement, or record that the worker did not start, first.",
        )
    if not facts.need_goes_on:
        return Refusal("not_from_here", f"{facts.request} is {facts.request_is}, so it cannot become ended.")
    return None


def _confirm(facts: NeedFacts) -> Refusal | None:
    if facts.decided_by:
        return Refusal("already_decided", f"{facts.decided_by} has decided this already: {facts.decision}.")
    if facts.own_call:
        return Refusal("own_entry", "You recorded this call, so somebody else decides it.")
    if facts.own_booking:
        return Refusal("own_entry", "You booked who came of it, so somebody else decides it.")
    return None


def confirmed_too_late(confirm_by: str) -> Refusal:
    return Refusal(
        "confirmed_too_late",
        f"It was to be confirmed by {confirm_by}, and was not. So who came of it is a breach: approve the breach instead.",
    )


# What one can do about a need, by the last part of its address.
ASKED: dict[str, Callable[[NeedFacts], Refusal | None]] = {
    "permanent-start": permanent_start_refusal,
    "end": _end,
    "confirm": _confirm,
}
