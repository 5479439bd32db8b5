"""Two at once, on real connections: exactly one wins, and without the guard both would."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections

from council.errors import RuleViolation
from placements.exemptions.actions import end_exemption
from recruitment.models import ContractAccount
from tests.factories import AgencyFactory, build_world, framework_contract
from tests.factories.small_council import AFTER_WINDOW

PAIRS = 200

COMMIT = """insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at)
    values (%s, '', 'committed', 600, '2024-01-08', '2024-01-01', 'x', %s, now())"""


def connect(role: str | None = "tracker_site"):
    parameters = connection.get_connection_params() | {"cursor_factory": None}
    parameters = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    opened = psycopg2.connect(**parameters)
    if role:
        with opened.cursor() as cursor:
            cursor.execute(f"set role {role}")
        opened.commit()
    return opened


def together(*works) -> list[str]:
    """Run each work on a connection of its own, all released by one barrier; "" for a winner, else who refused."""
    barrier, outcomes = threading.Barrier(len(works)), [""] * len(works)

    def run(n: int, work) -> None:
        opened = connect()
        try:
            with opened.cursor() as cursor:
                barrier.wait()
                work(cursor)
            opened.commit()
        except psycopg2.Error as error:
            outcomes[n] = error.diag.constraint_name or type(error).__name__
            opened.rollback()
        finally:
            opened.close()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def committed_world(transactional_db):
    return build_world()


@pytest.mark.django_db(transaction=True)
class TestTheLastOfAContractsValue:
    def _contracts(self, world, count: int) -> list[int]:
        return [
            framework_contract(world.administrator, AgencyFactory(), reference=f"RACE-{n}", value="1000").pk
            for n in range(count)
        ]

    def test_exactly_one_of_two_wins_200_times(self, committed_world):
        world = committed_world
        refused = "contract_exposure_within_approved_value"
        for key in self._contracts(world, PAIRS):

            def commit(cursor, key=key):
                cursor.execute(COMMIT, [key, world.officer.pk])

            assert sorted(together(commit, commit)) == ["", refused]
        assert not ContractAccount.objects.filter(exposure__gt=1000, contract__reference__startswith="RACE").exists()

    def test_without_the_guard_both_win(self, committed_world):
        world = committed_world
        (key,) = self._contracts(world, 1)
        with connection.cursor() as cursor:
            cursor.execute("alter table recruitment_accountentry disable trigger keep_totals")
        try:

            def commit(cursor):
                cursor.execute(COMMIT, [key, world.officer.pk])

            assert together(commit, commit) == ["", ""]
        finally:
            with connection.cursor() as cursor:
                cursor.execute("alter table recruitment_accountentry enable trigger keep_totals")


@pytest.mark.django_db(transaction=True)
class TestOtherRaces:
    def test_a_proof_changed_while_something_comes_to_rest_on_it(self, committed_world):
        """Write skew: one makes the framework release, the other marks its proof as entered in error."""
        from tests.test_database_refuses import COPY_RELEASE, framework_columns

        world = committed_world
        for _ in range(5):
            proof = world.fail(world.send(world.sourced()))
            columns = framework_columns(world, proof)
            sql = COPY_RELEASE.format(
                vacancy="vacancy_id",
                round="round_id",
                max_rate="max_rate",
                hours="hours_per_week",
                starts_on="starts_on",
                **columns,
            )
            void = (
                "update recruitment_release set voided_at = now(), voided_by_id = %s, void_reason = 'x' where id = %s"
            )
            outcomes = together(
                lambda cursor, sql=sql, key=proof.pk: cursor.execute(sql, [key]),
                lambda cursor, key=proof.pk, void=void: cursor.execute(void, [world.director.pk, key]),
            )
            assert sorted(outcomes) == ["", "release_proof_failed_same_round"]

    @pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
    def test_two_placements_of_one_worker(self, committed_world, isolation):
        world = committed_world
        first, second = world.placed(), world.placed()
        worker = world.placed(starts_on=date(2025, 1, 6), ends_on=date(2025, 1, 10)).worker_id

        def move(key):
            def work(cursor):
                cursor.execute(f"set transaction isolation level {isolation}")
                cursor.execute("update placements_placement set worker_id = %s where id = %s", [worker, key])

            return work

        with connection.cursor() as cursor:  # as the owner: the guard before this one
            cursor.execute("alter table placements_placement disable trigger placement_stands")
        outcomes = together(move(first.pk), move(second.pk))
        with connection.cursor() as cursor:
            cursor.execute("alter table placements_placement enable trigger placement_stands")
        assert outcomes.count("") == 1
        assert set(outcomes) <= {"", "placement_worker_within_weekly_limit", "SerializationFailure"}

    def test_a_double_click_books_once(self, committed_world):

        world = committed_world
        release = world.secured()
        barrier, outcomes = threading.Barrier(2), []

        def click():
            barrier.wait()
            try:
                world.book(release, registration_number="SW777777")
                outcomes.append("booked")
            except RuleViolation as refused:
                outcomes.append(refused.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=click) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["already_booked", "booked"]

    def either(self, works) -> list[str]:
        """Both at the same moment: what became of each."""
        barrier, outcomes = threading.Barrier(len(works)), []

        def attempt(work):
            barrier.wait()
            try:
                work()
                outcomes.append("done")
            except RuleViolation as refused:
                outcomes.append(refused.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=attempt, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def test_nobody_is_booked_past_the_end_of_an_exemption_that_is_ended_meanwhile(self, committed_world):
        world = committed_world
        for _ in range(5):
            exemption = world.exempted()
            release = world.scs_secured(exemption)
            end = {"by": world.director, "at": AFTER_WINDOW + timedelta(hours=2), "exemption": exemption}
            end |= {"ended_on": date(2024, 2, 9), "reason": "No longer needed"}
            works = [lambda end=end: end_exemption(**end), lambda release=release: world.book(release)]
            outcomes = self.either(works)
            assert outcomes.count("done") == 1, outcomes

    def test_nor_extended_past_the_end_of_one_that_goes_on_from_it(self, committed_world):
        world = committed_world
        for _ in range(4):  # a fifth would pass the procurement threshold
            first = world.exempted(ends_on=date(2024, 2, 9))
            placement = world.by_exemption(first, ends_on=date(2024, 2, 9))
            at = AFTER_WINDOW + timedelta(hours=2)
            value = {"value": Decimal("9000"), "value_with_vat": Decimal("10800")}
            days = {"starts_on": date(2024, 2, 10), "ends_on": date(2024, 4, 19)}
            later = world.exempted(placement.vacancy, at=at, extends=first, **value, **days)
            end = {"by": world.director, "at": at + timedelta(hours=3), "exemption": later}
            end |= {"ended_on": date(2024, 2, 16), "reason": "No longer needed"}
            extend = {"placement": placement, "ends_on": date(2024, 3, 15), "at": at + timedelta(hours=3)}
            works = [lambda end=end: end_exemption(**end), lambda extend=extend: world.extend(**extend)]
            outcomes = self.either(works)
            assert outcomes.count("done") == 1, outcomes


def test_the_tests_run_against_postgresql():
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
