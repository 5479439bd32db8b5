"""The list of permanent starts: columns, filters, order, fees, and whose rows a lead sees."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from placements.hires import actions as hires
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_15_march():
    with time_machine.travel(at(3, 15), tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def started(world):
    """One through Liquid Personnel for £5,000.00, one of the council's own in another Service, one entered in error."""
    person = {"registration_number": "SW1212", "worker_name": "A"}
    vacancy = world.sourced()
    release = world.secure(world.send(vacancy, world.permanent))
    common = {"by": world.officer, "at": AFTER_WINDOW}
    found = hires.record_hire(
        **common, vacancy=vacancy, release=release, starts_on=date(2024, 2, 5), fee=D("5000.00"), **person
    )
    elsewhere = world.agreed(team=world.other_team, by=world.other_lead)
    own = hires.record_hire(**common, vacancy=elsewhere, starts_on=date(2024, 2, 6))
    vacancy = world.sourced()
    release = world.secure(world.send(vacancy, world.permanent))
    error = hires.record_hire(**common, vacancy=vacancy, release=release, starts_on=date(2024, 1, 29), fee=D("700.00"))
    hires.void_hire(by=world.director, at=AFTER_WINDOW + timedelta(1), hire=error, reason="x")
    return {"found": found, "own": own, "error": error}


def shown(started, client, query=""):
    known = {one.reference: name for name, one in started.items()}
    return " ".join(known[one] for one in column_of(client, f"/hires/?{query}", "Start"))


def test_every_column_and_where_it_leads(world, started, client_of):
    one, address = started["found"], f"/hires/?agency={world.permanent.agency_id}"
    header, first, second = csv_of(client_of("officer"), address)
    assert dict(zip(header, first, strict=True)) == {
        "Start": one.reference,
        "Request": one.vacancy.reference,
        "Team": "North",
        "Found by": "Liquid Personnel",
        "From": "2024-02-05",
        "Fee, £ excluding VAT": "5000.00",
        "Stage": "Filled",
    }
    assert (second[4:], len(cells_of(client_of("officer"), address))) == (
        ["2024-01-29", "700.00", "Entered in error"],
        2,
    )
    assert cells_of(client_of("officer"), address)[0] == [
        (one.reference, f"/hires/{one.pk}/"),
        (one.vacancy.reference, f"/requests/{one.vacancy_id}/"),
        ("North", ""),
        ("Liquid Personnel", ""),
        ("5 February 2024", ""),
        ("£5,000.00", ""),
        ("Filled", ""),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "own found error"),
        ("until=2024-02-05", "found"),  # one entered in error has not started
        ("until=2024-02-04", ""),
        ("sort=pk", "found own error"),
        ("sort=vacancy__pk", "found own error"),
        ("sort=-vacancy__pk", "error own found"),
        ("sort=vacancy__team__name", "own found error"),
        ("sort=starts_on", "error found own"),
        ("sort=fee", "own error found"),
        ("sort=-fee", "found error own"),
    ],
)
def test_filters_and_order(world, started, client_of, query, names):
    assert shown(started, client_of("officer"), query) == names


def test_a_fee_given_back_is_not_in_the_total(world, started, client_of):
    words = "3 rows. Fees, excluding VAT: £5,000.00, as at 15 March 2024."
    assert summary_of(client_of("officer"), "/hires/") == words


def test_by_service_and_for_a_lead(world, started, client_of):
    assert shown(started, client_of("officer"), f"service={world.other_team.service_id}") == "own"
    assert shown(started, client_of("other_lead")) == "own"
    assert shown(started, client_of("lead")) == "found error"
    assert column_of(client_of("other_lead"), "/hires/", "Found by") == ["The council"]
