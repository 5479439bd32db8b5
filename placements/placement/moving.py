"""A worker moves to another team of the Service."""

from datetime import date, datetime

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.models import Team, User
from council.wording import day_name
from council.working_time import day_of
from placements.models import (
    Placement,
    PlacementMove,
)
from placements.reads.placements import facts_of, lock_placement
from placements.rules.placement import refusal
from recruitment.permissions import require_source


@action
def move_team(
    *, by: User, at: datetime, placement: Placement, team: Team, starts_on: date, reason: str
) -> PlacementMove:
    """From a day on the worker works for another team of the same Service; the cost centre follows.

    Refuses: another_service, did_not_start, ended, entered_in_error, move_outside, moved_later, no_reason, not_standing, same_team.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    refuse_if(refusal("move", facts_of(placement, by, at)))
    now = Placement.objects.with_team(starts_on).get(pk=placement.pk).team_id_now
    if team.service_id != placement.vacancy.team.service_id:
        refuse(
            "another_service", "Choose a team of the same Service. For another Service, ask for staff there.", "team"
        )
    if team.pk == now:
        refuse("same_team", f"The worker is in {team} on that day already. Choose another team.", "team")
    if not placement.starts_on < starts_on <= placement.ends_on:
        refuse(
            "move_outside",
            f"Enter a day after {day_name(placement.starts_on)} and up to {day_name(placement.ends_on)}.",
            "starts_on",
        )
    if placement.moves.filter(starts_on__gte=starts_on).exists():
        refuse("moved_later", "A later move is recorded already. Enter a day after it.", "starts_on")
    require_reason(reason, "Say why the worker moves.")
    return PlacementMove.objects.create(
        placement=placement, team=team, starts_on=starts_on, reason=reason, moved_by=by, moved_at=at
    )
