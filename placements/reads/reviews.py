"""When a placement by exemption is to be reviewed, and what an overdue review stops."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, ExpressionWrapper, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Least

from council.models import Council, User
from council.refusal import Refusal
from council.wording import day_name
from council.working_time import day_of, end_of_day
from placements.models import Placement, QualityReview
from placements.rules.review import ReviewFacts
from recruitment.models import Route
from recruitment.rules.charge import working_days


@dataclass(frozen=True)
class Review:
    """A placement whose next review is due on a day."""

    placement: Placement
    due_on: date

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today


def by_exemption():
    """The standing placements on contracts let by exemption."""
    return Placement.objects.standing().filter(contract__route=Route.EXEMPTION)


def due_on(placement: Placement, last_held: date | None, weeks: int) -> date:
    """So many weeks after the last review; after the start where there was none."""
    return (last_held or placement.starts_on) + timedelta(weeks=weeks)


def next_review(placement: Placement) -> Review | None:
    """The next review of a placement by exemption; None where it has ended by then, or is on another route."""
    if placement.contract is None or placement.contract.route != Route.EXEMPTION:
        return None
    held = placement.reviews.aggregate(last=Max("held_on"))["last"]
    due = due_on(placement, held, Council.current().review_weeks)
    return Review(placement, due) if due <= placement.ends_on else None


def reviews_due(rows, today: date, within: timedelta = timedelta(0)) -> list[Review]:
    """Of placements that have started, the reviews that are overdue or due soon, the longest due first.

    One that was due while the worker was there stays until it is held. A constant number of queries.
    """
    return [Review(one, one.review_due_on) for one in with_review_due(rows, today, within)]


def with_review_due(rows, today: date, within: timedelta = timedelta(0)):
    """The placements of `reviews_due` as a queryset, each with the day as `review_due_on`."""
    weeks = Council.current().review_weeks
    held = QualityReview.objects.filter(placement=OuterRef("pk"), held_on__lte=today).order_by("-held_on")
    last = Coalesce(Subquery(held.values("held_on")[:1]), F("starts_on"))
    due = ExpressionWrapper(last + Value(7 * weeks), output_field=DateField())  # as `due_on` has it
    started = rows.standing().filter(starts_on__lte=today).annotate(review_due_on=due)
    return started.filter(review_due_on__lte=Least(Value(today + within), F("ends_on"))).order_by("review_due_on", "pk")


def overdue_since(placement: Placement, today: date) -> date | None:
    """The day on which a review of the placement was due and has not been held; None where none is overdue."""
    review = next_review(placement)
    return review.due_on if review and review.is_overdue(today) else None


def extension_refusal(placement: Placement, starts_on: date, ends_on: date, today: date) -> Refusal | None:
    """While a review is overdue the placement goes on once, for a few working days."""
    since = overdue_since(placement, today)
    if since is None:
        return None
    most = Council.current().review_extension_days
    what = f"The quality review of {placement.reference} has been due since {day_name(since)}."
    extended = placement.periods.filter(overdue_since__isnull=False)
    if held := placement.reviews.aggregate(last=Max("held_on"))["last"]:
        extended = extended.filter(agreed_at__gte=end_of_day(held))
    if extended.exists():
        return Refusal("review_overdue", f"{what} It has been extended once since. Hold the review first.")
    if working_days("weekdays", starts_on, ends_on) > most:
        return Refusal(
            "review_overdue",
            f"{what} Until it is held the placement may be extended by at most {most} working days, once.",
        )
    return None


def facts_of(review: QualityReview, user: User) -> ReviewFacts:
    """What the rules ask about a review that was held, for the person who looks."""
    read_on = day_name(day_of(review.read_at)) if review.read_at else ""
    return ReviewFacts(review.read_by.name if review.read_by else "", read_on, review.recorded_by_id == user.pk)
