"""Booking a worker: the rules asked, the placement and what it commits written in one step."""

from dataclasses import replace as with_changes
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.models import Council, User
from council.references import new_reference
from council.wording import money
from council.working_time import day_of
from placements.models import Placement, PlacementPeriod, Worker
from placements.reads.placements import lock_release
from placements.reads.starts import asked_for
from placements.rules.booking import (
    Effect,
    Secured,
    Terms,
    booking_refusal,
    fte_refusal,
    start_refusal,
    weekly_refusal,
)
from recruitment.contracts import actions as contracts
from recruitment.models import ContractAccount, Release, SpendingAuthority, SupplyMode
from recruitment.permissions import require_source
from recruitment.reads import candidates, exemptions
from recruitment.reads.emergencies import authority_for, unconfirmed_refusal
from recruitment.reads.requests import lock_vacancy
from recruitment.reads.rounds import recorder_of
from recruitment.reads.supply import leave_refusal
from recruitment.requests import consequences
from recruitment.rules.charge import working_days
from recruitment.rules.registration import tidy_registration
from recruitment.rules.witness import not_witnessed


def secured_of(release: Release) -> Secured:
    account = ContractAccount.objects.get(pk=release.contract_id)
    return Secured(
        reference=release.reference,
        outcome=release.standing,
        max_rate=release.max_rate,
        hours_per_week=release.hours_per_week,
        pattern=release.pattern,
        weeks=release.weeks,
        funded_until=release.vacancy.funded_until,
        left_to_commit=account.headroom,
        **{
            "contract": release.contract.reference,
            "contract_starts_on": release.contract.starts_on,
            "contract_ends_on": account.ends_on,
        }
        | _by_exemption(release, account),
    )


def _by_exemption(release: Release | None, account: ContractAccount | None) -> dict:
    """By exemption the days are those of the exemptions that name the request, not all of their contract's."""
    if release is None or release.exemption_id is None:
        return {}
    starts_on, last_day = exemptions.span_of(release)
    ends_on = min(account.ends_on, last_day) if account and account.ends_on else last_day
    return {
        "contract": known(release.exemption).reference,
        "contract_starts_on": starts_on,
        "contract_ends_on": ends_on,
    }


def spending_of(placement: Placement) -> Secured:
    """The same facts of a placement's own contract, which is not its order's after it was carried over."""
    account = ContractAccount.objects.filter(pk=placement.contract_id).first()
    contract = placement.contract
    return Secured(
        reference=placement.reference,
        outcome="secured",
        max_rate=placement.vacancy.max_charge_rate,
        hours_per_week=placement.hours_per_week,
        pattern=placement.pattern,
        weeks=placement.vacancy.expected_weeks,
        funded_until=placement.vacancy.funded_until,
        left_to_commit=account.headroom if account else None,
        **{
            "contract": contract.reference if contract else "",
            "contract_starts_on": contract.starts_on if contract else placement.starts_on,
            "contract_ends_on": account.ends_on if account else None,
        }
        | _by_exemption(placement.release, account),
    )


def effect_of(secured: Secured, terms: Terms) -> Effect:
    """What the confirmation page shows before anything is booked."""
    return Effect(value=terms.value, contract=secured.contract, left_before=secured.left_to_commit)


def most_hours(placements, starts_on: date, ends_on: date, *, without_handover: bool = False) -> Decimal:
    """The most hours a week that standing placements of a queryset add up to on one day of a span.

    `without_handover` leaves out the days of an agreed handover, which do not count towards a request's FTE.
    """
    found = placements.standing().filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    rows = [
        (max(first, until + timedelta(1)) if without_handover and until else first, last, hours)
        for first, last, hours, until in found.values_list("starts_on", "ends_on", "hours_per_week", "handover_until")
    ]
    days = {starts_on, *(first for first, _, _ in rows if first >= starts_on)}
    return max(
        (sum((h for first, last, h in rows if first <= day <= last), Decimal(0)) for day in days), default=Decimal(0)
    )


def check_booking(
    *,
    release: Release,
    terms: Terms,
    registration_number: str,
    at: datetime,
    handover_until: date | None = None,
) -> None:
    """Every rule a booking must meet, as the page and the action ask it. Raises RuleViolation."""
    refuse_if(unconfirmed_refusal(release.vacancy, at))
    if Placement.objects.standing().filter(release=release).exists():
        refuse("already_booked", f"A worker is already booked on {release.reference}.")
    if not release.round.is_open:
        refuse("round_is_over", f"The round of {release.reference} is over. Ask the suppliers again in a new round.")
    refuse_if(leave_refusal(release))
    refuse_if(start_refusal(terms.starts_on, asked_for(release)), "starts_on")
    authority = needed_authority(release, terms)
    check_terms(release, terms, registration_number, handover_until=handover_until, authority=authority)


def needed_authority(release: Release, terms: Terms, returning: Decimal = Decimal(0)) -> SpendingAuthority | None:
    """The Strategic Director's authority that lets these days pass the approved value, where they do and there is one.

    Raises RuleViolation for more days than an authority is for.
    """
    left = ContractAccount.objects.get(pk=release.contract_id).headroom
    if left is None or terms.value <= left + returning:
        return None
    authority = authority_for(release.vacancy)
    days = Council.current().emergency_days
    if authority and working_days("weekdays", terms.starts_on, terms.ends_on) > days:
        refuse(
            "authority_is_short",
            f"{release.contract.reference} has {money(left)} left to commit. The Strategic Director's authority is for a booking of at most "
            f"{days} working days. End it earlier, or record a variation of the contract first.",
            "ends_on",
        )
    return authority


def check_terms(
    release: Release,
    terms: Terms,
    registration_number: str,
    *,
    handover_until: date | None = None,
    leaving: Placement | None = None,
    returning: Decimal = Decimal(0),
    authority: SpendingAuthority | None = None,
) -> None:
    """What a worker on this answer must meet, also one who follows another.

    `leaving` is who makes room, `returning` what that gives back to the contract, £ excluding VAT; `authority` lets the booking pass
    the approved value.
    """
    if release.position == 0:
        refuse("not_a_placement", "This contract ends in a permanent start. Record the permanent start instead.")
    secured = secured_of(release)
    if authority:
        secured = with_changes(secured, left_to_commit=None)
    if secured.left_to_commit is not None:
        secured = with_changes(secured, left_to_commit=secured.left_to_commit + returning)
    if refused := booking_refusal(terms, secured):
        refuse_if(*refused)
    if release.unproved_by_id:
        refuse(
            "proof_corrected",
            f"The answer that {release.reference} rested on was corrected, so nobody can be booked on it. Start again with the first "
            "supplier.",
        )
    if (proof := release.rests_on) and not proof.proven:
        refuse_if(not_witnessed(proof.contract.agency.name, recorder_of(proof)))
    number = tidy_registration(registration_number)
    refuse_if(candidates.booking_refusal(release, number, terms.starts_on), "registration_number")
    vacancy = release.vacancy
    others = Placement.objects.filter(vacancy=vacancy).exclude(pk=leaving.pk if leaving else 0)
    counted_from = terms.starts_on
    if handover_until:
        _check_handover(others, terms, handover_until)
        counted_from = handover_until + timedelta(1)
    if counted_from <= terms.ends_on:
        booked = most_hours(others, counted_from, terms.ends_on, without_handover=True)
        refusal = fte_refusal(vacancy.reference, terms.hours_per_week, booked, vacancy.hours_per_week)
        refuse_if(refusal, "hours_per_week")
    worker = Worker.objects.filter(registration_number=number).first()
    if worker:
        mine = worker.placements.exclude(pk=leaving.pk if leaving else 0)
        elsewhere = most_hours(mine, terms.starts_on, terms.ends_on)
        limit = Council.current().worker_weekly_hours_limit
        refuse_if(weekly_refusal(worker.name, terms.hours_per_week, elsewhere, limit), "hours_per_week")


def _check_handover(others, terms: Terms, until: date) -> None:
    days = Council.current().handover_days
    if not terms.starts_on <= until <= terms.ends_on:
        refuse("handover_outside", "The handover ends within the booking, on or after its start.", "handover_until")
    if working_days("weekdays", terms.starts_on, until) > days:
        refuse("handover_too_long", f"A handover lasts at most {days} working days. End it earlier.", "handover_until")
    if not others.live_on(terms.starts_on).exists():
        refuse("nobody_hands_over", "Nobody is in post to hand over. Leave the handover empty.", "handover_until")


def find_or_add_worker(registration_number: str, name: str) -> Worker:
    """The one row of a person, found by registration number; the name given is used for a new one only."""
    number = tidy_registration(registration_number)
    if len(number) < 4:
        refuse("no_registration_number", "Enter the Social Work England number, like SW12345.", "registration_number")
    worker, _ = Worker.objects.get_or_create(
        registration_number=number, defaults={"name": name.strip(), "folded_name": name.strip().casefold()}
    )
    return worker


@action
def book(
    *,
    by: User,
    at: datetime,
    release: Release,
    registration_number: str,
    worker_name: str,
    starts_on: date,
    ends_on: date,
    hours_per_week: Decimal,
    pattern: str,
    pay_rate: Decimal,
    charge_rate: Decimal,
    handover_until: date | None = None,
    handover_reason: str = "",
) -> Placement:
    """Book a worker on a secured release and commit the value to its contract, in one step.

    Until `handover_until` the worker who leaves may still be there: those days do not count towards the FTE.

    Refuses: above_hours, above_max_rate, agency_needs_leave, already_booked, another_pattern, authority_is_short, before_sent, before_the_order,
    charge_below_pay, earlier_than_asked, emergency_not_confirmed, end_before_start, first_can_supply, first_is_being_asked, handover_outside, handover_too_long, in_future,
    late_without_reason, longer_than_asked, much_later_than_asked, no_reason, no_registration_number, no_working_day, nobody_hands_over,
    not_a_placement, not_from_here, not_funded, not_secured, not_the_candidate, not_witnessed, outside_contract, over_value, proof_corrected,
    request_is_full, round_is_over, shown_by_an_earlier_route, worker_week_full.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = lock_release(release)
    terms = Terms(starts_on, ends_on, hours_per_week, pattern, pay_rate, charge_rate)
    check_booking(
        release=release, terms=terms, at=at, registration_number=registration_number, handover_until=handover_until
    )
    if handover_until:
        require_reason(handover_reason, "Say why there is a handover.", "handover_reason")
    return place(
        release,
        terms,
        registration_number,
        worker_name,
        by=by,
        at=at,
        authority=needed_authority(release, terms),
        handover_until=handover_until,
        handover_reason=handover_reason if handover_until else "",
    )


def place(
    release: Release,
    terms: Terms,
    registration_number: str,
    worker_name: str,
    *,
    by: User,
    at: datetime,
    authority: SpendingAuthority | None = None,
    **extra,
) -> Placement:
    """Write a placement whose rules were asked, with what it commits. The caller holds the locks."""
    worker = find_or_add_worker(registration_number, worker_name)
    reference = new_reference(Placement, "PL")
    note = f"{reference['reference']} booked"
    entry = contracts.commit(release.contract_id, terms.value, note=note, by=by, at=at, authority=authority)
    brokered = release.supply_mode == SupplyMode.BROKERED
    placement = Placement.objects.create(
        **reference,
        vacancy=release.vacancy,
        round=release.round,
        release=release,
        step_class=release.step_class,
        proof_id=None if release.unproved_by_id else release.rests_on_id,
        contract=release.contract,
        worker=worker,
        supply_mode=release.supply_mode,
        supplying_agency_id=known(release.supplying_agency_id) if brokered else release.contract.agency_id,
        hours_per_week=terms.hours_per_week,
        pattern=terms.pattern,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        booked_by=by,
        booked_at=at,
        **extra,
    )
    add_period(placement, terms, entry, by=by, at=at)
    if terms.starts_on <= day_of(at):
        consequences.worker_started(release.vacancy, release.round, by=by, at=at)
    return placement


def add_period(placement: Placement, terms: Terms, entry, *, by: User, at: datetime, **extra) -> PlacementPeriod:
    """The days of `terms` at their rates, with the account entry that commits them (None outside any contract)."""
    return PlacementPeriod.objects.create(
        placement=placement,
        contract_id=placement.contract_id,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        pay_rate=terms.pay_rate,
        charge_rate=terms.charge_rate,
        value=terms.value,
        entry=entry,
        agreed_by=by,
        agreed_at=at,
        **extra,
    )
