"""What a supplier may be offered after the one before it, and when an answer counts as given in time. Values alone."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import answered_in_time, opening_refusal, release_refusal
from recruitment.rules.sourcing_state import Asked, RoundState, Step

NOW = datetime(2024, 2, 5, 10, tzinfo=LONDON)  # a Monday
CALENDAR = WorkingCalendar()
DIRECT, PERTEMPS, FRAMEWORK = (
    Step(0, "direct", "Direct recruitment"),
    Step(1, "corporate", "Pertemps"),
    Step(2, "framework", "The RM6161 contract"),
)
THIRD = Step(3, "reserve", "The reserve contract")


def asked(outcome="not_secured", position=1, pk=1, **changes) -> Asked:
    """Asked on Tuesday 30 January at noon, with until Thursday 1 February at 12:00; failed on Friday 2 February."""
    failed = outcome in ("not_secured", "fell_through")
    values = {
        "pk": pk,
        "reference": f"ORD-{pk}",
        "position": position,
        "supplier": {0: "Liquid", 1: "Pertemps", 2: "Halden Bridge Care"}.get(position, "Reserve"),
        "outcome": outcome,
        "max_rate": D("42.00"),
        "sent_at": datetime(2024, 1, 30, 12, tzinfo=LONDON),
        "respond_by": datetime(2024, 2, 1, 12, tzinfo=LONDON),
        "failed_at": datetime(2024, 2, 2, 9, tzinfo=LONDON) if failed else None,
    }
    return Asked(**values | changes)


def state(*rows: Asked, **changes) -> RoundState:
    values = {
        "status": "sourcing",
        "round_is_open": True,
        "direct_recorded": True,
        "is_vacant_post": True,
        "max_rate": D("42.00"),
        "steps": (DIRECT, PERTEMPS, FRAMEWORK, THIRD),
        "asked": rows,
    }
    days = changes.pop("proof_age_days", 20)
    given = values | changes
    given["steps"] = tuple(replace(step, proof_age_days=days) for step in given["steps"])
    return RoundState(**given)


def opening(given: RoundState, position: int, now: datetime = NOW) -> Refusal | None:
    return opening_refusal(given, position, now, CALENDAR)


# -- what may be offered ------------------------------------------------------------------------------------------------------------------

ABOVE_BEFORE = (
    "Pertemps was offered at most £40.00 an hour. Nobody may be offered more than that: to pay more, change the request's maximum "
    "rate and ask Pertemps again."
)
ABOVE_REQUEST = "The request was agreed at no more than £42.00 an hour. Enter that or less, or change the request."


@pytest.mark.parametrize(
    ("position", "before", "rate", "expected"),
    [
        (2, "40.00", "40.00", None),
        (2, "40.00", "39.99", None),
        (2, "40.00", "40.01", Refusal("better_than_before", ABOVE_BEFORE)),
        (2, "40.00", "42.01", Refusal("better_than_before", ABOVE_BEFORE)),
        (2, "50.00", "42.00", None),
        (2, "50.00", "42.01", Refusal("above_request", ABOVE_REQUEST)),
        (1, "40.00", "42.00", None),
        (1, "40.00", "42.01", Refusal("above_request", ABOVE_REQUEST)),
        (0, "40.00", "42.00", None),
        (0, "40.00", "42.01", Refusal("above_request", ABOVE_REQUEST)),
    ],
)
def test_nobody_is_offered_more_than_the_supplier_before_or_than_was_agreed(position, before, rate, expected):
    assert release_refusal(state(asked(max_rate=D(before))), position, D(rate), NOW, CALENDAR) == expected


def test_a_step_that_is_closed_says_so_whatever_is_offered():
    assert release_refusal(state(), 2, D("0.01"), NOW, CALENDAR).code == "not_asked_before"


# -- when an answer counts ------------------------------------------------------------------------------------------------------------------

END = datetime(2024, 2, 1, 12, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("fell_through", "confirmed", "answered_at", "counts"),
    [
        (False, False, None, False),
        (False, False, datetime(2024, 2, 1, 11, 59, 59, tzinfo=LONDON), False),
        (False, False, END, True),
        (False, False, datetime(2024, 2, 1, 12, 0, 1, tzinfo=LONDON), True),
        (True, False, None, True),
        (True, False, datetime(2024, 1, 31, tzinfo=LONDON), True),
        (False, True, None, True),
        (False, True, datetime(2024, 1, 31, tzinfo=LONDON), True),
        (True, True, END, True),
    ],
)
def test_an_answer_counts_from_the_end_of_the_time_to_answer_or_as_confirmed_or_when_somebody_was_lost(
    fell_through, confirmed, answered_at, counts
):
    assert answered_in_time(fell_through, confirmed, answered_at, END) is counts


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [("open", False), ("secured", False), ("withdrawn", False), ("not_secured", True), ("fell_through", True)],
)
def test_an_order_has_failed_once_there_is_a_time_of_it(outcome, failed):
    assert asked(outcome).failed is failed
