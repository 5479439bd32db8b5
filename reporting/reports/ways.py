"""What each way of answering costs the people on both sides: how often officers acted on an answer, and how long it took to count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.functions import Coalesce

from council.models import User, calendar_of_the_council
from council.wording import day_name
from council.working_time import closed_weekdays, end_of_day, start_of_day
from recruitment.models import Agency, Release
from recruitment.reads.ways import Way, with_way
from reporting.reports.registry import Report, ReportKind
from reporting.reports.suppliers import mean_hours, seconds_between, tenth

# What an officer, or a second person, saves for an answer; what the clock writes is nobody's.
ACTS = (
    "record_secured",
    "record_not_secured",
    "first_supplier_can_supply",
    "worker_will_not_come",
    "add_answer_file",
    "confirm",
    "decide_emergency",
)

FORMULAS = {
    "answers": "orders to agencies with an answer (secured, not secured or fell through), orders sent in the time",
    "acts_each": "times that officers and colleagues saved something for the answer (recorded it, added a file, confirmed it) / answers",
    "hours_to_answer": "mean working hours from sending an order to its answer",
    "confirmed": "failures that count as proof, but for those recorded before a witness was asked for",
    "hours_to_confirmed": "mean working hours from recording a failure until it counted as proof, of those that do",
}


@dataclass(frozen=True)
class WayFigures:
    """One agency's answers of one way: counts, and seconds of working time in all."""

    agency_id: int
    name: str
    way: Way
    answers: int
    acts: int
    to_answer: Decimal
    confirmed: int
    to_confirmed: Decimal

    @property
    def acts_each(self) -> Decimal:
        return tenth(Decimal(self.acts) / self.answers)

    @property
    def hours_to_answer(self) -> Decimal | None:
        return mean_hours(self.to_answer, self.answers)

    @property
    def hours_to_confirmed(self) -> Decimal | None:
        return mean_hours(self.to_confirmed, self.confirmed)

    def as_json(self) -> dict:
        until_confirmed = self.hours_to_confirmed
        return {
            "answers": self.answers,
            "acts_each": str(self.acts_each),
            "hours_to_answer": str(self.hours_to_answer),
            "confirmed": self.confirmed,
            "hours_to_confirmed": None if until_confirmed is None else str(until_confirmed),
        }


@dataclass(frozen=True)
class WaysReport(Report):
    since: date
    until: date
    lines: list[WayFigures]

    HEADER = (
        "Supplier",
        "How it answered",
        "Answers",
        "Times an officer acted, of each",
        "Working hours to the answer",
        "Failures that count as proof",
        "Working hours until they counted",
        "Orders sent since",
        "Orders sent until",
    )

    def as_json(self) -> dict:
        suppliers: dict[str, dict] = {}
        for one in self.lines:
            suppliers.setdefault(one.name, {})[one.way.value] = one.as_json()
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "formulas": FORMULAS,
            "suppliers": suppliers,
        }

    def rows(self) -> list[tuple]:
        return [(one.name, one.way.label, *one.as_json().values(), self.since, self.until) for one in self.lines]

    def as_text(self) -> Iterator[str]:
        for name, way, *cells in self.rows():
            figures = zip(self.HEADER[2:-2], cells, strict=False)
            said = "; ".join(f"{figure.lower()} {value}" for figure, value in figures if value is not None)
            yield f"{name}, {way.lower()}: {said}"


_SUMS = f"""
    with closed (days) as (select %s::date[]),
    orders (id, agency, way, sent_at, answered_at, proven, recorded_at, witness) as ({{orders}}),
    acts as (
        select e.pgh_obj_id as id, count(distinct e.pgh_context_id) as acts
          from recruitment_releaseevent e
         where e.pgh_obj_id in (select id from orders) and e.pgh_context->>'action' = any(%s)
         group by 1)
    select agency, way, count(*), coalesce(sum(acts), 0)::int,
           coalesce(sum({seconds_between("sent_at", "answered_at")}), 0), count(*) filter (where proven and w.kind <> 'before'),
           coalesce(sum({seconds_between("recorded_at", "w.made_at")}) filter (where proven and w.kind <> 'before'), 0)
      from orders o left join acts on acts.id = o.id left join recruitment_witness w on w.id = o.witness
     where way <> '' group by agency, way"""


def ways(since: date, until: date, user: User | None = None) -> WaysReport:
    """The answers to orders sent from one day to another, both included; of what `user` may see, or of all."""
    rows = (Release.objects.visible_to(user) if user else Release.objects.all()).standing()
    rows = with_way(rows.filter(sent_at__gte=start_of_day(since), sent_at__lt=end_of_day(until)))
    rows = rows.annotate(recorded_at=Coalesce("fell_through_recorded_at", "answer_recorded_at"))
    orders = rows.order_by().values_list(
        "pk", "contract__agency_id", "way", "sent_at", "answered_at", "proven", "recorded_at", "witness_id"
    )
    found = []
    try:
        sql, parameters = orders.query.sql_with_params()
    except EmptyResultSet:
        return WaysReport(since, until, [])
    closed = closed_weekdays(calendar_of_the_council().closed_days)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(orders=sql), [closed, *parameters, [*ACTS]])
        found = cursor.fetchall()
    names = dict(Agency.objects.filter(pk__in={row[0] for row in found}).values_list("pk", "name"))
    lines = [WayFigures(agency, names[agency], Way(way), *sums) for agency, way, *sums in found]
    places = list(Way)
    return WaysReport(since, until, sorted(lines, key=lambda one: (one.name, places.index(one.way))))


REPORT = ReportKind(
    name="ways",
    address="suppliers/answers/",
    template="ways.html",
    make=lambda asked: ways(asked.since, asked.on, asked.user),
    title=lambda report, asked: (
        f"How suppliers answer, orders sent from {day_name(asked.since)} to {day_name(asked.on)}"
    ),
    file_name=lambda asked: f"ways-{asked.since.isoformat()}-{asked.on.isoformat()}",
    asks=("since",),
    day="until",
    right="view",
    formulas=FORMULAS,
)
