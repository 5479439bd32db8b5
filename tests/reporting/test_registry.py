"""Every report has its page, CSV, JSON, text, kept copy and command from one description, and they say the same."""

import csv
import io
import json
from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from council.models import Document
from recruitment.models import Agency, Exemption
from reporting.reports.registry import Report, reports

pytestmark = pytest.mark.django_db

NAMES = sorted(reports())
DAY = "2024-02-15"


def address(name: str, **query) -> str:
    kind = reports()[name]
    asked = {kind.day: DAY} | query
    return (
        f"{reverse(f'reporting:{kind.url_name or name}')}?{'&'.join(f'{key}={value}' for key, value in asked.items())}"
    )


def command(*arguments) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def told(world):
    """A council with an order that failed, a worker of the first supplier and one by exemption; some weeks later."""
    world.placed()
    world.by_exemption(registration_number="SW424242", worker_name="Rowan Exampleton")
    with time_machine.travel("2024-02-20 10:00 +0000", tick=False):
        yield


def test_the_reports_are_found():
    assert {"assurance", "exemptions", "position", "register", "suppliers"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_the_files_and_the_command_say_the_same(told, client_of, name):
    client = client_of("auditor")
    assert client.get(address(name)).status_code == 200
    as_csv = client.get(address(name, format="csv")).getvalue().decode("utf-8-sig").replace("\r\n", "\n")
    as_json = client.get(address(name, format="json")).json()
    on = ("--on", DAY)
    assert command(name, *on, "--format", "csv") == as_csv
    assert json.loads(command(name, *on, "--format", "json")) == as_json
    _, *rows = csv.reader(io.StringIO(as_csv))
    text = command(name, *on).splitlines()
    assert len([line for line in text if line.startswith("  ")]) == len(rows)
    assert not text[0].startswith("  ") and "None" not in text[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_copy_has_the_rows_of_the_day_and_knows_what_was_asked(told, client_of, name, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = client_of("auditor")
    assert client.post(address(name)).status_code == 302
    kept = Document.objects.get()
    assert kept.parameters["report"] == name and kept.kind == Document.Kind.REPORT
    assert set(kept.parameters) == {"report", *reports()[name].asks}
    page = client.get(f"/documents/{kept.pk}/download/").getvalue().decode()
    rows = list(csv.reader(io.StringIO(command(name, "--on", DAY, "--format", "csv"))))
    assert page.count("<tr>") == len(rows)
    assert all(f">{heading.replace('&', '&amp;')}</th>" in page for heading in rows[0])


@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_keep_evidence_keeps_no_report(told, client_of, name):
    assert client_of("lead").post(address(name)).status_code == 403
    assert not Document.objects.exists()


def test_what_a_report_leaves_out_is_said():
    class Empty(Report):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no rows"):
        Empty().rows()
    with pytest.raises(NotImplementedError, match="Empty has no JSON"):
        Empty().as_json()
    assert Empty().finding == ""


@pytest.mark.parametrize(("day", "year"), [(date(2024, 3, 31), "2023"), (date(2024, 4, 1), "2024")])
def test_the_register_on_the_command_line_is_of_the_financial_year_of_the_day(told, day, year):
    assert command("register", "--on", str(day)).startswith(f"Register of exemptions, April {year} to March ")


def test_the_register_on_its_page_is_of_this_financial_year_unless_another_is_asked_for(told, client_of):
    client = client_of("auditor")
    register = reverse("reporting:exemptions-register")
    assert client.get(f"{register}?on=2021-03-31&format=json").json()["from"] == "2023-04-01"
    assert client.get(f"{register}?year=2022&format=json").json()["from"] == "2022-04-01"


def test_a_text_is_as_it_is_in_json_and_guarded_in_the_csv(told, client_of):
    Agency.objects.filter(pk=Exemption.objects.get().agency_id).update(name="-Agency")
    client = client_of("auditor")
    assert client.get(address("register", format="json")).json()["exemptions"][0]["Agency"] == "-Agency"
    assert "'-Agency" in client.get(address("register", format="csv")).getvalue().decode()
