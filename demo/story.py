"""How one request goes: what a story says, and the days it is told on."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal as D

from council.models import Team
from council.working_time import WorkingCalendar
from recruitment.models import Kind

DAYS = WorkingCalendar()


def working_days_back(day: date, count: int) -> date:
    """The working day that is so many working days before `day`."""
    while count:
        day -= timedelta(1)
        count -= DAYS.is_working_day(day)
    return day


class TheFuture(Exception):
    """The story has reached the present: what is left of it has not happened yet."""


@dataclass
class Story:
    """How one request goes. The defaults are the plain case: Pertemps secure their own worker, who stays and leaves."""

    asked_on: date
    team: Team
    kind: str = Kind.VACANT_POST
    hours: D = D(37)
    weeks: int = 26
    extended_weeks: list[int] = field(default_factory=list)
    brokered_from: str = ""
    pertemps_fail: str = ""  # reason code; "declined" and "rate_too_high" carry their details
    framework: bool = False
    no_show: bool = False
    ends_early_after: int = 0  # weeks
    then: str = "end"  # end, hire or round
    urgency: str = "routine"
    stop_after: str = ""  # asked, agreed, direct, sent, failed, secured: leave it there
    answer_days: int = 2
    late: bool = False
    role: str = ""
