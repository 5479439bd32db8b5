from datetime import date
from decimal import Decimal as D

import pytest

from council.wording import money
from placements.rules.booking import Effect, Secured, Terms, booking_refusal, fte_refusal, weekly_refusal

VALUE = D("19580.40")  # 63 working days × 7.4 hours × £42


def terms(**changes) -> Terms:
    defaults = {
        "starts_on": date(2024, 1, 8),
        "ends_on": date(2024, 4, 7),
        "hours_per_week": D(37),
        "pattern": "weekdays",
        "pay_rate": D("34"),
        "charge_rate": D("42"),
    }
    return Terms(**defaults | changes)


def secured(**changes) -> Secured:
    defaults = {
        "reference": "ORD-0001",
        "outcome": "secured",
        "max_rate": D("42"),
        "hours_per_week": D(37),
        "pattern": "weekdays",
        "weeks": 13,
        "funded_until": None,
        "contract": "RM6161-L5",
        "contract_starts_on": date(2024, 1, 8),
        "contract_ends_on": date(2024, 4, 7),
        "left_to_commit": VALUE,
    }
    return Secured(**defaults | changes)


@pytest.mark.parametrize(
    ("what", "on", "code"),
    [
        (terms(), secured(), None),
        (terms(), secured(left_to_commit=VALUE - D("0.01")), "over_value"),
        (terms(), secured(left_to_commit=None), None),
        (terms(), secured(outcome="open"), "not_secured"),
        (terms(pattern="seven_days"), secured(), "another_pattern"),
        (terms(), secured(weeks=12), "longer_than_asked"),
        (terms(), secured(funded_until=date(2024, 4, 7)), None),
        (terms(), secured(funded_until=date(2024, 4, 6)), "not_funded"),
        (terms(ends_on=date(2024, 1, 7)), secured(), "end_before_start"),
        (terms(ends_on=date(2024, 1, 8)), secured(), None),
        (terms(charge_rate=D("33.99")), secured(), "charge_below_pay"),
        (terms(charge_rate=D("34.00")), secured(), None),
        (terms(charge_rate=D("42.01")), secured(), "above_max_rate"),
        (terms(hours_per_week=D("37.01")), secured(), "above_hours"),
        (terms(starts_on=date(2024, 1, 7)), secured(), "outside_contract"),
        (terms(ends_on=date(2024, 4, 8)), secured(left_to_commit=None), "outside_contract"),
        (terms(), secured(contract_ends_on=None), "outside_contract"),
        (terms(starts_on=date(2024, 1, 13), ends_on=date(2024, 1, 14)), secured(), "no_working_day"),
    ],
)
def test_what_may_be_booked(what, on, code):
    refused = booking_refusal(what, on)
    assert (refused[0].code if refused else None) == code


def test_the_refusal_of_value_says_both_sums():
    sentence = booking_refusal(terms(), secured(left_to_commit=D("100")))[0].sentence
    assert sentence.startswith("This would commit £19,580.40, and RM6161-L5 has £100.00 left to commit.")


def test_what_is_left_after():
    assert Effect(VALUE, "RM6161-L5", D("20000.00")).left_after == D("419.60")
    assert Effect(VALUE, "CORP", None).left_after is None


@pytest.mark.parametrize(
    ("hours", "elsewhere", "refused"), [("24", "24", False), ("24.01", "24", True), ("48", "0", False)]
)
def test_a_workers_week(hours, elsewhere, refused):
    assert bool(weekly_refusal("Ann", D(hours), D(elsewhere), D(48))) is refused


@pytest.mark.parametrize(("hours", "booked", "refused"), [("18.5", "18.5", False), ("18.51", "18.5", True)])
def test_a_requests_hours(hours, booked, refused):
    assert bool(fte_refusal("REQ-0001", D(hours), D(booked), D(37))) is refused


def test_money_below_zero_has_its_minus_before_the_pound():
    assert money(D("-12.5")) == "−£12.50"
