"""E-mail to people: at once and once a day, why it came, switched off by each, and nothing lost when the mail server is away."""

import socket
import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connections

from council import notices, outbox
from council.models import Deputy, Digest, Message
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from recruitment.exemptions import deciding
from reporting.digest import send_digests, text_of
from reporting.today import Item, Section
from tests.factories import build_world
from tests.factories.small_council import AFTER_WINDOW

THURSDAY = datetime(2024, 1, 11, 7, tzinfo=LONDON)
DECIDED = AFTER_WINDOW + timedelta(hours=1)


class Kept:
    """What a mail server took in."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def mail_server(settings):
    """A real SMTP server on loopback, not started yet."""
    kept = Kept()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    controller = Controller(kept, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.kept = kept
    yield controller
    if controller.server is not None:
        controller.stop()


def notice_to(user) -> list[Message]:
    return list(Message.objects.filter(kind="to_person", to=user.email).order_by("pk"))


def send_all() -> None:
    while outbox.send_next():
        pass


class TestAtOnce:
    @pytest.mark.parametrize("decision", ["approved", "returned", "turned_down"])
    def test_who_asked_hears_what_was_decided(self, world, decision):
        exemption = world.commented(world.exemption())
        before = len(notice_to(world.officer))
        deciding.decide(
            by=world.director, at=DECIDED, exemption=exemption, decision=decision, reason="Because of the dates."
        )
        *_, last = notice_to(world.officer)
        assert len(notice_to(world.officer)) == before + 1
        assert "Because of the dates." not in last.body
        assert f"http://127.0.0.1:8000{exemption.get_absolute_url()}" in last.body
        assert "You get this because you asked for this exemption." in last.body

    def test_a_breach_goes_to_who_decides_it_and_their_deputy_but_not_to_who_found_it(self, world):
        Deputy.objects.create(
            approval="breach",
            for_user=world.director,
            user=world.auditor,
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 1, 31),
        )
        breach = world.breach()
        told = {m.to for m in Message.objects.filter(title__startswith=breach.reference)}
        assert told == {world.director.email, world.auditor.email}
        assert breach.placement.worker.name not in Message.objects.filter(title__startswith=breach.reference)[0].body
        breaches_actions.authorise(by=world.director, at=DECIDED, breach=breach, reason="Needed")
        assert notice_to(world.officer)[-1].title == f"{breach.reference}: authorised after the start"

    def test_nobody_is_told_what_they_do_not_want_or_did_themselves(self, world):
        world.officer.wants_decisions = False
        world.officer.save()
        exemption = world.commented(world.exemption())
        deciding.decide(by=world.director, at=DECIDED, exemption=exemption, decision="returned", reason="x")
        assert notice_to(world.officer) == []
        world.breach(by=world.director)
        assert not [m for m in notice_to(world.director) if m.title.startswith("BR-")]

    def test_what_is_rolled_back_sends_nothing(self, world):
        exemption = world.exemption()
        before = Message.objects.count()
        with pytest.raises(Exception, match="comment"):
            deciding.decide(by=world.director, at=DECIDED, exemption=exemption, decision="approved", reason="x")
        assert Message.objects.count() == before

    def test_somebody_who_has_left_is_not_written_to(self, world):
        exemption = world.commented(world.exemption())
        deciding.decide(by=world.director, at=DECIDED, exemption=exemption, decision="returned", reason="x")
        world.officer.is_active = False
        world.officer.save()
        send_all()
        assert notice_to(world.officer)[-1].cancelled_at


class TestOnceADay:
    def test_it_says_what_waits_why_and_where_without_names_of_workers(self, world):
        exemption = world.commented(world.exemption())
        breach = world.breach()
        send_digests(THURSDAY, THURSDAY.date())
        body = Digest.objects.get(user=world.director, message__isnull=False).message.body
        assert (
            f"{exemption.reference}, since yesterday: http://127.0.0.1:8000/exemptions/{exemption.pk}/decide/" in body
        )
        assert f"{breach.reference}, since yesterday: http://127.0.0.1:8000/breaches/{breach.pk}/approve/" in body
        assert "these things wait for you as assistant director" in body
        assert breach.placement.worker.name not in body

    def test_a_deputy_gets_it_with_the_reason(self, world):
        world.commented(world.exemption())
        Deputy.objects.create(
            approval="exemption",
            for_user=world.director,
            user=world.auditor,
            starts_on=date(2024, 1, 11),
            ends_on=date(2024, 1, 11),
        )
        send_digests(THURSDAY, THURSDAY.date())
        body = Digest.objects.get(user=world.auditor, message__isnull=False).message.body
        assert "as auditor and deputy of The director" in body

    def test_nothing_waits_nothing_is_sent(self, world):
        send_digests(THURSDAY, THURSDAY.date())
        assert not Message.objects.filter(title__endswith="wait for you").exists()

    def test_not_for_who_does_not_want_it_and_not_at_the_weekend(self, world):
        world.commented(world.exemption())
        assert send_digests(THURSDAY, date(2024, 1, 13)) == 0
        world.director.wants_digest = False
        world.director.save()
        send_digests(THURSDAY, THURSDAY.date())
        assert not Digest.objects.filter(user=world.director).exists()

    def test_again_on_the_same_day_sends_nothing_more(self, world):
        world.commented(world.exemption())
        assert send_digests(THURSDAY, THURSDAY.date()) > 0
        assert send_digests(THURSDAY, THURSDAY.date()) == 0
        assert send_digests(THURSDAY, date(2024, 1, 12)) > 0

    def test_a_long_list_says_how_many_more(self):
        items = [Item(f"EX-{n}: x", "x", "today", "/x/") for n in range(2)]
        assert text_of([Section("Exemptions to decide", 5, items, "/exemptions/")]).endswith(
            "and 3 more: http://127.0.0.1:8000/exemptions/"
        )


@pytest.mark.django_db(transaction=True)
def test_run_twice_at_once_each_gets_one():
    world = build_world()
    world.commented(world.exemption())
    barrier, put = threading.Barrier(4), []

    def run():
        try:
            barrier.wait()
            put.append(send_digests(THURSDAY, THURSDAY.date()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(put) == 4
    sent = Message.objects.filter(title__endswith="for you")
    assert sum(put) == sent.count() == len(set(sent.values_list("to", flat=True))) > 0


def test_the_mail_server_away_then_back_loses_nothing(world, mail_server, client_of):
    with time_machine.travel(THURSDAY, tick=True) as clock:
        world.commented(world.exemption())
        world.breach()
        call_command("send_reminders")
        wanted = Message.objects.waiting().count()
        assert wanted > 3
        send_all()  # nobody listens
        assert Message.objects.waiting().count() == wanted
        page = client_of("auditor").get("/mail/?state=failed").content.decode()
        assert "ConnectionRefusedError" in page
        assert f"{wanted} could not be sent yet." in page
        clock.shift(timedelta(hours=2))
        mail_server.start()
        send_all()
        assert not Message.objects.waiting().exists()
        assert len(mail_server.kept.taken) == wanted
        send_all()
        assert len(mail_server.kept.taken) == wanted
        assert any("wait for you" in content for _, content in mail_server.kept.taken)


class TestPreferences:
    def test_each_person_chooses_for_themselves(self, world, client_of):
        client = client_of("lead")
        assert "Once a day" in client.get("/preferences/").content.decode()
        assert client.post("/preferences/", {"wants_digest": "on"}).status_code == 302
        world.lead.refresh_from_db()
        assert (world.lead.wants_digest, world.lead.wants_decisions, world.lead.wants_breaches) == (True, False, False)

    def test_a_role_that_ended_is_told_nothing(self, world):
        world.director.role_grants.update(ends_on=date(2024, 1, 1))
        assert notices.who_may("authorise_breach", date(2024, 1, 2)) == []
