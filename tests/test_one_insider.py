"""What one insider could once do alone, each tried again: it is refused, waits for a second person, or leaves a mark that stays.

The steps are those of a review of 2026. What each ends as is printed: `make test TESTS="tests/test_one_insider.py -rP"`.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from council.errors import RuleViolation
from council.models import Message
from placements.placement import extending
from recruitment.emergencies import actions as emergencies
from recruitment.models import Release, SpendingAuthority, Statement
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from tests.conftest import refused_as
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT
from tests.test_constraints import written_out

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def booked_on(world, failed: Release, at=AFTER_WINDOW + HOUR) -> str:
    """The framework is asked at once, and the officer tries to book: how that ends."""
    later = world.secure(world.send(failed.vacancy, world.framework, at=at), at=at + HOUR)
    before = Release.objects.get(pk=failed.pk)
    try:
        world_book(world, later, at + 2 * HOUR)
    except RuleViolation as refused:
        return "waits" if refused.code == "not_witnessed" and not before.proven else refused.code
    return "proved"


def world_book(world, later: Release, at) -> None:
    """As `world.book`, but nobody confirms anything before."""
    from decimal import Decimal as D

    from placements.placement import booking

    terms = {"hours_per_week": D(37), "pattern": "weekdays", "pay_rate": D(33), "charge_rate": D(41)}
    days = {"starts_on": date(2024, 1, 22), "ends_on": date(2024, 4, 19)}
    who = {"registration_number": "SW54321", "worker_name": "W"}
    booking.book(by=world.officer, at=at, release=later, **who, **days, **terms)


def a_confirmation_from_someone(world) -> str:
    said = {"declined_on": MONDAY.date(), "declined_sender": "someone", "declined_text": "no"}
    failed = world.fail(
        world.send(world.sourced()), at=MONDAY + HOUR, own_supply="not_tried", brokered_supply="not_tried", **said
    )
    return booked_on(world, failed, MONDAY + 2 * HOUR)


def an_order_sent_two_days_ago(world) -> str:
    late = {"happened_at": MONDAY, "late_reason": "By telephone"}
    order = world.send(world.sourced(), at=AFTER_WINDOW + HOUR, **late)
    return booked_on(world, world.fail(order, at=AFTER_WINDOW + HOUR, reason="no_answer"), AFTER_WINDOW + 2 * HOUR)


def the_suppliers_words_by_a_link_to_pass_on(world) -> str:
    order = world.send(world.sourced())
    link = world.link(order, unseen=False)
    said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
    words = {"words": "We cannot supply.", "said_by": "Perry Placeholder"}
    statement = supplier.say_cannot_supply(by=link, at=MONDAY + HOUR, **said, **words)
    assert Statement.objects.get(pk=statement.pk).unseen is False
    return booked_on(world, world.fail(order, at=MONDAY + 2 * HOUR, statement=statement), MONDAY + 3 * HOUR)


def secured_and_will_not_come_in_a_minute(world) -> str:
    order = world.secure(world.send(world.sourced()), at=MONDAY + HOUR)
    taking_back.worker_will_not_come(by=world.officer, at=MONDAY + HOUR, release=order, reason="x")
    order.refresh_from_db()
    return booked_on(world, order, MONDAY + 2 * HOUR)


def a_start_before_anybody_was_asked(world) -> str:
    later = world.framework_secured()
    try:
        world.book(later, starts_on=date(2023, 11, 13), ends_on=date(2024, 1, 19))
    except RuleViolation as refused:
        return "refused" if refused.code == "before_the_order" else refused.code
    return "booked"


def a_start_seven_weeks_later(world) -> str:
    later = world.framework_secured()
    try:
        world.book(later, starts_on=date(2024, 3, 11), ends_on=date(2024, 4, 19))
    except RuleViolation as refused:
        return "refused" if refused.code == "much_later_than_asked" else refused.code
    return "booked"


def authority_for_an_ordinary_request(world) -> str:
    common = {"by": world.officer, "at": MONDAY, "given_by": world.strategic.name, "words": "y"}
    with pytest.raises(RuleViolation) as refused:
        emergencies.record_authority(vacancy=world.sourced(), **common)
    return "refused" if refused.value.code == "not_an_emergency" else refused.value.code


def authority_given_by_s(world) -> str:
    vacancy = world.called().vacancy
    common = {"by": world.officer, "at": SATURDAY_NIGHT + HOUR, "vacancy": vacancy, "words": "y"}
    with pytest.raises(RuleViolation, match="Choose the Strategic Director"):
        emergencies.record_authority(given_by="S", **common)
    authority = emergencies.record_authority(given_by=world.strategic.name, **common)
    assert authority in SpendingAuthority.objects.waiting()
    told = Message.objects.get(kind="named", subject=world.strategic.pk)
    stopped = refused_as("update council_message set cancelled_at = now() where id = %s", told.pk)
    return "waits" if stopped == "message_that_names_goes" else "nobody is told"


def nine_weeks_more_on_a_no(world) -> str:
    placement = world.book(world.framework_secured())
    details = {"ends_on": date(2024, 4, 26), "reason": "x", "recruitment_state": "unsuccessful"}
    recheck = {"rechecked_on": AFTER_WINDOW.date(), "recheck_note": "no"}
    common = {"by": world.officer, "at": AFTER_WINDOW + 3 * HOUR, "placement": placement}
    with pytest.raises(RuleViolation, match="The Assistant Director approves it first"):
        extending.extend(**common, **details, **recheck)
    return "waits" if extending.propose_extension(**common, **details, **recheck).decision == "" else "agreed"


def carried_over_to_the_framework(world) -> str:
    placed = world.placed()
    follows = f"continues_id={placed.pk},continues_as='carry_over',contract_id={world.framework.pk}"
    copy = f"COPY placements.Placement reference='x',starts_on=ends_on+3,ends_on=ends_on+9,{follows} where id = {placed.pk}"
    return "refused" if refused_as(written_out(copy)) else "committed"


def a_forged_failure(world) -> str:
    """Every "recorded at" invented; the framework is asked, and a placement is written by SQL."""
    order = world.send(world.sourced())
    sql = (
        "update recruitment_release set outcome = 'not_secured', reason = 'no_answer', answered_at = respond_by, "
        "answer_recorded_at = respond_by, answered_by_id = %s, own_supply = 'tried', brokered_supply = 'tried' where id = %s"
    )
    assert refused_as(sql, world.officer.pk, order.pk) == ""  # a fact, as far as anybody can tell
    order.refresh_from_db()
    later = world.secure(world.send(order.vacancy, world.framework, at=AFTER_WINDOW), at=AFTER_WINDOW + HOUR)
    placed = world.book(world.framework_secured())
    copy = (
        f"COPY placements.Placement reference='x',hours_per_week=1,vacancy_id={later.vacancy_id},round_id={later.round_id},"
        f"release_id={later.pk},proof_id={order.pk} where id = {placed.pk}"
    )
    return "waits" if refused_as(written_out(copy)) == "placement_proof_is_witnessed" else "booked"


def an_order_without_its_proof(world) -> str:
    order = world.framework_secured()
    correction = world.corrected("release", world.failed(), own_supply="not_tried")
    columns = f"reference='x',rests_on_id=null,unproved_by_id={correction.pk}"
    copy = written_out(f"COPY recruitment.Release {columns} where id = {order.pk}")
    return "refused" if refused_as(copy) == "release_begins_as_sent" else "accepted"


def a_correction_of_two_people_by_one(world) -> str:
    correction = world.corrected("release", world.failed(), own_supply="not_tried")
    copy = written_out(f"COPY recruitment.Correction reason='again' where id = {correction.pk}")
    return "refused" if refused_as(copy) == "correction_is_final" else "accepted"


INSIDER: dict[str, tuple[Callable, str]] = {
    "A1 an invented confirmation": (a_confirmation_from_someone, "waits"),
    "A1 booked seven weeks later than asked": (a_start_seven_weeks_later, "refused"),
    "A2 an order entered afterwards, and no answer": (an_order_sent_two_days_ago, "waits"),
    "A3 the supplier's own words, forged": (the_suppliers_words_by_a_link_to_pass_on, "waits"),
    "A4 secured, and will not come": (secured_and_will_not_come_in_a_minute, "waits"),
    "A4 booked from two months earlier": (a_start_before_anybody_was_asked, "refused"),
    "A5 authority on an ordinary request": (authority_for_an_ordinary_request, "refused"),
    "A5 authority given by S": (authority_given_by_s, "waits"),
    "A5b an extension on a no": (nine_weeks_more_on_a_no, "waits"),
    "S2 carried over onto the framework": (carried_over_to_the_framework, "refused"),
    "S4 a forged failure": (a_forged_failure, "waits"),
    "S5 a framework order without its proof": (an_order_without_its_proof, "refused"),
    "S6 a forged correction": (a_correction_of_two_people_by_one, "refused"),
}


@pytest.mark.parametrize("what", INSIDER)
def test_one_insider_alone(world, what):
    attempt, ends = INSIDER[what]
    found = attempt(world)
    print(f"{what}: {found}")
    assert found == ends
