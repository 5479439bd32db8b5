"""What made Pertemps' failures proof, beside a colleague who looked: its silence, that it was told, and one night without a colleague."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

from django.core.files.base import ContentFile

from council import clock
from council.known import known
from demo import emergencies, events
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS, Story
from placements.placement import booking
from placements.placement import need as needs
from recruitment.models import Kind, Release
from recruitment.orders import answering, sending, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.witnesses import actions as witnessing

# What its portal mails when an answer is entered there.
NOTICE = (
    b"From: portal@pertemps.example\r\nTo: commissioning@warwickshire.example\r\nDate: Mon, 14 Jul 2025 15:02:00 +0100\r\n"
    b"Subject: VMS-20418 declined\r\n\r\nYour order was declined: nobody is free for these weeks.\r\n"
)


def tell(world: World, teller: events.Teller, today: date) -> None:
    for day in (date(2025, 6, 23), date(2025, 10, 13)):
        _silent(world, teller, day)
    _told(world, teller, date(2025, 6, 30), answering.Told("telephone"))
    _told(world, teller, date(2025, 7, 14), answering.Told("portal", "VMS-20418", ContentFile(NOTICE, "VMS-20418.eml")))
    _will_not_come(world, teller, date(2025, 9, 22))
    _at_night(world, teller, moment(date(2025, 11, 8), 21), moment(date(2025, 11, 10), 11))
    _at_night(world, teller, moment(today - timedelta(1), 19), None)


def _asked(world: World, teller: events.Teller, day: date, team: int) -> Release:
    release = teller.told(Story(day, world.teams[team], Kind.COVER, weeks=8, stop_after="sent")).releases.get()
    teller.post.deliver()
    return release


def _silent(world: World, teller: events.Teller, day: date) -> None:
    """Nothing came to the order and its reminder, at an address that is read."""
    release, officer = _asked(world, teller, day, 6), world.officer()
    for hours in (9, 17):  # half of its time, and all of it
        when = DAYS.add_working_hours(release.sent_at, hours)
        with clock.standing_at(when):
            witnessing.remind_suppliers(when)
        teller.post.deliver()
    tried = {"own_supply": "did_not_say", "brokered_supply": "did_not_say"}
    with clock.standing_at(when):
        answering.record_not_secured(by=officer, at=when, release=release, reason="no_answer", **tried)
    _then_the_framework(world, teller, release, when + timedelta(minutes=30))


def _told(world: World, teller: events.Teller, day: date, told: answering.Told) -> None:
    """It said no on the telephone, or in its portal; the answer was mailed, and half a working day later nobody had disputed it."""
    release, officer = _asked(world, teller, day, 7), world.officer(1)
    when = DAYS.add_working_hours(release.sent_at, 4)
    said = {
        "declined_on": when.date(),
        "declined_sender": "Perry Placeholder",
        "declined_text": "Nobody is free for these weeks.",
    }
    tried = {"own_supply": "tried", "brokered_supply": "tried"}
    answering.record_not_secured(
        by=officer, at=when, release=release, reason="no_candidates", told=told, **tried, **said
    )
    teller.post.deliver()
    later = DAYS.add_working_hours(when, 5)
    with clock.standing_at(later):
        witnessing.witness_by_time(later)
    _then_the_framework(world, teller, release, later)


def _will_not_come(world: World, teller: events.Teller, day: date) -> None:
    """Pertemps had somebody, and say by the link to the recorded answer that the worker will not come."""
    release, officer = _asked(world, teller, day, 8), world.officer()
    secured = DAYS.add_working_hours(release.sent_at, 5)
    answering.record_secured(by=officer, at=secured, release=release, supply_mode="direct")
    teller.post.deliver()
    said_at = DAYS.add_working_hours(secured, 3)
    words = "The worker has taken a permanent post elsewhere."
    link = teller.post.opened(release, said_at)
    statement = supplier.say_will_not_come(by=link, at=said_at, words=words, said_by="Perry Placeholder")
    told = said_at + timedelta(minutes=20)
    with clock.standing_at(told):
        taking_back.worker_will_not_come(by=officer, at=told, release=release, reason=words, statement=statement)
    teller.post.deliver()
    release.refresh_from_db()
    _then_the_framework(world, teller, release, DAYS.add_working_hours(told, 1))


def _then_the_framework(world: World, teller: events.Teller, release: Release, at: datetime) -> None:
    vacancy, officer = release.vacancy, release.sent_by
    contract = world.contracts["RM6281-L4"]
    later = sending.send(by=officer, at=at, vacancy=vacancy, contract=contract, max_rate=release.max_rate)
    teller.post.deliver()
    found = moment(DAYS.next_working_day(at.date()), 11)
    teller.accepts(later, found.date(), officer)
    later = answering.record_secured(by=officer, at=found + timedelta(hours=4), release=later, supply_mode="direct")
    number, name = teller.who_accepted(later)
    starts_on = max(found.date() + timedelta(14 - found.date().weekday()), later.starts_on)
    placement = booking.book(
        by=officer,
        at=found + timedelta(hours=5),
        release=later,
        registration_number=number,
        worker_name=name,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(4),
        hours_per_week=later.hours_per_week,
        pattern=later.pattern,
        pay_rate=D("32.00"),
        charge_rate=later.max_rate - D("0.50"),
    )
    teller.confirm_start(placement, officer)
    vacancy.refresh_from_db()
    at = moment(DAYS.next_working_day(placement.ends_on), 10)
    needs.end_need(by=officer, at=at, vacancy=vacancy, reason="The colleague is back.")


def _at_night(world: World, teller: events.Teller, at: datetime, confirmed_at: datetime | None) -> None:
    """Pertemps' line did not answer that night, and the framework sent somebody; one officer was alone until the next working day."""
    officer = world.officer(1)
    release = emergencies.called(world, world.contracts["CORP-2024"], at, 9)
    teller.post.deliver()
    nobody = known(release.respond_by) + timedelta(minutes=5)
    tried = {"own_supply": "did_not_say", "brokered_supply": "did_not_say"}
    with clock.standing_at(nobody):
        answering.record_not_secured(by=officer, at=nobody, release=release, reason="no_answer", **tried)
    contract = world.contracts["RM6281-L4"]
    asked = nobody + timedelta(minutes=10)
    rate, vacancy = release.max_rate, release.vacancy
    later = sending.send(by=officer, at=asked, vacancy=vacancy, contract=contract, max_rate=rate)
    teller.post.deliver()
    found = asked + timedelta(minutes=20)
    taken = teller.new_worker()
    secured = answering.record_secured(by=officer, at=found, release=later, supply_mode="direct")
    first = found.date() + timedelta(1)
    placement = booking.book(
        by=officer,
        at=found + timedelta(minutes=10),
        release=secured,
        registration_number=taken[0],
        worker_name=taken[1],
        starts_on=first,
        ends_on=first + timedelta(4),
        hours_per_week=later.hours_per_week,
        pattern=later.pattern,
        pay_rate=D("40.00"),
        charge_rate=rate - D("1.00"),
    )
    if confirmed_at is None:
        return
    teller.confirm_start(placement, officer)
    with clock.standing_at(confirmed_at):
        emergencies.decide(world, placement, confirmed_at)
    emergencies.end(world, placement)
