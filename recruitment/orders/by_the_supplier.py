"""What a supplier says itself through its link, and what it says of its recorded answer in another way."""

from datetime import date, datetime
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require_reason
from council.known import known
from council.late import check_times
from council.models import User
from council.wording import by_when, money
from council.working_time import day_of
from recruitment.candidates import putting_forward
from recruitment.models import (
    SAID_BY_SUPPLIERS,
    Agency,
    NotSecuredReason,
    Outcome,
    Release,
    Statement,
    Submission,
    SupplierLink,
    SupplyMode,
    Tried,
)
from recruitment.orders import brief, links
from recruitment.orders.mailing import lock_standing
from recruitment.permissions import require_source
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.order import refusal

MOST_BY_LINK = 20  # candidates for one order


@action
def say_cannot_supply(
    *,
    by: SupplierLink,
    at: datetime,
    reason: str,
    own_supply: str,
    brokered_supply: str,
    words: str,
    said_by: str,
    agencies_approached: str = "",
    rate_asked: Decimal | None = None,
) -> Statement:
    """The supplier declines by its link: kept as sent, the strongest proof. The officer still records the answer.

    Refuses: already_answered, entered_in_error, link_is_over, no_name, no_rate_asked, no_reason, said_already, supply_not_said.
    """
    release = _lock_for_link(by, at)
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    require_reason(words, "Say why you cannot supply anybody.", "words")
    if reason not in SAID_BY_SUPPLIERS:
        refuse("no_reason", "Choose why you cannot supply anybody.", "reason")
    if own_supply not in Tried.values or brokered_supply not in Tried.values:
        refuse("supply_not_said", "Say whether you tried your own workers and those of other agencies.", "own_supply")
    if reason == NotSecuredReason.RATE_TOO_HIGH and (rate_asked is None or rate_asked <= release.max_rate):
        refuse("no_rate_asked", f"Enter the rate you need, above {money(release.max_rate)} an hour.", "rate_asked")
    if release.statements.declined().exists():
        refuse("said_already", "You have told us already that you cannot supply. Thank you: nothing more is needed.")
    sent = {
        "reason": reason,
        "own_supply": own_supply,
        "brokered_supply": brokered_supply,
        "agencies_approached": agencies_approached,
        "rate_asked": str(rate_asked) if rate_asked and reason == NotSecuredReason.RATE_TOO_HIGH else "",
        "words": words,
        "said_by": said_by,
    }
    release.version += 1  # an officer who has the answer's form open looks at this first
    release.save(update_fields=["version"])
    return Statement.objects.create(
        release=release,
        link=by,
        unseen=by.unseen,
        secret=by.secret,
        said_by=said_by.strip(),
        words=words,
        sent=sent,
        received_at=at,
    )


@action
def put_forward_by_link(
    *,
    by: SupplierLink,
    at: datetime,
    candidate: str,
    supply_mode: str,
    pay_rate: Decimal,
    charge_rate: Decimal,
    said_by: str,
    brokered_from: str = "",
    registration_number: str = "",
    available_from: date | None = None,
    note: str = "",
) -> Submission:
    """The supplier puts somebody forward by its link, kept as sent.

    Refuses: already_answered, before_sent, charge_below_pay, entered_in_error, link_is_over, no_candidate, no_name, no_supply_mode,
    no_supplying_agency, not_brokered, registration_number, said_already, too_many.
    """
    release = _lock_for_link(by, at)
    _check_by_link(release, supply_mode, brokered_from.strip(), said_by)
    named = Agency.objects.filter(name__iexact=brokered_from.strip()).exclude(pk=release.contract.agency_id).first()
    sent = {
        "candidate": candidate,
        "registration_number": registration_number,
        "supply_mode": supply_mode,
        "brokered_from": brokered_from,
        "pay_rate": str(pay_rate),
        "charge_rate": str(charge_rate),
        "available_from": str(available_from or ""),
        "note": note,
        "said_by": said_by,
    }
    return putting_forward.write(
        release,
        candidate=candidate,
        registration_number=registration_number,
        supply_mode=supply_mode,
        supplying_agency=named,
        brokered_from="" if named else brokered_from,
        pay_rate=pay_rate,
        charge_rate=charge_rate,
        available_from=available_from,
        note=note,
        received_at=at,
        recorded_at=at,
        recorded_by=None,
        link=by,
        said_by=said_by.strip(),
        sent=sent,
    )


def _check_by_link(release: Release, supply_mode: str, brokered_from: str, said_by: str) -> None:
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    if release.statements.declined().exists():
        refuse(
            "said_already",
            "You have told us that you cannot supply. If you can after all, reply to the officer you work with.",
        )
    if release.submissions.standing().count() >= MOST_BY_LINK:
        refuse("too_many", f"{MOST_BY_LINK} candidates are with us already. Wait for our decision on them.")
    if supply_mode == SupplyMode.BROKERED and not brokered_from:
        refuse("no_supplying_agency", "Enter the agency whose worker it is.", "brokered_from")
    if supply_mode == SupplyMode.BROKERED and brokered_from.casefold() == release.contract.agency.name.casefold():
        refuse("not_brokered", "That is your own agency. Say that it is your own worker.", "brokered_from")


@action
def dispute_by_link(*, by: SupplierLink, at: datetime, words: str, said_by: str) -> Statement:
    """The supplier says by the link to its recorded answer that this is not what it told us. It stands beside the answer.

    Refuses: link_is_over, no_name, no_words, not_answered.
    """
    release = lock_answered(by.release)
    check_link(by, at)
    _check_words(words, said_by)
    sent = {"words": words, "said_by": said_by}
    return Statement.objects.create(
        release=release,
        kind=Statement.Kind.DISPUTE,
        link=by,
        unseen=by.unseen,
        secret=by.secret,
        said_by=said_by.strip(),
        words=words,
        sent=sent,
        received_at=at,
    )


@action
def say_will_not_come(*, by: SupplierLink, at: datetime, words: str, said_by: str) -> Statement:
    """The supplier says by the link to its recorded answer that the worker it had secured will not come. The officer still records it.

    Refuses: already_booked, link_is_over, no_name, no_reason, not_secured, said_already.
    """
    release = lock_answered(by.release)
    check_link(by, at)
    refuse_if(refusal("will-not-come", facts_of(release, None, at)))
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    require_reason(words, "Say why the worker will not come.", "words")
    if release.statements.filter(kind=Statement.Kind.WILL_NOT_COME).exists():
        refuse(
            "said_already", "You have told us already that the worker will not come. Thank you: nothing more is needed."
        )
    return Statement.objects.create(
        release=release,
        kind=Statement.Kind.WILL_NOT_COME,
        link=by,
        unseen=by.unseen,
        secret=by.secret,
        said_by=said_by.strip(),
        words=words,
        sent={"words": words, "said_by": said_by},
        received_at=at,
    )


@action
def record_dispute(
    *,
    by: User,
    at: datetime,
    release: Release,
    words: str,
    said_by: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Statement:
    """An officer enters what a supplier says of its recorded answer in another way, such as by telephone.

    Refuses: before_answer, in_future, late_without_reason, no_name, no_words, not_answered.
    """
    require_source(by, day_of(at))
    release = lock_answered(release)
    received_at = happened_at or at
    check_times("it said so", received_at, at, late_reason)
    if received_at < known(release.answered_at):
        refuse(
            "before_answer",
            f"The answer is of {by_when(known(release.answered_at))}, so this came later. Check the time.",
            "happened_at",
        )
    _check_words(words, said_by)
    return Statement.objects.create(
        release=release,
        kind=Statement.Kind.DISPUTE,
        said_by=said_by.strip(),
        words=words,
        sent={"late_reason": late_reason} if late_reason else {},
        received_at=received_at,
        recorded_at=at,
        recorded_by=by,
    )


@action
def reply_to_dispute(*, by: User, at: datetime, statement: Statement, reply: str) -> Statement:
    """What the council says to a dispute, once; mailed where the supplier has an ordering address. Changing the answer takes a
    correction.

    Refuses: already_replied, no_dispute, no_reply.
    """
    require_source(by, day_of(at))
    Release.objects.select_for_update(of=("self",)).get(pk=statement.release_id)
    rows = Statement.objects.select_for_update(of=("self",)).select_related("release__contract__agency")
    statement = rows.get(pk=statement.pk)
    if statement.kind != Statement.Kind.DISPUTE:
        refuse("no_dispute", "The supplier does not dispute anything here, so there is nothing to reply to.")
    if statement.replied_at:
        refuse("already_replied", f"{statement.replied_by} has replied to this already.")
    if not reply.strip():
        refuse("no_reply", "Enter your reply.", "reply")
    statement.reply, statement.replied_at, statement.replied_by = reply.strip(), at, by
    statement.save()
    brief.queue_reply(statement, by=by, at=at)
    return statement


def _check_words(words: str, said_by: str) -> None:
    if not said_by.strip():
        refuse("no_name", "Enter the name of who says so.", "said_by")
    if not words.strip():
        refuse("no_words", "Say what is wrong with the answer.", "words")


def _lock_for_link(link: SupplierLink, at: datetime) -> Release:
    """The link's order, locked; refused where the link has ended since the page was opened."""
    lock_vacancy(link.release.vacancy)
    release = _lock_open(link.release)
    check_link(link, at)
    return release


def check_link(link: SupplierLink, at: datetime) -> None:
    fresh = SupplierLink.objects.select_related("release__contract__agency").get(pk=link.pk)
    if not links.works(fresh, at):
        refuse("link_is_over", "This link has just stopped working. Use the one in our newest e-mail.")


def lock_answered(release: Release) -> Release:
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal("dispute", facts_of(release, None, release.sent_at)))
    return release


def _lock_open(release: Release) -> Release:
    release = lock_standing(release)
    if release.outcome != Outcome.OPEN:
        refuse(
            "already_answered", f"{release.reference} has its answer already, so its supplier is not asked any more."
        )
    return release
