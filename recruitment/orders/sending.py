"""Asking a supplier for a worker."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if
from council.known import known
from council.late import check_times
from council.models import Council, User, calendar_of_the_council
from council.references import new_reference
from council.wording import by_when, possessive
from council.working_time import WorkingCalendar, day_of
from recruitment.models import (
    Agency,
    Contract,
    Exemption,
    Origin,
    Release,
    Round,
    SourcingStep,
    Status,
    StepKind,
    Urgency,
    Vacancy,
)
from recruitment.orders import brief
from recruitment.permissions import require_source
from recruitment.reads.emergencies import authority_for, unconfirmed_refusal
from recruitment.reads.requests import lock_vacancy, open_round_of
from recruitment.reads.rounds import contract_facts, round_state
from recruitment.reads.steps import position_of, source_naming
from recruitment.requests.stages import move
from recruitment.rules import cascade
from recruitment.rules.charge import estimated_cost
from recruitment.rules.sourcing_state import Exempted, RoundState, Step


@action
def send(
    *,
    by: User,
    at: datetime,
    vacancy: Vacancy,
    contract: Contract,
    max_rate: Decimal,
    starts_on: date | None = None,
    weeks: int | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
    order_number: str = "",
    elsewhere: str = "",
) -> Release:
    """Ask a contract's supplier for a worker.

    Raises RuleViolation for every way in which the order of sourcing says "not yet", with the sentence the page shows. A
    later route asks on the terms of the answer it rests on; `starts_on` and `weeks` are then taken from there. `elsewhere` is where this
    one order goes while its supplier has no ordering address in force.

    Refuses: above_request, address_in_force, already_secured, before_the_exemption, before_the_last, before_the_round, better_than_before, candidate_waits,
    contract_ends_before, contract_has_no_room, contract_not_running, direct_first, elsewhere_once, emergency_not_confirmed, exemption_over, exemption_returned,
    exemption_waits, in_future, late_without_reason, longer_than_agreed, no_exemption, not_a_vacant_post, not_asked_before, not_being_sourced,
    not_exempted, not_from_here, not_in_order, not_witnessed, permanent_already_asked, proof_corrected, proof_too_old, start_in_past, still_waiting,
    withdrawn_proves_nothing.
    """
    require_source(by, day_of(at))
    sent_at = happened_at or at
    vacancy = lock_vacancy(vacancy)
    contract = Contract.objects.with_position().get(pk=contract.pk)
    round_ = open_round_of(vacancy)
    state = round_state(vacancy, round_, on=day_of(sent_at))
    source = source_naming(round_.order, contract) if round_ else None
    position = position_of(round_.order, contract, source) if round_ else None
    calendar = calendar_of_the_council()
    refuse_if(cascade.opening_refusal(state, -1 if position is None else position, sent_at, calendar))
    round_, step = known(round_), known(cascade.step_of(state, known(position)))  # what is missing has been refused
    refuse_if(cascade.release_refusal(state, step.position, max_rate, sent_at, calendar), "max_rate")
    refuse_if(unconfirmed_refusal(vacancy, sent_at))
    check_times("it was sent", sent_at, at, late_reason)
    _check_ready(round_, step, sent_at)
    exempted = _exemption(state, step, contract, sent_at)
    asked = cascade.proof_for(state, step.position, sent_at, calendar)
    if exempted:  # each exemption has its own proof, also where another one holds for the same request
        asked = next((one for one in state.asked if one.pk == exempted.proof), None)
    proof = Release.objects.select_for_update(of=("self",)).get(pk=asked.pk) if asked else None
    starts_on = proof.starts_on if proof else starts_on or max(vacancy.needed_from, day_of(sent_at))
    weeks = proof.weeks if proof else weeks or vacancy.expected_weeks
    _check_terms(vacancy, proof, starts_on, weeks, day_of(sent_at))
    _check_contract(vacancy, contract, step, starts_on, weeks, max_rate, day_of(sent_at))
    _check_last(state, step, sent_at)
    if elsewhere:
        _check_elsewhere(contract.agency, elsewhere, at)
    window = next(one for one in round_.order.steps.all() if one.position == step.position)
    release = Release.objects.create(
        **new_reference(Release, "ORD"),
        vacancy=vacancy,
        round=round_,
        order_id=round_.order_id,
        position=step.position,
        route=contract.route,
        contract=contract,
        source=source,
        via_lot_id=source.lot_id if source else None,
        exemption_id=exempted.pk if exempted else None,
        rests_on=proof,
        proof_rate=proof.max_rate if proof else None,
        proof_answered_at=proof.answered_at if proof else None,
        earlier_proof_id=proof.rests_on_id if proof and not exempted else None,
        max_rate=max_rate,
        hours_per_week=vacancy.hours_per_week,
        pattern=vacancy.pattern,
        base=vacancy.base,
        starts_on=starts_on,
        weeks=weeks,
        sent_at=sent_at,
        sent_recorded_at=at,
        sent_by=by,
        sent_late_reason=late_reason,
        respond_by=respond_by(vacancy, window, sent_at, calendar),
        order_number=order_number,
        elsewhere=elsewhere,
    )
    if vacancy.status == Status.AGREED and step.position > 0:
        move(vacancy, Status.SOURCING)
        vacancy.save()
    if happened_at is None:  # an order entered afterwards went to the supplier in another way
        brief.queue(release, by=by, at=at)
    return release


def _check_ready(round_: Round, step: Step, sent_at: datetime) -> None:
    ready = max(round_.opened_at, known(round_.recruitment_recorded_at)) if step.position else round_.opened_at
    if sent_at < ready:
        refuse(
            "before_the_round",
            f"Nobody could be asked before {by_when(ready)}, when this round was ready for it.",
            "happened_at",
        )


def _check_last(state: RoundState, step: Step, sent_at: datetime) -> None:
    if any(one.sent_at > sent_at for one in state.asked if one.position > 0 and step.position > 0):
        refuse(
            "before_the_last",
            "Another supplier was asked after that time. Enter when this one was really asked.",
            "happened_at",
        )


def _check_elsewhere(agency: Agency, elsewhere: str, at: datetime) -> None:
    """One order may go to another address, so that a Friday afternoon goes on; the next waits until the agency has confirmed its own.
    Several posts sent in the same moment are one order.
    """
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    if agency.ordering_address:
        sentence = f"{agency} gets its orders at {agency.ordering_address}. Leave this empty."
        refuse("address_in_force", sentence, "elsewhere")
    before = Release.objects.standing().filter(contract__agency=agency).exclude(elsewhere="")
    before = before.exclude(elsewhere=elsewhere, sent_recorded_at=at).first()
    if before:
        refuse(
            "elsewhere_once",
            f"{before.reference} went to another address already. Have {possessive(agency.name)} ordering address confirmed first, or tell it "
            "yourself and pass on a link.",
            "elsewhere",
        )


def _exemption(state: RoundState, step: Step, contract: Contract, sent_at: datetime) -> Exempted | None:
    """The exemption by which the contract's agency may be asked, held so that nobody ends it meanwhile; None on other routes."""
    exempted = cascade.exemption_for(state, contract.pk, sent_at)
    if step.kind == StepKind.EXEMPTION and exempted is None:
        refuse("not_exempted", f"{contract.agency} has no exemption for this request that holds today.", "contract")
    if exempted is None:
        return None
    held = Exemption.objects.select_for_update(of=("self",)).get(pk=exempted.pk)
    if not held.is_entitled or day_of(sent_at) > held.last_day:
        refuse("not_exempted", f"{exempted.reference} does not hold any more.", "contract")
    if sent_at < known(exempted.approved_at):
        refuse(
            "before_the_exemption",
            f"{exempted.reference} was approved on {by_when(known(exempted.approved_at))}. Nobody is asked under it before that.",
            "happened_at",
        )
    return exempted


def _check_terms(vacancy: Vacancy, proof: Release | None, starts_on: date, weeks: int, day: date) -> None:
    if weeks > vacancy.expected_weeks:
        refuse(
            "longer_than_agreed",
            f"The request was agreed for {vacancy.expected_weeks} weeks. Ask for no more than that.",
            "weeks",
        )
    if not proof and starts_on < day:
        refuse(
            "start_in_past", "The worker would start before the supplier is asked. Enter a later start.", "starts_on"
        )


def _check_contract(
    vacancy: Vacancy, contract: Contract, step: Step, starts_on: date, weeks: int, max_rate: Decimal, day: date
) -> None:
    estimated = Decimal(0)
    if step.position > 0:
        estimated = estimated_cost(vacancy.hours_per_week, vacancy.pattern, starts_on, weeks, max_rate)
    facts = contract_facts(contract)
    # In an emergency, or on authority, the booking is held to the value and not the order.
    if vacancy.origin == Origin.EMERGENCY or authority_for(vacancy):
        facts = replace(facts, left_to_commit=None)
    refuse_if(cascade.contract_refusal(facts, step, starts_on, estimated, day), "contract")


def respond_by(vacancy: Vacancy, window: SourcingStep, sent_at: datetime, calendar: WorkingCalendar) -> datetime:
    """By when the supplier answers: in working hours; in an emergency out of hours, by the clock."""
    if vacancy.origin == Origin.EMERGENCY and not calendar.is_open(sent_at):
        # In UTC, so that two hours are two hours also in the night the clocks change.
        return sent_at.astimezone(UTC) + timedelta(hours=Council.current().emergency_hours)
    hours = window.urgent_hours if vacancy.urgency == Urgency.URGENT else window.routine_hours
    return calendar.add_working_hours(sent_at, hours)


@action
def send_together(*, by: User, at: datetime, requests: list[Vacancy], **terms) -> list[Release]:
    """One order for several posts alike, answered one by one. All of them are sent, or none.

    Refuses: what `send` refuses.
    """
    for vacancy in sorted(
        requests, key=lambda one: one.pk
    ):  # always in the same order, so that two officers do not wait for each other
        lock_vacancy(vacancy)
    return [send(by=by, at=at, vacancy=vacancy, **terms) for vacancy in requests]
