"""A supplier's link: made at random, signed, known by a hash, and good for one order and a time."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

from council.models import Council, Message, User
from recruitment.models import Outcome, Release, SupplierLink

SIGNER = Signer(sep=".", salt="recruitment.supplier-link")


def make(
    release: Release,
    *,
    by: User | None,
    at: datetime,
    message: Message | None = None,
    purpose: str = SupplierLink.Purpose.ORDER,
) -> str:
    """The text of a new link, which is shown or sent this once. Links made before for the order stop working."""
    secret = secrets.token_urlsafe(32)
    revoke(release, at=at)
    SupplierLink.objects.create(
        release=release,
        purpose=purpose,
        token_hash=_hash(secret),
        message=message,
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=Council.current().supplier_link_days),
    )
    return SIGNER.sign(secret)


def revoke(release: Release, *, at: datetime) -> int:
    """How many links stopped working: one, or none."""
    return release.links.filter(revoked_at__isnull=True).update(revoked_at=at)


def find(token: str) -> SupplierLink | None:
    """The link behind a text, whether it still works or not; None for a text that never was one."""
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    rows = SupplierLink.objects.select_related("release__contract__agency", "release__vacancy")
    return rows.filter(token_hash=_hash(secret)).first()


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
