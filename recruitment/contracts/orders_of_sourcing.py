"""Setting up an order of sourcing: its steps, and the contracts and lots that each may use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from council.actions import action
from council.errors import refuse_if, require
from council.models import User
from council.permissions import may
from council.refusal import Refusal
from council.wording import day_name
from council.working_time import day_of, start_of_day
from recruitment.models import Contract, Lot, Round, SourcingOrder, SourcingStep, StepKind, StepSource
from recruitment.rules.sourcing_order import DraftStep, NamedContract, order_refusal


@dataclass(frozen=True)
class NewStep:
    """One step of a new order, in the place where it stands in the list. Hours are working hours, days working days."""

    kind: StepKind
    contracts: list[Contract] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    routine_hours: int = 16
    urgent_hours: int = 8
    proof_age_days: int = 20


def draft(position: int, kind: str, contracts: Iterable[Contract], lots: Iterable[Lot]) -> DraftStep:
    """A step as the rules look at it."""
    return DraftStep(
        position,
        kind,
        tuple(NamedContract(one.pk, one.reference, one.route, one.lot_id) for one in contracts),
        tuple((lot.pk, str(lot)) for lot in lots),
    )


def in_the_past(starts_on: date) -> Refusal | None:
    """Why no order may start on a day: rounds were opened since, under the one that was in force."""
    if not Round.objects.filter(opened_at__gte=start_of_day(starts_on)).exists():
        return None
    return Refusal(
        "in_the_past",
        f"Rounds were opened since {day_name(starts_on)}, under the order that was in force. Let this one start on a later day.",
    )


@action
def set_order(
    *, by: User, at: datetime, starts_on: date, decision_reference: str, steps: list[NewStep]
) -> SourcingOrder:
    """A new order of sourcing, in force from a day until the next one.

    Refuses: direct_is_not_first, exemption_is_not_last, in_the_past, named_twice, names_no_contracts, names_nothing, no_agency_step,
    not_an_agency_contract, steps_have_a_gap.
    """
    require(may(by, "set_up", day_of(at)), "set up an order of sourcing")
    refuse_if(in_the_past(starts_on), "starts_on")
    refuse_if(order_refusal([draft(place, one.kind, one.contracts, one.lots) for place, one in enumerate(steps)]))
    order = SourcingOrder.objects.create(starts_on=starts_on, decision_reference=decision_reference)
    for position, one in enumerate(steps):
        step = SourcingStep.objects.create(
            order=order,
            position=position,
            kind=one.kind,
            routine_hours=one.routine_hours,
            urgent_hours=one.urgent_hours,
            proof_age_days=one.proof_age_days,
        )
        name(step, one.contracts, one.lots)
    return order


def name(step: SourcingStep, contracts: Iterable[Contract], lots: Iterable[Lot]) -> None:
    """What a step may use. The caller has asked the rules, and no round follows the order."""
    place = {"step": step, "order_id": step.order_id, "position": step.position}
    StepSource.objects.bulk_create(
        [StepSource(**place, contract=one) for one in contracts] + [StepSource(**place, lot=one) for one in lots]
    )
