"""The order of sourcing as a table: what was asked, and whether the framework opens."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal as D

import pytest

from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import contract_refusal, opening_refusal, proof_for, release_refusal
from recruitment.rules.sourcing_state import Asked, ContractFacts, RoundState, Step

NOW = datetime(2024, 2, 5, 10, tzinfo=LONDON)  # a Monday
CALENDAR = WorkingCalendar()
STEPS = (
    Step(0, "direct", "Direct recruitment"),
    Step(1, "corporate", "Pertemps"),
    Step(2, "framework", "The RM6161 contract"),
)


def asked(
    outcome="not_secured",
    position=1,
    failed=NOW - timedelta(days=3),
    respond_by=NOW - timedelta(days=4),
    pk=1,
    rate="42",
) -> Asked:
    failed_at = failed if outcome in ("not_secured", "fell_through") else None
    return Asked(
        pk, f"ORD-{pk}", position, "Pertemps", outcome, D(rate), NOW - timedelta(days=6), respond_by, failed_at
    )


def state(*rows, **changes) -> RoundState:
    defaults = {
        "status": "sourcing",
        "round_is_open": True,
        "direct_recorded": True,
        "is_vacant_post": True,
        "max_rate": D("42"),
        "steps": STEPS,
        "asked": rows,
    }
    days = changes.pop("proof_age_days", 20)
    given = defaults | changes
    given["steps"] = tuple(replace(step, proof_age_days=days) for step in given["steps"])
    return RoundState(**given)


@pytest.mark.parametrize(
    ("position", "given", "code"),
    [
        (1, state(direct_recorded=False), "direct_first"),
        (1, state(), None),
        (1, state(status="requested"), "not_being_sourced"),
        (1, state(status="covered"), "not_being_sourced"),
        (1, state(round_is_open=False), "not_being_sourced"),
        (1, state(asked("open")), "still_waiting"),
        (1, state(asked("secured")), "already_secured"),
        (1, state(asked()), None),
        (1, state(asked("withdrawn")), None),
        (3, state(asked()), "not_in_order"),
        (2, state(), "not_asked_before"),
        (2, state(asked("open")), "still_waiting"),
        (2, state(asked("secured")), "already_secured"),
        (2, state(asked("withdrawn")), "withdrawn_proves_nothing"),
        (2, state(asked()), None),
        (2, state(asked("fell_through")), None),
        (2, state(asked("withdrawn", pk=1), asked(pk=2)), None),
        (2, state(asked(), asked("open", position=2, pk=2)), "still_waiting"),
        (2, state(asked(), asked("not_secured", position=2, pk=2)), None),
        (2, state(asked(), direct_recorded=False), "direct_first"),
        (0, state(), None),
        (0, state(direct_recorded=False), None),
        (0, state(asked("open")), None),
        (0, state(asked("open", position=0)), "permanent_already_asked"),
        (0, state(asked("secured", position=0)), "permanent_already_asked"),
        (0, state(asked("not_secured", position=0)), None),
        (0, state(is_vacant_post=False), "not_a_vacant_post"),
    ],
)
def test_when_a_step_opens(position, given, code):
    refusal = opening_refusal(given, position, NOW, CALENDAR)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        (datetime(2024, 1, 8, 9, tzinfo=LONDON), None),  # 20 working days before 5 February
        (datetime(2024, 1, 5, 9, tzinfo=LONDON), "proof_too_old"),  # 21
        (datetime(2024, 1, 7, 9, tzinfo=LONDON), "proof_too_old"),  # a Sunday: its twentieth working day was Friday
    ],
)
def test_a_proof_ages_in_working_days(failed, code):
    refusal = opening_refusal(state(asked(failed=failed)), 2, NOW, CALENDAR)
    assert (refusal.code if refusal else None) == code


def test_a_bank_holiday_does_not_age_a_proof():
    good_friday_week = datetime(2024, 4, 12, 10, tzinfo=LONDON)
    failed = datetime(2024, 3, 13, 9, tzinfo=LONDON)  # 22 weekdays before, two of them bank holidays
    assert opening_refusal(state(asked(failed=failed)), 2, good_friday_week, CALENDAR) is None


@pytest.mark.parametrize(
    ("position", "rate", "code"),
    [
        (1, "42.00", None),
        (1, "42.01", "above_request"),
        (2, "42.00", None),
        (2, "40.00", None),
        (2, "42.01", "better_than_before"),
    ],
)
def test_what_may_be_offered(position, rate, code):
    refusal = release_refusal(state(asked()), position, D(rate), NOW, CALENDAR)
    assert (refusal.code if refusal else None) == code


def test_the_latest_failure_is_the_proof():
    rows = (asked(pk=1), asked(pk=2, rate="40"))
    assert proof_for(state(*rows), 2, NOW, CALENDAR).pk == 2
    assert release_refusal(state(*rows), 2, D("41"), NOW, CALENDAR).code == "better_than_before"


def test_the_sentence_says_who_has_until_when():
    respond_by = datetime(2024, 2, 6, 11, tzinfo=LONDON)
    refusal = opening_refusal(state(asked("open", respond_by=respond_by)), 2, NOW, CALENDAR)
    assert refusal.sentence == (
        "The RM6161 contract is not open yet. Pertemps has until Tuesday 6 February, 11:00. Record its answer first."
    )


def facts(**changes) -> ContractFacts:
    today = NOW.date()
    defaults = {
        "reference": "RM6161-L5",
        "route": "framework",
        "starts_on": today,
        "ends_on": today,
        "left_to_commit": D(1000),
    }
    return ContractFacts(**defaults | changes)


@pytest.mark.parametrize(
    ("contract", "estimated", "code"),
    [
        (facts(), "1000.00", None),
        (facts(), "1000.01", "contract_has_no_room"),
        (facts(left_to_commit=None), "999999", None),
        (facts(starts_on=NOW.date() + timedelta(1)), "1", "contract_not_running"),
        (facts(ends_on=NOW.date() - timedelta(1)), "1", "contract_not_running"),
        (facts(ends_on=None), "1", "contract_not_running"),
    ],
)
def test_what_a_contract_can_take(contract, estimated, code):
    refusal = contract_refusal(contract, STEPS[2], NOW.date(), D(estimated), NOW.date())
    assert (refusal.code if refusal else None) == code


def test_a_contract_that_ends_before_the_start():
    refusal = contract_refusal(facts(), STEPS[2], NOW.date() + timedelta(1), D(1), NOW.date())
    assert refusal.code == "contract_ends_before"
