"""Today for those who decide and confirm: which rows are there, oldest first, in which words, and who never finds them."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.models import Deputy
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, proposing
from placements.placement import ending, starting, transferring
from placements.placement import extending as extensions
from recruitment.candidates import stepping
from recruitment.orders import taking_back
from recruitment.requests import actions as vacancies
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, lines, one_world, today_of, who_sees

pytestmark = pytest.mark.django_db

NOW = at(1, 11, 12)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


def deputy(world, approval, for_user="director", user="nobody", starts_on=date(2024, 1, 10), ends_on=date(2024, 1, 12)):
    people = {"for_user": world.people[for_user], "user": world.people[user]}
    return Deputy.objects.create(approval=approval, starts_on=starts_on, ends_on=ends_on, **people)


def addresses(world, who, title, now=NOW):
    return [line[3] for line in lines(world, who, title, now)]


# -- long extensions -------------------------------------------------------------------------------------------------------------


class TestLongExtensions:
    TITLE = "Long extensions to decide"

    def propose(self, world, placement, when=AFTER_WINDOW + timedelta(hours=3), ends_on=date(2024, 6, 28)):
        return extensions.propose_extension(
            by=world.officer,
            at=when,
            placement=placement,
            ends_on=ends_on,
            reason="x",
            recruitment_state="unsuccessful",
        )

    def test_a_line_says_until_when_and_who_asks(self, world):
        placement = world.placed()
        proposal = self.propose(world, placement)
        assert lines(world, "director", self.TITLE, NOW) == [
            (
                f"{placement.reference}: {placement.worker.name}, North",
                "Until 28 June 2024, asked for by The officer",
                "since yesterday",
                f"/extensions/{proposal.pk}/decide/",
            )
        ]

    def test_who_asked_does_not_find_it_a_deputy_does(self, world):
        self.propose(world, world.placed())
        for user in ("officer", "officer2"):
            deputy(world, "extension", user=user)
        assert who_sees(world, self.TITLE, NOW) == {"director", "officer2"}
        assert self.TITLE not in today_of(world, "officer2", at(1, 13))

    @pytest.mark.parametrize("decision", ["approved", "turned_down"])
    def test_decided_is_done(self, world, decision):
        proposal = self.propose(world, world.placed())
        extensions.decide_extension(by=world.director, at=NOW, proposal=proposal, decision=decision, reason="x")
        assert self.TITLE not in today_of(world, "director", NOW)

    @pytest.mark.parametrize("how", ["in error", "did not start", "ended early", "ran to its end"])
    def test_of_a_placement_that_does_not_go_on_it_is_gone(self, world, how):
        placement, other = world.placed(), world.placed()
        self.propose(world, placement)
        stays = self.propose(world, other)
        if how == "in error":
            ending.void(by=world.director, at=NOW, placement=placement, reason="x")
        elif how == "did not start":
            ending.did_not_start(by=world.officer, at=at(1, 22), placement=placement, reason="x")
        elif how == "ended early":
            ending.end_early(
                by=world.officer,
                at=at(2, 1),
                placement=placement,
                ended_on=date(2024, 2, 9),
                notice_given_on=date(2024, 2, 1),
                notice_waived=True,
                reason="cost",
                rating=3,
                eligible_again=True,
            )
        else:
            ending.record_end(
                by=world.officer,
                at=at(4, 22),
                placement=placement,
                reason="end_of_need",
                rating=3,
                eligible_again=True,
            )
        assert addresses(world, "director", self.TITLE, at(4, 22)) == [f"/extensions/{stays.pk}/decide/"]

    def test_of_a_placement_that_goes_on_as_another_it_is_gone(self, world):
        """From 22 February on the worker is there through Alderway; the first ends the day before, and nobody ended it early."""
        placement = starting.confirm_start(by=world.officer, at=at(1, 22), placement=world.placed())
        self.propose(world, placement, when=at(1, 23))
        placement.vacancy.refresh_from_db()
        vacancies.start_round(by=world.officer, at=at(2, 1), vacancy=placement.vacancy, reason="x")
        placement.vacancy.refresh_from_db()
        world.direct(placement.vacancy, at(2, 1))
        sent = world.send(placement.vacancy, at=at(2, 1), starts_on=date(2024, 2, 22))
        lent = {"supply_mode": "brokered", "supplying_agency": world.brokered}
        assert self.TITLE in today_of(world, "director", at(2, 1))
        transferring.transfer(
            by=world.officer,
            at=at(2, 2),
            placement=placement,
            release=world.secure(sent, at=at(2, 1, 12), **lent),
            starts_on=date(2024, 2, 22),
            ends_on=date(2024, 4, 19),
            pay_rate=D("33.00"),
            charge_rate=D("41.00"),
            reason="x",
        )
        assert self.TITLE not in today_of(world, "director", at(2, 2))

    def test_the_oldest_comes_first(self, world):
        first, second = world.placed(), world.placed()
        later = self.propose(world, first, AFTER_WINDOW + timedelta(hours=5))
        earlier = self.propose(world, second, AFTER_WINDOW + timedelta(hours=4))
        assert addresses(world, "director", self.TITLE) == [f"/extensions/{one.pk}/decide/" for one in (earlier, later)]


# -- breaches ----------------------------------------------------------------------------------------------------------------------


class TestBreaches:
    TITLE = "Breaches to decide"

    def test_a_line_says_what_happened(self, world):
        breach = world.breach()
        assert lines(world, "director", self.TITLE, NOW) == [
            (
                f"{breach.reference}: {breach.placement.worker.name}, North",
                "Found in post without proof. Is it approved after the start?",
                "since yesterday",
                f"/breaches/{breach.pk}/approve/",
            )
        ]
        assert today_of(world, "director", NOW)[self.TITLE].all_url == "/breaches/?state=open"

    def test_who_recorded_it_does_not_find_it(self, world):
        mine, other = world.breach(by=world.director), world.breach()
        assert addresses(world, "director", self.TITLE) == [f"/breaches/{other.pk}/approve/"]
        deputy(world, "breach", for_user="director", user="officer2")
        assert addresses(world, "officer2", self.TITLE) == [f"/breaches/{one.pk}/approve/" for one in (mine, other)]

    def test_authorised_is_done(self, world):
        breaches_actions.authorise(by=world.director, at=NOW, breach=world.breach(), reason="x")
        assert self.TITLE not in today_of(world, "director", NOW)

    def test_a_mark_taken_back_is_gone(self, world):
        mark = world.wrongly_marked()
        assert addresses(world, "director", self.TITLE) == [f"/breaches/{mark.pk}/approve/"]
        correction = proposing.propose_taking_back(by=world.officer, at=NOW, breach=mark, why="x")
        confirming.decide(by=world.director, at=NOW, correction=correction, decision="confirmed")
        assert self.TITLE not in today_of(world, "director", NOW)

    def test_the_oldest_comes_first(self, world):
        later, earlier = world.breach(at=AFTER_WINDOW + DAY), world.breach()
        assert addresses(world, "director", self.TITLE, NOW + DAY) == [
            f"/breaches/{one.pk}/approve/" for one in (earlier, later)
        ]


# -- candidates by a later route ------------------------------------------------------------------------------------------------------


class TestLaterRoutes:
    TITLE = "Candidates by a later route"

    @pytest.fixture
    def held(self, world):
        order = world.after_pertemps_showed()
        return world.put_forward(order, "H-7", at=AFTER_WINDOW, registration_number="SW10001")

    def test_a_line_says_who_put_whom_forward(self, world, held):
        assert lines(world, "director", self.TITLE, NOW) == [
            (
                f"{held.reference}: North",
                "Halden Bridge Care put H-7 forward; an earlier route did so first",
                "since yesterday",
                f"/candidates/{held.pk}/allow/",
            )
        ]

    def test_who_recorded_the_candidate_does_not_find_it(self, world, held):
        for user in ("officer", "officer2"):
            deputy(world, "later_route", user=user)
        assert who_sees(world, self.TITLE, NOW) == {"director", "officer2"}

    @pytest.mark.parametrize("how", ["allowed", "turned down", "in error", "answered"])
    def test_one_that_is_no_question_any_more_is_gone(self, world, held, how):
        if how == "allowed":
            stepping.allow_later_route(by=world.director, at=NOW, submission=held, reason="x")
        elif how == "turned down":
            world.step(held, "turned_down", at=NOW)
        elif how == "in error":
            stepping.void_candidate(by=world.director, at=NOW, submission=held, reason="x")
        else:
            taking_back.withdraw(by=world.officer, at=NOW, release=held.release, reason="x")
        assert self.TITLE not in today_of(world, "director", NOW)

    def test_somebody_new_by_a_later_route_is_no_question(self, world, held):
        world.put_forward(held.release, "H-8", at=AFTER_WINDOW, registration_number="SW10002")
        world.put_forward(held.release, "H-9", at=AFTER_WINDOW)
        assert addresses(world, "director", self.TITLE) == [f"/candidates/{held.pk}/allow/"]


# -- corrections --------------------------------------------------------------------------------------------------------------------


class TestCorrections:
    TITLE = "Corrections to confirm"

    def propose(self, world, by="officer", when=AFTER_WINDOW + DAY, placement=None):
        return proposing.propose(
            by=world.people[by],
            at=when,
            subject="placement",
            row=placement or world.placed(),
            why="The e-mail says so",
            starts_on=date(2024, 1, 23),
        )

    def test_a_line_says_of_what_who_and_why(self, world):
        placement = world.placed()
        one = self.propose(world, placement=placement)
        assert lines(world, "finance", self.TITLE, NOW + DAY) == [
            (
                f"{placement.reference}, {placement.vacancy.reference}",
                "Proposed by The officer: The e-mail says so",
                "since yesterday",
                f"/corrections/{one.pk}/",
            )
        ]

    def test_everybody_who_may_correct_finds_it_but_who_proposed_it(self, world):
        self.propose(world)
        assert who_sees(world, self.TITLE, NOW) == {"officer2", "director", "finance"}

    @pytest.mark.parametrize("decision", ["confirmed", "turned_down"])
    def test_decided_is_done(self, world, decision):
        confirming.decide(by=world.director, at=NOW, correction=self.propose(world), decision=decision, reason="Not so")
        assert self.TITLE not in today_of(world, "finance", NOW)

    def test_the_oldest_comes_first(self, world):
        later, earlier = self.propose(world, when=NOW), self.propose(world)
        assert addresses(world, "finance", self.TITLE) == [f"/corrections/{one.pk}/" for one in (earlier, later)]


class TestMarksThatLookWrong:
    TITLE = "Marks of a breach that look wrong"

    def test_a_line_says_what_may_be_proposed(self, world):
        mark = world.wrongly_marked()
        assert lines(world, "officer", self.TITLE, NOW + DAY) == [
            (
                f"{mark.reference}: {mark.placement.worker.name}, North",
                "By what is recorded now, the proof is not missing. Propose that the mark is taken back?",
                "since yesterday",
                f"/breaches/{mark.pk}/",
            )
        ]

    def test_one_proposed_to_be_taken_back_and_a_true_one_are_not_there(self, world):
        mark = world.wrongly_marked()
        world.breach()
        proposing.propose_taking_back(by=world.officer, at=NOW, breach=mark, why="x")
        assert who_sees(world, self.TITLE, NOW) == set()
