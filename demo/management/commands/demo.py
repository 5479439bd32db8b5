"""Loads the demonstration council."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils import timezone

from council.models import Council, User
from demo.build import build
from demo.council_set_up import PASSWORD, PEOPLE

KEPT = {"council_clock", "django_migrations", "django_content_type", "auth_permission"}


class Command(BaseCommand):
    help = "Loads the demonstration into an empty database; --reset empties a demonstration first."

    def add_arguments(self, parser):
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Empty the database first. Refused on data that is not the demonstration.",
        )
        parser.add_argument("--if-empty", action="store_true", help="Do nothing where there is data already.")
        parser.add_argument("--sign-ins", action="store_true", help="Only print who can sign in.")

    def handle(self, *args, **options):
        if not settings.DEMONSTRATION_ALLOWED:
            raise CommandError(
                "The demonstration is not for production: it makes people whose password everybody knows."
            )
        if options["sign_ins"]:
            self._print_sign_ins()
            return
        filled = User.objects.exists()
        demonstration = Council.objects.filter(is_demonstration=True).first()
        broken_off = demonstration is not None and not demonstration.demonstration_is_whole
        if filled and not broken_off:
            if options["if_empty"]:
                return
            if demonstration is None:
                raise CommandError("This database holds data that is not the demonstration, so it stays as it is.")
            if not options["reset"]:
                raise CommandError("The demonstration is loaded already. Use --reset to load it afresh.")
        if filled:
            self._empty()
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit to off")  # a load that breaks off starts again from nothing
        build(timezone.localdate(), lambda text: self.stderr.write(f"  demonstration: {text}"))
        Council.objects.update(demonstration_is_whole=True)
        self.stderr.write(f"  demonstration loaded in {time.monotonic() - started:.0f} seconds")

    def _empty(self) -> None:
        alias = "owner" if "owner" in settings.DATABASES else "default"
        with connections[alias].cursor() as cursor:
            cursor.execute("select tablename from pg_tables where schemaname = 'public'")
            tables = sorted({table for (table,) in cursor.fetchall()} - KEPT)
            names = ", ".join(connections[alias].ops.quote_name(table) for table in tables)
            cursor.execute(f"truncate {names} restart identity")

    def _print_sign_ins(self) -> None:
        if not Council.objects.filter(is_demonstration=True).exists():
            return
        self.stdout.write(f"Sign in as (the password of all: {PASSWORD})")
        for key, name, role, service in PEOPLE:
            where = f", {service}" if service else ""
            self.stdout.write(f"  {key + '@demo.example':24} {name}, {role.label.lower()}{where}")
