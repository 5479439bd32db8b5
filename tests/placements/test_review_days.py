"""When a review of a placement by exemption is due, and every word of what an overdue one stops."""

from datetime import date, datetime, timedelta

import pytest

from council.models import Council
from council.refusal import Refusal
from council.working_time import LONDON
from placements.models import Placement
from placements.reads import reviews as rules
from placements.reads.reviews import Review, due_on
from placements.reviews import actions as reviews

# The placement runs from Monday 22 January 2024; six weeks later is Monday 4 March.
DUE = date(2024, 3, 4)


@pytest.mark.parametrize(
    ("last_held", "weeks", "due"),
    [
        (None, 6, DUE),
        (None, 1, date(2024, 1, 29)),
        (date(2024, 3, 1), 6, date(2024, 4, 12)),
        (date(2024, 1, 22), 6, DUE),
    ],
)
def test_a_review_is_due_weeks_after_the_last_one_or_else_after_the_start(last_held, weeks, due):
    assert due_on(Placement(starts_on=date(2024, 1, 22)), last_held, weeks) == due


@pytest.mark.parametrize(("today", "overdue"), [(DUE - timedelta(1), False), (DUE, False), (DUE + timedelta(1), True)])
def test_a_review_is_overdue_from_the_day_after_it_was_due(today, overdue):
    assert Review(Placement(), DUE).is_overdue(today) is overdue


def test_a_placement_without_a_contract_is_never_reviewed():
    assert rules.next_review(Placement(starts_on=date(2024, 1, 22), ends_on=date(2025, 1, 22))) is None


@pytest.mark.parametrize(("ends_on", "due"), [(DUE - timedelta(1), None), (DUE, DUE), (DUE + timedelta(1), DUE)])
def test_a_review_is_due_on_the_last_day_of_a_placement_and_not_after_it(world, ends_on, due):
    placement = world.by_exemption(ends_on=ends_on)
    review = rules.next_review(placement)
    assert (review and review.due_on) == due
    assert rules.overdue_since(placement, DUE) is None
    assert rules.overdue_since(placement, DUE + timedelta(1)) == due


@pytest.mark.parametrize(
    ("today", "within", "due"),
    [
        (date(2024, 1, 21), 60, []),  # it has not started
        (date(2024, 1, 22), 41, []),
        (date(2024, 1, 22), 42, [DUE]),
        (DUE - timedelta(1), 0, []),
        (DUE - timedelta(1), 1, [DUE]),
        (DUE, 0, [DUE]),
        (date(2024, 6, 1), 0, [DUE]),  # never held
    ],
)
def test_reviews_are_listed_from_so_many_days_before_they_are_due(world, today, within, due):
    world.by_exemption()
    found = rules.reviews_due(rules.by_exemption(), today, timedelta(within))
    assert [one.due_on for one in found] == due


def test_the_longest_due_comes_first_and_other_routes_are_not_reviewed(world):
    later = world.by_exemption(world.exempted(), starts_on=date(2024, 1, 29))
    earlier = world.by_exemption(world.exempted())
    world.placed()
    found = rules.reviews_due(rules.by_exemption(), date(2024, 4, 1))
    assert [(one.placement, one.due_on) for one in found] == [(earlier, DUE), (later, date(2024, 3, 11))]


def test_a_list_as_at_a_day_knows_no_review_held_after_it(world):
    placement = world.by_exemption()
    _hold(world, placement, date(2024, 3, 6))
    assert [one.due_on for one in rules.reviews_due(rules.by_exemption(), date(2024, 3, 5))] == [DUE]
    assert rules.reviews_due(rules.by_exemption(), date(2024, 3, 6)) == []


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def _hold(world, placement, day):
    reviews.record_review(
        by=world.officer, at=_at(day), placement=placement, held_on=day, rating=3, findings="Plans are up to date."
    )


@pytest.fixture
def overdue(world):
    """In post until Friday 8 March, its review due on 4 March and not held."""
    return world.by_exemption(world.exempted(ends_on=date(2024, 6, 28)), ends_on=date(2024, 3, 8))


TODAY, NEXT = DUE + timedelta(1), date(2024, 3, 9)


@pytest.mark.parametrize(
    ("today", "ends_on", "refused"),
    [
        (DUE, date(2024, 6, 28), False),
        (TODAY, date(2024, 3, 22), False),  # ten working days
        (TODAY, date(2024, 3, 24), False),  # and the weekend
        (TODAY, date(2024, 3, 25), True),  # eleven
    ],
)
def test_while_a_review_is_overdue_a_placement_goes_on_for_a_few_working_days(overdue, today, ends_on, refused):
    sentence = (
        f"The quality review of {overdue.reference} has been due since 4 March 2024. Until it is held the placement may be extended by "
        "at most 10 working days, once."
    )
    expected = Refusal("review_overdue", sentence) if refused else None
    assert rules.extension_refusal(overdue, NEXT, ends_on, today) == expected


@pytest.mark.parametrize(("most", "refused"), [(9, True), (10, False)])
def test_how_many_working_days_is_the_councils_figure(overdue, most, refused):
    Council.objects.update_or_create(pk=1, defaults={"name": "x", "review_extension_days": most})
    refusal = rules.extension_refusal(overdue, NEXT, date(2024, 3, 22), TODAY)
    assert (refusal is not None) is refused
    assert refusal is None or "at most 9 working days" in refusal.sentence


def test_it_goes_on_once_until_the_review_is_held(world, overdue):
    details = {"reason": "Needed", "recruitment_state": "unsuccessful", "rechecked_on": TODAY, "recheck_note": "Nobody"}
    world.extend(overdue, date(2024, 3, 15), at=_at(TODAY), **details)
    assert rules.extension_refusal(overdue, date(2024, 3, 16), date(2024, 3, 18), TODAY) == Refusal(
        "review_overdue",
        f"The quality review of {overdue.reference} has been due since 4 March 2024. It has been extended once since. Hold the review first.",
    )
    _hold(world, overdue, TODAY)
    assert rules.extension_refusal(overdue, date(2024, 3, 16), date(2024, 6, 28), TODAY) is None
