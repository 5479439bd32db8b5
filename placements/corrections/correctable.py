"""What can be put right, and of which request it is."""

from datetime import timedelta
from typing import Any

from council.errors import refuse
from placements.models import Hire, Placement
from placements.rules.booking import Terms
from recruitment.corrections import CORRECTABLE
from recruitment.models import Correction, Round, Vacancy

# `Any`, since what is corrected differs by subject.
FACTS: dict[str, tuple[Any, tuple[str, ...]]] = CORRECTABLE | {
    "placement": (Placement, ("starts_on", "worker")),
    "hire": (Hire, ("starts_on",)),
}


def subject_of(correction: Correction) -> Any:
    """The row a correction is about."""
    return FACTS[correction.subject][0].objects.get(pk=correction.subject_id)


def address_of(correction: Correction) -> str:
    """Where the corrected row is shown."""
    row = subject_of(correction)
    return row.vacancy.get_absolute_url() if isinstance(row, Round) else row.get_absolute_url()


def vacancy_of(row: Any) -> Vacancy:
    return row.vacancy


def check_stands(row: Any) -> None:
    if getattr(row, "voided_at", None):
        refuse("entered_in_error", f"{row} is marked as entered in error, so there is nothing to correct.")
    if getattr(row, "did_not_start_at", None):
        refuse("did_not_start", f"{row.worker} did not start, so there is nothing to correct.")


def stretch_before(placement: Placement) -> Terms | None:
    """The days between a corrected start and what is booked so far, on its first rates; None where the start is not earlier."""
    stretches = [one for one in placement.periods.all() if one.last_on >= one.starts_on]
    first = min(stretches, key=lambda one: one.starts_on)
    if placement.starts_on >= first.starts_on:
        return None
    last = first.starts_on - timedelta(1)
    return Terms(
        placement.starts_on, last, placement.hours_per_week, placement.pattern, first.pay_rate, first.charge_rate
    )
