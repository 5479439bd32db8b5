"""Money, dates and times as sentences say them."""

from datetime import date, datetime
from decimal import Decimal

from council.working_time import LONDON


def money(amount: Decimal) -> str:
    return f"−£{-amount:,.2f}" if amount < 0 else f"£{amount:,.2f}"


def possessive(name: str) -> str:
    """Pertemps’, Halden Bridge Care’s."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def within(name: str) -> str:
    """A name inside a sentence: the RM6161 contract."""
    return f"the {name[4:]}" if name.startswith("The ") else name


def number(value: Decimal) -> str:
    """Without zeros that say nothing: 37, 18.5."""
    return f"{value.normalize():f}"


def day_name(day: date) -> str:
    return f"{day:%-d %B %Y}"


def by_when(moment: datetime) -> str:
    """For example, Thursday 28 April, 11:00."""
    return f"{moment.astimezone(LONDON):%A %-d %B, %H:%M}"
