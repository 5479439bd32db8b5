"""The page Today: a line with its reason and its link, what is beyond the eight shown, and what an empty day says."""

import pytest
import time_machine

from tests.reporting.reading import at, one_world, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_25_march():
    with time_machine.travel(at(3, 25, 12), tick=False):
        yield


def test_it_shows_line_why_and_since_and_leads_on(world, client_of):
    one = world.request(at=at(3, 22))
    page = page_of(client_of("finance"), "/")
    assert '<p class="govuk-body-l">1 thing needs you.</p>' in page
    assert (
        f'<a class="govuk-link govuk-!-font-weight-regular" href="/requests/{one.pk}/decide/">{one.reference}: '
        f"Social worker, North</a></dt>"
    ) in page
    assert "Vacant post, asked for by The lead</dd>" in page and "for 3 days</dd>" in page


@pytest.mark.parametrize(("count", "more"), [(8, False), (9, True)])
def test_beyond_eight_it_links_to_all(world, client_of, count, more):
    for _ in range(count):
        world.request(at=at(3, 22))
    page = client_of("finance").get("/").content.decode()
    assert f'<p class="govuk-body-l">{count} things need you.</p>' in page
    assert page.count("Vacant post, asked for by The lead") == 8
    link = f'<a class="govuk-link" href="/meetings/sheet/">Show all {count}<span'
    assert (link in page, "Show all" in page) == (more, more)


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("officer", {"/requests/new/"}),
        ("lead", {"/requests/new/"}),
        ("administrator", {"/admin/"}),
        ("system", {"/admin/"}),
        ("auditor", {"/admin/"}),
        ("nobody", set()),
    ],
)
def test_an_empty_day_offers_what_one_may_begin(world, client_of, who, offered):
    page = client_of(who).get("/").content.decode()
    assert "Nothing needs you today." in page and "govuk-summary-list" not in page
    body = page.split("<h1", 1)[1]
    assert {one for one in ("/requests/new/", "/admin/") if f'class="govuk-link" href="{one}"' in body} == offered
