"""Candidates: what may follow what, who showed a person first, and what an answer or a booking needs of them."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed, RuleViolation
from placements.actions import endings
from recruitment import candidates as rules
from recruitment.actions import candidates, releases
from recruitment.models import Stage, Submission
from tests.conftest import refused_as
from tests.factories.world import AFTER_WINDOW, MONDAY

LATER = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture
def sent(world):
    return world.send(world.sourced())


def on_the_framework(world, number="SW10001", at=AFTER_WINDOW):
    """An order to the framework, after Pertemps had put the person with this number forward and turned out unsuitable."""
    vacancy = world.sourced()
    first = world.send(vacancy)
    shown = world.put_forward(first, registration_number=number)
    world.step(shown, "turned_down")
    world.fail(first, reason="unsuitable", at=at)
    return world.send(vacancy, world.framework, at=at)


def refused(code: str, function, **arguments):
    with pytest.raises(RuleViolation) as found:
        function(**arguments)
    assert found.value.code == code
    return str(found.value)


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
        candidates.put_forward(
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
                candidates.record_step,
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
    refused("no_reason", candidates.record_step, **details)


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
    refused("number_is_relied_on", candidates.give_registration_number, **give)


def test_a_step_is_not_before_the_last_and_not_on_an_old_sight(world, sent):
    submission = world.step(world.put_forward(sent), "shortlisted")
    common = {"by": world.officer, "at": LATER, "submission": submission, "stage": "offered"}
    early = {"happened_at": MONDAY + timedelta(hours=2), "late_reason": "x"}
    refused("before_the_last_step", candidates.record_step, **common, **early)
    sentence = refused("changed_meanwhile", candidates.record_step, **common, steps=1)
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
    from placements.actions import life

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
    refused("not_the_candidate", life.replace, **common)
    second = world.put_forward(sent, "C-2", at=LATER + timedelta(days=12), registration_number="SW54321")
    world.step(second, "offered", "accepted", at=LATER + timedelta(days=12))
    assert life.replace(**common).worker.registration_number == "SW54321"


def test_whoever_does_not_come_has_withdrawn(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    release = world.secure(sent)
    placement = world.book(release, registration_number="SW12345")
    endings.did_not_start(
        by=world.officer, at=LATER + timedelta(days=13), placement=placement, reason="Took another post"
    )
    submission.refresh_from_db()
    last = submission.history.last()
    assert (submission.stage, last.stage, last.reason) == ("withdrawn", "withdrawn", "Took another post")


# -- who showed the person first --------------------------------------------------------------------------------------------------


def test_the_second_agency_is_flagged_with_the_first(world):
    release = on_the_framework(world)
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    first = rules.first_by_another_agency(second)
    assert first.release.contract.agency == world.pertemps
    assert rules.first_by_another_agency(first) is None


def test_a_person_of_pertemps_does_not_come_by_the_framework_within_six_months(world):
    release = on_the_framework(world)
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    with pytest.raises(RuleViolation, match="Pertemps put this person forward on 8 January 2024"):
        world.step(second, "offered", at=LATER)
    candidates.allow_later_route(by=world.director, at=LATER, submission=second, reason="Pertemps agreed")
    world.step(second, "offered", "accepted", at=LATER)
    release = world.secure(release, at=LATER)
    assert world.book(release, registration_number="SW10001").release == release


def test_the_rule_holds_at_the_booking_where_no_candidate_was_recorded(world):
    release = world.secure(on_the_framework(world), at=LATER)
    with pytest.raises(RuleViolation, match="Record the candidate on"):
        world.book(release, registration_number="SW10001")
    assert world.book(release, registration_number="SW99999")


def test_a_booking_counts_from_its_own_start(world):
    """The order starts in August, which is free; a booking from March on it is not."""
    release = on_the_framework(world)
    release.starts_on = date(2024, 8, 1)
    assert rules.later_route_refusal(release, "SW10001", date(2024, 8, 1)) is None
    assert rules.later_route_refusal(release, "SW10001", date(2024, 3, 4)) is not None


@pytest.mark.parametrize(("day", "held"), [(date(2024, 7, 7), True), (date(2024, 7, 8), False)])
def test_six_months_to_the_day(world, day, held):
    """Put forward on 8 January 2024: a start up to 7 July is within six months, one on 8 July is not."""
    release = on_the_framework(world)
    assert (rules.later_route_refusal(release, "SW10001", day) is not None) == held


def test_an_earlier_route_is_not_held_back_by_a_later_one(world):
    release = on_the_framework(world, number="SW30003")
    shown = world.put_forward(release, "H-1", at=LATER, registration_number="SW40004")
    again = world.send(world.sourced())
    mine = world.put_forward(again, "P-9", at=LATER + timedelta(minutes=1), registration_number="SW40004")
    assert rules.later_route_refusal(again, "SW40004", LATER.date()) is None
    assert rules.first_by_another_agency(mine) == shown


def test_only_the_assistant_director_allows_it_and_only_where_it_is_needed(world):
    release = on_the_framework(world)
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    allow = {"at": LATER, "submission": second, "reason": "x"}
    with pytest.raises(NotAllowed):
        candidates.allow_later_route(by=world.officer, **allow)
    refused("no_reason", candidates.allow_later_route, by=world.director, **allow | {"reason": " "})
    other = world.put_forward(release, "H-2", at=LATER, registration_number="SW55555")
    refused("nothing_to_allow", candidates.allow_later_route, by=world.director, **allow | {"submission": other})
    candidates.allow_later_route(by=world.director, **allow)
    refused("already_decided", candidates.allow_later_route, by=world.director, **allow)


# -- for another post, in error, approaches ---------------------------------------------------------------------------------------


def test_offered_for_another_post_the_first_showing_stays(world, sent):
    first = world.put_forward(sent, registration_number="SW12345")
    other = world.send(world.sourced())
    second = candidates.offer_elsewhere(by=world.officer, at=LATER, submission=first, release=other)
    third_order = world.send(world.sourced())
    third = candidates.offer_elsewhere(by=world.officer, at=LATER, submission=second, release=third_order)
    assert (second.first_shown, third.first_shown) == (first, first)
    assert third.registration_number == "SW12345"


def test_offered_only_to_the_same_supplier_for_the_same_role(world, sent):
    first = world.put_forward(sent)
    elsewhere = {"by": world.officer, "at": LATER, "submission": first}
    another_role = world.send(world.sourced(job_type="team_manager"))
    refused("another_role", candidates.offer_elsewhere, **elsewhere, release=another_role)
    refused("not_this_supplier", candidates.offer_elsewhere, **elsewhere, release=on_the_framework(world))
    refused("already_answered", candidates.offer_elsewhere, **elsewhere, release=world.secured())


def test_a_candidate_entered_in_error_no_longer_counts(world, sent):
    submission = world.put_forward(sent)
    void = {"at": LATER, "submission": submission, "reason": "Another order"}
    refused("own_entry", candidates.void_candidate, by=world.officer, **void)
    candidates.void_candidate(by=world.officer2, **void)
    assert world.fail(sent).outcome == "not_secured"
    with pytest.raises(RuleViolation, match="entered in error"):
        world.step(Submission.objects.get(), "offered")


def test_who_the_answer_rests_on_is_not_taken_away(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    world.secure(sent)
    void = {"by": world.officer2, "at": LATER, "submission": submission, "reason": "x"}
    refused("rested_on", candidates.void_candidate, **void)


def test_an_approach_is_logged_and_leads_nowhere(world):
    log = {"by": world.officer, "at": LATER, "agency": world.brokered, "job_type": "social_worker"}
    approach = candidates.log_approach(**log, note="Has somebody from Monday")
    assert approach.agency == world.brokered
    refused("no_note", candidates.log_approach, **log, note=" ")


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
    release = on_the_framework(world)
    second = world.put_forward(release, "H-1", at=LATER, registration_number="SW10001")
    candidates.allow_later_route(by=world.director, at=LATER, submission=second, reason="x")
    for change in ("registration_number = 'SW2'", "allowed_reason = 'y'", "allowed_at = null, allowed_by_id = null"):
        sql = f"update recruitment_submission set {change} where id = {second.pk}"
        assert refused_as(sql) == "submission_stays"


def test_taking_an_order_back_leaves_its_candidates_as_they_are(world, sent):
    submission = world.put_forward(sent)
    releases.withdraw(by=world.officer, at=LATER, release=sent, reason="x")
    assert Submission.objects.waiting_for_us().exists()
    refusal = refused(
        "takes_no_candidates",
        candidates.record_step,
        by=world.officer,
        at=LATER,
        submission=submission,
        stage="offered",
    )
    assert "go no further" in refusal
    assert world.step(submission, "turned_down", at=LATER).is_closed
    assert not Submission.objects.waiting_for_us().exists()


# -- ways round -------------------------------------------------------------------------------------------------------------------


def test_a_registration_number_is_given_once(world, sent):
    submission = world.put_forward(sent, registration_number="SW12345")
    give = {"by": world.officer, "at": LATER, "submission": submission}
    refused("number_is_relied_on", candidates.give_registration_number, **give, registration_number="SW99991")
    sql = "update recruitment_submission set registration_number = ''"
    assert refused_as(sql) == "submission_stays"


def test_the_next_route_waits_for_a_candidate_of_one_who_fell_through(world, sent):
    world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    other = world.put_forward(sent, "C-2")
    release = world.secure(sent)
    releases.worker_will_not_come(by=world.officer, at=LATER, release=release, reason="Ill")
    with pytest.raises(RuleViolation, match="C-2 waits for our decision"):
        world.send(sent.vacancy, world.framework, at=LATER)
    world.step(other, "turned_down", at=LATER)
    assert world.send(sent.vacancy, world.framework, at=LATER)


def test_taking_back_and_correcting_does_not_get_round_a_candidate_who_waits(world, sent):
    world.put_forward(sent)
    releases.withdraw(by=world.officer, at=LATER, release=sent, reason="x")
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

    release = world.secure(on_the_framework(world), at=LATER)
    placement = world.book(release)
    number = placement.worker.__class__.objects.create(registration_number="SW10001", name="Shown", folded_name="shown")
    world.corrected("placement", placement, worker=number)
    assert "Pertemps put this person forward" in Breach.objects.get().how_found


def test_a_supplier_s_own_candidate_is_not_entered_in_error(world, sent):
    from recruitment import links
    from recruitment.actions import supplier

    links.make(sent, by=world.officer, at=MONDAY)
    submission = supplier.put_forward_by_link(
        by=sent.links.get(),
        at=MONDAY + timedelta(hours=2),
        candidate="P-1",
        supply_mode="direct",
        pay_rate=D("33"),
        charge_rate=D("41"),
        said_by="Perry Placeholder",
    )
    void = {"by": world.director, "at": LATER, "submission": submission, "reason": "x"}
    refused("own_words", candidates.void_candidate, **void)


def test_who_made_an_answer_unsuitable_is_not_taken_away(world, sent):
    submission = world.step(world.put_forward(sent), "turned_down")
    world.fail(sent, reason="unsuitable")
    refused("rested_on", candidates.void_candidate, by=world.officer2, at=LATER, submission=submission, reason="x")


def test_whom_the_framework_showed_first_pertemps_does_not_hold_back(world):
    release = on_the_framework(world, number="SW30003")
    mine = world.put_forward(release, "H-1", at=LATER, registration_number="SW40004")
    again = world.send(world.sourced())
    world.put_forward(again, "P-9", at=LATER + timedelta(minutes=5), registration_number="SW40004")
    world.step(mine, "offered", "accepted", at=LATER + timedelta(minutes=9))
    assert rules.first_by_another_agency(mine) is None
    assert world.book(world.secure(release, at=LATER + timedelta(minutes=10)), registration_number="SW40004")


def test_the_assistant_director_sees_whom_to_allow(world, client_of):
    release = on_the_framework(world)
    second = world.put_forward(release, "H-1", at=LATER)
    world.step(second, "offered", at=LATER)
    with pytest.raises(RuleViolation, match="Enter the registration number on the candidate's page first"):
        world.step(second, "accepted", at=LATER, registration_number="SW10001")
    give = {"by": world.officer, "at": LATER, "submission": second}
    candidates.give_registration_number(**give, registration_number="SW10001")
    assert rules.held_back(LATER.date()) == [second]
    candidates.allow_later_route(by=world.director, at=LATER, submission=second, reason="x")
    assert rules.held_back(LATER.date()) == []


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
    from recruitment import links
    from recruitment.actions import supplier

    world.step(world.put_forward(sent), "turned_down")
    links.make(sent, by=world.officer, at=MONDAY)
    said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried", "words": "x", "said_by": "x"}
    statement = supplier.say_cannot_supply(by=sent.links.get(), at=MONDAY + timedelta(hours=4), **said)
    at = MONDAY + timedelta(hours=5)
    assert world.fail(sent, at=at, statement=statement, reason="unsuitable").reason == "unsuitable"


def test_who_is_secured_does_not_withdraw_on_the_side(world, sent):
    submission = world.step(world.put_forward(sent, registration_number="SW12345"), "offered", "accepted")
    world.secure(sent)
    details = {"by": world.officer, "at": LATER, "submission": submission, "stage": "withdrawn", "reason": "x"}
    refused("answer_rests_on_it", candidates.record_step, **details)


def test_a_lead_is_told_nothing_of_another_service(world, client_of):
    from placements.actions import endings as ends

    placement = world.book(
        world.secured(team=world.other_team, by=world.officer), registration_number="SW12345", ends_on=date(2024, 1, 31)
    )
    at = LATER + timedelta(days=40)
    ends.record_end(by=world.officer, at=at, placement=placement, reason="performance", rating=1, eligible_again=False)
    submission = world.put_forward(world.send(world.sourced()), registration_number="SW12345")
    seen = {
        person: client_of(person).get(submission.get_absolute_url()).content.decode() for person in ("officer", "lead")
    }
    assert "not to come again" in seen["officer"] and "not to come again" not in seen["lead"]
