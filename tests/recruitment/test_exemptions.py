"""Exemptions: what they rest on, who decides them, what they open and what they do not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed, RuleViolation
from council.models import Council, Deputy, Role, RoleGrant
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, proposing
from placements.exemptions import actions as exemption_ends
from placements.models import Breach, Placement
from placements.reviews import actions as reviews
from recruitment.contracts import actions as contracts
from recruitment.exemptions import asking, deciding, stages
from recruitment.models import (
    Contract,
    ContractAccount,
    ExemptionApprover,
    ExemptionReason,
    ExemptionStatus,
    Release,
    Route,
    Side,
)
from recruitment.orders import taking_back
from recruitment.reads import deciders, procurement
from recruitment.requests import actions as vacancies
from tests.conftest import refused
from tests.factories.small_council import AFTER_WINDOW, MONDAY

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR


def decide(world, exemption, decision="approved", by=None, at=DECIDED, **fields):
    details = {"decision": decision, "reason": "It is needed."} | fields
    return deciding.decide(by=by or world.director, at=at, exemption=exemption, **details)


# -- asking -------------------------------------------------------------------------------------------------------------------


def test_an_exemption_rests_on_the_first_suppliers_answer_in_the_same_round(world):
    failed = world.failed()
    exemption = world.exemption(failed.vacancy)
    need = exemption.needs.get()
    assert (need.proof, need.round, need.no_proof_reason) == (failed, failed.round, "")
    assert exemption.status == ExemptionStatus.REQUESTED


def test_a_request_without_proof_says_why_there_is_none(world):
    vacancy = world.sourced()
    asked = world.asked(vacancy)
    common = {"by": world.officer, "at": AFTER_WINDOW}
    refused("no_proof", asking.request_exemption, **common, asked=asked)
    exemption = asking.request_exemption(**common, asked=replace(asked, no_proof_reason="A court order of today."))
    assert exemption.needs.get().no_proof_reason == "A court order of today."


def test_an_answer_that_is_too_old_is_no_proof(world):
    failed = world.failed()
    late = AFTER_WINDOW + timedelta(days=29)
    asked = world.asked(failed.vacancy, starts_on=date(2024, 3, 1))
    refused("no_proof", asking.request_exemption, by=world.officer, at=late, asked=asked)


@pytest.mark.parametrize("state", ["waiting", "secured", "candidate", "not sourced"])
def test_no_exemption_while_a_supplier_has_not_finished(world, state):
    vacancy = world.sourced()
    codes = {"waiting": "still_waiting", "secured": "already_secured", "candidate": "candidate_waits"}
    if state == "not sourced":
        vacancy = world.request()
    else:
        release = world.send(vacancy)
        if state == "secured":
            world.secure(release)
        if state == "candidate":
            world.put_forward(release)
            taking_back.withdraw(by=world.officer, at=MONDAY + timedelta(hours=3), release=release, reason="x")
    asked = world.asked(vacancy, no_proof_reason="x")
    code = codes.get(state, "not_being_sourced")
    refused(code, asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=asked)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("justification", " ", "no_reason"),
        ("why_no_competition", "", "no_reason"),
        ("risk_if_refused", "", "no_reason"),
        ("return_plan", "", "no_reason"),
        ("reason", "because", "no_reason"),
        ("starts_on", date(2024, 1, 9), "start_in_past"),
        ("ends_on", date(2024, 1, 21), "end_before_start"),
        ("value_with_vat", D("29999.99"), "vat_below_net"),
        ("vacancies", [], "how_many"),
    ],
)
def test_what_is_missing_is_said(world, field, value, code):
    asked = replace(world.asked(world.failed().vacancy), **{field: value})
    refused(code, asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=asked)


def test_an_agency_of_the_order_of_sourcing_needs_no_exemption(world):
    asked = world.asked(world.failed().vacancy, agency=world.halden)
    refused("in_the_order", asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=asked)


def test_several_requests_are_a_named_group_each_with_its_own_proof(world):
    one, other = world.failed(), world.failed()
    without = world.asked(one.vacancy, other.vacancy, group_name="")
    refused("no_group_name", asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=without)
    exemption = world.exempted(one.vacancy, other.vacancy)
    assert {need.proof_id for need in exemption.needs.all()} == {one.pk, other.pk}
    contract = exemption.decisions.get().contract
    for release in (one, other):
        release.vacancy.refresh_from_db()
        assert world.send(release.vacancy, contract, at=DECIDED).rests_on == release


@pytest.mark.parametrize("who", ["lead", "director", "finance", "procurement", "legal", "auditor", "administrator"])
def test_only_a_commissioning_officer_asks(world, who):
    asked = world.asked(world.failed().vacancy)
    with pytest.raises(NotAllowed):
        asking.request_exemption(by=world.people[who], at=AFTER_WINDOW, asked=asked)


# -- comments -----------------------------------------------------------------------------------------------------------------


def test_an_approval_waits_for_the_comments_the_council_wants(world):
    exemption = world.exemption()
    assert deciders.sides_missing(exemption) == [Side.FINANCE, Side.PROCUREMENT]
    deciding.comment(by=world.finance, at=AFTER_WINDOW, exemption=exemption, supports=False, text="Dear.")
    said = refused("comments_missing", decide, world=world, exemption=exemption)
    assert "procurement" in said
    assert "finance" not in said
    deciding.comment(by=world.procurement, at=AFTER_WINDOW, exemption=exemption, supports=True, text="Fine.")
    assert decide(world, exemption).status == ExemptionStatus.APPROVED


def test_turning_down_waits_for_nobody(world):
    assert decide(world, world.exemption(), "turned_down").status == ExemptionStatus.TURNED_DOWN


def test_legal_comments_where_the_council_wants_it(world):
    Council.objects.update_or_create(pk=1, defaults={"name": "x", "exemption_legal_comment": True})
    assert deciders.sides_missing(world.exemption()) == [Side.FINANCE, Side.PROCUREMENT, Side.LEGAL]


def test_comments_of_an_earlier_version_do_not_count(world):
    exemption = world.commented(world.exemption())
    decide(world, exemption, "returned")
    asked = world.asked(exemption.needs.get().vacancy, justification="More.")
    asking.complete_exemption(by=world.officer, at=DECIDED, exemption=exemption, asked=asked)
    exemption.refresh_from_db()
    assert exemption.revision == 2
    assert deciders.sides_missing(exemption) == [Side.FINANCE, Side.PROCUREMENT]


@pytest.mark.parametrize("who", ["officer", "lead", "director", "auditor", "administrator"])
def test_only_finance_procurement_and_legal_comment(world, who):
    with pytest.raises(NotAllowed):
        deciding.comment(by=world.people[who], at=AFTER_WINDOW, exemption=world.exemption(), supports=True, text="x")


# -- deciding -----------------------------------------------------------------------------------------------------------------


def test_approving_lets_a_contract_of_its_period_and_value(world):
    exemption = world.exempted()
    decision = exemption.decisions.get()
    contract = decision.contract
    account = ContractAccount.objects.get(pk=contract.pk)
    assert (contract.route, contract.agency, contract.starts_on) == (Route.EXEMPTION, world.scs, date(2024, 1, 22))
    assert (account.approved_value, account.ends_on) == (D("30000.00"), date(2024, 4, 19))
    assert (decision.decided_by, decision.conditions) == (world.director, "")
    approval = contract.approvals.get()
    assert (approval.approved_by, approval.entered_by) == (world.director, world.officer)


def test_every_decision_has_a_reason(world):
    exemption = world.commented(world.exemption())
    for decision in ("approved", "turned_down", "returned"):
        refused("no_reason", decide, world=world, exemption=exemption, decision=decision, reason=" ")


def test_the_requester_never_decides_even_as_the_deputy(world):
    exemption = world.commented(world.exemption())
    with pytest.raises(NotAllowed):
        decide(world, exemption, by=world.officer)
    Deputy.objects.create(
        approval="exemption",
        for_user=world.director,
        user=world.officer,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 1, 31),
    )
    refused("own_request", decide, world=world, exemption=exemption, by=world.officer)


def test_who_commented_does_not_decide(world):
    exemption = world.commented(world.exemption())
    Deputy.objects.create(
        approval="exemption",
        for_user=world.director,
        user=world.finance,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 1, 31),
    )
    refused("own_comment", decide, world=world, exemption=exemption, by=world.finance)


@pytest.mark.parametrize(("day", "may"), [(9, False), (10, True), (12, True), (13, False)])
def test_a_deputy_decides_on_the_days_of_the_absence(world, day, may):
    exemption = world.commented(world.exemption())
    Deputy.objects.create(
        approval="exemption",
        for_user=world.director,
        user=world.auditor,
        starts_on=date(2024, 1, 10),
        ends_on=date(2024, 1, 12),
    )
    at = DECIDED.replace(day=day)
    if may:
        decide(world, exemption, by=world.auditor, at=at)
        assert exemption.decisions.get().in_place_of == world.director
    else:
        with pytest.raises(NotAllowed):
            decide(world, exemption, by=world.auditor, at=at)


def test_a_deputy_for_another_decision_does_not_decide(world):
    Deputy.objects.create(
        approval="breach",
        for_user=world.director,
        user=world.auditor,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 1, 31),
    )
    with pytest.raises(NotAllowed):
        decide(world, world.commented(world.exemption()), by=world.auditor)


def test_who_decides_depends_on_the_value_and_the_day(world):
    day = date(2024, 1, 10)
    assert deciders.deciding_roles(D(1_000_000), day) == {Role.ASSISTANT_DIRECTOR}
    for role, up_to in ((Role.ASSISTANT_DIRECTOR, D(25000)), (Role.STRATEGIC_DIRECTOR, None)):
        ExemptionApprover.objects.create(starts_on=date(2024, 1, 10), role=role, up_to=up_to)
    assert deciders.deciding_roles(D(25000), day) == {Role.ASSISTANT_DIRECTOR, Role.STRATEGIC_DIRECTOR}
    assert deciders.deciding_roles(D("25000.01"), day) == {Role.STRATEGIC_DIRECTOR}
    assert deciders.deciding_roles(D("25000.01"), date(2024, 1, 9)) == {Role.ASSISTANT_DIRECTOR}
    exemption = world.commented(world.exemption())
    with pytest.raises(NotAllowed):
        decide(world, exemption)
    assert decide(world, exemption, by=world.strategic).status == ExemptionStatus.APPROVED


def test_an_approval_precedes_the_start(world):
    exemption = world.commented(world.exemption())
    refused("approved_after_start", decide, world=world, exemption=exemption, at=DECIDED.replace(day=23))
    assert decide(world, exemption, at=DECIDED.replace(day=22)).status == ExemptionStatus.APPROVED


def test_what_it_rests_on_is_judged_again_when_it_is_approved(world):
    failed = world.failed()
    exemption = world.commented(world.exemption(failed.vacancy, starts_on=date(2024, 3, 1)))
    refused("proof_gone", decide, world=world, exemption=exemption, at=AFTER_WINDOW + timedelta(days=29))
    vacancy = failed.vacancy
    vacancy.refresh_from_db()
    vacancies.change_terms(by=world.director, at=DECIDED, vacancy=vacancy, reason="x", base="Elsewhere")
    world.direct(vacancy, DECIDED)
    refused("another_round", decide, world=world, exemption=exemption, at=DECIDED + HOUR)


def test_an_order_that_was_sent_meanwhile_stops_the_approval(world):
    failed = world.failed()
    exemption = world.commented(world.exemption(failed.vacancy))
    failed.vacancy.refresh_from_db()
    world.send(failed.vacancy, world.framework, at=AFTER_WINDOW)
    refused("still_waiting", decide, world=world, exemption=exemption)


def test_two_people_deciding_see_each_other(world):
    exemption = world.commented(world.exemption())
    version = exemption.version
    decide(world, exemption, "returned")
    refused("changed_meanwhile", decide, world=world, exemption=exemption, version=version)


# -- what it opens ------------------------------------------------------------------------------------------------------------


def test_without_an_exemption_no_other_agency_is_asked(world):
    failed = world.failed()
    exemption = world.exempted()
    contract = exemption.decisions.get().contract
    failed.vacancy.refresh_from_db()
    said = refused("no_exemption", world.send, vacancy=failed.vacancy, contract=contract, at=DECIDED)
    assert "exemption" in said


@pytest.mark.parametrize(
    ("decision", "code"),
    [("returned", "exemption_returned"), ("turned_down", "no_exemption"), (None, "exemption_waits")],
)
def test_one_that_is_not_approved_opens_nothing(world, decision, code):
    other = world.exempted()
    exemption = world.exemption()
    if decision:
        decide(world, exemption, decision)
    vacancy = exemption.needs.get().vacancy
    contract = other.decisions.get().contract
    refused(code, world.send, vacancy=vacancy, contract=contract, at=DECIDED + HOUR)


def test_it_opens_for_its_agency_only(world):
    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    other = world.exempted(agency=world.brokered)
    failed.vacancy.refresh_from_db()
    other_contract = other.decisions.get().contract
    refused("not_exempted", world.send, vacancy=failed.vacancy, contract=other_contract, at=DECIDED)
    release = world.send(failed.vacancy, exemption.decisions.get().contract, at=DECIDED)
    assert (release.exemption, release.rests_on, release.route) == (exemption, failed, Route.EXEMPTION)


def test_nobody_is_offered_more_than_pertemps(world):
    exemption = world.exempted()
    vacancy = exemption.needs.get().vacancy
    vacancy.refresh_from_db()
    contract = exemption.decisions.get().contract
    refused("better_than_before", world.send, vacancy=vacancy, contract=contract, at=DECIDED, max_rate=D("42.01"))


def test_a_worker_by_exemption_draws_on_its_contract_and_stops_at_its_value(world):
    placement = world.by_exemption()
    account = ContractAccount.objects.get(pk=placement.contract_id)
    assert account.exposure == D("19114.20")  # 63 days (Easter left out) of 7.4 hours at £41.00
    assert placement in Placement.objects.outside_the_first_route()
    small = world.exempted(value=D("19000.00"), value_with_vat=D("22800.00"))
    need = small.needs.get()
    need.vacancy.refresh_from_db()
    sent = {"vacancy": need.vacancy, "contract": small.decisions.get().contract, "at": DECIDED}
    refused("contract_has_no_room", world.send, **sent)


def test_a_worker_by_exemption_comes_within_its_period(world):
    release = world.scs_secured()
    refused("outside_contract", world.book, release=release, starts_on=date(2024, 1, 19))
    refused("outside_contract", world.book, release=release, ends_on=date(2024, 4, 22))


def test_the_same_candidate_of_a_second_agency_is_shown_to_have_come_first_elsewhere(world):
    from recruitment.reads import candidates

    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    failed.vacancy.refresh_from_db()
    first = world.send(failed.vacancy, exemption.decisions.get().contract, at=DECIDED)
    shown = world.put_forward(first, registration_number="SW4242", at=DECIDED)
    other = world.exempted(agency=world.brokered, at=AFTER_WINDOW + HOUR)
    vacancy = other.needs.get().vacancy
    vacancy.refresh_from_db()
    second = world.send(vacancy, other.decisions.get().contract, at=DECIDED + 2 * HOUR)
    again = world.put_forward(second, registration_number="SW4242", at=DECIDED + 3 * HOUR)
    assert candidates.first_by_another_agency(again) == shown


def test_an_exemption_that_was_corrected_away_opens_nothing(world):
    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    correction = proposing.propose(
        by=world.officer, at=DECIDED, subject="release", row=failed, why="x", outcome="withdrawn", reason=""
    )
    confirming.decide(by=world.finance, at=DECIDED, correction=correction, decision="confirmed")
    failed.vacancy.refresh_from_db()
    contract = exemption.decisions.get().contract
    refused("proof_corrected", world.send, vacancy=failed.vacancy, contract=contract, at=DECIDED + HOUR)


def test_a_worker_whose_proof_is_corrected_away_becomes_a_breach(world):
    placement = world.by_exemption()
    proof = placement.release.rests_on
    when = AFTER_WINDOW + 5 * HOUR
    correction = proposing.propose(
        by=world.officer, at=when, subject="release", row=proof, why="x", outcome="withdrawn", reason=""
    )
    confirming.decide(by=world.finance, at=when, correction=correction, decision="confirmed")
    assert Breach.objects.get(placement=placement).kind == "proof_corrected"


def test_a_start_corrected_to_before_the_exemption_is_a_breach(world):
    placement = world.by_exemption()
    common = {"by": world.officer, "at": AFTER_WINDOW + timedelta(days=20), "subject": "placement"}
    correction = proposing.propose(**common, row=placement, why="x", starts_on=date(2024, 1, 18))
    confirming.decide(by=world.finance, at=common["at"], correction=correction, decision="confirmed")
    assert "exemption began" in Breach.objects.get(placement=placement).how_found


def test_a_worker_found_in_post_is_approved_after_the_start_only_over_the_breach(world):
    breach = world.breach(agency=world.scs)
    breaches_actions.authorise(by=world.director, at=AFTER_WINDOW + HOUR, breach=breach, reason="It was needed.")
    breach.refresh_from_db()
    assert breach.spend_state == "Authorised after the start"


# -- ending, taking back, going on -----------------------------------------------------------------------------------------------


def test_ending_early_closes_the_contract_and_what_it_opened(world):
    exemption = world.exempted()
    end = {"by": world.officer, "at": DECIDED, "exemption": exemption, "reason": "Pertemps have somebody."}
    ended = exemption_ends.end_exemption(**end, ended_on=date(2024, 2, 1))
    assert ended.status == ExemptionStatus.ENDED
    exemption.refresh_from_db()
    assert exemption.last_day == date(2024, 2, 1)
    contract = exemption.decisions.get().contract
    assert ContractAccount.objects.get(pk=contract.pk).ends_on == date(2024, 2, 1)
    vacancy = exemption.needs.get().vacancy
    vacancy.refresh_from_db()
    refused("exemption_over", world.send, vacancy=vacancy, contract=contract, at=DECIDED.replace(month=2, day=2))


def test_it_is_not_ended_under_somebody_who_is_booked_beyond(world):
    placement = world.by_exemption()
    end = {"by": world.officer, "at": DECIDED, "exemption": placement.release.exemption, "reason": "x"}
    refused("still_booked", exemption_ends.end_exemption, **end, ended_on=date(2024, 4, 18))


def test_taking_back_before_and_after_the_decision(world):
    waiting = world.exemption()
    with pytest.raises(NotAllowed):
        deciding.take_back(by=world.director, at=DECIDED, exemption=waiting, reason="x")
    deciding.take_back(by=world.officer, at=DECIDED, exemption=waiting, reason="Pertemps called.")
    approved = world.exempted()
    with pytest.raises(NotAllowed):
        deciding.take_back(by=world.officer, at=DECIDED, exemption=approved, reason="x")
    deciding.take_back(by=world.director, at=DECIDED, exemption=approved, reason="x")
    vacancy = approved.needs.get().vacancy
    vacancy.refresh_from_db()
    contract = approved.decisions.get().contract
    refused("no_exemption", world.send, vacancy=vacancy, contract=contract, at=DECIDED)


def test_one_in_use_is_not_taken_back(world):
    release = world.scs_secured()
    refused("in_use", deciding.take_back, by=world.director, at=DECIDED, exemption=release.exemption, reason="x")


def linked(world, placement, at, **fields):
    """Asked for to go on with the worker of a placement: until 28 June, for £12,000.00 more."""
    exemption = placement.release.exemption
    details = {"ends_on": date(2024, 6, 28), "value": D("12000.00"), "value_with_vat": D("14400.00")} | fields
    details |= {"starts_on": date(2024, 4, 20), "reason": "extension"}
    return world.exempted(placement.vacancy, at=at, extends=exemption, **details)


def test_a_linked_exemption_lets_the_worker_go_on_under_the_same_contract(world):
    placement = world.by_exemption()
    at = AFTER_WINDOW + timedelta(days=60)
    refused("outside_contract", world.extend, placement=placement, ends_on=date(2024, 5, 31), at=at)
    second = linked(world, placement, at)
    contract = second.decisions.get().contract
    assert contract == placement.contract
    assert second.needs.get().proof == placement.release.rests_on
    account = ContractAccount.objects.get(pk=contract.pk)
    assert (account.approved_value, account.ends_on) == (D("42000.00"), date(2024, 6, 28))
    reviews.record_review(by=world.officer, at=at, placement=placement, held_on=at.date(), rating=3, findings="Good.")
    world.extend(placement, date(2024, 5, 31), at=at + 2 * HOUR)
    assert placement.ends_on == date(2024, 5, 31)


def test_a_linked_exemption_is_for_the_same_agency_and_requests_and_of_one_that_holds(world):
    placement = world.by_exemption()
    at = AFTER_WINDOW + timedelta(days=7)
    common = {"by": world.officer, "at": at, "extends": placement.release.exemption}
    other = world.failed(at=MONDAY + timedelta(days=7)).vacancy
    refused("another_request", asking.request_exemption, asked=world.asked(other), **common)
    asked = world.asked(placement.vacancy, agency=world.brokered)
    refused("another_agency", asking.request_exemption, asked=asked, **common)
    ended = world.exempted(value=D("1000.00"), value_with_vat=D("1200.00"))
    exemption_ends.end_exemption(by=world.officer, at=DECIDED, exemption=ended, ended_on=date(2024, 2, 1), reason="x")
    ended.refresh_from_db()
    common["extends"] = ended
    asked = world.asked(ended.needs.get().vacancy, starts_on=date(2024, 2, 1))
    refused("not_approved", asking.request_exemption, asked=asked, **common | {"at": DECIDED})


def test_one_linked_is_ended_and_not_taken_back(world):
    placement = world.by_exemption()
    second = linked(world, placement, AFTER_WINDOW + timedelta(days=60))
    later = AFTER_WINDOW + timedelta(days=61)
    refused("in_use", deciding.take_back, by=world.director, at=later, exemption=second, reason="x")
    end = {"by": world.officer, "at": later, "reason": "x"}
    refused(
        "goes_on", exemption_ends.end_exemption, exemption=placement.release.exemption, ended_on=date(2024, 4, 1), **end
    )
    exemption_ends.end_exemption(exemption=second, ended_on=date(2024, 5, 10), **end)
    assert ContractAccount.objects.get(pk=placement.contract_id).ends_on == date(2024, 5, 10)


# -- ways round it ------------------------------------------------------------------------------------------------------------


def test_one_exemption_at_a_time_for_a_request(world):
    failed = world.failed()
    world.exemption(failed.vacancy)
    asked = world.asked(failed.vacancy, agency=world.brokered)
    refused("exemption_exists", asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=asked)


def test_no_order_is_dated_before_the_approval(world):
    exemption = world.exempted()
    need = exemption.needs.get()
    need.vacancy.refresh_from_db()
    sent = {"vacancy": need.vacancy, "contract": exemption.decisions.get().contract, "at": DECIDED + HOUR}
    refused("before_the_exemption", world.send, happened_at=DECIDED - timedelta(minutes=5), **sent)
    assert world.send(happened_at=DECIDED + timedelta(minutes=5), **sent).exemption == exemption


def test_an_exempted_agency_does_not_broker(world):
    exemption = world.exempted()
    need = exemption.needs.get()
    need.vacancy.refresh_from_db()
    release = world.send(need.vacancy, exemption.decisions.get().contract, at=DECIDED)
    brokered = {"supply_mode": "brokered", "supplying_agency": world.brokered}
    refused("not_its_agency", world.secure, release=release, at=DECIDED + HOUR, **brokered)


def test_an_agency_that_was_switched_off_gets_none(world):
    exemption = world.commented(world.exemption())
    world.scs.is_active = False
    world.scs.save()
    refused("agency_not_in_use", decide, world=world, exemption=exemption)
    asked = world.asked(world.failed().vacancy)
    refused("agency_not_in_use", asking.request_exemption, by=world.officer, at=AFTER_WINDOW, asked=asked)


def test_a_deputy_does_not_decide_for_somebody_who_commented(world):
    RoleGrant.objects.create(user=world.director, role=Role.PROCUREMENT_OFFICER, starts_on=date(2020, 1, 1))
    exemption = world.exemption()
    for who in (world.finance, world.director):
        deciding.comment(by=who, at=AFTER_WINDOW, exemption=exemption, supports=True, text="x")
    Deputy.objects.create(
        approval="exemption",
        for_user=world.director,
        user=world.auditor,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 1, 31),
    )
    refused("own_request", decide, world=world, exemption=exemption, by=world.auditor)


def test_a_proof_that_turns_out_later_than_the_approval_proves_nothing(world):
    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    later = AFTER_WINDOW + timedelta(days=3)
    common = {"by": world.officer, "at": later, "subject": "release", "row": failed, "why": "x"}
    correction = proposing.propose(**common, answered_at=AFTER_WINDOW + timedelta(days=2))
    confirming.decide(by=world.finance, at=later, correction=correction, decision="confirmed")
    assert exemption.needs.get().unproved_by == correction
    failed.vacancy.refresh_from_db()
    contract = exemption.decisions.get().contract
    refused("proof_corrected", world.send, vacancy=failed.vacancy, contract=contract, at=later + HOUR)


def test_ended_early_it_holds_until_its_new_last_day(world):
    exemption = world.exempted()
    common = {"by": world.officer, "at": DECIDED, "exemption": exemption, "reason": "x"}
    exemption_ends.end_exemption(**common, ended_on=date(2024, 2, 1))
    need = exemption.needs.get()
    need.vacancy.refresh_from_db()
    sent = {"vacancy": need.vacancy, "contract": exemption.decisions.get().contract}
    refused("exemption_over", world.send, at=DECIDED.replace(month=2, day=2), **sent)
    assert world.send(at=DECIDED.replace(month=2, day=1), **sent).exemption_id == exemption.pk


def test_a_contract_that_nobody_has_approved_does_not_begin_the_count_anew(world):
    world.exempted()
    draft = Contract(
        reference="DRAFT",
        title="x",
        agency=world.scs,
        route=Route.CORPORATE,
        award_method="tender",
        award_reason="x",
        let_on=date(2024, 1, 9),
        starts_on=date(2024, 1, 9),
    )
    contracts.save_contract(by=world.administrator, at=DECIDED, contract=draft)
    assert procurement.spend_of(world.scs, date(2024, 1, 12)).total == D("36000.00")


def test_the_admin_site_cannot_let_or_vary_a_contract_by_exemption(world):
    contract = world.exempted().decisions.get().contract
    refused(
        "let_by_exemption",
        contracts.approve,
        by=world.administrator,
        at=DECIDED,
        contract=contract,
        value=D(99999),
        ends_on=date(2025, 1, 1),
        decision_reference="x",
        decided_on=date(2024, 1, 10),
        approver="x",
        ground="x",
    )
    contract.pk, contract.reference = None, "X"
    refused("let_by_exemption", contracts.save_contract, by=world.administrator, at=DECIDED, contract=contract)


# -- the matrix ---------------------------------------------------------------------------------------------------------------

PEOPLE = [
    "officer2",
    "lead",
    "director",
    "finance",
    "procurement",
    "legal",
    "strategic",
    "administrator",
    "auditor",
    "system",
]
MOVERS = {
    ("requested", "approved"): {"director"},
    ("requested", "returned"): {"director"},
    ("requested", "turned_down"): {"director"},
    ("requested", "taken_back"): {"officer2"},
    ("returned", "requested"): {"officer2"},
    ("returned", "taken_back"): {"officer2"},
    ("approved", "ended"): {"officer2", "director"},
    ("approved", "taken_back"): {"director"},
}


def _in(world, status):
    if status == "requested":
        return world.commented(world.exemption())
    if status in ("returned", "turned_down"):
        return decide(world, world.exemption(), status)
    exemption = world.exempted() if status in ("approved", "ended") else world.exemption()
    if status == "taken_back":
        return deciding.take_back(by=world.officer, at=DECIDED, exemption=exemption, reason="x")
    if status == "ended":
        common = {"by": world.officer, "at": DECIDED, "exemption": exemption}
        return exemption_ends.end_exemption(**common, ended_on=date(2024, 2, 1), reason="x")
    return exemption


def _move(world, exemption, to, by):
    common = {"by": by, "at": DECIDED, "exemption": exemption}
    if to in ("approved", "returned", "turned_down"):
        return deciding.decide(**common, decision=to, reason="x")
    if to == "requested":
        return asking.complete_exemption(**common, asked=world.asked(exemption.needs.get().vacancy))
    if to == "taken_back":
        return deciding.take_back(**common, reason="x")
    return exemption_ends.end_exemption(**common, ended_on=date(2024, 2, 1), reason="x")


@pytest.mark.parametrize("to", ExemptionStatus.values)
@pytest.mark.parametrize("status", ExemptionStatus.values)
def test_every_stage_and_role_moves_where_the_table_says(world, status, to):
    exemption = _in(world, status)
    for name in PEOPLE:
        moved = False
        try:
            from django.db import transaction

            with transaction.atomic():
                _move(world, exemption, to, world.people[name])
                moved = True
                transaction.set_rollback(True)
        except (NotAllowed, RuleViolation):
            pass
        exemption.refresh_from_db()
        assert moved == (name in MOVERS.get((status, to), set())), (status, to, name)


def test_the_table_of_moves_and_the_matrix_agree():
    assert {(start, end) for start, ends in stages.MOVES.items() for end in ends} == set(MOVERS)
    assert set(stages.MOVES) == set(ExemptionStatus.values)
    assert len(ExemptionReason.values) == 7


def test_a_release_under_an_exemption_is_never_of_another_route(world):
    placement = world.by_exemption()
    assert Release.objects.filter(exemption__isnull=False).exclude(route=Route.EXEMPTION).count() == 0
    assert placement.contract.route == Route.EXEMPTION
    releases_of_it = placement.release.exemption.releases.count()
    assert releases_of_it == 1
