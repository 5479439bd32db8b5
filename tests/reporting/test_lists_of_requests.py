"""The lists of staffing requests and of orders: every column, filter, order and search, for whoever may see which rows."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from recruitment.requests import actions as vacancies
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_10_january():
    """Wednesday, an hour after the time of an order of Monday, 10:00 has ended."""
    with time_machine.travel(at(1, 10, 11), tick=False):
        yield


@pytest.fixture(scope="module")
def rows(world):
    """Requests and the orders for them, by what they are."""
    requests, orders = {}, {}
    requests["asked"] = world.request(at=at(1, 3))
    requests["held"] = vacancies.decide(
        by=world.director, at=at(1, 4, 11), vacancy=world.request(at=at(1, 4)), decision="deferred", reason="x"
    )
    requests["down"] = vacancies.decide(
        by=world.director, at=at(1, 5, 11), vacancy=world.request(at=at(1, 5)), decision="turned_down", reason="x"
    )
    requests["agreed"] = world.agreed(
        at=at(1, 8, 9),
        kind="cover",
        job_type="team_manager",
        hours_per_week=D("18.50"),
        needed_from=date(2024, 2, 1),
        urgency="urgent",
    )
    requests["elsewhere"] = world.agreed(at=at(1, 8, 9, 30), team=world.other_team, by=world.other_lead)
    world.direct(requests["elsewhere"], at(1, 8, 9, 30))
    orders["elsewhere"] = world.send(requests["elsewhere"], at=at(1, 8, 9, 30), max_rate=D("40.00"))
    says = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried", "words": "Nobody."}
    link = world.link(orders["elsewhere"], at=at(1, 8, 9, 45))
    supplier.say_cannot_supply(by=link, at=at(1, 8, 10), said_by="P P", **says)
    requests["ended"] = world.sourced(at=MONDAY)
    orders["ended"] = world.send(requests["ended"], at=MONDAY)
    requests["not secured"] = world.sourced(at=MONDAY)
    orders["not secured"] = world.fail(world.send(requests["not secured"], at=MONDAY), at=at(1, 10, 10))
    supplier.record_dispute(
        by=world.officer, at=at(1, 10, 10, 30), release=orders["not secured"], words="x", said_by="P P"
    )
    orders["asked"] = world.send(requests["not secured"], world.framework, at=at(1, 10, 10, 30), order_number="HBC-77")
    requests["secured"] = world.sourced(at=MONDAY + HOUR)
    orders["secured"] = world.secure(
        world.send(requests["secured"], at=MONDAY + HOUR),
        at=at(1, 9, 12),
        supply_mode="brokered",
        supplying_agency=world.brokered,
    )
    orders["void"] = world.send(world.sourced(at=at(1, 8, 12)), at=at(1, 8, 12))
    taking_back.void(by=world.director, at=at(1, 8, 13), release=orders["void"], reason="x")
    requests["void"] = orders["void"].vacancy
    requests["emergency"] = world.called(at=at(1, 6, 22), happened_at=None).vacancy
    orders["emergency"] = requests["emergency"].releases.get()
    return {"requests": requests, "orders": orders}


class TestRequests:
    def names(self, rows, client, query=""):
        known = {one.reference: name for name, one in rows["requests"].items()}
        return [known[reference] for reference in column_of(client, f"/requests/?{query}", "Reference")]

    def test_every_column_of_the_csv(self, world, rows, client_of):
        header, *found = csv_of(client_of("officer"), "/requests/?sort=pk")
        assert header == [
            "Reference",
            "Team",
            "Role",
            "Need",
            "Hours per week",
            "Asked for on",
            "Needed from",
            "Urgency",
            "Stage",
            "Whose turn",
        ]
        reference = rows["requests"]["agreed"].reference
        assert next(row for row in found if row[0] == reference) == [
            reference,
            "North",
            "Team manager",
            "Cover for an absent employee",
            "18.50",
            "2024-01-08",
            "2024-02-01",
            "Urgent",
            "Agreed",
            "Commissioning officer",
        ]

    def test_the_page_shows_the_same_and_leads_to_the_request(self, world, rows, client_of):
        one = rows["requests"]["agreed"]
        assert cells_of(client_of("officer"), f"/requests/?text={one.reference}") == [
            [
                (one.reference, f"/requests/{one.pk}/"),
                ("North", ""),
                ("Team manager", ""),
                ("Cover for an absent employee", ""),
                ("18.5", ""),
                ("8 January 2024", ""),
                ("1 February 2024", ""),
                ("Urgent", ""),
                ("Agreed", ""),
                ("Commissioning officer", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("name", "stage", "turn"),
        [
            ("asked", "Requested", "Assistant Director or finance"),
            ("held", "Held", "Assistant Director or finance"),
            ("down", "Turned down", ""),
            ("agreed", "Agreed", "Commissioning officer"),
            ("ended", "Sourcing", "Commissioning officer"),  # the supplier's time has ended
            ("not secured", "Sourcing", "Supplier"),  # the next one has been asked
            ("secured", "Sourcing", "Commissioning officer"),
            ("void", "Sourcing", "Commissioning officer"),
        ],
    )
    def test_whose_turn_it_is(self, world, rows, client_of, name, stage, turn):
        one = rows["requests"][name]
        found = csv_of(client_of("officer"), f"/requests/?text={one.reference}")[1]
        assert found[-2:] == [stage, turn]

    @pytest.mark.parametrize(
        ("now", "turn"), [(at(1, 10, 9, 59), "Supplier"), (at(1, 10, 10), "Commissioning officer")]
    )
    def test_it_is_the_suppliers_until_its_time_ends(self, world, rows, client_of, now, turn):
        with time_machine.travel(now, tick=False):
            address = f"/requests/?text={rows['requests']['ended'].reference}"
            assert column_of(client_of("officer"), address, "Whose turn") == [turn]

    def test_a_supplier_asked_for_permanent_staff_does_not_hold_it_up(self, world, rows, client_of):
        vacancy = world.sourced(at=at(1, 10, 10))
        world.send(vacancy, world.permanent, at=at(1, 10, 10))
        assert column_of(client_of("officer"), f"/requests/?text={vacancy.reference}", "Whose turn") == [
            "Commissioning officer"
        ]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", "void secured not-secured ended elsewhere agreed emergency down held asked"),
            ("stage=waiting", "held asked"),
            ("stage=open", "void secured not-secured ended elsewhere agreed emergency"),
            ("stage=deferred", "held"),
            ("stage=turned_down", "down"),
            ("stage=agreed", "agreed"),
            ("stage=covered", ""),
            ("kind=cover", "agreed emergency"),
            ("kind=vacant_post", "void secured not-secured ended elsewhere down held asked"),
            ("urgency=urgent", "agreed emergency"),
            ("origin=emergency", "emergency"),
            ("origin=requested", "void secured not-secured ended elsewhere agreed down held asked"),
            ("since=2024-01-06", "void secured not-secured ended elsewhere agreed emergency"),
            ("since=2024-01-07", "void secured not-secured ended elsewhere agreed"),
            ("until=2024-01-05", "down held asked"),
            ("until=2024-01-04", "held asked"),
            ("since=2024-01-04&until=2024-01-05", "down held"),
            (
                "stage=requested",
                "void secured not-secured ended elsewhere agreed emergency down held asked",
            ),  # none such
            ("text=carers", "elsewhere"),
            ("text=%20CARERS%20", "elsewhere"),
            ("text=nowhere", ""),
        ],
    )
    def test_a_filter_keeps_what_fits(self, world, rows, client_of, query, names):
        found = self.names(rows, client_of("officer"), query)
        assert [name.replace(" ", "-") for name in found] == names.split()

    def test_by_service_and_by_part_of_a_reference(self, world, rows, client_of):
        client = client_of("officer")
        assert self.names(rows, client, f"service={world.other_team.service_id}") == ["elsewhere"]
        assert len(self.names(rows, client, f"service={world.team.service_id}")) == 9
        reference = rows["requests"]["held"].reference
        assert self.names(rows, client, f"text={reference[3:].lower()}") == ["held"]

    @pytest.mark.parametrize(
        ("sort", "first", "last"),
        [
            ("pk", "asked", "emergency"),
            ("team__name", "elsewhere", "emergency"),
            ("job_type", "asked", "agreed"),
            ("hours_per_week", "agreed", "emergency"),
            ("requested_at", "asked", "void"),
            ("needed_from", "emergency", "agreed"),
            ("urgency", "asked", "emergency"),
            ("status", "agreed", "down"),
        ],
    )
    def test_it_sorts_both_ways(self, world, rows, client_of, sort, first, last):
        up = self.names(rows, client_of("officer"), f"sort={sort}")
        assert (up[0], up[-1]) == (first, last)
        assert self.names(rows, client_of("officer"), f"sort=-{sort}") == up[::-1]

    def test_a_lead_sees_the_own_service(self, world, rows, client_of):
        assert self.names(rows, client_of("other_lead")) == ["elsewhere"]
        assert "elsewhere" not in self.names(rows, client_of("lead"))
        assert len(self.names(rows, client_of("lead"))) == 9

    def test_the_summary_and_who_is_offered_what(self, world, rows, client_of):
        assert summary_of(client_of("officer"), "/requests/?stage=waiting") == "2 rows, as at 10 January 2024."
        buttons = {"/requests/new/", "/requests/emergency/", "/meetings/sheet/"}
        offered = {"officer": buttons, "lead": {"/requests/new/"}, "finance": {"/meetings/sheet/"}}
        for who, wanted in offered.items():
            page = client_of(who).get("/requests/").content.decode()
            assert {one for one in buttons if f'data-module="govuk-button" href="{one}"' in page} == wanted


class TestOrders:
    def names(self, rows, client, query=""):
        known = {one.reference: name for name, one in rows["orders"].items()}
        return [known[reference] for reference in column_of(client, f"/releases/?{query}", "Order")]

    def test_every_column_of_the_csv(self, world, rows, client_of):
        order, request = rows["orders"]["not secured"], rows["requests"]["not secured"]
        header, *found = csv_of(client_of("officer"), f"/releases/?text={order.reference}")
        assert dict(zip(header, *found, strict=True)) == {
            "Order": order.reference,
            "Request": request.reference,
            "Team": "North",
            "Sent to": "Pertemps",
            "Contract": "CORP",
            "Maximum rate, £ an hour": "42.00",
            "Sent": "2024-01-08 10:00",
            "Answer by": "2024-01-10 10:00",
            "Answered": "2024-01-10 10:00",
            "Answer": "Not secured",
            "Why": "No candidates",
        }

    def test_the_page_shows_the_same_and_leads_on(self, world, rows, client_of):
        order = rows["orders"]["asked"]
        assert cells_of(client_of("officer"), "/releases/?text=hbc-77") == [
            [
                (order.reference, f"/releases/{order.pk}/"),
                (order.vacancy.reference, f"/requests/{order.vacancy_id}/"),
                ("North", ""),
                ("Halden Bridge Care", ""),
                ("RM6161-L5", ""),
                ("42", ""),
                ("10 January 2024, 10:30", ""),
                ("12 January 2024, 10:30", ""),
                ("", ""),
                ("Waiting for an answer", ""),
                ("", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("name", "answer"),
        [
            ("elsewhere", "Cannot supply"),
            ("ended", "Time has ended"),
            ("asked", "Waiting for an answer"),
            ("secured", "Secured"),
            ("void", "Entered in error"),
            ("emergency", "Time has ended"),
        ],
    )
    def test_the_answer_in_a_word(self, world, rows, client_of, name, answer):
        address = f"/releases/?text={rows['orders'][name].reference}"
        assert column_of(client_of("officer"), address, "Answer") == [answer]

    @pytest.mark.parametrize(
        ("now", "answer"), [(at(1, 10, 9, 59), "Waiting for an answer"), (at(1, 10, 10), "Time has ended")]
    )
    def test_its_time_ends_at_the_moment(self, world, rows, client_of, now, answer):
        with time_machine.travel(now, tick=False):
            address, ended = f"/releases/?text={rows['orders']['ended'].reference}", answer == "Time has ended"
            assert column_of(client_of("officer"), address, "Answer") == [answer]
            assert ("ended" in self.names(rows, client_of("officer"), "answer=ended")) is ended
            assert ("ended" in self.names(rows, client_of("officer"), "answer=due")) is ended

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", "asked void secured not-secured ended elsewhere emergency"),
            ("answer=open", "asked ended elsewhere emergency"),
            ("answer=due", "ended elsewhere emergency"),
            ("answer=ended", "ended elsewhere emergency"),
            ("answer=disputed", "not-secured"),
            ("answer=secured", "secured"),
            ("answer=not_secured", "not-secured"),
            ("answer=withdrawn", ""),
            ("answer=void", "void"),
            ("mode=brokered", "secured"),
            ("mode=direct", ""),
            ("since=2024-01-09", "secured not-secured"),
            ("since=2024-01-10", "not-secured"),
            ("until=2024-01-09", "secured"),
            ("until=2024-01-08", ""),
            ("answer=other", "asked void secured not-secured ended elsewhere emergency"),  # none such
            ("text=nowhere", ""),
        ],
    )
    def test_a_filter_keeps_what_fits(self, world, rows, client_of, query, names):
        found = self.names(rows, client_of("officer"), query)
        assert [name.replace(" ", "-") for name in found] == names.split()

    def test_by_supplier_by_service_and_by_the_reference_of_the_request(self, world, rows, client_of):
        client = client_of("officer")
        assert self.names(rows, client, f"supplier={world.halden.pk}") == ["asked"]
        assert self.names(rows, client, f"service={world.other_team.service_id}") == ["elsewhere"]
        assert self.names(rows, client, f"text={rows['requests']['not secured'].reference}") == ["asked", "not secured"]

    @pytest.mark.parametrize(
        ("sort", "first", "last"),
        [
            ("pk", "elsewhere", "emergency"),
            ("vacancy__pk", "elsewhere", "emergency"),
            ("vacancy__team__name", "elsewhere", "emergency"),
            ("contract__agency__name", "asked", "emergency"),
            ("contract__reference", "elsewhere", "asked"),
            ("max_rate", "elsewhere", "emergency"),
            ("sent_at", "emergency", "asked"),
            ("respond_by", "emergency", "asked"),
            ("outcome", "not secured", "secured"),
        ],
    )
    def test_it_sorts_both_ways(self, world, rows, client_of, sort, first, last):
        up = self.names(rows, client_of("officer"), f"sort={sort}")
        assert (up[0], up[-1]) == (first, last)
        assert self.names(rows, client_of("officer"), f"sort=-{sort}") == up[::-1]

    def test_those_without_an_answer_come_last_both_ways(self, world, rows, client_of):
        client = client_of("officer")
        assert self.names(rows, client, "sort=answered_at")[:2] == ["secured", "not secured"]
        assert self.names(rows, client, "sort=-answered_at")[:2] == ["not secured", "secured"]

    def test_a_lead_sees_the_own_service(self, world, rows, client_of):
        assert self.names(rows, client_of("other_lead")) == ["elsewhere"]
        assert len(self.names(rows, client_of("lead"))) == 6

    def test_an_answer_entered_in_error_is_no_answer(self, world, rows, client_of):
        taking_back.void(by=world.director, at=AFTER_WINDOW, release=rows["orders"]["secured"], reason="x")
        assert self.names(rows, client_of("officer"), "answer=secured") == []
        assert self.names(rows, client_of("officer"), "answer=void") == ["void", "secured"]

    def test_a_dispute_that_has_its_reply_is_no_longer_to_reply_to(self, world, rows, client_of):
        dispute = rows["orders"]["not secured"].statements.disputes().get()
        supplier.reply_to_dispute(by=world.officer, at=AFTER_WINDOW, statement=dispute, reply="x")
        assert self.names(rows, client_of("officer"), "answer=disputed") == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/requests/?text=zzz", "Nothing fits these filters. Show all"),
        ("/releases/?text=zzz", "Nothing fits these filters. Show all"),
    ],
)
def test_where_nothing_fits_the_filters_it_says_so(world, rows, client_of, address, words):
    page = client_of("officer").get(address).content.decode()
    assert '<p class="govuk-body">Nothing fits these filters. <a class="govuk-link" href="?">Show all</a></p>' in page
