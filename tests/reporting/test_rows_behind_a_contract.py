"""The rows behind a contract's figures, by a day: their sums are what is spent and committed.

RM6161-L5: one from 22 January to 19 April (63 days, £19,114.20), one that was ended on 2 February (10 days, £3,034.00), and one
entered in error.
"""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from placements.placement import ending
from recruitment.contracts import actions as contracts
from tests.factories.small_council import MONDAY
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
def booked(world):
    long = world.book(world.framework_secured(), worker_name="Long")
    short = world.book(world.framework_secured(), worker_name="Short")
    ending.end_early(
        by=world.officer, at=at(1, 29), placement=short, ended_on=date(2024, 2, 2), notice_given_on=date(2024, 1, 29),
        notice_waived=True, reason="cost", rating=3, eligible_again=True,
    )  # fmt: skip
    error = world.book(world.framework_secured(), worker_name="Error")
    ending.void(by=world.director, at=at(1, 29), placement=error, reason="x")
    return long, short, error


def address_of(world, page, query=""):
    return f"/contracts/{world.framework.pk}/{page}/?{query}"


def test_bookings_with_what_is_worked_by_the_day(world, booked, client_of):
    long, short, _ = booked
    assert csv_of(client_of("finance"), address_of(world, "bookings", "on=2024-02-02")) == [
        [
            "Booking",
            "Who or what",
            "Start",
            "End",
            "Booked to date, £ excluding VAT",
            "Booked to come, £ excluding VAT",
            "Spent and committed, £ excluding VAT",
        ],
        [long.reference, "Long", "2024-01-22", "2024-04-19", "3034.00", "16080.20", "19114.20"],
        [short.reference, "Short", "2024-01-22", "2024-02-02", "3034.00", "0.00", "3034.00"],
    ]


def test_the_page_has_the_links_and_both_sums(world, booked, client_of):
    address = address_of(world, "bookings", "on=2024-02-02")
    assert cells_of(client_of("finance"), address)[0] == [
        (booked[0].reference, f"/placements/{booked[0].pk}/"),
        ("Long", ""),
        ("22 January 2024", ""),
        ("19 April 2024", ""),
        ("£3,034.00", ""),
        ("£16,080.20", ""),
        ("£19,114.20", ""),
    ]
    assert summary_of(client_of("finance"), address) == (
        "2 rows. Booked to date £6,068.00, to come £16,080.20; together, excluding VAT: £22,148.20, as at 2 February 2024."
    )


@pytest.mark.parametrize(("on", "count"), [("2024-01-09", 0), ("2024-01-10", 3), ("2024-01-28", 3), ("2024-01-29", 2)])
def test_from_the_day_of_the_booking_until_it_is_given_back(world, client_of, on, count):
    _, *found = csv_of(client_of("finance"), address_of(world, "bookings", f"on={on}"))
    assert len(found) == count


def test_nothing_by_the_day_is_said(world, client_of):
    page = client_of("finance").get(address_of(world, "bookings", "on=2024-01-01")).content.decode()
    assert "Booked on RM6161-L5" in page and f'href="/contracts/{world.framework.pk}/"' in page
    assert "Nothing" in page and "<tbody" not in page


def test_entries_newest_first_and_what_is_given_back_is_taken_off(world, booked, client_of):
    header, *found = csv_of(client_of("finance"), address_of(world, "entries"))
    assert header == [
        "Date",
        "What",
        "By",
        "Entered",
        "On whose authority past the value",
        "£ excluding VAT",
    ]
    assert [(row[0], row[2], row[3], row[5]) for row in found] == [
        ("2024-01-29", "The director", "2024-01-29 10:00", "-19114.20"),
        ("2024-01-29", "The officer", "2024-01-29 10:00", "-16080.20"),
        ("2024-01-10", "The officer", "2024-01-10 13:00", "19114.20"),
        ("2024-01-10", "The officer", "2024-01-10 13:00", "19114.20"),
        ("2024-01-10", "The officer", "2024-01-10 13:00", "19114.20"),
    ]
    assert booked[0].reference in found[-1][1]


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2024-01-09", ""),
        ("2024-01-10", "3 rows. Spent and committed, excluding VAT: £57,342.60, as at 10 January 2024."),
        ("2024-01-28", "3 rows. Spent and committed, excluding VAT: £57,342.60, as at 28 January 2024."),
        ("2024-01-29", "5 rows. Spent and committed, excluding VAT: £22,148.20, as at 29 January 2024."),
        ("soon", "5 rows. Spent and committed, excluding VAT: £22,148.20, as at 15 March 2024."),
    ],
)
def test_entries_until_a_day(world, client_of, until, words):
    assert summary_of(client_of("finance"), address_of(world, "entries", f"until={until}")) == words


def test_entries_of_this_contract_only_and_sorted_both_ways(world, client_of):
    client = client_of("finance")
    contracts.commit(world.corporate.pk, D("1.00"), note="x", by=world.officer, at=MONDAY)
    up = column_of(client, address_of(world, "entries", "sort=on"), "Date")
    assert up == ["2024-01-10"] * 3 + ["2024-01-29"] * 2
    for name in ("on", "entered_at"):
        assert column_of(client, address_of(world, "entries", f"sort=-{name}"), "Date") == up[::-1]


@pytest.mark.parametrize("which", ["bookings", "entries"])
def test_of_no_contract_there_is_no_page(world, client_of, which):
    assert client_of("finance").get(f"/contracts/999999/{which}/").status_code == 404
