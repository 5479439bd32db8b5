"""The list of contracts: columns, stages on their days, filters, order and search, for those who see money."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from recruitment.contracts import actions as contracts
from recruitment.exemptions import deciding
from tests.factories import approve, corporate_contract
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world

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
def more(world):
    """Beside the three of the world: one that begins on 16 March, one that ended on 14 March, one over its value."""
    by, agency = world.administrator, world.brokered
    corporate_contract(by, agency, "NEXT", "50000", starts_on=date(2024, 3, 16), let_on=date(2024, 3, 1))
    gone = corporate_contract(
        by, agency, "PAST", "60000", starts_on=date(2021, 1, 1), let_on=date(2020, 12, 1), title="The old one"
    )
    approve(by, gone, "60000", ends_on=date(2024, 3, 14), decided_on=date(2022, 6, 1))
    full = corporate_contract(by, agency, "FULL", "1000", starts_on=date(2023, 1, 1))
    contracts.commit(full.pk, D("1000.00"), note="x", by=world.officer, at=MONDAY)
    contracts.commit(world.framework.pk, D("250000.50"), note="x", by=world.officer, at=MONDAY)
    approve(by, full, "999.99", decided_on=date(2023, 2, 1))


def test_every_column_of_the_csv(world, client_of):
    header, *found = csv_of(client_of("finance"), "/contracts/?text=rm6161")
    assert dict(zip(header, *found, strict=True)) == {
        "Contract": "RM6161-L5",
        "Title": "A contract",
        "Agency": "Halden Bridge Care",
        "Route": "Framework contract",
        "From": "2022-01-01",
        "Until": "2026-12-31",
        "Approved value, £ excluding VAT": "1000000.00",
        "Spent and committed, £": "250000.50",
        "Left to commit, £": "749999.50",
        "Stage": "Running",
    }


def test_the_page_shows_the_same_and_leads_to_the_contract(world, client_of):
    assert cells_of(client_of("finance"), "/contracts/?text=corp") == [
        [
            ("CORP", f"/contracts/{world.corporate.pk}/"),
            ("A contract", ""),
            ("Pertemps", ""),
            ("Corporate contract", ""),
            ("1 January 2022", ""),
            ("31 December 2026", ""),
            ("", ""),
            ("£0.00", ""),
            ("", ""),
            ("Running", ""),
        ]
    ]


@pytest.mark.parametrize(
    ("now", "reference", "stage"),
    [
        (at(3, 15, 23), "NEXT", "Not started"),
        (at(3, 16, 0), "NEXT", "Running"),
        (at(3, 14, 23), "PAST", "Running"),
        (at(3, 15, 0), "PAST", "Ended"),
        (at(3, 15), "FULL", "Over value"),
    ],
)
def test_a_stage_begins_on_its_day(world, client_of, now, reference, stage):
    with time_machine.travel(now, tick=False):
        assert column_of(client_of("finance"), f"/contracts/?text={reference}", "Stage") == [stage]


def test_all_of_the_value_spent_is_not_over_it(world, client_of):
    approve(world.administrator, world.framework, "250000.50", decided_on=date(2023, 12, 30))
    assert column_of(client_of("finance"), "/contracts/?text=rm6161", "Stage") == ["Running"]
    approve(world.administrator, world.framework, "250000.49", decided_on=date(2023, 12, 31))
    assert column_of(client_of("finance"), "/contracts/?text=rm6161", "Stage") == ["Over value"]


def test_one_let_by_an_exemption_that_was_taken_back(world, client_of):
    exemption = world.exempted()
    deciding.take_back(by=world.director, at=at(3, 14), exemption=exemption, reason="x")
    address = f"/contracts/?text={exemption.reference}"
    assert column_of(client_of("finance"), address, "Stage") == ["Taken back"]
    with time_machine.travel(at(3, 13), tick=False):
        assert column_of(client_of("finance"), address, "Stage") == ["Running"]


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("", "NEXT FULL LIQ RM6161-L5 CORP PAST"),
        ("route=framework", "RM6161-L5"),
        ("route=corporate", "NEXT FULL CORP PAST"),
        ("route=direct", "LIQ"),
        ("route=other", "NEXT FULL LIQ RM6161-L5 CORP PAST"),  # no such route
        ("text=OLD", "PAST"),
        ("text=halden", "RM6161-L5"),
        ("text=nothing", ""),
        ("sort=reference", "CORP FULL LIQ NEXT PAST RM6161-L5"),
        ("sort=-reference", "RM6161-L5 PAST NEXT LIQ FULL CORP"),
        ("sort=agency__name", "NEXT PAST FULL RM6161-L5 LIQ CORP"),  # of one agency in the order of their entry
        ("sort=-agency__name", "CORP LIQ RM6161-L5 FULL PAST NEXT"),
        ("sort=route", "CORP NEXT PAST FULL LIQ RM6161-L5"),
        ("sort=starts_on", "PAST CORP RM6161-L5 LIQ FULL NEXT"),
        ("sort=account__ends_on&route=corporate", "PAST CORP NEXT FULL"),
        ("sort=account__approved_value", "FULL NEXT PAST RM6161-L5 CORP LIQ"),  # those without one come last
        ("sort=-account__approved_value", "RM6161-L5 PAST NEXT FULL LIQ CORP"),
        ("sort=account__exposure&text=a%20contract", "CORP LIQ NEXT FULL RM6161-L5"),
        ("sort=-account__exposure", "RM6161-L5 FULL PAST NEXT LIQ CORP"),
    ],
)
def test_filters_search_and_order(world, client_of, query, references):
    assert column_of(client_of("finance"), f"/contracts/?{query}", "Contract") == references.split()


def test_by_agency(world, client_of):
    found = column_of(client_of("finance"), f"/contracts/?agency={world.halden.pk}", "Contract")
    assert found == ["RM6161-L5"]


@pytest.mark.parametrize("who", ["lead", "nobody", "system"])
def test_whoever_does_not_see_money_is_turned_away(world, client_of, who):
    for address in ("/contracts/", "/payments/", "/payments/imports/", f"/contracts/{world.corporate.pk}/entries/"):
        assert client_of(who).get(address).status_code == 403
        assert client_of(who).get(f"{address}?format=csv").status_code == 403
