"""What production refuses to start with, what every answer carries, and the probes."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from config.logs import JsonFormatter
from council import outbox, serve
from council.models import Message
from tests.factories.council import PASSWORD

PROJECT = Path(__file__).resolve().parent.parent.parent
SAFE = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "tracker.example",
    "DATABASE_URL": "postgres://site@db.example/tracker",
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
}


def start(**changes) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], **SAFE, **changes}
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)


def test_production_starts_with_safe_settings():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "too easily guessed"),
        ({"SECRET_KEY": "a" * 60}, "too easily guessed"),
        ({"SECRET_KEY": "django-insecure-" + "0123456789abcdef" * 4}, "is a default"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is open"),
        ({"ALLOWED_HOSTS": "a.example,*.example"}, "ALLOWED_HOSTS is open"),
        ({"DATABASE_URL": None}, "Set DATABASE_URL"),
    ],
)
def test_production_refuses_to_start(changes, sentence):
    done = start(**changes)
    assert done.returncode != 0
    assert sentence in done.stderr


@override_settings(DEMONSTRATION_ALLOWED=False)
@pytest.mark.parametrize("command", [["demo"], ["demo", "--reset"], ["serve"]])
def test_the_demonstration_and_the_local_server_are_not_for_production(db, command):
    with pytest.raises(CommandError, match="production"):
        call_command(*command)


def test_the_demonstration_refuses_other_data(world):
    with pytest.raises(CommandError, match="not the demonstration"):
        call_command("demo", "--reset")


def test_probes_need_neither_sign_in_nor_a_known_host(db):
    client = Client(headers={"host": "10.0.0.7"})
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_every_answer_carries_the_policy(db):
    policy = Client().get("/accounts/login/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_log_lines_are_json():
    record = logging.LogRecord("x", logging.ERROR, "", 1, "it %s", ("broke",), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "it broke"


class TestSigningIn:
    def test_with_an_address_in_any_case(self, world):
        answer = Client().post("/accounts/login/", {"login": "Officer@Test.Example", "password": PASSWORD})
        assert answer.status_code == 302

    def test_a_wrong_password_is_refused_in_words(self, world):
        answer = Client().post("/accounts/login/", {"login": "officer@test.example", "password": "wrong"})
        assert "The e-mail address or the password is not right." in answer.content.decode()

    def test_guessing_is_stopped_after_five(self, world):
        client = Client()
        for _ in range(5):
            client.post("/accounts/login/", {"login": "officer@test.example", "password": "wrong"})
        answer = client.post("/accounts/login/", {"login": "officer@test.example", "password": PASSWORD})
        assert answer.status_code in (200, 429)
        assert client.get("/requests/").status_code == 302

    def test_a_stranger_who_guesses_does_not_lock_the_person_out(self, world):
        stranger = Client(REMOTE_ADDR="198.51.100.7")
        for _ in range(6):
            stranger.post("/accounts/login/", {"login": "officer@test.example", "password": "wrong"})
        answer = Client().post("/accounts/login/", {"login": "officer@test.example", "password": PASSWORD})
        assert answer.status_code == 302

    def test_only_the_recorded_address_signs_in_and_gets_a_new_password(self, world):
        EmailAddress.objects.create(user=world.officer, email="thief@else.example", verified=True, primary=True)
        answer = Client().post("/accounts/login/", {"login": "thief@else.example", "password": PASSWORD})
        assert answer.status_code == 200
        Client().post("/accounts/password/reset/", {"email": "thief@else.example"})
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        "address",
        ["email/", "signup/", "confirm-email/", "confirm-email/x/", "password/set/", "inactive/", "reauthenticate/"],
    )
    def test_the_librarys_other_pages_are_closed(self, client_of, address):
        assert client_of("officer").post(f"/accounts/{address}", {"email": "x@else.example"}).status_code == 404

    def test_somebody_unknown_is_told_nothing_and_sent_nothing(self, world):
        known = Client().post("/accounts/password/reset/", {"email": "officer@test.example"})
        unknown = Client().post("/accounts/password/reset/", {"email": "stranger@test.example"})
        assert known.headers["Location"] == unknown.headers["Location"]
        assert [message.to for message in Message.objects.all()] == ["officer@test.example"]

    def test_a_mail_server_that_is_down_breaks_no_page_and_the_link_goes_later(self, world, settings):
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
        answer = Client().post("/accounts/password/reset/", {"email": "officer@test.example"})
        assert answer.status_code == 302
        outbox.send_next()
        assert "Connection" in Message.objects.get().error
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        Message.objects.update(next_try_at=timezone.now())
        outbox.send_next()
        assert "/accounts/password/reset/key/" in mail.outbox[0].body

    def test_a_link_never_goes_to_a_former_address(self, world):
        Client().post("/accounts/password/reset/", {"email": "officer@test.example"})
        type(world.officer).objects.filter(pk=world.officer.pk).update(email="moved@test.example")
        outbox.send_next()
        assert mail.outbox == []
        assert Message.objects.get().cancelled_at

    def test_addresses_of_one_household_are_one_guesser(self, world):
        for last in range(5):
            stranger = Client(REMOTE_ADDR=f"2001:db8:0:1::{last}")
            stranger.post("/accounts/login/", {"login": "officer@test.example", "password": "wrong"})
        right = {"login": "officer@test.example", "password": PASSWORD}
        assert Client(REMOTE_ADDR="2001:db8:0:1::ff").post("/accounts/login/", right).status_code != 302
        assert Client(REMOTE_ADDR="2001:db8:0:2::ff").post("/accounts/login/", right).status_code == 302

    def test_an_invited_person_chooses_a_first_password(self, db, settings):
        settings.SITE_ADDRESS = "https://tracker.test.example"
        call_command("first_administrator", "new@test.example", "New Person", stdout=io.StringIO())
        Client().post("/accounts/password/reset/", {"email": "new@test.example"}, headers={"host": "localhost"})
        outbox.send_next()
        (message,) = mail.outbox
        assert Message.SECRET in Message.objects.get().body, "the link itself is kept nowhere"
        link = next(word for word in message.body.split() if "/accounts/password/reset/key/" in word)
        assert link.startswith("https://tracker.test.example/"), "never the address the request came by"
        client = Client()
        page = client.get(link.removeprefix("https://tracker.test.example"), follow=True)
        form = {"password1": "a-new-pass-phrase", "password2": "a-new-pass-phrase"}
        assert client.post(page.redirect_chain[-1][0], form).status_code == 302
        assert Message.objects.latest("pk").title == "Your password was changed"
        answer = client.post("/accounts/login/", {"login": "new@test.example", "password": "a-new-pass-phrase"})
        assert answer.status_code == 302

    @pytest.mark.parametrize(
        "password", ["123456789012", "aaaaaaaaaaaa", "abcabcabcabcabc", "abcdefghijklm", "passwordpassword", "short"]
    )
    def test_a_password_that_is_easily_guessed_is_refused(self, password):
        with pytest.raises(ValidationError):
            validate_password(password)

    def test_a_sentence_is_a_password(self):
        validate_password("only-a-demonstration")


def test_the_local_server_tells_its_own_address_to_what_sends_mail(monkeypatch):
    started = []
    monkeypatch.setattr(serve.subprocess, "Popen", lambda command, **details: started.append(details["env"]))
    monkeypatch.delenv("SITE_ADDRESS", raising=False)
    serve._start("http://127.0.0.1:8101", "work")
    monkeypatch.setenv("SITE_ADDRESS", "https://tracker.test.example")
    serve._start("http://127.0.0.1:8101", "work")
    assert [one["SITE_ADDRESS"] for one in started] == ["http://127.0.0.1:8101", "https://tracker.test.example"]


def test_no_log_line_holds_a_suppliers_link():
    import logging

    from config.logs import JsonFormatter

    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Not Found: %s", ("/supplier/abc.def/",), None)
    line = JsonFormatter().format(record)
    assert "abc" not in line and "/supplier/…/" in line
