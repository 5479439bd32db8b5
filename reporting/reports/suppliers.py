"""How suppliers answer: orders sent between two days, what came of them and how long each step took.

Times are working hours from the sending of that supplier's own order. The time in which a candidate waited for the council is
shown apart: the union of the spans in which any candidate of the order waited for our decision, until the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet
from django.utils import timezone

from council.models import User, calendar_of_the_council
from council.working_time import WorkingCalendar
from placements.models import Placement
from recruitment.models import FAILED, WAITS_FOR_US, Contract, Outcome, Release, Submission, SubmissionStep

FORMULAS = {
    "fill_rate": "orders secured / orders with an answer (secured, not secured or fell through), orders sent in the time",
    "hours_to_first_candidate": "mean working hours from sending an order to its first candidate, orders with a candidate",
    "hours_to_fill": "mean working hours from sending an order to securing somebody, orders secured",
    "of_these_waiting_for_us": "mean working hours of these in which a candidate waited for our decision",
    "rating": "mean of the ratings, 1 to 4, of the placements on these orders that have one",
}


@dataclass(frozen=True)
class Shown:
    """A candidate put forward: when, and each stage with when it began, in order."""

    received_at: datetime
    stages: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class OrderFacts:
    """What the times of one order are worked out from."""

    pk: int
    agency_id: int
    outcome: str
    sent_at: datetime
    answered_at: datetime | None
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class OrderTimes:
    """Working time of one order; None for what has not happened."""

    order: OrderFacts
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
        return [one for one in self.orders if one.order.outcome == Outcome.SECURED]

    @property
    def answered(self) -> int:
        return sum(one.order.outcome in (Outcome.SECURED, *FAILED) for one in self.orders)

    @property
    def candidates(self) -> int:
        return sum(len(one.order.shown) for one in self.orders)

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
    for one in times_of(rows):
        by_agency.setdefault(one.order.agency_id, []).append(one)
    known = Contract.objects.filter(starts_on__lte=until).select_related("agency")
    names = {contract.agency_id: contract.agency.name for contract in known}
    lines = [SupplierFigures(key, name, by_agency.get(key, [])) for key, name in names.items()]
    return SuppliersReport(since, until, sorted(lines, key=lambda one: one.name))


def orders_between(since: date, until: date, rows: QuerySet[Release]) -> QuerySet[Release]:
    return rows.filter(sent_at__date__gte=since, sent_at__date__lte=until)


def times_of(rows: QuerySet[Release]) -> list[OrderTimes]:
    """The times of the orders, in their order: four queries of the few columns they are worked out from, whatever their number."""
    facts = list(rows.values_list("pk", "contract__agency_id", "outcome", "sent_at", "answered_at"))
    keys = rows.order_by().values("pk")
    stages: dict[int, list[tuple[str, datetime]]] = {}
    steps = SubmissionStep.objects.filter(submission__release__in=keys, submission__voided_at__isnull=True)
    for candidate, stage, happened_at in steps.order_by("number").values_list("submission_id", "stage", "happened_at"):
        stages.setdefault(candidate, []).append((stage, happened_at))
    shown: dict[int, list[Shown]] = {}
    candidates = Submission.objects.standing().filter(release__in=keys).order_by("pk")
    for pk, order, received_at in candidates.values_list("pk", "release_id", "received_at"):
        shown.setdefault(order, []).append(Shown(received_at, tuple(stages.get(pk, ()))))
    ratings: dict[int, list[int]] = {}
    rated = Placement.objects.standing().filter(release__in=keys, rating__isnull=False)
    for order, rating in rated.order_by("pk").values_list("release_id", "rating"):
        ratings.setdefault(order, []).append(rating)
    now, calendar = timezone.now(), calendar_of_the_council()
    return [
        order_times(OrderFacts(*one, tuple(shown.get(one[0], ()))), now, calendar, tuple(ratings.get(one[0], ())))
        for one in facts
    ]


def with_what_times_need(rows: QuerySet[Release]) -> QuerySet[Release]:
    """Orders for a list, with their candidates and steps, in a constant number of queries."""
    return rows.select_related("contract__agency").prefetch_related("submissions__history")


def facts_of(release: Release) -> OrderFacts:
    """The facts of an order that was read `with_what_times_need`."""
    shown = tuple(
        Shown(one.received_at, tuple((step.stage, step.happened_at) for step in one.history.all()))
        for one in release.submissions.all()
        if one.voided_at is None
    )
    agency = release.contract.agency_id
    return OrderFacts(release.pk, agency, release.outcome, release.sent_at, release.answered_at, shown)


def order_times(
    order: OrderFacts, now: datetime, calendar: WorkingCalendar, ratings: tuple[int, ...] = ()
) -> OrderTimes:
    between = calendar.working_hours_between
    first = min((one.received_at for one in order.shown), default=None)
    filled = order.outcome == Outcome.SECURED
    until = order.answered_at or now
    return OrderTimes(
        order=order,
        to_first=between(order.sent_at, first) if first else None,
        to_fill=between(order.sent_at, order.answered_at) if filled and order.answered_at else None,
        waiting_for_us=sum((between(a, b) for a, b in _waiting_spans(order.shown, until)), timedelta()),
        ratings=ratings,
    )


def _waiting_spans(shown: Iterable[Shown], until: datetime) -> list[tuple[datetime, datetime]]:
    """The spans in which any candidate waited for us, joined where they overlap, none beyond `until`."""
    spans = []
    for one in shown:
        for (stage, begun), following in zip(one.stages, [*one.stages[1:], None], strict=True):
            if stage in WAITS_FOR_US:
                spans.append((begun, min(following[1] if following else until, until)))
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
