"""The lists of breaches and of what was brought forward: columns, filters, order, and whose rows a lead sees."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import confirming, proposing
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_1_february():
    with time_machine.travel(at(2, 1), tick=False):
        yield


# -- breaches ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def breaches(world):
    """One open, one authorised, one in another Service and told to both, and one that was taken back."""

    def breach(found_on, told=(None, None), **fields):
        found = world.found(**fields)
        common = {"by": world.officer, "at": at(1, 31), "found": found, "how_found": "x"}
        return breaches_actions.record_breach(
            **common, found_on=found_on, director_told_on=told[0], procurement_told_on=told[1]
        )

    found = {
        "open": breach(date(2024, 1, 29), worker_name="Ann"),
        "approved": breach(date(2024, 1, 30), worker_name="Bob", starts_on=date(2024, 1, 9), charge_rate=D("40.00")),
        "elsewhere": breach(
            date(2024, 1, 28),
            (date(2024, 1, 29), date(2024, 1, 30)),
            worker_name="Cat",
            team=world.other_team,
            starts_on=date(2024, 1, 10),
        ),
        "back": world.wrongly_marked(),
    }
    breaches_actions.authorise(by=world.director, at=at(2, 1), breach=found["approved"], reason="x")
    correction = proposing.propose_taking_back(by=world.officer, at=at(2, 1), breach=found["back"], why="x")
    confirming.decide(by=world.director, at=at(2, 1), correction=correction, decision="confirmed")
    return found


class TestBreaches:
    def names(self, breaches, client, query=""):
        known = {one.reference: name for name, one in breaches.items()}
        return " ".join(known[one] for one in column_of(client, f"/breaches/?{query}", "Breach"))

    def test_every_column_of_the_csv(self, world, breaches, client_of):
        header, *found = csv_of(client_of("officer"), f"/breaches/?service={world.other_team.service_id}")
        assert dict(zip(header, *found, strict=True)) == {
            "Breach": breaches["elsewhere"].reference,
            "State": "Outside contract, not authorised",
            "What happened": "Found in post without proof",
            "Worker": "Cat",
            "Team": "Carers",
            "Agency": "Alderway Care Staffing",
            "Since": "2024-01-10",
            "Found on": "2024-01-28",
            "Cost, £ excluding VAT": "2960.00",  # 8 days of 7.4 hours at £50.00
            "Assistant Director told": "2024-01-29",
            "Procurement told": "2024-01-30",
        }

    def test_the_page_shows_the_same_and_leads_to_the_breach(self, world, breaches, client_of):
        one = breaches["approved"]
        assert cells_of(client_of("officer"), "/breaches/?state=approved") == [
            [
                (one.reference, f"/breaches/{one.pk}/"),
                ("Authorised after the start", ""),
                ("Found in post without proof", ""),
                ("Bob", ""),
                ("North", ""),
                ("Alderway Care Staffing", ""),
                ("9 January 2024", ""),
                ("30 January 2024", ""),
                ("£2,664.00", ""),  # 9 days at £40.00
                ("", ""),
                ("", ""),
            ]
        ]
        assert column_of(client_of("officer"), "/breaches/?state=taken_back", "State") == ["Taken back"]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", "approved open elsewhere back"),
            ("kind=found_in_post", "approved open elsewhere"),
            ("kind=proof_corrected", "back"),
            ("kind=emergency_not_confirmed", ""),
            ("state=open", "open elsewhere"),
            ("state=approved", "approved"),
            ("state=taken_back", "back"),
            ("state=other", "approved open elsewhere back"),  # no such state
            ("sort=pk", "open approved elsewhere back"),
            ("sort=kind", "open approved elsewhere back"),
            ("sort=-kind", "back elsewhere approved open"),
            ("sort=placement__vacancy__team__name", "elsewhere open approved back"),
            ("sort=since&kind=found_in_post", "open approved elsewhere"),
            ("sort=-since&kind=found_in_post", "elsewhere approved open"),
            ("sort=found_on", "back elsewhere open approved"),
        ],
    )
    def test_filters_and_order(self, world, breaches, client_of, query, names):
        assert self.names(breaches, client_of("officer"), query) == names

    def test_a_lead_sees_the_own_service_and_records_none(self, world, breaches, client_of):
        assert self.names(breaches, client_of("other_lead")) == "elsewhere"
        assert self.names(breaches, client_of("lead")) == "approved open back"
        button = 'data-module="govuk-button" href="/breaches/new/"'
        for who, there in (("officer", True), ("director", True), ("lead", False), ("finance", False)):
            assert (button in client_of(who).get("/breaches/").content.decode()) is there


# -- brought forward -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def brought(world):
    batch = brought_forward_actions.open_batch(by=world.administrator, at=MONDAY, on=date(2024, 1, 8))
    common = {"contract": None, "hours_per_week": D("37")}
    rows = {
        "alone": world.found(**common, worker_name="Zoe", starts_on=date(2023, 12, 27), ends_on=date(2024, 1, 9)),
        "other": world.found(
            worker_name="Amy",
            team=world.other_team,
            agency=world.pertemps,
            contract=world.corporate,
            starts_on=date(2024, 1, 2),
            ends_on=date(2024, 1, 8),
        ),
    }
    bring = {"by": world.administrator, "at": MONDAY}
    found = {
        name: brought_forward_actions.bring_forward(**bring, found=row, proof_held=f"Proof {name}")
        for name, row in rows.items()
    }
    return found | {"batch": batch}


class TestBroughtForward:
    def test_every_column_and_where_it_leads(self, world, brought, client_of):
        alone, other = brought["alone"], brought["other"]
        assert csv_of(client_of("officer"), "/brought-forward/") == [
            [
                "Placement",
                "Worker",
                "Team",
                "Agency",
                "Contract",
                "Start",
                "End",
                "Proof held",
                "Cost, £ excluding VAT",
            ],
            [
                alone.reference,
                "Zoe",
                "North",
                "Alderway Care Staffing",
                "None",
                "2023-12-27",
                "2024-01-09",
                "Proof alone",
                "3330.00",  # 9 days of 7.4 hours at £50.00, for 1 January is a bank holiday
            ],
            [
                other.reference,
                "Amy",
                "Carers",
                "Pertemps",
                "CORP",
                "2024-01-02",
                "2024-01-08",
                "Proof other",
                "1850.00",
            ],
        ]
        assert cells_of(client_of("officer"), "/brought-forward/")[1] == [
            (other.reference, f"/placements/{other.pk}/"),
            ("Amy", ""),
            ("Carers", ""),
            ("Pertemps", ""),
            ("CORP", ""),
            ("2 January 2024", ""),
            ("8 January 2024", ""),
            ("Proof other", ""),
            ("£1,850.00", ""),
        ]

    @pytest.mark.parametrize(
        ("sort", "first"),
        [
            ("pk", "Zoe"),
            ("worker__folded_name", "Amy"),
            ("vacancy__team__name", "Amy"),
            ("supplying_agency__name", "Zoe"),
            ("starts_on", "Zoe"),
            ("ends_on", "Amy"),
        ],
    )
    def test_it_sorts_both_ways(self, world, brought, client_of, sort, first):
        up = column_of(client_of("officer"), f"/brought-forward/?sort={sort}", "Worker")
        assert (up[0], len(up)) == (first, 2)
        assert column_of(client_of("officer"), f"/brought-forward/?sort=-{sort}", "Worker") == up[::-1]

    def test_neither_those_in_error_nor_those_of_another_service(self, world, breaches, brought, client_of):
        from placements.placement import ending

        assert column_of(client_of("other_lead"), "/brought-forward/", "Worker") == ["Amy"]
        ending.void(by=world.director, at=at(1, 9), placement=brought["other"], reason="x")
        assert column_of(client_of("officer"), "/brought-forward/", "Worker") == ["Zoe"]

    def test_the_batch_is_begun_filled_and_closed_by_who_brings_forward(self, world, brought, client_of):
        page = client_of("administrator").get("/brought-forward/").content.decode()
        assert "For workers who were in post on 8 January 2024" in page and 'href="/brought-forward/close/"' in page
        assert 'href="/brought-forward/close/"' not in client_of("officer").get("/brought-forward/").content.decode()
        brought_forward_actions.close_batch(by=world.administrator, at=at(1, 12))
        page = page_of(client_of("administrator"), "/brought-forward/")
        assert "Closed by The administrator, 12 January 2024" in page and "/brought-forward/close/" not in page

    def test_before_it_is_begun(self, world, client_of):
        page = client_of("administrator").get("/brought-forward/").content.decode()
        assert 'href="/brought-forward/begin/"' in page and "Nothing has been brought forward yet." in page
