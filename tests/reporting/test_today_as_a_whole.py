"""Today as a whole: which sections each person has and in which order, and that every line leads to where the person may go."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.models import Deputy
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import proposing
from placements.models import Payment, PaymentImport, PaymentSource
from placements.placement import extending as extensions
from placements.placement import starting
from placements.reviews import actions as reviews
from recruitment.contracts import actions as contracts
from recruitment.exemptions import deciding
from recruitment.orders import by_the_supplier as supplier
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import at, one_world, today_of

pytestmark = pytest.mark.django_db

NOW = at(3, 25, 12)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_25_march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def everything(world):
    """Something for every section of Today, all of it in the Service of the lead."""
    # the framework contract first, so that what is booked below does not pass its value
    contracts.commit(world.framework.pk, D("800000.00"), note="x", by=world.officer, at=MONDAY)
    world.request()
    brought_forward_actions.open_batch(by=world.administrator, at=MONDAY, on=date(2024, 1, 8))
    contract = {"agency": world.pertemps, "contract": world.corporate}
    brought = world.found(starts_on=date(2023, 12, 4), ends_on=date(2024, 4, 19), **contract)
    brought_forward_actions.bring_forward(by=world.administrator, at=MONDAY, found=brought, proof_held="none held")
    world.called()
    world.commented(world.exemption())
    world.exemption()
    deciding.decide(by=world.director, at=AFTER_WINDOW, exemption=world.exemption(), decision="returned", reason="x")
    world.exempted()
    reviewed, overdue = world.by_exemption(), world.by_exemption()
    reviews.record_review(
        by=world.officer,
        at=at(3, 18),
        placement=reviewed,
        held_on=date(2024, 3, 18),
        rating=2,
        findings="x",
        to_do=[reviews.ToDo("x", "x", date(2024, 3, 22))],
    )
    extensions.propose_extension(
        by=world.officer,
        at=AFTER_WINDOW + timedelta(hours=3),
        placement=world.placed(),
        ends_on=date(2024, 6, 28),
        reason="x",
        recruitment_state="unsuccessful",
    )
    world.wrongly_marked()
    world.put_forward(world.after_pertemps_showed(), "H-7", at=AFTER_WINDOW, registration_number="SW10001")
    placed = world.placed()
    proposing.propose(
        by=world.officer, at=AFTER_WINDOW, subject="placement", row=placed, why="x", starts_on=date(2024, 1, 23)
    )
    starting.confirm_start(by=world.officer, at=at(1, 22), placement=world.placed())
    answered = world.failed()
    supplier.record_dispute(by=world.officer, at=AFTER_WINDOW, release=answered, words="x", said_by="x")
    world.secured()
    world.breach()
    source = PaymentSource.objects.create(name="Unit4")
    common = {"source": source, "uploaded_by": world.finance, "uploaded_at": MONDAY}
    file = PaymentImport.objects.create(file_name="x.csv", sha256="x", **common)
    Payment.objects.create(
        agency=world.pertemps,
        source=source,
        imported_from=file,
        line=1,
        paid_on=date(2024, 1, 5),
        amount=D("10.00"),
        supplier="Pertemps",
        line_key="1",
        occurrence=1,
    )
    return overdue


AGREE = ["Requests to agree", "Needs to agree"]
CONFIRM = ["Answers to confirm"]
CORRECT = ["Corrections to confirm", "Marks of a breach that look wrong"]
START = ["Starts to confirm", "Checks still to come"]
SOURCE = [
    "Answers to record",
    "Candidates who wait for us",
    "Disputes to reply to",
    "Workers to book",
    "Exemptions to complete",
    "Exemptions to use",
    "Requests to send",
    "Placements that ended",
]
REVIEW = ["Quality reviews due", "Review actions overdue"]
ENDING, CONTRACTS = ["Placements ending within 8 weeks"], ["Contracts near their value or end"]
COMMENT = ["Exemptions to comment on"]
DECIDE = ["Long extensions to decide", "Breaches to decide", "Candidates by a later route"]
TABLE = {
    "officer": [CORRECT[1], *START, *SOURCE, *REVIEW, *ENDING, *CONTRACTS],  # the correction is the officer's own
    "officer2": [*CONFIRM, *CORRECT, *START, *SOURCE, *REVIEW, *ENDING, *CONTRACTS],
    "lead": [*CONFIRM, *START, *REVIEW, *ENDING],
    "other_lead": [],
    "director": [
        *AGREE,
        "Emergencies to confirm",
        "Exemptions to decide",
        *DECIDE,
        *CONFIRM,
        *CORRECT,
        *REVIEW,
        "Quality reviews to read",
        *CONTRACTS,
    ],
    "finance": [*AGREE, *COMMENT, *CORRECT, *CONTRACTS, "Payments to allocate"],
    "procurement": COMMENT,
    "administrator": CONTRACTS,
    "auditor": [],
    "system": [],
    "legal": [],
    "strategic": [],
    "nobody": [],
}


@pytest.mark.parametrize("who", TABLE)
def test_everybody_has_the_sections_of_what_they_may_do_and_no_others(world, everything, who):
    assert list(today_of(world, who, NOW)) == TABLE[who]


def test_the_table_names_everybody(world):
    assert set(TABLE) == set(world.people)


@pytest.mark.parametrize(
    ("approval", "titles"),
    [
        ("staffing_request", AGREE),
        ("emergency", ["Emergencies to confirm"]),
        ("exemption", ["Exemptions to decide"]),
        ("extension", ["Long extensions to decide"]),
        ("breach", ["Breaches to decide"]),
        ("later_route", ["Candidates by a later route", *CONFIRM]),
    ],
)
def test_a_deputy_has_the_sections_of_that_decision_alone(world, everything, approval, titles):
    days = {"starts_on": NOW.date(), "ends_on": NOW.date()}
    Deputy.objects.create(approval=approval, for_user=world.director, user=world.nobody, **days)
    assert list(today_of(world, "nobody", NOW)) == titles


def test_the_page_counts_what_needs_somebody(world, everything, client_of):
    page = client_of("procurement").get("/").content.decode()
    assert '<h1 class="govuk-heading-l">Today, 25 March 2024</h1>' in page
    assert '<p class="govuk-body-l">1 thing needs you.</p>' in page
    assert 'Exemptions to comment on <span class="govuk-!-font-weight-regular">(1)</span></h2>' in page


def test_no_section_is_empty_and_none_shows_more_than_eight(world, everything):
    for who in TABLE:
        for section in today_of(world, who, NOW).values():
            assert 1 <= len(section.items) == min(section.count, 8)


@pytest.mark.parametrize("who", [who for who, titles in TABLE.items() if titles])
def test_every_line_leads_to_a_page_that_the_person_may_open(world, everything, client_of, who):
    client = client_of(who)
    for section in today_of(world, who, NOW).values():
        addresses = [one.url for one in section.items[:2]] + ([section.all_url] if section.all_url else [])
        refused = [address for address in addresses if client.get(address).status_code != 200]
        assert (section.title, refused) == (section.title, [])


@pytest.mark.parametrize("who", TABLE)
def test_the_page_takes_few_queries_even_where_everything_waits(world, everything, client_of, who):
    """One for all that waits, and one for each table that something is shown from: here, from every one of them."""
    client = client_of(who)
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/").status_code == 200
    assert len(caught) <= 26, len(caught)
