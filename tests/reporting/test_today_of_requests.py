"""Today for those who agree requests and confirm emergencies: which rows are there, oldest first, in which words, and who never finds them."""

from datetime import date, timedelta

import pytest

from council.models import Council, Deputy, User
from placements.brought_forward import actions as brought_forward_actions
from placements.emergencies import actions as emergencies
from placements.emergencies.actions import mark_unconfirmed_emergencies
from placements.models import Breach
from placements.placement import ending
from recruitment.models import EmergencyCall
from recruitment.requests import actions as vacancies
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT
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


# -- requests to agree --------------------------------------------------------------------------------------------------------


class TestRequestsToAgree:
    TITLE = "Requests to agree"

    def test_a_line_says_what_who_and_since_when(self, world):
        one = world.request(kind="cover", job_type="team_manager")
        assert lines(world, "director", self.TITLE, NOW) == [
            (
                f"{one.reference}: Team manager, North",
                "Cover for an absent employee, asked for by The lead",
                "for 3 days",
                f"/requests/{one.pk}/decide/",
            )
        ]

    @pytest.mark.parametrize(
        ("now", "since"),
        [
            (MONDAY, "today"),
            (at(1, 8, 23, 59), "today"),
            (at(1, 9, 0, 1), "since yesterday"),
            (at(1, 10, 0), "for 2 days"),
            (at(1, 11, 23), "for 3 days"),
        ],
    )
    def test_since_counts_calendar_days(self, world, now, since):
        world.request()
        assert [line[2] for line in lines(world, "director", self.TITLE, now)] == [since]

    def test_who_asked_does_not_find_their_own(self, world):
        deputy(world, "staffing_request", user="lead")
        mine, other = world.request(), world.request(by=world.officer)
        assert addresses(world, "lead", self.TITLE) == [f"/requests/{other.pk}/decide/"]
        assert addresses(world, "director", self.TITLE) == [
            f"/requests/{mine.pk}/decide/",
            f"/requests/{other.pk}/decide/",
        ]

    @pytest.mark.parametrize(
        ("now", "seen"),
        [(at(1, 9, 23), False), (at(1, 10, 0), True), (at(1, 12, 23), True), (at(1, 13, 0), False)],
    )
    def test_a_deputy_finds_it_from_the_first_day_to_the_last(self, world, now, seen):
        world.request()
        deputy(world, "staffing_request")
        assert (self.TITLE in today_of(world, "nobody", now)) is seen

    def test_neither_a_deputy_for_something_else_nor_one_switched_off_finds_it(self, world):
        world.request()
        deputy(world, "breach")
        deputy(world, "staffing_request", user="officer2")
        User.objects.filter(pk=world.officer2.pk).update(is_active=False)
        assert who_sees(world, self.TITLE, NOW) == {"director", "finance"}

    def test_a_deputy_of_somebody_without_the_role_finds_nothing(self, world):
        world.request()
        deputy(world, "staffing_request", for_user="auditor")
        assert self.TITLE not in today_of(world, "nobody", NOW)

    def test_held_ones_stay_and_decided_ones_go(self, world):
        waits, held, agreed, down, gone = (world.request(at=MONDAY + timedelta(minutes=n)) for n in range(5))
        for one, decision in ((held, "deferred"), (agreed, "agreed"), (down, "turned_down")):
            vacancies.decide(by=world.director, at=AFTER_WINDOW, vacancy=one, decision=decision, reason="x")
        vacancies.withdraw(by=world.lead, at=AFTER_WINDOW, vacancy=gone, reason="x")
        assert addresses(world, "director", self.TITLE) == [f"/requests/{one.pk}/decide/" for one in (waits, held)]

    def test_of_eight_all_are_shown_the_oldest_first(self, world):
        found = [world.request(at=MONDAY - n * DAY) for n in range(8)]
        section = today_of(world, "director", NOW)[self.TITLE]
        assert section.count == 8
        assert [one.url for one in section.items] == [f"/requests/{one.pk}/decide/" for one in found[::-1]]

    def test_of_ten_the_six_oldest_and_the_two_newest_are_shown(self, world):
        found = [world.request(at=MONDAY - n * DAY) for n in range(10)]
        section = today_of(world, "director", NOW)[self.TITLE]
        assert (section.count, section.all_url) == (10, "/meetings/sheet/")
        shown = [*found[:3:-1], found[1], found[0]]
        assert [one.url for one in section.items] == [f"/requests/{one.pk}/decide/" for one in shown]


# -- needs that go on -----------------------------------------------------------------------------------------------------------


class TestNeedsToAgree:
    TITLE = "Needs to agree"

    @pytest.fixture
    def brought(self, world):
        """In post on 8 January 2024, until 4 March: eight weeks to the day."""
        brought_forward_actions.open_batch(by=world.administrator, at=MONDAY, on=date(2024, 1, 8))
        return self.bring(world, date(2024, 3, 4))

    def bring(self, world, ends_on, **fields):
        found = world.found(
            agency=world.pertemps, contract=world.corporate, starts_on=date(2023, 12, 4), ends_on=ends_on, **fields
        )
        return brought_forward_actions.bring_forward(
            by=world.administrator, at=MONDAY, found=found, proof_held="none held"
        )

    def test_a_line_says_what_and_why(self, world, brought):
        assert lines(world, "finance", self.TITLE, at(1, 9)) == [
            (
                f"{brought.vacancy.reference}: Social worker, North",
                "Brought forward and ending soon. Is the need agreed, so that it may go on?",
                "since yesterday",
                f"/requests/{brought.vacancy_id}/decide/",
            )
        ]

    @pytest.mark.parametrize(
        ("now", "seen"),
        [(at(1, 7, 23), False), (at(1, 8, 0), True), (at(3, 4, 23), True), (at(3, 5, 0), False)],
    )
    def test_from_eight_weeks_before_the_end_to_the_last_day(self, world, brought, now, seen):
        assert (self.TITLE in today_of(world, "director", now)) is seen

    def test_the_council_says_how_many_weeks(self, world, brought):
        Council.objects.update_or_create(pk=1, defaults={"ending_soon_weeks": 2})
        assert self.TITLE not in today_of(world, "director", at(2, 18))
        assert self.TITLE in today_of(world, "director", at(2, 19))

    def test_who_brought_it_forward_does_not(self, world, brought):
        deputy(world, "staffing_request", user="administrator")
        assert self.TITLE not in today_of(world, "administrator", NOW)

    def test_agreed_is_done(self, world, brought):
        vacancies.decide(by=world.director, at=NOW, vacancy=brought.vacancy, decision="agreed", reason="x")
        assert self.TITLE not in today_of(world, "director", NOW)

    def test_neither_entered_in_error_nor_found_as_a_breach(self, world, brought):
        ending.void(by=world.director, at=NOW, placement=brought, reason="x")
        world.breach(ends_on=date(2024, 1, 19))
        assert self.TITLE not in today_of(world, "director", NOW)

    def test_they_stand_in_the_order_of_their_entry(self, world, brought):
        later = self.bring(world, date(2024, 2, 2))
        assert addresses(world, "director", self.TITLE) == [
            f"/requests/{one.vacancy_id}/decide/" for one in (brought, later)
        ]


# -- emergencies ---------------------------------------------------------------------------------------------------------------


class TestEmergencies:
    TITLE = "Emergencies to confirm"
    SOON = at(1, 15, 9)

    def call_of(self, release):
        return EmergencyCall.objects.get(vacancy=release.vacancy_id)

    def decide(self, world, release, decision, when=SOON):
        emergencies.decide_emergency(
            by=world.director, at=when, call=self.call_of(release), decision=decision, reason="x"
        )

    def test_a_line_says_by_when(self, world):
        vacancy = world.called().vacancy
        assert lines(world, "director", self.TITLE, self.SOON) == [
            (
                f"{vacancy.reference}: Social worker, North",
                "Ordered out of hours. To be confirmed by Monday 15 January, 17:00",
                "for 2 days",
                f"/requests/{vacancy.pk}/confirm/",
            )
        ]
        assert today_of(world, "director", self.SOON)[self.TITLE].all_url == "/requests/?origin=emergency"

    def test_a_deputy_without_a_role_finds_it_without_a_link_to_the_list(self, world):
        world.called()
        deputy(world, "emergency", ends_on=date(2024, 1, 15))
        section = today_of(world, "nobody", self.SOON)[self.TITLE]
        assert (section.count, section.all_url) == (1, "")
        assert self.TITLE not in today_of(world, "nobody", at(1, 16, 0))

    def test_who_recorded_the_call_does_not(self, world):
        world.called()
        deputy(world, "emergency", user="officer", ends_on=date(2024, 1, 31))
        deputy(world, "emergency", user="officer2", ends_on=date(2024, 1, 31))
        assert self.TITLE not in today_of(world, "officer", self.SOON)
        assert self.TITLE in today_of(world, "officer2", self.SOON)

    @pytest.mark.parametrize("decision", ["confirmed", "not_confirmed"])
    def test_decided_is_done(self, world, decision):
        self.decide(world, world.called(), decision)
        assert self.TITLE not in today_of(world, "director", self.SOON)

    def test_what_became_a_breach_is_no_longer_confirmed(self, world):
        late, other = world.called(), world.called(at=SATURDAY_NIGHT + timedelta(minutes=1))
        when = SATURDAY_NIGHT + timedelta(hours=1)
        days = {"starts_on": date(2024, 1, 14), "ends_on": date(2024, 1, 27), "pattern": "seven_days"}
        world.book(world.secure(late, at=when), at=when, **days)
        before, after = at(1, 15, 17), at(1, 15, 17, 1)
        mark_unconfirmed_emergencies(before)
        assert len(addresses(world, "director", self.TITLE, before)) == 2
        mark_unconfirmed_emergencies(after)
        assert addresses(world, "director", self.TITLE, after) == [f"/requests/{other.vacancy_id}/confirm/"]
        assert Breach.objects.get().kind == "emergency_not_confirmed"

    def test_the_one_to_confirm_first_comes_first(self, world):
        monday_night = world.called(at=at(1, 15, 22))
        saturday = world.called()
        assert addresses(world, "director", self.TITLE, at(1, 16, 9)) == [
            f"/requests/{one.vacancy_id}/confirm/" for one in (saturday, monday_night)
        ]
