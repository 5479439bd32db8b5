"""Where a team stands, for whoever agrees one more request of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from council.models import Council, Team, TeamFigure
from placements.models import Placement
from recruitment.models import Status, Vacancy


@dataclass(frozen=True)
class TeamStanding:
    """All in FTE. `agreed_fte` counts requests agreed that nobody covers or fills yet."""

    establishment_fte: Decimal | None
    in_post_fte: Decimal | None
    figure_from: date | None
    agreed_fte: Decimal
    cover_fte: Decimal


def standing_of_team(team: Team, day: date) -> TeamStanding:
    return standing_of_teams([team.pk], day)[team.pk]


def standing_of_teams(teams: Iterable[int], day: date) -> dict[int, TeamStanding]:
    """Where each of the teams stands, by its key, in a constant number of queries."""
    keys, full_time = list(teams), Council.current().full_time_hours
    figures = {figure.team_id: figure for figure in TeamFigure.objects.filter(team__in=keys).in_force(day)}
    agreed = Vacancy.objects.filter(team__in=keys, status__in=[Status.AGREED, Status.SOURCING])
    agreed_hours = dict(agreed.values_list("team").annotate(Sum("hours_per_week")))
    cover = Placement.objects.live_on(day).with_team(day).filter(team_id_now__in=keys)
    cover_hours = dict(cover.order_by().values_list("team_id_now").annotate(Sum("hours_per_week")))

    def fte(hours: Decimal | None) -> Decimal:
        return ((hours or Decimal(0)) / full_time).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def standing(key: int) -> TeamStanding:
        figure = figures.get(key)
        return TeamStanding(
            establishment_fte=figure.establishment_fte if figure else None,
            in_post_fte=figure.in_post_fte if figure else None,
            figure_from=figure.on if figure else None,
            agreed_fte=fte(agreed_hours.get(key)),
            cover_fte=fte(cover_hours.get(key)),
        )

    return {key: standing(key) for key in keys}
