"""A booking by values alone: every sentence that refuses one, the day, hour and penny at which it begins, and the transfer fee."""

from datetime import date
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from placements.rules.booking import (
    AskedFor,
    Effect,
    Secured,
    Terms,
    booking_refusal,
    fte_refusal,
    spending_refusal,
    start_refusal,
    weekly_refusal,
)
from placements.rules.transfer_fee import free_of_fee_on

# One week, Monday 8 to Sunday 14 January 2024, at 37 hours and £40.00: £1,480.00.


def terms(**changes) -> Terms:
    values = {
        "starts_on": date(2024, 1, 8),
        "ends_on": date(2024, 1, 14),
        "hours_per_week": D("37.00"),
        "pattern": "weekdays",
        "pay_rate": D("30.00"),
        "charge_rate": D("40.00"),
    }
    return Terms(**values | changes)


def secured(**changes) -> Secured:
    values = {
        "reference": "ORD-7",
        "outcome": "secured",
        "max_rate": D("40.00"),
        "hours_per_week": D("37.00"),
        "pattern": "weekdays",
        "weeks": 1,
        "funded_until": None,
        "contract": "RM6161-L5",
        "contract_starts_on": date(2024, 1, 8),
        "contract_ends_on": date(2024, 1, 14),
        "left_to_commit": D("1480.00"),
    }
    return Secured(**values | changes)


WIDE = {"contract_starts_on": date(2020, 1, 1), "contract_ends_on": date(2030, 1, 1), "left_to_commit": None}
NOT_SECURED = "ORD-7 has not secured anybody, so nobody can be booked on it."
NO_WORKING_DAY = "There is no working day between these dates. Check them."
TOO_LONG = "The supplier was asked for 1 weeks. Book no longer than that; extend the placement later if need be."
RATE = (
    "The supplier was asked at no more than £40.00 an hour. Enter that or less; to pay more, change the request's maximum rate and "
    "ask again."
)
FUNDED = "This post above structure is funded until 13 January 2024. End by then."
RUNS_UNTIL = (
    "RM6161-L5 runs until 13 January 2024. End the placement by then, or record a variation of the contract first."
)
UNAPPROVED = "RM6161-L5 runs until a day not yet approved. End the placement by then, or record a variation of the contract first."
OVER_VALUE = "This would commit £1,480.00, and RM6161-L5 has £1,479.99 left to commit. Record a variation of the contract first, or book less."


@pytest.mark.parametrize(
    ("what", "on", "code", "sentence", "field"),
    [
        (terms(), secured(outcome="open"), "not_secured", NOT_SECURED, ""),
        (terms(), secured(outcome="not_secured"), "not_secured", NOT_SECURED, ""),
        (
            terms(ends_on=date(2024, 1, 7)),
            secured(),
            "end_before_start",
            "The end is before the start. Check both dates.",
            "ends_on",
        ),
        (
            terms(pay_rate=D("40.01")),
            secured(),
            "charge_below_pay",
            "The charge rate is below the pay rate. Check both rates.",
            "charge_rate",
        ),
        (terms(charge_rate=D("40.01")), secured(), "above_max_rate", RATE, "charge_rate"),
        (
            terms(hours_per_week=D("37.01")),
            secured(),
            "above_hours",
            "The supplier was asked for 37 hours a week. Enter that or less.",
            "hours_per_week",
        ),
        (
            terms(pattern="seven_days"),
            secured(),
            "another_pattern",
            "The supplier was asked for another working pattern. Choose that one.",
            "pattern",
        ),
        (
            terms(starts_on=date(2024, 1, 13)),
            secured(),
            "no_working_day",
            NO_WORKING_DAY,
            "ends_on",
        ),
        (terms(), secured(funded_until=date(2024, 1, 13)), "not_funded", FUNDED, "ends_on"),
        (
            terms(starts_on=date(2024, 1, 7)),
            secured(),
            "outside_contract",
            "RM6161-L5 starts on 8 January 2024. The worker cannot start before it.",
            "starts_on",
        ),
        (terms(), secured(contract_ends_on=date(2024, 1, 13)), "outside_contract", RUNS_UNTIL, "ends_on"),
        (terms(), secured(contract_ends_on=None), "outside_contract", UNAPPROVED, "ends_on"),
        (terms(), secured(left_to_commit=D("1479.99")), "over_value", OVER_VALUE, ""),
        (terms(ends_on=date(2024, 1, 15)), secured(**WIDE), "longer_than_asked", TOO_LONG, "ends_on"),
    ],
)
def test_a_booking_that_is_refused_says_why_and_beside_which_field(what, on, code, sentence, field):
    assert booking_refusal(what, on) == (Refusal(code, sentence), field)


@pytest.mark.parametrize(
    ("what", "on"),
    [
        (terms(), secured()),
        (terms(ends_on=date(2024, 1, 8)), secured()),  # one day
        (terms(pay_rate=D("40.00")), secured()),
        (terms(charge_rate=D("39.99")), secured()),
        (terms(hours_per_week=D("36.99")), secured()),
        (terms(), secured(funded_until=date(2024, 1, 14))),
        (terms(starts_on=date(2024, 1, 12), ends_on=date(2024, 1, 13)), secured()),  # a Friday and a Saturday
        (terms(ends_on=date(2024, 1, 21)), secured(**WIDE, weeks=2)),
        (terms(pattern="seven_days"), secured(pattern="seven_days")),
        (terms(), secured(left_to_commit=None)),
        (terms(), secured(left_to_commit=D("1480.01"))),
    ],
)
def test_a_booking_goes_up_to_the_last_day_hour_and_penny(what, on):
    assert booking_refusal(what, on) is None


@pytest.mark.parametrize(
    ("ends_on", "weeks", "code"),
    [
        (date(2024, 1, 14), 1, None),
        (date(2024, 1, 15), 1, "longer_than_asked"),
        (date(2024, 1, 21), 2, None),
        (date(2024, 1, 22), 2, "longer_than_asked"),
        (date(2024, 4, 7), 13, None),
        (date(2024, 4, 8), 13, "longer_than_asked"),
    ],
)
def test_a_booking_one_day_longer_than_the_weeks_asked_for_is_refused(ends_on, weeks, code):
    refused = booking_refusal(terms(ends_on=ends_on), secured(**WIDE, weeks=weeks))
    assert (refused and refused[0].code) == code


@pytest.mark.parametrize(
    ("what", "on", "code"),
    [
        (terms(ends_on=date(2024, 1, 7), pay_rate=D(50)), secured(outcome="open"), "not_secured"),
        (terms(ends_on=date(2024, 1, 7), pay_rate=D(50)), secured(), "end_before_start"),
        (terms(pay_rate=D(50), charge_rate=D(45)), secured(), "charge_below_pay"),
        (terms(charge_rate=D(45), hours_per_week=D(40)), secured(), "above_max_rate"),
        (terms(hours_per_week=D(40), pattern="seven_days"), secured(), "above_hours"),
        (terms(pattern="seven_days", starts_on=date(2024, 1, 1)), secured(), "another_pattern"),
        (terms(ends_on=date(2024, 1, 22)), secured(), "outside_contract"),
    ],
)
def test_of_several_reasons_the_first_is_said(what, on, code):
    assert booking_refusal(what, on)[0].code == code


@pytest.mark.parametrize(("value", "code"), [("0.01", None), ("0.00", "no_working_day"), ("-0.01", "no_working_day")])
def test_days_that_cost_nothing_are_no_booking(value, code):
    refused = spending_refusal(date(2024, 1, 8), date(2024, 1, 14), D(value), secured())
    assert (refused and refused[0].code) == code


def test_the_value_of_terms_is_hours_by_days_by_rate():
    assert terms().value == D("1480.00")
    assert terms(ends_on=date(2024, 1, 8)).value == D("296.00")
    assert terms(pattern="seven_days", ends_on=date(2024, 1, 9)).value == D("422.86")  # 2 ÷ 7 × 37 × 40 = 422.857…


@pytest.mark.parametrize(
    ("before", "after"), [(D("2000.00"), D("520.00")), (D("1480.00"), D(0)), (D("1000.00"), D("-480.00")), (None, None)]
)
def test_the_effect_says_what_is_left_after(before, after):
    assert Effect(D("1480.00"), "RM6161-L5", before).left_after == after


WEEK_FULL = (
    "Ann Example is already booked for 24.5 hours a week in that time. With these 24 it would be more than 48. Book fewer hours, or "
    "another worker."
)


@pytest.mark.parametrize(
    ("hours", "elsewhere", "expected"),
    [
        ("23.50", "24.50", None),
        ("24.00", "24.50", Refusal("worker_week_full", WEEK_FULL)),
        ("48.00", "0", None),
        ("0.01", "47.99", None),
    ],
)
def test_a_workers_week_holds_so_many_hours_and_no_more(hours, elsewhere, expected):
    assert weekly_refusal("Ann Example", D(hours), D(elsewhere), D(48)) == expected


FULL = "REQ-7 asks for 37 hours a week and 18.5 are booked in that time. Book no more than the rest."


@pytest.mark.parametrize(
    ("hours", "expected"), [("18.49", None), ("18.50", None), ("18.51", Refusal("request_is_full", FULL))]
)
def test_a_request_takes_the_hours_it_asks_for_and_no_more(hours, expected):
    assert fte_refusal("REQ-7", D(hours), D("18.50"), D("37.00")) == expected


# -- the transfer fee -------------------------------------------------------------------------------------------------------------------------

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("assignments", "free"),
    [
        ([JANUARY], date(2024, 4, 8)),  # 14 weeks from 1 January, later than 8 weeks from its end
        ([(date(2024, 1, 1), date(2024, 2, 11))], date(2024, 4, 8)),  # both on that day
        ([(date(2024, 1, 1), date(2024, 2, 12))], date(2024, 4, 9)),  # 8 weeks from the day after the end
        ([(date(2024, 1, 1), date(2024, 6, 30))], date(2024, 8, 26)),
        ([JANUARY, (date(2024, 2, 1), date(2024, 6, 30))], date(2024, 8, 26)),
        # 42 days between: the first start still counts, so the end decides. 43: the second start does.
        ([JANUARY, (date(2024, 3, 14), date(2024, 3, 20))], date(2024, 5, 16)),
        ([JANUARY, (date(2024, 3, 15), date(2024, 3, 20))], date(2024, 6, 21)),
        ([(date(2024, 3, 15), date(2024, 3, 20)), JANUARY], date(2024, 6, 21)),
        # One within another: the longer one's end counts, for the gap too.
        ([(date(2024, 1, 1), date(2024, 6, 30)), (date(2024, 2, 1), date(2024, 2, 10))], date(2024, 8, 26)),
        (
            [
                (date(2024, 1, 1), date(2024, 6, 30)),
                (date(2024, 2, 1), date(2024, 2, 10)),
                (date(2024, 7, 20), date(2024, 7, 21)),
            ],
            date(2024, 9, 16),
        ),
        # After two gaps the last start counts.
        ([JANUARY, (date(2024, 4, 1), date(2024, 4, 2)), (date(2024, 7, 1), date(2024, 7, 2))], date(2024, 10, 7)),
    ],
)
def test_no_fee_is_due_14_weeks_from_the_first_start_or_8_from_the_last_end_whichever_is_later(assignments, free):
    assert free_of_fee_on(assignments) == free
    assert free_of_fee_on(iter(assignments)) == free


def test_without_an_assignment_there_is_no_day_to_name():
    with pytest.raises(ValueError, match=r"^No assignment, so there is no fee to be free of\.$"):
        free_of_fee_on([])


# -- from which day -------------------------------------------------------------------------------------------------------------


def asked(**changes) -> AskedFor:
    values = {
        "reference": "ORD-7",
        "sent_on": date(2024, 1, 8),
        "starts_on": date(2024, 1, 22),
        "first_supplier": "Pertemps",
        "days": 30,
    }
    return AskedFor(**values | changes)


EARLY = "ORD-7 was sent on 8 January 2024, so nobody is booked on it from an earlier day. A worker who was in post before is recorded as a breach."
EARLIER = "Pertemps was asked for a start on 22 January 2024, and not for an earlier one. Start then, or change the request and ask Pertemps again."
LATER = (
    "Pertemps was asked for a start on 22 January 2024. That is more than 30 days before; by now it may have somebody. Ask it about the later "
    "start first, from the page of ORD-7; if it is silent, book the worker."
)


@pytest.mark.parametrize(
    ("day", "code", "sentence"),
    [
        (date(2024, 1, 7), "before_the_order", EARLY),
        (date(2024, 1, 8), "earlier_than_asked", EARLIER),
        (date(2024, 1, 21), "earlier_than_asked", EARLIER),
        (date(2024, 1, 22), "", ""),
        (date(2024, 2, 21), "", ""),  # thirty days after
        (date(2024, 2, 22), "much_later_than_asked", LATER),
    ],
)
def test_by_a_later_route_a_worker_starts_on_days_that_the_first_supplier_was_asked_for(day, code, sentence):
    found = start_refusal(day, asked())
    assert (found.code, found.sentence) == (code, sentence) if code else found is None


@pytest.mark.parametrize(
    ("changes", "day", "code"),
    [
        ({"let_pass": (date(2024, 3, 11),)}, date(2024, 3, 10), "much_later_than_asked"),
        ({"let_pass": (date(2024, 3, 11),)}, date(2024, 3, 11), ""),
        ({"let_pass": (date(2024, 3, 11),)}, date(2024, 4, 10), ""),
        ({"let_pass": (date(2024, 3, 11),)}, date(2024, 4, 11), "much_later_than_asked"),
        ({"let_pass": (date(2024, 3, 11),)}, date(2024, 2, 21), ""),
        ({"waits_until": "Monday"}, date(2024, 3, 11), "first_is_being_asked"),
        ({"waits_until": "Monday"}, date(2024, 2, 21), ""),
        ({"waits_until": "Monday", "can_supply": "We have."}, date(2024, 3, 11), "first_can_supply"),
        ({"can_supply": "We have.", "let_pass": (date(2024, 3, 11),)}, date(2024, 4, 11), "first_can_supply"),
    ],
)
def test_much_later_only_on_days_that_the_first_supplier_let_pass(changes, day, code):
    found = start_refusal(day, asked(**changes))
    assert found.code == code if code else found is None


@pytest.mark.parametrize(
    ("day", "code"), [(date(2024, 1, 7), "before_the_order"), (date(2024, 1, 8), ""), (date(2024, 6, 3), "")]
)
def test_by_the_first_route_only_not_before_the_order(day, code):
    found = start_refusal(day, asked(first_supplier=""))
    assert found.code == code if code else found is None
