"""A supplier answers for itself, without an account. Axe runs at every page on the way."""

import re
from datetime import datetime

import pytest
from django.core import mail
from django.core.cache import cache

from council import outbox
from council.working_time import LONDON
from tests.factories.recruitment import address_in_force

pytestmark = pytest.mark.django_db(transaction=True)
NINE = datetime(2024, 1, 8, 9, tzinfo=LONDON)


def test_the_supplier_declines_by_its_link_and_the_framework_opens(site, world, clock):
    cache.clear()
    world.nobody_wants_mail()
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.send(world.sourced(NINE), at=NINE)
    assert outbox.send_next()
    address = re.search(r"/supplier/\S+", mail.outbox[-1].body).group()
    site.open(address)  # nobody is signed in
    site.heading("A worker is asked for")
    site.sees("at most £42.00 an hour, excluding VAT")
    site.check()
    site.press("Tell the council")
    assert "Enter your name" in site.errors()
    site.check()
    site.choose("Why can you not supply anybody?", "We have no candidates")
    site.choose("Did you try your own workers?", "Yes")
    site.choose("Did you try workers of other agencies?", "Yes")
    site.type("In your own words", "Nobody for these dates at this rate.")
    site.type("Your name", "Perry Placeholder")
    site.press("Tell the council")
    site.sees("You have told us that you cannot supply")
    site.check()
    site.page.set_viewport_size({"width": 360, "height": 800})
    site.check()
    site.page.set_viewport_size({"width": 1280, "height": 900})

    site.sign_in(world.officer)
    site.open("/")
    site.sees("Pertemps said by its link that it cannot supply")
    site.follow(release.vacancy.reference)
    site.sees("Nobody for these dates at this rate.")
    site.check()
    site.press("Record the answer")
    site.sees("Declined on 8 January 2024 by Perry Placeholder, in its own words")
    site.sees("Send to the RM6161 contract")
    site.check()
    site.open(f"/releases/{release.pk}/")
    site.sees("What the supplier says itself")
    site.check()
    site.follow("Supplier’s link and e-mail")
    site.sees("to orders@pertemps.example: sent 8 January 2024")
    site.check()
    site.open(address)
    site.heading("This link does not work")
    site.complaints.clear()  # the browser reports the 404 it was meant to get
    site.check()
