"""A placement's life in post: it starts, another worker takes over, it moves to another team, a concern is recorded."""

from datetime import date, datetime
from decimal import Decimal

from council.actions import action, day_of, require
from council.errors import refuse, refuse_if
from council.known import known
from council.models import Council, Team, User, calendar_of_the_council
from council.wording import day_name
from placements.actions.commitments import reverse, still_committed
from placements.actions.endings import check_never_came
from placements.actions.placements import check_terms, lock_placement, lock_release, needed_authority, place
from placements.models import (
    Basis,
    Continues,
    Placement,
    PlacementMove,
    PracticeConcern,
)
from placements.rules.booking import Terms
from recruitment.candidates.actions import withdraw
from recruitment.models import SpendingAuthority, Stage, Status
from recruitment.permissions import in_reach, require_source
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.reads.requests import open_round_of
from recruitment.requests import actions as vacancies
from recruitment.rules.registration import tidy_registration


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
    """
    service = placement.vacancy.team.service_id
    require(in_reach(by, service, day_of(at), "confirm_start"), "confirm a start here")
    placement = lock_placement(placement)
    if day_of(at) < placement.starts_on:
        refuse("not_started", f"The worker starts on {day_name(placement.starts_on)}. Confirm the start from that day.")
    _note_checks(
        placement,
        at,
        registration_checked_on=registration_checked_on,
        dbs_checked_on=dbs_checked_on,
        right_to_work_checked_on=right_to_work_checked_on,
        references_checked_on=references_checked_on,
    )
    if placement.started_confirmed_at is None:
        placement.started_confirmed_at, placement.started_confirmed_by = at, by
    placement.version += 1
    placement.save()
    if placement.round_id:
        vacancies.worker_started(placement.vacancy, known(placement.round), by=by, at=at)
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


def check_replacement(
    placement: Placement, terms: Terms, registration_number: str, day: date
) -> SpendingAuthority | None:
    """Whether the supplier may send another worker under the same order. Raises RuleViolation.

    Returns the Strategic Director's authority where the booking needs it to pass the approved value.
    """
    if placement.basis != Basis.RELEASE:
        refuse("no_order", f"{placement.reference} rests on no order, so nobody can replace the worker under it.")
    if after := placement.followed_by:
        refuse("already_replaced", f"{after.reference} has taken over from {placement.reference}.")
    if placement.contract_id != known(placement.release).contract_id:
        refuse(
            "carried_over",
            f"{placement.reference} was carried over to another contract. Ask the supplier in a new round instead.",
        )
    if placement.vacancy.status not in {Status.SOURCING, Status.COVERED}:
        stage = placement.vacancy.get_status_display().lower()
        refuse("need_is_over", f"{placement.vacancy.reference} is {stage}, so there is nothing more to cover.")
    if tidy_registration(registration_number) == placement.worker.registration_number:
        refuse("same_worker", f"This is {placement.worker} again. Enter who comes instead.", "registration_number")
    current = open_round_of(placement.vacancy)
    if current is not None and current.pk != placement.round_id:
        refuse("new_round", f"Round {current.number} of {placement.vacancy.reference} is open. Book in that round.")
    if not placement.ended_early_at:
        check_never_came(placement, day)
    days = Council.current().replacement_days
    since = placement.ends_on if placement.ended_early_at else placement.starts_on
    last = calendar_of_the_council().add_working_days(since, days)
    if terms.starts_on > last:
        refuse(
            "replacement_too_late",
            f"A replacement starts within {days} working days, by {day_name(last)}. After that, start a new round.",
            "starts_on",
        )
    if placement.ended_early_at and terms.starts_on <= placement.ends_on:
        sentence = f"{placement.worker} is in post until {day_name(placement.ends_on)}. Start the day after, or later."
        refuse("still_there", sentence, "starts_on")
    returning = Decimal(0) if placement.ended_early_at else still_committed(placement)
    order = known(placement.release)
    authority = needed_authority(order, terms, returning)
    check_terms(order, terms, registration_number, leaving=placement, returning=returning, authority=authority)
    return authority


@action
def replace(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    reason: str,
    registration_number: str,
    worker_name: str,
    starts_on: date,
    ends_on: date,
    pay_rate: Decimal,
    charge_rate: Decimal,
) -> Placement:
    """Another worker under the same order: for one who never came, or who left and whose placement was ended early.

    A worker who never came is recorded as such in the same step; the order stays secured.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    if not reason.strip():
        refuse("no_reason", "Say why the worker is replaced.", "reason")
    terms = Terms(starts_on, ends_on, placement.hours_per_week, placement.pattern, pay_rate, charge_rate)
    refuse_if(unconfirmed_refusal(placement.vacancy, at))
    authority = check_replacement(placement, terms, registration_number, day_of(at))
    release = lock_release(known(placement.release))
    if not placement.ended_early_at:
        if (amount := still_committed(placement)) > 0:
            reverse(placement, amount, f"{placement.reference} replaced", by=by, at=at)
        placement.did_not_start_at, placement.did_not_start_by, placement.did_not_start_reason = at, by, reason
        placement.order_stands = True
        placement.version += 1
        placement.save()
        gone = release.submissions.standing().filter(
            stage=Stage.ACCEPTED, registration_number=placement.worker.registration_number
        )
        withdraw(gone, by=by, at=at, happened_at=at, reason=reason)
    vacancies.worker_did_not_start(release.vacancy, release.round, by=by, at=at)
    return place(
        release,
        terms,
        registration_number,
        worker_name,
        by=by,
        at=at,
        authority=authority,
        continues=placement,
        continues_as=Continues.REPLACEMENT,
    )


@action
def move_team(
    *, by: User, at: datetime, placement: Placement, team: Team, starts_on: date, reason: str
) -> PlacementMove:
    """From a day on the worker works for another team of the same Service; the cost centre follows."""
    require_source(by, day_of(at))
    placement = lock_placement(placement)
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
    if not reason.strip():
        refuse("no_reason", "Say why the worker moves.", "reason")
    return PlacementMove.objects.create(
        placement=placement, team=team, starts_on=starts_on, reason=reason, moved_by=by, moved_at=at
    )


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
    """A concern about a worker's practice: the agency is told, and a referral was made or not. Few may read it."""
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    if not concern.strip():
        refuse("no_reason", "Say what the concern is.", "concern")
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
