"""`migrate` as the role that owns the tables, one at a time."""

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from council.quick_states import only_near_models

LOCK = 7_240_312  # any number, the same for every process that migrates this database


class Command(DjangoMigrate):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        if "owner" in settings.DATABASES:
            parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [LOCK])
            try:
                with only_near_models():
                    return super().handle(*args, **options)
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
