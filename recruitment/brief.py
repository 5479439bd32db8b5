"""The brief of an order: what a supplier is asked for, by e-mail, without anybody's personal data."""

from datetime import datetime

from django.conf import settings

from council import outbox
from council.models import Council, Message, User
from recruitment import links
from recruitment.models import Outcome, Release
from recruitment.wording import by_when, day_name, money, number

KIND = "brief"


def queue(release: Release, *, by: User, at: datetime) -> Message | None:
    """Leave the brief to be sent to the supplier's ordering address; None where it has none."""
    to = release.contract.agency.ordering_address
    if not to:
        return None
    title = f"{release.reference}: {release.vacancy.get_job_type_display()}, answer by {by_when(release.respond_by)}"
    return outbox.put(kind=KIND, subject=release.pk, to=to, title=title, body=text_of(release), by=by, at=at)


def terms_of(release: Release) -> list[tuple[str, str]]:
    """What is asked for, as the e-mail and the supplier's page say it."""
    return [
        ("Role", release.vacancy.get_job_type_display()),
        ("Hours", f"{number(release.hours_per_week)} a week, {release.get_pattern_display()}"),
        ("Base", release.base),
        ("Start", day_name(release.starts_on)),
        ("Length", f"{release.weeks} week{'s' if release.weeks != 1 else ''}"),
        ("Charge rate", f"at most {money(release.max_rate)} an hour, excluding VAT"),
        ("Contract", release.contract.reference),
        ("Answer by", by_when(release.respond_by)),
    ]


def text_of(release: Release) -> str:
    terms = "\n".join(f"{name}: {value}" for name, value in terms_of(release))
    council = Council.current()
    return (
        f"{council.name} asks you for a worker.\n\nOur reference: {release.reference}\n{terms}\n\n"
        f"Put candidates forward here, or tell us that you cannot supply anybody. The link is for this order alone and works for "
        f"{council.supplier_link_days} days, until we have recorded your answer:\n{Message.SECRET}\n\n"
        "Do not send the name of a child or family.\n\n"
        "You receive this because your ordering address is in our register of suppliers."
    )


def cancel(release: Release, *, at: datetime) -> int:
    """A brief that has not gone yet will not go. The caller holds the order's lock."""
    return outbox.cancel(KIND, release.pk, at)


def _lock(subject: int) -> None:
    Release.objects.select_for_update(of=("self",)).get(pk=subject)


def _link_in(message: Message, at: datetime) -> str | None:
    """The address of a link made for this sending of the message; None once the order waits for no answer."""
    release = Release.objects.select_related("contract__agency").get(pk=message.subject)
    if release.standing != Outcome.OPEN:
        return None
    return address_of(links.make(release, by=message.queued_by, at=at, message=message))


SENDING = outbox.Kind(lock=_lock, secret=_link_in)


def address_of(token: str) -> str:
    return f"{settings.SITE_ADDRESS}/supplier/{token}/"
