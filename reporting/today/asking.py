"""How Today is asked: what waits, of all kinds at once, in one query; then the rows that are shown, once for each table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateField, Model, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from placements.models import Breach, ExtensionProposal, Payment, Placement, QualityReview, ReviewAction
from recruitment.models import (
    Correction,
    EmergencyCall,
    Exemption,
    ExemptionNeed,
    Release,
    Round,
    SpendingAuthority,
    Statement,
    Submission,
    Vacancy,
)

NOTHING = Value("", CharField())
SHOWN, NEWEST = 8, 2  # of each kind: the oldest, and among them the newest, so that nothing new stays out of sight
# What the line of a row says comes from these, read with it.
SHOWN_WITH: dict[type[Model], tuple[str, ...]] = {
    Breach: ("placement__worker", "placement__vacancy__team"),
    Correction: ("vacancy", "proposed_by"),
    EmergencyCall: ("vacancy__team",),
    Exemption: ("agency", "requested_by"),
    ExemptionNeed: ("exemption__agency", "vacancy__team"),
    ExtensionProposal: ("placement__worker", "placement__vacancy__team", "proposed_by"),
    Payment: ("agency",),
    Placement: ("worker", "vacancy__team"),
    QualityReview: ("placement__worker", "placement__vacancy__team"),
    Release: ("contract__agency", "vacancy__team", "supplying_agency"),
    ReviewAction: ("review__placement",),
    Round: ("vacancy__team",),
    SpendingAuthority: ("vacancy__team", "recorded_by"),
    Statement: ("release__contract__agency", "release__vacancy__team"),
    Submission: ("release__contract__agency", "release__vacancy__team"),
    Vacancy: ("team", "requested_by"),
}


PART = f"""
    select {{number}}, pk, day, note, place, in_all from (
        select pk, day, note, row_number() over (order by key, pk) as place, count(*) over () as in_all
          from ({{sql}}) as asked (key, pk, day, note)) as placed
     where place <= {SHOWN} or place > in_all - {NEWEST}"""


@dataclass(frozen=True)
class Item:
    text: str
    why: str
    since: str
    url: str


@dataclass
class Section:
    """`count` is of all there are; `items` the oldest of them, and the newest."""

    title: str
    count: int
    items: list[Item] = field(default_factory=list)
    all_url: str = ""


def days(since: date, today: date) -> str:
    """How long something has waited, in words."""
    gone = (today - since).days
    return "today" if gone <= 0 else "since yesterday" if gone == 1 else f"for {gone} days"


@dataclass(frozen=True)
class Question:
    """One kind of thing that waits: its rows, the column they are sorted by, and the day since when each does.

    `line` makes what is shown of a row from the row, that day and the `note`, a text the database gives with it.
    """

    title: str
    rows: QuerySet
    order: str
    since: Combinable
    line: Callable[[Any, date, str], Item]
    all_url: str = ""
    note: Combinable = NOTHING


@dataclass(frozen=True)
class Found:
    """One row to show: its place among the `count` of its kind, the oldest being 1."""

    number: int
    pk: int
    since: date
    note: str
    place: int
    count: int


def answers(questions: Sequence[Question | Section]) -> list[Section]:
    """The sections that have something in them, in the order of the questions; what is a section already stays as it is."""
    asked = {number: one for number, one in enumerate(questions) if isinstance(one, Question)}
    found = _found(asked)
    keys: dict[type[Model], set[int]] = {}
    for number, rows in found.items():
        keys.setdefault(asked[number].rows.model, set()).update(row.pk for row in rows)
    read = {
        model: model._default_manager.select_related(*SHOWN_WITH[model]).in_bulk(wanted)
        for model, wanted in keys.items()
    }
    sections = []
    for number, one in enumerate(questions):
        if isinstance(one, Section):
            sections.append(one)
        elif number in found:
            shown, of = found[number], read[one.rows.model]
            items = [one.line(of[row.pk], row.since, row.note) for row in shown]
            sections.append(Section(one.title, shown[0].count, items, one.all_url))
    return [section for section in sections if section.count]


def _found(asked: dict[int, Question]) -> dict[int, list[Found]]:
    """Number of a question → the rows to show: the oldest and, where there are many, the newest."""
    parts, parameters = [], []
    for number, one in asked.items():
        rows = one.rows.order_by().annotate(day_of_row=Cast(one.since, DateField()), note_of_row=one.note)
        try:
            sql, values = rows.values_list(one.order, "pk", "day_of_row", "note_of_row").query.sql_with_params()
        except EmptyResultSet:  # it is known without asking that there are none
            continue
        parts.append(PART.format(number=number, sql=sql))
        parameters += values
    if not parts:
        return {}
    found: dict[int, list[Found]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), parameters)
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Found(*row))
    return {number: _chosen(rows) for number, rows in found.items()}


def _chosen(rows: list[Found]) -> list[Found]:
    rows.sort(key=lambda row: row.place)
    count = rows[0].count
    return [row for row in rows if row.place <= SHOWN - NEWEST or row.place > count - NEWEST or count <= SHOWN]
