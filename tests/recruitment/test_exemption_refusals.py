"""Refusals where the order of sourcing, a contract or an exemption says no, each by its code."""

from datetime import date, timedelta

from council.models import Role
from placements.emergencies import actions as emergencies
from placements.exemptions import actions as exemption_ends
from placements.placement import carrying_over
from recruitment.contracts import actions as contracts
from recruitment.exemptions import asking, deciding
from recruitment.models import Contract, SourcingStep, StepSource
from recruitment.orders import taking_back
from recruitment.rules import cascade
from tests.conftest import refused
from tests.factories import RoleGrantFactory, approve, corporate_contract, sourcing_order
from tests.factories.recruitment import name_in_the_order
from tests.factories.small_council import AFTER_WINDOW, MONDAY

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR


# -- the order of sourcing and its contracts ----------------------------------------------------------------------------------


def test_nobody_is_asked_by_a_route_that_the_order_of_the_round_does_not_have(world):
    """Another order has come into force since: the round keeps the one it was opened under."""
    order = sourcing_order(starts_on=date(2024, 1, 8))
    StepSource.objects.filter(order=order, position__gt=1).delete()
    SourcingStep.objects.filter(order=order, position__gt=1).delete()
    failed = world.failed()
    refused("not_in_order", world.send, vacancy=failed.vacancy, contract=world.framework, at=DECIDED)
    asked = world.asked(failed.vacancy)
    refused("not_in_order", asking.request_exemption, by=world.officer, at=DECIDED, asked=asked)


def test_a_contract_that_has_not_begun_or_has_no_approved_end_or_is_over_takes_nothing(world):
    next_year = corporate_contract(world.administrator, world.pertemps, "CORP-2", starts_on=date(2024, 2, 1))
    refused("contract_not_running", world.send, vacancy=world.sourced(), contract=next_year)
    unapproved = Contract(
        reference="CORP-3",
        title="x",
        agency=world.pertemps,
        route="corporate",
        award_method="tender",
        award_reason="x",
        let_on=date(2024, 1, 1),
        starts_on=date(2024, 1, 1),
    )
    contracts.save_contract(by=world.administrator, at=MONDAY, contract=unapproved)
    name_in_the_order(unapproved)
    refused("contract_not_running", world.send, vacancy=world.sourced(), contract=unapproved)
    approve(world.administrator, world.corporate, None, date(2024, 1, 7))
    refused("contract_not_running", world.send, vacancy=world.sourced())


def test_a_contract_that_ends_before_the_worker_would_start_takes_nothing(world):
    approve(world.administrator, world.corporate, None, date(2024, 1, 21))
    refused("contract_ends_before", world.send, vacancy=world.sourced())


def test_placements_by_exemption_do_not_go_on_under_another_contract(world):
    placement = world.by_exemption()
    carry = {"by": world.officer, "at": DECIDED, "old": placement.contract, "new": world.corporate}
    refused("by_exemption", carrying_over.carry_over, on=date(2024, 3, 4), terms={}, **carry)


# -- decisions ----------------------------------------------------------------------------------------------------------------


def test_an_exemption_is_decided_one_of_three_ways(world):
    decide = {"by": world.director, "at": DECIDED, "exemption": world.commented(world.exemption()), "reason": "x"}
    refused("no_decision", deciding.decide, **decide, decision="perhaps")


def test_an_emergency_is_confirmed_or_not(world):
    call = world.called().vacancy.emergency_call
    decide = {"by": world.director, "at": call.called_at + HOUR, "call": call, "reason": "x"}
    refused("no_decision", emergencies.decide_emergency, **decide, decision="perhaps")


# -- comments, and taking an exemption back or ending it ----------------------------------------------------------------------


def test_whoever_asked_does_not_comment_and_a_comment_has_words_and_comes_before_the_decision(world):
    RoleGrantFactory(user=world.officer, role=Role.FINANCE_OFFICER)
    exemption = world.exemption()
    comment = {"at": DECIDED, "exemption": exemption, "supports": True}
    refused("own_request", deciding.comment, by=world.officer, text="x", **comment)
    refused("no_reason", deciding.comment, by=world.finance, text=" ", **comment)
    deciding.take_back(by=world.officer, at=DECIDED, exemption=exemption, reason="x")
    refused("not_from_here", deciding.comment, by=world.finance, text="x", **comment)


def test_an_exemption_that_another_goes_on_from_is_not_taken_back(world):
    """Nobody is asked under it any more: the order to its agency was entered in error."""
    first = world.exempted()
    release = world.scs_secured(first)
    (vacancy,) = [need.vacancy for need in first.needs.all()]
    later = {"starts_on": date(2024, 4, 20), "ends_on": date(2024, 5, 31)}
    world.exemption(vacancy, at=DECIDED + HOUR, extends=first, **later)
    taking_back.void(by=world.director, at=DECIDED + HOUR, release=release, reason="x")
    take_back = {"by": world.director, "at": DECIDED + HOUR, "exemption": first, "reason": "x"}
    assert "goes on from" in refused("in_use", deciding.take_back, **take_back)


def test_an_exemption_is_taken_back_or_ended_with_a_reason_and_within_its_days(world):
    exemption = world.exempted()
    common = {"by": world.director, "at": DECIDED, "exemption": exemption}
    refused("no_reason", deciding.take_back, reason=" ", **common)
    refused("no_reason", exemption_ends.end_exemption, reason=" ", ended_on=date(2024, 3, 1), **common)
    for day in (date(2024, 1, 21), date(2024, 4, 19)):
        refused("end_outside", exemption_ends.end_exemption, reason="x", ended_on=day, **common)


def test_an_exemption_that_ends_while_a_supplier_is_asked_under_it_opens_nothing(world, monkeypatch):
    """Taken back between the look at the round and the lock on the exemption."""
    exemption = world.exempted()
    contract, vacancy = exemption.decisions.get(approves=exemption.pk).contract, exemption.needs.get().vacancy
    seen = cascade.exemption_for

    def seen_and_then_taken_back(*arguments):
        found = seen(*arguments)
        deciding.take_back(by=world.director, at=DECIDED, exemption=exemption, reason="x")
        return found

    monkeypatch.setattr(cascade, "exemption_for", seen_and_then_taken_back)
    refused("not_exempted", world.send, vacancy=vacancy, contract=contract, at=DECIDED)
