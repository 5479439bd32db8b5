"""What may be done with a placement, or why not: each thing in each situation that matters to it. No database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from council.refusal import Refusal
from placements.rules import need
from placements.rules.need import NeedFacts
from placements.rules.placement import ASKED, NO_SHOW_DAYS, PlacementFacts, never_came, refusal, refusals

STARTS, ENDS = date(2024, 1, 22), date(2024, 4, 19)
BOOKED = PlacementFacts(
    reference="PL-0001",
    worker="Worker 1",
    today=date(2024, 1, 30),
    starts_on=STARTS,
    ends_on=ENDS,
    is_in_error=False,
    did_not_start=False,
    has_ended_early=False,
    end_is_recorded=False,
    start_is_confirmed=False,
    was_there_before=False,
    stretches=1,
    followed_by="",
    has_order=True,
    order_lost_its_proof=False,
    contract_ends_on=date(2025, 3, 31),
    has_contract=True,
    is_on_its_orders_contract=True,
    is_marked=False,
    mark_waits=False,
    has_become_permanent=False,
    request="REQ-0001",
    request_is="covered",
    need_goes_on=True,
    need_is_being_met=True,
    is_agreed=True,
    is_emergency=False,
    is_vacant_post=True,
    later_round=None,
    somebody_else_is_secured=False,
    unconfirmed=None,
    entered_by_this_person=False,
)
UNCONFIRMED = Refusal("emergency_not_confirmed", "The Assistant Director decides it first.")


def codes(**changes) -> dict[str, str]:
    """What is refused of a placement with these differences, and with which code."""
    return {verb: why.code for verb, why in refusals(replace(BOOKED, **changes)).items() if why}


def test_in_post_everything_may_be_done_but_record_an_end_that_is_to_come():
    assert codes() == {"record-end": "not_over"}


ENDED = dict.fromkeys(["extend", "end", "did-not-start", "move", "rates", "transfer", "convert"], "ended")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"is_in_error": True}, dict.fromkeys(ASKED, "entered_in_error") | {"review": "not_standing"}),
        ({"did_not_start": True}, dict.fromkeys(ASKED, "did_not_start") | {"review": "not_standing"}),
        ({"has_ended_early": True, "end_is_recorded": True}, ENDED | {"record-end": "ended"}),
        ({"end_is_recorded": True}, ENDED | {"record-end": "ended", "replace": "ended"}),
        (
            {"followed_by": "PL-0002"},
            ENDED | {"record-end": "ended", "replace": "already_replaced", "void": "rested_on"},
        ),
        (
            {"start_is_confirmed": True},
            {"start": "already_confirmed", "did-not-start": "did_start", "replace": "did_start"},
        ),
        ({"was_there_before": True}, {"did-not-start": "did_start", "replace": "did_start"}),
        ({"stretches": 2}, {"did-not-start": "did_start", "replace": "did_start"}),
        ({"has_order": False}, {"did-not-start": "did_start", "replace": "no_order"}),
        ({"is_on_its_orders_contract": False}, {"replace": "carried_over"}),
        ({"order_lost_its_proof": True}, {"replace": "proof_corrected"}),
        ({"later_round": 2}, {"replace": "new_round"}),
        ({"need_is_being_met": False}, {"replace": "need_is_over"}),
        ({"need_is_being_met": False, "need_goes_on": False}, {"replace": "need_is_over", "extend": "need_is_over"}),
        ({"unconfirmed": UNCONFIRMED}, {"replace": "emergency_not_confirmed"}),
        ({"is_agreed": False}, {"extend": "not_agreed", "convert": "not_agreed"}),
        ({"is_emergency": True}, {}),
        ({"is_agreed": False, "is_emergency": True}, {"extend": "not_agreed", "convert": "not_agreed"}),
        ({"has_contract": False, "contract_ends_on": None}, {"extend": "no_contract"}),
        ({"contract_ends_on": ENDS}, {"extend": "outside_contract"}),
        ({"contract_ends_on": ENDS + timedelta(1)}, {}),
        ({"contract_ends_on": None}, {}),
        ({"is_marked": True}, {"void": "breach_stays"}),
        ({"is_marked": True, "mark_waits": True}, {"void": "breach_stays", "extend": "not_authorised"}),
        ({"has_become_permanent": True}, {"void": "rested_on"}),
        ({"entered_by_this_person": True}, {"void": "own_entry"}),
        ({"is_vacant_post": False}, {"convert": "not_a_vacant_post"}),
        ({"somebody_else_is_secured": True}, {"convert": "already_secured"}),
    ],
    ids=str,
)
def test_what_is_refused(changes, refused):
    assert codes(**changes) == ({"record-end": "not_over"} | refused)


@pytest.mark.parametrize(
    ("today", "refused"),
    [
        (
            STARTS - timedelta(1),
            {"start": "not_started", "concern": "not_started", "review": "held_when", "record-end": "not_over"},
        ),
        (STARTS, {"record-end": "not_over"}),
        (STARTS + timedelta(NO_SHOW_DAYS), {"record-end": "not_over"}),
        (
            STARTS + timedelta(NO_SHOW_DAYS + 1),
            {"record-end": "not_over", "did-not-start": "did_start", "replace": "did_start"},
        ),
        (ENDS - timedelta(1), {"record-end": "not_over", "did-not-start": "did_start", "replace": "did_start"}),
        (ENDS, {"did-not-start": "did_start", "replace": "did_start"}),
    ],
    ids=str,
)
def test_what_is_refused_on_a_day(today, refused):
    assert codes(today=today) == refused


def test_who_left_early_may_be_replaced_however_long_ago_the_start_was():
    left = replace(BOOKED, has_ended_early=True, end_is_recorded=True, start_is_confirmed=True, today=ENDS)
    assert refusal("replace", left) is None


def test_that_a_worker_never_came_may_have_been_told_in_time_and_recorded_later():
    late = replace(BOOKED, today=STARTS + timedelta(29))
    assert refusal("did-not-start", late)
    assert never_came(late, STARTS + timedelta(NO_SHOW_DAYS)) is None


@pytest.mark.parametrize(
    ("verb", "changes", "sentence"),
    [
        ("extend", {"followed_by": "PL-0002"}, "PL-0002 has taken over from PL-0001. Extend that."),
        ("end", {"followed_by": "PL-0002"}, "PL-0002 has taken over from PL-0001. End that."),
        ("end", {"has_ended_early": True}, "PL-0001 has ended already."),
        ("end", {"end_is_recorded": True}, "The end of PL-0001 is recorded already."),
        ("record-end", {"followed_by": "PL-0002"}, "PL-0002 has taken over from PL-0001. Record the end of that."),
        ("record-end", {}, "PL-0001 runs until 19 April 2024. End it early, or wait."),
        (
            "extend",
            {"contract_ends_on": date(2024, 4, 19)},
            "What it draws on ends on 19 April 2024, so PL-0001 cannot run longer.",
        ),
        ("extend", {"need_goes_on": False}, "REQ-0001 is covered, so there is nothing more to cover."),
        (
            "extend",
            {"is_agreed": False, "is_emergency": True},
            "REQ-0001 is an emergency that has not been confirmed. The Assistant Director decides it first.",
        ),
        ("replace", {"later_round": 2}, "Round 2 of REQ-0001 is open. Book in that round."),
        ("rates", {"end_is_recorded": True}, "PL-0001 has ended, so its rates stay."),
        ("move", {"end_is_recorded": True}, "PL-0001 has ended, so nobody is moved."),
        ("void", {"followed_by": "PL-0002"}, "PL-0002 follows from PL-0001. Mark that as entered in error first."),
        ("correct", {"did_not_start": True}, "Worker 1 did not start, so there is nothing to correct."),
        ("extend", {"did_not_start": True}, "Worker 1 did not start, so there is nothing to change."),
        ("review", {"did_not_start": True}, "Nobody worked on PL-0001, so there is nothing to review."),
        (
            "concern",
            {"today": date(2024, 1, 8)},
            "The worker starts on 22 January 2024. Record a concern from that day.",
        ),
    ],
)
def test_the_sentence_says_what_to_do(verb, changes, sentence):
    assert str(refusal(verb, replace(BOOKED, **changes))) == sentence


POST = NeedFacts(
    request="REQ-0001",
    request_is="sourcing",
    today=date(2024, 1, 15),
    is_vacant_post=True,
    need_goes_on=True,
    is_agreed=True,
    somebody_is_secured=False,
    booked_until=None,
    decided_by="",
    decision="",
    own_call=False,
    own_booking=False,
)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"is_vacant_post": False}, "not_a_vacant_post"),
        ({"need_goes_on": False}, "not_being_sourced"),
        ({"is_agreed": False}, "not_agreed"),
        ({"somebody_is_secured": True}, "already_secured"),
    ],
    ids=str,
)
def test_when_a_post_may_be_filled_for_good(changes, code):
    found = need.refusal("permanent-start", replace(POST, **changes))
    assert (found.code if found else None) == code


CALLED = {"is_agreed": False}


@pytest.mark.parametrize(
    ("verb", "changes", "code"),
    [
        ("end", {}, None),
        ("end", {"booked_until": date(2024, 1, 14)}, None),
        ("end", {"booked_until": date(2024, 1, 15)}, "still_in_post"),
        ("end", {"somebody_is_secured": True}, "already_secured"),
        ("end", {"need_goes_on": False}, "not_from_here"),
        ("confirm", CALLED, None),
        ("confirm", CALLED | {"decided_by": "The director"}, "already_decided"),
        ("confirm", CALLED | {"own_call": True}, "own_entry"),
        ("confirm", CALLED | {"own_booking": True}, "own_entry"),
    ],
    ids=str,
)
def test_what_may_be_done_about_a_need(verb, changes, code):
    found = need.refusal(verb, replace(POST, **changes))
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("verb", "changes", "sentence"),
    [
        ("end", {"booked_until": date(2024, 4, 19)}, "A worker is booked until 19 April 2024. End that placement early first, or wait until it has ended."),
        ("end", {"need_goes_on": False, "request_is": "filled"}, "REQ-0001 is filled, so it cannot become ended."),
        ("confirm", CALLED | {"decided_by": "The director", "decision": "confirmed"}, "The director has decided this already: confirmed."),
    ],
)  # fmt: skip
def test_the_sentence_about_a_need_says_what_to_do(verb, changes, sentence):
    assert str(need.refusal(verb, replace(POST, **changes))) == sentence
