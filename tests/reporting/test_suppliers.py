"""Figures of suppliers, worked out by hand: working hours are 09:00 to 17:00 on working days."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from council.models import calendar_of_the_council
from council.working_time import LONDON
from placements.placement import ending
from recruitment.models import Release
from recruitment.orders import taking_back
from reporting.reports.suppliers import moments_of, order_times, suppliers, with_what_times_need
from tests.factories.small_council import AFTER_WINDOW

SINCE, UNTIL = date(2024, 1, 1), date(2024, 1, 31)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 1, day, hour, minute, tzinfo=LONDON)


def of(name: str):
    return next(one for one in suppliers(SINCE, UNTIL).suppliers if one.name == name)


@pytest.fixture
def filled(world):
    """Sent on Monday 8 January, 10:00. Candidate A comes at 12:00 and B at 15:00; A is turned down on Tuesday at 11:00, B is
    offered at 12:00 and accepts; secured on Tuesday at 16:00."""
    release = world.send(world.sourced())
    first = world.put_forward(release, "A", at=at(8, 12))
    second = world.put_forward(release, "B", at=at(8, 15), registration_number="SW12345")
    world.step(first, "turned_down", at=at(9, 11))
    world.step(second, "offered", at=at(9, 12))
    world.step(second, "accepted", at=at(9, 14))
    return world.secure(release, at=at(9, 16))


def test_hours_by_hand(world, filled):
    """First candidate after 2 hours. To fill: 7 on Monday and 7 on Tuesday. A candidate waited from Monday 12:00 to Tuesday 12:00:
    5 and 3 hours, counted once although two waited."""
    figures = of("Pertemps")
    assert (figures.orders, figures.candidates, figures.fill_rate) == (1, 2, D("100.0"))
    assert (figures.hours_to_first, figures.hours_to_fill, figures.hours_waiting_for_us) == (
        D("2.0"),
        D("14.0"),
        D("8.0"),
    )


def test_means_are_of_the_orders_that_have_the_time(world, filled):
    world.fail(world.send(world.sourced()))
    late = world.send(world.sourced())
    world.put_forward(late, "C", at=at(8, 16))
    figures = of("Pertemps")
    assert (figures.orders, figures.answered, figures.fill_rate) == (3, 2, D("50.0"))
    assert (figures.hours_to_first, figures.hours_to_fill) == (D("4.0"), D("14.0"))  # (2 + 6) / 2


def test_each_supplier_is_measured_from_its_own_order(world):
    vacancy = world.sourced()
    world.fail(world.send(vacancy), at=at(10, 11))
    second = world.send(vacancy, world.framework, at=at(10, 13))
    world.secure(second, at=at(10, 15))
    assert of("Halden Bridge Care").hours_to_fill == D("2.0")
    assert (of("Pertemps").fill_rate, of("Pertemps").hours_to_fill) == (D("0.0"), None)


def test_nobody_asked_is_no_orders_and_never_all_of_them(world):
    figures = of("Pertemps")
    assert (figures.fill_words, figures.fill_rate) == ("no orders", None)
    world.send(world.sourced())
    assert of("Pertemps").fill_words == "none answered"


def test_what_was_entered_in_error_or_taken_back_is_no_answer(world, filled):

    for action, by in ((taking_back.void, world.director), (taking_back.withdraw, world.officer)):
        action(by=by, at=AFTER_WINDOW, release=world.send(world.sourced()), reason="x")
    figures = of("Pertemps")
    assert (figures.orders, figures.answered, figures.fill_rate) == (2, 1, D("100.0"))


def test_ratings_of_the_placements_on_its_orders(world):
    for rating in (4, 3):
        placement = world.placed()
        ending.record_end(
            by=world.officer,
            at=datetime(2024, 4, 22, 9, tzinfo=LONDON),
            placement=placement,
            reason="worker_left",
            rating=rating,
            eligible_again=True,
        )
    assert (of("Pertemps").rating, of("Pertemps").ratings) == (D("3.5"), 2)


def test_page_csv_json_and_command_say_the_same(world, filled, client_of):
    client, query = client_of("officer"), f"since={SINCE}&until={UNTIL}"
    page = client.get(f"/suppliers/?{query}").content.decode()
    as_json = client.get(f"/suppliers/?{query}&format=json").json()
    as_csv = client.get(f"/suppliers/?{query}&format=csv").getvalue().decode("utf-8-sig")
    assert as_json["suppliers"]["Pertemps"]["hours_to_fill"] == "14.0"
    assert "Pertemps,1,2,1,1,100.0%,2.0,14.0,8.0,0,0,,2024-01-01,2024-01-31" in as_csv
    assert ">100.0%</a>" in page and ">14.0</a>" in page and ">8.0</a>" in page
    assert as_json["suppliers"]["Liquid Personnel"]["fill_rate"] == "no orders"
    out = StringIO()
    arguments = {"since": str(SINCE), "on": str(UNTIL), "format": "json", "stdout": out}
    call_command("report", "suppliers", **arguments)
    assert json.loads(out.getvalue()) == as_json
    out = StringIO()
    call_command("report", "suppliers", **arguments | {"format": "text", "stdout": out})
    assert "Liquid Personnel: orders 0;" in out.getvalue() and "None" not in out.getvalue()


@pytest.mark.parametrize(("what", "count"), [("", 3), ("secured", 1), ("answered", 2), ("candidates", 2), ("rated", 0)])
def test_every_figure_opens_its_rows(world, filled, client_of, what, count):
    world.fail(world.send(world.sourced()))
    world.put_forward(world.send(world.sourced()), "C", at=at(8, 16))
    address = f"/suppliers/orders/?supplier={world.pertemps.pk}&answer={what}&since={SINCE}&until={UNTIL}"
    page = client_of("officer").get(address).content.decode()
    assert f"{count} row" in page or (count == 0 and "Nothing fits" in page)
    if what == "secured":
        assert ">14<" in page.replace("\n", "").replace(" ", "")


def test_a_lead_sees_the_figures_of_the_own_service(world, filled, client_of):
    query = f"since={SINCE}&until={UNTIL}&format=json"
    assert client_of("lead").get(f"/suppliers/?{query}").json()["suppliers"]["Pertemps"]["orders"] == 1
    assert client_of("other_lead").get(f"/suppliers/?{query}").json()["suppliers"]["Pertemps"]["orders"] == 0


def test_an_open_order_waits_until_now(world):
    release = world.send(world.sourced())
    world.put_forward(release, "A", at=at(8, 12))
    with time_machine.travel(at(8, 17), tick=False):
        facts = moments_of(with_what_times_need(Release.objects.all()).get())
        assert order_times(facts, timezone.now(), calendar_of_the_council()).waiting_for_us == timedelta(hours=5)


def test_odd_days_are_harmless(client_of):
    for query in ("since=x", "since=0001-01-01", "until=9999-12-31", "since=2030-01-01&until=2020-01-01"):
        assert client_of("officer").get(f"/suppliers/?{query}").status_code == 200
