"""A correction is confirmed or turned down by somebody else, with what follows from it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from council import notices
from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.breaches.actions import mark
from placements.corrections.correctable import FACTS, check_stands, stretch_before
from placements.models import Breach, BreachKind, Hire, Placement
from placements.placement.booking import add_period
from placements.placement.commitments import reverse, stretches_of
from placements.reads.marks import PROOF, is_lost, why_lost
from recruitment.candidates.stepping import withdraw_who_accepted
from recruitment.contracts import actions as contracts
from recruitment.corrections import as_text, set_text
from recruitment.models import Correction, Outcome, Release, Round
from recruitment.orders import brief
from recruitment.reads import candidates
from recruitment.reads.requests import lock_vacancy
from recruitment.witnesses import actions as witnessing


@action
def decide(*, by: User, at: datetime, correction: Correction, decision: str, reason: str = "") -> Correction:
    """Confirm a correction, never one's own, or turn it down. Confirming judges again what rested on the fact.

    Refuses: already_decided, did_not_start, entered_in_error, no_reason, own_entry.
    """
    require(may(by, "correct", day_of(at)), "confirm corrections")
    lock_vacancy(correction.vacancy)
    correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if correction.decision:
        refuse("already_decided", f"This correction is {correction.get_decision_display().lower()} already.")
    if correction.proposed_by_id == by.pk:
        refuse("own_entry", "You proposed this, so somebody else confirms it.")
    if decision == Correction.Decision.TURNED_DOWN:
        require_reason(reason, "Say why it is turned down.")
    correction.decision, correction.decision_reason = decision, reason
    correction.decided_by, correction.decided_at = by, at
    if decision == Correction.Decision.CONFIRMED:
        correction.named = notices.name_somebody(
            by,
            title=f"You confirmed a correction of {correction.subject_name}",
            text=f"You are named as having confirmed a correction of {correction.subject_name}, which {correction.proposed_by} proposed.\n\n"
            "If you did not, tell the Assistant Director at once.",
            at=at,
        )
    correction.save()
    if decision == Correction.Decision.CONFIRMED:
        row = FACTS[correction.subject][0].objects.select_for_update(of=("self",)).get(pk=correction.subject_id)
        check_stands(row)
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
    why = f"{release.contract.agency}: what was recorded of {release.reference} was corrected. "
    for later in release.opened.standing().filter(unproved_by__isnull=True).select_related("round__order"):
        _judge(
            release, later, correction, why, by=by, at=at
        )  # before its witness goes, since nobody may rest on what has none
    release.corrected_by = correction
    release.version += 1
    release.answer_no += 1
    witnessing.by_correction(release, correction)
    release.save()
    brief.queue_answer(release, by=by, at=at)
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
    Placement.objects.filter(release=release).update(proof=None)
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


def _take_back_marks(order: Release, correction: Correction, *, by: User, at: datetime) -> None:
    """Give an order its proof again, and what rests on it in turn; the marks stay, and say what took them back."""
    lost_by = order.unproved_by_id
    if lost_by is None or is_lost(order):
        refuse("mark_is_right", f"What {order} rests on does not prove it by what is recorded now, so the mark stays.")
    order.corrected_by = correction
    order.answer_no += 1
    witnessing.by_correction(order, correction)
    _give_proof_back(order, lost_by, correction)


def _give_proof_back(order: Release, lost_by: int, correction: Correction) -> None:
    proof = known(order.rests_on)
    order.proof_answered_at, order.proof_rate = proof.answered_at, proof.max_rate
    order.unproved_by = None
    order.version += 1
    order.save()
    Placement.objects.filter(release=order).update(proof=proof)
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
        terms = stretch_before(placement)
        assert terms is not None, "the first stretch begins where the start was"
        entry = None
        if placement.contract_id:
            note = f"{placement.reference} started earlier"
            enter = contracts.commit if placement.starts_on > day_of(at) else contracts.record_fact  # not worked yet
            entry = enter(placement.contract_id, terms.value, note=note, by=by, at=at)
        add_period(placement, terms, entry, by=by, at=at, reason=f"Corrected: {correction.reason}")


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
