"""At 22:00 on a Saturday: the call is logged, the clock counts, and the Assistant Director confirms on the next working day."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.errors import NotAllowed, RuleViolation
from council.models import Approval, Deputy
from council.working_time import LONDON, WorkingCalendar
from placements.breaches import actions as breaches_actions
from placements.emergencies import actions as emergencies
from placements.emergencies.actions import mark_unconfirmed_authorities, mark_unconfirmed_emergencies
from placements.models import Breach
from placements.placement import extending as extensions
from placements.placement import rate_changes
from placements.placement.commitments import still_committed
from recruitment.contracts import actions as contracts
from recruitment.emergencies import actions as asking
from recruitment.models import EmergencyCall, Release, Vacancy
from recruitment.orders import taking_back
from recruitment.reads.emergencies import authority_for
from recruitment.requests import actions as vacancies
from tests.conftest import refused_as
from tests.factories.small_council import AFTER_WINDOW, SATURDAY_NIGHT

MONDAY_FIVE = datetime(2024, 1, 15, 17, tzinfo=LONDON)
MONDAY_TEN = datetime(2024, 1, 15, 10, tzinfo=LONDON)
AT_ELEVEN = SATURDAY_NIGHT + timedelta(hours=1)
DAYS = {"starts_on": date(2024, 1, 14), "ends_on": date(2024, 1, 27), "pattern": "seven_days"}


@pytest.fixture
def called(world):
    return world.called()


@pytest.fixture
def came(world, called):
    """Secured an hour after the call, and booked."""
    return world.book(world.secure(called, at=AT_ELEVEN), at=AT_ELEVEN, **DAYS)


def decide(world, release, decision="confirmed", at=MONDAY_TEN, by=None, reason="A child would have had nobody."):
    call = EmergencyCall.objects.get(vacancy=release.vacancy_id)
    return emergencies.decide_emergency(by=by or world.director, at=at, call=call, decision=decision, reason=reason)


# -- the call -----------------------------------------------------------------------------------------------------------------


def test_the_call_is_the_need_its_round_and_the_order(called):
    vacancy = called.vacancy
    assert (vacancy.origin, vacancy.status, vacancy.decision) == ("emergency", "sourcing", "")
    assert (called.position, called.weeks, called.sent_at) == (1, 2, SATURDAY_NIGHT)
    assert called.round.recruitment_state == "not_suitable"
    assert vacancy.emergency_call.confirm_by == MONDAY_FIVE


def test_the_supplier_s_time_runs_by_the_clock(world, called):
    """Two hours from Saturday, 22:00; an order of any other request would have until Wednesday."""
    assert called.respond_by == datetime(2024, 1, 14, 0, tzinfo=LONDON)
    with pytest.raises(RuleViolation, match="has until"):
        world.fail(called, at=AT_ELEVEN)
    world.fail(called, at=SATURDAY_NIGHT + timedelta(hours=2))
    later = world.send(called.vacancy, world.framework, at=SATURDAY_NIGHT + timedelta(hours=2))
    assert later.respond_by == SATURDAY_NIGHT + timedelta(hours=4)


def test_within_working_hours_an_order_has_working_hours(world, called):
    world.fail(called, at=SATURDAY_NIGHT + timedelta(hours=2))
    decide(world, called)
    later = world.send(called.vacancy, world.framework, at=MONDAY_TEN)
    assert later.respond_by == WorkingCalendar().add_working_hours(
        MONDAY_TEN, world.order.steps.get(position=2).urgent_hours
    )


@pytest.mark.parametrize(
    ("called_at", "confirm_by"),
    [
        (datetime(2024, 1, 13, 22), datetime(2024, 1, 15, 17)),  # Saturday → Monday
        (datetime(2024, 1, 15, 6, 30), datetime(2024, 1, 15, 17)),  # Monday before nine → the same Monday
        (datetime(2024, 1, 15, 17), datetime(2024, 1, 16, 17)),  # Monday at five → Tuesday
        (datetime(2024, 3, 28, 20), datetime(2024, 4, 2, 17)),  # the Thursday before Easter → the Tuesday after it
    ],
)
def test_the_next_working_day(world, called_at, confirm_by):
    release = world.called(at=called_at.replace(tzinfo=LONDON))
    assert release.vacancy.emergency_call.confirm_by == confirm_by.replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"at": AFTER_WINDOW}, "in_working_hours"),
        ({"line": " "}, "not_whole"),
        ({"why": ""}, "not_whole"),
        ({"kind": "above_structure"}, "not_funded"),
        ({"happened_at": SATURDAY_NIGHT + timedelta(hours=1)}, "in_future"),
    ],
)
def test_what_is_no_emergency_is_asked_for_in_the_usual_way(world, fields, code):
    with pytest.raises(RuleViolation) as found:
        world.called(**fields)
    assert found.value.code == code
    assert not Vacancy.objects.exists() and not Release.objects.exists()


def test_a_call_may_be_logged_on_monday_with_the_reason(world):
    with pytest.raises(RuleViolation, match="Say why it is late"):
        world.called(at=MONDAY_TEN, happened_at=SATURDAY_NIGHT, starts_on=date(2024, 1, 14))
    release = world.called(
        at=MONDAY_TEN, happened_at=SATURDAY_NIGHT, late_reason="No laptop on duty", starts_on=date(2024, 1, 14)
    )
    assert release.vacancy.emergency_call.confirm_by == MONDAY_FIVE
    assert release.respond_by == SATURDAY_NIGHT + timedelta(hours=2)


def test_only_officers_log_and_only_the_assistant_director_confirms(world, called):
    with pytest.raises(NotAllowed):
        asking.call_out_of_hours(
            by=world.lead,
            at=SATURDAY_NIGHT,
            **dict.fromkeys(
                (
                    "team",
                    "kind",
                    "job_type",
                    "hours_per_week",
                    "pattern",
                    "base",
                    "max_charge_rate",
                    "starts_on",
                    "why",
                    "contract",
                    "line",
                    "spoke_to",
                )
            ),
        )
    for person in ("officer", "finance", "lead", "auditor"):
        with pytest.raises(NotAllowed):
            decide(world, called, by=world.people[person])
    Deputy.objects.create(
        approval="emergency",
        for_user=world.director,
        user=world.finance,
        starts_on=date(2024, 1, 15),
        ends_on=date(2024, 1, 15),
    )
    assert decide(world, called, by=world.finance).decided_by == world.finance


# -- confirmed, not confirmed, forgotten ----------------------------------------------------------------------------------------


def test_confirmed_the_need_is_agreed_and_no_breach(world, came):
    decide(world, came)
    came.vacancy.refresh_from_db()
    assert (came.vacancy.decision, came.vacancy.decided_by) == ("agreed", world.director)
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(days=3))
    assert not Breach.objects.exists()
    with pytest.raises(RuleViolation, match="has decided this already"):
        decide(world, came)


def test_not_confirmed_in_time_it_becomes_a_breach(world, came):
    mark_unconfirmed_emergencies(MONDAY_FIVE)
    assert not Breach.objects.exists()
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(minutes=1))
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(minutes=2))
    breach = Breach.objects.get()
    assert (breach.placement, breach.kind, breach.spend_state) == (
        came,
        "emergency_not_confirmed",
        "Outside contract, not authorised",
    )
    with pytest.raises(RuleViolation, match="approve the breach instead"):
        decide(world, came, at=MONDAY_FIVE + timedelta(hours=1))
    breaches_actions.authorise(
        by=world.director, at=MONDAY_FIVE + timedelta(hours=1), breach=breach, reason="It was needed."
    )
    came.vacancy.refresh_from_db()
    assert came.vacancy.decision == "agreed"
    assert not EmergencyCall.objects.waiting().exists()


def test_once_marked_it_can_still_be_turned_down(world, came, client_of):
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(minutes=1))
    late = MONDAY_FIVE + timedelta(hours=1)
    with time_machine.travel(late, tick=False):
        page = client_of("director").get(f"/requests/{came.vacancy_id}/").content.decode()
    assert "Decide the emergency" in page and "Confirm the emergency" not in page
    decide(world, came, "not_confirmed", at=late, reason="The rota had somebody.")
    came.vacancy.refresh_from_db()
    assert came.vacancy.decision == "turned_down"
    assert Breach.objects.count() == 1


def test_a_breach_approved_agrees_the_need_for_good(world, came):
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(minutes=1))
    late = MONDAY_FIVE + timedelta(hours=1)
    breaches_actions.authorise(by=world.director, at=late, breach=Breach.objects.get(), reason="It was needed.")
    with pytest.raises(RuleViolation, match="has decided this already"):
        decide(world, came, "not_confirmed", at=late)


def test_turned_down_it_is_a_breach_at_once(world, came):
    decide(world, came, "not_confirmed", reason="The rota had somebody.")
    assert "The rota had somebody." in Breach.objects.get().how_found
    came.vacancy.refresh_from_db()
    assert came.vacancy.decision == "turned_down"


def test_nothing_is_sent_or_booked_for_what_was_not_confirmed(world, called):
    late = MONDAY_FIVE + timedelta(minutes=1)
    world.secure(called, at=AT_ELEVEN)
    with pytest.raises(RuleViolation, match="had until Monday 15 January, 17:00 to confirm"):
        world.book(called, at=late, **DAYS)
    other = world.called()
    world.fail(other, at=SATURDAY_NIGHT + timedelta(hours=2))
    with pytest.raises(RuleViolation, match="has not"):
        world.send(other.vacancy, world.framework, at=late)
    decide(world, other, "not_confirmed", at=late, reason="Not needed.")
    with pytest.raises(RuleViolation, match="has not confirmed this emergency: Not needed"):
        world.send(other.vacancy, world.framework, at=late)


def test_a_booking_entered_after_a_late_confirmation_is_marked_all_the_same(world, called):
    world.secure(called, at=AT_ELEVEN)
    late = MONDAY_FIVE + timedelta(hours=16)
    decide(world, called, at=late)
    placement = world.book(called, at=late + timedelta(hours=1), **DAYS)
    mark_unconfirmed_emergencies(late + timedelta(hours=2))
    assert Breach.objects.get().placement == placement


def test_nobody_follows_on_an_emergency_that_was_turned_down(world, came):
    from placements.placement import replacing

    decide(world, came, "not_confirmed", reason="Not needed.")
    with pytest.raises(RuleViolation, match="has not confirmed this emergency"):
        replacing.replace(
            by=world.officer,
            at=MONDAY_TEN,
            placement=came,
            reason="x",
            registration_number="SW777777",
            worker_name="R",
            starts_on=date(2024, 1, 15),
            ends_on=date(2024, 1, 26),
            pay_rate=D("33"),
            charge_rate=D("41"),
        )


def test_what_goes_on_after_an_emergency_is_approved(world, came):
    decide(world, came)
    came.refresh_from_db()
    extend = {"placement": came, "ends_on": date(2024, 2, 9), "reason": "x", "recruitment_state": "unsuccessful"}
    with pytest.raises(RuleViolation) as found:
        extensions.extend(by=world.officer, at=MONDAY_TEN, **extend)
    assert found.value.code == "needs_approval"


def test_an_emergency_is_for_the_days_until_it_could_be_asked_for(world):
    world.called(starts_on=date(2024, 1, 15))
    with pytest.raises(RuleViolation, match="Ask for staff in the usual way"):
        world.called(starts_on=date(2024, 1, 16))


def test_the_clock_counts_two_hours_in_the_night_the_clocks_change(world):
    """31 March 2024, 00:30: at 01:00 it becomes 02:00, so two hours later it is 03:30."""
    release = world.called(at=datetime(2024, 3, 31, 0, 30, tzinfo=LONDON))
    assert release.respond_by == datetime(2024, 3, 31, 3, 30, tzinfo=LONDON)


def test_a_breach_approved_by_a_deputy_lets_the_emergency_be_confirmed_late(world, came):
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(minutes=1))
    late = MONDAY_FIVE + timedelta(hours=1)
    Deputy.objects.create(
        approval="breach",
        for_user=world.director,
        user=world.auditor,
        starts_on=date(2024, 1, 15),
        ends_on=date(2024, 1, 15),
    )
    breaches_actions.authorise(by=world.auditor, at=late, breach=Breach.objects.get(), reason="Needed")
    decide(world, came, at=late)
    came.vacancy.refresh_from_db()
    assert came.vacancy.decision == "agreed"


def test_the_page_of_an_emergency_that_was_not_confirmed_offers_nothing_that_is_refused(world, called, client_of):
    world.fail(called, at=SATURDAY_NIGHT + timedelta(hours=2))
    with time_machine.travel(MONDAY_FIVE + timedelta(minutes=1), tick=False):
        page = client_of("officer").get(f"/requests/{called.vacancy_id}/").content.decode()
        assert "had until Monday 15 January, 17:00 to confirm" in page and "Send to the RM6161 contract" not in page


def test_the_terms_of_an_emergency_may_be_changed(world, called):
    changed = vacancies.change_terms(
        by=world.officer, at=AT_ELEVEN, vacancy=called.vacancy, reason="Nearer", base="Kings Court"
    )
    assert (changed.status, changed.rounds.count()) == ("sourcing", 2)


def test_where_nobody_came_it_may_still_be_confirmed_late(world, called):
    late = MONDAY_FIVE + timedelta(hours=1)
    decide(world, called, at=late)
    world.secure(called, at=late)
    assert world.book(called, at=late, **DAYS)


def test_who_logged_the_call_does_not_confirm_it(world, called):
    from council.models import Role, RoleGrant

    RoleGrant.objects.create(user=world.officer, role=Role.ASSISTANT_DIRECTOR, starts_on=date(2020, 1, 1))
    world.officer.all_grants = None
    with pytest.raises(RuleViolation, match="You recorded this call"):
        decide(world, called, by=world.officer)


def test_the_terms_of_an_emergency_are_not_made_dearer_by_who_asked(world, called):
    with pytest.raises(RuleViolation, match="need a decision"):
        vacancies.change_terms(
            by=world.officer, at=AT_ELEVEN, vacancy=called.vacancy, reason="x", max_charge_rate=D("50.00")
        )


def test_an_emergency_lasts_two_weeks_at_most(world, called):
    release = world.secure(called, at=AT_ELEVEN)
    with pytest.raises(RuleViolation, match="asked for 2 weeks"):
        world.book(release, at=AT_ELEVEN, **DAYS | {"ends_on": date(2024, 1, 28)})


def test_the_pages(world, came, client_of):
    vacancy = came.vacancy_id
    with time_machine.travel(MONDAY_TEN, tick=False):
        director = client_of("director")
        assert "Emergencies to confirm" in director.get("/").content.decode()
        assert "Confirm the emergency" in director.get(f"/requests/{vacancy}/").content.decode()
        page = director.get(f"/requests/{vacancy}/confirm/").content.decode()
        assert "Perry Placeholder" in page and "01632 960961" in page
        director.post(f"/requests/{vacancy}/confirm/", {"decision": "confirmed", "reason": "Needed"})
        assert "Emergencies to confirm" not in director.get("/").content.decode()
        assert "Confirmed by The director" in client_of("officer").get(f"/requests/{vacancy}/").content.decode()


# -- past the approved value -----------------------------------------------------------------------------------------------------


def nearly_spent(world, left: D) -> None:
    """£100,000.00 approved, and all but `left` committed."""
    contracts.approve(
        by=world.administrator,
        at=SATURDAY_NIGHT - timedelta(days=1),
        contract=world.corporate,
        value=D("100000.00"),
        ends_on=date(2026, 1, 1),
        decision_reference="X",
        decided_on=date(2024, 1, 12),
        approver="Board",
        ground="x",
    )
    common = {"by": world.officer, "at": SATURDAY_NIGHT, "note": "x"}
    spent = D("100000.00") - left
    contracts.commit(world.corporate.pk, spent, **common)


def authority(world, vacancy, at=AT_ELEVEN, **fields):
    details = {"given_by": "The strategic", "words": "Yes, for ten days."} | fields
    return asking.record_authority(by=world.officer, at=at, vacancy=vacancy, **details)


def exposure(world) -> D:
    world.corporate.account.refresh_from_db()
    return world.corporate.account.exposure


def test_a_short_booking_passes_the_value_on_recorded_authority(world, called):
    """Twelve days of 37 / 7 hours at £41.00 are £2,600.57; £1,000.00 is left, so the contract is £1,600.57 over."""
    release = world.secure(called, at=AT_ELEVEN)
    nearly_spent(world, D("1000.00"))
    week_days = {"starts_on": date(2024, 1, 15), "ends_on": date(2024, 1, 26), "pattern": "seven_days"}
    with pytest.raises(RuleViolation, match="left to commit"):
        world.book(release, at=AT_ELEVEN, **week_days)
    given = authority(world, called.vacancy)
    placement = world.book(release, at=AT_ELEVEN, **week_days)
    entry = placement.periods.get().entry
    assert entry.authority == given
    world.corporate.account.refresh_from_db()
    assert (entry.amount, world.corporate.account.headroom) == (D("2600.57"), D("-1600.57"))


def test_a_call_is_logged_whatever_is_left_of_the_contract(world):
    """The call is a fact; only the booking is held to the value."""
    nearly_spent(world, D("10.00"))
    release = world.secure(world.called(), at=AT_ELEVEN)
    with pytest.raises(RuleViolation, match="left to commit"):
        world.book(release, at=AT_ELEVEN, **DAYS)


def test_a_contract_over_its_value_takes_a_lower_rate_and_no_higher_one(world, called):
    """Over by £1,600.57. The last 5 of 12 days at £38.00 instead of £41.00: £1,083.57 back, £1,004.29 committed, over by £1,521.29."""
    release = world.secure(called, at=AT_ELEVEN)
    nearly_spent(world, D("1000.00"))
    authority(world, called.vacancy)
    days = {"starts_on": date(2024, 1, 15), "ends_on": date(2024, 1, 26), "pattern": "seven_days"}
    placement = world.book(release, at=AT_ELEVEN, **days)
    change = {
        "by": world.officer,
        "at": AT_ELEVEN,
        "placement": placement,
        "starts_on": date(2024, 1, 22),
        "reason": "x",
    }
    with pytest.raises(RuleViolation, match="left to commit"):
        rate_changes.change_rate(**change, pay_rate=D("33.00"), charge_rate=D("42.00"))
    rate_changes.change_rate(**change, pay_rate=D("32.00"), charge_rate=D("38.00"))
    world.corporate.account.refresh_from_db()
    assert world.corporate.account.headroom == D("-1521.29")
    assert still_committed(placement) == D("2521.29")
    pay_only = change | {"starts_on": date(2024, 1, 22)}
    rate_changes.change_rate(**pay_only, pay_rate=D("31.00"), charge_rate=D("38.00"))
    world.corporate.account.refresh_from_db()
    assert world.corporate.account.headroom == D("-1521.29")


@pytest.mark.parametrize(
    "rows",
    [
        "('accrued', 'committed', 50)",
        "('committed', 'paid', 50), ('', 'committed', 50)",
        "('accrued', '', 50), ('', 'committed', 50)",
        "('committed', '', 49), ('', 'committed', 50)",
    ],
)
def test_sql_commits_no_more_on_a_contract_over_its_value(world, called, rows):
    """Whatever is moved beside it in the same statement."""
    world.secure(called, at=AT_ELEVEN)
    nearly_spent(world, D("100.00"))
    contracts.record_fact(world.corporate.pk, D("500.00"), note="x", by=world.officer, at=AT_ELEVEN)
    insert = (
        'insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at) '
        f"select {world.corporate.pk}, v.a, v.b, v.c, '2024-01-08', '2024-01-01', 'x', {world.officer.pk}, now() from (values {rows}) v(a, b, c)"
    )
    assert refused_as(insert) == "contract_exposure_within_approved_value"


def test_an_authority_is_for_ten_working_days_and_for_one_booking(world, called):
    """Fourteen days of 37 / 7 hours at £41.00 are £3,034.00, of which ten are working days."""
    nearly_spent(world, D("1000.00"))
    release = world.secure(called, at=AT_ELEVEN)
    authority(world, called.vacancy)
    with pytest.raises(RuleViolation, match="at most 10 working days"):
        world.book(release, at=AT_ELEVEN, **DAYS | {"ends_on": date(2024, 1, 29)})
    world.book(release, at=AT_ELEVEN, **DAYS)
    assert exposure(world) == D("99000.00") + D("3034.00")
    with pytest.raises(RuleViolation, match="left to commit"):
        world.send(world.sourced(), at=MONDAY_TEN)


def test_an_authority_is_for_an_emergency_alone(world):
    """A5: for any other request a variation of the contract is recorded first."""
    with pytest.raises(RuleViolation, match="record a variation of the contract first"):
        authority(world, world.sourced(), at=MONDAY_TEN)


def test_one_that_is_not_needed_is_not_used(world, called):
    given = authority(world, called.vacancy)
    placement = world.book(world.secure(called, at=AT_ELEVEN), at=AT_ELEVEN, **DAYS)
    assert placement.periods.get().entry.authority is None
    assert not hasattr(given, "entry")


def test_an_authority_is_whole_and_one_at_a_time(world, called):
    for fields in ({"given_by": " "}, {"words": ""}, {"happened_at": MONDAY_TEN}):
        with pytest.raises(RuleViolation):
            authority(world, called.vacancy, **fields)
    authority(world, called.vacancy)
    with pytest.raises(RuleViolation, match="has not been used yet"):
        authority(world, called.vacancy)
    with pytest.raises(NotAllowed):
        asking.record_authority(by=world.finance, at=AT_ELEVEN, vacancy=called.vacancy, given_by="x", words="x")


def test_an_authority_ends_with_its_round_and_is_not_one_s_own(world, called):
    vacancy = called.vacancy
    with pytest.raises(RuleViolation, match="Somebody other than the Strategic Director"):
        authority(world, vacancy, given_by="The officer")
    authority(world, vacancy)
    assert authority_for(vacancy)
    vacancy.rounds.update(closed_as="ended", closed_at=MONDAY_TEN, closed_by=world.officer)
    assert authority_for(vacancy) is None


def test_a_start_is_not_corrected_past_what_the_authority_is_for(world, called):
    nearly_spent(world, D("1000.00"))
    authority(world, called.vacancy)
    release = world.secure(called, at=AT_ELEVEN)
    days = {"starts_on": date(2024, 1, 15), "ends_on": date(2024, 1, 26), "pattern": "seven_days"}
    placement = world.book(release, at=AT_ELEVEN, **days)
    later = MONDAY_TEN + timedelta(days=20)
    with pytest.raises(RuleViolation, match="at most 10 working days"):
        world.corrected("placement", placement, at=later, starts_on=date(2024, 1, 12))


# -- the holder's own word -------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_authority(world, called):
    """Booked past the approved value on Saturday night: (the authority, the placement)."""
    release = world.secure(called, at=AT_ELEVEN)
    nearly_spent(world, D("1000.00"))
    given = authority(world, called.vacancy)
    return given, world.book(release, at=AT_ELEVEN, **DAYS)


def say(world, given, is_given=True, at=MONDAY_TEN, by=None, note=""):
    return asking.say_of_authority(by=by or world.strategic, at=at, authority=given, is_given=is_given, note=note)


def test_an_authority_is_confirmed_by_its_holder_by_the_next_working_day(world, on_authority):
    given, placement = on_authority
    assert (given.holder, given.confirm_by) == (world.strategic, MONDAY_FIVE)
    say(world, given)
    mark_unconfirmed_authorities(MONDAY_FIVE + timedelta(days=3))
    assert not placement.breaches.exists()
    with pytest.raises(RuleViolation, match="You have said this already"):
        say(world, given)


def test_by_nobody_else(world, on_authority):
    given, _ = on_authority
    for who in ("officer", "director", "finance"):
        with pytest.raises(NotAllowed):
            say(world, given, by=world.people[who])
    sql = "insert into recruitment_authorityword (authority_id, is_given, note, said_by_id, said_at) values (%s, true, '', %s, now())"
    assert refused_as(sql, given.pk, world.officer.pk) == "authority_word_is_the_holders"
    assert refused_as(sql, given.pk, world.strategic.pk) == ""
    assert refused_as("update recruitment_authorityword set is_given = false") == "InsufficientPrivilege"


@pytest.mark.parametrize(("after", "marked"), [(timedelta(0), False), (timedelta(minutes=1), True)])
def test_one_that_is_not_confirmed_in_time_is_a_breach(world, on_authority, after, marked):
    _, placement = on_authority
    mark_unconfirmed_authorities(MONDAY_FIVE + after)
    mark_unconfirmed_authorities(MONDAY_FIVE + after)  # once
    assert [one.kind for one in placement.breaches.all()] == (["authority_not_confirmed"] if marked else [])
    for one in placement.breaches.all():
        assert one.how_found == "The strategic was to confirm the authority by Monday 15 January, 17:00, and did not."


def test_one_that_was_not_given_is_a_breach_at_once_and_serves_no_booking(world, on_authority, called):
    given, placement = on_authority
    with pytest.raises(RuleViolation, match="Say what is wrong with it"):
        say(world, given, is_given=False, note=" ")
    say(world, given, is_given=False, note="I was not asked.")
    mark_unconfirmed_authorities(MONDAY_TEN)
    assert placement.breaches.get().how_found == "The strategic says that the authority was not given: I was not asked."


def test_one_that_was_denied_before_it_was_used_lets_nobody_be_booked(world, called):
    release = world.secure(called, at=AT_ELEVEN)
    nearly_spent(world, D("1000.00"))
    say(world, authority(world, called.vacancy), is_given=False, note="No.", at=AT_ELEVEN)
    with pytest.raises(RuleViolation, match="left to commit"):
        world.book(release, at=AT_ELEVEN, **DAYS)
    authority(world, called.vacancy)  # another may be given


def test_the_holder_says_so_from_today(world, on_authority, client_of):
    given, _ = on_authority
    with time_machine.travel(MONDAY_TEN, tick=False):
        strategic = client_of("strategic")
        assert "Authorities in your name" in strategic.get("/").content.decode()
        page = strategic.get(f"/authorities/{given.pk}/confirm/").content.decode()
        assert "Yes, for ten days." in page and "Monday 15 January, 17:00" in page
        assert client_of("officer").get(f"/authorities/{given.pk}/confirm/").status_code == 403
        page = strategic.post(f"/authorities/{given.pk}/confirm/", {"is_given": "no", "note": ""}).content.decode()
        assert "Say what is wrong with it." in page
        strategic.post(f"/authorities/{given.pk}/confirm/", {"is_given": "yes", "note": ""})
        assert "Authorities in your name" not in strategic.get("/").content.decode()
        request = client_of("officer").get(f"/requests/{given.vacancy_id}/").content.decode()
        assert "Confirmed by The strategic, 15 January 2024." in request
        evidence = said_of_the_authority(client_of, given)
        assert "Confirmed by" in evidence
        assert "After the time to confirm it" not in evidence


def said_of_the_authority(client_of, given) -> str:
    page = client_of("auditor").get(f"/requests/{given.vacancy_id}/evidence/").content.decode()
    return " ".join(page[page.index("Strategic Director’s authority") :].split())


def test_a_late_word_and_a_denial_are_shown_as_they_are(world, on_authority, client_of):
    given, _ = on_authority
    assert "To be confirmed by" in said_of_the_authority(client_of, given)
    word = say(world, given, at=MONDAY_FIVE + timedelta(minutes=1))
    assert str(word) == "Confirmed by The strategic, 15 January 2024, after the time to confirm it"
    evidence = said_of_the_authority(client_of, given)
    assert "After the time to confirm it" in evidence
    word.is_given, word.note = False, "I was not asked."
    assert str(word) == "Not given, says The strategic: I was not asked."


def test_an_earlier_start_that_is_still_to_come_is_a_commitment(world):
    """Two days booked for April; a start in February, two weeks ahead, is held to the approved value."""
    nearly_spent(world, D("25000.00"))
    vacancy = world.sourced()
    release = world.secure(world.send(vacancy, at=MONDAY_TEN), at=MONDAY_TEN)
    placement = world.book(release, at=MONDAY_TEN, starts_on=date(2024, 4, 11), ends_on=date(2024, 4, 12))
    contracts.commit(world.corporate.pk, D("24000.00"), note="x", by=world.officer, at=MONDAY_TEN)
    with pytest.raises(RuleViolation, match="more than the contract's approved value"):
        world.corrected("placement", placement, at=MONDAY_TEN, starts_on=date(2024, 2, 1))


def test_the_request_shows_its_authorities(world, called, client_of):
    authority(world, called.vacancy)
    with time_machine.travel(AT_ELEVEN, tick=False):
        page = client_of("officer").get(f"/requests/{called.vacancy_id}/").content.decode()
        assert "Not used yet" in page
        client_of("officer").get(f"/requests/{called.vacancy_id}/history/")


# -- raw SQL ------------------------------------------------------------------------------------------------------------------------


def test_sql_makes_no_emergency_of_a_request_and_takes_none_back(world, came):
    asked = world.request().pk
    change = f"update recruitment_vacancy set origin = 'emergency' where id = {asked}"
    assert refused_as(change) == "vacancy_origin_stays"
    back = "update recruitment_vacancy set origin = 'requested' where origin = 'emergency'"
    assert refused_as(back) == "vacancy_origin_stays"
    later = "confirm_by = confirm_by + interval '9 days'"
    assert refused_as(f"update recruitment_emergencycall set {later}") == "emergency_stays"
    assert refused_as("delete from recruitment_emergencycall") == "InsufficientPrivilege"
    decide(world, came)
    assert refused_as("update recruitment_emergencycall set decision_reason = 'y'") == "emergency_stays"


def test_sql_passes_the_value_only_with_an_authority_of_its_own(world, called):
    nearly_spent(world, D("1.00"))
    key = authority(world, called.vacancy).pk
    columns = 'contract_id, taken_from, put_into, amount, "on", period, note, entered_by_id, entered_at, authority_id'
    values = f"{world.corporate.pk}, '', 'committed', 50, '2024-01-08', '2024-01-01', 'x', {world.officer.pk}, now()"
    insert = f"insert into recruitment_accountentry ({columns}) values ({values}, %s)"
    assert refused_as(insert, None) == "contract_exposure_within_approved_value"
    assert refused_as(insert, key) == "authority_is_for_its_booking"
    both = f"{insert}, ({values}, {key})"
    assert "authority" in refused_as(both, key)
    assert refused_as("update recruitment_spendingauthority set words = 'x'") == "InsufficientPrivilege"


def test_taking_the_order_back_ends_it(world, called):
    taking_back.withdraw(by=world.officer, at=AT_ELEVEN, release=called, reason="The rota was filled.")
    mark_unconfirmed_emergencies(MONDAY_FIVE + timedelta(days=1))
    assert not Breach.objects.exists()


class TestADeputySaysIt:
    """While the Strategic Director is away, the deputy for it says whether an authority was given."""

    @pytest.fixture
    def deputy(self, world):
        return Deputy.objects.create(
            approval=Approval.AUTHORITY,
            for_user=world.strategic,
            user=world.finance,
            starts_on=date(2024, 1, 14),
            ends_on=date(2024, 1, 15),
        )

    def test_of_an_authority_in_the_holders_name(self, world, on_authority, deputy, client_of):
        given, placement = on_authority
        with time_machine.travel(MONDAY_TEN, tick=False):
            finance = client_of("finance")
            assert "Authorities in your name" in finance.get("/").content.decode()
            page = finance.get(f"/authorities/{given.pk}/confirm/").content.decode()
            assert "Authority in the name of The strategic" in page
            finance.post(f"/authorities/{given.pk}/confirm/", {"is_given": "yes", "note": ""})
            request = client_of("officer").get(f"/requests/{given.vacancy_id}/").content.decode()
        given.refresh_from_db()
        assert "Confirmed by The finance for The strategic, 15 January 2024." in request
        assert (given.word.said_by, given.word.in_place_of, given.word.holder) == (
            world.finance,
            world.strategic,
            world.strategic.pk,
        )
        mark_unconfirmed_authorities(MONDAY_FIVE + timedelta(days=3))
        assert not placement.breaches.exists()

    @pytest.mark.parametrize(
        "change",
        [
            {"approval": Approval.EXEMPTION},
            {"starts_on": date(2024, 1, 16), "ends_on": date(2024, 1, 17)},
            {"starts_on": date(2024, 1, 13), "ends_on": date(2024, 1, 14)},
        ],
    )
    def test_but_no_other_deputy(self, world, on_authority, deputy, change, client_of):
        given, _ = on_authority
        Deputy.objects.filter(pk=deputy.pk).update(**change)
        with pytest.raises(NotAllowed):
            say(world, given, by=world.finance)
        with time_machine.travel(MONDAY_TEN, tick=False):
            assert "Authorities in your name" not in client_of("finance").get("/").content.decode()
            assert client_of("finance").get(f"/authorities/{given.pk}/confirm/").status_code == 403

    def test_nor_one_who_recorded_it(self, world, on_authority, deputy, client_of):
        given, _ = on_authority
        Deputy.objects.filter(pk=deputy.pk).update(user=world.officer)
        with pytest.raises(RuleViolation, match="You recorded this authority"):
            say(world, given, by=world.officer)
        with time_machine.travel(MONDAY_TEN, tick=False):
            assert "Authorities in your name" not in client_of("officer").get("/").content.decode()

    def test_the_word_is_the_holders_in_the_database_too(self, world, on_authority):
        given, _ = on_authority
        sql = "insert into recruitment_authorityword (authority_id, is_given, note, said_by_id, in_place_of_id, said_at) values (%s, true, '', %s, %s, now())"
        assert refused_as(sql, given.pk, world.finance.pk, world.director.pk) == "authority_word_is_the_holders"
        assert refused_as(sql, given.pk, world.finance.pk, world.strategic.pk) == ""
