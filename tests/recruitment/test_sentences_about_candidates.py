"""What is said of candidates when an answer or a booking does not fit them, in full, and which person an earlier route showed first."""

from datetime import date, timedelta

import pytest

from council.models import Council
from council.refusal import Refusal
from recruitment.candidates import stepping
from recruitment.models import Stage
from recruitment.reads import candidates as rules
from tests.factories.small_council import AFTER_WINDOW, MONDAY

HOUR = timedelta(hours=1)
LATE = MONDAY + timedelta(hours=6)


@pytest.fixture
def sent(world):
    return world.send(world.sourced())


def secured(release, mode="direct", agency=None, at=LATE):
    return rules.secured_refusal(release, mode, agency, at)


# -- the answer "secured" ----------------------------------------------------------------------------------------------------------------


def test_without_candidates_an_answer_rests_on_the_suppliers_word(world, sent):
    assert secured(sent) is None


@pytest.mark.parametrize(
    ("names", "start"), [(["C-1"], "1 candidate was put forward"), (["C-1", "C-2"], "2 candidates were put forward")]
)
def test_nobody_is_secured_before_somebody_has_accepted(world, sent, names, start):
    for name in names:
        world.put_forward(sent, name)
    assert secured(sent) == (
        Refusal(
            "nobody_accepted",
            f"{start} for {sent.reference}, and nobody has accepted. Record who was offered the work and accepted it first.",
        ),
        "outcome",
    )


def accepted(world, release, name="C-1", number="SW10001", at=MONDAY + 3 * HOUR, **fields):
    return world.step(
        world.put_forward(release, name, registration_number=number, **fields), "offered", "accepted", at=at
    )


def test_an_answer_is_not_earlier_than_the_acceptance_it_rests_on(world, sent):
    accepted(world, sent)
    early = MONDAY + 3 * HOUR - timedelta(seconds=1)
    assert secured(sent, at=early) == (
        Refusal(
            "before_it_was_accepted",
            "The candidate accepted on Monday 8 January, 13:00, so the answer is not earlier. Check the time.",
        ),
        "happened_at",
    )
    assert secured(sent, at=MONDAY + 3 * HOUR) is None


def test_of_two_who_accepted_the_first_acceptance_counts(world, sent):
    accepted(world, sent, "C-1", "SW10001", at=MONDAY + 3 * HOUR)
    accepted(world, sent, "C-2", "SW10002", at=MONDAY + 5 * HOUR)
    assert secured(sent, at=MONDAY + 4 * HOUR) is None


def test_the_worker_is_of_the_agency_whose_candidate_accepted(world, sent):
    accepted(world, sent)
    assert secured(sent, "brokered", world.brokered) == (
        Refusal(
            "not_what_was_accepted",
            "C-1, who accepted, was put forward as the supplier's own worker: Pertemps. Enter the same.",
        ),
        "supply_mode",
    )


def test_another_agencys_worker_is_of_the_agency_that_was_named(world, sent):
    accepted(world, sent, supply_mode="brokered", supplying_agency=world.brokered)
    assert secured(sent, "brokered", world.brokered) is None
    assert secured(sent, "brokered", world.scs)[0].code == "not_what_was_accepted"
    assert secured(sent, "brokered")[0].code == "not_what_was_accepted"
    assert secured(sent)[0].code == "not_what_was_accepted"


def test_a_candidate_entered_in_error_is_no_reason_to_wait(world, sent):
    candidate = world.put_forward(sent)
    stepping.void_candidate(by=world.director, at=LATE, submission=candidate, reason="x")
    assert secured(sent) is None


# -- the answer "not secured" --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (["C-1"], "Pertemps’ candidate C-1 waits"),
        (["C-1", "C-2"], "Pertemps’ candidates C-1 and C-2 wait"),
    ],
)
def test_while_candidates_wait_for_us_the_supplier_has_not_failed(world, sent, names, who):
    for n, name in enumerate(names):
        world.put_forward(sent, name, at=MONDAY + (n + 1) * HOUR)
    assert rules.not_secured_refusal(sent, "no_candidates") == Refusal(
        "candidate_waits",
        f"{who} for our decision. Offer the work, or record why not, before you record that nobody was secured.",
    )


@pytest.mark.parametrize("stage", [Stage.SHORTLISTED, Stage.INTERVIEWED])
def test_a_candidate_waits_until_the_work_is_offered(world, sent, stage):
    candidate = world.step(world.put_forward(sent), stage)
    assert rules.not_secured_refusal(sent, "no_candidates").code == "candidate_waits"
    world.step(candidate, "offered", at=MONDAY + 4 * HOUR)
    assert rules.not_secured_refusal(sent, "no_candidates") is None


def test_a_supplier_whose_candidate_accepted_has_not_failed(world, sent):
    accepted(world, sent)
    assert rules.not_secured_refusal(sent, "no_candidates") == Refusal(
        "candidate_accepted",
        "Pertemps’ candidate C-1 has accepted. Record the answer as secured, or that the candidate withdrew.",
    )


def test_candidates_that_were_unsuitable_are_recorded(world, sent):
    assert rules.not_secured_refusal(sent, "no_candidates") is None
    assert rules.not_secured_refusal(sent, "unsuitable") == Refusal(
        "no_candidate_recorded",
        f"Candidates were unsuitable, but none is recorded on {sent.reference}. Record who was put forward and why not.",
    )
    world.step(world.put_forward(sent), "turned_down")
    assert rules.not_secured_refusal(sent, "unsuitable") is None


def test_a_candidate_with_our_offer_was_not_unsuitable(world, sent):
    world.step(world.put_forward(sent, "C-1"), "offered")
    world.step(world.put_forward(sent, "C-2"), "offered")
    assert rules.not_secured_refusal(sent, "no_candidates") is None
    assert rules.not_secured_refusal(sent, "unsuitable") == Refusal(
        "candidate_has_an_offer",
        "Pertemps’ candidate C-1, C-2 has our offer. Record that it was declined or taken back first.",
    )


# -- a booking -------------------------------------------------------------------------------------------------------------------------------


def test_who_is_booked_is_who_accepted_and_the_sentence_names_them(world, sent):
    world.put_forward(sent, "C-0")
    assert rules.booking_refusal(sent, "SW10001", date(2024, 1, 22)) == Refusal(
        "not_the_candidate",
        "No candidate with a registration number has accepted. Book that person, or record this one as a candidate of "
        f"{sent.reference} first.",
    )
    accepted(world, sent, "C-1", "SW10001")
    accepted(world, sent, "C-2", "SW10002")
    assert rules.booking_refusal(sent, "SW10001", date(2024, 1, 22)) is None
    assert rules.booking_refusal(sent, "SW10002", date(2024, 1, 22)) is None
    assert rules.booking_refusal(sent, "SW10003", date(2024, 1, 22)) == Refusal(
        "not_the_candidate",
        f"C-1 (SW10001), C-2 (SW10002) accepted. Book that person, or record this one as a candidate of {sent.reference} first.",
    )


# -- shown by an earlier route ---------------------------------------------------------------------------------------------------------------

SHOWN_UNTIL = date(2024, 7, 8)  # six months from 8 January


def sentence(reference: str, what: str, months: int = 6) -> Refusal:
    return Refusal(
        "shown_by_an_earlier_route",
        f"Pertemps put this person forward on 8 January 2024 ({reference}), less than {months} months before the start. {what}",
    )


def test_a_person_of_an_earlier_route_is_refused_and_told_what_comes_first(world):
    later = world.after_pertemps_showed()
    first = later.vacancy.releases.get(position=1).reference
    start = date(2024, 7, 7)
    record = (
        f"Record the candidate on {later.reference} first; the Assistant Director may then allow it, with a reason."
    )
    number = (
        "Enter the registration number on the candidate's page first; the Assistant Director may then allow it there."
    )
    assert rules.later_route_refusal(later, "SW10001", start) == sentence(first, record)
    assert rules.later_route_refusal(later, "SW10001", start, is_recorded=False) == sentence(first, number)
    candidate = world.put_forward(later, "H-1", registration_number="SW10001", at=AFTER_WINDOW + HOUR)
    allow = sentence(first, "The Assistant Director may allow it, with a reason.")
    assert rules.later_route_refusal(later, "SW10001", start) == allow
    stepping.allow_later_route(by=world.director, at=AFTER_WINDOW + 2 * HOUR, submission=candidate, reason="x")
    assert rules.later_route_refusal(later, "SW10001", start) is None


@pytest.mark.parametrize(
    ("start", "months", "held"),
    [
        (date(2024, 1, 7), 6, False),  # before the person was shown at all
        (date(2024, 1, 8), 6, True),
        (date(2024, 7, 7), 6, True),
        (SHOWN_UNTIL, 6, False),
        (date(2024, 2, 7), 1, True),
        (date(2024, 2, 8), 1, False),
    ],
)
def test_the_earlier_route_keeps_a_person_for_the_councils_months(world, start, months, held):
    later = world.after_pertemps_showed()
    Council.objects.update_or_create(pk=1, defaults={"name": "x", "later_route_months": months})
    assert (rules.first_by_an_earlier_route(later, "SW10001", start) is not None) is held


def test_without_a_number_and_for_another_number_nobody_was_shown_first(world):
    later = world.after_pertemps_showed()
    assert list(rules.of_person("")) == []
    assert rules.later_route_refusal(later, "", date(2024, 2, 1)) is None
    assert rules.later_route_refusal(later, "SW10002", date(2024, 2, 1)) is None


def test_the_second_agency_is_told_who_was_first_and_the_first_is_not(world):
    later = world.after_pertemps_showed()
    candidate = world.put_forward(later, "H-1", registration_number="SW10001", at=AFTER_WINDOW + HOUR)
    first, second = rules.of_person("SW10001")
    assert (first.release.position, second) == (1, candidate)
    assert rules.first_by_another_agency(candidate) == first
    assert rules.first_by_another_agency(first) is None


@pytest.mark.parametrize(
    ("today", "comes"),
    [
        (date(2024, 1, 1), date(2024, 1, 22)),
        (date(2024, 1, 22), date(2024, 1, 22)),
        (date(2024, 2, 1), date(2024, 2, 1)),
    ],
)
def test_a_candidate_comes_on_the_orders_start_or_today_where_that_has_passed(sent, today, comes):
    assert rules.coming_on(sent, today) == comes


def test_who_is_held_back_is_listed_until_it_is_allowed_turned_down_or_the_months_are_over(world):
    later = world.after_pertemps_showed()
    assert list(rules.held_back(date(2024, 1, 11))) == []
    candidate = world.put_forward(later, "H-1", registration_number="SW10001", at=AFTER_WINDOW + HOUR)
    other = world.put_forward(later, "H-2", registration_number="SW10002", at=AFTER_WINDOW + HOUR)
    assert list(rules.held_back(date(2024, 1, 11))) == [candidate]
    assert list(rules.held_back(date(2024, 7, 7))) == [candidate]
    assert list(rules.held_back(SHOWN_UNTIL)) == []
    world.step(other, "turned_down", at=AFTER_WINDOW + 2 * HOUR)
    assert list(rules.held_back(date(2024, 1, 11))) == [candidate]
    stepping.allow_later_route(by=world.director, at=AFTER_WINDOW + 2 * HOUR, submission=candidate, reason="x")
    assert list(rules.held_back(date(2024, 1, 11))) == []


def test_who_was_turned_down_is_held_back_no_more(world):
    later = world.after_pertemps_showed()
    candidate = world.put_forward(later, "H-1", registration_number="SW10001", at=AFTER_WINDOW + HOUR)
    world.step(candidate, "turned_down", at=AFTER_WINDOW + 2 * HOUR)
    assert list(rules.held_back(date(2024, 1, 11))) == []
