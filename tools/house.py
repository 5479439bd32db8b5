"""Prints what makes a house hard to find one's way in: the largest modules, long functions, and class names that mean two things.

python tools/house.py
"""

import ast
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "demo", "reporting", "money", "placements", "recruitment", "council", "govuk", "tools")
MODULE, FUNCTION = 350, 50  # lines
DJANGO_NAMES = {"Command", "Migration", "Meta"}


def modules() -> dict[str, str]:
    """Path → text of every module of ours, migrations apart."""
    found = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(PROJECT)): path.read_text() for path in sorted(found)}


def long_modules(texts: dict[str, str]) -> list[tuple[int, str]]:
    """Those over the limit, longest first; files of declared models may be longer."""
    sizes = [(text.count("\n"), name) for name, text in texts.items() if "/models/" not in name]
    return sorted((one for one in sizes if one[0] > MODULE), reverse=True)


def long_functions(texts: dict[str, str]) -> list[tuple[int, str]]:
    """Those over the limit, longest first; what a docstring says is not counted."""
    found = []
    for name, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (lines := _length(node)) > FUNCTION:
                found.append((lines, f"{name}: {node.name}"))
    return sorted(found, reverse=True)


def _length(function: ast.FunctionDef) -> int:
    first = function.body[0]
    said = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def names_used_twice(texts: dict[str, str]) -> dict[str, list[str]]:
    """Top-level class names that stand in more than one module."""
    where = defaultdict(list)
    for name, text in texts.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.name not in DJANGO_NAMES:
                where[node.name].append(name)
    return {name: places for name, places in sorted(where.items()) if len(places) > 1}


def main() -> None:
    texts = modules()
    print(f"{len(texts)} modules, {sum(text.count(chr(10)) for text in texts.values())} lines")
    print(f"\nModules over {MODULE} lines, models apart:")
    for lines, name in long_modules(texts):
        print(f"  {lines:4}  {name}")
    print(f"\nFunctions over {FUNCTION} lines:")
    for lines, name in long_functions(texts):
        print(f"  {lines:4}  {name}")
    print("\nClass names that stand in two modules:")
    for name, places in names_used_twice(texts).items():
        print(f"  {name}: {', '.join(places)}")


if __name__ == "__main__":
    main()
