"""What a placement is worth, whether or not it stands on a contract. Money is £ excluding VAT."""

from datetime import date
from decimal import Decimal

from placements.models import Placement
from placements.placement.commitments import stretches_of
from recruitment.rules.charge import value_until


def worth_of(placement: Placement) -> Decimal:
    """All that was agreed for a placement less what was given back; also of a worker outside any contract."""
    if placement.contract_id is None:
        return _without_contract(placement)
    booked = sum((period.value for period in placement.periods.all()), Decimal(0))
    return booked - sum((one.entry.amount for one in placement.reversals.all()), Decimal(0))


def _without_contract(placement: Placement) -> Decimal:
    """No account keeps it, so it is worked out from the days: those agreed, up to the end that stays owed."""
    if placement.voided_at or placement.did_not_start_at:
        return Decimal(0)
    last = placement.committed_until or placement.ends_on
    return value_until(stretches_of(placement), placement.hours_per_week, placement.pattern, last)


def worked_by(placement: Placement, on: date) -> Decimal:
    """What a placement has cost up to and including a day, by all that is known now; also of a worker outside any contract."""
    if placement.voided_at or placement.did_not_start_at:
        return Decimal(0)
    last = min(on, placement.committed_until) if placement.committed_until else on
    worked = value_until(stretches_of(placement), placement.hours_per_week, placement.pattern, last)
    return min(worked, worth_of(placement))
