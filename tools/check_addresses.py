"""Every address inside the site is written by its page's name, and every name is one: python tools/check_addresses.py

A name is `room:page`, as in a template's `{% url %}`, in `address(…)`, in a redirect or in a list's links.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("reporting", "money", "placements", "recruitment", "council", "govuk", "demo")
SPACES = "reporting|money|placements|recruitment|admin|account"
NAME = re.compile(rf"""["'](({SPACES}):[a-z0-9_-]+)["']""")
IN_TEMPLATE = re.compile(r"""(?:href|action)="(/[^"]*)""")
IN_PYTHON = re.compile(r"""["'](/[a-z][a-z{}._-]*/[^"'\s]*)["']""")
WITHOUT_A_SPACE = re.compile(r"""\{% url '([^':]+)'""")


def texts() -> Iterator[tuple[str, str, bool]]:
    """(path, text, whether it is a template) of everything that may lead somewhere."""
    for room in (*ROOMS, "templates"):
        for path in sorted((PROJECT / room).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield str(path.relative_to(PROJECT)), path.read_text(), path.suffix != ".py"


def names() -> set[str]:
    """Every page's name, with its room's."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(found, space: str) -> Iterator[str]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
            elif isinstance(one, URLPattern) and one.name:
                yield f"{space}{one.name}"

    return set(walk(get_resolver().url_patterns, ""))


def problems(found: Iterator[tuple[str, str, bool]], known: set[str]) -> list[str]:
    from django.urls import Resolver404, resolve

    wrong = []
    for path, text, is_template in found:
        said = {match[1] for match in NAME.finditer(text)} | {match[1] for match in WITHOUT_A_SPACE.finditer(text)}
        wrong += [f"{path}: no page is called {name}" for name in sorted(said - known)]
        for match in (IN_TEMPLATE if is_template else IN_PYTHON).finditer(text):
            written = re.sub(r"\{.*?\}+", "1", match[1]).partition("?")[0]
            try:
                page = resolve(written)
            except Resolver404:
                if is_template:
                    wrong.append(f"{path}: {match[1]} leads nowhere")
                continue
            wrong.append(f"{path}: write {match[1]} by its name, {page.view_name}")
    return wrong


def main() -> int:
    sys.path.insert(0, str(PROJECT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    wrong = problems(texts(), names())
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
