"""Corrections: two people, the old value kept, and what rested on the fact judged again."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed, RuleViolation
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, correctable, proposing
from placements.hires import actions as hires
from placements.models import Breach
from placements.placement import commitments, ending
from placements.reads.marks import mistaken_marks
from recruitment.models import ContractAccount, Correction
from recruitment.orders import taking_back
from reporting.reports.assurance import assurance
from tests.conftest import refused_as
from tests.factories.small_council import AFTER_WINDOW, MONDAY

LATER = AFTER_WINDOW + timedelta(days=3)


def refusal(function, **arguments) -> str:
    with pytest.raises(RuleViolation) as caught:
        function(**arguments)
    return caught.value.code


def secured_after_all() -> dict:
    return {"outcome": "secured", "supply_mode": "direct", "reason": "", "own_supply": "", "brokered_supply": ""}


class TestAWrongAnswer:
    def test_the_framework_placement_that_rested_on_it_is_a_breach(self, world):
        placement = world.book(world.framework_secured())
        proof = placement.release.rests_on
        correction = world.corrected("release", proof, **secured_after_all())
        proof.refresh_from_db()
        placement.release.refresh_from_db()
        assert (proof.outcome, proof.corrected_by) == ("secured", correction)
        assert correction.before["outcome"] == "not_secured"
        assert placement.release.unproved_by == correction
        breach = Breach.objects.get()
        assert (breach.placement, breach.kind) == (placement, "proof_corrected")
        assert breach.how_found.endswith("Pertemps had not failed to secure somebody.")

    def test_a_time_that_still_holds_changes_nothing_else(self, world):
        placement = world.book(world.framework_secured())
        proof = placement.release.rests_on
        earlier = AFTER_WINDOW - timedelta(minutes=30)
        world.corrected("release", proof, answered_at=earlier)
        placement.release.refresh_from_db()
        assert (placement.release.proof_answered_at, placement.release.unproved_by) == (earlier, None)
        assert not Breach.objects.exists()

    @pytest.mark.parametrize(
        ("answered_at", "why"),
        [
            (AFTER_WINDOW + timedelta(hours=2), "Pertemps had not answered when the next supplier was asked."),
            (
                MONDAY + timedelta(hours=3),
                "Pertemps still had time to answer, and there is no confirmation of its own.",
            ),
        ],
    )
    def test_a_time_that_does_not(self, world, answered_at, why):
        placement = world.book(world.framework_secured())
        world.corrected("release", placement.release.rests_on, answered_at=answered_at)
        assert Breach.objects.get().how_found.endswith(why)

    def test_nobody_can_be_booked_on_an_order_whose_proof_is_gone(self, world):
        release = world.framework_secured()
        world.corrected("release", release.rests_on, **secured_after_all())
        release.refresh_from_db()
        assert refusal(world.book, release=release) == "proof_corrected"

    def test_a_worker_booked_on_an_answer_that_was_none(self, world):
        placement = world.placed()
        values = {"outcome": "not_secured", "reason": "no_answer", "supply_mode": "", "own_supply": "tried"}
        world.corrected("release", placement.release, **values, brokered_supply="tried")
        placement.refresh_from_db()
        assert placement.unproved_by is not None
        assert Breach.objects.get().how_found.endswith("It had not secured the worker.")

    def test_not_under_a_permanent_start(self, world):
        release = world.secure(world.send(world.sourced(), world.permanent))
        hires.record_hire(
            by=world.officer, at=AFTER_WINDOW, vacancy=release.vacancy, release=release, starts_on=date(2024, 2, 5)
        )
        values = {"outcome": "not_secured", "reason": "no_answer"}
        proposal = proposing.propose(by=world.officer, at=LATER, subject="release", row=release, why="x", **values)
        confirm = {"by": world.director, "at": LATER, "correction": proposal, "decision": "confirmed"}
        assert refusal(confirming.decide, **confirm) == "hire_rests_on_it"


class TestAnEarlyAnswerThatFellThrough:
    """It was secured before its time to answer had ended, which any answer "secured" may be, and the worker did not come."""

    def test_a_small_correction_of_it_takes_nothing_from_the_framework_placement(self, world):
        proof = world.secure(world.send(world.sourced()), at=MONDAY + timedelta(hours=2))
        proposal = proposing.propose(
            by=world.officer,
            at=AFTER_WINDOW,
            subject="release",
            row=proof,
            why="x",
            answered_at=MONDAY + timedelta(hours=1),
        )
        taking_back.worker_will_not_come(by=world.officer, at=AFTER_WINDOW, release=proof, reason="Took another post")
        later = world.send(proof.vacancy, world.framework, at=AFTER_WINDOW + timedelta(minutes=10))
        placement = world.book(world.secure(later, at=AFTER_WINDOW + timedelta(hours=1)))
        confirming.decide(by=world.director, at=LATER, correction=proposal, decision="confirmed")
        placement.release.refresh_from_db()
        assert placement.release.unproved_by is None
        assert placement.release.proof_answered_at == MONDAY + timedelta(hours=1)
        assert not Breach.objects.exists()

    def test_who_had_been_booked_and_did_not_come_is_not_said_to_have_been_nobody(self, world):
        placement = world.placed(starts_on=date(2024, 1, 22))
        proof = placement.release
        proposal = proposing.propose(
            by=world.officer,
            at=AFTER_WINDOW + timedelta(hours=3),
            subject="release",
            row=proof,
            why="x",
            answered_at=proof.answered_at - timedelta(minutes=10),
        )
        at = datetime(2024, 1, 22, 12, tzinfo=LONDON)
        ending.did_not_start(by=world.officer, at=at, placement=placement, reason="x")
        confirming.decide(by=world.director, at=at, correction=proposal, decision="confirmed")
        placement.refresh_from_db()
        assert placement.unproved_by is None


class TestAMarkThatShouldNotHaveBeenMade:
    def take_back(self, world, breach, **by):
        at = LATER + timedelta(hours=1)
        proposal = proposing.propose_taking_back(by=world.officer, at=LATER, breach=breach, why="It fell through")
        return confirming.decide(by=world.director, at=at, correction=proposal, decision="confirmed")

    def test_it_is_listed_once_until_it_waits_to_be_taken_back(self, world, client_of):
        breach = world.wrongly_marked()
        world.breach()
        assert mistaken_marks(Breach.objects.all()) == [breach]
        page = client_of("finance").get("/").content.decode()
        assert "Marks of a breach that look wrong" in page and breach.reference in page
        client_of("officer").post(f"/breaches/{breach.pk}/take-back/", {"why": "It fell through"})
        assert mistaken_marks(Breach.objects.all()) == []
        assert client_of("officer").get(f"/breaches/{breach.pk}/take-back/").status_code == 404

    def test_two_people_take_it_back_and_all_of_it_stays_to_be_seen(self, world, client_of):
        breach = world.wrongly_marked()
        correction = self.take_back(world, breach)
        breach.refresh_from_db()
        order = breach.placement.release
        order.refresh_from_db()
        assert (breach.taken_back_by, breach.spend_state) == (correction, "Taken back")
        assert (order.unproved_by, order.corrected_by) == (None, correction)
        assert (
            "Taken back: by what was recorded then, its proof was not missing."
            in client_of("auditor").get(f"/breaches/{breach.pk}/").content.decode()
        )
        assert "proof lost by" in client_of("auditor").get(correction.get_absolute_url()).content.decode().lower()
        assert assurance(*[AFTER_WINDOW.date() + timedelta(60)] * 2).breaches == 0
        assert not Breach.objects.not_authorised().exists()
        assert (
            refusal(breaches_actions.authorise, by=world.director, at=LATER, breach=breach, reason="x") == "taken_back"
        )

    def test_one_person_does_not(self, world):
        proposal = proposing.propose_taking_back(by=world.officer, at=LATER, breach=world.wrongly_marked(), why="x")
        confirm = {"by": world.officer, "at": LATER, "correction": proposal, "decision": "confirmed"}
        assert refusal(confirming.decide, **confirm) == "own_entry"

    def test_not_a_mark_that_is_right(self, world):
        placement = world.book(world.framework_secured())
        world.corrected("release", placement.release.rests_on, **secured_after_all())
        found = Breach.objects.get()
        propose = {"by": world.officer, "at": LATER, "breach": found, "why": "x"}
        assert refusal(proposing.propose_taking_back, **propose) == "mark_is_right"
        assert mistaken_marks(Breach.objects.all()) == []

    def test_not_without_a_reason_nor_twice(self, world):
        breach = world.wrongly_marked()
        propose = {"by": world.officer, "at": LATER, "breach": breach}
        assert refusal(proposing.propose_taking_back, **propose, why=" ") == "no_reason"
        proposing.propose_taking_back(**propose, why="x")
        assert refusal(proposing.propose_taking_back, **propose, why="x") == "waits_already"

    def test_raw_sql_takes_none_back(self, world):
        breach = world.wrongly_marked()
        order = breach.placement.release
        assert (
            refused_as("update recruitment_release set unproved_by_id = null where id = %s", order.pk)
            == "release_unproved_by_its_proof"
        )
        back = "update placements_breach set taken_back_by_id = %s where id = %s"
        assert refused_as(back, breach.correction_id, breach.pk) == "breach_stays"
        self.take_back(world, breach)
        assert (
            refused_as("update placements_breach set taken_back_by_id = null where id = %s", breach.pk)
            == "breach_stays"
        )


class TestTwoPeople:
    def propose(self, world, **changes):
        release = world.fail(world.send(world.sourced()))
        values = changes or {"own_supply": "not_tried"}
        return proposing.propose(by=world.officer, at=LATER, subject="release", row=release, why="x", **values)

    def test_never_the_same_one(self, world):
        proposal = self.propose(world)
        confirm = {"at": LATER, "correction": proposal, "decision": "confirmed"}
        assert refusal(confirming.decide, by=world.officer, **confirm) == "own_entry"
        with pytest.raises(NotAllowed):
            confirming.decide(by=world.auditor, **confirm)
        confirming.decide(by=world.officer2, **confirm)
        assert refusal(confirming.decide, by=world.director, **confirm) == "already_decided"

    def test_turned_down_it_stays_as_recorded(self, world):
        proposal = self.propose(world)
        down = {"by": world.director, "at": LATER, "correction": proposal, "decision": "turned_down"}
        assert refusal(confirming.decide, **down) == "no_reason"
        confirming.decide(**down, reason="The note says otherwise")
        assert correctable.subject_of(proposal).own_supply == "tried"

    def test_what_is_refused(self, world):
        release = world.fail(world.send(world.sourced()))
        propose = {"by": world.officer, "at": LATER, "subject": "release", "row": release}
        assert refusal(proposing.propose, **propose, why="x", own_supply="tried") == "nothing_changed"
        assert refusal(proposing.propose, **propose, why=" ", own_supply="not_tried") == "no_reason"
        ahead = LATER + timedelta(days=1)
        assert refusal(proposing.propose, **propose, why="x", answered_at=ahead) == "in_future"
        proposing.propose(**propose, why="x", own_supply="not_tried")
        assert refusal(proposing.propose, **propose, why="x", own_supply="not_tried") == "waits_already"
        waiting = world.send(world.sourced())
        assert refusal(proposing.propose, **propose | {"row": waiting}, why="x") == "not_answered"

    def test_the_database_tells_a_correction_from_a_change(self, world):
        release = world.fail(world.send(world.sourced()))
        change = "update recruitment_release set own_supply = 'not_tried' where id = %s"
        assert refused_as(change, release.pk) == "release_answer_is_final"
        proposal = proposing.propose(
            by=world.officer, at=LATER, subject="release", row=release, why="x", own_supply="not_tried"
        )
        with_it = "update recruitment_release set own_supply = 'not_tried', corrected_by_id = %s where id = %s"
        assert refused_as(with_it, proposal.pk, release.pk) == "release_corrected_by_its_correction"
        confirming.decide(by=world.director, at=LATER, correction=proposal, decision="confirmed")
        more = "update recruitment_release set corrected_by_id = null where id = %s"
        assert refused_as(more, release.pk) == "release_corrected_by_its_correction"
        other = world.fail(world.send(world.sourced()))
        assert refused_as(with_it, proposal.pk, other.pk) == "release_corrected_by_its_correction"
        assert refused_as("update recruitment_correction set reason = 'y'") == "correction_is_final"
        assert refused_as("update recruitment_correction set decision = ''") == "correction_is_final"
        assert refused_as("delete from recruitment_correction") == "InsufficientPrivilege"

    def test_a_confirmed_correction_covers_its_own_fields_only(self, world):
        release = world.fail(world.send(world.sourced()))
        first = world.corrected("release", release, own_supply="not_tried")
        Correction.objects.filter(pk=first.pk).exists()
        again = proposing.propose(
            by=world.officer, at=LATER, subject="release", row=release, why="x", brokered_supply="not_tried"
        )
        confirming.decide(by=world.director, at=LATER, correction=again, decision="confirmed")
        sql = "update recruitment_release set reason = 'unsuitable', answer_no = answer_no + 1, corrected_by_id = %s where id = %s"
        assert refused_as(sql, first.pk, release.pk) == "release_answer_is_final"

    def test_an_order_loses_its_proof_only_by_a_correction_of_it(self, world):
        release = world.framework_secured()
        other = world.fail(world.send(world.sourced()))
        correction = world.corrected("release", other, own_supply="not_tried")
        sql = "update recruitment_release set unproved_by_id = %s where id = %s"
        assert refused_as(sql, correction.pk, release.pk) == "release_unproved_by_its_proof"


class TestWhatACorrectionCannotMake:
    def test_proof_that_the_time_to_answer_forbids(self, world):
        """Taken back after half an hour, then "corrected" to not secured: no confirmation, so the framework stays closed."""
        vacancy = world.sourced()
        release = world.send(vacancy)
        taking_back.withdraw(by=world.officer, at=MONDAY + timedelta(minutes=30), release=release, reason="x")
        values = {"outcome": "not_secured", "reason": "no_answer", "own_supply": "tried", "brokered_supply": "tried"}
        world.corrected("release", release, at=MONDAY + timedelta(hours=1), **values)
        later = MONDAY + timedelta(hours=2)
        assert refusal(world.send, vacancy=vacancy, contract=world.framework, at=later) == "proof_corrected"

    def test_money_twice(self, world):
        """Proposed, then the placement is marked as entered in error, then confirmed: refused, and nothing goes back again."""
        placement = world.placed()
        propose = {"by": world.officer, "at": LATER, "subject": "placement", "row": placement, "why": "x"}
        proposal = proposing.propose(**propose, starts_on=date(2024, 1, 29))
        ending.void(by=world.director, at=LATER, placement=placement, reason="x")
        confirm = {"by": world.director, "at": LATER, "correction": proposal, "decision": "confirmed"}
        assert refusal(confirming.decide, **confirm) == "entered_in_error"
        assert ContractAccount.objects.get(pk=world.corporate.pk).exposure == D("0.00")
        gone = world.placed()
        ending.did_not_start(by=world.officer, at=LATER, placement=gone, reason="x")
        assert refusal(proposing.propose, **propose | {"row": gone}, starts_on=date(2024, 1, 29)) == "did_not_start"

    def test_a_time_by_the_minute_is_no_change(self, world):
        release = world.secure(world.send(world.sourced()), at=AFTER_WINDOW + timedelta(seconds=37))
        propose = {"by": world.officer, "at": LATER, "subject": "release", "row": release, "why": "x"}
        assert refusal(proposing.propose, **propose, answered_at=AFTER_WINDOW) == "nothing_changed"

    def test_a_start_moved_back_into_the_days_given_back(self, world):
        placement = world.placed()
        world.corrected("placement", placement, starts_on=date(2024, 1, 29))
        propose = {"by": world.officer, "at": LATER, "subject": "placement", "row": placement, "why": "x"}
        assert refusal(proposing.propose, **propose, starts_on=date(2024, 1, 25)) == "moved_back"


class TestOtherFacts:
    def test_a_later_start_gives_money_back(self, world):
        placement = world.placed()
        world.corrected("placement", placement, starts_on=date(2024, 1, 29))
        placement.refresh_from_db()
        assert placement.starts_on == date(2024, 1, 29)
        # 63 working days less the first five × 7.4 × £41.00
        assert commitments.still_committed(placement) == D("17597.20")
        assert ContractAccount.objects.get(pk=world.corporate.pk).exposure == D("17597.20")

    def test_an_earlier_start_costs_more(self, world):
        placement = world.placed()
        world.corrected("placement", placement, starts_on=date(2024, 1, 15))
        placement.refresh_from_db()
        # five working days more: 68 × 7.4 × £41.00
        assert commitments.still_committed(placement) == D("20631.20")

    def test_another_worker(self, world):
        placement = world.placed()
        worker = proposing.worker_for("SW424242", "The Right One")
        world.corrected("placement", placement, worker=worker)
        placement.refresh_from_db()
        assert placement.worker.name == "The Right One"
        sql = "update placements_placement set starts_on = starts_on + 1 where id = %s"
        assert refused_as(sql, placement.pk) == "placement_as_booked"

    def test_a_permanent_start(self, world):
        hire = hires.record_hire(by=world.officer, at=AFTER_WINDOW, vacancy=world.sourced(), starts_on=date(2024, 2, 5))
        world.corrected("hire", hire, starts_on=date(2024, 2, 12))
        hire.refresh_from_db()
        assert hire.starts_on == date(2024, 2, 12)

    def test_an_advert_after_the_first_order_is_a_breach(self, world):
        placement = world.placed()
        world.corrected("round", placement.round, advertised_on=date(2024, 1, 12))
        breach = Breach.objects.get()
        assert breach.how_found == "The post was advertised on 12 January 2024, after an agency had been asked."

    def test_the_history_shows_both(self, world, client_of):
        release = world.fail(world.send(world.sourced()))
        correction = world.corrected("release", release, own_supply="not_tried")
        page = client_of("auditor").get(correction.get_absolute_url()).content.decode()
        assert "Tried" in page
        assert "Not tried" in page
        page = client_of("auditor").get(f"/requests/{release.vacancy_id}/history/").content.decode()
        assert "Own supply" in page or "Its own workers" in page


def test_a_moment_is_kept_whole(world):
    """A time goes into a correction and comes out of it the same."""
    release = world.fail(world.send(world.sourced()))
    when = datetime(2024, 1, 10, 12, 34, 56, 789, tzinfo=LONDON)
    world.corrected("release", release, answered_at=when)
    release.refresh_from_db()
    assert release.answered_at == when
