"""When a worker may be booked on a secured answer, and what that commits.

Pure: no query, no clock, no request. The confirmation page and the action read the same figures from here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from council.refusal import Refusal
from council.wording import day_name, money, number
from recruitment.rules.charge import booked_value
from recruitment.rules.order import is_much_later


@dataclass(frozen=True)
class Secured:
    """The answer a booking rests on, and its contract."""

    reference: str
    outcome: str
    max_rate: Decimal
    hours_per_week: Decimal
    pattern: str
    weeks: int
    funded_until: date | None
    contract: str
    contract_starts_on: date
    contract_ends_on: date | None
    left_to_commit: Decimal | None


@dataclass(frozen=True)
class Terms:
    """What is about to be booked."""

    starts_on: date
    ends_on: date
    hours_per_week: Decimal
    pattern: str
    pay_rate: Decimal
    charge_rate: Decimal

    @property
    def value(self) -> Decimal:
        return booked_value(self.hours_per_week, self.pattern, self.starts_on, self.ends_on, self.charge_rate)


@dataclass(frozen=True)
class Effect:
    """What a booking commits, and what is left before and after. None where no value is set."""

    value: Decimal
    contract: str
    left_before: Decimal | None

    @property
    def left_after(self) -> Decimal | None:
        return None if self.left_before is None else self.left_before - self.value


@dataclass(frozen=True)
class AskedFor:
    """When an order was sent and for which start; on a later route nobody comes on days that the first supplier was not asked for."""

    reference: str
    sent_on: date
    starts_on: date
    first_supplier: str  # empty on the first route
    days: int  # by how much a worker may start later than asked
    let_pass: tuple[date, ...] = ()  # later starts that the first supplier was asked about, and was silent on
    waits_until: str = ""  # while the first supplier may still say that it can do better for a later start
    can_supply: str = ""  # its words that it can


def start_refusal(starts_on: date, asked: AskedFor) -> Refusal | None:
    """Why a worker may not be booked from this day; None where the day is one that was asked for, or one the first supplier let pass."""
    if starts_on < asked.sent_on:
        return Refusal(
            "before_the_order",
            f"{asked.reference} was sent on {day_name(asked.sent_on)}, so nobody is booked on it from an earlier day. A worker who was in post "
            "before is recorded as a breach.",
        )
    if not asked.first_supplier:
        return None
    if starts_on < asked.starts_on:
        return Refusal(
            "earlier_than_asked",
            f"{asked.first_supplier} was asked for a start on {day_name(asked.starts_on)}, and not for an earlier one. Start then, or change the "
            f"request and ask {asked.first_supplier} again.",
        )
    known = [day for day in (asked.starts_on, *asked.let_pass) if day <= starts_on]
    if any(not is_much_later(starts_on, day, asked.days) for day in known):
        return None
    if asked.can_supply:
        return Refusal(
            "first_can_supply",
            f"{asked.first_supplier} was asked about a later start and says that it can supply: “{asked.can_supply}” It goes first: record that "
            f"the worker of {asked.reference} will not come, and ask {asked.first_supplier} again.",
        )
    if asked.waits_until:
        return Refusal(
            "first_is_being_asked",
            f"{asked.first_supplier} was asked whether it can do better for a later start, and has until {asked.waits_until}. Book after that.",
        )
    return Refusal(
        "much_later_than_asked",
        f"{asked.first_supplier} was asked for a start on {day_name(asked.starts_on)}. That is more than {asked.days} days before; by now it "
        f"may have somebody. Ask it about the later start first, from the page of {asked.reference}; if it is silent, book the worker.",
    )


def booking_refusal(terms: Terms, secured: Secured) -> tuple[Refusal, str] | None:
    """Why this may not be booked, and the field it is about; None when it may."""
    if secured.outcome != "secured":
        return Refusal(
            "not_secured", f"{secured.reference} has not secured anybody, so nobody can be booked on it."
        ), ""
    if terms.ends_on < terms.starts_on:
        return Refusal("end_before_start", "The end is before the start. Check both dates."), "ends_on"
    if terms.charge_rate < terms.pay_rate:
        return Refusal("charge_below_pay", "The charge rate is below the pay rate. Check both rates."), "charge_rate"
    if terms.charge_rate > secured.max_rate:
        sentence = (
            f"The supplier was asked at no more than {money(secured.max_rate)} an hour. Enter that or less; to pay more, change the "
            "request's maximum rate and ask again."
        )
        return Refusal("above_max_rate", sentence), "charge_rate"
    if terms.hours_per_week > secured.hours_per_week:
        sentence = f"The supplier was asked for {number(secured.hours_per_week)} hours a week. Enter that or less."
        return Refusal("above_hours", sentence), "hours_per_week"
    if terms.pattern != secured.pattern:
        return Refusal(
            "another_pattern", "The supplier was asked for another working pattern. Choose that one."
        ), "pattern"
    if refused := spending_refusal(terms.starts_on, terms.ends_on, terms.value, secured):
        return refused
    if (terms.ends_on - terms.starts_on).days + 1 > secured.weeks * 7:
        sentence = f"The supplier was asked for {secured.weeks} weeks. Book no longer than that; extend the placement later if need be."
        return Refusal("longer_than_asked", sentence), "ends_on"
    return None


def spending_refusal(starts_on: date, ends_on: date, value: Decimal, secured: Secured) -> tuple[Refusal, str] | None:
    """Why a contract cannot carry these days at this value; for a booking and for an extension."""
    if value <= 0:
        return Refusal("no_working_day", "There is no working day between these dates. Check them."), "ends_on"
    if secured.funded_until and ends_on > secured.funded_until:
        sentence = f"This post above structure is funded until {day_name(secured.funded_until)}. End by then."
        return Refusal("not_funded", sentence), "ends_on"
    if starts_on < secured.contract_starts_on:
        sentence = (
            f"{secured.contract} starts on {day_name(secured.contract_starts_on)}. The worker cannot start before it."
        )
        return Refusal("outside_contract", sentence), "starts_on"
    if secured.contract_ends_on is None or ends_on > secured.contract_ends_on:
        until = day_name(secured.contract_ends_on) if secured.contract_ends_on else "a day not yet approved"
        sentence = f"{secured.contract} runs until {until}. End the placement by then, or record a variation of the contract first."
        return Refusal("outside_contract", sentence), "ends_on"
    if secured.left_to_commit is not None and value > secured.left_to_commit:
        sentence = (
            f"This would commit {money(value)}, and {secured.contract} has {money(secured.left_to_commit)} left to commit. Record a "
            "variation of the contract first, or book less."
        )
        return Refusal("over_value", sentence), ""
    return None


def weekly_refusal(worker: str, hours: Decimal, booked_elsewhere: Decimal, limit: Decimal) -> Refusal | None:
    """Why a worker's week is too full."""
    if hours + booked_elsewhere <= limit:
        return None
    return Refusal(
        "worker_week_full",
        f"{worker} is already booked for {number(booked_elsewhere)} hours a week in that time. With these {number(hours)} it would be more than "
        f"{number(limit)}. Book fewer hours, or another worker.",
    )


def fte_refusal(reference: str, hours: Decimal, booked: Decimal, wanted: Decimal) -> Refusal | None:
    """Why a request has no room for more hours."""
    if hours + booked <= wanted:
        return None
    return Refusal(
        "request_is_full",
        f"{reference} asks for {number(wanted)} hours a week and {number(booked)} are booked in that time. Book no more than the rest.",
    )
