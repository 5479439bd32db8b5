"""What every report has, and all of them by name.

A report is a frozen dataclass with `rows()` and `as_json()`, and a `ReportKind` called `REPORT` beside it. That is one file in this folder and
a template: page, CSV, JSON, text, the kept copy, its address and `manage.py report NAME` come from here.
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

from django.http import HttpRequest

from council.models import Service, Team, User


@dataclass(frozen=True)
class ReportQuery:
    """What a report is asked for: as at which day, since when, of whom. `user` is None where the whole council asks (on the command line)."""

    today: date
    on: date
    since: date
    year: int
    service: Service | None = None
    team: Team | None = None
    user: User | None = None

    @property
    def of(self) -> str:
        """For a title: whose figures they are, where not all are meant."""
        return f", {self.team or self.service}" if self.team or self.service else ""


class Report:
    """The whole of a report; page, CSV, JSON, text and the kept copy are made from it."""

    HEADER: ClassVar[tuple[str, ...]] = ("Figure", "Value", "Unit")

    @property
    def finding(self) -> str:
        """One sentence, where it has one."""
        return ""

    def rows(self) -> Iterable[Sequence[object]]:
        """The lines of the page, for CSV, text and the kept copy."""
        raise NotImplementedError(f"{type(self).__name__} has no rows.")

    def as_json(self) -> dict:
        raise NotImplementedError(f"{type(self).__name__} has no JSON.")

    def as_text(self) -> Iterator[str]:
        """Its rows as lines for a terminal."""
        for first, *rest in self.rows():
            yield f"{first}: {' '.join(str(cell) for cell in rest)}"


@dataclass(frozen=True)
class ReportKind:
    """How a report is made and where it is found.

    `asks` names what its address may say beside the day; `day` is what the address calls the day. `title` is of the kept copy and the text.
    `page` adds what only the page shows. `as_at` is the day the kept copy is of.
    """

    name: str
    address: str
    template: str
    make: Callable[[ReportQuery], Any]
    title: Callable[[Any, ReportQuery], str]
    file_name: Callable[[ReportQuery], str]
    page: Callable[[Any, ReportQuery, HttpRequest], dict] = lambda report, asked, request: {}
    as_at: Callable[[Any, ReportQuery], date] = lambda report, asked: asked.on
    asks: tuple[str, ...] = ()
    day: str = "on"
    right: str = "view_money"
    formulas: Mapping[str, str] | None = None
    url_name: str = ""

    def parameters(self, asked: ReportQuery) -> dict:
        """What a kept copy was asked for, to make it again."""
        said: dict[str, object] = {"since": asked.since.isoformat(), "year": asked.year}
        said |= {"service": asked.service and asked.service.pk, "team": asked.team and asked.team.pk}
        return {"report": self.name} | {name: said[name] for name in self.asks}


@cache
def reports() -> dict[str, ReportKind]:
    """Every report by its name: each file of this folder that has a `REPORT`."""
    here = __name__.rpartition(".")[0]
    names = sorted(found.name for found in pkgutil.iter_modules(import_module(here).__path__))
    modules = [import_module(f"{here}.{name}") for name in names]
    return {module.REPORT.name: module.REPORT for module in modules if hasattr(module, "REPORT")}
