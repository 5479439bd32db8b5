"""What may be done with an exemption, or why not: asked by its page before anybody presses, by the action again, and by what lists it.

Pure. What depends on what was typed is asked by the action itself, after this. Whether somebody's role allows it is `permissions`'.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from council.refusal import Refusal
from council.wording import day_name, money

VAT_PERCENT = 20  # the standard rate: Value Added Tax Act 1994, section 2(1)


def with_vat(value: Decimal) -> Decimal:
    """£ including VAT at the standard rate, of £ excluding it; rounded half up to a penny."""
    return (value * Decimal(100 + VAT_PERCENT) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def vat_refusal(value: Decimal, including: Decimal, differs_because: str) -> Refusal | None:
    """Why a value including VAT is not taken: it follows from the one excluding it, unless somebody says why not."""
    if including < value:
        return Refusal("vat_below_net", "The value including VAT is less than the value excluding it. Check both.")
    if including != with_vat(value) and not differs_because.strip():
        return Refusal(
            "vat_differs",
            f"{money(value)} is {money(with_vat(value))} including VAT at {VAT_PERCENT}%. Leave it empty, or say below why VAT differs.",
        )
    return None


@dataclass(frozen=True)
class RequestsAsk:
    """What the staffing requests of an exemption ask for together: their first and last day, and £ excluding VAT at their highest rates."""

    starts_on: date
    ends_on: date
    estimate: Decimal


def compared(starts_on: date, ends_on: date, value: Decimal, requests: RequestsAsk) -> str:
    """How an exemption differs from what its requests ask for, in words for whoever decides it."""
    found = []
    if starts_on < requests.starts_on:
        found.append(f"begins {_days(requests.starts_on - starts_on)} before them")
    if ends_on > requests.ends_on:
        found.append(f"ends {_days(ends_on - requests.ends_on)} after them")
    if value > requests.estimate:
        found.append(f"is for {money(value - requests.estimate)} more than their estimate")
    if not found:
        return "It stays within their days and their estimate."
    return f"It {', and '.join(found)}."


def _days(time: timedelta) -> str:
    return f"{time.days} day{'' if time.days == 1 else 's'}"


@dataclass(frozen=True)
class ExemptionFacts:
    """An exemption as it stands on a day, and what of it concerns the person who looks. Texts are empty where there is nothing."""

    reference: str
    agency: str
    exemption_is: str  # its stage in words
    today: date
    starts_on: date
    ends_on: date
    waits: bool
    is_returned: bool
    is_approved: bool
    asked_by_this_person: bool  # or completed
    commented_by_this_person: bool
    in_place_of_a_party: bool  # decides it only as the deputy of somebody who asked or commented
    is_used: bool  # somebody was asked under it
    goes_on_from: str
    another_goes_on: bool  # waits, or was approved
    another_was_approved: bool
    requests_to_name: bool  # some of its requests may be named in one that goes on from it
    needed_until: date | None  # the first day on which it may end without anybody booked losing what lets them be there


def refusal(verb: str, facts: ExemptionFacts) -> Refusal | None:
    """Why this cannot be done with the exemption, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _decide(facts: ExemptionFacts) -> Refusal | None:
    if not facts.waits:
        return Refusal("not_from_here", f"{facts.reference} is {facts.exemption_is}: there is nothing to decide.")
    if facts.asked_by_this_person:
        return Refusal("own_request", "You asked for this, so somebody else decides it.")
    if facts.commented_by_this_person:
        return Refusal("own_comment", "You have commented on this, so somebody else decides it.")
    if facts.in_place_of_a_party:
        return Refusal(
            "own_request", "Whose deputy you are asked for this or commented on it, so somebody else decides it."
        )
    return None


def _comment(facts: ExemptionFacts) -> Refusal | None:
    if not facts.waits:
        return Refusal(
            "not_from_here", f"{facts.reference} is {facts.exemption_is}, so there is nothing to comment on."
        )
    if facts.asked_by_this_person:
        return Refusal("own_request", "You asked for this, so somebody else comments on it.")
    return None


def _complete(facts: ExemptionFacts) -> Refusal | None:
    if not facts.is_returned:
        return Refusal(
            "not_from_here", f"{facts.reference} is {facts.exemption_is}, so it cannot become waiting for a decision."
        )
    return None


def _take_back(facts: ExemptionFacts) -> Refusal | None:
    if not facts.waits and not facts.is_returned and not facts.is_approved:
        return Refusal("not_from_here", f"{facts.reference} is {facts.exemption_is}, so it cannot become taken back.")
    if not facts.is_approved:
        return None
    if facts.is_used:
        return Refusal("in_use", f"{facts.agency} has been asked under {facts.reference}. End it early instead.")
    if facts.goes_on_from:
        return Refusal(
            "in_use", f"{facts.reference} is part of the contract of {facts.goes_on_from}. End it early instead."
        )
    if facts.another_goes_on:
        return Refusal("in_use", f"Another exemption goes on from {facts.reference}. End that first.")
    return None


def _end(facts: ExemptionFacts) -> Refusal | None:
    if not facts.is_approved:
        return Refusal("not_from_here", f"{facts.reference} is {facts.exemption_is}, so it cannot be ended early.")
    if facts.another_was_approved:
        return Refusal("goes_on", f"Another exemption goes on from {facts.reference}. End that one.")
    if facts.today >= facts.ends_on:
        return Refusal("over", f"{facts.reference} ends on {day_name(facts.ends_on)}, so it cannot be ended early.")
    if facts.needed_until is not None and facts.needed_until >= facts.ends_on:
        return still_booked(facts.needed_until)
    return None


def still_booked(until: date) -> Refusal:
    return Refusal(
        "still_booked",
        f"A worker is there by it until {day_name(until)}. End that placement first, or let the exemption run until then.",
    )


def ended_on_refusal(facts: ExemptionFacts, ended_on: date) -> Refusal | None:
    """Why it cannot end early on that day."""
    if not max(facts.starts_on, facts.today) <= ended_on < facts.ends_on:
        begins, ends = day_name(facts.starts_on), day_name(facts.ends_on)
        return Refusal("end_outside", f"Enter its new last day: today or later, from {begins} to before {ends}.")
    if facts.needed_until is not None and ended_on < facts.needed_until:
        return still_booked(facts.needed_until)
    return None


def nothing_goes_on(facts: ExemptionFacts) -> Refusal | None:
    """Why no exemption can go on from this one, whatever it is for."""
    if not facts.is_approved:
        return Refusal(
            "not_approved",
            f"{facts.reference} is {facts.exemption_is}, so nothing goes on from it. Ask for an exemption of its own.",
        )
    return None


def _extends(facts: ExemptionFacts) -> Refusal | None:
    if found := nothing_goes_on(facts):
        return found
    if not facts.requests_to_name:
        return Refusal(
            "no_request_to_name",
            f"No request of {facts.reference} can be named in one that goes on from it: another exemption waits or holds for it, nobody "
            "is there by it, or its round is closed.",
        )
    return None


# What one can do with an exemption, by the last part of its address; "extends" asks for one that goes on from it.
ASKED: dict[str, Callable[[ExemptionFacts], Refusal | None]] = {
    "decide": _decide,
    "comment": _comment,
    "complete": _complete,
    "take-back": _take_back,
    "end": _end,
    "extends": _extends,
}
