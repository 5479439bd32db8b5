"""Refusals on the way from a request to a supplier's answer, each by its code: the smallest thing somebody does to meet it."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.models import Role
from placements.placement import need as needs
from recruitment.contracts import actions as contracts
from recruitment.emergencies import actions as emergencies
from recruitment.meetings import actions as meetings
from recruitment.models import SourcingOrder, SupplierLink
from recruitment.orders import answering, mailing, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.requests import actions as vacancies
from recruitment.requests import approaches
from tests.conftest import refused
from tests.factories import RoleGrantFactory, approve
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT

HOUR = timedelta(hours=1)


# -- before a supplier is asked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "advert"),
    [
        ("no_advert", {}),
        ("no_advert", {"advertised_on": date(2024, 1, 2)}),
        ("no_advert", {"advert_reference": "ADV-1"}),
        ("advert_in_future", {"advertised_on": date(2024, 1, 9), "advert_reference": "ADV-1"}),
    ],
)
def test_an_advert_is_named_with_its_day_once_it_has_appeared(world, code, advert):
    common = {"by": world.officer, "at": MONDAY, "vacancy": world.agreed(), "state": "advertised"}
    refused(code, vacancies.record_direct_recruitment, **common, **advert)


def test_a_request_is_agreed_under_an_order_of_sourcing_in_force(world):
    vacancy = world.request()
    SourcingOrder.objects.update(starts_on=date(2024, 1, 9))
    decide = {"by": world.director, "at": MONDAY, "vacancy": vacancy, "decision": "agreed", "reason": "Funded"}
    refused("no_order", vacancies.decide, **decide)


def test_a_new_round_follows_a_placement_that_started(world):
    common = {"by": world.officer, "at": AFTER_WINDOW, "reason": "The need goes on"}
    refused("not_covered", vacancies.start_round, vacancy=world.agreed(), **common)
    refused("not_covered", vacancies.start_round, vacancy=world.placed().vacancy, **common)


def test_more_weeks_than_were_agreed_are_not_asked_for(world):
    refused("longer_than_agreed", world.send, vacancy=world.sourced(), weeks=14)
    assert world.send(world.sourced(), weeks=13)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("in_future", {"held_on": date(2024, 1, 11)}),
        ("long_ago", {"held_on": date(2023, 12, 9)}),
        ("nobody_present", {"present": " "}),
    ],
)
def test_a_meeting_has_a_recent_day_and_somebody_in_it(world, code, fields):
    details = {"held_on": date(2024, 1, 10), "present": "The director", "lines": {}, "taken": {}} | fields
    refused(code, meetings.hold_meeting, by=world.director, at=AFTER_WINDOW, **details)


# -- the supplier's answer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("window_not_ended", {"at": MONDAY + HOUR}),
        ("confirmation_incomplete", {"declined_on": date(2024, 1, 9)}),
        ("confirmation_incomplete", {"declined_sender": "Perry", "declined_text": "Nobody."}),
        (
            "confirmation_date",
            {"declined_on": date(2024, 1, 7), "declined_sender": "Perry", "declined_text": "Nobody."},
        ),
        (
            "confirmation_date",
            {"declined_on": date(2024, 1, 11), "declined_sender": "Perry", "declined_text": "Nobody."},
        ),
        ("no_rate_asked", {"reason": "rate_too_high"}),
        ("rate_not_too_high", {"reason": "rate_too_high", "rate_asked": D("42.00")}),
        ("no_candidate_recorded", {"reason": "unsuitable"}),
        ("supply_not_said", {"brokered_supply": ""}),
    ],
)
def test_nobody_secured_is_recorded_with_all_that_makes_it_a_proof(world, code, fields):
    refused(code, world.fail, release=world.send(world.sourced()), **fields)


def test_nobody_secured_is_not_the_answer_while_a_candidate_has_our_offer_or_has_accepted(world):
    release = world.send(world.sourced())
    submission = world.step(world.put_forward(release, registration_number="SW10001"), "offered")
    refused("candidate_has_an_offer", world.fail, release=release, reason="unsuitable")
    world.step(submission, "accepted")
    refused("candidate_accepted", world.fail, release=release)


def test_an_answer_without_anybody_is_not_older_than_the_last_candidate(world):
    release = world.send(world.sourced())
    world.step(world.put_forward(release, at=MONDAY + 2 * HOUR), "turned_down")
    said = {"declined_on": date(2024, 1, 8), "declined_sender": "Perry", "declined_text": "Nobody."}
    refused("before_the_candidate", world.fail, release=release, happened_at=MONDAY + HOUR, late_reason="x", **said)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no_supplying_agency", {"supply_mode": "brokered"}),
        ("no_supply_mode", {"supply_mode": ""}),
        ("before_sent", {"happened_at": MONDAY - HOUR}),
    ],
)
def test_somebody_secured_is_recorded_with_whose_worker_it_is(world, code, fields):
    release = world.send(world.sourced())
    refused(code, world.secure, release=release, at=MONDAY + HOUR, **fields)


def test_the_supplier_s_own_worker_is_not_another_agency_s(world):
    release = world.send(world.sourced())
    refused("not_brokered", world.secure, release=release, supply_mode="brokered", supplying_agency=world.pertemps)


def test_the_answer_is_who_accepted_and_not_before_that(world):
    release = world.send(world.sourced())
    world.step(world.put_forward(release, registration_number="SW10001"), "offered", "accepted")
    other = {"supply_mode": "brokered", "supplying_agency": world.brokered}
    refused("not_what_was_accepted", world.secure, release=release, **other)
    refused("before_it_was_accepted", world.secure, release=release, happened_at=MONDAY + 2 * HOUR, late_reason="x")


def test_a_worker_who_will_not_come_says_so_after_the_answer(world):
    common = {"by": world.officer, "at": AFTER_WINDOW, "release": world.secured(), "reason": "Ill"}
    refused("before_answer", taking_back.worker_will_not_come, **common, happened_at=MONDAY, late_reason="x")


def test_an_order_on_the_first_route_gives_way_to_nobody(world):
    common = {"by": world.officer, "at": MONDAY, "supply_mode": "direct", "note": "Pertemps rang"}
    release = world.send(world.sourced())
    refused("nothing_to_replace", answering.first_supplier_can_supply, release=release, **common)


# -- what a supplier says itself --------------------------------------------------------------------------------------------

SAID = {
    "reason": "no_candidates",
    "own_supply": "tried",
    "brokered_supply": "tried",
    "words": "Nobody for these dates.",
    "said_by": "Perry Placeholder",
}
SHOWN = {
    "candidate": "C-1",
    "supply_mode": "direct",
    "pay_rate": D("33.00"),
    "charge_rate": D("41.00"),
    "said_by": "Perry Placeholder",
}


@pytest.fixture
def linked(world):
    """An order to Pertemps whose link has just been made."""
    release = world.send(world.sourced())
    release.link = world.link(release)
    return release


@pytest.fixture
def disputed(world):
    """An answer that its supplier disputes."""
    release = world.fail(world.send(world.sourced()))
    words = {"words": "We had somebody.", "said_by": "Perry Placeholder"}
    return supplier.record_dispute(by=world.officer, at=AFTER_WINDOW + HOUR, release=release, **words)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no_name", {"said_by": " "}),
        ("no_reason", {"words": " "}),
        ("no_reason", {"reason": "unsuitable"}),
        ("supply_not_said", {"own_supply": ""}),
        ("no_rate_asked", {"reason": "rate_too_high", "rate_asked": D("42.00")}),
    ],
)
def test_a_supplier_that_cannot_supply_says_who_says_so_and_why(linked, code, fields):
    refused(code, supplier.say_cannot_supply, by=linked.link, at=MONDAY + HOUR, **SAID | fields)


def test_a_supplier_that_has_declined_says_nothing_more_by_its_link(linked):
    common = {"by": linked.link, "at": MONDAY + HOUR}
    supplier.say_cannot_supply(**common, **SAID)
    refused("said_already", supplier.say_cannot_supply, **common, **SAID)
    refused("said_already", supplier.put_forward_by_link, **common, **SHOWN)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no_name", {"said_by": " "}),
        ("no_supplying_agency", {"supply_mode": "brokered"}),
        ("not_brokered", {"supply_mode": "brokered", "brokered_from": "PERTEMPS "}),
        ("no_candidate", {"candidate": " "}),
        ("charge_below_pay", {"charge_rate": D("32.99")}),
        ("registration_number", {"registration_number": "12345"}),
    ],
)
def test_a_supplier_puts_somebody_forward_with_all_that_is_asked(linked, code, fields):
    refused(code, supplier.put_forward_by_link, by=linked.link, at=MONDAY + HOUR, **SHOWN | fields)


def test_a_supplier_puts_only_so_many_forward_by_its_link(linked, monkeypatch):
    monkeypatch.setattr(supplier, "MOST_BY_LINK", 1)
    common = {"by": linked.link, "at": MONDAY + HOUR}
    supplier.put_forward_by_link(**common, **SHOWN)
    refused("too_many", supplier.put_forward_by_link, **common, **SHOWN | {"candidate": "C-2"})


@pytest.mark.parametrize("how", ["stopped", "replaced", "expired"])
def test_a_link_that_stopped_working_meanwhile_takes_nothing(world, linked, how):
    link, at = linked.link, MONDAY + HOUR
    if how == "stopped":
        mailing.revoke_link(by=world.officer, at=MONDAY, release=linked)
    elif how == "replaced":
        world.link(linked)  # another mail
    else:
        at = link.expires_at
    refused("link_is_over", supplier.say_cannot_supply, by=link, at=at, **SAID)
    refused("link_is_over", supplier.put_forward_by_link, by=link, at=at, **SHOWN)


def test_a_link_to_the_answer_that_was_replaced_meanwhile_takes_no_dispute(world):
    release = world.fail(world.send(world.sourced()))
    for _ in range(2):
        mailing.make_link(by=world.officer, at=AFTER_WINDOW, release=release)
    link = SupplierLink.objects.earliest("pk")
    words = {"words": "We had somebody.", "said_by": "Perry Placeholder"}
    refused("link_is_over", supplier.dispute_by_link, by=link, at=AFTER_WINDOW + HOUR, **words)


def test_no_link_is_stopped_where_none_works(world):
    release = world.send(world.sourced())
    refused("no_link", mailing.revoke_link, by=world.officer, at=MONDAY, release=release)


def test_no_brief_is_sent_again_to_a_supplier_without_an_address(world):
    release = world.send(world.sourced())
    refused("no_address", mailing.send_brief_again, by=world.officer, at=MONDAY, release=release)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("own_words_say_why", {"reason": "no_answer"}),
        ("own_words_have_their_time", {"happened_at": MONDAY + HOUR}),
    ],
)
def test_an_answer_by_the_supplier_s_own_words_is_theirs(world, linked, code, fields):
    statement = supplier.say_cannot_supply(by=linked.link, at=MONDAY + HOUR, **SAID)
    refused(code, world.fail, release=linked, at=MONDAY + 2 * HOUR, statement=statement, **fields)


def test_words_about_another_order_are_no_answer(world, linked):
    statement = supplier.say_cannot_supply(by=linked.link, at=MONDAY + HOUR, **SAID)
    other = world.send(world.sourced())
    refused("own_words_of_another", world.fail, release=other, at=MONDAY + 2 * HOUR, statement=statement)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("before_answer", {"happened_at": MONDAY, "late_reason": "x"}),
        ("no_name", {"said_by": " "}),
        ("no_words", {"words": " "}),
    ],
)
def test_a_dispute_is_entered_with_who_said_what_after_the_answer(world, code, fields):
    release = world.fail(world.send(world.sourced()))
    details = {"words": "We had somebody.", "said_by": "Perry Placeholder"} | fields
    refused(code, supplier.record_dispute, by=world.officer, at=AFTER_WINDOW + HOUR, release=release, **details)


def test_an_order_that_was_taken_back_or_waits_has_no_answer_to_dispute(world):
    common = {"by": world.officer, "at": AFTER_WINDOW}
    release = world.send(world.sourced())
    words = {"words": "We had somebody.", "said_by": "Perry Placeholder"}
    refused("not_answered", supplier.record_dispute, release=release, **common, **words)
    taking_back.withdraw(release=release, reason="x", **common)
    refused("not_answered", mailing.make_link, release=release, **common)


def test_a_dispute_is_replied_to_once_and_in_words(world, disputed):
    common = {"by": world.officer, "at": AFTER_WINDOW + 2 * HOUR}
    refused("no_reply", supplier.reply_to_dispute, statement=disputed, reply=" ", **common)
    supplier.reply_to_dispute(statement=disputed, reply="We have looked.", **common)
    refused("already_replied", supplier.reply_to_dispute, statement=disputed, reply="Again.", **common)


def test_what_disputes_nothing_is_not_replied_to(world, linked):
    statement = supplier.say_cannot_supply(by=linked.link, at=MONDAY + HOUR, **SAID)
    common = {"by": world.officer, "at": MONDAY + 2 * HOUR, "statement": statement}
    refused("no_dispute", supplier.reply_to_dispute, reply="Thank you.", **common)


def test_an_approach_says_what_was_offered(world):
    common = {"by": world.officer, "at": MONDAY, "agency": world.scs, "job_type": "social_worker"}
    refused("no_note", approaches.log_approach, note=" ", **common)


def test_what_the_database_refuses_without_a_constraint_s_name_is_a_refusal_too(world):
    """A column left empty has no constraint of its own: the sentence is the general one."""
    common = {"by": world.officer, "at": MONDAY, "agency": world.scs, "note": "Somebody"}
    said = refused("unknown", approaches.log_approach, job_type=None, **common)
    assert said == "This does not fit what is already recorded. Go back, reload the page and try again."


# -- emergencies ------------------------------------------------------------------------------------------------------------


def test_what_is_needed_after_the_next_working_day_is_no_emergency(world):
    refused("can_wait", world.called, starts_on=date(2024, 1, 16))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("own_approval", {"given_by": " the OFFICER "}),
        ("no_name", {"given_by": " "}),
        ("no_words", {"words": " "}),
        ("in_future", {"happened_at": SATURDAY_NIGHT + 2 * HOUR}),
    ],
)
def test_an_authority_is_entered_with_who_gave_it_and_what_it_says(world, code, fields):
    details = {"given_by": "The strategic", "words": "Go on."} | fields
    common = {"by": world.officer, "at": SATURDAY_NIGHT + HOUR, "vacancy": world.called().vacancy}
    refused(code, emergencies.record_authority, **common, **details)


# -- contracts --------------------------------------------------------------------------------------------------------------


def test_a_contract_in_use_keeps_its_agency_route_lot_and_dates(world):
    world.send(world.sourced())
    changed = type(world.corporate).objects.get(pk=world.corporate.pk)
    changed.starts_on = date(2022, 2, 1)
    refused("contract_in_use", contracts.save_contract, by=world.administrator, at=AFTER_WINDOW, contract=changed)
    changed.starts_on, changed.title = world.corporate.starts_on, "Another title"
    assert contracts.save_contract(by=world.administrator, at=AFTER_WINDOW, contract=changed).title == "Another title"


def test_a_contract_does_not_end_before_it_starts(world):
    approval = {"by": world.administrator, "contract": world.corporate, "value": None}
    refused("ends_before_start", approve, ends_on=date(2021, 12, 31), **approval)


@pytest.mark.parametrize("how", ["named in words", "named as a person"])
def test_whoever_approved_does_not_enter_the_approval(world, how):
    approval = {
        "contract": world.corporate,
        "value": None,
        "ends_on": date(2027, 12, 31),
        "decision_reference": "Decision 2",
        "decided_on": date(2024, 1, 2),
        "approver": "the Administrator " if how == "named in words" else "Leader of the Council",
        "approved_by": None if how == "named in words" else world.administrator,
        "ground": "Needed",
    }
    refused("own_approval", contracts.approve, by=world.administrator, at=AFTER_WINDOW, **approval)


# -- whoever did one half does not do the other ------------------------------------------------------------------------------


def test_an_authority_is_for_a_request_that_somebody_is_about_to_be_booked_for(world):
    authority = {"by": world.officer, "at": MONDAY, "given_by": "The strategic", "words": "Go on."}
    refused("not_being_sourced", emergencies.record_authority, vacancy=world.request(), **authority)


def test_whoever_asked_does_not_say_how_urgent_it_is(world):
    RoleGrantFactory(user=world.lead, role=Role.FINANCE_OFFICER)
    common = {"by": world.lead, "at": MONDAY, "vacancy": world.agreed(), "reason": "x"}
    refused("own_request", vacancies.change_urgency, urgency="urgent", **common)


def test_a_post_above_structure_says_who_funds_it(world):
    refused("not_funded", world.request, kind="above_structure")


def test_a_decision_on_a_contract_is_entered_once_it_was_taken(world):
    approval = {"by": world.administrator, "contract": world.corporate, "value": None}
    refused("in_future", approve, decided_on=date(2024, 1, 2), **approval)


# -- what is done to an order that has its answer ----------------------------------------------------------------------------


def test_a_link_takes_nothing_once_the_answer_is_recorded(world, linked):
    world.secure(linked)
    refused("already_answered", supplier.say_cannot_supply, by=linked.link, at=AFTER_WINDOW + HOUR, **SAID)


def test_direct_recruitment_stays_as_it_was_when_a_supplier_was_asked(world):
    release = world.send(world.sourced())
    refused("rested_on", world.direct, vacancy=release.vacancy)


def test_nobody_is_asked_for_a_start_that_has_passed(world):
    refused("start_in_past", world.send, vacancy=world.sourced(), starts_on=date(2024, 1, 7))


def test_who_never_was_secured_cannot_fail_to_come(world):
    common = {"by": world.officer, "at": MONDAY, "release": world.send(world.sourced()), "reason": "Ill"}
    refused("not_secured", taking_back.worker_will_not_come, **common)


def test_a_need_does_not_end_while_somebody_secured_waits_to_be_booked(world):
    common = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": world.secured().vacancy, "reason": "x"}
    refused("already_secured", needs.end_need, **common)


# -- nothing is done without saying why --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        lambda world: (
            vacancies.record_direct_recruitment,
            {"vacancy": world.agreed(), "state": "not_suitable", "note": " "},
        ),
        lambda world: (vacancies.change_terms, {"vacancy": world.agreed(), "base": "Kings Court", "reason": " "}),
        lambda world: (vacancies.withdraw, {"vacancy": world.request(), "reason": " "}),
        lambda world: (needs.end_need, {"vacancy": world.agreed(), "reason": " "}),
        lambda world: (taking_back.worker_will_not_come, {"release": world.secured(), "reason": " "}),
        lambda world: (
            taking_back.void,
            {"release": world.send(world.sourced()), "reason": " ", "by": world.officer2},
        ),
        lambda world: (
            answering.record_not_secured,
            {
                "release": world.send(world.sourced()),
                "reason": "bad weather",
                "own_supply": "tried",
                "brokered_supply": "tried",
            },
        ),
    ],
    ids=["direct recruitment", "terms", "request", "need", "worker will not come", "in error", "not secured"],
)
def test_a_reason_is_given(world, step):
    function, arguments = step(world)
    refused("no_reason", function, **{"by": world.officer, "at": AFTER_WINDOW} | arguments)
