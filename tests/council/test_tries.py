"""Tries are counted exactly, also where many come at once."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection

from council import tries

pytestmark = pytest.mark.django_db


def test_the_last_try_is_allowed_and_the_next_is_not():
    assert [tries.take("a", 3, 60) for _ in range(4)] == [True, True, True, False]


def test_a_try_given_back_may_be_used_again():
    tries.take("b", 1, 60)
    tries.give_back("b", 60)
    assert tries.take("b", 1, 60)


@pytest.mark.django_db(transaction=True)
def test_of_sixty_at_once_ten_pass():
    allowed, begin = [], threading.Barrier(12)

    def five() -> None:
        begin.wait()
        allowed.extend(tries.take("c", 10, 60) for _ in range(5))
        connection.close()

    cache.delete("c")
    threads = [threading.Thread(target=five) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert allowed.count(True) == 10
