"""A supplier answers for itself: the brief, its link, what it says, and everything that must not open."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from council import outbox
from council.errors import NotAllowed, RuleViolation
from council.history import changes_of
from council.models import Message
from recruitment.models import Statement, Submission, SupplierLink
from recruitment.orders import answering, links, mailing, taking_back
from recruitment.orders import by_the_supplier as supplier
from tests.conftest import refused_as
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY

SOON = MONDAY + timedelta(minutes=30)
SAYS = {
    "reason": "no_candidates",
    "own_supply": "tried",
    "brokered_supply": "tried",
    "words": "Nobody for these dates.",
    "said_by": "Perry Placeholder",
}


@pytest.fixture(autouse=True)
def mail_to_suppliers_only(world):
    world.nobody_wants_mail()


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def asked(world):
    """An order whose brief waits in the outbox."""
    address_in_force(world.pertemps, "orders@pertemps.example")
    return world.send(world.sourced(reason="The sister of Kim Secret is ill"))


@pytest.fixture
def token(asked):
    return _sent_token()


def _sent_token() -> str:
    with time_machine.travel(SOON, tick=False):
        while outbox.send_next():
            pass
    return re.search(r"/supplier/([^/]+)/", mail.outbox[-1].body).group(1)


def _get(token: str, at=SOON, client: Client | None = None):
    with time_machine.travel(at, tick=False):
        return (client or Client()).get(f"/supplier/{token}/")


def _say(token: str, at=SOON, **fields):
    with time_machine.travel(at, tick=False):
        return Client().post(f"/supplier/{token}/", SAYS | fields)


# -- the brief --------------------------------------------------------------------------------------------------------------


def test_the_brief_goes_to_the_ordering_address_and_names_nobody(asked, token):
    (sent,) = mail.outbox
    assert sent.to == ["orders@pertemps.example"]
    for text in (asked.reference, "Social worker", "37 a week", "£42.00", "22 January 2024", "Wednesday 10 January"):
        assert text in sent.subject + sent.body
    assert "Kim" not in sent.body and "The lead" not in sent.body
    message = Message.objects.get()
    assert message.sent_at == SOON and Message.SECRET in message.body


def test_no_address_no_message_and_an_order_entered_afterwards_was_sent_otherwise(world):
    world.send(world.sourced())
    address_in_force(world.pertemps, "orders@pertemps.example")
    earlier = MONDAY + timedelta(minutes=1)
    world.send(world.sourced(), at=SOON, happened_at=earlier)
    assert not Message.objects.exists()


def test_what_cannot_be_sent_is_tried_again_and_never_lost(asked, monkeypatch):
    def broken(self, fail_silently=False):
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    with time_machine.travel(SOON, tick=False):
        assert outbox.send_next() and not outbox.send_next()
    message = Message.objects.get()
    assert (message.tries, message.sent_at) == (1, None) and "nobody listens" in message.error
    monkeypatch.undo()
    with time_machine.travel(SOON + timedelta(minutes=3), tick=False):
        assert outbox.send_next()
    message.refresh_from_db()
    assert message.sent_at and message.error == "" and len(mail.outbox) == 1
    assert SupplierLink.objects.filter(revoked_at__isnull=True).count() == 1


def test_what_is_broken_holds_nothing_else_up(asked, monkeypatch):
    """A message that cannot even be prepared waits like any other, and does not keep the worker busy."""

    def broken(subject):
        raise LookupError("no such row")

    monkeypatch.setitem(outbox.KINDS, "brief", outbox.MessageKind(lock=broken, secret=outbox.KINDS["brief"].secret))
    with time_machine.travel(SOON, tick=False):
        assert outbox.send_next() and not outbox.send_next()
    assert "no such row" in Message.objects.get().error


def test_an_order_that_was_never_kept_sends_nothing(world):
    address_in_force(world.pertemps, "orders@pertemps.example")
    vacancy = world.sourced()
    with pytest.raises(RuleViolation):
        world.send(vacancy, max_rate=D("99.00"))
    assert not Message.objects.exists()


@pytest.mark.parametrize("how", ["answered", "taken back", "entered in error", "stopped"])
def test_a_brief_nobody_wants_any_more_does_not_go(world, asked, how):
    if how == "answered":
        world.secure(asked, at=SOON)
    elif how == "taken back":
        taking_back.withdraw(by=world.officer, at=SOON, release=asked, reason="x")
    elif how == "entered in error":
        taking_back.void(by=world.director, at=SOON, release=asked, reason="x")
    else:
        mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    links_before = list(SupplierLink.objects.values_list("pk", "revoked_at"))
    with time_machine.travel(SOON, tick=False):
        while outbox.send_next():
            pass
    instead = {"answered": "the answer we recorded", "taken back": "we take our order back"}
    assert [one.subject for one in mail.outbox] == [
        f"{asked.reference}: {instead[one]}" for one in instead if one == how
    ]
    assert Message.objects.get(kind="brief").cancelled_at
    assert list(SupplierLink.objects.filter(purpose="order").values_list("pk", "revoked_at")) == links_before


def test_a_link_to_pass_on_leaves_the_mailed_one_alive(world, asked):
    """The one that nobody here sees works beside it; only of each sort there is one."""
    handed = [mailing.make_link(by=world.officer, at=SOON, release=asked) for _ in range(2)]
    mailed = _sent_token()
    tokens = [re.search(r"/supplier/([^/]+)/", text).group(1) for text in handed]
    with time_machine.travel(SOON, tick=False):
        assert [_get(token).status_code for token in [*tokens, mailed]] == [404, 200, 200]
    rows = asked.links.filter(revoked_at__isnull=True).order_by("pk")
    assert [(one.unseen, one.made_by) for one in rows] == [(False, world.officer), (True, world.officer)]


def test_an_answer_in_the_moment_of_sending_wins(asked, world):
    """The outbox asks again, under the order's lock, whether the brief is still wanted."""
    world.secure(asked, at=SOON)
    Message.objects.filter(kind="answer").update(cancelled_at=SOON)
    Message.objects.filter(kind="brief").update(cancelled_at=None)
    with time_machine.travel(SOON, tick=False):
        assert outbox.send_next() and not outbox.send_next()
    assert mail.outbox == [] and Message.objects.get(kind="brief").cancelled_at


def test_the_brief_sent_again_is_the_only_one_that_goes(world, asked):
    address_in_force(world.pertemps, "right@pertemps.example")
    mailing.send_brief_again(by=world.officer, at=SOON, release=asked)
    _sent_token()
    assert [message.to for message in mail.outbox] == [["right@pertemps.example"]]


def test_the_first_supplier_who_can_supply_after_all_is_not_asked_again(world, asked):
    world.fail(asked)
    later = world.send(asked.vacancy, world.framework, at=AFTER_WINDOW)
    at = AFTER_WINDOW + timedelta(hours=1)
    answering.first_supplier_can_supply(by=world.officer, at=at, release=later, supply_mode="direct", note="x")
    with time_machine.travel(at, tick=False):
        while outbox.send_next():
            pass
    assert {one.subject.split(": ")[1] for one in mail.outbox} == {"the answer we recorded"}


@pytest.mark.django_db(transaction=True)
def test_no_lock_waits_for_the_mail_server(transactional_db, asked, world, monkeypatch):
    """While the mail is on its way the link is kept already, and the officer may make another."""
    made = []

    def slow(self, fail_silently=False):
        assert not connection.in_atomic_block and SupplierLink.objects.count() == 1
        made.append(mailing.make_link(by=world.officer, at=SOON, release=asked))

    monkeypatch.setattr("django.core.mail.EmailMessage.send", slow)
    with time_machine.travel(SOON, tick=False):
        assert outbox.send_next()
    assert made and Message.objects.get().error == ""
    assert _get(re.search(r"/supplier/([^/]+)/", made[0]).group(1)).status_code == 200


# -- declining --------------------------------------------------------------------------------------------------------------


def test_the_supplier_declines_in_its_own_words_and_the_officer_records_it_before_the_time_has_ended(
    world, asked, token, client_of
):
    page = _get(token)
    assert page.status_code == 200 and b"Northgate House" in page.content and b"Secret" not in page.content
    assert _say(token).status_code == 302
    statement = Statement.objects.get()
    assert statement.sent["words"] == "Nobody for these dates." and statement.received_at == SOON
    asked.refresh_from_db()
    assert asked.outcome == "open"  # the officer still records the answer
    assert b"You have told us" in _get(token).content
    with time_machine.travel(SOON, tick=False):
        today = client_of("officer").get("/").content.decode()
        assert "Pertemps said by its link that it cannot supply" in today
        assert asked.reference in client_of("officer").get("/releases/?answer=due").content.decode()
        form = client_of("officer").get(f"/releases/{asked.pk}/answer/").content.decode()
        assert "Nobody for these dates." in form and 'name="declined_text"' not in form
        asked.refresh_from_db()
        data = {"outcome": "not_secured", "version": asked.version}
        data |= {name: SAYS[name] for name in ("reason", "own_supply", "brokered_supply")}
        assert client_of("officer").post(f"/releases/{asked.pk}/answer/", data).status_code == 302
    asked.refresh_from_db()
    assert (asked.outcome, asked.statement, asked.declined_sender) == ("not_secured", statement, "Perry Placeholder")
    later = world.send(asked.vacancy, world.framework, at=SOON + timedelta(hours=1))
    assert later.rests_on == asked


def test_the_history_names_the_supplier_and_never_the_link(asked, token):
    _say(token)
    assert {change.who for change in changes_of(Statement.objects.get())} == {"Pertemps, by its link"}
    assert {change.who for change in changes_of(SupplierLink.objects.get())} == {"The officer"}  # who sent the order


@pytest.mark.parametrize(
    "fields",
    [
        {"said_by": ""},
        {"words": " "},
        {"reason": ""},
        {"reason": "no_answer"},
        {"own_supply": ""},
        {"brokered_supply": "x"},
        {"reason": "rate_too_high"},
        {"reason": "rate_too_high", "rate_asked": "42"},
        {"words": "x" * 6000},
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(asked, token, fields):
    response = _say(token, **fields)
    assert response.status_code == 200 and b"There is a problem" in response.content
    assert not Statement.objects.exists()


def test_it_is_said_once(asked, token):
    _say(token)
    assert b"have told us already" in _say(token, words="Again").content
    assert Statement.objects.count() == 1


def test_an_officer_with_the_form_open_sees_what_the_supplier_said_before_it_is_recorded(asked, token, client_of):
    old = asked.version
    _say(token)
    data = {"outcome": "not_secured", "reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
    with time_machine.travel(SOON, tick=False):
        page = client_of("officer").post(f"/releases/{asked.pk}/answer/", data | {"version": old}).content.decode()
    asked.refresh_from_db()
    assert asked.outcome == "open" and "While you had" in page and "Nobody for these dates." in page


def test_the_answer_is_dated_when_the_supplier_gave_it_and_gives_its_reason(world, asked, token):
    _say(token)
    statement = Statement.objects.get()
    for reason, why in (("no_answer", "said itself"), ("unsuitable", "none is recorded")):
        with pytest.raises(RuleViolation, match=why):
            world.fail(asked, at=SOON, statement=statement, reason=reason)
    later = SOON + timedelta(hours=3)
    with pytest.raises(RuleViolation, match="Leave the time empty"):
        world.fail(asked, at=later, statement=statement, happened_at=later)
    assert world.fail(asked, at=later, statement=statement).answered_at == SOON


def test_a_link_stopped_while_the_form_was_read_takes_nothing(world, asked, token):
    link = links.find(token)
    mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    with pytest.raises(RuleViolation, match="stopped working"):
        supplier.say_cannot_supply(by=link, at=SOON, **SAYS)


def test_links_that_have_ended_are_no_guesses(world, asked, token):
    mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    client = Client()
    assert {_get(token, client=client).status_code for _ in range(20)} == {404}


def test_words_about_another_order_prove_nothing(world, asked, token):
    _say(token)
    other = world.send(world.sourced())
    with pytest.raises(RuleViolation, match="another order"):
        world.fail(other, at=SOON, statement=Statement.objects.get())


# -- the link opens nothing else --------------------------------------------------------------------------------------------


def test_only_a_hash_is_stored(asked, token):
    _say(token)
    secret = token.split(".")[0]
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{secret}%"])
            assert cursor.fetchone()[0] == 0, table


def _dead(response) -> bool:
    text = response.content.decode()
    said = "This link does not work" in text and "Pertemps" not in text and "Northgate" not in text
    return response.status_code == 404 and said


def test_guessed_and_changed_links_open_nothing(asked, token):
    secret, signature = token.split(".")
    for wrong in ("x", secret, f"{secret}.x", f"{'A' * len(secret)}.{signature}", links.SIGNER.sign("A" * 43)):
        assert _dead(_get(wrong)), wrong
    assert _get(token).status_code == 200


@pytest.mark.parametrize("how", ["expired", "stopped", "sent again", "answered", "entered in error", "taken back"])
def test_a_link_that_is_over_opens_nothing_and_takes_nothing(world, asked, token, how):
    at = SOON
    if how == "expired":
        at = SOON + timedelta(days=14)
        assert _get(token, at - timedelta(seconds=1)).status_code == 200
    elif how == "stopped":
        mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    elif how == "sent again":
        mailing.send_brief_again(by=world.officer, at=SOON, release=asked)
        assert _get(_sent_token()).status_code == 200
    elif how == "answered":
        world.secure(asked, at=SOON)
    elif how == "taken back":
        taking_back.withdraw(by=world.officer, at=SOON, release=asked, reason="x")
    else:
        taking_back.void(by=world.director, at=SOON, release=asked, reason="x")
    assert _dead(_get(token, at)) and _dead(_say(token, at))
    assert not Statement.objects.exists()


def test_the_link_of_one_order_is_no_use_for_another(world, asked, token):
    other = world.send(world.sourced())
    assert str(other.reference).encode() not in _get(token).content
    for address in ("/", f"/releases/{asked.pk}/", f"/releases/{other.pk}/", f"/requests/{asked.vacancy_id}/"):
        with time_machine.travel(SOON, tick=False):
            client = Client()
            client.get(f"/supplier/{token}/")
            assert client.get(address).status_code == 302


def test_a_thousand_tries_a_minute_open_nothing(asked, token):
    client = Client()
    with time_machine.travel(SOON, tick=False):
        answers = [client.get(f"/supplier/{links.SIGNER.sign(f'guess{n}')}/").status_code for n in range(1000)]
    assert answers.count(404) == 10 and answers.count(429) == 990
    assert _get(token, client=client).status_code == 429  # whoever guesses waits, also with the right one
    cache.clear()
    assert _get(token, client=client).status_code == 200


def test_the_page_is_kept_by_no_cache_and_told_to_no_other_site(asked, token):
    for response in (_get(token), _get("x")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "strict-origin"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_only_an_officer_makes_or_stops_a_link(world, asked):
    for person in ("lead", "director", "finance", "auditor", "administrator"):
        for action in (mailing.make_link, mailing.revoke_link, mailing.send_brief_again):
            with pytest.raises(NotAllowed):
                action(by=world.people[person], at=SOON, release=asked)


def test_others_read_what_was_sent_and_press_nothing(asked, token, client_of):
    for person in ("director", "auditor", "lead"):
        client, address = client_of(person), f"/releases/{asked.pk}/link/"
        page = client.get(address).content.decode()
        assert "orders@pertemps.example" in page and "Stop the link" not in page
        assert client.post(address, {"stop": "yes"}).status_code == 403


def test_a_link_made_by_hand_is_shown_once(world, asked, client_of):
    with time_machine.travel(SOON, tick=False):
        officer, address = client_of("officer"), f"/releases/{asked.pk}/link/"
        shown = officer.post(address, {"make": "yes"})
        token = re.search(r"/supplier/([^/<]+)/", shown.content.decode()).group(1)
        assert shown.headers["Cache-Control"] == "no-store"
        assert token not in officer.get(address).content.decode()
    assert _get(token).status_code == 200
    with time_machine.travel(SOON, tick=False):
        officer.post(address, {"stop": "yes"})
        assert "nothing to stop" in officer.post(address, {"stop": "yes"}).content.decode()
    assert _dead(_get(token))


def test_nothing_is_sent_or_made_for_an_order_entered_in_error(world, asked, client_of):
    taking_back.void(by=world.director, at=SOON, release=asked, reason="x")
    with time_machine.travel(SOON, tick=False):
        for button in ("again", "make"):
            page = client_of("officer").post(f"/releases/{asked.pk}/link/", {button: "yes"})
            assert "entered in error" in page.content.decode()


def test_without_an_ordering_address_it_says_what_to_do(world, client_of):
    release = world.send(world.sourced())
    with time_machine.travel(SOON, tick=False):
        page = client_of("officer").post(f"/releases/{release.pk}/link/", {"again": "yes"})
    assert "no ordering address" in page.content.decode()


# -- candidates by the link --------------------------------------------------------------------------------------------------

OFFERS = {
    "candidate": "P-77",
    "supply_mode": "direct",
    "pay_rate": "33",
    "charge_rate": "41.50",
    "available_from_day": "22",
    "available_from_month": "1",
    "available_from_year": "2024",
    "said_by": "Perry Placeholder",
}


def _offer(token: str, at=SOON, **fields):
    with time_machine.travel(at, tick=False):
        return Client().post(f"/supplier/{token}/candidate/", OFFERS | fields)


def test_a_supplier_puts_a_candidate_forward_in_its_own_words(asked, token, client_of):
    assert _offer(token).status_code == 302
    submission = Submission.objects.get()
    assert (submission.release, submission.recorded_by, submission.said_by) == (asked, None, "Perry Placeholder")
    assert submission.sent["candidate"] == "P-77" and submission.sent["charge_rate"] == "41.50"
    assert submission.charge_rate == D("41.50")
    assert "P-77" in _get(token).content.decode()
    with time_machine.travel(SOON, tick=False):
        page = client_of("officer").get(submission.get_absolute_url()).content.decode()
        assert "by the supplier’s own link, from Perry Placeholder" in page
        assert "Candidates who wait for us" in client_of("officer").get("/").content.decode()
    who = {change.who for change in changes_of(submission)}
    assert who == {"Pertemps, by its link"}


def test_the_other_agency_is_found_by_its_name_or_kept_as_named(world, asked, token):
    _offer(token, supply_mode="brokered", brokered_from=world.brokered.name.upper())
    _offer(token, candidate="P-78", supply_mode="brokered", brokered_from="Somebody Else Ltd")
    first, second = Submission.objects.order_by("pk")
    assert (first.supplying_agency, first.brokered_from) == (world.brokered, "")
    assert (second.supplying_agency, second.whose) == (None, "Somebody Else Ltd")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"said_by": ""}, "Enter your name"),
        ({"candidate": ""}, "Enter your reference"),
        ({"supply_mode": "brokered"}, "Enter the agency whose worker it is"),
        ({"pay_rate": "45"}, "charge rate is below the pay rate"),
        ({"registration_number": "12"}, "two letters and digits"),
    ],
)
def test_what_is_wrong_with_a_candidate_is_said_and_nothing_kept(asked, token, fields, sentence):
    assert sentence in _offer(token, **fields).content.decode()
    assert not Submission.objects.exists()


def test_a_candidate_sent_twice_is_one(asked, token):
    _offer(token)
    assert "put forward for this order already" in _offer(token).content.decode()
    assert Submission.objects.count() == 1


def test_a_supplier_is_not_the_other_agency(asked, token):
    page = _offer(token, supply_mode="brokered", brokered_from="pertemps").content.decode()
    assert "That is your own agency" in page


def test_no_more_candidates_than_one_can_read(asked, token):
    for number in range(20):
        _offer(token, candidate=f"P-{number}")
    assert "20 candidates are with us already" in _offer(token, candidate="P-20").content.decode()


def test_whoever_cannot_supply_puts_nobody_forward_by_the_link(asked, token):
    _say(token)
    assert "reply to the officer" in _offer(token).content.decode()


@pytest.mark.parametrize("how", ["expired", "stopped", "answered"])
def test_a_link_that_is_over_takes_no_candidate(world, asked, token, how):
    at = SOON + timedelta(days=14) if how == "expired" else SOON
    if how == "stopped":
        mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    if how == "answered":
        world.secure(asked, at=SOON)
    assert _dead(_offer(token, at))
    assert not Submission.objects.exists()


# -- the database -----------------------------------------------------------------------------------------------------------


def test_raw_sql_changes_no_words_and_no_link(world, asked, token):
    _say(token)
    assert refused_as("update recruitment_statement set words = 'x'") == "statement_stays"
    assert refused_as("delete from recruitment_statement") == "InsufficientPrivilege"
    assert refused_as("update council_message set body = 'x'") == "InsufficientPrivilege"
    assert refused_as("delete from council_message") == "InsufficientPrivilege"
    assert (
        refused_as("update recruitment_supplierlink set expires_at = now() + interval '9 years'") == "statement_stays"
    )
    mailing.revoke_link(by=world.officer, at=SOON, release=asked)
    assert refused_as("update recruitment_supplierlink set revoked_at = null") == "statement_stays"
    world.fail(asked, at=AFTER_WINDOW)
    key = Statement.objects.get().pk
    said = f"update recruitment_release set statement_id = {key} where id = {asked.pk}"
    assert refused_as(said) == "release_answer_is_final"
