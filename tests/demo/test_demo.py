"""The demonstration: loaded once for this module, through the actions, and held against the decision paper."""

import io
import json
import os
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.test import Client

from council.models import Message, User
from council.working_time import WorkingCalendar
from demo.build import build
from placements.models import (
    Breach,
    BroughtForward,
    ExtensionProposal,
    Hire,
    Payment,
    Placement,
    PlacementMove,
    PlacementPeriod,
    PracticeConcern,
    QualityReview,
)
from placements.reads.reviews import by_exemption, reviews_due
from recruitment.models import (
    Approach,
    ContractAccount,
    Correction,
    EmergencyCall,
    Exemption,
    ExemptionNeed,
    Meeting,
    MeetingItem,
    Outcome,
    Release,
    SpendingAuthority,
    Statement,
    StatutoryGround,
    Submission,
    SubmissionStep,
    Vacancy,
    Witness,
    WitnessKind,
)
from recruitment.reads.candidates import held_back
from recruitment.reads.deciders import waiting_for_me
from reporting.reports.position import position
from tests.factories.kept_council import forget_the_world

ENGLAND = WorkingCalendar()
ENGLAND_HOLIDAYS = [
    day
    for day in (date(2019, 1, 1) + timedelta(n) for n in range(6 * 366))
    if day.weekday() < 5 and not ENGLAND.is_working_day(day)
]
pytestmark = [pytest.mark.django_db]
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loads it outside any test's transaction, and empties the database afterwards."""
    from django.conf import settings

    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:  # references hold numbers: they start at 1, whatever ran before
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
        build(TODAY)
        yield
        with connection.cursor() as cursor:
            kept = "('django_migrations', 'django_content_type', 'auth_permission', 'council_clock')"
            cursor.execute(f"select tablename from pg_tables where schemaname = 'public' and tablename not in {kept}")
            tables = ", ".join(row[0] for row in cursor.fetchall())
            cursor.execute(f"truncate {tables} restart identity cascade")
        forget_the_world()


def contains(whole, part) -> list[str]:
    """The paths at which `whole` does not hold what `part` says."""
    if isinstance(part, dict):
        return [
            f"{key}{rest}"
            for key in part
            for rest in ([" is missing"] if key not in whole else [f".{p}" for p in contains(whole[key], part[key])])
        ]
    return [] if whole == part else [f"= {whole!r}, not {part!r}"]


# Each placement that had started by a day: its heading, whether it is outside the first route or marked, and what it had cost.
ASSURANCE_SQL = """
with days as (
    select d::date as day from generate_series('2019-01-01'::date, %(on)s::date, '1 day') d
     where extract(isodow from d) < 6 and d::date <> all (%(holidays)s::date[])),
started as (
    select p.*, c.route as spent_by, exists (select 1 from placements_breach b where b.placement_id = p.id and b.since <= %(on)s) as marked,
           exists (select 1 from placements_breach b where b.placement_id = p.id and b.since <= %(on)s
                      and (b.approved_at is null or (b.approved_at at time zone 'Europe/London')::date > %(on)s)) as waits,
           coalesce(r.position > 1, p.basis = 'breach' or not exists (
               select 1 from recruitment_stepsource n join recruitment_sourcingorder o on o.id = n.order_id
                where n.position = 1 and (n.contract_id = p.contract_id or n.lot_id = c.lot_id)
                  and o.starts_on = (select max(starts_on) from recruitment_sourcingorder where starts_on <= w."on"))) as outside
      from placements_placement p
      left join recruitment_contract c on c.id = p.contract_id
      left join recruitment_release r on r.id = p.release_id
      left join placements_broughtforward w on w.id = p.batch_id
     where p.did_not_start_at is null and p.voided_at is null and p.starts_on <= %(on)s),
costs as (
    select s.id, sum(case
        when coalesce(d.cut_on, d.ends_on) <= l.last and d.cut_on is null and d.starts_on >= s.starts_on then d.value
        else round(s.hours_per_week * d.charge_rate * case when s.pattern = 'seven_days'
                then greatest(least(coalesce(d.cut_on, d.ends_on), l.last) - greatest(d.starts_on, s.starts_on) + 1, 0) / 7.0
                else (select count(*) from days where day between greatest(d.starts_on, s.starts_on) and least(coalesce(d.cut_on, d.ends_on), l.last)) / 5.0
            end, 2) end) as cost
      from started s
      join placements_placementperiod d on d.placement_id = s.id
      cross join lateral (select least(%(on)s::date, coalesce(s.committed_until, %(on)s::date)) as last) l
     where d.starts_on <= l.last and coalesce(d.cut_on, d.ends_on) >= d.starts_on
     group by s.id)
select case when waits then 'unauthorised' when marked then 'after_start' when contract_id is null then 'brought_forward'
            when spent_by = 'exemption' then 'off_contract' else 'on_contract' end,
       outside or marked, marked, coalesce(cost, 0)
  from started left join costs using (id)
"""


def report(*arguments, name="position") -> str:
    out = io.StringIO()
    call_command("report", name, *arguments, stdout=out)
    return out.getvalue()


def test_it_gives_the_papers_figures(demonstration, shared_data):
    paper = json.loads((shared_data / "decision-2022.json").read_text())
    assert contains(json.loads(report("--on", "2022-04-26", "--format", "json")), paper) == []


def test_the_papers_figures_in_literal_values(demonstration):
    """The same without the shared file: 37 people, 50, 17 = 7 + 10 from 7, 20 of 40, £1,000,000.00."""
    figures = position(date(2022, 4, 26)).as_json()
    assert figures["suppliers"]["Pertemps"] == {
        "in_post": 37,
        "secured_last_12_months": 50,
        "secured_last_6_months": {"total": 17, "direct": 7, "brokered": 10, "brokering_agencies": 7},
    }
    assert figures["suppliers"]["Liquid Personnel"] == {"target_hires": 40, "hires": 20, "percent_of_target": "50"}
    assert figures["contracts"]["RM6161-L5"]["approved_value"] == "1000000.00"
    assert (figures["establishment_fte"], figures["vacancy_rate"], figures["agency_rate"]) == ("366.0", "7.0", "9.5")
    assert D("35.5") <= D(figures["agency_fte"]) <= D("35.9")


def test_the_six_months_begin_on_27_october(demonstration):
    from council.working_time import months_before

    assert months_before(date(2022, 4, 26), 6) == date(2021, 10, 27)


def test_agency_fte_agrees_with_sql(demonstration):
    with connection.cursor() as cursor:
        cursor.execute("""select sum(hours_per_week) / 37, count(*) from placements_placement
            where did_not_start_at is null and voided_at is null and '2022-04-26' between starts_on and ends_on""")
        fte, count = cursor.fetchone()
    found = position(date(2022, 4, 26))
    assert (round(found.agency_fte, 10), found.agency_workers) == (round(fte, 10), count)


def test_ten_fte_are_cover_or_above_structure(demonstration):
    live = Placement.objects.live_on(date(2022, 4, 26)).exclude(vacancy__kind="vacant_post")
    assert sum(placement.hours_per_week for placement in live) / 37 >= 10


def test_every_route_answer_and_refusal_is_there(demonstration):
    assert 245 <= Placement.objects.count() <= 310
    assert set(Release.objects.values_list("outcome", flat=True)) == set(Outcome.values)
    assert set(Release.objects.exclude(reason="").values_list("reason", flat=True)) == {
        "no_answer",
        "no_candidates",
        "unsuitable",
        "rate_too_high",
        "went_elsewhere",
    }
    assert Release.objects.filter(voided_at__isnull=False).exists()
    assert Release.objects.filter(declined_on__isnull=False).exists()
    assert Placement.objects.filter(voided_at__isnull=False).exists()
    assert Placement.objects.filter(ended_early_at__isnull=False).exists()
    assert set(Vacancy.objects.values_list("status", flat=True)) == {
        "requested",
        "deferred",
        "turned_down",
        "agreed",
        "sourcing",
        "covered",
        "filled",
        "ended",
        "withdrawn",
    }
    assert Vacancy.objects.filter(rounds__number=2).exists()
    on_contracts = Placement.objects.filter(contract__isnull=False).exclude(contract__route="exemption")
    assert set(on_contracts.values_list("contract__reference", flat=True)) == {
        "CORP-2019",
        "CORP-2024",
        "CORP-OOH",
        "RM6161-L5",
        "RM6281-L4",
    }


def test_there_are_two_of_each_case_at_least(demonstration):
    """What does not go by the book, and what becomes of a placement."""
    standing = Placement.objects.standing()
    counts = {
        "found in post": Breach.objects.filter(kind="found_in_post").count(),
        "authorised after the start": Breach.objects.filter(approved_at__isnull=False).count(),
        "not authorised": Breach.objects.not_authorised().count(),
        "proof corrected": Breach.objects.filter(kind="proof_corrected").count(),
        "brought forward": standing.filter(basis="brought_forward").count(),
        "corrections": Correction.objects.filter(decision="confirmed").count(),
        "replacements": standing.filter(continues_as="replacement").count(),
        "transfers": standing.filter(continues_as="transfer").count(),
        "carried over": standing.filter(continues_as="carry_over").count(),
        "conversions": Hire.objects.filter(converts__isnull=False).count(),
        "handovers": standing.filter(handover_until__isnull=False).count(),
        "moves": PlacementMove.objects.count(),
        "new rates": PlacementPeriod.objects.filter(
            cut_on__isnull=False, placement__continuations__isnull=True
        ).count(),
        "concerns": PracticeConcern.objects.count(),
        "long extensions approved": ExtensionProposal.objects.filter(decision="approved").count(),
        "long extensions to decide": ExtensionProposal.objects.waiting().count(),
        "checks missing": standing.filter(
            references_checked_on__isnull=True, started_confirmed_at__isnull=False
        ).count(),
        "declined by its link": Release.objects.filter(statement__isnull=False).count(),
        "briefs sent": Message.objects.filter(sent_at__isnull=False).count(),
        "not to come again": standing.filter(eligible_again=False).count(),
        "candidates recorded": Submission.objects.filter(recorded_by__isnull=False).count(),
        "put forward by its link": Submission.objects.filter(link__isnull=False).count(),
        "shortlisted": SubmissionStep.objects.filter(stage="shortlisted").count(),
        "interviewed": SubmissionStep.objects.filter(stage="interviewed").count(),
        "accepted": Submission.objects.filter(stage="accepted").count(),
        "turned down": Submission.objects.filter(stage="turned_down").count(),
        "withdrew": Submission.objects.filter(stage="withdrawn").count(),
        "reconsidered": SubmissionStep.objects.filter(stage="reconsidered").count(),
        "offered for another post": Submission.objects.filter(first_shown__isnull=False).count(),
        "allowed by a later route": Submission.objects.filter(allowed_at__isnull=False).count(),
        "to allow by a later route": held_back(TODAY).count(),
        "waiting for us": Submission.objects.waiting_for_us().count(),
        "approaches": Approach.objects.count(),
        "disputes": Statement.objects.disputes().count(),
        "recorded answers sent": Message.objects.filter(kind="answer", sent_at__isnull=False).count(),
        "emergencies confirmed": EmergencyCall.objects.filter(decision="confirmed").count(),
        "emergencies not confirmed": Breach.objects.filter(kind="emergency_not_confirmed").count(),
        "booked on authority": SpendingAuthority.objects.filter(entry__isnull=False).count(),
        "exemptions turned down": Exemption.objects.filter(status="turned_down").count(),
        "exemptions taken back": Exemption.objects.filter(status="taken_back").count(),
        "exemptions ended early": Exemption.objects.filter(status="ended").count(),
        "exemptions extended": Exemption.objects.filter(extends__isnull=False, status="approved").count(),
        "exemptions returned and completed": Exemption.objects.filter(revision__gt=1, status="approved").count(),
        "exemptions without proof": ExemptionNeed.objects.filter(proof__isnull=True).count(),
        "exemptions for a group": ExemptionNeed.objects.exclude(exemption__group_name="").count(),
        "exemptions to decide": waiting_for_me(User.objects.get(email="director@demo.example"), TODAY).count(),
        "exemptions that wait": Exemption.objects.waiting().count(),
        "exemptions live": Exemption.objects.live_on(TODAY).count(),
        "statutory grounds": StatutoryGround.objects.count(),
        "reviews with actions": QualityReview.objects.filter(actions__isnull=False).distinct().count(),
        "reviews overdue": sum(one.is_overdue(TODAY) for one in reviews_due(by_exemption(), TODAY)),
        "placed by exemption on the paper's day": Placement.objects.live_on(date(2022, 4, 26))
        .filter(contract__route="exemption")
        .count(),
        "weekly meetings": Meeting.objects.count(),
        "decided at a meeting": MeetingItem.objects.filter(is_between=False).exclude(decision="none").count(),
        "decided between": MeetingItem.objects.filter(is_between=True).count(),
    }
    assert {case: count for case, count in counts.items() if count < 2} == {}
    assert BroughtForward.objects.get().closed_at
    assert not Message.objects.waiting().exists()  # the demonstration writes to nobody


def test_totals_equal_the_entries_on_every_contract(demonstration):
    with connection.cursor() as cursor:
        cursor.execute("""select contract_id, sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end)
            from recruitment_accountentry group by contract_id""")
        entries = dict(cursor.fetchall())
    for account in ContractAccount.objects.all():
        assert account.exposure == entries.get(account.pk, D(0))
    for line in position(TODAY).contracts:
        assert line.exposure == entries.get(line.contract.pk, D(0))


def test_page_csv_json_and_command_give_the_same_figures(demonstration):
    client = Client()
    client.force_login(User.objects.get(email="auditor@demo.example"))
    figures = client.get("/position/?on=2022-04-26&format=json").json()
    assert figures == json.loads(report("--on", "2022-04-26", "--format", "json"))
    text = client.get("/position/?on=2022-04-26&format=csv").getvalue().decode("utf-8-sig")
    assert text.replace("\r\n", "\n") == report("--on", "2022-04-26", "--format", "csv")
    page = client.get("/position/?on=2022-04-26").content.decode()
    for line in position(date(2022, 4, 26)).contracts:
        for amount in (line.booked_to_date, line.booked_to_come, line.exposure, line.paid):
            assert f"£{amount:,.2f}" in page
    assert report("--on", "2022-04-26").startswith("Figures as at 26 April 2022")


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        ("officer", ["Answers to record", "Workers to book", "Requests to send", "Placements ending within 8 weeks"]),
        ("director", ["Requests to agree", "Contracts near their value or end"]),
        ("finance", ["Requests to agree", "Payments to allocate"]),
        ("contracts", ["Contracts near their value or end"]),
        ("lead", ["Placements ending within 8 weeks"]),
    ],
)
def test_today_holds_real_work(demonstration, who, titles):
    client = Client()
    with time_machine.travel(date(2026, 11, 24), tick=False):
        client.force_login(User.objects.get(email=f"{who}@demo.example"))
        page = client.get("/").content.decode()
    for title in titles:
        assert title in page


def test_an_auditor_has_nothing_to_do(demonstration):
    client = Client()
    client.force_login(User.objects.get(email="auditor@demo.example"))
    assert "Nothing needs you today." in client.get("/").content.decode()


def test_assurance_agrees_with_sql(demonstration):
    """An independent count and sum, hours and days worked out by the database itself."""
    found = json.loads(report("--on", "2024-03-31", "--format", "json", name="assurance"))
    with connection.cursor() as cursor:
        cursor.execute(ASSURANCE_SQL, {"on": "2024-03-31", "holidays": ENGLAND_HOLIDAYS})
        rows = cursor.fetchall()
    outside = [row for row in rows if row[1]]
    assert found["placements_outside"] == len(outside)
    assert found["breaches"] == sum(row[2] for row in rows)
    spend = {name: D(0) for name in found["spend"]}
    for state, _, _, cost in rows:
        spend[state] += cost
    assert {name: f"{amount:.2f}" for name, amount in spend.items()} == found["spend"]
    assert D(found["spend"]["unauthorised"]) + D(found["spend"]["after_start"]) > 0


WITNESS_SQL = """
    select f.witness_kind, count(*) from placements_placement p
      join recruitment_release r on r.id = p.release_id and r.position > 1
      join recruitment_release f on f.id = r.rests_on_id
     where p.voided_at is null and p.did_not_start_at is null and p.starts_on <= %s
       and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null and b.since <= %s)
     group by 1"""


def test_what_confirms_the_proofs_agrees_with_sql(demonstration):
    for on in ("2022-04-26", "2024-03-31", TODAY.isoformat()):
        found = json.loads(report("--on", on, "--format", "json", name="assurance"))
        with connection.cursor() as cursor:
            cursor.execute(WITNESS_SQL, [on, on])
            assert found["by_witness"] == dict(cursor.fetchall())
    assert {"silence", "told", "second_person", "emergency"} <= set(found["by_witness"])
    kinds = set(Witness.objects.values_list("kind", flat=True))
    assert kinds == set(WitnessKind) - {"before"}  # which nobody can make any more


def test_the_assurance_shows_every_kind(demonstration):
    found = json.loads(report("--on", TODAY.isoformat(), "--format", "json", name="assurance"))
    assert [name for name, count in found["by_standing"].items() if not count] == []
    assert D(found["spend"]["unauthorised"]) > 0


def test_payments_landed_on_their_contracts(demonstration):
    assert Payment.objects.count() > 100
    assert Payment.objects.waiting().count() == 3
    assert Payment.objects.filter(is_ours=False).exists()


LISTS = [
    "/requests/",
    "/releases/",
    "/placements/",
    "/hires/",
    "/workers/",
    "/contracts/",
    "/payments/",
    "/payments/imports/",
    "/candidates/",
    "/approaches/",
    "/suppliers/orders/",
    "/meetings/",
    "/exemptions/all/",
    "/reviews/",
    "/assurance/spend/",
]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_downloads_exactly_what_it_shows(demonstration, address):
    client = Client()
    client.force_login(User.objects.get(email="officer@demo.example"))
    page = client.get(address)
    rows = client.get(address + "?format=csv").getvalue().decode("utf-8-sig").strip().split("\r\n")
    assert len(rows) - 1 == page.context["count"]
    first = [cell["value"] for cell in page.context["table"][0]]
    assert str(first[0]).split()[0] in rows[1]


def sums() -> dict[str, str]:
    """How many rows each table has, and every figure of two days: what another load of the same day must give again."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by tablename")
        for (table,) in cursor.fetchall():
            if table.startswith(("council_", "recruitment_", "placements_")):
                cursor.execute(f"select count(*) from {table}")
                found[f"rows of {table}"] = str(cursor.fetchone()[0])
    for day in (date(2024, 3, 31), TODAY):
        found |= {f"{figure}, {unit}": value for figure, value, unit in position(day).rows()}
    return found


def test_the_same_day_gives_the_same_rows_and_figures(demonstration):
    """Held against the sums of another load. After a wanted change: make test TESTS=tests/demo WRITE_SUMS=1"""
    kept = Path(__file__).with_name("same_day.json")
    if "WRITE_SUMS" in os.environ:
        kept.write_text(json.dumps(sums(), indent=1, ensure_ascii=False) + "\n")
    assert sums() == json.loads(kept.read_text())
