"""The lists of exemptions and of quality reviews: columns, stages on their days, filters, order, search, and whose rows a lead sees."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from placements.exemptions import actions as exemption_ends
from placements.reviews import actions as reviews
from recruitment.exemptions import deciding
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, page_of, summary_of

pytestmark = pytest.mark.django_db

DECIDED = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_1_march():
    with time_machine.travel(at(3, 1), tick=False):
        yield


@pytest.fixture(scope="module")
def rows(world):
    """Exemptions by what became of them; one is for a request of another Service alone, one for one of each."""

    def elsewhere():
        return world.failed(team=world.other_team, by=world.other_lead).vacancy

    def decided(exemption, decision, when=DECIDED):
        return deciding.decide(by=world.director, at=when, exemption=exemption, decision=decision, reason="x")

    found = {"live": world.exempted()}
    found["group"] = world.exemption(world.failed().vacancy, elsewhere(), at=at(1, 10, 12), reason="continuity")
    found["elsewhere"] = world.exempted(
        elsewhere(),
        at=at(1, 11),
        agency=world.brokered,
        reason="specialist",
        starts_on=date(2024, 2, 5),
        ends_on=date(2024, 2, 29),
        value=D("9000.00"),
        value_with_vat=D("10800.00"),
    )
    found["cut"] = world.exempted(at=at(1, 12), value=D("20000.00"), value_with_vat=D("24000.00"))
    exemption_ends.end_exemption(
        by=world.officer, at=at(2, 8), exemption=found["cut"], ended_on=date(2024, 2, 9), reason="x"
    )
    found["returned"] = decided(world.exemption(at=AFTER_WINDOW), "returned")
    found["down"] = decided(world.commented(world.exemption(at=AFTER_WINDOW)), "turned_down")
    found["back"] = world.exempted()
    deciding.take_back(by=world.director, at=at(1, 12), exemption=found["back"], reason="x")
    for one in found.values():
        one.refresh_from_db()
    return found


class TestExemptions:
    def names(self, rows, client, query=""):
        known = {one.reference: name for name, one in rows.items()}
        return " ".join(known[one] for one in column_of(client, f"/exemptions/all/?{query}", "Exemption"))

    def test_every_column_of_the_csv(self, world, rows, client_of):
        one = rows["elsewhere"]
        header, *found = csv_of(client_of("officer"), f"/exemptions/all/?text={one.reference}")
        assert dict(zip(header, *found, strict=True)) == {
            "Exemption": one.reference,
            "Stage": "Over",
            "Agency": "Alderway Care Staffing",
            "Requests": one.needs.get().vacancy.reference,
            "Reason": "Single or specialist supplier",
            "Asked for on": "2024-01-11",
            "Approved on": "2024-01-11",
            "From": "2024-02-05",
            "Until": "2024-02-29",
            "Value, £ excluding VAT": "9000.00",
            "Value, £ including VAT": "10800.00",
        }

    def test_the_page_shows_the_same_and_leads_to_the_exemption(self, world, rows, client_of):
        one = rows["group"]
        found = cells_of(client_of("officer"), f"/exemptions/all/?text={one.reference}")
        requests = ", ".join(need.vacancy.reference for need in one.needs.order_by("pk"))
        assert found == [
            [
                (one.reference, f"/exemptions/{one.pk}/"),
                ("Waiting for a decision", ""),
                ("Service Care Solutions", ""),
                (requests, ""),
                ("Continuity for a child or case", ""),
                ("10 January 2024", ""),
                ("", ""),
                ("22 January 2024", ""),
                ("19 April 2024", ""),
                ("£30,000.00", ""),
                ("£36,000.00", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("now", "name", "stage"),
        [
            (at(3, 1), "live", "Approved"),
            (at(4, 19, 23), "live", "Approved"),
            (at(4, 20, 0), "live", "Over"),
            (at(2, 9, 23), "cut", "Ended early"),
            (at(2, 10, 0), "cut", "Ended early"),
            (at(2, 29, 23), "elsewhere", "Approved"),
            (at(3, 1, 0), "elsewhere", "Over"),
            (at(12, 1), "returned", "Returned for more"),
            (at(12, 1), "down", "Turned down"),
            (at(12, 1), "back", "Taken back"),
            (at(12, 1), "group", "Waiting for a decision"),
        ],
    )
    def test_an_approved_one_is_over_after_its_last_day(self, world, rows, client_of, now, name, stage):
        with time_machine.travel(now, tick=False):
            address = f"/exemptions/all/?text={rows[name].reference}"
            assert column_of(client_of("officer"), address, "Stage") == [stage]

    @pytest.mark.parametrize(
        ("now", "query", "name", "there"),
        [
            (at(1, 21, 23), "stage=live", "live", False),
            (at(1, 22, 0), "stage=live", "live", True),
            (at(2, 29, 23), "stage=live", "elsewhere", True),
            (at(3, 1, 0), "stage=live", "elsewhere", False),
            (at(2, 29, 23), "stage=over", "elsewhere", False),
            (at(3, 1, 0), "stage=over", "elsewhere", True),
            (at(2, 9, 23), "stage=live", "cut", True),
            (at(2, 10, 0), "stage=live", "cut", False),
            (at(2, 10, 0), "stage=over", "cut", True),
        ],
    )
    def test_live_and_over_on_the_boundary_days(self, world, rows, client_of, now, query, name, there):
        with time_machine.travel(now, tick=False):
            assert (name in self.names(rows, client_of("officer"), query).split()) is there

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("sort=pk", "live group elsewhere cut returned down back"),
            ("sort=-pk", "back down returned cut elsewhere group live"),
            ("", "cut elsewhere group back down returned live"),
            ("stage=live", "live"),
            ("stage=over", "cut elsewhere"),
            ("stage=requested", "group"),
            ("stage=returned", "returned"),
            ("stage=approved", "elsewhere live"),
            ("stage=turned_down", "down"),
            ("stage=taken_back", "back"),
            ("stage=ended", "cut"),
            ("stage=other&sort=pk", "live group elsewhere cut returned down back"),  # no such stage
            ("reason=specialist", "elsewhere"),
            ("reason=continuity", "group"),
            ("since=2024-01-11", "cut elsewhere"),
            ("since=2024-01-12", "cut"),
            ("until=2024-01-11", "elsewhere group back down returned live"),
            ("until=2024-01-10", "group back down returned live"),
            ("approved_since=2024-01-10", "cut elsewhere live"),  # not the one that was taken back
            ("approved_since=2024-01-11", "cut elsewhere"),
            ("approved_until=2024-01-11", "elsewhere live"),
            ("approved_until=2024-01-10", "live"),
            ("text=ALDERWAY", "elsewhere"),
            ("text=nobody", ""),
            ("sort=agency__name&stage=approved", "elsewhere live"),
            ("sort=-agency__name&stage=approved", "live elsewhere"),
            ("sort=reason&since=2024-01-10&text=s", "group live cut returned down back elsewhere"),
            ("sort=starts_on", "live group cut returned down back elsewhere"),
            ("sort=-starts_on", "elsewhere back down returned cut group live"),
            ("sort=last_day", "cut elsewhere live group returned down back"),
            ("sort=-last_day", "back down returned group live elsewhere cut"),
            ("sort=value", "elsewhere cut live group returned down back"),
            ("sort=-value", "back down returned group live cut elsewhere"),
            ("sort=value_with_vat", "elsewhere cut live group returned down back"),
            ("sort=approved_on", "live back elsewhere cut group returned down"),  # the others last
            ("sort=-approved_on", "cut elsewhere back live down returned group"),
            ("sort=status", "live elsewhere cut group returned back down"),
        ],
    )
    def test_filters_search_and_order(self, world, rows, client_of, query, names):
        assert self.names(rows, client_of("officer"), query) == names

    def test_by_agency_by_service_and_by_request(self, world, rows, client_of):
        client = client_of("officer")
        assert self.names(rows, client, f"agency={world.brokered.pk}") == "elsewhere"
        assert self.names(rows, client, f"service={world.other_team.service_id}") == "elsewhere group"
        assert self.names(rows, client, f"service={world.team.service_id}") == "cut group back down returned live"
        request = rows["returned"].needs.get().vacancy
        assert self.names(rows, client, f"text={request.reference.lower()}") == "returned"

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("", "7 rows. Value excluding VAT: £179,000.00, as at 1 March 2024."),
            ("stage=approved", "2 rows. Value excluding VAT: £39,000.00, as at 1 March 2024."),
        ],
    )
    def test_the_total_is_of_the_rows_that_fit(self, world, rows, client_of, query, words):
        assert summary_of(client_of("officer"), f"/exemptions/all/?{query}") == words

    def test_a_lead_sees_those_with_a_request_of_the_own_service_and_of_them_only_these_requests(
        self, world, rows, client_of
    ):
        assert self.names(rows, client_of("other_lead")) == "elsewhere group"
        assert self.names(rows, client_of("lead")) == "cut group back down returned live"
        mine = rows["group"].needs.get(vacancy__team=world.other_team).vacancy
        address = f"/exemptions/all/?text={rows['group'].reference}"
        assert column_of(client_of("other_lead"), address, "Requests") == [mine.reference]

    def test_officers_alone_are_offered_to_ask(self, world, rows, client_of):
        button = 'data-module="govuk-button" href="/exemptions/new/"'
        assert button in client_of("officer").get("/exemptions/all/").content.decode()
        assert button not in client_of("director").get("/exemptions/all/").content.decode()


class TestReviews:
    @pytest.fixture
    def held(self, world, rows):
        """By exemption: on 5 February, with one of two actions done. By the first route: on 7 February, read."""
        placement, other = world.by_exemption(rows["live"]), world.placed()
        to_do = [reviews.ToDo("x", "Kim", date(2024, 2, 28)), reviews.ToDo("y", "Kim", date(2024, 3, 1))]
        common = {"by": world.officer, "findings": "x"}
        first = reviews.record_review(
            **common, at=at(2, 5), placement=placement, held_on=date(2024, 2, 5), rating=2, to_do=to_do
        )
        second = reviews.record_review(**common, at=at(2, 7), placement=other, held_on=date(2024, 2, 7), rating=4)
        reviews.oversee(by=world.director, at=at(2, 8), review=second)
        return {"first": first, "second": second}

    def names(self, held, client, query=""):
        known = {str(one.held_on): name for name, one in held.items()}
        return " ".join(known[one] for one in column_of(client, f"/reviews/?{query}", "Review"))

    def test_every_column_and_where_it_leads(self, world, held, client_of):
        first, second = held["first"], held["second"]
        header, *found = csv_of(client_of("officer"), "/reviews/?sort=held_on")
        assert dict(zip(header, found[0], strict=True)) == {
            "Review": "2024-02-05",
            "Placement": first.placement.reference,
            "Worker": first.placement.worker.name,
            "Team": "North",
            "Contract": first.placement.contract.reference,
            "Was due": "2024-03-04",
            "Rating, 1 to 4": "2",
            "Read by the Assistant Director": "To read",
            "Actions open": "2",
        }
        assert cells_of(client_of("officer"), "/reviews/?state=read") == [
            [
                ("7 February 2024", f"/reviews/{second.pk}/"),
                (second.placement.reference, f"/placements/{second.placement_id}/"),
                (second.placement.worker.name, ""),
                ("North", ""),
                ("CORP", ""),
                ("", ""),
                ("4", ""),
                ("Read", ""),
                ("0", ""),
            ]
        ]

    def test_filters_and_order(self, world, held, client_of):
        wanted = {
            "": "second first",
            "state=unread": "first",
            "state=read": "second",
            "state=other": "second first",  # no such state
            "since=2024-02-05": "second first",
            "since=2024-02-06": "second",
            "until=2024-02-06": "first",
            "until=2024-02-07": "second first",
            f"supplier={world.scs.pk}": "first",
            f"service={world.other_team.service_id}": "",
            f"service={world.team.service_id}": "second first",
            "sort=held_on": "first second",
            "sort=rating": "first second",
            "sort=-rating": "second first",
            "sort=placement__worker__name": "first second",
            "sort=due_on": "first second",  # the one that was never due comes last
            "sort=-due_on": "first second",
        }
        client = client_of("officer")
        assert {query: self.names(held, client, query) for query in wanted} == wanted

    @pytest.mark.parametrize(("now", "names"), [(at(2, 28, 23), ""), (at(2, 29, 0), "first"), (at(3, 15), "first")])
    def test_an_action_is_overdue_the_day_after(self, world, held, client_of, now, names):
        with time_machine.travel(now, tick=False):
            assert self.names(held, client_of("officer"), "state=overdue") == names

    def test_a_done_action_is_neither_open_nor_overdue(self, world, held, client_of):
        done = held["first"].actions.get(what="x")
        reviews.finish_action(by=world.officer, at=at(2, 28), to_do=done, done_on=date(2024, 2, 28), note="x")
        assert column_of(client_of("officer"), "/reviews/?sort=held_on", "Actions open") == ["1", "0"]
        assert self.names(held, client_of("officer"), "state=overdue") == ""

    def test_a_lead_sees_the_own_service(self, world, held, client_of):
        assert self.names(held, client_of("lead")) == "second first"
        assert self.names(held, client_of("other_lead")) == ""

    @pytest.mark.parametrize(("now", "tag"), [(at(3, 17, 23), None), (at(3, 18, 0), "Due"), (at(3, 19, 0), "Overdue")])
    def test_what_is_due_stands_above_with_its_day(self, world, held, client_of, now, tag):
        placement = held["first"].placement
        with time_machine.travel(now, tick=False):
            officer, auditor, other = (
                page_of(client_of(who), "/reviews/") for who in ("officer", "auditor", "other_lead")
            )
        for page, address in ((officer, "review/"), (auditor, "")):
            line = f'<a class="govuk-link" href="/placements/{placement.pk}/{address}">{placement.reference}</a>: {placement.worker}, North, due 18 March 2024'
            assert (f">{tag}</strong> {line}" in page) is (tag is not None)
        assert placement.reference not in other
