"""A supplier's signed e-mail that came with its answer: looked at by the mail worker, and then the supplier's own words."""

from functools import partial

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from council import clock
from council.attachments import path_of
from council.models import Message
from recruitment.contracts import addresses
from recruitment.models import OrderingAddress, OwnMail, Release, Statement
from recruitment.orders.answering import Told, add_answer_file
from recruitment.reads.witness_words import witness_words
from recruitment.witnesses import own_mail
from recruitment.witnesses.signed_mail import NoLookup, examine
from tests.conftest import as_the_site, refused_as
from tests.factories import World
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.recruitment.test_ordering_addresses import HOUR, change, confirm, post
from tests.recruitment.test_signed_mail import mail, published, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def its_own(world, monkeypatch) -> World:
    """Pertemps have confirmed their address, and that mail that its domain signs is theirs."""
    monkeypatch.setattr(own_mail, "examine", partial(examine, look_up=published))
    world.nobody_wants_mail()
    change(world)
    (token,) = post()
    confirm(token, domain_is_its_own="on")
    world.pertemps.refresh_from_db()
    return world


def in_the_post(content: bytes) -> ContentFile:
    """Signed on the day: a signature from later than now does not fit."""
    with time_machine.travel(MONDAY, tick=False):
        return ContentFile(signed(content), "answer.eml")


def declined(world, content: bytes | None, **fields) -> Release:
    order = world.send(world.sourced())
    if content is not None:
        content = content.replace(b"ORD-0001", order.reference.encode())
    file = None if content is None else in_the_post(content)
    said = {"declined_on": MONDAY.date(), "declined_sender": "Desk", "declined_text": "Nobody."}
    return world.fail(order, at=MONDAY + 2 * HOUR, told=Told("email", file=file), **said | fields)


def check(moment=MONDAY + 3 * HOUR) -> None:
    with time_machine.travel(moment, tick=False), clock.standing_at(moment):
        own_mail.check_mails()


def now_of(order: Release) -> tuple[str, bool]:
    order = Release.objects.get(pk=order.pk)
    return order.witness_kind, order.proven


def test_it_is_the_suppliers_own_words(its_own, client_of):
    order = declined(its_own, mail())
    assert now_of(order) == ("", False)
    check()
    assert now_of(order) == ("cannot_supply", True)
    said = Statement.objects.get()
    assert (said.said_by, said.link, said.unseen) == ("desk@pertemps.example", None, True)
    assert said.words.startswith("We cannot supply anybody") and said.received_at == MONDAY + 1.5 * HOUR
    order = Release.objects.get(pk=order.pk)
    assert witness_words(order) == "In Pertemps’ own words, by e-mail that pertemps.example has signed."
    page = client_of("officer").get(order.get_absolute_url()).content.decode()
    assert "Signed by pertemps.example, looked at 8 January 2024, 13:00" in page
    assert "desk@pertemps.example</strong>, by e-mail that pertemps.example has signed" in page


def test_a_worker_is_booked_on_it(its_own):
    order = declined(its_own, mail())
    check()
    later = its_own.secure(its_own.send(order.vacancy, its_own.framework, at=AFTER_WINDOW), at=AFTER_WINDOW + HOUR)
    assert its_own.book(later).proof_id == order.pk


def test_one_that_came_afterwards_counts_too(its_own):
    order = declined(its_own, None)
    file = in_the_post(mail(Subject=order.reference, Date="Mon, 08 Jan 2024 14:00:00 +0000"))
    add_answer_file(by=its_own.officer, at=MONDAY + 5 * HOUR, release=order, file=file)
    check(MONDAY + 6 * HOUR)
    assert now_of(order) == ("cannot_supply", True)


def test_what_does_not_count_is_an_attachment_for_a_second_person(its_own, client_of):
    order = declined(its_own, mail(Subject="no reference"))
    check()
    assert now_of(order) == ("", False)
    assert not Statement.objects.exists()
    page = client_of("officer").get(order.get_absolute_url()).content.decode()
    assert f"Its subject does not name {order.reference}, and no other order." in page
    its_own.witness(order)
    assert now_of(order) == ("second_person", True)


def test_it_is_looked_at_once(its_own):
    declined(its_own, mail(Subject="no reference"))
    check()
    check(MONDAY + 30 * HOUR)
    assert OwnMail.objects.count() == 1


def test_offline_it_is_looked_at_again_after_an_hour(its_own, monkeypatch):
    def offline(name, timeout):
        raise NoLookup

    monkeypatch.setattr(own_mail, "examine", partial(examine, look_up=offline))
    order = declined(its_own, mail())
    check()
    check(MONDAY + 3.5 * HOUR)
    assert OwnMail.objects.count() == 1
    assert now_of(order) == ("", False)
    monkeypatch.setattr(own_mail, "examine", partial(examine, look_up=published))
    check(MONDAY + 4.1 * HOUR)
    assert now_of(order) == ("cannot_supply", True)


def test_not_for_ever(its_own, monkeypatch):
    order = declined(its_own, mail())
    check(MONDAY + 8 * 24 * HOUR)
    assert not order.own_mails.exists()


def test_the_brief_says_how_to_answer_by_mail(its_own):
    its_own.send(its_own.sourced())
    assert "write “We cannot supply” in the first line" in Message.objects.get(kind="brief").body


def test_of_a_domain_that_the_agency_did_not_call_its_own(world):
    order = declined(world, mail())
    check()
    found = order.own_mails.get()
    assert found.why == "Pertemps has not confirmed a domain whose signed e-mail is its own." and not found.is_final


def test_a_file_that_changed_on_disk_counts_for_nothing(its_own):
    order = declined(its_own, mail())
    with open(default_storage.path(path_of(order.answer_file.sha256)), "ab") as kept:
        kept.write(b"x")
    check()
    assert order.own_mails.get().why == "Its content on disk has changed or is gone."


def test_after_a_colleague_has_confirmed_it_is_kept_beside(its_own):
    order = declined(its_own, mail())
    its_own.witness(order, at=MONDAY + 2.5 * HOUR)
    check()
    assert now_of(order) == ("second_person", True)
    assert order.own_mails.get().counts and Statement.objects.count() == 1


def test_not_where_somebody_was_put_forward_after_it(its_own):
    order = its_own.send(its_own.sourced())
    its_own.step(its_own.put_forward(order, at=MONDAY + 2 * HOUR), "turned_down", at=MONDAY + 2.5 * HOUR)
    said = {"declined_on": MONDAY.date(), "declined_sender": "Desk", "declined_text": "No."}
    file = in_the_post(mail(Subject=order.reference))
    its_own.fail(order, at=MONDAY + 3 * HOUR, reason="went_elsewhere", told=Told("email", file=file), **said)
    check(MONDAY + 4 * HOUR)
    assert order.own_mails.get().why.startswith("A candidate came after it was written") and now_of(order) == (
        "",
        False,
    )


def test_not_of_an_answer_that_a_supplier_does_not_give(its_own):
    order = its_own.send(its_own.sourced())
    its_own.step(its_own.put_forward(order, at=MONDAY + HOUR), "turned_down", at=MONDAY + 1.2 * HOUR)
    said = {"declined_on": MONDAY.date(), "declined_sender": "Desk", "declined_text": "No."}
    file = in_the_post(mail(Subject=order.reference))
    its_own.fail(order, at=MONDAY + 3 * HOUR, reason="unsuitable", told=Told("email", file=file), **said)
    check(MONDAY + 4 * HOUR)
    assert order.own_mails.get().why.startswith("The answer that was recorded is not one") and now_of(order) == (
        "",
        False,
    )


def test_one_that_cannot_be_kept_stops_no_other(its_own, monkeypatch):
    first, second = declined(its_own, mail()), declined(its_own, mail())
    real = own_mail._look_at

    def look(release, attachment):
        if release.pk == first.pk:
            raise ValueError("whatever")
        return real(release, attachment)

    monkeypatch.setattr(own_mail, "_look_at", look)
    check()
    assert now_of(first) == ("", False) and now_of(second) == ("cannot_supply", True)


def test_the_answer_page_says_that_it_is_answered(its_own, client_of):
    order = declined(its_own, mail())
    check()
    client = client_of("officer")
    assert client.get(f"/releases/{order.pk}/answer/").status_code == 200
    data = {"outcome": "not_secured", "reason": "no_candidates", "told_by": "telephone", "version": order.version}
    page = client.post(f"/releases/{order.pk}/answer/", data).content.decode()
    assert "has recorded an answer meanwhile" in page


class TestTheDatabase:
    def test_takes_a_finding_from_the_mail_worker_alone(self, its_own):
        order = declined(its_own, mail())
        assert (
            refused_as(
                "insert into recruitment_ownmail (release_id, attachment_id, counts, is_final, why, domain, sender, words, dated_at, checked_at) "
                "values (%s, %s, true, true, '', 'x', 'x', 'x', now(), now())",
                order.pk,
                order.answer_file_id,
            )
            == "InsufficientPrivilege"
        )
        with as_the_site() as cursor:
            cursor.execute("set role tracker_mail")
            cursor.execute("select has_table_privilege('recruitment_ownmail', 'insert')")
            assert cursor.fetchone() == (True,)

    def statement(self, order, found) -> str:
        return refused_as(
            "insert into recruitment_statement (release_id, kind, own_mail_id, unseen, said_by, words, sent, received_at, reply) "
            "values (%s, 'cannot_supply', %s, true, 'Me', 'We have nobody.', '{}', now(), '')",
            order.pk,
            found.pk,
        )

    def test_takes_no_words_from_a_mail_that_does_not_count(self, its_own):
        order = declined(its_own, mail(Subject="no reference"))
        check()
        assert self.statement(order, order.own_mails.get()) == "statement_by_signed_mail"

    def test_nor_from_one_about_another_order(self, its_own):
        order = declined(its_own, mail())
        check()
        assert self.statement(its_own.send(its_own.sourced()), order.own_mails.get()) in (
            "statement_by_signed_mail",
            "recruitment_statement_own_mail_id_key",
        )

    def finding(self, order) -> OwnMail:
        return OwnMail.objects.create(
            release=order,
            attachment=order.answer_file,
            counts=True,
            domain="pertemps.example",
            sender="desk@pertemps.example",
            words="We cannot supply.",
            dated_at=MONDAY + HOUR,
        )

    def test_and_no_other_words_than_the_mails(self, its_own):
        order = declined(its_own, mail())
        assert self.statement(order, self.finding(order)) == ""
        said = Statement.objects.get()
        assert (said.said_by, said.words) == ("desk@pertemps.example", "We cannot supply.")
        assert said.received_at == MONDAY + HOUR

    def test_nor_words_that_a_candidate_came_after(self, its_own):
        order = its_own.send(its_own.sourced())
        its_own.step(its_own.put_forward(order, at=MONDAY + 2 * HOUR), "turned_down", at=MONDAY + 2.5 * HOUR)
        said = {"declined_on": MONDAY.date(), "declined_sender": "Desk", "declined_text": "No."}
        told = Told("email", file=in_the_post(mail()))
        its_own.fail(order, at=MONDAY + 3 * HOUR, reason="went_elsewhere", told=told, **said)
        order.refresh_from_db()
        assert self.statement(order, self.finding(order)) == "statement_by_signed_mail"

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("own_mail_counts_whole", {"counts": True, "sender": "x", "words": "x", "dated_at": MONDAY}),
            ("own_mail_counts_whole", {"counts": False}),
        ],
    )
    def test_takes_no_half_of_a_finding(self, its_own, name, fields):
        order = declined(its_own, mail())
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            OwnMail.objects.create(release=order, attachment=order.answer_file, **fields)

    def test_keeps_a_finding(self, its_own):
        order = declined(its_own, mail())
        check()
        with pytest.raises(IntegrityError, match="as recorded"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update recruitment_ownmail set why = 'x' where release_id = %s", [order.pk])
        with pytest.raises(IntegrityError, match="own_mail_checked_once"), transaction.atomic():
            OwnMail.objects.create(release=order, attachment=order.answer_file, why="again")

    def test_and_none_of_a_file_beside_another_order(self, its_own):
        order, other = declined(its_own, mail()), declined(its_own, mail())
        with pytest.raises(IntegrityError, match="another order"), transaction.atomic():
            OwnMail.objects.create(release=other, attachment=order.answer_file, why="x")


def test_the_domain_is_that_of_the_address_in_force(its_own):
    assert addresses.own_domain(its_own.pertemps) == "pertemps.example"
    its_own.pertemps.ordering_address = ""
    assert addresses.own_domain(its_own.pertemps) == ""
    assert OrderingAddress.objects.count() == 1
