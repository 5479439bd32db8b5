"""The site's role in the database: what it could once do by naming a table like one of ours, and what the catalogue says now."""

import pghistory
import pytest
from django.core.management import CommandError
from django.db import connection

from council.actions import action
from council.database_roles import grant_to_site
from council.history import changes_of
from tests.conftest import as_the_site, refused_as
from tests.factories.small_council import AFTER_WINDOW
from tests.test_database_refuses import COMMIT

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


OURS = """from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and d.objid is null"""


def test_every_function_has_a_fixed_search_path():
    loose = rows(
        f"select p.proname {OURS} and not coalesce('search_path=pg_catalog, public, pg_temp' = any(proconfig), false)"
    )
    assert loose == []
    assert rows(f"select count(*) > 100 {OURS}") == [(True,)]


def test_the_owner_writes_history():
    by_the_site = rows(
        r"""select tgname, tgrelid::regclass from pg_trigger join pg_proc p on p.oid = tgfoid
            where not tgisinternal and tgname like 'pgtrigger\_%' and not prosecdef"""
    )
    assert by_the_site == []


def test_the_site_may_write_no_history_and_make_no_table():
    writable = rows(
        """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'pgh_label'
           where c.relkind = 'r' and has_table_privilege('tracker_site', c.oid, 'insert, update, delete, truncate')"""
    )
    assert writable == []
    assert rows(
        """select has_database_privilege('tracker_site', current_database(), 'temporary'),
                  has_database_privilege('tracker_site', current_database(), 'create'),
                  has_schema_privilege('tracker_site', 'public', 'create'),
                  has_table_privilege('tracker_site', 'pghistory_context', 'insert, update, delete')"""
    ) == [(False, False, False, False)]


def test_a_function_that_runs_as_the_owner_is_never_one_of_the_sites():
    assert rows(f"select p.proname {OURS} and prosecdef and pg_get_userbyid(proowner) = 'tracker_site'") == []


@pytest.mark.parametrize(
    "table", ["recruitment_contractaccount", "recruitment_correction", "recruitment_contractevent"]
)
def test_the_site_makes_no_temporary_table(table):
    assert refused_as(f"create temporary table {table} (id int)") == "InsufficientPrivilege"


def test_a_table_put_in_front_takes_no_place_in_a_trigger(world):
    """S1: the account's trigger, which runs as the owner, read and wrote the temporary tables and let £9,000,000 past the value."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"grant temporary on database {database} to tracker_site")
    with as_the_site() as site:
        for table in ("recruitment_contractaccount", "recruitment_accountmonth"):
            site.execute(f"create temporary table {table} (like public.{table})")
        site.execute("grant all on all tables in schema pg_temp to public")
        site.execute("set local search_path = pg_temp, public")
    past = COMMIT.replace("recruitment_accountentry", "public.recruitment_accountentry")
    values = (world.framework.pk, "", "committed", "9000000.00", world.officer.pk)
    assert refused_as(past, *values) == "contract_exposure_within_approved_value"


def test_history_cannot_be_switched_off(world):
    """S3."""
    vacancy = world.request()
    with as_the_site() as site:
        site.execute(
            "select set_config('pgtrigger.ignore', '{public.recruitment_vacancy:pgtrigger_update_update,update_update}', true)"
        )
        site.execute("update recruitment_vacancy set base = 'Elsewhere' where id = %s", [vacancy.pk])
    assert changes_of(vacancy)[0].after == "Elsewhere"


def test_migrating_fails_where_the_site_could_still_make_tables(monkeypatch):
    """Somebody else has given the role more than this can take away."""
    with connection.cursor() as cursor:
        cursor.execute("create role tracker_maker; grant tracker_maker to tracker_site")
        cursor.execute("grant create on schema public to tracker_maker")
    with pytest.raises(CommandError, match="could still create tables"):
        grant_to_site(using="default")


def test_two_actions_of_one_request_are_told_apart(world, client_of):
    """pghistory keeps one context for a whole request; each event has its own copy of what was known when it was written."""

    @action
    def first(*, by, at, vacancy):
        vacancy.base = "First"
        vacancy.save()

    @action
    def second(*, by, at, vacancy):
        vacancy.base = "Second"
        vacancy.save()

    vacancy = world.request()
    with pghistory.context(user=world.officer.pk, url="/x/"):
        first(by=world.officer, at=AFTER_WINDOW, vacancy=vacancy)
        second(by=world.director, at=AFTER_WINDOW, vacancy=vacancy)
    said = {change.after: change.who for change in changes_of(vacancy) if change.field == "Base"}
    assert said["First"] == "The officer"
    assert said["Second"] == "The director"
