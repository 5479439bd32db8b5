"""How suppliers answer: orders sent between two days, what came of them and how long each step took.

Times are working hours from the sending of that supplier's own order. The time in which a candidate waited for the council is
shown apart: the union of the spans in which any candidate of the order waited for our decision, until the answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from council.models import User, calendar_of_the_council
from council.permissions import services_of
from council.wording import day_name
from council.working_time import WorkingCalendar, closed_weekdays, end_of_day, start_of_day
from council.working_time_sql import working_seconds_until
from recruitment.models import FAILED, WAITS_FOR_US, Contract, Outcome, Release
from recruitment.reads.witnesses import FOR_THE_REVIEW
from reporting.reports.registry import Report, ReportKind, ReportQuery

FORMULAS = {
    "fill_rate": "orders secured / orders with an answer (secured, not secured or fell through), orders sent in the time",
    "hours_to_first_candidate": "mean working hours from sending an order to its first candidate, orders with a candidate",
    "hours_to_fill": "mean working hours from sending an order to securing somebody, orders secured",
    "of_these_waiting_for_us": "mean working hours of these in which a candidate waited for our decision",
    "for_review": "failed orders that no word or silence of the supplier's confirms: a second person of the council's looked, or it was told and "
    "did not dispute it in time; for the supplier's review to sign",
    "rating": "mean of the ratings, 1 to 4, of the placements on these orders that have one",
}


@dataclass(frozen=True)
class Shown:
    """A candidate put forward: when, and each stage with when it began, in order."""

    received_at: datetime
    stages: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class OrderMoments:
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

    order: OrderMoments
    to_first: timedelta | None
    to_fill: timedelta | None
    waiting_for_us: timedelta


@dataclass(frozen=True)
class SupplierFigures:
    """What came of one agency's orders: how many of each, and seconds of working time in all."""

    agency_id: int
    name: str
    orders: int = 0
    answered: int = 0
    secured: int = 0
    candidates: int = 0
    with_candidates: int = 0
    to_first: Decimal = Decimal(0)  # of those with a candidate
    to_fill: Decimal = Decimal(0)  # of those secured
    waiting_for_us: Decimal = Decimal(0)  # of those secured
    ratings: int = 0
    points: int = 0
    for_review: int = 0

    @property
    def fill_rate(self) -> Decimal | None:
        """Percent to one place; None where no order has an answer."""
        return tenth(Decimal(100 * self.secured) / self.answered) if self.answered else None

    @property
    def fill_words(self) -> str:
        """The fill rate as people read it: a supplier nobody asked has none."""
        if not self.orders:
            return "no orders"
        return "none answered" if self.fill_rate is None else f"{self.fill_rate}%"

    @property
    def hours_to_first(self) -> Decimal | None:
        return mean_hours(self.to_first, self.with_candidates)

    @property
    def hours_to_fill(self) -> Decimal | None:
        return mean_hours(self.to_fill, self.secured)

    @property
    def hours_waiting_for_us(self) -> Decimal | None:
        return mean_hours(self.waiting_for_us, self.secured)

    @property
    def rating(self) -> Decimal | None:
        return tenth(Decimal(self.points) / self.ratings) if self.ratings else None

    def as_json(self) -> dict:
        def text(value: Decimal | None) -> str | None:
            return None if value is None else str(value)

        return {
            "orders": self.orders,
            "answered": self.answered,
            "secured": self.secured,
            "candidates": self.candidates,
            "fill_rate": self.fill_words,
            "hours_to_first_candidate": text(self.hours_to_first),
            "hours_to_fill": text(self.hours_to_fill),
            "of_these_waiting_for_us": text(self.hours_waiting_for_us),
            "for_review": self.for_review,
            "ratings": self.ratings,
            "rating": text(self.rating),
        }


@dataclass(frozen=True)
class SuppliersReport(Report):
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
        "Failures for its review",
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

    def as_text(self) -> Iterator[str]:
        for name, *cells in self.rows():
            figures = zip(self.HEADER[1:-2], cells, strict=False)
            said = "; ".join(f"{figure.lower()} {value}" for figure, value in figures if value is not None)
            yield f"{name}: {said}"


def _cells(figures: dict) -> list:
    order = ("orders", "candidates", "answered", "secured", "fill_rate", "hours_to_first_candidate", "hours_to_fill")
    return [figures[name] for name in (*order, "of_these_waiting_for_us", "for_review", "ratings", "rating")]


def suppliers(since: date, until: date, user: User | None = None) -> SuppliersReport:
    """The figures of orders sent from one day to another, both included; of what `user` may see, or of all."""
    rows = (Release.objects.visible_to(user) if user else Release.objects.all()).standing()
    rows = rows.filter(sent_at__gte=start_of_day(since), sent_at__lt=end_of_day(until))
    found = {row[0]: row[1:] for row in _sums(rows)}
    known = Contract.objects.filter(starts_on__lte=until).select_related("agency")
    names = {contract.agency_id: contract.agency.name for contract in known}
    lines = [SupplierFigures(key, name, *found.get(key, ())) for key, name in names.items()]
    return SuppliersReport(since, until, sorted(lines, key=lambda one: one.name))


def seconds_between(start: str, end: str) -> str:
    """SQL: seconds of working time from one moment to another, as `order_times` counts it."""
    closed = "(select days from closed)"
    return f"greatest({working_seconds_until(end, closed)} - {working_seconds_until(start, closed)}, 0)"


_SUMS = f"""
    with closed (days) as (select %s::date[]),
    orders (id, agency, outcome, sent_at, answered_at, proven, witness) as ({{orders}}),
    firsts as (
        select release_id, min(received_at) as first, count(*) as candidates from recruitment_submission
         where voided_at is null and release_id in (select id from orders) group by release_id),
    rated as (
        select release_id, count(*) as ratings, sum(rating) as points from placements_placement
         where is_live and rating is not null and release_id in (select id from orders) group by release_id),
    steps as (
        select s.release_id, t.stage, t.happened_at as begun,
               least(lead(t.happened_at) over (partition by s.id order by t.number), o.answered_at) as until
          from orders o join recruitment_submission s on s.release_id = o.id and s.voided_at is null
          join recruitment_submissionstep t on t.submission_id = s.id
         where o.outcome = 'secured'),
    waits as (
        select release_id, range_agg(tstzrange(begun, until)) as spans from steps
         where stage = any(%s) and begun < until group by release_id),
    waited as (
        select release_id, sum({seconds_between("lower(span)", "upper(span)")}) as seconds
          from waits, unnest(spans) as span group by release_id)
    select agency, count(*), count(*) filter (where outcome = any(%s)), count(*) filter (where outcome = 'secured'),
           coalesce(sum(candidates), 0)::int, count(first),
           coalesce(sum({seconds_between("sent_at", "first")}) filter (where first is not null), 0),
           coalesce(sum({seconds_between("sent_at", "answered_at")}) filter (where outcome = 'secured'), 0),
           coalesce(sum(seconds), 0), coalesce(sum(ratings), 0)::int, coalesce(sum(points), 0)::int,
           count(*) filter (where proven and witness = any(%s))
      from orders left join firsts on firsts.release_id = id left join rated on rated.release_id = id
      left join waited on waited.release_id = id
     group by agency"""


def _sums(rows: QuerySet[Release]) -> list[tuple]:
    """Agency, and the fields of `SupplierFigures` after its name: what `order_times` says of each order, added up by the database."""
    orders = rows.order_by().values_list(
        "pk", "contract__agency_id", "outcome", "sent_at", "answered_at", "proven", "witness_kind"
    )
    try:
        sql, parameters = orders.query.sql_with_params()
    except EmptyResultSet:
        return []
    closed, answered = closed_weekdays(calendar_of_the_council().closed_days), [Outcome.SECURED, *FAILED]
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(orders=sql), [closed, *parameters, [*WAITS_FOR_US], answered, [*FOR_THE_REVIEW]])
        return cursor.fetchall()


def with_what_times_need(rows: QuerySet[Release]) -> QuerySet[Release]:
    """Orders for a list, with their candidates and steps, in a constant number of queries."""
    return rows.select_related("contract__agency").prefetch_related("submissions__history")


def moments_of(release: Release) -> OrderMoments:
    """The facts of an order that was read `with_what_times_need`."""
    shown = tuple(
        Shown(one.received_at, tuple((step.stage, step.happened_at) for step in one.history.all()))
        for one in release.submissions.all()
        if one.voided_at is None
    )
    agency = release.contract.agency_id
    return OrderMoments(release.pk, agency, release.outcome, release.sent_at, release.answered_at, shown)


def order_times(order: OrderMoments, now: datetime, calendar: WorkingCalendar) -> OrderTimes:
    """The working time of one order, from its sending; of one still open up to now."""
    between = calendar.working_hours_between
    first = min((one.received_at for one in order.shown), default=None)
    filled = order.outcome == Outcome.SECURED
    until = order.answered_at or now
    return OrderTimes(
        order=order,
        to_first=between(order.sent_at, first) if first else None,
        to_fill=between(order.sent_at, order.answered_at) if filled and order.answered_at else None,
        waiting_for_us=sum((between(a, b) for a, b in _waiting_spans(order.shown, until)), timedelta()),
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
    return None if span is None else tenth(Decimal(span.total_seconds()) / 3600)


def mean_hours(seconds: Decimal, count: int) -> Decimal | None:
    return tenth(seconds / count / 3600) if count else None


def tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _page(report: SuppliersReport, asked: ReportQuery, request: HttpRequest) -> dict:
    return {
        "own": asked.user is not None and services_of(asked.user) is not None,
        "quarters": last_quarters(timezone.localdate()),
    }


def last_quarters(today: date) -> list[tuple[str, date, date]]:
    """The quarters of the last year, the one that runs first: name, first and last day. Each supplier's review looks at one."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    found = []
    for back in range(5):
        begins = first - relativedelta(months=3 * back)
        ends = begins + relativedelta(months=3, days=-1)
        found.append((f"{begins:%B} to {ends:%B %Y}", begins, ends))
    return found


REPORT = ReportKind(
    name="suppliers",
    address="suppliers/",
    template="suppliers.html",
    make=lambda asked: suppliers(asked.since, asked.on, asked.user),
    title=lambda report, asked: f"Suppliers, orders sent from {day_name(asked.since)} to {day_name(asked.on)}",
    file_name=lambda asked: f"suppliers-{asked.since.isoformat()}-{asked.on.isoformat()}",
    page=_page,
    asks=("since",),
    day="until",
    right="view",
    formulas=FORMULAS,
)
