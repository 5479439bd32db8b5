"""What may be done with a request, an order, a candidate and an exemption: every rule, and the sentence it says."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from council.refusal import Refusal
from council.working_time import LONDON
from recruitment.rules import candidate, exemption, order, request
from recruitment.rules.candidate import CandidateFacts
from recruitment.rules.exemption import ExemptionFacts, ended_on_refusal, nothing_goes_on
from recruitment.rules.order import OrderFacts, takes_no_candidate
from recruitment.rules.request import RequestFacts

NOW = datetime(2024, 1, 15, 10, tzinfo=LONDON)
UNCONFIRMED = Refusal("emergency_not_confirmed", "Nobody confirmed it.")

AGREED = RequestFacts(
    reference="REQ-0001",
    request_is="agreed",
    waits=False,
    came_with_its_worker=False,
    is_decided=True,
    is_agreed=True,
    is_being_met=True,
    is_covered=False,
    asked_by_this_person=False,
    is_emergency=True,
    has_round=True,
    has_newer_order=False,
    was_asked=False,
    recruitment_is_rested_on=False,
    somebody_is_secured=False,
    authority_waits=False,
    unconfirmed=None,
)
WAITS = {"waits": True, "is_being_met": False, "is_agreed": False, "has_round": False, "request_is": "requested"}
COVERED = {"is_being_met": False, "is_covered": True, "request_is": "covered", "has_round": False}
OVER = {"is_being_met": False, "request_is": "ended", "has_round": False}


def as_id(value) -> str:
    """The same in every process, which the order of a set is not."""
    return ", ".join(sorted(value)) if isinstance(value, set) else str(value)


def said(found) -> tuple[str, str] | None:
    return (found.code, found.sentence) if found else None


def test_what_may_be_done_with_a_request_is_all_that_has_an_address():
    assert set(request.ASKED) == {
        "decide",
        "withdraw",
        "change",
        "urgency",
        "authority",
        "direct-recruitment",
        "new-round",
    }


@pytest.mark.parametrize(
    ("changes", "able"),
    [
        ({}, {"change", "urgency", "authority", "direct-recruitment"}),
        (WAITS, {"decide", "withdraw", "change"}),
        (COVERED, {"new-round"}),
        ({"has_newer_order": True}, {"change", "urgency", "authority", "direct-recruitment", "new-round"}),
        (COVERED | {"is_agreed": False, "came_with_its_worker": True}, {"decide"}),
        (OVER, set()),
        ({"asked_by_this_person": True}, {"change", "authority", "direct-recruitment"}),
        (WAITS | {"asked_by_this_person": True}, {"withdraw", "change"}),
        ({"somebody_is_secured": True}, {"urgency", "authority", "direct-recruitment"}),
        ({"is_emergency": False}, {"change", "urgency", "direct-recruitment"}),
        ({"authority_waits": True}, {"change", "urgency", "direct-recruitment"}),
        ({"unconfirmed": UNCONFIRMED}, {"change", "urgency", "direct-recruitment"}),
        ({"has_round": False}, {"change", "urgency", "authority"}),
        ({"recruitment_is_rested_on": True}, {"change", "urgency", "authority"}),
        ({"was_asked": True}, {"change", "urgency", "authority", "direct-recruitment"}),
    ],
    ids=as_id,
)  # fmt: skip
def test_what_may_be_done_with_a_request(changes, able):
    facts = replace(AGREED, **changes)
    assert {verb for verb in request.ASKED if request.refusal(verb, facts) is None} == able


@pytest.mark.parametrize(
    ("verb", "changes", "code", "sentence"),
    [
        ("decide", {}, "not_from_here", "REQ-0001 is agreed: it has been decided."),
        ("decide", WAITS | {"asked_by_this_person": True}, "own_request", "You asked for this, so somebody else decides it."),
        ("decide", {"asked_by_this_person": True}, "not_from_here", "REQ-0001 is agreed: it has been decided."),
        ("decide", OVER | {"is_decided": False}, "not_from_here", "REQ-0001 is ended: there is nothing to decide."),
        ("withdraw", {}, "not_from_here", "REQ-0001 is agreed, so it cannot become withdrawn."),
        ("change", OVER, "not_from_here", "REQ-0001 is ended: its terms stay as they are."),
        ("change", {"somebody_is_secured": True}, "already_secured", "A supplier has secured somebody on these terms. Book the worker, or record that they did not start."),
        ("urgency", WAITS, "not_from_here", "REQ-0001 is requested, so its urgency stays as it is."),
        ("urgency", {"asked_by_this_person": True}, "own_request", "You asked for this, so somebody else decides how urgent it is."),
        ("authority", OVER, "not_being_sourced", "REQ-0001 is ended, so nothing is about to be booked."),
        ("authority", {"is_emergency": False}, "not_an_emergency", "Authority to pass an approved value is for an emergency out of hours. For this request record a variation of the contract first."),
        ("authority", {"unconfirmed": UNCONFIRMED, "authority_waits": True}, "emergency_not_confirmed", "Nobody confirmed it."),
        ("authority", {"authority_waits": True}, "authority_waits", "An authority for this request has not been used yet. It serves for one booking."),
        ("direct-recruitment", {"has_round": False}, "not_being_sourced", "REQ-0001 is not being sourced, so there is nothing to record."),
        ("direct-recruitment", {"is_being_met": False}, "not_being_sourced", "REQ-0001 is not being sourced, so there is nothing to record."),
        ("direct-recruitment", {"recruitment_is_rested_on": True}, "rested_on", "A supplier has been asked since this was recorded, so it stays. If it is wrong, propose a correction."),
        ("new-round", {}, "not_covered", "A new round follows a placement, or a newer order of sourcing. This request has no placement that started, and its round follows the order in force."),
        ("new-round", {"has_newer_order": True, "somebody_is_secured": True}, "already_secured", "A supplier has secured somebody in this round. Book or hire them first, or record that they will not come."),
        ("new-round", {"has_newer_order": True, "is_agreed": False}, "not_agreed", "This need has not been agreed. The Assistant Director or a finance officer agrees it first."),
        ("new-round", COVERED | {"is_agreed": False}, "not_agreed", "This need has not been agreed. The Assistant Director or a finance officer agrees it first."),
    ],
)  # fmt: skip
def test_why_not_with_a_request(verb, changes, code, sentence):
    assert said(request.refusal(verb, replace(AGREED, **changes))) == (code, sentence)


SENT = OrderFacts(
    reference="ORD-0001",
    supplier="Pertemps",
    now=NOW,
    is_in_error=False,
    is_open=True,
    is_secured=False,
    fell_through=False,
    was_taken_back=False,
    outcome="open",
    answered_by="",
    answered_at=None,
    is_on_a_later_route=False,
    somebody_came_of_it=False,
    is_rested_on=False,
    sent_by_this_person=False,
)
ANSWERED = {
    "is_open": False,
    "answered_by": "The officer",
    "answered_at": NOW - timedelta(hours=1),
    "outcome": "not secured",
}
SECURED = ANSWERED | {"is_secured": True, "outcome": "secured"}


def test_what_may_be_done_with_an_order_is_all_that_has_an_address():
    assert set(order.ASKED) == {
        "answer", "withdraw", "first-supplier", "candidates/new", "will-not-come", "order-number", "dispute", "confirm", "answer-file", "later-start",
        "correct", "supply", "void",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "able"),
    [
        ({}, {"answer", "withdraw", "candidates/new", "order-number", "void"}),
        ({"is_on_a_later_route": True}, {"answer", "withdraw", "first-supplier", "candidates/new", "order-number", "void"}),
        (ANSWERED, {"order-number", "dispute", "correct", "void"}),
        (ANSWERED | {"is_on_a_later_route": True}, {"order-number", "dispute", "correct", "void"}),
        (ANSWERED | {"answered_at": NOW}, {"candidates/new", "order-number", "dispute", "correct", "void"}),
        (ANSWERED | {"is_rested_on": True}, {"order-number", "dispute", "correct"}),
        (ANSWERED | {"was_taken_back": True}, {"order-number", "correct", "void"}),
        (ANSWERED | {"fell_through": True}, {"order-number", "dispute"}),
        (SECURED, {"candidates/new", "will-not-come", "order-number", "dispute", "correct", "void"}),
        (SECURED | {"waits_for_leave": True}, {"candidates/new", "will-not-come", "order-number", "dispute", "correct", "supply", "void"}),
        (SECURED | {"waits_for_leave": True, "answered_by_this_person": True}, {"candidates/new", "will-not-come", "order-number", "dispute", "correct", "void"}),
        (ANSWERED | {"waits_for_leave": True}, {"order-number", "dispute", "correct", "void"}),
        (SECURED | {"is_on_a_later_route": True}, {"candidates/new", "will-not-come", "order-number", "dispute", "later-start", "correct", "void"}),
        (SECURED | {"is_on_a_later_route": True, "is_by_exemption": True}, {"candidates/new", "will-not-come", "order-number", "dispute", "correct", "void"}),
        (SECURED | {"is_on_a_later_route": True, "somebody_came_of_it": True}, {"candidates/new", "order-number", "dispute", "correct"}),
        (SECURED | {"somebody_came_of_it": True}, {"candidates/new", "order-number", "dispute", "correct"}),
        (ANSWERED | {"has_failed": True}, {"order-number", "dispute", "confirm", "answer-file", "correct", "void"}),
        (ANSWERED | {"has_failed": True, "has_answer_file": True}, {"order-number", "dispute", "confirm", "correct", "void"}),
        (ANSWERED | {"has_failed": True, "fell_through": True}, {"order-number", "dispute", "confirm"}),
        ({"sent_by_this_person": True}, {"answer", "withdraw", "candidates/new", "order-number"}),
        ({"is_in_error": True}, set()),
        (SECURED | {"is_in_error": True, "is_on_a_later_route": True}, set()),
    ],
    ids=as_id,
)  # fmt: skip
def test_what_may_be_done_with_an_order(changes, able):
    facts = replace(SENT, **changes)
    assert {verb for verb in order.ASKED if order.refusal(verb, facts) is None} == able


@pytest.mark.parametrize(
    ("verb", "changes", "code", "sentence"),
    [
        ("answer", {"is_in_error": True}, "entered_in_error", "ORD-0001 was entered in error, so it has no answer."),
        ("answer", ANSWERED, "already_answered", "The officer has recorded an answer meanwhile: not secured. Look at it before you go on."),
        ("withdraw", ANSWERED | {"answered_by": ""}, "already_answered", "Somebody has recorded an answer meanwhile: not secured. Look at it before you go on."),
        ("first-supplier", {}, "nothing_to_replace", "Only an order on a later route gives way to the first supplier."),
        ("first-supplier", ANSWERED, "already_answered", "The officer has recorded an answer meanwhile: not secured. Look at it before you go on."),
        ("will-not-come", {}, "not_secured", "ORD-0001 has not secured anybody, so nobody can fail to come."),
        ("will-not-come", SECURED | {"is_in_error": True}, "not_secured", "ORD-0001 has not secured anybody, so nobody can fail to come."),
        ("will-not-come", SECURED | {"somebody_came_of_it": True}, "already_booked", "Somebody is booked or hired on ORD-0001. Record there that nobody came."),
        ("order-number", {"is_in_error": True}, "entered_in_error", "ORD-0001 is marked as entered in error."),
        ("dispute", {}, "not_answered", "ORD-0001 has no recorded answer, so there is nothing to dispute."),
        ("dispute", ANSWERED | {"was_taken_back": True}, "not_answered", "ORD-0001 has no recorded answer, so there is nothing to dispute."),
        ("dispute", ANSWERED | {"is_in_error": True}, "not_answered", "ORD-0001 has no recorded answer, so there is nothing to dispute."),
        ("answer-file", {"is_in_error": True}, "entered_in_error", "ORD-0001 was entered in error, so nothing is added to its answer."),
        ("answer-file", SECURED, "not_failed", "ORD-0001 has no unsuccessful answer, so there is nothing to confirm."),
        ("answer-file", {"has_failed": True, "has_answer_file": True}, "has_a_file", "ORD-0001 has the file of its answer already. Add others beside it."),
        ("later-start", ANSWERED, "not_secured", "ORD-0001 has not secured anybody, so no start has to be asked about."),
        ("later-start", SECURED, "not_on_a_later_step", "Nobody was asked before Pertemps whose word its start needs. Book the worker."),
        ("later-start", SECURED | {"is_on_a_later_route": True, "somebody_came_of_it": True}, "already_booked", "Somebody is booked or hired on ORD-0001, so no start has to be asked about."),
        ("correct", {"is_in_error": True}, "entered_in_error", "ORD-0001 is marked as entered in error, so there is nothing to correct."),
        ("correct", ANSWERED | {"fell_through": True}, "not_an_answer", "ORD-0001 secured a worker who did not come. Both are recorded, and the answer stays as it is."),
        ("correct", {}, "not_answered", "ORD-0001 has no answer yet, so there is nothing to correct. Record the answer."),
        ("void", {"is_in_error": True, "sent_by_this_person": True}, "already_voided", "ORD-0001 is marked as entered in error already."),
        ("void", {"sent_by_this_person": True, "is_rested_on": True}, "own_entry", "You entered this, so somebody else marks it as entered in error."),
        ("void", {"is_rested_on": True}, "rested_on", "Something rests on ORD-0001, so it stays. Mark that as entered in error first."),
        ("void", ANSWERED | {"fell_through": True}, "rested_on", "Something rests on ORD-0001, so it stays. Mark that as entered in error first."),
    ],
)  # fmt: skip
def test_why_not_with_an_order(verb, changes, code, sentence):
    assert said(order.refusal(verb, replace(SENT, **changes))) == (code, sentence)


@pytest.mark.parametrize(
    ("changes", "hours", "taken"),
    [({}, 1000, True), (ANSWERED, -1, True), (ANSWERED, -2, True), (ANSWERED, 0, False), (SECURED, 9, True), ({"is_in_error": True}, -9, False)],
    ids=as_id,
)  # fmt: skip
def test_a_candidate_who_came_before_the_answer_is_one_of_the_order(changes, hours, taken):
    found = takes_no_candidate(replace(SENT, **changes), NOW + timedelta(hours=hours))
    assert (found is None) is taken
    if found:
        assert said(found) == (
            "takes_no_candidates",
            "ORD-0001 looks for nobody any more. Log who was offered since as an approach outside any order; who came before its answer is "
            "recorded with that time.",
        )


SHOWN = CandidateFacts(
    reference="CAN-0001",
    candidate="Pertemps’ candidate C",
    candidate_is="put forward",
    order="ORD-0001",
    supplier="Pertemps",
    is_in_error=False,
    something_follows=True,
    order_goes_on=True,
    order_is_secured_with_it=False,
    answer_rests_on_it=False,
    registration_number="",
    put_forward_by_itself=False,
    recorded_by_this_person=False,
    allowed_by="",
    is_held_back=False,
    was_offered_elsewhere=False,
    other_orders=False,
)
HELD = {"is_held_back": True, "registration_number": "SW12345"}


@pytest.mark.parametrize(
    ("changes", "able"),
    [
        ({}, {"step", "number", "void"}),
        ({"registration_number": "SW12345"}, {"step", "void"}),
        ({"other_orders": True}, {"step", "number", "elsewhere", "void"}),
        ({"something_follows": False}, {"number", "void"}),
        ({"order_is_secured_with_it": True}, {"number", "void"}),
        ({"answer_rests_on_it": True}, {"step", "number"}),
        ({"was_offered_elsewhere": True}, {"step", "number"}),
        ({"put_forward_by_itself": True}, {"step", "number"}),
        ({"recorded_by_this_person": True}, {"step", "number"}),
        (HELD, {"step", "allow", "void"}),
        (HELD | {"recorded_by_this_person": True}, {"step"}),
        (HELD | {"allowed_by": "The director"}, {"step", "void"}),
        (HELD | {"order_goes_on": False}, {"step", "void"}),
        ({"is_in_error": True}, set()),
    ],
    ids=as_id,
)
def test_what_may_be_done_with_a_candidate(changes, able):
    facts = replace(SHOWN, **changes)
    assert {verb for verb in candidate.ASKED if candidate.refusal(verb, facts) is None} == able


@pytest.mark.parametrize(
    ("verb", "changes", "code", "sentence"),
    [
        ("step", {"is_in_error": True}, "entered_in_error", "CAN-0001 was entered in error, so nothing more is recorded on it."),
        ("step", {"order_is_secured_with_it": True, "something_follows": False}, "answer_rests_on_it", "ORD-0001 is secured with this candidate. Record that the worker will not come, or did not start, on the request."),
        ("step", {"something_follows": False}, "takes_no_candidates", "ORD-0001 looks for nobody any more, so its candidates go no further."),
        ("number", {"registration_number": "SW12345"}, "number_is_relied_on", "Pertemps’ candidate C is SW12345. If that is wrong, somebody else marks the candidate as entered in error, and it is recorded again."),
        ("allow", HELD | {"recorded_by_this_person": True}, "own_entry", "You recorded this candidate, so somebody else decides."),
        ("allow", HELD | {"allowed_by": "The director"}, "already_decided", "The director has allowed it already."),
        ("allow", {}, "nothing_to_allow", "No earlier route put this person forward, so nothing has to be allowed."),
        ("allow", HELD | {"order_goes_on": False}, "takes_no_candidates", "ORD-0001 looks for nobody any more, so its candidates go no further."),
        ("elsewhere", {}, "no_other_order", "Pertemps has been asked for nobody else of this role just now."),
        ("void", {"recorded_by_this_person": True}, "own_entry", "You entered this, so somebody else marks it as entered in error."),
        ("void", {"put_forward_by_itself": True}, "own_words", "The supplier put this candidate forward itself. Turn the candidate down, or record that the agency withdrew, with the reason."),
        ("void", {"answer_rests_on_it": True}, "rested_on", "The answer of ORD-0001 rests on this candidate, so it stays."),
        ("void", {"was_offered_elsewhere": True}, "rested_on", "The candidate was offered to another post since, so it stays."),
    ],
)  # fmt: skip
def test_why_not_with_a_candidate(verb, changes, code, sentence):
    assert said(candidate.refusal(verb, replace(SHOWN, **changes))) == (code, sentence)


ASKED_FOR = ExemptionFacts(
    reference="EX-0001",
    agency="Reed",
    exemption_is="waiting for a decision",
    today=date(2024, 1, 15),
    starts_on=date(2024, 1, 22),
    ends_on=date(2024, 4, 19),
    waits=True,
    is_returned=False,
    is_approved=False,
    asked_by_this_person=False,
    commented_by_this_person=False,
    in_place_of_a_party=False,
    is_used=False,
    goes_on_from="",
    another_goes_on=False,
    another_was_approved=False,
    requests_to_name=True,
    needed_until=None,
)
APPROVED = {"waits": False, "is_approved": True, "exemption_is": "approved"}
RETURNED = {"waits": False, "is_returned": True, "exemption_is": "returned for more"}
GONE = {"waits": False, "exemption_is": "turned down"}


@pytest.mark.parametrize(
    ("changes", "able"),
    [
        ({}, {"decide", "comment", "take-back"}),
        (RETURNED, {"complete", "take-back"}),
        (APPROVED, {"take-back", "end", "extends"}),
        (GONE, set()),
        ({"asked_by_this_person": True}, {"take-back"}),
        ({"commented_by_this_person": True}, {"comment", "take-back"}),
        ({"in_place_of_a_party": True}, {"comment", "take-back"}),
        (APPROVED | {"is_used": True}, {"end", "extends"}),
        (APPROVED | {"goes_on_from": "EX-0000"}, {"end", "extends"}),
        (APPROVED | {"another_goes_on": True}, {"end", "extends"}),
        (APPROVED | {"another_goes_on": True, "another_was_approved": True}, {"extends"}),
        (APPROVED | {"requests_to_name": False}, {"take-back", "end"}),
        (APPROVED | {"today": date(2024, 4, 18)}, {"take-back", "end", "extends"}),
        (APPROVED | {"today": date(2024, 4, 19)}, {"take-back", "extends"}),
        (APPROVED | {"needed_until": date(2024, 4, 18)}, {"take-back", "end", "extends"}),
        (APPROVED | {"needed_until": date(2024, 4, 19)}, {"take-back", "extends"}),
        ({"is_used": True, "another_goes_on": True}, {"decide", "comment", "take-back"}),
    ],
    ids=as_id,
)
def test_what_may_be_done_with_an_exemption(changes, able):
    facts = replace(ASKED_FOR, **changes)
    assert {verb for verb in exemption.ASKED if exemption.refusal(verb, facts) is None} == able


@pytest.mark.parametrize(
    ("verb", "changes", "code", "sentence"),
    [
        ("decide", GONE | {"asked_by_this_person": True}, "not_from_here", "EX-0001 is turned down: there is nothing to decide."),
        ("decide", {"asked_by_this_person": True, "commented_by_this_person": True}, "own_request", "You asked for this, so somebody else decides it."),
        ("decide", {"commented_by_this_person": True, "in_place_of_a_party": True}, "own_comment", "You have commented on this, so somebody else decides it."),
        ("decide", {"in_place_of_a_party": True}, "own_request", "Whose deputy you are asked for this or commented on it, so somebody else decides it."),
        ("comment", RETURNED, "not_from_here", "EX-0001 is returned for more, so there is nothing to comment on."),
        ("comment", {"asked_by_this_person": True}, "own_request", "You asked for this, so somebody else comments on it."),
        ("complete", {}, "not_from_here", "EX-0001 is waiting for a decision, so it cannot become waiting for a decision."),
        ("take-back", GONE, "not_from_here", "EX-0001 is turned down, so it cannot become taken back."),
        ("take-back", APPROVED | {"is_used": True}, "in_use", "Reed has been asked under EX-0001. End it early instead."),
        ("take-back", APPROVED | {"goes_on_from": "EX-0000"}, "in_use", "EX-0001 is part of the contract of EX-0000. End it early instead."),
        ("take-back", APPROVED | {"another_goes_on": True}, "in_use", "Another exemption goes on from EX-0001. End that first."),
        ("end", {}, "not_from_here", "EX-0001 is waiting for a decision, so it cannot be ended early."),
        ("end", APPROVED | {"another_was_approved": True}, "goes_on", "Another exemption goes on from EX-0001. End that one."),
        ("end", APPROVED | {"today": date(2024, 4, 19)}, "over", "EX-0001 ends on 19 April 2024, so it cannot be ended early."),
        ("end", APPROVED | {"needed_until": date(2024, 4, 19)}, "still_booked", "A worker is there by it until 19 April 2024. End that placement first, or let the exemption run until then."),
        ("extends", {}, "not_approved", "EX-0001 is waiting for a decision, so nothing goes on from it. Ask for an exemption of its own."),
        ("extends", APPROVED | {"requests_to_name": False}, "no_request_to_name", "No request of EX-0001 can be named in one that goes on from it: another exemption waits or holds for it, nobody is there by it, or its round is closed."),
    ],
)  # fmt: skip
def test_why_not_with_an_exemption(verb, changes, code, sentence):
    assert said(exemption.refusal(verb, replace(ASKED_FOR, **changes))) == (code, sentence)


OUTSIDE = "Enter its new last day: today or later, from 22 January 2024 to before 19 April 2024."


@pytest.mark.parametrize(
    ("day", "changes", "code"),
    [
        (date(2024, 1, 21), {}, "end_outside"),
        (date(2024, 1, 22), {}, None),
        (date(2024, 2, 4), {"today": date(2024, 2, 5)}, "end_outside"),
        (date(2024, 2, 5), {"today": date(2024, 2, 5)}, None),
        (date(2024, 4, 18), {}, None),
        (date(2024, 4, 19), {}, "end_outside"),
        (date(2024, 2, 4), {"needed_until": date(2024, 2, 5)}, "still_booked"),
        (date(2024, 2, 5), {"needed_until": date(2024, 2, 5)}, None),
    ],
    ids=as_id,
)
def test_on_which_day_an_exemption_may_end_early(day, changes, code):
    found = ended_on_refusal(replace(ASKED_FOR, **APPROVED | changes), day)
    assert (found.code if found else None) == code
    if code == "end_outside":
        assert found.sentence == OUTSIDE


def test_nothing_goes_on_from_what_is_not_approved():
    assert nothing_goes_on(replace(ASKED_FOR, **APPROVED | {"requests_to_name": False})) is None
    assert nothing_goes_on(ASKED_FOR).code == "not_approved"
