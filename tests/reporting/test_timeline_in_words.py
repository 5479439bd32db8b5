"""The timeline of a request: every step with its tag and sentence, and what may be done next by whom."""

from datetime import date, timedelta

import pytest

from council.working_time import WorkingCalendar
from placements.hires import actions as hires
from placements.models import Hire, Placement
from placements.placement import starting
from placements.reads.needs import need_of
from placements.rules import need
from recruitment.exemptions import deciding
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from recruitment.reads.requests import facts_of
from recruitment.requests import actions as vacancies
from recruitment.rules import request
from reporting.timeline import time_left, timeline
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db

SOON = MONDAY + timedelta(minutes=30)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all of these tests; what a test adds is undone after it."""
    with one_world(django_db_blocker) as world:
        yield world


def steps_of(vacancy, now=SOON, may_source=True):
    vacancy.refresh_from_db()
    booked, hires = Placement.objects.filter(vacancy=vacancy).order_by("pk"), Hire.objects.filter(vacancy=vacancy)
    can = set()
    if may_source:
        can = {verb for verb in request.ASKED if request.refusal(verb, facts_of(vacancy, None, now)) is None}
        can |= {verb for verb in need.ASKED if need.refusal(verb, need_of(vacancy, None, now)) is None}
    return timeline(vacancy, vacancy.rounds.order_by("-number").first(), now, may_source, can, booked, hires)


def seen(steps) -> list[tuple[str, str, str]]:
    return [(step.name, step.tag, step.look) for step in steps]


def texts(pairs) -> list[str]:
    return [text for text, _ in pairs]


def order_of(vacancy, now=SOON, step=1, may_source=True):
    (order,) = steps_of(vacancy, now, may_source)[step].orders
    return order


FRAMEWORK, EXEMPTION = "The RM6161 contract", "Another agency, by exemption"


def test_before_direct_recruitment_is_recorded_no_agency_may_be_asked(world):
    vacancy = world.agreed()
    steps = steps_of(vacancy)
    assert seen(steps) == [
        ("Direct recruitment", "Open", "open"),
        ("Pertemps", "Not open yet", "closed"),
        (FRAMEWORK, "Not open yet", "closed"),
        (EXEMPTION, "Not open yet", "closed"),
    ]
    assert steps[0].sentence == "Say where permanent recruitment stands. Then an agency may be asked."
    assert steps[1].sentence.startswith("Direct recruitment comes first.")
    assert steps[0].next[0] == ("Record direct recruitment", f"/requests/{vacancy.pk}/direct-recruitment/")
    assert [step.next for step in steps[1:]] == [[], [], []]


def test_then_the_first_supplier_may_be_asked_by_an_officer_only(world):
    vacancy = world.sourced()
    steps = steps_of(vacancy)
    assert seen(steps)[:3] == [
        ("Direct recruitment", "Done", "done"),
        ("Pertemps", "Open", "open"),
        (FRAMEWORK, "Not open yet", "closed"),
    ]
    assert steps[0].sentence == "Advertised on 2 January 2024, ADV-1"
    assert texts(steps[0].next) == [
        "Send to a recruitment supplier",
        "Record a permanent start",
        "Change what is recorded",
    ]
    assert (steps[1].next, steps[1].sentence) == ([("Send to Pertemps", f"/requests/{vacancy.pk}/send/1/")], "")
    assert steps[2].sentence.endswith("Pertemps has not been asked in this round. Ask Pertemps first.")
    assert steps[3].links == [("Ask for an exemption", f"/exemptions/new/?request={vacancy.pk}")]
    steps = steps_of(vacancy, may_source=False)
    assert [(step.next, step.links) for step in steps] == [([], [])] * 4
    assert steps[1].sentence == "A commissioning officer may send the request now."


def test_cover_has_no_permanent_start(world):
    assert texts(steps_of(world.sourced(kind="cover"))[0].next) == ["Change what is recorded"]


def test_what_is_recorded_about_direct_recruitment_is_changed_until_an_agency_is_asked(world):
    vacancy = world.sourced()
    assert "Change what is recorded" in texts(steps_of(vacancy)[0].next)
    world.send(vacancy)
    assert "Change what is recorded" not in texts(steps_of(vacancy)[0].next)


def test_where_recruitment_was_not_advertised_the_reason_is_said(world):
    vacancy = world.agreed()
    vacancies.record_direct_recruitment(
        by=world.officer, at=MONDAY, vacancy=vacancy, state="not_suitable", note="Four weeks only"
    )
    assert steps_of(vacancy)[0].sentence.endswith(": Four weeks only")


@pytest.mark.parametrize(
    ("now", "tag", "sentence"),
    [
        (SOON, "Waiting for an answer", "Pertemps has 15 working hours left to answer."),
        (at(1, 10, 9, 59), "Waiting for an answer", "Pertemps has less than 1 working hour left to answer."),
        (at(1, 10, 10), "Time has ended", "Pertemps’ time to answer has ended. Record what it said."),
    ],
)
def test_an_order_says_how_much_time_is_left_until_there_is_none(world, now, tag, sentence):
    release = world.send(world.sourced())
    order = order_of(release.vacancy, now)
    assert (order.tag, order.sentence) == (tag, sentence)
    base = f"/releases/{release.pk}"
    assert order.next == [
        ("Record Pertemps’ answer", f"{base}/answer/"),
        ("Record a candidate", f"{base}/candidates/new/"),
        ("Take the order back", f"{base}/withdraw/"),
    ]
    assert order_of(release.vacancy, now, may_source=False).next == []
    assert seen(steps_of(release.vacancy, now))[1] == ("Pertemps", "Open", "open")


def test_of_a_later_order_the_first_supplier_may_come_back(world):
    vacancy = world.failed().vacancy
    world.send(vacancy, world.framework, at=AFTER_WINDOW)
    order = order_of(vacancy, AFTER_WINDOW, step=2)
    assert order.sentence == "Halden Bridge Care has 2 working days left to answer."
    assert texts(order.next) == [
        "Record Halden Bridge Care’s answer",
        "Record a candidate",
        "The first supplier can supply after all",
        "Take the order back",
    ]


@pytest.mark.parametrize(
    ("count", "down", "words"),
    [
        (0, 0, ""),
        (1, 0, "1 candidate, 1 waits for us"),
        (1, 1, "1 candidate"),
        (2, 0, "2 candidates, 2 wait for us"),
        (2, 1, "2 candidates, 1 waits for us"),
    ],
)
def test_candidates_are_counted_and_those_that_wait_for_us(world, count, down, words):
    release = world.send(world.sourced())
    shown = [world.put_forward(release, f"C-{n}", at=at(1, 8, 12)) for n in range(count)]
    for one in shown[:down]:
        world.step(one, "turned_down", at=at(1, 8, 13))
    assert order_of(release.vacancy, at(1, 8, 14)).candidates == words


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [({}, "Pertemps’ own worker."), ("brokered", "Through Pertemps from Alderway Care Staffing.")],
)
def test_who_was_secured_is_booked_or_will_not_come(world, mode, sentence):
    through = {"supply_mode": "brokered", "supplying_agency": world.brokered} if mode else {}
    release = world.secure(world.send(world.sourced()), **through)
    order = order_of(release.vacancy, AFTER_WINDOW)
    base = f"/releases/{release.pk}"
    assert (order.tag, order.sentence, order.placement) == ("Secured", sentence, None)
    assert order.next == [
        ("Book the worker", f"{base}/book/"),
        ("The worker will not come", f"{base}/will-not-come/"),
    ]
    placement = world.book(release)
    order = order_of(release.vacancy, AFTER_WINDOW + timedelta(hours=3))
    assert (order.placement, order.next) == (placement, [])


def test_after_a_failure_the_next_step_opens_and_the_first_may_be_asked_again(world):
    vacancy = world.failed().vacancy
    steps = steps_of(vacancy, AFTER_WINDOW)
    assert seen(steps)[1:3] == [("Pertemps", "Not secured", "done"), (FRAMEWORK, "Open", "open")]
    assert texts(steps[1].next) == ["Ask again"]
    assert texts(steps[2].next) == ["Send to the RM6161 contract"]
    assert steps[1].orders[0].sentence == "No candidates"


def test_a_refusal_of_the_rate_is_said_with_who_declined(world):
    release = world.send(world.sourced())
    world.fail(
        release,
        at=at(1, 8, 14),
        reason="rate_too_high",
        rate_asked=45,
        declined_on=date(2024, 1, 8),
        declined_sender="Perry",
        declined_text="No",
    )
    assert order_of(release.vacancy, AFTER_WINDOW).sentence == (
        "The rate asked was too high (£45.00 an hour). Declined on 8 January 2024 by Perry"
    )


def test_what_was_taken_back_fell_through_or_was_entered_in_error(world):
    release = world.send(world.sourced())
    taking_back.withdraw(by=world.officer, at=at(1, 8, 12), release=release, reason="Not needed")
    order = order_of(release.vacancy)
    assert (order.tag, order.sentence) == ("Withdrawn by the council", "Not needed")
    release = world.secure(world.send(world.sourced()))
    taking_back.worker_will_not_come(by=world.officer, at=AFTER_WINDOW, release=release, reason="Another post")
    order = order_of(release.vacancy, AFTER_WINDOW)
    assert (order.tag, order.sentence) == ("Fell through", "The worker did not come: Another post")
    assert seen(steps_of(release.vacancy, AFTER_WINDOW))[2] == (FRAMEWORK, "Open", "open")
    release = world.send(world.sourced())
    taking_back.void(by=world.director, at=at(1, 8, 12), release=release, reason="Wrong one")
    order = order_of(release.vacancy)
    said = "Marked as entered in error by The director: Wrong one"
    assert (order.tag, order.sentence, order.next) == ("Entered in error", said, [])
    assert texts(steps_of(release.vacancy)[1].next) == ["Send to Pertemps"]


def test_a_dispute_marks_the_order(world):
    release = world.failed()
    assert order_of(release.vacancy, AFTER_WINDOW).disputed is False
    supplier.record_dispute(by=world.officer, at=AFTER_WINDOW, release=release, words="x", said_by="x")
    assert order_of(release.vacancy, AFTER_WINDOW).disputed is True


def test_an_exemption_is_asked_for_once_and_opens_its_step_when_it_is_approved(world):
    exemption = world.exemption()
    vacancy = exemption.needs.get().vacancy
    step = steps_of(vacancy, AFTER_WINDOW)[3]
    itself = (f"{exemption.reference}: Service Care Solutions", f"/exemptions/{exemption.pk}/")
    assert (step.tag, step.look, step.links) == ("Not open yet", "closed", [itself])
    assert step.sentence == f"{exemption.reference} for Service Care Solutions waits for a decision."
    world.commented(exemption)
    deciding.decide(
        by=world.director, at=AFTER_WINDOW + timedelta(hours=1), exemption=exemption, decision="approved", reason="x"
    )
    step = steps_of(vacancy, AFTER_WINDOW + timedelta(hours=1))[3]
    assert (step.tag, step.look, step.links) == ("Open", "open", [itself])
    assert [address for _, address in step.next] == [f"/requests/{vacancy.pk}/send/3/"]


def test_one_that_was_turned_down_is_shown_and_another_may_be_asked_for(world):
    exemption = world.commented(world.exemption())
    vacancy = exemption.needs.get().vacancy
    deciding.decide(by=world.director, at=AFTER_WINDOW, exemption=exemption, decision="turned_down", reason="x")
    links = texts(steps_of(vacancy, AFTER_WINDOW)[3].links)
    assert links == [f"{exemption.reference}: Service Care Solutions", "Ask for an exemption"]


def test_of_a_round_that_is_over_the_later_steps_were_not_needed(world):
    placement = world.placed()
    starting.confirm_start(by=world.officer, at=at(1, 22), placement=placement)
    steps = steps_of(placement.vacancy, at(1, 22))
    assert [(step.tag, step.look, step.next) for step in steps] == [
        ("Done", "done", []),
        ("Done", "done", []),
        ("Not needed", "closed", []),
        ("Not needed", "closed", []),
    ]


def test_who_was_found_for_good_is_recorded_or_will_not_come(world):
    vacancy = world.sourced()
    release = world.secure(world.send(vacancy, world.permanent))
    order = order_of(vacancy, AFTER_WINDOW, step=0)
    assert (order.sentence, texts(order.next)) == (
        "Liquid Personnel has found somebody.",
        ["Record the permanent start", "The person will not come"],
    )
    hire = hires.record_hire(
        by=world.officer, at=AFTER_WINDOW, vacancy=vacancy, release=release, starts_on=date(2024, 3, 4)
    )
    order = order_of(vacancy, AFTER_WINDOW, step=0)
    assert (order.hire, order.next) == (hire, [])


def test_without_a_round_there_is_no_timeline(world):
    assert timeline(world.request(), None, SOON, True, set(), [], []) == []


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (timedelta(minutes=59), "less than 1 working hour left"),
        (timedelta(hours=1), "1 working hour left"),
        (timedelta(hours=1, minutes=59), "1 working hour left"),
        (timedelta(hours=2), "2 working hours left"),
        (timedelta(days=1, hours=7, minutes=59), "15 working hours left"),
        (timedelta(days=2), "2 working days left"),  # sixteen hours
        (timedelta(days=3), "3 working days left"),
        (timedelta(days=7), "5 working days left"),
    ],
)
def test_time_left_is_in_hours_below_two_days(hours, text):
    opening = at(1, 8, 9)
    assert time_left(WorkingCalendar(), opening, opening + hours) == text
