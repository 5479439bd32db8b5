"""The lists of placements, of workers and of the longest here: columns, filters, order, search, totals, and whose rows a lead sees."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from placements.brought_forward import actions as brought_forward_actions
from placements.hires import actions as hires
from placements.placement import ending, moving, starting, transferring
from recruitment.requests import actions as vacancies
from tests.factories import TeamFactory
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_23_february():
    """Eight weeks before 19 April."""
    with time_machine.travel(at(2, 23), tick=False):
        yield


def end_early(world, placement, last):
    ending.end_early(
        by=world.officer,
        at=at(1, 26),
        placement=placement,
        ended_on=last,
        notice_given_on=date(2024, 1, 26),
        notice_waived=True,
        reason="cost",
        rating=3,
        eligible_again=True,
    )


@pytest.fixture(scope="module")
def rows(world):
    """Placements by what they are. At £41.00 an hour, 7.4 hours a day."""
    found = {}
    found["plain"] = world.placed(
        worker_name="Åsa Öberg", registration_number="SW 900 001"
    )  # 63 working days: £19,114.20
    found["beyond"] = world.book(
        world.framework_secured(),
        at=at(1, 11),
        worker_name="Bea Clark",
        registration_number="SW900002",
        starts_on=date(2024, 1, 29),
        ends_on=date(2024, 4, 26),
    )  # 63 days too: £19,114.20
    found["booked"] = world.placed(
        worker_name="Cy Drew",
        registration_number="SW910003",
        starts_on=date(2024, 2, 26),
        ends_on=date(2024, 3, 8),
    )  # 10 days: £3,034.00
    found["cut"] = world.placed(worker_name="Di Egan", registration_number="SW900004")
    end_early(world, found["cut"], date(2024, 2, 2))  # 10 days: £3,034.00
    found["never"] = world.placed(worker_name="Ed Ford", registration_number="SW900005")
    ending.did_not_start(by=world.officer, at=at(1, 22), placement=found["never"], reason="x")
    found["error"] = world.placed(worker_name="Flo Gray", registration_number="SW900006")
    ending.void(by=world.director, at=at(1, 12), placement=found["error"], reason="x")
    found["breach"] = world.breach(
        worker_name="Gil Hart", registration_number="SW900007"
    ).placement  # 10 days at £50: £3,700.00
    brought_forward_actions.open_batch(by=world.administrator, at=MONDAY, on=date(2024, 1, 8))
    details = {"worker_name": "Hal Ince", "registration_number": "SW900008", "charge_rate": D("40.00")}
    elsewhere = world.found(
        team=world.other_team,
        agency=world.pertemps,
        contract=world.corporate,
        starts_on=date(2023, 12, 4),
        ends_on=date(2024, 3, 1),
        hours_per_week=D("18.50"),
        **details,
    )  # 62 days less 25, 26 December and 1 January: worked out in the test of the total
    found["elsewhere"] = brought_forward_actions.bring_forward(
        by=world.administrator, at=MONDAY, found=elsewhere, proof_held="E-mail"
    )
    return found


def names(rows, client, query="", address="/placements/"):
    known = {one.reference: name for name, one in rows.items()}
    return [known[reference] for reference in column_of(client, f"{address}?{query}", "Placement")]


class TestPlacements:
    def test_every_column_of_the_csv(self, world, rows, client_of):
        one = rows["plain"]
        header, *found = csv_of(client_of("officer"), f"/placements/?text={one.reference}")
        assert dict(zip(header, *found, strict=True)) == {
            "Placement": one.reference,
            "Stage": "In post",
            "Worker": "Åsa Öberg",
            "Team": "North",
            "Role": "Social worker",
            "Agency": "Pertemps",
            "Contract": "CORP",
            "Start": "2024-01-22",
            "End": "2024-04-19",
            "Hours per week": "37.00",
            "Committed, £ excluding VAT": "19114.20",
        }

    def test_the_page_shows_the_same_and_leads_to_the_placement(self, world, rows, client_of):
        one = rows["breach"]
        assert cells_of(client_of("officer"), f"/placements/?text={one.reference}") == [
            [
                (one.reference, f"/placements/{one.pk}/"),
                ("Ended", ""),
                ("Gil Hart", ""),
                ("North", ""),
                ("Social worker", ""),
                ("Alderway Care Staffing", ""),
                ("None", ""),
                ("8 January 2024", ""),
                ("19 January 2024", ""),
                ("37", ""),
                ("£3,700.00", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("name", "stage", "worth"),
        [
            ("plain", "In post", "19114.20"),
            ("booked", "Booked", "3034.00"),
            ("cut", "Ended early", "3034.00"),
            ("never", "Did not start", "0.00"),
            ("error", "Entered in error", "0.00"),
            ("breach", "Ended", "3700.00"),
        ],
    )
    def test_the_stage_and_what_is_committed(self, world, rows, client_of, name, stage, worth):
        address = f"/placements/?text={rows[name].reference}"
        assert column_of(client_of("officer"), address, "Stage") == [stage]
        assert column_of(client_of("officer"), address, "Committed, £ excluding VAT") == [worth]

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("", "booked beyond error never cut plain breach elsewhere"),
            ("stage=live", "beyond plain elsewhere"),
            ("stage=booked", "booked"),
            ("stage=ending", "plain elsewhere"),
            ("stage=ended", "cut breach"),
            ("stage=did_not_start", "never"),
            ("stage=void", "error"),
            ("stage=other", "booked beyond error never cut plain breach elsewhere"),  # no such stage
            ("basis=release", "booked beyond error never cut plain"),
            ("basis=breach", "breach"),
            ("basis=brought_forward", "elsewhere"),
            ("on=2024-01-21", "elsewhere"),
            ("on=2024-01-22", "cut plain elsewhere"),
            ("on=2024-02-02", "beyond cut plain elsewhere"),
            ("on=2024-02-03", "beyond plain elsewhere"),
            ("on=2024-01-19", "breach elsewhere"),
            ("on=soon", "booked beyond error never cut plain breach elsewhere"),  # no day
            ("text=asa", ""),
            ("text=ÖBERG", "plain"),
            ("text=sw900", "beyond error never cut plain breach elsewhere"),
            ("text=sw%20910", "booked"),
            ("text=10003", ""),  # a number is searched from its beginning
        ],
    )
    def test_a_filter_keeps_what_fits(self, world, rows, client_of, query, wanted):
        assert names(rows, client_of("officer"), query) == wanted.split()

    @pytest.mark.parametrize(
        ("now", "stage", "name", "there"),
        [
            (at(2, 22), "ending", "plain", False),
            (at(4, 19, 23), "ending", "plain", True),
            (at(4, 20, 0), "ending", "plain", False),
            (at(1, 21, 23), "booked", "plain", True),
            (at(1, 22, 0), "booked", "plain", False),
            (at(1, 22, 0), "live", "plain", True),
            (at(4, 19, 23), "ended", "plain", False),
            (at(4, 20, 0), "ended", "plain", True),
            (at(2, 1), "ending", "cut", False),  # its end is known
        ],
    )
    def test_a_stage_begins_and_ends_on_its_day(self, world, rows, client_of, now, stage, name, there):
        with time_machine.travel(now, tick=False):
            assert (name in names(rows, client_of("officer"), f"stage={stage}")) is there

    def test_by_supplier_contract_and_service(self, world, rows, client_of):
        client = client_of("officer")
        assert names(rows, client, f"supplier={world.halden.pk}") == ["beyond"]
        assert names(rows, client, f"supplier={world.brokered.pk}") == ["breach"]  # outside any contract
        assert names(rows, client, f"contract={world.framework.pk}") == ["beyond"]
        assert names(rows, client, f"service={world.other_team.service_id}") == ["elsewhere"]

    def test_a_worker_of_another_agency_is_found_under_the_contract(self, world, rows, client_of):
        fields = {"supply_mode": "brokered", "supplying_agency": world.brokered}
        lent = world.book(world.secure(world.send(world.sourced()), at=at(1, 9), **fields))
        client, known = client_of("officer"), rows | {"lent": lent}
        assert "lent" in names(known, client, f"supplier={world.pertemps.pk}")
        assert "lent" not in names(known, client, f"supplier={world.brokered.pk}")

    @pytest.mark.parametrize(
        ("sort", "first", "last"),
        [
            ("pk", "plain", "elsewhere"),
            ("team_now", "elsewhere", "breach"),
            ("supplying_agency__name", "breach", "elsewhere"),
            ("starts_on", "elsewhere", "booked"),
            ("ends_on", "breach", "beyond"),
            ("hours_per_week", "elsewhere", "breach"),
        ],
    )
    def test_it_sorts_both_ways(self, world, rows, client_of, sort, first, last):
        up = names(rows, client_of("officer"), f"sort={sort}")
        assert (up[0], up[-1]) == (first, last)
        assert names(rows, client_of("officer"), f"sort=-{sort}") == up[::-1]

    def test_by_worker_and_by_contract_none_last(self, world, rows, client_of):
        client = client_of("officer")
        by_name = [
            one for one in names(rows, client, "sort=worker__name") if one != "plain"
        ]  # Å is where the database has it
        assert by_name == ["beyond", "booked", "cut", "never", "error", "breach", "elsewhere"]
        assert names(rows, client, "sort=contract__reference")[-2:] == ["beyond", "breach"]
        assert names(rows, client, "sort=-contract__reference")[0] == "beyond"
        assert names(rows, client, "sort=-contract__reference")[-1] == "breach"

    @pytest.mark.parametrize(
        ("query", "count", "total"),
        [
            # £19,114.20 twice, £3,034.00 twice, £3,700.00 outside any contract, and £9,176.00 brought forward
            ("", "8 rows", "£57,172.40"),
            ("stage=did_not_start", "1 row", "£0.00"),
            ("basis=breach", "1 row", "£3,700.00"),
            ("stage=ended", "2 rows", "£6,734.00"),
            ("basis=brought_forward", "1 row", "£9,176.00"),  # 62 working days of 3.7 hours at £40.00
        ],
    )
    def test_the_total_is_of_the_rows_that_fit(self, world, rows, client_of, query, count, total):
        found = summary_of(client_of("officer"), f"/placements/?{query}")
        assert found == f"{count}. Committed, excluding VAT: {total}, as at 23 February 2024."

    def test_a_move_shows_the_team_of_the_day(self, world, rows, client_of):
        south = TeamFactory(service=world.team.service, name="South")
        one = rows["plain"]
        moving.move_team(
            by=world.officer, at=at(2, 22), placement=one, team=south, starts_on=date(2024, 2, 24), reason="x"
        )
        address = f"/placements/?text={one.reference}"
        assert column_of(client_of("officer"), address, "Team") == ["North"]
        with time_machine.travel(at(2, 24), tick=False):
            assert column_of(client_of("officer"), address, "Team") == ["South"]

    def test_a_lead_sees_the_own_service_and_no_contracts(self, world, rows, client_of):
        client = client_of("other_lead")
        assert names(rows, client) == ["elsewhere"]
        assert names(rows, client_of("lead")) == ["booked", "beyond", "error", "never", "cut", "plain", "breach"]
        page = client.get(f"/placements/?contract={world.framework.pk}").content.decode()
        assert rows["elsewhere"].reference in page and 'name="contract"' not in page
        assert 'name="contract"' in client_of("officer").get("/placements/").content.decode()


class TestWorkers:
    def names(self, client, query=""):
        return [name.split()[0] for name in column_of(client, f"/workers/?{query}", "Name")]

    def test_every_column_and_where_it_leads(self, world, rows, client_of):
        worker = rows["plain"].worker
        address = "/workers/?text=sw900001"
        assert csv_of(client_of("officer"), address) == [
            ["Name", "Registration number", "Placements", "Last day"],
            ["Åsa Öberg", "SW900001", "1", "2024-04-19"],
        ]
        assert cells_of(client_of("officer"), address) == [
            [("Åsa Öberg", f"/workers/{worker.pk}/"), ("SW900001", ""), ("1", ""), ("19 April 2024", "")]
        ]

    def test_what_did_not_happen_does_not_count(self, world, rows, client_of):
        for number in ("SW900005", "SW900006"):
            assert csv_of(client_of("officer"), f"/workers/?text={number}")[1][2:] == ["0", ""]

    def test_somebody_with_two_placements_is_one_person(self, world, rows, client_of):
        details = {"starts_on": date(2024, 4, 22), "ends_on": date(2024, 5, 3)}
        world.placed(worker_name="Åsa Öberg", registration_number="SW900001", **details)
        assert csv_of(client_of("officer"), "/workers/?text=SW900001")[1:] == [
            ["Åsa Öberg", "SW900001", "2", "2024-05-03"]
        ]

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("text=EGAN", "Di"),
            ("text=öberg", "Åsa"),
            ("text=SW91", "Cy"),
            ("text=910003", ""),
            ("sort=registration_number&text=SW90", "Åsa Bea Di Ed Flo Gil Hal"),
            ("sort=-registration_number&text=SW90", "Hal Gil Flo Ed Di Bea Åsa"),
            ("sort=last_day", "Gil Di Hal Cy Åsa Bea Ed Flo"),
            ("sort=-last_day", "Bea Åsa Cy Hal Di Gil Flo Ed"),
            ("sort=placement_count&text=sw90000", "Ed Flo Åsa Bea Di Gil Hal"),
            ("sort=-placement_count&text=sw90000", "Hal Gil Di Bea Åsa Flo Ed"),
        ],
    )
    def test_search_and_order(self, world, rows, client_of, query, wanted):
        assert self.names(client_of("officer"), query) == wanted.split()

    def test_by_name_both_ways(self, world, rows, client_of):
        up = self.names(client_of("officer"), "sort=folded_name")
        assert [one for one in up if one != "Åsa"] == ["Bea", "Cy", "Di", "Ed", "Flo", "Gil", "Hal"]
        assert self.names(client_of("officer"), "sort=-folded_name") == up[::-1]
        assert self.names(client_of("officer")) == up

    def test_a_lead_sees_who_worked_or_started_in_the_own_service(self, world, rows, client_of):
        assert self.names(client_of("other_lead")) == ["Hal"]
        assert "Hal" not in self.names(client_of("lead")) and len(self.names(client_of("lead"))) == 7
        vacancy = world.agreed(team=world.other_team, by=world.other_lead)
        person = {"registration_number": "SW900099", "worker_name": "Ida Jones"}
        hires.record_hire(by=world.officer, at=at(2, 1), vacancy=vacancy, starts_on=date(2024, 2, 5), **person)
        assert self.names(client_of("other_lead")) == ["Hal", "Ida"]


class TestLongest:
    HEADER = (
        "Worker|Team|Agency|First day|Booked until|Weeks so far|Weeks when it ends|Extensions|"
        "Committed in all, £ excluding VAT"
    )

    def test_who_is_in_post_the_first_to_come_first(self, world, rows, client_of):
        header, *found = csv_of(client_of("officer"), "/placements/longest/")
        assert header == self.HEADER.split("|")
        assert found == [
            ["Hal Ince", "Carers", "Pertemps", "2023-12-04", "2024-03-01", "12", "13", "0", "9176.00"],
            ["Åsa Öberg", "North", "Pertemps", "2024-01-22", "2024-04-19", "5", "13", "0", "19114.20"],
            ["Bea Clark", "North", "Halden Bridge Care", "2024-01-29", "2024-04-26", "4", "13", "0", "19114.20"],
        ]

    @pytest.mark.parametrize(("now", "weeks"), [(at(1, 28), "1"), (at(1, 29), "2"), (at(4, 19), "13")])
    def test_a_week_is_full_on_its_seventh_day(self, world, rows, client_of, now, weeks):
        with time_machine.travel(now, tick=False):
            _, *found = csv_of(client_of("officer"), "/placements/longest/")
            assert next(row for row in found if row[0] == "Åsa Öberg")[5] == weeks

    def test_an_extension_counts_and_costs(self, world, rows, client_of):
        """Nine working days more, from 22 April to 2 May: £2,730.60."""
        world.extend(rows["plain"], date(2024, 5, 2), at=at(2, 23))
        _, *found = csv_of(client_of("officer"), "/placements/longest/")
        assert found[1] == ["Åsa Öberg", "North", "Pertemps", "2024-01-22", "2024-05-02", "5", "15", "1", "21844.80"]

    def test_transfers_are_one_service(self, world, rows, client_of):
        """Ten days with Pertemps' own and fifteen with Alderway through it: 25 days of 7.4 hours at £41.00."""
        first = rows["plain"]
        starting.confirm_start(by=world.officer, at=at(1, 22), placement=first)
        first.vacancy.refresh_from_db()
        vacancies.start_round(by=world.officer, at=at(1, 22), vacancy=first.vacancy, reason="x")
        first.vacancy.refresh_from_db()
        world.direct(first.vacancy, at(1, 22))
        sent = world.send(first.vacancy, at=at(1, 22), starts_on=date(2024, 2, 5))
        lent = {"supply_mode": "brokered", "supplying_agency": world.brokered}
        transferring.transfer(
            by=world.officer,
            at=at(1, 23),
            placement=first,
            release=world.secure(sent, at=at(1, 22, 12), **lent),
            starts_on=date(2024, 2, 5),
            ends_on=date(2024, 2, 23),
            pay_rate=D("33.00"),
            charge_rate=D("41.00"),
            reason="x",
        )
        _, *found = csv_of(client_of("officer"), "/placements/longest/")
        assert found[1] == [
            "Åsa Öberg", "North", "Alderway Care Staffing", "2024-01-22", "2024-02-23", "5", "5", "0", "7585.00"
        ]  # fmt: skip
        assert [row[0] for row in found] == ["Hal Ince", "Åsa Öberg", "Bea Clark"]

    def test_each_line_leads_to_its_placement(self, world, rows, client_of):
        found = cells_of(client_of("officer"), "/placements/longest/")
        assert [row[0] for row in found] == [
            ("Hal Ince", f"/placements/{rows['elsewhere'].pk}/"),
            ("Åsa Öberg", f"/placements/{rows['plain'].pk}/"),
            ("Bea Clark", f"/placements/{rows['beyond'].pk}/"),
        ]
        assert found[0][1:] == [
            ("Carers", ""), ("Pertemps", ""), ("4 December 2023", ""), ("1 March 2024", ""),
            ("12", ""), ("13", ""), ("0", ""), ("£9,176.00", ""),
        ]  # fmt: skip

    def test_a_lead_sees_the_own_service(self, world, rows, client_of):
        assert column_of(client_of("other_lead"), "/placements/longest/", "Worker") == ["Hal Ince"]
        assert column_of(client_of("lead"), "/placements/longest/", "Worker") == ["Åsa Öberg", "Bea Clark"]
