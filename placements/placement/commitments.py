"""What a placement has committed on its contract: the stretches agreed, what they cost, and what is given back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from council.models import User
from placements.models import Basis, Placement, PlacementPeriod, PlacementReversal
from recruitment.contracts import actions as contracts
from recruitment.models import Bucket
from recruitment.rules.charge import Stretch, booked_value


def stretches_of(placement: Placement) -> list[Stretch]:
    return [stretch_of(period) for period in placement.periods.all()]


def stretch_of(period: PlacementPeriod) -> Stretch:
    """A period as its cost is worked out: one cut short, or begun later, costs its days; a whole one what was booked."""
    placement = period.placement
    if period.cut_on is None and period.starts_on >= placement.starts_on:
        return Stretch(period.starts_on, period.ends_on, period.charge_rate, period.value)
    first = max(period.starts_on, placement.starts_on)  # a start that was corrected to a later day
    value = booked_value(placement.hours_per_week, placement.pattern, first, period.last_on, period.charge_rate)
    return Stretch(first, period.last_on, period.charge_rate, value)


def cut(placement: Placement, last_day: date, *, by: User, at: datetime, note: str) -> Decimal:
    """Let the agreed periods end on `last_day` and give the rest back to the contract. Returns what is given back."""
    back = cut_periods(placement, last_day)
    if back > 0:
        reverse(placement, back, note, by=by, at=at)
    return back


def cut_periods(placement: Placement, last_day: date) -> Decimal:
    """Let the agreed periods end on `last_day`. Returns what that leaves to be given back, £ excluding VAT."""
    before = sum((one.value for one in stretches_of(placement)), Decimal(0))
    for period in placement.periods.all():
        if period.last_on > last_day:
            period.cut_on = max(last_day, period.starts_on - timedelta(1))
            period.save(update_fields=["cut_on"])
    return before - sum((stretch_of(one).value for one in placement.periods.order_by("starts_on")), Decimal(0))


def bucket_of(placement: Placement) -> str:
    """Where what a placement costs stands: committed when it was booked, accrued when it was entered as a fact."""
    return Bucket.COMMITTED if placement.basis == Basis.RELEASE else Bucket.ACCRUED


def reverse(placement: Placement, amount: Decimal, note: str, *, by: User, at: datetime) -> None:
    """Give back what a placement had committed; one outside any contract has committed nothing."""
    if placement.contract_id is None:
        return
    out_of = bucket_of(placement)
    entry = contracts.give_back(placement.contract_id, amount, note=note, by=by, at=at, out_of=out_of)
    PlacementReversal.objects.create(placement=placement, entry=entry)


def rates_in_force(placement: Placement) -> PlacementPeriod:
    """The agreed days whose rates hold at the end of the placement: the last of those that were not cut away."""
    periods = [one for one in placement.periods.all() if one.last_on >= one.starts_on]
    return max(periods, key=lambda one: (one.last_on, one.pk))


def still_committed(placement: Placement) -> Decimal:
    """What the placement's entries add up to now, £ excluding VAT."""
    booked = sum((period.value for period in placement.periods.all() if period.entry_id), Decimal(0))
    return booked - sum((one.entry.amount for one in placement.reversals.select_related("entry")), Decimal(0))
