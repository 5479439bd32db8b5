"""Checks an evidence pack: `manage.py verify_pack FILE`. Ends with 1 where something in it was changed."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from council.models import Document
from council.wording import day_name
from council.working_time import day_of
from reporting.evidence.pack import verify


class Command(BaseCommand):
    help = "Holds every file of an evidence pack against its manifest, and the pack against the one that was made here."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--elsewhere", action="store_true", help="the pack was made by another database, which this one cannot know"
        )

    def handle(self, *args, **options):
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        found = verify(path)
        for problem in found.problems:
            self.stdout.write(problem)
        if found.problems:
            raise CommandError(
                f"{len(found.problems)} problem{'s' if len(found.problems) > 1 else ''}: do not rely on this pack."
            )
        self.stdout.write(f"{found.title}: {found.files} files, all as the pack itself lists them.")
        self.stdout.write(f"SHA-256 of the pack: {found.sha256}")
        made = Document.objects.filter(sha256=found.sha256).first()
        if made:
            self.stdout.write(f"It is the pack made here on {day_name(day_of(made.made_at))} as document {made.pk}.")
        elif options["elsewhere"]:
            self.stdout.write(
                "Hold this sum against the one that was given with the pack: only that proves the list itself."
            )
        else:
            raise CommandError(
                "This database has made no pack with that sum: it was changed afterwards, or made elsewhere (then add --elsewhere)."
            )
