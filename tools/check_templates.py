"""Compiles every template of the project, and refuses what a strict Content Security Policy would block."""

import os
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BLOCKED = re.compile(r"""\sstyle=|<style|\son\w+=["']|javascript:|<script(?![^>]*\bsrc=)""", re.I)
LONGEST = 200
KEPT = {"evidence/head.html"}  # of documents that are only ever downloaded: they carry their own style


def main() -> int:
    sys.path.insert(0, str(PROJECT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    problems = []
    for folder in (PROJECT / "templates", PROJECT / "govuk" / "templates"):
        for path in sorted(folder.rglob("*.html")):
            name = str(path.relative_to(folder))
            try:
                get_template(name)
            except TemplateSyntaxError as error:
                problems.append(f"{name}: {error}")
            long = [n for n, line in enumerate(path.read_text().splitlines(), 1) if len(line) > LONGEST]
            problems += [f"{name}, line {n}: longer than {LONGEST} characters" for n in long]
            if name not in KEPT:
                problems += [
                    f"{name}: {match.group().strip()} breaks the policy" for match in BLOCKED.finditer(path.read_text())
                ]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
