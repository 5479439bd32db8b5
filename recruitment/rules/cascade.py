"""The order of sourcing as rules: when a supplier may be asked, and exactly why not yet.

Pure: no query, no clock, no request. The page that shows a closed step and the action that refuses it get the same
Refusal from here. Source: Portfolio Holder Decision of 26 April 2022: direct recruitment first, then the corporate contract,
then the framework "used only when Pertemps have not secured a social worker". Any other agency: by exemption, which stands beside
that order and is its last step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from council.refusal import Refusal
from council.wording import by_when, day_name, money, possessive, within
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.sourcing_state import Asked, ContractFacts, Exempted, RoundState, Step
from recruitment.rules.witness import not_witnessed

OPEN_FOR_SOURCING = {"agreed", "sourcing"}
EXEMPTION = "exemption"


def step_of(state: RoundState, position: int) -> Step | None:
    return next((step for step in state.steps if step.position == position), None)


def opening_refusal(state: RoundState, position: int, now: datetime, calendar: WorkingCalendar) -> Refusal | None:
    """Why the step at `position` may not be opened now; None when it may."""
    if state.status not in OPEN_FOR_SOURCING or not state.round_is_open:
        return _not_being_sourced(state)
    step = step_of(state, position)
    if step is None:
        return Refusal(
            "not_in_order",
            "The order of sourcing that this round follows does not name this contract. Choose one that it names; if a newer order does, "
            "start a new round.",
        )
    if position == 0:
        return _permanent_refusal(state)
    if refusal := _busy_refusal(state, step, now):
        return refusal
    if position == 1:
        return None
    return _proof(state, position, now, calendar)[1]


def _busy_refusal(state: RoundState, step: Step, now: datetime) -> Refusal | None:
    """Why no agency may be asked now, whichever route it is of."""
    if not state.direct_recorded:
        return Refusal(
            "direct_first",
            "Direct recruitment comes first. Record where permanent recruitment stands, then ask an agency.",
        )
    waiting = next((asked for asked in state.asked if asked.position > 0 and asked.outcome == "open"), None)
    if waiting:
        return _still_waiting(state, waiting, step, now)
    secured = next((asked for asked in state.asked if asked.position > 0 and asked.outcome == "secured"), None)
    if secured:
        return Refusal(
            "already_secured",
            f"{secured.supplier} has secured somebody. Book the worker, or record that the worker will not come.",
        )
    return None


def proof_for(state: RoundState, position: int, now: datetime, calendar: WorkingCalendar) -> Asked | None:
    """The unsuccessful answer that opens `position`, or None where the step needs or has none."""
    return _proof(state, position, now, calendar)[0] if position > 1 else None


def exemption_step(state: RoundState) -> Step | None:
    return next((step for step in state.steps if step.kind == EXEMPTION), None)


def exempting_refusal(state: RoundState, now: datetime) -> Refusal | None:
    """Why no exemption may be asked for or approved now for the request of this round."""
    if state.status not in OPEN_FOR_SOURCING or not state.round_is_open:
        return _not_being_sourced(state)
    step = exemption_step(state)
    if step is None:
        return Refusal("not_in_order", "The order of sourcing that this round follows has no step for exemptions.")
    return _busy_refusal(state, step, now) or _candidate_refusal(state, state.asked, step)


def first_route_proof(state: RoundState, now: datetime, calendar: WorkingCalendar) -> Asked | None:
    """The first supplier's unsuccessful answer on which an exemption may rest now: in time, and not too old."""
    failed = _latest(one for one in state.at(1) if one.failed and one.in_time)
    return None if failed is None or _is_too_old(failed, state, now, calendar) else failed


def exemption_for(state: RoundState, contract: int, now: datetime) -> Exempted | None:
    """The exemption by which the supplier of this contract may be asked in this round; None where there is none.

    Of several, each going on from the one before, the first that holds: a later one may not have begun.
    """
    day = now.astimezone(LONDON).date()
    holding = [one for one in state.exemptions if one.contract == contract and one.holds(day)]
    return min(holding, key=lambda one: one.pk, default=None)


def release_refusal(
    state: RoundState, position: int, max_rate: Decimal, now: datetime, calendar: WorkingCalendar
) -> Refusal | None:
    """Why the supplier at `position` may not be asked at this maximum rate."""
    refusal = opening_refusal(state, position, now, calendar)
    if refusal:
        return refusal
    proof = proof_for(state, position, now, calendar)
    if proof and max_rate > proof.max_rate:
        return Refusal(
            "better_than_before",
            f"{proof.supplier} was offered at most {money(proof.max_rate)} an hour. Nobody may be offered more than that: to pay "
            f"more, change the request's maximum rate and ask {proof.supplier} again.",
        )
    if max_rate > state.max_rate:
        return Refusal(
            "above_request",
            f"The request was agreed at no more than {money(state.max_rate)} an hour. Enter that or less, or change the request.",
        )
    return None


@dataclass(frozen=True)
class Rested:
    """A later order and the answer it rests on, as they are known after a correction."""

    first: str  # the supplier of the answer
    failed_at: datetime | None
    in_time: bool  # after the time to answer, or with the supplier's own confirmation
    offered: Decimal
    sent_at: datetime
    max_rate: Decimal
    proof_age_days: int


def answered_in_time(
    fell_through: bool, confirmed_by_supplier: bool, answered_at: datetime | None, respond_by: datetime
) -> bool:
    """Whether an answer may be proof: given after its time to answer had ended, or before with the supplier's own confirmation.

    A worker who was secured and lost later always is one: an answer "secured" may come as early as it likes.
    """
    return fell_through or confirmed_by_supplier or (answered_at is not None and answered_at >= respond_by)


def no_longer_rests(facts: Rested, calendar: WorkingCalendar) -> str | None:
    """Why a later order has lost its proof, in words; None where it still has it."""
    if facts.failed_at is None:
        return f"{facts.first} had not failed to secure somebody."
    if not facts.in_time:
        return f"{facts.first} still had time to answer, and there is no confirmation of its own."
    if facts.failed_at > facts.sent_at:
        return f"{facts.first} had not answered when the next supplier was asked."
    last_day = calendar.add_working_days(facts.failed_at.astimezone(LONDON).date(), facts.proof_age_days)
    if facts.sent_at.astimezone(LONDON).date() > last_day:
        return f"{possessive(facts.first)} answer was more than {facts.proof_age_days} working days old."
    if facts.max_rate > facts.offered:
        return f"{facts.first} had been offered no more than {money(facts.offered)} an hour."
    return None


def contract_refusal(
    contract: ContractFacts, step: Step, starts_on: date, estimated: Decimal, today: date
) -> Refusal | None:
    """Why this contract cannot take the vacancy."""
    begun = today >= contract.starts_on or contract.route == EXEMPTION  # let before it starts, and asked then too
    if not begun or contract.ends_on is None or today > contract.ends_on:
        until = day_name(contract.ends_on) if contract.ends_on else "not yet approved"
        return Refusal(
            "contract_not_running",
            f"{contract.reference} runs from {day_name(contract.starts_on)} to {until}. Choose a contract that is running today.",
        )
    if starts_on > contract.ends_on:
        return Refusal(
            "contract_ends_before",
            f"{contract.reference} ends on {day_name(contract.ends_on)}, before the worker would start.",
        )
    if contract.left_to_commit is not None and estimated > contract.left_to_commit:
        return Refusal(
            "contract_has_no_room",
            f"{contract.reference} has {money(contract.left_to_commit)} left to commit, and this request is estimated at "
            f"{money(estimated)}. Record a variation of the contract, or ask for less.",
        )
    return None


def _not_being_sourced(state: RoundState) -> Refusal:
    sentences = {
        "requested": "This request has not been agreed yet. The Assistant Director or a finance officer decides it first.",
        "deferred": "This request is held. The Assistant Director or a finance officer decides it first.",
        "covered": "A worker is in post. If the need goes on after the worker, start a new round.",
        "filled": "The post is filled. Ask for staff again if it becomes empty.",
    }
    sentence = sentences.get(state.status, "This request is closed. Ask for staff again if the need comes back.")
    if state.status in OPEN_FOR_SOURCING:
        sentence = "This round is closed. Start a new round if the need goes on."
    return Refusal("not_being_sourced", sentence)


def _permanent_refusal(state: RoundState) -> Refusal | None:
    if not state.is_vacant_post:
        return Refusal(
            "not_a_vacant_post", "Only a vacant post can be filled for good. Cover and posts above structure are not."
        )
    waiting = next((asked for asked in state.at(0) if asked.outcome in {"open", "secured"}), None)
    if waiting:
        return Refusal(
            "permanent_already_asked", f"{waiting.supplier} has been asked already. Record its answer, or the hire."
        )
    return None


def _not_open(state: RoundState, step: Step) -> str:
    """How a refusal of a step begins: one that was asked before was open once."""
    return f"{step.name} cannot be asked again yet." if state.at(step.position) else f"{step.name} is not open yet."


def _still_waiting(state: RoundState, waiting: Asked, step: Step, now: datetime) -> Refusal:
    if waiting.position == step.position:
        start = f"{waiting.supplier} has been asked already."
    else:
        start = _not_open(state, step)
    if now < waiting.respond_by:
        return Refusal(
            "still_waiting",
            f"{start} {waiting.supplier} has until {by_when(waiting.respond_by)}. Record its answer first.",
        )
    return Refusal(
        "still_waiting", f"{start} {possessive(waiting.supplier)} time to answer has ended. Record what it said first."
    )


def _latest(asked: Iterable[Asked]) -> Asked | None:
    return max(asked, key=lambda one: (one.sent_at, one.pk), default=None)


def _proof(
    state: RoundState, position: int, now: datetime, calendar: WorkingCalendar
) -> tuple[Asked | None, Refusal | None]:
    step, before = step_of(state, position), step_of(state, position - 1)
    assert step and before, "an order has no gaps"
    if step.kind == EXEMPTION:
        return _by_exemption(state, step, now)
    asked = state.at(position - 1)
    failed = _latest(one for one in asked if one.failed and one.in_time)
    if waits := _candidate_refusal(state, asked, step):
        return None, waits
    if not asked:
        refusal = opening_refusal(state, position - 1, now, calendar)
        why = f" {refusal.sentence}" if refusal and position > 2 else f" Ask {before.name} first."
        return None, Refusal(
            "not_asked_before", f"{_not_open(state, step)} {before.name} has not been asked in this round.{why}"
        )
    if failed is None and any(one.failed for one in asked):
        return None, Refusal(
            "proof_corrected",
            f"{_not_open(state, step)} {possessive(before.name)} answer was corrected, and what is left of it proves nothing. Ask "
            f"{before.name} again.",
        )
    if failed is None:
        return None, Refusal(
            "withdrawn_proves_nothing",
            f"{_not_open(state, step)} The order to {before.name} was taken back, and that proves nothing. Ask {before.name} again.",
        )
    assert failed.failed_at
    if _is_too_old(failed, state, now, calendar):
        return None, Refusal(
            "proof_too_old",
            f"{possessive(before.name)} answer of {day_name(failed.failed_at.astimezone(LONDON).date())} is more than {before.proof_age_days} "
            f"working days old. Ask {before.name} again before {within(step.name)}.",
        )
    earlier = next((one for one in state.asked if one.pk == failed.rests_on), None)
    if earlier and not earlier.proven:  # the step after the next takes a witness of it
        return None, not_witnessed(earlier.supplier, earlier.recorded_by)
    return failed, None


def _is_too_old(failed: Asked, state: RoundState, now: datetime, calendar: WorkingCalendar) -> bool:
    step = step_of(state, failed.position)
    assert failed.failed_at and step, "a failed answer has its time and its step"
    last_day = calendar.add_working_days(failed.failed_at.astimezone(LONDON).date(), step.proof_age_days)
    return now.astimezone(LONDON).date() > last_day


def _candidate_refusal(state: RoundState, asked: Iterable[Asked], step: Step) -> Refusal | None:
    """A candidate of a supplier asked before waits for us, so nobody else is asked."""
    waits = next((one for one in asked if one.waiting_candidate), None)
    if waits is None:
        return None
    return Refusal(
        "candidate_waits",
        f"{_not_open(state, step)} {possessive(waits.supplier)} candidate {waits.waiting_candidate} waits for our decision. Offer the "
        "work, or record why not, first.",
    )


def _by_exemption(state: RoundState, step: Step, now: datetime) -> tuple[Asked | None, Refusal | None]:
    """The answer an approved exemption rests on (None where a reason stands in its place), or why none opens the step."""
    if waits := _candidate_refusal(state, state.asked, step):
        return None, waits
    day = now.astimezone(LONDON).date()
    held = next((one for one in state.exemptions if one.holds(day)), None)
    if held is None:
        return None, _no_exemption(state, day)
    proof = next((one for one in state.asked if one.pk == held.proof), None)
    if held.proof is None and not held.unproved:
        return None, None
    if held.unproved or proof is None or not proof.failed or not proof.in_time:
        return None, Refusal(
            "proof_corrected",
            f"The answer that {held.reference} rests on was corrected, so it opens nothing any more. Ask the first supplier again.",
        )
    if not proof.proven:
        return None, not_witnessed(proof.supplier, proof.recorded_by)
    return proof, None


def _no_exemption(state: RoundState, day: date) -> Refusal:
    for one in state.exemptions:
        what = f"{one.reference} for {one.agency}"
        if one.status == "requested":
            return Refusal("exemption_waits", f"{what} waits for a decision.")
        if one.status == "returned":
            return Refusal(
                "exemption_returned", f"{what} was returned for more. Complete it, and put it to a decision again."
            )
        if one.status in {"approved", "ended"} and day > one.ends_on:
            return Refusal(
                "exemption_over", f"{what} ended on {day_name(one.ends_on)}. Ask for a linked exemption to go on."
            )
    return Refusal("no_exemption", "Any other agency needs an exemption, approved before it starts.")
