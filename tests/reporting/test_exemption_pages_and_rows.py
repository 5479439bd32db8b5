"""The dashboard of exemptions as rows: page, CSV, JSON, text and kept copy say the same of one Service, one team and all."""

import csv
import io
import json
from datetime import date
from decimal import Decimal as D

import pytest
from django.core.management import call_command

from council.models import Document
from placements.breaches import actions as breaches_actions
from reporting.reads.exemptions import Scope
from reporting.reports.exemptions import dashboard
from tests.factories import AgencyFactory
from tests.reporting.money_cases import Cases, at, one_world
from tests.reporting.reading import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def shares(world):
    """A worker on Pertemps' contract, one by exemption, and a breach until 15 February approved on 30 January; two that wait."""
    case = Cases(world).booked("shares")
    agency = AgencyFactory(name="Agency of shares")

    def failed(team):
        vacancy = world.sourced(team=team, by=world.officer)
        world.fail(world.send(vacancy))
        return vacancy

    case.placement = world.by_exemption(world.exempted(failed(case.team), agency=agency))
    breach = world.breach(team=case.team, contract=world.framework, agency=world.halden, ends_on=date(2024, 2, 15))
    breaches_actions.authorise(by=world.director, at=at(1, 30), breach=breach, reason="Needed")
    world.exemption(failed(case.team), agency=agency, value=D("12000.50"))
    world.commented(world.exemption(failed(world.team)))
    return case


DAY, PERIOD = "as at 5 March 2024", "10 January 2024 to 5 March 2024"
ROWS = [
    ("Waiting for a decision", "1", f"exemptions {DAY}"),
    ("Waiting for a decision", "12000.50", f"£ excluding VAT {DAY}"),
    ("Live", "1", f"exemptions {DAY}"),
    ("Live", "30000.00", f"£ excluding VAT {DAY}"),
    ("Reviews overdue", "1", f"placements {DAY}"),
    ("Review actions overdue", "0", f"actions {DAY}"),
    ("Breaches not authorised", "0", f"breaches {DAY}"),
    ("Approved", "1", f"exemptions {PERIOD}"),
    ("Decided", "1", f"decisions {PERIOD}"),
    ("Days to decide, mean", "0.0", f"days {PERIOD}"),
    ("Off contract", "67.0", f"% of spend {PERIOD}"),  # £19,698.80 of £29,407.60
    ("On contract", "9708.80", f"£ excluding VAT {PERIOD}"),
    ("Authorised off contract", "9708.80", f"£ excluding VAT {PERIOD}"),
    ("Authorised after the start", "9990.00", f"£ excluding VAT {PERIOD}"),
    ("Outside contract, not authorised", "0.00", f"£ excluding VAT {PERIOD}"),
    ("Brought forward, outside any contract", "0.00", f"£ excluding VAT {PERIOD}"),
    ("January 2024: approved", "1", "exemptions"),
    ("January 2024: off contract", "66.7", "% of 3 workers in post at its end"),
    ("February 2024: approved", "0", "exemptions"),
    ("February 2024: off contract", "50.0", "% of 2 workers in post at its end"),
    ("March 2024: approved", "0", "exemptions"),
    ("March 2024: off contract", "50.0", "% of 2 workers in post at its end"),
    ("Agency of shares: exemptions", "36000.00", f"£ including VAT {DAY}"),
    ("Agency of shares: of the threshold", "16.8", f"% of £214904.00 {DAY}"),
]


def report(shares, **scope):
    return dashboard(date(2024, 3, 5), date(2024, 1, 10), Scope(**scope))


def rows_of(text: str) -> list[list[str]]:
    return [[cell.removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(text))]


def test_every_row_of_the_report(shares):
    assert report(shares, service=shares.service).rows() == ROWS
    assert report(shares, team=shares.team.pk).rows() == ROWS


def test_the_team_narrows_more_than_the_service_does(world, shares):
    assert len(report(shares).waiting) == 2
    other = report(shares, service=shares.service, team=world.team.pk)
    assert ([one.days for one in other.waiting], other.live, other.spend_in_all) == ([55], [], 0)


def test_the_data_names_what_waits_and_what_is_live(shares):
    found = report(shares, service=shares.service).as_json()
    (waiting,), (live,) = found.pop("waiting"), found.pop("live")
    request = waiting.pop("first_supplier")
    assert request.startswith("REQ-") and request.endswith(": Pertemps: no candidates, 10 January 2024")
    assert {name: value for name, value in waiting.items() if name != "exemption"} == {
        "days": 55,
        "value": "12000.50",
        "comments_missing": "finance and procurement",
    }
    assert live == {
        "exemption": shares.placement.release.exemption.reference,
        "value": "30000.00",
        "contract_spent_and_committed": "19114.20",
        "contract_value": "30000.00",
        "percent_of_time": "49.4",  # 44 of 89 days
    }
    assert (found["on"], found["since"]) == ("2024-03-05", "2024-01-10")
    assert [(one["figure"], one["value"], one["unit"]) for one in found["figures"]] == ROWS


def test_page_csv_and_kept_copy_are_of_the_days_and_the_service(shares, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = client_of("finance")
    address = f"/exemptions/?on=2024-03-05&since=2024-01-10&service={shares.service}"
    response = client.get(f"{address}&format=csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="exemptions-2024-03-05.csv"'
    assert rows_of(response.getvalue().decode("utf-8-sig")) == [["Figure", "Value", "Unit"], *map(list, ROWS)]
    page = page_of(client, address)
    assert "1 waits for a decision. 1 is live. 1 review is overdue." in page
    assert "1 worth £30,000.00 excluding VAT." in page
    assert "63.7% of £30,000.00" in page
    client.post(address)
    assert Document.objects.get().title == "Exemptions, 10 January 2024 to 5 March 2024, Service of shares"
    client.post(f"/exemptions/?on=2024-03-05&since=2024-01-10&team={shares.team.pk}")
    titles = Document.objects.order_by("pk").values_list("title", flat=True)
    assert titles[1] == "Exemptions, 10 January 2024 to 5 March 2024, Team of shares"


def test_the_days_of_the_page_are_twelve_months_and_never_turned_round(shares, client_of):
    client = client_of("finance")
    found = client.get("/exemptions/?on=2024-03-05&format=json").json()
    assert (found["on"], found["since"]) == ("2024-03-05", "2023-03-06")
    found = client.get("/exemptions/?on=2024-03-05&since=2024-03-06&format=json").json()
    assert (found["on"], found["since"]) == ("2024-03-05", "2024-03-05")


def command(*arguments) -> str:
    out = io.StringIO()
    call_command("report", "exemptions", "--on", "2024-03-05", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_the_same_of_all(shares, client_of):
    page = client_of("finance").get("/exemptions/?on=2024-03-05&since=2024-01-10&format=json").json()
    since = ("--since", "2024-01-10")
    assert json.loads(command(*since, "--format", "json")) == page
    lines = command(*since).splitlines()
    assert lines[:3] == [
        "Exemptions, 10 January 2024 to 5 March 2024",
        "  Waiting for a decision: 2 exemptions as at 5 March 2024",
        "  Waiting for a decision: 42000.50 £ excluding VAT as at 5 March 2024",
    ]
    assert len(lines) - 1 == len(rows_of(command(*since, "--format", "csv"))) - 1 == len(page["figures"])
    assert "March 2023: approved: 0 exemptions" in command()  # twelve months before where it is left out
    assert "February 2023" not in command()
