"""Facts outside the rules: breaches, and what a council brings with it. Money in literal pence."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.errors import NotAllowed, RuleViolation
from council.models import Approval, Deputy
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.models import Breach, BroughtForward, Placement
from placements.placement import ending
from placements.placement import extending as extensions
from recruitment.models import ContractAccount
from recruitment.requests import actions as vacancies
from tests.conftest import refused_as
from tests.factories import approve
from tests.factories.small_council import AFTER_WINDOW, MONDAY

SATURDAY = datetime(2024, 1, 6, 9, tzinfo=LONDON)


def exposure(contract) -> D:
    return ContractAccount.objects.get(pk=contract.pk).exposure


def refusal(function, **arguments) -> str:
    with pytest.raises(RuleViolation) as caught:
        function(**arguments)
    return caught.value.code


class TestBreaches:
    def test_saturdays_worker(self, world):
        """Found on Monday, in post since Saturday: recorded, and later authorised after the start."""
        breach = world.breach(starts_on=date(2024, 1, 6))
        placement = breach.placement
        assert (placement.basis, placement.release, placement.contract) == ("breach", None, None)
        # ten working days from Monday 8 to Friday 19 January × 7.4 × £50.00; nothing for the weekend
        assert placement.periods.get().value == D("3700.00")
        assert placement.periods.get().entry is None
        assert breach.spend_state == "Outside contract, not authorised"
        breaches_actions.authorise(
            by=world.director, at=AFTER_WINDOW, breach=breach, reason="A child would have gone unseen"
        )
        breach.refresh_from_db()
        assert breach.spend_state == "Authorised after the start"
        assert placement.vacancy.status == "covered"
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.decision == "agreed"

    def test_on_a_contract_it_is_a_fact_even_past_the_value(self, world):
        approve(world.administrator, world.framework, "1000", decided_on=date(2024, 1, 1))
        breach = world.breach(contract=world.framework, agency=world.halden)
        assert exposure(world.framework) == D("3700.00")
        account = ContractAccount.objects.get(pk=world.framework.pk)
        assert account.headroom == D("-2700.00")
        assert breach.placement.supply_mode == "direct"

    def test_one_stands_beside_another_and_beside_bookings(self, world):
        world.placed()
        world.breach()
        world.breach()
        world.placed()
        assert Placement.objects.standing().count() == 4

    def test_what_is_refused(self, world):
        def record(**changes):
            found = {name: changes.pop(name) for name in list(changes) if name in ("starts_on", "ends_on")}
            details = {"found_on": date(2024, 1, 9), "how_found": "Told"} | changes
            return refusal(
                breaches_actions.record_breach, by=world.officer, at=AFTER_WINDOW, found=world.found(**found), **details
            )

        assert record(how_found=" ") == "no_reason"
        assert record(starts_on=date(2024, 2, 1), ends_on=date(2024, 3, 1)) == "in_future"
        assert record(found_on=date(2024, 1, 7)) == "found_when"
        assert record(director_told_on=date(2024, 1, 8)) == "told_when"
        assert record(ends_on=date(2024, 1, 7)) == "end_before_start"

    def test_the_recorder_does_not_approve(self, world):
        breach = world.breach(by=world.director)
        assert (
            refusal(breaches_actions.authorise, by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
            == "own_entry"
        )
        with pytest.raises(NotAllowed):
            breaches_actions.authorise(by=world.officer, at=AFTER_WINDOW, breach=breach, reason="x")

    def test_a_deputy_approves_on_the_days_given(self, world):
        breach = world.breach()
        Deputy.objects.create(
            approval=Approval.BREACH,
            for_user=world.director,
            user=world.finance,
            starts_on=date(2024, 1, 10),
            ends_on=date(2024, 1, 12),
        )
        with pytest.raises(NotAllowed):
            breaches_actions.authorise(by=world.finance, at=MONDAY, breach=breach, reason="x")
        assert (
            breaches_actions.authorise(by=world.finance, at=AFTER_WINDOW, breach=breach, reason="x").approved_by
            == world.finance
        )
        assert (
            refusal(breaches_actions.authorise, by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
            == "already_decided"
        )

    def test_who_was_told(self, world):
        breach = world.breach()
        told = breaches_actions.tell(
            by=world.officer,
            at=AFTER_WINDOW,
            breach=breach,
            director_told_on=date(2024, 1, 9),
            procurement_told_on=date(2024, 1, 10),
        )
        assert (told.director_told_on, told.procurement_told_on) == (date(2024, 1, 9), date(2024, 1, 10))

    def test_the_need_goes_on_only_once_it_is_agreed(self, world):
        breach = world.breach()
        vacancy = breach.placement.vacancy
        start = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": vacancy, "reason": "x"}
        assert refusal(vacancies.start_round, **start) == "not_agreed"
        breaches_actions.authorise(by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
        assert vacancies.start_round(**start).number == 1

    def test_outside_any_contract_nothing_is_extended(self, world):
        breach = world.breach()
        longer = {"placement": breach.placement, "ends_on": date(2024, 3, 1)}
        assert (
            refusal(extensions.check_extension, now=datetime(2024, 1, 20, 10, tzinfo=LONDON), **longer)
            == "not_authorised"
        )
        breaches_actions.authorise(by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
        assert (
            refusal(extensions.check_extension, now=datetime(2024, 1, 20, 10, tzinfo=LONDON), **longer) == "no_contract"
        )

    def test_the_page_says_so_before_anything_is_typed(self, world, client_of):
        placement = world.breach().placement
        page = client_of("officer").get(f"/placements/{placement.pk}/extend/").content.decode()
        assert "is marked as a breach that nobody has approved" in page
        assert "New end" not in page

    def test_every_missing_answer_is_asked_for_in_english(self, world, client_of):
        page = client_of("officer").post("/breaches/new/", {}).content.decode()
        for sentence in ("Enter the first day in post", "Enter the expected last day", "Enter the day it was found"):
            assert sentence in page

    def test_the_mark_is_never_taken_away(self, world):
        breach = world.breach()
        number = breach.placement_id
        void = {"by": world.director, "at": AFTER_WINDOW, "placement": breach.placement, "reason": "x"}
        assert refusal(ending.void, **void) == "breach_stays"
        assert refused_as("delete from placements_breach where id = %s", breach.pk) == "InsufficientPrivilege"
        assert refused_as("update placements_breach set how_found = 'x' where id = %s", breach.pk) == "breach_stays"
        assert refused_as("update placements_breach set placement_id = placement_id + 1") == "breach_stays"
        for column, value in (
            ("basis", "'release'"),
            ("vacancy_id", "vacancy_id + 1"),
            ("booked_by_id", "booked_by_id + 1"),
        ):
            sql = f"update placements_placement set {column} = {value} where id = %s"
            assert refused_as(sql, number) == "placement_as_booked"
        assert refused_as("delete from placements_placement where id = %s", number) == "InsufficientPrivilege"
        breaches_actions.authorise(by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
        sql = (
            "update placements_breach set approved_at = null, approved_by_id = null, approval_reason = '' where id = %s"
        )
        assert refused_as(sql, breach.pk) == "breach_stays"

    def test_the_database_wants_a_mark(self, world):
        """A placement without an answer and without a breach beside it does not stand."""
        placement = world.breach().placement
        sql = """with placement as (
            insert into placements_placement (basis, proof_held, continues_as, order_stands, handover_reason, reference, vacancy_id,
                worker_id, supply_mode, supplying_agency_id, hours_per_week, pattern, starts_on, ends_on, booked_by_id, booked_at,
                did_not_start_reason, end_reason, end_note, notice_waived, void_reason, version)
            select 'breach', '', '', false, '', 'RAW', vacancy_id, worker_id, 'direct', supplying_agency_id, 1, 'weekdays', '2025-01-06',
                '2025-01-10', booked_by_id, now(), '', '', '', false, '', 1 from placements_placement where id = %s returning *)
            insert into placements_placementperiod (placement_id, starts_on, ends_on, charge_rate, value, reason, recruitment_state,
                recheck_note, agreed_by_id, agreed_at)
            select id, starts_on, ends_on, 1, 1, '', '', '', booked_by_id, now() from placement"""
        assert refused_as(sql, placement.pk) == "placement_without_proof_is_marked"


class TestBroughtForward:
    @pytest.fixture
    def batch(self, world):
        return brought_forward_actions.open_batch(by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 10))

    def bring(self, world, **changes):
        proof = changes.pop("proof_held", "none held")
        return brought_forward_actions.bring_forward(
            by=world.administrator,
            at=AFTER_WINDOW,
            found=world.found(contract=world.corporate, agency=world.pertemps, **changes),
            proof_held=proof,
        )

    def test_what_was_live_on_the_day(self, world, batch):
        placement = self.bring(world, proof_held="Order of 3 March")
        assert (placement.basis, placement.batch, placement.proof_held) == (
            "brought_forward",
            batch,
            "Order of 3 March",
        )
        assert exposure(world.corporate) == D("3700.00")

    def test_what_is_refused(self, world, batch):
        assert refusal(self.bring, world=world, proof_held=" ") == "no_proof_said"
        assert refusal(self.bring, world=world, starts_on=date(2024, 1, 11)) == "not_live"
        assert refusal(self.bring, world=world, ends_on=date(2024, 1, 9)) == "not_live"
        assert (
            refusal(brought_forward_actions.open_batch, by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 1))
            == "one_batch"
        )
        with pytest.raises(NotAllowed):
            brought_forward_actions.close_batch(by=world.officer, at=AFTER_WINDOW)

    def test_closed_for_good(self, world, batch):
        self.bring(world)
        brought_forward_actions.close_batch(by=world.administrator, at=AFTER_WINDOW)
        assert refusal(self.bring, world=world) == "batch_closed"
        reopen = "update placements_broughtforward set closed_at = null, closed_by_id = null"
        assert refused_as(reopen) == "brought_forward_is_closed"
        assert refused_as("delete from placements_broughtforward") == "InsufficientPrivilege"
        another = "insert into placements_broughtforward (id, \"on\", opened_by_id, opened_at) values (2, '2024-01-01', %s, now())"
        assert refused_as(another, world.officer.pk) == "brought_forward_is_one_batch"
        copy = """insert into placements_placement (basis, batch_id, proof_held, continues_as, order_stands, handover_reason, reference,
                vacancy_id, worker_id, supply_mode, supplying_agency_id, hours_per_week, pattern, starts_on, ends_on, booked_by_id,
                booked_at, did_not_start_reason, end_reason, end_note, notice_waived, void_reason, version)
            select basis, batch_id, proof_held, '', false, '', 'RAW', vacancy_id, worker_id, 'direct', supplying_agency_id, 1, 'weekdays',
                starts_on, ends_on, booked_by_id, now(), '', '', '', false, '', 1 from placements_placement"""
        assert refused_as(copy) == "brought_forward_is_closed"

    def test_a_spreadsheet_is_entered_whole_or_not_at_all(self, world, batch):
        good, late = world.found(), world.found(starts_on=date(2024, 1, 11))
        rows = [(good, "none held"), (late, "none held")]
        enter = {"by": world.administrator, "at": AFTER_WINDOW}
        assert refusal(brought_forward_actions.bring_forward_all, **enter, rows=rows) == "not_live"
        assert not Placement.objects.exists()
        assert len(brought_forward_actions.bring_forward_all(**enter, rows=rows[:1])) == 1

    def test_entered_in_error_by_somebody_else(self, world, batch):
        placement = self.bring(world)
        ending.void(by=world.director, at=AFTER_WINDOW + timedelta(hours=1), placement=placement, reason="Twice")
        assert exposure(world.corporate) == D("0.00")
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.status == "ended"

    def test_the_need_is_agreed_before_it_is_extended(self, world, batch):
        placement = self.bring(world)
        assert (
            refusal(
                extensions.check_extension,
                placement=placement,
                ends_on=date(2024, 2, 2),
                now=datetime(2024, 1, 20, 10, tzinfo=LONDON),
            )
            == "not_agreed"
        )
        turn_down = {"by": world.director, "at": AFTER_WINDOW, "vacancy": placement.vacancy, "reason": "x"}
        assert refusal(vacancies.decide, **turn_down, decision="turned_down") == "in_post_already"
        vacancies.decide(**turn_down, decision="agreed")
        placement.refresh_from_db()
        world.extend(placement, date(2024, 2, 2))
        # ten working days × 7.4 × £50.00 more
        assert exposure(world.corporate) == D("7400.00")

    def test_today_asks_whether_the_need_goes_on(self, world, batch, client_of):
        placement = self.bring(world)
        with time_machine.travel(AFTER_WINDOW, tick=False):
            client = client_of("director")
            assert f"/requests/{placement.vacancy_id}/decide/" in client.get("/").content.decode()
            page = client.get(f"/requests/{placement.vacancy_id}/decide/").content.decode()
            assert "Agree" in page
            assert "Turn down" not in page
            vacancies.decide(
                by=world.director, at=AFTER_WINDOW, vacancy=placement.vacancy, decision="agreed", reason="Funded"
            )
            assert f"/requests/{placement.vacancy_id}/decide/" not in client.get("/").content.decode()

    def test_there_is_one_batch_and_no_breach_in_it(self, world, batch):
        self.bring(world)
        assert BroughtForward.objects.count() == 1
        assert not Breach.objects.exists()
