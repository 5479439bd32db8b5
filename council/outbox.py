"""Mail: put in the outbox within the action it belongs to, sent afterwards by `manage.py work`, tried again until it goes."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from council.models import Message, User

logger = logging.getLogger("outbox")

# Kind of message → what makes its secret at the moment of sending, such as a link that is stored only as a hash.
SECRETS: dict[str, Callable[[Message, datetime], str]] = {}
LONGEST_WAIT = timedelta(hours=1)


def put(*, kind: str, subject: int, to: str, title: str, body: str, by: User | None, at: datetime) -> Message:
    """Leave a message to be sent; it goes only if the action it belongs to is kept."""
    return Message.objects.create(
        kind=kind, subject=subject, to=to, title=title, body=body, queued_by=by, queued_at=at, next_try_at=at
    )


def send_next() -> bool:
    """Send the oldest message that is due, whoever else is sending; False when there is none."""
    now = timezone.now()
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
        message = rows.order_by("next_try_at", "pk").first()
        if message is None:
            return False
        message.tries += 1
        try:
            with transaction.atomic():
                deliver(message, now)
        except Exception as problem:
            logger.warning("Message %s could not be sent: %s", message.pk, type(problem).__name__)
            message.error = f"{type(problem).__name__}: {problem}"[:300]
            message.next_try_at = now + min(timedelta(minutes=2 ** min(message.tries, 8)), LONGEST_WAIT)
            message.save(update_fields=["tries", "error", "next_try_at"])
    return True


def deliver(message: Message, now: datetime, connection: BaseEmailBackend | None = None) -> None:
    """Send one message, its secret made for this sending alone. Raises what the mail server raises."""
    body = message.body
    if message.kind in SECRETS:
        body = body.replace(Message.SECRET, SECRETS[message.kind](message, now))
    EmailMessage(message.title, body, to=[message.to], connection=connection).send()
    message.sent_at, message.error = now, ""
    message.save(update_fields=["sent_at", "tries", "error"])
