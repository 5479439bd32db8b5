"""Refusals about candidates, each by its code: the smallest thing somebody does to meet it."""

from datetime import timedelta

import pytest

from council.models import Role
from recruitment.candidates import putting_forward, stepping
from tests.conftest import refused
from tests.factories import RoleGrantFactory
from tests.factories.small_council import AFTER_WINDOW, MONDAY

HOUR = timedelta(hours=1)


@pytest.fixture
def submission(world):
    return world.put_forward(world.send(world.sourced()))


def test_the_supplier_s_own_worker_is_put_forward_as_such(world):
    release = world.send(world.sourced())
    other = {"supply_mode": "brokered", "supplying_agency": world.pertemps}
    refused("not_brokered", world.put_forward, release=release, **other)


def test_a_registration_number_that_is_given_is_one(world, submission):
    give = {"by": world.officer, "at": MONDAY + 3 * HOUR, "submission": submission}
    refused("no_registration_number", stepping.give_registration_number, registration_number=" ", **give)


def test_a_candidate_entered_in_error_is_offered_nowhere(world, submission):
    common = {"at": MONDAY + 3 * HOUR, "submission": submission}
    stepping.void_candidate(by=world.director, reason="Twice", **common)
    other = world.send(world.sourced())
    refused("entered_in_error", putting_forward.offer_elsewhere, by=world.officer, release=other, **common)


def test_a_candidate_is_marked_as_entered_in_error_with_a_reason_and_not_after_being_offered_elsewhere(
    world, submission
):
    common = {"at": MONDAY + 3 * HOUR, "submission": submission}
    refused("no_reason", stepping.void_candidate, by=world.director, reason=" ", **common)
    putting_forward.offer_elsewhere(by=world.officer, release=world.send(world.sourced()), **common)
    refused("rested_on", stepping.void_candidate, by=world.director, reason="x", **common)


def test_whoever_recorded_a_candidate_does_not_allow_the_later_route(world):
    RoleGrantFactory(user=world.officer, role=Role.ASSISTANT_DIRECTOR)
    release = world.after_pertemps_showed()
    submission = world.put_forward(release, at=AFTER_WINDOW + HOUR, registration_number="SW10001")
    allow = {"by": world.officer, "at": AFTER_WINDOW + 2 * HOUR, "submission": submission, "reason": "x"}
    refused("own_entry", stepping.allow_later_route, **allow)
