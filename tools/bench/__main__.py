"""make bench: what each page, import and export costs with the demonstration's rows 1, 10 and 100 times.

    python -m tools.bench [--sizes 1,10,100] [--only WORD …] [--keep] [--output FILE]

Builds databases of its own below `var/bench`; shows the last run beside this one.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(PROJECT))

import psycopg2  # noqa: E402 - the path above comes first

from config import embedded  # noqa: E402
from tools.bench.grow import grow  # noqa: E402

PAYMENTS = {100: 1_000_000}  # as many as a council of this size would have read in
GOALS = {"ratio": 1.5, "record": 20, "today": 20, "joins": 8}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--sizes", default="1,10,100")
    arguments.add_argument("--only", nargs="*", default=[])
    arguments.add_argument("--keep", action="store_true", help="Measure the databases of the last run again.")
    arguments.add_argument("--output", default=str(PROJECT / "var" / "bench" / "results.json"))
    chosen = arguments.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    home = embedded.home_for(PROJECT) / "bench"
    server = embedded.take_lease(home, fast=True)

    def connect(name: str):
        return psycopg2.connect(host=server.socket_folder, user=embedded.OWNER, dbname=name)

    def environment(name: str) -> dict:
        urls = {
            key: server.url(role).replace(f"/{embedded.DATABASE}?", f"/{name}?")
            for key, role in (("DATABASE_URL", embedded.MAIL), ("DATABASE_OWNER_URL", embedded.OWNER))
        }
        return os.environ | urls | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "VAR_DIR": str(home / "files")}

    if not chosen.keep:
        prepare(connect, environment, sizes)
    results = {
        str(size): json.loads(run(environment(f"bench_{size}"), "-m", "tools.bench.pages", *chosen.only))
        for size in sizes
    }
    if not chosen.only:
        results["files"] = json.loads(run(environment(f"bench_{sizes[-1]}"), "-m", "tools.bench.files"))
    output = Path(chosen.output)
    last = json.loads(output.read_text()) if output.exists() else {}
    show(results, last.get("results", {}), sizes)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), "results": results}, indent=1))
    return 0


def run(environment: dict, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed.")
    return done.stdout


def prepare(connect, environment, sizes: list[int]) -> None:
    admin = connect("postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("drop database if exists bench_base")
        cursor.execute("create database bench_base")
    admin.close()
    print("Loading the demonstration …", flush=True)
    run(environment("bench_base"), "manage.py", "migrate", "--verbosity", "0")
    run(environment("bench_base"), "manage.py", "demo", "--if-empty")
    for size in sizes:
        grow(connect, "bench_base", f"bench_{size}", size, PAYMENTS.get(size, 0))
        run(environment(f"bench_{size}"), "manage.py", "migrate", "--verbosity", "0")  # rights are a database's own


def show(results: dict, last: dict, sizes: list[int]) -> None:
    """One line a page: milliseconds of processor time (Python + database) at each size, and how they grow."""
    first, most = str(sizes[0]), str(sizes[-1])
    print(
        f"\n{'page':28}"
        + "".join(f"{f'{size}× ms':>17}" for size in sizes)
        + f"{'ratio':>7}{'last':>7}{'queries':>9}{'joins':>6}{'kB':>7}"
    )
    for name, small in results[first].items():
        cells = "".join(
            f"{one['python']:>9}+{one['database']:<7}" for one in (results[str(size)][name] for size in sizes)
        )
        large = results[most][name]
        was = last.get(most, {}).get(name)
        before = f"{was['python'] + was['database']:.0f}" if was else ""
        print(
            f"{name:28}{cells}{total(large) / total(small):>7.1f}{before:>7}{large['queries']:>9}{large['joins']:>6}{large['bytes'] / 1000:>7.0f}"
        )
    for name, figures in results.get("files", {}).items():
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures.items()))


def total(one: dict) -> float:
    return one["python"] + one["database"]


if __name__ == "__main__":
    sys.exit(main())
