"""The sheet of the weekly meeting: every request that waits, with what it costs and where its team stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from council.actions import day_of
from council.models import Council
from recruitment.actions.meetings import Line, decided_since_the_last_meeting
from recruitment.charge import estimated_cost
from recruitment.models import Vacancy
from reporting.reports.standing import standing_of_teams


@dataclass(frozen=True)
class SheetRow:
    """`total` is the estimated cost of this request and those above it, £ excluding VAT."""

    vacancy: Vacancy
    line: Line
    total: Decimal


def sheet(day: date) -> list[SheetRow]:
    """What waits for a decision, the oldest request first."""
    rows = Vacancy.objects.awaiting_decision().select_related("team__service", "requested_by")
    return _rows(rows.order_by("requested_at", "pk"), day)


def between(at: datetime) -> list[SheetRow]:
    """What was decided since the last meeting, as it stands at a moment."""
    rows = decided_since_the_last_meeting(at).select_related("team__service", "requested_by", "decided_by")
    return _rows(rows, day_of(at))


def _rows(vacancies: Iterable[Vacancy], day: date) -> list[SheetRow]:
    found = list(vacancies)
    standing = standing_of_teams({one.team_id for one in found}, day)
    full_time = Council.current().full_time_hours
    rows, total = [], Decimal(0)
    for one in found:
        team = standing[one.team_id]
        cost = estimated_cost(one.hours_per_week, one.pattern, one.needed_from, one.expected_weeks, one.max_charge_rate)
        total += cost
        line = Line(
            fte=one.fte(full_time),
            cost=cost,
            establishment_fte=team.establishment_fte,
            in_post_fte=team.in_post_fte,
            agreed_fte=team.agreed_fte,
            cover_fte=team.cover_fte,
        )
        rows.append(SheetRow(one, line, total))
    return rows
