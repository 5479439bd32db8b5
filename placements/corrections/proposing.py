"""Proposing that a recorded fact is put right."""

from datetime import datetime, timedelta
from typing import Any

from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.models import Council, User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.breaches.workers_found import FIRST_DAY
from placements.corrections.correctable import FACTS, check_stands, stretch_before, vacancy_of
from placements.models import Breach, Hire, Placement
from placements.placement.booking import find_or_add_worker
from placements.reads.marks import PROOF
from placements.reads.marks import facts_of as breach_facts
from placements.rules.breach import refusal as breach_refusal
from recruitment.corrections import as_text, column_of, same_minute
from recruitment.models import Correction, Outcome, RecruitmentState
from recruitment.reads.orders import facts_of
from recruitment.reads.requests import lock_vacancy
from recruitment.rules.charge import working_days
from recruitment.rules.order import refusal as order_refusal

YEAR = timedelta(days=366)


@action
def propose(*, by: User, at: datetime, subject: str, row: Any, why: str, **values) -> Correction:
    """Say what is wrong with a recorded fact and what is right. Nothing changes until somebody else confirms it.

    Refuses: advert_in_future, authority_is_short, before_sent, carried_over, converted, dates_wrong, did_not_start, end_before_start,
    entered_in_error, handover_too_long, in_future, moved_back, no_advert, no_reason, no_working_day, not_an_answer, not_answered, nothing_changed,
    waits_already.
    """
    require(may(by, "correct", day_of(at)), "correct what was recorded")
    model, fields = FACTS[subject]
    unknown = set(values) - set(fields)
    assert not unknown, f"not correctable: {unknown}"
    lock_vacancy(vacancy_of(row))
    row = model.objects.get(pk=row.pk)
    if subject == "release":
        refuse_if(order_refusal("correct", facts_of(row, by, at)))
    check_stands(row)
    require_reason(why, "Say how you know.", "why")
    before, after = {}, {}
    for name, value in values.items():
        old = as_text(row, name)
        setattr(row, name, value)
        new = as_text(row, name)
        if old != new and not same_minute(old, new):
            before[column_of(model, name)], after[column_of(model, name)] = old, new
    if not after:
        refuse("nothing_changed", "Nothing is different. Change a field, or go back.")
    check_days(subject, row, at)
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


def check_days(subject: str, row: Any, at: datetime) -> None:
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
        check_hire(row)
    if subject == "placement":
        check_placement(row)


def check_placement(row: Placement) -> None:
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
    if (earlier := stretch_before(row)) and earlier.value <= 0:
        sentence = "There is no working day between the old start and the new one. Enter the first working day."
        refuse("no_working_day", sentence, "starts_on")
    if row.worker_id != old.worker_id and (old.continues_as == "carry_over" or old.continuations.exists()):
        refuse(
            "carried_over",
            "The placement was carried over with its worker. Have the later one marked as entered in error first.",
            "registration_number",
        )


def check_hire(hire: Hire) -> None:
    if hire.converts_id:
        refuse(
            "converted",
            "The start follows the placement it converts. Have it marked as entered in error, and convert the placement again.",
            "starts_on",
        )
    recorded = day_of(hire.recorded_at)
    if not recorded - YEAR <= hire.starts_on <= recorded + YEAR:
        refuse("dates_wrong", "The start is within a year of when it was recorded. Check the date.", "starts_on")


# -- a mark that was made although the proof was never missing ------------------------------------------------------------------


@action
def propose_taking_back(*, by: User, at: datetime, breach: Breach, why: str) -> Correction:
    """Say that a mark was made although the proof was never missing. Refused where it is missing; somebody else confirms it.

    Refuses: mark_is_right, no_reason, waits_already.
    """
    require(may(by, "correct", day_of(at)), "correct what was recorded")
    lock_vacancy(breach.placement.vacancy)
    breach = Breach.objects.select_related("placement__release__contract__agency").get(pk=breach.pk)
    refuse_if(breach_refusal("take-back", breach_facts(breach, by)))
    require_reason(why, "Say how you know.", "why")
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


def worker_for(registration_number: str, name: str):
    """The worker a placement is corrected to; added where nobody with this number is recorded yet."""
    return find_or_add_worker(registration_number, name)
