"""What the database refuses, whoever writes: raw SQL as the role of the site, which owns no table.

One test for each line of the architecture's list. "Rested on" means: something stands on it, so it can neither change nor go.
"""

import contextlib
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, connection, transaction

from council.known import known
from placements.models import Placement, PlacementPeriod, Worker
from placements.placement import ending
from recruitment.models import AccountEntry, ContractAccount, Release
from recruitment.orders import taking_back
from recruitment.reads.steps import source_naming
from tests.conftest import as_the_site, refused_as
from tests.factories.small_council import AFTER_WINDOW, MONDAY

COPY_RELEASE = """
insert into recruitment_release (reference, vacancy_id, round_id, order_id, position, route, contract_id, source_id, via_lot_id, rests_on_id, earlier_proof_id, proof_rate,
    proof_answered_at, max_rate, hours_per_week, pattern, base, starts_on, weeks, sent_at, sent_recorded_at, sent_by_id,
    sent_late_reason, respond_by, order_number, outcome, answer_late_reason, reason, note, declined_sender, declined_text,
    supply_mode, own_supply, brokered_supply, agencies_approached, void_reason, fell_through_reason, fell_through_late_reason, version)
select 'RAW-' || id, {vacancy}, {round}, order_id, {position}, {route}, {contract}, {source}, {via_lot}, {rests_on}, {earlier}, {proof_rate}, {proof_answered_at},
    {max_rate}, {hours}, pattern, base, {starts_on}, weeks, {sent_at}, now(), sent_by_id, '', ({sent_at})::timestamptz + interval '2 days', '',
    'open', '', '', '', '', '', '', '', '', '', '', '', '', 1
from recruitment_release where id = %s
"""


def raw_release(like: Release, /, **changes) -> str:
    """Insert a release by raw SQL as a copy of another with some columns different; the constraint that refuses it."""
    columns = {
        name: name
        for name in (
            "max_rate",
            "position",
            "route",
            "rests_on",
            "proof_rate",
            "proof_answered_at",
            "starts_on",
            "sent_at",
        )
    }
    columns |= {"vacancy": "vacancy_id", "round": "round_id", "contract": "contract_id", "hours": "hours_per_week"}
    columns |= {"rests_on": "rests_on_id", "source": "source_id", "via_lot": "via_lot_id", "earlier": "null"}
    return refused_as(COPY_RELEASE.format(**columns | {k: str(v) for k, v in changes.items()}), like.pk)


def framework_columns(world, proof: Release) -> dict:
    source = known(source_naming(proof.order, world.framework))
    return {
        "position": 2,
        "route": "'framework'",
        "contract": world.framework.pk,
        "source": source.pk,
        "via_lot": source.lot_id,
        "rests_on": proof.pk,
        "proof_rate": proof.max_rate,
        "proof_answered_at": f"'{proof.answered_at.isoformat()}'" if proof.answered_at else "null",
        "sent_at": "'2024-01-11 09:00+00'",
    }


@pytest.fixture
def failed(world) -> Release:
    """An unsuccessful Pertemps release that nothing rests on yet."""
    return world.fail(world.send(world.sourced()))


class TestAFrameworkReleaseNeedsItsProof:
    def test_with_the_proof_it_is_accepted(self, world, failed):
        assert raw_release(failed, **framework_columns(world, failed)) == ""

    def test_without_a_proof(self, world, failed):
        columns = framework_columns(world, failed) | {"rests_on": "null"}
        assert raw_release(failed, **columns) == "release_later_step_has_proof"

    def test_on_a_withdrawn_release(self, world):
        release = world.send(world.sourced())
        taking_back.withdraw(by=world.officer, at=AFTER_WINDOW, release=release, reason="Not needed")
        release.refresh_from_db()
        assert raw_release(release, **framework_columns(world, release)) == "release_proof_failed_same_round"

    def test_on_a_secured_release(self, world):
        release = world.secured()
        assert raw_release(release, **framework_columns(world, release)) == "release_proof_failed_same_round"

    def test_on_an_open_release(self, world):
        release = world.send(world.sourced())
        changes = framework_columns(world, release) | {"proof_answered_at": "now()", "sent_at": "sent_at"}
        assert raw_release(release, **changes) in {"release_not_better_than_proof", "release_one_open_agency"}

    def test_of_another_round(self, world, failed):
        other = world.fail(world.send(world.sourced()))
        columns = framework_columns(world, failed) | {"vacancy": other.vacancy_id, "round": other.round_id}
        assert raw_release(failed, **columns) == "release_proof_failed_same_round"

    def test_at_a_better_rate(self, world, failed):
        columns = framework_columns(world, failed) | {"max_rate": "42.01"}
        assert raw_release(failed, **columns) == "release_not_better_than_proof"

    def test_with_an_invented_proof_rate(self, world, failed):
        columns = framework_columns(world, failed) | {"max_rate": "50", "proof_rate": "50"}
        assert raw_release(failed, **columns) == "release_proof_rate_and_time"

    def test_on_other_terms(self, world, failed):
        columns = framework_columns(world, failed) | {"hours": "30"}
        assert raw_release(failed, **columns) == "release_proof_same_terms"
        columns = framework_columns(world, failed) | {"starts_on": "'2024-02-01'"}
        assert raw_release(failed, **columns) == "release_proof_same_terms"

    def test_before_the_answer(self, world, failed):
        columns = framework_columns(world, failed) | {"sent_at": "'2024-01-09 09:00+00'"}
        assert raw_release(failed, **columns) == "release_not_better_than_proof"

    def test_under_a_contract_of_another_route(self, world, failed):
        columns = framework_columns(world, failed) | {"contract": world.corporate.pk}
        assert raw_release(failed, **columns) == "release_contract_of_route"

    def test_at_a_place_the_order_does_not_give_it(self, world, failed):
        columns = framework_columns(world, failed) | {
            "position": 1,
            "rests_on": "null",
            "proof_rate": "null",
            "proof_answered_at": "null",
        }
        assert raw_release(failed, **columns) == "release_named_at_its_step"

    def test_before_direct_recruitment_is_recorded(self, world, failed):
        fresh = world.agreed()
        columns = {"vacancy": fresh.pk, "round": fresh.rounds.get().pk}
        assert raw_release(failed, **columns) == "release_direct_recruitment_first"


RESTED_ON = [
    ("outcome", "'secured'"),
    ("outcome", "'withdrawn'"),
    ("outcome", "'open'"),
    ("round_id", "round_id + 1"),
    ("vacancy_id", "vacancy_id + 1"),
    ("position", "0"),
    ("route", "'framework'"),
    ("contract_id", "contract_id + 1"),
    ("max_rate", "41"),
    ("hours_per_week", "30"),
    ("pattern", "'seven_days'"),
    ("base", "'Elsewhere'"),
    ("starts_on", "starts_on + 1"),
    ("weeks", "weeks + 1"),
    ("sent_at", "sent_at - interval '1 day'"),
    ("respond_by", "respond_by - interval '1 day'"),
    ("answered_at", "answered_at + interval '1 minute'"),
    ("answered_by_id", "sent_by_id + 1"),
    ("reason", "'unsuitable'"),
]


class TestWhatIsRestedOn:
    @pytest.mark.parametrize(("column", "value"), RESTED_ON)
    def test_no_column_of_a_proof_changes(self, world, column, value):
        proof = world.framework_secured().rests_on
        assert refused_as(f"update recruitment_release set {column} = {value} where id = %s", proof.pk) in {
            "release_as_sent",
            "release_answer_is_final",
        }

    def test_a_proof_cannot_be_voided(self, world):
        proof = world.framework_secured().rests_on
        sql = "update recruitment_release set voided_at = now(), voided_by_id = %s, void_reason = 'x' where id = %s"
        assert refused_as(sql, world.director.pk, proof.pk) == "release_proof_failed_same_round"

    def test_a_proof_cannot_be_deleted(self, world):
        proof = world.framework_secured().rests_on
        assert refused_as("delete from recruitment_release where id = %s", proof.pk) == "InsufficientPrivilege"

    def test_the_round_of_a_release_keeps_its_statement(self, world, failed):
        sql = "update recruitment_round set recruitment_state = '', recruitment_recorded_by_id = null where id = %s"
        assert refused_as(sql, failed.round_id) == "release_direct_recruitment_first"

    def test_a_request_with_a_round_stays_agreed(self, world, failed):
        sql = "update recruitment_vacancy set decision = 'deferred', status = 'deferred', status_reason = 'x' where id = %s"
        assert refused_as(sql, failed.vacancy_id) == "round_vacancy_is_agreed"

    def test_the_contract_of_a_release_keeps_its_route(self, world, failed):
        sql = "update recruitment_contract set route = 'direct' where id = %s"
        assert refused_as(sql, failed.contract_id) == "contract_in_use_stays"

    def test_a_step_a_round_follows_keeps_its_place(self, world, failed):
        sql = "update recruitment_sourcingstep set position = 7 where order_id = %s and position = 1"
        assert refused_as(sql, failed.order_id) == "sourcing_order_is_followed"
        sql = "update recruitment_sourcingstep set proof_age_days = 9999 where order_id = %s and position = 1"
        assert refused_as(sql, failed.order_id) == "sourcing_order_is_followed"
        assert refused_as("delete from recruitment_sourcingstep where order_id = %s and position = 1", failed.order_id)

    @pytest.mark.parametrize("change", ["decision_reference = 'Another'", "starts_on = '2019-01-01'"])
    def test_an_order_a_round_follows_stays(self, world, failed, change):
        sql = f"update recruitment_sourcingorder set {change} where id = %s"
        assert refused_as(sql, failed.order_id) in {"sourcing_order_is_followed", "sourcing_order_in_the_past"}

    def test_a_lots_supplier_with_a_contract_stays(self, world):
        sql = "delete from recruitment_lotsupplier where agency_id = %s"
        assert refused_as(sql, world.halden.pk) == "contract_agency_is_lot_supplier"


COPY_PLACEMENT = """
with placement as (
insert into placements_placement (basis, proof_held, continues_as, order_stands, handover_reason, reference, vacancy_id, round_id,
    release_id, contract_id, step_class, worker_id, supply_mode, supplying_agency_id, hours_per_week, pattern, starts_on, ends_on,
    booked_by_id, booked_at, did_not_start_reason, end_reason, end_note, notice_waived, void_reason, version)
select 'release', '', '', false, '', 'RAW-' || r.id, r.vacancy_id, {round}, r.id, {contract}, r.step_class, %s, 'direct', c.agency_id, 37, 'weekdays', '2024-01-22',
    '2024-04-19', r.sent_by_id, now(), '', '', '', false, '', 1
from recruitment_release r join recruitment_contract c on c.id = r.contract_id where r.id = %s
returning *), entry as (
insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at)
select contract_id, '', 'committed', 1, '2024-01-01', '2024-01-01', 'raw', booked_by_id, now() from placement returning *)
insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value, entry_id, reason,
    recruitment_state, recheck_note, agreed_by_id, agreed_at)
select p.id, p.contract_id, p.starts_on, p.ends_on, 1, 1, 1, e.id, '', '', '', p.booked_by_id, now() from placement p, entry e
"""


def raw_placement(release: Release, **changes) -> str:
    worker = Worker.objects.create(registration_number=f"SW9{release.pk:05d}", name="Raw")
    columns = {"round": "r.round_id", "contract": "r.contract_id"} | {k: str(v) for k, v in changes.items()}
    return refused_as(COPY_PLACEMENT.format(**columns), worker.pk, release.pk)


class TestAPlacementRestsOnASecuredRelease:
    def test_on_a_secured_one_it_is_accepted(self, world):
        assert raw_placement(world.secured()) == ""

    @pytest.mark.parametrize("outcome", ["open", "not_secured", "withdrawn", "void"])
    def test_on_any_other_it_is_not(self, world, outcome):
        release = world.send(world.sourced())
        if outcome == "not_secured":
            world.fail(release)
        elif outcome == "withdrawn":
            taking_back.withdraw(by=world.officer, at=AFTER_WINDOW, release=release, reason="x")
        elif outcome == "void":
            world.secure(release)
            taking_back.void(by=world.director, at=AFTER_WINDOW, release=release, reason="x")
        assert raw_placement(release) == "placement_release_secured_same_round"

    def test_of_another_round(self, world):
        release, other = world.secured(), world.secured()
        assert raw_placement(release, round=other.round_id) == "placement_release_secured_same_round"

    def test_on_another_contract(self, world):
        assert raw_placement(world.secured(), contract=world.framework.pk) == "placement_contract_of_release"

    def test_twice(self, world):
        assert raw_placement(world.placed().release) == "placement_one_live_per_release"

    def test_its_release_cannot_change_alone(self, world):
        release = world.placed().release
        sql = "update recruitment_release set outcome = 'fell_through', answer_no = answer_no + 1, fell_through_at = now(), fell_through_recorded_at = now(), fell_through_by_id = sent_by_id, fell_through_reason = 'x' where id = %s"
        assert refused_as(sql, release.pk) == "placement_release_secured_same_round"
        assert refused_as("delete from recruitment_release where id = %s", release.pk)

    def test_not_starting_and_fell_through_go_together(self, world):
        placement = world.placed()
        mark = (
            "update placements_placement set did_not_start_at = now(), did_not_start_by_id = booked_by_id, "
            "did_not_start_reason = 'x' where id = %s"
        )
        assert refused_as(mark, placement.pk) == "placement_release_secured_same_round"
        fall = "update recruitment_release set outcome = 'fell_through', answer_no = answer_no + 1, fell_through_at = now(), fell_through_recorded_at = now(), fell_through_by_id = sent_by_id, fell_through_reason = 'x' where id = %s"
        with transaction.atomic(), as_the_site() as cursor:
            cursor.execute(mark, [placement.pk])
            cursor.execute(fall, [placement.release_id])
            cursor.execute("set constraints all immediate")
        placement.refresh_from_db()
        assert placement.did_not_start_at


class TestOneOpenAgencyRelease:
    def test_a_second_one_in_the_round(self, world):
        release = world.send(world.sourced())
        assert raw_release(release) == "release_one_open_agency"

    def test_one_of_permanent_recruitment_beside_it(self, world):
        release = world.send(world.sourced())
        columns = {"position": 0, "route": "'direct'", "contract": world.permanent.pk, "source": "null"}
        assert raw_release(release, **columns) == ""


@contextlib.contextmanager
def without_the_mark():
    """The guard of what was booked switched off by the owner, to see the one behind it."""
    with connection.cursor() as cursor:
        cursor.execute("alter table placements_placement disable trigger placement_stands")
        yield
        cursor.execute("alter table placements_placement enable trigger placement_stands")


class TestHours:
    def test_more_than_the_request_asks_for(self, world):
        vacancy_hours = "update recruitment_vacancy set hours_per_week = 30 where id = %s"
        placement = world.placed()
        assert refused_as(vacancy_hours, placement.vacancy_id) == "placement_within_fte"
        assert (
            refused_as("update placements_placement set hours_per_week = 38 where id = %s", placement.pk)
            == "placement_as_booked"
        )

    def test_a_second_full_time_worker_on_one_request(self, world):
        placement = world.placed()
        again = world.secured()
        sql = "update placements_placement set vacancy_id = %s, round_id = %s, release_id = %s where id = %s"
        other = world.book(again)
        release = placement.release
        assert refused_as(sql, release.vacancy_id, release.round_id, release.pk, other.pk) == "placement_as_booked"
        with without_the_mark():
            assert refused_as(sql, release.vacancy_id, release.round_id, release.pk, other.pk) in {
                "placement_within_fte",
                "placement_one_live_per_release",
            }

    def test_a_worker_over_48_hours(self, world):
        first, second = world.placed(), world.placed()
        sql = "update placements_placement set worker_id = %s where id = %s"
        assert refused_as(sql, first.worker_id, second.pk) == "placement_as_booked"
        with without_the_mark():
            assert refused_as(sql, first.worker_id, second.pk) == "placement_worker_within_weekly_limit"

    def test_a_worker_over_48_hours_by_a_later_end(self, world):
        worker = {"registration_number": "SW555555", "worker_name": "Busy"}
        first = world.placed(**worker, ends_on=date(2024, 2, 23))
        world.placed(**worker, starts_on=date(2024, 2, 26), ends_on=date(2024, 4, 19))
        sql = "update placements_placement set ends_on = '2024-03-01' where id = %s"
        assert refused_as(sql, first.pk) == "placement_worker_within_weekly_limit"

    def test_two_part_time_placements_within_48_hours(self, world):
        worker = {"registration_number": "SW555556", "worker_name": "Careful"}
        one = world.book(world.secured(hours_per_week=D(24)), **worker)
        two = world.book(world.secured(hours_per_week=D(24)), **worker)
        assert one.worker_id == two.worker_id


class TestRates:
    def test_overlapping_rates(self, world):
        period = world.placed().periods.get()
        entry = AccountEntry.objects.create(
            contract=world.corporate,
            put_into="committed",
            amount=period.value,
            on=date(2024, 1, 1),
            period=date(2024, 1, 1),
            note="x",
            entered_by=world.officer,
            entered_at=MONDAY,
        )
        sql = """insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value,
            entry_id, reason, recruitment_state, recheck_note, agreed_by_id, agreed_at)
            select placement_id, contract_id, ends_on, ends_on + 7, pay_rate, charge_rate, value, %s, '', '', '', agreed_by_id, agreed_at
            from placements_placementperiod where id = %s"""
        assert refused_as(sql, entry.pk, period.pk) == "placement_rates_never_overlap"

    def test_a_value_that_was_not_committed(self, world):
        period = world.placed().periods.get()
        broken = pytest.raises(DatabaseError, match="placement_period_value_is_committed")
        with broken, transaction.atomic(), connection.cursor() as cursor:  # as the owner: the site may not even try
            cursor.execute("update placements_placementperiod set value = value - 1 where id = %s", [period.pk])
        assert (
            refused_as("update placements_placementperiod set value = 1 where id = %s", period.pk)
            == "InsufficientPrivilege"
        )


class TestDecisions:
    @pytest.mark.parametrize("missing", ["decided_by_id = null", "decided_at = null", "decision_reason = ''"])
    def test_a_decision_is_whole(self, world, missing):
        vacancy = world.agreed()
        assert (
            refused_as(f"update recruitment_vacancy set {missing} where id = %s", vacancy.pk)
            == "vacancy_decision_is_whole"
        )

    def test_not_by_the_person_who_asked(self, world):
        vacancy = world.agreed()
        sql = "update recruitment_vacancy set decided_by_id = requested_by_id where id = %s"
        assert refused_as(sql, vacancy.pk) == "vacancy_decided_by_another"
        sql = "update recruitment_vacancy set requested_by_id = decided_by_id where id = %s"
        assert refused_as(sql, vacancy.pk) == "vacancy_decided_by_another"

    def test_no_stage_without_the_decision(self, world):
        vacancy = world.request()
        sql = "update recruitment_vacancy set status = 'sourcing' where id = %s"
        assert refused_as(sql, vacancy.pk) == "vacancy_status_follows_decision"

    def test_an_approval_entered_by_its_approver(self, world):
        sql = """insert into recruitment_contractapproval (contract_id, value, ends_on, decision_reference, decided_on, approver,
            approved_by_id, ground, entered_by_id, entered_at)
            values (%s, 5, '2026-01-01', 'x', '2024-01-01', 'x', %s, 'x', %s, now())"""
        person = world.administrator.pk
        assert refused_as(sql, world.framework.pk, person, person) == "contract_approval_by_another"


COMMIT = """insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at)
    values (%s, %s, %s, %s, '2024-01-08', '2024-01-01', 'x', %s, now())"""


class TestTheAccount:
    def test_a_commitment_past_the_approved_value(self, world):
        values = (world.framework.pk, "", "committed", "1000000.01", world.officer.pk)
        assert refused_as(COMMIT, *values) == "contract_exposure_within_approved_value"

    def test_up_to_the_last_penny_is_accepted(self, world):
        assert refused_as(COMMIT, world.framework.pk, "", "committed", "1000000.00", world.officer.pk) == ""

    def test_two_rows_of_one_statement_count_together(self, world):
        two = COMMIT + ", (%s, '', 'committed', 600000, '2024-01-08', '2024-01-01', 'x', %s, now())"
        values = (world.framework.pk, "", "committed", "600000", world.officer.pk, world.framework.pk, world.officer.pk)
        assert refused_as(two, *values) == "contract_exposure_within_approved_value"

    def test_a_fact_past_the_value_is_recorded(self, world):
        assert refused_as(COMMIT, world.framework.pk, "", "invoiced", "1000001", world.officer.pk) == ""

    def test_no_way_round_by_another_bucket(self, world):
        assert refused_as(COMMIT, world.framework.pk, "", "accrued", "2000000", world.officer.pk) == ""
        with as_the_site() as cursor:
            cursor.execute(COMMIT, [world.framework.pk, "", "accrued", "2000000", world.officer.pk])
        values = (world.framework.pk, "accrued", "committed", "2000000", world.officer.pk)
        assert refused_as(COMMIT, *values) == "contract_exposure_within_approved_value"

    def test_no_more_is_given_back_than_was_committed(self, world):
        values = (world.framework.pk, "committed", "", "0.01", world.officer.pk)
        assert refused_as(COMMIT, *values) == "contract_account_exposure_not_negative"

    def test_a_contract_without_a_value_refuses_nothing(self, world):
        assert refused_as(COMMIT, world.corporate.pk, "", "committed", "99999999", world.officer.pk) == ""

    @pytest.mark.parametrize(
        "sql",
        [
            "update recruitment_contractaccount set exposure = 0",
            "update recruitment_contractaccount set approved_value = 9999999",
            "delete from recruitment_contractaccount",
            "insert into recruitment_accountmonth (contract_id, month, added, released) values (1, '2024-01-01', 0, 0)",
            "update recruitment_accountentry set amount = 1",
            "delete from recruitment_accountentry",
            "update recruitment_contractapproval set value = 9999999",
            "delete from recruitment_contractapproval",
            "update recruitment_releaseevent set outcome = 'x'",
            "delete from recruitment_releaseevent",
            "alter table recruitment_release disable trigger all",
            "drop trigger keep_totals on recruitment_accountentry",
            "set session_replication_role = replica",
        ],
    )
    def test_the_sites_role_may_not(self, world, sql):
        world.placed()
        assert refused_as(sql) == "InsufficientPrivilege"

    def test_totals_equal_the_entries(self, world):
        placement = world.book(world.framework_secured(), ends_on=date(2024, 4, 12))
        world.extend(placement, date(2024, 4, 21), at=AFTER_WINDOW)
        ending.void(by=world.director, at=AFTER_WINDOW, placement=placement, reason="x")
        world.book(world.framework_secured())
        with connection.cursor() as cursor:
            cursor.execute(
                """select sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end)
                from recruitment_accountentry where contract_id = %s""",
                [world.framework.pk],
            )
            entries = cursor.fetchone()[0]
            cursor.execute(
                "select sum(added - released) from recruitment_accountmonth where contract_id = %s",
                [world.framework.pk],
            )
            months = cursor.fetchone()[0]
        account = ContractAccount.objects.get(pk=world.framework.pk)
        assert (
            account.exposure
            == entries
            == months
            == PlacementPeriod.objects.get(placement=Placement.objects.last()).value
        )


class TestHistory:
    def test_raw_sql_and_deletes_are_recorded(self, world):
        vacancy = world.request()
        with as_the_site() as cursor:
            cursor.execute("update recruitment_vacancy set base = 'Elsewhere' where id = %s", [vacancy.pk])
        with connection.cursor() as cursor:  # as the owner: the site may not
            cursor.execute("delete from recruitment_vacancy where id = %s", [vacancy.pk])
        events = type(vacancy).pgh_event_model.objects.filter(pgh_obj_id=vacancy.pk).order_by("pgh_id")
        assert [event.pgh_label for event in events] == ["insert", "update", "delete"]
        assert events[1].base == "Elsewhere"

    def test_a_workers_name_is_in_no_event(self, world):
        world.placed(worker_name="Very Findable")
        with connection.cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.columns where table_name like '%%workerregistration%%'"
            )
            assert cursor.fetchall()
            cursor.execute("""select column_name from information_schema.columns
                where table_name = 'placements_workerregistrationnumberevent' and column_name like '%%name%%'""")
            assert cursor.fetchall() == []


def test_the_guard_of_hours_holds_in_every_isolation_level(world):
    """The turn is an update, so that a repeatable read fails to serialise rather than to see."""
    world.placed()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from placements_turn")
        assert cursor.fetchone()[0] == 2


def test_a_placement_outlives_its_end_in_the_sum_of_hours_only_until_then(world):
    worker = {"registration_number": "SW555557", "worker_name": "Later"}
    world.placed(**worker, ends_on=date(2024, 2, 2))
    later = world.placed(**worker, starts_on=date(2024, 2, 2) + timedelta(1), ends_on=date(2024, 4, 19))
    assert later.is_live is not False
