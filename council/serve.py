"""The local site: the server and the worker, watched by one parent, so that none of them outlives the others.

Not for production, which runs gunicorn and `manage.py work` as two units (docs/deploy.md).
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

PR_SET_PDEATHSIG = 1
MANAGE = str(Path(__file__).resolve().parent.parent / "manage.py")
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _start(site_address: str, *arguments: str) -> subprocess.Popen:
    environment = {"SITE_ADDRESS": site_address} | os.environ
    if arguments == ("work",) and "DATABASE_MAIL_URL" in os.environ:
        environment["DATABASE_URL"] = os.environ["DATABASE_MAIL_URL"]
    return subprocess.Popen([sys.executable, MANAGE, *arguments], preexec_fn=_die_with_parent, env=environment)


def serve(address: str, database_url: str) -> int:
    """Run until Ctrl-C, or until the server, the worker, the database or our own parent is gone. Returns an exit status."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    database = psycopg2.connect(database_url)  # closes when the database goes, however it goes
    here = f"http://{address}"  # where links in mail lead, unless the environment names another
    children = [_start(here, "runserver", "--noreload", "--nostatic", "--skip-checks", address), _start(here, "work")]

    def stop(*_) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # also where a shell started us in the background, with SIGINT ignored
    try:
        while True:
            gone = [child for child in children if child.poll() is not None]
            if gone or os.getppid() != parent or select.select([database], [], [], 0.2)[0]:
                return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        give_up = time.monotonic() + 0.6
        for child in children:
            try:
                child.wait(max(0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
