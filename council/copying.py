"""Many rows into a table at once, by PostgreSQL's COPY: what a large import needs. Triggers and constraints hold as for any insert."""

import io
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model

NOTHING = "\\N"  # what stands for null; a text with a backslash has two, so none is taken for it
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def new_keys(model: type[Model], count: int) -> list[int]:
    """So many keys that no other row of the table has or will get."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        sql = "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)"
        cursor.execute(sql, [table, count])
        return [key for (key,) in cursor.fetchall()]


def copy_in(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows, each with the values of the fields `names` in their order; defaults of the model do not come by themselves.

    Raises what an insert raises.
    """
    lines = ("\t".join([_cell(value) for value in row]) + "\n" for row in rows)
    text = io.StringIO("".join(lines))
    quote = connection.ops.quote_name
    fields = {field.name: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(fields[name]) for name in names)
    sql = f"copy {quote(model._meta.db_table)} ({columns}) from stdin"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # The history is told who acts by what goes before a statement of Django's, which COPY is not, nor any that begins with "select".
        cursor.execute("values (1)")
        cursor.copy_expert(sql, text)


def _cell(value: object) -> str:
    return NOTHING if value is None else str(value).translate(ESCAPES)
