"""Ways round the rules about candidates, each tried once: retyping, taking back, correcting, dating back."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.errors import RuleViolation
from recruitment.candidates import stepping
from recruitment.orders import taking_back
from recruitment.reads import candidates as rules
from tests.conftest import refused, refused_as
from tests.factories.small_council import AFTER_WINDOW, MONDAY

LATER = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture
def sent(world):
    return world.send(world.sourced())


def test_a_registration_number_is_given_once(world, sent):
    submission = world.put_forward(sent, registration_number="SW12345")
    give = {"by": world.officer, "at": LATER, "submission": submission}
    refused("number_is_relied_on", stepping.give_registration_number, **give, registration_number="SW99991")
    sql = "update recruitment_submission set registration_number = ''"
    assert refused_as(sql) == "submission_stays"


def test_the_next_route_waits_for_a_candidate_of_one_who_fell_through(world, sent):
    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    other = world.put_forward(sent, "C-2")
    release = world.secure(sent)
    taking_back.worker_will_not_come(by=world.officer, at=LATER, release=release, reason="Ill")
    with pytest.raises(RuleViolation, match="C-2 waits for our decision"):
        world.send(sent.vacancy, world.framework, at=LATER)
    world.step(other, "turned_down", at=LATER)
    assert world.send(sent.vacancy, world.framework, at=LATER)


def test_taking_back_and_correcting_does_not_get_round_a_candidate_who_waits(world, sent):
    world.put_forward(sent)
    taking_back.withdraw(by=world.officer, at=LATER, release=sent, reason="x")
    with pytest.raises(RuleViolation, match="waits for our decision"):
        world.corrected("release", sent, outcome="not_secured", reason="unsuitable")


def test_a_secured_answer_corrected_away_closes_who_had_accepted(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    world.secure(sent)
    world.corrected("release", sent, outcome="not_secured", reason="went_elsewhere", supply_mode="")
    submission.refresh_from_db()
    assert submission.stage == "withdrawn"


def test_a_worker_corrected_to_somebody_of_pertemps_is_a_breach(world):
    from placements.models import Breach

    release = world.secure(world.after_pertemps_showed(), at=LATER)
    placement = world.book(release)
    number = placement.worker.__class__.objects.create(registration_number="SW10001", name="Shown", folded_name="shown")
    world.corrected("placement", placement, worker=number)
    assert "Pertemps put this person forward" in Breach.objects.get().how_found


def test_a_supplier_s_own_candidate_is_not_entered_in_error(world, sent):
    from recruitment.orders import by_the_supplier as supplier

    submission = supplier.put_forward_by_link(
        by=world.link(sent),
        at=MONDAY + timedelta(hours=2),
        candidate="P-1",
        supply_mode="direct",
        pay_rate=D("33"),
        charge_rate=D("41"),
        said_by="Perry Placeholder",
    )
    void = {"by": world.director, "at": LATER, "submission": submission, "reason": "x"}
    refused("own_words", stepping.void_candidate, **void)


def test_who_made_an_answer_unsuitable_is_not_taken_away(world, sent):
    submission = world.step(world.put_forward(sent), "turned_down")
    world.fail(sent, reason="unsuitable")
    refused("rested_on", stepping.void_candidate, by=world.officer2, at=LATER, submission=submission, reason="x")


def test_whom_the_framework_showed_first_pertemps_does_not_hold_back(world):
    release = world.after_pertemps_showed(number="SW30003")
    mine = world.put_forward(release, "H-1", at=LATER, registration_number="SW40004")
    again = world.send(world.sourced())
    world.put_forward(again, "P-9", at=LATER + timedelta(minutes=5), registration_number="SW40004")
    world.step(mine, "offered", "accepted", at=LATER + timedelta(minutes=9))
    assert rules.first_by_another_agency(mine) is None
    assert world.book(world.secure(release, at=LATER + timedelta(minutes=10)), registration_number="SW40004")


def test_the_assistant_director_sees_whom_to_allow(world, client_of):
    release = world.after_pertemps_showed()
    second = world.put_forward(release, "H-1", at=LATER)
    world.step(second, "offered", at=LATER)
    with pytest.raises(RuleViolation, match="Enter the registration number on the candidate's page first"):
        world.step(second, "accepted", at=LATER, registration_number="SW10001")
    give = {"by": world.officer, "at": LATER, "submission": second}
    stepping.give_registration_number(**give, registration_number="SW10001")
    assert list(rules.held_back(LATER.date())) == [second]
    stepping.allow_later_route(by=world.director, at=LATER, submission=second, reason="x")
    assert list(rules.held_back(LATER.date())) == []


def test_who_was_allowed_is_not_held_back_under_another_reference(world):
    release = world.after_pertemps_showed()
    first = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    stepping.allow_later_route(by=world.director, at=LATER, submission=first, reason="x")
    world.step(first, "turned_down", at=LATER)
    again = world.put_forward(release, "H-2", at=LATER, registration_number="SW10001")
    assert list(rules.held_back(LATER.date())) == []
    refused("already_decided", stepping.allow_later_route, by=world.director, at=LATER, submission=again, reason="x")


def test_an_answer_is_not_before_what_it_rests_on(world, sent):
    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    early = {"happened_at": MONDAY + timedelta(hours=1), "late_reason": "x"}
    with pytest.raises(RuleViolation, match="so the answer is not earlier"):
        world.secure(sent, **early)


def test_not_secured_is_not_before_a_candidate_came(world, sent):
    world.step(world.put_forward(sent, at=AFTER_WINDOW), "withdrawn", at=AFTER_WINDOW)
    early = {"happened_at": AFTER_WINDOW - timedelta(minutes=1), "late_reason": "x"}
    with pytest.raises(RuleViolation, match="came after that time"):
        world.fail(sent, **early)


def test_the_answer_says_whose_worker_accepted(world, sent):
    brokered = {"supply_mode": "brokered", "supplying_agency": world.brokered}
    world.step(world.put_forward(sent, registration_number="SW12345", **brokered), "offered", "accepted")
    with pytest.raises(RuleViolation, match=r"Alderway Care Staffing\. Enter the same"):
        world.secure(sent)
    assert world.secure(sent, **brokered).supplying_agency == world.brokered


def test_a_rate_agreed_down_is_put_forward_anew(world, sent):
    first = world.put_forward(sent, charge_rate=D("45"), registration_number="SW12345")
    world.step(first, "turned_down")
    second = world.put_forward(sent, registration_number="SW12345")
    with pytest.raises(RuleViolation, match="put forward for this order already"):
        world.step(first, "reconsidered")
    assert world.step(second, "offered", "accepted").stage == "accepted"


def test_a_forgotten_candidate_is_entered_with_its_time_and_then_holds_the_next_route(world, sent):
    world.fail(sent)
    late = {"happened_at": MONDAY + timedelta(hours=3), "late_reason": "Found in the mail"}
    submission = world.put_forward(sent, at=LATER, **late)
    with pytest.raises(RuleViolation, match="waits for our decision"):
        world.send(sent.vacancy, world.framework, at=LATER)
    world.step(submission, "withdrawn", at=LATER)
    assert world.send(sent.vacancy, world.framework, at=LATER)


def test_declined_by_link_after_unsuitable_candidates(world, sent):
    from recruitment.orders import by_the_supplier as supplier

    world.step(world.put_forward(sent), "turned_down")
    said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried", "words": "x", "said_by": "x"}
    statement = supplier.say_cannot_supply(by=world.link(sent), at=MONDAY + timedelta(hours=4), **said)
    at = MONDAY + timedelta(hours=5)
    assert world.fail(sent, at=at, statement=statement, reason="unsuitable").reason == "unsuitable"


def test_who_is_secured_does_not_withdraw_on_the_side(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    world.secure(sent)
    details = {"by": world.officer, "at": LATER, "submission": submission, "stage": "withdrawn", "reason": "x"}
    refused("answer_rests_on_it", stepping.record_step, **details)


def test_a_lead_is_told_nothing_of_another_service(world, client_of):
    from placements.placement import ending

    placement = world.book(
        world.secured(team=world.other_team, by=world.officer), registration_number="SW12345", ends_on=date(2024, 1, 31)
    )
    at = LATER + timedelta(days=40)
    ending.record_end(
        by=world.officer, at=at, placement=placement, reason="performance", rating=1, eligible_again=False
    )
    submission = world.put_forward(world.send(world.sourced()), registration_number="SW12345")
    seen = {
        person: client_of(person).get(submission.get_absolute_url()).content.decode() for person in ("officer", "lead")
    }
    assert "not to come again" in seen["officer"] and "not to come again" not in seen["lead"]
