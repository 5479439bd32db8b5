"""What a record's page says only in some cases: a rate above, a first showing elsewhere, what goes on, who is in post."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.test import RequestFactory

from placements.placement.starting import cover_started_requests
from recruitment.candidates import putting_forward
from recruitment.exemptions import deciding
from recruitment.models import Status
from reporting.asked import asked_for
from reporting.reports.registry import reports
from tests.factories.small_council import AFTER_WINDOW

LATER = AFTER_WINDOW + timedelta(days=1)
TODAY = date(2024, 5, 20)


def page_of(client_of, row, who="officer") -> str:
    return client_of(who).get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("charge", "above"), [(D("42.00"), False), (D("42.01"), True)])
def test_a_rate_above_what_was_asked_for_is_said(world, client_of, charge, above):
    one = world.put_forward(world.send(world.sourced()), charge_rate=charge)
    assert ("The charge rate is above the £42.00 an hour" in page_of(client_of, one)) == above


def test_a_first_showing_in_another_service_is_named_and_not_linked(world, client_of):
    first = world.put_forward(world.send(world.sourced(team=world.other_team, by=world.other_lead)))
    here = world.send(world.sourced())
    again = putting_forward.offer_elsewhere(by=world.officer, at=AFTER_WINDOW, submission=first, release=here)
    link = f'href="{first.get_absolute_url()}"'
    assert link in page_of(client_of, again)
    seen = page_of(client_of, again, "lead")
    assert first.reference in seen and link not in seen


def test_what_goes_on_from_an_exemption_is_named_once_it_is_approved(world, client_of):
    first = world.by_exemption().release.exemption
    period = {"starts_on": date(2024, 4, 20), "ends_on": date(2024, 6, 28)}
    vacancy = first.needs.get().vacancy
    waits = world.commented(world.exemption(vacancy, at=LATER, extends=first, **period), LATER)
    with time_machine.travel(LATER, tick=False):
        assert waits.reference not in page_of(client_of, first)
        deciding.decide(by=world.director, at=LATER, exemption=waits, decision="approved", reason="x")
        assert waits.reference in page_of(client_of, first)


def test_the_spend_of_the_agency_holds_an_exemption_once(world, client_of):
    one = world.commented(world.exemption())
    with time_machine.travel(LATER, tick=False):
        found = lambda: client_of("director").get(one.get_absolute_url()).context["spend"].total  # noqa: E731
        while_it_waits = found()
        deciding.decide(by=world.director, at=LATER, exemption=one, decision="approved", reason="x")
        assert while_it_waits == found() == D("36000.00")


def test_what_is_turned_down_is_no_spend(world, client_of):
    one = world.exemption()
    with time_machine.travel(LATER, tick=False):
        deciding.decide(by=world.director, at=LATER, exemption=one, decision="turned_down", reason="x")
        assert client_of("director").get(one.get_absolute_url()).context["spend"].total == 0


def test_while_it_is_sourced_a_permanent_start_is_offered_once(world, client_of):
    vacancy = world.sourced()
    assert page_of(client_of, vacancy).count(f'href="/requests/{vacancy.pk}/permanent-start/"') == 1


def test_direct_recruitment_is_changed_until_an_agency_is_asked_and_corrected_after(world, client_of):
    vacancy = world.sourced()
    page = page_of(client_of, vacancy)
    assert "Change what is recorded" in page and "Correct direct recruitment" not in page
    world.send(vacancy)
    page = page_of(client_of, vacancy)
    assert "Change what is recorded" not in page and "Correct direct recruitment" in page


@pytest.mark.parametrize(("day", "verb"), [("2024-04-19 09:00 +0100", "is"), ("2024-04-20 09:00 +0100", "was")])
def test_who_is_in_post_on_the_last_day_is_there_still(world, client_of, day, verb):
    vacancy = world.placed().vacancy
    with time_machine.travel(day, tick=False):
        cover_started_requests()
        vacancy.refresh_from_db()
        assert vacancy.status == Status.COVERED
        assert f"{verb} in post until 19 April 2024." in page_of(client_of, vacancy)


# -- what is asked for in the address of a report ------------------------------------------------------------------------------------


def asked(world, name: str, **query):
    request = RequestFactory().get("/", query)
    request.user = world.auditor
    return asked_for(reports()[name], request, TODAY)


def test_a_period_does_not_begin_after_its_day(world):
    found = asked(world, "suppliers", until="2024-02-15", since="2024-03-01")
    assert (found.since, found.on) == (date(2024, 2, 15), date(2024, 2, 15))
    assert asked(world, "suppliers", until="2024-02-15", since="2024-02-14").since == date(2024, 2, 14)


@pytest.mark.parametrize(
    ("year", "found"), [("2024", 2024), ("2023", 2023), ("2025", 2024), ("x", 2024), ("1999", 2024)]
)
def test_a_year_is_this_financial_year_or_one_before(world, year, found):
    assert asked(world, "register", on="2022-03-31", year=year).year == found


@pytest.mark.parametrize("name", sorted(reports()))
def test_a_report_is_of_a_team_or_a_service_where_it_asks_for_one(world, name):
    found, asks = asked(world, name, team=world.team.pk, service=world.team.service_id), reports()[name].asks
    assert (found.team is not None, found.service is not None) == ("team" in asks, "service" in asks)
