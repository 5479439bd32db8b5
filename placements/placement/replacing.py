"""Another worker under the same order."""

from datetime import date, datetime
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.models import Council, User, calendar_of_the_council
from council.wording import day_name
from council.working_time import day_of
from placements.models import (
    Continues,
    Placement,
)
from placements.placement.booking import check_terms, needed_authority, place
from placements.placement.commitments import reverse, still_committed
from placements.reads.placements import facts_of, lock_placement, lock_release
from placements.rules.booking import Terms
from placements.rules.placement import refusal
from recruitment.candidates.stepping import withdraw
from recruitment.models import SpendingAuthority, Stage
from recruitment.permissions import require_source
from recruitment.requests import consequences
from recruitment.rules.registration import tidy_registration


def check_replacement(
    placement: Placement, terms: Terms, registration_number: str, now: datetime
) -> SpendingAuthority | None:
    """Whether the supplier may send another worker under the same order. Raises RuleViolation.

    Returns the Strategic Director's authority where the booking needs it to pass the approved value.
    """
    refuse_if(refusal("replace", facts_of(placement, None, now)))
    if tidy_registration(registration_number) == placement.worker.registration_number:
        refuse("same_worker", f"This is {placement.worker} again. Enter who comes instead.", "registration_number")
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

    Refuses: above_hours, above_max_rate, already_replaced, another_pattern, authority_is_short, before_sent, carried_over, charge_below_pay,
    did_not_start, did_start, emergency_not_confirmed, end_before_start, ended, entered_in_error, handover_outside, handover_too_long, in_future,
    late_without_reason, longer_than_asked, need_is_over, new_round, no_order, no_reason, no_registration_number, no_working_day, nobody_hands_over,
    not_a_placement, not_from_here, not_funded, not_secured, not_standing, not_the_candidate, not_witnessed, outside_contract, over_value,
    proof_corrected, replacement_too_late, request_is_full, same_worker, shown_by_an_earlier_route, still_there, worker_week_full.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    require_reason(reason, "Say why the worker is replaced.")
    terms = Terms(starts_on, ends_on, placement.hours_per_week, placement.pattern, pay_rate, charge_rate)
    authority = check_replacement(placement, terms, registration_number, at)
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
    consequences.worker_did_not_start(release.vacancy, release.round, by=by, at=at)
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
