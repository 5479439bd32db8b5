"""Starts the tests' own PostgreSQL before Django reads its settings. Fast settings: nothing here has to last.

Loaded with `-p`, because pytest-django reads the settings before any conftest. The first process migrates a template once for
each state of the migrations; worker processes inherit the addresses and copy the template.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2

from config import embedded

PROJECT = Path(__file__).resolve().parent.parent


def _name_of_template() -> str:
    digest = hashlib.sha256()
    for path in (
        *sorted(PROJECT.glob("*/migrations/*.py")),
        PROJECT / "council/database_roles.py",
        PROJECT / "requirements.txt",
    ):
        digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def _make_template(server: embedded.Server, name: str) -> None:
    connection = psycopg2.connect(host=server.socket_folder, user=embedded.OWNER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if cursor.fetchone():
            return
        cursor.execute(f"drop database if exists {name}_unfinished")
        cursor.execute(f"create database {name}_unfinished")
        url = server.url(embedded.OWNER).replace(f"/{embedded.DATABASE}?", f"/{name}_unfinished?")
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=PROJECT, env=environment, check=True)
        cursor.execute(f"alter database {name}_unfinished rename to {name}")
    connection.close()


if "DATABASE_URL" not in os.environ:
    running = embedded.take_lease(embedded.home_for(PROJECT) / "tests", fast=True)
    template = _name_of_template()
    _make_template(running, template)
    os.environ["DATABASE_URL"] = running.url(embedded.OWNER)
    os.environ["TEST_DATABASE_TEMPLATE"] = template
os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # the browser's driver runs an event loop in the test's thread
