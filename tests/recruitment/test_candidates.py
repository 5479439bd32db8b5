"""Candidates: what may follow what, who showed a person first, and what an answer or a booking needs of them."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed, RuleViolation
from placements.placement import ending
from recruitment.candidates import putting_forward, stepping
from recruitment.models import Stage, Submission
from recruitment.orders import taking_back
from recruitment.reads import candidates as rules
from recruitment.requests.approaches import log_approach
from tests.conftest import refused, refused_as
from tests.factories.small_council import AFTER_WINDOW, MONDAY

LATER = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture
def sent(world):
    return world.send(world.sourced())


# -- putting forward -----------------------------------------------------------------------------------------------------------


def test_a_candidate_is_recorded_with_the_first_step(world, sent):
    submission = world.put_forward(sent, " C  1 ", registration_number="sw 12345")
    assert (submission.candidate, submission.registration_number) == ("C 1", "SW12345")
    assert [(one.number, one.stage) for one in submission.history.all()] == [(1, "put_forward")]
    sent.refresh_from_db()
    assert sent.version == 2  # whoever has the answer's form open is shown this first


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"candidate": " "}, "no_candidate"),
        ({"registration_number": "12"}, "registration_number"),
        ({"supply_mode": ""}, "no_supply_mode"),
        ({"supply_mode": "brokered"}, "no_supplying_agency"),
        ({"pay_rate": D("45")}, "charge_below_pay"),
        ({"happened_at": MONDAY - timedelta(hours=1)}, "before_sent"),
        ({"happened_at": MONDAY + timedelta(days=9)}, "in_future"),
    ],
)
def test_what_is_wrong_is_said(world, sent, fields, code):
    with pytest.raises(RuleViolation) as found:
        world.put_forward(sent, **{"candidate": "C-1"} | fields)
    assert found.value.code == code
    assert not Submission.objects.exists()


def test_the_same_reference_or_person_is_put_forward_once_for_an_order(world, sent):
    world.put_forward(sent, registration_number="SW12345")
    with pytest.raises(RuleViolation, match="put forward for this order already"):
        world.put_forward(sent)
    with pytest.raises(RuleViolation, match="This person has been put forward"):
        world.put_forward(sent, "C-2", registration_number="SW12345")


def test_an_order_that_has_its_answer_takes_nobody(world, sent):
    world.fail(sent)
    with pytest.raises(RuleViolation, match="approach outside any order"):
        world.put_forward(sent, at=LATER)


def test_only_officers_record(world, sent):
    with pytest.raises(NotAllowed):
        putting_forward.put_forward(
            by=world.finance,
            at=MONDAY,
            release=sent,
            candidate="C",
            supply_mode="direct",
            pay_rate=D(30),
            charge_rate=D(40),
        )


# -- steps ---------------------------------------------------------------------------------------------------------------------


def test_every_stage_has_its_followers_and_no_other(world, sent):
    assert set(rules.FOLLOWS) == set(Stage.values)
    for number, stage in enumerate(rules.FOLLOWS):
        submission = world.put_forward(sent, f"C-{number}", registration_number=f"SW2000{number}")
        paths = {
            "put_forward": (),
            "shortlisted": ("shortlisted",),
            "interviewed": ("interviewed",),
            "offered": ("offered",),
            "accepted": ("offered", "accepted"),
            "turned_down": ("turned_down",),
            "withdrawn": ("withdrawn",),
            "reconsidered": ("withdrawn", "reconsidered"),
        }
        submission = world.step(submission, *paths[stage])
        assert submission.stage == stage
        for other in set(Stage.values) - set(rules.FOLLOWS[stage]):
            refused(
                "not_from_here",
                stepping.record_step,
                by=world.officer,
                at=LATER,
                submission=submission,
                stage=other,
                reason="x",
            )


@pytest.mark.parametrize("stage", ["turned_down", "withdrawn"])
def test_whoever_goes_goes_with_a_reason(world, sent, stage):
    submission = world.put_forward(sent)
    details = {"by": world.officer, "at": LATER, "submission": submission, "stage": stage, "reason": " "}
    refused("no_reason", stepping.record_step, **details)


def test_an_offer_keeps_to_the_rate_that_was_asked(world, sent):
    submission = world.put_forward(sent, charge_rate=D("42.01"))
    with pytest.raises(RuleViolation, match=r"£42.00 an hour. This candidate costs £42.01"):
        world.step(submission, "offered")


def test_who_accepts_has_a_registration_number(world, sent):
    submission = world.step(world.put_forward(sent), "offered")
    with pytest.raises(RuleViolation, match="Enter the registration number"):
        world.step(submission, "accepted")
    submission = world.step(submission, "accepted", registration_number="SW 777")
    assert submission.registration_number == "SW777"
    give = {"by": world.officer, "at": LATER, "submission": submission, "registration_number": "SW778"}
    refused("number_is_relied_on", stepping.give_registration_number, **give)


def test_a_step_is_not_before_the_last_and_not_on_an_old_sight(world, sent):
    submission = world.step(world.put_forward(sent), "shortlisted")
    common = {"by": world.officer, "at": LATER, "submission": submission, "stage": "offered"}
    early = {"happened_at": MONDAY + timedelta(hours=2), "late_reason": "x"}
    refused("before_the_last_step", stepping.record_step, **common, **early)
    sentence = refused("changed_meanwhile", stepping.record_step, **common, steps=1)
    assert "The officer recorded shortlisted" in sentence


# -- the answer -----------------------------------------------------------------------------------------------------------------


def test_secured_needs_somebody_who_accepted(world, sent):
    submission = world.put_forward(sent, registration_number="SW12345")
    with pytest.raises(RuleViolation, match="nobody has accepted"):
        world.secure(sent)
    world.step(submission, "offered", "accepted")
    assert world.secure(sent).outcome == "secured"


@pytest.mark.parametrize("stage", ["put_forward", "shortlisted", "interviewed", "reconsidered"])
def test_not_secured_waits_for_a_candidate_who_waits_for_us(world, sent, stage):
    path = {"put_forward": (), "reconsidered": ("turned_down", "reconsidered")}.get(stage, (stage,))
    submission = world.step(world.put_forward(sent), *path)
    with pytest.raises(RuleViolation, match="C-1 waits for our decision"):
        world.fail(sent)
    world.step(submission, "turned_down")
    assert world.fail(sent).outcome == "not_secured"


def test_unsuitable_needs_candidates_and_every_one_closed(world, sent):
    with pytest.raises(RuleViolation, match="none is recorded"):
        world.fail(sent, reason="unsuitable")
    submission = world.step(world.put_forward(sent), "offered")
    with pytest.raises(RuleViolation, match="has our offer"):
        world.fail(sent, reason="unsuitable")
    world.step(submission, "withdrawn")
    assert world.fail(sent, reason="unsuitable").reason == "unsuitable"


def test_not_secured_is_no_answer_while_somebody_has_accepted(world, sent):
    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    with pytest.raises(RuleViolation, match="has accepted"):
        world.fail(sent)


def test_who_is_booked_is_who_accepted(world, sent):
    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    release = world.secure(sent)
    with pytest.raises(RuleViolation, match=r"C-1 \(SW12345\) accepted"):
        world.book(release)
    assert world.book(release, registration_number="SW12345").worker.registration_number == "SW12345"


def test_a_replacement_is_a_candidate_too(world, sent):
    from placements.placement import replacing

    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    placement = world.book(world.secure(sent), registration_number="SW12345")
    common = {
        "by": world.officer,
        "at": LATER + timedelta(days=13),
        "placement": placement,
        "reason": "Did not come",
        "registration_number": "SW54321",
        "worker_name": "Another",
        "starts_on": date(2024, 1, 24),
        "ends_on": date(2024, 4, 19),
        "pay_rate": D("33.00"),
        "charge_rate": D("41.00"),
    }
    refused("not_the_candidate", replacing.replace, **common)
    second = world.put_forward(sent, "C-2", at=LATER + timedelta(days=12), registration_number="SW54321")
    world.step(second, "offered", "accepted", at=LATER + timedelta(days=12))
    assert replacing.replace(**common).worker.registration_number == "SW54321"


def test_whoever_does_not_come_has_withdrawn(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    release = world.secure(sent)
    placement = world.book(release, registration_number="SW12345")
    ending.did_not_start(
        by=world.officer, at=LATER + timedelta(days=13), placement=placement, reason="Took another post"
    )
    submission.refresh_from_db()
    last = submission.history.last()
    assert (submission.stage, last.stage, last.reason) == ("withdrawn", "withdrawn", "Took another post")


# -- who showed the person first --------------------------------------------------------------------------------------------------


def test_the_second_agency_is_flagged_with_the_first(world):
    release = world.after_pertemps_showed()
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    first = rules.first_by_another_agency(second)
    assert first.release.contract.agency == world.pertemps
    assert rules.first_by_another_agency(first) is None


def test_a_person_of_pertemps_does_not_come_by_the_framework_within_six_months(world):
    release = world.after_pertemps_showed()
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    with pytest.raises(RuleViolation, match="Pertemps put this person forward on 8 January 2024"):
        world.step(second, "offered", at=LATER)
    stepping.allow_later_route(by=world.director, at=LATER, submission=second, reason="Pertemps agreed")
    world.step(second, "offered", "accepted", at=LATER)
    release = world.secure(release, at=LATER)
    assert world.book(release, registration_number="SW10001").release == release


def test_the_rule_holds_at_the_booking_where_no_candidate_was_recorded(world):
    release = world.secure(world.after_pertemps_showed(), at=LATER)
    with pytest.raises(RuleViolation, match="Record the candidate on"):
        world.book(release, registration_number="SW10001")
    assert world.book(release, registration_number="SW99999")


def test_a_booking_counts_from_its_own_start(world):
    """The order starts in August, which is free; a booking from March on it is not."""
    release = world.after_pertemps_showed()
    release.starts_on = date(2024, 8, 1)
    assert rules.later_route_refusal(release, "SW10001", date(2024, 8, 1)) is None
    assert rules.later_route_refusal(release, "SW10001", date(2024, 3, 4)) is not None


@pytest.mark.parametrize(("day", "held"), [(date(2024, 7, 7), True), (date(2024, 7, 8), False)])
def test_six_months_to_the_day(world, day, held):
    """Put forward on 8 January 2024: a start up to 7 July is within six months, one on 8 July is not."""
    release = world.after_pertemps_showed()
    assert (rules.later_route_refusal(release, "SW10001", day) is not None) == held


def test_an_earlier_route_is_not_held_back_by_a_later_one(world):
    release = world.after_pertemps_showed(number="SW30003")
    shown = world.put_forward(release, "H-1", at=LATER, registration_number="SW40004")
    again = world.send(world.sourced())
    mine = world.put_forward(again, "P-9", at=LATER + timedelta(minutes=1), registration_number="SW40004")
    assert rules.later_route_refusal(again, "SW40004", LATER.date()) is None
    assert rules.first_by_another_agency(mine) == shown


def test_only_the_assistant_director_allows_it_and_only_where_it_is_needed(world):
    release = world.after_pertemps_showed()
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    allow = {"at": LATER, "submission": second, "reason": "x"}
    with pytest.raises(NotAllowed):
        stepping.allow_later_route(by=world.officer, **allow)
    refused("no_reason", stepping.allow_later_route, by=world.director, **allow | {"reason": " "})
    other = world.put_forward(release, "H-2", at=LATER, registration_number="SW55555")
    refused("nothing_to_allow", stepping.allow_later_route, by=world.director, **allow | {"submission": other})
    stepping.allow_later_route(by=world.director, **allow)
    refused("already_decided", stepping.allow_later_route, by=world.director, **allow)


# -- for another post, in error, approaches ---------------------------------------------------------------------------------------


def test_offered_for_another_post_the_first_showing_stays(world, sent):
    first = world.put_forward(sent, registration_number="SW12345")
    other = world.send(world.sourced())
    second = putting_forward.offer_elsewhere(by=world.officer, at=LATER, submission=first, release=other)
    third_order = world.send(world.sourced())
    third = putting_forward.offer_elsewhere(by=world.officer, at=LATER, submission=second, release=third_order)
    assert (second.first_shown, third.first_shown) == (first, first)
    assert third.registration_number == "SW12345"


def test_offered_only_to_the_same_supplier_for_the_same_role(world, sent):
    first = world.put_forward(sent)
    elsewhere = {"by": world.officer, "at": LATER, "submission": first}
    another_role = world.send(world.sourced(job_type="team_manager"))
    refused("another_role", putting_forward.offer_elsewhere, **elsewhere, release=another_role)
    refused("not_this_supplier", putting_forward.offer_elsewhere, **elsewhere, release=world.after_pertemps_showed())
    refused("already_answered", putting_forward.offer_elsewhere, **elsewhere, release=world.secured())


def test_a_candidate_entered_in_error_no_longer_counts(world, sent):
    submission = world.put_forward(sent)
    void = {"at": LATER, "submission": submission, "reason": "Another order"}
    refused("own_entry", stepping.void_candidate, by=world.officer, **void)
    stepping.void_candidate(by=world.officer2, **void)
    assert world.fail(sent).outcome == "not_secured"
    with pytest.raises(RuleViolation, match="entered in error"):
        world.step(Submission.objects.get(), "offered")


def test_who_the_answer_rests_on_is_not_taken_away(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    world.secure(sent)
    void = {"by": world.officer2, "at": LATER, "submission": submission, "reason": "x"}
    refused("rested_on", stepping.void_candidate, **void)


def test_an_approach_is_logged_and_leads_nowhere(world):
    log = {"by": world.officer, "at": LATER, "agency": world.brokered, "job_type": "social_worker"}
    approach = log_approach(**log, note="Has somebody from Monday")
    assert approach.agency == world.brokered
    refused("no_note", log_approach, **log, note=" ")


# -- raw SQL ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("update recruitment_submission set candidate = 'other'", "submission_stays"),
        ("update recruitment_submission set received_at = received_at - interval '1 day'", "submission_stays"),
        ("update recruitment_submission set stage = 'offered'", "submission_stage_of_last_step"),
        ("update recruitment_submissionstep set reason = 'other'", "InsufficientPrivilege"),
        ("delete from recruitment_submission", "InsufficientPrivilege"),
        ("update recruitment_approach set note = 'other'", "InsufficientPrivilege"),
    ],
)
def test_sql_does_not_change_what_was_put_forward(world, sent, sql, constraint):
    world.step(world.put_forward(sent), "shortlisted")
    assert refused_as(sql) == constraint


def test_sql_does_not_change_what_was_allowed(world):
    release = world.after_pertemps_showed()
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    stepping.allow_later_route(by=world.director, at=LATER, submission=second, reason="x")
    for change in ("registration_number = 'SW2'", "allowed_reason = 'y'", "allowed_at = null, allowed_by_id = null"):
        sql = f"update recruitment_submission set {change} where id = {second.pk}"
        assert refused_as(sql) == "submission_stays"


def test_taking_an_order_back_leaves_its_candidates_as_they_are(world, sent):
    submission = world.put_forward(sent)
    taking_back.withdraw(by=world.officer, at=LATER, release=sent, reason="x")
    assert Submission.objects.waiting_for_us().exists()
    refusal = refused(
        "takes_no_candidates",
        stepping.record_step,
        by=world.officer,
        at=LATER,
        submission=submission,
        stage="offered",
    )
    assert "go no further" in refusal
    assert world.step(submission, "turned_down", at=LATER).is_closed
    assert not Submission.objects.waiting_for_us().exists()
