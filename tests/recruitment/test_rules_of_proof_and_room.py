"""After a correction: whether a later order keeps its proof. And whether a contract can take a request. Values alone."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import Rested, contract_refusal, no_longer_rests
from recruitment.rules.sourcing_state import ContractFacts, Step

CALENDAR = WorkingCalendar()
STEP = Step(2, "framework", "The RM6161 contract")
BY_EXEMPTION = Step(3, "exemption", "Another agency, by exemption")


def rested(**changes) -> Rested:
    """Pertemps failed on Monday 8 January 2024 at 9:00; the next supplier was asked on Monday 5 February, 20 working days later."""
    values = {
        "first": "Pertemps",
        "failed_at": datetime(2024, 1, 8, 9, tzinfo=LONDON),
        "in_time": True,
        "offered": D("42.00"),
        "sent_at": datetime(2024, 2, 5, 10, tzinfo=LONDON),
        "max_rate": D("42.00"),
        "proof_age_days": 20,
    }
    return Rested(**values | changes)


NOT_FAILED = "Pertemps had not failed to secure somebody."
EARLY = "Pertemps still had time to answer, and there is no confirmation of its own."
NOT_ANSWERED = "Pertemps had not answered when the next supplier was asked."
OLD = "Pertemps’ answer was more than 20 working days old."
OFFERED = "Pertemps had been offered no more than £42.00 an hour."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"failed_at": None}, NOT_FAILED),
        ({"in_time": False}, EARLY),
        ({"failed_at": datetime(2024, 2, 5, 10, tzinfo=LONDON)}, None),
        ({"failed_at": datetime(2024, 2, 5, 10, 0, 1, tzinfo=LONDON)}, NOT_ANSWERED),
        ({"sent_at": datetime(2024, 2, 5, 23, 59, tzinfo=LONDON)}, None),
        ({"sent_at": datetime(2024, 2, 6, tzinfo=LONDON)}, OLD),
        ({"proof_age_days": 21, "sent_at": datetime(2024, 2, 6, tzinfo=LONDON)}, None),
        ({"failed_at": datetime(2024, 1, 5, 9, tzinfo=LONDON)}, OLD),
        ({"max_rate": D("42.01")}, OFFERED),
        ({"max_rate": D("41.99")}, None),
        ({"offered": D("42.01"), "max_rate": D("42.01")}, None),
        # Half past midnight in England on Monday 3 June, which is Sunday in UTC; five working days end on Monday 10 June.
        (
            {
                "failed_at": datetime(2024, 6, 2, 23, 30, tzinfo=UTC),
                "sent_at": datetime(2024, 6, 10, 22, 59, tzinfo=UTC),
                "proof_age_days": 5,
            },
            None,
        ),
        (
            {
                "failed_at": datetime(2024, 6, 2, 23, 30, tzinfo=UTC),
                "sent_at": datetime(2024, 6, 10, 23, 0, tzinfo=UTC),
                "proof_age_days": 5,
            },
            "Pertemps’ answer was more than 5 working days old.",
        ),
    ],
)
def test_a_later_order_keeps_its_proof_up_to_the_last_day_and_the_last_penny(changes, why):
    assert no_longer_rests(rested(**changes), CALENDAR) == why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"failed_at": None, "in_time": False, "max_rate": D(50)}, NOT_FAILED),
        ({"failed_at": datetime(2024, 2, 6, tzinfo=LONDON), "in_time": False}, EARLY),
        ({"failed_at": datetime(2024, 2, 6, tzinfo=LONDON), "max_rate": D(50)}, NOT_ANSWERED),
        ({"failed_at": datetime(2024, 1, 5, tzinfo=LONDON), "max_rate": D(50)}, OLD),
    ],
)
def test_of_several_reasons_the_weightiest_is_said(changes, why):
    assert no_longer_rests(rested(**changes), CALENDAR) == why


def test_a_closed_day_lengthens_the_age_of_a_proof():
    late = rested(sent_at=datetime(2024, 2, 6, 9, tzinfo=LONDON))
    assert no_longer_rests(late, CALENDAR) == OLD
    assert no_longer_rests(late, WorkingCalendar.without([date(2024, 1, 10)])) is None


def test_the_name_of_a_supplier_takes_an_s_where_it_ends_on_none():
    old = rested(first="Halden Bridge Care", failed_at=datetime(2024, 1, 5, 9, tzinfo=LONDON))
    assert no_longer_rests(old, CALENDAR) == "Halden Bridge Care’s answer was more than 20 working days old."


# -- whether a contract can take a request ------------------------------------------------------------------------------------------------

FIRST, LAST = date(2024, 1, 1), date(2024, 6, 30)
DAY_BEFORE, DAY_AFTER = date(2023, 12, 31), date(2024, 7, 1)


def contract(**changes) -> ContractFacts:
    values = {
        "reference": "RM6161-L5",
        "route": "framework",
        "starts_on": FIRST,
        "ends_on": LAST,
        "left_to_commit": D("1000.00"),
    }
    return ContractFacts(**values | changes)


def refusal(given: ContractFacts, *, today=FIRST, starts_on=LAST, estimated="1000.00") -> Refusal | None:
    return contract_refusal(given, STEP, starts_on, D(estimated), today)


NOT_RUNNING = Refusal(
    "contract_not_running",
    "RM6161-L5 runs from 1 January 2024 to 30 June 2024. Choose a contract that is running today.",
)
NOT_APPROVED = Refusal(
    "contract_not_running",
    "RM6161-L5 runs from 1 January 2024 to not yet approved. Choose a contract that is running today.",
)


@pytest.mark.parametrize(
    ("route", "today", "expected"),
    [
        ("framework", DAY_BEFORE, NOT_RUNNING),
        ("framework", FIRST, None),
        ("framework", LAST, None),
        ("framework", DAY_AFTER, NOT_RUNNING),
        ("corporate", DAY_BEFORE, NOT_RUNNING),
        ("direct", DAY_BEFORE, NOT_RUNNING),
        ("exemption", DAY_BEFORE, None),
        ("exemption", date(2023, 1, 1), None),
        ("exemption", LAST, None),
        ("exemption", DAY_AFTER, NOT_RUNNING),
    ],
)
def test_a_contract_takes_requests_from_its_first_to_its_last_day_and_one_by_exemption_also_before(
    route, today, expected
):
    assert refusal(contract(route=route), today=today) == expected


@pytest.mark.parametrize("route", ["framework", "exemption"])
def test_a_contract_whose_end_nobody_has_approved_takes_nothing(route):
    assert refusal(contract(route=route, ends_on=None)) == NOT_APPROVED


@pytest.mark.parametrize(
    ("starts_on", "expected"),
    [
        (FIRST, None),
        (LAST, None),
        (
            DAY_AFTER,
            Refusal("contract_ends_before", "RM6161-L5 ends on 30 June 2024, before the worker would start."),
        ),
    ],
)
def test_a_worker_starts_on_the_last_day_of_a_contract_at_the_latest(starts_on, expected):
    assert refusal(contract(), starts_on=starts_on) == expected


NO_ROOM = (
    "RM6161-L5 has £1,000.00 left to commit, and this request is estimated at £1,000.01. Record a variation of the contract, or ask "
    "for less."
)


@pytest.mark.parametrize(
    ("left", "estimated", "expected"),
    [
        (D("1000.00"), "999.99", None),
        (D("1000.00"), "1000.00", None),
        (D("1000.00"), "1000.01", Refusal("contract_has_no_room", NO_ROOM)),
        (None, "9999999.99", None),
        (D(0), "0", None),
        (
            D("-5.00"),
            "10.00",
            Refusal(
                "contract_has_no_room",
                "RM6161-L5 has −£5.00 left to commit, and this request is estimated at £10.00. Record a variation of the contract, or "
                "ask for less.",
            ),
        ),
    ],
)
def test_a_contract_takes_what_it_has_left_to_commit_to_the_penny(left, estimated, expected):
    assert refusal(contract(left_to_commit=left), estimated=estimated) == expected


def test_a_contract_that_is_not_running_says_so_before_it_says_that_it_ends_or_has_no_room():
    assert refusal(contract(), today=DAY_AFTER, starts_on=DAY_AFTER, estimated="5000") == NOT_RUNNING
    assert refusal(contract(), starts_on=DAY_AFTER, estimated="5000").code == "contract_ends_before"


def test_the_step_makes_no_difference_to_what_a_contract_can_take():
    assert contract_refusal(contract(route="exemption"), BY_EXEMPTION, LAST, D(1), DAY_BEFORE) is None
