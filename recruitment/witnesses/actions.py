"""What makes a recorded failure proof is written here, in the transaction in which it becomes true."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from council import notices
from council.actions import THE_CLOCK, action
from council.clock import now_here
from council.errors import RuleViolation, refuse, refuse_if, require
from council.known import known
from council.late import check_times
from council.models import Message, Sending, User, calendar_of_the_council
from council.working_time import day_of
from recruitment.models import (
    FAILED,
    Correction,
    EmergencyCall,
    Origin,
    Outcome,
    Release,
    ReturnedMail,
    Statement,
    Vacancy,
    Witness,
    WitnessKind,
)
from recruitment.orders import brief
from recruitment.permissions import may_confirm_answer, require_source
from recruitment.reads import witnesses
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.order import refusal
from recruitment.rules.witness import reminder_is_due, silence_speaks

logger = logging.getLogger("jobs")


def attach(release: Release, kind: str, *, note: str = "", **rows) -> Witness:
    """Write why the failure of a locked order is proof. `rows` are what makes it true; the database looks at them too."""
    recorded_by = release.fell_through_by_id if release.outcome == Outcome.FELL_THROUGH else release.answered_by_id
    witness = Witness.objects.create(
        release=release, answer_no=release.answer_no, recorded_by_id=known(recorded_by), kind=kind, note=note, **rows
    )
    release.witness, release.witness_kind = witness, kind
    release.save(update_fields=["witness", "witness_kind"])
    return witness


def as_recorded(release: Release, statement: Statement | None = None) -> None:
    """What confirms a failure in the moment it is recorded: the supplier's own words by the link that was mailed to it, its silence, or
    that it is night. Words by a link that was seen here take somebody to confirm them."""
    if statement is not None and statement.unseen:
        attach(release, statement.kind, statement=statement)
    elif not by_silence(release):
        in_an_emergency(release)


def by_silence(release: Release) -> bool:
    """Whether the supplier's silence is the witness: it was mailed, reminded, and let its whole time pass."""
    facts, order, reminder = witnesses.silence_of(release)
    if facts is None or order is None or not silence_speaks(facts, now_here()):
        return False
    attach(release, WitnessKind.SILENCE, sending=order, reminder=reminder, due_at=order.due_at)
    return True


def in_an_emergency(release: Release) -> None:
    """Out of hours one officer is alone: what that one records then counts until the next working day, when the emergency is confirmed."""
    vacancy = release.vacancy
    call = EmergencyCall.objects.filter(vacancy=vacancy).first() if vacancy.origin == Origin.EMERGENCY else None
    if call is None or call.decision or vacancy.decision:
        return
    now = now_here()
    if now <= call.confirm_by and not calendar_of_the_council().is_open(now):
        attach(release, WitnessKind.EMERGENCY, emergency=call)


def by_correction(release: Release, correction: Correction) -> None:
    """Two people say what the supplier's answer was. The caller saves the row, which gets its new answer and its witness at once."""
    recorded_by = release.fell_through_by_id if release.outcome == Outcome.FELL_THROUGH else release.answered_by_id
    release.witness, release.witness_kind = None, ""
    if release.outcome in FAILED:
        release.witness_kind = WitnessKind.CORRECTION
        release.witness = Witness.objects.create(
            release=release,
            answer_no=release.answer_no,
            recorded_by_id=known(recorded_by),
            kind=WitnessKind.CORRECTION,
            correction=correction,
        )


@action
def confirm(*, by: User, at: datetime, releases: Iterable[Release], note: str = "") -> list[Release]:
    """A second person has looked at what the first recorded, and confirms it: several answers at once, all or none.

    Who is named is told so by a message that nobody can stop.

    Refuses: already_witnessed, entered_in_error, not_failed, own_entry.
    """
    locked = _locked(releases)
    for release in locked:
        require(may_confirm_answer(by, release.vacancy, day_of(at)), "confirm what a supplier answered")
        refuse_if(refusal("confirm", facts_of(release, by, at)))
    if locked:
        message = _name(by, locked, at)
        for release in locked:
            attach(release, WitnessKind.SECOND_PERSON, confirmed_by=by, named=message, note=note.strip())
    return locked


def looked_at(releases: Iterable[Release], *, by: User, at: datetime, note: str) -> None:
    """Somebody decided with these failures before them: of those that another person recorded, this is the second person.

    Called within the action that decides; also where silence, or a telling, confirms them so far, which may still fall away.
    """
    by_time = (WitnessKind.SILENCE, WitnessKind.TOLD)
    found = []
    for one in _locked(releases):
        facts = facts_of(one, by, at)
        facts = replace(facts, is_proven=facts.is_proven and one.witness_kind not in by_time)
        if refusal("confirm", facts) is None:
            found.append(one)
    message = _name(by, found, at) if found else None
    for release in found:
        attach(release, WitnessKind.SECOND_PERSON, confirmed_by=by, named=message, note=note)


def emergency_confirmed(vacancy: Vacancy, *, by: User, at: datetime) -> None:
    """The next day's confirmation of an emergency stands beside what was recorded that night."""
    night = vacancy.releases.standing().filter(witness_kind=WitnessKind.EMERGENCY)
    found = [one for one in _locked(night) if by.pk not in (one.answered_by_id, one.fell_through_by_id)]
    message = _name(by, found, at) if found else None
    for release in found:
        attach(release, WitnessKind.SECOND_PERSON, confirmed_by=by, named=message, note="The emergency was confirmed.")


def _locked(releases: Iterable[Release]) -> list[Release]:
    """The orders, locked with their requests, always in the same order."""
    keys = sorted(one.pk for one in releases)
    for vacancy in Vacancy.objects.filter(releases__in=keys).order_by("pk").distinct():
        lock_vacancy(vacancy)
    rows = Release.objects.select_for_update(of=("self",)).select_related(
        "contract__agency", "vacancy__team", "answered_by", "fell_through_by"
    )
    return list(rows.filter(pk__in=keys).order_by("pk"))


def _name(by: User, releases: list[Release], at: datetime) -> Message:
    lines = "\n".join(
        f"{one.reference}: {one.contract.agency}, {one.get_outcome_display().lower()}" for one in releases
    )
    many = "answers" if len(releases) > 1 else "answer"
    text = (
        f"You are named as having looked at this {many} and confirmed what a colleague recorded:\n\n{lines}\n\n"
        "If you did not, tell the Assistant Director at once."
    )
    for one in releases:  # whose record it is hears of it, also where somebody else wrote it in that name
        recorder = one.fell_through_by or one.answered_by
        if recorder:
            notices.name_somebody(
                recorder,
                title=f"{one.reference} is confirmed",
                text=f"{by.name} confirmed what you recorded of {one.reference}: {one.contract.agency}, {one.get_outcome_display().lower()}. "
                "What rests on it may go on. If you did not record it, tell the Assistant Director at once.",
                at=at,
            )
    return notices.name_somebody(by, title=f"You confirmed {len(releases)} {many}", text=text, at=at)


@action
def record_returned(
    *,
    by: User,
    at: datetime,
    release: Release,
    sending: Sending,
    words: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> ReturnedMail:
    """A mail about the order came back. Its silence proves nothing then; where somebody is booked on it, the fact stands beside.

    Refuses: before_sent, in_future, late_without_reason, no_words, not_its_mail.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    returned_at = happened_at or at
    if not witnesses.not_returned(release).filter(pk=sending.pk).exists():
        refuse("not_its_mail", f"Choose a mail about {release.reference} that has not come back yet.", "sending")
    check_times("it came back", returned_at, at, late_reason)
    if day_of(returned_at) < day_of(sending.accepted_at):
        refuse("before_sent", "It cannot come back before it was sent. Check the time.", "happened_at")
    if not words.strip():
        refuse("no_words", "Enter what the notice says.", "words")
    return ReturnedMail.objects.create(
        release=release,
        sending=sending,
        kind=sending.kind,
        words=words.strip(),
        returned_at=returned_at,
        recorded_at=at,
        recorded_by=by,
        late_reason=late_reason,
    )


# -- about once a minute, by `manage.py work` ------------------------------------------------------------------------------------


def remind_suppliers(now: datetime | None = None) -> None:
    """One reminder of each mailed order, when half of the time to answer has passed."""
    now = now or timezone.now()
    for release in witnesses.to_remind(now).select_related("answered_by", "sent_by"):
        remind(by=THE_CLOCK, at=now, release=release)


@action
def remind(*, by: str, at: datetime, release: Release) -> None:
    """Leave the one reminder, where the order still waits and half of its time has passed."""
    release = _locked([release])[0]
    order = witnesses.sent(release, brief.KIND)
    fresh = witnesses.to_remind(at).filter(pk=release.pk).exists()
    if fresh and order and order.due_at and reminder_is_due(order.accepted_at, order.due_at, at):
        brief.queue_reminder(release, at=at)


def witness_by_time(now: datetime | None = None) -> None:
    """What silence, or a telling that nobody disputed, has made proof meanwhile."""
    now = now or timezone.now()
    for release in [*witnesses.silent(), *witnesses.told_without_dispute(now_here())]:
        try:
            time_speaks(by=THE_CLOCK, at=now, release=release)
        except RuleViolation as refused:  # the others still get theirs
            logger.warning("%s got no witness by time: %s", release.reference, refused)


@action
def time_speaks(*, by: str, at: datetime, release: Release) -> None:
    """Write that silence is the witness, or that the supplier was told and did not dispute it, where that is so.

    Refuses: emergency_not_confirmed.
    """
    release = _locked([release])[0]
    if not witnesses.unconfirmed().filter(pk=release.pk).exists() or by_silence(release):
        return
    if witnesses.told_without_dispute(now_here()).filter(pk=release.pk).exists():
        told = known(witnesses.sent(release, brief.ANSWER, release.answer_no))
        attach(release, WitnessKind.TOLD, sending=told, due_at=told.due_at)
