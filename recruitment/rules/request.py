"""What may be done with a request, or why not: asked by the page before anybody presses, by the action again, and by what lists it.

Pure. What depends on what was typed is asked by the action itself, after this. Whether somebody's role allows it is `permissions`'.
"""

from collections.abc import Callable
from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class RequestFacts:
    """A request as it stands, and what of it concerns the person who looks."""

    reference: str
    request_is: str  # its stage in words
    waits: bool  # for its decision, or held
    came_with_its_worker: bool  # recorded with somebody in post, and not agreed yet
    is_decided: bool
    is_agreed: bool
    is_being_met: bool  # agreed, or suppliers are asked
    is_covered: bool
    asked_by_this_person: bool
    has_round: bool
    has_newer_order: bool  # of sourcing, in force since its round was opened
    was_asked: bool  # a supplier has an order of the open round
    recruitment_is_rested_on: bool  # an agency was asked on what was recorded of permanent recruitment
    somebody_is_secured: bool  # in the open round, booked or not
    authority_waits: bool
    is_emergency: bool
    unconfirmed: Refusal | None


def refusal(verb: str, facts: RequestFacts) -> Refusal | None:
    """Why this cannot be done with the request, whatever is entered; None where it can."""
    return ASKED[verb](facts)


def _decide(facts: RequestFacts) -> Refusal | None:
    if not facts.waits and not facts.came_with_its_worker:
        why = "it has been decided" if facts.is_decided else "there is nothing to decide"
        return Refusal("not_from_here", f"{facts.reference} is {facts.request_is}: {why}.")
    if facts.asked_by_this_person:
        return Refusal("own_request", "You asked for this, so somebody else decides it.")
    return None


def _withdraw(facts: RequestFacts) -> Refusal | None:
    if not facts.waits:
        return Refusal("not_from_here", f"{facts.reference} is {facts.request_is}, so it cannot become withdrawn.")
    return None


def _change(facts: RequestFacts) -> Refusal | None:
    if not facts.waits and not facts.is_being_met:
        return Refusal("not_from_here", f"{facts.reference} is {facts.request_is}: its terms stay as they are.")
    if facts.somebody_is_secured:
        return Refusal(
            "already_secured",
            "A supplier has secured somebody on these terms. Book the worker, or record that they did not start.",
        )
    return None


def _urgency(facts: RequestFacts) -> Refusal | None:
    if not facts.is_being_met:
        return Refusal("not_from_here", f"{facts.reference} is {facts.request_is}, so its urgency stays as it is.")
    if facts.asked_by_this_person:
        return Refusal("own_request", "You asked for this, so somebody else decides how urgent it is.")
    return None


def _authority(facts: RequestFacts) -> Refusal | None:
    if not facts.is_being_met:
        return Refusal(
            "not_being_sourced", f"{facts.reference} is {facts.request_is}, so nothing is about to be booked."
        )
    if not facts.is_emergency:
        return Refusal(
            "not_an_emergency",
            "Authority to pass an approved value is for an emergency out of hours. For this request record a variation of the contract first.",
        )
    if facts.unconfirmed:
        return facts.unconfirmed
    if facts.authority_waits:
        return Refusal(
            "authority_waits", "An authority for this request has not been used yet. It serves for one booking."
        )
    return None


def _direct_recruitment(facts: RequestFacts) -> Refusal | None:
    if not facts.has_round or not facts.is_being_met:
        return Refusal("not_being_sourced", f"{facts.reference} is not being sourced, so there is nothing to record.")
    if facts.recruitment_is_rested_on:
        return Refusal(
            "rested_on",
            "A supplier has been asked since this was recorded, so it stays. If it is wrong, propose a correction.",
        )
    return None


def _new_round(facts: RequestFacts) -> Refusal | None:
    follows_an_older_order = facts.has_newer_order and facts.is_being_met
    if follows_an_older_order and facts.somebody_is_secured:
        return Refusal(
            "already_secured",
            "A supplier has secured somebody in this round. Book or hire them first, or record that they will not come.",
        )
    if not facts.is_covered and not follows_an_older_order:
        return Refusal(
            "not_covered",
            "A new round follows a placement, or a newer order of sourcing. This request has no placement that started, and its round "
            "follows the order in force.",
        )
    if not facts.is_agreed:
        return Refusal(
            "not_agreed",
            "This need has not been agreed. The Assistant Director or a finance officer agrees it first.",
        )
    return None


# What one can do with a request, by the last part of its address.
ASKED: dict[str, Callable[[RequestFacts], Refusal | None]] = {
    "decide": _decide,
    "withdraw": _withdraw,
    "change": _change,
    "urgency": _urgency,
    "authority": _authority,
    "direct-recruitment": _direct_recruitment,
    "new-round": _new_round,
}
