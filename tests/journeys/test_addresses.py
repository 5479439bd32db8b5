"""Where orders go, a signed e-mail and a later start, in the browser. Axe runs at every page on the way."""

import re
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache

from council import clock as database_clock
from council import outbox
from council.working_time import LONDON
from recruitment.models import Agency, Release
from recruitment.witnesses import own_mail
from recruitment.witnesses.signed_mail import examine
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW
from tests.recruitment.test_signed_mail import mail as a_mail
from tests.recruitment.test_signed_mail import published, signed

pytestmark = pytest.mark.django_db(transaction=True)
NINE = datetime(2024, 1, 8, 9, tzinfo=LONDON)
HOUR = timedelta(hours=1)


@pytest.fixture
def both_clocks(clock):
    def move_to(moment):
        clock.move_to(moment)
        database_clock.move_to(moment)

    yield move_to
    database_clock.move_to(None)


def post(path: str = "supplier") -> str:
    """All mail goes; the last link of a kind in it."""
    while outbox.send_next():
        pass
    found = [one for sent in mail.outbox for one in re.findall(rf"/{path}/\S+", str(sent.body))]
    return found[-1] if found else ""


def test_an_address_is_set_confirmed_by_the_agency_and_its_signed_mail_counts(
    site, world, both_clocks, monkeypatch, tmp_path
):
    cache.clear()
    monkeypatch.setattr(own_mail, "examine", partial(examine, look_up=published))
    world.nobody_wants_mail()
    both_clocks(NINE)
    vacancy = world.sourced(NINE)
    site.sign_in(world.administrator)
    site.page.goto(f"{site.url}/admin/recruitment/agency/{world.pertemps.pk}/change/")
    site.page.fill("#id_ordering_address", "orders@pertemps.example")
    site.page.click("input[name=_save]")
    link = post("supplier-address")

    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/send/1/")
    site.sees("Pertemps has no ordering address in force")
    site.check_at_every_width()

    site.page.context.clear_cookies()
    site.open(link)
    site.heading("Is this your address for our orders?")
    site.check_at_every_width()
    site.press("Yes, it is our address")
    assert "Enter your name" in site.errors()
    site.type("Your name", "Perry Placeholder")
    site.page.check("input[name=domain_is_its_own]")
    site.press("Yes, it is our address")
    site.heading("Thank you")
    site.check()
    assert Agency.objects.get(pk=world.pertemps.pk).ordering_address == "orders@pertemps.example"

    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/send/1/")
    site.press("Send")
    site.sees("The brief goes to orders@pertemps.example.")
    release = vacancy.releases.get()
    with time_machine.travel(NINE, tick=False):
        content = signed(a_mail(Subject=f"Re: {release.reference}", Date="Mon, 08 Jan 2024 10:30:00 +0000"))
    saved = tmp_path / "answer.eml"
    saved.write_bytes(content)
    both_clocks(NINE + 2 * HOUR)
    site.open(f"/releases/{release.pk}/answer/")
    site.choose("What did it say?", "It has not secured anybody")
    site.choose("Why was nobody secured?", "No candidates")
    site.choose("Did it try its own workers?", "Tried")
    site.choose("Did it try workers of other agencies?", "Tried")
    site.date("Date of its confirmation, if it declined before the time ended", "8 1 2024")
    site.type("Who confirmed it", "Perry Placeholder")
    site.type("What the confirmation says", "Nobody.")
    site.choose("How did it tell you?", "By e-mail")
    site.page.set_input_files("input[type=file]", str(saved))
    site.press("Record the answer")
    site.sees("before anybody is booked on it, a colleague confirms it")
    own_mail.check_mails()
    assert Release.objects.get(pk=release.pk).proven
    site.open(f"/releases/{release.pk}/")
    site.sees("In Pertemps’ own words, by e-mail that pertemps.example has signed.")
    site.check_at_every_width()


def test_a_much_later_start_asks_the_first_supplier(site, world, both_clocks):
    cache.clear()
    world.nobody_wants_mail()
    address_in_force(world.pertemps, "orders@pertemps.example")
    later = world.framework_secured()
    world.witness(later.rests_on)
    both_clocks(AFTER_WINDOW + timedelta(days=1))
    site.sign_in(world.officer)
    site.open(f"/releases/{later.pk}/")
    site.follow("Ask about a later start")
    site.check_at_every_width()
    site.date("When would the worker start?", "11 3 2024")
    site.press("Ask")
    site.sees("Pertemps is asked about a start on 11 March 2024.")
    site.check()
    link = post()
    site.page.context.clear_cookies()
    site.open(link)
    site.sees("would now start on 11 March 2024")
    site.check_at_every_width()
    site.follow("We can have somebody by then")
    site.check()
    site.type("Whom can you supply, and from when?", "Two workers are free in March.")
    site.type("Your name", "Perry Placeholder")
    site.press("Tell the council")
    site.sees("The council knows that you can supply")
    site.sign_in(world.officer)
    site.open("/")
    site.sees("The first supplier can supply for the later start, and goes first")
    site.open(f"/releases/{later.pk}/")
    site.sees("Two workers are free in March.")
    site.check_at_every_width()
