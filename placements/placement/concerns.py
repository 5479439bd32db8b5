"""A concern about a worker, told to the agency."""

from datetime import date, datetime

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.models import User
from council.working_time import day_of
from placements.models import (
    Placement,
    PracticeConcern,
)
from placements.reads.placements import facts_of, lock_placement
from placements.rules.placement import refusal
from recruitment.permissions import require_source


@action
def record_concern(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    concern: str,
    agency_told_on: date,
    referral_on: date | None = None,
) -> PracticeConcern:
    """A concern about a worker's practice: the agency is told, and a referral was made or not. Few may read it.

    Refuses: did_not_start, entered_in_error, in_future, no_reason, not_standing, not_started.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    refuse_if(refusal("concern", facts_of(placement, by, at)))
    require_reason(concern, "Say what the concern is.", "concern")
    for day, field in ((agency_told_on, "agency_told_on"), (referral_on, "referral_on")):
        if day and not placement.starts_on <= day <= day_of(at):
            refuse("in_future", "Enter a day from the placement's start to today.", field)
    return PracticeConcern.objects.create(
        placement=placement,
        concern=concern,
        agency_told_on=agency_told_on,
        referral_made=referral_on is not None,
        referral_on=referral_on,
        recorded_by=by,
        recorded_at=at,
    )
