"""Reads what the rules of the order of sourcing look at."""

from datetime import date

from recruitment.cascade import Asked, ContractFacts, RoundState, Step
from recruitment.models import Contract, Kind, Outcome, Release, Round, Route, Vacancy


def contract_facts(contract: Contract) -> ContractFacts:
    return ContractFacts(
        reference=contract.reference,
        route=contract.route,
        starts_on=contract.starts_on,
        ends_on=contract.account.ends_on,
        left_to_commit=contract.account.headroom,
    )


def _failed_at(release: Release):
    if release.outcome == Outcome.FELL_THROUGH:
        return release.fell_through_at
    return release.answered_at if release.outcome == Outcome.NOT_SECURED else None


def step_names(on: date) -> dict[str, str]:
    """What people call each route on a day: its supplier, or its framework."""
    names = {Route.DIRECT.value: "Direct recruitment"}
    for contract in Contract.objects.running_on(on).with_position().order_by("starts_on", "pk"):
        if contract.route == Route.CORPORATE:
            names[contract.route] = contract.agency.name
        elif contract.route == Route.FRAMEWORK:
            names[contract.route] = f"The {contract.lot.framework.reference} contract"
    return names


def round_state(vacancy: Vacancy, round_: Round | None, on: date) -> RoundState:
    """The vacancy's round as the rules see it; also for a vacancy that has no open round."""
    steps: tuple[Step, ...] = ()
    asked: list[Asked] = []
    if round_ is not None:
        names = step_names(on)
        steps = tuple(
            Step(step.position, step.route, names.get(step.route, step.get_route_display()))
            for step in sorted(round_.order.steps.all(), key=lambda step: step.position)
        )
        releases = round_.releases.standing().select_related("contract__agency").order_by("sent_at", "pk")
        asked = [
            Asked(
                pk=release.pk,
                reference=release.reference,
                position=release.position,
                supplier=release.contract.agency.name,
                outcome=release.outcome,
                max_rate=release.max_rate,
                sent_at=release.sent_at,
                respond_by=release.respond_by,
                failed_at=_failed_at(release),
            )
            for release in releases
        ]
    return RoundState(
        status=vacancy.status,
        round_is_open=round_ is not None and round_.is_open,
        direct_recorded=round_ is not None and bool(round_.recruitment_state),
        is_vacant_post=vacancy.kind == Kind.VACANT_POST,
        max_rate=vacancy.max_charge_rate,
        steps=steps,
        asked=tuple(asked),
        proof_age_days=round_.order.proof_age_days if round_ else 0,
    )
