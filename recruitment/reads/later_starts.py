"""What the first supplier was asked about a later start than it had been asked for, and what it said."""

from dataclasses import dataclass
from datetime import date, datetime

from council.clock import now_here
from council.known import known
from recruitment.models import Release, StartQuestion, Statement


@dataclass(frozen=True)
class LaterStart:
    """`let_pass` are the starts it was silent on; `asked_start` one it may still answer, until `due_at` (None while its mail has not gone);
    `said` that it can supply."""

    let_pass: tuple[date, ...] = ()
    asked_start: date | None = None
    due_at: datetime | None = None
    said: Statement | None = None


def first_of(release: Release) -> Release | None:
    """The order to the first supplier that a later one rests on; None on the first step, and by exemption, whose days were approved."""
    first = None if release.exemption_id else release.rests_on
    while first and first.rests_on:
        first = first.rests_on
    return first


def later_start(release: Release) -> LaterStart:
    questions = list(StartQuestion.objects.filter(release=release).select_related("message__sending"))
    if not questions:
        return LaterStart()
    words = Statement.objects.filter(release=questions[0].first_id, kind=Statement.Kind.CAN_SUPPLY)
    said = words.filter(received_at__gte=questions[0].asked_at).first()
    passed: list[date] = []
    asked_start, waits_until = None, None
    now = now_here()
    for one in questions:
        due = due_of(one)
        if due is not None and due <= now:
            passed.append(one.starts_on)
        else:
            asked_start, waits_until = one.starts_on, due
    return LaterStart(() if said else tuple(passed), asked_start, waits_until, said)


def due_of(question: StartQuestion) -> datetime | None:
    """When the first supplier's time to answer ends: counted from its mail where there is one."""
    if question.message is None:
        return question.respond_by
    went = question.message.went
    return known(went.due_at) if went else None


def waiting_of(first: Release) -> StartQuestion | None:
    """The question about a later start that the first supplier may still answer on its page."""
    newest = StartQuestion.objects.filter(first=first).select_related("message__sending", "release").last()
    if newest is None or Statement.objects.filter(
        release=first, kind=Statement.Kind.CAN_SUPPLY, received_at__gte=newest.asked_at
    ):
        return None
    due = due_of(newest)
    return newest if due is None or due > now_here() else None
