"""Hand-worked money, to the penny."""

from datetime import date
from decimal import Decimal as D

import pytest

from recruitment.rules.charge import Stretch, booked_value, end_of, estimated_cost, value_until, working_days


@pytest.mark.parametrize(
    ("pattern", "first", "last", "days"),
    [
        ("weekdays", date(2024, 1, 8), date(2024, 1, 8), 1),
        ("weekdays", date(2024, 1, 8), date(2024, 1, 14), 5),
        ("weekdays", date(2024, 1, 6), date(2024, 1, 7), 0),
        ("weekdays", date(2024, 3, 25), date(2024, 4, 5), 8),  # Good Friday and Easter Monday
        ("weekdays", date(2023, 5, 8), date(2023, 5, 12), 4),  # the coronation
        ("seven_days", date(2024, 3, 25), date(2024, 4, 5), 12),
        ("weekdays", date(2024, 1, 9), date(2024, 1, 8), 0),
    ],
)
def test_days_that_count(pattern, first, last, days):
    assert working_days(pattern, first, last) == days


@pytest.mark.parametrize(
    ("hours", "pattern", "first", "last", "rate", "value"),
    [
        # 37 ÷ 5 × 5 × 41.00
        ("37", "weekdays", date(2024, 1, 8), date(2024, 1, 12), "41.00", "1517.00"),
        # 37 ÷ 5 × 1 × 41.33 = 305.842
        ("37", "weekdays", date(2024, 1, 8), date(2024, 1, 8), "41.33", "305.84"),
        # 18.5 ÷ 5 × 3 × 40.05 = 444.555, half up
        ("18.5", "weekdays", date(2024, 1, 8), date(2024, 1, 10), "40.05", "444.56"),
        # 42 ÷ 7 × 10 × 30
        ("42", "seven_days", date(2024, 1, 1), date(2024, 1, 10), "30.00", "1800.00"),
        # New Year's Day is no working day for Monday to Friday
        ("37", "weekdays", date(2024, 1, 1), date(2024, 1, 5), "50.00", "1480.00"),
    ],
)
def test_booked_value(hours, pattern, first, last, rate, value):
    assert booked_value(D(hours), pattern, first, last, D(rate)) == D(value)


def test_thirteen_weeks_end_on_a_sunday_for_a_monday_start():
    assert end_of(date(2024, 1, 8), 13) == date(2024, 4, 7)
    # 13 weeks less Good Friday and Easter Monday: 63 days × 7.4 × 42 = 19,580.40
    assert estimated_cost(D(37), "weekdays", date(2024, 1, 8), 13, D(42)) == D("19580.40")


def test_a_whole_stretch_costs_what_was_booked():
    stretches = [Stretch(date(2024, 1, 8), date(2024, 1, 12), D("41.00"), D("999.99"))]
    assert value_until(stretches, D(37), "weekdays", date(2024, 1, 12)) == D("999.99")
    assert value_until(stretches, D(37), "weekdays", date(2024, 1, 9)) == D("606.80")
    assert value_until(stretches, D(37), "weekdays", date(2024, 1, 7)) == D(0)
