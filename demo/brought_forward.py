"""Who was in post before the tracker began."""

from datetime import date, timedelta
from decimal import Decimal as D

from demo import events
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS
from placements.breaches import workers_found
from placements.brought_forward import actions as brought_forward_actions
from placements.models import Placement
from placements.placement import need as needs

MOVED_IN = date(2020, 4, 1)
BEFORE = [  # team, agency, whose contract, in post since, until, hourly charge, proof held
    (
        0,
        "Pertemps",
        "CORP-2019",
        date(2019, 11, 4),
        date(2020, 6, 26),
        "38.50",
        "Order confirmation of 28 October 2019",
    ),
    (
        2,
        "Pertemps",
        "CORP-2019",
        date(2020, 1, 6),
        date(2020, 7, 31),
        "39.00",
        "Order confirmation of 20 December 2019",
    ),
    (
        5,
        "Alderway Care Staffing",
        "CORP-2019",
        date(2020, 2, 3),
        date(2020, 5, 29),
        "40.25",
        "E-mail from Pertemps, 27 January 2020",
    ),
    (7, "Service Care Solutions", "", date(2019, 9, 2), date(2020, 6, 5), "44.00", "none held"),
]


def brought_forward(world: World, teller: events.Teller) -> None:
    """The council moves in on 1 April 2020 with four workers in post."""
    by, at = world.people["contracts"], moment(MOVED_IN, 11)
    brought_forward_actions.open_batch(by=by, at=at, on=MOVED_IN)
    for team, agency, contract, starts_on, ends_on, charge, proof in BEFORE:
        number, name = teller.new_worker()
        found = workers_found.WorkerFound(
            team=world.teams[team],
            job_type="social_worker",
            registration_number=number,
            worker_name=name,
            agency=world.agencies[agency],
            contract=world.contracts[contract] if contract else None,
            starts_on=starts_on,
            ends_on=ends_on,
            hours_per_week=D(37),
            pattern="weekdays",
            charge_rate=D(charge),
            pay_rate=D(charge) - D("7.25"),
        )
        brought_forward_actions.bring_forward(by=by, at=at, found=found, proof_held=proof)
    brought_forward_actions.close_batch(by=by, at=moment(MOVED_IN, 16))
    for placement in Placement.objects.filter(basis="brought_forward").select_related("vacancy").order_by("pk"):
        after = DAYS.next_working_day(placement.ends_on + timedelta(2))
        needs.end_need(
            by=world.officer(),
            at=moment(after),
            vacancy=placement.vacancy,
            reason="Work shared out within the Service.",
        )
