"""A list page: filtered, sorted, paged, with its total, and as a CSV of exactly what is shown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Choices, Count, F, Q, QuerySet, Sum
from django.utils import timezone
from django.views.generic import TemplateView

from council.web import SignedIn, check_may
from reporting.exports import csv_response

PAGE = 25


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
    """A choice above the list. `apply(rows, value)` narrows it; what is not among the choices is left out."""

    name: str
    label: str
    choices: Callable[[], list[tuple[str, str]]]
    apply: Callable[[Any, str], Any]
    is_day = False

    def read(self, text: str) -> str | None:
        """The value to apply; None where the text is not one of the choices."""
        return text if text in dict(self.choices()) else None


@dataclass(frozen=True)
class DayFilter:
    """A day above the list, as `2026-03-27` in the address; what is no date, or of no century of ours, is left out."""

    name: str
    label: str
    apply: Callable[[Any, date], Any]
    is_day = True

    def choices(self) -> list:
        return []

    def read(self, text: str) -> date | None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if 1900 <= day.year < 2200 else None


class ListPage(TemplateView):
    """`rows(request)` is what the person may see. `money` names the column whose total is shown."""

    request: SignedIn
    template_name = "list.html"
    title: Any = ""  # a text, or a property where it depends on the row
    intro = ""
    file_name = "list"
    columns: Sequence[Column[Any]] = []
    filters: Sequence[Any] = []  # of Filter and DayFilter
    text_filter: Callable[[Any, str], Any] | None = None
    text_label = "Search in this list"
    order = "-pk"
    total: tuple | None = None  # (label, field to sum, and which rows count if not all)
    empty = "Nothing is here yet."
    right = "view"
    actions: list[tuple[str, str, str]] = []  # (right, text, address)
    links: list[tuple[str, str]] = []  # (text, address) of lists beside this one

    def rows(self) -> Any:  # a queryset, or what is sliced and counted like one
        raise NotImplementedError(f"{type(self).__name__} does not say what it lists.")

    def get(self, request, *args, **kwargs):
        check_may(request, self.right)
        self.today = timezone.localdate()
        rows = self._sorted(self._filtered(self.rows()))
        if request.GET.get("format") == "csv":
            header = [column.title for column in self.columns]
            found = self._cells(rows)
            return csv_response(f"{self.file_name}-{self.today.isoformat()}.csv", header, found)
        return self.render_to_response(self.get_context_data(found=rows))

    def _cells(self, rows: Any) -> Iterator[list[object]]:
        """What each row holds in each column, one row after the other."""
        if isinstance(rows, QuerySet) and all(column.paths for column in self.columns):
            paths = list(dict.fromkeys(path for column in self.columns for path in column.paths))
            at = [(column.make, [paths.index(path) for path in column.paths]) for column in self.columns]
            for held in rows.values_list(*paths).iterator(chunk_size=2000):
                yield [make(*[held[place] for place in places]) for make, places in at if make]
        else:
            for row in rows.iterator(chunk_size=1000) if isinstance(rows, QuerySet) else rows:
                yield [column.value(row) for column in self.columns]

    def _filtered(self, rows: Any) -> Any:
        self.chosen: dict[str, str] = {}
        for one in self.filters:
            text = self.request.GET.get(one.name, "")
            value = one.read(text) if text else None
            if value is not None:
                self.chosen[one.name] = text
                rows = one.apply(rows, value)
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
        found = kwargs.pop("found")
        paginator, total = Paginator(found, PAGE), None
        if self.total:  # counted and added up in one reading of the rows
            which = Q(**self.total[2]) if len(self.total) > 2 else None
            sums = found.order_by().aggregate(rows=Count("pk"), total=Sum(self.total[1], filter=which))
            paginator.count = sums["rows"]
            total = {"label": self.total[0], "amount": sums["total"] or Decimal(0)}
        page = paginator.get_page(self.request.GET.get("page"))
        shown = page.object_list
        if isinstance(shown, QuerySet):  # first which rows, by an index; then what is shown of them
            keys = list(shown.values_list("pk", flat=True))
            rows = {row.pk: row for row in found.order_by().filter(pk__in=keys)}
            shown = [rows[key] for key in keys if key in rows]
        return super().get_context_data(
            title=self.title,
            intro=self.intro,
            page=page,
            count=paginator.count,
            pages=paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            if paginator.num_pages > 1
            else [],
            head=[self._head(column) for column in self.columns],
            table=[[self._cell(column, row) for column in self.columns] for row in shown],
            filters=[
                {"filter": one, "choices": one.choices(), "value": self.chosen.get(one.name, "")}
                for one in self.filters
            ],
            text=self.chosen.get("text", ""),
            has_text=self.text_filter is not None,
            text_label=self.text_label,
            is_filtered=bool(self.chosen),
            sort=self.sort,
            total=total,
            empty=self.empty,
            actions=self.actions,
            links=self.links,
            today=self.today,
            back=None,
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
