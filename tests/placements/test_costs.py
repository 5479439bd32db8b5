"""What SQL says that days cost is what the rule says, to the penny: for a thousand random stretches, and for every kind of placement."""

import random
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection

from council.working_time import closed_weekdays, end_of_day
from placements.models import Placement
from placements.placement import rate_changes
from placements.reads import costs
from placements.reads.worth import worked_by, worth_of
from recruitment.rules.charge import booked_value, working_days
from tests.factories.small_council import AFTER_WINDOW

pytestmark = pytest.mark.django_db


def in_sql(expression: str, **parameters):
    with connection.cursor() as cursor:
        cursor.execute(expression, parameters | {"holidays": closed_weekdays()})
        return cursor.fetchall()


def test_working_days_of_a_thousand_random_stretches_are_those_of_the_rule():
    dice, first = random.Random(12), date(2019, 12, 1)
    spans = []
    for _ in range(1000):
        begin = first + timedelta(dice.randrange(3000))
        spans.append((begin, begin + timedelta(dice.randrange(-1, 400))))
    until, before = costs._working_days_until("b"), costs._working_days_until("(a - 1)")
    found = in_sql(
        f"select {until} - {before} from unnest(%(a)s::date[], %(b)s::date[]) with ordinality as span(a, b, n) order by n",
        a=[begin for begin, _ in spans],
        b=[end for _, end in spans],
    )
    assert [days for (days,) in found] == [working_days("weekdays", begin, end) for begin, end in spans]


@pytest.mark.parametrize("pattern", ["weekdays", "seven_days"])
def test_the_cost_of_random_days_is_that_of_the_rule(world, pattern):
    """Rates and hours that make fractions of a penny, halves among them."""
    dice = random.Random(pattern)
    placement = world.placed()
    for _ in range(60):
        hours, rate = D(dice.randrange(100, 4800)) / 100, D(dice.randrange(1501, 9999)) / 100
        begin = date(2024, 1, 22) + timedelta(dice.randrange(60))
        until = begin + timedelta(dice.randrange(0, 20))
        cost = costs._cost("s.a", "s.b")
        rows = in_sql(
            f"select {cost} from (select %(hours)s::numeric as hours_per_week, %(pattern)s as pattern) p, "
            "(select %(rate)s::numeric as charge_rate, %(a)s::date as a, %(b)s::date as b) s",
            hours=hours,
            pattern=pattern,
            rate=rate,
            a=begin,
            b=until,
        )
        assert rows == [(booked_value(hours, pattern, begin, until, rate),)], (hours, rate, begin, until)
    assert placement.periods.count() == 1


DAYS = [date(2024, 1, day) for day in (7, 8, 21, 22, 23, 31)] + [date(2024, 2, 9), date(2024, 4, 19), date(2024, 6, 1)]


@pytest.mark.parametrize("day", DAYS)
def test_worth_and_cost_of_every_kind_of_placement_are_those_of_the_rule(world, day):
    world.placed()
    world.by_exemption()
    world.breach()
    world.corrected("placement", world.placed(), at=AFTER_WINDOW + timedelta(5), starts_on=date(2024, 1, 24))
    rows = costs.with_cost(costs.with_worth(Placement.objects.order_by("pk")), day)
    found = [(one.worth, one.cost) for one in rows.prefetch_related("periods__placement", "reversals__entry")]
    assert found == [(worth_of(one), worked_by(one, day)) for one in Placement.objects.order_by("pk")]
    assert len(found) == 4


@pytest.mark.parametrize(
    ("day", "cost"),
    [
        (date(2024, 2, 4), D("3034.00")),  # ten days of 7.4 hours at £41.00
        (date(2024, 2, 5), D("3330.00")),  # and one at £40.00
        (date(2024, 2, 9), D("4514.00")),
    ],
)
def test_days_up_to_a_new_rate_cost_the_old_one(world, day, cost):
    placement, when = world.placed(), AFTER_WINDOW + timedelta(days=14)
    terms = {"starts_on": date(2024, 2, 5), "pay_rate": D("33.00"), "charge_rate": D("40.00"), "reason": "x"}
    rate_changes.change_rate(by=world.officer, at=when, placement=placement, **terms)
    (one,) = costs.with_cost(costs.with_worth(Placement.objects.all()), day)
    assert (one.cost, one.worth) == (cost, worth_of(Placement.objects.get()))


def test_a_day_is_over_at_midnight_in_england():
    assert end_of_day(date(2024, 3, 31)).isoformat() == "2024-04-01T00:00:00+01:00"
    assert end_of_day(date(2024, 1, 31)).isoformat() == "2024-02-01T00:00:00+00:00"
