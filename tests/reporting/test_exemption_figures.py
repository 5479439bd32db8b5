"""The figures of exemptions at a date: what waits, is live, overdue and off contract, month by month, and each finding in words.

Each case is in a Service and with an agency of its own. The tests only read, so they share one world.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from recruitment.models import Route
from reporting.reads.exemptions import Scope
from reporting.reports.exemptions import dashboard
from tests.reporting.exemption_cases import make_teams
from tests.reporting.money_cases import one_world

pytestmark = pytest.mark.django_db
YEAR = date(2023, 1, 12)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def teams(world):
    return make_teams(world)


def of(teams, name, on, since=YEAR):
    return dashboard(on, since, Scope(teams[name].service_id))


@pytest.mark.parametrize(
    ("name", "on", "waiting"),
    [
        ("life", date(2024, 1, 9), []),
        ("life", date(2024, 1, 10), [(0, "finance and procurement")]),
        ("life", date(2024, 1, 11), []),  # returned
        ("life", date(2024, 1, 12), [(0, "finance and procurement")]),  # put again that day
        ("life", date(2024, 1, 13), [(1, "")]),
        ("life", date(2024, 1, 14), []),
        ("decided", date(2024, 1, 14), [(4, "")]),
        ("decided", date(2024, 1, 15), []),
        ("not decided", date(2024, 1, 15), [(5, "finance and procurement")]),
        ("not decided", date(2024, 1, 16), []),
    ],
)
def test_what_waits_for_how_many_days_and_whose_comments(teams, name, on, waiting):
    found = of(teams, name, on)
    assert [(one.days, one.missing) for one in found.waiting] == waiting
    assert all(one.proof.endswith(": Pertemps: no candidates, 10 January 2024") for one in found.waiting)
    value = {"life": D("31000.00")}.get(name, D("30000.00"))
    assert found.waiting_value == (value if waiting else 0)


@pytest.mark.parametrize(
    ("name", "on", "live"),
    [
        ("life", date(2024, 1, 21), []),
        ("life", date(2024, 1, 22), [("9.1", date(2024, 2, 1))]),  # one of 11 days
        ("life", date(2024, 2, 1), [("100.0", date(2024, 2, 1))]),
        ("life", date(2024, 2, 2), []),
        ("ended late", date(2024, 2, 4), [("15.7", date(2024, 4, 19))]),  # 14 of 89
        ("ended late", date(2024, 2, 5), [("78.9", date(2024, 2, 9))]),  # 15 of 19
        ("ended late", date(2024, 2, 9), [("100.0", date(2024, 2, 9))]),
        ("ended late", date(2024, 2, 10), []),
        ("shares", date(2024, 4, 19), [("100.0", date(2024, 4, 19))]),
        ("shares", date(2024, 4, 20), []),
        ("taken back", date(2024, 1, 31), []),
        ("decided", date(2024, 1, 22), [("1.1", date(2024, 4, 19))]),  # the one approved
    ],
)
def test_what_is_live_with_its_last_day_as_known_then(teams, name, on, live):
    found = of(teams, name, on)
    assert [(one.percent_of_time, one.last_day) for one in found.live] == [(D(gone), last) for gone, last in live]
    assert found.live_value == (D("31000.00" if name == "life" else "30000.00") if live else 0)


def test_the_live_ones_that_end_first_come_first(teams):
    found = dashboard(date(2024, 1, 31), YEAR).live
    assert [one.last_day for one in found][:3] == [date(2024, 2, 1), date(2024, 4, 12), date(2024, 4, 19)]
    keys = [one.exemption.pk for one in found[2:]]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("name", "since", "on", "decided", "mean", "longest"),
    [
        ("life", YEAR, date(2024, 1, 13), [], None, 0),  # returned is not decided
        ("life", YEAR, date(2024, 1, 14), [4], "4.0", 4),
        ("life", date(2024, 1, 14), date(2024, 1, 31), [4], "4.0", 4),
        ("life", date(2024, 1, 15), date(2024, 1, 31), [], None, 0),
        ("decided", YEAR, date(2024, 1, 14), [0], "0.0", 0),
        ("decided", YEAR, date(2024, 1, 15), [0, 5], "2.5", 5),
        ("decided", date(2024, 1, 11), date(2024, 1, 15), [5], "5.0", 5),
        ("taken back", YEAR, date(2024, 1, 31), [0], "0.0", 0),  # it was decided all the same
        ("not decided", YEAR, date(2024, 1, 31), [], None, 0),
    ],
)
def test_how_many_days_decisions_took(teams, name, since, on, decided, mean, longest):
    found = of(teams, name, on, since)
    assert [days for _, _, days in found.decisions] == decided
    assert (found.mean_days, found.longest_days) == (None if mean is None else D(mean), longest)


@pytest.mark.parametrize(
    ("name", "since", "on", "sentence"),
    [
        ("life", YEAR, date(2024, 1, 13), "Nothing was decided in this period."),
        ("life", YEAR, date(2024, 1, 14), "1 decision took 4.0 days on average; the longest took 4."),
        ("decided", YEAR, date(2024, 1, 15), "2 decisions took 2.5 days on average; the longest took 5."),
    ],
)
def test_the_finding_of_decisions(teams, name, since, on, sentence):
    assert of(teams, name, on, since).decision_finding == sentence


@pytest.mark.parametrize(
    ("name", "since", "on", "approved"),
    [
        ("life", YEAR, date(2024, 1, 13), {}),
        ("life", YEAR, date(2024, 1, 14), {"specialist": 1}),
        ("life", YEAR, date(2024, 1, 31), {"specialist": 1}),  # also once it has ended
        ("life", date(2024, 1, 15), date(2024, 1, 31), {}),
        ("taken back", YEAR, date(2024, 1, 11), {"no_response": 1}),
        ("taken back", YEAR, date(2024, 1, 12), {}),
        ("shares", date(2024, 1, 10), date(2024, 1, 10), {"no_response": 1}),
        ("shares", date(2024, 1, 11), date(2024, 1, 31), {}),
    ],
)
def test_what_was_approved_in_a_month_and_not_taken_back_by_the_day(teams, name, since, on, approved):
    found = of(teams, name, on, since)
    assert found.months[-1].approved == approved
    assert found.approved == len(approved)


def test_the_finding_of_reasons_names_the_most_frequent(teams):
    assert of(teams, "not decided", date(2024, 1, 31)).months_finding == "No exemption was approved in this period."
    assert of(teams, "life", date(2024, 1, 31)).months_finding == (
        "1 exemption was approved in this period, most often for: single or specialist supplier (1)."
    )
    # no suitable response: eight; safeguarding and specialist: one each
    assert dashboard(date(2024, 1, 31), YEAR).months_finding == (
        "10 exemptions were approved in this period, most often for: no suitable response from the contracted route (8)."
    )


# On Pertemps' contract and by exemption from 22 January to 19 April; the breach from 8 January to 15 February.
MONTHS = [
    ("2024-01-15", "2024-01-21", [("2024-01-15", "2024-01-21", 1, 1, "100.0")]),
    ("2024-01-15", "2024-01-22", [("2024-01-15", "2024-01-22", 2, 3, "66.7")]),
    (
        "2024-01-31",
        "2024-02-15",
        [("2024-01-31", "2024-01-31", 2, 3, "66.7"), ("2024-02-01", "2024-02-15", 2, 3, "66.7")],
    ),
    (
        "2024-01-31",
        "2024-02-16",
        [("2024-01-31", "2024-01-31", 2, 3, "66.7"), ("2024-02-01", "2024-02-16", 1, 2, "50.0")],
    ),
    (
        "2023-12-05",
        "2024-03-01",
        [
            ("2023-12-05", "2023-12-31", 0, 0, "0.0"),
            ("2024-01-01", "2024-01-31", 2, 3, "66.7"),
            ("2024-02-01", "2024-02-29", 1, 2, "50.0"),
            ("2024-03-01", "2024-03-01", 1, 2, "50.0"),
        ],
    ),
    ("2024-04-19", "2024-04-19", [("2024-04-19", "2024-04-19", 1, 2, "50.0")]),
    ("2024-04-19", "2024-04-20", [("2024-04-19", "2024-04-20", 0, 0, "0.0")]),
]


@pytest.mark.parametrize(("since", "on", "months"), MONTHS)
def test_month_by_month_who_is_in_post_off_contract_at_its_end(teams, since, on, months):
    found = of(teams, "shares", date.fromisoformat(on), date.fromisoformat(since)).months
    seen = [(str(m.first), str(m.end), m.off_contract, m.in_post, str(m.share)) for m in found]
    assert seen == months


def test_the_finding_of_shares(teams):
    # 20 days at £303.40 on the contract and as many by exemption, 23 days of the breach at £370.00: £14,578.00 of £20,646.00
    assert of(teams, "shares", date(2024, 2, 16), date(2024, 1, 16)).share_finding == (
        "1 of 2 workers in post were off contract at the end (50.0%), and 70.6% of what was worked in this period."
    )
    nothing = of(teams, "shares", date(2024, 1, 31), date(2024, 2, 1))
    assert nothing.share_finding == "There is no month in this period."
    assert (nothing.months, nothing.approved) == ([], 0)


@pytest.mark.parametrize(
    ("on", "count"),
    [(date(2024, 1, 7), 0), (date(2024, 1, 8), 1), (date(2024, 1, 29), 1), (date(2024, 1, 30), 0)],
)
def test_a_breach_is_not_authorised_from_its_first_day_until_it_is_approved(teams, on, count):
    assert len(of(teams, "shares", on).breaches) == count


@pytest.mark.parametrize(
    ("name", "on", "due", "overdue"),
    [
        ("shares", date(2024, 3, 3), [], 0),
        ("shares", date(2024, 3, 4), [date(2024, 3, 4)], 0),  # six weeks after the start
        ("shares", date(2024, 3, 5), [date(2024, 3, 4)], 1),
        ("reviewed", date(2024, 3, 3), [], 0),
        ("reviewed", date(2024, 3, 5), [], 0),  # held
        ("reviewed", date(2024, 4, 14), [], 0),
        ("reviewed", date(2024, 4, 15), [date(2024, 4, 15)], 0),  # six weeks after the last one
        ("reviewed", date(2024, 4, 16), [date(2024, 4, 15)], 1),
    ],
)
def test_reviews_are_due_and_overdue_by_a_day(teams, name, on, due, overdue):
    found = of(teams, name, on)
    assert ([one.due_on for one in found.due], len(found.overdue)) == (due, overdue)


@pytest.mark.parametrize(
    ("on", "count"),
    [(date(2024, 3, 8), 0), (date(2024, 3, 9), 2), (date(2024, 3, 11), 2), (date(2024, 3, 12), 1)],
)
def test_an_action_is_overdue_from_the_day_after_until_it_is_done(teams, on, count):
    assert len(of(teams, "reviewed", on).actions) == count


@pytest.mark.parametrize(
    ("name", "on", "quality", "finding"),
    [
        ("rated", date(2024, 2, 1), [], "There are not yet ratings on two routes to compare."),
        (
            "rated",
            date(2024, 2, 2),
            [(Route.EXEMPTION, 1, "4.0")],
            "There are not yet ratings on two routes to compare.",
        ),
        (
            "rated",
            date(2024, 2, 7),
            [(Route.CORPORATE, 1, "3.0"), (Route.EXEMPTION, 1, "4.0")],
            "Workers by exemption are rated 4.0 of 4, above every other route (Corporate contract: 3.0).",
        ),
        (
            "rated",
            date(2024, 2, 9),
            [(Route.CORPORATE, 2, "3.5"), (Route.EXEMPTION, 1, "4.0")],
            "Workers by exemption are rated 4.0 of 4, above every other route (Corporate contract: 3.5).",
        ),
        (
            "reviewed",
            date(2024, 3, 4),
            [(Route.EXEMPTION, 1, "3.0")],
            "There are not yet ratings on two routes to compare.",
        ),
        ("reviewed", date(2024, 3, 3), [], "There are not yet ratings on two routes to compare."),
    ],
)
def test_ratings_count_from_the_last_day_and_the_day_of_the_review(teams, name, on, quality, finding):
    found = of(teams, name, on)
    assert [(one.route, one.ratings, one.mean) for one in found.quality] == [
        (route.label, count, D(mean)) for route, count, mean in quality
    ]
    assert found.quality_finding == finding


def test_the_figures_of_a_service_hold_nothing_of_another(teams):
    on = date(2024, 3, 9)
    assert [len(of(teams, name, on).actions) for name in ("reviewed", "shares", "life")] == [2, 0, 0]
    assert [len(of(teams, name, on).overdue) for name in ("reviewed", "shares", "life")] == [0, 1, 0]
    on = date(2024, 1, 29)
    assert [len(of(teams, name, on).breaches) for name in ("shares", "reviewed", "life")] == [1, 0, 0]


def test_no_better_than_another_route_is_said_where_both_are_the_same(teams):
    # by exemption 4 and 3, on Pertemps' contract 3 and 4, on the framework 2
    assert dashboard(date(2024, 3, 4), YEAR).quality_finding == (
        "Workers by exemption are rated 3.5 of 4, no better than Corporate contract (3.5)."
    )


@pytest.mark.parametrize(
    ("name", "on", "total", "percent", "near", "reached", "finding"),
    [
        ("below", date(2024, 1, 10), "161177.99", "75.0", False, False, "No agency is near the procurement threshold."),
        (
            "near",
            date(2024, 1, 10),
            "161178.00",
            "75.0",
            True,
            False,
            "Agency of near is near the procurement threshold.",
        ),
        (
            "past",
            date(2024, 1, 10),
            "214904.00",
            "100.0",
            True,
            True,
            "Agency of past is past the procurement threshold.",
        ),
        (
            "taken back",
            date(2024, 1, 11),
            "36000.00",
            "16.8",
            False,
            False,
            "No agency is near the procurement threshold.",
        ),
    ],
)
def test_agencies_against_the_procurement_threshold(teams, name, on, total, percent, near, reached, finding):
    (one,) = of(teams, name, on).spends
    assert (one.total, one.percent, one.is_near, one.is_reached) == (D(total), D(percent), near, reached)
    assert of(teams, name, on).threshold_finding == finding


@pytest.mark.parametrize(("name", "on"), [("past", date(2024, 1, 9)), ("taken back", date(2024, 1, 12))])
def test_an_agency_without_an_approved_exemption_has_no_line(teams, name, on):
    assert of(teams, name, on).spends == []


def test_past_is_said_before_near_and_every_agency_is_named(teams):
    assert dashboard(date(2024, 1, 31), YEAR).threshold_finding == (
        "Agency of past, Agency of past too are past the procurement threshold."
    )
