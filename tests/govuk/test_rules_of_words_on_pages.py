"""How pages write money, days, times, numbers and parts of a whole, and the small helpers of the templates. No database."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.http import QueryDict

from govuk.templatetags import govuk as tags

SUMMER = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)  # 1 July, 00:30, in England
WINTER = datetime(2024, 1, 9, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, ""),
        ("", ""),
        (0, "£0.00"),
        (D("0.01"), "£0.01"),
        (D("-0.01"), "−£0.01"),
        ("12.5", "£12.50"),
        (1234567, "£1,234,567.00"),
        (D("-1234.5"), "−£1,234.50"),
        (D("999.999"), "£1,000.00"),
    ],
)
def test_money_is_pounds_and_pence_with_its_minus_in_front(amount, text):
    assert tags.money(amount) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (date(2024, 3, 9), "9 March 2024"),
        (date(2024, 12, 31), "31 December 2024"),
        (SUMMER, "1 July 2024"),
        (WINTER, "9 January 2024"),
    ],
)
def test_a_day_is_that_of_england_without_a_leading_zero(value, text):
    assert tags.day(value) == text


@pytest.mark.parametrize(
    ("value", "moment", "by_when"),
    [
        (None, "", ""),
        (SUMMER, "1 July 2024, 00:30", "Monday 1 July, 00:30"),
        (WINTER, "9 January 2024, 09:05", "Tuesday 9 January, 09:05"),
    ],
)
def test_a_time_is_that_of_the_clock_in_england(value, moment, by_when):
    assert (tags.moment(value), tags.by_when(value)) == (moment, by_when)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (37, "37"),
        (100, "100"),
        (D("37.00"), "37"),
        (D("18.50"), "18.5"),
        (D("0.25"), "0.25"),
        (D("100.00"), "100"),
        (D("1E+2"), "100"),
        ("36.50", "36.5"),
        (D("-0.50"), "-0.5"),
    ],
)
def test_a_number_is_written_without_zeros_at_its_end(value, text):
    assert tags.number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 0, ""),
        (1, None, ""),
        (0, 5, "0.0%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),  # 0.05 exactly
        (499, 1000000, "0.0%"),
        (3, 2, "150.0%"),
        ("1", D("8"), "12.5%"),
    ],
)
def test_a_part_of_a_whole_is_written_to_one_place(part, whole, text):
    assert tags.percent(part, whole) == text


class Request:
    def __init__(self, query: str):
        self.GET = QueryDict(query)


@pytest.mark.parametrize(
    ("query", "changes", "address"),
    [
        ("", {}, "?"),
        ("a=1", {}, "?a=1"),
        ("a=1", {"page": 2}, "?a=1&page=2"),
        ("a=1&page=2", {"page": 3}, "?a=1&page=3"),
        ("a=1&page=2", {"page": None}, "?a=1"),
        ("a=1&page=2", {"page": ""}, "?a=1"),
        ("a=1", {"page": 0}, "?a=1&page=0"),
        ("a=1", {"gone": None}, "?a=1"),
        ("a=1&a=2", {"b": "x y"}, "?a=1&a=2&b=x+y"),
        ("a=1&a=2", {"a": "3"}, "?a=3"),
    ],
)
def test_the_address_of_a_page_keeps_what_is_not_changed(query, changes, address):
    request = Request(query)
    assert tags.url_with({"request": request}, **changes) == address
    assert request.GET.urlencode() == query


@pytest.mark.parametrize(
    ("context", "value", "text"),
    [
        ({}, "a", ""),
        ({"reveal": {}}, "a", ""),
        ({"reveal": {"a": "more"}}, "a", "more"),
        ({"reveal": {"1": "more"}}, 1, "more"),
        ({"reveal": {"a": "more"}}, "b", ""),
    ],
)
def test_a_choice_reveals_what_belongs_to_it(context, value, text):
    assert tags.govuk_revealed(context, value) == text


@pytest.mark.parametrize(
    ("mapping", "key", "found"),
    [({"a": 1}, "a", 1), ({"1": "x"}, 1, "x"), ({"a": 1}, "b", ""), (None, "a", ""), ("text", "a", ""), ([], 0, "")],
)
def test_a_value_is_looked_up_by_the_text_of_its_key(mapping, key, found):
    assert tags.govuk_get(mapping, key) == found
