"""Puts a backup back into an empty database."""

import gzip
import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from council.known import known
from council.postgres_programs import connection_arguments, program


class Command(BaseCommand):
    help = "Restores a backup into an empty database, then brings it up to date. --replace empties the database first."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--replace", action="store_true", help="Delete what the database holds now.")

    def handle(self, *args, **options):
        source = Path(options["file"])
        try:
            with gzip.open(source) as whole:  # to its end, where its sum stands
                while whole.read(1 << 20):
                    pass
            archive = tarfile.open(source, "r:gz")
            names = archive.getnames()
        except (OSError, EOFError, zlib.error, tarfile.TarError) as problem:
            raise CommandError(f"{source} is not a whole backup: {problem}. Nothing was changed.") from None
        if "database.dump" not in names:
            raise CommandError(f"{source} is not a backup of this site: it holds no database.")
        self._check_dump(archive, source)
        alias = "owner" if "owner" in settings.DATABASES else "default"
        with connections[alias].cursor() as cursor:
            cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
            if cursor.fetchone()[0]:
                if not options["replace"]:
                    raise CommandError("The database is not empty. Restore into a new one, or use --replace.")
                cursor.execute(
                    "drop schema public cascade; create schema public; grant usage on schema public to public"
                )
        connections.close_all()
        arguments, environment = connection_arguments()
        with tempfile.TemporaryDirectory() as folder, archive:
            _copy(archive, "database.dump", Path(folder) / "database.dump")
            done = subprocess.run(
                [
                    program("pg_restore"),
                    *arguments,
                    "--no-owner",
                    "--no-privileges",
                    "--exit-on-error",
                    f"{folder}/database.dump",
                ],
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise CommandError(f"The database could not be restored: {done.stderr.strip()}")
            files = Path(settings.MEDIA_ROOT).resolve()
            for member in archive.getmembers():
                target = (files / member.name.removeprefix("files/")).resolve()
                if member.isfile() and member.name.startswith("files/") and target.is_relative_to(files):
                    _copy(archive, member, target)
        call_command("migrate", verbosity=0)
        self.stdout.write(f"Restored from {source}.")

    @staticmethod
    def _check_dump(archive: tarfile.TarFile, source: Path) -> None:
        """Read the database's dump to its end before anything is emptied for it."""
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / "database.dump"
            _copy(archive, "database.dump", dump)
            command = [program("pg_restore"), "--file", os.devnull, str(dump)]
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise CommandError(f"The database in {source} is not whole: {done.stderr.strip()}. Nothing was changed.")


def _copy(archive: tarfile.TarFile, member: str | tarfile.TarInfo, target: Path) -> None:
    """One file's content and nothing else of it: no links, owners or modes, on any Python from 3.11."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with known(archive.extractfile(member)) as source, open(target, "wb") as file:
        shutil.copyfileobj(source, file)
