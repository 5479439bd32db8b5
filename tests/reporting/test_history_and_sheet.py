"""Who changed what, in words and by whom; where a team stands on a day; and the sheet of the weekly meeting with its running total."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.history import changed_since, changes_of
from council.models import Council
from placements.placement import ending, moving, starting
from recruitment.contracts import actions as contracts
from recruitment.exemptions import asking, deciding
from recruitment.orders import by_the_supplier as supplier
from recruitment.requests import actions as vacancies
from reporting.reads.sheet import between, sheet
from reporting.reads.standing import standing_of_team, standing_of_teams
from tests.factories import TeamFactory, TeamFigureFactory
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all of these tests; what a test adds is undone after it."""
    with one_world(django_db_blocker) as world:
        yield world


def said(row) -> dict[str, tuple[str, str]]:
    """Field → (before, after) of the newest change of each."""
    return {change.field: (change.before, change.after) for change in reversed(changes_of(row))}


class TestHistory:
    def test_a_new_row_says_each_field_in_words_and_leaves_out_the_empty_ones(self, world):
        vacancy = world.request(by=world.lead)
        found = said(vacancy)
        assert found["Team"] == ("", "North")
        assert found["Role"] == ("", "Social worker")
        assert found["Hours per week"] == ("", "37")
        assert found["Needed from"] == ("", "22 January 2024")
        assert found["Requested at"] == ("", "8 January 2024, 10:00")
        assert found["Requested by"] == ("", "The lead")
        assert {"Reference", "Version", "Id", "Funded by"} & set(found) == set()
        assert {change.what for change in changes_of(vacancy)} == {f"staffing request {vacancy.reference}"}

    def test_a_change_says_only_what_changed_the_newest_first(self, world):
        vacancy = world.request()
        change = {"by": world.officer, "vacancy": vacancy, "reason": "x"}
        vacancies.change_terms(at=MONDAY + HOUR, **change, base="Kings Court")
        vacancies.change_terms(at=MONDAY + 2 * HOUR, **change, hours_per_week=D("18.5"))
        newest = [one for one in changes_of(vacancy) if one.happened_at > MONDAY]
        assert [
            (one.field, one.before, one.after, one.who) for one in newest if one.field in ("Base", "Hours per week")
        ] == [
            ("Hours per week", "37", "18.5", "The officer"),
            ("Base", "Northgate House", "Kings Court", "The officer"),
        ]
        assert all(one.recorded_at > one.happened_at for one in newest)

    def test_what_happened_earlier_is_told_at_its_own_time(self, world):
        release = world.send(world.sourced())
        world.fail(release, at=AFTER_WINDOW + timedelta(2), happened_at=AFTER_WINDOW, late_reason="Leave")
        newest = changes_of(release)[0]
        assert (newest.happened_at, newest.who) == (AFTER_WINDOW, "The officer")

    def test_an_amount_has_its_thousands_and_a_yes_is_yes(self, world):
        placement = world.book(world.framework_secured())
        assert said(placement.periods.get())["Value"] == ("", "£19,114.20")
        ended = ending.end_early(
            by=world.officer,
            at=at(2, 26),
            placement=placement,
            ended_on=date(2024, 3, 1),
            notice_given_on=date(2024, 2, 26),
            notice_waived=True,
            reason="worker_left",
            rating=3,
            eligible_again=False,
        )
        found = said(ended)
        assert found["Notice waived"] == ("No", "Yes")
        assert found["Eligible again"] == ("", "No")
        assert found["End"] == ("19 April 2024", "1 March 2024")
        assert found["End reason"] == ("", "The worker left")

    def test_a_supplier_is_named_and_is_no_user(self, world):
        release = world.send(world.sourced())
        link = world.link(release, at=MONDAY + HOUR)
        tried = {"own_supply": "tried", "brokered_supply": "tried"}
        said_so = supplier.say_cannot_supply(
            by=link, at=MONDAY + 2 * HOUR, reason="no_candidates", words="Nobody.", said_by="Perry", **tried
        )
        assert {change.who for change in changes_of(said_so)} == {str(link)}
        assert str(link) not in [person.name for person in world.people.values()]

    def test_the_page_shows_one_person_or_one_field(self, world, client_of):
        vacancy = world.request(by=world.lead)
        vacancies.decide(by=world.director, at=MONDAY + HOUR, vacancy=vacancy, decision="agreed", reason="Funded")
        client, address = client_of("auditor"), f"/requests/{vacancy.pk}/history/"
        page = client.get(address)
        assert page.context["people"] == sorted(page.context["people"])
        assert {"The director", "The lead"} <= set(page.context["people"])

        def shown(query):
            return [one for _, changes in client.get(f"{address}?{query}").context["moments"] for one in changes]

        assert {one.who for one in shown("who=The director")} == {"The director"}
        assert {one.field for one in shown("field=Base")} == {"Base"}
        assert shown("who=The director&field=Base") == []
        moments = [key[0] for key, _ in page.context["moments"]]
        assert moments == sorted(moments, reverse=True)

    @pytest.mark.parametrize("kind", ["placements", "exemptions", "contracts"])
    def test_each_history_holds_what_lies_beside(self, world, client_of, kind):
        placement = world.by_exemption()
        subject = {
            "placements": placement,
            "exemptions": placement.release.exemption,
            "contracts": placement.contract,
        }[kind]
        page = client_of("auditor").get(f"/{kind}/{subject.pk}/history/").content.decode()
        beside = {
            "placements": "£19,114.20",
            "exemptions": "No objection.",
            "contracts": f"Exemption {placement.release.exemption.reference}",
        }
        assert beside[kind] in page

    def test_a_correction_is_in_the_history_of_the_placement(self, world, client_of):
        placement = world.placed()
        world.corrected("placement", placement, starts_on=date(2024, 1, 29))
        page = client_of("auditor").get(f"/placements/{placement.pk}/history/").content.decode()
        assert "The e-mail says so" in page

    def test_a_second_approval_is_in_the_history_of_the_contract(self, world, client_of):
        contracts.approve(
            by=world.administrator,
            at=at(1, 9),
            contract=world.framework,
            value=D("1500000"),
            ends_on=date(2027, 12, 31),
            decision_reference="Decision 2",
            decided_on=date(2024, 1, 8),
            approver="Leader",
            ground="More",
        )
        page = client_of("auditor").get(f"/contracts/{world.framework.pk}/history/").content.decode()
        assert "1,500,000.00" in page and "31 December 2027" in page

    def test_who_looked_earlier_is_told_what_changed_since(self, world):
        vacancy = world.request()
        vacancy.refresh_from_db()
        seen = vacancy.version
        assert changed_since(vacancy, seen) == ""
        vacancies.change_terms(by=world.officer, at=at(1, 8, 14, 2), vacancy=vacancy, reason="x", base="Kings Court")
        assert "The officer changed base from “Northgate House” to “Kings Court” at 14:02" in changed_since(
            vacancy, seen
        )


class TestTeams:
    """Full time is 37 hours."""

    def test_a_team_without_figures_has_none(self, world):
        found = standing_of_team(world.team, date(2024, 1, 8))
        assert (found.establishment_fte, found.in_post_fte, found.figure_from) == (None, None, None)
        assert (found.agreed_fte, found.cover_fte) == (D("0.00"), D("0.00"))

    @pytest.mark.parametrize(
        ("on", "establishment"),
        [(date(2024, 1, 31), "10.00"), (date(2024, 2, 1), "12.50"), (date(2025, 1, 1), "12.50")],
    )
    def test_its_figures_are_those_in_force(self, world, on, establishment):
        for day, fte in ((date(2023, 1, 1), "10.00"), (date(2024, 2, 1), "12.50")):
            TeamFigureFactory(team=world.team, on=day, establishment_fte=D(fte), in_post_fte=D("8.00"))
        assert standing_of_team(world.team, on).establishment_fte == D(establishment)

    def test_agreed_is_what_nobody_covers_yet(self, world):
        world.request(hours_per_week=D("37"))  # not agreed
        world.agreed(hours_per_week=D("37"))
        world.sourced(hours_per_week=D("18.5"))
        covered = world.placed()
        assert standing_of_team(world.team, date(2024, 1, 22)).agreed_fte == D("2.50")
        starting.confirm_start(by=world.officer, at=at(1, 22), placement=covered)
        assert standing_of_team(world.team, date(2024, 1, 22)).agreed_fte == D("1.50")

    def test_cover_is_who_works_for_the_team_on_the_day(self, world):
        south = TeamFactory(service=world.team.service, name="South")
        placement = world.placed()
        release = world.secured(hours_per_week=D("10"))
        world.book(release, ends_on=date(2024, 2, 9))
        moving.move_team(
            by=world.officer, at=at(2, 1), placement=placement, team=south, starts_on=date(2024, 2, 5), reason="x"
        )

        def cover(day):
            found = standing_of_teams([world.team.pk, south.pk, world.other_team.pk], day)
            return [str(found[team.pk].cover_fte) for team in (world.team, south, world.other_team)]

        assert cover(date(2024, 1, 21)) == ["0.00", "0.00", "0.00"]
        assert cover(date(2024, 1, 22)) == ["1.27", "0.00", "0.00"]  # 37 and 10 hours
        assert cover(date(2024, 2, 4)) == ["1.27", "0.00", "0.00"]
        assert cover(date(2024, 2, 5)) == ["0.27", "1.00", "0.00"]
        assert cover(date(2024, 2, 10)) == ["0.00", "1.00", "0.00"]
        assert cover(date(2024, 4, 20)) == ["0.00", "0.00", "0.00"]

    def test_full_time_is_the_councils_own_figure(self, world):
        world.agreed(hours_per_week=D("37"))
        Council(pk=1, full_time_hours=D("40")).save()
        assert standing_of_team(world.team, date(2024, 1, 8)).agreed_fte == D("0.93")  # 0.925


class TestSheet:
    def test_the_oldest_comes_first_with_a_running_total(self, world):
        """13 weeks of £42.00 from 22 January: 63 working days; two weeks: 10; six weeks of seven days: 42."""
        second = world.request(MONDAY + HOUR, expected_weeks=2)
        first = world.request(MONDAY)
        third = world.request(MONDAY + 2 * HOUR, expected_weeks=6, pattern="seven_days", hours_per_week=D("18.5"))
        world.agreed()
        rows = sheet(date(2024, 1, 10))
        assert [row.vacancy for row in rows] == [first, second, third]
        assert [row.line.cost for row in rows] == [D("19580.40"), D("3108.00"), D("4662.00")]
        assert [row.total for row in rows] == [D("19580.40"), D("22688.40"), D("27350.40")]
        assert [row.line.fte for row in rows] == [D("1.00"), D("1.00"), D("0.50")]

    def test_a_line_says_where_its_team_stands(self, world):
        TeamFigureFactory(team=world.team, on=date(2024, 1, 9), establishment_fte=D("10"), in_post_fte=D("8"))
        world.request()
        world.agreed()
        (row,) = sheet(date(2024, 1, 9))
        line = row.line
        assert (line.establishment_fte, line.in_post_fte, line.agreed_fte, line.cover_fte) == (
            D("10.00"),
            D("8.00"),
            D("1.00"),
            D("0.00"),
        )
        (row,) = sheet(date(2024, 1, 8))
        assert row.line.establishment_fte is None

    def test_what_was_decided_between_is_told_with_the_same_lines(self, world):
        world.request()
        decided = world.agreed(MONDAY, expected_weeks=2)
        (row,) = between(AFTER_WINDOW)
        assert (row.vacancy, row.line.cost, row.total) == (decided, D("3108.00"), D("3108.00"))
        assert between(MONDAY - timedelta(days=1)) == []


def test_an_exemption_that_was_completed_tells_both_looks(world, client_of):
    exemption = world.exemption()
    deciding.decide(by=world.director, at=AFTER_WINDOW, exemption=exemption, decision="returned", reason="More.")
    asked = world.asked(exemption.needs.get().vacancy, value=D("31000.00"))
    exemption.refresh_from_db()
    asking.complete_exemption(by=world.officer, at=AFTER_WINDOW + HOUR, exemption=exemption, asked=asked)
    values = [(one.before, one.after) for one in changes_of(exemption) if one.after in ("£31,000.00", "£30,000.00")]
    assert values == [("£30,000.00", "£31,000.00"), ("", "£30,000.00")]
