"""Was the first supplier asked first: every way in which a placement stands, and what it costs under which heading."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.management import call_command

from placements.breaches import actions as breaches_actions
from recruitment.orders import by_the_supplier as supplier
from reporting.reads.proof import STANDINGS
from reporting.reports.assurance import assurance
from tests.factories.small_council import AFTER_WINDOW

ON = date(2024, 1, 31)


def report(on=ON, **fields):
    return assurance(on, date(2024, 2, 1), **fields)


def lines(on=ON):
    return {line.placement.reference: line for line in report(on).lines}


def test_a_placement_of_the_first_route_is_spend_and_no_line(world):
    world.placed()
    found = report()
    assert len(found.lines) == 0
    assert found.spend["on_contract"] == D("2427.20")  # eight days of 7.4 hours at £41.00
    assert found.finding == "Nobody had been placed outside Pertemps by this day."


def test_a_placement_on_the_framework_has_its_proof_in_words(world):
    placement = world.book(world.framework_secured())
    line = lines()[placement.reference]
    assert line.standing == "proved"
    assert line.words.startswith("Pertemps was asked on 8 January 2024 and answered on 10 January 2024: no candidates")
    assert report().spend["on_contract"] == line.cost == D("2427.20")


def test_a_placement_by_exemption_names_the_approval_as_well(world):
    placement = world.by_exemption()
    line = lines()[placement.reference]
    assert line.standing == "proved"
    assert "approved by The director on 10 January 2024" in line.words
    assert report().spend["off_contract"] == D("2427.20")


def test_a_breach_is_one_from_its_first_day_also_where_that_was_corrected(world):
    breach = world.breach()  # from 8 January
    world.corrected("placement", breach.placement, starts_on=date(2024, 1, 2))
    found = report(date(2024, 1, 5))
    assert [line.standing for line in found.lines] == ["unauthorised"]
    assert found.spend["unauthorised"] == next(iter(found.lines)).cost > 0
    assert found.spend["brought_forward"] == 0


def test_an_exemption_without_proof_says_why_there_is_none(world):
    exemption = world.exempted(world.sourced(), no_proof_reason="A court order of that day.")
    placement = world.by_exemption(exemption)
    line = lines()[placement.reference]
    assert line.standing == "no_proof"
    assert line.words.endswith("No proof: A court order of that day.")


def test_a_proof_recorded_days_later_is_told_apart(world):
    vacancy = world.sourced()
    release = world.send(vacancy)
    world.fail(release, at=AFTER_WINDOW + timedelta(days=2), happened_at=AFTER_WINDOW, late_reason="Leave")
    secured = world.send(vacancy, world.framework, at=AFTER_WINDOW + timedelta(days=2))
    secured = world.secure(secured, at=AFTER_WINDOW + timedelta(days=2, hours=1))
    placement = world.book(secured, at=AFTER_WINDOW + timedelta(days=2, hours=2))
    line = lines()[placement.reference]
    assert line.standing == "recorded_late"
    assert "Recorded 2 days after it happened." in line.words


def test_a_disputed_proof_is_told_apart(world):
    placement = world.book(world.framework_secured())
    proof = placement.release.rests_on
    supplier.record_dispute(by=world.officer, at=AFTER_WINDOW, release=proof, words="x", said_by="x")
    assert lines()[placement.reference].standing == "disputed"


def test_breaches_come_first(world):
    world.book(world.framework_secured())
    world.breach()  # 8 to 19 January at £50.00: ten days of 7.4 hours
    found = report()
    assert [line.standing for line in found.lines] == ["unauthorised", "proved"]
    assert found.spend["unauthorised"] == D("3700.00")


@pytest.mark.parametrize(("day", "state"), [(29, "unauthorised"), (30, "after_start")])
def test_an_approval_counts_from_its_day(world, day, state):
    breach = world.breach()
    breaches_actions.authorise(by=world.director, at=AFTER_WINDOW + timedelta(days=20), breach=breach, reason="x")
    found = report(date(2024, 1, day))
    assert found.spend[state] == D("3700.00")
    assert next(iter(found.lines)).standing == state


def test_page_csv_json_and_command_say_the_same(world, client_of):
    world.book(world.framework_secured())
    world.by_exemption()
    world.breach()
    client, address = client_of("auditor"), "/assurance/?on=2024-01-31"
    found = client.get(f"{address}&format=json").json()
    out = io.StringIO()
    call_command("report", "assurance", "--on", "2024-01-31", "--format", "json", stdout=out)
    assert json.loads(out.getvalue()) == found
    rows = list(csv.reader(io.StringIO(client.get(f"{address}&format=csv").getvalue().decode("utf-8-sig"))))
    assert len(rows) - 1 == found["placements_outside"] == 3
    assert sum(D(row[8]) for row in rows[1:]) == sum(D(one["cost"]) for one in found["placements"])
    page = client.get(address).content.decode()
    assert "2 of 3 placements outside Pertemps, or marked as a breach, have their proof. 1 is a breach." in page
    for amount in found["spend"].values():
        assert f"£{D(amount):,.2f}" in page
    behind = client.get("/assurance/spend/?state=off_contract&on=2024-01-31").content.decode()
    assert f"£{D(found['spend']['off_contract']):,.2f}" in behind


def test_a_service_sees_its_own_part(world):
    world.by_exemption()
    assert len(report(service=world.other_team.service_id).lines) == 0
    assert len(report(service=world.team.service_id).lines) == 1


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_takes_a_constant_number_of_queries(world, client_of, count, django_assert_max_num_queries):
    for _ in range(count):
        world.by_exemption(world.exempted(value=D("20000.00"), value_with_vat=D("24000.00")))
        world.breach()
    with django_assert_max_num_queries(42):
        client_of("director").get("/assurance/?on=2024-01-31")


def test_every_standing_has_its_words():
    assert all(STANDINGS.values())
