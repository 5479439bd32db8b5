"""A step of the order of sourcing names its contracts or lots; what is not named is not asked, whatever its label says."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council import clock
from council.errors import NotAllowed, RuleViolation
from placements.brought_forward import actions as brought_forward_actions
from placements.models import BroughtForward, Placement
from placements.placement import carrying_over
from placements.placement.carrying_over import Carried
from placements.reads.marks import why_lost
from recruitment.contracts.actions import in_use
from recruitment.contracts.orders_of_sourcing import NewStep, draft, set_order
from recruitment.models import (
    Contract,
    LotSupplier,
    Release,
    SourcingOrder,
    SourcingStep,
    StepKind,
    StepSource,
    Vacancy,
)
from recruitment.orders import answering
from recruitment.reads.exemptions import outside_the_order_refusal
from recruitment.reads.requests import open_round_of
from recruitment.reads.rounds import contracts_for, first_supplier, round_state
from recruitment.reads.steps import source_naming
from recruitment.requests import actions as vacancies
from recruitment.rules import cascade
from recruitment.rules.sourcing_order import order_refusal
from tests.conftest import refused_as
from tests.factories import approve, corporate_contract, framework_contract, permanent_contract
from tests.factories.recruitment import FrameworkFactory, LotFactory, guards_off
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.recruitment.three_steps import FROM, SECOND, THIRD, ThreeSteps, three_steps, under
from tests.test_database_refuses import raw_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def council(world) -> ThreeSteps:
    return three_steps(world)


def code_of(function, *args, **kwargs) -> str:
    with pytest.raises(RuleViolation) as refused:
        function(*args, **kwargs)
    return refused.value.code


class TestThreeStepsOneAfterTheOther:
    def test_each_is_asked_in_its_turn_and_has_its_own_hours(self, council):
        world = council.world
        release = council.asked_second()
        assert (release.position, release.source.lot, release.via_lot) == (2, world.framework.lot, world.framework.lot)
        assert release.respond_by == AFTER_WINDOW + timedelta(hours=24)  # eight working hours, the step's own
        world.fail(release, at=SECOND)
        world.witness(Release.objects.get(position=1))
        third = world.send(release.vacancy, council.second, at=SECOND)
        assert (third.position, third.step_class, third.rests_on_id) == (3, "later", release.pk)

    def test_the_third_step_waits_for_a_witness_of_the_first(self, council):
        release = council.failed_second()
        assert code_of(council.world.send, release.vacancy, council.second, at=SECOND) == "not_witnessed"
        council.world.witness(release)  # the second step's alone does not do
        assert code_of(council.world.send, release.vacancy, council.second, at=SECOND) == "not_witnessed"

    def test_booking_from_the_third_waits_for_a_witness_of_the_second(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        third = world.secure(world.send(release.vacancy, council.second, at=SECOND), at=THIRD)
        terms = {"registration_number": "SW123456", "worker_name": "Worker"}
        world.counter[0] += 1
        code = code_of(_book_without_a_witness, world, third, **terms)
        assert code == "not_witnessed"
        placement = world.book(third, at=THIRD)
        assert placement.step_class == "later"

    def test_the_third_does_not_open_straight_after_the_first(self, council):
        world = council.world
        vacancy = world.sourced()
        world.fail(world.send(vacancy))
        assert code_of(world.send, vacancy, council.second, at=AFTER_WINDOW) == "not_asked_before"

    def test_a_proof_is_as_old_as_its_step_allows(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        state = round_state(release.vacancy, release.round, on=FROM)
        assert [step.proof_age_days for step in state.steps] == [20, 20, 5, 20, 20]
        late = SECOND + timedelta(days=8)  # six working days
        assert code_of(world.send, release.vacancy, council.second, at=late) == "proof_too_old"

    def test_one_failure_of_a_step_opens_the_next_though_others_are_named_there(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        third = world.fail(world.send(release.vacancy, council.second, at=SECOND), at=THIRD + timedelta(hours=8))
        world.witness(third)
        # and the other supplier of the lot may be asked at the same step, on the same proof
        again = world.send(release.vacancy, council.other, at=THIRD + timedelta(hours=8))
        assert (again.position, again.rests_on_id) == (3, release.pk)

    def test_what_is_let_under_the_lot_later_is_named_already(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        later = under(world, council.lot, world.brokered, "RM6281-LATER")
        assert later.named_by.count() == 0
        assert world.send(release.vacancy, later, at=SECOND).position == 3

    def test_steps_are_called_after_their_suppliers_and_frameworks(self, council):
        vacancy = council.world.sourced()
        names = [step.name for step in round_state(vacancy, open_round_of(vacancy), on=date(2024, 1, 8)).steps]
        assert names == [
            "Direct recruitment",
            "Pertemps",
            "The RM6161 contract",
            "The RM6281 contract",
            "Another agency, by exemption",
        ]
        assert first_supplier(date(2024, 1, 8)) == "Pertemps"

    def test_two_lots_of_a_framework_are_told_apart(self, world):
        lot = world.framework.lot
        other = type(lot).objects.create(framework=lot.framework, number="6", name="Nurses")
        under(world, other, world.brokered, "RM6161-L6")
        steps = [
            NewStep(StepKind.DIRECT),
            NewStep(StepKind.AGENCY, contracts=[world.corporate]),
            NewStep(StepKind.AGENCY, lots=[lot]),
            NewStep(StepKind.AGENCY, lots=[other]),
        ]
        set_order(by=world.administrator, at=MONDAY, starts_on=FROM, decision_reference="x", steps=steps)
        vacancy = world.sourced()
        names = [step.name for step in round_state(vacancy, open_round_of(vacancy), on=date(2024, 1, 8)).steps]
        assert names[2:] == ["The RM6161 Lot 5 contract", "The RM6161 Lot 6 contract"]

    def test_the_first_supplier_goes_first_also_after_two(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        third = world.send(release.vacancy, council.second, at=SECOND)
        back = answering.first_supplier_can_supply(
            by=world.officer, at=SECOND + timedelta(hours=1), release=third, supply_mode="direct", note="Found one"
        )
        assert (back.contract, back.position, back.outcome) == (world.corporate, 1, "secured")


def _book_without_a_witness(world, release, **terms):
    from placements.placement import booking

    return booking.book(
        by=world.officer,
        at=THIRD,
        release=release,
        starts_on=date(2024, 1, 22),
        ends_on=date(2024, 4, 19),
        hours_per_week=release.hours_per_week,
        pattern="weekdays",
        pay_rate=D("33.00"),
        charge_rate=D("41.00"),
        **terms,
    )


class TestALabelNamesNothing:
    """A6: a contract with another agency, labelled corporate, was inside the first route, and took its exemptions' total away."""

    @pytest.fixture
    def forged(self, world) -> Contract:
        world.sourced()  # a round follows the order, so it takes nothing more in
        contract = corporate_contract(world.administrator, world.scs, "SCS-CORP", starts_on=date(2024, 1, 1))
        with guards_off("recruitment_stepsource"):
            StepSource.objects.filter(contract=contract).delete()
        return contract

    def test_nobody_is_asked_under_it(self, world, forged):
        assert code_of(world.send, world.sourced(), forged) == "not_in_order"

    def test_the_page_offers_it_at_no_step(self, world, forged):
        vacancy = world.sourced()
        state = round_state(vacancy, open_round_of(vacancy), on=date(2024, 1, 8))
        step = cascade.step_of(state, 1)
        assert step is not None
        assert list(contracts_for(vacancy, step)) == [world.corporate]
        assert step.name == "Pertemps"

    def test_the_page_of_a_contract_says_where_it_is_named(self, world, forged, client_of):
        def page(contract) -> str:
            with clock.standing_at(MONDAY):
                found = client_of("finance").get(f"{contract.get_absolute_url()}?on=2024-01-08")
            return " ".join(found.content.decode().split())

        assert "Position 1 of the order in force on 8 January 2024" in page(world.corporate)
        assert "Position 2 of the order in force on 8 January 2024" in page(world.framework)
        assert "Not named by the order in force on 8 January 2024" in page(forged)
        assert "order in force" not in page(world.permanent)

    def test_its_agency_still_needs_an_exemption(self, world, forged):
        assert outside_the_order_refusal(world.scs, date(2024, 1, 8)) is None
        assert outside_the_order_refusal(world.pertemps, date(2024, 1, 8)) is not None

    def test_who_is_brought_forward_on_it_is_outside_the_first_route(self, world, forged):
        now, before = BroughtForward(on=date(2024, 1, 8)), BroughtForward(on=date(2019, 1, 8))

        def is_outside(contract, batch=now):
            return Placement(basis="brought_forward", contract=contract, batch=batch).is_outside_the_first_route

        assert not is_outside(world.corporate)
        assert is_outside(forged)
        assert is_outside(world.corporate, before)  # no order was in force then
        assert is_outside(world.framework)

    def test_the_database_takes_it_into_no_order_that_is_followed(self, world, forged):
        step = world.order.steps.get(position=1)
        sql = "insert into recruitment_stepsource (step_id, order_id, position, contract_id) values (%s, %s, 1, %s)"
        assert refused_as(sql, step.pk, world.order.pk, forged.pk) == "sourcing_order_is_followed"
        sql = "insert into recruitment_sourcingstep (order_id, position, kind, routine_hours, urgent_hours, proof_age_days) values (%s, 9, 'agency', 1, 1, 1)"
        assert refused_as(sql, world.order.pk) == "sourcing_order_is_followed"
        sql = "update recruitment_stepsource set contract_id = %s where contract_id = %s"
        assert refused_as(sql, forged.pk, world.corporate.pk) == "sourcing_order_is_followed"
        assert refused_as("delete from recruitment_stepsource") == "sourcing_order_is_followed"


class TestTheDatabaseRefuses:
    @pytest.fixture
    def proof(self, council) -> Release:
        release = council.failed_second()
        council.world.witness(Release.objects.get(position=1))
        release.refresh_from_db()
        return release

    def columns(self, council, proof, named, /, **changes) -> dict:
        source = source_naming(council.order, named)
        assert source is not None
        return {
            "position": 3,
            "route": "'framework'",
            "contract": named.pk,
            "source": source.pk,
            "via_lot": source.lot_id,
            "rests_on": proof.pk,
            "proof_rate": proof.max_rate,
            "proof_answered_at": f"'{proof.answered_at.isoformat()}'",
            "sent_at": f"'{SECOND.isoformat()}'",
        } | changes

    def test_the_third_step_on_the_second_ones_failure_is_taken(self, council, proof):
        first = Release.objects.get(position=1)
        columns = self.columns(council, proof, council.second)
        assert raw_release(proof, earlier=first.pk, **columns) == ""

    def test_straight_after_the_first(self, council, proof):
        first = Release.objects.get(position=1)
        columns = self.columns(council, first, council.second)
        assert raw_release(proof, **columns) == "release_proof_failed_same_round"

    def test_under_a_contract_of_another_lot(self, council, proof):
        columns = self.columns(council, proof, council.second, contract=council.world.framework.pk)
        assert raw_release(proof, **columns) == "release_contract_of_lot"

    def test_under_a_contract_that_no_step_names(self, council, proof):
        columns = self.columns(council, proof, council.second, via_lot="null")
        assert raw_release(proof, **columns) == "release_names_the_contract"

    def test_at_the_step_of_another_source(self, council, proof):
        second = source_naming(council.order, council.world.framework)
        columns = self.columns(council, proof, council.second, source=second.pk)
        assert raw_release(proof, **columns) in {"release_named_at_its_step", "release_names_the_lot"}

    def test_without_a_source(self, council, proof):
        columns = self.columns(council, proof, council.second, source="null", via_lot="null")
        assert raw_release(proof, **columns) == "release_contract_is_named"

    def test_a_permanent_contract_at_an_agency_step(self, council, proof):
        permanent = council.world.permanent
        columns = self.columns(council, proof, council.second, contract=permanent.pk, route="'direct'")
        assert raw_release(proof, **columns) == "release_route_of_its_step"


class TestSettingAnOrderUp:
    @pytest.fixture
    def parts(self, world):
        return world.corporate, world.framework.lot, world.framework

    @pytest.mark.parametrize(
        ("kinds", "code"),
        [
            ([], "steps_have_a_gap"),
            (["agency"], "direct_is_not_first"),
            (["direct", "direct"], "direct_is_not_first"),
            (["direct", "agency", "exemption", "agency"], "exemption_is_not_last"),
            (["direct", "exemption"], "no_agency_step"),
            (["direct", "agency", "exemption"], None),
            (["direct"], None),
        ],
    )
    def test_its_steps_have_their_places(self, parts, kinds, code):
        contract, _, _ = parts
        steps = [draft(n, kind, [contract] if kind == "agency" else [], []) for n, kind in enumerate(kinds)]
        refusal = order_refusal(steps)
        assert (refusal and refusal.code) == code

    def test_positions_have_no_gap(self, parts):
        refusal = order_refusal([draft(0, "direct", [], []), draft(2, "agency", [parts[0]], [])])
        assert refusal is not None
        assert refusal.code == "steps_have_a_gap"

    def test_each_agency_step_names_something_and_no_other_does(self, parts):
        corporate, lot, _ = parts
        assert order_refusal([draft(0, "direct", [], []), draft(1, "agency", [], [])]).code == "names_nothing"
        assert order_refusal([draft(0, "direct", [corporate], [])]).code == "names_no_contracts"
        assert order_refusal([draft(0, "direct", [], [lot])]).code == "names_no_contracts"

    def test_a_contract_is_named_once_itself_or_by_its_lot(self, world, parts):
        corporate, lot, framework = parts
        direct = draft(0, "direct", [], [])
        twice = [
            [draft(1, "agency", [corporate], []), draft(2, "agency", [corporate], [])],
            [draft(1, "agency", [], [lot]), draft(2, "agency", [], [lot])],
            [draft(1, "agency", [framework], []), draft(2, "agency", [], [lot])],
            [draft(1, "agency", [], [lot]), draft(2, "agency", [framework], [])],
        ]
        for steps in twice:
            assert order_refusal([direct, *steps]).code == "named_twice"
        assert order_refusal([direct, draft(1, "agency", [framework], [lot])]) is None
        assert order_refusal([direct, draft(1, "agency", [world.permanent], [])]).code == "not_an_agency_contract"

    def test_the_database_names_it_once_too(self, world, parts):
        corporate, lot, framework = parts
        order = SourcingOrder.objects.create(starts_on=FROM, decision_reference="x")
        first, second = (SourcingStep.objects.create(order=order, position=n, kind="agency") for n in (1, 2))
        StepSource.objects.create(step=first, order=order, position=1, contract=framework)
        insert = "insert into recruitment_stepsource (step_id, order_id, position, contract_id, lot_id) values (%s, %s, %s, %s, %s)"
        assert refused_as(insert, second.pk, order.pk, 2, None, lot.pk) == "step_source_named_once"
        assert refused_as(insert, second.pk, order.pk, 2, framework.pk, None) == "step_source_contract_once"
        assert refused_as(insert, second.pk, order.pk, 1, corporate.pk, None) == "step_source_of_an_agency_step"
        assert refused_as(insert, second.pk, order.pk, 2, corporate.pk, lot.pk) == "step_source_contract_or_lot"
        assert refused_as(insert, second.pk, order.pk, 2, corporate.pk, None) == ""

    def test_none_is_set_up_that_is_not_whole(self, world):
        direct, exemption = NewStep(StepKind.DIRECT), NewStep(StepKind.EXEMPTION)
        agency = NewStep(StepKind.AGENCY, contracts=[world.corporate])
        by_lot = NewStep(StepKind.AGENCY, lots=[world.framework.lot])
        framework = NewStep(StepKind.AGENCY, contracts=[world.framework])
        permanent = NewStep(StepKind.AGENCY, contracts=[world.permanent])
        for code, steps in {
            "steps_have_a_gap": [],
            "direct_is_not_first": [agency],
            "no_agency_step": [direct, exemption],
            "exemption_is_not_last": [direct, agency, exemption, by_lot],
            "names_nothing": [direct, NewStep(StepKind.AGENCY)],
            "names_no_contracts": [NewStep(StepKind.DIRECT, contracts=[world.permanent])],
            "named_twice": [direct, framework, by_lot],
            "not_an_agency_contract": [direct, permanent],
        }.items():
            common = {"by": world.administrator, "at": MONDAY, "starts_on": FROM, "decision_reference": "x"}
            assert code_of(set_order, **common, steps=steps) == code
        assert SourcingOrder.objects.count() == 1

    def test_only_who_sets_up_may(self, world):
        with pytest.raises(NotAllowed):
            set_order(by=world.officer, at=MONDAY, starts_on=FROM, decision_reference="x", steps=[])

    def test_a_contract_that_is_named_keeps_its_lot(self, world):
        from recruitment.contracts import actions as contracts

        contract = Contract.objects.get(pk=world.corporate.pk)
        contract.lot = world.framework.lot
        contract.agency = world.halden
        assert (
            code_of(contracts.save_contract, by=world.administrator, at=MONDAY, contract=contract) == "contract_in_use"
        )


class TestCarriedOverWithinItsClass:
    def carry(self, world, placement, new, on=date(2024, 3, 4)):
        terms = {placement.pk: Carried(D("33.00"), D("41.00"), date(2024, 4, 19))}
        return carrying_over.carry_over(
            by=world.director, at=AFTER_WINDOW + timedelta(days=14), old=placement.contract, new=new, on=on, terms=terms
        )

    def test_to_a_contract_the_first_step_names(self, world):
        placement = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        (carried,) = self.carry(world, placement, new)
        assert (carried.step_class, carried.source.contract, carried.via_lot) == ("first", new, None)

    def test_not_to_one_that_no_step_names(self, world):
        placement = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        with guards_off("recruitment_stepsource"):
            StepSource.objects.filter(contract=new).delete()
        assert code_of(self.carry, world, placement, new) == "not_in_order"

    def test_not_to_another_class_though_the_label_is_the_same(self, world):
        placement = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        order = SourcingOrder.objects.in_force(date(2024, 3, 4))
        with guards_off("recruitment_stepsource"):
            StepSource.objects.filter(contract=new).delete()
            StepSource.objects.create(step=order.steps.get(position=2), order=order, position=2, contract=new)
        assert code_of(self.carry, world, placement, new) == "another_class"

    def test_the_database_says_so_too(self, world):
        placement = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        (carried,) = self.carry(world, placement, new)
        framework = source_naming(SourcingOrder.objects.in_force(date(2024, 3, 4)), world.framework)
        first = StepSource.objects.filter(contract=world.corporate).first()
        update = "update placements_placement set source_id = %s, via_lot_id = %s where id = %s"
        assert refused_as(update, first.pk, None, carried.pk) == "placement_source_names_the_contract"
        assert refused_as(update, framework.pk, framework.lot_id, carried.pk) in {
            "placement_carried_within_its_class",
            "placement_contract_of_lot",
        }
        assert refused_as(update, None, None, carried.pk) == "placement_carried_over_by_its_order"
        assert refused_as(update, first.pk, framework.lot_id, carried.pk) in {
            "placement_source_names_the_lot",
            "placement_contract_of_lot",
        }
        assert refused_as("update placements_placement set step_class = 'later' where id = %s", carried.pk) in {
            "placement_class_of_its_order",
            "placement_carried_within_its_class",
        }
        assert refused_as("update placements_placement set step_class = null where id = %s", carried.pk) == (
            "placement_class_with_its_order"
        )


class TestANewerOrder:
    """A round follows the order that was in force when it was opened; one that waits may start again under a newer one."""

    def newer(self, world, starts_on=date(2024, 1, 10)):
        steps = [
            NewStep(StepKind.DIRECT),
            NewStep(StepKind.AGENCY, contracts=[world.corporate]),
            NewStep(StepKind.EXEMPTION),
        ]
        return set_order(
            by=world.administrator, at=AFTER_WINDOW, starts_on=starts_on, decision_reference="New", steps=steps
        )

    def test_a_request_that_is_being_sourced_starts_again_under_it(self, world):
        release = world.send(world.sourced())
        order = self.newer(world)
        round_ = vacancies.start_round(by=world.officer, at=AFTER_WINDOW, vacancy=release.vacancy, reason="New order")
        release.refresh_from_db()
        release.round.refresh_from_db()
        release.vacancy.refresh_from_db()
        assert (round_.order, release.outcome, release.vacancy.status) == (order, "withdrawn", "agreed")
        assert release.round.closed_as == "order_changed"

    def test_not_before_it_is_in_force(self, world):
        release = world.send(world.sourced())
        self.newer(world, date(2024, 2, 10))
        again = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": release.vacancy, "reason": "x"}
        assert code_of(vacancies.start_round, **again) == "not_covered"

    def test_not_while_somebody_is_secured(self, world):
        release = world.secured()
        self.newer(world)
        again = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": release.vacancy, "reason": "x"}
        assert code_of(vacancies.start_round, **again) == "already_secured"

    def test_not_for_an_emergency_nobody_agreed(self, world):
        release = world.called()  # on Saturday
        self.newer(world, date(2024, 1, 15))
        monday = MONDAY + timedelta(days=7)
        again = {"by": world.officer, "at": monday, "vacancy": release.vacancy, "reason": "x"}
        assert code_of(vacancies.start_round, **again) == "not_agreed"

    def test_the_page_offers_it(self, world, client):
        release = world.send(world.sourced())
        client.force_login(world.officer)
        path = release.vacancy.get_absolute_url()
        words = "A newer order of sourcing is in force: start a new round"
        with clock.standing_at(AFTER_WINDOW):
            assert words not in client.get(path).content.decode()
            self.newer(world)
            assert words in client.get(path).content.decode()


class InTheAdminSite:
    def form(self, world, steps: list[dict]) -> dict:
        data = {"starts_on": "2024-01-02", "decision_reference": "Cabinet", "_save": "Save"}
        data |= {
            "steps-TOTAL_FORMS": len(steps),
            "steps-INITIAL_FORMS": 0,
            "steps-MIN_NUM_FORMS": 0,
            "steps-MAX_NUM_FORMS": 1000,
        }
        for n, step in enumerate(steps):
            step = {"routine_hours": 16, "urgent_hours": 8, "proof_age_days": 20, "position": n} | step
            data |= {f"steps-{n}-{name}": value for name, value in step.items()}
        return data

    @pytest.fixture
    def administrator(self, world, client):
        client.force_login(world.administrator)
        return client

    def steps(self, world, lot) -> list[dict]:
        return [
            {"kind": "direct"},
            {"kind": "agency", "contracts": [world.corporate.pk]},
            {"kind": "agency", "lots": [world.framework.lot_id], "proof_age_days": 5},
            {"kind": "agency", "lots": [lot.pk]},
            {"kind": "exemption"},
        ]


class TestInTheAdminSite(InTheAdminSite):
    """Two frameworks one after the other are set-up alone."""

    def test_an_order_with_two_frameworks_is_added_and_changed(self, world, administrator):
        lot = LotFactory(framework=FrameworkFactory(reference="RM6281"), number="4")
        path = "/admin/recruitment/sourcingorder/"
        response = administrator.post(f"{path}add/", self.form(world, self.steps(world, lot)))
        assert response.status_code == 302, response.context["errors"]
        order = SourcingOrder.objects.get(starts_on=FROM)
        named = [(one.position, one.contract_id, one.lot_id) for one in StepSource.objects.filter(order=order)]
        assert named == [(1, world.corporate.pk, None), (2, None, world.framework.lot_id), (3, None, lot.pk)]
        page = administrator.get(f"{path}{order.pk}/change/").content.decode()
        assert f'<option value="{lot.pk}" selected>RM6281 Lot 4</option>' in page

        data = self.form(world, [])
        data |= {"steps-TOTAL_FORMS": 5, "steps-INITIAL_FORMS": 5}
        swapped = self.steps(world, lot)
        swapped[2], swapped[3] = swapped[3], swapped[2]
        for n, (step, given) in enumerate(zip(order.steps.all(), swapped, strict=True)):
            given = {"routine_hours": 16, "urgent_hours": 8, "proof_age_days": 20} | given
            data |= {f"steps-{n}-id": step.pk, f"steps-{n}-order": order.pk, f"steps-{n}-position": n}
            data |= {f"steps-{n}-{name}": value for name, value in given.items()}
        response = administrator.post(f"{path}{order.pk}/change/", data)
        assert response.status_code == 302, response.context["errors"]
        named = [(one.position, one.contract_id, one.lot_id) for one in StepSource.objects.filter(order=order)]
        assert named == [(1, world.corporate.pk, None), (2, None, lot.pk), (3, None, world.framework.lot_id)]

    def test_a_contract_named_twice_comes_back_with_a_sentence(self, world, administrator):
        steps = [
            {"kind": "direct"},
            {"kind": "agency", "contracts": [world.framework.pk]},
            {"kind": "agency", "lots": [world.framework.lot_id]},
        ]
        response = administrator.post("/admin/recruitment/sourcingorder/add/", self.form(world, steps))
        assert "RM6161-L5 is named at positions 1 and 2" in response.content.decode()
        assert not SourcingOrder.objects.filter(starts_on=FROM).exists()

    def test_one_that_a_round_follows_is_only_read(self, world, administrator):
        world.sourced()
        path = f"/admin/recruitment/sourcingorder/{world.order.pk}/change/"
        page = administrator.get(path).content.decode()
        assert "RM6161 Lot 5" in page
        assert administrator.post(path, self.form(world, [])).status_code == 403


class TestAnOrderHoldsItsTime:
    """One administrator set an order up for days gone by, and who had been brought forward was then inside the first route."""

    def order(self, world, starts_on, *contracts):
        steps = [NewStep(StepKind.DIRECT), NewStep(StepKind.AGENCY, contracts=[world.corporate, *contracts])]
        return set_order(
            by=world.administrator, at=AFTER_WINDOW, starts_on=starts_on, decision_reference="x", steps=steps
        )

    def test_none_starts_before_a_round_that_was_opened(self, world):
        world.sourced()
        assert code_of(self.order, world, date(2024, 1, 8)) == "in_the_past"
        assert self.order(world, date(2024, 1, 9))
        sql = "update recruitment_sourcingorder set starts_on = '2024-01-08' where starts_on = '2024-01-09'"
        assert refused_as(sql) == "sourcing_order_in_the_past"
        sql = "insert into recruitment_sourcingorder (starts_on, decision_reference) values ('2024-01-08', 'x')"
        assert refused_as(sql) == "sourcing_order_in_the_past"

    def test_nor_does_the_admin_site_take_one(self, world, client):
        world.sourced()
        client.force_login(world.administrator)
        data = {"starts_on": "2024-01-08", "decision_reference": "x", "steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0}
        page = client.post("/admin/recruitment/sourcingorder/add/", data).content.decode()
        assert "Rounds were opened since 8 January 2024, under the order that was in force." in page

    def test_the_orders_up_to_the_move_in_stay(self, world):
        by = world.administrator
        batch = brought_forward_actions.open_batch(by=by, at=AFTER_WINDOW, on=date(2024, 1, 10))
        early = self.order(world, date(2024, 1, 9))  # while nobody is brought forward
        found = world.found(
            contract=world.corporate, agency=world.pertemps, starts_on=date(2024, 1, 3), pay_rate=D("40")
        )
        brought_forward_actions.bring_forward(by=by, at=AFTER_WINDOW, found=found, proof_held="none held")
        assert batch.placements.count() == 1
        assert code_of(self.order, world, date(2024, 1, 10)) == "sourcing_order_at_move_in"
        assert self.order(world, date(2024, 1, 11))
        for sql in (
            "update recruitment_sourcingorder set starts_on = '2024-02-01' where id = %s",
            "delete from recruitment_stepsource where order_id = %s",
            "update recruitment_sourcingstep set proof_age_days = 9 where order_id = %s",
            "insert into recruitment_stepsource (step_id, order_id, position, contract_id) "
            f"select id, order_id, position, {world.permanent.pk} from recruitment_sourcingstep where position = 1 and order_id = %s",
        ):
            assert refused_as(sql, early.pk) == "sourcing_order_at_move_in", sql

    def test_a_round_follows_the_order_of_its_day_and_no_other(self, world):
        later = self.order(world, date(2024, 2, 1))
        round_ = open_round_of(world.sourced())
        assert (
            refused_as("update recruitment_round set order_id = %s where id = %s", later.pk, round_.pk)
            == "round_follows_its_order"
        )
        copy = (
            "insert into recruitment_round (vacancy_id, number, order_id, reason, opened_by_id, opened_at, recruitment_state, advert_reference, "
            "recruitment_note, closed_as) select vacancy_id, 2, %s, reason, opened_by_id, opened_at, '', '', '', '' from recruitment_round where id = %s"
        )
        assert refused_as(copy, later.pk, round_.pk) == "round_follows_its_order"

    @pytest.mark.parametrize(
        "change",
        [
            "update recruitment_sourcingstep set position = 5 where position = 2",
            "update recruitment_sourcingstep set kind = 'agency' where position = 0",
            "delete from recruitment_sourcingstep where position = 0",
            "insert into recruitment_sourcingstep (order_id, position, kind, routine_hours, urgent_hours, proof_age_days) "
            "select order_id, 4, 'agency', 1, 1, 1 from recruitment_sourcingstep where position = 3",
            "delete from recruitment_stepsource; delete from recruitment_sourcingstep",
            "insert into recruitment_stepsource (step_id, order_id, position, contract_id) select s.id, s.order_id, 1, c.id "
            "from recruitment_sourcingstep s, recruitment_contract c where s.position = 1 and c.route = 'direct'",
        ],
    )
    def test_no_round_follows_an_order_that_is_not_whole(self, world, change):
        if "position = 5" in change or "delete from recruitment_stepsource" in change:
            change = f"delete from recruitment_stepsource where position > 1; {change}"
        refused = refused_as(change)
        code = refused or code_of(world.agreed)
        assert code in {"sourcing_order_is_whole", "sourcing_step_direct_is_first"}

    def test_a_contract_keeps_what_it_is_known_by(self, world):
        sql = "update recruitment_contract set {} where id = %s"
        for change in (f"agency_id = {world.scs.pk}", "route = 'framework'", f"lot_id = {world.framework.lot_id}"):
            assert refused_as(sql.format(change), world.corporate.pk) == "contract_in_use_stays", change
        assert refused_as(sql.format(f"agency_id = {world.scs.pk}"), world.framework.pk) == "contract_in_use_stays"
        free = permanent_contract(world.administrator, world.scs, "FREE")
        assert refused_as(sql.format(f"agency_id = {world.pertemps.pk}"), free.pk) == ""

    def test_one_that_is_named_by_its_lot_is_in_use(self, world):
        assert in_use(world.framework)
        assert not in_use(permanent_contract(world.administrator, world.scs, "FREE"))

    def test_a_permanent_contract_under_a_named_lot_is_of_no_step(self, world):
        lot = world.framework.lot
        LotSupplier.objects.create(lot=lot, agency=world.scs)
        contract = permanent_contract(world.administrator, world.scs, "PERM-L5", lot=lot)
        with guards_off("recruitment_stepsource"):
            StepSource.objects.filter(lot=lot).delete()
            first = world.order.steps.get(position=1)
            StepSource.objects.create(step=first, order=world.order, position=1, lot=lot)
        placement = Placement(basis="brought_forward", contract=contract, batch=BroughtForward(on=date(2024, 1, 8)))
        assert placement.is_outside_the_first_route

    def test_the_first_supplier_comes_back_under_a_contract_of_its_own(self, world):
        other = corporate_contract(world.administrator, world.scs, "SCS-CORP", starts_on=date(2024, 1, 1))
        release = world.failed()
        later = world.send(release.vacancy, world.framework, at=AFTER_WINDOW)
        approve(world.administrator, world.corporate, None, date(2024, 1, 9))  # over by now
        back = {"by": world.officer, "at": AFTER_WINDOW, "release": later, "supply_mode": "direct", "note": "x"}
        assert code_of(answering.first_supplier_can_supply, **back) == "contract_not_running"
        assert not other.releases.exists()

    def test_carried_over_by_sql_to_another_agency_or_by_an_order_of_another_day(self, world):
        from tests.test_constraints import written_out

        placed = world.placed()
        scs = corporate_contract(world.administrator, world.scs, "SCS-CORP", starts_on=date(2024, 1, 1))
        next_one = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        far = set_order(
            by=world.administrator,
            at=AFTER_WINDOW,
            starts_on=date(2099, 1, 1),
            decision_reference="x",
            steps=[NewStep(StepKind.DIRECT), NewStep(StepKind.AGENCY, contracts=[next_one])],
        )
        for contract, order in ((scs, world.order), (next_one, far)):
            source = source_naming(order, contract)
            days = "starts_on=ends_on+3,ends_on=ends_on+9"
            follows = (
                f"continues_id={placed.pk},continues_as='carry_over',contract_id={contract.pk},source_id={source.pk}"
            )
            copy = f"COPY placements.Placement reference='x',{days},{follows} where id = {placed.pk}"
            assert refused_as(written_out(copy)) == "placement_carried_over_by_its_order"


class TestADraftIsRepairedInTheAdminSite(InTheAdminSite):
    @pytest.fixture
    def draft_order(self, world, administrator):
        lot = LotFactory(framework=FrameworkFactory(reference="RM6281"), number="4")
        administrator.post("/admin/recruitment/sourcingorder/add/", self.form(world, self.steps(world, lot)))
        return SourcingOrder.objects.get(starts_on=FROM)

    def changed(self, order, places: dict[int, int], deleted: int | None = None) -> dict:
        data = {"starts_on": "2024-01-02", "decision_reference": "Cabinet", "_save": "Save"}
        data |= {"steps-TOTAL_FORMS": order.steps.count(), "steps-INITIAL_FORMS": order.steps.count()}
        for n, step in enumerate(order.steps.prefetch_related("sources")):
            row = {
                "id": step.pk,
                "order": order.pk,
                "position": places.get(step.position, step.position),
                "kind": step.kind,
            }
            row |= {"routine_hours": 16, "urgent_hours": 8, "proof_age_days": 20}
            row["contracts"] = [one.contract_id for one in step.sources.all() if one.contract_id]
            row["lots"] = [one.lot_id for one in step.sources.all() if one.lot_id]
            if step.position == deleted:
                row["DELETE"] = "on"
            data |= {f"steps-{n}-{name}": value for name, value in row.items()}
        return data

    def test_two_steps_change_places(self, draft_order, administrator):
        lots = [one.lot for one in StepSource.objects.filter(order=draft_order, lot__isnull=False)]
        path = f"/admin/recruitment/sourcingorder/{draft_order.pk}/change/"
        response = administrator.post(path, self.changed(draft_order, {2: 3, 3: 2}))
        assert response.status_code == 302
        assert [one.lot for one in StepSource.objects.filter(order=draft_order, lot__isnull=False)] == lots[::-1]
        assert [one.position for one in draft_order.steps.all()] == [0, 1, 2, 3, 4]

    def test_a_step_that_names_something_is_taken_out(self, draft_order, administrator):
        path = f"/admin/recruitment/sourcingorder/{draft_order.pk}/change/"
        response = administrator.post(path, self.changed(draft_order, {4: 3}, deleted=3))
        assert response.status_code == 302
        assert [one.kind for one in draft_order.steps.all()] == ["direct", "agency", "agency", "exemption"]
        assert StepSource.objects.filter(order=draft_order).count() == 2

    def test_the_whole_order_is_deleted(self, draft_order, administrator):
        path = f"/admin/recruitment/sourcingorder/{draft_order.pk}/delete/"
        assert administrator.post(path, {"post": "yes"}).status_code == 302
        assert not SourcingOrder.objects.filter(pk=draft_order.pk).exists()


class TestWhichContractAndWhichOrder:
    """What each place that asks for the order, its steps or their contracts really takes."""

    def state(self, world, on=date(2024, 1, 8)):
        vacancy = world.sourced()
        return vacancy, round_state(vacancy, open_round_of(vacancy), on=on)

    def contracts_at(self, world, position: int) -> list[Contract]:
        vacancy, state = self.state(world)
        step = cascade.step_of(state, position)
        assert step is not None
        return list(contracts_for(vacancy, step))

    def test_a_step_offers_the_contracts_under_its_lot_and_no_permanent_one(self, world):
        LotSupplier.objects.create(lot=world.framework.lot, agency=world.scs)
        permanent_contract(world.administrator, world.scs, "PERM-L5", lot=world.framework.lot)
        assert self.contracts_at(world, 2) == [world.framework]
        assert outside_the_order_refusal(world.halden, date(2024, 1, 8)) is not None
        assert outside_the_order_refusal(world.scs, date(2024, 1, 8)) is None

    def test_a_contract_named_itself_beside_its_lot_is_named_itself(self, world):
        step = world.order.steps.get(position=2)
        with guards_off("recruitment_stepsource"):
            StepSource.objects.create(step=step, order=world.order, position=2, contract=world.framework)
        source = source_naming(world.order, world.framework)
        assert source is not None
        assert (source.contract, source.lot) == (world.framework, None)
        failed = world.failed()
        assert world.send(failed.vacancy, world.framework, at=AFTER_WINDOW).via_lot is None

    def test_a_contract_by_exemption_or_for_permanent_staff_is_named_by_no_lot(self, world):
        for route in ("exemption", "direct"):
            assert source_naming(world.order, Contract(pk=-1, route=route, lot=world.framework.lot)) is None

    def test_the_order_in_force_is_the_newest_that_has_begun(self, world):
        other = corporate_contract(world.administrator, world.scs, "SCS-CORP", starts_on=date(2023, 1, 1))
        steps = [NewStep(StepKind.DIRECT), NewStep(StepKind.AGENCY, contracts=[other])]
        newer = set_order(
            by=world.administrator, at=MONDAY, starts_on=date(2024, 1, 10), decision_reference="x", steps=steps
        )
        assert set(StepSource.objects.in_force(date(2024, 1, 10)).values_list("order", flat=True)) == {newer.pk}
        assert set(StepSource.objects.in_force(date(2024, 1, 9)).values_list("order", flat=True)) == {world.order.pk}
        coming = set(StepSource.objects.in_force_from(date(2024, 1, 9)).values_list("order", flat=True))
        assert coming == {world.order.pk, newer.pk}
        assert set(StepSource.objects.in_force_from(date(2024, 1, 11)).values_list("order", flat=True)) == {newer.pk}
        assert outside_the_order_refusal(world.pertemps, date(2024, 1, 10)) is None

    def test_a_step_is_called_after_those_that_run_or_else_after_all(self, world):
        corporate_contract(
            world.administrator, world.scs, "SCS-CORP", starts_on=date(2024, 1, 9), let_on=date(2024, 1, 1)
        )

        def name(position, on) -> str:
            step = cascade.step_of(self.state(world, on)[1], position)
            assert step is not None
            return step.name

        assert name(1, date(2024, 1, 8)) == "Pertemps"
        assert name(1, date(2024, 1, 9)) == "Pertemps or Service Care Solutions"
        assert name(1, date(2031, 1, 1)) == "Pertemps or Service Care Solutions"  # both are over
        other = LotFactory(framework=FrameworkFactory(reference="RM6281"), number="4")
        with guards_off("recruitment_stepsource"):
            step = world.order.steps.get(position=2)
            StepSource.objects.create(step=step, order=world.order, position=2, lot=other)
        assert name(2, date(2024, 1, 8)) == "The RM6161 contract"  # nothing is let under the other

    def test_a_proof_ages_by_its_own_step_also_in_a_correction(self, council):
        world, release = council.world, council.failed_second()
        world.witness(Release.objects.get(position=1))
        third = world.send(release.vacancy, council.second, at=SECOND)
        assert [third.round.order.proof_age(position) for position in (1, 2, 3)] == [20, 5, 20]
        third.sent_at = SECOND + timedelta(days=8)  # six working days
        assert why_lost(release, third) == "Halden Bridge Care’s answer was more than 5 working days old."

    def test_the_rule_takes_the_steps_in_any_order(self, world):
        steps = [draft(2, "exemption", [], []), draft(0, "direct", [], []), draft(1, "agency", [world.corporate], [])]
        assert order_refusal(steps) is None

    def test_no_other_step_than_agencies_names_anything(self, world):
        steps = [draft(0, "direct", [], []), draft(1, "agency", [world.corporate], [])]
        refusal = order_refusal([*steps, draft(2, "exemption", [world.framework], [])])
        assert refusal is not None
        assert refusal.code == "names_no_contracts"
        exempted = Contract(pk=-1, reference="EX-1", route="exemption")
        refusal = order_refusal([steps[0], draft(1, "agency", [exempted], [])])
        assert refusal is not None
        assert refusal.code == "not_an_agency_contract"

    def test_carried_over_by_the_order_of_the_first_day_and_not_of_today(self, world):
        placement = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        steps = [NewStep(StepKind.DIRECT), NewStep(StepKind.AGENCY, contracts=[world.corporate])]
        set_order(by=world.administrator, at=MONDAY, starts_on=date(2024, 3, 1), decision_reference="x", steps=steps)
        carry = TestCarriedOverWithinItsClass().carry
        assert code_of(carry, world, placement, new) == "not_in_order"
        (carried,) = carry(world, placement, new, on=date(2024, 2, 26))
        assert carried.source.order == world.order

    def test_carried_over_to_a_contract_that_its_lot_names(self, world):
        placement = world.book(world.framework_secured(), at=AFTER_WINDOW + timedelta(hours=2))
        new = framework_contract(world.administrator, world.halden, "RM6161-L5-2")
        (carried,) = TestCarriedOverWithinItsClass().carry(world, placement, new)
        assert (carried.step_class, carried.via_lot, carried.source.lot) == ("later", new.lot, new.lot)

    def test_a_new_round_under_a_newer_order_though_another_is_to_come(self, world):
        release = world.send(world.sourced())
        for day in (10, 31):
            TestANewerOrder().newer(world, date(2024, 1, day))
        again = {"by": world.officer, "at": AFTER_WINDOW, "vacancy": release.vacancy, "reason": "x"}
        assert vacancies.start_round(**again).order.starts_on == date(2024, 1, 10)

    def test_an_emergency_is_of_the_first_step(self, world, client_of):
        page = client_of("officer").get("/requests/emergency/")
        assert list(page.context["form"].fields["contract"].queryset) == [world.corporate]

    def test_the_list_and_the_row_agree_on_who_is_outside(self, world):
        by = world.administrator
        brought_forward_actions.open_batch(by=by, at=AFTER_WINDOW, on=date(2024, 1, 10))
        common = {"starts_on": date(2024, 1, 3), "pay_rate": D("40")}
        for contract, agency in ((world.corporate, world.pertemps), (world.framework, world.halden), (None, world.scs)):
            found = world.found(
                contract=contract, agency=agency, **common if contract else {"starts_on": date(2024, 1, 3)}
            )
            brought_forward_actions.bring_forward(by=by, at=AFTER_WINDOW, found=found, proof_held="none held")
        world.placed()
        world.book(world.framework_secured(), at=AFTER_WINDOW + timedelta(hours=2))
        world.breach()
        world.by_exemption()
        outside = set(Placement.objects.outside_the_first_route())
        everybody = Placement.objects.select_related("release", "contract", "batch")
        assert {one for one in everybody if one.is_outside_the_first_route} == outside
        inside = [(one.basis, one.contract) for one in everybody if one not in outside]
        assert sorted(inside, key=str) == [("brought_forward", world.corporate), ("release", world.corporate)]

    def test_the_database_names_it_once_whichever_comes_first(self, world):
        order = SourcingOrder.objects.create(starts_on=FROM, decision_reference="x")
        first, second = (SourcingStep.objects.create(order=order, position=n, kind="agency") for n in (1, 2))
        StepSource.objects.create(step=first, order=order, position=1, lot=world.framework.lot)
        insert = "insert into recruitment_stepsource (step_id, order_id, position, contract_id) values (%s, %s, 2, %s)"
        assert refused_as(insert, second.pk, order.pk, world.framework.pk) == "step_source_named_once"

    def test_nothing_moves_from_a_draft_into_an_order_that_is_followed(self, world):
        world.sourced()
        draft_order = SourcingOrder.objects.create(starts_on=date(2030, 1, 1), decision_reference="x")
        step = SourcingStep.objects.create(order=draft_order, position=1, kind="agency")
        other = Contract.objects.create(
            reference="SCS-CORP", title="x", agency=world.scs, route="corporate", award_method="tender", award_reason="x",
            let_on=date(2024, 1, 1), starts_on=date(2024, 1, 1),
        )  # fmt: skip
        source = StepSource.objects.create(step=step, order=draft_order, position=1, contract=other)
        into = world.order.steps.get(position=1)
        sql = "update recruitment_stepsource set step_id = %s, order_id = %s where id = %s"
        assert refused_as(sql, into.pk, world.order.pk, source.pk) == "sourcing_order_is_followed"

    def test_posts_under_another_order_are_not_sent_together(self, world, client_of):
        one = world.request(posts=2)
        other = Vacancy.objects.get(asked_with=one)
        for vacancy in (one, other):
            vacancies.decide(by=world.director, at=MONDAY, vacancy=vacancy, decision="agreed", reason="x")
            world.direct(vacancy)
        TestANewerOrder().newer(world)
        with time_machine.travel(AFTER_WINDOW, tick=False):
            path = f"/requests/{one.pk}/send/1/"
            assert "together" in client_of("officer").get(path).context["form"].fields
            release = world.send(other, at=AFTER_WINDOW)
            vacancies.start_round(by=world.officer, at=AFTER_WINDOW, vacancy=release.vacancy, reason="New order")
            world.direct(release.vacancy, at=AFTER_WINDOW)
            assert "together" not in client_of("officer").get(path).context["form"].fields

    def test_the_page_of_a_contract_is_as_at_its_day(self, world, client_of):
        steps = [NewStep(StepKind.DIRECT), NewStep(StepKind.AGENCY, contracts=[world.corporate])]
        set_order(by=world.administrator, at=MONDAY, starts_on=date(2024, 1, 10), decision_reference="x", steps=steps)
        path = world.framework.get_absolute_url()
        page = " ".join(client_of("finance").get(f"{path}?on=2024-01-09").content.decode().split())
        assert "Position 2 of the order in force on 9 January 2024" in page
        page = " ".join(client_of("finance").get(f"{path}?on=2024-01-10").content.decode().split())
        assert "Not named by the order in force on 10 January 2024" in page
