"""The procurement threshold by values alone: which amount holds, what adds up, and every sentence that warns or refuses."""

from datetime import date
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from recruitment.rules.procurement_law import STATUTORY, AgencySpend, Award, Threshold, counted, threshold_on

WITH_VAT = Threshold(date(2024, 1, 1), D("200000.00"), includes_vat=True)
WITHOUT_VAT = Threshold(date(2024, 1, 1), D("200000.00"), includes_vat=False)


def award(with_vat: str, without: str = "1.00", on: date = date(2024, 1, 10), pk: int = 1) -> Award:
    return Award(pk, on, D(without), D(with_vat))


def spend(*awards: Award, threshold=WITH_VAT, percent=75, limit=None, since=date(2024, 1, 10)) -> AgencySpend:
    return AgencySpend(4, "Service Care Solutions", since, awards, threshold, percent, limit and D(limit))


# -- which amount -----------------------------------------------------------------------------------------------------------------------------


def test_the_statutory_amounts_and_their_measure_are_those_of_the_regulations():
    assert [(one.starts_on, str(one.amount), one.includes_vat) for one in STATUTORY] == [
        (date(2020, 1, 1), "189330.00", False),
        (date(2022, 1, 1), "213477.00", True),
        (date(2024, 1, 1), "214904.00", True),
        (date(2026, 1, 1), "207720.00", True),
    ]


@pytest.mark.parametrize(("one", "words"), [(WITH_VAT, "including VAT"), (WITHOUT_VAT, "excluding VAT")])
def test_an_amount_says_whether_it_includes_vat(one, words):
    assert one.vat_words == words


OWN = Threshold(date(2027, 1, 1), D("1.00"), includes_vat=False)
EARLY = Threshold(date(2018, 1, 1), D("2.00"), includes_vat=False)
SAME_DAY = Threshold(date(2024, 1, 1), D("3.00"), includes_vat=False)


@pytest.mark.parametrize(
    ("day", "newer", "amount"),
    [
        (date(2020, 1, 1), (), "189330.00"),
        (date(2019, 12, 31), (), "189330.00"),
        (date(2019, 12, 31), (EARLY,), "2.00"),
        (date(2018, 1, 1), (EARLY,), "2.00"),
        (date(2017, 12, 31), (EARLY,), "189330.00"),
        (date(2026, 12, 31), (OWN,), "207720.00"),
        (date(2027, 1, 1), (OWN,), "1.00"),
        (date(2023, 12, 31), (SAME_DAY,), "213477.00"),
        (date(2024, 1, 1), (SAME_DAY,), "3.00"),
        (date(2027, 1, 1), (OWN, SAME_DAY, EARLY), "1.00"),
    ],
)
def test_the_last_amount_begun_by_a_day_holds_and_the_councils_own_wins_on_the_same_day(day, newer, amount):
    assert threshold_on(day, newer).amount == D(amount)


# -- what adds up -----------------------------------------------------------------------------------------------------------------------------

JANUARY, FEBRUARY, MARCH = (award("1", on=date(2024, n, 10), pk=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("months_back", "day", "keys"),
    [
        (None, date(2024, 1, 9), []),
        (None, date(2024, 1, 10), [1]),
        (None, date(2024, 3, 9), [1, 2]),
        (None, date(2024, 3, 10), [1, 2, 3]),
        (date(2024, 2, 10), date(2024, 3, 10), [2, 3]),
        (date(2024, 2, 11), date(2024, 3, 10), [3]),
    ],
)
def test_awards_add_up_from_the_first_or_within_legals_window(months_back, day, keys):
    assert [one.pk for one in counted([JANUARY, FEBRUARY, MARCH], months_back, day)] == keys


@pytest.mark.parametrize(("threshold", "total"), [(WITH_VAT, "30.00"), (WITHOUT_VAT, "25.00")])
def test_the_total_is_on_the_thresholds_own_measure(threshold, total):
    awards = award("12.00", "10.00"), award("18.00", "15.00", pk=2)
    assert spend(*awards, threshold=threshold).total == D(total)


def test_no_award_adds_up_to_nothing():
    nothing = spend(since=None)
    assert (nothing.total, nothing.percent, nothing.is_near, nothing.is_reached) == (0, D("0.0"), False, False)
    assert (nothing.warning(), nothing.refusal()) == ("", None)


@pytest.mark.parametrize(
    ("total", "percent"),
    [
        ("150000.00", "75.0"),
        ("150099.99", "75.0"),
        ("150100.00", "75.1"),  # 75.05 exactly
        ("200000.00", "100.0"),
        ("420000.00", "210.0"),
    ],
)
def test_the_part_of_the_threshold_is_rounded_half_up_to_one_place(total, percent):
    assert str(spend(award(total)).percent) == percent


@pytest.mark.parametrize(
    ("total", "warning_percent", "is_near", "is_reached"),
    [
        ("149999.99", 75, False, False),
        ("150000.00", 75, True, False),
        ("150000.00", 76, False, False),
        ("199999.99", 75, True, False),
        ("200000.00", 75, True, True),
        ("200000.01", 75, True, True),
        ("199999.99", 100, False, False),
        ("200000.00", 100, True, True),
    ],
)
def test_a_total_is_near_from_the_councils_percentage_and_reaches_the_threshold_at_its_amount(
    total, warning_percent, is_near, is_reached
):
    found = spend(award(total), percent=warning_percent)
    assert (found.is_near, found.is_reached) == (is_near, is_reached)


# -- what it says -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (spend(award("149999.99")), ""),
        (
            spend(award("150000.00")),
            "Service Care Solutions: exemptions of £150,000.00 including VAT since 10 January 2024, 75.0% of the procurement threshold "
            "of £200,000.00.",
        ),
        (
            spend(award("1.00", "150000.00"), threshold=WITHOUT_VAT),
            "Service Care Solutions: exemptions of £150,000.00 excluding VAT since 10 January 2024, 75.0% of the procurement threshold "
            "of £200,000.00.",
        ),
        (spend(award("150000.00"), since=None), ""),
        (
            spend(award("199999.99"), limit="250000"),
            "Service Care Solutions: exemptions of £199,999.99 including VAT since 10 January 2024, 100.0% of the procurement threshold "
            "of £200,000.00.",
        ),
        (
            spend(award("200000.00")),
            "Service Care Solutions: exemptions of £200,000.00 including VAT since 10 January 2024, 100.0% of the procurement threshold "
            "of £200,000.00.",
        ),
        (
            spend(award("200000.00"), limit="250000"),
            "Service Care Solutions: exemptions of £200,000.00 including VAT since 10 January 2024, 100.0% of the procurement threshold "
            "of £200,000.00. Legal's statutory ground covers up to £250,000.00 including VAT.",
        ),
    ],
)
def test_the_warning_says_how_much_since_when_and_what_legals_ground_covers(found, sentence):
    assert found.warning() == sentence


START = "With this, exemptions of Service Care Solutions would add up to £200,000.00 including VAT. The procurement threshold is £200,000.00, and an exemption cannot lift it."


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (spend(award("199999.99")), None),
        (spend(award("199999.99"), limit="1"), None),
        (
            spend(award("200000.00")),
            f"{START} Legal records a statutory ground and its limit first, or approve for less.",
        ),
        (spend(award("200000.00"), limit="200000.00"), None),
        (spend(award("200000.00"), limit="200000.01"), None),
        (
            spend(award("200000.00"), limit="199999.99"),
            f"{START} Legal's statutory ground covers £199,999.99 including VAT, and this would be £200,000.00.",
        ),
        (
            spend(award("240000.00", "200000.00"), threshold=WITHOUT_VAT, limit="239999.99"),
            "With this, exemptions of Service Care Solutions would add up to £200,000.00 excluding VAT. The procurement threshold is "
            "£200,000.00, and an exemption cannot lift it. Legal's statutory ground covers £239,999.99 including VAT, and this would be "
            "£240,000.00.",
        ),
        (spend(award("240000.00", "200000.00"), threshold=WITHOUT_VAT, limit="240000.00"), None),
    ],
)
def test_at_the_threshold_nothing_is_approved_that_legals_ground_does_not_cover(found, sentence):
    assert found.refusal() == (sentence and Refusal("threshold_reached", sentence))
