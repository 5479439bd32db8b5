"""How many tries are left, exactly, also where many come at the same moment and to several server processes."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection, transaction


def take(key: str, most: int, seconds: int) -> bool:
    """Use one of the `most` tries that `key` has within so many seconds; False where none is left."""
    with _one_at_a_time(key):
        used = cache.get(key, 0)
        if used >= most:
            return False
        cache.set(key, used + 1, seconds)
        return True


def give_back(key: str, seconds: int) -> None:
    """A try that was none after all."""
    with _one_at_a_time(key):
        cache.set(key, max(cache.get(key, 0) - 1, 0), seconds)


def forget_old_tries() -> None:
    """Rows of the cache that count nothing any more, so that it never has to make room by throwing out what still counts."""
    with connection.cursor() as cursor:
        cursor.execute("delete from council_cache where expires < now()")


@contextmanager
def _one_at_a_time(key: str) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [7_240_314, zlib.crc32(key.encode()) - 2**31])
        yield
