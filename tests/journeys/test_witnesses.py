"""What makes a failure proof, in the browser. Axe runs at every page on the way."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache

from council import clock as database_clock
from council import outbox
from council.working_time import LONDON
from recruitment.models import Release
from recruitment.witnesses import actions as witnessing
from tests.factories.recruitment import address_in_force

pytestmark = pytest.mark.django_db(transaction=True)
NINE = datetime(2024, 1, 8, 9, tzinfo=LONDON)
HOUR = timedelta(hours=1)


@pytest.fixture
def both_clocks(clock):
    """The site's and the database's; set right again afterwards."""

    def move_to(moment):
        clock.move_to(moment)
        database_clock.move_to(moment)

    yield move_to
    database_clock.move_to(None)


@pytest.fixture
def mailed(world, both_clocks):
    """Pertemps order by e-mail."""
    cache.clear()
    world.nobody_wants_mail()
    address_in_force(world.pertemps, "orders@pertemps.example")
    both_clocks(NINE)
    return world


def post() -> str:
    """All mail goes; the last link in it."""
    while outbox.send_next():
        pass
    return re.search(r"/supplier/\S+", mail.outbox[-1].body).group()


def test_a_link_that_the_officer_made_and_used_still_takes_a_colleague(site, mailed):
    release = mailed.send(mailed.sourced(NINE), at=NINE)
    post()
    site.sign_in(mailed.officer)
    site.open(f"/releases/{release.pk}/link/")
    site.check()
    site.press("Make a link to pass on")
    address = site.page.locator("#new-link").inner_text()
    site.sees("The officer made to pass on")
    site.check_at_every_width()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.page.context.clear_cookies()
    site.open(re.search(r"/supplier/\S+", address).group())
    site.choose("Why can you not supply anybody?", "We have no candidates")
    site.choose("Did you try your own workers?", "Yes")
    site.choose("Did you try workers of other agencies?", "Yes")
    site.type("In your own words", "We cannot supply.")
    site.type("Your name", "Somebody")
    site.press("Tell the council")
    site.sees("You have told us that you cannot supply")
    site.sign_in(mailed.officer)
    site.open(f"/releases/{release.pk}/answer/")
    site.press("Record the answer")
    site.sees("before anybody is booked on it, a colleague confirms it")
    site.sees("Recorded by one person, not yet confirmed.")
    site.check()
    assert not Release.objects.get(pk=release.pk).proven


def test_silence_to_the_order_and_its_reminder_and_then_a_mail_that_came_back(site, mailed, both_clocks):
    earlier = mailed.send(mailed.sourced(NINE), at=NINE)
    site.open(post())  # an address that is read
    site.heading("A worker is asked for")
    mailed.secure(earlier, at=NINE)
    release = mailed.send(mailed.sourced(NINE), at=NINE)
    post()
    both_clocks(NINE + 25 * HOUR)  # half of its two working days have passed
    witnessing.remind_suppliers()
    post()
    assert mail.outbox[-1].subject.startswith(f"{release.reference}: reminder")
    both_clocks(NINE + 49 * HOUR)
    site.sign_in(mailed.officer)
    site.open(f"/releases/{release.pk}/answer/")
    site.choose("What did it say?", "It has not secured anybody")
    site.choose("Why was nobody secured?", "No answer")
    site.choose("Did it try its own workers?", "Did not say")
    site.choose("Did it try workers of other agencies?", "Did not say")
    site.press("Record the answer")
    site.sees("Pertemps was silent: it did not answer our mail of 8 January 2024 nor its reminder.")
    site.check()
    site.open(f"/releases/{release.pk}/link/")
    site.follow("Record that a mail came back")
    site.heading("Mail came back")
    site.check_at_every_width()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.page.get_by_label(re.compile("reminder")).check()
    site.type("What does the notice say?", "User unknown.")
    site.press("Record that it came back")
    site.sees("User unknown.")
    site.check()
    site.open(release.vacancy.get_absolute_url())
    site.sees("Its silence proves nothing any more: Pertemps was heard, or our mail came back.")
    site.check()


def test_a_worker_will_not_come_in_the_suppliers_own_words(site, mailed):
    release = mailed.send(mailed.sourced(NINE), at=NINE)
    mailed.secure(release, at=NINE)
    site.open(post())
    site.heading("The answer we recorded")
    site.follow("The worker will not come")
    site.check_at_every_width()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.type("Why will the worker not come?", "Took a permanent post.")
    site.type("Your name", "Perry Placeholder")
    site.press("Tell the council")
    site.sees("You have told us that the worker will not come: Perry Placeholder")
    site.check()
    site.sign_in(mailed.officer)
    site.open("/")
    site.sees("Pertemps says by its link that the worker will not come")
    site.page.locator("main a", has_text=release.vacancy.reference).first.click()
    site.press("Record this")
    site.sees("In Pertemps’ own words, by the link that was mailed to it.")
    site.check()
