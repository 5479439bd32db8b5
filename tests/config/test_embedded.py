"""The embedded database and the local site, as real processes: shared, stopped when unused, whoever kills what."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from config import embedded

PROJECT = Path(__file__).resolve().parent.parent.parent
AS_ROOT = os.geteuid() == 0
TAKE = """
import sys, time
sys.path.insert(0, {project!r})
from pathlib import Path
from config import embedded
server = embedded.take_lease(Path({home!r}))
import psycopg2
connection = psycopg2.connect(host=server.socket_folder, user=embedded.SITE, dbname=embedded.DATABASE)
print("ready", server.socket_folder, flush=True)
{then}
"""


@pytest.fixture
def home(tmp_path_factory):
    """A folder the server's account may enter, short enough for a socket."""
    path = Path(f"/tmp/tracker-test-{os.getpid()}-{time.monotonic_ns() % 10**6}")
    yield path
    kill_all(path)
    shutil.rmtree(path, ignore_errors=True)


def take(home: Path, then: str = "time.sleep(60)", **environment) -> subprocess.Popen:
    code = TAKE.format(project=str(PROJECT), home=str(home), then=then)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def processes_of(path: Path) -> dict[psutil.Process, str]:
    """Those that name the folder, with their command lines as they were found: one may be gone a moment later."""
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(path) in line and process.pid != os.getpid():
            found[process] = line
    return found


def kill_all(path: Path) -> None:
    for process in processes_of(path):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def gone_after(path: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not processes_of(path):
            return True
        time.sleep(0.05)
    return False


def test_many_at_once_share_one_server_and_leave_nothing(home):
    children = [take(home, "") for _ in range(8)]
    outputs = [child.communicate(timeout=90) for child in children]
    assert [child.returncode for child in children] == [0] * 8, outputs
    assert len({out.split()[1] for out, _ in outputs}) == 1
    assert gone_after(home, 10)


def test_data_lasts_through_kill_nine_of_everything(home):
    write = "connection.autocommit = True; cursor = connection.cursor()\n"
    owner = "import psycopg2 as p; o = p.connect(host=server.socket_folder, user=embedded.OWNER, dbname=embedded.DATABASE); o.autocommit = True\n"
    then = (
        owner
        + "o.cursor().execute('create table kept (n int)')\nfor n in range(50):\n    o.cursor().execute('insert into kept values (%s)', [n])\nprint('written', flush=True)\ntime.sleep(60)"
    )
    first = take(home, write + then)
    assert first.stdout.readline().startswith("ready")
    assert first.stdout.readline().startswith("written")
    kill_all(home)
    first.kill()
    first.wait()
    again = take(home, owner + "c = o.cursor(); c.execute('select count(*) from kept'); print(c.fetchone()[0])")
    out, err = again.communicate(timeout=60)
    assert out.split()[-1] == "50", err


@pytest.mark.parametrize("victim", ["client", "keeper", "postgres"])
def test_whoever_is_killed_the_rest_goes_and_it_runs_again(home, victim):
    client = take(home)
    assert client.stdout.readline().startswith("ready")
    if victim == "client":
        client.kill()
    else:
        wanted = "embedded.py" if victim == "keeper" else "postgres"
        next(p for p, line in processes_of(home).items() if wanted in line and client.args[2] not in line).kill()
        time.sleep(0.5)
        client.kill()
    client.wait()
    assert gone_after(home, 10)
    again = take(home, "")
    out, err = again.communicate(timeout=60)
    assert out.startswith("ready"), err


@pytest.mark.parametrize("without", ["TRACKER_NO_SYSTEM_PG", "TRACKER_NO_WHEEL"])
def test_the_wheel_alone_or_the_systems_programs_alone(home, without):
    if without == "TRACKER_NO_WHEEL" and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("No PostgreSQL server of the system is installed")
    out, err = take(home, "", **{without: "1"}).communicate(timeout=90)
    assert out.startswith("ready"), err


def test_without_any_programs_a_sentence_says_what_to_do(home):
    _, err = take(home, "", TRACKER_NO_WHEEL="1", TRACKER_NO_SYSTEM_PG="1").communicate(timeout=60)
    assert "No PostgreSQL server program was found." in err


def test_data_of_another_version_is_left_alone(home):
    (home / "data").mkdir(parents=True)
    (home / "data" / "PG_VERSION").write_text("9\n")
    _, err = take(home, "").communicate(timeout=60)
    assert "was made by PostgreSQL 9" in err


@pytest.mark.skipif(not AS_ROOT, reason="Only root can become an account without a name")
def test_an_account_without_a_name_gets_a_sentence(home):
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from config import embedded; from pathlib import Path\n"
    code += f"import os; os.setuid(54321)\ntry: embedded.take_lease(Path({str(home)!r}))\nexcept embedded.CannotStart as problem: print(problem)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/").stdout
    assert out.startswith("The account with number 54321 has no name on this machine")


@pytest.mark.skipif(not AS_ROOT, reason="Only root has folders that the server's account cannot enter")
def test_a_checkout_that_only_root_may_enter_keeps_its_data_elsewhere(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "project").mkdir()
    assert str(embedded.home_for(closed / "project")).startswith("/var/lib/agency-tracker/")


@pytest.mark.skipif(not AS_ROOT, reason="Only root can act for an ordinary user")
def test_as_an_ordinary_user(home):
    someone = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, someone.pw_uid, someone.pw_gid)
    readable = subprocess.run(
        ["/usr/bin/test", "-x", sys.executable], user=someone.pw_uid, group=someone.pw_gid, extra_groups=[]
    )
    if readable.returncode:
        pytest.skip("This checkout cannot be read by an ordinary user")
    code = TAKE.format(project=str(PROJECT), home=str(home), then="")
    done = subprocess.run(
        [sys.executable, "-c", code],
        user=someone.pw_uid,
        group=someone.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("ready"), done.stderr


def alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


PORT = 8737


@pytest.fixture(scope="module")
def site_home():
    path = Path(f"/tmp/tracker-site-{os.getpid()}")
    path.mkdir()
    yield path
    kill_all(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def command(site_home):
    """Runs `manage.py` with its database in the throw-away folder, migrated once."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("DATABASE_", "TEST_DATABASE"))}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings.local", "VAR_DIR": str(site_home)}
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); import manage; from config import embedded; from pathlib import Path\n"
    code += f"embedded.home_for = lambda project: Path({str(site_home)!r})\nsys.argv = sys.argv[1:]\nmanage.main()"

    def start(*arguments: str) -> subprocess.Popen:
        line = [sys.executable, "-c", code, "manage.py", *arguments]
        return subprocess.Popen(
            line, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    assert start("migrate", "--verbosity", "0").wait(timeout=120) == 0
    return start


@pytest.fixture
def site(command):
    started = []

    def run() -> psutil.Process:
        process = command("serve", f"127.0.0.1:{PORT}")
        started.append(process)
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return psutil.Process(process.pid)
            except OSError:
                time.sleep(0.1)
        raise AssertionError("The site did not start")

    yield run
    for process in started:
        process.kill()
        process.wait()


class TestTheLocalSite:
    """`manage.py serve`: Ctrl-C, or kill -9 of any of its processes, leaves none running after a second."""

    def everything(self, parent: psutil.Process, home: Path) -> dict[str, psutil.Process]:
        children = {("worker" if "work" in child.cmdline() else "server"): child for child in parent.children()}
        database = {}
        for process, line in processes_of(home).items():
            if "embedded.py" in line:
                database["keeper"] = process
            elif "bin/postgres" in line:
                database["database"] = process
        return {"parent": parent, **children, **database}

    @pytest.mark.parametrize("victim", ["Ctrl-C", "parent", "server", "worker", "keeper", "database", "all"])
    def test_nothing_outlives_it(self, site, site_home, victim):
        parent = site()
        processes = self.everything(parent, site_home)
        assert set(processes) == {"parent", "server", "worker", "keeper", "database"}
        if victim == "Ctrl-C":
            parent.send_signal(signal.SIGINT)
        elif victim == "all":
            for process in processes.values():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        else:
            processes[victim].kill()
        until = time.monotonic() + 2.5  # a second for it, and what a busy test machine adds
        left = list(processes)
        while left and time.monotonic() < until:
            left = [name for name, process in processes.items() if alive(process)]
            time.sleep(0.05)
        assert left == []
        if victim in ("database", "all"):
            assert site().is_running()  # and it runs again


def test_a_backup_is_written_once_and_restored_whole(command, site_home, tmp_path):
    """The drill of docs/deploy.md, against the real programs: people and files come back, and nothing is overwritten."""
    file = tmp_path / "backup.tar.gz"
    stored = site_home / "files" / "payments" / "abc"
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_text("a stored file")
    assert command("first_administrator", "first@test.example", "First Person").wait(timeout=60) == 0
    assert command("backup", str(file)).wait(timeout=60) == 0
    assert command("backup", str(file)).wait(timeout=60) == 1
    stored.unlink()
    assert command("restore", str(file)).wait(timeout=60) == 1  # the database is not empty
    assert command("restore", "--replace", str(file)).wait(timeout=120) == 0
    assert stored.read_text() == "a stored file"
    assert (
        command("first_administrator", "second@test.example", "Second Person").wait(timeout=60) == 1
    )  # the first is back
