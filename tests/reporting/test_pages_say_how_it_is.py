"""Pages and figures: each says what the rule says."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.models import Council, Deputy
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.models import BreachKind, PaymentImport, PaymentSource, Placement
from placements.placement import ending
from placements.reads.placements import length_of
from placements.reads.worth import worked_by, worth_of
from reporting.reports.assurance import assurance
from reporting.reports.exemptions import dashboard
from reporting.reports.position import position
from tests.conftest import refused
from tests.factories import approve
from tests.factories.small_council import AFTER_WINDOW

HOUR = timedelta(hours=1)


def at(month, day, hour=10) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=LONDON)


def on(month, day, hour=12):
    return time_machine.travel(at(month, day, hour), tick=False)


def page_of(client_of, who: str, address: str = "/") -> str:
    return client_of(who).get(address).content.decode()


def end_early(world, placement, when, ended_on, **changes):
    details = {"notice_given_on": when.date(), "reason": "worker_left", "rating": 3, "eligible_again": True}
    return ending.end_early(
        by=world.officer, at=when, placement=placement, ended_on=ended_on, notice_waived=True, **details | changes
    )


@pytest.mark.parametrize(("late_days", "standing"), [(1, "recorded_late"), (2, "proved")])
def test_a_proof_is_late_only_after_the_boundary_day(world, late_days, standing):
    vacancy, day = world.sourced(), AFTER_WINDOW + timedelta(days=2)
    world.fail(world.send(vacancy), at=day, happened_at=AFTER_WINDOW, late_reason="Leave")
    release = world.secure(world.send(vacancy, world.framework, at=day), at=day + HOUR)
    world.book(release, at=day + 2 * HOUR)
    Council.objects.update_or_create(pk=1, defaults={"late_record_days": late_days})
    (line,) = assurance(date(2024, 1, 31), date(2024, 2, 1)).lines
    assert line.standing == standing


def test_ending_soon_leaves_out_who_was_ended_early(world, client_of):
    soon = world.placed(ends_on=date(2024, 2, 9))
    early = world.placed()
    end_early(world, early, at(1, 29), date(2024, 2, 9))
    with on(2, 1):
        page = page_of(client_of, "officer", "/placements/?stage=ending")
        assert soon.reference in page and early.reference not in page
        assert early.reference in page_of(client_of, "officer", "/placements/?stage=live")


@pytest.mark.parametrize(
    ("minutes", "turn"), [(-1, "Supplier"), (0, "Commissioning officer"), (1, "Commissioning officer")]
)
def test_after_its_time_has_ended_it_is_no_longer_the_suppliers_turn(world, client_of, minutes, turn):
    release = world.send(world.sourced())
    with time_machine.travel(release.respond_by + timedelta(minutes=minutes), tick=False):
        (row,) = client_of("officer").get("/requests/?format=csv").getvalue().decode().splitlines()[1:]
    assert row.endswith(f",{turn}")


def test_a_worker_with_two_placements_is_one_person_everywhere(world):
    for _ in range(2):
        world.placed(registration_number="SW12345", worker_name="Ann", hours_per_week=D("18.5"))
    found = position(date(2024, 1, 31))
    assert (found.agency_workers, found.agency_fte) == (1, D(1))
    assert next(line for line in found.suppliers if line.name == "Pertemps").in_post == 1


def test_either_who_recorded_or_who_booked_is_not_asked_to_decide_it(world, client_of):
    said = {"kind": BreachKind.EMERGENCY_NOT_CONFIRMED, "at": AFTER_WINDOW, "how_found": "x"}
    recorded = breaches_actions.mark(world.breach().placement, by=world.director, **said)
    booked = breaches_actions.mark(world.breach(by=world.director).placement, by=world.officer, **said)
    page = client_of("director").get("/").content.decode()
    assert f"/breaches/{recorded.pk}/approve/" not in page
    assert f"/breaches/{booked.pk}/approve/" not in page


def test_who_recorded_a_breach_is_not_asked_to_decide_it(world, client_of):
    mine, theirs = world.breach(by=world.director), world.breach()
    page = page_of(client_of, "director")
    assert f"/breaches/{theirs.pk}/approve/" in page
    assert f"/breaches/{mine.pk}/approve/" not in page
    refused("own_entry", breaches_actions.authorise, by=world.director, at=AFTER_WINDOW, breach=mine, reason="x")
    Deputy.objects.create(
        approval="breach",
        for_user=world.director,
        user=world.nobody,
        starts_on=date(2024, 1, 1),
        ends_on=date(2999, 1, 1),
    )
    page = page_of(client_of, "nobody")
    assert f"/breaches/{theirs.pk}/approve/" in page and f"/breaches/{mine.pk}/approve/" in page


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://testserver/placements/", "http://testserver/placements/"),
        ("/placements/", "/placements/"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://testserver.evil.example/", "/"),
        ("http://testserver@evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_what_is_refused_leads_back_to_an_address_of_this_site_only(world, client_of, came_from, goes_to):
    file = PaymentImport.objects.create(
        source=PaymentSource.objects.create(name="Unit4"),
        file_name="x.csv",
        sha256="x",
        status="imported",
        uploaded_by=world.finance,
        uploaded_at=AFTER_WINDOW,
    )
    response = client_of("finance").post(f"/payments/imports/{file.pk}/discard/", HTTP_REFERER=came_from)
    assert (response.status_code, response.headers["Location"]) == (302, goes_to)


@pytest.mark.parametrize(
    ("ends_on", "weeks"), [(date(2024, 1, 28), 1), (date(2024, 1, 29), 2), (date(2024, 4, 19), 13)]
)
def test_a_week_that_has_begun_counts(world, client_of, ends_on, weeks):
    """From Monday 22 January: up to Sunday the 28th is one week, the Monday after begins the second."""
    placement = world.placed(ends_on=ends_on)
    assert length_of(placement) == (date(2024, 1, 22), ends_on, weeks)
    with on(1, 22):
        assert f"{weeks} week{'s' if weeks > 1 else ''}, 22 January" in page_of(
            client_of, "officer", placement.get_absolute_url()
        )
        row = client_of("officer").get("/placements/longest/?format=csv").getvalue().decode().splitlines()[1].split(",")
        assert row[5:7] == ["1", str(weeks)]  # so far, and when it ends


@pytest.mark.parametrize(("value", "stage"), [("3700.00", "Running"), ("3699.99", "Over value")])
def test_a_contract_past_its_value_says_so_on_its_page_and_in_the_list(world, client_of, value, stage):
    """A worker found in post for £3,700.00 is entered also where that goes past the value."""
    approve(world.administrator, world.framework, value, decided_on=date(2023, 1, 1))
    world.breach(agency=world.halden, contract=world.framework)
    with on(1, 31):
        client = client_of("finance")
        assert client.get(f"/contracts/{world.framework.pk}/").context["line"].stage == stage
        rows = client.get("/contracts/?format=csv").getvalue().decode().splitlines()
    assert next(row for row in rows if "RM6161-L5" in row).endswith(f",{stage}")


def test_a_placement_never_costs_more_than_was_agreed(world):
    """62 days at £303.474, ended early after the 11th and begun, as it turned out, on the 2nd: a penny less than ten days."""
    placement = world.placed(charge_rate=D("41.01"), ends_on=date(2024, 4, 18))
    end_early(world, placement, at(2, 2), date(2024, 2, 5))
    world.corrected("placement", Placement.objects.get(pk=placement.pk), at=at(2, 6), starts_on=date(2024, 1, 23))
    placement = Placement.objects.get(pk=placement.pk)
    # 3,338.21 − (18,815.39 − 18,511.91); ten days by themselves are 3,034.74
    assert worth_of(placement) == D("3034.73")
    assert worked_by(placement, date(2024, 2, 5)) == worked_by(placement, date(2024, 4, 18)) == D("3034.73")
    assert worked_by(placement, date(2024, 2, 2)) == D("2731.27")  # nine days


@pytest.mark.parametrize(("since", "spent"), [(date(2024, 1, 1), "2427.20"), (date(2024, 1, 29), "910.20")])
def test_the_spend_of_a_period_leaves_out_what_came_before_it(world, since, spent):
    world.by_exemption()  # from 22 January at £303.40 a day
    found = dashboard(date(2024, 1, 31), since)
    assert (found.spend["off_contract"], found.spend_in_all) == (D(spent), D(spent))
