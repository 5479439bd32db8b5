"""What every kind of placement costs, day by day: booked on its contract, worked by a day, worked in a time, worth in all.

The cases and how each is worked out by hand are in `money_cases`. The tests only read, so they share one world.
"""

import csv
import io
from datetime import date
from decimal import Decimal as D

import pytest

from reporting.reads.contracts import positions
from reporting.reads.exemptions import Scope
from reporting.reports.assurance import assurance
from reporting.reports.exemptions import dashboard
from tests.reporting.money_cases import make_cases, one_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def cases(world):
    return make_cases(world)


def day(text: str) -> date:
    """A day of 2024: "22 Jan"."""
    number, month = text.split()
    return date(2024, ("Jan", "Feb", "Mar", "Apr", "May").index(month) + 1, int(number))


def spent(found: dict) -> dict:
    return {state: amount for state, amount in found.items() if amount}


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


# Case, day, £ booked to date, £ booked to come.
ON_ITS_CONTRACT = [
    ("whole", "9 Jan", "0.00", "0.00"),
    ("whole", "10 Jan", "0.00", "19114.20"),  # booked
    ("whole", "21 Jan", "0.00", "19114.20"),
    ("whole", "22 Jan", "303.40", "18810.80"),  # the first day
    ("whole", "26 Jan", "1517.00", "17597.20"),
    ("whole", "28 Jan", "1517.00", "17597.20"),  # a Sunday
    ("whole", "29 Jan", "1820.40", "17293.80"),
    ("whole", "28 Mar", "14866.60", "4247.60"),  # 49 days
    ("whole", "29 Mar", "14866.60", "4247.60"),  # Good Friday
    ("whole", "1 Apr", "14866.60", "4247.60"),  # Easter Monday
    ("whole", "2 Apr", "15170.00", "3944.20"),
    ("whole", "18 Apr", "18810.80", "303.40"),
    ("whole", "19 Apr", "19114.20", "0.00"),  # the last day
    ("whole", "20 Apr", "19114.20", "0.00"),
    ("seven_days", "22 Jan", "216.71", "8885.29"),  # 37 ÷ 7 × £41.00 is £216.714…
    ("seven_days", "27 Jan", "1300.29", "7801.71"),  # a Saturday
    ("seven_days", "28 Jan", "1517.00", "7585.00"),  # a Sunday
    ("seven_days", "2 Mar", "8885.29", "216.71"),
    ("seven_days", "3 Mar", "9102.00", "0.00"),
    ("pennies", "22 Jan", "299.93", "18595.82"),  # £299.9325
    ("pennies", "23 Jan", "599.87", "18295.88"),  # £599.865 is rounded up
    ("pennies", "24 Jan", "899.80", "17995.95"),  # £899.7975
    ("pennies", "19 Apr", "18895.75", "0.00"),  # £18,895.7475
    ("new_rate", "25 Feb", "7585.00", "11529.20"),  # 25 days, nothing agreed yet
    ("new_rate", "26 Feb", "7888.40", "11470.00"),
    ("new_rate", "3 Mar", "9102.00", "10256.40"),
    ("new_rate", "4 Mar", "9412.80", "9945.60"),  # a day at the new rate
    ("new_rate", "19 Apr", "19358.40", "0.00"),
    ("rate_late", "2 Feb", "3034.00", "16080.20"),
    ("rate_late", "26 Feb", "8006.80", "11499.60"),  # 10 at the old rate and 16 at the new
    ("rate_late", "19 Apr", "19506.40", "0.00"),
    ("rate_twice", "25 Feb", "7585.00", "11529.20"),
    ("rate_twice", "26 Feb", "7888.40", "4247.60"),
    ("rate_twice", "8 Mar", "10656.00", "1480.00"),  # 30 days and 5 at £310.80
    ("rate_twice", "11 Mar", "10952.00", "1184.00"),  # and one at £296.00
    ("rate_twice", "15 Mar", "12136.00", "0.00"),
    ("rate_twice", "18 Mar", "12136.00", "0.00"),
    ("over_extension", "9 Jan", "0.00", "0.00"),
    ("over_extension", "10 Jan", "0.00", "19114.20"),
    ("over_extension", "26 Feb", "7888.40", "11299.80"),
    ("over_extension", "5 Apr", "16080.20", "3108.00"),
    ("over_extension", "8 Apr", "16391.00", "2797.20"),
    ("over_extension", "12 Apr", "17634.20", "1554.00"),
    ("over_extension", "15 Apr", "17945.00", "1243.20"),
    ("over_extension", "19 Apr", "19188.20", "0.00"),
    ("early_end", "25 Feb", "7585.00", "11529.20"),
    ("early_end", "26 Feb", "7888.40", "6068.00"),  # 46 days stay committed
    ("early_end", "1 Mar", "9102.00", "4854.40"),
    ("early_end", "4 Mar", "9405.40", "4551.00"),  # the notice is paid
    ("early_end", "22 Mar", "13653.00", "303.40"),
    ("early_end", "25 Mar", "13956.40", "0.00"),
    ("early_end", "26 Mar", "13956.40", "0.00"),
    ("ended_late", "1 Mar", "9102.00", "10012.20"),
    ("ended_late", "10 Mar", "10619.00", "8495.20"),  # nobody had recorded it yet
    ("ended_late", "11 Mar", "9102.00", "0.00"),
    ("later_start", "28 Jan", "0.00", "19114.20"),
    ("later_start", "29 Jan", "303.40", "18810.80"),
    ("later_start", "4 Feb", "1517.00", "17597.20"),
    ("later_start", "5 Feb", "1820.40", "15776.80"),  # confirmed: 58 days
    ("later_start", "19 Apr", "17597.20", "0.00"),
    ("earlier_start", "15 Jan", "0.00", "19114.20"),
    ("earlier_start", "4 Feb", "3034.00", "16080.20"),
    ("earlier_start", "5 Feb", "4854.40", "15776.80"),  # confirmed: five days more
    ("earlier_start", "19 Apr", "20631.20", "0.00"),
    ("capped", "26 Feb", "7253.63", "1450.72"),
    ("capped", "27 Feb", "7543.77", "870.43"),
    ("capped", "29 Feb", "8124.06", "290.14"),
    ("capped", "1 Mar", "8414.20", "0.00"),  # never more than what stays committed
    ("penny_left", "1 Mar", "8698.04", "10197.71"),
    ("penny_left", "4 Mar", "8698.04", "299.94"),  # ended
    ("penny_left", "5 Mar", "8698.04", "0.01"),  # begun later
    ("extended", "10 Mar", "10619.00", "8495.20"),
    ("extended", "11 Mar", "10922.40", "12439.40"),  # agreed
    ("extended", "19 Apr", "19114.20", "4247.60"),
    ("extended", "3 May", "22148.20", "1213.60"),
    ("extended", "6 May", "22148.20", "1213.60"),  # a bank holiday
    ("extended", "7 May", "22451.60", "910.20"),
    ("extended", "10 May", "23361.80", "0.00"),
    ("no_show", "22 Jan", "303.40", "18810.80"),
    ("no_show", "23 Jan", "0.00", "0.00"),
    ("no_show", "19 Apr", "0.00", "0.00"),
    ("in_error", "29 Jan", "1820.40", "17293.80"),
    ("in_error", "30 Jan", "0.00", "0.00"),
    ("replaced", "21 Jan", "0.00", "19114.20"),
    ("replaced", "22 Jan", "0.00", "17168.00"),
    ("replaced", "28 Jan", "0.00", "17168.00"),
    ("replaced", "29 Jan", "296.00", "16872.00"),
    ("replaced", "19 Apr", "17168.00", "0.00"),
    ("carried_over", "25 Feb", "7585.00", "11529.20"),
    ("carried_over", "26 Feb", "7888.40", "1213.60"),
    ("carried_over", "4 Mar", "9102.00", "0.00"),
    ("converted", "26 Feb", "7888.40", "3713.60"),
    ("converted", "3 Mar", "9102.00", "2500.00"),
    ("converted", "4 Mar", "11602.00", "0.00"),  # the fee falls due with the first day
    ("hired", "9 Jan", "0.00", "0.00"),
    ("hired", "10 Jan", "0.00", "6500.00"),
    ("hired", "3 Mar", "0.00", "6500.00"),
    ("hired", "4 Mar", "6500.00", "0.00"),
    ("hired", "11 Mar", "6500.00", "0.00"),
    ("hired", "12 Mar", "0.00", "0.00"),  # entered in error
    ("breach_on_contract", "9 Jan", "0.00", "0.00"),  # worked, but nobody had found it
    ("breach_on_contract", "10 Jan", "1110.00", "2590.00"),
    ("breach_on_contract", "18 Jan", "3330.00", "370.00"),
    ("breach_on_contract", "19 Jan", "3700.00", "0.00"),
    ("breach_given_back", "16 Jan", "2590.00", "19240.00"),
    ("breach_given_back", "17 Jan", "2960.00", "740.00"),
    ("breach_given_back", "22 Jan", "3700.00", "0.00"),
    ("on_framework", "9 Jan", "0.00", "0.00"),
    ("on_framework", "22 Jan", "303.40", "18810.80"),
    ("by_exemption", "9 Jan", "0.00", "0.00"),
    ("by_exemption", "10 Jan", "0.00", "19114.20"),
    ("by_exemption", "22 Jan", "303.40", "18810.80"),
    ("brought_on_contract", "9 Jan", "0.00", "0.00"),
    ("brought_on_contract", "10 Jan", "1110.00", "2590.00"),
    ("brought_on_contract", "19 Jan", "3700.00", "0.00"),
    ("brought_on_framework", "12 Jan", "1850.00", "1850.00"),
]


@pytest.mark.parametrize(("name", "on", "to_date", "to_come"), ON_ITS_CONTRACT)
def test_what_is_booked_on_a_contract_is_worked_or_to_come(cases, name, on, to_date, to_come):
    (line,) = positions([cases[name].contract], day(on))
    assert (line.booked_to_date, line.booked_to_come) == (D(to_date), D(to_come))
    assert line.exposure == D(to_date) + D(to_come)


@pytest.mark.parametrize(
    ("on", "to_date", "to_come"),
    [
        ("25 Feb", "0.00", "0.00"),
        ("26 Feb", "0.00", "9768.00"),  # 33 days at £296.00
        ("3 Mar", "0.00", "9768.00"),
        ("4 Mar", "296.00", "9472.00"),
        ("19 Apr", "9768.00", "0.00"),
    ],
)
def test_what_was_carried_over_is_booked_on_the_next_contract(cases, on, to_date, to_come):
    (line,) = positions([cases["carried_over"].other], day(on))
    assert (line.booked_to_date, line.booked_to_come) == (D(to_date), D(to_come))


def test_many_contracts_at_once_keep_their_order_and_their_own_figures(cases):
    names = ["early_end", "hired", "whole", "seven_days"]
    found = positions([cases[name].contract for name in names], day("4 Mar"))
    assert [line.contract for line in found] == [cases[name].contract for name in names]
    assert [line.booked_to_date for line in found] == [D("9405.40"), D("6500.00"), D("9405.40"), D("9102.00")]
    assert positions([], day("4 Mar")) == []


# Case, day, heading, £ worked by then by all that is known now.
WORKED = [
    ("whole", "21 Jan", "", "0.00"),
    ("whole", "22 Jan", "on_contract", "303.40"),
    ("whole", "28 Jan", "on_contract", "1517.00"),
    ("whole", "29 Mar", "on_contract", "14866.60"),
    ("whole", "2 Apr", "on_contract", "15170.00"),
    ("whole", "19 Apr", "on_contract", "19114.20"),
    ("whole", "20 Apr", "on_contract", "19114.20"),
    ("seven_days", "22 Jan", "on_contract", "216.71"),
    ("seven_days", "27 Jan", "on_contract", "1300.29"),
    ("seven_days", "3 Mar", "on_contract", "9102.00"),
    ("pennies", "23 Jan", "on_contract", "599.87"),
    ("pennies", "19 Apr", "on_contract", "18895.75"),
    ("new_rate", "3 Mar", "on_contract", "9102.00"),
    ("new_rate", "4 Mar", "on_contract", "9412.80"),
    ("new_rate", "19 Apr", "on_contract", "19358.40"),
    ("rate_late", "4 Feb", "on_contract", "3034.00"),
    ("rate_late", "5 Feb", "on_contract", "3344.80"),  # recorded later, and known now
    ("rate_late", "20 Feb", "on_contract", "6763.60"),  # 10 at the old rate and 12 at the new
    ("rate_late", "19 Apr", "on_contract", "19506.40"),
    ("rate_twice", "11 Mar", "on_contract", "10952.00"),
    ("rate_twice", "18 Mar", "on_contract", "12136.00"),
    ("over_extension", "12 Apr", "on_contract", "17634.20"),
    ("over_extension", "15 Apr", "on_contract", "17945.00"),
    ("early_end", "1 Mar", "on_contract", "9102.00"),
    ("early_end", "4 Mar", "on_contract", "9405.40"),
    ("early_end", "25 Mar", "on_contract", "13956.40"),
    ("early_end", "26 Mar", "on_contract", "13956.40"),
    ("ended_late", "29 Feb", "on_contract", "8798.60"),
    ("ended_late", "1 Mar", "on_contract", "9102.00"),
    ("ended_late", "8 Mar", "on_contract", "9102.00"),  # recorded later, and known now
    ("later_start", "28 Jan", "", "0.00"),
    ("later_start", "29 Jan", "on_contract", "303.40"),
    ("later_start", "19 Apr", "on_contract", "17597.20"),
    ("earlier_start", "14 Jan", "", "0.00"),
    ("earlier_start", "15 Jan", "on_contract", "303.40"),
    ("earlier_start", "19 Jan", "on_contract", "1517.00"),
    ("earlier_start", "22 Jan", "on_contract", "1820.40"),
    ("capped", "22 Jan", "", "0.00"),
    ("capped", "23 Jan", "on_contract", "290.15"),  # £290.145
    ("capped", "29 Feb", "on_contract", "8124.06"),
    ("capped", "1 Mar", "on_contract", "8414.20"),
    ("penny_left", "1 Mar", "on_contract", "8698.04"),
    ("penny_left", "4 Mar", "on_contract", "8698.04"),
    ("extended", "6 May", "on_contract", "22148.20"),
    ("extended", "10 May", "on_contract", "23361.80"),
    ("extended", "11 May", "on_contract", "23361.80"),
    ("no_show", "22 Jan", "", "0.00"),
    ("no_show", "19 Apr", "", "0.00"),
    ("in_error", "29 Jan", "", "0.00"),
    ("replaced", "28 Jan", "", "0.00"),
    ("replaced", "29 Jan", "on_contract", "296.00"),
    ("carried_over", "3 Mar", "on_contract", "9102.00"),
    ("carried_over", "4 Mar", "on_contract", "9398.00"),  # both placements together
    ("carried_over", "19 Apr", "on_contract", "18870.00"),
    ("converted", "4 Mar", "on_contract", "9102.00"),  # a fee is no work
    ("hired", "4 Mar", "", "0.00"),
    ("breach_on_contract", "7 Jan", "", "0.00"),
    ("breach_on_contract", "8 Jan", "unauthorised", "370.00"),
    ("breach_on_contract", "29 Jan", "unauthorised", "3700.00"),
    ("breach_on_contract", "30 Jan", "after_start", "3700.00"),  # approved at 23:59
    ("breach_given_back", "22 Jan", "unauthorised", "3700.00"),
    ("breach_outside", "14 Jan", "unauthorised", "1850.00"),
    ("breach_outside", "15 Jan", "unauthorised", "2146.00"),
    ("breach_outside", "19 Jan", "unauthorised", "3330.00"),
    ("breach_outside", "20 Jan", "unauthorised", "3330.00"),
    ("breach_ended", "19 Jan", "unauthorised", "3700.00"),
    ("breach_ended", "22 Jan", "unauthorised", "4070.00"),  # the notice is owed
    ("breach_ended", "12 Feb", "unauthorised", "9620.00"),
    ("breach_ended", "13 Feb", "unauthorised", "9620.00"),
    ("breach_begun_earlier", "2 Jan", "", "0.00"),
    ("breach_begun_earlier", "3 Jan", "unauthorised", "370.00"),  # also before the mark's own day
    ("breach_begun_earlier", "8 Jan", "unauthorised", "1480.00"),
    ("breach_begun_earlier", "19 Jan", "unauthorised", "4810.00"),
    ("on_framework", "22 Jan", "on_contract", "303.40"),
    ("by_exemption", "21 Jan", "", "0.00"),
    ("by_exemption", "22 Jan", "off_contract", "303.40"),
    ("by_exemption", "19 Apr", "off_contract", "19114.20"),
    ("brought_forward", "7 Jan", "", "0.00"),
    ("brought_forward", "8 Jan", "brought_forward", "370.00"),
    ("brought_forward", "19 Jan", "brought_forward", "3700.00"),
    ("brought_on_contract", "8 Jan", "on_contract", "370.00"),
    ("brought_on_framework", "8 Jan", "on_contract", "370.00"),
]


@pytest.mark.parametrize(("name", "on", "state", "cost"), WORKED)
def test_what_was_worked_by_a_day_stands_under_one_heading(cases, name, on, state, cost):
    found = assurance(day(on), day("31 May"), cases[name].service).spend
    assert list(found) == ["on_contract", "off_contract", "after_start", "unauthorised", "brought_forward"]
    assert spent(found) == ({state: D(cost)} if state else {})


def test_all_of_it_together_and_its_share_off_contract(cases):
    found = assurance(day("19 Apr"), day("31 May"))
    assert found.spend == {
        "on_contract": D("286468.39"),
        "off_contract": D("19114.20"),
        "after_start": D("3700.00"),
        "unauthorised": D("21460.00"),
        "brought_forward": D("3700.00"),
    }
    assert found.off_contract_percent == D("14.3")  # £47,974.20 of £334,442.59
    assert found.as_json()["spend_in_all"] == "334442.59"


# Case, since, until, heading, £ worked between the two days, both included.
IN_A_TIME = [
    ("whole", "22 Jan", "26 Jan", "on_contract", "1517.00"),
    ("whole", "23 Jan", "26 Jan", "on_contract", "1213.60"),
    ("whole", "26 Jan", "29 Jan", "on_contract", "606.80"),  # a Friday and a Monday
    ("whole", "27 Jan", "28 Jan", "", "0.00"),
    ("whole", "1 Jan", "31 Jan", "on_contract", "2427.20"),
    ("whole", "18 Apr", "30 Apr", "on_contract", "606.80"),
    ("whole", "20 Apr", "30 Apr", "", "0.00"),
    ("pennies", "23 Jan", "23 Jan", "on_contract", "299.94"),  # £599.87 less £299.93
    ("new_rate", "1 Mar", "4 Mar", "on_contract", "614.20"),
    ("early_end", "2 Mar", "31 Mar", "on_contract", "4854.40"),
    ("capped", "1 Mar", "1 Mar", "on_contract", "290.14"),
    ("no_show", "1 Jan", "30 Apr", "", "0.00"),
    ("carried_over", "1 Mar", "4 Mar", "on_contract", "599.40"),
    ("breach_on_contract", "15 Jan", "29 Jan", "unauthorised", "1850.00"),
    ("breach_on_contract", "15 Jan", "30 Jan", "after_start", "1850.00"),
    ("breach_on_contract", "20 Jan", "30 Jan", "", "0.00"),
    ("breach_ended", "22 Jan", "12 Feb", "unauthorised", "5920.00"),
    ("by_exemption", "29 Jan", "2 Feb", "off_contract", "1517.00"),
    ("brought_forward", "10 Jan", "11 Jan", "brought_forward", "740.00"),
]


@pytest.mark.parametrize(("name", "since", "on", "state", "cost"), IN_A_TIME)
def test_what_was_worked_in_a_time_counts_nothing_of_before(world, cases, client_of, name, since, on, state, cost):
    service = cases[name].service
    found = dashboard(day(on), day(since), Scope(service))
    assert spent(found.spend) == ({state: D(cost)} if state else {})
    assert found.spend_in_all == D(cost)
    assert dashboard(day(on), day(since), Scope(team=cases[name].team.pk)).spend == found.spend
    address = f"/assurance/spend/?since={day(since)}&on={day(on)}&service={service}&format=csv"
    listed = rows_of(client_of("finance").get(address))[1:]
    assert sum(D(row[7]) for row in listed) == D(cost)
    assert all(D(row[7]) for row in listed)  # who worked nothing in the time is not listed


# Case, £ agreed in all less what was given back.
WORTH = [
    ("whole", "19114.20"),
    ("seven_days", "9102.00"),
    ("pennies", "18895.75"),
    ("new_rate", "19358.40"),
    ("rate_late", "19506.40"),
    ("rate_twice", "12136.00"),
    ("over_extension", "19188.20"),
    ("early_end", "13956.40"),
    ("ended_late", "9102.00"),
    ("later_start", "17597.20"),
    ("earlier_start", "20631.20"),
    ("capped", "8414.20"),
    ("penny_left", "8698.05"),
    ("extended", "23361.80"),
    ("no_show", "0.00"),
    ("in_error", "0.00"),
    ("replaced", "17168.00"),
    ("carried_over", "9102.00"),
    ("converted", "9102.00"),
    ("breach_on_contract", "3700.00"),
    ("breach_given_back", "3700.00"),
    ("breach_outside", "3330.00"),
    ("breach_ended", "9620.00"),
    ("breach_begun_earlier", "4810.00"),
    ("on_framework", "19114.20"),
    ("by_exemption", "19114.20"),
    ("brought_forward", "3700.00"),
    ("brought_on_contract", "3700.00"),
    ("brought_on_framework", "3700.00"),
]


def test_what_a_placement_is_worth_is_what_was_agreed_less_what_was_given_back(world, cases, client_of):
    client = client_of("finance")
    listed = {row[0]: row[10] for row in rows_of(client.get("/placements/?format=csv"))[1:]}
    assert [(name, listed[cases[name].placement.reference]) for name, _ in WORTH] == WORTH
    # and £9,768.00 of who was carried over, nothing of who never came and was replaced
    assert "£338,690.20" in client.get("/placements/").content.decode()
    breaches = {row[0]: row[8] for row in rows_of(client.get("/breaches/?format=csv"))[1:]}
    for name in ("breach_on_contract", "breach_given_back", "breach_outside", "breach_ended", "breach_begun_earlier"):
        assert breaches[cases[name].breach.reference] == dict(WORTH)[name]
    brought = rows_of(client.get("/brought-forward/?format=csv"))[1:]
    assert [row[8] for row in brought] == ["3700.00"] * 3


@pytest.mark.parametrize(("name", "worth"), [("early_end", "£13,956.40"), ("breach_ended", "£9,620.00")])
def test_the_page_of_a_placement_says_the_same(cases, client_of, name, worth):
    assert worth in client_of("auditor").get(cases[name].placement.get_absolute_url()).content.decode()
