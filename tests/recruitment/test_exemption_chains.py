"""Exemptions that go on from one another: which of them a worker stands on, and who may change that."""

from datetime import date, timedelta
from decimal import Decimal as D

from placements.exemptions import actions as exemption_ends
from placements.placement import ending
from placements.reads.exemptions import needed_until
from recruitment.exemptions import asking, deciding
from recruitment.models import Contract, ContractAccount
from tests.conftest import refused
from tests.factories.council import RoleGrantFactory, someone_who_is
from tests.factories.small_council import AFTER_WINDOW

LATER = AFTER_WINDOW + timedelta(days=1)


def linked(world, placement, at=LATER, starts_on=date(2024, 4, 20), ends_on=date(2024, 6, 28), **fields):
    """Goes on from that of the placement, and is approved."""
    return world.exempted(
        placement.vacancy,
        at=at,
        extends=placement.release.exemption,
        starts_on=starts_on,
        ends_on=ends_on,
        **fields,
    )


def test_one_that_goes_on_is_not_ended_under_a_worker_who_stands_on_it(world):
    placement = world.by_exemption()  # to 19 April
    later = linked(world, placement, starts_on=date(2024, 2, 1))
    world.extend(placement, date(2024, 6, 28), at=LATER + timedelta(hours=3))
    common = {"by": world.director, "at": LATER + timedelta(days=1), "exemption": later, "reason": "x"}
    refused("still_booked", exemption_ends.end_exemption, **common, ended_on=date(2024, 3, 31))
    assert Contract.objects.get(pk=placement.contract_id).account.ends_on == date(2024, 6, 28)


def test_the_one_between_is_not_ended_under_a_worker_who_stays_on(world):
    placement = world.by_exemption()  # to 19 April
    between = linked(world, placement, ends_on=date(2024, 5, 31))
    linked(world, placement, at=LATER + timedelta(hours=2), starts_on=date(2024, 6, 1))
    world.extend(placement, date(2024, 6, 28), at=LATER + timedelta(hours=4))
    common = {"by": world.director, "at": LATER + timedelta(days=1), "exemption": between, "reason": "x"}
    refused("still_booked", exemption_ends.end_exemption, **common, ended_on=date(2024, 4, 30))


def test_where_another_takes_over_it_may_end_on_the_day_before(world):
    placement = world.by_exemption()  # to 19 April
    between = linked(world, placement)  # to 28 June
    linked(world, placement, at=LATER + timedelta(hours=2), starts_on=date(2024, 6, 1), ends_on=date(2024, 7, 26))
    world.extend(placement, date(2024, 6, 28), at=LATER + timedelta(hours=4))
    common = {"by": world.director, "at": LATER + timedelta(days=1), "exemption": between, "reason": "x"}
    between.refresh_from_db()
    until = needed_until(between)
    assert until == date(2024, 5, 31)
    refused("still_booked", exemption_ends.end_exemption, **common, ended_on=until - timedelta(days=1))
    exemption_ends.end_exemption(**common, ended_on=until)


def test_one_that_nobody_needs_may_end_at_once(world):
    placement = world.by_exemption()  # to 19 April
    later = linked(world, placement)
    later.refresh_from_db()
    assert later.approved_as is not None and needed_until(later) is None


def test_nobody_stays_on_days_between_two(world):
    placement = world.by_exemption(world.exempted(ends_on=date(2024, 2, 16)), ends_on=date(2024, 2, 16))
    linked(world, placement, starts_on=date(2024, 4, 1), ends_on=date(2024, 4, 26))
    at = LATER + timedelta(hours=3)
    refused("outside_contract", world.extend, placement=placement, ends_on=date(2024, 3, 29), at=at)


def test_nothing_goes_on_from_one_that_was_ended_meanwhile(world):
    placement = world.by_exemption(world.exempted(ends_on=date(2024, 6, 28)))
    first = placement.release.exemption
    waiting = world.commented(
        world.exemption(
            placement.vacancy, at=LATER, extends=first, starts_on=date(2024, 6, 29), ends_on=date(2024, 9, 20)
        ),
        LATER,
    )
    common = {"at": LATER + timedelta(hours=2), "reason": "The agency failed."}
    exemption_ends.end_exemption(by=world.director, exemption=first, ended_on=date(2024, 4, 19), **common)
    refused("not_approved", deciding.decide, by=world.director, exemption=waiting, decision="approved", **common)


def test_the_same_extension_is_asked_for_once(world):
    placement = world.by_exemption()
    fields = {"extends": placement.release.exemption, "starts_on": date(2024, 4, 20), "ends_on": date(2024, 6, 28)}
    world.exemption(placement.vacancy, at=LATER, **fields)
    asked = world.asked(placement.vacancy, starts_on=date(2024, 4, 20), ends_on=date(2024, 6, 28))
    common = {"by": world.officer, "at": LATER, "asked": asked}
    refused("exemption_exists", asking.request_exemption, **common, extends=placement.release.exemption)


def test_a_no_show_is_asked_for_again_under_the_one_that_has_begun(world):
    placement = world.by_exemption()
    linked(world, placement)
    at = AFTER_WINDOW + timedelta(days=12, hours=2)
    ending.did_not_start(by=world.officer, at=at, placement=placement, reason="Ill")
    placement.vacancy.refresh_from_db()
    again = world.send(placement.vacancy, placement.contract, at=at)
    assert again.exemption == placement.release.exemption


def test_what_was_not_committed_of_an_ended_one_goes_with_it(world):
    placement = world.by_exemption()  # 19,114.20 of 30,000.00
    more = linked(
        world,
        placement,
        starts_on=date(2024, 2, 1),
        ends_on=date(2024, 4, 19),
        value=D("100000"),
        value_with_vat=D("120000"),
    )
    assert ContractAccount.objects.get(pk=placement.contract_id).approved_value == D("130000.00")
    common = {"by": world.director, "at": LATER + timedelta(days=1), "reason": "Entered twice"}
    exemption_ends.end_exemption(**common, exemption=more, ended_on=date(2024, 2, 1))
    assert ContractAccount.objects.get(pk=placement.contract_id).approved_value == D("30000.00")


def test_whoever_completed_it_does_not_decide_it(world):
    exemption = world.commented(world.exemption())
    deciding.decide(
        by=world.director, at=AFTER_WINDOW, exemption=exemption, decision="returned", reason="Too short a time."
    )
    other = someone_who_is("commissioning_officer")
    RoleGrantFactory(user=other, role="assistant_director")
    asked = world.asked(exemption.needs.get().vacancy, value=D("90000"), value_with_vat=D("108000"))
    asking.complete_exemption(by=other, at=LATER, exemption=exemption, asked=asked)
    world.commented(exemption, LATER)
    common = {"at": LATER + timedelta(hours=1), "exemption": exemption, "decision": "approved", "reason": "Needed."}
    refused("own_request", deciding.decide, by=other, **common)
    deciding.decide(by=world.director, **common)


def test_a_contract_whose_exemption_is_taken_back_runs_no_more(world, client_of):
    exemption = world.exempted()
    contract = exemption.decisions.get(approves=exemption.pk).contract
    deciding.take_back(by=world.director, at=LATER, exemption=exemption, reason="Not needed.")
    on = date(2024, 1, 22)
    assert contract not in Contract.objects.running_on(on)
    assert contract in Contract.objects.taken_back_by(on)
    assert contract not in Contract.objects.taken_back_by(date(2024, 1, 10))
    assert "Taken back" in client_of("finance").get("/contracts/?text=" + contract.reference).content.decode()
    assert "Taken back" in client_of("finance").get(contract.get_absolute_url()).content.decode()


def test_the_same_comment_twice_is_one_and_two_roles_make_two(world):
    exemption = world.exemption()
    common = {"at": AFTER_WINDOW, "exemption": exemption, "supports": True}
    deciding.comment(by=world.finance, text="No objection.", **common)
    refused("said_twice", deciding.comment, by=world.finance, text="No objection.", **common)
    both = someone_who_is("finance_officer")
    RoleGrantFactory(user=both, role="procurement_officer")
    assert deciding.comment(by=both, text="For procurement.", **common).side == "procurement"


def test_one_that_goes_on_from_one_without_proof_says_the_same_reason(world):
    vacancy = world.sourced()  # nobody was asked
    placement = world.by_exemption(world.exempted(vacancy, no_proof_reason="A court order of today."))
    need = linked(world, placement).needs.get()
    assert (need.proof, need.no_proof_reason) == (None, "A court order of today.")
