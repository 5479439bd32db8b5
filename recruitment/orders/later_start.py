"""Asking the first supplier, lightly, whether it can do better than a later supplier's worker who would start much later than asked."""

from datetime import date, datetime

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.models import Council, User
from council.wording import day_name
from council.working_time import day_of
from recruitment.models import Release, StartQuestion, Statement, SupplierLink
from recruitment.orders import brief
from recruitment.orders.by_the_supplier import check_link, lock_answered
from recruitment.orders.mailing import lock_standing
from recruitment.permissions import require_source
from recruitment.reads import later_starts
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.order import is_much_later, refusal


@action
def ask_about_later_start(*, by: User, at: datetime, release: Release, starts_on: date) -> StartQuestion:
    """Ask the first supplier by mail whether it has somebody by a start much later than it was asked for. Its silence suffices, and no new
    round begins.

    Refuses: already_booked, asked_already, entered_in_error, first_can_supply, no_address, not_much_later, not_on_a_later_step, not_secured.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = lock_standing(release)
    refuse_if(refusal("later-start", facts_of(release, by, at)))
    first, days = known(later_starts.first_of(release)), Council.current().later_start_days
    if not is_much_later(starts_on, release.starts_on, days):
        refuse(
            "not_much_later",
            f"{first.contract.agency} was asked for a start on {day_name(release.starts_on)}. Up to {days} days later nobody has to ask it again: "
            "book the worker.",
            "starts_on",
        )
    if later_starts.can_supply(first):
        refuse(
            "first_can_supply",
            f"{first.contract.agency} has said that it can supply for a later start, so it goes first. Record that the worker of "
            f"{release.reference} will not come, and ask {first.contract.agency} again.",
        )
    if later_starts.waiting_of(first):
        refuse(
            "asked_already", f"{first.contract.agency} has been asked already, and its time to answer has not ended."
        )
    number = StartQuestion.objects.filter(first=first).count() + 1
    message = brief.queue_later_start(first, starts_on, by=by, at=at)
    if message is None:
        refuse(
            "no_address",
            f"{first.contract.agency} has no ordering address in force, so it cannot be asked by mail. Have its address confirmed, or change the "
            "request and ask it again in a new round.",
        )
    return StartQuestion.objects.create(
        release=release, first=first, number=number, starts_on=starts_on, message=message, asked_by=by, asked_at=at
    )


@action
def say_can_supply(*, by: SupplierLink, at: datetime, words: str, said_by: str) -> Statement:
    """The first supplier says by its link that it can have somebody by the later start. Then it goes first.

    Refuses: link_is_over, no_name, no_reason, not_answered, not_asked_about.
    """
    release = lock_answered(by.release)
    check_link(by, at)
    if later_starts.waiting_of(release) is None:
        refuse("not_asked_about", "Nobody asks you about a later start any more. Reply to the officer you work with.")
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    require_reason(words, "Say whom you have, and from when.", "words")
    return Statement.objects.create(
        release=release,
        kind=Statement.Kind.CAN_SUPPLY,
        link=by,
        unseen=by.unseen,
        secret=by.secret,
        said_by=said_by.strip(),
        words=words,
        sent={"words": words, "said_by": said_by},
        received_at=at,
    )
