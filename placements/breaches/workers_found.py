"""A worker found in post, and what is asked of such a fact before it is entered. Decisions are refused; facts are not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from council.errors import refuse, refuse_if
from council.models import Council, Team, User
from council.references import new_reference
from council.wording import money
from placements.models import Placement, PlacementPeriod
from placements.placement.booking import find_or_add_worker, most_hours
from placements.rules.booking import weekly_refusal
from recruitment.contracts import actions as contracts
from recruitment.models import Agency, Contract, Kind, Origin, Status, SupplyMode, Urgency, Vacancy
from recruitment.rules.charge import booked_value, weeks_of

FIRST_DAY = date(2000, 1, 1)


LONGEST = timedelta(days=5 * 366)


MOST_AN_HOUR = Decimal("999.99")


@dataclass(frozen=True)
class WorkerFound:
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


def check_found(found: WorkerFound) -> None:
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


def enter_found(found: WorkerFound, *, by: User, at: datetime, reason: str, **standing) -> Placement:
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
