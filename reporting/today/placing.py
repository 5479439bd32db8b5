"""Placements, their reviews, breaches and corrections that wait for somebody."""

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from council.addresses import address
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.models import Breach, ExtensionProposal, Placement, QualityReview, ReviewAction
from placements.models.placement import PlacementQuerySet
from placements.reads.marks import mistaken_marks
from placements.reads.reviews import Review, by_exemption, with_review_due
from recruitment.models import Correction, Vacancy
from reporting.today.asking import SHOWN, Item, Question, Section, days


def who(placement: Placement) -> str:
    return f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"


def reviews_due(user: User, today: date) -> Question:
    mine = by_exemption().filter(pk__in=Placement.objects.visible_to(user).values("pk"))

    def line(placement: Placement, since: date, note: str) -> Item:
        overdue = Review(placement, since).is_overdue(today)
        why = "The quality review is overdue" if overdue else "The quality review is due today"
        return Item(who(placement), why, days(since, today), address("placements:review-new", placement.pk))

    due = with_review_due(mine, today)
    return Question("Quality reviews due", due, "review_due_on", F("review_due_on"), line, address("reporting:reviews"))


def review_actions(user: User, today: date) -> Question:
    rows = ReviewAction.objects.open().filter(due_on__lt=today, review__in=QualityReview.objects.visible_to(user))

    def line(one: ReviewAction, since: date, note: str) -> Item:
        text = f"{one.review.placement.reference}: {one.what}"
        why = f"{one.owner} was to do this by {day_name(since)}"
        return Item(text, why, days(since, today), address("reporting:review", one.review_id))

    return Question(
        "Review actions overdue", rows, "due_on", F("due_on"), line, address("reporting:reviews", state="overdue")
    )


def reviews_to_read(user: User, today: date) -> Question:
    rows = QualityReview.objects.visible_to(user).filter(read_at__isnull=True).exclude(recorded_by=user)

    def line(one: QualityReview, since: date, note: str) -> Item:
        why = f"Review of {day_name(one.held_on)}, rating {one.rating} of 4"
        return Item(who(one.placement), why, days(since, today), address("placements:review-oversee", one.pk))

    recorded = TruncDate("recorded_at")
    return Question(
        "Quality reviews to read", rows, "recorded_at", recorded, line, address("reporting:reviews", state="unread")
    )


def extensions(user: User, today: date) -> Question:
    standing = Placement.objects.standing().not_followed().filter(ended_early_at__isnull=True, end_reason="")
    rows = ExtensionProposal.objects.waiting().exclude(proposed_by=user).filter(placement__in=standing)

    def line(proposal: ExtensionProposal, since: date, note: str) -> Item:
        why = f"Until {day_name(proposal.ends_on)}, asked for by {proposal.proposed_by}"
        return Item(who(proposal.placement), why, days(since, today), proposal.get_absolute_url())

    return Question("Long extensions to decide", rows, "proposed_at", TruncDate("proposed_at"), line)


def breaches(user: User, today: date) -> Question:
    rows = Breach.objects.not_authorised().exclude(recorded_by=user).exclude(placement__booked_by=user)

    def line(breach: Breach, since: date, note: str) -> Item:
        text = f"{breach.reference}: {breach.placement.worker}, {breach.placement.vacancy.team}"
        why = f"{breach.get_kind_display()}. Is it approved after the start?"
        return Item(text, why, days(since, today), address("placements:breach-approve", breach.pk))

    recorded = TruncDate("recorded_at")
    return Question(
        "Breaches to decide", rows, "recorded_at", recorded, line, address("reporting:breaches", state="open")
    )


def marks_that_look_wrong(user: User, today: date) -> Section:
    found = mistaken_marks(Breach.objects.visible_to(user))
    items = [
        Item(
            f"{breach.reference}: {breach.placement.worker}, {breach.placement.vacancy.team}",
            "By what is recorded now, the proof is not missing. Propose that the mark is taken back?",
            days(day_of(breach.recorded_at), today),
            breach.get_absolute_url(),
        )
        for breach in found[:SHOWN]
    ]
    return Section("Marks of a breach that look wrong", len(found), items)


def corrections_to_confirm(user: User, today: date) -> Question:
    rows = Correction.objects.waiting().exclude(proposed_by=user).filter(vacancy__in=Vacancy.objects.visible_to(user))

    def line(correction: Correction, since: date, note: str) -> Item:
        why = f"Proposed by {correction.proposed_by}: {correction.reason}"
        text = f"{correction.subject_name}, {correction.vacancy.reference}"
        return Item(text, why, days(since, today), correction.get_absolute_url())

    return Question("Corrections to confirm", rows, "proposed_at", TruncDate("proposed_at"), line)


def _in_post(user: User, today: date) -> PlacementQuerySet:
    return Placement.objects.visible_to(user).live_on(today).not_followed()


def starts(user: User, today: date) -> Question:
    def line(placement: Placement, since: date, note: str) -> Item:
        return Item(
            who(placement),
            "Did the worker start?",
            days(since, today),
            address("placements:placement-start", placement.pk),
        )

    rows = _in_post(user, today).filter(started_confirmed_at__isnull=True, basis="release")
    return Question("Starts to confirm", rows, "starts_on", F("starts_on"), line)


def checks(user: User, today: date) -> Question:
    missing = Q()
    for name in Placement.CHECKS:
        missing |= Q(**{f"{name}__isnull": True})

    def line(placement: Placement, since: date, note: str) -> Item:
        why = f"In post, and still to come: {', '.join(placement.checks_missing)}"
        return Item(who(placement), why, days(since, today), address("placements:checks", placement.pk))

    rows = _in_post(user, today).filter(missing, started_confirmed_at__isnull=False)
    return Question("Checks still to come", rows, "starts_on", F("starts_on"), line)


def ending(user: User, today: date, weeks: int) -> Question:
    until = today + timedelta(weeks=weeks)
    asked = ExtensionProposal.objects.waiting().filter(placement=OuterRef("pk"))  # in a section of its own
    rows = _in_post(user, today).filter(ends_on__lte=until, ended_early_at__isnull=True, end_reason="")

    what = "extend, or plan the end" if may(user, "source") else "tell a commissioning officer if the need goes on"

    def line(placement: Placement, last: date, note: str) -> Item:
        why = f"In post until {day_name(last)}: {what}"
        left = (last - today).days
        words = "ends today" if left == 0 else f"{left} day{'s' if left != 1 else ''} left"
        return Item(who(placement), why, words, placement.get_absolute_url())

    title = f"Placements ending within {weeks} week{'s' if weeks != 1 else ''}"
    return Question(
        title,
        rows.filter(~Exists(asked)),
        "ends_on",
        F("ends_on"),
        line,
        address("reporting:placements", stage="ending"),
    )
