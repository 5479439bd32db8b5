"""Asking a supplier, recording its answer, and taking either back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if
from council.known import known
from council.late import check_times
from council.models import Council, User, calendar_of_the_council
from council.references import new_reference
from council.stale import refuse_changed
from council.wording import by_when, money
from council.working_time import WorkingCalendar, day_of
from recruitment.candidates.actions import withdraw_who_accepted
from recruitment.models import (
    SAID_BY_SUPPLIERS,
    Agency,
    Contract,
    Exemption,
    NotSecuredReason,
    Origin,
    Outcome,
    Release,
    Route,
    SourcingStep,
    Statement,
    Status,
    SupplyMode,
    Urgency,
    Vacancy,
)
from recruitment.orders import brief
from recruitment.permissions import require_source, require_void
from recruitment.reads import candidates
from recruitment.reads.emergencies import authority_for, unconfirmed_refusal
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy, open_round_of
from recruitment.reads.rounds import contract_facts, round_state
from recruitment.requests.stages import move
from recruitment.rules import cascade
from recruitment.rules.charge import estimated_cost
from recruitment.rules.order import refusal


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
) -> Release:
    """Ask a contract's supplier for a worker.

    Raises RuleViolation for every way in which the order of sourcing says "not yet", with the sentence the page shows. A
    later route asks on the terms of the answer it rests on; `starts_on` and `weeks` are then taken from there.
    """
    require_source(by, day_of(at))
    sent_at = happened_at or at
    vacancy = lock_vacancy(vacancy)
    contract = Contract.objects.with_position().get(pk=contract.pk)
    round_ = open_round_of(vacancy)
    state = round_state(vacancy, round_, on=day_of(sent_at))
    step = next((step for step in state.steps if step.route == contract.route), None)
    calendar = calendar_of_the_council()
    refuse_if(cascade.opening_refusal(state, step.position if step else -1, sent_at, calendar))
    round_, step = known(round_), known(step)  # what is missing has been refused
    refuse_if(cascade.release_refusal(state, step.position, max_rate, sent_at, calendar), "max_rate")
    refuse_if(unconfirmed_refusal(vacancy, sent_at))
    check_times("it was sent", sent_at, at, late_reason)
    ready = max(round_.opened_at, known(round_.recruitment_recorded_at)) if step.position else round_.opened_at
    if sent_at < ready:
        refuse(
            "before_the_round",
            f"Nobody could be asked before {by_when(ready)}, when this round was ready for it.",
            "happened_at",
        )
    proof, exempted = None, cascade.exemption_for(state, contract.pk, sent_at)
    if step.route == Route.EXEMPTION and exempted is None:
        refuse("not_exempted", f"{contract.agency} has no exemption for this request that holds today.", "contract")
    if exempted:
        held = Exemption.objects.select_for_update(of=("self",)).get(pk=exempted.pk)  # nobody ends it meanwhile
        if not held.is_entitled or day_of(sent_at) > held.last_day:
            refuse("not_exempted", f"{exempted.reference} does not hold any more.", "contract")
        if sent_at < known(exempted.approved_at):
            refuse(
                "before_the_exemption",
                f"{exempted.reference} was approved on {by_when(known(exempted.approved_at))}. Nobody is asked under it before that.",
                "happened_at",
            )
    asked = cascade.proof_for(state, step.position, sent_at, calendar)
    if exempted:  # each exemption has its own proof, also where another one holds for the same request
        asked = next((one for one in state.asked if one.pk == exempted.proof), None)
    if asked:
        proof = Release.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    starts_on = proof.starts_on if proof else starts_on or max(vacancy.needed_from, day_of(sent_at))
    weeks = proof.weeks if proof else weeks or vacancy.expected_weeks
    if weeks > vacancy.expected_weeks:
        refuse(
            "longer_than_agreed",
            f"The request was agreed for {vacancy.expected_weeks} weeks. Ask for no more than that.",
            "weeks",
        )
    if not proof and starts_on < day_of(sent_at):
        refuse(
            "start_in_past", "The worker would start before the supplier is asked. Enter a later start.", "starts_on"
        )
    estimated = Decimal(0)
    if step.position > 0:
        estimated = estimated_cost(vacancy.hours_per_week, vacancy.pattern, starts_on, weeks, max_rate)
    facts = contract_facts(contract)
    # In an emergency, or on authority, the booking is held to the value and not the order.
    if vacancy.origin == Origin.EMERGENCY or authority_for(vacancy):
        facts = replace(facts, left_to_commit=None)
    refuse_if(cascade.contract_refusal(facts, step, starts_on, estimated, day_of(sent_at)), "contract")
    if any(one.sent_at > sent_at for one in state.asked if one.position > 0 and step.position > 0):
        refuse(
            "before_the_last",
            "Another supplier was asked after that time. Enter when this one was really asked.",
            "happened_at",
        )
    window = next(one for one in round_.order.steps.all() if one.position == step.position)
    release = Release.objects.create(
        **new_reference(Release, "ORD"),
        vacancy=vacancy,
        round=round_,
        order_id=round_.order_id,
        position=step.position,
        route=step.route,
        contract=contract,
        exemption_id=exempted.pk if exempted else None,
        rests_on=proof,
        proof_rate=proof.max_rate if proof else None,
        proof_answered_at=proof.answered_at if proof else None,
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
        respond_by=_respond_by(vacancy, window, sent_at, calendar),
        order_number=order_number,
    )
    if vacancy.status == Status.AGREED and step.position > 0:
        move(vacancy, Status.SOURCING)
        vacancy.save()
    if happened_at is None:  # an order entered afterwards went to the supplier in another way
        brief.queue(release, by=by, at=at)
    return release


def _respond_by(vacancy: Vacancy, window: SourcingStep, sent_at: datetime, calendar: WorkingCalendar) -> datetime:
    """By when the supplier answers: in working hours; in an emergency out of hours, by the clock."""
    if vacancy.origin == Origin.EMERGENCY and not calendar.is_open(sent_at):
        # In UTC, so that two hours are two hours also in the night the clocks change.
        return sent_at.astimezone(UTC) + timedelta(hours=Council.current().emergency_hours)
    hours = window.urgent_hours if vacancy.urgency == Urgency.URGENT else window.routine_hours
    return calendar.add_working_hours(sent_at, hours)


@action
def send_together(*, by: User, at: datetime, requests: list[Vacancy], **terms) -> list[Release]:
    """One order for several posts alike, answered one by one. All of them are sent, or none."""
    return [send(by=by, at=at, vacancy=vacancy, **terms) for vacancy in requests]


def _lock_open(release: Release, version: int | None, verb: str = "answer") -> Release:
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal(verb, facts_of(release, None, release.sent_at)))
    if version is not None and release.version != version:
        refuse_changed(release, version)
    return release


def _answer(release: Release, outcome: str, by: User, at: datetime, answered_at: datetime, late_reason: str) -> None:
    if answered_at < release.sent_at:
        refuse(
            "before_sent",
            f"The answer cannot come before the order was sent ({by_when(release.sent_at)}).",
            "happened_at",
        )
    check_times("of the answer", answered_at, at, late_reason)
    release.outcome = outcome
    release.answered_at, release.answer_recorded_at, release.answered_by = answered_at, at, by
    release.answer_late_reason = late_reason
    release.version += 1
    brief.queue_answer(release, by=by, at=at)


@action
def record_secured(
    *,
    by: User,
    at: datetime,
    release: Release,
    supply_mode: str = "",
    supplying_agency: Agency | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
    note: str = "",
    version: int | None = None,
) -> Release:
    """The supplier has somebody: its own worker, or another agency's and whose."""
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = _lock_open(release, version)
    if refused := candidates.secured_refusal(release, supply_mode, supplying_agency, happened_at or at):
        refuse_if(*refused)
    if release.position > 0:
        if supply_mode not in SupplyMode.values:
            refuse("no_supply_mode", "Say whose worker it is.", "supply_mode")
        if supply_mode == SupplyMode.BROKERED and release.exemption_id:
            refuse(
                "not_its_agency",
                f"The exemption is for {release.contract.agency} and its own workers. Another agency needs an exemption of its own.",
                "supply_mode",
            )
        if supply_mode == SupplyMode.BROKERED and supplying_agency is None:
            refuse("no_supplying_agency", "Choose the agency whose worker it is.", "supplying_agency")
        if (
            supplying_agency
            and supply_mode == SupplyMode.BROKERED
            and supplying_agency.pk == release.contract.agency_id
        ):
            refuse(
                "not_brokered", f"{supplying_agency} is the supplier itself. Choose its own worker, or another agency."
            )
        release.supply_mode = supply_mode
        release.supplying_agency = supplying_agency if supply_mode == SupplyMode.BROKERED else None
    release.note = note
    _answer(release, Outcome.SECURED, by, at, happened_at or at, late_reason)
    release.save()
    return release


@action
def record_not_secured(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    own_supply: str = "",
    brokered_supply: str = "",
    agencies_approached: str = "",
    rate_asked: Decimal | None = None,
    declined_on: date | None = None,
    declined_sender: str = "",
    declined_text: str = "",
    statement: Statement | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
    note: str = "",
    version: int | None = None,
) -> Release:
    """The supplier has nobody. Before its time has ended only with its own confirmation: date, sender and text.

    `statement` is what it said itself through its link: that is its confirmation, and the time of its answer.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = _lock_open(release, version)
    answered_at = happened_at or at
    if statement is not None:
        if statement.release_id != release.pk or statement.kind != Statement.Kind.CANNOT_SUPPLY:
            refuse("own_words_of_another", "These are words about another order.")
        if reason not in SAID_BY_SUPPLIERS and reason != NotSecuredReason.UNSUITABLE:
            refuse(
                "own_words_say_why", "The supplier has said itself why it cannot supply. Choose what it said.", "reason"
            )
        if happened_at:
            refuse(
                "own_words_have_their_time",
                f"It answered itself on {by_when(statement.received_at)}, by its link. Leave the time empty.",
                "happened_at",
            )
        release.statement, answered_at = statement, statement.received_at
        declined_on, declined_sender = day_of(statement.received_at), statement.said_by
        declined_text = statement.words
    told = [bool(declined_on), bool(declined_sender.strip()), bool(declined_text.strip())]
    declined = all(told)
    if any(told) and not declined:
        refuse(
            "confirmation_incomplete",
            "A confirmation has a date, a sender and its text. Enter all three, or none.",
            "declined_on",
        )
    if answered_at < release.respond_by and not declined:
        refuse(
            "window_not_ended",
            f"{release.contract.agency} has until {by_when(release.respond_by)}. Wait until then, or give its own confirmation that it "
            "cannot supply: date, sender and text.",
            "declined_on",
        )
    if declined_on and not day_of(release.sent_at) <= declined_on <= day_of(at):
        refuse("confirmation_date", "The confirmation is dated between the order and today.", "declined_on")
    if reason not in NotSecuredReason.values:
        refuse("no_reason", "Choose why nobody was secured.", "reason")
    refuse_if(candidates.not_secured_refusal(release, reason), "reason")
    if statement is None and release.submissions.standing().filter(received_at__gt=answered_at).exists():
        refuse(
            "before_the_candidate",
            "A candidate of this order came after that time, so the answer is later. Check the time.",
            "happened_at",
        )
    if reason == NotSecuredReason.RATE_TOO_HIGH and not rate_asked:
        refuse("no_rate_asked", "Enter the rate that was asked for.", "rate_asked")
    if rate_asked and reason == NotSecuredReason.RATE_TOO_HIGH and rate_asked <= release.max_rate:
        refuse(
            "rate_not_too_high",
            f"It was asked at no more than {money(release.max_rate)} an hour, so that rate is not too high.",
            "rate_asked",
        )
    if release.position == 1 and not (own_supply and brokered_supply):
        refuse("supply_not_said", "Say whether it tried its own workers and those of other agencies.", "own_supply")
    release.reason, release.rate_asked = reason, rate_asked if reason == NotSecuredReason.RATE_TOO_HIGH else None
    release.own_supply, release.brokered_supply = own_supply, brokered_supply
    release.agencies_approached, release.note = agencies_approached, note
    if declined:
        release.declined_on, release.declined_sender, release.declined_text = (
            declined_on,
            declined_sender,
            declined_text,
        )
    _answer(release, Outcome.NOT_SECURED, by, at, answered_at, late_reason)
    release.save()
    return release


def take_back(
    release: Release, *, by: User, at: datetime, note: str, happened_at: datetime | None = None, late_reason: str = ""
) -> Release:
    """Set a locked, open release to withdrawn. It proves nothing."""
    release.note = note
    _answer(release, Outcome.WITHDRAWN, by, at, max(happened_at or at, release.sent_at), late_reason)
    release.save()
    return release


@action
def withdraw(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
    version: int | None = None,
) -> Release:
    """Take an order back, with a reason. It opens no further route."""
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = _lock_open(release, version)
    if not reason.strip():
        refuse("no_reason", "Say why the order is taken back.", "reason")
    release.note = reason
    _answer(release, Outcome.WITHDRAWN, by, at, happened_at or at, late_reason)
    release.save()
    return release


@action
def first_supplier_can_supply(
    *,
    by: User,
    at: datetime,
    release: Release,
    supply_mode: str,
    supplying_agency: Agency | None = None,
    note: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Release:
    """A later route is open and the first supplier comes back with somebody: it goes first.

    Takes the open order back and records a new, secured order to the first supplier, on the same terms, in one step.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(release.vacancy)
    release = _lock_open(release, None, "first-supplier")
    first = known(release.rests_on)
    while first.rests_on:
        first = first.rests_on
    told_at = happened_at or at
    release.note = f"{first.contract.agency} can supply after all. {note}"
    _answer(release, Outcome.WITHDRAWN, by, at, told_at, late_reason)
    release.save()
    day = day_of(told_at)
    running = Contract.objects.running_on(day).filter(route=first.route)
    contract = running.filter(pk=first.contract_id).first() or running.order_by("-starts_on").first() or first.contract
    when = {"happened_at": happened_at, "late_reason": late_reason}
    again = send(
        by=by,
        at=at,
        vacancy=vacancy,
        contract=contract,
        max_rate=first.max_rate,
        starts_on=max(first.starts_on, day),
        weeks=first.weeks,
        **when,
    )
    return record_secured(
        by=by, at=at, release=again, supply_mode=supply_mode, supplying_agency=supplying_agency, note=note, **when
    )


@action
def void(*, by: User, at: datetime, release: Release, reason: str) -> Release:
    """Mark a release nothing rests on as entered in error. It stays visible; the rules no longer see it."""
    require_void(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    refuse_if(refusal("void", facts_of(release, by, at)))
    if not reason.strip():
        refuse("no_reason", "Say what was wrong.", "reason")
    release.voided_at, release.voided_by, release.void_reason = at, by, reason
    brief.cancel(release, at=at)
    release.version += 1
    release.save()
    return release


@action
def worker_will_not_come(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Release:
    """Secured, but the person withdraws before anybody is booked or hired: the answer counts as not secured."""
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal("will-not-come", facts_of(release, by, at)))
    if not reason.strip():
        refuse("no_reason", "Say why the worker will not come.", "reason")
    fall_through(release, by=by, at=at, reason=reason, happened_at=happened_at, late_reason=late_reason)
    return release


def fall_through(
    release: Release,
    *,
    by: User,
    at: datetime,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> None:
    """A secured answer counts as not secured from then on. The placements room calls it when a worker did not start."""
    told_at = happened_at or at
    if told_at < known(release.answered_at):
        refuse(
            "before_answer",
            f"The worker was secured on {by_when(known(release.answered_at))}, so this came later. Check the time.",
            "happened_at",
        )
    check_times("the council was told", told_at, at, late_reason)
    release.outcome, release.fell_through_at = Outcome.FELL_THROUGH, told_at
    release.fell_through_recorded_at, release.fell_through_late_reason = at, late_reason
    release.fell_through_by, release.fell_through_reason = by, reason
    release.version += 1
    release.save()
    brief.queue_answer(release, by=by, at=at)
    withdraw_who_accepted(release, by=by, at=at, happened_at=told_at, reason=reason)


@action
def give_order_number(*, by: User, at: datetime, release: Release, order_number: str) -> Release:
    """The supplier's own number for the order, which it often gives later; payments find their contract by it."""
    require_source(by, day_of(at))
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    refuse_if(refusal("order-number", facts_of(release, by, at)))
    release.order_number = order_number.strip()
    release.version += 1
    release.save()
    return release
