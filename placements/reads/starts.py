"""For which days an order was sent, and what the first supplier let pass since."""

from council.models import Council
from council.wording import by_when
from council.working_time import day_of
from placements.rules.booking import AskedFor
from recruitment.models import Release
from recruitment.reads.later_starts import first_of, later_start


def asked_for(release: Release) -> AskedFor:
    """For which days an order was sent, and which supplier was asked for them first; by exemption the days are those approved."""
    first, later = first_of(release), later_start(release)
    waits = later.asked_start is not None
    return AskedFor(
        reference=release.reference,
        sent_on=day_of(release.sent_at),
        starts_on=release.starts_on,
        first_supplier=first.contract.agency.name if first else "",
        days=Council.current().later_start_days,
        let_pass=later.let_pass,
        waits_until=(by_when(later.due_at) if later.due_at else "some hours after our mail to it has gone")
        if waits
        else "",
        can_supply=later.said.words if later.said else "",
    )
