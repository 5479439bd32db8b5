"""How long each step of an order took, worked out by hand in working hours, and the figures of a supplier's orders.

Every case is of orders sent on a day of its own, so that its figures stand alone. The tests only read, so they share one world.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from council.models import ClosedDay, calendar_of_the_council
from council.working_time import WorkingCalendar, closed_weekdays, end_of_day, start_of_day
from council.working_time_sql import working_seconds_until
from placements.placement import ending
from recruitment.candidates import stepping
from recruitment.models import Release
from recruitment.orders import taking_back
from reporting.reports.suppliers import (
    OrderTimes,
    SuppliersReport,
    moments_of,
    order_times,
    suppliers,
    with_what_times_need,
)
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        _fill(world)
        yield world


def _fill(world):
    def sent(day, hour=10, minute=0, month=1):
        vacancy = world.sourced(needed_from=date(2024, 4, 8))
        return world.send(vacancy, at=at(month, day, hour, minute))

    def shown(release, day, hour, minute=0):
        world.counter[0] += 1
        number = f"SW9{world.counter[0]:05}"
        return world.put_forward(release, number, at=at(1, day, hour, minute), registration_number=number)

    def taken(submission, day, hour):
        world.step(submission, "offered", at=at(1, day, hour))
        return world.step(submission, "accepted", at=at(1, day, hour, 30))

    # 8 January, 10:00: put forward at 12:00, shortlisted, interviewed, offered at 15:00; secured at 16:00.
    one = shown(release := sent(8), 8, 12)
    world.step(one, "shortlisted", at=at(1, 8, 13))
    world.step(one, "interviewed", at=at(1, 8, 14))
    taken(one, 8, 15)
    world.secure(release, at=at(1, 8, 16))
    # 9 January, 10:00: 12:00 to 13:00, turned down; reconsidered on Wednesday from 10:00 to 12:00; secured at 14:00.
    one = shown(release := sent(9), 9, 12)
    world.step(one, "turned_down", at=at(1, 9, 13))
    world.step(one, "reconsidered", at=at(1, 10, 10))
    taken(one, 10, 12)
    world.secure(release, at=at(1, 10, 14))
    # 11 January, 10:00: one from 11:00 to 12:00, another from 14:00 to 15:00; secured at 16:00.
    one = shown(release := sent(11), 11, 11)
    world.step(one, "turned_down", at=at(1, 11, 12))
    taken(shown(release, 11, 14), 11, 15)
    world.secure(release, at=at(1, 11, 16))
    # Friday 12 January, 16:00: put forward on Saturday, offered on Monday at 10:00, secured at 11:00.
    one = shown(release := sent(12, 16), 13, 11)
    taken(one, 15, 10)
    world.secure(release, at=at(1, 15, 11))
    # 16 January, 10:00: one from 12:00 is never decided; another within it is taken; secured on Wednesday at 10:00.
    release = sent(16)
    shown(release, 16, 12)
    taken(shown(release, 16, 13), 16, 14)
    world.secure(release, at=at(1, 17, 10))
    # Thursday 18 January, 10:00: one of 11:00 entered in error, one of 15:00; not secured.
    release = sent(18)
    wrong = shown(release, 18, 11)
    stepping.void_candidate(by=world.director, at=at(1, 18, 12), submission=wrong, reason="Another order")
    world.step(shown(release, 18, 15), "turned_down", at=at(1, 18, 16))
    world.fail(release, at=at(1, 22, 11), reason="unsuitable")
    # 23 January: secured, not secured, fell through, withdrawn, open, and entered in error.
    world.secure(sent(23), at=at(1, 23, 11))
    world.fail(sent(23), at=at(1, 25, 11))
    gone = world.secure(sent(23), at=at(1, 23, 12))
    taking_back.worker_will_not_come(by=world.officer, at=at(1, 24), release=gone, reason="Another post")
    taking_back.withdraw(by=world.officer, at=at(1, 24), release=sent(23), reason="x")
    shown(sent(23), 23, 15)
    taking_back.void(by=world.director, at=at(1, 24), release=sent(23), reason="x")
    # 29 January, 10:00: a first candidate after three minutes.
    shown(sent(29), 29, 10, 3)
    # 30 January: rated 3, 3, 3 and 4 at the end, and 1 on one that was entered in error.
    for rating in (3, 3, 3, 4, 1):
        release = world.secure(sent(30), at=at(1, 30, 11))
        placement = world.book(release, at=at(1, 30), starts_on=date(2024, 4, 8), ends_on=date(2024, 4, 19))
        details = {"reason": "worker_left", "rating": rating, "eligible_again": True}
        ending.record_end(by=world.officer, at=at(4, 22), placement=placement, **details)
    ending.void(by=world.director, at=at(4, 23), placement=placement, reason="Twice")
    # One minute before midnight on the last of January, one after it.
    sent(31, 23, 59)
    sent(1, 0, 1, month=2)


def pertemps(since: int, until: int = 0, month: int = 1):
    report = suppliers(date(2024, month, since), date(2024, month, until or since))
    return next(one for one in report.suppliers if one.name == "Pertemps")


def times(since: date, until: date | None = None) -> list[OrderTimes]:
    """The times of Pertemps' orders, each by the rule."""
    rows = with_what_times_need(Release.objects.standing().filter(contract__agency__name="Pertemps"))
    rows = rows.filter(sent_at__gte=start_of_day(since), sent_at__lt=end_of_day(until or since))
    return [order_times(moments_of(one), timezone.now(), calendar_of_the_council()) for one in rows]


@pytest.mark.parametrize("days", [(day, day) for day in range(8, 32)] + [(8, 31)])
def test_what_the_database_adds_up_is_what_the_rule_says_of_each_order(world, days):
    found, each = pertemps(*days), times(date(2024, 1, days[0]), date(2024, 1, days[1]))
    filled = [one for one in each if one.order.outcome == "secured"]
    by_rule = (
        [one.to_first for one in each if one.to_first is not None],
        [one.to_fill for one in filled],
        [one.waiting_for_us for one in filled],
    )
    added_up = (found.to_first, found.to_fill, found.waiting_for_us)
    assert [D(seconds) for seconds in added_up] == [D(sum(one, timedelta()).total_seconds()) for one in by_rule]
    assert (found.orders, found.secured, found.with_candidates) == (len(each), len(filled), len(by_rule[0]))


def test_working_seconds_between_random_moments_are_those_of_the_rule(db):
    dice, first = random.Random(7), datetime(2023, 12, 18, 7, tzinfo=UTC)
    closed = frozenset({date(2023, 12, 29), date(2024, 3, 30)})
    spans = []
    for _ in range(1000):
        begin = first + timedelta(minutes=dice.randrange(60 * 24 * 500))
        spans.append((begin, begin + timedelta(seconds=dice.randrange(60 * 60 * 24 * 20))))
    until, since = (working_seconds_until(name, "%(closed)s::date[]") for name in ("b", "a"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {until} - {since} from unnest(%(a)s::timestamptz[], %(b)s::timestamptz[]) with ordinality as span(a, b, n) order by n",
            {"a": [a for a, _ in spans], "b": [b for _, b in spans], "closed": closed_weekdays(closed)},
        )
        found = [float(seconds) for (seconds,) in cursor.fetchall()]
    rule = WorkingCalendar(closed).working_hours_between
    assert found == [rule(a, b).total_seconds() for a, b in spans]


@pytest.mark.parametrize(
    ("day", "first", "fill", "waiting"),
    [
        (8, "2.0", "6.0", "3.0"),  # put forward, shortlisted and interviewed all wait for us
        (9, "2.0", "12.0", "3.0"),  # between turned down and reconsidered nobody waits
        (11, "1.0", "6.0", "2.0"),  # two spans apart
        (12, "1.0", "3.0", "1.0"),  # nobody works on Saturday
        (16, "2.0", "8.0", "6.0"),  # one span inside another; who is never decided waits until the answer
        (18, "5.0", None, None),  # what was entered in error came before
        (29, "0.1", None, None),  # three minutes are 0.05
    ],
)
def test_the_working_hours_of_an_order(world, day, first, fill, waiting):
    found = pertemps(day)
    hours = (found.hours_to_first, found.hours_to_fill, found.hours_waiting_for_us)
    assert hours == tuple(None if one is None else D(one) for one in (first, fill, waiting))


def test_a_day_on_which_the_council_is_closed_has_no_working_hours(world):
    ClosedDay.objects.create(on=date(2024, 1, 10), name="Moving house")
    found = pertemps(9)
    assert (found.hours_to_first, found.hours_to_fill, found.hours_waiting_for_us) == (D("2.0"), D("7.0"), D("1.0"))


@pytest.mark.parametrize(
    ("since", "until", "orders", "candidates_", "answered", "secured", "rate", "words"),
    [
        (8, 8, 1, 1, 1, 1, "100.0", "100.0%"),
        (11, 11, 1, 2, 1, 1, "100.0", "100.0%"),
        (18, 18, 1, 1, 1, 0, "0.0", "0.0%"),
        (23, 23, 5, 1, 3, 1, "33.3", "33.3%"),  # who did not come is an answer, not a worker; taken back is none
        (29, 29, 1, 1, 0, 0, None, "none answered"),
        (13, 14, 0, 0, 0, 0, None, "no orders"),
        (31, 31, 1, 0, 0, 0, None, "none answered"),  # at 23:59
        (8, 12, 4, 5, 4, 4, "100.0", "100.0%"),
        (9, 12, 3, 4, 3, 3, "100.0", "100.0%"),
        (8, 11, 3, 4, 3, 3, "100.0", "100.0%"),
        (16, 18, 2, 3, 2, 1, "50.0", "50.0%"),
    ],
)
def test_orders_of_a_time_and_what_came_of_them(
    world, since, until, orders, candidates_, answered, secured, rate, words
):
    found = pertemps(since, until)
    assert (found.orders, found.candidates) == (orders, candidates_)
    assert (found.answered, found.secured) == (answered, secured)
    assert (found.fill_rate, found.fill_words) == (None if rate is None else D(rate), words)


def test_an_order_sent_after_midnight_is_of_the_next_month(world):
    assert pertemps(1, month=2).orders == 1


@pytest.mark.parametrize(("day", "ratings", "mean"), [(30, [3, 3, 3, 4], "3.3"), (8, [], None)])
def test_the_mean_rating_is_of_the_placements_that_stand(world, day, ratings, mean):
    found = pertemps(day)
    assert (found.ratings, found.points) == (len(ratings), sum(ratings))
    assert found.rating == (None if mean is None else D(mean))


def test_means_are_of_the_orders_that_have_the_time(world):
    found = pertemps(8, 12)
    assert found.hours_to_first == D("1.5")  # 2, 2, 1 and 1
    assert found.hours_to_fill == D("6.8")  # 6, 12, 6 and 3 are 6.75
    assert found.hours_waiting_for_us == D("2.3")  # 3, 3, 2 and 1 are 2.25
    assert pertemps(16, 18).hours_to_first == D("3.5")
    assert pertemps(16, 18).hours_to_fill == D("8.0")


def test_who_waits_on_an_open_order_waits_until_now(world):
    with time_machine.travel(at(1, 24, 10), tick=False):
        waiting = [one.waiting_for_us for one in times(date(2024, 1, 23))]
    assert sorted(waiting) == [timedelta()] * 4 + [timedelta(hours=3)]  # 15:00 to 17:00, 9:00 to 10:00


@pytest.mark.parametrize(
    ("until", "names"),
    [
        (date(2021, 12, 31), []),
        (date(2022, 1, 1), ["Halden Bridge Care", "Liquid Personnel", "Pertemps"]),
    ],
)
def test_suppliers_are_those_whose_contract_had_begun(world, until, names):
    assert [one.name for one in suppliers(date(2020, 1, 1), until).suppliers] == names


def test_the_rows_say_what_is_known_and_leave_out_what_is_not(world):
    report = suppliers(date(2024, 1, 23), date(2024, 1, 29))
    assert len(SuppliersReport.HEADER) == 14
    nobody = (0, 0, 0, 0, "no orders", None, None, None, 0, 0, None)
    days = (date(2024, 1, 23), date(2024, 1, 29))
    assert report.rows() == [
        ("Halden Bridge Care", *nobody, *days),
        ("Liquid Personnel", *nobody, *days),
        ("Pertemps", 6, 2, 3, 1, "33.3%", "2.5", "1.0", "0.0", 0, 0, None, *days),  # 5 hours and 3 minutes
    ]
    assert report.as_json()["suppliers"]["Pertemps"] == {
        "orders": 6,
        "answered": 3,
        "secured": 1,
        "candidates": 2,
        "fill_rate": "33.3%",
        "hours_to_first_candidate": "2.5",
        "hours_to_fill": "1.0",
        "of_these_waiting_for_us": "0.0",
        "for_review": 0,
        "ratings": 0,
        "rating": None,
    }


def test_the_page_of_a_time_is_twelve_months_where_nothing_is_said(world, client_of):
    with time_machine.travel(datetime(2024, 4, 26, 12), tick=False):
        found = client_of("finance").get("/suppliers/?format=json").json()
        assert (found["since"], found["until"]) == ("2023-04-27", "2024-04-26")
        found = client_of("finance").get("/suppliers/?format=json&until=2024-01-31").json()
        assert (found["since"], found["until"]) == ("2023-02-01", "2024-01-31")
