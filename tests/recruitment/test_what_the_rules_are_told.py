"""What is read for the rules of orders, requests, candidates and exemptions: each fact that a query decides, true and false."""

from datetime import timedelta

import pytest

from council.working_time import LONDON
from recruitment.candidates import putting_forward, stepping
from recruitment.exemptions import asking, deciding
from recruitment.models import Release, Submission
from recruitment.orders import taking_back
from recruitment.reads import candidates, exemptions, orders, requests
from recruitment.rules import candidate as candidate_rules
from recruitment.rules import order as order_rules
from tests.conftest import refused
from tests.factories.small_council import AFTER_WINDOW, MONDAY

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = AFTER_WINDOW + HOUR


@pytest.fixture
def sent(world):
    return world.send(world.sourced())


def of_order(release, user=None):
    return orders.facts_of(release, user, LATER)


def of_candidate(submission, user=None):
    rows = Submission.objects.select_related("release__contract__agency", "allowed_by")
    return candidates.facts_of(rows.get(pk=submission.pk), user, LATER)


# -- requests and orders ----------------------------------------------------------------------------------------------------------


def test_an_order_of_direct_recruitment_rests_on_nothing_that_an_agency_was_asked(world):
    vacancy = world.sourced()
    assert not requests.facts_of(vacancy, None, LATER).recruitment_is_rested_on
    direct = world.send(vacancy, world.permanent)
    assert direct.position == 0 and requests.facts_of(vacancy, None, LATER).was_asked
    assert not requests.facts_of(vacancy, None, LATER).recruitment_is_rested_on
    world.send(vacancy)
    assert requests.facts_of(vacancy, None, LATER).recruitment_is_rested_on


def test_who_changes_what_is_recorded_of_direct_recruitment_finds_it_filled_in(world, client_of):
    address = f"/requests/{world.sourced().pk}/direct-recruitment/"
    form = client_of("officer").get(address).context["form"].initial
    assert (form["state"], form["advert_reference"]) == ("advertised", "ADV-1")
    changed = {"state": "not_suitable", "note": "A short need."}
    assert client_of("officer").post(address, changed).status_code == 302
    form = client_of("officer").get(address).context["form"].initial
    assert (form["state"], form["note"], form["advert_reference"]) == ("not_suitable", "A short need.", "")


def test_an_order_whose_worker_did_not_come_is_not_marked_as_entered_in_error(world):
    release = world.secured()
    taking_back.worker_will_not_come(by=world.officer, at=AFTER_WINDOW, release=release, reason="x")
    refused("rested_on", taking_back.void, by=world.director, at=LATER, release=release, reason="x")


def test_nobody_fails_to_come_of_an_order_entered_in_error(world):
    release = world.secured()
    taking_back.void(by=world.director, at=AFTER_WINDOW, release=release, reason="x")
    refused("not_secured", taking_back.worker_will_not_come, by=world.officer, at=LATER, release=release, reason="x")


def test_who_came_at_the_moment_of_the_answer_is_a_candidate_and_a_minute_later_none(world):
    facts = of_order(world.failed())
    assert order_rules.takes_no_candidate(facts, AFTER_WINDOW) is None
    assert order_rules.takes_no_candidate(facts, AFTER_WINDOW + MINUTE).code == "takes_no_candidates"


def test_an_answer_that_was_corrected_is_no_longer_rested_on_by_the_exemption(world):
    proof = world.failed()
    assert not of_order(proof).is_rested_on
    world.exempted(proof.vacancy)
    assert of_order(proof).is_rested_on
    world.corrected("release", proof, outcome="withdrawn", reason="")
    assert not of_order(Release.objects.get(pk=proof.pk)).is_rested_on


# -- candidates -------------------------------------------------------------------------------------------------------------------


def test_of_two_who_accepted_one_may_still_withdraw(world, sent):
    one = world.step(world.put_forward(sent, "C-1", registration_number="SW10001"), "offered", "accepted")
    other = world.step(world.put_forward(sent, "C-2", registration_number="SW10002"), "offered", "accepted")
    world.secure(sent)
    assert not of_candidate(one).order_is_secured_with_it and not of_candidate(other).order_is_secured_with_it
    world.step(one, "withdrawn", at=LATER)
    assert of_candidate(other).order_is_secured_with_it


def test_offered_elsewhere_in_error_it_was_not_offered_elsewhere(world, sent):
    one, other = world.put_forward(sent), world.send(world.sourced())
    again = putting_forward.offer_elsewhere(by=world.officer, at=AFTER_WINDOW, submission=one, release=other)
    assert of_candidate(one).was_offered_elsewhere
    stepping.void_candidate(by=world.director, at=LATER, submission=again, reason="x")
    assert not of_candidate(one).was_offered_elsewhere


def test_nobody_is_allowed_on_an_order_that_was_taken_back(world):
    later = world.after_pertemps_showed()
    one = world.put_forward(later, "H-1", registration_number="SW10001", at=AFTER_WINDOW + MINUTE)
    assert candidate_rules.refusal("allow", of_candidate(one, world.director)) is None
    taking_back.withdraw(by=world.officer, at=LATER, release=later, reason="x")
    found = candidate_rules.refusal("allow", of_candidate(one, world.director))
    assert found and found.code == "takes_no_candidates"


# -- exemptions -------------------------------------------------------------------------------------------------------------------


def of_exemption(exemption, user=None):
    return exemptions.facts_of(exemption, user, LATER)


@pytest.mark.parametrize("how", ["waits", "taken back", "turned down", "approved"])
def test_what_goes_on_from_an_exemption(world, how):
    first = world.by_exemption().release.exemption
    at = AFTER_WINDOW + timedelta(days=1)
    starts = first.ends_on + timedelta(1)
    period = {"starts_on": starts, "ends_on": starts + timedelta(60)}
    vacancy = first.needs.get().vacancy
    if how == "approved":
        world.exempted(vacancy, at=at, extends=first, **period)
    else:
        one = world.exemption(vacancy, at=at, extends=first, **period)
        details = {"at": at + HOUR, "exemption": one, "reason": "x"}
        if how == "taken back":
            deciding.take_back(by=world.officer, **details)
        elif how == "turned down":
            deciding.decide(by=world.director, decision="turned_down", **details)
    facts = of_exemption(first)
    assert facts.another_goes_on == (how in {"waits", "approved"})
    assert facts.another_was_approved == (how == "approved")


def test_who_completed_an_exemption_says_nothing_about_it(world):
    one = world.exemption()
    deciding.decide(by=world.director, at=LATER, exemption=one, decision="returned", reason="x")
    asked = world.asked(one.needs.get().vacancy)
    asking.complete_exemption(by=world.officer2, at=LATER + MINUTE, exemption=one, asked=asked)
    for who, asked_by_this_person in ((world.officer, True), (world.officer2, True), (world.finance, False)):
        assert of_exemption(one, who).asked_by_this_person == asked_by_this_person


def test_a_request_is_named_once_its_direct_recruitment_is_recorded(world):
    vacancy = world.agreed()
    day = MONDAY.astimezone(LONDON).date()
    assert not exemptions.words_of_requests(world.officer, day)
    world.direct(vacancy)
    assert list(exemptions.words_of_requests(world.officer, day)) == [vacancy.pk]
