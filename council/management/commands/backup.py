"""Writes everything the site keeps into one file: the database and the stored files."""

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from council.postgres_programs import connection_arguments, program


class Command(BaseCommand):
    help = "Writes a backup: the database and the stored files. The file must not exist yet."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *args, **options):
        target = Path(options["file"])
        if target.exists():
            raise CommandError(f"{target} is there already. Choose another name; a backup never overwrites one.")
        arguments, environment = connection_arguments()
        unfinished = target.with_name(f"{target.name}.unfinished")
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / "database.dump"
            done = subprocess.run(
                [program("pg_dump"), *arguments, "--format=custom", "--no-owner", "--file", str(dump)],
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise CommandError(f"The database could not be copied: {done.stderr.strip()}")
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
                archive.add(dump, "database.dump")
                files = Path(settings.MEDIA_ROOT)
                for path in sorted(files.rglob("*")):
                    if path.is_file():
                        archive.add(path, f"files/{path.relative_to(files)}")
        unfinished.rename(target)  # a half-written backup never has the name of a whole one
        self.stdout.write(f"Written: {target} ({target.stat().st_size // 1024} KB)")
