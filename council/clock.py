"""The database's clock: the machine's, moved by what `council_clock` says. Nought for a council; the demonstration and tests move it.

What has to be true of a time whoever says so (a mail server took a mail, the time to answer has ended) is measured by it. Only the owner
of the tables moves it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import connection, connections


def move_to(moment: datetime | None) -> None:
    """Let the database's clock stand at a moment and go on from there; None sets it right again."""
    alias = "owner" if "owner" in settings.DATABASES else "default"
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "insert into council_clock (only_one, shift)"
            " values (true, coalesce(%s::timestamptz - clock_timestamp(), interval '0'))"
            " on conflict (only_one) do update set shift = excluded.shift",
            [moment],
        )


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """While it lasts, the database's clock stands at a moment; afterwards it is right again, whatever happens."""
    move_to(moment)
    try:
        yield
    finally:
        move_to(None)


def now_here() -> datetime:
    """The moment by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("select council_now()")
        return cursor.fetchone()[0]
