"""Mail: put in the outbox within the action it belongs to, sent afterwards by `manage.py work`, tried again until it goes.

A message is prepared in one transaction and sent after it, so that a slow mail server holds no lock and what a mail contains
is kept before the mail is out.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import pghistory
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from council.clock import now_here
from council.models import Message, Sending, User

logger = logging.getLogger("outbox")

LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class MessageKind:
    """`lock(subject)` locks the row a message is about, before the message itself. `secret(message, now)` makes what the
    mail holds and the outbox does not keep; None where the message is not wanted any more."""

    lock: Callable[[int], None]
    secret: Callable[[Message, datetime], str | None]
    asks: "Callable[[Message, datetime], Asks] | None" = None
    """What a mail of this kind asks its reader, as it goes: at a moment by the database's clock."""


@dataclass(frozen=True)
class Asks:
    """Which version of its subject a mail is about, by when a word is due to it, and whether its reader lately opened such a mail."""

    version: int = 1
    due_at: datetime | None = None
    is_living: bool = False


KINDS: dict[str, MessageKind] = {}


def put(*, kind: str, subject: int, to: str, title: str, body: str, by: User | None, at: datetime) -> Message:
    """Leave a message to be sent; it goes only if the action it belongs to is kept."""
    return Message.objects.create(
        kind=kind, subject=subject, to=to, title=title, body=body, queued_by=by, queued_at=at, next_try_at=at
    )


def cancel(kind: str, subject: int, at: datetime) -> int:
    """Messages about a row that have not gone yet will not go. The caller holds the row's lock. How many there were."""
    return Message.objects.waiting().filter(kind=kind, subject=subject).update(cancelled_at=at)


def send_next() -> bool:
    """Try the oldest message that is due, whoever else is sending; False when there is none."""
    message = Message.objects.due(timezone.now()).order_by("next_try_at", "pk").first()
    if message is None:
        return False
    try:
        deliver(message, timezone.now())
    except Exception as problem:
        # Whatever a mail server or a kind raises, the others still go and this one is tried again.
        logger.warning("Message %s could not be sent: %s", message.pk, type(problem).__name__)
        Message.objects.filter(pk=message.pk).update(
            error=f"{type(problem).__name__}: {problem}"[:300],
            next_try_at=Greatest("next_try_at", timezone.now() + timedelta(minutes=1)),
        )
    return True


def deliver(message: Message, now: datetime, server: BaseEmailBackend | None = None) -> None:
    """Prepare one message and send it. Raises what the mail server raises; it is then due again after a while."""
    body = _prepare(message, now)
    if body is None:
        return
    server = server or get_connection()
    EmailMessage(message.title, body, to=[message.to], connection=server).send()
    with transaction.atomic():
        Message.objects.filter(pk=message.pk).update(sent_at=now, error="")
        asks = KINDS[message.kind].asks
        Sending.objects.create(
            message=message,
            kind=message.kind,
            subject=message.subject,
            address=message.to,
            server_said=(getattr(server, "last_reply", "") or "taken")[:300],
            **asdict(asks(message, now_here()) if asks else Asks()),
        )


def may_say_what_went() -> bool:
    """Whether this process runs as the mail worker's role, which alone records that a mail server took a mail."""
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('council_sending', 'insert')")
        return cursor.fetchone()[0]


def _prepare(message: Message, now: datetime) -> str | None:
    """The text to send; None where somebody else is sending it or nobody wants it. Counts the try, whatever comes of it."""
    with (
        transaction.atomic(),
        pghistory.context(user=message.queued_by_id, action=f"send_{message.kind}", at=now.isoformat()),
    ):
        kind = KINDS[message.kind]
        kind.lock(message.subject)
        fresh = Message.objects.select_for_update(of=("self",)).due(now).filter(pk=message.pk).first()
        if fresh is None:
            return None
        fresh.tries += 1
        fresh.next_try_at = now + min(timedelta(minutes=2 ** min(fresh.tries, 8)), LONGEST_WAIT)
        secret = kind.secret(fresh, now)
        if secret is None:
            fresh.cancelled_at = now
        fresh.save(update_fields=["tries", "next_try_at", "cancelled_at"])
        return None if secret is None else fresh.body.replace(Message.SECRET, secret)
