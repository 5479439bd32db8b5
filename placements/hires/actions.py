"""Permanent starts, which fill a vacant post."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.models import User
from council.references import new_reference
from council.working_time import day_of
from placements.models import Hire
from placements.placement.booking import find_or_add_worker, secured_of
from placements.reads.hires import facts_of as hire_facts
from placements.reads.needs import need_of
from placements.rules.booking import spending_refusal
from placements.rules.hire import refusal as hire_refusal
from placements.rules.need import refusal
from recruitment.contracts import actions as contracts
from recruitment.models import Outcome, Release, Vacancy
from recruitment.permissions import require_source, require_void
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import consequences

FURTHEST_START_DAYS = 366


@action
def record_hire(
    *,
    by: User,
    at: datetime,
    vacancy: Vacancy,
    starts_on: date,
    release: Release | None = None,
    registration_number: str = "",
    worker_name: str = "",
    fee: Decimal = Decimal(0),
) -> Hire:
    """The council's own hire, or through a contract to find permanent staff (`release`, with its fee).

    Refuses: already_secured, before_sent, fee_without_contract, in_future, late_without_reason, no_registration_number, no_working_day,
    not_a_vacant_post, not_agreed, not_being_sourced, not_from_here, not_funded, not_secured, outside_contract, over_value, start_far_away,
    start_too_early.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    refuse_if(refusal("permanent-start", need_of(vacancy, by, at)))
    if starts_on > day_of(at) + timedelta(FURTHEST_START_DAYS):
        refuse("start_far_away", "The start is more than a year away. Record it nearer the time.", "starts_on")
    if starts_on < (release.contract.starts_on if release else day_of(vacancy.requested_at)):
        refuse(
            "start_too_early",
            "The start is before the post was asked for, or before the contract. Check the date.",
            "starts_on",
        )
    entry = None
    reference = new_reference(Hire, "HIRE")
    if release:
        release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
        if release.vacancy_id != vacancy.pk or release.position != 0 or release.standing != Outcome.SECURED:
            refuse(
                "not_secured",
                f"{release.contract.agency} has not secured anybody for this post. Record its answer first.",
            )
        if fee > 0:
            secured = secured_of(release)
            refused = spending_refusal(starts_on, starts_on, fee, secured)
            if refused and refused[0].code == "over_value":
                refuse(refused[0].code, refused[0].sentence, "fee")
            entry = contracts.commit(release.contract_id, fee, note=f"{reference['reference']}: fee", by=by, at=at)
    elif fee:
        refuse("fee_without_contract", "A fee belongs to a contract. Leave it empty for the council's own hire.", "fee")
    worker = find_or_add_worker(registration_number, worker_name) if registration_number else None
    last_round = vacancy.rounds.order_by("-number").first()
    hire = Hire.objects.create(
        **reference,
        vacancy=vacancy,
        round=release.round if release else last_round,
        release=release,
        contract=release.contract if release else None,
        worker=worker,
        starts_on=starts_on,
        fee=fee,
        entry=entry,
        recorded_by=by,
        recorded_at=at,
    )
    consequences.post_filled(vacancy, by=by, at=at)
    return hire


@action
def void_hire(*, by: User, at: datetime, hire: Hire, reason: str) -> Hire:
    """Mark a hire as entered in error: its fee returns and the post is sourced again.

    Refuses: already_voided, no_order, no_reason, not_from_here, own_entry.
    """
    require_void(by, day_of(at))
    vacancy = lock_vacancy(hire.vacancy)
    hire = Hire.objects.select_for_update(of=("self",)).get(pk=hire.pk)
    refuse_if(hire_refusal("void", hire_facts(hire, by)))
    require_reason(reason, "Say what was wrong.")
    if hire.entry_id:
        note = f"{hire.reference} entered in error"
        hire.reversal = contracts.give_back(known(hire.contract_id), known(hire.entry).amount, note=note, by=by, at=at)
    hire.voided_at, hire.voided_by, hire.void_reason = at, by, reason
    hire.save()
    if placement := hire.converts:  # it ended because the worker became permanent, which was not so
        placement.end_reason, placement.rating, placement.eligible_again = "", None, None
        placement.version += 1
        placement.save()
    consequences.post_empty_again(vacancy, by=by, at=at, reason=reason)
    return hire
