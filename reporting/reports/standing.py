"""Where a team stands, for whoever agrees one more request of it."""

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
    figure = TeamFigure.objects.filter(team=team).in_force(day).first()
    full_time = Council.current().full_time_hours

    def fte(hours: Decimal | None) -> Decimal:
        return ((hours or Decimal(0)) / full_time).quantize(Decimal("0.01"), ROUND_HALF_UP)

    agreed = Vacancy.objects.filter(team=team, status__in=[Status.AGREED, Status.SOURCING]).aggregate(
        hours=Sum("hours_per_week")
    )
    cover = (
        Placement.objects.live_on(day).with_team(day).filter(team_id_now=team.pk).aggregate(hours=Sum("hours_per_week"))
    )
    return TeamStanding(
        establishment_fte=figure.establishment_fte if figure else None,
        in_post_fte=figure.in_post_fte if figure else None,
        figure_from=figure.on if figure else None,
        agreed_fte=fte(agreed["hours"]),
        cover_fte=fte(cover["hours"]),
    )
