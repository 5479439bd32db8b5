"""What became of a candidate."""

from datetime import datetime

from django.db.models import F, QuerySet

from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.late import check_times
from council.models import Approval, User
from council.permissions import may_decide
from council.wording import by_when, money
from council.working_time import day_of
from recruitment.candidates.putting_forward import check_number
from recruitment.models import (
    CLOSED,
    NEEDS_REASON,
    Release,
    Stage,
    Submission,
    SubmissionStep,
)
from recruitment.permissions import require_source, require_void
from recruitment.reads import candidates
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.candidate import in_error, refusal
from recruitment.rules.registration import tidy_registration


def _lock(submission: Submission) -> Submission:
    """The candidate, locked after its request and its order."""
    release = Release.objects.select_related("vacancy").get(pk=submission.release_id)
    lock_vacancy(release.vacancy)
    Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    rows = Submission.objects.select_for_update(of=("self",)).select_related("release__contract__agency")
    submission = rows.get(pk=submission.pk)
    if submission.voided_at:
        refuse_if(in_error(submission.reference))
    return submission


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

    Refuses: above_max_rate, answer_rests_on_it, before_the_last_step, changed_meanwhile, entered_in_error, in_future, late_without_reason, no_reason,
    no_registration_number, not_from_here, number_is_relied_on, registration_number, shown_by_an_earlier_route, takes_no_candidates.
    """
    require_source(by, day_of(at))
    submission = _lock(submission)
    _check_sight(submission, steps)
    refuse_if(refusal("step", candidates.facts_of(submission, by, at)), "stage")
    if stage not in candidates.FOLLOWS[submission.stage]:
        now = submission.get_stage_display().lower()
        refuse("not_from_here", f"{submission} is {now}. Choose what can follow that.", "stage")
    if stage not in CLOSED and stage not in candidates.may_follow(submission):
        order = submission.release.reference
        refuse("takes_no_candidates", f"{order} looks for nobody any more, so its candidates go no further.")
    moment = happened_at or at
    check_times("of this step", moment, at, late_reason)
    before = known(submission.history.last())
    if moment < before.happened_at:
        refuse(
            "before_the_last_step",
            f"The step before was on {by_when(before.happened_at)}, so this came later. Check the time.",
            "happened_at",
        )
    if stage in NEEDS_REASON:
        require_reason(reason, "Say why.")
    is_recorded = bool(submission.registration_number)
    if registration_number and tidy_registration(registration_number) != submission.registration_number:
        _set_number(submission, registration_number)
    if stage in (Stage.OFFERED, Stage.ACCEPTED):
        _check_offer(submission, at, is_recorded)
    if stage == Stage.ACCEPTED and not submission.registration_number:
        refuse(
            "no_registration_number",
            "Enter the registration number: who accepts is about to be booked.",
            "registration_number",
        )
    _add_step(submission, stage, reason, by=by, at=at, happened_at=moment, late_reason=late_reason)
    return submission


def _check_sight(submission: Submission, steps: int | None) -> None:
    if steps is not None and steps != submission.steps:
        last = known(submission.history.last())
        refuse(
            "changed_meanwhile",
            f"While you had {submission} open: {last.recorded_by or 'the supplier'} recorded {last.get_stage_display().lower()}. Check your "
            "entries below against that, then send them again.",
        )


def _check_offer(submission: Submission, at: datetime, is_recorded: bool) -> None:
    """Whether the work may be offered: within the order's rate, and not to somebody an earlier route showed first."""
    release = submission.release
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
    """Who the candidate is, given once. From then on the same person from another agency is seen.

    Refuses: entered_in_error, no_registration_number, number_is_relied_on, registration_number.
    """
    require_source(by, day_of(at))
    submission = _lock(submission)
    if submission.registration_number != tidy_registration(registration_number):
        refuse_if(refusal("number", candidates.facts_of(submission, by, at)), "registration_number")
    _set_number(submission, registration_number)
    submission.save()
    return submission


def _set_number(submission: Submission, registration_number: str) -> None:
    number = tidy_registration(registration_number)
    if not number:
        refuse("no_registration_number", "Enter the registration number, like SW12345.", "registration_number")
    check_number(number)
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
    """The Assistant Director lets somebody come by this route whom an earlier one showed first.

    Refuses: already_decided, entered_in_error, no_reason, nothing_to_allow, own_entry, takes_no_candidates.
    """
    require(may_decide(by, Approval.LATER_ROUTE, day_of(at)), "allow a candidate by a later route")
    submission = _lock(submission)
    refuse_if(refusal("allow", candidates.facts_of(submission, by, at)))
    require_reason(reason, "Say why this person may come by this route.")
    submission.allowed_at, submission.allowed_by, submission.allowed_reason = at, by, reason.strip()
    submission.save()
    return submission


@action
def void_candidate(*, by: User, at: datetime, submission: Submission, reason: str) -> Submission:
    """Mark a candidate as entered in error. It stays visible; the rules no longer see it.

    Refuses: entered_in_error, no_reason, own_entry, own_words, rested_on.
    """
    require_void(by, day_of(at))
    submission = _lock(submission)
    refuse_if(refusal("void", candidates.facts_of(submission, by, at)))
    require_reason(reason, "Say what was wrong.")
    submission.voided_at, submission.voided_by, submission.void_reason = at, by, reason.strip()
    submission.save()
    return submission
