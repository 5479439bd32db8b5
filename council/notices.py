"""E-mail to people who sign in: at once where something was decided or found, and once a day for what waits.

Every message says why it came, links to its page, and is switched off on the person's own page; but for those that tell somebody that
their name stands under something. It goes through the outbox, so that one
that fails is tried again and shown.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from council import outbox
from council.models import Deputy, Message, RoleGrant, User
from council.permissions import APPROVALS, MAY

KIND, NAMED = "to_person", "named"
WANTED = {"digest": "wants_digest", "decisions": "wants_decisions", "breaches": "wants_breaches"}


def tell(
    people: Iterable[User], topic: str, *, title: str, text: str, why: str, path: str, by: User | None, at: datetime
) -> list[Message]:
    """Put a message for each person who wants messages of the topic in the outbox; never to who did it themselves.

    `text` says what happened, `why` completes "You get this because …", `path` is the page it is about.
    """
    wanted = [one for one in people if one.is_active and getattr(one, WANTED[topic]) and one != by]
    return [_put(one, title, f"{text}\n\n{settings.SITE_ADDRESS}{path}", why, by, at) for one in wanted]


def _put(user: User, title: str, text: str, why: str, by: User | None, at: datetime) -> Message:
    body = (
        f"Dear {user.name},\n\n{text}\n\n"
        f"You get this because {why}. Choose which messages you get: {settings.SITE_ADDRESS}/preferences/\n"
    )
    return outbox.put(kind=KIND, subject=user.pk, to=user.email, title=title[:200], body=body, by=by, at=at)


def put_digest(user: User, title: str, text: str, why: str, at: datetime) -> Message:
    """The daily message, for whoever has made sure that it is the first of its day."""
    return _put(user, title, text, why, None, at)


def name_somebody(user: User, *, title: str, text: str, at: datetime) -> Message:
    """Tell somebody that their name stands under something. Nobody switches it off, and only who sends mail can stop it."""
    body = f"Dear {user.name},\n\n{text}\n\nThis message comes whatever messages you chose.\n"
    return outbox.put(kind=NAMED, subject=user.pk, to=user.email, title=title[:200], body=body, by=None, at=at)


def who_may(right: str, on: date) -> list[User]:
    """The people who hold a right on a day by role, and the deputies in their place where there are such."""
    grants = RoleGrant.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), role__in=MAY[right], starts_on__lte=on
    )
    people = User.objects.filter(is_active=True, pk__in=grants.values("user"))
    approvals = [approval for approval, needed in APPROVALS.items() if needed == right]
    stand_ins = Deputy.objects.filter(approval__in=approvals, for_user__in=people, starts_on__lte=on, ends_on__gte=on)
    return list(
        User.objects.filter(Q(pk__in=people) | Q(pk__in=stand_ins.values("user")), is_active=True).order_by("pk")
    )


def no_lock(subject: int) -> None:
    """A notice is about nothing that changes."""


def always_wanted(message: Message, now: datetime) -> str:
    """Nothing to fill in, and it goes whatever happened since."""
    return ""


def nothing_secret(message: Message, now: datetime) -> str | None:
    """Nothing to fill in; and nobody wants a message to somebody who has left."""
    return "" if User.objects.filter(pk=message.subject, is_active=True).exists() else None
