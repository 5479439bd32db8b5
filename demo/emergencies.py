"""Nights and weekends: calls out of hours, confirmed or not, and two bookings past an approved value."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

from demo import events, names
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS
from placements.breaches import actions as breaches_actions
from placements.emergencies import actions as emergencies
from placements.models import Breach, Placement
from placements.placement import booking
from placements.placement import need as needs
from recruitment.contracts import actions as contracts
from recruitment.emergencies import actions as asking
from recruitment.models import Contract, EmergencyCall, Release
from recruitment.orders import answering

WHY = "Nobody is on the rota for tomorrow, and two children have to be seen."


def tell(world: World, teller: events.Teller, today: date) -> None:
    contract = world.contracts["CORP-OOH"]  # of a small approved value
    for n, day in enumerate([date(2024, 6, 15), date(2025, 2, 15)]):  # Saturdays
        placement = _came(world, teller, contract, moment(day, 22), n)
        decide(world, placement, moment(day + timedelta(2), 11))
        end(world, placement)
    for n, day in enumerate([date(2024, 10, 12), date(2025, 6, 14)]):
        placement = _came(world, teller, contract, moment(day, 22), n + 2)
        emergencies.mark_unconfirmed_emergencies(moment(day + timedelta(3), 9))
        if n == 0:
            breach = Breach.objects.get(placement=placement)
            at = moment(day + timedelta(4), 10)
            breaches_actions.authorise(
                by=world.people["director"], at=at, breach=breach, reason="It was needed; I was on leave."
            )
        end(world, placement)
    for n, day in enumerate([date(2025, 8, 9), date(2025, 8, 23)]):
        placement = _came(world, teller, contract, moment(day, 22), n + 4, authority=True)
        decide(world, placement, moment(day + timedelta(2), 11))
        end(world, placement)
    _varied(world, contract)
    yesterday = today - timedelta(1)
    called(world, world.contracts["CORP-2024"], moment(yesterday, 20), 6)


def _varied(world: World, contract: Contract) -> None:
    """Over value since the last bookings; the variation comes three weeks later."""
    on = date(2025, 9, 12)
    contracts.approve(
        by=world.people["contracts"],
        at=moment(on, 15),
        contract=contract,
        value=D("24000.00"),
        ends_on=date(2025, 9, 30),
        decision_reference=f"Head of Service decision of {on:%-d %B %Y}",
        decided_on=on,
        approver="Head of Service",
        ground="The last bookings had passed the value, on authority.",
    )


def called(world: World, contract: Contract, at: datetime, n: int) -> Release:
    return asking.call_out_of_hours(
        by=world.officer(n),
        at=at,
        team=world.teams[n % len(world.teams)],
        kind="cover",
        job_type="social_worker",
        hours_per_week=D(37),
        pattern="seven_days",
        base=names.BASES[0],
        max_charge_rate=D("52.00"),
        starts_on=at.date() + timedelta(1),
        why=WHY,
        contract=contract,
        line="01632 960961",
        spoke_to="Perry Placeholder",
    )


def _came(
    world: World, teller: events.Teller, contract: Contract, at: datetime, n: int, *, authority: bool = False
) -> Placement:
    """Called, secured within the hour, and booked for the longest an emergency may last."""
    officer, release = world.officer(n), called(world, contract, at, n)
    secured = answering.record_secured(by=officer, at=at + timedelta(minutes=40), release=release, supply_mode="direct")
    if authority:
        holder = world.people["strategic"]
        given = asking.record_authority(
            by=officer,
            at=at + timedelta(minutes=50),
            vacancy=release.vacancy,
            given_by=holder.name,
            words="Book for ten days; the variation follows.",
        )
        next_day = moment(DAYS.next_working_day(at.date()), 10)
        asking.say_of_authority(by=holder, at=next_day, authority=given, is_given=True)
    number, name = teller.new_worker()
    first = at.date() + timedelta(2 if authority else 1)
    placement = booking.book(
        by=officer,
        at=at + timedelta(minutes=55),
        release=secured,
        registration_number=number,
        worker_name=name,
        starts_on=first,
        ends_on=first + timedelta(11),
        hours_per_week=D(37),
        pattern="seven_days",
        pay_rate=D("42.00"),
        charge_rate=D("51.00"),
    )
    teller.confirm_start(placement, officer)
    return placement


def decide(world: World, placement: Placement, at: datetime) -> None:
    call = EmergencyCall.objects.get(vacancy=placement.vacancy)
    reason = "Two visits could not wait until Monday."
    director = world.people["director"]
    emergencies.decide_emergency(by=director, at=at, call=call, decision="confirmed", reason=reason)


def end(world: World, placement: Placement) -> None:
    vacancy = placement.vacancy
    vacancy.refresh_from_db()
    at = moment(DAYS.next_working_day(placement.ends_on + timedelta(2)))
    needs.end_need(by=world.officer(), at=at, vacancy=vacancy, reason="The rota is filled again.")
