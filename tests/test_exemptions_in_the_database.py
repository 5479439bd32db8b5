"""Raw SQL as the site's role: no exemption without its decision, no decision by who asked, nothing beyond what was approved."""

from datetime import timedelta

import pytest

from recruitment.exemptions import deciding
from tests.conftest import refused_as
from tests.factories.recruitment import permanent_contract

HOUR = timedelta(hours=2)
DECISION = """insert into recruitment_exemptiondecision (exemption_id, revision, decision, reason, conditions, requested_by_id,
    decided_by_id, decided_at, decided_on, agency_id, starts_on, ends_on, value, value_with_vat, contract_id)
    select id, revision, %(decision)s, 'x', '', coalesce(%(asker)s, requested_by_id), %(by)s, (%(on)s || ' 12:00 Europe/London')::timestamptz, %(on)s, coalesce(%(agency)s, agency_id),
    starts_on, ends_on, coalesce(%(value)s, value), value_with_vat, %(contract)s from recruitment_exemption where id = %(exemption)s"""


def decision(world, exemption, by=None, **fields):
    contract = fields.pop("contract", None) or _contract(world)
    defaults = {"decision": "approved", "asker": None, "on": "2024-01-10", "agency": None, "value": None}
    values = defaults | fields | {"by": (by or world.director).pk, "contract": contract, "exemption": exemption.pk}
    sql = DECISION
    for name, value in values.items():
        sql = sql.replace(f"%({name})s", "null" if value is None else f"'{value}'")
    return sql


def _contract(world) -> int:
    """The contract of another exemption of the same agency."""
    return world.exempted().decisions.get().contract_id


def test_the_statement_the_others_break_is_itself_accepted(world):
    exemption = world.exemption()
    assert refused_as(decision(world, exemption)) == ""


def test_who_asked_does_not_approve(world):
    exemption = world.exemption()
    assert refused_as(decision(world, exemption, by=world.officer)) == "exemption_decided_by_another"
    other = world.director.pk
    sql = decision(world, exemption, by=world.officer, asker=other)
    assert refused_as(sql) == "exemption_decision_of_its_asker"


def test_who_commented_does_not_decide(world):
    exemption = world.commented(world.exemption())
    assert refused_as(decision(world, exemption, by=world.finance)) == "exemption_not_decided_by_a_commenter"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"value": "99999"}, "exemption_stays_as_approved"),
        ({"agency": "other"}, "exemption_stays_as_approved"),
        ({"on": "2024-01-23"}, "exemption_approved_before_start"),
        ({"contract": "framework"}, "exemption_contract_of_its_agency"),
    ],
)
def test_an_approval_agrees_with_what_was_asked_for(world, fields, name):
    exemption = world.exemption()
    if fields.get("agency"):
        fields = {"agency": world.brokered.pk}
    if fields.get("contract"):
        fields = {"contract": world.framework.pk}
    assert refused_as(decision(world, exemption, **fields)) == name


def test_an_approval_names_a_contract_by_exemption(world):
    exemption = world.exemption()
    other = permanent_contract(world.administrator, world.scs, "SCS-PERM")
    assert refused_as(decision(world, exemption, contract=other.pk)) == "exemption_contract_of_its_route"


def test_an_exemption_is_approved_by_a_decision_only(world):
    exemption = world.exemption()
    sql = "update recruitment_exemption set status = 'approved' where id = %s"
    assert refused_as(sql, exemption.pk) == "exemption_approved_by_its_decision"


@pytest.mark.parametrize(
    "change",
    [
        "value = 99999, value_with_vat = 99999",
        "ends_on = '2030-01-01'",
        "starts_on = '2024-01-23'",
        "agency_id = (select max(id) from recruitment_agency)",
        "justification = 'other'",
    ],
)
@pytest.mark.parametrize("stage", ["waiting", "approved"])
def test_what_was_asked_for_stays(world, change, stage):
    exemption = world.exempted() if stage == "approved" else world.exemption()
    sql = f"update recruitment_exemption set {change} where id = %s"
    assert refused_as(sql, exemption.pk) == "exemption_stays"
    sql = f"update recruitment_exemption set status = 'requested', revision = 2, {change} where id = %s"
    assert refused_as(sql, exemption.pk) in ("exemption_stays", "exemption_moves_as_allowed")


@pytest.mark.parametrize("to", ["requested", "returned", "turned_down"])
def test_an_approved_one_does_not_go_back(world, to):
    exemption = world.exempted()
    sql = "update recruitment_exemption set status = %s, status_reason = 'x' where id = %s"
    assert refused_as(sql, to, exemption.pk) == "exemption_moves_as_allowed"


def test_one_in_use_is_not_taken_back(world):
    release = world.scs_secured()
    sql = "update recruitment_exemption set status = 'taken_back', status_reason = 'x', closed_at = now(), closed_by_id = requested_by_id where id = %s"
    assert refused_as(sql, release.exemption_id) == "exemption_moves_as_allowed"


def test_decisions_and_comments_are_written_once(world):
    exemption = world.exempted()
    for table in ("exemptiondecision", "exemptioncomment"):
        sql = f"update recruitment_{table} set revision = 9 where exemption_id = %s"
        assert refused_as(sql, exemption.pk) == "InsufficientPrivilege"
        assert refused_as(f"delete from recruitment_{table} where exemption_id = %s", exemption.pk) == (
            "InsufficientPrivilege"
        )
    assert refused_as("delete from recruitment_exemption where id = %s", exemption.pk) == "InsufficientPrivilege"


def test_nothing_is_decided_or_commented_on_that_does_not_wait(world):
    exemption = world.exempted()
    assert refused_as(decision(world, exemption)) == "exemption_waits_for_a_decision"
    sql = """insert into recruitment_exemptioncomment (exemption_id, revision, side, supports, text, given_by_id, given_at)
        values (%s, 1, 'legal', true, 'x', %s, now())"""
    assert refused_as(sql, exemption.pk, world.legal.pk) == "exemption_waits_for_a_decision"


def test_no_request_is_added_to_one_that_is_approved(world):
    exemption, failed = world.exempted(), world.failed()
    sql = """insert into recruitment_exemptionneed (exemption_id, vacancy_id, round_id, proof_id, no_proof_reason)
        values (%s, %s, %s, %s, '')"""
    values = (exemption.pk, failed.vacancy_id, failed.round_id, failed.pk)
    assert refused_as(sql, *values) == "exemption_needs_stay"
    assert refused_as("delete from recruitment_exemptionneed where exemption_id = %s", exemption.pk) == (
        "exemption_needs_stay"
    )
    waiting = world.exemption()
    assert refused_as(sql, waiting.pk, *values[1:]) == ""


def test_the_proof_of_a_request_is_a_failed_answer_of_the_first_supplier_in_its_round(world):
    exemption = world.exemption()
    sql = """insert into recruitment_exemptionneed (exemption_id, vacancy_id, round_id, proof_id, no_proof_reason)
        values (%s, %s, %s, %s, '')"""
    secured, other = world.secured(), world.failed()
    assert refused_as(sql, exemption.pk, secured.vacancy_id, secured.round_id, secured.pk) == (
        "exemption_need_proof_failed_same_round"
    )
    assert refused_as(sql, exemption.pk, other.vacancy_id, other.round_id, world.failed().pk) == (
        "exemption_need_proof_failed_same_round"
    )
    assert refused_as(sql, exemption.pk, other.vacancy_id, secured.round_id, other.pk) == (
        "exemption_need_round_of_vacancy"
    )


COPIED = """insert into recruitment_release (reference, vacancy_id, round_id, order_id, position, route, contract_id, exemption_id,
    rests_on_id, proof_rate, proof_answered_at, max_rate, hours_per_week, pattern, base, starts_on, weeks, sent_at, sent_recorded_at,
    sent_by_id, sent_late_reason, respond_by, order_number, outcome, answer_late_reason, reason, note, declined_sender, declined_text,
    supply_mode, own_supply, brokered_supply, agencies_approached, void_reason, fell_through_reason, fell_through_late_reason, version)
    select 'X', vacancy_id, round_id, order_id, {position}, {route}, {contract}, {exemption}, {proof}, max_rate, hours_per_week,
    pattern, base, starts_on, weeks, now(), now(), sent_by_id, '', now() + interval '1 day', '', 'open', '', '', '', '', '', '', '', '',
    '', '', '', '', 1 from recruitment_release where id = {like}"""


def test_no_order_to_another_agency_without_its_approved_exemption(world):
    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    contract, other = exemption.decisions.get().contract_id, world.exempted()
    waiting = world.exemption()
    proof = "id, max_rate, answered_at"
    row = {"position": 3, "route": "'exemption'", "contract": contract, "exemption": exemption.pk, "like": failed.pk}
    row |= {"proof": proof}

    def insert(**fields):
        return refused_as(COPIED.format(**row | fields))

    assert insert(exemption="null") == "release_contract_is_named"
    assert insert(exemption=other.pk) == "release_rests_as_exempted"
    assert insert(exemption=waiting.pk) == "release_rests_as_exempted"
    assert insert(proof="null, null, null") == "release_rests_as_exempted"
    assert refused_as(COPIED.format(**row).replace("weeks, now(), now()", "weeks, sent_at, now()")) == (
        "release_under_an_exemption_in_force"
    )
    assert insert(contract=other.decisions.get().contract_id) == "release_exemption_is_approved"
    assert insert(route="'framework'", position=2, contract=world.framework.pk) == "release_route_of_its_step"
    assert insert(
        route="'framework'", position=2, contract=world.framework.pk, exemption="null", proof="null, null, null"
    ) == ("release_contract_is_named")
    assert insert() == ""


def test_a_contract_by_exemption_keeps_to_its_exemption(world):
    exemption = world.exempted()
    contract = exemption.decisions.get().contract_id
    sql = """insert into recruitment_contractapproval (contract_id, value, ends_on, decision_reference, decided_on, approver, ground,
        entered_by_id, entered_at, exemption_id) values (%s, %s, %s, 'x', '2024-01-10', 'x', 'x', %s, now(), %s)"""
    by = world.administrator.pk
    assert refused_as(sql, contract, 30000, "2024-04-19", by, exemption.pk) == ""
    assert refused_as(sql, contract, "30000.01", "2024-04-19", by, exemption.pk) == "contract_within_its_exemption"
    assert refused_as(sql, contract, 30000, "2024-04-20", by, exemption.pk) == "contract_within_its_exemption"
    assert refused_as(sql, contract, None, "2024-04-19", by, exemption.pk) == "contract_within_its_exemption"
    assert refused_as(sql, contract, 30000, "2024-04-19", by, None) == "contract_within_its_exemption"
    assert (
        refused_as(sql, contract, 30000, "2024-04-19", by, world.exempted().pk) == "contract_approval_of_its_exemption"
    )


def test_nothing_is_committed_past_the_value_of_an_exemption(world):
    contract = world.exempted().decisions.get().contract_id
    sql = """insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at)
        values (%s, '', 'committed', %s, '2024-01-10', '2024-01-01', 'x', %s, now())"""
    assert refused_as(sql, contract, 30000, world.officer.pk) == ""
    assert refused_as(sql, contract, "30000.01", world.officer.pk) == "contract_exposure_within_approved_value"


def test_nobody_is_carried_over_to_a_contract_by_exemption(world):
    placement = world.placed()
    contract = world.exempted().decisions.get().contract_id
    sql = """insert into placements_placement (reference, vacancy_id, basis, round_id, release_id, contract_id, proof_held, continues_id,
        continues_as, order_stands, handover_reason, worker_id, supply_mode, supplying_agency_id, hours_per_week, pattern, starts_on, ends_on,
        booked_by_id, booked_at, did_not_start_reason, end_reason, end_note, notice_waived, void_reason, version)
        select 'X', vacancy_id, basis, round_id, release_id, %s, '', id, 'carry_over', false, '', worker_id, supply_mode,
        supplying_agency_id, hours_per_week, pattern, ends_on + 1, ends_on + 8, booked_by_id, now(), '', '', '', false, '', 1
        from placements_placement where id = %s"""
    assert refused_as(sql, contract, placement.pk) in {
        "carry_over_not_by_exemption",
        "placement_carried_over_by_its_order",
    }


def test_an_order_under_an_exemption_that_was_taken_back_is_refused(world):
    from tests.factories.small_council import AFTER_WINDOW

    failed = world.failed()
    exemption = world.exempted(failed.vacancy)
    contract = exemption.decisions.get().contract_id
    deciding.take_back(by=world.director, at=AFTER_WINDOW + HOUR, exemption=exemption, reason="x")
    row = {"position": 3, "route": "'exemption'", "contract": contract, "exemption": exemption.pk, "like": failed.pk}
    sql = COPIED.format(**row, proof="id, max_rate, answered_at")
    assert refused_as(sql) == "release_under_an_exemption_in_force"


def test_an_approval_has_its_day_and_its_requests(world):
    exemption = world.exemption()
    assert refused_as(decision(world, exemption).replace("timestamptz, '2024-01-10'", "timestamptz, '2020-01-01'")) == (
        "exemption_decision_is_whole"
    )
    sql = "delete from recruitment_exemptionneed where exemption_id = %s; " + decision(world, exemption).replace(
        "%", "%%"
    )
    assert refused_as(sql, exemption.pk) == "exemption_decision_is_whole"


def test_nobody_decides_in_place_of_who_asked_or_commented(world):
    exemption = world.commented(world.exemption())
    for user, name in (
        (world.officer, "exemption_decided_by_another"),
        (world.finance, "exemption_not_decided_by_a_commenter"),
    ):
        sql = decision(world, exemption).replace("agency_id, starts_on", "in_place_of_id, agency_id, starts_on", 1)
        sql = sql.replace("coalesce(null, agency_id)", f"{user.pk}, coalesce(null, agency_id)")
        assert refused_as(sql) == name


def test_a_contract_by_exemption_stays_with_its_agency_and_days(world):
    contract = world.exempted().decisions.get().contract_id
    for change in (
        "starts_on = '2024-01-01'",
        "let_on = '2020-01-01', starts_on = '2020-01-01'",
        "route = 'framework'",
    ):
        assert refused_as(f"update recruitment_contract set {change} where id = %s", contract) == "exemption_stays"


def test_an_exempted_agency_sends_its_own_workers(world):
    release = world.scs_secured()
    sql = "update recruitment_release set supply_mode = 'brokered', supplying_agency_id = %s where id = %s"
    assert refused_as(sql, world.brokered.pk, release.pk) in (
        "release_exempted_agency_itself",
        "release_answer_is_final",
    )
