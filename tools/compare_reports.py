"""Says where the reports of two checkouts, each with its own database, differ: figure by figure, as at the days that matter.

    python tools/compare_reports.py ../before . [--on 2022-04-26 …]

Ends with 0 where nothing differs, else with 1. Both databases must hold the same facts: the one is usually a copy of the other, migrated.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPORTS = ("position", "assurance", "suppliers", "exemptions")
DAYS = ("2021-03-31", "2022-03-31", "2022-04-26", "2023-03-31", "2024-03-31")


def report(checkout: Path, name: str, day: str) -> object:
    """The report as JSON, made by that checkout's own command."""
    command = [sys.executable, "manage.py", "report", name, "--on", day, "--format", "json"]
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{checkout}: {' '.join(command[1:])} failed.\n{done.stderr}")
    return json.loads(done.stdout)


def differences(before: object, after: object, path: str = "") -> Iterator[str]:
    """Where two JSON values differ, each with its path."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif before != after:
        yield f"{path}: {json.dumps(before, ensure_ascii=False)} → {json.dumps(after, ensure_ascii=False)}"


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("before", type=Path)
    arguments.add_argument("after", type=Path)
    arguments.add_argument("--on", nargs="*", default=DAYS)
    chosen = arguments.parse_args()
    found = 0
    for day in chosen.on:
        for name in REPORTS:
            texts = list(differences(report(chosen.before, name, day), report(chosen.after, name, day)))
            found += len(texts)
            print(f"{name} as at {day}: {'the same' if not texts else f'{len(texts)} differences'}")
            for text in texts:
                print(f"  {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
