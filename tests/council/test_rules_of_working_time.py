"""Working days and hours around every edge: opening and closing, weekends, bank and closed days, and the two times of England."""

from datetime import UTC, date, datetime, timedelta

import pytest

from council.working_time import CLOSES, LONDON, OPENS, WorkingCalendar, bank_holidays, months_before

USUAL = WorkingCalendar()
CLOSED = WorkingCalendar.without([date(2024, 1, 10)])  # a Wednesday


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, second, tzinfo=LONDON)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


def test_the_day_is_from_nine_to_five():
    assert (OPENS.isoformat(), CLOSES.isoformat()) == ("09:00:00", "17:00:00")


def test_the_bank_holidays_are_those_of_england():
    assert sorted(bank_holidays(2024)) == [
        date(2024, 1, 1),
        date(2024, 3, 29),
        date(2024, 4, 1),
        date(2024, 5, 6),
        date(2024, 5, 27),
        date(2024, 8, 26),
        date(2024, 12, 25),
        date(2024, 12, 26),
    ]


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2024, 1, 8), True),
        (date(2024, 1, 12), True),  # Friday
        (date(2024, 1, 13), False),
        (date(2024, 1, 14), False),
        (date(2024, 1, 1), False),
        (date(2024, 1, 2), True),  # a holiday in Scotland
        (date(2024, 3, 28), True),
        (date(2024, 3, 29), False),
        (date(2024, 12, 24), True),
        (date(2022, 9, 19), False),  # the Queen's funeral
        (date(2024, 1, 10), True),
    ],
)
def test_a_working_day_is_a_weekday_without_bank_holidays(day, is_one):
    assert USUAL.is_working_day(day) is is_one


def test_a_day_the_council_is_closed_is_no_working_day():
    assert CLOSED.is_working_day(date(2024, 1, 10)) is False
    assert CLOSED.is_working_day(date(2024, 1, 11)) is True
    assert WorkingCalendar.without(iter([date(2024, 1, 10)])) == CLOSED


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2024, 1, 8), date(2024, 1, 9)),
        (date(2024, 1, 9), date(2024, 1, 11)),  # over the closed Wednesday
        (date(2024, 1, 12), date(2024, 1, 15)),
        (date(2024, 1, 13), date(2024, 1, 15)),
        (date(2024, 3, 28), date(2024, 4, 2)),
        (date(2023, 12, 29), date(2024, 1, 2)),
    ],
)
def test_the_next_working_day_is_never_the_day_itself(day, following):
    assert CLOSED.next_working_day(day) == following


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2024, 1, 8), 0, date(2024, 1, 8)),
        (date(2024, 1, 13), 0, date(2024, 1, 13)),  # nothing is added, so a Saturday stays one
        (date(2024, 1, 8), 1, date(2024, 1, 9)),
        (date(2024, 1, 8), 2, date(2024, 1, 11)),
        (date(2024, 1, 8), 4, date(2024, 1, 15)),
        (date(2024, 1, 13), 1, date(2024, 1, 15)),
    ],
)
def test_so_many_working_days_later(day, count, result):
    assert CLOSED.add_working_days(day, count) == result


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2024, 1, 8), date(2024, 1, 8), 0),
        (date(2024, 1, 8), date(2024, 1, 9), 1),
        (date(2024, 1, 8), date(2024, 1, 10), 1),
        (date(2024, 1, 8), date(2024, 1, 11), 2),
        (date(2024, 1, 7), date(2024, 1, 8), 1),
        (date(2024, 1, 12), date(2024, 1, 14), 0),
        (date(2024, 1, 12), date(2024, 1, 15), 1),
        (date(2024, 1, 9), date(2024, 1, 8), 0),
    ],
)
def test_the_working_days_between_leave_out_the_first_and_count_the_last(start, end, count):
    assert CLOSED.working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(1, 8, 8, 59, 59), False),
        (at(1, 8, 9), True),
        (at(1, 8, 16, 59, 59), True),
        (at(1, 8, 17), False),
        (at(1, 13, 12), False),
        (at(1, 10, 12), False),
        (at(3, 29, 12), False),
        (utc(6, 3, 7, 59), False),
        (utc(6, 3, 8), True),  # nine o'clock of British Summer Time
        (utc(6, 3, 15, 59), True),
        (utc(6, 3, 16), False),
        (utc(1, 8, 8, 59), False),
        (utc(1, 8, 9), True),
    ],
)
def test_the_council_is_open_from_nine_to_before_five_as_the_clock_in_england_shows(moment, is_open):
    assert CLOSED.is_open(moment) is is_open


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(1, 8, 9), 8, at(1, 8, 17)),  # used up exactly at closing
        (at(1, 8, 9), 9, at(1, 9, 10)),
        (at(1, 8, 16, 59), 1, at(1, 9, 9, 59)),
        (at(1, 8, 17), 1, at(1, 9, 10)),
        (at(1, 8, 16, 59, 59), 0, at(1, 8, 16, 59, 59)),
        (at(1, 8, 17), 0, at(1, 9, 9)),
        (at(1, 8, 8), 0, at(1, 8, 9)),
        (at(1, 8, 8), 8, at(1, 8, 17)),
        (at(1, 9, 17), 8, at(1, 11, 17)),  # over the closed Wednesday
        (at(1, 10, 12), 1, at(1, 11, 10)),
        (at(1, 9, 16), 10, at(1, 12, 10)),
        (at(1, 14, 0), 8, at(1, 15, 17)),
        (utc(6, 3, 8, 30), 1, utc(6, 3, 9, 30)),
        (utc(6, 3, 16), 1, utc(6, 4, 9)),
        (utc(3, 29, 12), 8, utc(4, 2, 16)),  # over the change to summer time
        (utc(10, 25, 15), 2, utc(10, 28, 10)),  # and the change back
    ],
)
def test_hours_are_added_within_working_time(start, hours, end):
    assert CLOSED.add_working_hours(start, hours) == end


def test_the_result_is_a_time_of_england():
    assert CLOSED.add_working_hours(utc(6, 3, 8, 30), 1).isoformat() == "2024-06-03T10:30:00+01:00"
    assert CLOSED.add_working_hours(utc(1, 8, 9, 30), 1).isoformat() == "2024-01-08T10:30:00+00:00"


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (at(1, 8, 3), at(1, 8, 17)),  # at night: the same day
        (at(1, 8, 17), at(1, 9, 17)),
        (at(1, 8, 22), at(1, 9, 17)),
        (at(1, 9, 22), at(1, 11, 17)),
        (at(1, 13, 22), at(1, 15, 17)),
        (at(3, 28, 22), at(4, 2, 17)),
    ],
)
def test_out_of_hours_the_end_of_the_working_day_that_comes_next_is_its_closing(moment, end):
    assert CLOSED.end_of_next_working_day(moment) == end


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (at(1, 8, 10), at(1, 8, 10), 0),
        (at(1, 8, 10), at(1, 8, 10, 1), 1),
        (at(1, 8, 15), at(1, 8, 10), 0),
        (at(1, 9, 10), at(1, 8, 10), 0),
        (at(1, 8, 8), at(1, 8, 18), 480),
        (at(1, 8, 7), at(1, 8, 8), 0),
        (at(1, 8, 18), at(1, 8, 19), 0),
        (at(1, 8, 16), at(1, 9, 10), 120),
        (at(1, 9, 16), at(1, 11, 10), 120),
        (at(1, 12, 16), at(1, 15, 10), 120),
        (at(1, 13, 9), at(1, 14, 17), 0),
        (at(1, 8, 9), at(1, 12, 17), 1920),  # four days of the week with the closed Wednesday
        (utc(6, 3, 8), utc(6, 3, 9), 60),
        (utc(6, 3, 7), utc(6, 3, 8), 0),
        (utc(6, 2, 23, 30), utc(6, 3, 9), 60),
        (utc(6, 3, 15), utc(6, 3, 23, 30), 60),
    ],
)
def test_the_working_time_between_two_moments(start, end, minutes):
    assert CLOSED.working_hours_between(start, end) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("on", "months", "first"),
    [
        (date(2022, 4, 26), 6, date(2021, 10, 27)),
        (date(2024, 1, 31), 1, date(2024, 1, 1)),
        (date(2024, 8, 31), 6, date(2024, 3, 1)),
        (date(2023, 8, 31), 6, date(2023, 3, 1)),
        (date(2024, 2, 29), 12, date(2023, 3, 1)),
        (date(2024, 1, 9), 12, date(2023, 1, 10)),
        (date(2024, 1, 9), 0, date(2024, 1, 10)),
    ],
)
def test_so_many_months_end_on_the_day_itself(on, months, first):
    assert months_before(on, months) == first
