"""A placement's life after it is booked: it starts, another worker takes over, it moves, changes rate, or goes on elsewhere."""

from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action, day_of, require
from council.errors import refuse, refuse_if
from council.models import Approval, Council, Team, User, calendar_of_the_council
from council.permissions import may, may_decide
from council.references import new_reference
from placements.actions.extensions import is_outside_the_first_route, needs_approval
from placements.actions.placements import (
    add_period,
    check_never_came,
    check_terms,
    cut,
    lock_placement,
    lock_release,
    place,
    reverse,
    spending_of,
    still_committed,
)
from placements.booking import Terms, spending_refusal
from placements.models import (
    Basis,
    Continues,
    EndReason,
    Hire,
    Placement,
    PlacementMove,
    PlacementPeriod,
    PracticeConcern,
)
from placements.models.worker import tidy_registration
from placements.transfer_fee import free_of_fee_on
from recruitment.actions import contracts, vacancies
from recruitment.models import Contract, Kind, Release, Status, SupplyMode
from recruitment.permissions import in_reach, require_source
from recruitment.wording import day_name, money


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
    given = {
        "registration_checked_on": registration_checked_on,
        "dbs_checked_on": dbs_checked_on,
        "right_to_work_checked_on": right_to_work_checked_on,
        "references_checked_on": references_checked_on,
    }
    for name, day in given.items():
        if day and day > day_of(at):
            refuse("in_future", "A check cannot have been confirmed in the future.", name)
        if day:
            setattr(placement, name, day)
    if placement.started_confirmed_at is None:
        placement.started_confirmed_at, placement.started_confirmed_by = at, by
    placement.version += 1
    placement.save()
    if placement.round_id:
        vacancies.worker_started(placement.vacancy, placement.round, by=by, at=at)
    return placement


def check_replacement(placement: Placement, terms: Terms, registration_number: str, day: date) -> None:
    """Whether the supplier may send another worker under the same order. Raises RuleViolation."""
    if placement.basis != Basis.RELEASE:
        refuse("no_order", f"{placement.reference} rests on no order, so nobody can replace the worker under it.")
    if after := placement.followed_by:
        refuse("already_replaced", f"{after.reference} has taken over from {placement.reference}.")
    if placement.contract_id != placement.release.contract_id:
        refuse(
            "carried_over",
            f"{placement.reference} was carried over to another contract. Ask the supplier in a new round instead.",
        )
    if placement.vacancy.status not in {Status.SOURCING, Status.COVERED}:
        stage = placement.vacancy.get_status_display().lower()
        refuse("need_is_over", f"{placement.vacancy.reference} is {stage}, so there is nothing more to cover.")
    if tidy_registration(registration_number) == placement.worker.registration_number:
        refuse("same_worker", f"This is {placement.worker} again. Enter who comes instead.", "registration_number")
    current = vacancies.open_round_of(placement.vacancy)
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
    check_terms(placement.release, terms, registration_number, leaving=placement, returning=returning)


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
    check_replacement(placement, terms, registration_number, day_of(at))
    release = lock_release(placement.release)
    if not placement.ended_early_at:
        if (amount := still_committed(placement)) > 0:
            reverse(placement, amount, f"{placement.reference} replaced", by=by, at=at)
        placement.did_not_start_at, placement.did_not_start_by, placement.did_not_start_reason = at, by, reason
        placement.order_stands = True
        placement.version += 1
        placement.save()
    vacancies.worker_did_not_start(release.vacancy, release.round, by=by, at=at)
    return place(
        release,
        terms,
        registration_number,
        worker_name,
        by=by,
        at=at,
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


def new_rate_terms(placement: Placement, starts_on: date, pay_rate: Decimal, charge_rate: Decimal) -> Terms:
    return Terms(starts_on, placement.ends_on, placement.hours_per_week, placement.pattern, pay_rate, charge_rate)


def check_rate(placement: Placement, terms: Terms) -> tuple[Decimal, Decimal]:
    """(£ given back at the old rates, £ committed at the new ones) of a change of rate. Raises RuleViolation."""
    if placement.ended_early_at or placement.followed_by or placement.end_reason:
        refuse("ended", f"{placement.reference} has ended, so its rates stay.")
    if not placement.starts_on <= terms.starts_on <= placement.ends_on:
        refuse(
            "rate_outside",
            f"Enter a day from {day_name(placement.starts_on)} to {day_name(placement.ends_on)}.",
            "starts_on",
        )
    if terms.charge_rate < terms.pay_rate:
        refuse("charge_below_pay", "The charge rate is below the pay rate. Check both rates.", "charge_rate")
    if placement.release_id and terms.charge_rate > placement.release.max_rate:
        refuse(
            "above_max_rate",
            f"The supplier was asked at no more than {money(placement.release.max_rate)} an hour. To pay more, change the request's "
            "maximum rate and ask again in a new round.",
            "charge_rate",
        )
    old = sum(
        (
            with_changes(
                terms,
                starts_on=max(period.starts_on, terms.starts_on),
                ends_on=period.last_on,
                charge_rate=period.charge_rate,
            ).value
            for period in placement.periods.all()
            if period.last_on >= terms.starts_on
        ),
        Decimal(0),
    )
    facts = spending_of(placement)
    if facts.left_to_commit is not None:
        facts = with_changes(facts, left_to_commit=facts.left_to_commit + old)
    if terms.value <= 0:
        refuse("no_working_day", "There is no working day from that day on. Enter an earlier day.", "starts_on")
    refused = spending_refusal(terms.starts_on, terms.ends_on, terms.value, facts) if placement.contract_id else None
    if refused and refused[0].code == "over_value" and terms.value > old:
        refuse_if(refused[0])
    return old, terms.value


@action
def change_rate(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    starts_on: date,
    pay_rate: Decimal,
    charge_rate: Decimal,
    reason: str,
    version: int | None = None,
) -> PlacementPeriod:
    """Other rates from a day on. What was agreed before it stays; the difference goes to or comes from the contract."""
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    if not reason.strip():
        refuse("no_reason", "Say why the rates change.", "reason")
    terms = new_rate_terms(placement, starts_on, pay_rate, charge_rate)
    check_rate(placement, terms)
    note = f"{placement.reference} at new rates"
    cut(placement, starts_on - timedelta(1), by=by, at=at, note=note)
    entry = None
    if placement.contract_id:
        entry = contracts.commit(placement.contract_id, terms.value, note=note, by=by, at=at)
    placement.version += 1
    placement.save()
    return add_period(placement, terms, entry, by=by, at=at, reason=reason)


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
    if placement.followed_by or placement.ended_early_at or placement.end_reason:
        refuse("ended", f"{placement.reference} has ended, so nothing of it can be transferred.")
    if not placement.starts_on < starts_on <= placement.ends_on + timedelta(1):
        refuse(
            "not_next_day",
            f"A transfer leaves no gap: enter a day from {day_name(placement.starts_on + timedelta(1))} to "
            f"{day_name(placement.ends_on + timedelta(1))}.",
            "starts_on",
        )
    if not reason.strip():
        refuse("no_reason", "Say why the worker is transferred.", "reason")
    _end_the_day_before(placement, starts_on, f"{placement.reference} transferred", by=by, at=at)
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


def _end_the_day_before(placement: Placement, day: date, note: str, *, by: User, at: datetime) -> None:
    last_day = day - timedelta(1)
    if placement.ends_on > last_day:
        cut(placement, last_day, by=by, at=at, note=note)
        placement.ends_on = last_day
        placement.version += 1
        placement.save()


def fee_free_on(placement: Placement) -> date:
    """From when the worker may be taken on without a transfer fee to this placement's agency."""
    worked = placement.worker.placements.standing().filter(supplying_agency_id=placement.supplying_agency_id)
    return free_of_fee_on(worked.values_list("starts_on", "ends_on"))


@dataclass(frozen=True)
class Carried:
    """What one placement gets under the next contract: £ per hour excluding VAT, and its last day."""

    pay_rate: Decimal
    charge_rate: Decimal
    ends_on: date


@action
def carry_over(
    *, by: User, at: datetime, old: Contract, new: Contract, on: date, terms: dict[int, Carried]
) -> list[Placement]:
    """Move every placement that goes on to the successor of a contract, in one batch: same orders, same clocks, new rates.

    `terms` holds one row for each placement's key. All of them or none. Longer than an officer may agree alone, the Assistant
    Director carries them over.
    """
    require(may(by, "carry_over", day_of(at)), "carry placements over")
    new = Contract.objects.with_position().get(pk=new.pk)
    if new.route != old.route:
        refuse(
            "another_route", f"{new.reference} belongs to another route. Choose a successor of {old.reference}.", "new"
        )
    if new.pk == old.pk or new.agency_id != old.agency_id:
        refuse(
            "no_successor",
            f"Choose another contract of {old.agency}. To another agency workers are transferred.",
            "new",
        )
    going_on = going_on_under(old, on)
    if not going_on:
        refuse("nothing_to_carry", f"Nobody on {old.reference} is in post on {day_name(on - timedelta(1))}.", "on")
    if {one.pk for one in going_on} != set(terms):
        refuse("changed_meanwhile", "Who goes on has changed meanwhile. Check the list below, then send it again.")
    return [_carry(one, new, on, terms[one.pk], by=by, at=at) for one in going_on]


def going_on_under(contract: Contract, on: date) -> list[Placement]:
    """The placements of a contract that would be carried over from a day on: in post on the day before, the need not over."""
    rows = Placement.objects.standing().filter(
        contract=contract,
        starts_on__lt=on,
        ends_on__gte=on - timedelta(1),
        ended_early_at__isnull=True,
        end_reason="",
        basis=Basis.RELEASE,
        unproved_by__isnull=True,
        release__unproved_by__isnull=True,
        vacancy__status__in=[Status.AGREED, Status.SOURCING, Status.COVERED],
    )
    return list(
        rows.not_followed()
        .prefetch_related("periods")
        .select_related("worker", "vacancy__team")
        .order_by("starts_on", "pk")
    )


def _carry(placement: Placement, new: Contract, on: date, carried: Carried, *, by: User, at: datetime) -> Placement:
    placement = lock_placement(placement)
    if placement.ended_early_at or placement.end_reason or placement.followed_by:
        refuse("changed_meanwhile", f"{placement.worker} does not go on any more. Check the list, then send it again.")
    funded_until = placement.vacancy.funded_until
    if funded_until and carried.ends_on > funded_until:
        refuse("not_funded", f"{placement.worker}: the post above structure is funded until {day_name(funded_until)}.")
    terms = Terms(
        on,
        carried.ends_on,
        placement.hours_per_week,
        placement.pattern,
        carried.pay_rate,
        carried.charge_rate,
    )
    if terms.ends_on < on or terms.value <= 0:
        refuse("end_before_start", f"{placement.worker}: enter an end on or after {day_name(on)}.")
    if terms.charge_rate < terms.pay_rate:
        refuse("charge_below_pay", f"{placement.worker}: the charge rate is below the pay rate. Check both rates.")
    if terms.charge_rate > placement.release.max_rate:
        refuse(
            "above_max_rate",
            f"{placement.worker}: the supplier was asked at no more than {money(placement.release.max_rate)} an hour. Enter that or less; to "
            "pay more, ask again in a new round.",
        )
    longer = terms.ends_on > placement.ends_on and (
        needs_approval(placement, terms.ends_on) or is_outside_the_first_route(placement)
    )
    if longer and not may_decide(by, Approval.EXTENSION, day_of(at)):
        weeks = Council.current().extension_approval_weeks
        refuse(
            "needs_approval",
            f"{placement.worker} would stay longer than booked, beyond {weeks} weeks or outside the first route. The Assistant Director "
            "carries these placements over.",
        )
    if new.account.ends_on is None or terms.ends_on > new.account.ends_on or on < new.starts_on:
        until = day_name(new.account.ends_on) if new.account.ends_on else "a day not yet approved"
        refuse(
            "outside_contract",
            f"{placement.worker} is booked until {day_name(terms.ends_on)}, and {new.reference} runs from {day_name(new.starts_on)} to "
            f"{until}.",
            "on",
        )
    _end_the_day_before(placement, on, f"{placement.reference} carried over", by=by, at=at)
    reference = new_reference(Placement, "PL")
    entry = contracts.commit(new.pk, terms.value, note=f"{reference['reference']} carried over", by=by, at=at)
    brokered = placement.supply_mode == SupplyMode.BROKERED
    carried = Placement.objects.create(
        **reference,
        vacancy=placement.vacancy,
        round_id=placement.round_id,
        release_id=placement.release_id,
        contract=new,
        worker=placement.worker,
        supply_mode=placement.supply_mode,
        supplying_agency_id=placement.supplying_agency_id if brokered else new.agency_id,
        hours_per_week=placement.hours_per_week,
        pattern=placement.pattern,
        starts_on=on,
        ends_on=terms.ends_on,
        booked_by=by,
        booked_at=at,
        continues=placement,
        continues_as=Continues.CARRY_OVER,
        started_confirmed_at=placement.started_confirmed_at,
        started_confirmed_by_id=placement.started_confirmed_by_id,
        **{name: getattr(placement, name) for name in Placement.CHECKS},
    )
    add_period(carried, terms, entry, by=by, at=at, reason=f"Carried over from {placement.contract}")
    return carried


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
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement)
    vacancy = placement.vacancy
    if vacancy.kind != Kind.VACANT_POST:
        refuse(
            "not_a_vacant_post",
            "Only a vacant post can be filled for good. Cover and posts above structure end instead.",
        )
    if not placement.starts_on < starts_on <= placement.ends_on + timedelta(1):
        refuse(
            "not_next_day",
            f"The permanent start follows the placement: enter a day from {day_name(placement.starts_on + timedelta(1))} to "
            f"{day_name(placement.ends_on + timedelta(1))}.",
            "starts_on",
        )
    if placement.ended_early_at or placement.followed_by or placement.end_reason:
        refuse("ended", f"{placement.reference} has ended. Record a permanent start on the request instead.")
    if vacancy.decision != Status.AGREED:
        refuse(
            "not_agreed",
            f"{vacancy.reference} was recorded with its worker and has not been agreed. The Assistant Director or a finance officer "
            "agrees it first.",
        )
    if vacancies.somebody_is_secured(vacancy, besides=placement.release_id):
        refuse(
            "already_secured",
            "An agency has secured somebody for this post. Book that worker, or record that they did not start.",
        )
    if fee and placement.contract_id is None:
        refuse("fee_without_contract", "This worker is outside any contract, so no fee can be agreed. Enter 0.", "fee")
    _end_the_day_before(placement, starts_on, f"{placement.reference} converted", by=by, at=at)
    placement.end_reason, placement.rating, placement.eligible_again = EndReason.PERMANENT_START, rating, True
    placement.version += 1
    placement.save()
    entry = None
    reference = new_reference(Hire, "HIRE")
    if fee:
        refused = spending_refusal(placement.starts_on, placement.starts_on, fee, spending_of(placement))
        if refused and refused[0].code == "over_value":
            refuse(refused[0].code, refused[0].sentence, "fee")
        entry = contracts.commit(
            placement.contract_id, fee, note=f"{reference['reference']}: transfer fee", by=by, at=at
        )
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
    vacancies.post_filled(vacancy, by=by, at=at)
    return hire


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
