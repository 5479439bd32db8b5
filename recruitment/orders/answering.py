"""What a supplier answered."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.files.base import File

from council.actions import action
from council.actions.attachments import put_beside
from council.errors import refuse, refuse_if
from council.known import known
from council.late import check_times
from council.models import Attachment, User
from council.stale import refuse_changed
from council.wording import by_when, money, possessive
from council.working_time import day_of
from recruitment.models import (
    SAID_BY_SUPPLIERS,
    Agency,
    Contract,
    NotSecuredReason,
    Outcome,
    Release,
    Statement,
    StepSource,
    SupplyMode,
    ToldBy,
)
from recruitment.orders import brief
from recruitment.orders.sending import send
from recruitment.permissions import require_source
from recruitment.reads import candidates
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.order import refusal
from recruitment.witnesses import actions as witnessing


@dataclass(frozen=True)
class Told:
    """How a supplier told an officer: its way, its reference in the supplier's own portal, and a file, such as its e-mail as received."""

    by: str = ""
    reference: str = ""
    file: File | None = None

    def write(self, release: Release, *, by: User, at: datetime) -> None:
        """Put it on a locked order, with the file beside it."""
        release.told_by = self.by
        if self.by == ToldBy.PORTAL:
            if not self.reference.strip():
                refuse("no_portal_reference", "Enter the reference the answer has in the portal.", "portal_reference")
            if self.file is None:
                refuse("no_portal_file", "Choose a file of the answer, such as a picture of the page.", "file")
            release.portal_reference = self.reference.strip()
        if self.file is not None:
            how = release.get_told_by_display().lower() or "as it came"
            title = f"{possessive(release.contract.agency.name)} answer, {how}"
            release.answer_file = _keep(self.file, title, release, by=by, at=at)


def _keep(file: File, title: str, release: Release, *, by: User, at: datetime) -> Attachment:
    name = file.name or ""
    return put_beside(by=by, at=at, kind="answer", subject=release, file=file, name=name, title=title)


def lock_open(release: Release, version: int | None, verb: str = "answer") -> Release:
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal(verb, facts_of(release, None, release.sent_at)))
    if version is not None and release.version != version:
        refuse_changed(release, version)
    return release


def write_answer(
    release: Release, outcome: str, by: User, at: datetime, answered_at: datetime, late_reason: str
) -> None:
    if answered_at < release.sent_at:
        refuse(
            "before_sent",
            f"The answer cannot come before the order was sent ({by_when(release.sent_at)}).",
            "happened_at",
        )
    check_times("of the answer", answered_at, at, late_reason)
    release.outcome = outcome
    release.answered_at, release.answer_recorded_at, release.answered_by = answered_at, at, by
    release.answer_late_reason = late_reason
    release.version += 1
    brief.queue_answer(release, by=by, at=at)


@action
def record_secured(
    *,
    by: User,
    at: datetime,
    release: Release,
    supply_mode: str = "",
    supplying_agency: Agency | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
    note: str = "",
    told: Told | None = None,
    version: int | None = None,
) -> Release:
    """The supplier has somebody: its own worker, or another agency's and whose.

    Refuses: before_it_was_accepted, before_sent, changed_meanwhile, in_future, late_without_reason, no_supply_mode, no_supplying_agency,
    nobody_accepted, not_brokered, not_its_agency, not_what_was_accepted.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = lock_open(release, version)
    if refused := candidates.secured_refusal(release, supply_mode, supplying_agency, happened_at or at):
        refuse_if(*refused)
    if release.position > 0:
        if supply_mode not in SupplyMode.values:
            refuse("no_supply_mode", "Say whose worker it is.", "supply_mode")
        if supply_mode == SupplyMode.BROKERED and release.exemption_id:
            refuse(
                "not_its_agency",
                f"The exemption is for {release.contract.agency} and its own workers. Another agency needs an exemption of its own.",
                "supply_mode",
            )
        if supply_mode == SupplyMode.BROKERED and supplying_agency is None:
            refuse("no_supplying_agency", "Choose the agency whose worker it is.", "supplying_agency")
        if (
            supplying_agency
            and supply_mode == SupplyMode.BROKERED
            and supplying_agency.pk == release.contract.agency_id
        ):
            refuse(
                "not_brokered", f"{supplying_agency} is the supplier itself. Choose its own worker, or another agency."
            )
        release.supply_mode = supply_mode
        release.supplying_agency = supplying_agency if supply_mode == SupplyMode.BROKERED else None
    release.note = note
    (told or Told()).write(release, by=by, at=at)
    write_answer(release, Outcome.SECURED, by, at, happened_at or at, late_reason)
    release.save()
    return release


@action
def record_not_secured(
    *,
    by: User,
    at: datetime,
    release: Release,
    reason: str,
    own_supply: str = "",
    brokered_supply: str = "",
    agencies_approached: str = "",
    rate_asked: Decimal | None = None,
    declined_on: date | None = None,
    declined_sender: str = "",
    declined_text: str = "",
    statement: Statement | None = None,
    happened_at: datetime | None = None,
    late_reason: str = "",
    note: str = "",
    told: Told | None = None,
    version: int | None = None,
) -> Release:
    """The supplier has nobody. Before its time has ended only with its own confirmation: date, sender and text, or
    `statement`, what it said itself through its link, which is also the time of its answer.

    Refuses: before_sent, before_the_candidate, candidate_accepted, candidate_has_an_offer, candidate_waits, changed_meanwhile, confirmation_date,
    confirmation_incomplete, in_future, late_without_reason, no_candidate_recorded, no_rate_asked, no_reason, own_words_have_their_time,
    own_words_of_another, own_words_say_why, rate_not_too_high, said_nothing, supply_not_said, window_not_ended.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = lock_open(release, version)
    answered_at = happened_at or at
    if statement is not None:
        _check_own_words(release, statement, reason, happened_at)
        release.statement, answered_at = statement, statement.received_at
        declined_on, declined_sender, declined_text = day_of(answered_at), statement.said_by, statement.words
    declined = _check_confirmation(release, answered_at, at, declined_on, declined_sender, declined_text)
    _check_why(release, reason, rate_asked, own_supply, brokered_supply)
    if statement is None and release.submissions.standing().filter(received_at__gt=answered_at).exists():
        refuse(
            "before_the_candidate",
            "A candidate of this order came after that time, so the answer is later. Check the time.",
            "happened_at",
        )
    release.reason, release.rate_asked = reason, rate_asked if reason == NotSecuredReason.RATE_TOO_HIGH else None
    release.own_supply, release.brokered_supply = own_supply, brokered_supply
    release.agencies_approached, release.note = agencies_approached, note
    if declined:
        release.declined_on, release.declined_sender, release.declined_text = (
            declined_on,
            declined_sender,
            declined_text,
        )
    if reason == NotSecuredReason.NO_ANSWER and told and told.by:
        refuse("said_nothing", "It gave no answer, so leave this empty; or choose why nobody was secured.", "told_by")
    (told or Told()).write(release, by=by, at=at)
    write_answer(release, Outcome.NOT_SECURED, by, at, answered_at, late_reason)
    release.save()
    witnessing.as_recorded(release, statement)
    return release


def _check_own_words(release: Release, statement: Statement, reason: str, happened_at: datetime | None) -> None:
    if statement.release_id != release.pk or statement.kind != Statement.Kind.CANNOT_SUPPLY:
        refuse("own_words_of_another", "These are words about another order.")
    if reason not in SAID_BY_SUPPLIERS and reason != NotSecuredReason.UNSUITABLE:
        refuse("own_words_say_why", "The supplier has said itself why it cannot supply. Choose what it said.", "reason")
    if happened_at:
        refuse(
            "own_words_have_their_time",
            f"It answered itself on {by_when(statement.received_at)}, by its link. Leave the time empty.",
            "happened_at",
        )


def _check_confirmation(
    release: Release, answered_at: datetime, at: datetime, declined_on: date | None, sender: str, text: str
) -> bool:
    """Whether the supplier confirmed it, whole; before its time has ended it must have."""
    told = [bool(declined_on), bool(sender.strip()), bool(text.strip())]
    declined = all(told)
    if any(told) and not declined:
        refuse(
            "confirmation_incomplete",
            "A confirmation has a date, a sender and its text. Enter all three, or none.",
            "declined_on",
        )
    if answered_at < release.respond_by and not declined:
        refuse(
            "window_not_ended",
            f"{release.contract.agency} has until {by_when(release.respond_by)}. Wait until then, or give its own confirmation that it "
            "cannot supply: date, sender and text.",
            "declined_on",
        )
    if declined_on and not day_of(release.sent_at) <= declined_on <= day_of(at):
        refuse("confirmation_date", "The confirmation is dated between the order and today.", "declined_on")
    return declined


def _check_why(release: Release, reason: str, rate_asked: Decimal | None, own: str, brokered: str) -> None:
    if reason not in NotSecuredReason.values:
        refuse("no_reason", "Choose why nobody was secured.", "reason")
    refuse_if(candidates.not_secured_refusal(release, reason), "reason")
    if reason == NotSecuredReason.RATE_TOO_HIGH and not rate_asked:
        refuse("no_rate_asked", "Enter the rate that was asked for.", "rate_asked")
    if rate_asked and reason == NotSecuredReason.RATE_TOO_HIGH and rate_asked <= release.max_rate:
        refuse(
            "rate_not_too_high",
            f"It was asked at no more than {money(release.max_rate)} an hour, so that rate is not too high.",
            "rate_asked",
        )
    if release.position == 1 and not (own and brokered):
        refuse("supply_not_said", "Say whether it tried its own workers and those of other agencies.", "own_supply")


@action
def first_supplier_can_supply(
    *,
    by: User,
    at: datetime,
    release: Release,
    supply_mode: str,
    supplying_agency: Agency | None = None,
    note: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Release:
    """A later route is open and the first supplier comes back with somebody: it goes first.

    Takes the open order back and records a new, secured order to the first supplier, on the same terms, in one step.

    Refuses: before_sent, in_future, late_without_reason; what `record_secured` and `send` refuse.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(release.vacancy)
    release = lock_open(release, None, "first-supplier")
    first = known(release.rests_on)
    while first.rests_on:
        first = first.rests_on
    told_at = happened_at or at
    release.note = f"{first.contract.agency} can supply after all. {note}"
    write_answer(release, Outcome.WITHDRAWN, by, at, told_at, late_reason)
    release.save()
    day = day_of(told_at)
    first_step = StepSource.objects.filter(order=first.order_id, position=first.position)
    running = Contract.objects.running_on(day).named(first_step).filter(agency=first.contract.agency_id)
    contract = running.filter(pk=first.contract_id).first() or running.order_by("-starts_on").first() or first.contract
    when = {"happened_at": happened_at, "late_reason": late_reason}
    again = send(
        by=by,
        at=at,
        vacancy=vacancy,
        contract=contract,
        max_rate=first.max_rate,
        starts_on=max(first.starts_on, day),
        weeks=first.weeks,
        **when,
    )
    return record_secured(
        by=by, at=at, release=again, supply_mode=supply_mode, supplying_agency=supplying_agency, note=note, **when
    )


@action
def add_answer_file(*, by: User, at: datetime, release: Release, file: File) -> Release:
    """The supplier's e-mail that says again what it had told us: kept with the answer, once.

    Refuses: entered_in_error, file_bomb, file_broken, file_empty, file_kind, file_locked, file_macros, file_name, file_not_what_it_says,
    file_too_large, file_two_endings, has_a_file, no_room, no_title, not_failed.
    """
    require_source(by, day_of(at))
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).select_related("contract__agency").get(pk=release.pk)
    refuse_if(refusal("answer-file", facts_of(release, by, at)))
    title = f"{possessive(release.contract.agency.name)} answer, by e-mail"
    release.answer_file = _keep(file, title, release, by=by, at=at)
    release.version += 1
    release.save()
    return release


@action
def give_order_number(*, by: User, at: datetime, release: Release, order_number: str) -> Release:
    """The supplier's own number for the order, which it often gives later; payments find their contract by it.

    Refuses: entered_in_error.
    """
    require_source(by, day_of(at))
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    refuse_if(refusal("order-number", facts_of(release, by, at)))
    release.order_number = order_number.strip()
    release.version += 1
    release.save()
    return release
