"""Where a supplier's orders go: whoever it concerns is told when that changes."""

from datetime import datetime

from council import notices, outbox
from council.actions import action
from council.errors import require
from council.models import Council, User
from council.permissions import may
from council.working_time import day_of
from recruitment.models import Agency

KIND = "address"


@action
def change_ordering_address(*, by: User, at: datetime, agency: Agency, address: str) -> Agency:
    """Orders go elsewhere from now on. The address of before is told, and so is the Assistant Director: what a supplier says by a link
    that went to the wrong box would be taken for its own words."""
    require(may(by, "set_up", day_of(at)), "set up suppliers: a contract administrator does")
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    old, agency.ordering_address = agency.ordering_address, address
    agency.save(update_fields=["ordering_address"])
    council = Council.current()
    if old:
        body = (
            f"{council.name} sends its orders to {agency} to another address from now on.\n\nIf you did not ask for this, tell the officer "
            "you work with at once, by telephone."
        )
        outbox.put(
            kind=KIND, subject=agency.pk, to=old, title="Our orders go to another address", body=body, by=by, at=at
        )
    for person in notices.who_may("allow_later_route", day_of(at)):
        text = f"{by.name} set the ordering address of {agency} to {address or 'nothing'} (before: {old or 'none'})."
        why = (
            "Make sure with the supplier that it is right: what is said by a link in that mail counts as its own words."
        )
        notices.name_somebody(person, title=f"{agency}: another ordering address", text=f"{text}\n\n{why}", at=at)
    return agency
