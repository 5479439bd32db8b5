"""Days and times are those of England wherever the machine stands: every rule that reads a clock, on one set to New Zealand."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from council.wording import by_when
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import Rested, exemption_for, first_route_proof, no_longer_rests, opening_refusal
from recruitment.rules.sourcing_state import Asked, Exempted, RoundState, Step

CALENDAR = WorkingCalendar()
EVENING = datetime(2024, 1, 8, 20, tzinfo=LONDON)  # Tuesday 9:00 in New Zealand
STEPS = (Step(0, "direct", "Direct"), Step(1, "corporate", "Pertemps", 1), Step(2, "framework", "The RM6161 contract"))


@pytest.fixture(autouse=True)
def machine_in_new_zealand(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def state(failed_at: datetime, *exemptions: Exempted, last: Step = STEPS[2]) -> RoundState:
    row = Asked(1, "ORD-1", 1, "Pertemps", "not_secured", D(42), failed_at, failed_at, failed_at)
    steps = (*STEPS[:2], last)
    return RoundState("sourcing", True, True, True, D(42), steps, (row,), exemptions)


def test_the_machine_is_somewhere_else():
    assert EVENING.astimezone().date() == date(2024, 1, 9)


def test_a_time_is_written_as_in_england():
    assert by_when(EVENING) == "Monday 8 January, 20:00"


def test_the_council_is_open_by_the_clock_of_england():
    assert CALENDAR.is_open(datetime(2024, 1, 8, 12, tzinfo=UTC)) is True
    assert CALENDAR.is_open(EVENING) is False
    assert CALENDAR.add_working_hours(EVENING, 1) == datetime(2024, 1, 9, 10, tzinfo=LONDON)
    noon = datetime(2024, 1, 8, 12, tzinfo=UTC)
    assert CALENDAR.working_hours_between(noon, noon + timedelta(hours=1)) == timedelta(hours=1)
    assert CALENDAR.working_hours_between(EVENING, EVENING + timedelta(hours=2)) == timedelta()


@pytest.mark.parametrize(
    ("failed_at", "now", "holds"),
    [
        (EVENING, datetime(2024, 1, 9, 23, tzinfo=LONDON), True),
        (EVENING, datetime(2024, 1, 10, 0, tzinfo=LONDON), False),
        (datetime(2024, 1, 8, 9, tzinfo=LONDON), datetime(2024, 1, 9, 20, tzinfo=LONDON), True),
    ],
)
def test_an_answer_ages_by_the_days_of_england(failed_at, now, holds):
    assert (opening_refusal(state(failed_at), 2, now, CALENDAR) is None) is holds
    assert (first_route_proof(state(failed_at), now, CALENDAR) is not None) is holds
    facts = Rested("Pertemps", failed_at, True, D(42), now, D(42), 1)
    assert (no_longer_rests(facts, CALENDAR) is None) is holds


def test_the_day_of_an_old_answer_is_written_as_in_england():
    refusal = opening_refusal(state(EVENING), 2, datetime(2024, 1, 12, 9, tzinfo=LONDON), CALENDAR)
    assert refusal.sentence.startswith("Pertemps’ answer of 8 January 2024 is more than 1 working days old.")


def test_the_last_day_of_an_exemption_is_one_of_england():
    one = Exempted(5, "EX-5", "approved", "Reed", 9, date(2024, 1, 8), 1)
    by_exemption = Step(2, "exemption", "Another agency, by exemption")
    given = state(datetime(2024, 1, 8, 9, tzinfo=LONDON), one, last=by_exemption)
    assert exemption_for(given, 9, EVENING) is one
    assert opening_refusal(given, 2, EVENING, CALENDAR) is None
