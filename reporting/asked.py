"""What is asked for in an address: the day, the time, the year, the Service and the team. What is no answer counts as not given."""

from datetime import date
from typing import TypeVar

from django.db.models import Model
from django.http import HttpRequest

from council.models import Service, Team
from council.web import day_given, whole_number
from council.working_time import financial_year, months_before
from reporting.reports.registry import ReportKind, ReportQuery

Row = TypeVar("Row", bound=Model)


def day_asked(request: HttpRequest, today: date) -> date:
    """The "as at" day of the address, or today."""
    return day_given(request, "on") or today


def row_asked(request: HttpRequest, name: str, model: type[Row]) -> Row | None:
    key = whole_number(request.GET.get(name, ""))
    return None if key is None else model._default_manager.filter(pk=key).first()


def asked_for(kind: ReportKind, request: HttpRequest, today: date) -> ReportQuery:
    """What a report's page is asked for; twelve months up to its day where no first day is given."""
    on = day_given(request, kind.day) or today
    since = min(day_given(request, "since") or months_before(on, 12), on)
    year = whole_number(request.GET.get("year", ""))
    return ReportQuery(
        today=today,
        on=on,
        since=since,
        year=year if year is not None and 2000 <= year <= financial_year(today) else financial_year(today),
        service=row_asked(request, "service", Service) if "service" in kind.asks else None,
        team=row_asked(request, "team", Team) if "team" in kind.asks else None,
        user=request.user,  # type: ignore[arg-type]
    )
