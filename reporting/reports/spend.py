"""What a placement is worth, whether or not it stands on a contract. Money is £ excluding VAT."""

from decimal import Decimal

from placements.models import Placement


def worth_of(placement: Placement) -> Decimal:
    """All that was agreed for a placement less what was given back; also of a worker outside any contract."""
    booked = sum((period.value for period in placement.periods.all()), Decimal(0))
    return booked - sum((one.entry.amount for one in placement.reversals.all()), Decimal(0))
