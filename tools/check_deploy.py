"""Runs Django's deployment check with production settings, and collects the static files once as production would."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory() as static:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "ALLOWED_HOSTS": "tracker.example",
            "DATABASE_URL": "postgres://site@db.example/tracker",
            "STATIC_ROOT": static,
        }
        for command in (
            ["check", "--deploy", "--fail-level", "WARNING"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
        ):
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=PROJECT, env=environment, capture_output=True, text=True
            )
            if done.returncode:
                print(done.stdout, done.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
