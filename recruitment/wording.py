"""Money, dates and times as sentences say them."""

from datetime import date, datetime
from decimal import Decimal

from council.working_time import LONDON


def money(amount: Decimal) -> str:
    return f"−£{-amount:,.2f}" if amount < 0 else f"£{amount:,.2f}"


def day_name(day: date) -> str:
    return f"{day:%-d %B %Y}"


def by_when(moment: datetime) -> str:
    """For example, Thursday 28 April, 11:00."""
    return f"{moment.astimezone(LONDON):%A %-d %B, %H:%M}"
