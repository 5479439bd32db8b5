"""References people read out to each other: a prefix and the row's number."""

from django.db import connection, models


def new_reference(model: type[models.Model], prefix: str) -> dict:
    """`pk` and `reference` for a new row, such as {"pk": 7, "reference": "REQ-0007"}."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        number = cursor.fetchone()[0]
    return {"pk": number, "reference": f"{prefix}-{number:04d}"}
