"""A placement's whole life, hand-worked in literal pence. £41.00 an hour, 37 hours a week: £303.40 a working day."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection

from council.errors import NotAllowed, RuleViolation
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.corrections import proposing
from placements.hires import actions as hires
from placements.models import Placement, PlacementMove, PracticeConcern
from placements.placement import (
    carrying_over,
    commitments,
    concerns,
    converting,
    ending,
    moving,
    rate_changes,
    replacing,
    starting,
    transferring,
)
from placements.placement import extending as extensions
from placements.placement.views.booking import flags_of
from placements.reads import placements
from placements.reads.worth import worth_of
from placements.rules.transfer_fee import free_of_fee_on
from recruitment.models import ContractAccount
from recruitment.requests import actions as vacancies
from tests.conftest import refused_as
from tests.factories import TeamFactory, corporate_contract, framework_contract
from tests.factories.small_council import AFTER_WINDOW

BOOKED = AFTER_WINDOW + timedelta(hours=3)
VALUE = D("19114.20")  # 63 working days


def at(year, month, day, hour=10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LONDON)


def exposure(contract) -> D:
    return ContractAccount.objects.get(pk=contract.pk).exposure


def refusal(function, **arguments) -> str:
    with pytest.raises(RuleViolation) as caught:
        function(**arguments)
    return caught.value.code


def end(world, placement, when, ended_on, **changes):
    """Ended early, with the notice waived."""
    details = {"notice_given_on": when.date(), "reason": "worker_left", "rating": 3, "eligible_again": True}
    return ending.end_early(
        by=world.officer, at=when, placement=placement, ended_on=ended_on, notice_waived=True, **details | changes
    )


class TestTheStart:
    def test_without_all_four_checks_it_is_recorded_all_the_same(self, world):
        placement = world.placed()
        confirm = {"by": world.lead, "placement": placement}
        assert refusal(starting.confirm_start, **confirm, at=at(2024, 1, 19)) == "not_started"
        started = starting.confirm_start(
            **confirm, at=at(2024, 1, 22), registration_checked_on=date(2024, 1, 15), dbs_checked_on=date(2024, 1, 16)
        )
        assert started.started_confirmed_by == world.lead
        assert started.checks_missing == ["right to work", "references"]
        assert started.vacancy.status == "covered"
        refused = refusal(starting.confirm_start, **confirm, at=at(2024, 1, 24))
        assert refused == "already_confirmed"
        whole = starting.record_checks(
            by=world.officer,
            at=at(2024, 1, 24),
            placement=placement,
            right_to_work_checked_on=date(2024, 1, 23),
            references_checked_on=date(2024, 1, 24),
        )
        assert (whole.checks_missing, whole.started_confirmed_by) == ([], world.lead)

    def test_a_check_of_tomorrow(self, world):
        confirm = {"by": world.officer, "at": at(2024, 1, 22), "placement": world.placed()}
        assert refusal(starting.confirm_start, **confirm, dbs_checked_on=date(2024, 1, 23)) == "in_future"

    def test_a_lead_of_another_service_does_not(self, world):
        with pytest.raises(NotAllowed):
            starting.confirm_start(by=world.other_lead, at=at(2024, 1, 22), placement=world.placed())

    def test_a_late_check_leaves_the_next_round_as_it_is(self, world):
        placement = world.placed()
        confirm = {"by": world.lead, "placement": placement}
        starting.confirm_start(**confirm, at=at(2024, 1, 22))
        vacancy = placement.vacancy
        vacancies.start_round(by=world.officer, at=at(2024, 4, 1), vacancy=vacancy, reason="Goes on")
        world.direct(vacancy, at(2024, 4, 1))
        waiting = world.send(vacancy, at=at(2024, 4, 2), starts_on=date(2024, 4, 22))
        starting.record_checks(**confirm, at=at(2024, 4, 3), dbs_checked_on=date(2024, 4, 3))
        waiting.refresh_from_db()
        vacancy.refresh_from_db()
        assert (waiting.outcome, vacancy.status) == ("open", "sourcing")


class TestReplacing:
    def replace(self, world, placement, when=None, **changes):
        terms = {
            "reason": "Took another post",
            "registration_number": "SW800001",
            "worker_name": "Second Choice",
            "starts_on": date(2024, 1, 29),
            "ends_on": date(2024, 4, 19),
            "pay_rate": D("33.00"),
            "charge_rate": D("40.00"),
        }
        return replacing.replace(by=world.officer, at=when or at(2024, 1, 22), placement=placement, **terms | changes)

    def test_a_worker_who_never_came(self, world):
        placement = world.placed()
        second = self.replace(world, placement)
        placement.refresh_from_db()
        assert (placement.order_stands, placement.release.outcome) == (True, "secured")
        assert (second.release, second.continues, second.continues_as) == (placement.release, placement, "replacement")
        # 29 January to 19 April: 58 working days × 7.4 × £40.00, and nothing of the first
        assert exposure(world.corporate) == D("17168.00")
        assert second.vacancy.status == "sourcing"

    def test_a_worker_who_left_after_a_week(self, world):
        placement = world.placed()
        starting.confirm_start(by=world.lead, at=at(2024, 1, 22), placement=placement)
        assert refusal(self.replace, world=world, placement=placement) == "did_start"
        end(world, placement, at(2024, 1, 25), date(2024, 1, 26), reason="worker_left", rating=2, eligible_again=False)
        placement.refresh_from_db()
        second = self.replace(world, placement, at(2024, 1, 29))
        # five days × £303.40, and 58 × 7.4 × £40.00
        assert exposure(world.corporate) == D("18685.00")
        assert second.vacancy.status == "covered"
        again = self.replace
        assert refusal(again, world=world, placement=placement, when=at(2024, 1, 29)) == "already_replaced"

    def test_a_replacement_who_never_comes_leaves_the_first_ones_order_as_it_was(self, world):
        placement = world.placed()
        starting.confirm_start(by=world.lead, at=at(2024, 1, 22), placement=placement)
        end(world, placement, at(2024, 1, 25), date(2024, 1, 26), reason="worker_left", rating=2, eligible_again=True)
        second = self.replace(world, Placement.objects.get(pk=placement.pk), at(2024, 1, 26))
        ending.did_not_start(by=world.officer, at=at(2024, 1, 30), placement=second, reason="Ill")
        second.refresh_from_db()
        assert (second.order_stands, second.release.outcome, second.vacancy.status) == (True, "secured", "covered")
        assert exposure(world.corporate) == D("1517.00")
        again = vacancies.start_round(
            by=world.officer, at=at(2024, 1, 31), vacancy=second.vacancy, reason="The need goes on"
        )
        assert again.number == 2

    def test_within_ten_working_days(self, world):
        placement = world.placed()
        late = {"starts_on": date(2024, 2, 6), "ends_on": date(2024, 4, 19)}
        assert refusal(self.replace, world=world, placement=placement, **late) == "replacement_too_late"
        assert Placement.objects.get().did_not_start_at is None
        assert self.replace(world, placement, **late | {"starts_on": date(2024, 2, 5)})

    def test_the_order_holds_one_live_placement(self, world):
        """Also for raw SQL: the first one cannot come back to life beside the second."""
        placement = world.placed()
        self.replace(world, placement)
        sql = """update placements_placement set did_not_start_at = null, did_not_start_by_id = null, order_stands = false,
            did_not_start_reason = '' where id = %s"""
        assert refused_as(sql, placement.pk) in {"placement_one_live_per_release", "placement_within_fte"}

    def test_two_no_shows_in_a_row_are_a_failure_of_the_supplier(self, world):
        second = self.replace(world, world.placed(), starts_on=date(2024, 1, 24))
        ending.did_not_start(by=world.officer, at=at(2024, 1, 24), placement=second, reason="Neither came")
        second.release.refresh_from_db()
        assert second.release.outcome == "fell_through"
        assert not Placement.objects.filter(order_stands=True).exists()
        assert exposure(world.corporate) == D("0.00")

    def test_entered_in_error_the_first_one_is_free_again(self, world):
        placement = world.placed()
        second = self.replace(world, placement)
        ending.void(by=world.director, at=at(2024, 1, 23), placement=second, reason="The wrong request")
        assert Placement.objects.get(pk=placement.pk).followed_by is None
        again = {"placement": placement, "starts_on": date(2024, 1, 30)}
        assert refusal(self.replace, world=world, **again) == "did_not_start"

    def test_another_takes_over_once_for_raw_sql_too(self, world):
        first, second, third = world.placed(), world.breach().placement, world.breach().placement
        with connection.cursor() as cursor:
            cursor.execute("alter table placements_placement disable trigger placement_stands")
        sql = "update placements_placement set continues_id = %s, continues_as = 'transfer' where id in (%s, %s)"
        assert refused_as(sql, first.pk, second.pk, third.pk) == "placement_continued_once"
        with connection.cursor() as cursor:
            cursor.execute("alter table placements_placement enable trigger placement_stands")

    def test_not_above_what_the_supplier_was_asked(self, world):
        assert refusal(self.replace, world=world, placement=world.placed(), charge_rate=D("43")) == "above_max_rate"

    def test_no_show_and_replacement_keeps_the_order_secured_for_raw_sql_too(self, world):
        placement = world.placed()
        self.replace(world, placement)
        sql = "update placements_placement set order_stands = false where id = %s"
        assert refused_as(sql, placement.pk) == "placement_release_secured_same_round"


class TestMoving:
    def test_within_the_service_from_a_day(self, world):
        placement = world.placed()
        south = TeamFactory(service=world.team.service, name="South")
        move = {"by": world.officer, "at": at(2024, 2, 1), "placement": placement, "reason": "Caseloads"}
        assert refusal(moving.move_team, **move, team=world.other_team, starts_on=date(2024, 2, 5)) == "another_service"
        assert refusal(moving.move_team, **move, team=world.team, starts_on=date(2024, 2, 5)) == "same_team"
        assert refusal(moving.move_team, **move, team=south, starts_on=date(2024, 1, 22)) == "move_outside"
        assert refusal(moving.move_team, **move | {"reason": ""}, team=south, starts_on=date(2024, 2, 5)) == "no_reason"
        moving.move_team(**move, team=south, starts_on=date(2024, 2, 5))
        assert refusal(moving.move_team, **move, team=world.team, starts_on=date(2024, 2, 1)) == "same_team"
        day = Placement.objects.with_team(date(2024, 2, 4)).get()
        assert (day.team_now, day.team_id_now) == ("North", world.team.pk)
        assert Placement.objects.with_team(date(2024, 2, 5)).get().team_now == "South"
        assert exposure(world.corporate) == VALUE
        assert refused_as("update placements_placementmove set team_id = %s", world.team.pk) == "InsufficientPrivilege"
        assert PlacementMove.objects.count() == 1


class TestRates:
    def change(self, world, placement, **changes):
        rates = {"starts_on": date(2024, 3, 4), "pay_rate": D("33.50"), "charge_rate": D("42.00"), "reason": "Award"}
        return rate_changes.change_rate(by=world.officer, at=at(2024, 2, 26), placement=placement, **rates | changes)

    def test_from_a_day_on(self, world):
        placement = world.placed()
        period = self.change(world, placement)
        first = placement.periods.order_by("starts_on").first()
        assert (first.cut_on, first.value) == (date(2024, 3, 3), VALUE)
        # 4 March to 19 April: 33 working days × 7.4 × £42.00
        assert period.value == D("10256.40")
        # 30 days × £303.40 + £10,256.40
        assert exposure(world.corporate) == D("19358.40")
        assert commitments.still_committed(placement) == D("19358.40")

    def test_twice_and_then_an_early_end(self, world):
        placement = world.placed()
        self.change(world, placement)
        self.change(world, placement, starts_on=date(2024, 3, 11), charge_rate=D("40.00"))
        # 30 × £303.40 + 5 × 7.4 × £42.00 + 28 × 7.4 × £40.00
        assert exposure(world.corporate) == D("18944.00")
        placement.refresh_from_db()
        end(
            world,
            placement,
            at(2024, 3, 8),
            date(2024, 3, 15),
            notice_given_on=date(2024, 3, 8),
            reason="cost",
            rating=3,
            eligible_again=True,
        )
        # 30 × £303.40 + 5 × 7.4 × £42.00 + 5 × 7.4 × £40.00
        assert exposure(world.corporate) == D("12136.00")

    def test_an_extension_afterwards_goes_on_at_the_new_rate(self, world):
        placement = world.placed(ends_on=date(2024, 4, 12))
        self.change(world, placement)
        placement.refresh_from_db()
        world.extend(placement, date(2024, 4, 19), at=at(2024, 3, 11))
        # 30 × £303.40 + 33 × 7.4 × £42.00
        assert exposure(world.corporate) == D("19358.40")

    def test_of_a_worker_outside_any_contract_days_are_counted_once(self, world):
        placement = world.breach().placement
        rate_changes.change_rate(
            by=world.officer,
            at=at(2024, 1, 12),
            placement=placement,
            starts_on=date(2024, 1, 15),
            pay_rate=D("30.00"),
            charge_rate=D("40.00"),
            reason="Agreed with the agency",
        )
        # 5 × 7.4 × £50.00 + 5 × 7.4 × £40.00
        assert worth_of(Placement.objects.get(pk=placement.pk)) == D("3330.00")
        end(
            world,
            placement,
            at(2024, 1, 15),
            date(2024, 1, 16),
            notice_given_on=date(2024, 1, 12),
            reason="cost",
            rating=2,
            eligible_again=True,
        )
        # 5 × 7.4 × £50.00 + 2 × 7.4 × £40.00
        assert worth_of(Placement.objects.get(pk=placement.pk)) == D("2442.00")

    def test_over_an_extension(self, world):
        """From a day before the extension: both stretches are cut, and one at the new rate takes their place."""
        placement = world.extend(world.placed(ends_on=date(2024, 4, 12)), date(2024, 4, 19))
        self.change(world, placement, starts_on=date(2024, 4, 8))
        # 53 × £303.40 + 10 × 7.4 × £42.00
        assert exposure(world.corporate) == D("19188.20")
        rows = list(placement.periods.order_by("pk").values_list("starts_on", "cut_on"))
        assert rows == [
            (date(2024, 1, 22), date(2024, 4, 7)),
            (date(2024, 4, 13), date(2024, 4, 12)),
            (date(2024, 4, 8), None),
        ]

    def test_what_is_refused(self, world):
        placement = world.placed()
        change = {"world": world, "placement": placement}
        assert refusal(self.change, **change, charge_rate=D("42.50")) == "above_max_rate"
        assert refusal(self.change, **change, charge_rate=D("33.00")) == "charge_below_pay"
        assert refusal(self.change, **change, starts_on=date(2024, 4, 22)) == "rate_outside"
        assert refusal(self.change, **change, reason=" ") == "no_reason"
        assert exposure(world.corporate) == VALUE

    def test_rates_never_overlap_for_raw_sql(self, world):
        placement = world.placed()
        self.change(world, placement)
        sql = (
            "update placements_placementperiod set cut_on = '2024-03-05' where placement_id = %s and cut_on is not null"
        )
        assert refused_as(sql, placement.pk) == "placement_rates_never_overlap"
        sql = "update placements_placementperiod set value = 1 where placement_id = %s"
        assert refused_as(sql, placement.pk) == "InsufficientPrivilege"


class TestTransferring:
    def second_order(self, world, placement):
        """A new round of the same request, in which Pertemps secure the framework's worker."""
        vacancy = placement.vacancy
        starting.cover_started_request(by=world.officer, at=at(2024, 1, 22), placement=placement)
        vacancies.start_round(by=world.officer, at=at(2024, 2, 19), vacancy=vacancy, reason="Moves to Pertemps")
        world.direct(vacancy, at(2024, 2, 19))
        release = world.send(vacancy, at=at(2024, 2, 19), starts_on=date(2024, 3, 4))
        return world.secure(release, at=at(2024, 2, 20))

    def transfer(self, world, placement, release, **changes):
        terms = {
            "starts_on": date(2024, 3, 4),
            "ends_on": date(2024, 5, 31),
            "pay_rate": D("33.00"),
            "charge_rate": D("39.00"),
            "reason": "The first supplier takes the worker on",
        }
        return transferring.transfer(
            by=world.officer, at=at(2024, 2, 21), placement=placement, release=release, **terms | changes
        )

    def test_the_next_day_under_its_own_order(self, world):
        old = world.book(world.framework_secured())
        new = self.transfer(world, old, self.second_order(world, old))
        old.refresh_from_db()
        assert (old.ends_on, new.starts_on, new.contract) == (date(2024, 3, 3), date(2024, 3, 4), world.corporate)
        assert (new.worker, new.continues_as) == (old.worker, "transfer")
        # 22 January to 3 March: 30 × £303.40
        assert exposure(world.framework) == D("9102.00")
        # 4 March to 31 May: 61 working days × 7.4 × £39.00
        assert exposure(world.corporate) == D("17604.60")
        assert placements.length_of(new) == (date(2024, 1, 22), date(2024, 5, 31), 19)
        assert [one.pk for one in placements.chain_of(new)] == [old.pk, new.pk]

    def test_what_is_refused(self, world):
        old = world.book(world.framework_secured())
        release = self.second_order(world, old)
        transfer = {"world": world, "placement": old, "release": release}
        assert refusal(self.transfer, **transfer, starts_on=date(2024, 4, 22)) == "not_next_day"
        assert refusal(self.transfer, **transfer, reason=" ") == "no_reason"
        other = world.secured()
        assert refusal(self.transfer, **transfer | {"release": other}) == "another_request"
        placed = world.placed()
        again = {"placement": placed, "release": placed.release}
        assert refusal(self.transfer, **transfer | again) == "nothing_changes"
        old.refresh_from_db()
        assert old.ends_on == date(2024, 4, 19)

    def test_the_old_one_is_not_extended_beside_it(self, world):
        old = world.book(world.framework_secured())
        self.transfer(world, old, self.second_order(world, old))
        old = Placement.objects.get(pk=old.pk)
        assert (
            refusal(extensions.check_extension, placement=old, ends_on=date(2024, 3, 8), now=at(2024, 2, 1)) == "ended"
        )

    @pytest.mark.parametrize(
        ("assignments", "free_on"),
        [
            # 14 weeks from the start is later than 8 weeks from the end
            ([(date(2024, 1, 1), date(2024, 1, 31))], date(2024, 4, 8)),
            # 8 weeks from the day after the end is later
            ([(date(2024, 1, 1), date(2024, 4, 9))], date(2024, 6, 5)),
            ([(date(2024, 1, 1), date(2024, 3, 31))], date(2024, 5, 27)),
            # a gap of exactly 42 days does not start the 14 weeks again
            ([(date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 3, 14), date(2024, 3, 15))], date(2024, 5, 11)),
            # 43 days do
            ([(date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 3, 15), date(2024, 3, 16))], date(2024, 6, 21)),
        ],
    )
    def test_from_when_no_fee_may_be_asked(self, assignments, free_on):
        assert free_of_fee_on(assignments) == free_on


class TestConverting:
    def convert(self, world, placement, **changes):
        terms = {"starts_on": date(2024, 3, 4), "fee": D("2500.00"), "rating": 4}
        return converting.convert(by=world.officer, at=at(2024, 2, 26), placement=placement, **terms | changes)

    def test_with_a_fee(self, world):
        placement = world.placed()
        hire = self.convert(world, placement)
        placement.refresh_from_db()
        assert (hire.converts, hire.worker, hire.contract) == (placement, placement.worker, world.corporate)
        assert (placement.ends_on, placement.end_reason, placement.rating) == (date(2024, 3, 3), "permanent_start", 4)
        assert hire.vacancy.status == "filled"
        # 30 × £303.40 + £2,500.00
        assert exposure(world.corporate) == D("11602.00")

    def test_without_a_fee(self, world):
        hire = self.convert(world, world.placed(), fee=D(0))
        assert (hire.contract, hire.entry) == (None, None)
        assert exposure(world.corporate) == D("9102.00")

    def test_entered_in_error_the_worker_may_become_permanent_again(self, world):
        placement = world.placed()
        hire = self.convert(world, placement)
        hires.void_hire(by=world.director, at=at(2024, 2, 27), hire=hire, reason="The wrong worker")
        placement.refresh_from_db()
        assert (placement.end_reason, placement.rating) == ("", None)
        assert self.convert(world, placement).converts == placement

    def test_what_is_refused(self, world):
        placement = world.placed()
        assert refusal(self.convert, world=world, placement=placement, starts_on=date(2024, 4, 23)) == "not_next_day"
        cover = world.book(world.secured(kind="cover"))
        assert refusal(self.convert, world=world, placement=cover) == "not_a_vacant_post"
        breach = world.breach()
        found = breach.placement
        outside = {"placement": found, "starts_on": date(2024, 1, 20)}
        assert refusal(self.convert, world=world, **outside) == "not_agreed"
        breaches_actions.authorise(by=world.director, at=at(2024, 1, 12), breach=breach, reason="x")
        outside = {"placement": found, "starts_on": date(2024, 1, 20)}
        assert refusal(self.convert, world=world, **outside) == "fee_without_contract"


def rates(pay="33.00", charge="40.00", ends_on=date(2024, 4, 19)) -> carrying_over.Carried:
    return carrying_over.Carried(D(pay), D(charge), ends_on)


class TestCarryingOver:
    def test_from_the_end_of_the_old_contract_the_assistant_director_lengthens_it(self, world):
        """Booked until the old contract's last day: the next one takes over the day after, with a later end."""
        one = world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        carry = {"at": at(2024, 4, 15), "old": world.corporate, "new": new, "on": date(2024, 4, 20)}
        longer = {one.pk: rates(ends_on=date(2024, 6, 28))}
        assert refusal(carrying_over.carry_over, by=world.officer, **carry, terms=longer) == "needs_approval"
        (carried,) = carrying_over.carry_over(by=world.director, **carry, terms=longer)
        assert (carried.starts_on, carried.ends_on) == (date(2024, 4, 20), date(2024, 6, 28))
        # 22 April to 28 June: 48 working days × 7.4 × £40.00; the old booking stays whole
        assert exposure(new) == D("14208.00")
        assert exposure(world.corporate) == VALUE

    def test_in_one_batch_with_the_same_orders_and_clocks(self, world):
        one, two = world.placed(), world.placed()
        gone = world.placed(ends_on=date(2024, 3, 1))
        starting.confirm_start(by=world.lead, at=at(2024, 1, 22), placement=one, dbs_checked_on=date(2024, 1, 15))
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2", starts_on=date(2024, 3, 4))
        terms = {one.pk: rates("33.00", "40.00"), two.pk: rates("34.00", "42.00")}
        carried = carrying_over.carry_over(
            by=world.officer, at=at(2024, 2, 26), old=world.corporate, new=new, on=date(2024, 3, 4), terms=terms
        )
        assert [placement.continues_id for placement in carried] == [one.pk, two.pk]
        assert [placement.release_id for placement in carried] == [one.release_id, two.release_id]
        assert carried[0].dbs_checked_on == date(2024, 1, 15)
        # 4 March to 19 April: 33 days × 7.4 × £40.00, and × £42.00
        assert exposure(new) == D("9768.00") + D("10256.40")
        # twice 30 × £303.40, and the one that had ended: 30 × £303.40
        assert exposure(world.corporate) == D("27306.00")
        assert placements.length_of(carried[0])[0] == date(2024, 1, 22)
        gone.refresh_from_db()
        assert gone.ends_on == date(2024, 3, 1)

    def test_all_of_them_or_none(self, world):
        one, two = world.placed(), world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2", value="10000")
        terms = {key: rates() for key in (one.pk, two.pk)}
        carry = {"by": world.officer, "at": at(2024, 2, 26), "old": world.corporate, "on": date(2024, 3, 4)}
        assert (
            refusal(carrying_over.carry_over, **carry, new=new, terms=terms)
            == "contract_exposure_within_approved_value"
        )
        assert exposure(new) == D("0.00")
        assert Placement.objects.count() == 2
        assert refusal(carrying_over.carry_over, **carry, new=world.framework, terms=terms) == "no_successor"
        later = framework_contract(world.administrator, world.pertemps, "LATER")
        assert refusal(carrying_over.carry_over, **carry, new=later, terms=terms) == "another_class"
        late = carry | {"on": date(2024, 5, 1)}
        assert refusal(carrying_over.carry_over, **late, new=new, terms=terms) == "nothing_to_carry"
        below = {one.pk: rates("33.00", "32.00"), two.pk: rates()}
        assert refusal(carrying_over.carry_over, **carry, new=new, terms=below) == "charge_below_pay"

    def test_without_a_next_contract_the_page_says_who_sets_one_up(self, world, client_of):
        page = client_of("officer").get(f"/contracts/{world.corporate.pk}/carry-over/").content.decode()
        assert "A contract administrator sets up the next one" in page
        assert "Next contract" not in page

    def test_raw_sql_carries_nobody_elses_order_over(self, world):
        one, two = world.placed(), world.placed()
        new = corporate_contract(world.administrator, world.pertemps, "CORP-2")
        carrying_over.carry_over(
            by=world.officer,
            at=at(2024, 2, 26),
            old=world.corporate,
            new=new,
            on=date(2024, 3, 4),
            terms={key: rates() for key in (one.pk, two.pk)},
        )
        sql = "update placements_placement set continues_id = %s where continues_id = %s"
        assert refused_as(sql, two.pk, one.pk) in {"placement_as_booked", "placements_placement_continues_id_key"}


class TestHandover:
    def second(self, world, until, **changes):
        first = world.placed()
        vacancy = first.vacancy
        starting.cover_started_request(by=world.officer, at=at(2024, 1, 22), placement=first)
        vacancies.start_round(by=world.officer, at=at(2024, 4, 2), vacancy=vacancy, reason="Goes on")
        world.direct(vacancy, at(2024, 4, 2))
        release = world.secure(world.send(vacancy, at=at(2024, 4, 2), starts_on=date(2024, 4, 8)), at=at(2024, 4, 3))
        terms = {"starts_on": date(2024, 4, 8), "ends_on": date(2024, 6, 28), "handover_reason": "Cases to hand over"}
        return world.book(release, at=at(2024, 4, 4), handover_until=until, **terms | changes)

    def test_two_overlap_for_ten_working_days(self, world):
        placement = self.second(world, date(2024, 4, 19))
        assert placement.handover_until == date(2024, 4, 19)

    def test_not_a_day_longer_and_not_beyond_it(self, world):
        assert refusal(self.second, world=world, until=date(2024, 4, 22)) == "handover_too_long"
        assert refusal(self.second, world=world, until=date(2024, 4, 12)) == "request_is_full"
        assert refusal(self.second, world=world, until=None) == "request_is_full"

    def test_with_a_reason_and_somebody_to_hand_over(self, world):
        assert refusal(self.second, world=world, until=date(2024, 4, 19), handover_reason=" ") == "no_reason"
        alone = {"release": world.secured(), "handover_until": date(2024, 1, 26), "handover_reason": "x"}
        assert refusal(world.book, **alone) == "nobody_hands_over"

    def test_a_corrected_start_does_not_lengthen_it(self, world):
        placement = self.second(world, date(2024, 4, 19))
        propose = {"by": world.officer, "at": at(2024, 4, 22), "subject": "placement", "row": placement, "why": "x"}
        assert refusal(proposing.propose, **propose, starts_on=date(2024, 4, 5)) == "handover_too_long"

    def test_raw_sql_does_not_lengthen_it(self, world):
        placement = self.second(world, date(2024, 4, 19))
        shorter = "update placements_placement set handover_until = '2024-04-15' where id = %s"
        assert refused_as(shorter, placement.pk) == "placement_within_fte"
        longer = "update placements_placement set handover_until = '2024-06-01' where id = %s"
        assert refused_as(longer, placement.pk) == "placement_handover_whole"


class TestLongExtensions:
    def propose(self, world, placement, **changes):
        details = {"ends_on": date(2024, 5, 31), "reason": "Still empty", "recruitment_state": "unsuccessful"}
        return extensions.propose_extension(by=world.officer, at=BOOKED, placement=placement, **details | changes)

    def test_beyond_thirteen_weeks_the_assistant_director_approves(self, world):
        placement = world.placed()
        extend = {"by": world.officer, "at": BOOKED, "placement": placement, "reason": "x"}
        beyond = {"recruitment_state": "unsuccessful", "ends_on": date(2024, 4, 22)}
        assert refusal(extensions.extend, **extend, **beyond) == "needs_approval"

    def test_thirteen_weeks_to_the_day_are_the_officers(self, world):
        placement = world.placed(ends_on=date(2024, 4, 12))
        assert not extensions.needs_approval(placement, date(2024, 4, 21))
        assert extensions.needs_approval(placement, date(2024, 4, 22))

    def test_approved_by_somebody_else_it_is_extended(self, world):
        placement = world.placed()
        proposal = self.propose(world, placement)
        assert exposure(world.corporate) == VALUE
        decide = {"at": BOOKED, "proposal": proposal, "decision": "approved"}
        with pytest.raises(NotAllowed):
            extensions.decide_extension(by=world.officer2, **decide, reason="x")
        assert refusal(extensions.decide_extension, by=world.director, **decide, reason=" ") == "no_reason"
        extensions.decide_extension(by=world.director, **decide, reason="Needed")
        placement.refresh_from_db()
        assert placement.ends_on == date(2024, 5, 31)
        # 22 April to 31 May: 28 working days × £303.40
        assert exposure(world.corporate) == VALUE + D("8495.20")
        assert refusal(extensions.decide_extension, by=world.director, **decide, reason="x") == "already_decided"

    def test_turned_down_nothing_changes(self, world):
        placement = world.placed()
        proposal = self.propose(world, placement)
        assert refusal(self.propose, world=world, placement=placement) == "waits_already"
        extensions.decide_extension(
            by=world.director, at=BOOKED, proposal=proposal, decision="turned_down", reason="Recruit"
        )
        placement.refresh_from_db()
        assert placement.ends_on == date(2024, 4, 19)
        assert self.propose(world, placement)

    def test_outside_pertemps_with_a_dated_recheck(self, world):
        placement = world.book(world.framework_secured())
        assert refusal(self.propose, world=world, placement=placement) == "not_rechecked"
        told = {"rechecked_on": BOOKED.date() + timedelta(1), "recheck_note": "Nobody"}
        assert refusal(self.propose, world=world, placement=placement, **told) == "rechecked_when"
        assert self.propose(world, placement, **told | {"rechecked_on": BOOKED.date()}).recheck_note == "Nobody"


class TestTheEnd:
    def test_a_placement_that_ran_to_its_end_is_rated_too(self, world):
        placement = world.placed()
        end = {
            "by": world.officer,
            "placement": placement,
            "reason": "end_of_need",
            "rating": 4,
            "eligible_again": True,
        }
        assert refusal(ending.record_end, **end, at=at(2024, 4, 18)) == "not_over"
        ended = ending.record_end(**end, at=at(2024, 4, 19))
        assert (ended.rating, ended.ended_early_at) == (4, None)
        assert refusal(ending.record_end, **end, at=at(2024, 4, 22)) == "ended"
        assert exposure(world.corporate) == VALUE

    def test_not_eligible_is_flagged_by_number_whoever_offers_the_person(self, world):
        placement = world.placed(registration_number="SW313131", worker_name="Not Again")
        ending.record_end(
            by=world.officer,
            at=at(2024, 4, 19),
            placement=placement,
            reason="performance",
            rating=1,
            eligible_again=False,
        )
        (flag,) = flags_of("sw 313131")
        assert flag.startswith("Not Again was marked as not to come again")
        assert flags_of("SW313132") == []

    def test_few_read_a_practice_concern(self, world, client_of):
        placement = world.placed()
        concerns.record_concern(
            by=world.officer,
            at=at(2024, 2, 1),
            placement=placement,
            concern="Records were not kept",
            agency_told_on=date(2024, 2, 1),
        )
        assert PracticeConcern.objects.get().referral_made is False
        for who, reads in (
            ("director", True),
            ("officer", True),
            ("officer2", False),
            ("auditor", False),
            ("lead", False),
        ):
            page = client_of(who).get(f"/placements/{placement.pk}/").content.decode()
            assert ("Records were not kept" in page) is reads, who
            history = client_of(who).get(f"/placements/{placement.pk}/history/").content.decode()
            assert "Records were not kept" not in history
        wrong = {"by": world.officer, "at": at(2024, 2, 1), "placement": placement, "concern": "x"}
        assert refusal(concerns.record_concern, **wrong, agency_told_on=date(2024, 2, 2)) == "in_future"
