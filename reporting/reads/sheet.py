"""The sheet of the weekly meeting: every request that waits, with what it costs and where its team stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from council.models import Council
from council.working_time import day_of
from recruitment.models import Vacancy
from recruitment.reads.meetings import SheetLine, decided_since_the_last_meeting
from recruitment.rules.charge import estimated_cost
from reporting.reads.standing import TeamStanding, standing_of_teams


@dataclass(frozen=True)
class SheetRow:
    """`total` is the estimated cost of this request and those above it on the sheet, £ excluding VAT."""

    vacancy: Vacancy
    line: SheetLine
    total: Decimal


def waiting(after: int | None = None) -> QuerySet[Vacancy]:
    """What waits for a decision, the oldest request first: all of it, or what comes after a request, by its key."""
    rows = Vacancy.objects.awaiting_decision().select_related("team__service", "requested_by")
    if found := Vacancy.objects.filter(pk=after).values("requested_at").first() if after else None:
        later = Q(requested_at__gt=found["requested_at"]) | Q(requested_at=found["requested_at"], pk__gt=after)
        rows = rows.filter(later)
    return rows.order_by("requested_at", "pk")


def decided_between(at: datetime) -> QuerySet[Vacancy]:
    """What was decided since the last meeting, the oldest decision first."""
    return decided_since_the_last_meeting(at).select_related("team__service", "requested_by", "decided_by")


def both(waits: Iterable[Vacancy], decided: Iterable[Vacancy], day: date) -> tuple[list[SheetRow], list[SheetRow]]:
    """The lines of requests that wait and of those decided, with where their teams stand on a day."""
    waits, decided = list(waits), list(decided)
    standing = standing_of_teams({one.team_id for one in [*waits, *decided]}, day)
    return _rows(waits, standing), _rows(decided, standing)


def sheet(day: date) -> list[SheetRow]:
    """All that waits for a decision."""
    return both(waiting(), [], day)[0]


def between(at: datetime) -> list[SheetRow]:
    """All that was decided since the last meeting, as it stands at a moment."""
    return both([], decided_between(at), day_of(at))[1]


def _rows(vacancies: list[Vacancy], standing: Mapping[int, TeamStanding]) -> list[SheetRow]:
    full_time = Council.current().full_time_hours
    rows, total = [], Decimal(0)
    for one in vacancies:
        team = standing[one.team_id]
        cost = estimated_cost(one.hours_per_week, one.pattern, one.needed_from, one.expected_weeks, one.max_charge_rate)
        total += cost
        line = SheetLine(
            fte=one.fte(full_time),
            cost=cost,
            establishment_fte=team.establishment_fte,
            in_post_fte=team.in_post_fte,
            agreed_fte=team.agreed_fte,
            cover_fte=team.cover_fte,
        )
        rows.append(SheetRow(one, line, total))
    return rows
