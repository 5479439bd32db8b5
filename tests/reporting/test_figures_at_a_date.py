"""Figures at a date: FTE, rates, people, requests, suppliers and contracts, a day before, on and after each of them changes.

The tests only read, so they share one world.
"""

import csv
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command

from council.models import Document
from council.working_time import LONDON
from placements.hires import actions as hires
from placements.placement import ending, moving
from recruitment.models import Contract
from reporting.reports.position import position
from tests.factories import AgencyFactory, TeamFactory, TeamFigureFactory
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        _fill(world)
        yield world


def _fill(world):
    """The teams North and South of Assessment, and Carers of Fostering, with everybody who is named below."""
    by, north, carers = world.officer, world.team, world.other_team
    south = TeamFactory(service=north.service, name="South")
    for team, on, establishment, in_post in (
        (north, date(2023, 1, 1), "10.00", "8.00"),
        (north, date(2024, 2, 1), "12.00", "7.55"),
        (carers, date(2024, 1, 15), "5.25", "4.00"),
        (south, date(2024, 2, 1), "3.00", "3.50"),  # more in post than it is funded for
    ):
        TeamFigureFactory(team=team, on=on, establishment_fte=D(establishment), in_post_fte=D(in_post))

    def booked(hours, team, *, contract=None, mode=None, **terms):
        vacancy = world.sourced(team=team, by=by, hours_per_week=D(hours))
        return world.book(world.secure(world.send(vacancy, contract), at=at(1, 8, 11), **mode or {}), **terms)

    moved = booked("37", north)
    moving.move_team(by=by, at=at(2, 1), placement=moved, team=south, starts_on=date(2024, 2, 5), reason="Caseloads")
    for team in (north, carers):  # one worker, half in each
        booked("18.5", team, registration_number="SW555555", worker_name="Both Halves")
    through = {"supply_mode": "brokered", "supplying_agency": world.brokered}
    booked("37", north, mode=through, starts_on=date(2024, 1, 29))
    # On the framework until 19 April, ended on 1 March; secured on Wednesday 10 January.
    vacancy = world.sourced(team=carers, by=by, hours_per_week=D("22.2"))
    world.fail(world.send(vacancy))
    second = world.secure(world.send(vacancy, world.framework, at=AFTER_WINDOW), at=at(1, 10, 12))
    ending.end_early(
        by=by,
        at=at(2, 26),
        placement=world.book(second),
        ended_on=date(2024, 3, 1),
        notice_given_on=date(2024, 2, 26),
        notice_waived=True,
        reason="worker_left",
        rating=3,
        eligible_again=True,
    )
    world.breach()  # 8 to 19 January, outside any contract
    world.by_exemption()
    gone, wrong = booked("37", north), booked("37", north)
    ending.did_not_start(by=by, at=at(1, 23), placement=gone, reason="Another post")
    ending.void(by=world.director, at=at(1, 30), placement=wrong, reason="Twice")
    # Secured and not booked: through the same agency at one minute before midnight on the 9th, through another on the 10th.
    for agency, when in ((world.brokered, at(1, 9, 23, 59)), (AgencyFactory(name="Zed Social Care"), at(1, 10, 0, 1))):
        mode = {"supply_mode": "brokered", "supplying_agency": agency}
        world.secure(world.send(world.sourced()), at=when, **mode)
    # Permanent: one from 5 February, one entered in error, and one of the council's own.
    for starts_on, is_wrong in ((date(2024, 2, 5), False), (date(2024, 2, 6), True)):
        vacancy = world.sourced()
        release = world.secure(world.send(vacancy, world.permanent), at=at(1, 9))
        hire = hires.record_hire(by=by, at=at(1, 10), vacancy=vacancy, release=release, starts_on=starts_on)
        if is_wrong:
            hires.void_hire(by=world.director, at=at(1, 11), hire=hire, reason="Twice")
    hires.record_hire(by=by, at=at(1, 10), vacancy=world.sourced(), starts_on=date(2024, 2, 5))
    # Asked for in March 2023, around midnight; the first as urgent.
    asked = datetime(2023, 3, 12, 23, 50, tzinfo=LONDON)
    world.request(asked, needed_from=date(2023, 4, 3), urgency="urgent")
    world.request(asked + timedelta(minutes=20), needed_from=date(2023, 4, 3))
    world.called()  # an emergency is not asked for


@pytest.mark.parametrize(
    ("on", "establishment", "in_post", "vacancy", "rate"),
    [
        (date(2022, 12, 31), "0.0", "0.0", "0.0", "0.0"),
        (date(2023, 1, 1), "10.0", "8.0", "2.0", "20.0"),
        (date(2024, 1, 14), "10.0", "8.0", "2.0", "20.0"),
        (date(2024, 1, 15), "15.3", "12.0", "3.3", "21.3"),  # 15.25, 12.00 and 3.25
        (date(2024, 1, 31), "15.3", "12.0", "3.3", "21.3"),
        (date(2024, 2, 1), "20.3", "15.1", "5.2", "25.7"),  # 20.25, 15.05 and 5.20
    ],
)
def test_posts_are_of_the_figures_in_force(world, on, establishment, in_post, vacancy, rate):
    found = position(on).as_json()
    names = ("establishment_fte", "in_post_fte", "vacancy_fte", "vacancy_rate")
    assert [found[name] for name in names] == [establishment, in_post, vacancy, rate]


@pytest.mark.parametrize(
    ("on", "people", "fte", "rate"),
    [
        (date(2024, 1, 7), 0, "0.0", "0.0"),
        (date(2024, 1, 8), 1, "1.0", "11.1"),  # the breach: 1 of 9
        (date(2024, 1, 14), 1, "1.0", "11.1"),
        (date(2024, 1, 15), 1, "1.0", "7.7"),  # 1 of 13
        (date(2024, 1, 19), 1, "1.0", "7.7"),
        (date(2024, 1, 20), 0, "0.0", "0.0"),
        (date(2024, 1, 22), 4, "3.6", "23.1"),  # two halves are one person, 22.2 hours are 0.6: 3.6 of 15.6
        (date(2024, 1, 28), 4, "3.6", "23.1"),
        (date(2024, 1, 29), 5, "4.6", "27.7"),  # 4.6 of 16.6
        (date(2024, 2, 1), 5, "4.6", "23.4"),  # 4.6 of 19.65
        (date(2024, 3, 1), 5, "4.6", "23.4"),
        (date(2024, 3, 2), 4, "4.0", "21.0"),  # ended early: 4 of 19.05
        (date(2024, 4, 19), 4, "4.0", "21.0"),
        (date(2024, 4, 20), 0, "0.0", "0.0"),
    ],
)
def test_agency_workers_are_people_and_their_hours(world, on, people, fte, rate):
    found = position(on).as_json()
    assert (found["agency_workers"], found["agency_fte"], found["agency_rate"]) == (people, fte, rate)


@pytest.mark.parametrize(
    ("on", "lines"),
    [
        (date(2022, 12, 31), []),
        (date(2024, 1, 14), [("Assessment", "North", "10.00", "8.00", "2.00", "1.0", date(2023, 1, 1))]),
        (
            date(2024, 2, 4),
            [
                ("Assessment", "North", "12.00", "7.55", "4.45", "3.5", date(2024, 2, 1)),
                ("Assessment", "South", "3.00", "3.50", "-0.50", "0", date(2024, 2, 1)),
                ("Fostering", "Carers", "5.25", "4.00", "1.25", "1.1", date(2024, 1, 15)),
            ],
        ),
        (
            date(2024, 2, 5),  # one has moved
            [
                ("Assessment", "North", "12.00", "7.55", "4.45", "2.5", date(2024, 2, 1)),
                ("Assessment", "South", "3.00", "3.50", "-0.50", "1.0", date(2024, 2, 1)),
                ("Fostering", "Carers", "5.25", "4.00", "1.25", "1.1", date(2024, 1, 15)),
            ],
        ),
    ],
)
def test_each_team_has_its_own_line_with_who_works_there_on_the_day(world, on, lines):
    found = [
        (one.service, one.team, one.establishment_fte, one.in_post_fte, one.vacancy_fte, one.agency_fte, one.figure_on)
        for one in position(on).teams
    ]
    assert found == [(service, team, D(a), D(b), D(c), D(d), day) for service, team, a, b, c, d, day in lines]


@pytest.mark.parametrize(
    ("on", "asked_for", "urgent", "percent"),
    [
        (date(2023, 3, 11), 0, 0, "0.0"),
        (date(2023, 3, 12), 1, 1, "100.0"),  # asked for at 23:50
        (date(2023, 3, 13), 2, 1, "50.0"),  # and at 00:10
        (date(2024, 1, 7), 2, 1, "50.0"),
        (date(2024, 1, 8), 15, 1, "6.7"),  # thirteen on Monday 8 January; neither the breach nor the emergency
        (date(2024, 3, 11), 15, 1, "6.7"),  # since 12 March 2023
        (date(2024, 3, 12), 14, 0, "0.0"),
        (date(2024, 3, 13), 13, 0, "0.0"),
        (date(2025, 1, 7), 13, 0, "0.0"),
        (date(2025, 1, 8), 0, 0, "0.0"),
    ],
)
def test_requests_of_twelve_months_are_those_asked_for(world, on, asked_for, urgent, percent):
    found = position(on).as_json()["requests_last_12_months"]
    assert found == {"asked_for": asked_for, "urgent": urgent, "urgent_percent": percent}


@pytest.mark.parametrize(
    ("on", "names"),
    [
        (date(2021, 11, 30), []),
        (date(2021, 12, 1), ["Halden Bridge Care", "Liquid Personnel", "Pertemps"]),
        (date(2024, 1, 9), ["Halden Bridge Care", "Liquid Personnel", "Pertemps"]),
        (date(2024, 1, 10), ["Halden Bridge Care", "Liquid Personnel", "Pertemps", "Service Care Solutions"]),
    ],
)
def test_suppliers_and_contracts_are_those_known_by_the_day(world, on, names):
    found = position(on)
    assert [line.name for line in found.suppliers] == names
    assert sorted({line.contract.agency.name for line in found.contracts}) == names
    assert [line.contract.reference for line in found.contracts][:3] == ["CORP", "LIQ", "RM6161-L5"][: len(names)]


# Day, supplier, people in post, secured in 12 and in 6 months, of these own, through others, how many others.
SUPPLIED = [
    (date(2024, 1, 7), "Pertemps", (0, 0, 0, 0, 0, 0)),
    (date(2024, 1, 8), "Pertemps", (0, 5, 5, 4, 1, 1)),  # who did not come is not among them
    (date(2024, 1, 9), "Pertemps", (0, 6, 6, 4, 2, 1)),  # answered at 23:59, through the same agency
    (date(2024, 1, 10), "Pertemps", (0, 7, 7, 4, 3, 2)),  # at 00:01, through another
    (date(2024, 1, 21), "Pertemps", (0, 7, 7, 4, 3, 2)),
    (date(2024, 1, 22), "Pertemps", (2, 7, 7, 4, 3, 2)),  # two halves are one person
    (date(2024, 1, 29), "Pertemps", (3, 7, 7, 4, 3, 2)),  # also another agency's worker on its contract
    (date(2024, 4, 19), "Pertemps", (3, 7, 7, 4, 3, 2)),
    (date(2024, 4, 20), "Pertemps", (0, 7, 7, 4, 3, 2)),
    (date(2024, 7, 7), "Pertemps", (0, 7, 7, 4, 3, 2)),  # six months since 8 January
    (date(2024, 7, 8), "Pertemps", (0, 7, 2, 0, 2, 2)),
    (date(2024, 7, 9), "Pertemps", (0, 7, 1, 0, 1, 1)),
    (date(2024, 7, 10), "Pertemps", (0, 7, 0, 0, 0, 0)),
    (date(2025, 1, 7), "Pertemps", (0, 7, 0, 0, 0, 0)),  # twelve months since 8 January
    (date(2025, 1, 8), "Pertemps", (0, 2, 0, 0, 0, 0)),
    (date(2025, 1, 10), "Pertemps", (0, 0, 0, 0, 0, 0)),
    (date(2024, 1, 9), "Halden Bridge Care", (0, 0, 0, 0, 0, 0)),
    (date(2024, 1, 10), "Halden Bridge Care", (0, 1, 1, 1, 0, 0)),
    (date(2024, 1, 22), "Halden Bridge Care", (1, 1, 1, 1, 0, 0)),
    (date(2024, 3, 1), "Halden Bridge Care", (1, 1, 1, 1, 0, 0)),
    (date(2024, 3, 2), "Halden Bridge Care", (0, 1, 1, 1, 0, 0)),  # ended early
    (date(2024, 1, 22), "Service Care Solutions", (1, 1, 1, 1, 0, 0)),
]


@pytest.mark.parametrize(("on", "name", "figures"), SUPPLIED)
def test_what_a_supplier_did_by_a_day(world, on, name, figures):
    found = position(on).as_json()["suppliers"][name]
    half = found["secured_last_6_months"]
    parts = [half[part] for part in ("total", "direct", "brokered", "brokering_agencies")]
    assert (found["in_post"], found["secured_last_12_months"], *parts) == figures


@pytest.mark.parametrize(
    ("on", "hires", "percent"),
    [
        (date(2024, 2, 4), 0, "0"),
        (date(2024, 2, 5), 1, "3"),  # one of 40 is 2.5
        (date(2024, 2, 6), 1, "3"),  # the second was entered in error, and the council's own is no supplier's
        (date(2026, 1, 1), 1, "3"),
    ],
)
def test_a_supplier_of_permanent_staff_is_held_against_its_target(world, on, hires, percent):
    found = position(on)
    assert found.as_json()["suppliers"]["Liquid Personnel"] == {
        "target_hires": 40,
        "hires": hires,
        "percent_of_target": percent,
    }
    rows = [row[:2] for row in found.rows() if row[0].startswith("Liquid")]
    assert rows == [("Liquid Personnel: permanent starts", str(hires)), ("Liquid Personnel: target", "40")]


@pytest.mark.parametrize(("on", "source"), [(date(2019, 12, 31), ""), (date(2020, 1, 1), "Test decision")])
def test_it_names_the_decision_that_set_the_order_of_sourcing(world, on, source):
    assert position(on).as_json()["source"] == source


DAY = "as at 5 February 2024"
MONEY = f"£ excluding VAT {DAY}"
ROWS = [
    ("Establishment", "20.3", f"FTE {DAY}"),
    ("In post", "15.1", f"FTE {DAY}"),
    ("Vacancies", "5.2", f"FTE {DAY}"),
    ("Vacancy rate", "25.7", f"% {DAY}"),
    ("Agency workers", "5", f"people {DAY}"),
    ("Agency workers", "4.6", f"FTE {DAY}"),
    ("Agency rate", "23.4", f"% {DAY}"),
    ("Requests, last 12 months", "15", f"requests {DAY}"),
    ("Urgent requests, last 12 months", "1", f"requests {DAY}"),
    ("Halden Bridge Care: in post", "1", f"people {DAY}"),
    ("Halden Bridge Care: secured, last 12 months", "1", f"answers {DAY}"),
    ("Halden Bridge Care: secured, last 6 months", "1", f"answers {DAY}"),
    ("Halden Bridge Care: own workers, last 6 months", "1", f"answers {DAY}"),
    ("Halden Bridge Care: through other agencies, last 6 months", "0", f"answers {DAY}"),
    ("Halden Bridge Care: other agencies, last 6 months", "0", f"agencies {DAY}"),
    ("Liquid Personnel: permanent starts", "1", f"people {DAY}"),
    ("Liquid Personnel: target", "40", "people"),
    ("Pertemps: in post", "3", f"people {DAY}"),
    ("Pertemps: secured, last 12 months", "7", f"answers {DAY}"),
    ("Pertemps: secured, last 6 months", "7", f"answers {DAY}"),
    ("Pertemps: own workers, last 6 months", "4", f"answers {DAY}"),
    ("Pertemps: through other agencies, last 6 months", "3", f"answers {DAY}"),
    ("Pertemps: other agencies, last 6 months", "2", f"agencies {DAY}"),
    ("Service Care Solutions: in post", "1", f"people {DAY}"),
    ("Service Care Solutions: secured, last 12 months", "1", f"answers {DAY}"),
    ("Service Care Solutions: secured, last 6 months", "1", f"answers {DAY}"),
    ("Service Care Solutions: own workers, last 6 months", "1", f"answers {DAY}"),
    ("Service Care Solutions: through other agencies, last 6 months", "0", f"answers {DAY}"),
    ("Service Care Solutions: other agencies, last 6 months", "0", f"agencies {DAY}"),
    ("CORP: approved value", "not set here", MONEY),
    ("CORP: booked to date", "8495.20", MONEY),  # 11 days at £303.40 and twice £151.70, 6 at £303.40
    ("CORP: booked to come", "47330.40", MONEY),
    ("CORP: spent and committed", "55825.60", MONEY),  # £19,114.20, twice £9,557.10, £17,597.20
    ("CORP: left to commit", "not set here", MONEY),
    ("CORP: paid", "0.00", MONEY),
    ("LIQ: approved value", "not set here", MONEY),
    ("LIQ: booked to date", "0.00", MONEY),
    ("LIQ: booked to come", "0.00", MONEY),
    ("LIQ: spent and committed", "0.00", MONEY),
    ("LIQ: left to commit", "not set here", MONEY),
    ("LIQ: paid", "0.00", MONEY),
    ("RM6161-L5: approved value", "1000000.00", MONEY),
    ("RM6161-L5: booked to date", "2002.44", MONEY),  # 11 days at £182.04
    ("RM6161-L5: booked to come", "9466.08", MONEY),
    ("RM6161-L5: spent and committed", "11468.52", MONEY),
    ("RM6161-L5: left to commit", "988531.48", MONEY),
    ("RM6161-L5: paid", "0.00", MONEY),
    ("{exemption}: approved value", "30000.00", MONEY),
    ("{exemption}: booked to date", "3337.40", MONEY),
    ("{exemption}: booked to come", "15776.80", MONEY),
    ("{exemption}: spent and committed", "19114.20", MONEY),
    ("{exemption}: left to commit", "10885.80", MONEY),
    ("{exemption}: paid", "0.00", MONEY),
]


def expected() -> list[tuple[str, str, str]]:
    exemption = Contract.objects.get(route="exemption").reference
    return [(figure.format(exemption=exemption), value, unit) for figure, value, unit in ROWS]


def test_every_row_of_the_report_on_a_day(world):
    assert position(date(2024, 2, 5)).rows() == expected()


def command(*arguments) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


def test_csv_json_text_and_the_kept_copy_say_the_same_rows(world, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, address, on = client_of("finance"), "/position/?on=2024-02-05", ("position", "--on", "2024-02-05")
    header = ["Figure", "Value", "Unit"]
    response = client.get(f"{address}&format=csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="figures-2024-02-05.csv"'
    page_rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [[cell.removeprefix("'") for cell in row] for row in page_rows] == [header, *map(list, expected())]
    assert list(csv.reader(io.StringIO(command(*on, "--format", "csv")))) == page_rows
    assert json.loads(command(*on, "--format", "json")) == client.get(f"{address}&format=json").json()
    text = command(*on).splitlines()
    assert text[0] == "Figures as at 5 February 2024"
    assert text[1:] == [f"  {figure}: {value} {unit}" for figure, value, unit in expected()]
    kept = client.post(address)
    document = Document.objects.get()
    assert (kept.url, document.title, document.as_at) == (
        document.get_absolute_url(),
        "Figures as at 5 February 2024",
        date(2024, 2, 5),
    )


def test_the_page_names_the_day_and_its_figures(world, client_of):
    page = client_of("auditor").get("/position/?on=2024-02-05")
    words = " ".join(page.content.decode().split())
    assert "5 agency workers are in post, 23.4% of the workforce. 25.7% of posts are vacant." in words
    assert (page.context["six_months"], page.context["twelve_months"]) == (date(2023, 8, 6), date(2023, 2, 6))
    for said in ("Figures as at 5 February 2024", "£55,825.60", "3 through 2 other agencies", "1 of 40"):
        assert said in words, said


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("26 April", "26 April is not a date. Write it like 2022-04-26."),
        ("1999-12-31", "Give a date between 2000 and 2100."),
        ("2101-01-01", "Give a date between 2000 and 2100."),
    ],
)
def test_the_command_refuses_what_is_no_date_of_this_century(world, given, sentence):
    with pytest.raises(CommandError, match=sentence):
        command("position", "--on", given)


@pytest.mark.parametrize("given", ["2000-01-01", "2099-12-31"])
def test_the_command_takes_the_first_day_and_the_last_of_this_century(world, given):
    assert command("position", "--on", given).startswith("Figures as at ")
