"""A worker becomes a member of staff: the fee, and when there is none."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if
from council.known import known
from council.models import User
from council.references import new_reference
from council.wording import day_name
from council.working_time import day_of
from placements.models import (
    EndReason,
    Hire,
    Placement,
)
from placements.placement.booking import spending_of
from placements.placement.ending import end_the_day_before
from placements.reads.placements import facts_of, lock_placement
from placements.rules.booking import spending_refusal
from placements.rules.placement import refusal
from placements.rules.transfer_fee import free_of_fee_on
from recruitment.contracts import actions as contracts
from recruitment.models import AccountEntry
from recruitment.permissions import require_source
from recruitment.requests import consequences


def fee_free_on(placement: Placement) -> date:
    """From when the worker may be taken on without a transfer fee to this placement's agency."""
    worked = placement.worker.placements.standing().filter(supplying_agency_id=placement.supplying_agency_id)
    return free_of_fee_on(worked.values_list("starts_on", "ends_on"))


@action
def convert(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    starts_on: date,
    fee: Decimal,
    rating: int,
) -> Hire:
    """The worker joins the council: the placement ends the day before, and the post is filled.

    `fee` is the agency's transfer fee, £ excluding VAT, or 0 for none.

    Refuses: already_secured, before_sent, did_not_start, ended, entered_in_error, fee_without_contract, in_future, late_without_reason,
    no_working_day, not_a_vacant_post, not_agreed, not_from_here, not_funded, not_next_day, not_standing, outside_contract, over_value.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    vacancy = placement.vacancy
    refuse_if(refusal("convert", facts_of(placement, by, at)))
    if not placement.starts_on < starts_on <= placement.ends_on + timedelta(1):
        refuse(
            "not_next_day",
            f"The permanent start follows the placement: enter a day from {day_name(placement.starts_on + timedelta(1))} to "
            f"{day_name(placement.ends_on + timedelta(1))}.",
            "starts_on",
        )
    if fee and placement.contract_id is None:
        refuse("fee_without_contract", "This worker is outside any contract, so no fee can be agreed. Enter 0.", "fee")
    end_the_day_before(placement, starts_on, f"{placement.reference} converted", by=by, at=at)
    placement.end_reason, placement.rating, placement.eligible_again = EndReason.PERMANENT_START, rating, True
    placement.version += 1
    placement.save()
    reference = new_reference(Hire, "HIRE")
    entry = _fee(placement, fee, reference["reference"], by=by, at=at) if fee else None
    hire = Hire.objects.create(
        **reference,
        vacancy=vacancy,
        round=placement.round,
        converts=placement,
        contract=placement.contract if fee else None,
        worker=placement.worker,
        starts_on=starts_on,
        fee=fee,
        entry=entry,
        recorded_by=by,
        recorded_at=at,
    )
    consequences.post_filled(vacancy, by=by, at=at)
    return hire


def _fee(placement: Placement, fee: Decimal, reference: str, *, by: User, at: datetime) -> AccountEntry:
    """The transfer fee, committed on the placement's contract."""
    refused = spending_refusal(placement.starts_on, placement.starts_on, fee, spending_of(placement))
    if refused and refused[0].code == "over_value":
        refuse(refused[0].code, refused[0].sentence, "fee")
    note = f"{reference}: transfer fee"
    return contracts.commit(known(placement.contract_id), fee, note=note, by=by, at=at)
