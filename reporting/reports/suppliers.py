"""How suppliers answer: orders sent between two days, what came of them and how long each step took.

Times are working hours from the sending of that supplier's own order. The time in which a candidate waited for the council is
shown apart: the union of the spans in which any candidate of the order waited for our decision, until the answer.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet
from django.utils import timezone

from council.models import User, calendar_of_the_council
from council.working_time import WorkingCalendar
from placements.models import Placement
from recruitment.models import FAILED, WAITS_FOR_US, Contract, Outcome, Release

FORMULAS = {
    "fill_rate": "orders secured / orders with an answer (secured, not secured or fell through), orders sent in the time",
    "hours_to_first_candidate": "mean working hours from sending an order to its first candidate, orders with a candidate",
    "hours_to_fill": "mean working hours from sending an order to securing somebody, orders secured",
    "of_these_waiting_for_us": "mean working hours of these in which a candidate waited for our decision",
    "rating": "mean of the ratings, 1 to 4, of the placements on these orders that have one",
}


@dataclass(frozen=True)
class OrderTimes:
    """Working time of one order; None for what has not happened."""

    release: Release
    to_first: timedelta | None
    to_fill: timedelta | None
    waiting_for_us: timedelta
    ratings: tuple[int, ...] = ()


@dataclass(frozen=True)
class SupplierFigures:
    agency_id: int
    name: str
    orders: list[OrderTimes]

    @property
    def filled(self) -> list[OrderTimes]:
        return [one for one in self.orders if one.release.outcome == Outcome.SECURED]

    @property
    def answered(self) -> int:
        return sum(one.release.outcome in (Outcome.SECURED, *FAILED) for one in self.orders)

    @property
    def candidates(self) -> int:
        return sum(len(_standing(one.release)) for one in self.orders)

    @property
    def fill_rate(self) -> Decimal | None:
        """Percent to one place; None where no order has an answer."""
        return _tenth(Decimal(100 * len(self.filled)) / self.answered) if self.answered else None

    @property
    def fill_words(self) -> str:
        """The fill rate as people read it: a supplier nobody asked has none."""
        if not self.orders:
            return "no orders"
        return "none answered" if self.fill_rate is None else f"{self.fill_rate}%"

    @property
    def hours_to_first(self) -> Decimal | None:
        return _mean_hours([one.to_first for one in self.orders if one.to_first is not None])

    @property
    def hours_to_fill(self) -> Decimal | None:
        return _mean_hours([one.to_fill for one in self.filled if one.to_fill is not None])

    @property
    def hours_waiting_for_us(self) -> Decimal | None:
        return _mean_hours([one.waiting_for_us for one in self.filled])

    @property
    def ratings(self) -> list[int]:
        return [rating for one in self.orders for rating in one.ratings]

    @property
    def rating(self) -> Decimal | None:
        return _tenth(Decimal(sum(self.ratings)) / len(self.ratings)) if self.ratings else None

    def as_json(self) -> dict:
        def text(value: Decimal | None) -> str | None:
            return None if value is None else str(value)

        return {
            "orders": len(self.orders),
            "answered": self.answered,
            "secured": len(self.filled),
            "candidates": self.candidates,
            "fill_rate": self.fill_words,
            "hours_to_first_candidate": text(self.hours_to_first),
            "hours_to_fill": text(self.hours_to_fill),
            "of_these_waiting_for_us": text(self.hours_waiting_for_us),
            "ratings": len(self.ratings),
            "rating": text(self.rating),
        }


@dataclass(frozen=True)
class SuppliersReport:
    since: date
    until: date
    suppliers: list[SupplierFigures]

    HEADER = (
        "Supplier",
        "Orders",
        "Candidates",
        "Answered",
        "Secured",
        "Fill rate",
        "Working hours to first candidate",
        "Working hours to fill",
        "Of these waiting for us, working hours",
        "Ratings",
        "Mean rating, 1 to 4",
        "Orders sent since",
        "Orders sent until",
    )

    def as_json(self) -> dict:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "formulas": FORMULAS,
            "suppliers": {one.name: one.as_json() for one in self.suppliers},
        }

    def rows(self) -> list[tuple]:
        """The lines of the page, for CSV and text."""
        return [(one.name, *_cells(one.as_json()), self.since, self.until) for one in self.suppliers]


def _cells(figures: dict) -> list:
    order = ("orders", "candidates", "answered", "secured", "fill_rate", "hours_to_first_candidate", "hours_to_fill")
    return [figures[name] for name in (*order, "of_these_waiting_for_us", "ratings", "rating")]


def suppliers(since: date, until: date, user: User | None = None) -> SuppliersReport:
    """The figures of orders sent from one day to another, both included; of what `user` may see, or of all."""
    rows = orders_between(since, until, Release.objects.visible_to(user) if user else Release.objects.all())
    rows = rows.standing()
    by_agency: dict[int, list[OrderTimes]] = {}
    for one in times_of(with_what_times_need(rows)):
        by_agency.setdefault(one.release.contract.agency_id, []).append(one)
    known = Contract.objects.filter(starts_on__lte=until).select_related("agency")
    names = {contract.agency_id: contract.agency.name for contract in known}
    lines = [SupplierFigures(key, name, by_agency.get(key, [])) for key, name in names.items()]
    return SuppliersReport(since, until, sorted(lines, key=lambda one: one.name))


def orders_between(since: date, until: date, rows: QuerySet[Release]) -> QuerySet[Release]:
    return rows.filter(sent_at__date__gte=since, sent_at__date__lte=until)


def with_what_times_need(rows: QuerySet[Release]) -> QuerySet[Release]:
    """The orders with their candidates and steps, in a constant number of queries."""
    return rows.select_related("contract__agency").prefetch_related("submissions__history")


def times_of(rows: QuerySet[Release]) -> list[OrderTimes]:
    found, now, calendar = list(rows), timezone.now(), calendar_of_the_council()
    ratings: dict[int, list[int]] = {}
    rated = Placement.objects.standing().filter(release__in=[one.pk for one in found], rating__isnull=False)
    for key, rating in rated.order_by("pk").values_list("release_id", "rating"):
        ratings.setdefault(key, []).append(rating)
    return [order_times(one, now, calendar, tuple(ratings.get(one.pk, ()))) for one in found]


def order_times(
    release: Release, now: datetime, calendar: WorkingCalendar, ratings: tuple[int, ...] = ()
) -> OrderTimes:
    between = calendar.working_hours_between
    submissions = _standing(release)
    first = min((one.received_at for one in submissions), default=None)
    filled = release.outcome == Outcome.SECURED
    until = release.answered_at or now
    return OrderTimes(
        release=release,
        to_first=between(release.sent_at, first) if first else None,
        to_fill=between(release.sent_at, release.answered_at) if filled and release.answered_at else None,
        waiting_for_us=sum((between(a, b) for a, b in _waiting_spans(submissions, until)), timedelta()),
        ratings=ratings,
    )


def _standing(release: Release) -> list:
    return [one for one in release.submissions.all() if one.voided_at is None]


def _waiting_spans(submissions, until: datetime) -> list[tuple[datetime, datetime]]:
    """The spans in which any candidate waited for us, joined where they overlap, none beyond `until`."""
    spans = []
    for one in submissions:
        steps = list(one.history.all())
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if step.stage in WAITS_FOR_US:
                spans.append((step.happened_at, min(following.happened_at if following else until, until)))
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > begin:
            joined.append((begin, end))
    return joined


def hours(span: timedelta | None) -> Decimal | None:
    """Working hours to one place."""
    return None if span is None else _tenth(Decimal(span.total_seconds()) / 3600)


def _mean_hours(spans: list[timedelta]) -> Decimal | None:
    return hours(sum(spans, timedelta()) / len(spans)) if spans else None


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
