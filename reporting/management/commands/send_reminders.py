"""Puts the daily messages in the outbox: `manage.py send_reminders`, once a day by a timer. Called again it sends nothing twice."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from reporting.digest import send_digests


class Command(BaseCommand):
    help = "Puts each person's message of today in the outbox, once. `manage.py work` sends it."

    def handle(self, *args, **options):
        put = send_digests(timezone.now(), timezone.localdate())
        self.stdout.write(f"{put} message{'s' if put != 1 else ''} put in the outbox.")
