"""A supplier's link: made at random, signed, known by a hash, and good for one order and a time."""

import contextlib
import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction

from council.models import Council, Message, User
from recruitment.models import Agency, LinkOpening, Outcome, Release, SupplierLink

SIGNER = Signer(sep=".", salt="recruitment.supplier-link")


def make(
    release: Release,
    *,
    by: User | None,
    at: datetime,
    message: Message | None = None,
    purpose: str = SupplierLink.Purpose.ORDER,
    unseen: bool = False,
) -> str:
    """The text of a new link, which is shown or sent this once.

    `unseen` is one that goes out by mail and that nobody here sees: only the mail worker makes it. One to pass on by hand leaves it
    alive. Of each sort one works for an order: that made before stops.
    """
    secret = secrets.token_urlsafe(32)
    release.links.filter(revoked_at__isnull=True, unseen=unseen).update(revoked_at=at)
    SupplierLink.objects.create(
        release=release,
        purpose=purpose,
        token_hash=_hash(secret),
        unseen=unseen,
        message=message,
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=Council.current().supplier_link_days),
    )
    return SIGNER.sign(secret)


def revoke(release: Release, *, at: datetime) -> int:
    """How many links stopped working."""
    return release.links.filter(revoked_at__isnull=True).update(revoked_at=at, stopped_here=True)


def find(token: str) -> SupplierLink | None:
    """The link behind a text, whether it still works or not; None for a text that never was one.

    It carries its `secret`: what is written as coming by it has to show that to the database.
    """
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    rows = SupplierLink.objects.select_related("release__contract__agency", "release__vacancy")
    link = rows.filter(token_hash=_hash(secret)).first()
    if link is not None:
        link.secret = secret
    return link


def note_opening(link: SupplierLink) -> None:
    """Somebody has opened it: kept the first time."""
    if not LinkOpening.objects.filter(link=link).exists():
        with contextlib.suppress(IntegrityError), transaction.atomic():  # twice at once
            LinkOpening.objects.create(link=link, secret=link.secret)


def is_living(agency: Agency, now: datetime, *, purpose: str | None = None, days: int) -> bool:
    """Whether the agency opened, within so many days, a link that was mailed to its address of now; of one purpose where it is given."""
    mailed = {"link__unseen": True, "link__message__to__iexact": agency.ordering_address}
    rows = LinkOpening.objects.filter(link__release__contract__agency=agency, **mailed)
    if purpose:
        rows = rows.filter(link__purpose=purpose)
    return rows.filter(opened_at__gt=now - timedelta(days=days), opened_at__lte=now).exists()


def is_disputable(release: Release) -> bool:
    """Whether the supplier's answer is recorded; an order we took back has none."""
    return release.voided_at is None and release.outcome not in (Outcome.OPEN, Outcome.WITHDRAWN)


def works(link: SupplierLink, at: datetime) -> bool:
    """Not stopped or replaced, not expired, and its order waits for an answer or, for a dispute, has one."""
    release = link.release
    waits = release.standing == Outcome.OPEN
    wanted = waits if link.purpose == link.Purpose.ORDER else is_disputable(release)
    return link.revoked_at is None and link.expires_at > at and wanted


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
