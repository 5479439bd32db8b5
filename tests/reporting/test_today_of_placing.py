"""Today for those who place workers: whom to book, whom to ask, and placements that end or have ended; in which words and order."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.models import Council
from placements.hires import actions as hires
from placements.placement import ending, starting, transferring
from placements.placement import need as needs
from recruitment.orders import taking_back
from recruitment.requests import actions as vacancies
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import at, lines, one_world, today_of, who_sees

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


# -- workers to book ------------------------------------------------------------------------------------------------------------------


class TestWorkersToBook:
    TITLE = "Workers to book"

    def test_a_line_leads_to_the_booking(self, world):
        release = world.secured()
        assert lines(world, "officer", self.TITLE, at(1, 9)) == [
            (
                f"{release.vacancy.reference}: North",
                "Pertemps has secured somebody, and nobody is booked",
                "since yesterday",
                f"/releases/{release.pk}/book/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/releases/?answer=secured"

    def test_a_permanent_start_is_recorded_on_the_request(self, world):
        vacancy = world.sourced()
        release = world.secure(world.send(vacancy, world.permanent))
        assert addresses(world, "officer", self.TITLE) == [f"/requests/{vacancy.pk}/permanent-start/"]
        hires.record_hire(
            by=world.officer,
            at=AFTER_WINDOW,
            vacancy=vacancy,
            release=release,
            starts_on=date(2024, 2, 5),
            registration_number="SW1212",
            worker_name="A",
            fee=D("5000.00"),
        )
        assert self.TITLE not in today_of(world, "officer", NOW)

    @pytest.mark.parametrize("how", ["booked", "will not come", "in error", "need ended"])
    def test_it_is_gone_once(self, world, how):
        release = world.secured() if how != "need ended" else world.secure(world.send(world.sourced(), world.permanent))
        if how == "booked":
            world.book(release)
        elif how == "will not come":
            taking_back.worker_will_not_come(by=world.officer, at=NOW, release=release, reason="x")
        elif how == "in error":
            taking_back.void(by=world.director, at=NOW, release=release, reason="x")
        else:
            needs.end_need(by=world.officer, at=NOW, vacancy=release.vacancy, reason="x")
        assert self.TITLE not in today_of(world, "officer", NOW)

    def test_a_booking_in_error_is_to_be_made_again(self, world):
        release = world.secured()
        ending.void(by=world.director, at=NOW, placement=world.book(release), reason="x")
        assert addresses(world, "officer", self.TITLE) == [f"/releases/{release.pk}/book/"]

    def test_the_oldest_answer_comes_first(self, world):
        later = world.secure(world.send(world.sourced()), at=MONDAY + 2 * HOUR)
        earlier = world.secured()
        assert addresses(world, "officer", self.TITLE) == [f"/releases/{one.pk}/book/" for one in (earlier, later)]


# -- requests to send ------------------------------------------------------------------------------------------------------------------


class TestRequestsToSend:
    TITLE = "Requests to send"

    @pytest.mark.parametrize(
        ("recorded", "why"),
        [(False, "Direct recruitment is not recorded yet"), (True, "No supplier is being asked")],
    )
    def test_a_line_says_what_is_missing(self, world, recorded, why):
        one = world.sourced() if recorded else world.agreed()
        assert lines(world, "officer", self.TITLE, at(1, 9)) == [
            (f"{one.reference}: North", why, "since yesterday", f"/requests/{one.pk}/")
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/requests/?stage=open"

    @pytest.mark.parametrize(
        ("how", "seen"),
        [
            ("asked", False),
            ("not secured", True),
            ("secured", False),
            ("taken back", True),
            ("fell through", True),
            ("in error", True),
            ("permanent staff asked", True),
            ("ended", False),
        ],
    )
    def test_only_while_no_supplier_is_asked_or_has_somebody(self, world, how, seen):
        vacancy = world.sourced()
        if how == "permanent staff asked":
            world.send(vacancy, world.permanent)
        elif how == "ended":
            needs.end_need(by=world.officer, at=NOW, vacancy=vacancy, reason="x")
        else:
            release = world.send(vacancy)
            if how == "not secured":
                world.fail(release)
            elif how in ("secured", "fell through"):
                world.secure(release)
            elif how == "taken back":
                taking_back.withdraw(by=world.officer, at=NOW, release=release, reason="x")
            elif how == "in error":
                taking_back.void(by=world.director, at=NOW, release=release, reason="x")
        if how == "fell through":
            taking_back.worker_will_not_come(by=world.officer, at=NOW, release=release, reason="x")
        assert (self.TITLE in today_of(world, "officer", NOW)) is seen

    def test_after_other_terms_it_is_to_be_sent_once(self, world):
        vacancy = world.sourced()
        world.send(vacancy)
        vacancies.change_terms(by=world.officer, at=NOW, vacancy=vacancy, reason="x", job_type="team_manager")
        assert addresses(world, "officer", self.TITLE) == [f"/requests/{vacancy.pk}/"]

    def test_one_that_is_not_agreed_is_not_sent(self, world):
        world.request()
        assert self.TITLE not in today_of(world, "officer", NOW)

    def test_the_oldest_comes_first(self, world):
        later, earlier = world.agreed(at=MONDAY + HOUR), world.agreed()
        assert addresses(world, "officer", self.TITLE) == [f"/requests/{one.pk}/" for one in (earlier, later)]


# -- placements that ended, and that end ---------------------------------------------------------------------------------------------------


class TestPlacementsThatEnded:
    TITLE = "Placements that ended"

    @pytest.fixture
    def started(self, world, placed):
        return starting.confirm_start(by=world.officer, at=at(1, 22), placement=placed)

    def test_a_line_asks_whether_the_need_goes_on(self, world, started):
        assert lines(world, "officer", self.TITLE, at(4, 22)) == [
            (
                f"{started.vacancy.reference}: North",
                "The placement has ended. Does the need go on?",
                "for 3 days",
                f"/requests/{started.vacancy_id}/",
            )
        ]
        assert today_of(world, "officer", at(4, 22))[self.TITLE].all_url == "/requests/?stage=covered"

    @pytest.mark.parametrize(("now", "since"), [(at(4, 19, 23), None), (at(4, 20, 0), "since yesterday")])
    def test_from_the_day_after_the_last(self, world, started, now, since):
        assert [line[2] for line in lines(world, "officer", self.TITLE, now)] == ([since] if since else [])

    def test_an_end_before_its_day_counts_from_there(self, world, started):
        end_early(world, started, date(2024, 2, 9))
        assert [line[2] for line in lines(world, "officer", self.TITLE, at(2, 12))] == ["for 3 days"]

    @pytest.mark.parametrize("how", ["need ended", "new round", "extended"])
    def test_it_is_gone_once(self, world, started, how):
        if how == "need ended":
            needs.end_need(by=world.officer, at=at(4, 22), vacancy=started.vacancy, reason="x")
        elif how == "new round":
            vacancies.start_round(by=world.officer, at=at(4, 22), vacancy=started.vacancy, reason="x")
        else:
            world.extend(started, date(2024, 4, 22), at=at(4, 17))
        assert self.TITLE not in today_of(world, "officer", at(4, 22))

    def test_the_one_that_ended_first_comes_first(self, world, started):
        earlier = world.placed(ends_on=date(2024, 4, 12))
        starting.confirm_start(by=world.officer, at=at(1, 22), placement=earlier)
        assert addresses(world, "officer", self.TITLE, at(4, 22)) == [
            f"/requests/{one.vacancy_id}/" for one in (earlier, started)
        ]

    def test_the_last_of_several_placements_counts(self, world, started):
        """The second was there until Friday 26 April."""
        started.vacancy.refresh_from_db()
        vacancies.start_round(by=world.officer, at=at(4, 8), vacancy=started.vacancy, reason="x")
        started.vacancy.refresh_from_db()
        world.direct(started.vacancy, at(4, 8))
        again = world.secure(world.send(started.vacancy, at=at(4, 8), starts_on=date(2024, 4, 22)), at=at(4, 8, 12))
        days = {"starts_on": date(2024, 4, 22), "ends_on": date(2024, 4, 26)}
        second = world.book(again, at=at(4, 9), **days)
        starting.confirm_start(by=world.officer, at=at(4, 22), placement=second)
        assert self.TITLE not in today_of(world, "officer", at(4, 26, 23))
        assert [line[2] for line in lines(world, "officer", self.TITLE, at(4, 29))] == ["for 3 days"]

    def test_a_need_whose_worker_was_entered_in_error_is_no_question(self, world):
        brought = bring_forward(world)
        assert self.TITLE not in today_of(world, "officer", NOW)
        ending.void(by=world.director, at=NOW, placement=brought, reason="x")
        assert self.TITLE not in today_of(world, "officer", at(4, 22))


class TestPlacementsThatEnd:
    TITLE = "Placements ending within 8 weeks"

    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (at(2, 22, 23), None),
            (at(2, 23, 0), "56 days left"),
            (at(4, 17), "2 days left"),
            (at(4, 18), "1 day left"),
            (at(4, 19, 23), "ends today"),
            (at(4, 20, 0), None),
        ],
    )
    def test_from_eight_weeks_before_to_the_last_day(self, world, placed, now, left):
        why = "In post until 19 April 2024: extend, or plan the end"
        who = f"{placed.reference}: {placed.worker.name}, North"
        found = lines(world, "officer", self.TITLE, now)
        assert found == ([(who, why, left, f"/placements/{placed.pk}/")] if left else [])

    def test_officers_and_the_lead_find_it_each_with_what_they_can_do(self, world, placed):
        assert who_sees(world, self.TITLE, at(4, 1)) == OFFICERS | {"lead"}
        said = {who: lines(world, who, self.TITLE, at(4, 1))[0][1] for who in ("officer", "lead")}
        assert said == {
            "officer": "In post until 19 April 2024: extend, or plan the end",
            "lead": "In post until 19 April 2024: tell a commissioning officer if the need goes on",
        }
        assert today_of(world, "lead", at(4, 1))[self.TITLE].all_url == "/placements/?stage=ending"

    def test_the_council_says_how_many_weeks(self, world, placed):
        Council.objects.update_or_create(pk=1, defaults={"ending_soon_weeks": 1})
        title = "Placements ending within 1 week"
        assert title not in today_of(world, "officer", at(4, 11))
        assert title in today_of(world, "officer", at(4, 12))

    @pytest.mark.parametrize("how", ["ended early", "end recorded", "transferred", "in error"])
    def test_one_whose_end_is_known_is_not_there(self, world, placed, how):
        if how == "ended early":
            end_early(world, placed, date(2024, 4, 12))
        elif how == "end recorded":
            placed = world.placed(ends_on=date(2024, 4, 12))
            record_end(world, placed, at(4, 12))
        elif how == "in error":
            ending.void(by=world.director, at=NOW, placement=placed, reason="x")
        else:
            moved = self.transferred(world, placed)
            assert f"/placements/{moved.pk}/" in addresses(world, "officer", self.TITLE, at(4, 15))
        assert f"/placements/{placed.pk}/" not in addresses(world, "officer", self.TITLE, at(4, 12))

    def transferred(self, world, placed):
        """From 15 April on with Alderway, through Pertemps still: the first stays in post until the day before."""
        starting.confirm_start(by=world.officer, at=at(1, 22), placement=placed)
        placed.vacancy.refresh_from_db()
        vacancies.start_round(by=world.officer, at=at(3, 1), vacancy=placed.vacancy, reason="x")
        placed.vacancy.refresh_from_db()
        world.direct(placed.vacancy, at(3, 1))
        sent = world.send(placed.vacancy, at=at(3, 1), starts_on=date(2024, 4, 15))
        secured = world.secure(sent, at=at(3, 1, 12), supply_mode="brokered", supplying_agency=world.brokered)
        return transferring.transfer(
            by=world.officer,
            at=at(4, 11),
            placement=placed,
            release=secured,
            starts_on=date(2024, 4, 15),
            ends_on=date(2024, 4, 30),
            pay_rate=D("33.00"),
            charge_rate=D("41.00"),
            reason="x",
        )

    def test_the_first_to_end_comes_first(self, world, placed):
        earlier = world.placed(ends_on=date(2024, 4, 5))
        assert addresses(world, "officer", self.TITLE, at(4, 1)) == [
            f"/placements/{one.pk}/" for one in (earlier, placed)
        ]
