"""Does waiting jobs, sends mail and does the minute's housekeeping until it is stopped."""

import logging
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection

from council import jobs, outbox

LOCK = 7_240_313
logger = logging.getLogger("jobs")


class Command(BaseCommand):
    help = "Does waiting jobs, mail and housekeeping. Runs until stopped; --once does what there is and ends."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true")

    def handle(self, *args, **options):
        if not outbox.may_say_what_went():
            raise CommandError(
                "This database role may not record that a mail went. Run this command as the mail worker's role: docs/deploy.md says how."
            )
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                jobs.forget_interrupted()
        next_housekeeping = 0.0
        while True:
            if time.monotonic() >= next_housekeeping:
                for task in jobs.HOUSEKEEPING:
                    self._tidy(task)
                next_housekeeping = time.monotonic() + 60
            if jobs.run_next() or self._mail():
                continue
            if options["once"]:
                return
            time.sleep(0.5)

    @staticmethod
    def _mail() -> bool:
        """Whether a message was tried. The database may be away for a moment; then the next turn tries again."""
        try:
            return outbox.send_next()
        except Exception:
            logger.exception("The outbox could not be read")
            close_old_connections()
            return False

    @staticmethod
    def _tidy(task) -> None:
        """One task that fails must not stop the others, nor the imports."""
        try:
            task()
        except Exception:
            logger.exception("Housekeeping failed: %s", task.__name__)
            close_old_connections()
