"""What a supplier says itself through its link, and sending it the brief and the link."""

from datetime import datetime
from decimal import Decimal

from council.actions import action, day_of
from council.errors import refuse
from council.models import Message, User
from recruitment import brief, links
from recruitment.models import SAID_BY_SUPPLIERS, NotSecuredReason, Outcome, Release, Statement, SupplierLink, Tried
from recruitment.permissions import require_source
from recruitment.wording import money


@action
def say_cannot_supply(
    *,
    by: SupplierLink,
    at: datetime,
    reason: str,
    own_supply: str,
    brokered_supply: str,
    words: str,
    said_by: str,
    agencies_approached: str = "",
    rate_asked: Decimal | None = None,
) -> Statement:
    """The supplier declines by its link: kept as sent, the strongest proof. The officer still records the answer."""
    release = _lock_open(by.release)
    by = SupplierLink.objects.select_related("release__contract__agency").get(pk=by.pk)
    if not links.works(by, at):
        refuse("link_is_over", "This link has just stopped working. Use the one in our newest e-mail.")
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    if not words.strip():
        refuse("no_reason", "Say why you cannot supply anybody.", "words")
    if reason not in SAID_BY_SUPPLIERS:
        refuse("no_reason", "Choose why you cannot supply anybody.", "reason")
    if own_supply not in Tried.values or brokered_supply not in Tried.values:
        refuse("supply_not_said", "Say whether you tried your own workers and those of other agencies.", "own_supply")
    if reason == NotSecuredReason.RATE_TOO_HIGH and (rate_asked is None or rate_asked <= release.max_rate):
        refuse("no_rate_asked", f"Enter the rate you need, above {money(release.max_rate)} an hour.", "rate_asked")
    if release.statements.exists():
        refuse("said_already", "You have told us already that you cannot supply. Thank you: nothing more is needed.")
    sent = {
        "reason": reason,
        "own_supply": own_supply,
        "brokered_supply": brokered_supply,
        "agencies_approached": agencies_approached,
        "rate_asked": str(rate_asked) if rate_asked and reason == NotSecuredReason.RATE_TOO_HIGH else "",
        "words": words,
        "said_by": said_by,
    }
    release.version += 1  # an officer who has the answer's form open looks at this first
    release.save(update_fields=["version"])
    return Statement.objects.create(
        release=release, link=by, said_by=said_by.strip(), words=words, sent=sent, received_at=at
    )


@action
def send_brief_again(*, by: User, at: datetime, release: Release) -> Message:
    """Another e-mail with a new link; the one sent before stops working when this one goes."""
    require_source(by, day_of(at))
    release = _lock_open(release)
    brief.cancel(release, at=at)
    message = brief.queue(release, by=by, at=at)
    if message is None:
        refuse(
            "no_address",
            f"{release.contract.agency} has no ordering address. A contract administrator enters it in the admin site; "
            "until then, make a link and pass it on yourself.",
        )
    return message


@action
def make_link(*, by: User, at: datetime, release: Release) -> str:
    """A link to pass on by hand, shown this once. The one before stops working, and a brief that waits does not go."""
    require_source(by, day_of(at))
    release = _lock_open(release)
    brief.cancel(release, at=at)
    return brief.address_of(links.make(release, by=by, at=at))


@action
def revoke_link(*, by: User, at: datetime, release: Release) -> None:
    """The order's link opens nothing any more, and a brief that waits to be sent does not go."""
    require_source(by, day_of(at))
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if not brief.cancel(release, at=at) + links.revoke(release, at=at):
        refuse("no_link", "No link of this order works, so there is nothing to stop.")


def _lock_open(release: Release) -> Release:
    rows = Release.objects.select_for_update(of=("self",)).select_related("contract__agency", "vacancy")
    release = rows.get(pk=release.pk)
    if release.outcome != Outcome.OPEN or release.voided_at:
        refuse(
            "already_answered", f"{release.reference} has its answer already, so its supplier is not asked any more."
        )
    return release
