"""The daily message: what waits for a person on Today, with its links; no names of workers leave the site."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from council import notices
from council.models import Deputy, Digest, User, calendar_of_the_council
from council.permissions import roles_of
from reporting.today import Section, sections


def text_of(found: list[Section]) -> str:
    """Each kind of thing with its number and the oldest of them, by reference."""
    lines = []
    for section in found:
        lines.append(f"{section.title}: {section.count}")
        lines += [f"  {one.text.split(':')[0]}, {one.since}: {settings.SITE_ADDRESS}{one.url}" for one in section.items]
        if section.count > len(section.items):
            lines.append(
                f"  and {section.count - len(section.items)} more: {settings.SITE_ADDRESS}{section.all_url or '/'}"
            )
        lines.append("")
    return "\n".join(lines).strip()


def why(user: User, on: date) -> str:
    """Why this person gets it: their roles, and whose deputy they are."""
    names = sorted(role.label.lower() for role in roles_of(user, on))
    deputy = Deputy.objects.filter(user=user, starts_on__lte=on, ends_on__gte=on).select_related("for_user")
    names += sorted({f"deputy of {row.for_user}" for row in deputy})
    return f"these things wait for you as {' and '.join(names)}"


def send_digests(now: datetime, on: date) -> int:
    """Put the message of a working day in the outbox for everybody who wants one and for whom something waits.

    Safe to call again and twice at once: the day's row is written first, and only its writer puts the message. How many were put.
    """
    if not calendar_of_the_council().is_working_day(on):
        return 0
    put = 0
    for user in User.objects.filter(is_active=True, wants_digest=True).order_by("pk"):
        with transaction.atomic():
            row, is_new = Digest.objects.get_or_create(user=user, on=on)
            if not is_new or not (found := sections(user, now, on)):
                continue
            count = sum(section.count for section in found)
            title = f"{count} thing{'s wait' if count != 1 else ' waits'} for you"
            row.message = notices.put_digest(user, title, text_of(found), why(user, on), now)
            row.save()
            put += 1
    return put
