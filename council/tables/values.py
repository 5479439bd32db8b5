"""Dates and amounts as councils' finance systems write them. Pure; what is not certain is refused with a reason."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

Row = tuple[int, list[str]]  # the line it stands on, its cells

PENNY = Decimal("0.01")
MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}.*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?")
WITH_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})[-/., ]*(\d{4}|\d{2})")
NO_SEPARATORS = re.compile(r"(\d{4})(\d{2})(\d{2})")
AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+")


class NotReadable(ValueError):
    """A cell that cannot be understood; the message is for the person who sent the file."""


@lru_cache(maxsize=5000)
def date_in(text: str) -> date:
    """The date a cell names. Numbers with separators are day first, as in England; never month first."""
    tidy = " ".join(text.strip().casefold().split())
    if not tidy:
        raise NotReadable("no date")
    try:
        if match := YEAR_FIRST.fullmatch(tidy):
            return date(*(int(part) for part in match.groups()))
        if match := NO_SEPARATORS.fullmatch(tidy):
            return date(*(int(part) for part in match.groups()))
        if match := DAY_FIRST.fullmatch(tidy):
            day, month, year = (int(part) for part in match.groups())
            return date(_full_year(year), month, day)
        if match := WITH_MONTH_NAME.fullmatch(tidy):
            first, name, last = match.groups()
            return date(_full_year(int(last)), MONTHS[name[:3]], int(first))
    except (ValueError, KeyError):
        pass
    raise NotReadable(f"“{text.strip()}” is not a date with the day first")


def _full_year(year: int) -> int:
    return year if year >= 100 else 2000 + year


@lru_cache(maxsize=5000)
def amount_in(text: str) -> Decimal:
    """Pounds in a cell: 1,234.50; £; brackets or a minus at either end for a credit. To the penny."""
    tidy = text.strip().replace("£", "").replace("\u2212", "-").replace("\xa0", "").replace(" ", "")
    negative = False
    if tidy.startswith("(") and tidy.endswith(")"):
        negative, tidy = True, tidy[1:-1]
    if tidy.startswith("-"):
        negative, tidy = not negative, tidy[1:]
    elif tidy.endswith("-"):
        negative, tidy = not negative, tidy[:-1]
    elif tidy[-2:].casefold() == "cr":
        negative, tidy = not negative, tidy[:-2]
    tidy = tidy.removeprefix("+")
    if not tidy:
        raise NotReadable("no amount")
    if not AMOUNT.fullmatch(tidy):
        raise NotReadable(f"“{text.strip()}” is not an amount in pounds")
    amount = Decimal(tidy.replace(",", ""))
    if amount < Decimal("10000000000"):
        amount = amount.quantize(PENNY, ROUND_HALF_UP)
    else:
        raise NotReadable(f"“{text.strip()}” is too large")
    return -amount if negative else amount


def without_vat(amount: Decimal, rate: Decimal = Decimal("20")) -> Decimal:
    """The part of an amount including VAT that is not VAT, to the penny. `rate` is in percent."""
    return (amount * 100 / (100 + rate)).quantize(PENNY, ROUND_HALF_UP)


def cell_text(value: object) -> str:
    """A spreadsheet's cell as the text a CSV file would hold."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}" if value == value and abs(value) < 1e15 else ""
    return str(value)
