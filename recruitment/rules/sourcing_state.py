"""A round as the order of sourcing looks at it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Step:
    """One step of the order in force: its place, what is asked there, and what people call it."""

    position: int
    kind: str
    name: str
    proof_age_days: int = 20  # for how many working days its unsuccessful answer opens the next step
    pk: int = 0  # of its set-up, which names the contracts it may use


@dataclass(frozen=True)
class Asked:
    """A supplier asked in this round, entries in error left out."""

    pk: int
    reference: str
    position: int
    supplier: str
    outcome: str
    max_rate: Decimal
    sent_at: datetime
    respond_by: datetime
    failed_at: datetime | None  # when it became "not secured" or "fell through"
    waiting_candidate: str = ""  # put forward by this supplier, and neither offered nor turned down
    rests_on: int | None = None
    proven: bool = True  # something beside who recorded it says that it failed
    recorded_by: str = ""  # who recorded the failure
    in_time: bool = True  # after the time to answer or with the supplier's own confirmation, as far as is known now

    @property
    def failed(self) -> bool:
        return self.failed_at is not None


@dataclass(frozen=True)
class Exempted:
    """An exemption that names the request in this round: where it stands, for which agency, and the answer it rests on."""

    pk: int
    reference: str
    status: str
    agency: str
    contract: int | None  # the key of the contract it lets, once approved
    ends_on: date  # its last day
    proof: int | None  # the key of the order; None where a reason stands in its place
    approved_at: datetime | None = None
    unproved: bool = False  # what it rests on was corrected

    def holds(self, day: date) -> bool:
        return self.status in {"approved", "ended"} and day <= self.ends_on


@dataclass(frozen=True)
class RoundState:
    """Everything the rules look at."""

    status: str
    round_is_open: bool
    direct_recorded: bool
    is_vacant_post: bool
    max_rate: Decimal
    steps: tuple[Step, ...]
    asked: tuple[Asked, ...]
    exemptions: tuple[Exempted, ...] = ()

    def at(self, position: int) -> list[Asked]:
        return [asked for asked in self.asked if asked.position == position]


@dataclass(frozen=True)
class ContractFacts:
    """What a contract must offer before its supplier is asked."""

    reference: str
    route: str
    starts_on: date
    ends_on: date | None
    left_to_commit: Decimal | None  # None: no approved value is set here
