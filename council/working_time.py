"""Working days and working hours: Monday to Friday, 09:00 to 17:00 in England, without bank holidays and closed days.

Pure: the closed days are passed in. `calendar_of_the_council()` in `council.models` reads them.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

LONDON = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9), time(17)
HOURS_A_DAY = 8


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, as the `holidays` package knows them."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


FIRST_YEAR, LAST_YEAR = 2000, 2100  # nothing of ours lies outside


@cache
def closed_weekdays(closed_days: frozenset[date] = frozenset()) -> list[date]:
    """England's bank holidays and other closed days, those that fall from Monday to Friday, in order."""
    days = closed_days.union(*(bank_holidays(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)))
    return sorted(day for day in days if day.weekday() < 5)


@dataclass(frozen=True)
class WorkingCalendar:
    """The days on which this council works."""

    closed_days: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def without(cls, days: Iterable[date]) -> "WorkingCalendar":
        return cls(frozenset(days))

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed_days and day not in bank_holidays(day.year)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(1)
        while not self.is_working_day(day):
            day += timedelta(1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that is `count` working days after `day`."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def _working_days_until(self, day: date) -> int:
        """Working days from a Monday long ago up to and including `day`: whole weeks, the rest of one, less what is closed."""
        weeks, rest = divmod(day.toordinal() - 1, 7)  # the first day of all was a Monday
        return weeks * 5 + min(rest + 1, 5) - bisect_right(closed_weekdays(self.closed_days), day)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start`, up to and including `end`; none where `end` is not later."""
        return max(self._working_days_until(end) - self._working_days_until(start), 0)

    def is_open(self, moment: datetime) -> bool:
        """Whether `moment` lies within working time."""
        local = moment.astimezone(LONDON)
        return self.is_working_day(local.date()) and OPENS <= local.time() < CLOSES

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """For a moment out of hours: the closing of the working day that comes next, which may be the same day."""
        return self.add_working_hours(moment, HOURS_A_DAY)

    def add_working_hours(self, moment: datetime, hours: int) -> datetime:
        """The moment at which `hours` working hours have passed since `moment`.

        The hours are counted from the next opening where `moment` lies outside working time, and a span that is used up
        exactly at closing ends at that closing, not at the next opening.
        """
        local = moment.astimezone(LONDON)
        left = timedelta(hours=hours)
        day, clock = local.date(), local.time()
        if not self.is_working_day(day) or clock >= CLOSES:
            day, clock = self.next_working_day(day), OPENS
        clock = max(clock, OPENS)
        while True:
            here = datetime.combine(day, clock)
            today = datetime.combine(day, CLOSES) - here
            if left <= today:
                return (here + left).replace(tzinfo=LONDON)
            left -= today
            day, clock = self.next_working_day(day), OPENS

    def working_hours_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero where `end` is not later."""
        first, last = start.astimezone(LONDON).replace(tzinfo=None), end.astimezone(LONDON).replace(tzinfo=None)
        if last <= first:
            return timedelta()
        if first.date() == last.date():
            return self._open_time(first.date(), first.time(), last.time())
        between = self.working_days_between(first.date(), last.date() - timedelta(1))
        begun, ended = (first.date(), first.time(), CLOSES), (last.date(), OPENS, last.time())
        return self._open_time(*begun) + between * timedelta(hours=HOURS_A_DAY) + self._open_time(*ended)

    def _open_time(self, day: date, begin: time, end: time) -> timedelta:
        """Working time of one day between two times of it."""
        if not self.is_working_day(day):
            return timedelta()
        opened, closed = datetime.combine(day, max(begin, OPENS)), datetime.combine(day, min(end, CLOSES))
        return max(closed - opened, timedelta())


def start_of_day(day: date) -> datetime:
    """The moment a day begins in England."""
    return datetime.combine(day, time(), LONDON)


def end_of_day(day: date) -> datetime:
    """The moment a day is over in England: the first that is not of it."""
    return start_of_day(day + timedelta(1))


def financial_year(day: date) -> int:
    """The financial year a day is in, by the year it begins: April to March."""
    return day.year if day.month >= 4 else day.year - 1


def months_before(on: date, months: int) -> date:
    """First day of the last so many months that end on `on`: 27 October for six months to 26 April."""
    return on - relativedelta(months=months) + timedelta(1)


def day_of(moment: datetime):
    """The date in England at `moment`."""
    return moment.astimezone(LONDON).date()
