"""Recording a quality review, its actions, and that the Assistant Director has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.models import Placement, QualityReview, ReviewAction
from placements.reads import reviews
from placements.reads.placements import facts_of
from placements.rules.placement import refusal
from placements.rules.review import refusal as review_refusal
from recruitment.permissions import in_reach


@dataclass(frozen=True)
class ToDo:
    """An action that comes of a review."""

    what: str
    owner: str
    due_on: date


@action
def record_review(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    held_on: date,
    rating: int,
    findings: str,
    to_do: Sequence[ToDo] = (),
) -> QualityReview:
    """A review of any placement, on whatever route, so that routes can be compared; of one by exemption it was due.

    Refuses: did_not_start, due_before, entered_in_error, held_before, held_when, no_rating, no_reason, not_standing.
    """
    service = placement.vacancy.team.service_id
    require(in_reach(by, service, day_of(at), "review"), "record a review in this Service")
    placement = Placement.objects.select_for_update(of=("self",)).select_related("contract").get(pk=placement.pk)
    refuse_if(refusal("review", facts_of(placement, by, at)), "held_on")
    if not placement.starts_on <= held_on <= day_of(at):
        refuse(
            "held_when", f"A review is held from {day_name(placement.starts_on)} to today. Check the date.", "held_on"
        )
    if placement.reviews.filter(held_on__gte=held_on).exists():
        refuse("held_before", "A review of that day or a later one is recorded already.", "held_on")
    if not 1 <= rating <= 4:
        refuse("no_rating", "Choose a rating from 1 to 4.", "rating")
    require_reason(findings, "Say what was found.", "findings")
    for one in to_do:
        if one.due_on < held_on:
            refuse("due_before", "An action is due on the day of the review or later. Check its date.", "due_on")
    due = reviews.next_review(placement)
    review = QualityReview.objects.create(
        placement=placement,
        due_on=due.due_on if due else None,
        held_on=held_on,
        rating=rating,
        findings=findings.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    for one in to_do:
        ReviewAction.objects.create(review=review, what=one.what.strip(), owner=one.owner.strip(), due_on=one.due_on)
    return review


@action
def finish_action(*, by: User, at: datetime, to_do: ReviewAction, done_on: date, note: str) -> ReviewAction:
    """An action of a review is done.

    Refuses: already_done, done_when, no_reason.
    """
    service = to_do.review.placement.vacancy.team.service_id
    require(in_reach(by, service, day_of(at), "review"), "record what was done in this Service")
    to_do = ReviewAction.objects.select_for_update(of=("self",)).select_related("review").get(pk=to_do.pk)
    if to_do.done_on:
        refuse("already_done", f"This was done on {day_name(to_do.done_on)}.")
    if not to_do.review.held_on <= done_on <= day_of(at):
        refuse("done_when", "It was done between the review and today. Check the date.", "done_on")
    require_reason(note, "Say what was done.", "note")
    to_do.done_on, to_do.done_note, to_do.done_by = done_on, note.strip(), by
    to_do.save()
    return to_do


@action
def oversee(*, by: User, at: datetime, review: QualityReview, note: str = "") -> QualityReview:
    """The Assistant Director has read a review, never one's own; with a note where there is something to say.

    Refuses: already_read, own_entry.
    """
    require(may(by, "oversee_reviews", day_of(at)), "oversee quality reviews")
    review = QualityReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    refuse_if(review_refusal("oversee", reviews.facts_of(review, by)))
    review.read_by, review.read_at, review.read_note = by, at, note.strip()
    review.save()
    return review
