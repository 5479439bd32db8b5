"""What makes a failure proof, in raw SQL as the site's role: every forged one is refused, whoever writes it and in whatever order."""

from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import InternalError, connection, transaction

from council import clock, outbox
from council.known import known
from council.models import Message, Sending
from recruitment.models import Release, SupplierLink, Witness
from recruitment.orders import links
from recruitment.reads.steps import source_naming
from recruitment.witnesses import actions as witnessing
from tests import conftest
from tests.conftest import refused_as
from tests.factories import framework_contract
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@contextmanager
def as_the_mail_worker():
    with patch.object(conftest, "as_the_site", _mail_worker):
        yield


@contextmanager
def _mail_worker():
    with connection.cursor() as cursor:
        cursor.execute("set role tracker_mail")
        try:
            yield cursor
        finally:
            with suppress(InternalError):  # after a refusal, which undoes it
                cursor.execute("reset role")


def sent(
    order: Release, kind: str = "brief", *, due: str = "now() + interval '1 hour'", living: bool = True
) -> Sending:
    """A mail about an order that a server took, as the mail worker writes it."""
    address_in_force(order.contract.agency, "orders@pertemps.example")
    message = Message.objects.create(kind=kind, subject=order.pk, to="orders@pertemps.example", title="x", body="x")
    with _mail_worker() as cursor:
        cursor.execute(
            "insert into council_sending (message_id, kind, subject, version, address, server_said, accepted_at, due_at, is_living) "
            f"values (%s, %s, %s, 1, 'orders@pertemps.example', '250 OK', now(), {due}, %s) returning id",
            [message.pk, kind, order.pk, living],
        )
        purpose = "answer" if kind == "answer" else "order"
        links.make(order, by=None, at=clock.now_here(), purpose=purpose, unseen=True)
        return Sending.objects.get(pk=cursor.fetchone()[0])


def due_of(order: Sending) -> str:
    return f"(select due_at from council_sending where id = {order.pk})"


WITNESS = """insert into recruitment_witness (release_id, answer_no, recorded_by_id, kind, note, made_at{columns})
    values ({release}, {answer}, {by}, '{kind}', '', now(){values})"""


def witness(release: Release, kind: str, answer: int = 1, by=None, **rows: Any) -> str:
    """Which constraint refuses a witness that the site writes; "" for none."""
    columns = "".join(f", {name}" for name in rows)
    values = "".join(f", {value}" for value in rows.values())
    by = by or release.fell_through_by_id or release.answered_by_id
    return refused_as(
        WITNESS.format(columns=columns, values=values, release=release.pk, answer=answer, by=by, kind=kind)
    )


@pytest.fixture
def failed(world) -> Release:
    return world.failed()


@pytest.fixture
def named(world, failed) -> Message:
    """The message that tells the other officer of being named."""
    return told(world.officer2, failed)


def told(person, release: Release) -> Message:
    body = f"You are named as having confirmed {release.reference}."
    return Message.objects.create(kind="named", subject=person.pk, to="x@x.example", title="x", body=body)


class TestWhoMaySayThatAMailWent:
    def test_not_the_site(self, failed):
        sql = (
            "insert into council_sending (message_id, kind, subject, version, address, server_said, accepted_at, is_living) "
            "values (1, 'brief', %s, 1, 'x@x.example', 'x', now(), true)"
        )
        assert refused_as(sql, failed.pk) == "InsufficientPrivilege"

    def test_nor_does_it_make_a_link_that_nobody_saw(self, failed):
        sql = (
            "insert into recruitment_supplierlink (release_id, purpose, token_hash, unseen, made_at, expires_at) "
            "values (%s, 'answer', repeat('a', 64), %s, now(), now() + interval '1 day')"
        )
        assert refused_as(sql, failed.pk, True) == "supplier_link_unseen_is_mailed"
        assert refused_as(sql, failed.pk, False) == ""
        with as_the_mail_worker():
            assert refused_as(sql.replace("'a'", "'b'"), failed.pk, True) == ""

    def test_nor_turns_one_that_it_made_into_one(self, world, failed):
        world.link(failed, purpose="answer", unseen=False)
        assert refused_as("update recruitment_supplierlink set unseen = true") == "statement_stays"

    def test_nor_moves_the_clock(self):
        assert refused_as("update council_clock set shift = interval '3 days'") == "InsufficientPrivilege"

    def test_a_mail_is_due_after_it_went_and_is_what_was_to_be_sent(self, failed):
        address_in_force(failed.contract.agency, "x@x.example")
        message = Message.objects.create(kind="brief", subject=failed.pk, to="x@x.example", title="x", body="x")
        sql = (
            "insert into council_sending (message_id, kind, subject, version, address, server_said, accepted_at, due_at, is_living) "
            "values (%s, %s, %s, 1, 'x@x.example', 'x', now(), now() + interval %s, true)"
        )
        with as_the_mail_worker():
            assert refused_as(sql, message.pk, "brief", failed.pk, "-1 minute") == "sending_is_due_afterwards"
            assert refused_as(sql, message.pk, "answer", failed.pk, "1 day") == "sending_of_its_message"
            assert refused_as(sql, message.pk, "brief", failed.pk, "1 day") == ""


class TestAForgedWitness:
    def test_is_none_without_what_makes_it_true(self, failed):
        for kind in ("cannot_supply", "will_not_come", "silence", "told", "second_person", "correction", "emergency"):
            assert witness(failed, kind) == "witness_has_what_makes_it_true"

    def test_nor_with_more_than_that(self, world, failed, named):
        rows = {"confirmed_by_id": world.officer2.pk, "named_id": named.pk}
        assert witness(failed, "second_person", **rows) == ""
        assert witness(failed, "second_person", **rows, sending_id=sent(failed).pk) == "witness_has_what_makes_it_true"

    def test_is_none_of_the_kind_for_what_was_recorded_before(self, failed):
        assert witness(failed, "before") == "witness_is_not_of_before"

    def test_is_not_whoever_recorded_it(self, world, failed):
        message = told(world.officer, failed)
        rows = {"confirmed_by_id": world.officer.pk, "named_id": message.pk}
        assert witness(failed, "second_person", **rows) == "witness_is_another_person"
        assert (
            witness(failed, "second_person", by=world.lead.pk, **rows) == ""
        )  # but then it is of somebody else's record:
        forged = Witness.objects.create(
            release=failed,
            answer_no=1,
            recorded_by=world.lead,
            kind="second_person",
            confirmed_by=world.officer,
            named=message,
        )
        sql = "update recruitment_release set witness_id = %s, witness_kind = 'second_person' where id = %s"
        assert refused_as(sql, forged.pk, failed.pk) == "release_witness_of_its_answer"

    def test_tells_who_is_named(self, world, failed, named):
        assert (
            witness(failed, "second_person", confirmed_by_id=world.lead.pk, named_id=named.pk) == "witness_is_told_so"
        )
        other = Message.objects.create(kind="x", subject=world.officer2.pk, to="x@x.example", title="x", body="x")
        rows = {"confirmed_by_id": world.officer2.pk, "named_id": other.pk}
        assert witness(failed, "second_person", **rows) == "witness_is_told_so"
        rows["named_id"] = told(world.officer2, world.failed()).pk  # of another order
        assert witness(failed, "second_person", **rows) == "witness_is_told_so"

    def test_is_not_silence_before_the_time_has_ended(self, failed):
        order, reminder = sent(failed), sent(failed, "reminder")
        rows = {"sending_id": order.pk, "reminder_id": reminder.pk}
        due = due_of(order)
        assert witness(failed, "silence", **rows, due_at=due) == "witness_after_the_time_has_ended"
        assert witness(failed, "silence", **rows, due_at="'2024-01-01'") == "witness_was_reminded"
        clock.move_to(clock.now_here() + 2 * HOUR)
        assert witness(failed, "silence", **rows, due_at=due) == ""

    def test_nor_where_nobody_reads_the_address_or_reminded_it(self, failed):
        order, reminder = sent(failed, living=False), sent(failed, "reminder")
        due = due_of(order)
        clock.move_to(clock.now_here() + 2 * HOUR)
        rows = {"sending_id": order.pk, "due_at": due}
        assert witness(failed, "silence", **rows, reminder_id=reminder.pk) == "witness_time_of_its_mail"
        clock.move_to(None)
        order = sent(failed)
        clock.move_to(clock.now_here() + 2 * HOUR)
        rows = {"sending_id": order.pk, "due_at": due_of(order)}
        assert witness(failed, "silence", **rows, reminder_id=order.pk) == "witness_was_reminded"

    def test_is_not_told_by_the_mail_of_the_order(self, failed):
        order = sent(failed)
        links.make(failed, by=None, at=clock.now_here(), purpose="answer", unseen=True)
        clock.move_to(clock.now_here() + 2 * HOUR)
        due = due_of(order)
        assert witness(failed, "told", sending_id=order.pk, due_at=due) == "witness_time_of_its_mail"

    def test_is_no_correction_that_waits_or_is_of_something_else(self, world, failed):
        other = world.failed()
        confirmed = world.corrected("release", other, own_supply="not_tried")
        assert witness(failed, "correction", correction_id=confirmed.pk) == "witness_by_its_correction"
        assert witness(other, "correction", answer=2, correction_id=confirmed.pk) == ""

    def test_is_no_emergency_of_another_request_nor_after_its_day(self, world, failed):
        night = world.called()
        call = night.vacancy.emergency_call
        clock.move_to(call.called_at + 3 * HOUR)
        assert witness(failed, "emergency", emergency_id=call.pk) == "witness_of_its_emergency"
        assert witness(night, "emergency", by=world.officer.pk, emergency_id=call.pk) == ""
        clock.move_to(call.confirm_by + HOUR)
        assert witness(night, "emergency", by=world.officer.pk, emergency_id=call.pk) == "witness_of_its_emergency"

    def test_stays_as_it_was_written(self, world, failed):
        world.witness(failed)
        for sql in ("update recruitment_witness set kind = 'told'", "delete from recruitment_witness"):
            assert refused_as(sql) in {"InsufficientPrivilege", "witness_stands"}


class TestOwnWords:
    SAYS = """insert into recruitment_statement (release_id, kind, link_id, unseen, secret, said_by, words, sent, received_at, reply)
        values (%s, 'cannot_supply', %s, %s, %s, 'x', 'No.', '{}', now(), '')"""

    def test_need_the_secret_that_was_mailed(self, world):
        order = world.send(world.sourced())
        link = world.link(order)
        assert refused_as(self.SAYS, order.pk, link.pk, True, "a guess") == "statement_by_its_link"
        assert refused_as(self.SAYS, order.pk, link.pk, True, None) == "statement_by_its_link"
        assert refused_as(self.SAYS, order.pk, link.pk, True, link.secret) == ""

    def test_are_not_those_by_a_link_that_was_seen_here(self, world):
        """A3: the officer makes a link to pass on, opens it, and answers as the supplier."""
        order = world.send(world.sourced())
        link = world.link(order, unseen=False)
        assert refused_as(self.SAYS, order.pk, link.pk, True, link.secret) == "statement_link_of_release"
        assert refused_as(self.SAYS, order.pk, link.pk, False, link.secret) == ""
        statement = order.statements.get().pk
        refused = witness(order, "cannot_supply", by=world.officer.pk, statement_id=statement)
        assert refused == "witness_own_words_by_the_mailed_link"

    def test_an_opening_needs_it_too(self, world):
        link = world.link(world.send(world.sourced()))
        sql = "insert into recruitment_linkopening (link_id, opened_at, secret) values (%s, now(), %s)"
        assert refused_as(sql, link.pk, "a guess") == "statement_by_its_link"
        assert refused_as(sql, link.pk, link.secret) == ""
        assert refused_as("update recruitment_linkopening set opened_at = '2020-01-01'") == "statement_stays"


class TestWhatRestsOnIt:
    def test_nobody_is_booked_on_an_answer_that_one_person_recorded(self, world):
        """A placement that was lawful, copied onto the order of a failure that nothing confirms."""
        placed = world.book(world.framework_secured())
        unconfirmed = world.framework_secured()
        from tests.test_constraints import written_out

        copy = written_out(
            f"COPY placements.Placement reference='x',hours_per_week=1,vacancy_id={unconfirmed.vacancy_id},round_id={unconfirmed.round_id},"
            f"release_id={unconfirmed.pk},proof_id={{proof}} where id = {placed.pk}"
        )
        assert refused_as(copy.format(proof=unconfirmed.rests_on_id)) == "placement_proof_is_witnessed"
        assert refused_as(copy.format(proof="null")) == "placement_proof_of_its_order"
        assert refused_as(copy.format(proof=placed.proof_id)) == "placement_proof_of_its_order"
        world.witness(unconfirmed.rests_on)
        by_its_days = "placement_days_are_agreed"  # there are none: the proof is in order
        assert refused_as(copy.format(proof=unconfirmed.rests_on_id)) == by_its_days

    def test_a_proof_keeps_its_witness_while_somebody_rests_on_it(self, world):
        proof = world.book(world.framework_secured()).proof
        sql = "update recruitment_release set witness_id = null, witness_kind = '' where id = %s"
        assert refused_as(sql, proof.pk) == "placement_proof_is_witnessed"
        assert refused_as(sql, world.failed().pk) == ""

    def test_an_order_begins_with_its_proof(self, world):
        """S5: a framework order inserted as if a correction had taken its proof away."""
        from tests.test_constraints import written_out

        order = world.framework_secured()
        correction = world.corrected("release", world.failed(), own_supply="not_tried")
        columns = f"reference='x',rests_on_id=null,unproved_by_id={correction.pk}"
        assert (
            refused_as(written_out(f"COPY recruitment.Release {columns} where id = {order.pk}"))
            == "release_begins_as_sent"
        )

    def test_an_old_confirmation_is_none_of_a_new_answer(self, world):
        failed = world.failed()
        world.witness(failed)
        old = Witness.objects.get()
        world.corrected("release", failed, own_supply="not_tried")
        failed.refresh_from_db()
        assert (failed.answer_no, failed.witness_kind, failed.proven) == (2, "correction", True)
        sql = "update recruitment_release set witness_id = %s, witness_kind = 'second_person' where id = %s"
        assert refused_as(sql, old.pk, failed.pk) == "release_witness_of_its_answer"

    def test_what_was_heard_is_written_by_what_was_heard(self, world):
        failed = world.failed()
        with transaction.atomic():
            assert refused_as("update recruitment_release set heard = true, disputed = true") == ""
        failed.refresh_from_db()
        assert (failed.heard, failed.disputed) == (False, False)


class TestCarriedOver:
    @pytest.mark.parametrize(
        ("step_class", "refusal"),
        [("first", "placement_carried_within_its_class"), ("later", "placement_class_of_its_order")],
    )
    def test_a_placement_stays_in_the_class_it_came_by(self, world, step_class, refusal):
        """S2: "carried over" from an order to Pertemps onto a framework contract, by nobody's decision."""
        from tests.test_constraints import written_out

        placed = world.placed()
        later = framework_contract(world.administrator, world.pertemps, "LATER")
        source = known(source_naming(world.order, later))
        days = "starts_on=ends_on+3,ends_on=ends_on+9"
        follows = f"continues_id={placed.pk},continues_as='carry_over',contract_id={later.pk},step_class='{step_class}'"
        named = f"source_id={source.pk},via_lot_id={source.lot_id}"
        copy = f"COPY placements.Placement reference='x',{days},{follows},{named} where id = {placed.pk}"
        assert refused_as(written_out(copy)) == refusal


class TestWhoIsNamed:
    def test_is_told_by_a_message_that_nobody_at_the_site_stops(self, world):
        failed = world.failed()
        witnessing.confirm(by=world.officer2, at=AFTER_WINDOW, releases=[failed])
        (message,) = Message.objects.filter(kind="named", subject=world.officer2.pk)
        assert (message.to, message.subject) == (world.officer2.email, world.officer2.pk)
        assert failed.reference in message.body
        for sql in ("cancelled_at = now()", "sent_at = now()", "next_try_at = '2099-01-01'"):
            assert (
                refused_as(f"update council_message set {sql} where id = %s", message.pk) == "message_that_names_goes"
            )
        assert refused_as("delete from council_message where id = %s", message.pk) == "InsufficientPrivilege"
        while outbox.send_next():
            pass
        assert [one.to for one in mail.outbox if "You confirmed 1 answer" in one.subject] == [[world.officer2.email]]

    def test_at_the_address_they_have_and_at_once(self, world):
        sql = (
            'insert into council_message (kind, subject, "to", title, body, queued_at, sent_at, cancelled_at, tries, next_try_at, error) '
            "values ('named', %s, 'elsewhere@x.example', 'x', 'x', now(), now(), now(), 0, now() + interval '9 years', '')"
        )
        assert refused_as(sql, world.officer2.pk) == ""
        message = Message.objects.get(kind="named")
        assert (message.to, message.sent_at, message.cancelled_at) == (world.officer2.email, None, None)
        assert message.next_try_at <= clock.now_here()

    def test_and_so_is_whose_record_it_is(self, world):
        """A failure written in somebody else's name, and confirmed by who wrote it."""
        failed = world.failed()
        witnessing.confirm(by=world.officer2, at=AFTER_WINDOW, releases=[failed])
        message = Message.objects.get(kind="named", subject=world.officer.pk)
        assert failed.reference in message.body and "The other officer confirmed what you recorded" in message.body


class TestMailToASupplier:
    def test_goes_to_its_ordering_address_whoever_left_it(self, world):
        address_in_force(world.pertemps, "orders@pertemps.example")
        order = world.send(world.sourced())
        sql = (
            'insert into council_message (kind, subject, "to", title, body, queued_at, tries, next_try_at, error) '
            "values (%s, %s, 'mine@x.example', 'x', 'x', now(), 0, now(), '')"
        )
        for kind in ("brief", "reminder", "answer"):
            assert refused_as(sql, kind, order.pk) == ""
        assert not Message.objects.filter(to="mine@x.example").exists()

    def test_proves_nothing_by_silence_where_its_link_was_stopped(self, failed):
        order, reminder = sent(failed), sent(failed, "reminder")
        assert (
            refused_as("update recruitment_supplierlink set revoked_at = '2099-01-01' where revoked_at is null") == ""
        )
        clock.move_to(clock.now_here() + 2 * HOUR)
        rows = {"sending_id": order.pk, "reminder_id": reminder.pk, "due_at": due_of(order)}
        assert witness(failed, "silence", **rows) == "witness_while_its_link_worked"

    def test_nor_where_another_was_mailed_after_it_was_stopped(self, failed):
        """The supplier could not speak for a while; a link that came later makes no silence of that."""
        order, reminder = sent(failed), sent(failed, "reminder")
        stop = "update recruitment_supplierlink set revoked_at = now(), stopped_here = false where revoked_at is null"
        assert refused_as(stop) == ""
        assert SupplierLink.objects.order_by("-pk")[0].stopped_here  # by the site's role, whatever it says
        links.make(failed, by=None, at=clock.now_here(), unseen=True)
        clock.move_to(clock.now_here() + 2 * HOUR)
        rows = {"sending_id": order.pk, "reminder_id": reminder.pk, "due_at": due_of(order)}
        assert witness(failed, "silence", **rows) == "witness_while_its_link_worked"

    def test_a_link_that_was_stopped_stays_so(self, failed):
        sent(failed)
        refused_as("update recruitment_supplierlink set revoked_at = now() where revoked_at is null")
        for change in ("revoked_at = null", "stopped_here = false", "revoked_at = now() + interval '1 day'"):
            assert (
                refused_as(f"update recruitment_supplierlink set {change} where revoked_at is not null")
                == "statement_stays"
            )

    def test_one_that_a_newer_mail_replaced_is_none_that_was_stopped(self, failed):
        order, reminder = sent(failed), sent(failed, "reminder")
        assert not SupplierLink.objects.filter(stopped_here=True).exists()
        clock.move_to(clock.now_here() + 2 * HOUR)
        rows = {"sending_id": order.pk, "reminder_id": reminder.pk, "due_at": due_of(order)}
        assert witness(failed, "silence", **rows) == ""

    def test_nor_by_a_reminder_after_its_time(self, failed):
        order = sent(failed)
        clock.move_to(clock.now_here() + 2 * HOUR)
        reminder = sent(failed, "reminder", due="null")
        rows = {"sending_id": order.pk, "reminder_id": reminder.pk, "due_at": due_of(order)}
        assert witness(failed, "silence", **rows) == "witness_was_reminded"


def test_a_correction_begins_undecided(world):
    """S6: one forged as confirmed by the Assistant Director."""
    from tests.test_constraints import written_out

    correction = world.corrected("release", world.failed(), own_supply="not_tried")
    copy = written_out(f"COPY recruitment.Correction reason='again' where id = {correction.pk}")
    assert refused_as(copy) == "correction_is_final"


def test_the_third_step_takes_the_witness_of_the_first(world):
    """A framework order's own failure opens nothing further while nobody has confirmed the first supplier's."""
    from tests.test_constraints import written_out

    order = world.framework_secured()
    other = world.failed(at=MONDAY)
    sql = f"COPY recruitment.Release reference='x',earlier_proof_id={other.pk},position=3 where id = {order.pk}"
    assert refused_as(written_out(sql)) in {"release_step_of_order", "release_earlier_step_witnessed"}
