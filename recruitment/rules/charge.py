"""What hours cost. Pure: values in, values out. Pounds excluding VAT, rounded once, half up, to the penny."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from council.working_time import WorkingCalendar

PENNY = Decimal("0.01")
ENGLAND = WorkingCalendar()  # bank holidays only: a day the council closes does not change what a worker is paid for


def to_the_penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)


def working_days(pattern: str, starts_on: date, ends_on: date) -> int:
    """Days that count from start to end, both included: weekdays without bank holidays, or all of a seven-day pattern."""
    days = (ends_on - starts_on).days + 1
    if days <= 0:
        return 0
    if pattern == "seven_days":
        return days
    return ENGLAND.working_days_between(starts_on - timedelta(1), ends_on)


def booked_value(
    hours_per_week: Decimal, pattern: str, starts_on: date, ends_on: date, charge_rate: Decimal
) -> Decimal:
    """Hours per week ÷ 5 × working days × charge rate (÷ 7 × calendar days for a seven-day pattern)."""
    week = 7 if pattern == "seven_days" else 5
    days = working_days(pattern, starts_on, ends_on)
    return to_the_penny(hours_per_week * days * charge_rate / week)


def end_of(starts_on: date, weeks: int) -> date:
    """The last day of so many weeks."""
    return starts_on + timedelta(weeks * 7 - 1)


def weeks_of(starts_on: date, ends_on: date) -> int:
    """Weeks begun from start to end, both included."""
    return (ends_on - starts_on).days // 7 + 1


def estimated_cost(hours_per_week: Decimal, pattern: str, starts_on: date, weeks: int, rate: Decimal) -> Decimal:
    return booked_value(hours_per_week, pattern, starts_on, end_of(starts_on, weeks), rate)


@dataclass(frozen=True)
class Stretch:
    """Days agreed at one charge rate."""

    starts_on: date
    ends_on: date
    charge_rate: Decimal
    value: Decimal


def value_until(stretches: list[Stretch], hours_per_week: Decimal, pattern: str, last_day: date) -> Decimal:
    """What the stretches cost up to and including a day; a whole stretch costs exactly what was booked for it."""
    total = Decimal(0)
    for stretch in stretches:
        if stretch.ends_on <= last_day:
            total += stretch.value
        elif stretch.starts_on <= last_day:
            total += booked_value(hours_per_week, pattern, stretch.starts_on, last_day, stretch.charge_rate)
    return total
