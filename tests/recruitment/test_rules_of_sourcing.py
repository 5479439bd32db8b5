"""The order of sourcing by values alone: every sentence that keeps a step closed, and the day and rate at which each one ends."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import OPEN_FOR_SOURCING, opening_refusal, proof_for, step_of
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


# -- whether the request is being sourced at all ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            "requested",
            "This request has not been agreed yet. The Assistant Director or a finance officer decides it first.",
        ),
        ("deferred", "This request is held. The Assistant Director or a finance officer decides it first."),
        ("covered", "A worker is in post. If the need goes on after the worker, start a new round."),
        ("filled", "The post is filled. Ask for staff again if it becomes empty."),
        ("turned_down", "This request is closed. Ask for staff again if the need comes back."),
        ("withdrawn", "This request is closed. Ask for staff again if the need comes back."),
        ("ended", "This request is closed. Ask for staff again if the need comes back."),
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("position", [0, 1, 2, 9])
def test_nothing_is_asked_in_a_stage_without_sourcing_and_the_sentence_names_the_stage(
    status, sentence, is_open, position
):
    refusal = opening(state(status=status, round_is_open=is_open), position)
    assert refusal == Refusal("not_being_sourced", sentence)


@pytest.mark.parametrize("status", ["agreed", "sourcing"])
def test_a_round_that_is_closed_is_said_to_be_closed_and_an_open_one_goes_on(status):
    assert opening(state(status=status), 1) is None
    assert opening(state(status=status, round_is_open=False), 1) == Refusal(
        "not_being_sourced", "This round is closed. Start a new round if the need goes on."
    )


def test_two_stages_are_open_for_sourcing():
    assert {"agreed", "sourcing"} == OPEN_FOR_SOURCING


@pytest.mark.parametrize("position", [-1, 4])
def test_a_place_outside_the_order_is_refused(position):
    assert step_of(state(), position) is None
    assert opening(state(), position) == Refusal(
        "not_in_order",
        "The order of sourcing that this round follows does not name this contract. Choose one that it names; if a newer order does, "
        "start a new round.",
    )


def test_a_step_is_found_by_its_place_and_not_by_where_it_stands_in_the_list():
    shuffled = state(steps=(FRAMEWORK, DIRECT, PERTEMPS))
    assert [step_of(shuffled, n) for n in range(4)] == [DIRECT, PERTEMPS, FRAMEWORK, None]


# -- permanent staff ----------------------------------------------------------------------------------------------------------------


def test_only_a_vacant_post_is_filled_for_good():
    assert opening(state(is_vacant_post=True), 0) is None
    assert opening(state(is_vacant_post=False), 0) == Refusal(
        "not_a_vacant_post", "Only a vacant post can be filled for good. Cover and posts above structure are not."
    )


@pytest.mark.parametrize(
    ("outcome", "position", "refused"),
    [
        ("open", 0, True),
        ("secured", 0, True),
        ("not_secured", 0, False),
        ("fell_through", 0, False),
        ("withdrawn", 0, False),
        ("open", 1, False),
        ("secured", 1, False),
    ],
)
def test_a_permanent_supplier_is_asked_again_only_after_it_has_answered(outcome, position, refused):
    expected = Refusal("permanent_already_asked", "Liquid has been asked already. Record its answer, or the hire.")
    assert opening(state(asked(outcome, position)), 0) == (expected if refused else None)


@pytest.mark.parametrize("outcome", ["open", "secured", "not_secured", "withdrawn"])
def test_a_permanent_supplier_keeps_no_agency_waiting(outcome):
    assert opening(state(asked(outcome, 0)), 1) is None


# -- one at a time --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [1, 2, 3])
def test_no_agency_is_asked_before_direct_recruitment_is_recorded(position):
    given = state(asked("open"), direct_recorded=False)
    assert opening(given, position) == Refusal(
        "direct_first",
        "Direct recruitment comes first. Record where permanent recruitment stands, then ask an agency.",
    )


def test_permanent_staff_are_looked_for_before_direct_recruitment_is_recorded():
    assert opening(state(direct_recorded=False), 0) is None


LAST_MINUTE, TIME_IS_UP = datetime(2024, 2, 1, 11, 59, tzinfo=LONDON), datetime(2024, 2, 1, 12, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("waits_at", "position", "now", "sentence"),
    [
        (
            1,
            1,
            LAST_MINUTE,
            "Pertemps has been asked already. Pertemps has until Thursday 1 February, 12:00. Record its answer first.",
        ),
        (
            1,
            1,
            TIME_IS_UP,
            "Pertemps has been asked already. Pertemps’ time to answer has ended. Record what it said first.",
        ),
        (
            1,
            2,
            LAST_MINUTE,
            "The RM6161 contract is not open yet. Pertemps has until Thursday 1 February, 12:00. Record its answer first.",
        ),
        (
            1,
            2,
            TIME_IS_UP,
            "The RM6161 contract is not open yet. Pertemps’ time to answer has ended. Record what it said first.",
        ),
        (
            2,
            1,
            LAST_MINUTE,
            "Pertemps is not open yet. Halden Bridge Care has until Thursday 1 February, 12:00. Record its answer first.",
        ),
        (
            2,
            2,
            TIME_IS_UP,
            "Halden Bridge Care has been asked already. Halden Bridge Care’s time to answer has ended. Record what it said first.",
        ),
    ],
)
def test_while_a_supplier_has_not_answered_the_sentence_says_whose_turn_it_is_and_until_when(
    waits_at, position, now, sentence
):
    assert opening(state(asked("open", waits_at)), position, now) == Refusal("still_waiting", sentence)


@pytest.mark.parametrize(("holds", "name"), [(1, "Pertemps"), (2, "Halden Bridge Care")])
@pytest.mark.parametrize("position", [1, 2, 3])
def test_nobody_else_is_asked_once_a_supplier_has_secured_somebody(holds, name, position):
    assert opening(state(asked("secured", holds)), position) == Refusal(
        "already_secured",
        f"{name} has secured somebody. Book the worker, or record that the worker will not come.",
    )


def test_of_a_supplier_that_waits_and_one_that_secured_the_one_that_waits_is_named():
    given = state(asked("secured", 1, pk=1), asked("open", 2, pk=2))
    assert opening(given, 2).code == "still_waiting"


def test_the_first_agency_may_be_asked_again_after_it_failed_or_its_order_was_taken_back():
    for outcome in ("not_secured", "fell_through", "withdrawn"):
        assert opening(state(asked(outcome)), 1) is None


# -- the answer that opens the next step ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "position", "sentence"),
    [
        (
            (),
            2,
            "The RM6161 contract is not open yet. Pertemps has not been asked in this round. Ask Pertemps first.",
        ),
        (
            (),
            3,
            "The reserve contract is not open yet. The RM6161 contract has not been asked in this round. The RM6161 contract is not "
            "open yet. Pertemps has not been asked in this round. Ask Pertemps first.",
        ),
        (
            (asked("withdrawn"),),
            3,
            "The reserve contract is not open yet. The RM6161 contract has not been asked in this round. The RM6161 contract is not "
            "open yet. The order to Pertemps was taken back, and that proves nothing. Ask Pertemps again.",
        ),
        (
            (asked("withdrawn", 0, pk=7),),
            2,
            "The RM6161 contract is not open yet. Pertemps has not been asked in this round. Ask Pertemps first.",
        ),
    ],
)
def test_a_step_whose_supplier_before_was_not_asked_says_who_is_asked_first(rows, position, sentence):
    assert opening(state(*rows), position) == Refusal("not_asked_before", sentence)


def test_the_third_agency_opens_on_the_second_ones_answer_alone():
    first, second = asked(pk=1), asked(position=2, pk=2)
    assert opening(state(second), 3) is None
    assert opening(state(first, second), 3) is None
    assert opening(state(first), 3).code == "not_asked_before"
    assert proof_for(state(first, second), 3, NOW, CALENDAR) is second
    assert proof_for(state(first, second), 2, NOW, CALENDAR) is first


@pytest.mark.parametrize(
    ("rows", "code", "sentence"),
    [
        (
            (asked("withdrawn"),),
            "withdrawn_proves_nothing",
            "The RM6161 contract is not open yet. The order to Pertemps was taken back, and that proves nothing. Ask Pertemps again.",
        ),
        (
            (asked(in_time=False),),
            "proof_corrected",
            "The RM6161 contract is not open yet. Pertemps’ answer was corrected, and what is left of it proves nothing. Ask "
            "Pertemps again.",
        ),
        (
            (asked(in_time=False), asked("withdrawn", pk=2)),
            "proof_corrected",
            "The RM6161 contract is not open yet. Pertemps’ answer was corrected, and what is left of it proves nothing. Ask "
            "Pertemps again.",
        ),
        (
            (asked(waiting_candidate="C-7"),),
            "candidate_waits",
            "The RM6161 contract is not open yet. Pertemps’ candidate C-7 waits for our decision. Offer the work, or record why not, first.",
        ),
        (
            (asked("withdrawn", waiting_candidate="C-8"),),
            "candidate_waits",
            "The RM6161 contract is not open yet. Pertemps’ candidate C-8 waits for our decision. Offer the work, or record why not, first.",
        ),
    ],
)
def test_an_answer_that_proves_nothing_says_why(rows, code, sentence):
    assert opening(state(*rows), 2) == Refusal(code, sentence)
    assert proof_for(state(*rows), 2, NOW, CALENDAR) is None


def test_a_candidate_of_another_step_than_the_one_before_keeps_nothing_closed():
    rows = (
        asked(),
        asked("withdrawn", 2, pk=2, waiting_candidate="C-9"),
        asked("withdrawn", 0, waiting_candidate="P-1"),
    )
    assert opening(state(*rows), 2) is None
    assert opening(state(*rows), 1) is None


def test_of_two_answers_the_one_asked_for_last_counts_whatever_its_number():
    early, late = datetime(2024, 1, 29, 9, tzinfo=LONDON), datetime(2024, 1, 30, 9, tzinfo=LONDON)
    older, newer = asked(pk=5, sent_at=early), asked(pk=4, sent_at=late)
    assert proof_for(state(older, newer), 2, NOW, CALENDAR) is newer
    assert proof_for(state(newer, older), 2, NOW, CALENDAR) is newer


def test_of_two_answers_asked_for_at_the_same_time_the_higher_number_counts():
    first, second = asked(pk=4), asked(pk=5)
    assert proof_for(state(second, first), 2, NOW, CALENDAR) is second


def test_an_answer_in_time_stays_proof_beside_a_later_one_that_is_not():
    good, bad = asked(pk=1), asked(pk=2, in_time=False)
    assert proof_for(state(good, bad), 2, NOW, CALENDAR) is good


@pytest.mark.parametrize("position", [0, 1])
def test_the_first_two_steps_need_no_proof(position):
    rows = (asked(position=0, pk=1), asked(position=1, pk=2))
    assert proof_for(state(*rows), position, NOW, CALENDAR) is None


LAST_MOMENT, NEXT_DAY = datetime(2024, 2, 5, 23, 59, tzinfo=LONDON), datetime(2024, 2, 6, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("failed_at", "days", "now", "too_old"),
    [
        (datetime(2024, 1, 8, 9, tzinfo=LONDON), 20, LAST_MOMENT, False),
        (datetime(2024, 1, 8, 9, tzinfo=LONDON), 20, NEXT_DAY, True),
        (datetime(2024, 1, 8, 9, tzinfo=LONDON), 19, LAST_MOMENT, True),
        (datetime(2024, 1, 5, 9, tzinfo=LONDON), 20, LAST_MOMENT, True),
        (datetime(2024, 2, 5, 9, tzinfo=LONDON), 0, LAST_MOMENT, False),
        (datetime(2024, 2, 5, 9, tzinfo=LONDON), 0, NEXT_DAY, True),
        # Half past midnight on Monday 3 June in England is still Sunday in UTC: five working days end on Monday 10 June.
        (datetime(2024, 6, 2, 23, 30, tzinfo=UTC), 5, datetime(2024, 6, 10, 22, 59, tzinfo=UTC), False),
        (datetime(2024, 6, 2, 23, 30, tzinfo=UTC), 5, datetime(2024, 6, 10, 23, 0, tzinfo=UTC), True),
    ],
)
def test_an_answer_opens_the_next_step_until_the_end_of_the_last_day_of_its_age(failed_at, days, now, too_old):
    refusal = opening(state(asked(failed_at=failed_at), proof_age_days=days), 2, now)
    assert (refusal and refusal.code) == ("proof_too_old" if too_old else None)


def test_an_answer_that_is_too_old_says_of_which_day_it_is_and_how_old_it_may_be():
    old = asked(failed_at=datetime(2024, 1, 5, 9, tzinfo=LONDON))
    assert opening(state(old), 2) == Refusal(
        "proof_too_old",
        "Pertemps’ answer of 5 January 2024 is more than 20 working days old. Ask Pertemps again before the RM6161 contract.",
    )
    assert proof_for(state(old), 2, NOW, CALENDAR) is None


def test_the_day_of_an_answer_that_is_too_old_is_the_day_in_england():
    old = asked(failed_at=datetime(2024, 6, 2, 23, 30, tzinfo=UTC))
    refusal = opening(state(old, proof_age_days=5), 2, datetime(2024, 6, 20, 9, tzinfo=LONDON))
    assert refusal.sentence == (
        "Pertemps’ answer of 3 June 2024 is more than 5 working days old. Ask Pertemps again before the RM6161 contract."
    )


def test_a_day_the_council_is_closed_does_not_age_an_answer():
    closed = WorkingCalendar.without([date(2024, 1, 15)])
    old = state(asked(failed_at=datetime(2024, 1, 5, 9, tzinfo=LONDON)))
    assert opening_refusal(old, 2, NOW, CALENDAR).code == "proof_too_old"
    assert opening_refusal(old, 2, NOW, closed) is None
