"""The procurement threshold: dated amounts, what adds up, when it warns and when it refuses."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.errors import NotAllowed
from council.models import Council
from recruitment.exemptions import deciding
from recruitment.models import ProcurementThreshold
from recruitment.reads import procurement
from recruitment.rules.procurement_law import AgencySpend, Award, Threshold, counted, threshold_on
from tests.conftest import refused
from tests.factories import framework_contract
from tests.factories.small_council import AFTER_WINDOW

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR


@pytest.mark.parametrize(
    ("day", "amount", "with_vat"),
    [
        (date(2021, 12, 31), "189330.00", False),
        (date(2022, 1, 1), "213477.00", True),
        (date(2023, 12, 31), "213477.00", True),
        (date(2024, 1, 1), "214904.00", True),
        (date(2025, 12, 31), "214904.00", True),
        (date(2026, 1, 1), "207720.00", True),
        (date(2019, 1, 1), "189330.00", False),
    ],
)
def test_the_threshold_of_a_day(day, amount, with_vat):
    found = threshold_on(day)
    assert (found.amount, found.includes_vat) == (D(amount), with_vat)


def test_newer_thresholds_of_the_council_win():
    newer = [Threshold(date(2028, 1, 1), D("200000"), True), Threshold(date(2026, 1, 1), D("1"), True)]
    assert threshold_on(date(2028, 1, 1), newer).amount == D("200000")
    assert threshold_on(date(2026, 6, 1), newer).amount == D(1)
    assert threshold_on(date(2025, 6, 1), newer).amount == D("214904.00")


def award(on: date, value="10") -> Award:
    return Award(1, on, D(value), D(value) * D("1.2"))


def test_what_adds_up():
    first, second, third = award(date(2023, 1, 1)), award(date(2023, 6, 1)), award(date(2024, 2, 1))
    rows = [first, second, third]
    assert counted(rows, None, date(2024, 1, 1)) == (first, second)
    assert counted(rows, None, date(2024, 3, 1)) == (first, second, third)
    assert counted(rows, date(2023, 6, 2), date(2024, 3, 1)) == (third,)


def spend(total: str, limit: str | None = None) -> AgencySpend:
    awards = (Award(1, date(2024, 1, 1), D(total) / D("1.2"), D(total)),)
    limit_value = None if limit is None else D(limit)
    return AgencySpend(1, "SCS", date(2024, 1, 1), awards, threshold_on(date(2024, 1, 1)), 75, limit_value)


@pytest.mark.parametrize(
    ("total", "limit", "warns", "refuses"),
    [
        ("161177.99", None, False, False),
        ("161178.00", None, True, False),  # 75% of £214,904
        ("214903.99", None, True, False),
        ("214904.00", None, True, True),
        ("214904.00", "214904.00", True, False),
        ("214904.01", "214904.00", True, True),
    ],
)
def test_it_warns_at_75_percent_and_refuses_at_the_threshold(total, limit, warns, refuses):
    found = spend(total, limit)
    assert (bool(found.warning()), found.refusal() is not None) == (warns, refuses)


def test_approvals_of_an_agency_add_up_and_legal_lets_them_pass(world):
    big = {"value": D("100000.00"), "value_with_vat": D("120000.00"), "at": AFTER_WINDOW}
    world.exempted(**big)
    second = world.commented(world.exemption(**big))
    decide = {"by": world.director, "at": DECIDED, "exemption": second, "decision": "approved", "reason": "x"}
    assert "£240,000.00 including VAT" in refused("threshold_reached", deciding.decide, **decide)
    ground = {"by": world.legal, "at": DECIDED, "agency": world.scs, "ground": "s. 41, Sch. 5"}
    deciding.record_ground(**ground, limit=D("239999.99"), dated_on=date(2024, 1, 9))
    assert "covers £239,999.99" in refused("threshold_reached", deciding.decide, **decide)
    deciding.record_ground(**ground, limit=D("240000.00"), dated_on=date(2024, 1, 10))
    assert deciding.decide(**decide).is_entitled
    assert procurement.spend_of(world.scs, date(2024, 1, 10)).total == D("240000.00")


def test_what_was_taken_back_and_other_agencies_do_not_count(world):
    back = world.exempted(value=D("50000.00"), value_with_vat=D("60000.00"))
    deciding.take_back(by=world.director, at=DECIDED, exemption=back, reason="x")
    world.exempted(agency=world.brokered)
    assert procurement.spend_of(world.scs, date(2024, 1, 10)).total == 0


def test_exemptions_follow_their_agency_whatever_is_let_to_it_later(world):
    world.exempted()
    framework_contract(world.administrator, world.scs, "RM-SCS", starts_on=date(2024, 3, 1), let_on=date(2024, 2, 1))
    assert procurement.spend_of(world.scs, date(2024, 3, 1)).total == D("36000.00")


def test_legals_window_in_months(world):
    Council.objects.update_or_create(pk=1, defaults={"name": "x", "exemption_window_months": 12})
    world.exempted()
    assert procurement.spend_of(world.scs, date(2025, 1, 9)).total == D("36000.00")
    assert procurement.spend_of(world.scs, date(2025, 1, 10)).total == 0


def test_a_threshold_set_up_by_the_council_is_used(world):
    ProcurementThreshold.objects.create(starts_on=date(2024, 1, 2), amount=D("40000"), source="Notice")
    world.exempted()
    found = procurement.spend_of(world.scs, date(2024, 1, 10))
    assert (found.percent, found.is_near, found.is_reached) == (D("90.0"), True, False)


def test_only_legal_records_a_ground_and_not_for_tomorrow(world):
    ground = {"at": DECIDED, "agency": world.scs, "ground": "x", "limit": D(1)}
    with pytest.raises(NotAllowed):
        deciding.record_ground(by=world.director, dated_on=date(2024, 1, 9), **ground)
    refused("in_future", deciding.record_ground, by=world.legal, dated_on=date(2024, 1, 11), **ground)
    refused("no_reason", deciding.record_ground, by=world.legal, dated_on=date(2024, 1, 9), **ground | {"ground": " "})
