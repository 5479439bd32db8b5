"""Serves the site on this machine, with its worker."""

import os
import socket
import sys
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from council.serve import serve


class Command(BaseCommand):
    help = "Serves the site and does its background work, on this machine only."

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000")

    def handle(self, *args, **options):
        if not settings.DEMONSTRATION_ALLOWED:
            raise CommandError("In production, run gunicorn and `manage.py work` as two units: see docs/deploy.md.")
        address = options["address"]
        problem = _taken(address)
        if problem:
            raise CommandError(problem)
        self.stdout.write(
            f"\nThe site is at http://{address}/  (Ctrl-C stops it)\nMail goes to {cast(Any, settings).EMAIL_FILE_PATH}\n"
        )
        self.stdout.flush()
        sys.exit(serve(address, os.environ["DATABASE_URL"]))


def _taken(address: str) -> str | None:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return f"Something else already listens on {address}. Stop it, or give another address: make run ADDRESS=127.0.0.1:8001"
    return None
