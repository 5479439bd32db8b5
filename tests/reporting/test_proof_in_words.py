"""Was the first supplier asked first: every standing with its words, from which day on, and the finding of each mix of them.

Each case is in a Service of its own. The tests only read, so they share one world.
"""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.management import call_command

from council.models import Council, Document
from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import confirming, proposing
from placements.placement import ending
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from reporting.reads.proof import STANDINGS
from reporting.reports.assurance import assurance
from tests.factories import ServiceFactory, TeamFactory
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.money_cases import at, one_world

pytestmark = pytest.mark.django_db
KNOWN = date(2024, 5, 31)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def cases(world):
    """The placement of each case."""
    found = {}

    def team(name):
        return TeamFactory(service=ServiceFactory(name=f"Service of {name}"), name=name)

    def sourced(name, **fields):
        return world.sourced(team=team(name), by=world.officer, **fields)

    def framework(name, *, answer_late=0, second_late=0, **terms):
        """On the framework after Pertemps had nobody; either answer recorded so many days late."""
        vacancy = sourced(name)
        late, second = AFTER_WINDOW + timedelta(answer_late), timedelta(answer_late + second_late)
        world.fail(world.send(vacancy), at=late, happened_at=AFTER_WINDOW, late_reason="Leave" if answer_late else "")
        release = world.send(vacancy, world.framework, at=late)
        happened = late + timedelta(hours=1)
        release = world.secure(
            release,
            at=AFTER_WINDOW + second + timedelta(hours=1),
            happened_at=happened,
            late_reason="Leave" if second_late else "",
        )
        found[name] = world.book(release, at=AFTER_WINDOW + second + timedelta(hours=2), **terms)
        return found[name]

    def dispute(placement, when):
        supplier.record_dispute(
            by=world.officer, at=when, release=placement.release.rests_on, words="We had one.", said_by="Perry"
        )

    framework("proved")
    framework("late by a day", answer_late=1)
    framework("late by two", answer_late=1, second_late=2)
    dispute(framework("disputed"), at(1, 25, 0, 1))
    dispute(framework("late and disputed", answer_late=1), at(1, 23))
    # Pertemps' worker did not come.
    proof = world.secure(world.send(sourced("fell through")), at=MONDAY + timedelta(hours=2))
    taking_back.worker_will_not_come(by=world.officer, at=AFTER_WINDOW, release=proof, reason="Another post")
    later = world.send(proof.vacancy, world.framework, at=AFTER_WINDOW)
    found["fell through"] = world.book(world.secure(later, at=AFTER_WINDOW + timedelta(hours=1)))
    # By exemption, with proof and without.
    vacancy = sourced("exempted")
    world.fail(world.send(vacancy))
    found["exempted"] = world.by_exemption(world.exempted(vacancy))
    exemption = world.exempted(sourced("no proof"), no_proof_reason="A court order of that day.")
    found["no proof"] = world.by_exemption(exemption)
    # Found in post from 8 January; the second approved on 30 January.
    for name in ("found", "approved"):
        breach = world.breach(team=team(name))
        found[name] = breach.placement
    breaches_actions.authorise(by=world.director, at=at(1, 30), breach=breach, reason="Needed")
    # On Pertemps' contract, begun on 15 January as was confirmed later, and the post advertised too late: a breach of the 22nd.
    marked = found["marked"] = world.book(world.secure(world.send(sourced("marked")), at=at(1, 8, 11)))
    world.corrected("round", marked.round, at=at(1, 23), advertised_on=date(2024, 1, 12))
    marked.refresh_from_db()
    world.corrected("placement", marked, at=at(1, 24), starts_on=date(2024, 1, 15))
    # On the framework, twice a breach: its proof was corrected away, and it began before the supplier had answered.
    twice = framework("twice")
    said = {"outcome": "secured", "reason": "", "supply_mode": "direct", "own_supply": "", "brokered_supply": ""}
    world.corrected("release", twice.release.rests_on, at=at(1, 23), **said)
    twice.refresh_from_db()
    world.corrected("placement", twice, at=at(1, 24), starts_on=date(2024, 1, 9))
    for breach, day in zip(twice.breaches.order_by("pk"), (30, 31), strict=True):
        breaches_actions.authorise(by=world.director, at=at(1, day), breach=breach, reason="Needed")
    # Neither came, or it was entered in error.
    ending.did_not_start(by=world.officer, at=at(1, 23), placement=framework("no show"), reason="Another post")
    ending.void(by=world.director, at=at(1, 23), placement=framework("in error"), reason="Twice")
    # Brought forward, without a contract, on the framework and on Pertemps' contract.
    brought_forward_actions.open_batch(by=world.administrator, at=at(1, 10), on=date(2024, 1, 8))
    for name, contract in (("brought", None), ("brought fw", world.framework), ("brought corp", world.corporate)):
        agency = contract.agency if contract else world.brokered
        one = world.found(team=team(name), contract=contract, agency=agency)
        found[name] = brought_forward_actions.bring_forward(
            by=world.administrator, at=at(1, 10), found=one, proof_held="An e-mail."
        )
    found["first route"] = world.book(world.secure(world.send(sourced("first route")), at=at(1, 8, 11)))
    sourced("only asked", urgency="urgent")
    world.request(MONDAY + timedelta(1), team=found["first route"].vacancy.team, by=world.officer, urgency="urgent")
    return found


def of(cases, name, on):
    return assurance(on, KNOWN, cases[name].vacancy.team.service_id)


STANDS = [
    ("proved", date(2024, 1, 21), None),
    ("proved", date(2024, 1, 22), "proved"),
    ("proved", date(2024, 4, 20), "proved"),  # also once it has ended
    ("late by a day", date(2024, 1, 22), "recorded_late"),
    ("late by two", date(2024, 1, 22), "recorded_late"),
    ("disputed", date(2024, 1, 24), "proved"),
    ("disputed", date(2024, 1, 25), "disputed"),
    ("late and disputed", date(2024, 1, 25), "recorded_late"),
    ("fell through", date(2024, 1, 22), "proved"),
    ("exempted", date(2024, 1, 22), "proved"),
    ("no proof", date(2024, 1, 22), "no_proof"),
    ("found", date(2024, 1, 7), None),
    ("found", date(2024, 1, 8), "unauthorised"),
    ("found", date(2024, 3, 1), "unauthorised"),
    ("approved", date(2024, 1, 29), "unauthorised"),
    ("approved", date(2024, 1, 30), "after_start"),
    ("marked", date(2024, 1, 21), None),  # on the first route, and not yet a breach
    ("marked", date(2024, 1, 22), "unauthorised"),
    ("twice", date(2024, 1, 8), None),
    ("twice", date(2024, 1, 9), "unauthorised"),
    ("twice", date(2024, 1, 30), "unauthorised"),  # one of two is approved
    ("twice", date(2024, 1, 31), "after_start"),
    ("no show", date(2024, 1, 22), None),
    ("in error", date(2024, 1, 22), None),
    ("brought", date(2024, 1, 7), None),
    ("brought", date(2024, 1, 8), "brought_forward"),
    ("brought fw", date(2024, 1, 8), "brought_forward"),
    ("brought corp", date(2024, 1, 8), None),
    ("first route", date(2024, 1, 22), None),
]


@pytest.mark.parametrize(("name", "on", "standing"), [row for row in STANDS if row[0] not in ("no show", "in error")])
def test_how_a_placement_stands_on_a_day(cases, name, on, standing):
    found = of(cases, name, on)
    assert [line.standing for line in found.lines] == ([standing] if standing else [])
    assert found.counts == {one: int(one == standing) for one in STANDINGS}


@pytest.mark.parametrize("name", ["no show", "in error"])
def test_who_never_came_or_was_entered_in_error_is_no_line(cases, name):
    assert of(cases, name, date(2024, 1, 22)).lines.counts == dict.fromkeys(STANDINGS, 0)


ASKED = "Pertemps was asked on 8 January 2024 and answered on 10 January 2024: "
LOOKED = "Confirmed by The other officer on 10 January 2024."
WORDS = [
    ("proved", ASKED + "no candidates ({proof}). " + LOOKED),
    ("late by a day", ASKED + "no candidates ({proof}). " + LOOKED + " Recorded 1 day after it happened."),
    ("late by two", ASKED + "no candidates ({proof}). " + LOOKED + " Recorded 2 days after it happened."),
    ("disputed", ASKED + "no candidates ({proof}). " + LOOKED + " Pertemps disputes this."),
    ("fell through", ASKED + "fell through ({proof}). " + LOOKED),
    (
        "exempted",
        ASKED
        + "no candidates ({proof}). Confirmed by The director on 10 January 2024. {exemption}, approved by The director on 10 January 2024.",
    ),
    (
        "no proof",
        "{exemption}, approved by The director on 10 January 2024. No proof: A court order of that day.",
    ),
    ("found", "{breach}: found in post without proof. The team manager said so."),
    (
        "approved",
        "{breach}: found in post without proof. The team manager said so. Approved by The director on 30 January 2024.",
    ),
    (
        "marked",
        "{breach}: what it rested on was corrected. The post was advertised on 12 January 2024, after an agency had been asked.",
    ),
    ("brought", "Proof held: An e-mail."),
]


@pytest.mark.parametrize(("name", "words"), WORDS)
def test_the_proof_or_the_breach_is_said_in_words(cases, name, words):
    placement = cases[name]
    release = placement.release
    given = {
        "proof": release.rests_on.reference if release and release.rests_on else "",
        "exemption": release.exemption.reference if release and release.exemption else "",
        "breach": next((one.reference for one in placement.breaches.all()), ""),
    }
    (line,) = of(cases, name, date(2024, 2, 1)).lines
    assert line.words == words.format(**given)


def test_two_breaches_are_both_said_with_the_last_approval(cases):
    (line,) = of(cases, "twice", date(2024, 2, 1)).lines
    first, second = (one.reference for one in cases["twice"].breaches.order_by("pk"))
    parts = line.words.split("; ")
    assert len(parts) == 2 and {part.split(":")[0] for part in parts} == {first, second}
    assert "Pertemps had not failed to secure somebody." in line.words
    assert "The worker started on 9 January 2024, before Halden Bridge Care had answered." in line.words
    assert line.words.endswith(" Approved by The director on 31 January 2024.")


@pytest.mark.parametrize(
    ("name", "days", "standing"),
    [
        ("late by a day", 0, "recorded_late"),
        ("late by a day", 1, "proved"),
        ("late by two", 1, "recorded_late"),
        ("late by two", 2, "proved"),
        ("late and disputed", 1, "disputed"),
    ],
)
def test_late_is_more_days_than_the_council_allows(cases, name, days, standing):
    Council(pk=1, late_record_days=days).save()
    assert [line.standing for line in of(cases, name, date(2024, 2, 1)).lines] == [standing]


@pytest.mark.parametrize(
    ("name", "on", "finding"),
    [
        ("first route", date(2024, 1, 22), "Nobody had been placed outside Pertemps by this day."),
        ("first route", date(2019, 12, 31), "Nobody had been placed outside the first supplier by this day."),
        ("proved", date(2024, 1, 22), "1 of 1 placements outside Pertemps, or marked as a breach, have their proof."),
        (
            "found",
            date(2024, 1, 22),
            "0 of 1 placements outside Pertemps, or marked as a breach, have their proof. 1 is a breach.",
        ),
        (
            "approved",
            date(2024, 1, 30),
            "0 of 1 placements outside Pertemps, or marked as a breach, have their proof. 1 is a breach.",
        ),
        (
            "no proof",
            date(2024, 1, 22),
            "0 of 1 placements outside Pertemps, or marked as a breach, have their proof. 1 stands by exemption without proof.",
        ),
        (
            "brought",
            date(2024, 1, 22),
            "0 of 1 placements outside Pertemps, or marked as a breach, have their proof. 1 was brought forward.",
        ),
    ],
)
def test_the_finding_of_one_case(cases, name, on, finding):
    assert of(cases, name, on).finding == finding


def test_the_finding_of_all_of_them_counts_late_and_disputed_proof_as_proof(cases):
    found = assurance(date(2024, 2, 1), KNOWN)
    assert found.counts == {
        "unauthorised": 2,
        "after_start": 2,
        "recorded_late": 3,
        "disputed": 1,
        "one_person": 0,
        "no_proof": 1,
        "brought_forward": 2,
        "proved": 3,
    }
    assert (found.with_proof, found.breaches) == (7, 4)
    assert found.finding == (
        "7 of 14 placements outside Pertemps, or marked as a breach, have their proof. 4 are breaches. "
        "1 stands by exemption without proof. 2 were brought forward."
    )


def test_the_most_serious_come_first_and_of_these_the_latest_start(cases):
    found = list(assurance(date(2024, 2, 1), KNOWN).lines)
    order = list(STANDINGS)
    assert [order.index(line.standing) for line in found] == sorted(order.index(line.standing) for line in found)
    late = [line.placement for line in found if line.standing == "recorded_late"]
    assert late == [cases[name] for name in ("late and disputed", "late by two", "late by a day")]
    serious = [line.placement for line in found if line.standing in ("unauthorised", "after_start")]
    assert serious == [cases[name] for name in ("marked", "found", "twice", "approved")]


@pytest.mark.parametrize(
    ("on", "requests", "urgent", "percent"),
    [
        (date(2024, 1, 7), 0, 0, "0.0"),
        (date(2024, 1, 8), 1, 0, "0.0"),
        (date(2024, 1, 9), 2, 1, "50.0"),
        (date(2025, 1, 7), 2, 1, "50.0"),
        (date(2025, 1, 8), 1, 1, "100.0"),  # twelve months since 9 January
        (date(2025, 1, 9), 0, 0, "0.0"),
    ],
)
def test_requests_of_the_service_in_twelve_months_and_how_many_were_urgent(cases, on, requests, urgent, percent):
    found = of(cases, "first route", on)
    assert (found.requests, found.urgent, found.urgent_percent) == (requests, urgent, D(percent))


def test_who_was_found_or_brought_forward_was_not_asked_for(cases):
    assert [of(cases, name, date(2024, 2, 1)).requests for name in ("found", "brought", "brought corp")] == [0, 0, 0]


def test_a_mark_that_was_taken_back_is_no_breach(world):
    breach = world.wrongly_marked()
    day = {"on": date(2024, 2, 1), "known_on": KNOWN, "service": world.team.service_id}
    assert [line.standing for line in assurance(**day).lines] == ["unauthorised"]
    proposal = proposing.propose_taking_back(by=world.officer, at=at(1, 20), breach=breach, why="It fell through")
    confirming.decide(by=world.director, at=at(1, 21), correction=proposal, decision="confirmed")
    assert [line.standing for line in assurance(**day).lines] == ["proved"]


def test_a_row_holds_all_of_a_line(cases):
    placement = cases["no proof"]
    found = of(cases, "no proof", date(2024, 1, 31))
    assert list(found.rows()) == [
        (
            "By exemption, without proof",
            placement.reference,
            "Service Care Solutions",
            placement.contract.reference,
            "Exemption",
            date(2024, 1, 22),
            date(2024, 4, 19),
            next(iter(found.lines)).words,
            D("2427.20"),
            "Authorised off contract",
            date(2024, 1, 31),
            KNOWN,
        )
    ]
    (row,) = of(cases, "brought", date(2024, 1, 31)).rows()
    assert row[2:5] == ("Alderway Care Staffing", "None", "None")
    assert row[8:10] == (D("3700.00"), "Brought forward, outside any contract")


def test_the_data_says_where_there_is_no_contract(cases):
    found = of(cases, "brought", date(2024, 1, 31)).as_json()
    assert found["placements"] == [
        {
            "placement": cases["brought"].reference,
            "standing": "brought_forward",
            "supplier": "Alderway Care Staffing",
            "contract": None,
            "starts_on": "2024-01-08",
            "ends_on": "2024-01-19",
            "words": "Proof held: An e-mail.",
            "cost": "3700.00",
            "spend": "brought_forward",
        }
    ]
    assert (found["on"], found["known_on"], found["first_supplier"]) == ("2024-01-31", "2024-05-31", "Pertemps")
    assert (found["placements_outside"], found["with_proof"], found["breaches"]) == (1, 0, 0)
    assert found["spend_in_all"] == "3700.00"


def test_the_page_shows_one_standing_where_it_is_asked_for(cases, client_of):
    client = client_of("auditor")
    page = client.get("/assurance/?on=2024-02-01&standing=recorded_late")
    assert "Placements: 3 of 14" in page.content.decode()
    assert {line.standing for line in page.context["lines"]} == {"recorded_late"}
    assert len(client.get("/assurance/?on=2024-02-01&standing=x").context["lines"]) == 14
    assert page.context["counts"][0] == ("unauthorised", "Breach, not authorised", 2)
    names = [name for name, _, _ in client.get("/assurance/?on=2024-01-08").context["counts"]]
    assert names == ["unauthorised", "brought_forward"]  # a heading without placements is left out


def test_the_page_the_kept_copy_and_the_command_are_of_the_day_and_the_service(cases, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, service = client_of("finance"), cases["no proof"].vacancy.team.service_id
    response = client.get(f"/assurance/?on=2024-01-31&service={service}&format=csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="assurance-2024-01-31.csv"'
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [row[8:11] for row in rows[1:]] == [["2427.20", "Authorised off contract", "2024-01-31"]]
    client.post(f"/assurance/?on=2024-01-31&service={service}")
    assert Document.objects.get().title == "Was Pertemps asked first? As at 31 January 2024, Service of no proof"
    out = io.StringIO()
    call_command("report", "assurance", "--on", "2024-01-07", stdout=out)
    assert out.getvalue().splitlines() == [
        "Was Pertemps asked first? As at 7 January 2024",
        "Nobody had been placed outside Pertemps by this day.",
    ]
    out = io.StringIO()
    call_command("report", "assurance", "--on", "2024-01-31", stdout=out)
    reference = cases["brought"].reference
    line = f"  Brought forward: {reference}, Alderway Care Staffing, None: Proof held: An e-mail. £3700.00"
    assert line in out.getvalue().splitlines()
