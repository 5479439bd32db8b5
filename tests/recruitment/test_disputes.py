"""A supplier is sent the answer we recorded and may say that it is wrong: that stands beside it and changes nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from council import outbox
from council.errors import NotAllowed, RuleViolation
from council.models import Message
from recruitment.models import Statement
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import mailing, taking_back
from tests.conftest import refused_as
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW

LATER = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def mail_to_suppliers_only(world):
    world.nobody_wants_mail()


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def answered(world):
    """Not secured, recorded, and the supplier's mail sent."""
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.fail(world.send(world.sourced()), note="Kim Secret rang")
    send()
    return release


def send(at=AFTER_WINDOW):
    with time_machine.travel(at, tick=False):
        while outbox.send_next():
            pass


def address() -> str:
    return re.search(r"/supplier/\S+", mail.outbox[-1].body).group()


def get(path: str, at=LATER):
    with time_machine.travel(at, tick=False):
        return Client().get(path)


def dispute(path: str, at=LATER, **fields):
    with time_machine.travel(at, tick=False):
        return Client().post(path, {"words": "We had somebody from Monday.", "said_by": "Perry Placeholder"} | fields)


def test_the_supplier_is_sent_what_was_recorded_and_nobody_s_name(answered):
    body = mail.outbox[-1].body
    assert mail.outbox[-1].to == ["orders@pertemps.example"]
    for words in ("Answer: Not secured", "Why: No candidates", "Your own workers: Tried", "/dispute/"):
        assert words in body
    assert "Secret" not in body and "Caseloads" not in body
    page = get(address()).content.decode()
    assert "Not secured" in page and "No candidates" in page and "Secret" not in page


@pytest.mark.parametrize("how", ["secured", "did not come", "corrected"])
def test_every_answer_is_sent_also_a_corrected_one(world, how):
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.send(world.sourced())
    if how == "corrected":
        world.fail(release)
        world.corrected("release", release, outcome="secured", supply_mode="direct", reason="")
    else:
        world.secure(release)
    if how == "did not come":
        taking_back.worker_will_not_come(by=world.officer, at=LATER, release=release, reason="Kim Secret is ill")
    send(LATER + timedelta(days=4))
    words = "Fell through" if how == "did not come" else "Secured"
    assert f"Answer: {words}" in mail.outbox[-1].body and "Secret" not in mail.outbox[-1].body
    assert (
        len([one for one in mail.outbox if one.to == [world.pertemps.ordering_address]]) == 1
    )  # what waited to be sent before is not wanted any more


def test_an_order_taken_back_is_said_so_without_anything_to_dispute(world):
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.send(world.sourced())
    taking_back.withdraw(by=world.officer, at=AFTER_WINDOW, release=release, reason="Kim Secret is back")
    send()
    assert "takes its order" in mail.outbox[-1].body
    assert "Secret" not in mail.outbox[-1].body and "/supplier/" not in mail.outbox[-1].body
    with pytest.raises(RuleViolation, match="taken back"):
        mailing.make_link(by=world.officer, at=LATER, release=release)


def test_an_officer_s_note_of_a_dispute_is_not_mailed(world, answered):
    statement = supplier.record_dispute(
        by=world.officer, at=LATER, release=answered, words="Kim Secret was free, she said.", said_by="Perry"
    )
    supplier.reply_to_dispute(by=world.officer, at=LATER, statement=statement, reply="We look again.")
    send(LATER)
    assert "We look again." in mail.outbox[-1].body and "Secret" not in mail.outbox[-1].body


def test_the_answer_is_sent_again_where_the_address_came_later(world):
    release = world.fail(world.send(world.sourced()))
    address_in_force(world.pertemps, "orders@pertemps.example")
    mailing.send_brief_again(by=world.officer, at=AFTER_WINDOW, release=release)
    send()
    assert get(address()).status_code == 200
    by_hand = mailing.make_link(by=world.officer, at=LATER, release=release)
    assert get(re.search(r"/supplier/\S+", by_hand).group()).status_code == 200


def test_a_dispute_by_the_link_stands_beside_the_answer(world, answered, client_of):
    path = address()
    assert dispute(path).status_code == 302
    answered.refresh_from_db()
    assert answered.outcome == "not_secured"
    with time_machine.travel(LATER, tick=False):
        officer = client_of("officer")
        assert "Disputes to reply to" in officer.get("/").content.decode()
        page = " ".join(officer.get(answered.get_absolute_url()).content.decode().split())
        assert "We had somebody from Monday." in page and "by the supplier’s own link" in page
        assert answered.reference in officer.get("/releases/?answer=disputed").content.decode()
        assert "Disputed" in officer.get(answered.vacancy.get_absolute_url()).content.decode()
    assert "You have told us that this is wrong" in get(path).content.decode()
    assert "told us already" in dispute(path).content.decode()
    assert Statement.objects.count() == 1


def test_what_is_missing_is_said(answered):
    page = dispute(address(), words="", said_by="").content.decode()
    assert "Say what is wrong with the answer" in page and "Enter your name" in page
    assert not Statement.objects.exists()


def test_the_reply_is_given_once_and_sent(world, answered, client_of):
    dispute(address())
    statement = Statement.objects.get()
    with time_machine.travel(LATER, tick=False):
        client_of("officer").post(f"/disputes/{statement.pk}/reply/", {"reply": "We look at our note again."})
    send(LATER)
    assert "We look at our note again." in mail.outbox[-1].body and "{link}" not in mail.outbox[-1].body
    with pytest.raises(RuleViolation, match="has replied to this already"):
        supplier.reply_to_dispute(by=world.officer2, at=LATER, statement=statement, reply="x")
    with time_machine.travel(LATER, tick=False):
        assert "Disputes to reply to" not in client_of("officer").get("/").content.decode()


def test_an_officer_enters_what_is_said_by_telephone(world, answered):
    common = {"by": world.officer, "at": LATER, "release": answered, "said_by": "Perry Placeholder"}
    statement = supplier.record_dispute(**common, words="We had somebody.")
    assert (statement.recorded_by, statement.link) == (world.officer, None)
    with pytest.raises(RuleViolation, match="this came later"):
        early = AFTER_WINDOW - timedelta(hours=2)
        supplier.record_dispute(**common, words="x", happened_at=early)
    for person in ("lead", "finance", "auditor"):
        with pytest.raises(NotAllowed):
            supplier.record_dispute(**common | {"by": world.people[person]}, words="x")
        with pytest.raises(NotAllowed):
            supplier.reply_to_dispute(by=world.people[person], at=LATER, statement=statement, reply="x")


def test_an_open_order_has_nothing_to_dispute(world):
    with pytest.raises(RuleViolation, match="no recorded answer"):
        supplier.record_dispute(by=world.officer, at=LATER, release=world.send(world.sourced()), words="x", said_by="x")


def test_each_link_opens_its_own_page_only(world, answered):
    path = address()
    assert get(path).status_code == 200
    assert get(path.replace("dispute/", "")).status_code == 404
    assert get(path.replace("dispute/", "candidate/")).status_code == 404
    order = world.send(world.sourced())
    with time_machine.travel(LATER, tick=False):
        brief = re.search(r"/supplier/\S+", mailing.make_link(by=world.officer, at=LATER, release=order)).group()
    assert get(brief).status_code == 200
    assert get(f"{brief}dispute/").status_code == 404


@pytest.mark.parametrize("how", ["expired", "stopped", "entered in error", "corrected"])
def test_a_link_that_is_over_takes_no_dispute(world, answered, how):
    path, at = address(), LATER
    if how == "expired":
        at = AFTER_WINDOW + timedelta(days=14)
    elif how == "stopped":
        mailing.revoke_link(by=world.officer, at=LATER, release=answered)
    elif how == "entered in error":
        taking_back.void(by=world.director, at=LATER, release=answered, reason="x")
    else:
        world.corrected("release", answered, brokered_supply="not_tried")
        send(AFTER_WINDOW + timedelta(days=3))
        at = AFTER_WINDOW + timedelta(days=3, hours=1)
        assert get(address(), at).status_code == 200
    assert get(path, at).status_code == 404 and dispute(path, at).status_code == 404
    assert not Statement.objects.exists()


def test_an_answer_taken_away_before_it_went_is_not_sent(world):
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.fail(world.send(world.sourced()))
    taking_back.void(by=world.director, at=LATER, release=release, reason="x")
    send(LATER)
    assert mail.outbox == [] and not Message.objects.waiting().exists()


def test_raw_sql_changes_no_dispute_and_no_reply(world, answered):
    dispute(address())
    statement = Statement.objects.get()
    assert refused_as("update recruitment_statement set words = 'x'") == "statement_stays"
    assert refused_as("update recruitment_statement set kind = 'cannot_supply'") == "statement_stays"
    supplier.reply_to_dispute(by=world.officer, at=LATER, statement=statement, reply="x")
    assert refused_as("update recruitment_statement set reply = 'y'") == "statement_stays"
    assert refused_as("update recruitment_supplierlink set purpose = 'order'") == "statement_stays"
    with pytest.raises(RuleViolation, match="words about another order"):
        order = world.send(world.sourced())
        world.fail(order, statement=statement)


def test_a_dispute_is_not_a_supplier_s_confirmation(world, answered):
    statement = supplier.record_dispute(
        by=world.officer, at=LATER, release=answered, words="We had somebody.", said_by="Perry Placeholder"
    )
    again = world.send(answered.vacancy, at=LATER)
    with pytest.raises(RuleViolation, match="words about another order"):
        world.fail(again, at=LATER, statement=statement)
