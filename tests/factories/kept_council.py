"""The small council of the tests, built once by each worker and put back for each test: the same rows, in one statement.

Building it takes eighty statements through the actions of a user. What they wrote, history and running totals included, is read
once; later tests get those rows with the triggers at rest, since they have run already, and a copy of the objects.
"""

import copy
from dataclasses import dataclass

from django.db import connection

from .small_council import World, build_world

# Of each table of ours, its columns that hold something of their own, its sequence apart.
COLUMNS = """select c.table_name, string_agg(quote_ident(c.column_name), ', ' order by c.ordinal_position),
           string_agg(format('quote_nullable(%I::text)', c.column_name), ', ' order by c.ordinal_position)
      from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.is_generated = 'NEVER' and t.table_type = 'BASE TABLE' group by c.table_name"""


@dataclass(frozen=True)
class Kept:
    world: World
    statement: str

    def put_back(self) -> World:
        with connection.cursor() as cursor:
            cursor.execute(self.statement)
        return copy.deepcopy(self.world)


_kept: Kept | None = None


def put_back_world() -> World:
    global _kept
    if _kept is None:
        _kept = _keep()
        return copy.deepcopy(_kept.world)
    return _kept.put_back()


def forget_the_world() -> None:
    """After what numbers the rows of the database anew: the world that was kept would take keys that are given again."""
    global _kept
    _kept = None


def _keep() -> Kept:
    before = _rows()
    world = build_world()
    parts = ["set local session_replication_role = replica"]
    for table, (columns, rows) in _rows().items():
        there = before[table][1]
        assert set(there) <= set(rows), f"Building the world changes rows of {table} that were there before it."
        if new := [row for row in rows if row not in there]:
            parts.append(f"insert into {table} ({columns}) overriding system value values {', '.join(new)}")
    parts.append("set local session_replication_role = origin")
    return Kept(copy.deepcopy(world), "; ".join(parts))


def _rows() -> dict[str, tuple[str, list[str]]]:
    """Table → (its columns, its rows as SQL)."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns, values in cursor.fetchall():
            cursor.execute(f"select '(' || concat_ws(', ', {values}) || ')' from {table}")
            found[table] = (columns, [row for (row,) in cursor.fetchall()])
    return found
