"""Quality reviews: when they are due, what an overdue one stops, and who oversees them."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed
from council.models import Council
from council.working_time import LONDON
from placements.placement import starting, transferring
from placements.reads import reviews as rules
from placements.reviews import actions as reviews
from placements.reviews.actions import ToDo
from recruitment.requests import actions as vacancies
from tests.conftest import refused

# The placement runs from 22 January 2024; every six weeks: 4 March, 15 April.
DUE = date(2024, 3, 4)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def hold(world, placement, day=DUE, by=None, **fields):
    details = {"held_on": day, "rating": 3, "findings": "Plans are up to date."} | fields
    return reviews.record_review(by=by or world.officer, at=at(day), placement=placement, **details)


@pytest.mark.parametrize(("day", "overdue"), [(DUE, False), (DUE + timedelta(1), True)])
def test_a_review_is_overdue_the_day_after_it_was_due(world, day, overdue):
    placement = world.by_exemption()
    assert rules.next_review(placement).due_on == DUE
    assert (rules.overdue_since(placement, day) is not None) == overdue


def test_the_next_one_is_due_weeks_after_the_last(world):
    placement = world.by_exemption()
    review = hold(world, placement, date(2024, 3, 1))
    assert review.due_on == DUE
    assert rules.next_review(placement).due_on == date(2024, 4, 12)


def test_none_is_due_after_the_end_nor_on_another_route(world):
    placement = world.by_exemption()
    hold(world, placement, date(2024, 3, 11))
    assert rules.next_review(placement) is None  # 22 April, three days after the end
    assert rules.next_review(world.placed()) is None


def test_routes_are_compared_by_reviews_of_any_placement(world):
    assert hold(world, world.placed(), date(2024, 2, 1)).due_on is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"rating": 5}, "no_rating"),
        ({"findings": " "}, "no_reason"),
        ({"held_on": date(2024, 1, 21)}, "held_when"),
        ({"held_on": date(2024, 3, 5)}, "held_when"),
        ({"to_do": [ToDo("Plan", "Lena", date(2024, 3, 3))]}, "due_before"),
    ],
)
def test_what_a_review_needs(world, fields, code):
    details = {"held_on": DUE, "rating": 3, "findings": "x"} | fields
    placement = world.by_exemption()
    refused(code, reviews.record_review, by=world.officer, at=at(DUE), placement=placement, **details)


def test_actions_are_open_overdue_and_done(world):
    review = hold(world, world.by_exemption(), to_do=[ToDo("Supervision every week", "Lena", date(2024, 3, 18))])
    to_do = review.actions.get()
    assert [to_do.state(date(2024, 3, 18)), to_do.state(date(2024, 3, 19))] == ["Open", "Overdue"]
    common = {"by": world.lead, "at": at(date(2024, 3, 20)), "to_do": to_do}
    refused("done_when", reviews.finish_action, **common, done_on=date(2024, 3, 3), note="x")
    refused("no_reason", reviews.finish_action, **common, done_on=date(2024, 3, 20), note=" ")
    done = reviews.finish_action(**common, done_on=date(2024, 3, 20), note="It is in the diary.")
    assert done.state(date(2024, 4, 1)) == "Done"
    refused("already_done", reviews.finish_action, **common, done_on=date(2024, 3, 20), note="x")


def test_the_assistant_director_oversees_what_others_recorded(world):
    placement = world.by_exemption()
    review = hold(world, placement)
    with pytest.raises(NotAllowed):
        reviews.oversee(by=world.officer, at=at(DUE), review=review)
    assert reviews.oversee(by=world.director, at=at(DUE), review=review, note="Agreed.").read_by == world.director
    refused("already_read", reviews.oversee, by=world.director, at=at(DUE), review=review)
    own = hold(world, placement, date(2024, 3, 5), by=world.director)
    refused("own_entry", reviews.oversee, by=world.director, at=at(date(2024, 3, 5)), review=own)


def test_a_lead_reviews_in_the_own_service_only(world):
    placement = world.by_exemption()
    with pytest.raises(NotAllowed):
        hold(world, placement, by=world.other_lead)
    assert hold(world, placement, by=world.lead).recorded_by == world.lead


def _extend(world, placement, ends_on, day):
    details = {"reason": "Still needed", "recruitment_state": "unsuccessful"}
    details |= {"rechecked_on": day, "recheck_note": "Nobody"}
    placement.refresh_from_db()
    world.extend(placement, ends_on, at=at(day), **details)
    return placement.periods.latest("pk")


def test_while_a_review_is_overdue_a_placement_goes_on_once_for_ten_working_days(world):
    placement = world.by_exemption(world.exempted(ends_on=date(2024, 6, 28)), ends_on=date(2024, 3, 8))
    day = DUE + timedelta(1)
    long = {"placement": placement, "ends_on": date(2024, 3, 25), "day": day}
    assert "10 working days" in refused("review_overdue", _extend, world=world, **long)
    period = _extend(world, placement, date(2024, 3, 22), day)
    assert period.overdue_since == DUE
    refused("review_overdue", _extend, world=world, placement=placement, ends_on=date(2024, 3, 25), day=day)
    hold(world, placement, day)
    assert _extend(world, placement, date(2024, 3, 29), day).overdue_since is None


def test_another_due_day_gives_no_second_extension(world):
    placement = world.by_exemption(world.exempted(ends_on=date(2024, 6, 28)), ends_on=date(2024, 3, 15))
    _extend(world, placement, date(2024, 3, 22), DUE + timedelta(1))
    Council.objects.update(review_weeks=7)  # now due on 11 March
    day = date(2024, 3, 12)
    refused("review_overdue", _extend, world=world, placement=placement, ends_on=date(2024, 3, 29), day=day)


def test_one_that_was_never_held_stays_due_after_the_end(world):
    placement = world.by_exemption(ends_on=date(2024, 3, 8))
    day = date(2024, 3, 20)
    assert [one.due_on for one in rules.reviews_due(rules.by_exemption(), day)] == [DUE]
    hold(world, placement, day)
    assert rules.reviews_due(rules.by_exemption(), day) == []


def test_while_a_review_is_overdue_a_placement_is_not_transferred(world):
    """Pertemps secure the worker in a new round; that helps only after the review was held."""
    placement, day = world.by_exemption(), DUE + timedelta(1)
    starting.cover_started_request(by=world.officer, at=at(date(2024, 1, 22)), placement=placement)
    vacancies.start_round(by=world.officer, at=at(day), vacancy=placement.vacancy, reason="Moves to Pertemps")
    world.direct(placement.vacancy, at(day))
    order = world.send(placement.vacancy, at=at(day), starts_on=date(2024, 3, 18))
    world.secure(order, at=at(day + timedelta(1)))
    arguments = {"by": world.officer, "at": at(day + timedelta(1)), "placement": placement, "release": order}
    arguments |= {"starts_on": date(2024, 3, 18), "ends_on": date(2024, 4, 19), "reason": "Pertemps take the worker on"}
    arguments |= {"pay_rate": D("33.00"), "charge_rate": D("39.00")}
    assert "Hold it first" in refused("review_overdue", transferring.transfer, **arguments)
    hold(world, placement, day + timedelta(1))
    assert transferring.transfer(**arguments).contract == world.corporate


def test_all_reviews_due_take_a_constant_number_of_queries(world, django_assert_num_queries):
    for _ in range(3):
        world.by_exemption()
    with django_assert_num_queries(2):
        found = rules.reviews_due(rules.by_exemption(), date(2024, 3, 5))
    assert [one.due_on for one in found] == [DUE] * 3
