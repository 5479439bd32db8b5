"""Who decides an exemption at which value and in whose place, on every day around it; and what an agency's spend is as at a day."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.models import Council, Deputy, RoleGrant
from recruitment.exemptions import deciding
from recruitment.models import ExemptionApprover, ExemptionNeed
from recruitment.reads import deciders, procurement
from recruitment.reads import exemptions as rules
from tests.factories.small_council import AFTER_WINDOW

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR
FIRST, LAST = date(2024, 1, 10), date(2024, 1, 12)
DAY_BEFORE, DAY_AFTER = date(2024, 1, 9), date(2024, 1, 13)
DAYS = (DAY_BEFORE, FIRST, LAST, DAY_AFTER)


def orders(starts_on: date, **limits: str | None) -> None:
    for role, up_to in limits.items():
        ExemptionApprover.objects.create(starts_on=starts_on, role=role, up_to=up_to and D(up_to))


# -- standing orders ----------------------------------------------------------------------------------------------------------------------


def test_without_standing_orders_the_assistant_director_decides_at_every_value(world):
    assert deciders.standing_orders(FIRST) == [("assistant_director", None)]
    assert deciders.deciding_roles(D("9999999.99"), FIRST) == {"assistant_director"}


def test_standing_orders_hold_from_their_first_day_and_replace_those_before(world):
    orders(date(2023, 1, 1), assistant_director="10000.00")
    orders(FIRST, assistant_director="20000.00", strategic_director=None)
    assert deciders.standing_orders(date(2022, 12, 31)) == [("assistant_director", None)]
    assert deciders.standing_orders(date(2023, 1, 1)) == [("assistant_director", D("10000.00"))]
    assert deciders.standing_orders(DAY_BEFORE) == [("assistant_director", D("10000.00"))]
    assert deciders.standing_orders(FIRST) == [("assistant_director", D("20000.00")), ("strategic_director", None)]


@pytest.mark.parametrize(
    ("value", "roles"),
    [
        ("20000.00", {"assistant_director", "strategic_director"}),
        ("20000.01", {"strategic_director"}),
    ],
)
def test_a_value_above_the_limit_goes_to_the_next_role(world, value, roles):
    orders(FIRST, assistant_director="20000.00", strategic_director=None)
    assert deciders.deciding_roles(D(value), FIRST) == roles
    director, strategic = (deciders.decides_for(one, D(value), FIRST) for one in (world.director, world.strategic))
    assert (director is not None, strategic is not None) == ("assistant_director" in roles, True)


# -- deputies -------------------------------------------------------------------------------------------------------------------------------


def deputy(world, user=None, *, approval="exemption", of=None):
    return Deputy.objects.create(
        user=user or world.officer2, for_user=of or world.director, approval=approval, starts_on=FIRST, ends_on=LAST
    )


def test_a_deputy_decides_from_the_first_to_the_last_day_in_the_others_place(world):
    deputy(world)
    found = [deciders.decides_for(world.officer2, D(1), day) for day in DAYS]
    assert found == [None, world.director, world.director, None]


def test_a_deputy_for_something_else_does_not_decide_exemptions(world):
    deputy(world, approval="extension")
    assert deciders.decides_for(world.officer2, D(1), FIRST) is None
    assert deciders.may_decide_any(world.officer2, FIRST) is False


def test_a_deputy_whose_account_is_switched_off_does_not_decide(world):
    deputy(world)
    assert deciders.may_decide_any(world.officer2, FIRST) is True
    world.officer2.is_active = False
    world.officer2.save()
    assert deciders.may_decide_any(world.officer2, FIRST) is False


def test_a_deputy_of_somebody_whose_account_is_switched_off_or_role_has_ended_does_not_decide(world):
    deputy(world)
    world.director.is_active = False
    world.director.save()
    assert deciders.may_decide_any(world.officer2, FIRST) is False
    world.director.is_active = True
    world.director.save()
    world.director.role_grants.update(ends_on=FIRST)
    assert deciders.may_decide_any(world.officer2, FIRST) is True
    assert deciders.may_decide_any(world.officer2, LAST) is False


def test_a_deputy_has_the_limit_of_whose_place_it_is(world):
    orders(date(2023, 1, 1), assistant_director="20000.00", strategic_director=None)
    deputy(world)
    assert deciders.decides_for(world.officer2, D("20000.00"), FIRST) == world.director
    assert deciders.decides_for(world.officer2, D("20000.01"), FIRST) is None
    deputy(world, of=world.strategic)
    assert deciders.decides_for(world.officer2, D("20000.01"), FIRST) == world.strategic


def test_the_own_role_comes_before_a_deputys_place(world):
    deputy(world, world.strategic)
    assert deciders.decides_for(world.strategic, D(1), FIRST) == world.director
    RoleGrant.objects.create(user=world.strategic, role="assistant_director", starts_on=FIRST)
    strategic = type(world.strategic).objects.get(pk=world.strategic.pk)
    assert deciders.decides_for(strategic, D(1), FIRST) == strategic


def test_nobody_decides_in_the_place_of_a_party(world):
    deputy(world)
    assert deciders.decides_for(world.officer2, D(1), FIRST, parties={world.director.pk}) is None
    assert deciders.decides_for(world.officer2, D(1), FIRST, parties={world.finance.pk}) == world.director
    assert deciders.decides_for(world.director, D(1), FIRST, parties={world.director.pk}) is None


# -- comments ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finance", "procurement", "legal", "sides"),
    [
        (True, True, False, ["finance", "procurement"]),
        (False, False, False, []),
        (False, False, True, ["legal"]),
        (True, True, True, ["finance", "procurement", "legal"]),
    ],
)
def test_the_council_says_whose_comments_it_wants(world, finance, procurement, legal, sides):
    wanted = {
        "exemption_finance_comment": finance,
        "exemption_procurement_comment": procurement,
        "exemption_legal_comment": legal,
    }
    Council.objects.update_or_create(pk=1, defaults={"name": "x"} | wanted)
    assert deciders.sides_required() == sides


@pytest.mark.parametrize(
    ("who", "side"), [("finance", "finance"), ("procurement", "procurement"), ("legal", "legal"), ("officer", None)]
)
def test_a_person_comments_for_the_own_side(world, who, side):
    assert deciders.side_of(world.people[who], FIRST) == side


def test_of_two_sides_a_person_speaks_for_the_one_that_is_missing(world):
    RoleGrant.objects.create(user=world.legal, role="finance_officer", starts_on=date(2020, 1, 1))
    exemption = world.exemption()
    assert deciders.side_of(world.legal, FIRST, exemption) == "finance"
    deciding.comment(by=world.finance, at=AFTER_WINDOW, exemption=exemption, supports=True, text="x")
    assert deciders.side_of(world.legal, FIRST, exemption) == "legal"


def test_an_exemption_waits_for_who_may_decide_it_once_the_comments_are_there(world):
    exemption = world.exemption()
    assert list(deciders.waiting_for_me(world.director, FIRST)) == []
    world.commented(exemption)
    assert list(deciders.waiting_for_me(world.director, FIRST)) == [exemption]
    assert list(deciders.waiting_for_me(world.strategic, FIRST)) == []
    assert list(deciders.waiting_for_me(world.officer2, FIRST)) == []
    deputy(world)
    assert list(deciders.waiting_for_me(world.officer2, FIRST)) == [exemption]
    deputy(world, world.finance)
    assert list(deciders.waiting_for_me(world.finance, FIRST)) == []  # who has commented


# -- what a request's exemption is on a day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2024, 1, 10), True),
        (date(2024, 4, 18), True),
        (date(2024, 4, 19), False),
        (date(2024, 4, 20), False),
    ],
)
def test_an_exemption_stands_in_the_way_of_another_until_the_day_before_its_last(world, day, is_open):
    exemption = world.exempted()
    vacancy = ExemptionNeed.objects.get(exemption=exemption).vacancy
    assert (rules.open_need(vacancy, day) is not None) is is_open
    assert rules.open_need(vacancy, day, itself=exemption) is None
    assert rules.open_need(vacancy, day, only_waiting=True) is None


def test_an_exemption_that_waits_stands_in_the_way_on_every_day(world):
    exemption = world.exemption()
    vacancy = ExemptionNeed.objects.get(exemption=exemption).vacancy
    for day in (date(2024, 1, 10), date(2030, 1, 1)):
        assert rules.open_need(vacancy, day).exemption == exemption
        assert rules.open_need(vacancy, day, only_waiting=True).exemption == exemption


def test_an_agency_with_a_running_contract_of_the_order_needs_no_exemption(world):
    assert rules.outside_the_order_refusal(world.scs, FIRST) is None
    refusal = rules.outside_the_order_refusal(world.pertemps, FIRST)
    assert (refusal.code, refusal.sentence) == (
        "in_the_order",
        "Pertemps has contract CORP, so it is asked in its turn and needs no exemption.",
    )
    assert rules.outside_the_order_refusal(world.pertemps, date(2021, 12, 31)) is None
    assert rules.outside_the_order_refusal(world.pertemps, date(2027, 1, 1)) is None


# -- spend as at a day ---------------------------------------------------------------------------------------------------------------------------


def test_spend_as_at_a_day_counts_an_exemption_taken_back_only_afterwards(world):
    exemption = world.exempted()
    deciding.take_back(by=world.director, at=DECIDED + timedelta(days=2), exemption=exemption, reason="x")
    found = [
        procurement.spend_of(world.scs, day).total for day in (DAY_BEFORE, FIRST, date(2024, 1, 11), LAST, DAY_AFTER)
    ]
    assert found == [D(0), D("36000.00"), D("36000.00"), D(0), D(0)]


def test_what_is_about_to_be_approved_is_counted_for_its_agency_alone(world):
    exemption = world.exemption()
    assert procurement.spend_of(world.scs, FIRST).total == D(0)
    assert procurement.spend_of(world.scs, FIRST, more=exemption).total == D("36000.00")
    assert procurement.spend_of(world.brokered, FIRST, more=exemption).total == D(0)


def test_the_latest_ground_of_legal_holds_from_its_own_day(world):
    common = {"by": world.legal, "agency": world.scs, "ground": "s. 41"}
    for day, limit in ((FIRST, "100.00"), (LAST, "200.00")):
        at = DECIDED + timedelta(days=(day - FIRST).days)
        deciding.record_ground(at=at, limit=D(limit), dated_on=day, **common)
    assert [procurement.spend_of(world.scs, day).limit for day in DAYS] == [None, D("100.00"), D("200.00"), D("200.00")]
    assert procurement.spend_of(world.brokered, LAST).limit is None


def test_spend_of_several_agencies_comes_in_the_order_asked_for_and_by_a_constant_number_of_queries(
    world, django_assert_num_queries
):
    world.exempted()
    with django_assert_num_queries(4):
        found = procurement.spends_of([world.brokered, world.scs, world.halden], FIRST)
    assert [(one.agency, one.total) for one in found] == [
        ("Alderway Care Staffing", D(0)),
        ("Service Care Solutions", D("36000.00")),
        ("Halden Bridge Care", D(0)),
    ]
    assert [one.since for one in found] == [None, FIRST, None]
