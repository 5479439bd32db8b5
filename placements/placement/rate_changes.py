"""Other rates from a day on."""

from dataclasses import replace as with_changes
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.models import User
from council.wording import day_name, money
from council.working_time import day_of
from placements.models import Placement, PlacementPeriod, PlacementReversal
from placements.placement.booking import add_period, spending_of
from placements.placement.commitments import bucket_of, cut_periods
from placements.reads.placements import facts_of, lock_placement
from placements.rules.booking import Terms, spending_refusal
from placements.rules.placement import refusal
from recruitment.contracts import actions as contracts
from recruitment.permissions import require_source


def new_rate_terms(placement: Placement, starts_on: date, pay_rate: Decimal, charge_rate: Decimal) -> Terms:
    return Terms(starts_on, placement.ends_on, placement.hours_per_week, placement.pattern, pay_rate, charge_rate)


def check_rate(placement: Placement, terms: Terms, now: datetime) -> tuple[Decimal, Decimal]:
    """(£ given back at the old rates, £ committed at the new ones) of a change of rate. Raises RuleViolation."""
    refuse_if(refusal("rates", facts_of(placement, None, now)))
    if not placement.starts_on <= terms.starts_on <= placement.ends_on:
        refuse(
            "rate_outside",
            f"Enter a day from {day_name(placement.starts_on)} to {day_name(placement.ends_on)}.",
            "starts_on",
        )
    if terms.charge_rate < terms.pay_rate:
        refuse("charge_below_pay", "The charge rate is below the pay rate. Check both rates.", "charge_rate")
    if placement.release and terms.charge_rate > placement.release.max_rate:
        refuse(
            "above_max_rate",
            f"The supplier was asked at no more than {money(placement.release.max_rate)} an hour. To pay more, change the request's "
            "maximum rate and ask again in a new round.",
            "charge_rate",
        )
    old = sum(
        (
            with_changes(
                terms,
                starts_on=max(period.starts_on, terms.starts_on),
                ends_on=period.last_on,
                charge_rate=period.charge_rate,
            ).value
            for period in placement.periods.all()
            if period.last_on >= terms.starts_on
        ),
        Decimal(0),
    )
    facts = spending_of(placement)
    if facts.left_to_commit is not None:
        facts = with_changes(facts, left_to_commit=facts.left_to_commit + old)
    if terms.value <= 0:
        refuse("no_working_day", "There is no working day from that day on. Enter an earlier day.", "starts_on")
    refused = spending_refusal(terms.starts_on, terms.ends_on, terms.value, facts) if placement.contract_id else None
    if refused and refused[0].code == "over_value" and terms.value > old:
        refuse_if(refused[0])
    return old, terms.value


@action
def change_rate(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    starts_on: date,
    pay_rate: Decimal,
    charge_rate: Decimal,
    reason: str,
    version: int | None = None,
) -> PlacementPeriod:
    """Other rates from a day on. What was agreed before it stays; the difference goes to or comes from the contract.

    Refuses: above_max_rate, changed_meanwhile, charge_below_pay, did_not_start, ended, entered_in_error, no_reason, no_working_day, not_funded,
    not_standing, outside_contract, over_value, rate_outside.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    require_reason(reason, "Say why the rates change.")
    terms = new_rate_terms(placement, starts_on, pay_rate, charge_rate)
    check_rate(placement, terms, at)
    note = f"{placement.reference} at new rates"
    back, entry = cut_periods(placement, starts_on - timedelta(1)), None
    if placement.contract_id and back > 0:
        bucket = bucket_of(placement)
        returned, entry = contracts.exchange(
            placement.contract_id, back, terms.value, out_of=bucket, note=note, by=by, at=at
        )
        PlacementReversal.objects.create(placement=placement, entry=returned)
    elif placement.contract_id:
        entry = contracts.commit(placement.contract_id, terms.value, note=note, by=by, at=at)
    placement.version += 1
    placement.save()
    return add_period(placement, terms, entry, by=by, at=at, reason=reason)
