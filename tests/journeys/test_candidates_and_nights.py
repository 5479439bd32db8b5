"""Candidates, disputes, a Saturday night and the weekly meeting, as people do them in the browser. Axe runs on the way."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache

from council import outbox
from council.working_time import LONDON
from placements.models import Placement
from recruitment.models import Meeting, Submission, Vacancy
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mails(world):
    cache.clear()
    address_in_force(world.pertemps, "orders@pertemps.example")
    return mail.outbox


def send_mail() -> str:
    """Sends what waits; the path of the link in the last mail."""
    while outbox.send_next():
        pass
    return re.search(r"/supplier/\S+", mail.outbox[-1].body).group()


def test_a_candidate_of_the_supplier_is_offered_the_work_and_booked(site, world, clock, mails):
    release = world.send(world.sourced())
    site.open(send_mail())
    site.follow("Put a candidate forward")
    site.heading("Put a candidate forward")
    site.check()
    site.press("Put the candidate forward")
    assert "Enter your reference for the candidate" in site.errors()
    site.type("Your reference for the candidate", "P-77")
    site.choose("Whose worker is it?", "Your own worker")
    site.type("Pay rate", "33")
    site.type("Charge rate", "41")
    site.date("Available from", "22 1 2024")
    site.type("Your name", "Perry Placeholder")
    site.press("Put the candidate forward")
    site.sees("Thank you. P-77 is with us.")
    site.sees("Put another candidate forward")
    site.page.set_viewport_size({"width": 360, "height": 800})
    site.check()
    site.page.set_viewport_size({"width": 1280, "height": 900})

    site.sign_in(world.officer)
    site.open("/")
    site.sees("Candidates who wait for us")
    site.follow("CAN-")
    site.heading("Candidate P-77")
    site.check()
    site.follow("Record what happened")
    site.choose("What happened?", "We turned the candidate down")
    site.press("Record this")
    assert site.errors() == ["Say why."]
    site.check()
    site.choose("What happened?", "We offered the work")
    site.press("Record this")
    site.follow("Record what happened")
    site.choose("What happened?", "The candidate accepted")
    site.press("Record this")
    assert "Enter the registration number: who accepts is about to be booked." in site.errors()
    site.type("Registration number, if the candidate has accepted", "SW12345")
    site.press("Record this")
    site.sees("Recorded: accepted.")
    site.open(f"/releases/{release.pk}/answer/")
    site.press("Record the answer")  # filled in from who accepted
    site.follow("Book the worker")
    assert site.page.get_by_label("Registration number", exact=True).input_value() == "SW12345"
    site.type("Worker’s name", "Robin Exampleton")
    site.press("Continue")
    site.press("Book the worker")
    assert Placement.objects.get().worker.registration_number == "SW12345"
    site.open("/suppliers/?since=2024-01-01&until=2024-01-31")
    site.sees("100.0%")
    site.check()
    site.follow("100.0%")
    site.heading("Orders and how long they took")
    site.check()


def test_somebody_of_pertemps_comes_by_the_framework_only_when_the_assistant_director_allows_it(site, world, clock):
    vacancy = world.sourced()
    first = world.send(vacancy)
    shown = world.put_forward(first, registration_number="SW12345")
    world.step(shown, "turned_down")
    at = datetime(2024, 1, 10, 11, tzinfo=LONDON)
    world.fail(first, reason="unsuitable", at=at)
    second = world.send(vacancy, world.framework, at=at)
    clock.move_to(at + timedelta(hours=1))
    site.sign_in(world.officer)
    site.open(f"/releases/{second.pk}/candidates/new/")
    site.check()
    site.type("The agency’s reference for the candidate", "H-1")
    site.type("Registration number, if you know it", "SW12345")
    site.choose("Whose worker is it?", "The supplier's own worker")
    site.type("Pay rate", "33")
    site.type("Charge rate", "41")
    site.press("Record the candidate")
    site.sees("Pertemps put this person forward on 8 January 2024")
    site.follow("Record what happened")
    site.choose("What happened?", "We offered the work")
    site.press("Record this")
    assert "The Assistant Director may allow it" in site.errors()[0]
    site.sign_in(world.director)
    site.open("/")
    site.follow("CAN-")
    site.heading("Allow by this route")
    site.check()
    site.type("Why may this person come by this route?", "Pertemps agreed")
    site.press("Allow by this route")
    site.sees("may come by this route")
    site.check()
    assert Submission.objects.get(candidate="H-1").allowed_by == world.director


def test_the_supplier_says_that_the_recorded_answer_is_wrong(site, world, clock, mails):
    release = world.send(world.sourced())
    world.secure(release, at=MONDAY + timedelta(minutes=1))
    clock.move_to(MONDAY + timedelta(hours=1))
    site.open(send_mail())
    site.heading("The answer we recorded")
    site.check()
    site.type("What is wrong with it?", "We have secured nobody.")
    site.type("Your name", "Perry Placeholder")
    site.press("Tell the council")
    site.sees("You have told us that this is wrong")
    site.check()
    site.sign_in(world.officer)
    site.open("/")
    site.sees("Disputes to reply to")
    site.open(f"/releases/{release.pk}/")
    site.check()
    site.follow("Reply to the supplier")
    site.check()
    site.type("Your reply", "We look again.")
    site.press("Send the reply")
    site.sees("We look again.")


def test_a_saturday_night(site, world, clock):
    clock.move_to(datetime(2024, 1, 13, 22, tzinfo=LONDON))
    site.sign_in(world.officer)
    site.open("/requests/")
    site.follow("Log an out-of-hours call")
    site.check()
    site.press("Log the call")
    assert "Say why it cannot wait" in site.errors()
    site.page.get_by_label("Team", exact=True).select_option(label="Assessment: North")
    site.choose("What is the need?", "Cover for an absent employee")
    site.choose("Role", "Social worker")
    site.type("Hours per week", "37")
    site.choose("Working pattern", "Seven days")
    site.type("Base", "Northgate House")
    site.type("Maximum charge rate", "42")
    site.date("Needed from", "14 1 2024")
    site.type("Why can it not wait for the next working day?", "Nobody is on the rota for tomorrow.")
    site.type("Out-of-hours line", "01632 960961")
    site.type("Who answered?", "Perry Placeholder")
    site.press("Log the call")
    site.sees("has until Sunday 14 January, 00:00 to answer")
    site.sees("The Assistant Director confirms it by Monday 15 January, 17:00")
    site.check()
    vacancy = Vacancy.objects.get()
    clock.move_to(datetime(2024, 1, 15, 10, tzinfo=LONDON))
    site.sign_in(world.director)
    site.open("/")
    site.follow(vacancy.reference)
    site.heading("Confirm an emergency")
    site.check()
    site.choose("Decision", "Confirm: it could not wait")
    site.type("Reason", "Two visits could not wait.")
    site.press("Record the decision")
    site.sees("Confirmed by The director")
    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/")
    site.follow("Strategic Director’s authority")
    site.check()
    site.choose("Who gave it?", "The strategic")
    site.type("What does the authority say?", "Book for ten days.")
    site.press("Record the authority")
    site.sees("Not used yet")
    site.check()


def test_the_weekly_meeting(site, world, clock):
    good, bad = world.request(by=world.lead), world.request(by=world.lead, urgency="urgent")
    site.sign_in(world.director)
    site.open("/meetings/sheet/")
    site.check()
    site.page.get_by_label(f"Decision on {good.reference}", exact=True).select_option(label="Agree")
    site.press("Record the meeting")
    assert f"Give a reason for the decision on {good.reference}" in site.errors()
    assert "Enter who was present" in site.errors()
    site.check()
    site.page.locator(f"#id_reason_{good.pk}").fill("Funded")
    site.type("Who was present?", "The director\nThe finance officer")
    site.page.set_viewport_size({"width": 360, "height": 800})
    site.check()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.press("Record the meeting")
    site.heading("Meeting of 8 January 2024")
    site.sees("1 request agreed")
    site.check()
    bad.refresh_from_db()
    assert (Meeting.objects.get().items.count(), bad.status) == (2, "requested")
    site.open("/meetings/")
    site.check()
