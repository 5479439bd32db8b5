"""A worker goes on through another supplier, on its own order."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.models import User
from council.wording import day_name
from council.working_time import day_of
from placements.models import (
    Continues,
    Placement,
)
from placements.placement.booking import check_terms, place
from placements.placement.ending import end_the_day_before
from placements.reads import reviews
from placements.reads.placements import facts_of, lock_placement, lock_release
from placements.rules.booking import Terms
from placements.rules.placement import refusal
from recruitment.models import Release
from recruitment.permissions import require_source


@action
def transfer(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    release: Release,
    starts_on: date,
    ends_on: date,
    pay_rate: Decimal,
    charge_rate: Decimal,
    reason: str,
) -> Placement:
    """The same worker goes on the next day through another agency or contract, under an order of its own.

    The old placement ends the day before; what it had committed beyond that is given back. One service, two agreements.

    Refuses: above_hours, above_max_rate, already_booked, another_pattern, another_request, before_sent, charge_below_pay, did_not_start,
    end_before_start, ended, entered_in_error, handover_outside, handover_too_long, in_future, late_without_reason, longer_than_asked, no_reason,
    no_registration_number, no_working_day, nobody_hands_over, not_a_placement, not_from_here, not_funded, not_next_day, not_secured, not_standing,
    not_the_candidate, not_witnessed, nothing_changes, outside_contract, over_value, proof_corrected, request_is_full, review_overdue,
    shown_by_an_earlier_route, worker_week_full.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    release = lock_release(release)
    if release.vacancy_id != placement.vacancy_id:
        refuse(
            "another_request", f"{release.reference} belongs to another request. Secure the worker in this one first."
        )
    same = release.contract_id == placement.contract_id
    if same and (release.supplying_agency_id or release.contract.agency_id) == placement.supplying_agency_id:
        refuse("nothing_changes", "It is the same agency on the same contract. Extend the placement instead.")
    refuse_if(refusal("transfer", facts_of(placement, by, at)))
    if since := reviews.overdue_since(placement, day_of(at)):
        refuse(
            "review_overdue",
            f"The quality review of {placement.reference} has been due since {day_name(since)}. Hold it first.",
        )
    if not placement.starts_on < starts_on <= placement.ends_on + timedelta(1):
        refuse(
            "not_next_day",
            f"A transfer leaves no gap: enter a day from {day_name(placement.starts_on + timedelta(1))} to "
            f"{day_name(placement.ends_on + timedelta(1))}.",
            "starts_on",
        )
    require_reason(reason, "Say why the worker is transferred.")
    end_the_day_before(placement, starts_on, f"{placement.reference} transferred", by=by, at=at)
    if Placement.objects.standing().filter(release=release).exists():
        refuse("already_booked", f"A worker is already booked on {release.reference}.")
    terms = Terms(starts_on, ends_on, placement.hours_per_week, placement.pattern, pay_rate, charge_rate)
    worker = placement.worker
    check_terms(release, terms, worker.registration_number)
    return place(
        release,
        terms,
        worker.registration_number,
        worker.name,
        by=by,
        at=at,
        continues=placement,
        continues_as=Continues.TRANSFER,
    )
