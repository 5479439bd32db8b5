"""Fixtures that every test may ask for."""

import contextlib
import gc
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client

from council.errors import RuleViolation
from tests.factories import World, put_back_world

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_collection_finish():
    """What is loaded by now stays; looking through it again and again for what can go took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def no_session_is_left(django_db_setup, django_db_blocker):
    """A thread of the test server may hold its connection a moment longer than the tests; the database could not be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    """Tries are counted in the cache, which no rollback empties."""
    cache.clear()


@pytest.fixture
def world(db) -> World:
    return put_back_world()


@pytest.fixture
def client_of(world):
    """A signed-in client for a person of the world: `client_of("officer")`."""

    def make(name: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(world.people[name])
        return client

    return make


@contextlib.contextmanager
def as_the_site():
    """Run raw SQL as the role of the site, which owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute("set role tracker_site")
        try:
            yield cursor
        finally:
            with contextlib.suppress(Exception):
                cursor.execute("reset role")


def refused_as(sql: str, *parameters) -> str:
    """Run SQL as the site's role, deferred checks included; the name of the constraint that refuses it, or "" if none does."""
    try:
        with transaction.atomic(), as_the_site() as cursor:
            cursor.execute(sql, parameters)
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")  # as every one of them that can be put off begins
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name or str(error)
    except Exception as error:
        return type(error.__cause__).__name__
    return ""


def refused(code: str, function, **arguments) -> str:
    """Call an action that must be refused with this code; the sentence it says."""
    with pytest.raises(RuleViolation) as found:
        function(**arguments)
    assert found.value.code == code
    return str(found.value)


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip(f"The public data for tests is not at {SHARED_DATA}")
    return SHARED_DATA
