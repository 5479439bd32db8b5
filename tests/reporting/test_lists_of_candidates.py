"""The lists of candidates, of approaches and of orders with their times: columns, filters, order, search, and whose rows a lead sees."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from placements.placement import ending
from recruitment.candidates import stepping
from recruitment.orders import taking_back
from recruitment.requests.approaches import log_approach
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_11_january():
    with time_machine.travel(at(1, 11, 12), tick=False):
        yield


@pytest.fixture(scope="module")
def orders(world):
    """Orders by what came of them: sent on Monday 8 January, the first at 10:00 and the others at 11:00, 12:00 and so on."""
    found = {}

    def send(name, hour, **fields):
        found[name] = world.send(world.sourced(at=at(1, 8, hour), **fields), at=at(1, 8, hour))

    send("secured", 10)
    send("open", 11)
    send("elsewhere", 12, team=world.other_team, by=world.other_lead)
    send("failed", 13)
    send("error", 14)
    return found


@pytest.fixture(scope="module")
def rows(world, orders):
    """Candidates by what became of them."""
    found = {}
    first = orders["secured"]
    found["A"] = world.put_forward(first, "A", at=at(1, 8, 12), registration_number="SW10001")
    found["B"] = world.put_forward(
        first,
        "B",
        at=at(1, 8, 15),
        registration_number="SW20002",
        supply_mode="brokered",
        supplying_agency=world.brokered,
        pay_rate=D("30.50"),
        charge_rate=D("39.75"),
    )
    world.step(found["A"], "turned_down", at=at(1, 9, 11))
    world.step(found["B"], "offered", at=at(1, 9, 12))
    world.step(found["B"], "accepted", at=at(1, 9, 14))
    brokered = {"supply_mode": "brokered", "supplying_agency": world.brokered}
    orders["secured"] = world.secure(first, at=at(1, 9, 16), **brokered)
    placement = world.book(orders["secured"], at=at(1, 9, 17), registration_number="SW20002", charge_rate=D("39.75"))
    ending.record_end(
        by=world.officer, at=at(4, 22), placement=placement, reason="worker_left", rating=4, eligible_again=True
    )
    found["C"] = world.put_forward(orders["open"], "C", at=at(1, 8, 16))
    world.step(found["C"], "shortlisted", at=at(1, 8, 17))
    found["D"] = world.put_forward(
        orders["elsewhere"], "D", at=at(1, 9, 9), pay_rate=D("32.00"), charge_rate=D("40.00")
    )
    found["E"] = world.put_forward(orders["open"], "E", at=at(1, 9, 10))
    stepping.void_candidate(by=world.director, at=at(1, 9, 11), submission=found["E"], reason="x")
    found["F"] = world.put_forward(orders["error"], "F", at=at(1, 8, 14, 30))
    taking_back.void(by=world.director, at=at(1, 9, 9), release=orders["error"], reason="x")
    orders["failed"] = world.fail(orders["failed"], at=at(1, 10, 13))
    return found


class TestCandidates:
    def names(self, client, query=""):
        return " ".join(column_of(client, f"/candidates/?{query}", "Agency’s reference"))

    def test_every_column_of_the_csv(self, world, orders, rows, client_of):
        header, *found = csv_of(client_of("officer"), "/candidates/?text=sw%2020002")
        assert dict(zip(header, *found, strict=True)) == {
            "Candidate": rows["B"].reference,
            "Stage": "Accepted",
            "Agency’s reference": "B",
            "Registration number": "SW20002",
            "Order": orders["secured"].reference,
            "Team": "North",
            "Supplier": "Pertemps",
            "Whose worker": "Alderway Care Staffing",
            "Received": "2024-01-08 15:00",
            "Pay rate an hour": "30.50",
            "Charge rate an hour, excluding VAT": "39.75",
        }

    def test_the_page_shows_the_same_and_leads_on(self, world, orders, rows, client_of):
        assert cells_of(client_of("officer"), "/candidates/?stage=shortlisted") == [
            [
                (rows["C"].reference, f"/candidates/{rows['C'].pk}/"),
                ("Shortlisted", ""),
                ("C", ""),
                ("", ""),
                (orders["open"].reference, f"/releases/{orders['open'].pk}/"),
                ("North", ""),
                ("Pertemps", ""),
                ("Pertemps", ""),
                ("8 January 2024, 16:00", ""),
                ("£33.00", ""),
                ("£41.00", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", "E D C B F A"),
            ("stage=waiting", "D C"),
            ("stage=standing", "D C B A"),  # nor those whose order was entered in error
            ("stage=void", "E"),
            ("stage=put_forward", "D F"),
            ("stage=accepted", "B"),
            ("stage=turned_down", "A"),
            ("stage=other", "E D C B F A"),  # no such stage
            ("since=2024-01-08", "E D C B F A"),
            ("since=2024-01-09", ""),
            ("until=2024-01-08", "E D C B F A"),
            ("until=2024-01-07", ""),
            ("text=sw1", "A"),
            ("text=10001", ""),  # a number is searched from its beginning
            ("text=b", "B"),
            ("text=zzz", ""),
            ("sort=pk", "A B C D E F"),
            ("sort=stage", "B D E F C A"),  # by what is kept: accepted, put_forward, shortlisted, turned_down
            ("sort=candidate", "A B C D E F"),
            ("sort=-candidate", "F E D C B A"),
            ("sort=-registration_number&stage=standing", "B A D C"),
            ("sort=release__pk", "A B C E D F"),
            ("sort=release__vacancy__team__name", "D A B C E F"),
            ("sort=received_at", "A F B C D E"),
            ("sort=pay_rate", "B D A C E F"),
            ("sort=charge_rate", "B D A C E F"),
            ("sort=-charge_rate", "F E C A D B"),
        ],
    )
    def test_filters_search_and_order(self, world, rows, client_of, query, names):
        assert self.names(client_of("officer"), query) == names

    def test_in_error_is_said(self, world, rows, client_of):
        assert column_of(client_of("officer"), "/candidates/?stage=void", "Stage") == ["Entered in error"]

    def test_by_reference_by_supplier_and_by_service(self, world, rows, client_of):
        client = client_of("officer")
        assert self.names(client, f"text={rows['C'].reference.lower()}") == "C"
        assert self.names(client, f"supplier={world.halden.pk}") == ""
        assert self.names(client, f"supplier={world.pertemps.pk}&stage=waiting") == "D C"
        assert self.names(client, f"service={world.other_team.service_id}") == "D"

    def test_a_lead_sees_the_own_service(self, world, rows, client_of):
        assert self.names(client_of("other_lead")) == "D"
        assert self.names(client_of("lead")) == "E C B F A"


@pytest.fixture(scope="module")
def said(world):
    common = {"by": world.officer, "job_type": "social_worker"}
    log_approach(**common, at=at(1, 9), agency=world.scs, note="Has somebody free.", candidate="S-1")
    log_approach(**common | {"job_type": "team_manager"}, at=at(1, 10), agency=world.brokered, note="A manager.")
    log_approach(**common | {"by": world.officer2}, at=at(1, 8), agency=world.halden, note="Two.")


class TestApproaches:
    def test_every_column_newest_first(self, world, said, client_of):
        assert csv_of(client_of("officer"), "/approaches/") == [
            ["Received", "Agency", "Role", "Agency’s reference", "What it said", "Recorded by"],
            ["2024-01-10 10:00", "Alderway Care Staffing", "Team manager", "", "A manager.", "The officer"],
            ["2024-01-09 10:00", "Service Care Solutions", "Social worker", "S-1", "Has somebody free.", "The officer"],
            ["2024-01-08 10:00", "Halden Bridge Care", "Social worker", "", "Two.", "The other officer"],
        ]

    @pytest.mark.parametrize(
        ("sort", "first"),
        [("received_at", "Two."), ("agency__name", "A manager."), ("job_type", "Has somebody free.")],
    )
    def test_it_sorts_both_ways(self, world, said, client_of, sort, first):
        up = column_of(client_of("officer"), f"/approaches/?sort={sort}", "What it said")
        assert (up[0], len(up)) == (first, 3)
        assert column_of(client_of("officer"), f"/approaches/?sort=-{sort}", "What it said") == up[::-1]

    def test_by_who_recorded_and_by_agency(self, world, said, client_of):
        client = client_of("officer")
        assert column_of(client, "/approaches/?sort=recorded_by__name", "What it said")[2] == "Two."
        assert column_of(client, f"/approaches/?agency={world.scs.pk}", "What it said") == ["Has somebody free."]
        assert len(column_of(client, "/approaches/?agency=999999", "What it said")) == 3

    def test_the_page_shows_the_same_and_offers_officers_to_log_one(self, world, said, client_of):
        assert cells_of(client_of("auditor"), "/approaches/?sort=received_at")[0] == [
            ("8 January 2024, 10:00", ""),
            ("Halden Bridge Care", ""),
            ("Social worker", ""),
            ("", ""),
            ("Two.", ""),
            ("The other officer", ""),
        ]
        button = 'data-module="govuk-button" href="/approaches/new/"'
        assert button in client_of("officer").get("/approaches/").content.decode()
        assert button not in client_of("auditor").get("/approaches/").content.decode()


class TestOrdersAndHowLongTheyTook:
    """Working hours are 09:00 to 17:00, counted from the sending of each order."""

    def names(self, orders, client, query=""):
        known = {one.reference: name for name, one in orders.items()}
        return " ".join(known[one] for one in column_of(client, f"/suppliers/orders/?{query}", "Order"))

    def test_the_times_of_an_order_that_was_filled(self, world, orders, rows, client_of):
        """First candidate after 2 hours; filled after 7 hours on Monday and 7 on Tuesday; one waited from 12:00 to 12:00."""
        address = "/suppliers/orders/?answer=secured"
        header, *found = csv_of(client_of("officer"), address)
        assert dict(zip(header, *found, strict=True)) == {
            "Order": orders["secured"].reference,
            "Supplier": "Pertemps",
            "Sent": "2024-01-08 10:00",
            "Answered": "2024-01-09 16:00",
            "Answer": "Secured",
            "What confirms it": "",
            "Candidates": "2",
            "How it answered": "Not recorded how",
            "Working hours to first candidate": "2.0",
            "Working hours to fill": "14.0",
            "Candidate waited for us, working hours": "8.0",
            "Ratings, 1 to 4": "4",
        }
        assert cells_of(client_of("officer"), address) == [
            [
                (orders["secured"].reference, f"/releases/{orders['secured'].pk}/"),
                ("Pertemps", ""),
                ("8 January 2024, 10:00", ""),
                ("9 January 2024, 16:00", ""),
                ("Secured", ""),
                ("Not recorded how", ""),
                ("", ""),
                ("2", ""),
                ("2", ""),
                ("14", ""),
                ("8", ""),
                ("4", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("name", "cells"),
        [
            # waits since Monday 16:00: 1 hour, 8 on Tuesday, 8 on Wednesday, and 3 until Thursday 12:00
            ("open", ["Waiting for an answer", "", "", "1", "5.0", "", "20.0", ""]),
            ("elsewhere", ["Waiting for an answer", "", "", "1", "5.0", "", "19.0", ""]),
            (
                "failed",
                [
                    "Not secured",
                    "Not recorded how",
                    "Recorded by one person, not yet confirmed.",
                    "0",
                    "",
                    "",
                    "0.0",
                    "",
                ],
            ),
        ],
    )
    def test_the_times_of_an_order_that_was_not(self, world, orders, rows, client_of, name, cells):
        found = {row[0]: row[4:] for row in csv_of(client_of("officer"), "/suppliers/orders/")}
        assert found[orders[name].reference] == cells

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", "failed elsewhere open secured"),  # none that was entered in error
            ("answer=answered", "failed secured"),
            ("answer=secured", "secured"),
            ("answer=candidates", "elsewhere open secured"),
            ("answer=rated", "secured"),
            ("answer=other", "failed elsewhere open secured"),  # no such answer
            ("since=2024-01-08", "failed elsewhere open secured"),
            ("since=2024-01-09", ""),
            ("until=2024-01-08", "failed elsewhere open secured"),
            ("until=2024-01-07", ""),
            ("sort=pk", "secured open elsewhere failed"),
            ("sort=sent_at", "secured open elsewhere failed"),
            ("sort=outcome", "failed open elsewhere secured"),
            ("sort=-outcome", "secured elsewhere open failed"),
            ("sort=contract__agency__name", "secured open elsewhere failed"),
        ],
    )
    def test_filters_and_order(self, world, orders, rows, client_of, query, names):
        assert self.names(orders, client_of("officer"), query) == names

    def test_those_without_an_answer_come_last(self, world, orders, rows, client_of):
        client = client_of("officer")
        assert self.names(orders, client, "sort=answered_at") == "secured failed open elsewhere"
        assert self.names(orders, client, "sort=-answered_at") == "failed secured elsewhere open"

    def test_one_that_fell_through_was_answered(self, world, orders, rows, client_of):
        release = world.secured()
        taking_back.worker_will_not_come(by=world.officer, at=at(1, 10), release=release, reason="x")
        known = orders | {"fell": release}
        assert "fell" in self.names(known, client_of("officer"), "answer=answered")
        assert "fell" not in self.names(known, client_of("officer"), "answer=secured")

    def test_a_candidate_entered_in_error_is_none(self, world, orders, rows, client_of):
        stepping.void_candidate(by=world.director, at=at(1, 11), submission=rows["D"], reason="x")
        assert self.names(orders, client_of("officer"), "answer=candidates") == "open secured"
        found = {row[0]: row[7:9] for row in csv_of(client_of("officer"), "/suppliers/orders/")}
        assert found[orders["elsewhere"].reference] == ["0", ""]

    def test_by_supplier_and_for_a_lead(self, world, orders, rows, client_of):
        assert self.names(orders, client_of("officer"), f"supplier={world.halden.pk}") == ""
        assert self.names(orders, client_of("other_lead")) == "elsewhere"
        assert self.names(orders, client_of("lead")) == "failed open secured"

    def test_the_first_day_is_that_of_england(self, world, orders, rows, client_of):
        late = world.send(world.sourced(at=MONDAY), at=at(1, 10, 23, 59), happened_at=None)
        known = orders | {"late": late}
        assert self.names(known, client_of("officer"), "until=2024-01-09") == "failed elsewhere open secured"
        assert self.names(known, client_of("officer"), "since=2024-01-10") == "late"
        assert date(2024, 1, 10) == late.sent_at.date()
