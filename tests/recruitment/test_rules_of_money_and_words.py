"""What hours cost, what sentences call money, days and numbers, and what a registration number looks like. Worked by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from council.wording import by_when, day_name, money, number, possessive, within
from council.working_time import LONDON
from recruitment.rules.charge import (
    Stretch,
    booked_value,
    end_of,
    estimated_cost,
    to_the_penny,
    value_until,
    weeks_of,
    working_days,
)
from recruitment.rules.registration import is_registration, tidy_registration

# -- days and weeks -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "first", "last", "days"),
    [
        ("seven_days", date(2024, 1, 8), date(2024, 1, 8), 1),
        ("seven_days", date(2024, 1, 8), date(2024, 1, 7), 0),
        ("seven_days", date(2024, 1, 8), date(2024, 1, 6), 0),
        ("seven_days", date(2024, 1, 8), date(2023, 12, 1), 0),
        ("weekdays", date(2024, 1, 8), date(2024, 1, 6), 0),
        ("weekdays", date(2024, 1, 12), date(2024, 1, 15), 2),  # Friday and Monday
        ("weekdays", date(2024, 12, 23), date(2024, 12, 27), 3),  # without Christmas and Boxing Day
        ("seven_days", date(2024, 12, 23), date(2024, 12, 27), 5),
        ("weekdays", date(2024, 2, 26), date(2024, 3, 1), 5),  # over 29 February
    ],
)
def test_the_days_from_start_to_end_count_both_and_never_less_than_none(pattern, first, last, days):
    assert working_days(pattern, first, last) == days


@pytest.mark.parametrize(
    ("weeks", "last"),
    [
        (0, date(2024, 1, 7)),
        (1, date(2024, 1, 14)),
        (2, date(2024, 1, 21)),
        (13, date(2024, 4, 7)),
        (52, date(2025, 1, 5)),
    ],
)
def test_so_many_weeks_from_a_monday_end_on_a_sunday(weeks, last):
    assert end_of(date(2024, 1, 8), weeks) == last


@pytest.mark.parametrize(
    ("last", "weeks"),
    [
        (date(2024, 1, 7), 0),
        (date(2024, 1, 8), 1),
        (date(2024, 1, 14), 1),
        (date(2024, 1, 15), 2),
        (date(2024, 1, 21), 2),
        (date(2024, 1, 22), 3),
        (date(2024, 4, 7), 13),
        (date(2024, 4, 8), 14),
    ],
)
def test_a_week_that_has_begun_counts_as_one(last, weeks):
    assert weeks_of(date(2024, 1, 8), last) == weeks


# -- what hours cost ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("1.0149", "1.01"),
        ("1.015", "1.02"),
        ("1.025", "1.03"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("7", "7.00"),
    ],
)
def test_an_amount_is_rounded_half_up_to_the_penny(amount, rounded):
    assert to_the_penny(D(amount)) == D(rounded)


def test_an_amount_to_the_penny_has_two_places():
    assert str(to_the_penny(D(7))) == "7.00"


@pytest.mark.parametrize(
    ("hours", "pattern", "first", "last", "rate", "value"),
    [
        ("37", "weekdays", date(2024, 1, 8), date(2024, 1, 8), "40.00", "296.00"),  # 7.4 hours
        ("37", "weekdays", date(2024, 1, 8), date(2024, 1, 9), "40.00", "592.00"),
        ("37", "weekdays", date(2024, 1, 6), date(2024, 1, 7), "40.00", "0.00"),  # a weekend
        ("37", "weekdays", date(2024, 1, 8), date(2024, 1, 7), "40.00", "0.00"),
        ("42", "seven_days", date(2024, 1, 6), date(2024, 1, 7), "40.00", "480.00"),  # 2 × 6 hours
        ("42", "seven_days", date(2024, 1, 8), date(2024, 1, 8), "40.00", "240.00"),
        ("36", "seven_days", date(2024, 1, 8), date(2024, 1, 8), "0.07", "0.36"),  # exactly 0.36
        ("10", "seven_days", date(2024, 1, 8), date(2024, 1, 8), "1.00", "1.43"),  # 1.42857…
        ("22.5", "weekdays", date(2024, 1, 8), date(2024, 1, 8), "0.01", "0.05"),  # 0.045
        ("22", "weekdays", date(2024, 1, 8), date(2024, 1, 8), "0.01", "0.04"),  # 0.044
    ],
)
def test_hours_cost_a_fifth_of_the_week_a_day_or_a_seventh_of_seven_days(hours, pattern, first, last, rate, value):
    assert booked_value(D(hours), pattern, first, last, D(rate)) == D(value)


@pytest.mark.parametrize(
    ("pattern", "weeks", "value"),
    [
        ("weekdays", 1, "1480.00"),  # 37 × 40
        ("weekdays", 2, "2960.00"),
        ("seven_days", 1, "1480.00"),
        ("seven_days", 3, "4440.00"),
    ],
)
def test_a_request_is_estimated_over_whole_weeks(pattern, weeks, value):
    assert estimated_cost(D(37), pattern, date(2024, 1, 8), weeks, D(40)) == D(value)


WEEK = Stretch(
    date(2024, 1, 8), date(2024, 1, 12), D("40.00"), D("1480.01")
)  # a penny off, to tell it from 5 × £296.00
NEXT = Stretch(date(2024, 1, 15), date(2024, 1, 19), D("50.00"), D("1850.02"))


@pytest.mark.parametrize(
    ("last", "value"),
    [
        (date(2024, 1, 7), "0"),
        (date(2024, 1, 8), "296.00"),
        (date(2024, 1, 11), "1184.00"),
        (date(2024, 1, 12), "1480.01"),
        (date(2024, 1, 14), "1480.01"),
        (date(2024, 1, 15), "1850.01"),  # and one day at £370.00
        (date(2024, 1, 18), "2960.01"),
        (date(2024, 1, 19), "3330.03"),
        (date(2024, 2, 1), "3330.03"),
    ],
)
@pytest.mark.parametrize("stretches", [[WEEK, NEXT], [NEXT, WEEK]])
def test_stretches_cost_what_was_booked_once_whole_and_day_by_day_before(stretches, last, value):
    assert value_until(stretches, D(37), "weekdays", last) == D(value)


@pytest.mark.parametrize(("pattern", "value"), [("weekdays", "1184.00"), ("seven_days", "1480.00")])
def test_good_friday_costs_nothing_in_a_week_of_weekdays_alone(pattern, value):
    monday, sunday = date(2024, 3, 25), date(2024, 3, 31)
    assert estimated_cost(D(37), pattern, monday, 1, D(40)) == D(value)
    longer = Stretch(monday, date(2024, 4, 30), D(40), D("9999.99"))
    assert value_until([longer], D(37), pattern, sunday) == D(value)


def test_no_stretch_costs_nothing():
    assert value_until([], D(37), "weekdays", date(2024, 1, 8)) == D(0)


# -- what sentences say -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "£0.00"),
        ("0.01", "£0.01"),
        ("-0.01", "−£0.01"),
        ("999.99", "£999.99"),
        ("1000", "£1,000.00"),
        ("-1234567.8", "−£1,234,567.80"),
    ],
)
def test_money_has_two_places_commas_and_its_minus_before_the_pound(amount, text):
    assert money(D(amount)) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("Pertemps", "Pertemps’"), ("Halden Bridge Care", "Halden Bridge Care’s"), ("SCS", "SCS’s"), ("s", "s’")],
)
def test_a_name_that_ends_on_a_small_s_takes_the_apostrophe_alone(name, text):
    assert possessive(name) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("The RM6161 contract", "the RM6161 contract"),
        ("Pertemps", "Pertemps"),
        ("Theresa Care", "Theresa Care"),
        ("Care of The North", "Care of The North"),
    ],
)
def test_only_a_leading_article_is_made_small_inside_a_sentence(name, text):
    assert within(name) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("37", "37"), ("37.00", "37"), ("18.50", "18.5"), ("0.25", "0.25"), ("100", "100"), ("0.00", "0"), ("-5.0", "-5")],
)
def test_a_number_is_written_without_zeros_that_say_nothing(value, text):
    assert number(D(value)) == text


def test_a_day_is_written_without_a_leading_zero():
    assert day_name(date(2024, 1, 8)) == "8 January 2024"
    assert day_name(date(2024, 12, 31)) == "31 December 2024"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 1, 8, 9, 5, tzinfo=LONDON), "Monday 8 January, 09:05"),
        (datetime(2024, 7, 31, 23, 30, tzinfo=UTC), "Thursday 1 August, 00:30"),
        (datetime(2024, 1, 31, 23, 30, tzinfo=UTC), "Wednesday 31 January, 23:30"),
    ],
)
def test_a_time_to_answer_is_written_as_the_clock_in_england_shows_it(moment, text):
    assert by_when(moment) == text


# -- registration numbers ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("SW12345", "SW12345"),
        ("sw 123 45", "SW12345"),
        (" Sw-12.345/ ", "SW12345"),
        ("SW\u00a012345", "SW12345"),
        ("SW#12345é", "SW12345"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_a_registration_number_is_kept_in_capitals_without_anything_else(typed, stored):
    assert tidy_registration(typed) == stored


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("SW12", True),
        ("SW1", False),
        ("SW", False),
        ("", False),
        ("S1234", False),
        ("1W234", False),
        ("SWE123", False),
        ("SW12A", False),
        ("12345", False),
        ("SW" + "1" * 18, True),
        ("SW" + "1" * 19, False),
    ],
)
def test_a_registration_number_is_two_letters_and_two_to_eighteen_digits(number, is_one):
    assert is_registration(number) is is_one
