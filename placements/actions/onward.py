"""How a worker goes on: through another agency, under the next contract, or as a member of staff."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.actions import action, day_of, require
from council.errors import refuse
from council.known import known
from council.models import Approval, Council, User
from council.permissions import may, may_decide
from council.references import new_reference
from council.wording import day_name, money
from placements import reviews
from placements.actions.commitments import cut
from placements.actions.extensions import needs_approval
from placements.actions.placements import add_period, check_terms, lock_placement, lock_release, place, spending_of
from placements.models import (
    Basis,
    Continues,
    EndReason,
    Hire,
    Placement,
)
from placements.rules.booking import Terms, spending_refusal
from placements.rules.transfer_fee import free_of_fee_on
from recruitment.contracts import actions as contracts
from recruitment.models import Contract, Kind, Release, Route, Status, SupplyMode
from recruitment.permissions import require_source
from recruitment.requests import actions as vacancies


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
    if old.route == Route.EXEMPTION:
        refuse(
            "by_exemption",
            f"{old.reference} is let by exemption. A linked exemption lets the placements on it go on.",
            "new",
        )
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
    if placement.breaches.not_authorised().exists():
        refuse(
            "not_authorised",
            f"{placement.worker} is marked as a breach that nobody has approved. The Assistant Director decides it first.",
        )
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
    if terms.charge_rate > known(placement.release).max_rate:
        refuse(
            "above_max_rate",
            f"{placement.worker}: the supplier was asked at no more than {money(known(placement.release).max_rate)} an hour. Enter that or less; to "
            "pay more, ask again in a new round.",
        )
    longer = terms.ends_on > placement.ends_on and (
        needs_approval(placement, terms.ends_on) or placement.is_outside_the_first_route
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
    successor = Placement.objects.create(
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
    add_period(successor, terms, entry, by=by, at=at, reason=f"Carried over from {placement.contract}")
    return successor


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
            known(placement.contract_id), fee, note=f"{reference['reference']}: transfer fee", by=by, at=at
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
