"""Who may open what: every address of the site, for every role, on rows that exist. No request gives a 500."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from council import documents
from council.actions import attachments
from council.models import Document, User
from placements.corrections import proposing
from placements.hires import actions as hires
from placements.models import Payment, PaymentImport, PaymentSource
from placements.placement import extending as extensions
from placements.reviews import actions as reviews
from recruitment.emergencies.actions import record_authority
from recruitment.exemptions import deciding
from recruitment.meetings import actions as meetings
from recruitment.orders import by_the_supplier as supplier
from tests.factories import build_world
from tests.factories.small_council import AFTER_WINDOW, SATURDAY_NIGHT

pytestmark = pytest.mark.django_db

PEOPLE = ["officer", "lead", "other_lead", "director", "finance", "administrator", "auditor", "system", "nobody"]
PEOPLE += ["procurement", "legal", "strategic"]
EVERYBODY = set(PEOPLE)
READERS = {"officer", "lead", "director", "finance", "administrator", "auditor", "procurement", "legal", "strategic"}
MONEY = READERS - {"lead"}
ELSEWHERE = {"other_lead"}  # may read, but not this Service: 404

# Address → who gets the page. Others get 403; those in ELSEWHERE get 404 where the row belongs to another Service.
TABLE = {
    "/": EVERYBODY,
    "/requests/": READERS | ELSEWHERE,
    "/requests/new/": {"officer", "lead", "other_lead"},
    "/requests/{requested}/": READERS,
    "/requests/{requested}/decide/": {"director", "finance"},
    "/requests/{requested}/withdraw/": {"officer", "lead"},
    "/requests/{requested}/history/": READERS,
    "/requests/{sourced}/change/": {"officer", "director", "finance"},
    "/requests/{sourced}/direct-recruitment/": {"officer"},
    "/requests/{sourced}/urgency/": {"director", "finance"},
    "/requests/emergency/": {"officer"},
    "/requests/{emergency}/confirm/": {"director"},
    "/authorities/{authority}/confirm/": {"strategic"},
    "/requests/{sourced}/authority/": {"officer"},
    "/requests/{sourced}/end/": {"officer"},
    "/requests/{sourced}/new-round/": {"officer"},
    "/requests/{sourced}/send/1/": {"officer"},
    "/requests/{sourced}/send/2/": {"officer"},
    "/requests/{sourced}/permanent-start/": {"officer"},
    "/releases/": READERS | ELSEWHERE,
    "/releases/{sent}/": READERS,
    "/releases/{sent}/answer/": {"officer"},
    "/releases/{sent}/answer-file/": {"officer"},
    "/releases/{later}/later-start/": {"officer"},
    "/releases/{sent}/withdraw/": {"officer"},
    "/releases/{sent}/returned/": {"officer"},
    "/answers/confirm/": {"officer", "lead", "other_lead", "director"},
    "/releases/{sent}/first-supplier/": {"officer"},
    "/releases/{sent}/void/": {"officer", "director"},
    "/releases/{secured}/book/": {"officer"},
    "/releases/{secured}/will-not-come/": {"officer"},
    "/releases/{secured}/order-number/": {"officer"},
    "/releases/{secured}/supply/": {"director"},
    "/releases/{sent}/link/": READERS,
    "/releases/{sent}/candidates/new/": {"officer"},
    "/releases/{answered}/dispute/": {"officer"},
    "/disputes/{dispute}/reply/": {"officer"},
    "/meetings/": MONEY,
    "/meetings/sheet/": MONEY,
    "/meetings/{meeting}/": MONEY,
    "/candidates/": READERS | ELSEWHERE,
    "/candidates/{candidate}/": READERS,
    "/candidates/{candidate}/step/": {"officer"},
    "/candidates/{candidate}/number/": {"officer"},
    "/candidates/{candidate}/elsewhere/": {"officer"},
    "/candidates/{candidate}/allow/": {"director"},
    "/candidates/{candidate}/void/": {"officer", "director"},
    "/approaches/": READERS | ELSEWHERE,
    "/approaches/new/": {"officer"},
    "/exemptions/": MONEY,
    "/exemptions/all/": READERS | ELSEWHERE,
    "/exemptions/new/": {"officer"},
    "/exemptions/grounds/new/": {"legal"},
    "/exemptions/{exemption}/": READERS,
    "/exemptions/{exemption}/history/": READERS,
    "/exemptions/{returned}/complete/": {"officer"},
    "/exemptions/{exemption}/comment/": {"finance", "procurement", "legal"},
    "/exemptions/{exemption}/decide/": {"director"},
    "/exemptions/{exemption}/take-back/": {"officer", "director"},
    "/exemptions/{exempted}/": READERS,
    "/exemptions/{exempted}/end/": {"officer", "director"},
    "/exemptions/new/?extends={exempted}": {"officer"},
    "/reviews/": READERS | ELSEWHERE,
    "/reviews/{review}/": READERS,
    "/reviews/{review}/oversee/": {"director"},
    "/reviews/actions/{to_do}/done/": {"officer", "lead", "director"},
    "/placements/{placement}/review/": {"officer", "lead", "director"},
    "/suppliers/": READERS | ELSEWHERE,
    "/suppliers/answers/": READERS | ELSEWHERE,
    "/suppliers/orders/": READERS | ELSEWHERE,
    "/placements/": READERS | ELSEWHERE,
    "/placements/{placement}/": READERS,
    "/placements/{placement}/history/": READERS,
    "/placements/{placement}/extend/": {"officer"},
    "/placements/{placement}/end/": {"officer"},
    "/placements/{placement}/did-not-start/": {"officer"},
    "/placements/{placement}/void/": {"officer", "director"},
    "/placements/longest/": READERS | ELSEWHERE,
    "/placements/{placement}/start/": {"officer", "lead"},
    "/placements/{placement}/checks/": {"officer", "lead"},
    "/placements/{placement}/replace/": {"officer"},
    "/placements/{placement}/move/": {"officer"},
    "/placements/{placement}/rates/": {"officer"},
    "/placements/{placement}/transfer/": {"officer"},
    "/placements/{placement}/convert/": {"officer"},
    "/placements/{placement}/concern/": {"officer"},
    "/placements/{placement}/record-end/": {"officer"},
    "/placements/{placement}/correct/": {"officer", "director", "finance"},
    "/releases/{secured}/correct/": {"officer", "director", "finance"},
    "/rounds/{round}/correct/": {"officer", "director", "finance"},
    "/hires/{hire}/correct/": {"officer", "director", "finance"},
    "/corrections/{correction}/": READERS,
    "/contracts/{contract}/carry-over/": {"officer", "director"},
    "/extensions/{proposal}/decide/": {"director"},
    "/breaches/": READERS | ELSEWHERE,
    "/breaches/{breach}/": READERS,
    "/breaches/new/": {"officer", "director"},
    "/breaches/{breach}/told/": {"officer", "director"},
    "/breaches/{breach}/approve/": {"director"},
    "/breaches/{mistaken}/take-back/": {"officer", "director", "finance"},
    "/assurance/": MONEY,
    "/assurance/spend/": MONEY,
    "/requests/{sourced}/evidence/": MONEY,
    "/placements/{placement}/evidence/": MONEY,
    "/exemptions/{exempted}/evidence/": MONEY,
    "/exemptions/register/": MONEY,
    "/documents/": MONEY,
    "/documents/new/": MONEY,
    "/documents/{document}/": MONEY,
    "/documents/{document}/download/": MONEY,
    "/documents/{document}/issue/": MONEY,
    "/files/new/{kind}/{exemption}/": READERS - {"auditor"},
    "/files/{attachment}/": READERS,
    "/files/{attachment}/void/": READERS - {"auditor"},
    "/brought-forward/": READERS | ELSEWHERE,
    "/brought-forward/begin/": {"administrator"},
    "/brought-forward/new/": {"administrator"},
    "/brought-forward/spreadsheet/": {"administrator"},
    "/brought-forward/template/": {"administrator"},
    "/brought-forward/close/": {"administrator"},
    "/hires/": READERS | ELSEWHERE,
    "/hires/{hire}/": READERS,
    "/hires/{hire}/void/": {"officer", "director"},
    "/workers/": READERS | ELSEWHERE,
    "/workers/{worker}/": READERS,
    "/contracts/": MONEY,
    "/contracts/{contract}/": MONEY,
    "/contracts/{contract}/history/": MONEY,
    "/contracts/{contract}/bookings/": MONEY,
    "/contracts/{contract}/entries/": MONEY,
    "/payments/": MONEY,
    "/payments/imports/": MONEY,
    "/payments/imports/new/": {"finance"},
    "/payments/imports/{file}/": MONEY,
    "/payments/imports/{file}/columns/": {"finance"},
    "/payments/sources/{source}/": {"finance"},
    "/payments/{payment}/allocate/": {"finance"},
    "/position/": MONEY,
    "/preferences/": EVERYBODY,
    "/mail/": {"administrator", "auditor", "system"},
    "/search/": READERS | ELSEWHERE,
    "/search/?q=SW1": READERS | ELSEWHERE,
    "/accessibility/": EVERYBODY,
    "/privacy/": EVERYBODY,
    "/cookies/": EVERYBODY,
    "/accounts/password/change/": EVERYBODY,
    "/admin/": {"administrator", "auditor", "system"},
    "/admin/recruitment/contract/": {"administrator", "auditor"},
    "/admin/recruitment/contract/add/": {"administrator"},
    "/admin/recruitment/vacancy/": {"administrator", "auditor"},
    "/admin/recruitment/vacancy/{requested}/change/": {"administrator", "auditor"},
    "/admin/recruitment/vacancy/add/": set(),
    "/admin/recruitment/release/{sent}/delete/": set(),
    "/admin/placements/placement/{placement}/change/": {"administrator", "auditor"},
    "/admin/placements/placement/add/": set(),
    "/admin/council/user/": {"auditor", "system"},
    "/admin/council/user/add/": {"system"},
    "/admin/council/team/add/": {"administrator"},
    "/admin/council/deputy/add/": {"system"},
}
POST_ONLY = {
    "/files/{attachment}/publish/",
    "/payments/imports/{file}/confirm/",
    "/payments/imports/{file}/discard/",
    "/payments/imports/{file}/names/",
}
OPEN_TO_ALL = {
    "supplier-later-start",
    "supplier-address",
    "accessibility",
    "privacy",
    "cookies",
    "supplier",
    "supplier-candidate",
    "supplier-dispute",
    "supplier-no-show",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


# Doors of Django's admin that are closed or led elsewhere, in front of the admin's own.
CLOSED_OF_THE_ADMIN = {"admin/r/<path:rest>", "admin/password_change/"}
# What the admin itself routes, for each of its models and in all; tests/test_hostile_requests.py holds the two above.
OF_THE_ADMIN = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "view_on_site",
}
OF_ITS_MODELS = ("_changelist", "_add", "_history", "_delete", "_change")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One world for all of these tests; what a test changes in it is undone after it."""
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def rows(world) -> dict[str, int]:
    placement = world.placed()
    answered = world.fail(world.send(world.sourced()))
    dispute = supplier.record_dispute(by=world.officer, at=AFTER_WINDOW, release=answered, words="x", said_by="x")
    sourced = world.sourced()
    filled = world.sourced()
    hire = hires.record_hire(
        by=world.officer,
        at=AFTER_WINDOW,
        vacancy=filled,
        starts_on=date(2024, 2, 5),
        registration_number="SW1212",
        worker_name="A",
    )
    source = PaymentSource.objects.create(name="Unit4")
    file = PaymentImport.objects.create(
        source=source,
        file_name="x.csv",
        sha256="x",
        status="preview",
        uploaded_by=world.finance,
        uploaded_at=timezone.now(),
        result={
            "rows": 1,
            "kept": 1,
            "duplicates": 0,
            "rejected": [{"line": 2, "reason": "no date"}],
            "unallocated": 0,
            "not_ours": 0,
            "agencies": {"Pertemps": {"payments": 1, "total": "5.00"}},
            "columns": {"date": "Date"},
            "headers": ["Date"],
            "near_misses": [{"name": "Pertemps X", "payments": 1, "total": "5.00", "closest": "Pertemps"}],
        },
    )
    payment = Payment.objects.create(
        agency=world.pertemps,
        source=source,
        imported_from=file,
        line=1,
        paid_on=date(2024, 1, 1),
        amount=5,
        supplier="x",
        line_key="p",
        occurrence=1,
    )
    meeting = meetings.hold_meeting(
        by=world.director, at=AFTER_WINDOW, held_on=AFTER_WINDOW.date(), present="x", lines={}, taken={}
    )
    returned = deciding.decide(
        by=world.director, at=AFTER_WINDOW, exemption=world.exemption(), decision="returned", reason="x"
    )
    exempted, waiting = world.exempted(), world.exemption()
    review = reviews.record_review(
        by=world.officer,
        at=AFTER_WINDOW + timedelta(days=20),
        placement=world.by_exemption(exempted),
        held_on=date(2024, 1, 29),
        rating=3,
        findings="x",
        to_do=[reviews.ToDo("x", "x", date(2024, 2, 5))],
    )
    document = Document.objects.create(
        kind="report", title="x", as_at=AFTER_WINDOW.date(), made_by=world.officer, made_at=AFTER_WINDOW
    )
    documents.workshop(document).write_text("x")
    documents.finish(by=world.officer, at=AFTER_WINDOW, document=document, file_name="x.html")
    return {
        "document": document.pk,
        "kind": "exemption",
        "exemption": waiting.pk,
        "attachment": attachments.attach(
            by=world.officer,
            at=AFTER_WINDOW,
            kind="exemption",
            subject=waiting,
            file=ContentFile(b"%PDF-1.7"),
            name="x.pdf",
            title="x",
        ).pk,
        "returned": returned.pk,
        "exempted": exempted.pk,
        "review": review.pk,
        "to_do": review.actions.get().pk,
        "answered": answered.pk,
        "meeting": meeting.pk,
        "emergency": (emergency := world.called().vacancy).pk,
        "authority": record_authority(
            by=world.officer, at=SATURDAY_NIGHT, vacancy=emergency, given_by=world.strategic.name, words="x"
        ).pk,
        "dispute": dispute.pk,
        "requested": world.request().pk,
        "sourced": sourced.pk,
        "sent": world.send(world.sourced()).pk,
        "secured": world.secured().pk,
        "later": world.framework_secured().pk,
        "candidate": world.put_forward(world.send(world.sourced())).pk,
        "placement": placement.pk,
        "worker": placement.worker_id,
        "hire": hire.pk,
        "contract": world.framework.pk,
        "file": file.pk,
        "source": source.pk,
        "payment": payment.pk,
        "round": placement.round_id,
        "breach": world.breach().pk,
        "mistaken": world.wrongly_marked().pk,
        "correction": proposing.propose(
            by=world.officer, at=AFTER_WINDOW, subject="placement", row=placement, why="x", starts_on=date(2024, 1, 23)
        ).pk,
        "proposal": extensions.propose_extension(
            by=world.officer,
            at=AFTER_WINDOW + timedelta(hours=3),
            placement=placement,
            ends_on=date(2024, 6, 28),
            reason="x",
            recruitment_state="unsuccessful",
        ).pk,
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_each_role_gets_what_the_table_says(world, rows, client_of, person):
    client, wrong = client_of(person), []
    for address, allowed in TABLE.items():
        response = client.get(address.format(**rows))
        status, expected = response.status_code, {200} if person in allowed else {403}
        if person == "other_lead" and person not in allowed:
            expected = {403, 404}
        if address.startswith("/admin/") and person not in allowed:
            expected = {302, 403}
        if status not in expected:
            wrong.append((address, status))
        if (
            status == 200
            and not response.streaming
            and b"UNDEFINED VARIABLE" in response.content
            and not address.startswith("/admin/")
        ):
            wrong.append((address, response.content.decode().split("UNDEFINED VARIABLE")[1][:40]))
        if status == 200 and "Content-Security-Policy" not in response.headers:
            wrong.append((address, "no policy"))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("person", PEOPLE)
def test_buttons_are_refused_to_whom_they_are_not_for(world, rows, client_of, person):
    client = client_of(person)
    for address in sorted(POST_ONLY):
        assert client.get(address.format(**rows)).status_code == 405
        response = client.post(address.format(**rows), {"name": "Pertemps X", "agency": "none"})
        allowed = {"officer", "director"} if address.startswith("/files/") else {"finance"}
        assert response.status_code == (302 if person in allowed else 403)


def _named_patterns(patterns=None, prefix="", namespace=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inner = entry.namespace or namespace
            yield from _named_patterns(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.name, namespace


def test_every_address_needs_sign_in_but_those_that_cannot(world, rows):
    client, open_ones = Client(), []
    fillers = {
        "<int:pk>": "1",
        "<int:position>": "1",
        "<path:object_id>": "1",
        "<key>": "x",
        "<str:token>": "x",
        "<slug:kind>": "x",
        "<int:subject>": "1",
    }
    for pattern, name, namespace in _named_patterns():
        address = "/" + pattern
        for filler, value in fillers.items():
            address = address.replace(filler, value)
        if any(mark in address for mark in "^(\\?") or name in OPEN_TO_ALL or namespace == "admin":
            continue
        response = client.get(address)
        if response.status_code != 302 or not response.headers["Location"].startswith("/accounts/login/"):
            open_ones.append((address, response.status_code))
    assert open_ones == []


def test_the_admin_site_sends_strangers_to_the_same_sign_in(db):
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_every_address_is_in_the_table():
    known = {address.split("?")[0] for address in [*TABLE, *POST_ONLY]}
    import re

    shapes = {
        re.sub(r"\{\w+\}|/\d+/", lambda m: "/#/" if m.group().startswith("/") else "#", address) for address in known
    }
    missing = []
    for pattern, name, namespace in _named_patterns():
        if namespace == "admin" or name in OPEN_TO_ALL or pattern in CLOSED_OF_THE_ADMIN:
            continue
        shape = "/" + re.sub(r"<[^>]+>", "#", pattern)
        if shape not in shapes and re.sub(r"#/$", "#/", shape) not in shapes:
            missing.append((shape, name))
    assert missing == []


def test_every_address_of_the_set_up_pages_is_of_a_kind_that_is_known():
    names = {name for _, name, namespace in _named_patterns() if namespace == "admin" and name}
    assert {name for name in names if not name.endswith(OF_ITS_MODELS)} - OF_THE_ADMIN == {"app_list"}


def test_a_role_taken_away_is_gone_at_the_next_request(world, client_of):
    client = client_of("officer")
    assert client.get("/requests/new/").status_code == 200
    world.officer.role_grants.update(ends_on=date(2023, 1, 1))
    assert client.get("/requests/new/").status_code == 403


def test_somebody_switched_off_is_signed_out(world, client_of):
    client = client_of("officer")
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    assert client.get("/requests/").status_code == 302


def test_a_stranger_has_no_rights():
    from council.permissions import roles_of

    assert roles_of(AnonymousUser()) == set()


@pytest.mark.parametrize(
    "address", ["/requests/999999/", "/placements/999999/extend/", "/nothing/", "/requests/0/send/9/"]
)
def test_what_does_not_exist_is_not_found(client_of, address):
    assert client_of("officer").get(address).status_code == 404
