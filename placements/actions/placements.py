"""Booking a worker, and what becomes of the booking. The only writers of placements."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min
from django.utils import timezone

from council.actions import action, day_of
from council.errors import refuse, refuse_if
from council.models import Council, User
from council.references import new_reference
from placements.booking import Effect, Secured, Terms, booking_refusal, fte_refusal, spending_refusal, weekly_refusal
from placements.models import Placement, PlacementPeriod, PlacementReversal, Worker
from placements.models.worker import tidy_registration
from recruitment.actions import contracts, releases, vacancies
from recruitment.charge import Stretch, value_until
from recruitment.models import ContractAccount, Release, Status, SupplyMode
from recruitment.permissions import require_source, require_void
from recruitment.wording import day_name

NO_SHOW_DAYS = 14  # how long after the start it can still turn out that a worker never came


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
        contract=release.contract.reference,
        contract_starts_on=release.contract.starts_on,
        contract_ends_on=account.ends_on,
        left_to_commit=account.headroom,
    )


def effect_of(release: Release, terms: Terms) -> Effect:
    """What the confirmation page shows before anything is booked."""
    secured = secured_of(release)
    return Effect(value=terms.value, contract=secured.contract, left_before=secured.left_to_commit)


def most_hours(placements, starts_on: date, ends_on: date) -> Decimal:
    """The most hours a week that standing placements of a queryset add up to on one day of a span."""
    rows = list(
        placements.standing()
        .filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
        .values_list("starts_on", "ends_on", "hours_per_week")
    )
    days = {starts_on, *(first for first, _, _ in rows if first >= starts_on)}
    return max(
        (sum((h for first, last, h in rows if first <= day <= last), Decimal(0)) for day in days), default=Decimal(0)
    )


def check_booking(*, release: Release, terms: Terms, registration_number: str) -> None:
    """Every rule a booking must meet, as the page and the action ask it. Raises RuleViolation."""
    if Placement.objects.standing().filter(release=release).exists():
        refuse("already_booked", f"A worker is already booked on {release.reference}.")
    if release.position == 0:
        refuse("not_a_placement", "This contract ends in a permanent start. Record the permanent start instead.")
    if refused := booking_refusal(terms, secured_of(release)):
        refuse_if(*refused)
    vacancy = release.vacancy
    if not release.round.is_open:
        refuse("round_is_over", f"The round of {release.reference} is over. Ask the suppliers again in a new round.")
    booked = most_hours(Placement.objects.filter(vacancy=vacancy), terms.starts_on, terms.ends_on)
    refuse_if(fte_refusal(vacancy.reference, terms.hours_per_week, booked, vacancy.hours_per_week), "hours_per_week")
    worker = Worker.objects.filter(registration_number=tidy_registration(registration_number)).first()
    if worker:
        elsewhere = most_hours(worker.placements.all(), terms.starts_on, terms.ends_on)
        limit = Council.current().worker_weekly_hours_limit
        refuse_if(weekly_refusal(worker.name, terms.hours_per_week, elsewhere, limit), "hours_per_week")


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
) -> Placement:
    """Book a worker on a secured release and commit the value to its contract, in one step."""
    require_source(by, day_of(at))
    vacancy = vacancies.lock(release.vacancy)
    release = (
        Release.objects.select_for_update(of=("self",))
        .select_related("contract", "vacancy", "round")
        .get(pk=release.pk)
    )
    terms = Terms(starts_on, ends_on, hours_per_week, pattern, pay_rate, charge_rate)
    check_booking(release=release, terms=terms, registration_number=registration_number)
    worker = find_or_add_worker(registration_number, worker_name)
    reference = new_reference(Placement, "PL")
    note = f"{reference['reference']} booked"
    entry = contracts.commit(release.contract_id, terms.value, note=note, by=by, at=at)
    brokered = release.supply_mode == SupplyMode.BROKERED
    placement = Placement.objects.create(
        **reference,
        vacancy=vacancy,
        round=release.round,
        release=release,
        contract=release.contract,
        worker=worker,
        supply_mode=release.supply_mode,
        supplying_agency_id=release.supplying_agency_id if brokered else release.contract.agency_id,
        hours_per_week=hours_per_week,
        pattern=pattern,
        starts_on=starts_on,
        ends_on=ends_on,
        booked_by=by,
        booked_at=at,
    )
    _add_period(placement, starts_on, ends_on, pay_rate, charge_rate, entry, by=by, at=at)
    if starts_on <= day_of(at):
        vacancies.worker_started(vacancy, by=by, at=at)
    return placement


def _add_period(
    placement, starts_on, ends_on, pay_rate, charge_rate, entry, *, by, at, reason="", recruitment_state=""
):
    return PlacementPeriod.objects.create(
        placement=placement,
        contract_id=placement.contract_id,
        starts_on=starts_on,
        ends_on=ends_on,
        pay_rate=pay_rate,
        charge_rate=charge_rate,
        value=entry.amount,
        entry=entry,
        reason=reason,
        recruitment_state=recruitment_state,
        agreed_by=by,
        agreed_at=at,
    )


def _lock(placement: Placement, version: int | None = None) -> Placement:
    vacancies.lock(placement.vacancy)
    fresh = (
        Placement.objects.select_for_update(of=("self",))
        .select_related("vacancy", "release__contract", "worker")
        .get(pk=placement.pk)
    )
    if fresh.voided_at:
        refuse("entered_in_error", f"{fresh.reference} is marked as entered in error.")
    if fresh.did_not_start_at:
        refuse("did_not_start", f"{fresh.worker} did not start, so there is nothing to change.")
    if version is not None and fresh.version != version:
        vacancies.refuse_changed(fresh, version)
    return fresh


def extension_of(placement: Placement, ends_on: date) -> Terms:
    """The days an extension adds, at the rates in force."""
    last = placement.periods.order_by("-ends_on").first()
    return Terms(
        placement.ends_on + timedelta(1),
        ends_on,
        placement.hours_per_week,
        placement.pattern,
        last.pay_rate,
        last.charge_rate,
    )


def check_extension(placement: Placement, ends_on: date) -> Terms:
    if placement.ended_early_at:
        refuse("ended", f"{placement.reference} has ended. A new round covers the need from now on.")
    if placement.vacancy.status not in {Status.SOURCING, Status.COVERED}:
        stage = placement.vacancy.get_status_display().lower()
        refuse("need_is_over", f"{placement.vacancy.reference} is {stage}, so there is nothing more to cover.")
    if ends_on <= placement.ends_on:
        refuse("not_longer", f"It runs until {day_name(placement.ends_on)} already. Enter a later day.", "ends_on")
    terms = extension_of(placement, ends_on)
    if refused := spending_refusal(terms.starts_on, terms.ends_on, terms.value, secured_of(placement.release)):
        refuse_if(*refused)
    vacancy = placement.vacancy
    others = Placement.objects.filter(vacancy=vacancy).exclude(pk=placement.pk)
    booked = most_hours(others, terms.starts_on, terms.ends_on)
    refuse_if(fte_refusal(vacancy.reference, terms.hours_per_week, booked, vacancy.hours_per_week), "ends_on")
    elsewhere = most_hours(placement.worker.placements.exclude(pk=placement.pk), terms.starts_on, terms.ends_on)
    limit = Council.current().worker_weekly_hours_limit
    refuse_if(weekly_refusal(placement.worker.name, terms.hours_per_week, elsewhere, limit), "ends_on")
    return terms


@action
def extend(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    ends_on: date,
    reason: str,
    recruitment_state: str,
    version: int | None = None,
) -> PlacementPeriod:
    """Let a placement run longer, at the rates in force, with the state of permanent recruitment."""
    require_source(by, day_of(at))
    placement = _lock(placement, version)
    terms = check_extension(placement, ends_on)
    if not reason.strip():
        refuse("no_reason", "Say why it is extended.", "reason")
    if not recruitment_state:
        refuse("no_recruitment_state", "Say where permanent recruitment stands.", "recruitment_state")
    entry = contracts.commit(placement.contract_id, terms.value, note=f"{placement.reference} extended", by=by, at=at)
    period = _add_period(
        placement,
        terms.starts_on,
        ends_on,
        terms.pay_rate,
        terms.charge_rate,
        entry,
        by=by,
        at=at,
        reason=reason,
        recruitment_state=recruitment_state,
    )
    placement.ends_on = ends_on
    placement.version += 1
    placement.save()
    return period


def stretches_of(placement: Placement) -> list[Stretch]:
    return [Stretch(p.starts_on, p.ends_on, p.charge_rate, p.value) for p in placement.periods.all()]


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
    """End a placement before its end. The notice stays committed unless the agency waives it; the rest is given back."""
    require_source(by, day_of(at))
    placement = _lock(placement, version)
    if placement.ended_early_at:
        refuse("ended", f"{placement.reference} has ended already.")
    if not placement.starts_on <= ended_on < placement.ends_on:
        refuse(
            "end_outside",
            f"Enter the last day worked, from {day_name(placement.starts_on)} to before {day_name(placement.ends_on)}. If the worker "
            "never came, record that they did not start.",
            "ended_on",
        )
    if notice_given_on < day_of(placement.booked_at):
        refuse(
            "notice_before_booking", "Notice cannot have been given before the worker was booked.", "notice_given_on"
        )
    if notice_given_on > day_of(at):
        refuse("in_future", "Notice cannot have been given in the future.", "notice_given_on")
    committed_until, given_back = early_end(placement, ended_on, notice_given_on, notice_waived)
    if given_back > 0:
        _reverse(placement, given_back, f"{placement.reference} ended early", by=by, at=at)
    placement.ends_on, placement.committed_until = ended_on, committed_until
    placement.ended_early_at, placement.ended_early_by = at, by
    placement.end_reason, placement.end_note = reason, note
    placement.notice_given_on, placement.notice_waived = notice_given_on, notice_waived
    placement.rating, placement.eligible_again = rating, eligible_again
    placement.version += 1
    placement.save()
    return placement


def _reverse(placement: Placement, amount: Decimal, note: str, *, by: User, at: datetime) -> None:
    entry = contracts.give_back(placement.contract_id, amount, note=note, by=by, at=at)
    PlacementReversal.objects.create(placement=placement, entry=entry)


def still_committed(placement: Placement) -> Decimal:
    """What the placement's entries add up to now, £ excluding VAT."""
    booked = sum((period.value for period in placement.periods.all()), Decimal(0))
    return booked - sum((one.entry.amount for one in placement.reversals.select_related("entry")), Decimal(0))


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
    """The worker never came: the commitment returns, the answer becomes *fell through*, and sourcing goes on."""
    require_source(by, day_of(at))
    placement = _lock(placement)
    if placement.ended_early_at:
        refuse("ended", f"{placement.reference} has ended, so the worker did start.")
    if not reason.strip():
        refuse("no_reason", "Say why the worker did not start.", "reason")
    if day_of(happened_at or at) > placement.starts_on + timedelta(NO_SHOW_DAYS) or placement.periods.count() > 1:
        refuse(
            "did_start",
            f"More than {NO_SHOW_DAYS} days after the start, or once extended, a worker did start. End the placement early, or have "
            "somebody else mark it as entered in error.",
        )
    vacancy = vacancies.lock(placement.vacancy)
    if (amount := still_committed(placement)) > 0:
        _reverse(placement, amount, f"{placement.reference} did not start", by=by, at=at)
    placement.did_not_start_at, placement.did_not_start_by, placement.did_not_start_reason = at, by, reason
    placement.version += 1
    placement.save()
    release = Release.objects.select_for_update(of=("self",)).get(pk=placement.release_id)
    releases.fall_through(release, by=by, at=at, reason=reason, happened_at=happened_at, late_reason=late_reason)
    vacancies.worker_did_not_start(vacancy, placement.round, by=by, at=at)
    return placement


@action
def void(*, by: User, at: datetime, placement: Placement, reason: str) -> Placement:
    """Mark a placement as entered in error: it stays visible and its entries are reversed."""
    require_void(by, day_of(at))
    placement = _lock(placement)
    if placement.booked_by_id == by.pk:
        refuse("own_entry", "You entered this, so somebody else marks it as entered in error.")
    if not reason.strip():
        refuse("no_reason", "Say what was wrong.", "reason")
    vacancy = vacancies.lock(placement.vacancy)
    if (amount := still_committed(placement)) > 0:
        _reverse(placement, amount, f"{placement.reference} entered in error", by=by, at=at)
    placement.voided_at, placement.voided_by, placement.void_reason = at, by, reason
    placement.version += 1
    placement.save()
    vacancies.worker_did_not_start(vacancy, placement.round, by=by, at=at)
    return placement


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
    """The worker's first day has come, if the placement still stands when the lock is ours."""
    vacancy = vacancies.lock(placement.vacancy)
    if Placement.objects.standing().filter(pk=placement.pk, round__closed_at__isnull=True).exists():
        vacancies.worker_started(vacancy, by=by, at=at)


def length_of(placement: Placement) -> tuple[date, date, int]:
    """(first day, last day, weeks begun) of the chain of booking and extensions, as one length."""
    span = placement.periods.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    last = min(span["last"], placement.ends_on)
    return span["first"], last, ((last - span["first"]).days // 7) + 1
