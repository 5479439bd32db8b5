"""What every list does alike: pages of 25, the CSV of all that fits, orders that stay, filters that are kept, words for nothing."""

import re

import pytest
import time_machine

from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db

# Address → what it says where there is nothing, and the name of its CSV.
LISTS = {
    "/requests/": ("No requests yet. Request staff to start.", "staffing-requests"),
    "/releases/": ("Nothing has been sent to a supplier yet. Open a request and send it.", "orders"),
    "/placements/": (
        "No placements yet. They are booked from a supplier’s answer that secured a worker.",
        "placements",
    ),
    "/placements/longest/": ("Nobody is in post.", "longest-here"),
    "/hires/": ("No permanent starts yet. They are recorded on a staffing request.", "permanent-starts"),
    "/workers/": ("No workers yet. They are added when they are booked.", "workers"),
    "/candidates/": (
        "No candidates yet. They are recorded on an order, or put forward by a supplier through its link.",
        "candidates",
    ),
    "/approaches/": ("No approaches yet.", "approaches"),
    "/suppliers/orders/": ("No orders yet.", "order-times"),
    "/exemptions/all/": (
        "No exemptions yet. They are asked for on a staffing request, once the first supplier could not supply.",
        "exemptions",
    ),
    "/reviews/": ("No reviews yet. They are recorded on a placement.", "quality-reviews"),
    "/meetings/": ("No meeting has been recorded yet.", "meetings"),
    "/breaches/": ("No breach is recorded.", "breaches"),
    "/brought-forward/": ("Nothing has been brought forward yet.", "brought-forward"),
    "/payments/": ("No payments yet. A finance officer imports a payments file.", "payments"),
    "/payments/imports/": ("No file yet. A finance officer imports a payments file.", "payments-files"),
    "/documents/": (
        "None yet. A pack is made from the evidence of a request, a placement or an exemption, or of a time.",
        "documents",
    ),
    "/mail/": ("No mail yet.", "mail"),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_9_january():
    with time_machine.travel(at(1, 9), tick=False):
        yield


@pytest.fixture(scope="module")
def many(world):
    """27 requests of two Services, so that there are two pages; all of them asked for at the same moment."""
    rows = [world.request(at=MONDAY, by=world.officer) for _ in range(26)]
    return [*rows, world.request(at=MONDAY, team=world.other_team, by=world.other_lead, urgency="urgent")]


@pytest.mark.parametrize("address", LISTS)
def test_where_there_is_nothing_it_says_why(world, client_of, address):
    page = client_of("auditor").get(address).content.decode()
    assert LISTS[address][0] in page
    assert "<tbody" not in page and "Download as CSV" not in page and "Nothing fits" not in page


@pytest.mark.parametrize("address", LISTS)
def test_its_csv_is_named_by_the_day_and_has_the_header_of_the_page(world, client_of, address):
    response = client_of("auditor").get(f"{address}?format=csv")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{LISTS[address][1]}-2024-01-09.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = response.getvalue()
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 1


@pytest.mark.parametrize("address", LISTS)
def test_an_unknown_choice_of_any_filter_is_left_out(world, client_of, address):
    client = client_of("auditor")
    page = client.get(address).content.decode()
    for name in re.findall(r'(?:<select|<input)[^>]* name="(\w+)"', page.split("app-filters", 1)[-1]):
        if name not in ("text", "sort"):
            found = client.get(f"{address}?{name}=no-such-thing").content.decode()
            assert "Nothing fits these filters" not in found and ">Clear</a>" not in found


@pytest.mark.parametrize("who", ["nobody", "system"])
def test_without_a_role_that_reads_there_is_no_list(world, client_of, who):
    opened = [address for address in LISTS if client_of(who).get(f"{address}?format=csv").status_code != 403]
    assert opened == (["/mail/"] if who == "system" else [])


class TestPages:
    def test_25_rows_on_a_page_and_all_of_them_in_the_csv(self, world, many, client_of):
        client = client_of("auditor")
        assert len(cells_of(client, "/requests/")) == 25
        assert len(cells_of(client, "/requests/?page=2")) == 2
        assert len(csv_of(client, "/requests/?page=2")) == 28
        assert summary_of(client, "/requests/?page=2") == "27 rows, as at 9 January 2024."

    def test_every_row_is_on_one_page_alone(self, world, many, client_of):
        """They are alike in what is sorted by, so the order of their entry decides."""
        client = client_of("auditor")
        for sort in ("", "requested_at", "-requested_at", "-urgency", "hours_per_week"):
            shown = [row[0][0] for page in (1, 2) for row in cells_of(client, f"/requests/?sort={sort}&page={page}")]
            assert shown == column_of(client, f"/requests/?sort={sort}", "Reference")
            assert sorted(shown) == sorted(one.reference for one in many)

    def test_alike_rows_stand_in_the_order_of_their_entry(self, world, many, client_of):
        references, client = [one.reference for one in many], client_of("auditor")
        assert column_of(client, "/requests/?sort=requested_at", "Reference") == references
        assert column_of(client, "/requests/?sort=-requested_at", "Reference") == references[::-1]
        assert (
            column_of(client, "/requests/", "Reference") == references[::-1]
        )  # its own order: the last asked for first
        assert column_of(client, "/requests/?sort=nothing", "Reference") == references[::-1]

    @pytest.mark.parametrize(("page", "rows"), [("0", 2), ("1", 25), ("3", 2), ("x", 25), ("", 25)])
    def test_a_page_that_is_not_there_is_the_last_or_the_first(self, world, many, client_of, page, rows):
        assert len(cells_of(client_of("auditor"), f"/requests/?page={page}")) == rows

    def test_the_links_of_pages_keep_filters_and_order(self, world, many, client_of):
        page = client_of("auditor").get("/requests/?urgency=routine&sort=-pk&page=2").content.decode()
        (previous,) = re.findall(r'href="([^"]*)" rel="prev"', page)
        assert set(previous.removeprefix("?").split("&amp;")) == {"urgency=routine", "sort=-pk", "page=1"}
        assert 'rel="next"' not in page and 'aria-label="Page 2" aria-current="page"' in page

    def test_on_one_page_there_are_no_links_to_others(self, world, many, client_of):
        assert "govuk-pagination" not in client_of("auditor").get("/requests/?urgency=urgent").content.decode()


class TestHead:
    def head(self, client, query):
        page = client.get(f"/requests/?{query}").content.decode()
        found = re.findall(r'<th scope="col"[^>]*aria-sort="(\w+)"[^>]*><a[^>]*href="([^"]*)">([^<]*)', page)
        return {title.strip(): (state, address.replace("&amp;", "&")) for state, address, title in found}

    def test_a_column_sorts_up_first_then_down_then_up(self, world, many, client_of):
        client = client_of("auditor")
        assert self.head(client, "")["Needed from"] == ("none", "?sort=needed_from")
        assert self.head(client, "sort=needed_from")["Needed from"] == ("ascending", "?sort=-needed_from")
        assert self.head(client, "sort=-needed_from")["Needed from"] == ("descending", "?sort=needed_from")
        assert self.head(client, "sort=-needed_from")["Team"] == ("none", "?sort=team__name")

    def test_sorting_keeps_the_filters_and_leaves_the_page(self, world, many, client_of):
        _, address = self.head(client_of("auditor"), "urgency=routine&page=2")["Team"]
        assert set(address.removeprefix("?").split("&")) == {"urgency=routine", "sort=team__name"}

    def test_what_cannot_be_sorted_has_no_link(self, world, many, client_of):
        assert set(self.head(client_of("auditor"), "")) == {
            "Reference",
            "Team",
            "Role",
            "Hours per week",
            "Asked for on",
            "Needed from",
            "Urgency",
            "Stage",
        }


class TestFilters:
    def test_what_was_chosen_is_shown_again_and_can_be_cleared(self, world, many, client_of):
        address = "/requests/?urgency=urgent&since=2024-01-08&text=carers&sort=pk"
        page = client_of("auditor").get(address).content.decode()
        for part in (
            '<option value="urgent" selected>Urgent</option>',
            'name="since" value="2024-01-08"',
            'name="text" value="carers"',
            '<input type="hidden" name="sort" value="pk">',
            '<a class="govuk-link" href="?">Clear</a>',
        ):
            assert part in page
        assert summary_of(client_of("auditor"), address) == "1 row, as at 9 January 2024."

    def test_what_is_no_choice_is_neither_kept_nor_shown(self, world, many, client_of):
        page = client_of("auditor").get("/requests/?urgency=x&since=8.1.2024&sort=x").content.decode()
        assert " selected>" not in page and 'name="since" value=""' in page and ">Clear</a>" not in page
        assert 'name="sort"' not in page and "27 rows" in page

    def test_a_text_is_trimmed_and_kept_to_a_hundred_signs(self, world, many, client_of):
        client = client_of("auditor")
        assert len(csv_of(client, "/requests/?text=%20%20carers%00%20")) == 2
        assert len(csv_of(client, "/requests/?text=%20")) == 28
        page = client.get("/requests/?text=" + "y" * 101).content.decode()
        assert f'value="{"y" * 100}"' in page and "y" * 101 not in page

    def test_the_csv_holds_what_fits_in_the_order_of_the_page(self, world, many, client_of):
        client, query = client_of("auditor"), f"service={world.team.service_id}&sort=-pk"
        assert [row[0] for row in csv_of(client, f"/requests/?{query}")[1:]] == [one.reference for one in many[25::-1]]
        link = re.search(r'href="([^"]*format=csv[^"]*)"', client.get(f"/requests/?{query}&page=2").content.decode())
        assert set(link.group(1).removeprefix("?").split("&amp;")) == {*query.split("&"), "format=csv"}

    def test_another_format_is_the_page(self, world, many, client_of):
        assert client_of("auditor").get("/requests/?format=pdf").headers["Content-Type"].startswith("text/html")

    def test_a_text_that_a_spreadsheet_would_run_is_quoted(self, world, client_of):
        world.team.name = "=North"
        world.team.save()
        world.request()
        assert column_of(client_of("auditor"), "/requests/?text==North", "Team")[0] == "'=North"
        assert cells_of(client_of("auditor"), "/requests/?text==North")[0][1] == ("=North", "")
