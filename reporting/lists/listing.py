"""A list page: filtered, sorted, paged, with its total, and as a CSV of exactly what is shown.

Over a queryset it is a `ListPage`, over anything else that is counted and cut a `RowsPage`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Choices, Count, F, Q, Sum
from django.utils import timezone
from django.views.generic import TemplateView

from council.addresses import address
from council.web import SignedIn, check_may, day_of_address
from reporting.exports import csv_response
from reporting.paging import PAGE, paged

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`value` gives what the CSV holds; the page shows it by `kind`: text, money, day, moment, number or tag.

    Where every column is a `field` or `made`, its CSV is made of the columns of the database alone, without a row of the model for
    each: that is several times as fast. `paths` are those columns, `make` what is made of them.
    """

    title: str
    value: Callable[[Row], object]
    kind: str = "text"
    sort: str = ""
    link: Callable[[Row], str] | None = None
    paths: tuple[str, ...] = ()
    make: Callable[..., object] | None = None


def field(
    title: str,
    path: str,
    kind: str = "text",
    sort: str = "",
    link: Callable | None = None,
    show: Callable | None = None,
) -> Column:
    """One field of the row, or of a row it belongs to (`vacancy__team__name`), as it is or as `show` says it."""
    return made(title, (path,), show or (lambda held: held), kind, sort, link)


def made(
    title: str,
    paths: tuple[str, ...],
    make: Callable[..., object],
    kind: str = "text",
    sort: str = "",
    link: Callable | None = None,
) -> Column:
    """What `make` makes of several fields."""

    def value(row: Any) -> object:
        return make(*(_held(row, path) for path in paths))

    return Column(title, value, kind, sort, link, paths, make)


def _held(row: Any, path: str) -> object:
    for name in path.split("__"):
        row = None if row is None else getattr(row, name)
    return row


def label_of(choices: type[Choices]) -> Callable[[str], str]:
    """What people read for a choice; nothing where nothing is chosen."""
    labels = {value: str(label) for value, label in choices.choices}
    return lambda value: labels.get(value, value)


@dataclass(frozen=True)
class Filter:
    """A choice above the list. `apply(rows, value)` narrows a queryset; what is not among the choices is left out."""

    name: str
    label: str
    choices: Callable[[], list[tuple[str, str]]]
    apply: Callable[[Any, str], Any] | None = None
    is_day = False

    def read(self, text: str) -> str | None:
        """The value to apply; None where the text is not one of the choices."""
        return text if text in dict(self.choices()) else None


@dataclass(frozen=True)
class DayFilter:
    """A day above the list, as `2026-03-27` in the address; what is no date, or of no century of ours, is left out."""

    name: str
    label: str
    apply: Callable[[Any, date], Any] | None = None
    is_day = True

    def choices(self) -> list:
        return []

    def read(self, text: str) -> date | None:
        return day_of_address(text)


class TablePage(TemplateView):
    """What every list has: its filters, its columns, its pages and its CSV. `ListPage` is over a queryset, `RowsPage` over rows."""

    request: SignedIn
    template_name = "list.html"
    title: Any = ""  # a text, or a property where it depends on the row
    intro = ""
    file_name = "list"
    columns: Sequence[Column[Any]] = []
    filters: Sequence[Filter | DayFilter] = []
    empty = "Nothing is here yet."
    right = "view"
    back: Any = None  # (address, text), or a property where it depends on the row
    actions: list[tuple[str, str, str]] = []  # (right, text, name of the page)
    links: list[tuple[str, str]] = []  # (text, name) of lists beside this one
    sort = ""

    def rows(self) -> Any:
        """What the person may see."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it lists.")

    def found(self) -> Any:
        """What is listed, in order, after the filters."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it finds.")

    def cells(self, found: Any) -> Iterator[list[object]]:
        """What each row holds in each column, one row after the other."""
        for row in found:
            yield [column.value(row) for column in self.columns]

    def summed(self, found: Any) -> tuple[int | None, dict[str, Any] | None]:
        """How many rows there are, where it is known with it, and their total as `label` and `amount`, where it has one."""
        return None, None

    def on_page(self, found: Any, part: Any) -> Iterable[Any]:
        """The rows of one page."""
        return part

    def get(self, request, *args, **kwargs):
        check_may(request, self.right)
        self.today = timezone.localdate()
        self.chosen: dict[str, str] = {}  # what was chosen, as the address says it
        self.given: dict[str, Any] = {}  # and as it is meant
        for one in self.filters:
            text = request.GET.get(one.name, "")
            value = one.read(text) if text else None
            if value is not None:
                self.chosen[one.name], self.given[one.name] = text, value
        found = self.found()
        if request.GET.get("format") == "csv":
            header = [column.title for column in self.columns]
            return csv_response(f"{self.file_name}-{self.today.isoformat()}.csv", header, self.cells(found))
        return self.render_to_response(self.get_context_data(found=found))

    @property
    def as_at(self) -> date:
        return self.today

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        count, total = self.summed(found)
        part = paged(found, PAGE, self.request, count)
        shown = self.on_page(found, part["page"].object_list)
        return super().get_context_data(
            title=self.title,
            intro=self.intro,
            **part,
            count=part["page"].paginator.count,
            head=[self._head(column) for column in self.columns],
            table=[[self._cell(column, row) for column in self.columns] for row in shown],
            filters=[
                {"filter": one, "choices": one.choices(), "value": self.chosen.get(one.name, "")}
                for one in self.filters
            ],
            is_filtered=bool(self.chosen),
            sort=self.sort,
            total=total,
            empty=self.empty,
            actions=[(right, text, address(name)) for right, text, name in self.actions],
            links=[(text, address(name)) for text, name in self.links],
            today=self.as_at,
            back=self.back,
            **kwargs,
        )

    def _head(self, column: Column) -> dict:
        state, target = "none", column.sort
        if column.sort and self.sort.removeprefix("-") == column.sort:
            state = "descending" if self.sort.startswith("-") else "ascending"
            target = column.sort if self.sort.startswith("-") else f"-{column.sort}"
        return {"title": column.title, "kind": column.kind, "sort": target, "state": state}

    @staticmethod
    def _cell(column: Column, row) -> dict:
        return {"value": column.value(row), "kind": column.kind, "link": column.link(row) if column.link else ""}


class ListPage(TablePage):
    """A list over a queryset: it also sorts, searches and adds up."""

    text_filter: Callable[[Any, str], Any] | None = None
    text_label = "Search in this list"
    order = "-pk"
    total: tuple | None = None  # (label, field to sum, and which rows count if not all)

    def found(self) -> Any:
        return self._sorted(self._filtered(self.rows()))

    def cells(self, found: Any) -> Iterator[list[object]]:
        if all(column.paths for column in self.columns):
            paths = list(dict.fromkeys(path for column in self.columns for path in column.paths))
            at = [(column.make, [paths.index(path) for path in column.paths]) for column in self.columns]
            for held in found.values_list(*paths).iterator(chunk_size=2000):
                yield [make(*[held[place] for place in places]) for make, places in at if make]
        else:
            yield from super().cells(found.iterator(chunk_size=1000))

    def summed(self, found: Any) -> tuple[int | None, dict[str, Any] | None]:
        if not self.total:
            return None, None
        which = Q(**self.total[2]) if len(self.total) > 2 else None  # counted and added up in one reading of the rows
        sums = found.order_by().aggregate(rows=Count("pk"), total=Sum(self.total[1], filter=which))
        return sums["rows"], {"label": self.total[0], "amount": sums["total"] or Decimal(0)}

    def on_page(self, found: Any, part: Any) -> Iterable[Any]:
        """First which rows, by an index; then what is shown of them."""
        keys = list(part.values_list("pk", flat=True))
        rows = {row.pk: row for row in found.order_by().filter(pk__in=keys)}
        return [rows[key] for key in keys if key in rows]

    def _filtered(self, rows: Any) -> Any:
        for one in self.filters:
            if one.name in self.given and one.apply:
                rows = one.apply(rows, self.given[one.name])
        text = self.request.GET.get("text", "").strip().replace("\0", "")[:100]
        find = type(self).text_filter
        if text and find:
            self.chosen["text"] = text
            rows = find(rows, text)
        return rows

    def _sorted(self, rows: Any) -> Any:
        self.sort = self.request.GET.get("sort", "")
        name = self.sort.removeprefix("-")
        if name not in {column.sort for column in self.columns if column.sort}:
            self.sort, name = "", ""
        if not name:
            descending, name = self.order.startswith("-"), self.order.removeprefix("-")
        else:
            descending = self.sort.startswith("-")
        ordering = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
        return rows.order_by(ordering, "-pk" if descending else "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            text=self.chosen.get("text", ""),
            has_text=self.text_filter is not None,
            text_label=self.text_label,
            **kwargs,
        )


class RowsPage(TablePage):
    """A list over rows that know their order, counted and cut like a list; `rows()` reads what was given in the filters."""

    def found(self) -> Any:
        return self.rows()
