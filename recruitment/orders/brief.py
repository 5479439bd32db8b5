"""What a supplier is told by e-mail, without anybody's personal data: the brief of an order, its recorded answer, a reply."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from council import outbox
from council.known import known
from council.models import Council, Message, User, calendar_of_the_council
from council.wording import by_when, day_name, money, number
from council.working_time import day_of
from recruitment.contracts.addresses import own_domain
from recruitment.models import Contract, Origin, Outcome, Release, Statement, SupplierLink, Urgency, Vacancy
from recruitment.orders import links

KIND, REMINDER, ANSWER, NOTICE = "brief", "reminder", "answer", "notice"
LATER = "later_start"
ELSEWHERE = "elsewhere"  # a mail to an address that the officer chose: its link is one that was handed over
WITH_LINK = (KIND, REMINDER, ANSWER, ELSEWHERE, LATER)
REPLACED = (KIND, REMINDER, ANSWER, ELSEWHERE)  # by a newer mail about the order


def queue(release: Release, *, by: User, at: datetime) -> Message | None:
    """Leave the brief to be sent to the supplier's ordering address, or where this one order goes; None where there is neither."""
    kind, to = _where(release, KIND)
    if not to:
        return None
    title = f"{release.reference}: {release.vacancy.get_job_type_display()}, answer by {by_when(release.respond_by)}"
    return outbox.put(kind=kind, subject=release.pk, to=to, title=title, body=text_of(release), by=by, at=at)


def _where(release: Release, kind: str) -> tuple[str, str]:
    """Of which kind a mail about the order is, and to which address: the ordering address in force before the one for this order."""
    in_force = release.contract.agency.ordering_address
    return (kind, in_force) if in_force else (ELSEWHERE, release.elsewhere)


def terms_of(release: Release) -> list[tuple[str, str]]:
    """What is asked for, as the e-mail and the supplier's page say it."""
    return [
        ("Role", release.vacancy.get_job_type_display()),
        ("Hours", f"{number(release.hours_per_week)} a week, {release.get_pattern_display()}"),
        ("Base", release.base),
        ("Start", day_name(release.starts_on)),
        ("Length", f"{release.weeks} week{'s' if release.weeks != 1 else ''}"),
        ("Charge rate", f"at most {money(release.max_rate)} an hour, excluding VAT"),
        ("Contract", release.contract.reference),
        ("Answer by", by_when(release.respond_by)),
    ]


def text_of(release: Release) -> str:
    terms = "\n".join(f"{name}: {value}" for name, value in terms_of(release))
    council = Council.current()
    return (
        f"{council.name} asks you for a worker.\n\nOur reference: {release.reference}\n{terms}\n\n"
        f"Put candidates forward here, or tell us that you cannot supply anybody. The link is for this order alone and works for "
        f"{council.supplier_link_days} days, until we have recorded your answer:\n{Message.SECRET}\n\n"
        f"{_by_mail(release)}Do not send the name of a child or family.\n\n"
        f"{_why(release)}"
    )


def _by_mail(release: Release) -> str:
    """How its own e-mail counts as its answer, for a supplier that said that its domain signs for it."""
    if not own_domain(release.contract.agency):
        return ""
    return (
        "You may also answer by e-mail: where you have nobody, write “We cannot supply” in the first line, and nothing else there, and "
        "leave our reference in the subject.\n\n"
    )


def _why(release: Release) -> str:
    if release.elsewhere and not release.contract.agency.ordering_address:
        return "You receive this because we have no confirmed address for your orders."
    return "You receive this because your ordering address is in our register of suppliers."


def as_it_would_go(
    vacancy: Vacancy, contract: Contract, *, max_rate: Decimal, starts_on: date, weeks: int, respond_by: datetime
) -> str:
    """The brief before it goes, with these terms; its reference and its link are made when it is sent."""
    order = Release(
        reference="(given when it is sent)",
        vacancy=vacancy,
        contract=contract,
        max_rate=max_rate,
        hours_per_week=vacancy.hours_per_week,
        pattern=vacancy.pattern,
        base=vacancy.base,
        starts_on=starts_on,
        weeks=weeks,
        respond_by=respond_by,
    )
    return text_of(order).replace(Message.SECRET, "(a link that is made when it is sent)")


def queue_reminder(release: Release, *, at: datetime) -> Message | None:
    """Leave one reminder of an order that was mailed and waits for its answer; None where the address was taken away."""
    to = release.contract.agency.ordering_address
    if not to:
        return None
    title = f"{release.reference}: reminder, answer by {by_when(release.respond_by)}"
    body = f"We have not heard from you about this order yet.\n\n{text_of(release)}"
    return outbox.put(kind=REMINDER, subject=release.pk, to=to, title=title, body=body, by=None, at=at)


def queue_answer(release: Release, *, by: User, at: datetime) -> Message | None:
    """Leave the answer as it is recorded now to be sent to its supplier, who may dispute it by a link of its own.

    What waits to be sent about this order is not wanted any more. The caller holds the order's lock.
    """
    cancel(release, at=at)
    kind, to = _where(release, ANSWER)
    if not to:
        return None
    title, body = "the answer we recorded", answer_text(release)
    if release.outcome == Outcome.WITHDRAWN:  # our own doing, so there is nothing to dispute
        kind, title = NOTICE, "we take our order back"
        body = f"{Council.current().name} takes its order {release.reference} back. Please look for nobody any more."
    title = f"{release.reference}: {title}"
    return outbox.put(kind=kind, subject=release.pk, to=to, title=title, body=body, by=by, at=at)


def answer_lines(release: Release) -> list[tuple[str, str]]:
    """The recorded answer as its supplier reads it: what it said, and nothing about anybody."""
    moment = known(release.fell_through_at or release.answered_at)
    rows = [("Our reference", release.reference), ("Answer", release.get_outcome_display()), ("When", by_when(moment))]
    if release.reason:
        rows.append(("Why", release.get_reason_display()))
    if release.rate_asked:
        rows.append(("Rate asked for", f"{money(release.rate_asked)} an hour"))
    if release.own_supply:
        rows.append(("Your own workers", release.get_own_supply_display()))
        rows.append(("Workers of other agencies", release.get_brokered_supply_display()))
    if release.supply_mode:
        rows.append(("Whose worker", release.get_supply_mode_display()))
    return rows


def answer_text(release: Release) -> str:
    council = Council.current()
    lines = "\n".join(f"{name}: {value}" for name, value in answer_lines(release))
    return (
        f"{council.name} has recorded your answer to an order.\n\n{lines}\n\n"
        "If this is right, nothing more is needed. If it is not what you told us, say so here within "
        f"{council.supplier_link_days} days:\n{Message.SECRET}\n\nWhat you say is kept beside the answer, and we reply to it.\n\n"
        f"{_why(release)}"
    )


def queue_later_start(first: Release, starts_on: date, *, by: User, at: datetime) -> Message | None:
    """Leave the question to be sent whether the first supplier has somebody by a later start; None where it has no address in force."""
    to = first.contract.agency.ordering_address
    if not to:
        return None
    council = Council.current()
    body = (
        f"You could not supply for our order {first.reference}, for a start on {day_name(first.starts_on)}. Another supplier's worker would now "
        f"start on {day_name(starts_on)}.\n\nIf you can have somebody by then, say so here within {council.told_hours} working hours:\n"
        f"{Message.SECRET}\n\nIf not, nothing is needed.\n\n{_why(first)}"
    )
    title = f"{first.reference}: can you supply from {day_name(starts_on)}?"
    return outbox.put(kind=LATER, subject=first.pk, to=to, title=title, body=body, by=by, at=at)


def queue_reply(statement: Statement, *, by: User, at: datetime) -> Message | None:
    """Leave our reply to a dispute to be sent."""
    release = statement.release
    _, to = _where(release, NOTICE)
    if not to:
        return None
    when = day_name(day_of(statement.received_at))
    said = f":\n\n{statement.words}" if statement.link_id else f", on {when}."  # an officer's note is not sent
    body = f"You told us that the answer we recorded to {release.reference} is wrong{said}\n\nOur reply:\n\n{statement.reply}"
    title = f"{release.reference}: our reply to what you told us"
    return outbox.put(kind=NOTICE, subject=release.pk, to=to, title=title, body=body, by=by, at=at)


def cancel(release: Release, *, at: datetime) -> int:
    """A mail with a link to the order that has not gone yet will not go. The caller holds the order's lock."""
    return sum(outbox.cancel(kind, release.pk, at) for kind in REPLACED)


def _lock(subject: int) -> None:
    Release.objects.select_for_update(of=("self",)).get(pk=subject)


def _link_in(message: Message, at: datetime) -> str | None:
    """The address of a link made for this sending of the message; None once the order waits for no answer."""
    release = Release.objects.select_related("contract__agency").get(pk=message.subject)
    if release.standing != Outcome.OPEN or not _is_in_force(message, release):
        return None
    return address_of(links.make(release, by=message.queued_by, at=at, message=message, unseen=True))


def _is_in_force(message: Message, release: Release) -> bool:
    """Whether the address a mail is to go to is still the one in force: what is said by its link counts as the supplier's own words."""
    return message.to.casefold() == release.contract.agency.ordering_address.casefold()


def _dispute_link_in(message: Message, at: datetime) -> str | None:
    """The address at which the recorded answer is disputed; None once it was taken away."""
    release = Release.objects.select_related("contract__agency").get(pk=message.subject)
    if not links.is_disputable(release) or not _is_in_force(message, release):
        return None
    purpose = SupplierLink.Purpose.ANSWER
    token = links.make(release, by=message.queued_by, at=at, message=message, purpose=purpose, unseen=True)
    return dispute_address_of(token)


def _handed_over_link_in(message: Message, at: datetime) -> str | None:
    """The address of a link to the order, or to its recorded answer, for a mail to an address that an officer chose."""
    release = Release.objects.select_related("contract__agency").get(pk=message.subject)
    by = message.queued_by
    if release.standing == Outcome.OPEN:
        return address_of(links.make(release, by=by, at=at, message=message))
    if links.is_disputable(release):
        purpose = SupplierLink.Purpose.ANSWER
        return dispute_address_of(links.make(release, by=by, at=at, message=message, purpose=purpose))
    return None


def _asks_for_an_answer(message: Message, now: datetime) -> outbox.Asks:
    """How long the supplier has from now on, and whether its address is read."""
    release = Release.objects.select_related("contract__agency", "vacancy", "round__order").get(pk=message.subject)
    due_at = time_to_answer(release, now)
    return outbox.Asks(1, due_at, links.is_living(release.contract.agency, now, days=Council.current().living_days))


def time_to_answer(release: Release, now: datetime) -> datetime | None:
    """When the time to answer an order ends, counted from a moment; None in an emergency out of hours, where a person rang."""
    calendar = calendar_of_the_council()
    if release.vacancy.origin == Origin.EMERGENCY and not calendar.is_open(release.sent_at):
        return None
    step = release.round.order.steps.get(position=release.position)
    urgent = release.vacancy.urgency == Urgency.URGENT
    return calendar.add_working_hours(now, step.urgent_hours if urgent else step.routine_hours)


def _asks_whether_it_is_right(message: Message, now: datetime) -> outbox.Asks:
    release = Release.objects.select_related("contract__agency").get(pk=message.subject)
    council = Council.current()
    due_at = calendar_of_the_council().add_working_hours(now, council.told_hours)
    purpose = SupplierLink.Purpose.ANSWER
    is_living = links.is_living(release.contract.agency, now, purpose=purpose, days=council.told_days)
    return outbox.Asks(release.answer_no, due_at, is_living)


def _asks_about_a_later_start(message: Message, now: datetime) -> outbox.Asks:
    due_at = calendar_of_the_council().add_working_hours(now, Council.current().told_hours)
    return outbox.Asks(1, due_at)


# How each kind is sent; a notice holds no link.
SENDING = {
    KIND: outbox.MessageKind(lock=_lock, secret=_link_in, asks=_asks_for_an_answer),
    REMINDER: outbox.MessageKind(lock=_lock, secret=_link_in),
    ANSWER: outbox.MessageKind(lock=_lock, secret=_dispute_link_in, asks=_asks_whether_it_is_right),
    LATER: outbox.MessageKind(lock=_lock, secret=_dispute_link_in, asks=_asks_about_a_later_start),
    ELSEWHERE: outbox.MessageKind(lock=_lock, secret=_handed_over_link_in),
    NOTICE: outbox.MessageKind(lock=_lock, secret=lambda message, at: ""),
}


def address_of(token: str) -> str:
    return f"{settings.SITE_ADDRESS}/supplier/{token}/"


def dispute_address_of(token: str) -> str:
    return f"{address_of(token)}dispute/"
