"""The weekly meeting: every request on one sheet, decided down the list, all of it or nothing, and kept as it was."""

import re
from datetime import date, timedelta
from decimal import Decimal as D
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.errors import NotAllowed, RuleViolation
from council.models import Role, TeamFigure
from recruitment.meetings.actions import Taken, hold_meeting
from recruitment.models import Meeting, MeetingItem, Vacancy
from reporting.reads.sheet import between, sheet
from tests.conftest import refused_as
from tests.factories import RoleGrantFactory
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import page_of

PRESENT = "The director, Assistant Director\nThe finance, finance officer"


def hold(world, taken=None, at=AFTER_WINDOW, by=None, **fields):
    rows = [*sheet(at.date()), *between(at)]
    lines = {row.vacancy.pk: row.line for row in rows}
    details = {"held_on": at.date(), "present": PRESENT} | fields
    return hold_meeting(by=by or world.director, at=at, lines=lines, taken=taken or {}, **details)


def test_the_sheet_says_what_each_costs_and_where_the_team_stands(world):
    """13 weeks without Good Friday and Easter Monday are 63 days of 7.4 hours: at £42.00 they are £19,580.40, half of it £9,790.20."""
    TeamFigure.objects.create(
        team=world.team, on=date(2024, 1, 1), establishment_fte=D("20"), in_post_fte=D("16.5"), source="x"
    )
    world.placed()
    world.request()
    world.request(hours_per_week=D("18.5"))
    rows = sheet(date(2024, 1, 22))
    assert [row.line.cost for row in rows] == [D("19580.40"), D("9790.20")]
    assert [row.total for row in rows] == [D("19580.40"), D("29370.60")]
    line = rows[1].line
    assert (line.fte, line.establishment_fte, line.in_post_fte, line.cover_fte) == (
        D("0.50"),
        D("20.00"),
        D("16.50"),
        D("1.00"),
    )


def test_a_meeting_decides_down_the_list_and_keeps_the_sheet(world):
    one, two, three, four = (world.request() for _ in range(4))
    taken = {
        one.pk: Taken("agreed", "Funded", one.version),
        two.pk: Taken("turned_down", "No budget", two.version),
        three.pk: Taken("deferred", "Wait for the figures", three.version),
    }
    meeting = hold(world, taken)
    statuses = dict(Vacancy.objects.values_list("pk", "status"))
    assert [statuses[v.pk] for v in (one, two, three, four)] == ["agreed", "turned_down", "deferred", "requested"]
    kept = {item.vacancy_id: item for item in meeting.items.all()}
    assert [kept[v.pk].decision for v in (one, two, three, four)] == ["agreed", "turned_down", "deferred", "none"]
    assert (kept[one.pk].reason, kept[one.pk].decided_by, kept[one.pk].cost) == (
        "Funded",
        world.director,
        D("19580.40"),
    )
    assert one.rounds.count() == 1


def test_what_was_decided_between_is_listed_at_the_next_and_only_there(world):
    before = world.agreed()
    first = hold(world)
    beside = world.agreed(at=AFTER_WINDOW + timedelta(days=1))
    second = hold(world, at=AFTER_WINDOW + timedelta(days=7))
    third = hold(world, at=AFTER_WINDOW + timedelta(days=14))
    listed = [[item.vacancy for item in meeting.items.filter(is_between=True)] for meeting in (first, second, third)]
    assert listed == [[before], [beside], []]
    assert first.items.get().decided_by == world.director


def test_a_held_request_comes_again_and_may_be_agreed(world):
    vacancy = world.request()
    hold(world, {vacancy.pk: Taken("deferred", "Later", vacancy.version)})
    vacancy.refresh_from_db()
    later = AFTER_WINDOW + timedelta(days=7)
    second = hold(world, {vacancy.pk: Taken("agreed", "Now", vacancy.version)}, at=later)
    assert [item.decision for item in MeetingItem.objects.order_by("pk")] == ["deferred", "agreed"]
    assert not second.items.filter(is_between=True).exists()


@pytest.mark.parametrize("wrong", ["own", "changed", "no reason"])
def test_one_that_is_refused_keeps_nothing_of_the_meeting(world, wrong):
    good = world.request()
    bad = world.request(by=world.lead if wrong != "own" else None)
    by = world.director
    if wrong == "own":
        bad.requested_by = world.director
        bad.save()
    version = bad.version + 1 if wrong == "changed" else bad.version
    taken = {
        good.pk: Taken("agreed", "Funded", good.version),
        bad.pk: Taken("agreed", " " if wrong == "no reason" else "Funded", version),
    }
    with pytest.raises(RuleViolation) as found:
        hold(world, taken, by=by)
    assert found.value.field == f"reason_{bad.pk}"
    assert not Meeting.objects.exists()
    good.refresh_from_db()
    assert good.status == "requested"


def test_one_decided_meanwhile_is_said(world):
    vacancy = world.request()
    lines = {row.vacancy.pk: row.line for row in sheet(AFTER_WINDOW.date())}
    from recruitment.requests import actions as vacancies

    vacancies.decide(by=world.finance, at=AFTER_WINDOW, vacancy=vacancy, decision="agreed", reason="x")
    with pytest.raises(RuleViolation, match="decided meanwhile"):
        hold_meeting(
            by=world.director,
            at=AFTER_WINDOW + timedelta(minutes=1),
            held_on=AFTER_WINDOW.date(),
            present=PRESENT,
            lines=lines,
            taken={vacancy.pk: Taken("agreed", "y", 1)},
        )
    assert not Meeting.objects.exists()


def test_a_sheet_that_met_a_change_is_sent_again(world, client_of):
    from recruitment.requests import actions as vacancies

    with time_machine.travel(AFTER_WINDOW, tick=False):
        vacancy = world.request(by=world.lead)
        director, key = client_of("director"), vacancy.pk
        form = {
            "held_on_day": "10",
            "held_on_month": "1",
            "held_on_year": "2024",
            "present": PRESENT,
            f"decision_{key}": "agreed",
            f"reason_{key}": "Funded",
            f"version_{key}": vacancy.version,
        }
        vacancies.change_terms(by=world.officer, at=AFTER_WINDOW, vacancy=vacancy, reason="x", base="Kings Court")
        page = director.post("/meetings/sheet/", form).content.decode()
        assert "While you had" in page and not Meeting.objects.exists()
        version = re.search(rf'name="version_{key}" value="(\d+)"', page).group(1)
        assert director.post("/meetings/sheet/", form | {f"version_{key}": version}).status_code == 302
        assert Meeting.objects.count() == 1


def test_one_held_between_the_meetings_waits_on_the_sheet_only(world):
    from recruitment.requests import actions as vacancies

    vacancy = world.request()
    vacancies.decide(by=world.finance, at=AFTER_WINDOW, vacancy=vacancy, decision="deferred", reason="Later")
    meeting = hold(world, at=AFTER_WINDOW + timedelta(hours=1))
    assert [(item.vacancy, item.is_between) for item in meeting.items.all()] == [(vacancy, False)]


def test_what_was_decided_in_the_moment_of_a_meeting_is_on_the_next(world):
    from recruitment.requests import actions as vacancies

    vacancy = world.request()
    hold(world)
    vacancies.decide(
        by=world.finance, at=AFTER_WINDOW - timedelta(seconds=1), vacancy=vacancy, decision="agreed", reason="x"
    )
    meeting = hold(world, at=AFTER_WINDOW + timedelta(days=7))
    assert [item.vacancy for item in meeting.items.filter(is_between=True)] == [vacancy]


def test_an_emergency_confirmed_between_is_listed(world):
    from placements.emergencies import actions as emergencies
    from recruitment.models import EmergencyCall

    release = world.called()
    monday = MONDAY + timedelta(days=7)
    call = EmergencyCall.objects.get()
    emergencies.decide_emergency(by=world.director, at=monday, call=call, decision="confirmed", reason="x")
    assert [row.vacancy for row in between(monday + timedelta(hours=1))] == [release.vacancy]


def test_the_page_keeps_to_the_sheet_that_was_sent(world, client_of):
    """One asked for since waits for the next meeting; one decided since is said; a reason alone asks for a decision."""
    from recruitment.requests import actions as vacancies

    with time_machine.travel(AFTER_WINDOW, tick=False):
        one, two = world.request(by=world.lead), world.request(by=world.lead)
        director = client_of("director")
        form = {"held_on_day": "10", "held_on_month": "1", "held_on_year": "2024", "present": PRESENT}
        form |= {f"decision_{one.pk}": "agreed", f"reason_{one.pk}": "Funded", f"version_{one.pk}": one.version}
        alone = form | {f"decision_{one.pk}": ""}
        page = director.post("/meetings/sheet/", alone).content.decode()
        assert f"Choose a decision on {one.reference}" in page
        new = world.request(by=world.lead)
        assert new.reference not in page
        vacancies.decide(by=world.finance, at=AFTER_WINDOW, vacancy=two, decision="turned_down", reason="x")
        gone = {f"decision_{two.pk}": "agreed", f"reason_{two.pk}": "x", f"version_{two.pk}": two.version}
        page = director.post("/meetings/sheet/", form | gone).content.decode()
        assert f"{two.reference} has been decided meanwhile" in page and not Meeting.objects.exists()
        assert director.post("/meetings/sheet/", form).status_code == 302
        statuses = dict(Vacancy.objects.values_list("pk", "status"))
        assert (statuses[one.pk], statuses[new.pk]) == ("agreed", "requested")


def sent(page) -> dict[str, str]:
    """What a browser sends of a sheet: its hidden fields, with the day and who was present."""
    hidden = re.findall(r'<input type="hidden" name="(version_\d+)" value="(\d+)"', page.content.decode())
    return {"held_on_day": "10", "held_on_month": "1", "held_on_year": "2024", "present": PRESENT} | dict(hidden)


def test_a_long_sheet_comes_in_parts_and_each_is_recorded_alone(world, client_of):
    RoleGrantFactory(user=world.lead, role=Role.ASSISTANT_DIRECTOR)
    first = world.request(by=world.lead)  # an own request is on the sheet, for somebody else to decide
    rows = [first, *(world.request(by=world.officer) for _ in range(26))]
    with time_machine.travel(AFTER_WINDOW, tick=False):
        director = client_of("lead")
        page = director.get("/meetings/sheet/")
        assert "27 requests wait" in page.content.decode() and "25 of them are on this sheet" in page.content.decode()
        following = f"/meetings/sheet/?after={rows[24].pk}"
        assert page.content.decode().count(f'href="{following}"') == 1
        assert [one["row"].vacancy for one in page.context["table"]] == rows[:25]
        last = director.get(following)
        assert "2 of them are on this sheet, the oldest first of those that follow" in page_of(director, following)
        assert [one["row"].vacancy for one in last.context["table"]] == rows[25:]
        assert [one["row"].total for one in last.context["table"]] == [D("19580.40"), D("39160.80")]
        decided = {f"decision_{rows[26].pk}": "agreed", f"reason_{rows[26].pk}": "Funded"}
        # what comes before is decided meanwhile: this part is recorded as it was sent
        director.post(
            "/meetings/sheet/", sent(page) | {f"decision_{rows[1].pk}": "agreed", f"reason_{rows[1].pk}": "x"}
        )
        assert [one["row"].vacancy for one in director.get(following).context["table"]] == rows[25:]
        assert director.post(following, sent(last) | decided).status_code == 302
    early, late = Meeting.objects.order_by("pk")
    assert [item.vacancy for item in early.items.order_by("pk")] == rows[:25]
    assert [item.vacancy for item in late.items.filter(is_between=False).order_by("pk")] == rows[25:]
    assert set(Vacancy.objects.filter(status="agreed")) == {rows[1], rows[26]}


def test_a_decision_whose_version_is_lost_on_the_way_is_refused_by_name(world, client_of):
    one = world.request()
    form = {"held_on_day": "10", "held_on_month": "1", "held_on_year": "2024", "present": PRESENT}
    with time_machine.travel(AFTER_WINDOW, tick=False):
        lost = form | {f"decision_{one.pk}": "agreed", f"reason_{one.pk}": "Funded"}
        page = client_of("director").post("/meetings/sheet/", lost)
        assert f"Reload it, then decide {one.reference} again" in page.content.decode()
        assert not Meeting.objects.exists()


@pytest.mark.parametrize("after", ["", "x", "0", "-1", "999999", "9" * 40])
def test_a_sheet_after_no_request_begins_with_the_oldest(world, client_of, after):
    one = world.request()
    with time_machine.travel(AFTER_WINDOW, tick=False):
        page = client_of("director").get(f"/meetings/sheet/?after={after}")
    assert [line["row"].vacancy for line in page.context["table"]] == [one]


def test_many_decisions_between_the_meetings_are_counted_and_all_kept(world, client_of):
    from recruitment.requests import actions as vacancies

    for _ in range(27):
        vacancies.decide(by=world.finance, at=MONDAY, vacancy=world.request(), decision="agreed", reason="x")
    with time_machine.travel(AFTER_WINDOW, tick=False):
        page = client_of("director").get("/meetings/sheet/")
        assert "25 of 27 are shown; all of them are kept with the meeting" in page.content.decode()
        client_of("director").post("/meetings/sheet/", sent(page))
    assert Meeting.objects.get().items.filter(is_between=True).count() == 27


def test_odd_fields_of_a_sheet_are_left_out(world, client_of):
    world.request(by=world.lead)
    with time_machine.travel(AFTER_WINDOW, tick=False):
        form = {"held_on_day": "10", "held_on_month": "1", "held_on_year": "2024", "present": PRESENT}
        odd = {f"version_{'9' * 5000}": "1", f"version_{'9' * 30}": "1", "version_x": "1", "version_": "1"}
        body = urlencode(form | odd)
        posted = client_of("director").post("/meetings/sheet/", body, content_type="application/x-www-form-urlencoded")
        assert posted.status_code == 302 and Meeting.objects.count() == 1


def test_a_deputy_reads_the_meeting_just_recorded(world, client_of):
    from council.models import Deputy

    today = AFTER_WINDOW.date()
    Deputy.objects.create(
        approval="staffing_request", for_user=world.director, user=world.lead, starts_on=today, ends_on=today
    )
    with time_machine.travel(AFTER_WINDOW, tick=False):
        meeting = hold(world, by=world.lead)
        assert client_of("lead").get(meeting.get_absolute_url()).status_code == 200
        assert client_of("other_lead").get(meeting.get_absolute_url()).status_code == 403


def test_a_meeting_has_its_day_its_people_and_who_may_hold_it(world):
    with pytest.raises(RuleViolation, match="in the future"):
        hold(world, held_on=AFTER_WINDOW.date() + timedelta(1))
    with pytest.raises(RuleViolation, match="within 31 days"):
        hold(world, held_on=AFTER_WINDOW.date() - timedelta(32))
    with pytest.raises(RuleViolation, match="who was present"):
        hold(world, present=" ")
    for person in ("officer", "lead", "auditor"):
        with pytest.raises(NotAllowed):
            hold(world, by=world.people[person])
    assert hold(world, by=world.finance)


def test_the_pages(world, client_of):
    with time_machine.travel(AFTER_WINDOW, tick=False):
        vacancy = world.request(by=world.lead)
        beside = world.agreed(at=MONDAY)
        director = client_of("director")
        page = director.get("/meetings/sheet/").content.decode()
        assert vacancy.reference in page and beside.reference in page and "£19,580.40" in page
        form = {"held_on_day": "10", "held_on_month": "1", "held_on_year": "2024", "present": PRESENT}
        key, version = vacancy.pk, vacancy.version
        row = {f"decision_{key}": "agreed", f"reason_{key}": "", f"version_{key}": version}
        page = director.post("/meetings/sheet/", form | row).content.decode()
        assert f"Give a reason for the decision on {vacancy.reference}" in page and PRESENT in page.replace("\r", "")
        assert not Meeting.objects.exists()
        row[f"reason_{key}"] = "Funded"
        response = director.post("/meetings/sheet/", form | row)
        meeting = Meeting.objects.get()
        assert response.headers["Location"] == meeting.get_absolute_url()
        page = client_of("auditor").get(meeting.get_absolute_url()).content.decode()
        assert "1 request agreed, estimated at £19,580.40" in page and "The finance, finance officer" in page
        assert "Decided between the meetings" in page
        assert client_of("officer").get("/meetings/").status_code == 200
        assert "Record the meeting" not in client_of("officer").get("/meetings/sheet/").content.decode()
        assert client_of("officer").post("/meetings/sheet/", form).status_code == 403


def test_one_s_own_request_has_no_choice(world, client_of):
    vacancy = world.request()
    vacancy.requested_by = world.director
    vacancy.save()
    page = client_of("director").get("/meetings/sheet/").content.decode()
    assert "You asked for this, so somebody else decides it." in page and f"decision_{vacancy.pk}" not in page


def test_the_sheet_costs_the_same_queries_however_long(world, client_of):
    client = client_of("director")

    def queries() -> int:
        client.get("/meetings/sheet/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/meetings/sheet/").status_code == 200
        return len(caught)

    world.request()
    world.agreed()
    few = queries()
    for _ in range(20):
        world.request()
        world.agreed()
    assert queries() <= few


def test_raw_sql_changes_no_meeting(world):
    world.request()
    hold(world)
    for table in ("meeting", "meetingitem"):
        assert refused_as(f"delete from recruitment_{table}") == "InsufficientPrivilege"
    assert refused_as("update recruitment_meeting set present = 'x'") == "InsufficientPrivilege"
    assert refused_as("update recruitment_meetingitem set reason = 'x'") == "InsufficientPrivilege"
