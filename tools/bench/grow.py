"""A database with K times the rows that come and go: requests, orders, placements, payments. Set-up stays as it is.

Copy i of a row has its key plus i steps; every key to a copied row moves by as much, so that a copy refers to copies. Totals that triggers
keep are worked out anew at the end, and so are the approved values, or nothing would fit.
"""

import time

STEP = 100_000  # between the keys of one copy and the next; more than any table of the demonstration has
# Set-up, people and what belongs to them: there once, however many requests there are.
STAYS = [
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "council_cache",
    "council_closedday",
    "council_council",
    "council_deputy",
    "council_deputyevent",
    "council_digest",
    "council_document",
    "council_documentevent",
    "council_job",
    "council_rolegrant",
    "council_rolegrantevent",
    "council_sentform",
    "council_service",
    "council_team",
    "council_teamfigure",
    "council_user",
    "django_admin_log",
    "django_content_type",
    "django_migrations",
    "django_session",
    "pghistory_context",
    "recruitment_agency",
    "recruitment_agencyname",
    "recruitment_contract",
    "recruitment_contractaccount",
    "recruitment_accountmonth",
    "recruitment_contractevent",
    "recruitment_contractapproval",
    "recruitment_contractapprovalevent",
    "recruitment_exemptionapprover",
    "recruitment_framework",
    "recruitment_lot",
    "recruitment_lotsupplier",
    "recruitment_procurementthreshold",
    "recruitment_sourcingorder",
    "recruitment_sourcingstep",
    "recruitment_stepsource",
    "placements_broughtforward",
    "placements_broughtforwardevent",
    "placements_dismissedname",
    "placements_paymentimport",
    "placements_paymentsource",
    "placements_paidday",
]
# Columns that hold the key of a row of another table without saying so.
HIDDEN_KEYS = {
    "recruitment_correction": {"subject_id"},
    "council_attachment": {"subject"},
    "council_attachmentevent": {"subject"},
    "council_message": {"subject"},
}
NUMBERED = {"reference"}  # unique, a name and a number: VAC-12


def grow(connect, source: str, target: str, times: int, payments: int = 0) -> None:
    """Copy the database `source` to `target` with `times` as many rows, and more payments than that if asked.

    `connect(name)` connects to a database of the server as a superuser.
    """
    started = time.monotonic()
    admin = connect("postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"drop database if exists {target}")
        cursor.execute(f"create database {target} template {source}")
    admin.close()
    database = connect(target)
    with database, database.cursor() as cursor:
        cursor.execute("set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB'")
        if times > 1:
            _multiply(cursor, times)
        if payments:
            _more_payments(cursor, payments)
        _totals(cursor, times)
        _sequences(cursor)
    database.autocommit = True
    with database.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("select count(*) from recruitment_vacancy")
        (requests,) = cursor.fetchone()
        cursor.execute("select count(*) from placements_payment")
        print(
            f"  {target}: {requests} requests, {cursor.fetchone()[0]} payments, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    database.close()


def _column(cursor, sql: str, *parameters) -> list:
    cursor.execute(sql, parameters)
    return [row[0] for row in cursor.fetchall()]


def _multiply(cursor, times: int) -> None:
    tables = set(_column(cursor, "select tablename from pg_tables where schemaname = 'public'"))
    unknown = set(STAYS) - tables - {"placements_paidday", "pghistory_context"}
    assert not unknown, f"tables that are gone: {unknown}"
    copied = tables - set(STAYS)
    moves = {table: {"id"} | HIDDEN_KEYS.get(table, set()) for table in copied}
    cursor.execute(
        """select c.relname, f.relname, a.attname, b.attname
             from pg_constraint k
             join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
             cross join lateral unnest(k.conkey, k.confkey) as pair(mine, theirs)
             join pg_attribute a on a.attrelid = c.oid and a.attnum = pair.mine
             join pg_attribute b on b.attrelid = f.oid and b.attnum = pair.theirs
            where k.contype = 'f' and k.connamespace = 'public'::regnamespace"""
    )
    for table, other, column, key in cursor.fetchall():
        if table in copied and other in copied and key == _primary(cursor, other):
            moves[table].add(column)
    for table in copied:
        if table.endswith("event") and table.removesuffix("event") in copied:
            moves[table] |= {"pgh_id", "pgh_obj_id"} | moves[table.removesuffix("event")]
    for table in sorted(copied):
        _copy_rows(cursor, table, moves[table] | {_primary(cursor, table)}, times)


_primaries: dict[str, str] = {}


def _primary(cursor, table: str) -> str:
    if table not in _primaries:
        found = _column(
            cursor,
            """select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
                where i.indisprimary and i.indrelid = %s::regclass""",
            table,
        )
        _primaries[table] = found[0] if found else ""
    return _primaries[table]


def _columns(cursor, table: str) -> list[tuple[str, str]]:
    cursor.execute(
        """select column_name, data_type from information_schema.columns
            where table_schema = 'public' and table_name = %s and is_generated = 'NEVER' order by ordinal_position""",
        [table],
    )
    return cursor.fetchall()


def _copy_rows(cursor, table: str, moves: set[str], times: int) -> None:
    columns = _columns(cursor, table)
    values = [_value(table, name, kind, name in moves) for name, kind in columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    cursor.execute(
        f'insert into "{table}" ({names}) overriding system value select {", ".join(values)} '
        f'from "{table}" t, generate_series(1, {times - 1}) as copy(i)'
    )


def _value(table: str, name: str, kind: str, moves: bool) -> str:
    column = f't."{name}"'
    if table == "placements_turn" and name == "subject":
        return f"split_part({column}, ' ', 1) || ' ' || (split_part({column}, ' ', 2)::bigint + i * {STEP})"
    if moves and kind in ("bigint", "integer"):
        return f"{column} + i * {STEP}"
    if name in NUMBERED and table.removesuffix("event") not in ("placements_payment", "recruitment_statement"):
        return f"case when {column} ~ '-[0-9]+$' then split_part({column}, '-', 1) || '-' || (split_part({column}, '-', 2)::bigint + i * {STEP}) else {column} end"
    if name == "registration_number" and table.startswith("placements_worker"):
        return f"case when coalesce({column}, '') = '' then {column} else 'SW' || (substr({column}, 3)::bigint + i * 1000000) end"
    if name in ("line_key", "token_hash"):
        return f"md5({column} || i) || md5({column} || i || 'x')"
    return column


def _more_payments(cursor, wanted: int) -> None:
    cursor.execute("select count(*), max(id) from placements_payment")
    count, top = cursor.fetchone()
    times = -(-wanted // count)
    for table, moves in (
        ("placements_payment", {"id"}),
        ("placements_paymentallocation", {"id", "payment_id"}),
    ):
        columns = _columns(cursor, table)
        values = []
        for name, _ in columns:
            column = f't."{name}"'
            moved = f"{column} + i * {top + 1}" if name in moves else column
            values.append(f"md5({column} || 'p' || i) || md5({column} || 'q' || i)" if name == "line_key" else moved)
        names = ", ".join(f'"{name}"' for name, _ in columns)
        cursor.execute(
            f"insert into {table} ({names}) overriding system value select {', '.join(values)} from {table} t, "
            f"generate_series(1, {times - 1}) as copy(i)"
        )


def _totals(cursor, times: int) -> None:
    cursor.execute(
        f"update recruitment_contractaccount set exposure = exposure * {times}, approved_value = approved_value * {times}"
    )
    cursor.execute(f"update recruitment_accountmonth set added = added * {times}, released = released * {times}")
    cursor.execute(f"update recruitment_contractapproval set value = value * {times}")


def _sequences(cursor) -> None:
    cursor.execute(
        """select table_name, column_name, pg_get_serial_sequence(format('%I', table_name), column_name)
             from information_schema.columns where table_schema = 'public'"""
    )
    for table, column, sequence in cursor.fetchall():
        if sequence:
            cursor.execute(
                f"""select setval('{sequence}', greatest((select coalesce(max("{column}"), 1) from "{table}"), 1))"""
            )
