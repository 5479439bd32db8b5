"""The early end of an exemption, which only this room can judge: somebody may be booked beyond it."""

from datetime import date, datetime

from council.actions import action, require
from council.errors import refuse
from council.known import known
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.models import Placement
from recruitment.contracts.actions import end_by_exemption
from recruitment.exemptions.actions import lock
from recruitment.models import Exemption, ExemptionStatus
from recruitment.reads import exemptions


@action
def end_exemption(
    *, by: User, at: datetime, exemption: Exemption, ended_on: date, reason: str, version: int | None = None
) -> Exemption:
    """No more is asked or booked under it after a day. Refused while somebody is booked beyond that day."""
    require(may(by, "end_exemption", day_of(at)), "end exemptions")
    exemption = lock(exemption, version)
    if exemption.status != ExemptionStatus.APPROVED:
        stage = exemption.get_status_display().lower()
        refuse("not_from_here", f"{exemption.reference} is {stage}, so it cannot be ended early.")
    if not max(exemption.starts_on, day_of(at)) <= ended_on < exemption.ends_on:
        refuse(
            "end_outside",
            f"Enter its new last day: today or later, from {day_name(exemption.starts_on)} to before {day_name(exemption.ends_on)}.",
            "ended_on",
        )
    if exemption.extended_by.filter(approved_as__isnull=False).exists():
        refuse("goes_on", f"Another exemption goes on from {exemption.reference}. End that one.")
    if not reason.strip():
        refuse("no_reason", "Say why it ends early.", "reason")
    contract = known(exemption.decisions.get(approves=exemption.pk).contract)
    named = Placement.objects.standing().filter(
        release__exemption__isnull=False, contract=contract, vacancy__exemption_needs__exemption=exemption
    )
    beyond = []
    for placement in named.filter(ends_on__gt=ended_on).select_related("release__exemption"):
        _, last = exemptions.span_of(placement.release, ended={exemption.pk: ended_on})
        if placement.ends_on > last:
            beyond.append(placement.ends_on)
    if beyond:
        refuse(
            "still_booked",
            f"A worker is booked until {day_name(max(beyond))}. End that placement first, or let the exemption run until then.",
            "ended_on",
        )
    exemption.ended_on = ended_on
    exemption.closed_at, exemption.closed_by = at, by
    exemptions.move(exemption, ExemptionStatus.ENDED, reason.strip())
    exemption.save()
    end_by_exemption(contract, exemption, by=by, at=at, ground=reason.strip())
    return exemption
