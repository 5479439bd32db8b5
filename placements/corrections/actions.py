"""Putting a recorded fact right: one person proposes, another confirms, and what rested on it is judged again.

The old value is kept and shown. Where something no longer holds it stays, because it happened, and appears as a breach.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from council.actions import action, require
from council.errors import refuse, refuse_if
from council.known import known
from council.models import Council, User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.breaches.actions import mark
from placements.breaches.workers_found import FIRST_DAY
from placements.models import Breach, BreachKind, Hire, Placement
from placements.placement.booking import add_period, find_or_add_worker
from placements.placement.commitments import reverse, stretches_of
from placements.reads.marks import PROOF, is_lost, why_lost
from placements.reads.marks import facts_of as breach_facts
from placements.rules.booking import Terms
from placements.rules.breach import refusal as breach_refusal
from recruitment.candidates.actions import withdraw_who_accepted
from recruitment.contracts import actions as contracts
from recruitment.corrections import CORRECTABLE, as_text, column_of, same_minute, set_text
from recruitment.models import Correction, Outcome, RecruitmentState, Release, Round, Vacancy
from recruitment.orders import brief
from recruitment.reads import candidates
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.charge import working_days
from recruitment.rules.order import refusal as order_refusal

YEAR = timedelta(days=366)
# `Any`, since what is corrected differs by subject.
FACTS: dict[str, tuple[Any, tuple[str, ...]]] = CORRECTABLE | {
    "placement": (Placement, ("starts_on", "worker")),
    "hire": (Hire, ("starts_on",)),
}


def subject_of(correction: Correction) -> Any:
    """The row a correction is about."""
    return FACTS[correction.subject][0].objects.get(pk=correction.subject_id)


def address_of(correction: Correction) -> str:
    """Where the corrected row is shown."""
    row = subject_of(correction)
    return row.vacancy.get_absolute_url() if isinstance(row, Round) else row.get_absolute_url()


def vacancy_of(row: Any) -> Vacancy:
    return row.vacancy


@action
def propose(*, by: User, at: datetime, subject: str, row: Any, why: str, **values) -> Correction:
    """Say what is wrong with a recorded fact and what is right. Nothing changes until somebody else confirms it."""
    require(may(by, "correct", day_of(at)), "correct what was recorded")
    model, fields = FACTS[subject]
    unknown = set(values) - set(fields)
    assert not unknown, f"not correctable: {unknown}"
    lock_vacancy(vacancy_of(row))
    row = model.objects.get(pk=row.pk)
    if subject == "release":
        refuse_if(order_refusal("correct", facts_of(row, by, at)))
    _check_stands(row)
    if not why.strip():
        refuse("no_reason", "Say how you know.", "why")
    before, after = {}, {}
    for name, value in values.items():
        old = as_text(row, name)
        setattr(row, name, value)
        new = as_text(row, name)
        if old != new and not same_minute(old, new):
            before[column_of(model, name)], after[column_of(model, name)] = old, new
    if not after:
        refuse("nothing_changed", "Nothing is different. Change a field, or go back.")
    _check_days(subject, row, at)
    if Correction.objects.waiting().filter(subject=subject, subject_id=row.pk).exists():
        refuse("waits_already", f"A correction of {row} waits to be confirmed already.")
    return Correction.objects.create(
        subject=subject,
        subject_id=row.pk,
        subject_name=str(row),
        vacancy=vacancy_of(row),
        before=before,
        after=after,
        reason=why,
        proposed_by=by,
        proposed_at=at,
    )


def _check_stands(row: Any) -> None:
    if getattr(row, "voided_at", None):
        refuse("entered_in_error", f"{row} is marked as entered in error, so there is nothing to correct.")
    if getattr(row, "did_not_start_at", None):
        refuse("did_not_start", f"{row.worker} did not start, so there is nothing to correct.")


def _check_days(subject: str, row: Any, at: datetime) -> None:
    moments = {"release": ("sent_at", "answered_at")}.get(subject, ())
    if any(getattr(row, name) and getattr(row, name) > at for name in moments):
        refuse("in_future", "The time is in the future. Enter when it really happened.", "answered_at")
    if subject == "release" and row.outcome not in {Outcome.SECURED, Outcome.NOT_SECURED, Outcome.WITHDRAWN}:
        refuse("not_an_answer", "Choose what the supplier said.", "outcome")
    if subject == "release" and row.answered_at and row.answered_at < row.sent_at:
        refuse("before_sent", "The answer cannot come before the order was sent. Check the time.", "answered_at")
    if subject == "round" and row.recruitment_state == RecruitmentState.ADVERTISED:
        if not (row.advertised_on and row.advert_reference):
            refuse("no_advert", "Give the date and the reference of the advert.", "advertised_on")
        if row.advertised_on > day_of(at):
            refuse("advert_in_future", "The advert's date is in the future. Check it.", "advertised_on")
    if subject == "round" and row.recruitment_state != RecruitmentState.ADVERTISED and not row.recruitment_note.strip():
        refuse("no_reason", "Say why.", "recruitment_note")
    if subject == "hire":
        _check_hire(row)
    if subject != "placement":
        return
    if row.starts_on < FIRST_DAY:
        refuse("dates_wrong", "Check the year of the start.", "starts_on")
    if row.starts_on > row.ends_on:
        refuse("end_before_start", "The start is after the end. Check the date.", "starts_on")
    days = Council.current().handover_days
    if row.handover_until and working_days("weekdays", row.starts_on, row.handover_until) > days:
        refuse(
            "handover_too_long",
            f"With this start the handover would last more than {days} working days. End the other placement earlier first.",
            "starts_on",
        )
    old = Placement.objects.get(pk=row.pk)
    days = Council.current().emergency_days
    on_authority = old.periods.filter(entry__authority__isnull=False).exists()
    if on_authority and working_days("weekdays", row.starts_on, row.ends_on) > days:
        refuse(
            "authority_is_short",
            f"The Strategic Director's authority is for at most {days} working days. Record what was worked before as a breach.",
            "starts_on",
        )
    first = known(old.periods.order_by("starts_on").first())
    if row.starts_on < old.starts_on and first.starts_on < old.starts_on:
        refuse(
            "moved_back",
            f"The start was corrected to {day_name(old.starts_on)} before and cannot be moved back. Have the placement marked as entered "
            "in error, and book it again.",
            "starts_on",
        )
    if (earlier := _stretch_before(row)) and earlier.value <= 0:
        sentence = "There is no working day between the old start and the new one. Enter the first working day."
        refuse("no_working_day", sentence, "starts_on")
    if row.worker_id != old.worker_id and (old.continues_as == "carry_over" or old.continuations.exists()):
        refuse(
            "carried_over",
            "The placement was carried over with its worker. Have the later one marked as entered in error first.",
            "registration_number",
        )


def _check_hire(hire: Hire) -> None:
    if hire.converts_id:
        refuse(
            "converted",
            "The start follows the placement it converts. Have it marked as entered in error, and convert the placement again.",
            "starts_on",
        )
    recorded = day_of(hire.recorded_at)
    if not recorded - YEAR <= hire.starts_on <= recorded + YEAR:
        refuse("dates_wrong", "The start is within a year of when it was recorded. Check the date.", "starts_on")


@action
def decide(*, by: User, at: datetime, correction: Correction, decision: str, reason: str = "") -> Correction:
    """Confirm a correction, never one's own, or turn it down. Confirming judges again what rested on the fact."""
    require(may(by, "correct", day_of(at)), "confirm corrections")
    lock_vacancy(correction.vacancy)
    correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if correction.decision:
        refuse("already_decided", f"This correction is {correction.get_decision_display().lower()} already.")
    if correction.proposed_by_id == by.pk:
        refuse("own_entry", "You proposed this, so somebody else confirms it.")
    if decision == Correction.Decision.TURNED_DOWN and not reason.strip():
        refuse("no_reason", "Say why it is turned down.", "reason")
    correction.decision, correction.decision_reason = decision, reason
    correction.decided_by, correction.decided_at = by, at
    correction.save()
    if decision == Correction.Decision.CONFIRMED:
        row = FACTS[correction.subject][0].objects.select_for_update(of=("self",)).get(pk=correction.subject_id)
        _check_stands(row)
        for column, text in correction.before.items():
            field = next(field for field in row._meta.concrete_fields if field.attname == column)
            if as_text(row, field.name) != text:
                refuse("changed_meanwhile", f"{row} has changed since this was proposed. Propose it again.")
        APPLY[correction.subject](row, correction, by=by, at=at)
    return correction


# -- an answer ----------------------------------------------------------------------------------------------------------------


def _correct_release(release: Release, correction: Correction, *, by: User, at: datetime) -> None:
    if PROOF in correction.after:
        _take_back_marks(release, correction, by=by, at=at)
        return
    for column, text in correction.after.items():
        set_text(release, column, text)
    if not release.secured_somebody and Hire.objects.standing().filter(release=release).exists():
        refuse(
            "hire_rests_on_it",
            "A permanent start rests on this answer. Mark the start as entered in error first, or correct its date.",
        )
    if release.outcome == Outcome.NOT_SECURED:
        withdraw_who_accepted(
            release, by=by, at=at, happened_at=at, reason=f"The answer was corrected: {correction.reason}"
        )
        refuse_if(candidates.not_secured_refusal(release, release.reason), "outcome")
    release.corrected_by = correction
    release.version += 1
    release.save()
    brief.queue_answer(release, by=by, at=at)
    why = f"{release.contract.agency}: what was recorded of {release.reference} was corrected. "
    if not release.secured_somebody:
        said = f"{why}It had not secured the worker."
        for placement in Placement.objects.filter(release=release, voided_at__isnull=True, unproved_by__isnull=True):
            placement.unproved_by = correction
            placement.version += 1
            placement.save()
            if placement.did_not_start_at is None:
                _mark(placement, correction, said, by=by, at=at)
    for need in release.proves_needs.filter(unproved_by__isnull=True):
        approval = need.exemption.decisions.filter(approves=need.exemption_id).first()
        later = approval is not None and release.failed_at and release.failed_at > approval.decided_at
        if release.failed_at is None or not release.was_answered_in_time or later:
            need.unproved_by = correction
            need.save(update_fields=["unproved_by"])
    for later in release.opened.standing().filter(unproved_by__isnull=True).select_related("round__order"):
        _judge(release, later, correction, why, by=by, at=at)


def _judge(proof: Release, later: Release, correction: Correction, why: str, *, by: User, at: datetime) -> None:
    lost = why_lost(proof, later)
    if lost is None:
        later.proof_answered_at, later.proof_rate = proof.answered_at, proof.max_rate
    else:
        later.unproved_by = correction
    later.version += 1
    later.save()
    if lost:
        _lost(later, correction, f"{why}{lost}", by=by, at=at)


def _lost(release: Release, correction: Correction, how: str, *, by: User, at: datetime) -> None:
    """Mark who was placed on an order without its proof, and take the proof from what rests on that order in turn."""
    for placement in Placement.objects.standing().filter(release=release):
        _mark(placement, correction, how, by=by, at=at)
    for later in release.opened.standing().filter(unproved_by__isnull=True):
        later.unproved_by = correction
        later.version += 1
        later.save()
        _lost(later, correction, how, by=by, at=at)


def _mark(placement: Placement, correction: Correction, how_found: str, *, by: User, at: datetime) -> None:
    mark(
        placement,
        BreachKind.PROOF_CORRECTED,
        by=correction.proposed_by,
        at=at,
        how_found=how_found,
        correction=correction,
    )


# -- a mark that was made although the proof was never missing ------------------------------------------------------------------


@action
def propose_taking_back(*, by: User, at: datetime, breach: Breach, why: str) -> Correction:
    """Say that a mark was made although the proof was never missing. Refused where it is missing; somebody else confirms it."""
    require(may(by, "correct", day_of(at)), "correct what was recorded")
    lock_vacancy(breach.placement.vacancy)
    breach = Breach.objects.select_related("placement__release__contract__agency").get(pk=breach.pk)
    refuse_if(breach_refusal("take-back", breach_facts(breach, by)))
    if not why.strip():
        refuse("no_reason", "Say how you know.", "why")
    order = known(breach.placement.release)
    return Correction.objects.create(
        subject="release",
        subject_id=order.pk,
        subject_name=str(order),
        vacancy=order.vacancy,
        before={PROOF: str(order.unproved_by_id)},
        after={PROOF: None},
        reason=why,
        proposed_by=by,
        proposed_at=at,
    )


def _take_back_marks(order: Release, correction: Correction, *, by: User, at: datetime) -> None:
    """Give an order its proof again, and what rests on it in turn; the marks stay, and say what took them back."""
    lost_by = order.unproved_by_id
    if lost_by is None or is_lost(order):
        refuse("mark_is_right", f"What {order} rests on does not prove it by what is recorded now, so the mark stays.")
    order.corrected_by = correction
    _give_proof_back(order, lost_by, correction)


def _give_proof_back(order: Release, lost_by: int, correction: Correction) -> None:
    proof = known(order.rests_on)
    order.proof_answered_at, order.proof_rate = proof.answered_at, proof.max_rate
    order.unproved_by = None
    order.version += 1
    order.save()
    Breach.objects.standing().filter(placement__release=order, correction=lost_by).update(taken_back_by=correction)
    for later in order.opened.standing().filter(unproved_by=lost_by):
        if not is_lost(later):
            _give_proof_back(later, lost_by, correction)


# -- where permanent recruitment stood ------------------------------------------------------------------------------------------


def _correct_round(round_: Round, correction: Correction, *, by: User, at: datetime) -> None:
    for column, text in correction.after.items():
        set_text(round_, column, text)
    round_.save()
    first = round_.releases.standing().filter(position__gt=0).order_by("sent_at").first()
    if first and round_.advertised_on and round_.advertised_on > day_of(first.sent_at):
        why = f"The post was advertised on {day_name(round_.advertised_on)}, after an agency had been asked."
        for placement in Placement.objects.standing().filter(round=round_):
            _mark(placement, correction, why, by=by, at=at)


# -- a placement and a permanent start --------------------------------------------------------------------------------------------


def _correct_placement(placement: Placement, correction: Correction, *, by: User, at: datetime) -> None:
    before = sum((one.value for one in stretches_of(placement)), Decimal(0))
    old_start: date = placement.starts_on
    for column, text in correction.after.items():
        set_text(placement, column, text)
    placement.corrected_by = correction
    placement.version += 1
    placement.save()
    order = placement.release
    if order and placement.starts_on < day_of(known(order.answered_at)):
        why = f"The worker started on {day_name(placement.starts_on)}, before {order.contract.agency} had answered."
        _mark(placement, correction, why, by=by, at=at)
    if order and order.exemption:
        begins = order.exemption.starts_on
        if placement.starts_on < begins:
            why = (
                f"The worker started on {day_name(placement.starts_on)}, and the exemption began on {day_name(begins)}."
            )
            _mark(placement, correction, why, by=by, at=at)
    if order and {"worker_id", "starts_on"} & set(correction.after):
        number = placement.worker.registration_number
        if refusal := candidates.later_route_refusal(order, number, placement.starts_on):
            _mark(placement, correction, refusal.sentence, by=by, at=at)
    if placement.starts_on > old_start:
        later = Placement.objects.get(pk=placement.pk)
        back = before - sum((one.value for one in stretches_of(later)), Decimal(0))
        if back > 0:
            reverse(placement, back, f"{placement.reference} started later", by=by, at=at)
    elif placement.starts_on < old_start:
        terms = _stretch_before(placement)
        assert terms is not None, "the first stretch begins where the start was"
        entry = None
        if placement.contract_id:
            note = f"{placement.reference} started earlier"
            enter = contracts.commit if placement.starts_on > day_of(at) else contracts.record_fact  # not worked yet
            entry = enter(placement.contract_id, terms.value, note=note, by=by, at=at)
        add_period(placement, terms, entry, by=by, at=at, reason=f"Corrected: {correction.reason}")


def _stretch_before(placement: Placement) -> Terms | None:
    """The days between a corrected start and what is booked so far, on its first rates; None where the start is not earlier."""
    stretches = [one for one in placement.periods.all() if one.last_on >= one.starts_on]
    first = min(stretches, key=lambda one: one.starts_on)
    if placement.starts_on >= first.starts_on:
        return None
    last = first.starts_on - timedelta(1)
    return Terms(
        placement.starts_on, last, placement.hours_per_week, placement.pattern, first.pay_rate, first.charge_rate
    )


def _correct_hire(hire: Hire, correction: Correction, *, by: User, at: datetime) -> None:
    for column, text in correction.after.items():
        set_text(hire, column, text)
    hire.save()


APPLY: dict[str, Callable] = {
    "release": _correct_release,
    "round": _correct_round,
    "placement": _correct_placement,
    "hire": _correct_hire,
}


def worker_for(registration_number: str, name: str):
    """The worker a placement is corrected to; added where nobody with this number is recorded yet."""
    return find_or_add_worker(registration_number, name)
