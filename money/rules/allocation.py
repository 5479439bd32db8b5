"""To which contract does a payment belong? Pure. What is not certain waits for a person."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Candidate:
    """A contract of the paid agency."""

    pk: int
    starts_on: date
    ends_on: date | None
    order_numbers: frozenset[str] = frozenset()

    def runs_within(self, first: date, last: date) -> bool:
        return self.starts_on <= last and (self.ends_on is None or self.ends_on >= first)


@dataclass(frozen=True)
class Facts:
    """What a payment's line says."""

    paid_on: date
    order_number: str = ""
    service_from: date | None = None
    service_to: date | None = None


def contract_for(
    facts: Facts, contracts: list[Candidate], after_end_days: int, change_days: int
) -> tuple[int, str] | None:
    """(contract key, why), or None where a person decides.

    By service period, else by order number, else by date. Two that fit, none that fits, or a date near a change of contract
    wait; otherwise a payment up to `after_end_days` after the end still belongs to it.
    """
    if facts.service_from or facts.service_to:
        first = facts.service_from or facts.service_to
        last = facts.service_to or facts.service_from
        assert first and last
        fitting = [contract for contract in contracts if contract.runs_within(first, last)]
        return (fitting[0].pk, "By service period") if len(fitting) == 1 else None
    if facts.order_number:
        ordered = [contract for contract in contracts if facts.order_number in contract.order_numbers]
        if ordered:
            return (ordered[0].pk, "By order number") if len(ordered) == 1 else None
    changes = sorted(contract.starts_on for contract in contracts)[1:]
    if any(abs((facts.paid_on - change).days) <= change_days for change in changes):
        return None
    late = timedelta(after_end_days)
    fitting = [
        contract
        for contract in contracts
        if contract.starts_on <= facts.paid_on
        and (contract.ends_on is None or facts.paid_on <= contract.ends_on + late)
    ]
    return (fitting[0].pk, "By date") if len(fitting) == 1 else None
