"""Two weekly meetings: what waited then, and what had been decided in the days before."""

from datetime import date

from demo import events
from demo.council_set_up import World
from demo.story import working_days_back
from recruitment.meetings.actions import Taken, hold_meeting
from recruitment.models import Vacancy
from reporting.reads.sheet import between, sheet

PRESENT = "Ada Exampler, Assistant Director\nFinn Demoridge, finance officer\nOlive Sampleton, commissioning officer"


def tell(world: World, teller: events.Teller, today: date) -> None:
    """Both in the days before the demonstration begins, so that each decides something and leaves something."""
    for days in (6, 2):
        at = teller.at(working_days_back(today, days), 16)
        waiting = [row.vacancy for row in sheet(at.date()) if row.vacancy.requested_at < at]
        taken: dict[int, Taken] = {}
        if waiting:
            first = waiting[0]
            taken[first.pk] = Taken(*_decision(first), version=first.version)
        rows = [row for row in [*sheet(at.date()), *between(at)] if row.vacancy.requested_at < at]
        hold_meeting(
            by=world.people["finance"],
            at=at,
            held_on=at.date(),
            present=PRESENT,
            lines={row.vacancy.pk: row.line for row in rows},
            taken=taken,
        )


def _decision(vacancy: Vacancy) -> tuple[str, str]:
    if vacancy.status == "deferred":
        return "agreed", "The figures of the quarter allow it."
    return "deferred", "Wait for the figures of the quarter."
