"""Ten real days of honest people: each can go on, and is told apart afterwards by what confirms the failure."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from council import clock
from council.models import Deputy, RoleGrant
from council.working_time import LONDON
from recruitment.contracts import addresses
from recruitment.models import Agency, Release
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import links
from recruitment.orders.answering import Told
from recruitment.reads import witnesses
from recruitment.witnesses import actions as witnessing
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT
from tests.recruitment.test_witnesses import at, bounced, mailed, post, sent, silent

__all__ = ["mailed"]  # a fixture
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FRIDAY = datetime(2024, 1, 12, 16, 50, tzinfo=LONDON)


def telephone_on_friday(world) -> Release:
    """A "no" at 16:50: the framework is asked in the same minute, a colleague confirms it on Monday."""
    order = world.send(world.sourced(), at=FRIDAY - 2 * HOUR)
    said = {"declined_on": FRIDAY.date(), "declined_sender": "Perry Placeholder", "declined_text": "No."}
    world.fail(order, at=FRIDAY, **said)
    world.send(order.vacancy, world.framework, at=FRIDAY)
    world.witness(order, at=FRIDAY + timedelta(days=2, hours=17))
    return order


def the_suppliers_portal(world) -> Release:
    order = world.send(world.sourced())
    said = {"declined_on": MONDAY.date(), "declined_sender": "Portal", "declined_text": "Closed without a candidate."}
    told = Told("portal", "PT-77", ContentFile(b"%PDF-1.7 the page", "PT-77.pdf"))
    world.witness(world.fail(order, at=MONDAY + HOUR, told=told, **said), note="Looked at PT-77.")
    return order


def an_e_mail(world) -> Release:
    order = world.send(world.sourced())
    said = {"declined_on": MONDAY.date(), "declined_sender": "orders@pertemps.example", "declined_text": "Nobody."}
    world.witness(world.fail(order, at=MONDAY + HOUR, **said), by=world.lead, note="Read it.")
    return order


def one_officer_in_the_office(world) -> Release:
    """Nobody else is there, and nobody is needed: the supplier answers by the link that was mailed to it."""
    order = world.send(world.sourced())
    (token,) = post(MONDAY)
    said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
    words = {"words": "Nobody is free.", "said_by": "Perry Placeholder"}
    statement = supplier.say_cannot_supply(by=links.find(token), at=MONDAY + HOUR, **said, **words)
    return world.fail(order, at=MONDAY + HOUR, statement=statement)


def the_assistant_director_away(world) -> Release:
    RoleGrant.objects.filter(user=world.officer2).delete()  # nor is there another officer
    days = {"starts_on": MONDAY.date(), "ends_on": AFTER_WINDOW.date()}
    Deputy.objects.create(approval="later_route", for_user=world.director, user=world.finance, **days)
    order = world.failed()
    world.witness(order, by=world.finance)
    return order


def a_night(world) -> Release:
    clock.move_to(SATURDAY_NIGHT)
    order = world.called()
    clock.move_to(SATURDAY_NIGHT + 3 * HOUR)
    return world.fail(order, at=SATURDAY_NIGHT + 3 * HOUR, reason="no_answer")


def a_bounce(world) -> Release:
    order = silent(world)
    bounced(world, order, AFTER_WINDOW + HOUR)
    assert order in witnesses.to_confirm(world.officer2)
    world.witness(order)
    return order


def three_users_in_all(world) -> Release:
    """One officer, one lead, one Assistant Director."""
    RoleGrant.objects.filter(user=world.officer2).delete()
    order = world.failed()
    world.witness(order, by=world.lead)
    return order


def a_supplier_that_never_reads(world) -> Release:
    """No silence counts of an address that nobody opens; a colleague looks."""
    address_in_force(world.halden, "orders@halden.example")
    order = sent(world)
    order.links.all()
    with at(MONDAY + 26 * HOUR):
        witnessing.remind_suppliers()
    with at(AFTER_WINDOW):
        world.fail(order, reason="no_answer")
    assert not Release.objects.get(pk=order.pk).proven
    world.witness(order)
    return order


def a_typing_error_in_its_address(world) -> Release:
    """Nobody clicks the link that went there, so no order does; one goes to the address the supplier gives by telephone."""
    for address in ("", "oders@pertemps.example"):
        addresses.change_ordering_address(by=world.administrator, at=MONDAY, agency=world.pertemps, address=address)
    order = world.send(world.sourced(), elsewhere="orders@pertemps.example")
    assert not Agency.objects.get(pk=world.pertemps.pk).ordering_address
    with at(AFTER_WINDOW):
        world.fail(order, reason="no_answer")
    world.witness(order)
    return order


DAYS: dict[str, tuple[Callable, str]] = {
    "a telephone no at 16:50 on Friday": (telephone_on_friday, "second_person"),
    "the supplier's portal": (the_suppliers_portal, "second_person"),
    "an e-mail answer": (an_e_mail, "second_person"),
    "one officer in the office": (one_officer_in_the_office, "cannot_supply"),
    "the Assistant Director away": (the_assistant_director_away, "second_person"),
    "a night": (a_night, "emergency"),
    "a bounce": (a_bounce, "second_person"),
    "three users in all": (three_users_in_all, "second_person"),
    "a supplier that never reads": (a_supplier_that_never_reads, "second_person"),
    "a typing error in its address": (a_typing_error_in_its_address, "second_person"),
}


@pytest.mark.parametrize("day", DAYS)
def test_each_can_go_on_and_is_told_apart(mailed, day):
    happens, kind = DAYS[day]
    order = Release.objects.get(pk=happens(mailed).pk)
    assert (order.witness_kind, order.proven) == (kind, True)
