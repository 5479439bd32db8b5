"""A worker whose own agency would need an exemption, through a contracted supplier: shown on the first step, decided on a later one."""

from datetime import date, timedelta

import pytest
import time_machine

from council.errors import NotAllowed, RuleViolation
from council.models import Approval, Deputy
from recruitment.models import SupplyLeave
from recruitment.orders import supplying
from recruitment.rules.supply import needs_leave
from tests.conftest import refused, refused_as
from tests.factories import framework_contract
from tests.factories.small_council import AFTER_WINDOW

pytestmark = pytest.mark.django_db
LATER = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture
def secured(world):
    """The framework's supplier has secured a worker of Service Care Solutions; Pertemps' failure is confirmed."""
    first = world.failed()
    world.witness(first)
    release = world.send(first.vacancy, world.framework, at=AFTER_WINDOW)
    return world.secure(release, at=LATER, supply_mode="brokered", supplying_agency=world.scs)


def allow(world, release, by=None):
    return supplying.allow_supply(
        by=by or world.director, at=LATER, release=release, reason="The only one with court experience."
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "agency_needs_leave"),
        ({"agency": ""}, None),
        ({"step_class": "first"}, None),
        ({"step_class": "exemption"}, None),
        ({"is_named": True}, None),
        ({"is_allowed": True}, None),
    ],
)
def test_who_needs_leave(changes, code):
    facts = {"agency": "SCS", "through": "Halden", "step_class": "later", "is_named": False, "is_allowed": False}
    refusal = needs_leave(**facts | changes)
    assert (refusal and refusal.code) == code


def test_on_a_later_step_nobody_is_booked_before_it_is_allowed(world, secured):
    with pytest.raises(RuleViolation, match="Service Care Solutions has no contract that the order of sourcing names"):
        world.book(secured, at=LATER)
    allow(world, secured)
    assert world.book(secured, at=LATER).supplying_agency == world.scs


def test_not_where_its_agency_has_a_contract_that_the_order_names(world, secured):
    framework_contract(world.administrator, world.scs, "SCS-L5")
    assert world.book(secured, at=LATER)


@pytest.mark.parametrize("days", [{"starts_on": date(2024, 1, 11)}, {"ends_on": date(2024, 1, 9)}])
def test_one_that_does_not_run_on_the_day_of_the_answer_is_none(world, secured, days):
    framework_contract(world.administrator, world.scs, "SCS-L5", **days)
    with pytest.raises(RuleViolation, match="has no contract"):
        world.book(secured, at=LATER)


def test_through_the_first_supplier_it_is_only_shown(world, client_of):
    release = world.secured()
    release = world.secure(world.send(world.sourced()), supply_mode="brokered", supplying_agency=world.scs)
    page = " ".join(client_of("officer").get(release.get_absolute_url()).content.decode().split())
    assert "Service Care Solutions has no contract that the order of sourcing names" in page
    assert "Waiting for a decision" not in page
    assert world.book(release, at=LATER)


def test_it_is_decided_by_another_than_who_recorded_it(world, secured):
    for who in ("officer", "officer2", "finance", "lead"):
        with pytest.raises(NotAllowed):
            allow(world, secured, by=world.people[who])
    Deputy.objects.create(
        approval=Approval.LATER_ROUTE,
        for_user=world.director,
        user=world.officer,
        starts_on=date(2024, 1, 10),
        ends_on=date(2024, 1, 10),
    )
    refused("own_entry", supplying.allow_supply, by=world.officer, at=LATER, release=secured, reason="x")
    refused("no_reason", supplying.allow_supply, by=world.director, at=LATER, release=secured, reason=" ")
    allow(world, secured)
    refused("nothing_to_allow", supplying.allow_supply, by=world.director, at=LATER, release=secured, reason="x")
    own = world.framework_secured()
    refused("nothing_to_allow", supplying.allow_supply, by=world.director, at=LATER, release=own, reason="x")


def test_from_today_to_the_booking(world, secured, client_of):
    path = f"/releases/{secured.pk}/supply/"
    with time_machine.travel(LATER, tick=False):
        officer, director = client_of("officer"), client_of("director")
        assert "Workers to book" not in officer.get("/").content.decode()
        assert path in director.get("/").content.decode()
        request = officer.get(secured.vacancy.get_absolute_url()).content.decode()
        assert f"/releases/{secured.pk}/book/" not in request
        waits = "The Assistant Director decides first whether its worker may come."
        assert waits in request
        page = officer.get(secured.get_absolute_url()).content.decode()
        assert "Waiting for a decision" in page
        assert path not in page
        assert path in director.get(secured.get_absolute_url()).content.decode()
        assert officer.get(path).status_code == 403
        assert "by itself it would need an exemption" in director.get(path).content.decode()
        assert "Say why" in director.post(path, {"reason": ""}).content.decode()
        director.post(path, {"reason": "The only one with court experience."})
        assert SupplyLeave.objects.get().given_by == world.director
        assert path not in director.get("/").content.decode()
        assert "Workers to book" in officer.get("/").content.decode()
        assert waits not in officer.get(secured.vacancy.get_absolute_url()).content.decode()
        page = " ".join(officer.get(secured.get_absolute_url()).content.decode().split())
        assert (
            "A worker of Service Care Solutions, by The director, 10 January 2024: The only one with court experience."
            in page
        )
        evidence = " ".join(officer.get(f"/requests/{secured.vacancy_id}/evidence/").content.decode().split())
        assert "A worker of Service Care Solutions allowed by" in evidence


def test_the_database_books_nobody_without_it(world, secured):
    from placements.models import Worker
    from tests.test_database_refuses import COPY_PLACEMENT

    sql = COPY_PLACEMENT.replace("'direct', c.agency_id", f"'brokered', {world.scs.pk}")
    sql = sql.replace("(basis, ", "(proof_id, basis, ").replace(
        "select 'release'", "select r.rests_on_id, 'release'", 1
    )
    sql = sql.format(round="r.round_id", contract="r.contract_id")
    worker = Worker.objects.create(registration_number="SW900001", name="Raw")
    assert refused_as(sql, worker.pk, secured.pk) == "placement_supplied_by_leave"
    leave = allow(world, secured)
    assert refused_as("update recruitment_supplyleave set reason = 'other'") == "supply_leave_stays"
    copy = (
        "insert into recruitment_supplyleave (release_id, agency_id, answered_by_id, reason, given_by_id, given_at) "
        "values (%s, %s, %s, %s, %s, now())"
    )
    row = [secured.pk, world.halden.pk, world.officer.pk, "x", world.director.pk]
    assert refused_as(copy, *row[:1], leave.agency_id, *row[2:]) == "supply_leave_once"
    assert refused_as(copy, *row[:3], "", row[4]) == "supply_leave_has_reason"
    assert refused_as(copy, *row[:4], world.officer.pk) == "supply_leave_by_another"
    assert refused_as(sql, worker.pk, secured.pk) == ""
