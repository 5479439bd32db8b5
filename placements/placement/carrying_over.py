"""Workers go on under the contract that follows theirs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, require
from council.known import known
from council.models import Approval, Council, User
from council.permissions import may, may_decide
from council.references import new_reference
from council.wording import day_name, money
from council.working_time import day_of
from placements.models import (
    Basis,
    Continues,
    Placement,
)
from placements.placement.booking import add_period
from placements.placement.ending import end_the_day_before
from placements.placement.extending import needs_approval
from placements.reads.placements import lock_placement
from placements.rules.booking import Terms
from recruitment.contracts import actions as contracts
from recruitment.models import Contract, Route, SourcingOrder, Status, StepClass, StepSource, SupplyMode
from recruitment.reads.steps import source_naming


@dataclass(frozen=True)
class Carried:
    """What one placement gets under the next contract: £ per hour excluding VAT, and its last day."""

    pay_rate: Decimal
    charge_rate: Decimal
    ends_on: date


@action
def carry_over(
    *, by: User, at: datetime, old: Contract, new: Contract, on: date, terms: dict[int, Carried]
) -> list[Placement]:
    """Move every placement that goes on to the successor of a contract, in one batch: same orders, same clocks, new rates.

    `terms` holds one row for each placement's key. All of them or none. Longer than an officer may agree alone, the Assistant
    Director carries them over.

    Refuses: above_max_rate, another_class, by_exemption, charge_below_pay, did_not_start, end_before_start, entered_in_error, needs_approval,
    no_successor, not_authorised, not_funded, not_in_order, nothing_to_carry, outside_contract.
    """
    require(may(by, "carry_over", day_of(at)), "carry placements over")
    new = Contract.objects.with_position().get(pk=new.pk)
    if old.route == Route.EXEMPTION:
        refuse(
            "by_exemption",
            f"{old.reference} is let by exemption. A linked exemption lets the placements on it go on.",
            "new",
        )
    if new.pk == old.pk or new.agency_id != old.agency_id:
        refuse(
            "no_successor",
            f"Choose another contract of {old.agency}. To another agency workers are transferred.",
            "new",
        )
    order = SourcingOrder.objects.in_force(on)
    source = source_naming(order, new) if order else None
    if source is None:
        refuse(
            "not_in_order",
            f"The order of sourcing on {day_name(on)} does not name {new.reference}. A contract administrator sets up one that does first.",
            "new",
        )
    going_on = going_on_under(old, on)
    if not going_on:
        refuse("nothing_to_carry", f"Nobody on {old.reference} is in post on {day_name(on - timedelta(1))}.", "on")
    if {one.pk for one in going_on} != set(terms):
        refuse("changed_meanwhile", "Who goes on has changed meanwhile. Check the list below, then send it again.")
    return [_carry(one, new, source, on, terms[one.pk], by=by, at=at) for one in going_on]


def going_on_under(contract: Contract, on: date) -> list[Placement]:
    """The placements of a contract that would be carried over from a day on: in post on the day before, the need not over."""
    rows = Placement.objects.standing().filter(
        contract=contract,
        starts_on__lt=on,
        ends_on__gte=on - timedelta(1),
        ended_early_at__isnull=True,
        end_reason="",
        basis=Basis.RELEASE,
        unproved_by__isnull=True,
        release__unproved_by__isnull=True,
        vacancy__status__in=[Status.AGREED, Status.SOURCING, Status.COVERED],
    )
    return list(
        rows.not_followed()
        .prefetch_related("periods")
        .select_related("worker", "vacancy__team")
        .order_by("starts_on", "pk")
    )


def _carry(
    placement: Placement, new: Contract, source: StepSource, on: date, carried: Carried, *, by: User, at: datetime
) -> Placement:
    placement = lock_placement(placement)
    _check_class(placement, new, source)
    if placement.ended_early_at or placement.end_reason or placement.followed_by:
        refuse("changed_meanwhile", f"{placement.worker} does not go on any more. Check the list, then send it again.")
    if placement.breaches.not_authorised().exists():
        refuse(
            "not_authorised",
            f"{placement.worker} is marked as a breach that nobody has approved. The Assistant Director decides it first.",
        )
    terms = Terms(
        on,
        carried.ends_on,
        placement.hours_per_week,
        placement.pattern,
        carried.pay_rate,
        carried.charge_rate,
    )
    _check_terms(placement, new, on, terms, by=by, at=at)
    end_the_day_before(placement, on, f"{placement.reference} carried over", by=by, at=at)
    reference = new_reference(Placement, "PL")
    entry = contracts.commit(new.pk, terms.value, note=f"{reference['reference']} carried over", by=by, at=at)
    brokered = placement.supply_mode == SupplyMode.BROKERED
    successor = Placement.objects.create(
        **reference,
        vacancy=placement.vacancy,
        round_id=placement.round_id,
        release_id=placement.release_id,
        step_class=placement.step_class,
        source=source,
        via_lot_id=source.lot_id,
        proof_id=placement.proof_id,
        contract=new,
        worker=placement.worker,
        supply_mode=placement.supply_mode,
        supplying_agency_id=placement.supplying_agency_id if brokered else new.agency_id,
        hours_per_week=placement.hours_per_week,
        pattern=placement.pattern,
        starts_on=on,
        ends_on=terms.ends_on,
        booked_by=by,
        booked_at=at,
        continues=placement,
        continues_as=Continues.CARRY_OVER,
        started_confirmed_at=placement.started_confirmed_at,
        started_confirmed_by_id=placement.started_confirmed_by_id,
        **{name: getattr(placement, name) for name in Placement.CHECKS},
    )
    add_period(successor, terms, entry, by=by, at=at, reason=f"Carried over from {placement.contract}")
    return successor


def _check_class(placement: Placement, new: Contract, source: StepSource) -> None:
    if placement.step_class != source.step_class:
        was = StepClass(known(placement.step_class)).label.lower()
        would_be = StepClass(source.step_class).label.lower()
        refuse(
            "another_class",
            f"{placement.worker} came by a contract of {was}, and the order of sourcing names {new.reference} at {would_be}. Choose a contract that it "
            "names where the worker’s was, or ask again in a new round.",
            "new",
        )


def _check_terms(placement: Placement, new: Contract, on: date, terms: Terms, *, by: User, at: datetime) -> None:
    funded_until = placement.vacancy.funded_until
    if funded_until and terms.ends_on > funded_until:
        refuse("not_funded", f"{placement.worker}: the post above structure is funded until {day_name(funded_until)}.")
    if terms.ends_on < on or terms.value <= 0:
        refuse("end_before_start", f"{placement.worker}: enter an end on or after {day_name(on)}.")
    if terms.charge_rate < terms.pay_rate:
        refuse("charge_below_pay", f"{placement.worker}: the charge rate is below the pay rate. Check both rates.")
    if terms.charge_rate > known(placement.release).max_rate:
        refuse(
            "above_max_rate",
            f"{placement.worker}: the supplier was asked at no more than {money(known(placement.release).max_rate)} an hour. Enter that or less; to "
            "pay more, ask again in a new round.",
        )
    longer = terms.ends_on > placement.ends_on and needs_approval(placement, terms.ends_on)
    if longer and not may_decide(by, Approval.EXTENSION, day_of(at)):
        weeks = Council.current().extension_approval_weeks
        refuse(
            "needs_approval",
            f"{placement.worker} would stay longer than booked, beyond {weeks} weeks or outside the first route. The Assistant Director "
            "carries these placements over.",
        )
    if new.account.ends_on is None or terms.ends_on > new.account.ends_on or on < new.starts_on:
        until = day_name(new.account.ends_on) if new.account.ends_on else "a day not yet approved"
        refuse(
            "outside_contract",
            f"{placement.worker} is booked until {day_name(terms.ends_on)}, and {new.reference} runs from {day_name(new.starts_on)} to "
            f"{until}.",
            "on",
        )
