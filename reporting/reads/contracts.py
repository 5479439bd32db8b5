"""Where a contract stands on a day. Money is £ excluding VAT.

"As at D" is what had happened by D, by all we know now: entries dated by D, the approval decided by D.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth

from council.working_time import end_of_day
from placements.models import Hire, PaidDay, Placement
from placements.reads import costs
from recruitment.models import AccountEntry, AccountMonth, Contract, ContractApproval

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
    payments: int = 0  # how many they are
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
        return percent_of(self.exposure, self.approved_value)

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
            return "Ended"
        return "Over value" if self.left is not None and self.left < 0 else "Running"


def percent_of(exposure: Decimal, approved_value: Decimal | None) -> Decimal | None:
    """How much of a contract's value is spoken for; None where no value is set here."""
    return _percent(exposure, approved_value) if approved_value else None


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def positions(contracts: list[Contract], on: date) -> list[ContractPosition]:
    """The positions of several contracts, in a constant number of queries that add up in the database."""
    keys = [contract.pk for contract in contracts]
    approvals: dict[int, ContractApproval] = {}
    for approval in ContractApproval.objects.filter(contract_id__in=keys, decided_on__lte=on).order_by(
        "decided_on", "pk"
    ):
        approvals[approval.contract_id] = approval
    exposure, to_date = _exposure(keys, on), _worked(keys, on)
    paid_days = PaidDay.objects.filter(contract_id__in=keys, day__lte=on).order_by().values_list("contract_id")
    paid = {contract: rest for contract, *rest in paid_days.annotate(Sum("amount"), Sum("payments"))}
    taken_back = set(Contract.objects.filter(pk__in=keys).taken_back_by(on).values_list("pk", flat=True))
    return [
        ContractPosition(
            contract=contract,
            on=on,
            approval=approvals.get(contract.pk),
            booked_to_date=to_date.get(contract.pk, ZERO),
            booked_to_come=exposure.get(contract.pk, ZERO) - to_date.get(contract.pk, ZERO),
            paid=paid.get(contract.pk, (ZERO, 0))[0],
            payments=paid.get(contract.pk, (ZERO, 0))[1],
            is_taken_back=contract.pk in taken_back,
        )
        for contract in contracts
    ]


ADDED = Case(When(taken_from="", then=F("amount")), When(put_into="", then=-F("amount")), default=ZERO)


def _sums(rows: QuerySet, total) -> dict[int, Decimal]:
    """Contract → the sum of its rows."""
    return dict(rows.order_by().values_list("contract_id").annotate(total=total))


def _exposure(keys: list[int], on: date) -> dict[int, Decimal]:
    """Contract → added less given back by a day: whole months as they are kept, the days of the last one by entry."""
    month = on.replace(day=1)
    kept = _sums(AccountMonth.objects.filter(contract_id__in=keys, month__lt=month), Sum(F("added") - F("released")))
    entries = AccountEntry.objects.filter(contract_id__in=keys, on__gte=month, on__lte=on)
    for contract, amount in _sums(entries, Sum(ADDED)).items():
        kept[contract] = kept.get(contract, ZERO) + amount
    return kept


def _worked(keys: list[int], on: date) -> dict[int, Decimal]:
    """Contract → what had been worked by a day, fees for permanent starts included."""
    worked = costs.worked_and_committed(keys, on)
    fees = Hire.objects.filter(contract_id__in=keys, recorded_at__lt=end_of_day(on), starts_on__lte=on)
    for contract, amount in _sums(fees.filter(~_given_back(on)), Sum("fee")).items():
        worked[contract] = worked.get(contract, ZERO) + amount
    return worked


def _given_back(on: date) -> Q:
    return Q(reversal__isnull=False, reversal__on__lte=on)


@dataclass(frozen=True)
class BookingLine:
    """What one placement or permanent start has committed on its contract by a day, and how much of that is worked."""

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


class Bookings:
    """The rows behind a contract's figures, in order, read as far as they are shown: their sums are "booked to date" and "booked to come".

    First placements, then permanent starts, each with what it has committed by a day; none that came to nothing.
    """

    def __init__(self, contract: Contract, on: date):
        self.contract, self.on = contract, on
        booked: Any = Placement.objects.filter(contract=contract, booked_at__lt=end_of_day(on))
        booked = costs.with_booked(booked, on)
        self.placements = booked.exclude(committed=0).select_related("worker").order_by("starts_on", "pk")
        fees = Hire.objects.filter(contract=contract, recorded_at__lt=end_of_day(on), fee__gt=0)
        self.fees = fees.filter(~_given_back(on)).order_by("starts_on", "pk")

    @cached_property
    def placement_count(self) -> int:
        return self.placements.count()

    def __len__(self) -> int:
        return self.placement_count + self.fees.count()

    def __getitem__(self, rows: slice) -> list[BookingLine]:
        first, last = rows.start or 0, rows.stop if rows.stop is not None else len(self)
        found = [self._of_placement(one) for one in self.placements[first:last]] if first < self.placement_count else []
        if last > self.placement_count:
            beyond = slice(max(first - self.placement_count, 0), last - self.placement_count)
            found += [self._of_fee(one) for one in self.fees[beyond]]
        return found

    def __iter__(self) -> Iterator[BookingLine]:
        for placement in self.placements.iterator(chunk_size=500):
            yield self._of_placement(placement)
        for hire in self.fees:
            yield self._of_fee(hire)

    @cached_property
    def position(self) -> ContractPosition:
        """The contract's figures, which are the sums."""
        return positions([self.contract], self.on)[0]

    @staticmethod
    def _of_placement(one: Any) -> BookingLine:
        return BookingLine(
            one.reference,
            one.get_absolute_url(),
            one.worker.name,
            one.starts_on,
            one.ends_on,
            one.worked,
            one.committed,
        )

    def _of_fee(self, one: Hire) -> BookingLine:
        worked = one.fee if one.starts_on <= self.on else ZERO
        what = "Fee for a permanent start"
        return BookingLine(one.reference, one.get_absolute_url(), what, one.starts_on, one.starts_on, worked, one.fee)


@dataclass(frozen=True)
class MonthOfContract:
    """A contract's running totals at the end of a month. None after the last month with anything known."""

    month: date
    booked: Decimal
    paid: Decimal
    approved: Decimal | None


def burn_up(line: ContractPosition, approvals: list[ContractApproval]) -> list[MonthOfContract]:
    """Month by month until the day of a position: what was booked, what was paid, and the value approved by then.

    `approvals` are the contract's, the earliest first.
    """
    contract, on = line.contract, line.on
    kept = dict(AccountMonth.objects.filter(contract=contract).values_list("month", F("added") - F("released")))
    first = min([contract.starts_on.replace(day=1), *kept])
    last = min(max(first, on), max((a.ends_on for a in approvals), default=on) + timedelta(120)).replace(day=1)
    booked = {month: value for month, value in kept.items() if month < on.replace(day=1)}
    booked[on.replace(day=1)] = line.exposure - sum(booked.values(), ZERO)  # the days of the month so far
    paid_days = PaidDay.objects.filter(contract=contract, day__lte=on)
    paid = dict(paid_days.order_by().annotate(month=TruncMonth("day")).values_list("month").annotate(Sum("amount")))
    months, month, sum_booked, sum_paid = [], first, ZERO, ZERO
    while month <= last:
        sum_booked += booked.get(month, ZERO)
        sum_paid += paid.get(month, ZERO)
        end = min(_next_month(month) - timedelta(1), on)
        in_force = [approval for approval in approvals if approval.decided_on <= end]
        months.append(MonthOfContract(month, sum_booked, sum_paid, in_force[-1].value if in_force else None))
        month = _next_month(month)
    return months


def _next_month(month: date) -> date:
    return (month + timedelta(32)).replace(day=1)
