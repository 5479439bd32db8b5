"""Today on starts, checks, answers, candidates and disputes: which rows are there, oldest first, in which words, and for whom."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from placements.placement import carrying_over, ending, starting
from recruitment.candidates import stepping
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from tests.factories import corporate_contract
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import at, lines, one_world, today_of

pytestmark = pytest.mark.django_db

NOW = at(1, 11, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICERS = {"officer", "officer2"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def placed(world):
    """Worker 1, in post from 22 January to 19 April 2024."""
    return world.placed()


def addresses(world, who, title, now=NOW):
    return [line[3] for line in lines(world, who, title, now)]


def end_early(world, placement, last):
    return ending.end_early(
        by=world.officer,
        at=at(2, 1),
        placement=placement,
        ended_on=last,
        notice_given_on=date(2024, 2, 1),
        notice_waived=True,
        reason="cost",
        rating=3,
        eligible_again=True,
    )


def record_end(world, placement, when):
    return ending.record_end(
        by=world.officer, at=when, placement=placement, reason="end_of_need", rating=3, eligible_again=True
    )


def bring_forward(world):
    from placements.brought_forward import actions as brought_forward_actions

    brought_forward_actions.open_batch(by=world.administrator, at=MONDAY, on=date(2024, 1, 8))
    found = world.found(
        agency=world.pertemps, contract=world.corporate, starts_on=date(2023, 12, 4), ends_on=date(2024, 4, 19)
    )
    return brought_forward_actions.bring_forward(by=world.administrator, at=MONDAY, found=found, proof_held="none held")


# -- starts and checks ---------------------------------------------------------------------------------------------------------


class TestStartsToConfirm:
    TITLE = "Starts to confirm"

    def test_a_line_asks_whether_the_worker_started(self, world, placed):
        assert lines(world, "lead", self.TITLE, at(1, 23)) == [
            (
                f"{placed.reference}: {placed.worker.name}, North",
                "Did the worker start?",
                "since yesterday",
                f"/placements/{placed.pk}/start/",
            )
        ]

    @pytest.mark.parametrize(
        ("now", "seen"),
        [(at(1, 21, 23), False), (at(1, 22, 0), True), (at(4, 19, 23), True), (at(4, 20, 0), False)],
    )
    def test_from_the_first_day_to_the_last(self, world, placed, now, seen):
        assert (self.TITLE in today_of(world, "officer", now)) is seen

    @pytest.mark.parametrize("how", ["confirmed", "in error", "did not start"])
    def test_it_is_gone_once(self, world, placed, how):
        if how == "confirmed":
            starting.confirm_start(by=world.lead, at=at(1, 22), placement=placed)
        elif how == "in error":
            ending.void(by=world.director, at=NOW, placement=placed, reason="x")
        else:
            ending.did_not_start(by=world.officer, at=at(1, 22), placement=placed, reason="x")
        assert self.TITLE not in today_of(world, "officer", at(1, 23))

    def test_only_of_those_who_were_booked(self, world, placed):
        brought, breach = bring_forward(world), world.breach()
        assert addresses(world, "officer", self.TITLE, at(1, 9)) == []
        assert [brought.starts_on, breach.placement.starts_on] == [date(2023, 12, 4), date(2024, 1, 8)]

    def test_of_a_placement_carried_over_it_is_asked_once_it_is_there(self, world, placed):
        """From 1 February on under the next contract: until then nobody asks twice."""
        following = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        terms = {placed.pk: carrying_over.Carried(D("33.00"), D("41.00"), date(2024, 4, 19))}
        common = {"by": world.officer, "at": at(1, 12), "old": world.corporate, "new": following}
        (carried,) = carrying_over.carry_over(**common, on=date(2024, 2, 1), terms=terms)
        assert addresses(world, "officer", self.TITLE, at(1, 31)) == []
        assert addresses(world, "officer", self.TITLE, at(2, 1)) == [f"/placements/{carried.pk}/start/"]

    def test_the_first_start_comes_first(self, world, placed):
        earlier = world.placed(starts_on=date(2024, 1, 15), ends_on=date(2024, 4, 12))
        assert addresses(world, "officer", self.TITLE, at(1, 22)) == [
            f"/placements/{one.pk}/start/" for one in (earlier, placed)
        ]


class TestChecksStillToCome:
    TITLE = "Checks still to come"
    ALL = ("registration_checked_on", "dbs_checked_on", "right_to_work_checked_on", "references_checked_on")

    def confirm(self, world, placement, *names):
        given = dict.fromkeys(names, date(2024, 1, 22))
        return starting.confirm_start(by=world.officer, at=at(1, 22), placement=placement, **given)

    def test_a_line_names_what_is_missing(self, world, placed):
        self.confirm(world, placed, "registration_checked_on", "right_to_work_checked_on")
        assert lines(world, "lead", self.TITLE, at(1, 24)) == [
            (
                f"{placed.reference}: {placed.worker.name}, North",
                "In post, and still to come: DBS check, references",
                "for 2 days",
                f"/placements/{placed.pk}/checks/",
            )
        ]

    @pytest.mark.parametrize("missing", ALL)
    def test_one_missing_is_enough(self, world, placed, missing):
        self.confirm(world, placed, *(name for name in self.ALL if name != missing))
        assert self.TITLE in today_of(world, "officer", at(1, 22))
        assert self.TITLE not in today_of(world, "officer", at(4, 20))

    def test_with_all_four_it_is_gone(self, world, placed):
        self.confirm(world, placed, *self.ALL)
        assert self.TITLE not in today_of(world, "officer", at(1, 22))

    def test_before_the_start_is_confirmed_it_is_no_question(self, world, placed):
        assert self.TITLE not in today_of(world, "officer", at(1, 22))


# -- answers to record ----------------------------------------------------------------------------------------------------------


class TestAnswersToRecord:
    TITLE = "Answers to record"

    @pytest.fixture
    def sent(self, world):
        """To be answered by Wednesday 10 January, 10:00."""
        return world.send(world.sourced())

    def declined(self, world, release, when):
        link = world.link(release, at=when)
        says = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried", "words": "Nobody."}
        return supplier.say_cannot_supply(by=link, at=when, said_by="Perry Placeholder", **says)

    def test_a_line_says_whose_time_has_ended(self, world, sent):
        assert lines(world, "officer", self.TITLE, NOW) == [
            (
                f"{sent.vacancy.reference}: North",
                "Pertemps’ time to answer has ended",
                "since yesterday",
                f"/releases/{sent.pk}/answer/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/releases/?answer=due"

    def test_who_says_by_the_link_that_it_cannot_is_there_before(self, world, sent):
        other = world.send(world.sourced())
        self.declined(world, other, at(1, 9))
        assert lines(world, "officer", self.TITLE, at(1, 10, 9)) == [
            (
                f"{other.vacancy.reference}: North",
                "Pertemps said by its link that it cannot supply",
                "since yesterday",
                f"/releases/{other.pk}/answer/",
            )
        ]

    @pytest.mark.parametrize(("now", "seen"), [(at(1, 10, 9, 59), False), (at(1, 10, 10), True)])
    def test_from_the_moment_on_at_which_the_time_ends(self, world, sent, now, seen):
        assert (self.TITLE in today_of(world, "officer", now)) is seen

    @pytest.mark.parametrize("how", ["secured", "not secured", "taken back", "in error"])
    def test_answered_is_done(self, world, sent, how):
        if how == "secured":
            world.secure(sent)
        elif how == "not secured":
            world.fail(sent)
        elif how == "taken back":
            taking_back.withdraw(by=world.officer, at=AFTER_WINDOW, release=sent, reason="x")
        else:
            taking_back.void(by=world.director, at=AFTER_WINDOW, release=sent, reason="x")
        assert self.TITLE not in today_of(world, "officer", NOW)

    def test_the_longest_waiting_comes_first(self, world, sent):
        earlier = world.send(world.sourced(at=MONDAY - HOUR), at=MONDAY - HOUR)
        assert addresses(world, "officer", self.TITLE) == [f"/releases/{one.pk}/answer/" for one in (earlier, sent)]

    def test_beyond_eight_the_number_says_how_many(self, world):
        for n in range(10):
            world.send(world.sourced(at=MONDAY + timedelta(minutes=n)), at=MONDAY + timedelta(minutes=n))
        section = today_of(world, "officer", NOW)[self.TITLE]
        assert (section.count, len(section.items)) == (10, 8)


# -- candidates --------------------------------------------------------------------------------------------------------------------


class TestCandidatesWhoWait:
    TITLE = "Candidates who wait for us"

    @pytest.fixture
    def sent(self, world):
        return world.send(world.sourced())

    def test_a_line_says_who_put_whom_forward_and_where_it_stands(self, world, sent):
        one = world.put_forward(sent, "C-5")
        world.step(one, "shortlisted")
        assert lines(world, "officer", self.TITLE, at(1, 9)) == [
            (
                f"{one.reference}: Social worker, North",
                "Pertemps put C-5 forward: shortlisted",
                "since yesterday",
                f"/candidates/{one.pk}/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/candidates/?stage=waiting"

    @pytest.mark.parametrize(
        ("stages", "seen"),
        [
            ((), True),
            (("shortlisted",), True),
            (("interviewed",), True),
            (("turned_down", "reconsidered"), True),
            (("turned_down",), False),
            (("withdrawn",), False),
            (("offered",), False),
            (("offered", "accepted"), False),
        ],
    )
    def test_only_those_whose_turn_is_ours(self, world, sent, stages, seen):
        one = world.put_forward(sent, registration_number="SW12345")
        world.step(one, *stages)
        assert (self.TITLE in today_of(world, "officer", NOW)) is seen

    def test_in_error_or_of_an_order_in_error_is_gone(self, world, sent):
        one = world.put_forward(sent)
        stepping.void_candidate(by=world.director, at=NOW, submission=one, reason="x")
        other = world.send(world.sourced())
        world.put_forward(other)
        assert len(addresses(world, "officer", self.TITLE)) == 1
        taking_back.void(by=world.director, at=AFTER_WINDOW, release=other, reason="x")
        assert self.TITLE not in today_of(world, "officer", NOW)

    def test_the_longest_waiting_comes_first(self, world, sent):
        later, earlier = world.put_forward(sent, "C-1"), world.put_forward(sent, "C-2", at=MONDAY + HOUR)
        assert addresses(world, "officer", self.TITLE) == [f"/candidates/{one.pk}/" for one in (earlier, later)]


# -- disputes -----------------------------------------------------------------------------------------------------------------------


class TestDisputes:
    TITLE = "Disputes to reply to"

    def dispute(self, world, when=AFTER_WINDOW + HOUR):
        release = world.failed()
        return supplier.record_dispute(by=world.officer, at=when, release=release, words="We had one.", said_by="P P")

    def test_a_line_says_what_the_supplier_says(self, world):
        one = self.dispute(world)
        assert lines(world, "officer2", self.TITLE, NOW) == [
            (
                f"{one.release.reference}: North",
                "Pertemps says that the answer we recorded is wrong",
                "since yesterday",
                f"/releases/{one.release_id}/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/releases/?answer=disputed"

    def test_replied_is_done_and_the_oldest_comes_first(self, world):
        later, replied, earlier = self.dispute(world, NOW), self.dispute(world), self.dispute(world)
        supplier.reply_to_dispute(by=world.officer, at=NOW, statement=replied, reply="We looked again.")
        assert addresses(world, "officer", self.TITLE) == [f"/releases/{one.release_id}/" for one in (earlier, later)]
