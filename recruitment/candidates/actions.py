"""Candidates: recording who was put forward, what became of them, and who may come by a later route."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, QuerySet

from council.actions import action, require
from council.errors import refuse, refuse_if
from council.known import known
from council.late import check_times
from council.models import Approval, User
from council.permissions import may_decide
from council.references import new_reference
from council.wording import by_when, money
from council.working_time import day_of
from recruitment.models import (
    CLOSED,
    NEEDS_REASON,
    Agency,
    Outcome,
    Release,
    Stage,
    Submission,
    SubmissionStep,
    SupplyMode,
)
from recruitment.permissions import require_source, require_void
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
    """A candidate came from the supplier of an order. One above the order's rate is recorded too, and cannot be offered."""
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
    _check_number(number)
    if supply_mode not in SupplyMode.values:
        refuse("no_supply_mode", "Say whose worker it is.", "supply_mode")
    if supply_mode == SupplyMode.DIRECT:
        supplying_agency, brokered_from = None, ""
    elif supplying_agency is None and not brokered_from.strip():
        refuse("no_supplying_agency", "Choose the agency whose worker it is.", "supplying_agency")
    elif supplying_agency is not None and supplying_agency.pk == release.contract.agency_id:
        refuse(
            "not_brokered",
            f"{supplying_agency} is the supplier itself. Choose its own worker, or another agency.",
            "supplying_agency",
        )
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


def _check_number(number: str) -> None:
    if number and not is_registration(number):
        refuse(
            "registration_number",
            "Registration number must be two letters and digits, like SW12345.",
            "registration_number",
        )


def _lock(submission: Submission) -> Submission:
    """The candidate, locked after its request and its order."""
    release = Release.objects.select_related("vacancy").get(pk=submission.release_id)
    lock_vacancy(release.vacancy)
    Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    rows = Submission.objects.select_for_update(of=("self",)).select_related("release__contract__agency")
    return rows.get(pk=submission.pk)


@action
def record_step(
    *,
    by: User,
    at: datetime,
    submission: Submission,
    stage: str,
    reason: str = "",
    registration_number: str = "",
    happened_at: datetime | None = None,
    late_reason: str = "",
    steps: int | None = None,
) -> Submission:
    """What became of a candidate. An offer keeps to the order's rate and route; one who accepts has a registration number.

    `steps` is how many steps the person saw when deciding; another one since then is shown first.
    """
    require_source(by, day_of(at))
    submission = _lock(submission)
    if steps is not None and steps != submission.steps:
        last = known(submission.history.last())
        refuse(
            "changed_meanwhile",
            f"While you had {submission} open: {last.recorded_by or 'the supplier'} recorded {last.get_stage_display().lower()}. Check your "
            "entries below against that, then send them again.",
        )
    refuse_if(refusal("step", candidates.facts_of(submission, by, at)), "stage")
    if stage not in candidates.FOLLOWS[submission.stage]:
        now = submission.get_stage_display().lower()
        refuse("not_from_here", f"{submission} is {now}. Choose what can follow that.", "stage")
    release = submission.release
    if stage not in CLOSED and (release.voided_at or release.outcome not in candidates.TAKES_CANDIDATES):
        refuse(
            "takes_no_candidates", f"{release.reference} looks for nobody any more, so its candidates go no further."
        )
    moment = happened_at or at
    check_times("of this step", moment, at, late_reason)
    before = known(submission.history.last())
    if moment < before.happened_at:
        refuse(
            "before_the_last_step",
            f"The step before was on {by_when(before.happened_at)}, so this came later. Check the time.",
            "happened_at",
        )
    if stage in NEEDS_REASON and not reason.strip():
        refuse("no_reason", "Say why.", "reason")
    is_recorded = bool(submission.registration_number)
    if registration_number and tidy_registration(registration_number) != submission.registration_number:
        _set_number(submission, registration_number)
    if stage in (Stage.OFFERED, Stage.ACCEPTED):
        if submission.charge_rate > release.max_rate:
            refuse(
                "above_max_rate",
                f"{release.contract.agency} was asked at no more than {money(release.max_rate)} an hour. This candidate costs "
                f"{money(submission.charge_rate)}.",
                "stage",
            )
        number = submission.registration_number
        start = candidates.coming_on(release, day_of(at))
        refuse_if(candidates.later_route_refusal(release, number, start, is_recorded=is_recorded), "stage")
    if stage == Stage.ACCEPTED and not submission.registration_number:
        refuse(
            "no_registration_number",
            "Enter the registration number: who accepts is about to be booked.",
            "registration_number",
        )
    _add_step(submission, stage, reason, by=by, at=at, happened_at=moment, late_reason=late_reason)
    return submission


def _add_step(
    submission: Submission,
    stage: str,
    reason: str,
    *,
    by: User,
    at: datetime,
    happened_at: datetime,
    late_reason: str = "",
) -> None:
    submission.stage, submission.steps = stage, submission.steps + 1
    submission.save()
    SubmissionStep.objects.create(
        submission=submission,
        number=submission.steps,
        stage=stage,
        happened_at=happened_at,
        recorded_at=at,
        recorded_by=by,
        reason=reason.strip(),
        late_reason=late_reason,
    )
    Release.objects.filter(pk=submission.release_id).update(version=F("version") + 1)


def withdraw_who_accepted(release: Release, *, by: User, at: datetime, happened_at: datetime, reason: str) -> None:
    """The candidates who accepted do not come after all. The caller holds the order's lock."""
    withdraw(
        release.submissions.standing().filter(stage=Stage.ACCEPTED),
        by=by,
        at=at,
        happened_at=happened_at,
        reason=reason,
    )


def withdraw(rows: QuerySet[Submission], *, by: User, at: datetime, happened_at: datetime, reason: str) -> None:
    """Record that these candidates withdrew. The caller holds the lock of their order."""
    for submission in rows.select_for_update(of=("self",)):
        moment = max(happened_at, known(submission.history.last()).happened_at)
        _add_step(submission, Stage.WITHDRAWN, reason, by=by, at=at, happened_at=moment)


@action
def give_registration_number(*, by: User, at: datetime, submission: Submission, registration_number: str) -> Submission:
    """Who the candidate is, given once. From then on the same person from another agency is seen."""
    require_source(by, day_of(at))
    submission = _lock(submission)
    if submission.voided_at or submission.registration_number != tidy_registration(registration_number):
        refuse_if(refusal("number", candidates.facts_of(submission, by, at)), "registration_number")
    _set_number(submission, registration_number)
    submission.save()
    return submission


def _set_number(submission: Submission, registration_number: str) -> None:
    number = tidy_registration(registration_number)
    if not number:
        refuse("no_registration_number", "Enter the registration number, like SW12345.", "registration_number")
    _check_number(number)
    if submission.registration_number and submission.registration_number != number:
        refuse(
            "number_is_relied_on",
            f"{submission} is {submission.registration_number}. If that is wrong, somebody else marks the candidate as entered in error, and "
            "it is recorded again.",
            "registration_number",
        )
    submission.registration_number = number


@action
def allow_later_route(*, by: User, at: datetime, submission: Submission, reason: str) -> Submission:
    """The Assistant Director lets somebody come by this route whom an earlier one showed first."""
    require(may_decide(by, Approval.LATER_ROUTE, day_of(at)), "allow a candidate by a later route")
    submission = _lock(submission)
    refuse_if(refusal("allow", candidates.facts_of(submission, by, at)))
    if not reason.strip():
        refuse("no_reason", "Say why this person may come by this route.", "reason")
    submission.allowed_at, submission.allowed_by, submission.allowed_reason = at, by, reason.strip()
    submission.save()
    return submission


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
    """The same candidate for another open post of the same role. Who showed the person first, and when, stays."""
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


@action
def void_candidate(*, by: User, at: datetime, submission: Submission, reason: str) -> Submission:
    """Mark a candidate as entered in error. It stays visible; the rules no longer see it."""
    require_void(by, day_of(at))
    submission = _lock(submission)
    refuse_if(refusal("void", candidates.facts_of(submission, by, at)))
    if not reason.strip():
        refuse("no_reason", "Say what was wrong.", "reason")
    submission.voided_at, submission.voided_by, submission.void_reason = at, by, reason.strip()
    submission.save()
    return submission
