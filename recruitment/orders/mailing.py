"""Sending a supplier the brief or its recorded answer once more, and the links to them."""

from datetime import datetime

from council.actions import action
from council.errors import refuse
from council.models import Message, User
from council.working_time import day_of
from recruitment.models import Outcome, Release, SupplierLink
from recruitment.orders import brief, links
from recruitment.permissions import require_source


@action
def send_brief_again(*, by: User, at: datetime, release: Release) -> Message:
    """Another e-mail with a new link: the brief, or the answer once it is recorded. The link sent before stops working then.

    Refuses: entered_in_error, no_address.
    """
    require_source(by, day_of(at))
    release = lock_standing(release)
    brief.cancel(release, at=at)
    queue = brief.queue if release.outcome == Outcome.OPEN else brief.queue_answer
    message = queue(release, by=by, at=at)
    if message is None:
        refuse(
            "no_address",
            f"{release.contract.agency} has no ordering address in force. A contract administrator enters it in the admin site, and the agency "
            "confirms it; until then, make a link and pass it on yourself.",
        )
    return message


@action
def make_link(*, by: User, at: datetime, release: Release) -> str:
    """A link to pass on by hand, shown this once: to the order, or to its recorded answer.

    The one that was mailed goes on working. What comes by a link that was seen here is not the supplier's own word: it still takes
    somebody to confirm it.

    Refuses: entered_in_error, not_answered.
    """
    require_source(by, day_of(at))
    release = lock_standing(release)
    if release.outcome != Outcome.OPEN and not links.is_disputable(release):
        refuse("not_answered", f"{release.reference} was taken back, so there is no answer to look at.")
    if release.outcome == Outcome.OPEN:
        return brief.address_of(links.make(release, by=by, at=at))
    return brief.dispute_address_of(links.make(release, by=by, at=at, purpose=SupplierLink.Purpose.ANSWER))


@action
def revoke_link(*, by: User, at: datetime, release: Release) -> None:
    """The order's link opens nothing any more, and a brief that waits to be sent does not go.

    Refuses: no_link.
    """
    require_source(by, day_of(at))
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if not brief.cancel(release, at=at) + links.revoke(release, at=at):
        refuse("no_link", "No link of this order works, so there is nothing to stop.")


def lock_standing(release: Release) -> Release:
    rows = Release.objects.select_for_update(of=("self",)).select_related("contract__agency", "vacancy")
    release = rows.get(pk=release.pk)
    if release.voided_at:
        refuse(
            "entered_in_error", f"{release.reference} was entered in error, so its supplier is told nothing more of it."
        )
    return release
