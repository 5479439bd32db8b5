"""The search: by reference, name, number, team or contract, in what the person may see; the newest first, twenty of each kind."""

import re
from datetime import date

import pytest

from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, one_world, page_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def rows(world):
    placement = world.placed(worker_name="Åsa Öberg", registration_number="SW900001")
    elsewhere = world.request(team=world.other_team, by=world.other_lead)
    order = world.send(world.sourced(at=at(1, 8, 11)), at=at(1, 8, 11), order_number="PO-4711")
    return {
        "placement": placement,
        "elsewhere": elsewhere,
        "order": order,
        "exemption": world.exemption(),
        "breach": world.breach(worker_name="Gil Hart", registration_number="SW910002"),
        "held": world.request(at=MONDAY),
    }


def found(client, text) -> dict[str, list[tuple[str, str]]]:
    """Title with its count → (where it leads, what the line says)."""
    page = client.get("/search/", {"q": text}).content.decode()
    groups = re.findall(r'<h2 class="govuk-heading-m">(.*?)</h2>\s*<ul[^>]*>(.*?)</ul>', page, re.S)
    return {
        title: [
            (re.search('href="([^"]*)"', line).group(1), text_of(line)) for line in re.findall("<li>.*?</li>", body)
        ]
        for title, body in groups
    }


def test_a_worker_by_name_with_the_placement(world, rows, client_of):
    one = rows["placement"]
    for text in ("öberg", "ÅSA", " sw900001 ", "SW 900 001", "sw9000"):
        assert found(client_of("officer"), text) == {
            "Placements (1)": [(f"/placements/{one.pk}/", f"{one.reference}, Åsa Öberg")],
            "Workers (1)": [(f"/workers/{one.worker_id}/", "Åsa Öberg, SW900001")],
        }


@pytest.mark.parametrize("text", ["900001", "zzz", "A", " ", ""])
def test_a_part_of_a_number_or_a_single_letter_finds_nothing(world, rows, client_of, text):
    assert found(client_of("officer"), text) == {}


def test_a_request_by_reference_or_team_with_its_stage(world, rows, client_of):
    one = rows["elsewhere"]
    assert found(client_of("officer"), "carers") == {
        "Staffing requests (1)": [(f"/requests/{one.pk}/", f"{one.reference}, Carers, requested")]
    }
    assert list(found(client_of("officer"), one.reference.lower())) == ["Staffing requests (1)"]


def test_the_newest_request_comes_first(world, rows, client_of):
    (lines,) = [value for key, value in found(client_of("officer"), "North").items() if key.startswith("Staffing")]
    keys = [int(address.split("/")[2]) for address, _ in lines]
    assert keys == sorted(keys, reverse=True) and keys[0] == rows["held"].pk


def test_an_order_by_its_reference_or_its_whole_number(world, rows, client_of):
    one = rows["order"]
    wanted = {"Sent to suppliers (1)": [(f"/releases/{one.pk}/", f"{one.reference}, Pertemps")]}
    assert found(client_of("officer"), "po-4711") == found(client_of("officer"), one.reference) == wanted
    assert found(client_of("officer"), "po-471") == {}


def test_an_exemption_by_reference_or_agency(world, rows, client_of):
    one = rows["exemption"]
    line = (f"/exemptions/{one.pk}/", f"{one.reference}, Service Care Solutions, waiting for a decision")
    assert found(client_of("officer"), one.reference) == {"Exemptions (1)": [line]}
    assert found(client_of("officer"), "care sol") == {"Exemptions (1)": [line]}


def test_a_breach_by_its_reference(world, rows, client_of):
    one = rows["breach"]
    line = (f"/breaches/{one.pk}/", f"{one.reference}, Gil Hart")
    assert found(client_of("officer"), one.reference.lower()) == {"Breaches (1)": [line]}
    assert found(client_of("other_lead"), one.reference) == {}


@pytest.mark.parametrize("text", ["rm6161", "HALDEN"])
def test_a_contract_for_those_who_see_money(world, rows, client_of, text):
    line = (f"/contracts/{world.framework.pk}/", "RM6161-L5, Halden Bridge Care")
    for who in ("officer", "auditor", "finance"):
        assert found(client_of(who), text) == {"Contracts (1)": [line]}
    assert found(client_of("lead"), text) == {}


def test_contracts_by_title_stand_in_the_order_of_their_references(world, rows, client_of):
    (lines,) = found(client_of("officer"), "a contract").values()
    assert [line for _, line in lines] == ["CORP, Pertemps", "LIQ, Liquid Personnel", "RM6161-L5, Halden Bridge Care"]


def test_a_lead_finds_the_own_service_only(world, rows, client_of):
    assert list(found(client_of("other_lead"), "req")) == ["Staffing requests (1)"]
    for text in ("öberg", "SW900001", "PO-4711", rows["exemption"].reference, rows["placement"].reference):
        assert found(client_of("other_lead"), text) == {}
        assert found(client_of("lead"), text) != {}
    assert found(client_of("lead"), "carers") == {}


def test_twenty_are_shown_of_all(world, rows, client_of):
    for n in range(21):
        world.request(at=MONDAY, team=world.other_team, by=world.other_lead, needed_from=date(2024, 2, 1 + n))
    page = client_of("other_lead").get("/search/?q=carers").content.decode()
    assert "Staffing requests (22)" in page and "The first 20 are shown." in page
    assert len(found(client_of("other_lead"), "carers")["Staffing requests (22)"]) == 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter a reference, a name or a registration number above."),
        ("zzz", "Nothing found. Search by reference (REQ-0012), name, registration number, team or contract."),
        ("z", "Nothing found."),
    ],
)
def test_nothing_found_says_what_to_search_by(world, rows, client_of, text, words):
    assert words in page_of(client_of("officer"), f"/search/?q={text}")


def test_what_is_searched_is_shown_and_never_run(world, rows, client_of):
    page = client_of("officer").get("/search/", {"q": "<b>x\0y"}).content.decode()
    assert "Search for “&lt;b&gt;xy”" in page and "<b>x" not in page


@pytest.mark.parametrize("who", ["nobody", "system"])
def test_who_may_not_read_may_not_search(world, rows, client_of, who):
    assert client_of(who).get("/search/?q=North").status_code == 403
