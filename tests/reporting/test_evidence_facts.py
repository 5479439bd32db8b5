"""Evidence fact by fact: what a case says of each thing that happened, with its money worked out by hand as at a day.

The tests only read, so they share one world.
"""

import functools
from datetime import date

import pytest

from placements.breaches import actions as breaches_actions
from placements.models import Placement
from placements.placement import ending
from recruitment.models import Vacancy
from reporting.evidence.case import case_of
from reporting.evidence.names import Names, PublicNames
from reporting.evidence.pack import outside_between
from tests.reporting.money_cases import Cases, at, one_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def made(world):
    """Requests by name."""
    found = {}
    # A candidate turned down, an exemption, and its worker until 1 March with notice until 25 March, begun on 29 January.
    vacancy = found["exempted"] = world.sourced()
    release = world.send(vacancy)
    world.step(world.put_forward(release, "A", at=at(1, 8, 12)), "turned_down", at=at(1, 8, 13))
    world.fail(release, reason="unsuitable")
    placement = ending.end_early(
        by=world.officer,
        at=at(2, 26),
        placement=world.by_exemption(world.exempted(vacancy)),
        ended_on=date(2024, 3, 1),
        notice_given_on=date(2024, 2, 26),
        notice_waived=False,
        reason="worker_left",
        rating=3,
        eligible_again=True,
    )
    world.corrected("placement", placement, at=at(2, 27), starts_on=date(2024, 1, 29))
    breach = world.breach()
    breaches_actions.authorise(by=world.director, at=at(1, 30), breach=breach, reason="Needed")
    found["breach"] = breach.placement.vacancy
    found["converted"] = Cases(world).converted().placement.vacancy
    found["asked"] = world.request(base="Kings Court", urgency="urgent")
    return found


@functools.cache
def built(key: int, when, public: bool):
    return case_of(Vacancy.objects.get(pk=key), PublicNames() if public else Names(), when)


def section(made, name: str, title: str, when=None, public=False) -> list[tuple[str, list[tuple[str, str]]]]:
    case = built(made[name].pk, when or at(2, 28), public)
    found = next(one for one in case.sections if one.title == title)
    return [(entry.heading, entry.facts) for entry in found.entries]


def of(made, name, title, heading, when=None) -> dict[str, str]:
    """The facts of the one entry whose heading ends or begins so; a label that comes twice keeps its last value."""
    (entry,) = [one for one in section(made, name, title, when) if heading in one[0]]
    return dict(entry[1])


def test_the_authority_is_the_order_of_sourcing_and_every_contract_used(made):
    reference = made["exempted"].exemption_needs.get().exemption.reference
    assert section(made, "exempted", "The authority") == [
        ("Order of sourcing from 1 January 2020", [("Decision", "Test decision")]),
        (
            "Contract CORP, Pertemps",
            [
                ("Decision", "Decision 1"),
                ("Decided", "1 December 2021"),
                ("Approver", "Leader of the Council"),
                ("Ground", "Needed"),
                ("Value", "not set here"),
                ("Until", "31 December 2026"),
            ],
        ),
        (
            f"Contract {reference}, Service Care Solutions",
            [
                ("Decision", f"Exemption {reference}"),
                ("Decided", "10 January 2024"),
                ("Approver", "The director"),
                ("Ground", "Needed, and nobody else has one."),
                ("Value", "£30,000.00 excluding VAT"),
                ("Until", "19 April 2024"),
            ],
        ),
    ]
    assert section(made, "breach", "The authority") == []


def test_the_request_says_what_was_asked_for_and_who_agreed_it(made):
    asked, agreed = section(made, "exempted", "The request and who agreed it")
    assert asked[1][:12] == [
        ("Asked for by", "The lead"),
        ("Asked for", "8 January 2024, 10:00"),
        ("How it came", "Asked for"),
        ("Team", "North, Assessment"),
        ("Role", "Social worker"),
        ("Hours per week", "37"),
        ("Maximum charge rate, an hour excluding VAT", "£42.00"),
        ("Needed from", "22 January 2024"),
        ("Expected weeks", "13"),
        ("Urgency", "Routine"),
        ("Reason", "Caseloads"),
        ("Stage", "Sourcing"),
    ]
    assert agreed == (
        "Decision: agreed",
        [("By", "The director"), ("When", "8 January 2024, 10:00"), ("Reason", "Funded")],
    )
    (waiting,) = section(made, "asked", "The request and who agreed it")
    assert dict(waiting[1])["Urgency"] == "Urgent"
    assert (
        of(made, "breach", "The request and who agreed it", "vacant post")["How it came"] == "Recorded with its worker"
    )


def test_direct_recruitment_says_where_it_stood_and_why_the_round_closed(made):
    (round_,) = section(made, "converted", "Direct recruitment")
    assert round_ == (
        "Round 1, begun 8 January 2024, 10:00",
        [
            ("Why", "Agreed"),
            ("Permanent recruitment", "Advertised"),
            ("Advertised", "2 January 2024"),
            ("Reference of the advert", "ADV-1"),
            ("Recorded", "8 January 2024, 10:00"),
            ("Recorded by", "The officer"),
            ("Closed", "26 February 2024, 12:00"),
            ("Closed because", "The post was filled"),
        ],
    )
    assert "Closed" not in of(made, "exempted", "Direct recruitment", "Round 1")


def test_each_order_says_what_it_rests_on_and_what_came_of_it(made):
    first, second = section(made, "exempted", "Suppliers asked, and what they answered")
    assert first[0].endswith(": Pertemps, corporate contract")
    assert second[0].endswith(": Service Care Solutions, exemption")
    said, later = dict(first[1]), dict(second[1])
    reference = first[0].split(":")[0]
    assert (said["Answer"], said["Reason"]) == ("Not secured", "Candidates were unsuitable")
    assert (said["Sent"], said["Answer by"]) == ("8 January 2024, 10:00", "10 January 2024, 10:00")
    assert (said["Answered"], said["Own workers"], said["Other agencies"]) == (
        "10 January 2024, 11:00",
        "Tried",
        "Tried",
    )
    assert said["At no more than, an hour excluding VAT"] == "£42.00"
    exemption = made["exempted"].exemption_needs.get().exemption.reference
    assert (later["Because of"], later["By exemption"]) == (f"{reference}, Pertemps: not secured", exemption)
    assert (later["Answer"], later["Whose worker"]) == ("Secured", "The supplier's own worker")
    assert "Because of" not in said and "By exemption" not in said


def test_a_candidate_has_rates_and_every_step(made):
    (one,) = section(made, "exempted", "Candidates")
    assert one[1] == [
        ("Whose worker", "Pertemps"),
        ("Received", "8 January 2024, 12:00"),
        ("Pay rate, an hour", "£33.00"),
        ("Charge rate, an hour excluding VAT", "£41.00"),
        ("Put forward", "8 January 2024, 12:00"),
        ("Turned down", "8 January 2024, 13:00: x"),
    ]


def test_an_exemption_has_its_reasons_its_proof_its_comments_and_its_decision(made):
    asked, finance, procurement, decided = section(made, "exempted", "Exemptions")
    said = dict(asked[1])
    assert (said["From"], said["Until"]) == ("22 January 2024", "19 April 2024")
    assert (said["Value excluding VAT"], said["Value including VAT"]) == ("£30,000.00", "£36,000.00")
    assert next(value for label, value in asked[1] if label.startswith("Proof for")).endswith(
        ", Pertemps: candidates were unsuitable"
    )
    assert [one[0].split(": ")[1] for one in (finance, procurement, decided)] == [
        "comment of finance",
        "comment of procurement",
        "approved",
    ]
    assert finance[1] == [
        ("By", "The finance"),
        ("When", "10 January 2024, 11:30"),
        ("Supports it", "Yes"),
        ("Comment", "No objection."),
    ]
    assert dict(decided[1])["When"] == "10 January 2024, 12:00"


@pytest.mark.parametrize(
    ("name", "when", "committed", "worked"),
    [
        ("exempted", at(1, 28), "£12,439.40", "£0.00"),  # 41 days stay, to the end of the notice
        ("exempted", at(1, 29, 0, 1), "£12,439.40", "£303.40"),
        ("exempted", at(2, 28), "£12,439.40", "£6,978.20"),  # 23 days
        ("exempted", at(3, 25), "£12,439.40", "£12,439.40"),
        ("exempted", at(4, 30), "£12,439.40", "£12,439.40"),
        ("breach", at(1, 16), "£3,700.00", "£2,590.00"),  # 7 days at £370.00
        ("breach", at(1, 19), "£3,700.00", "£3,700.00"),
        ("converted", at(2, 28), "£9,102.00", "£8,495.20"),  # 28 days
        ("converted", at(3, 4), "£9,102.00", "£9,102.00"),
    ],
)
def test_a_placement_says_what_is_committed_and_what_was_worked_by_the_day(made, name, when, committed, worked):
    said = of(made, name, "Placements and what they cost", "PL-", when)
    assert said["Committed, excluding VAT"] == committed
    assert said[f"Worked by {when:%-d %B %Y}"] == worked


def test_a_placement_says_what_was_given_back_and_why_it_ended(made):
    (placement,) = section(made, "exempted", "Placements and what they cost")
    reference = placement[0].split(":")[0]
    assert [value for label, value in placement[1] if label == "Given back"] == [
        f"£5,157.80: {reference} ended early",
        f"£1,517.00: {reference} started later",
    ]
    said = dict(placement[1])
    assert (said["Start"], said["End"]) == ("29 January 2024", "1 March 2024")
    assert (said["Ended because"], said["Rating of 4"]) == ("The worker left", "3")
    assert said["22 January 2024 to 19 April 2024"] == "£41.00 an hour, £19,114.20 excluding VAT; booked"


def test_a_permanent_start_has_its_fee(made):
    _, hire = section(made, "converted", "Placements and what they cost")
    assert hire[0].endswith(": permanent start")
    assert hire[1][1:] == [("From", "4 March 2024"), ("Found by", "Pertemps"), ("Fee, excluding VAT", "£2,500.00")]


def test_a_breach_says_since_when_how_and_who_approved_it(made):
    (breach,) = section(made, "breach", "Breaches")
    assert breach[0].endswith(": found in post without proof")
    assert breach[1] == [
        ("Since", "8 January 2024"),
        ("Found", "9 January 2024"),
        ("How", "The team manager said so."),
        ("Recorded by", "The officer"),
        ("Spend", "Authorised after the start"),
        ("Approved after the start by", "The director"),
        ("When", "30 January 2024, 12:00"),
        ("Reason", "Needed"),
    ]


@pytest.mark.parametrize(
    ("name", "agency", "when", "figures"),
    [
        ("exempted", "Service Care", at(1, 10, 23, 59), ("£30,000.00", "£19,114.20", "£10,885.80")),
        ("exempted", "Service Care", at(2, 26), ("£30,000.00", "£13,956.40", "£16,043.60")),
        ("exempted", "Service Care", at(2, 27), ("£30,000.00", "£12,439.40", "£17,560.60")),
        ("exempted", "Pertemps", at(2, 27), ("not set here", "£0.00", None)),
        ("converted", "Pertemps", at(2, 28), ("£100,000.00", "£11,602.00", "£88,398.00")),
    ],
)
def test_a_contract_is_as_at_the_day_of_the_evidence(made, name, agency, when, figures):
    said = of(made, name, "Contracts", f", {agency}", when)
    labels = ("Approved value, excluding VAT", "Spent and committed", "Left to commit")
    assert tuple(said.get(label) for label in labels) == figures
    assert said["Paid"] == "£0.00"


@pytest.mark.parametrize(
    ("title", "empty"),
    [
        ("Direct recruitment", "No round has begun."),
        ("Suppliers asked, and what they answered", "No supplier was asked."),
        ("Candidates", "No candidate is recorded."),
        ("Exemptions", "There is none."),
        ("Placements and what they cost", "Nobody was booked."),
        ("Breaches", "There is none."),
        ("Quality reviews", "There is none."),
        ("Contracts", "No contract was used."),
        ("Corrections", "Nothing was corrected."),
        ("Files", "None."),
    ],
)
def test_what_there_is_none_of_is_said(made, title, empty):
    case = built(made["asked"].pk, at(2, 28), public=False)
    (found,) = [one for one in case.sections if one.title == title]
    assert (found.entries, found.empty) == ([], empty)


def test_a_public_copy_says_the_same_money_and_no_name(made):
    ((heading, said),) = section(made, "exempted", "Placements and what they cost", public=True)
    assert "W1" in heading and "Worker" not in heading
    assert ("Committed, excluding VAT", "£12,439.40") in said
    assert dict(said)["Booked by"].startswith("S")


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        (date(2024, 1, 1), date(2024, 1, 7), []),
        (date(2024, 1, 1), date(2024, 1, 8), ["breach"]),
        (date(2024, 1, 19), date(2024, 1, 28), ["breach"]),
        (date(2024, 1, 20), date(2024, 1, 28), []),
        (date(2024, 1, 20), date(2024, 1, 29), ["exempted"]),
        (date(2024, 3, 1), date(2024, 4, 30), ["exempted"]),
        (date(2024, 3, 2), date(2024, 4, 30), []),  # also while the notice is paid
    ],
)
def test_a_pack_of_a_time_holds_who_was_there_outside_the_first_route(made, since, until, names):
    found = outside_between(since, until).values_list("vacancy", flat=True)
    assert sorted(found) == sorted(made[name].pk for name in names)
    assert Placement.objects.count() == 3
