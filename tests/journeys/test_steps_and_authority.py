"""Two frameworks in the order of sourcing by set-up alone, and an authority confirmed too late, in the browser. Axe runs on the way."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from playwright.sync_api import expect

from council.working_time import LONDON
from placements.emergencies.actions import decide_emergency, mark_unconfirmed_authorities
from recruitment.models import Release
from tests.factories import AgencyFactory
from tests.factories.recruitment import FrameworkFactory, LotFactory
from tests.factories.small_council import AFTER_WINDOW
from tests.placements.test_emergencies import nearly_spent
from tests.recruitment.three_steps import SECOND, under

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_council_asks_two_frameworks_one_after_the_other_by_set_up_alone(site, world, clock):
    lot = LotFactory(framework=FrameworkFactory(reference="RM6281", expires_on=date(2028, 2, 29)), number="4")
    under(world, lot, AgencyFactory(name="Elmstead People"), "RM6281-A")
    site.sign_in(world.administrator)
    page = site.page
    page.goto(site.url + "/admin/recruitment/sourcingorder/add/")
    page.locator("#id_starts_on").fill("2024-01-08")
    page.locator("#id_decision_reference").fill("Cabinet, 8 January 2024")
    steps = [
        ("direct", "", ""),
        ("agency", "contracts", "CORP (Pertemps)"),
        ("agency", "lots", "RM6161 Lot 5"),
        ("agency", "lots", "RM6161 Lot 5"),
        ("exemption", "", ""),
    ]
    for n, (kind, named, name) in enumerate(steps):
        if n:
            page.locator("#steps-group .add-row a").click()
        page.locator(f"#id_steps-{n}-position").fill(str(n))
        page.locator(f"#id_steps-{n}-kind").select_option(kind)
        if named:
            page.locator(f"#id_steps-{n}-{named}").select_option(label=name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("RM6161 Lot 5 is named at positions 2 and 3")
    page.locator("#id_steps-3-lots").select_option(label="RM6281 Lot 4")
    page.locator("#id_steps-2-proof_age_days").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("added")

    vacancy = world.sourced()
    first = world.fail(world.send(vacancy))
    second = world.fail(world.send(vacancy, world.framework, at=AFTER_WINDOW), at=SECOND)
    clock.move_to(SECOND + timedelta(minutes=5))
    site.sign_in(world.officer)
    site.open(vacancy.get_absolute_url())
    site.sees("The RM6281 contract")
    site.sees("Pertemps’ answer was recorded by The officer alone, and nothing confirms it yet.")
    site.check_at_every_width()
    page.set_viewport_size({"width": 1280, "height": 900})
    world.witness(first, at=SECOND)
    site.open(vacancy.get_absolute_url())
    page.locator(f"main a[href='/requests/{vacancy.pk}/send/3/']").click()
    site.sees("Halden Bridge Care")
    site.check()
    site.press("Send")
    third = Release.objects.get(rests_on=second)
    site.sees("Elmstead People")
    assert (third.position, third.via_lot) == (3, lot)
    site.check()


def test_an_authority_that_is_confirmed_late_leaves_its_breach(site, world, clock):
    night = datetime(2024, 1, 13, 22, tzinfo=LONDON)
    clock.move_to(night)
    called = world.called(night)
    release = world.secure(called, at=night + timedelta(hours=1))
    nearly_spent(world, D("1000.00"))
    clock.move_to(night + timedelta(hours=1))
    site.sign_in(world.officer)
    site.open(f"/requests/{called.vacancy_id}/authority/")
    site.choose("Who gave it?", "The strategic")
    site.type("What does the authority say?", "Book for ten days.")
    site.press("Record the authority")
    placement = world.book(
        release,
        at=night + timedelta(hours=2),
        starts_on=date(2024, 1, 15),
        ends_on=date(2024, 1, 26),
        pattern="seven_days",
    )
    monday = datetime(2024, 1, 15, 10, tzinfo=LONDON)
    call = called.vacancy.emergency_call
    decide_emergency(by=world.director, at=monday, call=call, decision="confirmed", reason="Could not wait.")
    tuesday = monday + timedelta(days=1)
    clock.move_to(tuesday)
    mark_unconfirmed_authorities()
    site.sign_in(world.strategic)
    site.open("/")
    site.sees("The officer recorded your authority. To be confirmed by Monday 15 January, 17:00")
    site.check()
    site.follow(called.vacancy.reference)
    site.heading("Authority in your name")
    site.check_at_every_width()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.choose("Did you give this authority?", "Yes, I gave it")
    site.press("Send")
    site.sees("Thank you. Your word is kept with the authority.")
    site.sign_in(world.director)
    site.open(called.vacancy.get_absolute_url())
    site.sees("Confirmed by The strategic, 16 January 2024, after the time to confirm it.")
    site.check()
    site.open(placement.get_absolute_url())
    site.sees(
        "authority not confirmed: The strategic was to confirm the authority by Monday 15 January, 17:00, and did not."
    )
    site.check()
    assert placement.breaches.get().kind == "authority_not_confirmed"
