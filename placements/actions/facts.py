"""Facts outside the rules: a worker found in post, and the placements live on the day a council moved in.

Decisions are refused; facts are not. What a fact costs is entered also where it goes past a contract's approved value.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from council import notices
from council.actions import action, day_of, require
from council.errors import refuse, refuse_if
from council.known import known
from council.models import Approval, Council, Team, User
from council.permissions import may, may_decide
from council.references import new_reference
from council.wording import day_name, money
from placements.models import Basis, Breach, BreachKind, BroughtForward, Placement, PlacementPeriod
from placements.placement.booking import find_or_add_worker, most_hours
from placements.reads.marks import is_own_breach
from placements.rules.booking import weekly_refusal
from recruitment.contracts import actions as contracts
from recruitment.models import Agency, Contract, Kind, Origin, Status, SupplyMode, Urgency, Vacancy
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import actions as vacancies
from recruitment.rules.charge import booked_value, weeks_of
from recruitment.rules.registration import tidy_registration

FIRST_DAY, LONGEST, MOST_AN_HOUR = date(2000, 1, 1), timedelta(days=5 * 366), Decimal("999.99")


@dataclass(frozen=True)
class Found:
    """A worker in post, as somebody found them. Rates are £ per hour excluding VAT; the pay rate may be unknown."""

    team: Team
    job_type: str
    registration_number: str
    worker_name: str
    agency: Agency
    contract: Contract | None
    starts_on: date
    ends_on: date
    hours_per_week: Decimal
    pattern: str
    charge_rate: Decimal
    pay_rate: Decimal | None = None
    kind: str = Kind.VACANT_POST
    base: str = ""
    funded_by: str = ""
    funded_until: date | None = None

    @property
    def value(self) -> Decimal:
        return booked_value(self.hours_per_week, self.pattern, self.starts_on, self.ends_on, self.charge_rate)


def check_found(found: Found) -> None:
    """What even a fact must meet to be one. Raises RuleViolation."""
    if found.starts_on < FIRST_DAY or found.ends_on > found.starts_on + LONGEST:
        refuse(
            "dates_wrong", "A placement starts after 1999 and lasts at most five years. Check both dates.", "ends_on"
        )
    if found.charge_rate > MOST_AN_HOUR or (found.pay_rate or 0) > MOST_AN_HOUR:
        refuse("rate_wrong", f"A rate is at most {money(MOST_AN_HOUR)} an hour. Check it.", "charge_rate")
    if found.ends_on < found.starts_on:
        refuse("end_before_start", "The end is before the start. Check both dates.", "ends_on")
    if found.value <= 0:
        refuse("no_working_day", "There is no working day between these dates. Check them.", "ends_on")
    if found.pay_rate and found.charge_rate < found.pay_rate:
        refuse("charge_below_pay", "The charge rate is below the pay rate. Check both rates.", "charge_rate")
    if found.kind == Kind.ABOVE_STRUCTURE and not (found.funded_by and found.funded_until):
        refuse("not_funded", "Say who funds a post above structure, and until when.", "funded_by")


def _enter(found: Found, *, by: User, at: datetime, reason: str, **standing) -> Placement:
    """The need, the worker, the placement and what it costs, as one fact."""
    check_found(found)
    worker = find_or_add_worker(found.registration_number, found.worker_name)
    limit = Council.current().worker_weekly_hours_limit
    elsewhere = most_hours(worker.placements.all(), found.starts_on, found.ends_on)
    refuse_if(weekly_refusal(worker.name, found.hours_per_week, elsewhere, limit), "hours_per_week")
    vacancy = Vacancy.objects.create(
        **new_reference(Vacancy, "REQ"),
        origin=Origin.RECORDED,
        status=Status.COVERED,
        status_reason=reason,
        team=found.team,
        kind=found.kind,
        job_type=found.job_type,
        hours_per_week=found.hours_per_week,
        pattern=found.pattern,
        base=found.base or found.team.name,
        max_charge_rate=found.charge_rate,
        needed_from=found.starts_on,
        expected_weeks=weeks_of(found.starts_on, found.ends_on),
        urgency=Urgency.ROUTINE,
        urgency_asked=Urgency.ROUTINE,
        reason=reason,
        funded_by=found.funded_by,
        funded_until=found.funded_until,
        requested_by=by,
        requested_at=at,
    )
    brokered = found.contract is not None and found.contract.agency_id != found.agency.pk
    placement = Placement.objects.create(
        **new_reference(Placement, "PL"),
        vacancy=vacancy,
        contract=found.contract,
        worker=worker,
        supply_mode=SupplyMode.BROKERED if brokered else SupplyMode.DIRECT,
        supplying_agency=found.agency,
        hours_per_week=found.hours_per_week,
        pattern=found.pattern,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        booked_by=by,
        booked_at=at,
        **standing,
    )
    entry = None
    if found.contract:
        note = f"{placement.reference} {placement.get_basis_display().lower()}"
        entry = contracts.record_fact(found.contract.pk, found.value, note=note, by=by, at=at)
    PlacementPeriod.objects.create(
        placement=placement,
        contract=found.contract,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        pay_rate=found.pay_rate,
        charge_rate=found.charge_rate,
        value=found.value,
        entry=entry,
        reason=reason,
        agreed_by=by,
        agreed_at=at,
    )
    return placement


# -- breaches ---------------------------------------------------------------------------------------------------------------


@action
def record_breach(
    *,
    by: User,
    at: datetime,
    found: Found,
    found_on: date,
    how_found: str,
    director_told_on: date | None = None,
    procurement_told_on: date | None = None,
) -> Breach:
    """A worker found in post whom no answer secured. The mark can never be removed; an approval may follow."""
    require(may(by, "record_breach", day_of(at)), "record what happened outside the rules")
    if not how_found.strip():
        refuse("no_reason", "Say how it was found.", "how_found")
    today = day_of(at)
    if found.starts_on > today:
        refuse("in_future", "The worker has not started yet. Ask a supplier first.", "starts_on")
    if not found.starts_on <= found_on <= today:
        refuse("found_when", f"It was found between {day_name(found.starts_on)} and today.", "found_on")
    for told, field in ((director_told_on, "director_told_on"), (procurement_told_on, "procurement_told_on")):
        if told and not found_on <= told <= today:
            refuse("told_when", "Nobody was told before it was found, or after today. Check the date.", field)
    placement = _enter(found, by=by, at=at, reason=how_found, basis=Basis.BREACH)
    return mark(
        placement,
        BreachKind.FOUND_IN_POST,
        by=by,
        at=at,
        found_on=found_on,
        how_found=how_found,
        director_told_on=director_told_on,
        procurement_told_on=procurement_told_on,
    )


def mark(placement: Placement, kind: str, *, by: User, at: datetime, how_found: str, **details) -> Breach:
    """Put the mark on a placement: one of a kind, and one for each correction that took something away."""
    existing = Breach.objects.filter(placement=placement, kind=kind, correction=details.get("correction")).first()
    if existing:
        return existing
    details.setdefault("found_on", max(day_of(at), placement.starts_on))
    breach = Breach.objects.create(
        **new_reference(Breach, "BR"),
        placement=placement,
        kind=kind,
        since=placement.starts_on,
        how_found=how_found,
        recorded_by=by,
        recorded_at=at,
        **details,
    )
    notices.tell(
        notices.who_may("authorise_breach", day_of(at)),
        "breaches",
        title=f"{breach.reference}: {breach.get_kind_display().lower()}",
        text=f"{breach.reference}, {placement.reference} in {placement.vacancy.team}: {breach.get_kind_display().lower()}, since "
        f"{day_name(breach.since)}.",
        why="you decide what happened outside the rules",
        path=f"{breach.get_absolute_url()}approve/",
        by=by,
        at=at,
    )
    return breach


@action
def tell(
    *, by: User, at: datetime, breach: Breach, director_told_on: date | None, procurement_told_on: date | None
) -> Breach:
    """Record who was told of a breach, and when."""
    require(may(by, "record_breach", day_of(at)), "record who was told")
    breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    for told, field in ((director_told_on, "director_told_on"), (procurement_told_on, "procurement_told_on")):
        if told and not breach.found_on <= told <= day_of(at):
            refuse("told_when", "Nobody was told before it was found, or after today. Check the date.", field)
    breach.director_told_on = director_told_on or breach.director_told_on
    breach.procurement_told_on = procurement_told_on or breach.procurement_told_on
    breach.save()
    return breach


@action
def authorise(*, by: User, at: datetime, breach: Breach, reason: str) -> Breach:
    """Approve afterwards what a breach recorded. The mark stays and reads "authorised after the start"."""
    require(may_decide(by, Approval.BREACH, day_of(at)), "decide what happened outside the rules")
    vacancy = lock_vacancy(breach.placement.vacancy)
    breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    if breach.approved_at:
        refuse("already_decided", f"{breach.reference} was approved on {day_name(day_of(breach.approved_at))}.")
    if breach.taken_back_by_id:
        refuse(
            "taken_back", f"{breach.reference} was taken back: what it rests on proves it. There is nothing to approve."
        )
    if is_own_breach(breach, by):
        refuse("own_entry", "You recorded or booked this, so somebody else decides it.")
    if not reason.strip():
        refuse("no_reason", "Say why it is approved.", "reason")
    breach.approved_by, breach.approved_at, breach.approval_reason = by, at, reason
    breach.save()
    notices.tell(
        [breach.recorded_by],
        "decisions",
        title=f"{breach.reference}: authorised after the start",
        text=f"{by.name} has approved {breach.reference} after the start.\n\nThe reason is on the page.",
        why="you recorded this breach",
        path=breach.get_absolute_url(),
        by=by,
        at=at,
    )
    decides = may_decide(by, Approval.STAFFING_REQUEST, day_of(at)) and vacancy.requested_by_id != by.pk
    if vacancy.origin != Origin.REQUESTED and not vacancy.decision and decides:
        vacancies.agree_afterwards(vacancy, by=by, at=at, reason=reason)
    return breach


# -- brought forward ----------------------------------------------------------------------------------------------------------


def require_bring_forward(by: User, on: date) -> None:
    require(may(by, "bring_forward", on), "bring placements forward: a contract administrator does")


@action
def open_batch(*, by: User, at: datetime, on: date) -> BroughtForward:
    """Begin the one batch of placements that were live on the day the council moved in."""
    require_bring_forward(by, day_of(at))
    if on > day_of(at):
        refuse("in_future", "The day is in the future. Begin on the day the council moves in.", "on")
    if BroughtForward.objects.exists():
        refuse("one_batch", "The batch exists already: a council moves in once.")
    return BroughtForward.objects.create(pk=1, on=on, opened_by=by, opened_at=at)


def _lock_batch() -> BroughtForward:
    batch = BroughtForward.objects.select_for_update(of=("self",)).first()
    if batch is None:
        refuse("no_batch", "Say first on which day the council moved in.")
    if not batch.is_open:
        when = day_name(day_of(known(batch.closed_at)))
        refuse("batch_closed", f"The batch was closed on {when}. Record a worker found later as a breach.")
    return batch


@action
def bring_forward(*, by: User, at: datetime, found: Found, proof_held: str) -> Placement:
    """Enter one placement that was live on the day the council moved in, with what proof is held, or "none held"."""
    require_bring_forward(by, day_of(at))
    return _bring(_lock_batch(), found, proof_held, by=by, at=at)


def _bring(batch: BroughtForward, found: Found, proof_held: str, *, by: User, at: datetime) -> Placement:
    if not proof_held.strip():
        refuse("no_proof_said", "Say what proof is held, or: none held.", "proof_held")
    same = Placement.objects.standing().filter(
        batch=batch,
        worker__registration_number=tidy_registration(found.registration_number),
        starts_on=found.starts_on,
    )
    if same.exists():
        refuse("brought_twice", f"{found.worker_name} is in the batch from that day already.", "registration_number")
    if not found.starts_on <= batch.on <= found.ends_on:
        sentence = f"It was not live on {day_name(batch.on)}, the day the council moved in."
        refuse("not_live", sentence, "starts_on" if found.starts_on > batch.on else "ends_on")
    reason = f"In post when the council moved in on {day_name(batch.on)}"
    return _enter(
        found, by=by, at=at, reason=reason, basis=Basis.BROUGHT_FORWARD, batch=batch, proof_held=proof_held.strip()
    )


@action
def bring_forward_all(*, by: User, at: datetime, rows: list[tuple[Found, str]]) -> list[Placement]:
    """Enter a whole spreadsheet, all of it or nothing."""
    require_bring_forward(by, day_of(at))
    batch = _lock_batch()
    return [_bring(batch, found, proof_held, by=by, at=at) for found, proof_held in rows]


@action
def close_batch(*, by: User, at: datetime) -> BroughtForward:
    """Nothing is added any more, and it does not open again."""
    require_bring_forward(by, day_of(at))
    batch = _lock_batch()
    batch.closed_by, batch.closed_at = by, at
    batch.save()
    return batch
