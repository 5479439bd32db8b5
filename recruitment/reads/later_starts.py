"""What the first supplier was asked about a later start than it had been asked for, and what it said."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from council.clock import now_here
from council.known import known
from recruitment.models import Release, ReturnedMail, StartQuestion, Statement, SupplierLink
from recruitment.reads.witnesses import working_until


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
    first = first_of(release)
    if first is None:
        return LaterStart()
    questions = list(_asked().filter(release=release))
    said = can_supply(first)
    passed: list[date] = []
    asked_start, waits_until = None, None
    now = now_here()
    for one in questions:
        due = due_of(one)
        if due is None or due > now:
            asked_start, waits_until = one.starts_on, due
        elif _could_be_answered(one, due):
            passed.append(one.starts_on)
    return LaterStart(() if said else tuple(passed), asked_start, waits_until, said)


def _asked() -> QuerySet[StartQuestion]:
    """Questions whose mail went or is to go: one that was stopped before was never asked."""
    rows = StartQuestion.objects.select_related("message__sending", "release", "first")
    return rows.filter(message__cancelled_at__isnull=True).order_by("pk")


def due_of(question: StartQuestion) -> datetime | None:
    """When the first supplier's time to answer ends, counted from when the mail server took its mail; None until then."""
    went = question.message.went
    return known(went.due_at) if went else None


def _could_be_answered(question: StartQuestion, due: datetime) -> bool:
    """Whether its link worked all the time and the mail did not come back: else its silence says nothing."""
    since = known(question.message.went).accepted_at
    links = working_until(due, SupplierLink.Purpose.ANSWER, since).filter(release=question.first_id)
    return links.exists() and not ReturnedMail.objects.filter(sending__message=question.message_id).exists()


def can_supply(first: Release) -> Statement | None:
    """What the first supplier said of a later start, whichever order it was asked for: it goes first until it is asked anew."""
    return Statement.objects.filter(release=first, kind=Statement.Kind.CAN_SUPPLY).first()


def waiting_of(first: Release) -> StartQuestion | None:
    """The question about a later start that the first supplier may still answer on its page."""
    newest = _asked().filter(first=first).last()
    if newest is None or can_supply(first):
        return None
    due = due_of(newest)
    return newest if due is None or due > now_here() else None
