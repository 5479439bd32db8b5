"""Reads what the rules of the order of sourcing look at."""

from collections.abc import Sequence
from datetime import date

from council.refusal import Refusal
from recruitment.models import (
    WAITS_FOR_US,
    Contract,
    Exemption,
    ExemptionNeed,
    Kind,
    Outcome,
    Release,
    Round,
    SourcingOrder,
    StepKind,
    StepSource,
    Vacancy,
)
from recruitment.models.contract import ContractQuerySet
from recruitment.reads.orders import with_facts
from recruitment.reads.steps import step_names
from recruitment.reads.witness_words import READ_WITH
from recruitment.rules.cascade import contract_refusal
from recruitment.rules.charge import estimated_cost
from recruitment.rules.sourcing_state import Asked, ContractFacts, Exempted, RoundState, Step


def contract_facts(contract: Contract) -> ContractFacts:
    return ContractFacts(
        reference=contract.reference,
        route=contract.route,
        starts_on=contract.starts_on,
        ends_on=contract.account.ends_on,
        left_to_commit=contract.account.headroom,
    )


def round_state(
    vacancy: Vacancy, round_: Round | None, on: date, orders: Sequence[Release] | None = None
) -> RoundState:
    """The vacancy's round as the rules see it; also for a vacancy that has no open round.

    `orders` are all orders of the round in the order they were sent, where a page has read them already.
    """
    steps: tuple[Step, ...] = ()
    asked: list[Asked] = []
    exempted: tuple[Exempted, ...] = ()
    if round_ is not None:
        set_up = sorted(round_.order.steps.all(), key=lambda step: step.position)
        names = step_names(round_.order, set_up, on)
        steps = tuple(
            Step(step.position, step.kind, names[step.position], step.proof_age_days, step.pk) for step in set_up
        )
        if orders is None:
            orders = orders_of(round_)
        asked = [_asked(release) for release in orders if release.voided_at is None]
        exempted = _exemptions_of(round_)
    return RoundState(
        status=vacancy.status,
        round_is_open=round_ is not None and round_.is_open,
        direct_recorded=round_ is not None and bool(round_.recruitment_state),
        is_vacant_post=vacancy.kind == Kind.VACANT_POST,
        max_rate=vacancy.max_charge_rate,
        steps=steps,
        asked=tuple(asked),
        exemptions=exempted,
    )


def _asked(release: Release) -> Asked:
    candidates = (one for one in release.submissions.all() if not one.voided_at and one.stage in WAITS_FOR_US)
    return Asked(
        pk=release.pk,
        reference=release.reference,
        position=release.position,
        supplier=release.contract.agency.name,
        outcome=release.outcome,
        max_rate=release.max_rate,
        sent_at=release.sent_at,
        respond_by=release.respond_by,
        failed_at=release.failed_at,
        waiting_candidate=next((one.candidate for one in candidates), ""),
        rests_on=release.rests_on_id,
        proven=release.proven,
        recorded_by=recorder_of(release),
        in_time=release.unproved_by_id is None and release.was_answered_in_time,
    )


def recorder_of(release: Release) -> str:
    """Who recorded that it failed, by name."""
    person = release.fell_through_by if release.outcome == Outcome.FELL_THROUGH else release.answered_by
    return person.name if person else ""


def orders_of(round_: Round) -> list[Release]:
    """All orders of a round as they were sent, with what rules and pages read of them."""
    rows = with_facts(round_.releases.select_related("supplying_agency", "sent_by", *READ_WITH))
    return list(rows.prefetch_related("statements", "submissions").order_by("sent_at", "pk"))


def _exemptions_of(round_: Round) -> tuple[Exempted, ...]:
    """The exemptions that name the request in this round, the newest first."""
    needs = ExemptionNeed.objects.filter(round=round_).select_related("exemption__agency").order_by("-pk")
    needs = needs.prefetch_related("exemption__decisions")
    return tuple(
        Exempted(
            pk=need.exemption_id,
            reference=need.exemption.reference,
            status=need.exemption.status,
            agency=need.exemption.agency.name,
            contract=next((one.contract_id for one in need.exemption.decisions.all() if one.approves), None),
            ends_on=need.exemption.last_day,
            proof=need.proof_id,
            unproved=need.unproved_by_id is not None,
            approved_at=next((one.decided_at for one in need.exemption.decisions.all() if one.approves), None),
        )
        for need in needs
    )


def contracts_for(vacancy: Vacancy, step: Step) -> ContractQuerySet:
    """The contracts of a step that may take the request: by exemption only those that exemptions for it have let."""
    if step.kind == StepKind.AGENCY:
        return Contract.objects.named(StepSource.objects.filter(step=step.pk))
    rows = Contract.objects.filter(route=step.kind)
    if step.kind == StepKind.EXEMPTION:
        approved = Exemption.objects.filter(approved_as__isnull=False, needs__vacancy=vacancy)
        rows = rows.filter(exemption_decisions__exemption__in=approved).distinct()
    return rows


def no_contract_refusal(vacancy: Vacancy, step: Step, on: date) -> Refusal | None:
    """Why no contract of a step can take the vacancy today, for the page; None where one can."""
    starts_on = max(vacancy.needed_from, on)
    cost = estimated_cost(
        vacancy.hours_per_week, vacancy.pattern, starts_on, vacancy.expected_weeks, vacancy.max_charge_rate
    )
    refusal = Refusal(
        "no_contract",
        "No contract that the order of sourcing names at this step is running today. A contract administrator lets one under its "
        "lot, or sets up a newer order that names the next one.",
    )
    for contract in contracts_for(vacancy, step).with_position().order_by("-starts_on", "-pk"):
        found = contract_refusal(contract_facts(contract), step, starts_on, cost, on)
        if found is None:
            return None
        if found.code != "contract_not_running":
            refusal = found
    return refusal


def first_supplier(on: date) -> str:
    """What people call the first agency step on a day: its supplier."""
    order = SourcingOrder.objects.in_force(on)
    return (
        step_names(order, list(order.steps.all()), on).get(1, "the first supplier") if order else "the first supplier"
    )
