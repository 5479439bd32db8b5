"""What the code locks the site's role may lock: on a table that is written once `select for update` is not allowed to it."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("council", "recruitment", "placements", "money", "reporting")


def root_of(node: ast.expr) -> str:
    """The name a chain of calls begins with: `Release` of `Release.objects.filter(…)`."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def locked() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (PROJECT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())) if "migrations" not in path.parts else ():
                if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
                    found.add(root_of(node))
    return found


MODELS = {model.__name__: model for room in ROOMS for model in apps.get_app_config(room).get_models()}
LOCKED = sorted(locked() & set(MODELS))


def test_there_are_some():
    assert {"Release", "Vacancy", "Placement", "Exemption"} <= set(LOCKED)


@pytest.mark.django_db
@pytest.mark.parametrize("name", LOCKED)
def test_the_sites_role_may_lock_it(name):
    role = "tracker_mail" if name == "Message" else "tracker_site"  # a message is locked by what sends it
    with connection.cursor() as cursor:
        cursor.execute("select has_any_column_privilege(%s, %s, 'UPDATE')", [role, MODELS[name]._meta.db_table])
        assert cursor.fetchone() == (True,)
