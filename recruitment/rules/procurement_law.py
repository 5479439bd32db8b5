"""The procurement threshold for services of a sub-central authority, and what an agency's exemptions add up to against it.

Pure: no query, no clock, no request. An exemption from standing orders cannot lift the threshold; only a statutory ground can,
dated and limited by legal. Source of the amounts: Public Contracts Regulations 2015, reg. 5, as amended; Procurement Policy
Notes 10/21 and 11/23; Procurement Act 2023, Schedule 1, from 1 January 2026.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from council.refusal import Refusal
from council.wording import day_name, money


@dataclass(frozen=True)
class Threshold:
    """£ for procurements begun from a day on; `includes_vat` says on which figure it is measured."""

    starts_on: date
    amount: Decimal
    includes_vat: bool

    @property
    def vat_words(self) -> str:
        return "including VAT" if self.includes_vat else "excluding VAT"


STATUTORY = (
    Threshold(date(2020, 1, 1), Decimal("189330.00"), includes_vat=False),
    Threshold(date(2022, 1, 1), Decimal("213477.00"), includes_vat=True),
    Threshold(date(2024, 1, 1), Decimal("214904.00"), includes_vat=True),
    Threshold(date(2026, 1, 1), Decimal("207720.00"), includes_vat=True),
)


def threshold_on(day: date, newer: Iterable[Threshold] = ()) -> Threshold:
    """The threshold for a procurement begun on a day. `newer` are the council's own rows; they win over ours of the same day."""
    rows = {one.starts_on: one for one in (*STATUTORY, *newer)}
    held = [start for start in rows if start <= day]
    return rows[max(held)] if held else STATUTORY[0]


@dataclass(frozen=True)
class Award:
    """One approved exemption: when it was approved and what it is worth, £ excluding and including VAT."""

    pk: int
    on: date
    value: Decimal
    value_with_vat: Decimal


@dataclass(frozen=True)
class AgencySpend:
    """What the exemptions of one agency add up to within legal's window, against the threshold."""

    agency_id: int
    agency: str
    since: date | None  # the first award counted
    awards: tuple[Award, ...]
    threshold: Threshold
    warning_percent: int
    limit: Decimal | None = None  # of legal's statutory ground, £ including VAT

    @property
    def total(self) -> Decimal:
        """£ on the threshold's own measure."""
        return self._sum(self.threshold.includes_vat)

    def _sum(self, with_vat: bool) -> Decimal:
        return sum((one.value_with_vat if with_vat else one.value for one in self.awards), Decimal(0))

    @property
    def percent(self) -> Decimal:
        """Of the threshold, to one place."""
        return (100 * self.total / self.threshold.amount).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_near(self) -> bool:
        return 100 * self.total >= self.warning_percent * self.threshold.amount

    @property
    def is_reached(self) -> bool:
        return self.total >= self.threshold.amount

    def warning(self) -> str:
        """A sentence where the total is near the threshold or past it; empty where it is not."""
        if not self.is_near or self.since is None:
            return ""
        text = (
            f"{self.agency}: exemptions of {money(self.total)} {self.threshold.vat_words} since "
            f"{day_name(self.since)}, {self.percent}% of the "
            f"procurement threshold of {money(self.threshold.amount)}."
        )
        if self.is_reached and self.limit is not None:
            return f"{text} Legal's statutory ground covers up to {money(self.limit)} including VAT."
        return text

    def refusal(self) -> Refusal | None:
        """Why this much may not be approved: the threshold is reached, and no statutory ground covers it."""
        if not self.is_reached:
            return None
        with_vat = self._sum(with_vat=True)
        if self.limit is not None and with_vat <= self.limit:
            return None
        start = (
            f"With this, exemptions of {self.agency} would add up to {money(self.total)} {self.threshold.vat_words}. The procurement threshold is "
            f"{money(self.threshold.amount)}, and an exemption cannot lift it."
        )
        if self.limit is None:
            return Refusal(
                "threshold_reached",
                f"{start} Legal records a statutory ground and its limit first, or approve for less.",
            )
        return Refusal(
            "threshold_reached",
            f"{start} Legal's statutory ground covers {money(self.limit)} including VAT, and this would be {money(with_vat)}.",
        )


def counted(awards: Iterable[Award], months_back: date | None, day: date) -> tuple[Award, ...]:
    """The awards that add up on a day: all, or those within legal's months.

    They follow the agency. A contract that is let to it later, however it is labelled, takes none of them away.
    `months_back` is the first day of legal's window, None where it counts from the first award.
    """
    return tuple(one for one in awards if one.on <= day and (months_back is None or one.on >= months_back))
