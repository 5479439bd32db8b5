"""Refusals from a booking to its end, each by its code: the smallest thing somebody does to meet it."""

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.files.base import ContentFile

from council.models import Role, User
from council.working_time import LONDON
from money.payments import allocating, importing, reading
from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.brought_forward.reading import COLUMNS, EXAMPLE
from placements.corrections import confirming, proposing
from placements.emergencies import actions as emergencies
from placements.hires import actions as hires
from placements.models import Payment
from placements.placement import (
    booking,
    carrying_over,
    concerns,
    converting,
    ending,
    moving,
    rate_changes,
    replacing,
    starting,
    transferring,
)
from placements.placement import extending as extensions
from placements.reviews import actions as reviews
from recruitment.orders import taking_back
from recruitment.requests import actions as vacancies
from tests.conftest import refused
from tests.factories import RoleGrantFactory, TeamFactory, corporate_contract
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT

HOUR = timedelta(hours=1)
BOOKED = AFTER_WINDOW + 3 * HOUR


def at(month: int, day: int) -> datetime:
    return datetime(2024, month, day, 10, tzinfo=LONDON)


# -- booking ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_another_working_pattern_than_the_supplier_was_asked_for(world):
    refused("another_pattern", world.book, release=world.secured(), pattern="seven_days")


@pytest.mark.django_db
def test_a_round_that_is_over_books_nobody(world):
    """The worker came and went, the need went on in a new round, and the booking of before turns out to be a mistake."""
    placement = world.placed()
    release = placement.release
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    vacancies.start_round(by=world.officer, at=at(4, 22), vacancy=placement.vacancy, reason="x")
    ending.void(by=world.director, at=at(4, 22), placement=placement, reason="x")
    release.refresh_from_db()
    refused("round_is_over", world.book, release=release, at=at(4, 22))


@pytest.mark.parametrize("until", [date(2024, 1, 19), date(2024, 4, 22)])
def test_a_handover_ends_within_the_booking(world, until):
    handover = {"handover_until": until, "handover_reason": "x"}
    refused("handover_outside", world.book, release=world.secured(), **handover)


# -- a worker who goes before the end -----------------------------------------------------------------------------------------


def end(world, placement, when: datetime, ended_on: date, **changes):
    details = {"notice_given_on": when.date(), "reason": "worker_left", "rating": 3, "eligible_again": True}
    common = {"by": world.officer, "at": when, "placement": placement, "notice_waived": True}
    return ending.end_early(**common, ended_on=ended_on, **details | changes)


def test_notice_is_not_given_before_the_booking(world):
    arguments = {"placement": world.placed(), "when": BOOKED, "ended_on": date(2024, 3, 1)}
    refused("notice_before_booking", end, world=world, **arguments, notice_given_on=date(2024, 1, 9))


REPLACED = {
    "reason": "The worker left",
    "registration_number": "SW900001",
    "worker_name": "Another One",
    "starts_on": date(2024, 2, 5),
    "ends_on": date(2024, 4, 19),
    "pay_rate": D("33.00"),
    "charge_rate": D("41.00"),
}


def test_a_replacement_is_somebody_else_who_starts_once_the_first_has_gone(world):
    placement = world.placed()
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    placement = end(world, placement, at(1, 29), date(2024, 2, 2))
    replace = {"by": world.officer, "at": at(1, 30), "placement": placement} | REPLACED
    same = {"registration_number": placement.worker.registration_number.lower()}
    refused("same_worker", replacing.replace, **replace | same)
    refused("still_there", replacing.replace, **replace | {"starts_on": date(2024, 2, 2)})
    refused("replacement_too_late", replacing.replace, **replace | {"starts_on": date(2024, 3, 1)})
    replacing.replace(**replace)
    refused("already_replaced", replacing.replace, **replace | {"registration_number": "SW900002"})


def test_a_replacement_needs_an_order_and_a_need_that_goes_on(world):
    replace = {"by": world.officer} | REPLACED
    refused("no_order", replacing.replace, **replace, at=AFTER_WINDOW, placement=world.breach().placement)
    placement = world.placed()
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    placement = end(world, placement, at(1, 29), date(2024, 1, 29))
    hires.record_hire(by=world.officer, at=at(1, 30), vacancy=placement.vacancy, starts_on=date(2024, 2, 5))
    refused("need_is_over", replacing.replace, **replace, at=at(1, 31), placement=placement)


def test_a_replacement_is_not_sent_beside_a_new_round(world):
    placement = world.placed()
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    placement = end(world, placement, at(1, 29), date(2024, 1, 29))
    common = {"by": world.officer, "at": at(1, 30)}
    vacancies.start_round(vacancy=placement.vacancy, reason="Still needed", **common)
    world.direct(placement.vacancy, at(1, 30))
    refused("new_round", replacing.replace, placement=placement, **common | REPLACED)


# -- other teams, reviews and concerns --------------------------------------------------------------------------------------


def test_a_move_is_later_than_the_last_one(world):
    placement = world.placed()
    one, two = (TeamFactory(service=world.team.service) for _ in range(2))
    move = {"by": world.officer, "at": at(1, 22), "placement": placement, "reason": "x"}
    moving.move_team(**move, team=one, starts_on=date(2024, 3, 4))
    refused("moved_later", moving.move_team, **move, team=two, starts_on=date(2024, 3, 4))


REVIEWED = {"held_on": date(2024, 3, 4), "rating": 3, "findings": "Plans are up to date."}


def test_a_review_is_later_than_the_last_one(world):
    review = {"by": world.officer, "at": at(3, 5), "placement": world.placed()} | REVIEWED
    reviews.record_review(**review)
    refused("held_before", reviews.record_review, **review)


def test_where_nobody_worked_nothing_is_reviewed(world):
    placement = world.placed()
    ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Never came")
    refused("not_standing", reviews.record_review, by=world.officer, at=at(3, 5), placement=placement, **REVIEWED)


def test_the_pages_of_a_placement_that_never_was_change_nothing(world, client_of):
    placement = world.placed()
    ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Never came")
    page = client_of("officer").get(f"/placements/{placement.pk}/extend/", follow=True).content.decode()
    assert f"{placement.reference} did not start, so there is nothing to change." in page


# -- the next contract, and permanent starts ----------------------------------------------------------------------------------


def carried_over(world):
    """A placement that has gone on under Pertemps' next contract since 4 March."""
    old = world.placed()
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
    terms = {old.pk: carrying_over.Carried(D("33.00"), D("40.00"), date(2024, 4, 19))}
    contracts = {"old": world.corporate, "new": new, "on": date(2024, 3, 4)}
    (carried,) = carrying_over.carry_over(by=world.officer, at=at(2, 26), terms=terms, **contracts)
    return carried


@pytest.mark.parametrize("which", ["itself", "another agency's"])
def test_placements_go_on_under_another_contract_of_the_same_agency(world, which):
    world.placed()
    new = world.corporate
    if which != "itself":
        new = corporate_contract(world.administrator, world.brokered, "OTHER")
    carry = {"by": world.officer, "at": at(2, 26), "old": world.corporate, "new": new, "on": date(2024, 3, 4)}
    refused("no_successor", carrying_over.carry_over, **carry, terms={})


def test_who_was_carried_over_is_not_replaced_nor_corrected_into_somebody_else(world):
    carried = carried_over(world)
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=carried.continues)
    replace = {"by": world.officer, "at": at(3, 5), "placement": carried} | REPLACED
    refused("carried_over", replacing.replace, **replace | {"starts_on": date(2024, 3, 11)})
    other = proposing.worker_for("SW424242", "The Right One")
    propose = {"by": world.officer, "at": at(3, 5), "subject": "placement", "why": "x", "worker": other}
    for row in (carried, carried.continues):
        refused("carried_over", proposing.propose, row=row, **propose)


@pytest.mark.parametrize(
    ("code", "starts_on"), [("start_far_away", date(2025, 1, 11)), ("start_too_early", date(2024, 1, 7))]
)
def test_a_permanent_start_is_after_the_request_and_within_a_year(world, code, starts_on):
    common = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": world.sourced()}
    refused(code, hires.record_hire, **common, starts_on=starts_on)


# -- corrections --------------------------------------------------------------------------------------------------------------


def propose(world, subject: str, row, **values):
    return proposing.propose(by=world.officer, at=at(1, 15), subject=subject, row=row, why="x", **values)


def test_a_worker_who_did_not_come_stays_recorded_beside_the_answer(world):
    placement = world.placed()
    ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Never came")
    refused("not_an_answer", propose, world=world, subject="release", row=placement.release, reason="no_answer")


def test_a_corrected_answer_is_one_a_supplier_gives_after_the_order(world):
    release = world.fail(world.send(world.sourced()))
    refused("not_an_answer", propose, world=world, subject="release", row=release, outcome="fell_through")
    refused("before_sent", propose, world=world, subject="release", row=release, answered_at=MONDAY - HOUR)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no_advert", {"advert_reference": ""}),
        ("advert_in_future", {"advertised_on": date(2024, 1, 16)}),
        ("no_reason", {"recruitment_state": "not_suitable", "advertised_on": None, "advert_reference": ""}),
    ],
)
def test_what_is_corrected_of_direct_recruitment_is_whole(world, code, values):
    round_ = world.send(world.sourced()).round
    refused(code, propose, world=world, subject="round", row=round_, **values)


@pytest.mark.parametrize(
    ("code", "starts_on"), [("dates_wrong", date(1999, 12, 31)), ("end_before_start", date(2024, 4, 20))]
)
def test_a_corrected_start_is_a_day_of_the_placement(world, code, starts_on):
    refused(code, propose, world=world, subject="placement", row=world.placed(), starts_on=starts_on)


def test_a_corrected_permanent_start_is_within_a_year(world):
    hire = hires.record_hire(by=world.officer, at=AFTER_WINDOW, vacancy=world.sourced(), starts_on=date(2024, 2, 5))
    refused("dates_wrong", propose, world=world, subject="hire", row=hire, starts_on=date(2025, 1, 11))


def test_the_permanent_start_of_a_worker_in_post_follows_the_placement(world):
    convert = {"by": world.officer, "at": at(2, 26), "placement": world.placed(), "rating": 4, "fee": D(0)}
    hire = converting.convert(**convert, starts_on=date(2024, 3, 4))
    correct = {"by": world.officer, "at": at(2, 27), "subject": "hire", "row": hire, "why": "x"}
    refused("converted", proposing.propose, **correct, starts_on=date(2024, 3, 11))


# -- facts --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("dates_wrong", {"starts_on": date(1999, 12, 31)}),
        ("dates_wrong", {"ends_on": date(2029, 1, 12)}),
        ("rate_wrong", {"charge_rate": D("1000.00")}),
        ("rate_wrong", {"pay_rate": D("1000.00")}),
        ("end_before_start", {"ends_on": date(2024, 1, 7)}),
        ("no_working_day", {"starts_on": date(2024, 1, 6), "ends_on": date(2024, 1, 7)}),
        ("charge_below_pay", {"pay_rate": D("50.01")}),
        ("not_funded", {"kind": "above_structure"}),
        ("no_registration_number", {"registration_number": "SW"}),
    ],
)
def test_even_a_fact_is_one_that_can_be(world, code, found):
    details = {"found_on": date(2024, 1, 10), "how_found": "Told"}
    if "starts_on" in found:
        details["found_on"] = found["starts_on"]
    refused(
        code, breaches_actions.record_breach, by=world.officer, at=AFTER_WINDOW, found=world.found(**found), **details
    )


def test_nothing_is_brought_forward_before_the_day_is_said(world):
    bring = {"by": world.administrator, "at": AFTER_WINDOW, "found": world.found(), "proof_held": "none held"}
    refused("no_batch", brought_forward_actions.bring_forward, **bring)
    refused(
        "in_future", brought_forward_actions.open_batch, by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 11)
    )
    brought_forward_actions.open_batch(by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 10))
    brought_forward_actions.bring_forward(**bring)
    refused("brought_twice", brought_forward_actions.bring_forward, **bring)


# -- payments -----------------------------------------------------------------------------------------------------------------

LINES = (
    b"Payment date,Supplier,Amount,Reference,Department\n4/5/22,Pertemps,100.00,1,Ours\n4/5/22,Pertemps,7.00,2,Theirs\n"
)


def receive(world, content: bytes = LINES, source: str = "Unit4"):
    file = ContentFile(content, name="payments.csv")
    common = {"by": world.finance, "at": AFTER_WINDOW, "name": "payments.csv", "at_once": True}
    return reading.receive_file(**common, source=source, file=file)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_payments_file_names_its_source_and_is_not_too_large(world, settings):
    refused("no_source", receive, world=world, source=" ")
    settings.PAYMENTS_FILE_LIMIT = 10
    refused("too_large", receive, world=world)


def test_a_payments_file_is_imported_once_and_when_it_is_ready(world):
    row = receive(world)
    common = {"by": world.finance, "at": AFTER_WINDOW, "payment_import": row}
    importing.ask_for_import(**common)
    refused("not_ready", importing.ask_for_import, **common)
    refused("already_imported", reading.discard, **common)
    refused("already_imported", allocating.dismiss_name, **common, name="Pertemps Medical")
    importing.import_file(**common)
    refused("already_imported", importing.import_file, **common)


def test_a_name_belongs_to_one_agency(world):
    common = {"by": world.finance, "at": AFTER_WINDOW, "payment_import": receive(world)}
    refused("another_agency", allocating.confirm_name, **common, name="pertemps", agency=world.halden)


def test_a_payment_is_put_on_contracts_whole_and_only_where_it_is_ours(world):
    row = receive(world)
    row.source.our_departments = ["Ours"]
    row.source.save()
    importing.import_file(by=world.finance, at=AFTER_WINDOW, payment_import=row)
    ours, theirs = Payment.objects.order_by("-amount")
    common = {"by": world.finance, "at": AFTER_WINDOW}
    refused("nothing_allocated", allocating.allocate, payment=ours, parts=[(world.corporate, D(0))], **common)
    refused("another_agency", allocating.allocate, payment=ours, parts=[(world.framework, D(100))], **common)
    refused("parts_do_not_add_up", allocating.allocate, payment=ours, parts=[(world.corporate, D(99))], **common)
    split = [(world.corporate, D(101)), (world.corporate, D(-1))]
    refused("parts_do_not_add_up", allocating.allocate, payment=ours, parts=split, **common)
    refused("not_ours", allocating.allocate, payment=theirs, parts=[(world.corporate, D(7))], **common)


# -- what has ended stays as it ended ------------------------------------------------------------------------------------------


@pytest.fixture
def left(world):
    """Ended early: the worker left on 2 February."""
    placement = world.placed()
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    return end(world, placement, at(1, 29), date(2024, 2, 2))


def test_what_has_ended_early_ends_only_once_and_changes_no_more(world, left):
    common = {"by": world.officer, "at": at(1, 30), "placement": left}
    refused("ended", end, world=world, placement=left, when=at(1, 30), ended_on=date(2024, 2, 1))
    refused("ended", ending.record_end, **common, reason="worker_left", rating=3, eligible_again=True)
    refused("ended", converting.convert, **common, starts_on=date(2024, 2, 1), fee=D(0), rating=4)
    rates = {"starts_on": date(2024, 2, 1), "pay_rate": D(33), "charge_rate": D(40), "reason": "x"}
    refused("ended", rate_changes.change_rate, **common, **rates)


def test_what_another_has_taken_over_from_is_neither_ended_nor_entered_in_error(world):
    carried = carried_over(world)
    old = carried.continues
    refused("ended", end, world=world, placement=old, when=at(2, 27), ended_on=date(2024, 2, 28))
    refused("rested_on", ending.void, by=world.director, at=at(2, 27), placement=old, reason="x")
    refused("did_start", ending.did_not_start, by=world.officer, at=at(2, 27), placement=carried, reason="x")


def test_the_end_of_who_became_permanent_is_recorded_and_stays(world):
    placement = world.placed()
    convert = {"by": world.officer, "at": at(2, 26), "placement": placement, "rating": 4, "fee": D(0)}
    hire = converting.convert(**convert, starts_on=date(2024, 3, 4))
    refused("ended", end, world=world, placement=placement, when=at(2, 27), ended_on=date(2024, 3, 1))
    refused("rested_on", ending.void, by=world.director, at=at(2, 27), placement=placement, reason="x")
    undo = {"at": at(2, 28), "hire": hire}
    refused("own_entry", hires.void_hire, by=world.officer, reason="x", **undo)
    refused("no_reason", hires.void_hire, by=world.director, reason=" ", **undo)
    hires.void_hire(by=world.director, reason="x", **undo)
    refused("already_voided", hires.void_hire, by=world.director, reason="x", **undo)


def test_what_was_entered_in_error_changes_no_more(world):
    placement = world.placed()
    ending.void(by=world.director, at=BOOKED, placement=placement, reason="x")
    move = {"placement": placement, "team": TeamFactory(service=world.team.service), "starts_on": date(2024, 3, 4)}
    refused("entered_in_error", moving.move_team, by=world.officer, at=BOOKED, reason="x", **move)


# -- permanent starts -----------------------------------------------------------------------------------------------------------


def test_the_council_s_own_hire_has_no_fee_and_nobody_waits_to_be_booked(world):
    hire = {"by": world.officer, "at": AFTER_WINDOW, "starts_on": date(2024, 2, 5)}
    refused("fee_without_contract", hires.record_hire, vacancy=world.sourced(), fee=D(1), **hire)
    refused("already_secured", hires.record_hire, vacancy=world.secured().vacancy, **hire)
    asked = world.send(world.sourced(), world.permanent)
    refused("not_secured", hires.record_hire, vacancy=asked.vacancy, release=asked, **hire)


def second_round(world, placement):
    """A new round of the same request, in which Pertemps have secured somebody."""
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    common = {"by": world.officer, "at": at(2, 19), "vacancy": placement.vacancy}
    vacancies.start_round(**common, reason="Still needed")
    world.direct(placement.vacancy, at(2, 19))
    return world.secure(world.send(placement.vacancy, at=at(2, 19), starts_on=date(2024, 3, 4)), at=at(2, 20))


def test_nobody_becomes_permanent_while_another_waits_to_be_booked(world):
    placement = world.placed()
    second_round(world, placement)
    convert = {"by": world.officer, "at": at(2, 26), "placement": placement, "rating": 4, "fee": D(0)}
    refused("already_secured", converting.convert, **convert, starts_on=date(2024, 3, 4))


def test_a_worker_is_not_transferred_to_an_order_somebody_is_booked_on(world):
    old = world.book(world.framework_secured())
    release = second_round(world, old)
    world.book(release, at=at(2, 20), starts_on=date(2024, 4, 22), ends_on=date(2024, 5, 31))
    transfer = {"by": world.officer, "at": at(2, 21), "placement": old, "release": release, "reason": "x"}
    days = {"starts_on": date(2024, 3, 4), "ends_on": date(2024, 4, 19)}
    refused("already_booked", transferring.transfer, **transfer, **days, pay_rate=D(33), charge_rate=D(39))


# -- carrying over --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("above_max_rate", {"charge_rate": D("42.01")}),
        ("charge_below_pay", {"charge_rate": D("32.99")}),
        ("end_before_start", {"ends_on": date(2024, 3, 3)}),
        ("end_before_start", {"ends_on": date(2024, 3, 9), "on": date(2024, 3, 9)}),
        ("outside_contract", {"on": date(2024, 2, 26)}),
        ("nothing_to_carry", {"on": date(2024, 4, 21)}),
        ("changed_meanwhile", {"which": 0}),
    ],
)
def test_who_is_carried_over_keeps_to_the_order_and_the_next_contract(world, code, fields):
    placement = world.placed()
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2", starts_on=date(2024, 3, 4))
    terms = {"pay_rate": D(33), "charge_rate": D(40), "ends_on": date(2024, 4, 19)}
    terms |= {name: value for name, value in fields.items() if name in terms}
    carry = {
        "by": world.officer,
        "at": at(2, 21),
        "old": world.corporate,
        "new": new,
        "on": fields.get("on", date(2024, 3, 4)),
    }
    refused(
        code,
        carrying_over.carry_over,
        **carry,
        terms={fields.get("which", placement.pk): carrying_over.Carried(**terms)},
    )


def test_a_post_above_structure_is_not_carried_past_its_funding(world):
    funded = {"kind": "above_structure", "funded_by": "A grant", "funded_until": date(2024, 4, 19)}
    placement = world.book(world.secured(**funded))
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
    terms = {placement.pk: carrying_over.Carried(D(33), D(40), date(2024, 4, 22))}
    carry = {"by": world.director, "at": at(2, 26), "old": world.corporate, "new": new, "on": date(2024, 3, 4)}
    refused("not_funded", carrying_over.carry_over, **carry, terms=terms)


# -- emergencies, breaches and extensions -----------------------------------------------------------------------------------------


@pytest.fixture
def came(world):
    """The worker who came of an emergency, booked by the other officer."""
    secured = world.secure(world.called(), at=SATURDAY_NIGHT + HOUR)
    details = {"registration_number": "SW500001", "worker_name": "Night Worker", "hours_per_week": D(37)}
    days = {"starts_on": date(2024, 1, 14), "ends_on": date(2024, 1, 27), "pattern": "seven_days"}
    rates = {"pay_rate": D(33), "charge_rate": D(41)}
    common = {"by": world.officer2, "at": SATURDAY_NIGHT + HOUR, "release": secured}
    return booking.book(**common, **details, **days, **rates)


def test_whoever_booked_the_worker_does_not_confirm_the_emergency_and_gives_a_reason(world, came):
    RoleGrantFactory(user=world.officer2, role=Role.ASSISTANT_DIRECTOR)
    decide = {"at": at(1, 15), "call": came.vacancy.emergency_call, "decision": "confirmed"}
    both = User.objects.get(pk=world.officer2.pk)  # with both roles
    refused("own_entry", emergencies.decide_emergency, by=both, reason="x", **decide)
    refused("no_reason", emergencies.decide_emergency, by=world.director, reason=" ", **decide)


def test_who_came_of_an_emergency_nobody_confirmed_is_neither_extended_nor_carried_over(world, came):
    extend = {"placement": came, "ends_on": date(2024, 2, 2), "now": at(1, 15)}
    refused("not_agreed", extensions.check_extension, **extend)
    emergencies.mark_unconfirmed_emergencies(at(1, 16))
    refused("not_authorised", extensions.check_extension, **extend)
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
    terms = {came.pk: carrying_over.Carried(D(33), D(41), date(2024, 1, 27))}
    carry = {"by": world.director, "at": at(1, 16), "old": world.corporate, "new": new, "on": date(2024, 1, 22)}
    refused("not_authorised", carrying_over.carry_over, **carry, terms=terms)


def test_whoever_asked_for_a_long_extension_does_not_decide_it(world):
    RoleGrantFactory(user=world.officer, role=Role.ASSISTANT_DIRECTOR)
    details = {"ends_on": date(2024, 8, 30), "reason": "x", "recruitment_state": "unsuccessful"}
    common = {"by": world.officer, "at": BOOKED}
    proposal = extensions.propose_extension(placement=world.placed(), **common, **details)
    refused("own_request", extensions.decide_extension, proposal=proposal, decision="approved", reason="x", **common)


def test_a_breach_is_approved_with_a_reason_and_nobody_is_told_before_it_was_found(world):
    breach = world.breach()
    common = {"at": AFTER_WINDOW, "breach": breach}
    refused("no_reason", breaches_actions.authorise, by=world.director, reason=" ", **common)
    told = {"director_told_on": date(2024, 1, 8), "procurement_told_on": None}
    refused("told_when", breaches_actions.tell, by=world.officer, **told, **common)


@pytest.mark.parametrize(
    "step",
    [
        lambda world: (ending.void, {"placement": world.placed(), "reason": " ", "by": world.director}),
        lambda world: (replacing.replace, {"placement": world.placed(), **REPLACED, "reason": " "}),
        lambda world: (
            concerns.record_concern,
            {"placement": world.placed(), "at": at(1, 22), "concern": " ", "agency_told_on": date(2024, 1, 22)},
        ),
    ],
    ids=["in error", "replaced", "concern"],
)
def test_a_reason_is_given(world, step):
    function, arguments = step(world)
    refused("no_reason", function, **{"by": world.officer, "at": BOOKED} | arguments)


# -- days on which nobody works ---------------------------------------------------------------------------------------------------


def test_days_without_a_working_day_are_neither_booked_nor_given_other_rates(world):
    weekend = {"starts_on": date(2024, 1, 27), "ends_on": date(2024, 1, 28)}
    refused("no_working_day", world.book, release=world.secured(), **weekend)
    placement = world.placed(ends_on=date(2024, 4, 21))  # a Sunday
    rates = {"starts_on": date(2024, 4, 20), "pay_rate": D(33), "charge_rate": D(40), "reason": "x"}
    refused("no_working_day", rate_changes.change_rate, by=world.officer, at=BOOKED, placement=placement, **rates)


def test_a_start_is_not_corrected_to_the_weekend_before(world):
    refused("no_working_day", world.corrected, subject="placement", row=world.placed(), starts_on=date(2024, 1, 21))


def test_an_answer_that_changed_since_the_correction_was_proposed_is_not_overwritten(world):
    release = world.secured()
    proposal = propose(world, "release", release, outcome="withdrawn", supply_mode="")
    gone = {"by": world.officer, "at": at(1, 15), "release": release, "reason": "Ill"}
    taking_back.worker_will_not_come(**gone)
    decide = {"by": world.director, "at": at(1, 15), "correction": proposal, "decision": "confirmed"}
    refused("changed_meanwhile", confirming.decide, **decide)


# -- pages that refuse before their action does ------------------------------------------------------------------------------------


def test_the_page_to_replace_or_transfer_a_worker_says_that_there_is_no_order(world, client_of):
    client = client_of("officer")
    found = world.breach().placement
    page = client.get(f"/placements/{found.pk}/replace/", follow=True).content.decode()
    assert "rests on no order, so nobody can replace the worker under it." in page
    days = {"starts_on_day": "4", "starts_on_month": "3", "starts_on_year": "2024"}
    days |= {"ends_on_day": "19", "ends_on_month": "4", "ends_on_year": "2024"}
    terms = {"pay_rate": "33", "charge_rate": "41", "reason": "x"}
    placement = world.book(world.framework_secured())
    starting.cover_started_request(by=world.officer, at=at(1, 22), placement=placement)
    page = client.post(f"/placements/{placement.pk}/transfer/", days | terms).content.decode()
    assert "The worker needs an order of its own first. Start a new round of the request." in page


def test_the_page_to_carry_placements_over_says_where_nobody_goes_on(world, client_of):
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2", ends_on=date(2099, 12, 31))
    day = {"on_day": "4", "on_month": "3", "on_year": "2024"}
    page = client_of("officer").post(f"/contracts/{world.corporate.pk}/carry-over/", {"new": new.pk} | day)
    assert "No placement on CORP goes on after that day." in page.content.decode()


def test_a_spreadsheet_whose_names_have_changed_since_it_was_read_is_chosen_again(world, client_of):
    brought_forward_actions.open_batch(by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 10))
    cells = dict(zip(COLUMNS, EXAMPLE)) | {"team": "North", "agency": "Pertemps", "contract": "CORP"}
    cells |= {"starts_on": "8 January 2024", "ends_on": "19 January 2024"}
    lines = [",".join(f'"{cell}"' for cell in row) for row in (COLUMNS.values(), (cells[key] for key in COLUMNS))]
    client = client_of("administrator")
    file = ContentFile("\n".join(lines).encode(), name="x.csv")
    page = client.post("/brought-forward/spreadsheet/", {"file": file})
    sealed = page.context["sealed"]
    assert sealed
    world.team.name = "North and East"
    world.team.save()
    again = client.post("/brought-forward/spreadsheet/", {"confirmed": "yes", "sealed": sealed}, follow=True)
    assert "What the file names has changed since it was read. Choose it again." in again.content.decode()


def test_who_leaves_while_placements_are_carried_over_is_not_taken_along(world, monkeypatch):
    """Ended early between the list of who goes on and the lock on the placement."""
    placement = world.placed()
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
    seen = carrying_over.going_on_under

    def seen_and_then_ended(*arguments):
        found = seen(*arguments)
        end(world, placement, at(2, 26), date(2024, 3, 1))
        return found

    monkeypatch.setattr(carrying_over, "going_on_under", seen_and_then_ended)
    terms = {placement.pk: carrying_over.Carried(D(33), D(40), date(2024, 4, 19))}
    carry = {"by": world.officer, "at": at(2, 26), "old": world.corporate, "new": new, "on": date(2024, 3, 2)}
    refused("changed_meanwhile", carrying_over.carry_over, **carry, terms=terms)


# -- what two people do at once, and what a form does not see ---------------------------------------------------------------


def test_a_page_whose_placement_went_meanwhile_leads_back_instead_of_round_in_a_circle(world, client_of):
    placement = world.placed()
    address = f"/placements/{placement.pk}/did-not-start/"
    ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Never came")
    answer = client_of("officer").post(address, {"reason": "x"}, headers={"referer": f"http://testserver{address}"})
    assert answer.headers["Location"] == placement.get_absolute_url()


def test_a_number_written_otherwise_is_the_same_worker_in_the_batch(world):
    brought_forward_actions.open_batch(by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 8))
    found = world.found(registration_number="SW700001", hours_per_week=D("18.5"), ends_on=date(2024, 2, 9))
    bring = {"by": world.administrator, "at": AFTER_WINDOW, "proof_held": "none held"}
    brought_forward_actions.bring_forward(found=found, **bring)
    again = dataclasses.replace(found, registration_number="sw 700001")
    refused("brought_twice", brought_forward_actions.bring_forward, found=again, **bring)


def test_no_concern_about_somebody_who_was_never_there(world):
    placement = world.placed()
    ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Never came")
    concern = {"concern": "x", "agency_told_on": date(2024, 1, 22)}
    refused("did_not_start", concerns.record_concern, by=world.officer, at=at(1, 23), placement=placement, **concern)
