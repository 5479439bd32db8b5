"""The first day: the agency’s checks, the start confirmed, the request covered."""

from datetime import date, datetime

from django.utils import timezone

from council.actions import action
from council.errors import refuse, refuse_if, require
from council.known import known
from council.models import User
from council.working_time import day_of
from placements.models import (
    Placement,
)
from placements.reads.placements import facts_of, lock_placement
from placements.rules.placement import refusal
from recruitment.models import Status
from recruitment.permissions import in_reach
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import consequences


@action
def confirm_start(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    registration_checked_on: date | None = None,
    dbs_checked_on: date | None = None,
    right_to_work_checked_on: date | None = None,
    references_checked_on: date | None = None,
) -> Placement:
    """The team confirms that the worker started, with the days on which the agency confirmed its four checks.

    A start without all four is recorded all the same; what is missing shows until it comes.

    Refuses: already_confirmed, before_sent, did_not_start, entered_in_error, in_future, late_without_reason, not_from_here, not_standing,
    not_started.
    """
    service = placement.vacancy.team.service_id
    require(in_reach(by, service, day_of(at), "confirm_start"), "confirm a start here")
    placement = lock_placement(placement)
    refuse_if(refusal("start", facts_of(placement, by, at)))
    _note_checks(
        placement,
        at,
        registration_checked_on=registration_checked_on,
        dbs_checked_on=dbs_checked_on,
        right_to_work_checked_on=right_to_work_checked_on,
        references_checked_on=references_checked_on,
    )
    placement.started_confirmed_at, placement.started_confirmed_by = at, by
    placement.version += 1
    placement.save()
    if placement.round_id:
        consequences.worker_started(placement.vacancy, known(placement.round), by=by, at=at)
    return placement


@action
def record_checks(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    registration_checked_on: date | None = None,
    dbs_checked_on: date | None = None,
    right_to_work_checked_on: date | None = None,
    references_checked_on: date | None = None,
) -> Placement:
    """The days on which the agency confirmed its checks, as they come: before the first day too.

    Refuses a day to come, and a placement that never was. It confirms no start.

    Refuses: did_not_start, entered_in_error, in_future, nothing_changed.
    """
    service = placement.vacancy.team.service_id
    require(in_reach(by, service, day_of(at), "confirm_start"), "record an agency's checks here")
    placement = lock_placement(placement)
    given = (registration_checked_on, dbs_checked_on, right_to_work_checked_on, references_checked_on)
    if not any(given):
        refuse("nothing_changed", "Enter the day of at least one check.")
    _note_checks(placement, at, **dict(zip(Placement.CHECKS, given, strict=True)))
    placement.version += 1
    placement.save()
    return placement


def _note_checks(placement: Placement, at: datetime, **given: date | None) -> None:
    for name, day in given.items():
        if day and day > day_of(at):
            refuse("in_future", "A check cannot have been confirmed in the future.", name)
        if day:
            setattr(placement, name, day)


def cover_started_requests() -> None:
    """Requests whose booked worker's first day has come are covered from now on, in the name of who booked the worker."""
    now = timezone.now()
    due = Placement.objects.standing().filter(
        starts_on__lte=day_of(now), round__closed_at__isnull=True, vacancy__status=Status.SOURCING
    )
    for placement in due.select_related("vacancy", "booked_by").order_by("starts_on", "pk"):
        cover_started_request(by=placement.booked_by, at=now, placement=placement)


@action
def cover_started_request(*, by: User, at: datetime, placement: Placement) -> None:
    """The worker's first day has come, if the placement still stands when the lock is ours.

    Refuses: before_sent, in_future, late_without_reason, not_from_here.
    """
    vacancy = lock_vacancy(placement.vacancy)
    if Placement.objects.standing().filter(pk=placement.pk, round__closed_at__isnull=True).exists():
        consequences.worker_started(vacancy, known(placement.round), by=by, at=at)
