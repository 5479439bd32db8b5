"""Where a contract stands on a day. Money is £ excluding VAT.

"As at D" is what had happened by D, by all we know now: entries dated by D, the approval decided by D.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Max, Min, Sum

from council.actions import day_of
from placements.actions.commitments import stretch_of
from placements.models import Hire, PaymentAllocation, Placement
from recruitment.charge import value_until
from recruitment.models import AccountEntry, Contract, ContractApproval

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ContractPosition:
    """One contract's figures. `left` and `percent_used` are None where no value is set here."""

    contract: Contract
    on: date
    approval: ContractApproval | None
    booked_to_date: Decimal
    booked_to_come: Decimal
    paid: Decimal
    is_taken_back: bool = False

    @property
    def approved_value(self) -> Decimal | None:
        return self.approval.value if self.approval else None

    @property
    def exposure(self) -> Decimal:
        return self.booked_to_date + self.booked_to_come

    @property
    def left(self) -> Decimal | None:
        return None if self.approved_value is None else self.approved_value - self.exposure

    @property
    def percent_used(self) -> Decimal | None:
        return None if not self.approved_value else _percent(self.exposure, self.approved_value)

    @property
    def percent_of_time(self) -> Decimal | None:
        """Of the days from start to end, how many are gone; None before a value and end are approved."""
        if self.approval is None:
            return None
        days = (self.approval.ends_on - self.contract.starts_on).days + 1
        gone = min(max((self.on - self.contract.starts_on).days + 1, 0), days)
        return _percent(Decimal(gone), Decimal(days)) if days > 0 else None

    @property
    def stage(self) -> str:
        if self.is_taken_back:
            return "Taken back"
        if self.on < self.contract.starts_on:
            return "Not started"
        if self.approval and self.on > self.approval.ends_on:
            return "Over"
        return "Over value" if self.left is not None and self.left < 0 else "Running"


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def positions(contracts: list[Contract], on: date) -> list[ContractPosition]:
    """The positions of several contracts, in a constant number of queries."""
    keys = [contract.pk for contract in contracts]
    approvals: dict[int, ContractApproval] = {}
    for approval in ContractApproval.objects.filter(contract_id__in=keys, decided_on__lte=on).order_by(
        "decided_on", "pk"
    ):
        approvals[approval.contract_id] = approval
    exposure = dict.fromkeys(keys, ZERO)
    entries = AccountEntry.objects.filter(contract_id__in=keys, on__lte=on).values(
        "contract_id", "taken_from", "put_into"
    )
    for row in entries.annotate(total=Sum("amount")):
        if row["taken_from"] == "":
            exposure[row["contract_id"]] += row["total"]
        elif row["put_into"] == "":
            exposure[row["contract_id"]] -= row["total"]
    to_date = dict.fromkeys(keys, ZERO)
    for line in booking_lines(keys, on):
        to_date[line.contract_id] += line.to_date
    paid = {
        row["contract_id"]: row["total"]
        for row in PaymentAllocation.objects.filter(contract_id__in=keys, payment__paid_on__lte=on)
        .values("contract_id")
        .annotate(total=Sum("amount"))
    }
    taken_back = set(Contract.objects.filter(pk__in=keys).taken_back_by(on).values_list("pk", flat=True))
    return [
        ContractPosition(
            contract=contract,
            on=on,
            approval=approvals.get(contract.pk),
            booked_to_date=to_date[contract.pk],
            booked_to_come=exposure[contract.pk] - to_date[contract.pk],
            paid=paid.get(contract.pk, ZERO),
            is_taken_back=contract.pk in taken_back,
        )
        for contract in contracts
    ]


@dataclass(frozen=True)
class BookingLine:
    """What one placement or permanent start has committed on its contract by a day, and how much of that is worked."""

    contract_id: int
    reference: str
    address: str
    what: str
    starts_on: date
    ends_on: date
    to_date: Decimal
    committed: Decimal

    @property
    def to_come(self) -> Decimal:
        return self.committed - self.to_date


def booking_lines(keys: list[int], on: date) -> list[BookingLine]:
    """The rows behind a contract's figures: their sums are its "booked to date" and "booked to come"."""
    placements = (
        Placement.objects.filter(contract_id__in=keys, booked_at__date__lte=on)
        .select_related("worker")
        .prefetch_related("periods", "reversals__entry")
        .order_by("starts_on", "pk")
    )
    lines = [_placement_line(placement, on) for placement in placements]
    fees = Hire.objects.filter(contract_id__in=keys, recorded_at__date__lte=on).select_related("entry", "reversal")
    for hire in fees.order_by("starts_on", "pk"):
        gone = hire.reversal is not None and hire.reversal.on <= on
        committed = ZERO if gone else hire.fee
        to_date = committed if hire.starts_on <= on else ZERO
        lines.append(
            BookingLine(
                hire.contract_id,
                hire.reference,
                hire.get_absolute_url(),
                "Fee for a permanent start",
                hire.starts_on,
                hire.starts_on,
                to_date,
                committed,
            )
        )
    return lines


def _placement_line(placement: Placement, on: date) -> BookingLine:
    periods = [period for period in placement.periods.all() if day_of(period.agreed_at) <= on]
    given_back = sum((one.entry.amount for one in placement.reversals.all() if one.entry.on <= on), ZERO)
    committed = sum((period.value for period in periods), ZERO) - given_back
    ended = placement.ended_early_at is not None and day_of(placement.ended_early_at) <= on
    last = min(on, placement.committed_until) if ended and placement.committed_until else on
    stretches = [stretch_of(one) for one in periods]
    worked = value_until(stretches, placement.hours_per_week, placement.pattern, last)
    return BookingLine(
        placement.contract_id,
        placement.reference,
        placement.get_absolute_url(),
        placement.worker.name,
        placement.starts_on,
        placement.ends_on,
        min(worked, committed),
        committed,
    )


@dataclass(frozen=True)
class Month:
    """A contract's running totals at the end of a month. None after the last month with anything known."""

    month: date
    booked: Decimal
    paid: Decimal
    approved: Decimal | None


def burn_up(contract: Contract, on: date) -> list[Month]:
    """Month by month until `on`: what was booked, what was paid, and the value approved by then."""
    span = AccountEntry.objects.filter(contract=contract).aggregate(first=Min("on"), last=Max("on"))
    first = min(filter(None, (contract.starts_on, span["first"]))).replace(day=1)
    approvals = list(contract.approvals.order_by("decided_on", "pk"))
    last = min(max(first, on), max((a.ends_on for a in approvals), default=on) + timedelta(120)).replace(day=1)
    booked = {}
    for entry_on, taken_from, put_into, amount in AccountEntry.objects.filter(
        contract=contract, on__lte=on
    ).values_list("on", "taken_from", "put_into", "amount"):
        change = amount if taken_from == "" else -amount if put_into == "" else ZERO
        booked[entry_on.replace(day=1)] = booked.get(entry_on.replace(day=1), ZERO) + change
    paid: dict[date, Decimal] = {}
    for paid_on, amount in PaymentAllocation.objects.filter(contract=contract, payment__paid_on__lte=on).values_list(
        "payment__paid_on", "amount"
    ):
        paid[paid_on.replace(day=1)] = paid.get(paid_on.replace(day=1), ZERO) + amount
    months, month, sum_booked, sum_paid = [], first, ZERO, ZERO
    while month <= last:
        sum_booked += booked.get(month, ZERO)
        sum_paid += paid.get(month, ZERO)
        end = min(_next_month(month) - timedelta(1), on)
        in_force = [approval for approval in approvals if approval.decided_on <= end]
        months.append(Month(month, sum_booked, sum_paid, in_force[-1].value if in_force else None))
        month = _next_month(month)
    return months


def _next_month(month: date) -> date:
    return (month + timedelta(32)).replace(day=1)
