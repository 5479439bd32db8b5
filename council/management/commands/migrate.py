"""`migrate` as the role that owns the tables, one at a time."""

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import AmbiguityError

from council.models import User
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
                self._refuse_going_back(options)
                with only_near_models():
                    return super().handle(*args, **options)
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])

    @staticmethod
    def _refuse_going_back(options: dict) -> None:
        """What was recorded since does not fit the tables of before: it would break off half way, with rows already gone."""
        target, connection = options["migration_name"], connections[options["database"]]
        if not target or "council_user" not in connection.introspection.table_names() or not User.objects.exists():
            return
        executor = MigrationExecutor(connection)
        try:
            key = (
                None if target == "zero" else executor.loader.get_migration_by_prefix(options["app_label"], target).name
            )
        except (KeyError, AmbiguityError):
            return  # Django's own command says what is wrong with the name
        if any(backwards for _, backwards in executor.migration_plan([(options["app_label"], key)])):
            raise CommandError(
                "Going back would lose what was recorded since. Restore the backup made before the update: docs/deploy.md says how."
            )
