"""What the site's database role may do. It owns nothing, so no row of a web request can switch a guard off."""

from django.conf import settings
from django.core.management import CommandError
from django.db import connections

# Kept by triggers that run as the owner: the site reads them.
ONLY_BY_THE_MAIL_WORKER = ("council_sending", "recruitment_ownmail")
READ_ONLY = (
    "council_clock",
    *ONLY_BY_THE_MAIL_WORKER,
    "recruitment_contractaccount",
    "recruitment_accountmonth",
    "placements_turn",
    "placements_paidday",
)
# Rows that are never removed; what is wrong with them is said beside them.
NEVER_DELETED = (
    "council_attachment",
    "council_document",
    "recruitment_vacancy",
    "recruitment_round",
    "recruitment_release",
    "recruitment_correction",
    "recruitment_statement",
    "recruitment_supplierlink",
    "recruitment_submission",
    "recruitment_emergencycall",
    "recruitment_exemption",
    "placements_placement",
    "placements_hire",
    "placements_breach",
    "placements_qualityreview",
    "placements_reviewaction",
    "placements_broughtforward",
    "placements_worker",
)
# Rows that are written once, but for these columns.
ONLY_THESE_CHANGE = {
    "placements_placementperiod": ("cut_on",),  # where another rate takes over
    "council_message": ("sent_at", "cancelled_at", "tries", "next_try_at", "error"),
}
# Rows that are written once.
APPEND_ONLY = (
    "recruitment_contractapproval",
    "recruitment_accountentry",
    "recruitment_submissionstep",
    "recruitment_approach",
    "recruitment_spendingauthority",
    "recruitment_authorityword",
    "recruitment_startquestion",
    "recruitment_orderingaddress",
    "recruitment_addresslink",
    "recruitment_addressword",
    "recruitment_exemptioncomment",
    "recruitment_exemptiondecision",
    "recruitment_statutoryground",
    "recruitment_meeting",
    "recruitment_meetingitem",
    "placements_placementreversal",
    "placements_placementmove",
    "placements_practiceconcern",
)


# What a function of ours finds under a name: PostgreSQL's own, then ours, a temporary table last.
SEARCH_PATH = "pg_catalog, public, pg_temp"


def secure_functions(*, using: str, **_) -> None:
    """After every `migrate`, since each one may write trigger functions anew.

    Every function of ours looks for tables where they are, whatever the caller has put in front: a temporary table named like one of
    ours would else take its place in a trigger. History is written by the owner, and nobody switches it off.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            """select p.oid::regprocedure::text from pg_proc p
               left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
               where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and d.objid is null"""
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"alter function {function} set search_path = {SEARCH_PATH}")
        cursor.execute(
            r"""select distinct t.tgfoid::regprocedure::text from pg_trigger t
                where not t.tgisinternal and t.tgname like 'pgtrigger\_%'"""
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"alter function {function} security definer")
        # Its first form asks a setting that anybody may set, and catches an error for every row where nobody has.
        cursor.execute(
            "create or replace function _pgtrigger_should_ignore(trigger_name name) returns boolean "
            f"language sql immutable set search_path = {SEARCH_PATH} as 'select false'"
        )


def grant_to_mail(*, using: str, **_) -> None:
    """After every `migrate`: the mail worker's role records what went. What else it does, it may as a member of the site's role."""
    with connections[using].cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [settings.MAIL_DATABASE_ROLE])
        if cursor.fetchone():
            name = connections[using].ops.quote_name(settings.MAIL_DATABASE_ROLE)
            for table in ONLY_BY_THE_MAIL_WORKER:
                cursor.execute("select to_regclass(%s) is not null", [table])
                if cursor.fetchone()[0]:
                    cursor.execute(f"grant insert on {table} to {name}")


def grant_to_site(*, using: str, **_) -> None:
    """After every `migrate`: give the site's role its rights on all tables. Does nothing where that role does not exist.

    Raises CommandError where the site's role could still create tables, and only somebody else can take that away.
    """
    role = settings.SITE_DATABASE_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("select rolsuper or rolname = current_user from pg_roles where rolname = %s", [role])
        row = cursor.fetchone()
        if row is None or row[0]:
            return
        quote = connections[using].ops.quote_name
        name = quote(role)
        cursor.execute(f"grant usage on schema public to {name}")
        cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {name}")
        cursor.execute(f"grant usage, select on all sequences in schema public to {name}")
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = {table for (table,) in cursor.fetchall()}
        events = {table for table in tables if table.endswith("event")}
        for table in tables & (set(READ_ONLY) | events | {"django_migrations", "pghistory_context"}):
            cursor.execute(f"revoke insert, update, delete on {table} from {name}")
        for table in tables & set(NEVER_DELETED):
            cursor.execute(f"revoke delete on {table} from {name}")
        for table in tables & (set(APPEND_ONLY) | set(ONLY_THESE_CHANGE)):
            cursor.execute(f"revoke update, delete on {table} from {name}")
        for table in tables & set(ONLY_THESE_CHANGE):
            cursor.execute(f"grant update ({', '.join(ONLY_THESE_CHANGE[table])}) on {table} to {name}")
        cursor.execute("select current_database()")
        database = quote(cursor.fetchone()[0])
        cursor.execute(f"revoke temporary, create on database {database} from public")
        cursor.execute(f"revoke temporary, create on database {database} from {name}")
        cursor.execute("revoke create on schema public from public")
        cursor.execute(f"revoke create on schema public from {name}")
        cursor.execute(
            "select has_database_privilege(%s, current_database(), 'temporary, create') "
            "or has_schema_privilege(%s, 'public', 'create')",
            [role, role],
        )
        if cursor.fetchone()[0]:
            raise CommandError(
                f"The role {role} could still create tables beside ours, and take the place of one. As the owner of the database, run:\n"
                f"  revoke temporary, create on database {database} from public, {name};\n"
                f"  revoke create on schema public from public, {name};"
            )
