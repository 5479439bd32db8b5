#!/usr/bin/env python
"""Runs the project's commands. Where DATABASE_URL is not set, takes a lease on the embedded PostgreSQL first."""

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent


def use_embedded_database() -> None:
    from config import embedded

    try:
        server = embedded.take_lease(embedded.home_for(PROJECT))
    except embedded.CannotStart as problem:
        sys.exit(str(problem))
    # What sends mail, and the demonstration that plays it, is another role: only that one may say that a mail went.
    sends_mail = sys.argv[1] in {"work", "demo"}
    os.environ["DATABASE_URL"] = server.url(embedded.MAIL if sends_mail else embedded.SITE)
    os.environ["DATABASE_MAIL_URL"] = server.url(embedded.MAIL)
    os.environ["DATABASE_OWNER_URL"] = server.url(embedded.OWNER)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    from django.core.management import execute_from_command_line

    local = os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.local"
    asks_for_help = len(sys.argv) < 2 or sys.argv[1] in {"help", "version", "--help", "--version"}
    if local and "DATABASE_URL" not in os.environ and not asks_for_help:
        use_embedded_database()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
