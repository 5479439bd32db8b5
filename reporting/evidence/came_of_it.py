"""Evidence of what came of a request: placements, permanent starts, breaches and reviews."""

from datetime import date
from typing import Protocol

from council.wording import number
from placements.models import Breach, Hire, Placement, QualityReview
from placements.reads.worth import worked_by, worth_of
from reporting.evidence.names import Names
from reporting.evidence.sections import Entry, shown


class Came(Protocol):
    """What is read of the case of a request."""

    names: Names
    today: date
    placements: list[Placement]
    hires: list[Hire]
    breaches: list[Breach]
    reviews: list[QualityReview]


def placements(case: Came) -> list[Entry]:
    """Who was booked and what it cost; and permanent starts."""
    found = []
    for one in case.placements:
        entry = Entry(f"{one.reference}: {case.names.worker(one.worker)}, {one.stage(case.today).lower()}")
        entry.add("How it came", one.get_basis_display()).add("Proof held", case.names.text(one.proof_held))
        entry.add("Order", one.release.reference if one.release else "")
        entry.add("Contract", one.contract.reference if one.contract else "None").add(
            "Agency", str(one.supplying_agency)
        )
        entry.add("Start", one.starts_on).add("End", one.ends_on).add("Hours per week", number(one.hours_per_week))
        entry.add("Booked by", case.names.staff(one.booked_by)).add("Booked", one.booked_at)
        for period in one.periods.all():
            why = case.names.text(period.reason) or "booked"
            approved = f"; approved by {case.names.staff(period.approved_by)}" if period.approved_by else ""
            recheck = (
                f"; first supplier asked again {shown(period.rechecked_on)}: {case.names.text(period.recheck_note)}"
                if period.rechecked_on
                else ""
            )
            days = f"{shown(period.starts_on)} to {shown(period.last_on)}"
            entry.add(
                days,
                f"{shown(period.charge_rate)} an hour, {shown(period.value)} excluding VAT; {why}{recheck}{approved}",
            )
        for reversal in one.reversals.all():
            entry.add("Given back", f"{shown(reversal.entry.amount)}: {case.names.text(reversal.entry.note)}")
        entry.add("Committed, excluding VAT", worth_of(one)).add(
            f"Worked by {shown(case.today)}", worked_by(one, case.today)
        )
        entry.add("Did not start", case.names.text(one.did_not_start_reason)).add(
            "Ended because", one.get_end_reason_display()
        )
        entry.add("Note on the end", case.names.text(one.end_note)).add("Rating of 4", str(one.rating or ""))
        if one.voided_at:
            entry.add("Entered in error", f"{case.names.staff(one.voided_by)}: {case.names.text(one.void_reason)}")
        found.append(entry)
    for hire in case.hires:
        entry = (
            Entry(f"{hire.reference}: permanent start")
            .add("Who", case.names.worker(hire.worker))
            .add("From", hire.starts_on)
        )
        entry.add("Found by", str(hire.contract.agency) if hire.contract else "The council").add(
            "Fee, excluding VAT", hire.fee
        )
        found.append(entry.add("Entered in error", case.names.text(hire.void_reason)))
    return found


def breaches(case: Came) -> list[Entry]:
    """What happened outside the rules."""
    found = []
    for one in case.breaches:
        entry = (
            Entry(f"{one.reference}: {one.get_kind_display().lower()}")
            .add("Since", one.since)
            .add("Found", one.found_on)
        )
        entry.add("How", case.names.text(one.how_found)).add("Recorded by", case.names.staff(one.recorded_by))
        entry.add("Assistant Director told", one.director_told_on).add("Procurement told", one.procurement_told_on)
        entry.add("Spend", one.spend_state).add("Approved after the start by", case.names.staff(one.approved_by))
        entry.add("When", one.approved_at).add("Reason", case.names.text(one.approval_reason))
        if one.taken_back_by:
            entry.add("Taken back on", one.taken_back_by.decided_at)
            entry.add("Because", case.names.text(one.taken_back_by.reason))
        found.append(entry)
    return found


def reviews(case: Came) -> list[Entry]:
    """What was found of the work."""
    found = []
    for one in case.reviews:
        entry = Entry(f"{one.placement.reference}: review of {shown(one.held_on)}").add("Was due", one.due_on)
        entry.add("Rating of 4", str(one.rating)).add("Findings", case.names.text(one.findings))
        entry.add("Recorded by", case.names.staff(one.recorded_by)).add("Read by", case.names.staff(one.read_by))
        entry.add("Note", case.names.text(one.read_note))
        for to_do in one.actions.all():
            state = to_do.state(case.today).lower()
            what = f"{case.names.contact(to_do.owner)}, by {shown(to_do.due_on)}: {state}"
            entry.add(case.names.text(to_do.what), what)
        found.append(entry)
    return found
