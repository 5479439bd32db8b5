"""What the site's database role may do. It owns nothing, so no row of a web request can switch a guard off."""

from django.conf import settings
from django.db import connections

# Kept by triggers that run as the owner: the site reads them.
READ_ONLY = ("recruitment_contractaccount", "recruitment_accountmonth", "placements_turn")
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
    "recruitment_exemptioncomment",
    "recruitment_exemptiondecision",
    "recruitment_statutoryground",
    "recruitment_meeting",
    "recruitment_meetingitem",
    "placements_placementreversal",
    "placements_placementmove",
    "placements_practiceconcern",
)


def grant_to_site(*, using: str, **_) -> None:
    """After every `migrate`: give the site's role its rights on all tables. Does nothing where that role does not exist."""
    role = settings.SITE_DATABASE_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("select rolsuper or rolname = current_user from pg_roles where rolname = %s", [role])
        row = cursor.fetchone()
        if row is None or row[0]:
            return
        name = connections[using].ops.quote_name(role)
        cursor.execute(f"grant usage on schema public to {name}")
        cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {name}")
        cursor.execute(f"grant usage, select on all sequences in schema public to {name}")
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = {table for (table,) in cursor.fetchall()}
        for table in tables & set(READ_ONLY):
            cursor.execute(f"revoke insert, update, delete on {table} from {name}")
        for table in tables & set(NEVER_DELETED):
            cursor.execute(f"revoke delete on {table} from {name}")
        events = {table for table in tables if table.endswith("event")}
        for table in tables & (set(APPEND_ONLY) | set(ONLY_THESE_CHANGE) | events | {"django_migrations"}):
            cursor.execute(f"revoke update, delete on {table} from {name}")
        for table in tables & set(ONLY_THESE_CHANGE):
            cursor.execute(f"grant update ({', '.join(ONLY_THESE_CHANGE[table])}) on {table} to {name}")
