from datetime import date, datetime, timedelta

import pytest

from council.working_time import LONDON, WorkingCalendar

CALENDAR = WorkingCalendar.without([date(2024, 12, 24)])


def at(day, hour, minute=0):
    return datetime(*day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at((2024, 1, 8), 10), 3, at((2024, 1, 8), 13)),
        (at((2024, 1, 8), 10), 7, at((2024, 1, 8), 17)),
        (at((2024, 1, 8), 10), 8, at((2024, 1, 9), 10)),
        (at((2024, 1, 8), 10), 16, at((2024, 1, 10), 10)),
        (at((2024, 1, 12), 16), 2, at((2024, 1, 15), 10)),  # over a weekend
        (at((2024, 1, 13), 12), 1, at((2024, 1, 15), 10)),  # from a Saturday
        (at((2024, 1, 8), 22), 1, at((2024, 1, 9), 10)),  # in the evening
        (at((2024, 1, 8), 6), 1, at((2024, 1, 8), 10)),  # before opening
        (at((2024, 12, 23), 16), 2, at((2024, 12, 27), 10)),  # a closed day, Christmas and Boxing Day
        (at((2024, 3, 28), 16), 2, at((2024, 4, 2), 10)),  # Easter
        (at((2023, 5, 5), 16), 2, at((2023, 5, 9), 10)),  # the coronation holiday
        (at((2024, 3, 29), 12), 8, at((2024, 4, 2), 17)),  # clocks go forward in between
    ],
)
def test_working_hours_are_added(start, hours, end):
    assert CALENDAR.add_working_hours(start, hours) == end


def test_working_hours_between_are_the_inverse():
    start = at((2024, 3, 27), 11, 30)
    for hours in (1, 5, 8, 16, 40):
        end = CALENDAR.add_working_hours(start, hours)
        assert CALENDAR.working_hours_between(start, end) == timedelta(hours=hours)
    assert CALENDAR.working_hours_between(start, start - timedelta(1)) == timedelta()


def test_working_days():
    assert CALENDAR.add_working_days(date(2024, 12, 23), 1) == date(2024, 12, 27)
    assert CALENDAR.working_days_between(date(2024, 12, 20), date(2024, 12, 31)) == 4
    assert CALENDAR.working_days_between(date(2024, 12, 31), date(2024, 12, 20)) == 0
