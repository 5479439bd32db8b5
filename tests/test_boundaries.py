"""Rules at their boundaries: recruitment, placements and who may decide."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed
from council.late import check_times
from council.models import Council, Deputy, Role
from council.permissions import APPROVALS, may, may_decide
from council.working_time import LONDON, WorkingCalendar
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, proposing
from placements.exemptions import actions as exemption_ends
from placements.models import Breach
from placements.placement import carrying_over, ending
from placements.rules.booking import booking_refusal
from recruitment.exemptions import asking, deciding
from recruitment.orders import taking_back
from recruitment.reads import deciders, procurement
from recruitment.reads import exemptions as rules
from recruitment.requests import actions as vacancies
from recruitment.rules.cascade import Rested, no_longer_rests
from tests.conftest import refused
from tests.factories import RoleGrantFactory, corporate_contract
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.placements.test_booking_rules import secured, terms

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR
LATER = AFTER_WINDOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("failed_on", "rests"),
    [(date(2024, 1, 8), True), (date(2024, 1, 5), False)],  # 20 and 21 working days before 5 February
)
def test_after_a_correction_an_answer_opens_the_next_step_up_to_the_last_day_of_its_age(failed_on, rests):
    asked_on = datetime(2024, 2, 5, 17, tzinfo=LONDON)
    failed_at = datetime(failed_on.year, failed_on.month, failed_on.day, 9, tzinfo=LONDON)
    facts_now = Rested("Pertemps", failed_at, True, D("42"), asked_on, D("42"), proof_age_days=20)
    why = no_longer_rests(facts_now, WorkingCalendar()) or ""
    assert why.endswith("more than 20 working days old.") is not rests
    assert bool(why) is not rests


def test_a_time_corrected_to_the_last_day_of_its_age_still_opens_the_next_step(world):
    """Asked on 8 January, answered on the 10th and the framework asked on 7 February: exactly 20 working days later."""
    vacancy = world.sourced()
    first = world.fail(world.send(vacancy))
    later = world.send(vacancy, world.framework, at=AFTER_WINDOW + timedelta(days=28))
    when = AFTER_WINDOW + timedelta(days=29)
    world.corrected("release", first, at=when, answered_at=AFTER_WINDOW - timedelta(minutes=30))
    later.refresh_from_db()
    assert (later.unproved_by, later.proof_answered_at) == (None, AFTER_WINDOW - timedelta(minutes=30))


@pytest.mark.parametrize(("last_day", "code"), [(7, None), (8, "longer_than_asked")])
def test_not_one_day_longer_than_the_weeks_asked_for(last_day, code):
    on = secured(contract_ends_on=date(2024, 6, 30), left_to_commit=None)  # 13 weeks from 8 January end on 7 April
    refusal = booking_refusal(terms(ends_on=date(2024, 4, last_day)), on)
    assert (refusal[0].code if refusal else None) == code


def test_where_two_have_accepted_the_answer_is_not_before_the_first(world):
    sent = world.send(world.sourced())
    at = {n: MONDAY + timedelta(hours=n) for n in (2, 3, 4, 5)}
    for n, number in ((3, "SW11111"), (5, "SW22222")):
        one = world.put_forward(sent, f"C-{n}", at=at[2], registration_number=number)
        world.step(one, "offered", "accepted", at=at[n])
    common = {"release": sent, "at": at[5]}
    refused("before_it_was_accepted", world.secure, **common, happened_at=at[3] - timedelta(minutes=1))
    assert world.secure(**common, happened_at=at[3]).answered_at == at[3]


@pytest.mark.parametrize(("day", "total"), [(9, 0), (10, 36000), (14, 36000), (15, 0)])
def test_one_taken_back_counts_up_to_the_day_before(world, day, total):
    exemption = world.exempted()
    back = DECIDED.replace(day=15)
    deciding.take_back(by=world.director, at=back, exemption=exemption, reason="Not needed")
    assert procurement.spend_of(world.scs, date(2024, 1, day)).total == total


def who_decides(world, approval):
    return world.strategic if approval == "authority" else world.director


def deputy_of(world, approval, user, for_user=None):
    return Deputy.objects.create(
        approval=approval,
        for_user=for_user or who_decides(world, approval),
        user=user,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 1, 31),
    )


def test_a_deputy_who_was_switched_off_decides_no_exemption(world):
    exemption = world.commented(world.exemption())
    deputy_of(world, "exemption", world.nobody)
    assert list(deciders.waiting_for_me(world.nobody, date(2024, 1, 10))) == [exemption]
    world.nobody.is_active = False
    world.nobody.save()
    assert not deciders.may_decide_any(world.nobody, date(2024, 1, 10))
    assert not deciders.waiting_for_me(world.nobody, date(2024, 1, 10)).exists()
    with pytest.raises(NotAllowed):
        deciding.decide(by=world.nobody, at=DECIDED, exemption=exemption, decision="approved", reason="x")


@pytest.mark.parametrize("ended_on", [None, date(2024, 1, 22)])
def test_on_its_last_day_another_may_be_asked_for_and_not_before(world, ended_on):
    """Also where that day was only chosen when it was ended."""
    exemption = world.exempted(ends_on=date(2024, 1, 26))
    if ended_on:
        common = {"by": world.officer, "at": DECIDED, "exemption": exemption, "reason": "x"}
        exemption_ends.end_exemption(**common, ended_on=ended_on)
    last = ended_on or date(2024, 1, 26)
    vacancy = exemption.needs.get().vacancy
    asked = world.asked(vacancy, agency=world.brokered, starts_on=last + timedelta(1))
    common = {"by": world.officer, "asked": asked}
    at = datetime(2024, 1, last.day, 10, tzinfo=LONDON)
    refused("exemption_exists", asking.request_exemption, **common, at=at - timedelta(days=1))
    assert vacancy.pk not in rules.words_of_requests(world.officer, last - timedelta(1))
    assert vacancy.pk in rules.words_of_requests(world.officer, last)
    assert asking.request_exemption(**common, at=at).agency == world.brokered


@pytest.mark.parametrize(("day", "holds"), [(21, False), (22, True), (24, True), (25, False)])
def test_a_role_holds_from_its_first_day_to_its_last(world, day, holds):
    RoleGrantFactory(
        user=world.nobody, role=Role.ASSISTANT_DIRECTOR, starts_on=date(2024, 1, 22), ends_on=date(2024, 1, 24)
    )
    assert may(world.nobody, "decide_request", date(2024, 1, day)) is holds


@pytest.mark.parametrize("approval", list(APPROVALS))
def test_a_deputy_who_was_switched_off_decides_nothing(world, approval):
    deputy_of(world, approval, world.nobody)
    assert may_decide(world.nobody, approval, date(2024, 1, 10))
    world.nobody.is_active = False
    assert not may_decide(world.nobody, approval, date(2024, 1, 10))


@pytest.mark.parametrize("approval", list(APPROVALS))
def test_nobody_decides_in_place_of_somebody_who_was_switched_off(world, approval):
    deputy_of(world, approval, world.nobody)
    away = who_decides(world, approval)
    away.is_active = False
    away.save()
    assert not may_decide(world.nobody, approval, date(2024, 1, 10))


def test_no_order_is_dated_before_the_last_one_of_its_round(world):
    vacancy = world.sourced()
    last = world.send(vacancy, at=MONDAY + 2 * HOUR)
    taking_back.withdraw(by=world.officer, at=MONDAY + 3 * HOUR, release=last, reason="x")
    again = {"vacancy": vacancy, "at": MONDAY + 4 * HOUR}
    refused("before_the_last", world.send, **again, happened_at=last.sent_at - timedelta(minutes=1))
    assert world.send(**again, happened_at=last.sent_at).sent_at == last.sent_at


def test_an_order_that_fell_through_is_not_entered_in_error_under_the_worker_who_did_not_come(world):
    placement = world.placed()
    ending.did_not_start(by=world.officer, at=MONDAY + timedelta(days=14), placement=placement, reason="Ill")
    release = placement.release
    release.refresh_from_db()
    assert release.outcome == "fell_through"
    void = {"by": world.director, "at": MONDAY + timedelta(days=15), "release": release, "reason": "x"}
    refused("rested_on", taking_back.void, **void)


@pytest.mark.parametrize("terms", [{"max_charge_rate": D("42.01")}, {"hours_per_week": D("37.01")}])
def test_more_than_was_agreed_goes_back_to_who_decides(world, terms):
    for vacancy in (world.agreed(), world.sourced()):
        change = {"at": AFTER_WINDOW, "vacancy": vacancy, "reason": "x"} | terms
        refused("needs_a_decision", vacancies.change_terms, by=world.officer, **change)
        assert vacancies.change_terms(by=world.finance, **change).version > vacancy.version


@pytest.mark.parametrize("terms", [{"max_charge_rate": D("41.99")}, {"hours_per_week": D("36.99")}])
def test_less_than_was_agreed_is_the_officers(world, terms):
    change = {"at": AFTER_WINDOW, "vacancy": world.sourced(), "reason": "x"} | terms
    assert vacancies.change_terms(by=world.officer, **change)


def test_neither_who_recorded_a_breach_nor_who_booked_it_approves_it(world):
    """A proof that is corrected away marks a placement as a breach: officer2 proposed it, the officer had booked it."""
    placement = world.book(world.framework_secured())  # by the officer
    values = {"outcome": "secured", "supply_mode": "direct", "reason": "", "own_supply": "", "brokered_supply": ""}
    propose = {"subject": "release", "row": placement.release.rests_on, "why": "x"}
    correction = proposing.propose(by=world.officer2, at=LATER, **propose, **values)
    confirming.decide(by=world.finance, at=LATER, correction=correction, decision="confirmed")
    breach = Breach.objects.get()
    assert (breach.recorded_by, placement.booked_by) == (world.officer2, world.officer)
    approve = {"at": LATER, "breach": breach, "reason": "x"}
    for who in (world.officer, world.officer2):
        deputy_of(world, "breach", who)
        refused("own_entry", breaches_actions.authorise, by=who, **approve)
    assert breaches_actions.authorise(by=world.director, **approve).approved_by == world.director


def test_a_correction_is_not_confirmed_over_a_value_that_changed_meanwhile(world):
    vacancy = world.sourced()  # advertised on 2 January
    round_ = vacancy.rounds.get()
    correction = proposing.propose(
        by=world.officer, at=AFTER_WINDOW, subject="round", row=round_, why="x", advertised_on=date(2024, 1, 3)
    )
    record = {"by": world.officer, "at": AFTER_WINDOW + HOUR, "vacancy": vacancy, "state": "advertised"}
    vacancies.record_direct_recruitment(**record, advertised_on=date(2024, 1, 5), advert_reference="ADV-1")
    decide = {"by": world.director, "at": LATER, "correction": correction}
    refused("changed_meanwhile", confirming.decide, **decide, decision="confirmed")
    round_.refresh_from_db()
    assert round_.advertised_on == date(2024, 1, 5)
    assert confirming.decide(**decide, decision="turned_down", reason="x").decision == "turned_down"


def test_nor_an_answer_that_fell_through_meanwhile(world):
    release = world.secured()
    values = {"outcome": "not_secured", "reason": "no_answer", "supply_mode": "", "own_supply": "tried"}
    correction = proposing.propose(
        by=world.officer, at=LATER, subject="release", row=release, why="x", **values, brokered_supply="tried"
    )
    taking_back.worker_will_not_come(by=world.officer, at=LATER + HOUR, release=release, reason="x")
    decide = {"by": world.director, "at": LATER + 2 * HOUR, "correction": correction, "decision": "confirmed"}
    refused("changed_meanwhile", confirming.decide, **decide)


@pytest.mark.parametrize(("charge", "code"), [("42.00", None), ("42.01", "above_max_rate")])
def test_carried_over_at_no_more_than_the_order_allows(world, charge, code):
    placement = world.placed()  # asked for at no more than £42.00 an hour
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
    carry = {"by": world.officer, "at": datetime(2024, 2, 26, 10, tzinfo=LONDON), "old": world.corporate, "new": new}
    carry |= {
        "on": date(2024, 3, 4),
        "terms": {placement.pk: carrying_over.Carried(D("33"), D(charge), placement.ends_on)},
    }
    if code:
        refused(code, carrying_over.carry_over, **carry)
    else:
        assert carrying_over.carry_over(**carry)[0].contract == new


@pytest.mark.parametrize("days", [0, 2])
def test_late_is_only_what_is_entered_after_the_boundary_day(world, days):
    Council.objects.update_or_create(pk=1, defaults={"late_record_days": days})
    on_time = AFTER_WINDOW - timedelta(days=days)
    check_times("it was sent", on_time, AFTER_WINDOW, "")
    late = {"what": "it was sent", "happened_at": on_time - timedelta(days=1), "at": AFTER_WINDOW}
    refused("late_without_reason", check_times, **late, late_reason=" ")
    check_times(**late, late_reason="Leave")
