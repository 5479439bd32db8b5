"""How a placement ends: early, at its end, because nobody came, because it was entered in error, or for another that follows."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.late import check_times
from council.models import Council, User
from council.wording import day_name
from council.working_time import day_of
from placements.models import (
    Basis,
    Placement,
)
from placements.placement.commitments import cut, reverse, still_committed, stretches_of
from placements.reads.placements import facts_of, lock_placement
from placements.rules.placement import never_came, refusal
from recruitment.models import Release, Status
from recruitment.orders import taking_back
from recruitment.permissions import require_source, require_void
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import consequences
from recruitment.rules.charge import value_until


def end_the_day_before(placement: Placement, day: date, note: str, *, by: User, at: datetime) -> None:
    last_day = day - timedelta(1)
    if placement.ends_on > last_day:
        cut(placement, last_day, by=by, at=at, note=note)
        placement.ends_on = last_day
        placement.version += 1
        placement.save()


def check_early_end(placement: Placement, ended_on: date, notice_given_on: date, now: datetime) -> None:
    """Whether a placement may be ended on a day. Raises RuleViolation."""
    today = day_of(now)
    refuse_if(refusal("end", facts_of(placement, None, now)))
    if not placement.starts_on <= ended_on < placement.ends_on:
        refuse(
            "end_outside",
            f"Enter the last day worked, from {day_name(placement.starts_on)} to before {day_name(placement.ends_on)}. If the worker "
            "never came, record that they did not start.",
            "ended_on",
        )
    known_from = day_of(placement.booked_at) if placement.basis == Basis.RELEASE else placement.starts_on
    if notice_given_on < known_from:
        refuse(
            "notice_before_booking", "Notice cannot have been given before the worker was booked.", "notice_given_on"
        )
    if notice_given_on > today:
        refuse("in_future", "Notice cannot have been given in the future.", "notice_given_on")


def early_end(placement: Placement, ended_on: date, notice_given_on: date, waived: bool) -> tuple[date, Decimal]:
    """(last day that stays committed, £ given back) if a placement ended early."""
    notice = timedelta(weeks=Council.current().notice_weeks)
    committed_until = ended_on if waived else min(placement.ends_on, max(ended_on, notice_given_on + notice))
    stretches = stretches_of(placement)
    booked = sum((one.value for one in stretches), Decimal(0))
    return committed_until, booked - value_until(
        stretches, placement.hours_per_week, placement.pattern, committed_until
    )


@action
def end_early(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    ended_on: date,
    notice_given_on: date,
    notice_waived: bool,
    reason: str,
    rating: int,
    eligible_again: bool,
    note: str = "",
    version: int | None = None,
) -> Placement:
    """End a placement before its end. The notice stays committed unless the agency waives it; the rest is given back.

    Refuses: changed_meanwhile, did_not_start, end_outside, ended, entered_in_error, in_future, not_standing, notice_before_booking.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    check_early_end(placement, ended_on, notice_given_on, at)
    committed_until, given_back = early_end(placement, ended_on, notice_given_on, notice_waived)
    if given_back > 0:
        reverse(placement, given_back, f"{placement.reference} ended early", by=by, at=at)
    placement.ends_on, placement.committed_until = ended_on, committed_until
    placement.ended_early_at, placement.ended_early_by = at, by
    placement.end_reason, placement.end_note = reason, note
    placement.notice_given_on, placement.notice_waived = notice_given_on, notice_waived
    placement.rating, placement.eligible_again = rating, eligible_again
    placement.version += 1
    placement.save()
    return placement


@action
def record_end(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    reason: str,
    rating: int,
    eligible_again: bool,
    note: str = "",
    version: int | None = None,
) -> Placement:
    """A placement that ran to its end: why it ends there, how good the work was, and whether the worker may come again.

    Refuses: changed_meanwhile, did_not_start, ended, entered_in_error, not_over, not_standing.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    refuse_if(refusal("record-end", facts_of(placement, by, at)))
    placement.end_reason, placement.end_note = reason, note
    placement.rating, placement.eligible_again = rating, eligible_again
    placement.version += 1
    placement.save()
    return placement


@action
def did_not_start(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Placement:
    """The worker never came: the commitment returns, the answer becomes *fell through*, and sourcing goes on from there.

    Where somebody else has worked under the same order, the order stands, and the need asks for a new round.

    Refuses: before_answer, before_sent, did_not_start, did_start, ended, entered_in_error, in_future, late_without_reason, no_reason, not_from_here.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    require_reason(reason, "Say why the worker did not start.")
    refuse_if(never_came(facts_of(placement, by, at), day_of(happened_at or at)))
    vacancy = lock_vacancy(placement.vacancy)
    if (amount := still_committed(placement)) > 0:
        reverse(placement, amount, f"{placement.reference} did not start", by=by, at=at)
    placement.did_not_start_at, placement.did_not_start_by, placement.did_not_start_reason = at, by, reason
    on_the_order = Placement.objects.filter(release=placement.release_id).exclude(pk=placement.pk)
    placement.order_stands = on_the_order.standing().exists()
    placement.version += 1
    placement.save()
    if placement.order_stands:
        check_times("the council was told", happened_at or at, at, late_reason)
        consequences.worker_started(vacancy, known(placement.round), by=by, at=at)
        return placement
    for earlier in on_the_order.filter(order_stands=True):  # nobody has come under it after all
        earlier.order_stands = False
        earlier.save(update_fields=["order_stands"])
    release = Release.objects.select_for_update(of=("self",)).get(pk=known(placement.release_id))
    taking_back.fall_through(release, by=by, at=at, reason=reason, happened_at=happened_at, late_reason=late_reason)
    consequences.worker_did_not_start(vacancy, known(placement.round), by=by, at=at)
    return placement


@action
def void(*, by: User, at: datetime, placement: Placement, reason: str) -> Placement:
    """Mark a placement as entered in error: it stays visible and its entries are reversed.

    Refuses: breach_stays, did_not_start, entered_in_error, no_reason, not_from_here, not_standing, own_entry, rested_on.
    """
    require_void(by, day_of(at))
    placement = lock_placement(placement)
    refuse_if(refusal("void", facts_of(placement, by, at)))
    require_reason(reason, "Say what was wrong.")
    vacancy = lock_vacancy(placement.vacancy)
    if (amount := still_committed(placement)) > 0:
        reverse(placement, amount, f"{placement.reference} entered in error", by=by, at=at)
    placement.voided_at, placement.voided_by, placement.void_reason = at, by, reason
    placement.version += 1
    placement.save()
    others = Placement.objects.standing().filter(vacancy=vacancy)
    if placement.round_id is None:
        if vacancy.status == Status.COVERED and not others.exists():
            consequences.need_ended(vacancy, by=by, at=at, reason="Its placement was entered in error")
    elif not others.filter(round=placement.round_id).exists():
        consequences.worker_did_not_start(vacancy, known(placement.round), by=by, at=at)
    return placement
