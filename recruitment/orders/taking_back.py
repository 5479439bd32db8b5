"""Taking an order back, marking it as entered in error, and recording that nobody came of it."""

from datetime import datetime

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.late import check_times
from council.models import User
from council.wording import by_when
from council.working_time import day_of
from recruitment.candidates.stepping import withdraw_who_accepted
from recruitment.models import (
    Outcome,
    Release,
    Statement,
)
from recruitment.orders import brief
from recruitment.orders.answering import lock_open, write_answer
from recruitment.permissions import require_source, require_void
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.order import refusal
from recruitment.witnesses import actions as witnessing


def take_back(
    release: Release, *, by: User, at: datetime, note: str, happened_at: datetime | None = None, late_reason: str = ""
) -> Release:
    """Set a locked, open release to withdrawn. It proves nothing."""
    release.note = note
    write_answer(release, Outcome.WITHDRAWN, by, at, max(happened_at or at, release.sent_at), late_reason)
    release.save()
    return release


@action
def withdraw(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
    version: int | None = None,
) -> Release:
    """Take an order back, with a reason. It opens no further route.

    Refuses: before_sent, changed_meanwhile, in_future, late_without_reason, no_reason.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = lock_open(release, version)
    require_reason(reason, "Say why the order is taken back.")
    release.note = reason
    write_answer(release, Outcome.WITHDRAWN, by, at, happened_at or at, late_reason)
    release.save()
    return release


@action
def void(*, by: User, at: datetime, release: Release, reason: str) -> Release:
    """Mark a release nothing rests on as entered in error. It stays visible; the rules no longer see it.

    Refuses: already_voided, no_reason, own_entry, rested_on.
    """
    require_void(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    refuse_if(refusal("void", facts_of(release, by, at)))
    require_reason(reason, "Say what was wrong.")
    release.voided_at, release.voided_by, release.void_reason = at, by, reason
    brief.cancel(release, at=at)
    release.version += 1
    release.save()
    return release


@action
def worker_will_not_come(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    statement: Statement | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Release:
    """Secured, but the person withdraws before anybody is booked or hired: the answer counts as not secured.

    `statement` is what the supplier said of it by the link to its recorded answer, which is also when the council was told.

    Refuses: already_booked, before_answer, in_future, late_without_reason, no_reason, not_secured, own_words_of_another.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal("will-not-come", facts_of(release, by, at)))
    require_reason(reason, "Say why the worker will not come.")
    if statement is not None:
        if statement.release_id != release.pk or statement.kind != Statement.Kind.WILL_NOT_COME:
            refuse("own_words_of_another", "These are words about another order.")
        happened_at, late_reason = statement.received_at, late_reason or "By the supplier’s own link"
    fall_through(
        release,
        by=by,
        at=at,
        reason=reason,
        happened_at=happened_at,
        late_reason=late_reason,
        statement=statement,
    )
    return release


def fall_through(
    release: Release,
    *,
    by: User,
    at: datetime,
    reason: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
    statement: Statement | None = None,
) -> None:
    """A secured answer counts as not secured from then on. The placements room calls it when a worker did not start."""
    told_at = happened_at or at
    if told_at < known(release.answered_at):
        refuse(
            "before_answer",
            f"The worker was secured on {by_when(known(release.answered_at))}, so this came later. Check the time.",
            "happened_at",
        )
    check_times("the council was told", told_at, at, late_reason)
    release.outcome, release.fell_through_at = Outcome.FELL_THROUGH, told_at
    release.answer_no += 1  # what the supplier was told before was another answer
    release.fell_through_recorded_at, release.fell_through_late_reason = at, late_reason
    release.fell_through_by, release.fell_through_reason = by, reason
    release.version += 1
    release.save()
    witnessing.as_recorded(release, statement)
    brief.queue_answer(release, by=by, at=at)
    withdraw_who_accepted(release, by=by, at=at, happened_at=told_at, reason=reason)
