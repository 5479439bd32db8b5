"""Two at once, on real connections: exactly one wins, and without the guard both would."""

import os
import random
import threading
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from decimal import Decimal as D

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections

from council import clock
from council.errors import RuleViolation
from council.models import Message, Sending
from placements.exemptions.actions import end_exemption
from placements.models import Placement
from placements.placement import booking
from recruitment.models import Contract, ContractAccount, Statement
from recruitment.orders import links, sending
from recruitment.witnesses import actions as witnessing
from tests.factories import AgencyFactory, build_world, framework_contract
from tests.factories.recruitment import address_in_force
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
                earlier="null",
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


# Each race this often: in CI 40 times, or as often as it is asked for (`ROUNDS=200 make test TESTS=tests/test_races.py`).
ROUNDS = int(os.environ.get("ROUNDS") or (40 if os.environ.get("CI") == "true" else 4))
HOUR = timedelta(hours=1)
NOTHING_RESTS_ON_NO_PROOF = """
    select (select count(*) from placements_placement p join recruitment_release f on f.id = p.proof_id
             where p.is_live and p.unproved_by_id is null and not f.proven)
         + (select count(*) from recruitment_release r join recruitment_release f on f.id = r.earlier_needed where not f.proven)"""


@pytest.mark.django_db(transaction=True)
class TestTheWitnessOfAProof:
    """Whoever is first: afterwards nothing rests on a failure that nothing confirms, and what the supplier says is kept."""

    def mailed(self, order, kind: str):
        if not order.contract.agency.ordering_address:  # once: it takes longer than the time to answer below
            address_in_force(order.contract.agency, "orders@pertemps.example")
        message = Message.objects.create(kind=kind, subject=order.pk, to="orders@pertemps.example", title="x", body="x")
        due = clock.now_here() + timedelta(milliseconds=30)
        common = {"kind": kind, "subject": order.pk, "address": message.to, "server_said": "250"}
        sending = Sending.objects.create(message=message, due_at=due, is_living=True, **common)
        purpose = "answer" if kind == "answer" else "order"
        links.make(order, by=None, at=clock.now_here(), purpose=purpose, unseen=True)
        return Sending.objects.get(pk=sending.pk)

    def failed(self, world, kind: str):
        """A failure that silence, a telling or nothing confirms, and the framework's worker secured on it."""
        order = world.failed()
        later = world.secure(world.send(order.vacancy, world.framework, at=AFTER_WINDOW), at=AFTER_WINDOW + HOUR)
        if kind == "silence":
            sent, reminder = self.mailed(order, "brief"), self.mailed(order, "reminder")
            time.sleep(0.04)
            witnessing.attach(order, "silence", sending=sent, reminder=reminder, due_at=sent.due_at)
        if kind == "told":
            told = self.mailed(order, "answer")
            time.sleep(0.04)
            witnessing.attach(order, "told", sending=told, due_at=told.due_at)
        return order, later

    def race(self, first, second) -> list[str]:
        barrier, outcomes = threading.Barrier(2), ["", ""]

        def run(n, work):
            barrier.wait()
            time.sleep(
                random.random() * (0.08 if n else 0.002)
            )  # what a user's click does takes longer than one statement
            try:
                work()
                outcomes[n] = "done"
            except (RuleViolation, psycopg2.Error) as refused:
                outcomes[n] = getattr(refused, "code", "") or refused.diag.constraint_name or type(refused).__name__
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate((first, second))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def as_the_site(self, sql: str, *values):
        opened = connect()
        try:
            with opened.cursor() as cursor:
                cursor.execute(sql, values)
            opened.commit()
        finally:
            opened.close()

    def check(self, outcomes: Counter) -> None:
        with connection.cursor() as cursor:
            cursor.execute(NOTHING_RESTS_ON_NO_PROOF)
            assert cursor.fetchone()[0] == 0, outcomes
        print(dict(outcomes))
        assert all(pair[1] == "done" for pair in outcomes), outcomes  # a fact is never refused

    SAYS = """insert into recruitment_statement (release_id, kind, link_id, unseen, secret, said_by, words, sent, received_at, reply)
        values (%s, %s, %s, true, %s, 'x', 'x', '{}', now(), '')"""

    @pytest.mark.parametrize(("kind", "says"), [("told", "dispute"), ("silence", "cannot_supply")])
    def test_booking_and_what_the_supplier_says(self, committed_world, kind, says):
        world, outcomes = committed_world, Counter()
        for _ in range(ROUNDS):
            order, later = self.failed(world, kind)
            link = world.link(order)
            book = lambda later=later, order=order: self.book(world, later)  # noqa: E731
            say = lambda order=order, link=link: self.as_the_site(self.SAYS, order.pk, says, link.pk, link.secret)  # noqa: E731
            outcomes[tuple(self.race(book, say))] += 1
        self.check(outcomes)
        placed = Placement.objects.filter(proof__isnull=False).count()
        assert Statement.objects.filter(after_booking=True).count() <= placed

    def test_booking_and_a_mail_that_came_back(self, committed_world):
        world, outcomes = committed_world, Counter()
        back = """insert into recruitment_returnedmail (release_id, sending_id, kind, words, returned_at, recorded_at, recorded_by_id)
            select %s, id, kind, 'x', now(), now(), %s from council_sending where subject = %s and kind = 'brief'"""
        for _ in range(ROUNDS):
            order, later = self.failed(world, "silence")
            book = lambda later=later: self.book(world, later)  # noqa: E731
            come_back = lambda order=order: self.as_the_site(back, order.pk, world.officer.pk, order.pk)  # noqa: E731
            outcomes[tuple(self.race(book, come_back))] += 1
        self.check(outcomes)

    def test_confirming_and_entering_in_error(self, committed_world):
        world, outcomes = committed_world, Counter()
        void = "update recruitment_release set voided_at = now(), voided_by_id = %s, void_reason = 'x' where id = %s"
        for _ in range(ROUNDS):
            order = world.failed()
            confirm = lambda order=order: world.witness(order)  # noqa: E731
            enter = lambda order=order: self.as_the_site(void, world.director.pk, order.pk)  # noqa: E731
            outcomes[tuple(self.race(confirm, enter))] += 1
            order.refresh_from_db()
            assert order.voided_at and not order.proven
        self.check(outcomes)

    def test_confirming_and_correcting_to_secured(self, committed_world):
        world, outcomes = committed_world, Counter()
        for _ in range(ROUNDS):
            order, later = self.failed(world, "")
            values = {"outcome": "secured", "supply_mode": "direct", "reason": ""}
            confirm = lambda order=order: world.witness(order)  # noqa: E731
            correct = lambda order=order, values=values: world.corrected("release", order, **values)  # noqa: E731
            outcomes[tuple(self.race(confirm, correct))] += 1
            order.refresh_from_db()
            assert not order.proven
            later.refresh_from_db()
            assert later.unproved_by_id
        self.check(outcomes)

    def test_asking_by_exemption_and_a_dispute(self, committed_world):
        """The exemption's order rests on the first supplier's failure, which has to be confirmed as it opens."""
        world, outcomes = committed_world, Counter()
        for _ in range(ROUNDS):
            order = world.failed()
            world.exempted(order.vacancy, value=D("700.00"), value_with_vat=D("840.00"))
            told = self.mailed(order, "answer")
            time.sleep(0.04)
            order.refresh_from_db()
            witnessing.attach(order, "told", sending=told, due_at=told.due_at)
            contract = Contract.objects.latest("pk")
            order.vacancy.refresh_from_db()
            link = world.link(order, purpose="answer")
            ask = lambda order=order, contract=contract: sending.send(  # noqa: E731
                by=world.officer,
                at=AFTER_WINDOW + 2 * HOUR,
                vacancy=order.vacancy,
                contract=contract,
                max_rate=D("1.00"),
            )
            say = lambda order=order, link=link: self.as_the_site(self.SAYS, order.pk, "dispute", link.pk, link.secret)  # noqa: E731
            outcomes[tuple(self.race(ask, say))] += 1
        self.check(outcomes)

    def book(self, world, later):
        days = {"starts_on": date(2024, 1, 22), "ends_on": date(2024, 1, 23)}
        terms = {"hours_per_week": D(37), "pattern": "weekdays", "pay_rate": D("33"), "charge_rate": D("41")}
        number = f"SW{500000 + later.pk}"
        who = {"registration_number": number, "worker_name": number, "release": later}
        booking.book(by=world.officer, at=AFTER_WINDOW + 2 * HOUR, **who, **days, **terms)
