"""What production refuses to start with, what every answer carries, and the probes."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from config.logs import JsonFormatter
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

    def test_nobody_signs_up(self, db):
        answer = Client().post(
            "/accounts/signup/", {"email": "new@test.example", "password1": PASSWORD, "password2": PASSWORD}
        )
        assert "People are invited" in answer.content.decode()

    def test_a_new_password_comes_by_mail(self, world):
        Client().post("/accounts/password/reset/", {"email": "officer@test.example"})
        assert [message.to for message in mail.outbox] == [["officer@test.example"]]

    def test_somebody_unknown_is_told_nothing(self, world):
        known = Client().post("/accounts/password/reset/", {"email": "officer@test.example"})
        unknown = Client().post("/accounts/password/reset/", {"email": "stranger@test.example"})
        assert known.headers["Location"] == unknown.headers["Location"]

    def test_an_invited_person_chooses_a_first_password(self, db):
        call_command("first_administrator", "new@test.example", "New Person", stdout=io.StringIO())
        Client().post("/accounts/password/reset/", {"email": "new@test.example"})
        (message,) = mail.outbox
        link = next(word for word in message.body.split() if "/accounts/password/reset/key/" in word)
        client = Client()
        page = client.get(link.split("testserver")[-1], follow=True)
        form = {"password1": "a-new-pass-phrase", "password2": "a-new-pass-phrase"}
        assert client.post(page.redirect_chain[-1][0], form).status_code == 302
        answer = client.post("/accounts/login/", {"login": "new@test.example", "password": "a-new-pass-phrase"})
        assert answer.status_code == 302


def test_no_log_line_holds_a_suppliers_link():
    import logging

    from config.logs import JsonFormatter

    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Not Found: %s", ("/supplier/abc.def/",), None)
    line = JsonFormatter().format(record)
    assert "abc" not in line and "/supplier/…/" in line
