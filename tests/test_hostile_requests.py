"""What no browser sends by itself: it is answered in words, never with a 500, and changes nothing."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from config import wsgi
from money.payments import reading
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, proposing
from placements.models import DismissedName, Placement
from placements.placement.starting import cover_started_request
from recruitment.exemptions import deciding
from recruitment.models import AgencyName
from recruitment.requests import actions as vacancies
from tests.conftest import refused
from tests.factories.small_council import AFTER_WINDOW

pytestmark = pytest.mark.django_db
DIGITS = "9" * 5000


def answered(content_type: str, method="POST", query="", body=b"login=x") -> tuple[str, bytes]:
    """The status and the text of the whole site's answer, as a web server asks it."""
    found = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/accounts/login/",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    text = b"".join(wsgi.application(environ, lambda status, headers: found.append(status)))
    return found[0], text


@pytest.mark.parametrize("charset", ["utf-16", "idna", "latin-1", "nothing", "utf-7"])
def test_a_form_in_another_charset_is_refused(charset):
    assert answered(f"application/x-www-form-urlencoded; charset={charset}") == (
        "400 Bad Request",
        b"Send it as UTF-8.",
    )


def test_so_is_a_page_asked_for_with_one(db):
    assert answered("text/plain; charset=idna", "GET", "next=abc%ff", b"")[0] == "400 Bad Request"


@pytest.mark.parametrize(
    "content_type", ["", "application/x-www-form-urlencoded", "text/plain; charset=UTF-8", "text/plain; charset=utf8"]
)
def test_what_browsers_send_is_not(content_type):
    assert wsgi._is_utf8(content_type)


@pytest.mark.parametrize(
    "address",
    [
        f"/exemptions/new/?extends={DIGITS}",
        f"/exemptions/new/?request={DIGITS}",
        "/exemptions/new/?extends=²",
        f"/exemptions/?team={DIGITS}",
        f"/exemptions/?service={DIGITS}",
        f"/exemptions/register/?year={DIGITS}",
        f"/requests/?service={DIGITS}",
        f"/requests/?page={DIGITS}",
        f"/assurance/spend/?team={DIGITS}",
    ],
)
def test_a_number_of_five_thousand_digits_is_no_number(client_of, address):
    assert client_of("officer").get(address).status_code in (200, 404)


@pytest.mark.parametrize("agency", [DIGITS, "-1", "x", "1.5", "²", "9" * 20])
def test_a_similar_name_goes_to_an_agency_or_nowhere(world, client_of, settings, tmp_path, agency):
    settings.MEDIA_ROOT = tmp_path
    file = ContentFile(
        b"Payment date,Supplier,Amount\n04/05/2022,Pertemps Ltd,1\n05/05/2022,Pertemps Ltd,2\n", name="x.csv"
    )
    row = reading.receive_file(
        by=world.finance, at=timezone.now(), source="Unit4", file=file, name="x.csv", at_once=True
    )
    answer = client_of("finance").post(f"/payments/imports/{row.pk}/names/", {"name": "P Temps", "agency": agency})
    assert answer.status_code == 404
    assert not AgencyName.objects.exists() and not DismissedName.objects.exists()


def test_a_second_step_without_its_first_says_what_is_missing(world, client_of):
    placement = world.placed()
    cover_started_request(
        by=world.officer, at=AFTER_WINDOW + timedelta(days=12), placement=placement
    )  # its round is over
    day = {"starts_on_day": "5", "starts_on_month": "2", "starts_on_year": "2024"}
    end = {"ends_on_day": "19", "ends_on_month": "4", "ends_on_year": "2024"}
    form = day | end | {"pay_rate": "33", "charge_rate": "41", "reason": "x", "confirmed": "yes"}
    page = client_of("officer").post(f"/placements/{placement.pk}/transfer/", form).content.decode()
    assert "The worker needs an order of its own first." in page
    assert Placement.objects.count() == 1


@pytest.mark.parametrize("person", ["administrator", "system"])
@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/admin/recruitment/agency/", {"action": "delete_selected", "_selected_action": "x'1"}),
        ("/admin/recruitment/contract/", {"action": "delete_selected", "_selected_action": "99999999999999999999999"}),
        ("/admin/council/closedday/?on__year=99999", None),
        ("/admin/council/closedday/?on__year=x", None),
        ("/admin/recruitment/vacancy/?status__exact=%00", None),
        ("/admin/r/1/1/", None),
        ("/admin/r/9999/x/", None),
        ("/admin/recruitment/contract/add/", {"agency": "x", "lot": "\0", "reference": "x"}),
    ],
)
def test_the_set_up_pages_read_garbage_as_garbage(client_of, person, address, form):
    client = client_of(person)
    answer = client.get(address) if form is None else client.post(address, form)
    assert answer.status_code in (200, 302, 400, 403, 404)


def test_djangos_own_page_of_passwords_leads_to_ours(client_of):
    assert client_of("system").get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_private_pages_and_exports_are_kept_nowhere(world, client_of):
    client = client_of("finance")
    for address in ("/", "/payments/?format=csv", "/position/", "/accounts/password/change/"):
        assert "no-store" in client.get(address).headers["Cache-Control"], address
    assert "no-store" in Client().get("/accounts/login/").headers["Cache-Control"]


class TestAClockThatIsSlow:
    """Nothing is decided before it was asked for, however wrong the machine's clock is."""

    EARLIER = AFTER_WINDOW - timedelta(days=1)

    def test_a_request(self, world):
        vacancy = world.request(at=AFTER_WINDOW)
        decide = {"by": world.director, "at": self.EARLIER, "vacancy": vacancy, "decision": "agreed", "reason": "x"}
        assert "clock is behind" in refused("vacancy_decided_afterwards", vacancies.decide, **decide)

    def test_a_correction(self, world):
        release, later = world.fail(world.send(world.sourced())), AFTER_WINDOW + timedelta(2)
        proposal = proposing.propose(
            by=world.officer, at=later, subject="release", row=release, why="x", own_supply="not_tried"
        )
        decide = {"by": world.director, "at": self.EARLIER, "correction": proposal, "decision": "confirmed"}
        refused("correction_decided_afterwards", confirming.decide, **decide)

    def test_a_breach(self, world):
        decide = {"by": world.director, "at": self.EARLIER, "breach": world.breach(), "reason": "x"}
        refused("breach_approved_afterwards", breaches_actions.authorise, **decide)

    def test_an_exemption(self, world):
        decide = {"by": world.director, "at": self.EARLIER, "exemption": world.exemption(), "decision": "turned_down"}
        refused("clock_is_behind", deciding.decide, reason="x", **decide)
