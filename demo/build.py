"""Builds the demonstration: set-up, events, payments."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D

from django.core.files.base import ContentFile

from council import clock
from council.working_time import LONDON
from demo import (
    brought_forward,
    candidates,
    changes,
    emergencies,
    events,
    exemptions,
    meetings,
    payments_file,
    witnesses,
    years,
)
from demo.council_set_up import BROKERED, World, ordering_addresses, set_up
from demo.moments import moment
from demo.story import DAYS, Story
from money.payments import allocating, importing, reading
from placements.hires import actions as hires
from placements.models import Payment, Placement
from placements.placement import booking, ending
from placements.placement import need as needs
from recruitment.models import Kind, Release, Vacancy
from recruitment.orders import answering, sending, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.requests import actions as vacancies

LIQUID_BY_THE_PAPER, LIQUID_AFTER = 20, 6


def build(today: date, progress: Callable[[str], None] = lambda text: None) -> None:
    """Fill an empty database with the demonstration as it stands on the morning of `today`."""
    now = datetime(today.year, today.month, today.day, 8, 0, tzinfo=LONDON)
    world = set_up(today)
    teller = events.Teller(world, now)
    brought_forward.brought_forward(world, teller)
    stories = years.until_the_paper(world.teams)
    stories += years.after_the_paper(world.teams, today, teller.rng)
    stories += years.of_this_week(world.teams, today)
    stories.sort(key=lambda story: story.asked_on)
    for n, story in enumerate(stories):
        if n % 50 == 0:
            progress(f"{n} of {len(stories)} requests")
        teller.tell(story)
    progress("permanent starts")
    _liquid(world, teller, now)
    progress("what went otherwise")
    _what_went_otherwise(world, teller, today)
    progress("what happens outside the rules, and after a booking")
    changes.Beyond(world, teller).all()
    progress("suppliers that answer by their link")
    _by_link(world, teller, today)
    progress("what makes a failure proof")
    witnesses.tell(world, teller, today)
    progress("nights and weekends")
    emergencies.tell(world, teller, today)
    progress("candidates")
    candidates.tell(world, teller, today)
    progress("exemptions")
    exemptions.tell(world, teller, today)
    teller.post.deliver()
    progress("weekly meetings")
    meetings.tell(world, teller, today)
    progress("payments")
    _payments(world, today)
    teller.post.deliver()
    progress("done")


def _liquid(world: World, teller: events.Teller, now: datetime) -> None:
    """Permanent staff through Liquid Personnel: 20 by the day of the paper."""
    days = years.days_spread(date(2021, 8, 9), date(2022, 3, 28), LIQUID_BY_THE_PAPER)
    days += years.days_spread(date(2022, 5, 9), date(2022, 6, 27), LIQUID_AFTER)
    officer, contract = world.officer(), world.contracts["LIQ-3S18"]
    for n, day in enumerate(days):
        story = Story(day, world.teams[n % len(world.teams)], stop_after="direct")
        vacancy = teller.told(story)
        send = moment(DAYS.add_working_days(day, 3))
        release = sending.send(
            by=officer, at=send, vacancy=vacancy, contract=contract, max_rate=vacancy.max_charge_rate
        )
        found = moment(DAYS.add_working_days(day, 8))
        answering.record_secured(by=officer, at=found, release=release)
        number, name = teller.new_worker()
        starts_on = DAYS.next_working_day(found.date() + timedelta(7))
        hires.record_hire(
            by=officer,
            at=found + timedelta(hours=2),
            vacancy=vacancy,
            release=release,
            starts_on=starts_on,
            registration_number=number,
            worker_name=name,
            fee=D("6500.00"),
        )


def _what_went_otherwise(world: World, teller: events.Teller, today: date) -> None:
    """Turned down, put off, taken back, changed terms, entered in error, Pertemps after all."""

    def ask(day: date, team: int, **more) -> Vacancy:
        return teller.told(Story(day, world.teams[team], stop_after=more.pop("stop_after", "asked"), **more))

    _not_agreed(world, ask)
    _changed_and_ended(world, ask)
    _booked_twice(world, today)
    _pertemps_after_all(world, teller, ask)


def _not_agreed(world: World, ask) -> None:
    people = world.people
    for n, decision in enumerate(["turned_down", "deferred", "turned_down"]):
        day = date(2023, 2, 6) + timedelta(90 * n)
        vacancies.decide(
            by=people["finance"],
            at=moment(DAYS.add_working_days(day, 3)),
            vacancy=ask(day, n),
            decision=decision,
            reason="No funding for this post this year."
            if decision == "turned_down"
            else "Wait for the new establishment figures.",
        )
    vacancy = ask(date(2023, 6, 5), 4)
    vacancies.withdraw(
        by=vacancy.requested_by, at=moment(date(2023, 6, 7)), vacancy=vacancy, reason="A colleague comes back sooner."
    )


def _changed_and_ended(world: World, ask) -> None:
    people, officer = world.people, world.officer()
    vacancy = ask(date(2023, 9, 4), 2, stop_after="sent")
    vacancies.change_terms(
        by=officer,
        at=moment(date(2023, 9, 11)),
        vacancy=vacancy,
        reason="Part-time is enough.",
        hours_per_week=D("22.20"),
    )
    needs.end_need(by=officer, at=moment(date(2023, 9, 20)), vacancy=vacancy, reason="The work moved to another team.")

    vacancy = ask(date(2023, 10, 9), 5, stop_after="sent")
    wrong = vacancy.releases.get()
    taking_back.void(
        by=people["director"], at=moment(date(2023, 10, 12), 13), release=wrong, reason="Sent for the wrong team."
    )
    needs.end_need(
        by=officer, at=moment(date(2023, 10, 13)), vacancy=vacancy, reason="Asked for again for the right team."
    )


def _booked_twice(world: World, today: date) -> None:
    people = world.people
    placement = (
        Placement.objects.standing()
        .filter(ends_on__lt=today, contract=world.contracts["CORP-2024"])
        .order_by("pk")
        .first()
    )
    if placement and placement.round.closed_as == "started":
        by = people["director"]
        ending.void(
            by=by,
            at=moment(today - timedelta(20)),
            placement=placement,
            reason="Booked twice; the other booking stands.",
        )


def _pertemps_after_all(world: World, teller: events.Teller, ask) -> None:
    day = date(2025, 3, 3)
    vacancy = ask(day, 9, stop_after="sent", kind=Kind.COVER)
    first = vacancy.releases.get()
    by = first.sent_by
    answering.record_not_secured(
        by=by,
        at=moment(date(2025, 3, 10), 16),
        release=first,
        reason="no_candidates",
        own_supply="tried",
        brokered_supply="tried",
    )
    later = sending.send(
        by=by,
        at=moment(date(2025, 3, 11)),
        vacancy=vacancy,
        contract=world.contracts["RM6281-L4"],
        max_rate=vacancy.max_charge_rate,
    )
    again = answering.first_supplier_can_supply(
        by=by, at=moment(date(2025, 3, 12), 10), release=later, supply_mode="direct", note="Somebody became free."
    )
    number, name = teller.new_worker()
    placement = booking.book(
        by=by,
        at=moment(date(2025, 3, 12), 14),
        release=Release.objects.get(pk=again.pk),
        registration_number=number,
        worker_name=name,
        starts_on=date(2025, 3, 17),
        ends_on=date(2025, 6, 13),
        hours_per_week=D(37),
        pattern="weekdays",
        pay_rate=D("33.00"),
        charge_rate=D("40.00"),
    )
    teller.confirm_start(placement, by)
    needs.end_need(by=by, at=moment(date(2025, 6, 16), 10), vacancy=vacancy, reason="The colleague is back.")


def _by_link(world: World, teller: events.Teller, today: date) -> None:
    """Suppliers get their orders by e-mail and decline in their own words: twice recorded, once still to record."""
    ordering_addresses(world, teller.post, moment(date(2025, 5, 28)))
    days = [date(2025, 6, 2), date(2025, 9, 8), today - timedelta(14)]
    for n, day in enumerate(days):
        vacancy = teller.told(Story(day, world.teams[n + 3], Kind.COVER, stop_after="sent"))
        release = vacancy.releases.get()
        teller.post.deliver()
        said_at = release.sent_at + timedelta(hours=2)
        statement = supplier.say_cannot_supply(
            by=teller.post.opened(release, said_at),
            at=said_at,
            reason="no_candidates",
            own_supply="tried",
            brokered_supply="tried",
            agencies_approached=", ".join(BROKERED[:2]),
            words="All our workers with this experience are placed until the end of the quarter.",
            said_by="Perry Placeholder",
        )
        if n == 2:
            return
        with clock.standing_at(said_at + timedelta(hours=1)):
            answering.record_not_secured(
                by=release.sent_by,
                at=said_at + timedelta(hours=1),
                release=release,
                statement=statement,
                reason="no_candidates",
                own_supply="tried",
                brokered_supply="tried",
                agencies_approached=statement.sent["agencies_approached"],
            )
        teller.post.deliver()
        _dispute(teller, release, n, said_at + timedelta(hours=3))
        ended = moment(DAYS.add_working_days(day, 8))
        needs.end_need(by=release.sent_by, at=ended, vacancy=vacancy, reason="The colleague came back sooner.")


def _dispute(teller: events.Teller, release: Release, n: int, at: datetime) -> None:
    """The supplier says that the recorded answer is not what it said: once by its link, once by telephone."""
    words = "Two of the agencies we asked are missing from your note."
    if n == 0:
        link = teller.post.opened(release, at)
        statement = supplier.dispute_by_link(by=link, at=at, words=words, said_by="Perry Placeholder")
        reply = "They are named in your own words, which are kept beside the answer."
        supplier.reply_to_dispute(by=release.sent_by, at=at + timedelta(hours=1), statement=statement, reply=reply)
    else:
        common = {"by": release.sent_by, "at": at, "release": release}
        supplier.record_dispute(**common, words=words, said_by="Perry Placeholder")


def _payments(world: World, today: date) -> None:
    """Two years' exports would come one by one; here they come in one file. Most of what waits is allocated; some still waits."""
    by, now = world.people["finance"], moment(today, 7)
    content = ContentFile(payments_file.make(today), name="payments.csv")
    row = reading.receive_file(
        by=by, at=now, source="Unit4", file=content, name=f"payments to {today:%Y-%m-%d}.csv", at_once=True
    )
    reading.set_up_source(
        by=by, at=now, source=row.source, includes_vat=False, our_departments=["Children and Families"], at_once=True
    )
    row.refresh_from_db()
    importing.import_file(by=by, at=now, payment_import=row)
    waiting = list(Payment.objects.waiting().select_related("agency").order_by("paid_on", "pk"))
    contracts = {
        "Pertemps": ("CORP-2019", "CORP-2024", date(2024, 4, 22)),
        "Halden Bridge Care": ("RM6161-L5", "RM6281-L4", date(2024, 7, 22)),
    }
    for payment in waiting[:-3]:
        if payment.agency.name in contracts:
            old, new, change = contracts[payment.agency.name]
            contract = world.contracts[old if payment.paid_on < change else new]
        else:  # by exemption: the last that had begun when the work was done
            begun = payment.agency.contracts.filter(starts_on__lte=payment.paid_on - timedelta(21))
            contract = begun.order_by("-starts_on", "-pk").first()
        allocating.allocate(by=by, at=now, payment=payment, parts=[(contract, payment.amount)])
