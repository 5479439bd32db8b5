"""A placement's life in literal pence, and who may do what to it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal as D
from functools import partial

import pytest

from council.errors import NotAllowed, RuleViolation
from council.working_time import LONDON
from placements.hires import actions as hires
from placements.models import Placement
from placements.placement import booking, ending, starting
from placements.placement import extending as extensions
from placements.placement import need as needs
from placements.reads import placements
from recruitment.models import ContractAccount, Outcome, Release
from recruitment.orders import answering, taking_back
from recruitment.reads.requests import open_round_of
from recruitment.requests import actions as vacancies
from tests.factories.small_council import AFTER_WINDOW, MONDAY

BOOKED = AFTER_WINDOW + timedelta(hours=3)
# 22 January to 19 April 2024: 65 weekdays less Good Friday and Easter Monday = 63 days × 7.4 hours × £41.00
VALUE = D("19114.20")


def exposure(contract) -> D:
    return ContractAccount.objects.get(pk=contract.pk).exposure


def refusal(function, **arguments) -> str:
    with pytest.raises(RuleViolation) as caught:
        function(**arguments)
    return caught.value.code


class TestBooking:
    def test_it_commits_its_value(self, world):
        placement = world.book(world.framework_secured())
        assert placement.periods.get().value == VALUE
        assert exposure(world.framework) == VALUE

    def test_the_same_number_is_the_same_worker(self, world):
        one = world.placed(registration_number="sw 12 34-56", worker_name="Ann", ends_on=date(2024, 2, 2))
        two = world.placed(registration_number="SW123456", worker_name="Ann", starts_on=date(2024, 2, 5))
        assert one.worker_id == two.worker_id

    def test_brokered_supply_names_the_agency(self, world):
        release = world.secure(world.send(world.sourced()), supply_mode="brokered", supplying_agency=world.brokered)
        assert world.book(release).supplying_agency == world.brokered

    def test_it_covers_the_request_from_the_start(self, world):
        placement = world.placed()
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.status == "sourcing"
        starting.cover_started_request(
            by=world.officer, at=datetime(2024, 1, 22, 9, tzinfo=LONDON), placement=placement
        )
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.status == "covered"
        assert open_round_of(placement.vacancy) is None

    def test_the_housekeeping_covers_what_has_started(self, world):
        placement = world.placed()
        starting.cover_started_requests()
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.status == "covered"

    def test_only_a_commissioning_officer_books(self, world):
        release = world.secured()
        for name in ("lead", "director", "finance", "auditor", "administrator", "system", "nobody"):
            with pytest.raises(NotAllowed):
                booking.book(
                    by=world.people[name],
                    at=BOOKED,
                    release=release,
                    registration_number="SW1234",
                    worker_name="A",
                    starts_on=date(2024, 1, 22),
                    ends_on=date(2024, 4, 19),
                    hours_per_week=D(37),
                    pattern="weekdays",
                    pay_rate=D(30),
                    charge_rate=D(40),
                )


class TestExtending:
    def test_the_chain_is_one_length_and_one_cost(self, world):
        placement = world.extend(world.book(world.framework_secured()), date(2024, 5, 3))
        period = placement.periods.last()
        # ten working days × 7.4 × £41.00
        assert period.value == D("3034.00")
        assert period.approved_by == world.director
        assert exposure(world.framework) == D("22148.20")
        assert placements.length_of(placement) == (date(2024, 1, 22), date(2024, 5, 3), 15)

    def test_what_is_refused(self, world):
        placement = world.placed()
        extend = {
            "by": world.officer,
            "at": BOOKED,
            "placement": placement,
            "reason": "x",
            "recruitment_state": "unsuccessful",
        }
        assert refusal(extensions.extend, **extend, ends_on=placement.ends_on) == "not_longer"
        assert refusal(extensions.extend, **extend, ends_on=date(2027, 1, 1)) == "outside_contract"
        assert refusal(extensions.extend, **extend | {"reason": " "}, ends_on=date(2024, 5, 3)) == "no_reason"
        assert (
            refusal(extensions.extend, **extend | {"recruitment_state": ""}, ends_on=date(2024, 5, 3))
            == "no_recruitment_state"
        )


class TestEndingEarly:
    def end(self, world, placement, **changes):
        defaults = {
            "ended_on": date(2024, 3, 1),
            "notice_given_on": date(2024, 2, 26),
            "notice_waived": False,
            "reason": "worker_left",
            "rating": 3,
            "eligible_again": True,
        }
        at = datetime(2024, 2, 26, 12, tzinfo=LONDON)
        return ending.end_early(by=world.officer, at=at, placement=placement, **defaults | changes)

    def test_four_weeks_of_notice_stay_committed(self, world):
        placement = self.end(world, world.book(world.framework_secured()))
        assert placement.committed_until == date(2024, 3, 25)
        # 22 January to 25 March: 46 working days × 7.4 × £41.00
        assert exposure(world.framework) == D("13956.40")
        assert placement.ends_on == date(2024, 3, 1)

    def test_waived_notice_gives_all_of_the_rest_back(self, world):
        self.end(world, world.book(world.framework_secured()), notice_waived=True)
        # 22 January to 1 March: 30 working days × 7.4 × £41.00
        assert exposure(world.framework) == D("9102.00")

    def test_notice_never_outlasts_the_booking(self, world):
        placement = self.end(
            world, world.book(world.framework_secured()), ended_on=date(2024, 4, 18), notice_given_on=date(2024, 2, 26)
        )
        assert placement.committed_until == date(2024, 4, 18)

    def test_what_is_refused(self, world):
        placement = world.placed()
        end = {
            "by": world.officer,
            "at": BOOKED,
            "placement": placement,
            "notice_given_on": date(2024, 1, 10),
            "notice_waived": True,
            "reason": "cost",
            "rating": 2,
            "eligible_again": False,
        }
        assert refusal(ending.end_early, **end, ended_on=placement.ends_on) == "end_outside"
        assert refusal(ending.end_early, **end, ended_on=date(2024, 1, 19)) == "end_outside"
        late = end | {"notice_given_on": date(2024, 1, 11)}
        assert refusal(ending.end_early, **late, ended_on=date(2024, 3, 1)) == "in_future"


class TestNotStarting:
    def test_the_money_returns_and_sourcing_goes_on(self, world):
        placement = world.book(world.framework_secured())
        ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="Took another post")
        assert exposure(world.framework) == D(0)
        assert Release.objects.get(pk=placement.release_id).outcome == Outcome.FELL_THROUGH
        again = world.send(placement.vacancy, world.framework, at=BOOKED + timedelta(hours=1))
        assert again.rests_on.position == 1

    def test_pertemps_no_show_opens_the_framework(self, world):
        placement = world.placed()
        ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="x")
        assert (
            world.send(placement.vacancy, world.framework, at=BOOKED + timedelta(hours=1)).rests_on_id
            == placement.release_id
        )

    def test_a_start_taken_for_granted_is_taken_back(self, world):
        placement = world.placed()
        starting.cover_started_request(
            by=world.officer, at=datetime(2024, 1, 22, 9, tzinfo=LONDON), placement=placement
        )
        ending.did_not_start(
            by=world.officer, at=datetime(2024, 1, 23, 9, tzinfo=LONDON), placement=placement, reason="Never came"
        )
        placement.vacancy.refresh_from_db()
        assert placement.vacancy.status == "sourcing"
        assert open_round_of(placement.vacancy).pk == placement.round_id

    def test_after_two_starts_only_the_live_one_counts(self, world):
        placement = world.placed()
        ending.did_not_start(by=world.officer, at=BOOKED, placement=placement, reason="x")
        assert (
            refusal(ending.did_not_start, by=world.officer, at=BOOKED, placement=placement, reason="x")
            == "did_not_start"
        )

    def test_a_worker_in_post_for_weeks_did_start(self, world):
        placement = world.placed()
        late = datetime(2024, 2, 6, 9, tzinfo=LONDON)
        assert refusal(ending.did_not_start, by=world.officer, at=late, placement=placement, reason="x") == "did_start"

    def test_somebody_who_withdraws_before_the_booking(self, world):
        release = world.secured()
        taking_back.worker_will_not_come(by=world.officer, at=BOOKED, release=release, reason="Took another post")
        assert world.send(release.vacancy, world.framework, at=BOOKED + timedelta(hours=1)).rests_on_id == release.pk

    def test_not_while_a_worker_is_booked(self, world):
        placement = world.placed()
        code = refusal(
            taking_back.worker_will_not_come, by=world.officer, at=BOOKED, release=placement.release, reason="x"
        )
        assert code == "placement_release_secured_same_round"


class TestEnteredInError:
    def test_by_somebody_else_with_entries_reversed(self, world):
        placement = world.book(world.framework_secured())
        assert refusal(ending.void, by=world.officer, at=BOOKED, placement=placement, reason="x") == "own_entry"
        ending.void(by=world.officer2, at=BOOKED, placement=placement, reason="Wrong person")
        assert exposure(world.framework) == D(0)
        assert Placement.objects.get(pk=placement.pk).void_reason == "Wrong person"
        assert world.book(placement.release).is_live is not False

    def test_a_release_something_rests_on_stays(self, world):
        release = world.framework_secured()
        assert (
            refusal(taking_back.void, by=world.director, at=BOOKED, release=release.rests_on, reason="x") == "rested_on"
        )
        placement = world.book(release)
        code = refusal(taking_back.void, by=world.director, at=BOOKED, release=release, reason="x")
        assert code == "placement_release_secured_same_round"
        ending.void(by=world.director, at=BOOKED, placement=placement, reason="x")
        taking_back.void(by=world.director, at=BOOKED, release=release, reason="x")


class TestPermanentStarts:
    def test_a_council_hire_fills_the_post_and_takes_orders_back(self, world):
        release = world.send(world.sourced())
        hires.record_hire(by=world.officer, at=BOOKED, vacancy=release.vacancy, starts_on=date(2024, 2, 5))
        release.refresh_from_db()
        release.vacancy.refresh_from_db()
        assert (release.outcome, release.vacancy.status) == ("withdrawn", "filled")

    def test_liquid_runs_beside_the_open_agency_order_and_needs_no_proof(self, world):
        vacancy = world.sourced()
        world.send(vacancy)
        liquid = world.secure(world.send(vacancy, world.permanent))
        hire = hires.record_hire(
            by=world.officer,
            at=BOOKED,
            vacancy=vacancy,
            release=liquid,
            starts_on=date(2024, 3, 4),
            fee=D("6500.00"),
            registration_number="SW4444",
            worker_name="New Colleague",
        )
        assert exposure(world.permanent) == D("6500.00")
        hires.void_hire(by=world.director, at=BOOKED, hire=hire, reason="Declined the post")
        assert exposure(world.permanent) == D(0)
        vacancy.refresh_from_db()
        assert vacancy.status == "agreed"
        assert open_round_of(vacancy).number == 2

    def test_liquid_ends_in_a_hire_not_in_a_placement(self, world):
        liquid = world.secure(world.send(world.sourced(), world.permanent))
        with pytest.raises(RuleViolation) as caught:
            world.book(liquid)
        assert caught.value.code == "not_a_placement"

    def test_cover_is_never_filled(self, world):
        vacancy = world.agreed(kind="cover")
        assert (
            refusal(hires.record_hire, by=world.officer, at=BOOKED, vacancy=vacancy, starts_on=date(2024, 2, 5))
            == "not_a_vacant_post"
        )


class TestRounds:
    def test_pertemps_first_again(self, world):
        placement = world.book(world.framework_secured())
        starting.cover_started_request(
            by=world.officer, at=datetime(2024, 1, 22, 9, tzinfo=LONDON), placement=placement
        )
        at = datetime(2024, 4, 22, 9, tzinfo=LONDON)
        round_ = vacancies.start_round(by=world.officer, at=at, vacancy=placement.vacancy, reason="Still empty")
        assert round_.number == 2
        world.direct(placement.vacancy, at)
        with pytest.raises(RuleViolation) as caught:
            world.send(placement.vacancy, world.framework, at=at)
        assert caught.value.code == "not_asked_before"

    def test_changed_terms_close_the_round_and_ask_again(self, world):
        vacancy = world.sourced()
        release = world.send(vacancy)
        vacancies.change_terms(by=world.officer, at=BOOKED, vacancy=vacancy, reason="Less", max_charge_rate=D("40.00"))
        release.refresh_from_db()
        assert (release.outcome, open_round_of(vacancy).number) == ("withdrawn", 2)

    def test_the_first_supplier_comes_back(self, world):
        vacancy = world.sourced()
        world.fail(world.send(vacancy))
        later = world.send(vacancy, world.framework, at=AFTER_WINDOW)
        again = answering.first_supplier_can_supply(
            by=world.officer, at=BOOKED, release=later, supply_mode="direct", note="Free now"
        )
        later.refresh_from_db()
        assert (later.outcome, again.outcome, again.contract) == ("withdrawn", "secured", world.corporate)

    def test_nobody_was_asked_before_the_round_was_ready(self, world):
        vacancy = world.sourced()
        with pytest.raises(RuleViolation) as caught:
            world.send(vacancy, happened_at=MONDAY - timedelta(days=20), late_reason="Away")
        assert caught.value.code == "before_the_round"

    def test_more_than_was_agreed_is_a_decision(self, world):
        vacancy = world.sourced()
        change = {"at": BOOKED, "vacancy": vacancy, "reason": "x", "max_charge_rate": D("42.01")}
        assert refusal(vacancies.change_terms, by=world.officer, **change) == "needs_a_decision"
        vacancies.change_terms(by=world.finance, **change)
        vacancy.refresh_from_db()
        assert vacancy.max_charge_rate == D("42.01")

    def test_a_booking_keeps_to_what_the_supplier_was_asked(self, world):
        release = world.secured(expected_weeks=2)
        with pytest.raises(RuleViolation) as caught:
            world.book(release)
        assert caught.value.code == "longer_than_asked"

    def test_the_need_ends_after_its_worker_has_left(self, world):
        placement = world.placed()
        starting.cover_started_request(by=world.officer, at=MONDAY + timedelta(days=14), placement=placement)
        last = datetime.combine(placement.ends_on, time(16), LONDON)
        assert (
            refusal(needs.end_need, by=world.officer, at=last, vacancy=placement.vacancy, reason="x") == "still_in_post"
        )
        ended = needs.end_need(
            by=world.officer, at=last + timedelta(days=1), vacancy=placement.vacancy, reason="The colleague is back"
        )
        assert (ended.status, open_round_of(ended)) == ("ended", None)

    @pytest.mark.parametrize("what", ["withdraw", "will_not_come", "did_not_start", "first_supplier"])
    def test_every_event_of_an_order_has_two_times(self, world, what):
        """Told on Wednesday, entered on Friday: the reason is asked for, and the days are shown."""
        told, entered = AFTER_WINDOW + timedelta(hours=3), AFTER_WINDOW + timedelta(days=2)
        common = {"by": world.officer, "at": entered, "happened_at": told}
        if what == "withdraw":
            release = world.send(world.sourced())
            call = partial(taking_back.withdraw, release=release, reason="x", **common)
        elif what == "will_not_come":
            release = world.secured()
            call = partial(taking_back.worker_will_not_come, release=release, reason="x", **common)
        elif what == "did_not_start":
            placement = world.placed(starts_on=date(2024, 1, 15), ends_on=date(2024, 4, 12))
            release = placement.release
            call = partial(ending.did_not_start, placement=placement, reason="x", **common)
        else:
            vacancy = world.sourced()
            world.fail(world.send(vacancy))
            release = world.send(vacancy, world.framework, at=AFTER_WINDOW)
            call = partial(
                answering.first_supplier_can_supply, release=release, supply_mode="direct", note="x", **common
            )
        assert refusal(call) == "late_without_reason"
        call(late_reason="On leave")
        release.refresh_from_db()
        assert release.recorded_days_late == 2
        assert (release.fell_through_at or release.answered_at) == told
        if what == "first_supplier":
            again = release.vacancy.releases.get(outcome="secured")
            assert (again.sent_at, again.sent_recorded_at, again.answered_at) == (told, entered, told)

    def test_events_entered_late_need_a_reason_and_show(self, world):
        vacancy = world.sourced()
        at = MONDAY + timedelta(days=5)
        with pytest.raises(RuleViolation) as caught:
            world.send(vacancy, at=at, happened_at=MONDAY)
        assert caught.value.code == "late_without_reason"
        assert world.send(vacancy, at=at, happened_at=MONDAY, late_reason="On leave").recorded_days_late == 5
