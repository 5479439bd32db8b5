"""Moments of the demonstration."""

from datetime import date, datetime

from council.working_time import LONDON


def moment(day: date, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)
