"""What every page shares: where a refusal leads back to, what a form with an action does when it is sent, confirmed or sent twice."""

import uuid

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from council import web
from council.errors import NotAllowed, RuleViolation, refuse
from council.kept_files import CANNOT_KEEP
from council.models import SentForm
from council.refusal import Refusal
from govuk.forms import GovukForm


def request(method="get", path="/page/", user=None, data=None, **headers):
    made = getattr(RequestFactory(), method)(path, data or {}, headers={"host": "testserver"} | headers)
    made._messages = CookieStorage(made)
    if user is not None:
        made.user = user
    return made


def said(made) -> list[tuple[str, str]]:
    return [(one.level_tag, str(one)) for one in get_messages(made)]


# -- where a refusal leads back to ------------------------------------------------------------------------------------------------------------

REFUSED = RuleViolation(Refusal("no", "Not today."))


@pytest.mark.parametrize(
    ("method", "referer", "leads_to"),
    [
        ("post", "http://testserver/requests/1/", "http://testserver/requests/1/"),
        ("post", "http://testserver/page/", "http://testserver/page/"),
        ("post", "/requests/1/", "/requests/1/"),
        ("get", "http://testserver/requests/1/", "http://testserver/requests/1/"),
        ("get", "http://testserver/page/", "/"),  # it would be refused for ever
        ("get", "http://testserver/page/?q=1", "/"),
        ("post", "", "/"),
        ("post", "https://elsewhere.example/page/", "/"),
        ("post", "http://elsewhere.example/requests/1/", "/"),
        ("post", "http://testserver.elsewhere.example/", "/"),
        ("post", "http://testserver@elsewhere.example/", "/"),
        ("post", "//elsewhere.example/", "/"),
        ("post", "javascript:alert(1)", "/"),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_this_site_and_nowhere_else(method, referer, leads_to):
    made = request(method, referer=referer)
    response = web.RefusalMiddleware(lambda _: None).process_exception(made, REFUSED)
    assert (response.status_code, response.headers["Location"]) == (302, leads_to)
    assert said(made) == [("error", "Not today.")]


def test_over_https_a_refusal_does_not_lead_to_a_page_without_it():
    made = RequestFactory().post("/page/", secure=True, headers={"referer": "http://testserver/requests/1/"})
    made._messages = CookieStorage(made)
    response = web.RefusalMiddleware(lambda _: None).process_exception(made, REFUSED)
    assert response.headers["Location"] == "/"


def test_what_a_person_may_not_do_is_answered_with_why(world):
    made = request(user=world.auditor)
    response = web.RefusalMiddleware(lambda _: None).process_exception(made, NotAllowed("You may not decide that."))
    assert response.status_code == 403
    assert "You may not decide that." in response.content.decode()


def test_any_other_error_is_nobodys_refusal():
    middleware = web.RefusalMiddleware(lambda _: HttpResponse("x"))
    assert middleware.process_exception(request(), ValueError("x")) is None
    assert middleware(request()).content == b"x"


@pytest.mark.parametrize(("own", "kept"), [({}, "private, no-store"), ({"Cache-Control": "max-age=60"}, "max-age=60")])
def test_no_page_is_kept_by_a_cache_unless_it_says_so_itself(own, kept):
    response = web.PagesMiddleware(lambda _: HttpResponse("x", headers=own))(request())
    assert response.headers["Cache-Control"] == kept


@pytest.mark.parametrize(
    ("problem", "status", "sentence"),
    [(OSError(28, "No space left on device"), 507, CANNOT_KEEP), (OSError(2, "x"), 500, ""), (ValueError(), 500, "")],
)
def test_a_full_disk_is_named_and_any_other_fault_is_not(problem, status, sentence):
    try:
        raise problem
    except Exception:
        response = web.server_error(request())
    assert response.status_code == status
    assert sentence in response.content.decode().replace("&#x27;", "'")


def test_a_form_without_its_token_says_what_to_do(world):
    response = web.csrf_failure(request(user=world.auditor))
    assert response.status_code == 403
    sentence = "This page was open too long, or cookies are off. Go back, reload it and send the form again."
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    ("who", "right", "may"), [("auditor", "view", True), ("auditor", "source", False), ("nobody", "view", False)]
)
def test_a_page_asks_for_its_right(world, who, right, may):
    made = request(user=world.people[who])
    if may:
        assert web.check_may(made, right) is None
    else:
        with pytest.raises(PermissionDenied):
            web.check_may(made, right)


def test_templates_know_what_a_person_may_do_and_nothing_of_somebody_not_signed_in(world):
    from django.contrib.auth.models import AnonymousUser

    found = web.council_context(request(user=world.auditor))
    assert {name for name, may in found["rights"].items() if may} == {
        "view",
        "view_money",
        "evidence",
        "see_mail",
        "admin",
    }
    assert (found["my_roles"], found["search_text"]) == (["Auditor"], "")
    assert web.council_context(request(user=AnonymousUser()))["rights"] == {}
    assert web.council_context(request())["rights"] == {}
    long = web.council_context(request(path="/search/", user=world.auditor, data={"q": "a" * 101}))
    assert long["search_text"] == "a" * 100


def test_a_row_is_shown_where_it_may_be_seen_and_else_the_first_page_is(world):
    vacancy = world.request()
    assert web.address_for(world.officer, vacancy) == vacancy.get_absolute_url()
    assert web.address_for(world.lead, vacancy) == vacancy.get_absolute_url()
    assert web.address_for(world.other_lead, vacancy) == "/"
    assert web.address_for(world.system, vacancy) == "/"


# -- a form with one action -------------------------------------------------------------------------------------------------------------------


class NameForm(GovukForm):
    name = forms.CharField(label="Name", error_messages={"required": "Enter the name"})
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class View(web.ActionFormView):
    form_class, title, right = NameForm, "Name it", "source"
    already_done = frozenset({"done_before"})
    acted: list[str] = []
    asks = False

    def prepare(self):
        if "gone" in self.request.GET:
            refuse("gone", "It is gone.")

    def effect(self, data):
        return {"rows": [("Name", data["name"])]} if self.asks else None

    def act(self, data):
        if data["name"] == "bad":
            refuse("bad", "Not that name.", "name")
        if data["name"] == "strange":
            refuse("strange", "Not now.")
        if data["name"] == "old":
            refuse("changed_meanwhile", "Somebody has changed it.")
        if data["name"] == "again":
            refuse("done_before", "That was done before.")
        self.acted.append(data["name"])
        return data["name"]

    def done(self, result):
        return f"{result} is named." if result != "quiet" else ""

    def back(self):
        return "/back/"

    def next(self, result):
        return f"/made/{result}/"

    def current_version(self):
        return 9


@pytest.fixture
def send(world):
    View.acted = []

    def run(data=None, who="officer", path="/page/", method="post", **options):
        made = request(method, path, world.people[who], data)
        response = View.as_view(**options)(made)
        if hasattr(response, "render"):
            response.render()
        return response, said(made), list(View.acted)

    return run


def test_an_action_leads_on_and_says_what_was_done(send):
    response, messages, acted = send({"name": "Ann"})
    assert (response.status_code, response.headers["Location"]) == (302, "/made/Ann/")
    assert (messages, acted) == ([("success", "Ann is named.")], ["Ann"])


def test_an_action_without_words_says_nothing(send):
    assert send({"name": "quiet"})[1] == []


def test_a_person_without_the_right_is_refused_before_anything_happens(send):
    for method in ("get", "post"):
        with pytest.raises(PermissionDenied):
            send({"name": "Ann"}, who="auditor", method=method)
    assert View.acted == []
    response, _, _ = send({"name": "Ann"}, who="auditor", right="")
    assert response.status_code == 302


def test_what_cannot_be_prepared_leads_back_with_the_sentence(send):
    response, messages, acted = send({"name": "Ann"}, path="/page/?gone=1")
    assert (response.headers["Location"], messages, acted) == ("/back/", [("error", "It is gone.")], [])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [({"name": ""}, "Enter the name"), ({"name": "bad"}, "Not that name."), ({"name": "strange"}, "Not now.")],
)
def test_what_is_wrong_comes_back_on_the_page_with_what_was_typed(send, data, sentence):
    response, messages, acted = send(data)
    page = response.content.decode()
    assert (response.status_code, messages, acted) == (200, [], [])
    assert sentence in page
    assert f'value="{data["name"]}"' in page or not data["name"]


def test_what_was_done_before_leads_back_without_alarm(send):
    response, messages, acted = send({"name": "again"})
    assert (response.headers["Location"], messages, acted) == ("/back/", [("info", "That was done before.")], [])


def test_an_old_sight_of_a_row_is_renewed_so_that_it_may_be_sent_again(send):
    response, _, _ = send({"name": "old", "version": "3"})
    page = response.content.decode()
    assert "Somebody has changed it." in page
    assert 'name="version" value="9"' in page


def test_a_form_with_an_effect_asks_once_more_and_acts_once_confirmed(send):
    response, _, acted = send({"name": "Ann", "csrfmiddlewaretoken": "t", "submit": "Continue"}, asks=True)
    page = response.content.decode()
    assert (response.status_code, acted) == (200, [])
    assert 'name="name" value="Ann"' in page
    assert 'value="Continue"' not in page
    response, _, acted = send({"name": "Ann", "confirmed": "1"}, asks=True)
    assert (response.status_code, acted) == (302, ["Ann"])


def test_change_leads_back_to_the_form_and_does_nothing(send):
    response, _, acted = send({"name": "Ann", "confirmed": "1", "change": "1"}, asks=True)
    assert (response.status_code, acted) == (200, [])
    assert 'value="Ann"' in response.content.decode()


def test_a_form_that_makes_something_makes_it_once_however_often_it_is_sent(send):
    token = str(uuid.uuid4())
    first, messages, acted = send({"name": "Ann", "once": token}, once=True)
    assert (first.headers["Location"], messages, acted) == ("/made/Ann/", [("success", "Ann is named.")], ["Ann"])
    second, messages, acted = send({"name": "Ann", "once": token}, once=True)
    assert (second.headers["Location"], messages, acted) == ("/made/Ann/", [], ["Ann"])
    third, _, acted = send({"name": "Ben", "once": str(uuid.uuid4())}, once=True)
    assert (third.headers["Location"], acted) == ("/made/Ben/", ["Ann", "Ben"])
    assert SentForm.objects.count() == 2


def test_a_form_that_was_refused_may_be_sent_again_with_the_same_token(send):
    token = str(uuid.uuid4())
    send({"name": "bad", "once": token}, once=True)
    assert not SentForm.objects.exists()
    assert send({"name": "Ann", "once": token}, once=True)[2] == ["Ann"]


def test_a_form_that_makes_something_carries_a_token_of_its_own(send):
    pages = [send(method="get", once=True)[0].content.decode() for _ in range(2)]
    assert all('type="hidden" name="once"' in page for page in pages)
    assert pages[0] != pages[1]
    assert 'name="once"' not in send(method="get")[0].content.decode()


def test_without_a_token_a_form_that_makes_something_still_does(send):
    assert send({"name": "Ann"}, once=True)[2] == ["Ann"]


def test_a_page_that_does_not_say_what_it_does_is_an_error():
    with pytest.raises(NotImplementedError, match="ActionFormView does not say what it does"):
        web.ActionFormView().act({})
