"""A candidate comes from a supplier, and is offered for another post."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from council.actions import action
from council.errors import refuse, refuse_if
from council.late import check_times
from council.models import User
from council.references import new_reference
from council.wording import by_when
from council.working_time import day_of
from recruitment.models import (
    Agency,
    Outcome,
    Release,
    Stage,
    Submission,
    SubmissionStep,
    SupplyMode,
)
from recruitment.permissions import require_source
from recruitment.reads import candidates
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.candidate import refusal
from recruitment.rules.order import takes_no_candidate
from recruitment.rules.registration import is_registration, tidy_registration


@action
def put_forward(
    *,
    by: User,
    at: datetime,
    release: Release,
    candidate: str,
    supply_mode: str,
    pay_rate: Decimal,
    charge_rate: Decimal,
    supplying_agency: Agency | None = None,
    registration_number: str = "",
    available_from: date | None = None,
    note: str = "",
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Submission:
    """A candidate came from the supplier of an order. One above the order's rate is recorded too, and cannot be offered.

    Refuses: before_sent, charge_below_pay, in_future, late_without_reason, no_candidate, no_supply_mode, no_supplying_agency, not_brokered,
    registration_number, takes_no_candidates.
    """
    require_source(by, day_of(at))
    received_at = happened_at or at
    release = lock_taking_candidates(release, received_at)
    check_times("the candidate came", received_at, at, late_reason)
    return write(
        release,
        candidate=candidate,
        registration_number=registration_number,
        supply_mode=supply_mode,
        supplying_agency=supplying_agency,
        pay_rate=pay_rate,
        charge_rate=charge_rate,
        available_from=available_from,
        note=note,
        received_at=received_at,
        recorded_at=at,
        recorded_by=by,
        late_reason=late_reason,
    )


def lock_taking_candidates(release: Release, received_at: datetime) -> Release:
    """The order, locked; refused where it looked for nobody any more when the candidate came."""
    lock_vacancy(release.vacancy)
    rows = Release.objects.select_for_update(of=("self",)).select_related("contract__agency", "vacancy")
    release = rows.get(pk=release.pk)
    refuse_if(takes_no_candidate(facts_of(release, None, received_at), received_at), "happened_at")
    return release


def write(
    release: Release,
    *,
    candidate: str,
    registration_number: str = "",
    supply_mode: str,
    supplying_agency: Agency | None = None,
    brokered_from: str = "",
    **fields,
) -> Submission:
    """The candidate and the first step. The caller holds the order's lock and has checked the times."""
    if fields["received_at"] < release.sent_at:
        refuse(
            "before_sent",
            f"The candidate cannot come before the order was sent ({by_when(release.sent_at)}). What came before is an approach outside any "
            "order.",
            "happened_at",
        )
    candidate = " ".join(candidate.split())
    if not candidate:
        refuse("no_candidate", "Enter the agency's reference for the candidate.", "candidate")
    number = tidy_registration(registration_number)
    check_number(number)
    if supply_mode == SupplyMode.DIRECT:
        supplying_agency, brokered_from = None, ""
    _check_whose(release, supply_mode, supplying_agency, brokered_from)
    if fields["charge_rate"] < fields["pay_rate"]:
        refuse("charge_below_pay", "The charge rate is below the pay rate. Check both rates.", "charge_rate")
    submission = Submission.objects.create(
        **new_reference(Submission, "CAN"),
        release=release,
        candidate=candidate,
        registration_number=number,
        supply_mode=supply_mode,
        supplying_agency=supplying_agency,
        brokered_from=brokered_from.strip(),
        **fields,
    )
    SubmissionStep.objects.create(
        submission=submission,
        number=1,
        stage=Stage.PUT_FORWARD,
        happened_at=submission.received_at,
        recorded_at=submission.recorded_at,
        recorded_by=submission.recorded_by,
    )
    Release.objects.filter(pk=release.pk).update(version=F("version") + 1)  # whoever has its answer open looks first
    return submission


def _check_whose(release: Release, supply_mode: str, supplying_agency: Agency | None, brokered_from: str) -> None:
    if supply_mode not in SupplyMode.values:
        refuse("no_supply_mode", "Say whose worker it is.", "supply_mode")
    if supply_mode == SupplyMode.DIRECT:
        return
    if supplying_agency is None and not brokered_from.strip():
        refuse("no_supplying_agency", "Choose the agency whose worker it is.", "supplying_agency")
    if supplying_agency is not None and supplying_agency.pk == release.contract.agency_id:
        refuse(
            "not_brokered",
            f"{supplying_agency} is the supplier itself. Choose its own worker, or another agency.",
            "supplying_agency",
        )


def check_number(number: str) -> None:
    if number and not is_registration(number):
        refuse(
            "registration_number",
            "Registration number must be two letters and digits, like SW12345.",
            "registration_number",
        )


@action
def offer_elsewhere(
    *,
    by: User,
    at: datetime,
    submission: Submission,
    release: Release,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Submission:
    """The same candidate for another open post of the same role. Who showed the person first, and when, stays.

    Refuses: already_answered, another_role, before_sent, charge_below_pay, entered_in_error, in_future, late_without_reason, no_candidate,
    no_other_order, no_supply_mode, no_supplying_agency, not_brokered, not_this_supplier, registration_number, takes_no_candidates.
    """
    require_source(by, day_of(at))
    first = Submission.objects.select_related("release__contract", "release__vacancy", "supplying_agency").get(
        pk=submission.pk
    )
    if first.voided_at:
        refuse_if(refusal("elsewhere", candidates.facts_of(first, by, at)))
    moment = happened_at or at
    release = lock_taking_candidates(release, moment)
    if release.pk == first.release_id or release.contract.agency_id != first.release.contract.agency_id:
        refuse("not_this_supplier", f"Choose another order to {first.release.contract.agency}.", "release")
    if release.outcome != Outcome.OPEN:
        refuse(
            "already_answered", f"{release.reference} has its answer. Choose an order that waits for one.", "release"
        )
    if release.vacancy.job_type != first.release.vacancy.job_type:
        refuse(
            "another_role",
            f"{first} was put forward as {first.release.vacancy.get_job_type_display().lower()}. Choose a post of the same role.",
            "release",
        )
    check_times("of the offer", moment, at, late_reason)
    return write(
        release,
        candidate=first.candidate,
        registration_number=first.registration_number,
        supply_mode=first.supply_mode,
        supplying_agency=first.supplying_agency,
        brokered_from=first.brokered_from,
        pay_rate=first.pay_rate,
        charge_rate=first.charge_rate,
        available_from=first.available_from,
        note=first.note,
        first_shown=first.first_shown or first,
        received_at=moment,
        recorded_at=at,
        recorded_by=by,
        late_reason=late_reason,
    )
