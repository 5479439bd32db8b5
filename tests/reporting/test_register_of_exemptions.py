"""The annual register: which financial year, what became of each exemption, who decided, and what was approved after the start.

The tests only read, so they share one world. The year is that from April 2023 to March 2024.
"""

import csv
import io
from datetime import date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from council.models import Deputy, Document
from council.working_time import LONDON, financial_year
from placements.breaches import actions as breaches_actions
from placements.exemptions import actions as exemption_ends
from recruitment.exemptions import deciding
from reporting.reports import register as pages
from reporting.reports.register import Register, register
from tests.factories import AgencyFactory
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db
KNOWN = date(2024, 5, 31)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def made(world):
    """What is in the register, by name."""
    found = {}

    def ask(name, **fields):
        agency = AgencyFactory(name=f"Agency of {name}")
        found[name] = world.commented(world.exemption(agency=agency, **fields))
        return found[name]

    def decide(exemption, decision, when, by=None):
        common = {"by": by or world.director, "at": when, "reason": f"It is {decision}."}
        return deciding.decide(exemption=exemption, decision=decision, **common)

    decide(
        ask("approved", reason="specialist", value=D("31000.00"), value_with_vat=D("37200.00")), "approved", at(1, 10)
    )
    decide(ask("turned down"), "turned_down", at(1, 11))
    decide(ask("returned"), "returned", at(1, 11))
    decide(ask("ended early"), "approved", at(1, 10))
    exemption_ends.end_exemption(
        by=world.officer, at=at(2, 5), exemption=found["ended early"], ended_on=date(2024, 2, 9), reason="Enough"
    )
    decide(ask("taken back"), "approved", at(1, 10))
    deciding.take_back(by=world.director, at=at(1, 12), exemption=found["taken back"], reason="Not needed")
    deputy = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 1, 31)}
    Deputy.objects.create(approval="exemption", for_user=world.director, user=world.nobody, **deputy)
    decide(ask("by a deputy"), "approved", at(1, 10), by=world.nobody)
    found["without proof"] = world.exempted(world.sourced(), no_proof_reason="A court order.")
    found["corrected"] = world.exempted()
    proof = found["corrected"].needs.get().proof
    world.corrected("release", proof, outcome="withdrawn", reason="")
    # Decided on the last day of the year, and on the first of the next.
    later = {"starts_on": date(2024, 4, 8), "ends_on": date(2024, 4, 19)}
    for name, when in (("last day", at(3, 31, 23, 59)), ("next year", at(4, 1, 0, 1))):
        vacancy = world.sourced(at(3, 25, 10), needed_from=date(2024, 4, 8))
        world.fail(world.send(vacancy, at=at(3, 25, 10)), at=at(3, 27, 11))
        agency = AgencyFactory(name=f"Agency of {name}")
        found[name] = world.commented(world.exemption(vacancy, at=at(3, 28), agency=agency, **later), at(3, 28))
        decide(found[name], "approved", when)
    # Found in post from 8 January to 19 April at £370.00 a day, approved on the last day of the year and on the first of the next.
    for name, when in (("breach", at(3, 31, 23, 59)), ("breach of next year", at(4, 1, 0, 1))):
        found[name] = world.breach(ends_on=date(2024, 4, 19))
        breaches_actions.authorise(by=world.director, at=when, breach=found[name], reason="Needed")
    world.by_exemption(found["without proof"])
    world.breach()  # never approved
    return found


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 3, 31), 2023),
        (date(2024, 4, 1), 2024),
        (date(2024, 12, 31), 2024),
        (date(2025, 1, 1), 2024),
    ],
)
def test_a_financial_year_begins_in_april(day, year):
    assert financial_year(day) == year


def row_of(made, name, year=2023, known_on=KNOWN):
    found = register(year, known_on)
    return next(row for row in found.rows() if row[0] == made[name].reference)


def test_a_year_holds_what_was_decided_in_it(made):
    found = [row[0] for row in register(2023, KNOWN).rows_of_exemptions]
    names = [
        "approved",
        "turned down",
        "ended early",
        "taken back",
        "by a deputy",
        "without proof",
        "corrected",
        "last day",
    ]
    assert found == [made[name].reference for name in names]
    assert [row[0] for row in register(2024, KNOWN).rows_of_exemptions] == [made["next year"].reference]
    assert register(2022, KNOWN).rows() == []


@pytest.mark.parametrize(
    ("name", "became", "until"),
    [
        ("approved", "Approved", date(2024, 4, 19)),
        ("turned down", "Turned down", date(2024, 4, 19)),
        ("ended early", "Approved, ended early", date(2024, 2, 9)),
        ("taken back", "Approved, taken back", date(2024, 4, 19)),
    ],
)
def test_what_became_of_an_exemption(made, name, became, until):
    row = row_of(made, name)
    assert (row[6], row[10], row[11]) == (became, date(2024, 1, 22), until)


def test_a_row_says_all_of_an_exemption(made):
    exemption = made["approved"]
    need = exemption.needs.get()
    assert len(Register.HEADER) == 17
    assert row_of(made, "approved") == (
        exemption.reference,
        "Agency of approved",
        need.vacancy.reference,
        "Single or specialist supplier",
        "Pertemps have nobody with court experience.",
        f"Pertemps: no candidates ({need.proof.reference})",
        "Approved",
        "The director",
        date(2024, 1, 10),
        "It is approved.",
        date(2024, 1, 22),
        date(2024, 4, 19),
        D("31000.00"),
        D("37200.00"),
        exemption.decisions.get(approves=exemption.pk).contract.reference,
        D("0.00"),
        "",
    )


def test_one_that_was_turned_down_has_no_contract(made):
    assert row_of(made, "turned down")[12:] == (D("30000.00"), D("36000.00"), "", "", "")


def test_what_is_spent_and_committed_is_as_at_the_end_of_the_year_or_what_is_known(made):
    assert row_of(made, "without proof")[15] == D("19114.20")
    assert row_of(made, "without proof", known_on=date(2024, 1, 9))[15] == D("0.00")  # booked on the 10th


def test_a_deputy_decides_in_the_place_of_somebody(made):
    assert row_of(made, "by a deputy")[7] == "Nobody in place of The director"


def test_proof_that_is_missing_or_was_corrected_is_said(made):
    assert row_of(made, "without proof")[5] == "No proof: A court order."
    assert row_of(made, "corrected")[5].endswith(", corrected since")


@pytest.mark.parametrize(
    ("known_on", "cost"),
    [
        (date(2024, 1, 19), "3700.00"),
        (date(2024, 3, 28), "21830.00"),  # 59 days
        (date(2024, 3, 31), "21830.00"),
        (KNOWN, "21830.00"),  # no further than the end of the year
    ],
)
def test_what_was_approved_after_the_start_costs_what_was_worked_by_the_end_of_the_year(made, known_on, cost):
    breach = made["breach"]
    (row,) = register(2023, known_on).rows_after_start
    assert row == (
        breach.reference,
        "Alderway Care Staffing",
        breach.placement.vacancy.reference,
        "Found in post without proof",
        "The team manager said so.",
        "No: recorded as a breach",
        "Approved after the start",
        "The director",
        date(2024, 3, 31),
        "Needed",
        date(2024, 1, 8),
        date(2024, 4, 19),
        "",
        "",
        "",
        "",
        D(cost),
    )


def test_what_was_approved_in_the_next_year_is_in_the_next(made):
    (row,) = register(2024, KNOWN).rows_after_start
    assert (row[0], row[8], row[16]) == (
        made["breach of next year"].reference,
        date(2024, 4, 1),
        D("27010.00"),
    )  # 73 days


@pytest.mark.parametrize(
    ("year", "finding"),
    [
        (
            2022,
            "0 exemptions approved, £0.00 excluding VAT. 0 turned down. 0 approved, taken back. 0 placements approved after the start.",
        ),
        (
            2023,  # six of £30,000.00 or £31,000.00 stand, also the one that ended early
            "6 exemptions approved, £181,000.00 excluding VAT. 1 turned down. 1 approved, taken back. "
            "1 placement approved after the start.",
        ),
        (
            2024,
            "1 exemption approved, £30,000.00 excluding VAT. 0 turned down. 0 approved, taken back. "
            "1 placement approved after the start.",
        ),
    ],
)
def test_the_finding_counts_what_stands_apart_from_what_does_not(made, year, finding):
    assert register(year, KNOWN).finding == finding


@pytest.mark.parametrize(
    ("known_on", "until"), [(date(2024, 3, 30), date(2024, 3, 30)), (date(2024, 4, 1), date(2024, 3, 31))]
)
def test_a_register_is_as_at_the_end_of_its_year_at_the_latest(world, known_on, until):
    found = register(2023, known_on)
    assert (found.until, found.name) == (until, "2023 to 2024")


@pytest.mark.parametrize(
    ("query", "year"),
    [
        ("", 2024),
        ("2023", 2023),
        ("2024", 2024),
        ("2025", 2024),
        ("1999", 2024),
        ("2000", 2000),
        ("x", 2024),
        ("20231", 2024),
    ],
)
def test_the_page_is_of_the_year_asked_for_or_of_this_one(made, client_of, query, year):
    with time_machine.travel(datetime(2024, 4, 1, 12, tzinfo=LONDON), tick=False):
        page = client_of("auditor").get(f"/exemptions/register/?year={query}")
    assert page.context["report"].year == year
    assert year in page.context["years"] and page.context["years"][0] == 2024


def test_the_page_the_csv_and_the_kept_copy_hold_both_parts(made, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = client_of("finance")
    with time_machine.travel(datetime(2024, 5, 31, 12, tzinfo=LONDON), tick=False):
        response = client.get("/exemptions/register/?year=2023&format=csv")
        page = client.get("/exemptions/register/?year=2023").content.decode()
        client.post("/exemptions/register/?year=2023")
    assert response.headers["Content-Disposition"] == 'attachment; filename="exemptions-register-2023.csv"'
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert (rows[0], len(rows)) == (list(Register.HEADER), 10)
    assert (rows[1][12], rows[-1][16]) == ("31000.00", "21830.00")
    assert "As at 31 March 2024, as known on 31 May 2024." in page
    assert "£37,200.00" in page and "£21,830.00" in page
    document = Document.objects.get()
    assert (document.title, document.as_at) == ("Register of exemptions, April 2023 to March 2024", date(2024, 3, 31))


def test_a_long_register_comes_in_pages_and_its_files_whole(made, client_of, monkeypatch):
    monkeypatch.setattr(pages, "ROWS_OF_A_PAGE", 4)
    client, address, seen = client_of("auditor"), "/exemptions/register/?year=2023", []
    with time_machine.travel(datetime(2024, 5, 31, 12, tzinfo=LONDON), tick=False):
        whole = list(csv.reader(io.StringIO(client.get(f"{address}&format=csv").getvalue().decode("utf-8-sig"))))[1:]
        for number in (1, 2, 3):
            context = client.get(f"{address}&page={number}").context
            seen += [(title, row[0]) for title, rows in context["tables"] for row in rows]
            assert context["page"].paginator.num_pages == 3
    assert [reference for _, reference in seen] == [row[0] for row in whole]
    assert {title for title, _ in seen} == {"Exemptions", "Approved after the start"}
