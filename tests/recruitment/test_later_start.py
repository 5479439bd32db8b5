"""A worker of a later supplier would start much later than asked: the first supplier is asked lightly, and its silence suffices."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from council import clock, outbox
from council.errors import RuleViolation
from council.models import Sending
from recruitment.models import Release, StartQuestion
from recruitment.orders import later_start, links, mailing, taking_back
from recruitment.reads import later_starts
from recruitment.witnesses import actions as witnessing
from tests.conftest import as_the_site, refused, refused_as
from tests.factories import World
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW
from tests.recruitment.test_witnesses import post

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THURSDAY = AFTER_WINDOW + timedelta(days=1)  # in working hours, with the whole day before it
LATE = date(2024, 3, 11)
ANOTHER = "(select max(id) from council_message where kind = 'later_start')"
WORKER = {"starts_on": LATE, "ends_on": date(2024, 4, 19)}


@pytest.fixture
def secured(world) -> Release:
    """The framework has a worker, who can start seven weeks later than Pertemps were asked for."""
    world.nobody_wants_mail()
    later = world.framework_secured()
    world.witness(later.rests_on)
    return later


@pytest.fixture
def mailed(world, secured) -> World:
    address_in_force(world.pertemps, "orders@pertemps.example")
    return world


def ask(world, release, at=THURSDAY, **fields) -> StartQuestion:
    return later_start.ask_about_later_start(by=world.officer, at=at, release=release, **{"starts_on": LATE, **fields})


def book(world, release, at=THURSDAY, **fields):
    with clock.standing_at(at):
        return world.book(release, at=at, **WORKER | fields)


def refused_to_book(world, release, at=THURSDAY) -> str:
    with pytest.raises(RuleViolation) as found:
        book(world, release, at=at)
    return found.value.code


class TestByMail:
    def test_until_its_time_is_over_nobody_is_booked_and_then_its_silence_suffices(self, mailed, secured):
        assert refused_to_book(mailed, secured) == "much_later_than_asked"
        question = ask(mailed, secured)
        assert question.message and question.message.to == "orders@pertemps.example"
        assert refused_to_book(mailed, secured, THURSDAY + 9 * HOUR) == "first_is_being_asked"  # the mail has not gone
        post(THURSDAY)
        clock.move_to(None)
        due = Sending.objects.get(kind="later_start").due_at
        assert timedelta(0) <= due - (THURSDAY + 4 * HOUR) < timedelta(minutes=1)
        assert refused_to_book(mailed, secured, THURSDAY + 3 * HOUR) == "first_is_being_asked"
        assert book(mailed, secured, due).starts_on == LATE

    def test_for_a_start_that_it_was_not_asked_for_it_is_asked_again(self, mailed, secured):
        ask(mailed, secured)
        post(THURSDAY)
        clock.move_to(None)
        later = THURSDAY + 5 * HOUR
        with pytest.raises(RuleViolation) as found:
            book(mailed, secured, later, starts_on=LATE - timedelta(1))
        assert found.value.code == "much_later_than_asked"
        with clock.standing_at(later):
            ask(mailed, secured, at=later, starts_on=date(2024, 2, 26))
        assert StartQuestion.objects.last().number == 2

    def test_it_says_by_its_link_that_it_can(self, mailed, secured, client_of):
        ask(mailed, secured)
        (token,) = post(THURSDAY)
        with clock.standing_at(THURSDAY + HOUR), time_machine.travel(THURSDAY + HOUR, tick=False):
            supplier = Client()
            page = supplier.get(f"/supplier/{token}/dispute/").content.decode()
            assert "would now start on 11 March 2024" in page
            said = {"words": "Two workers are free in March.", "said_by": "Perry Placeholder"}
            assert supplier.post(f"/supplier/{token}/later-start/", said).status_code == 302
            page = supplier.get(f"/supplier/{token}/dispute/").content.decode()
            assert "would now start" not in page
            today = client_of("officer").get("/").content.decode()
            assert "The first supplier can supply for the later start, and goes first" in today
            for order in (secured, secured.rests_on):
                page = client_of("officer").get(order.get_absolute_url()).content.decode()
                assert "Two workers are free in March." in page
        assert refused_to_book(mailed, secured, THURSDAY + 40 * HOUR) == "first_can_supply"
        clock.move_to(None)

    def test_then_it_goes_first(self, mailed, secured):
        ask(mailed, secured)
        (token,) = post(THURSDAY)
        with clock.standing_at(THURSDAY + HOUR):
            later_start.say_can_supply(by=links.find(token), at=THURSDAY + HOUR, words="We have.", said_by="x")
        common = {"by": mailed.officer, "at": THURSDAY + 2 * HOUR, "release": secured}
        taking_back.worker_will_not_come(**common, reason="Pertemps can supply by then, and go first.")
        again = mailed.send(secured.vacancy, at=THURSDAY + 3 * HOUR, starts_on=LATE)
        assert (again.position, again.contract.agency) == (1, mailed.pertemps)

    def test_it_says_so_once_and_in_time(self, mailed, secured):
        ask(mailed, secured)
        (token,) = post(THURSDAY)
        link = links.find(token)
        common = {"by": link, "at": THURSDAY + HOUR, "words": "x"}
        with clock.standing_at(THURSDAY + HOUR):
            refused("no_name", later_start.say_can_supply, **common, said_by=" ")
            refused("no_reason", later_start.say_can_supply, **common | {"words": " "}, said_by="x")
        with clock.standing_at(THURSDAY + 5 * HOUR):
            refused("not_asked_about", later_start.say_can_supply, **common, said_by="x")
        with clock.standing_at(THURSDAY + HOUR):
            later_start.say_can_supply(**common, said_by="x")
            refused("not_asked_about", later_start.say_can_supply, **common, said_by="x")

    def test_what_it_said_is_not_forgotten_with_the_next_order(self, mailed, secured):
        ask(mailed, secured)
        (token,) = post(THURSDAY)
        with clock.standing_at(THURSDAY + HOUR):
            later_start.say_can_supply(by=links.find(token), at=THURSDAY + HOUR, words="We have.", said_by="x")
        taking_back.worker_will_not_come(
            by=mailed.officer, at=THURSDAY + 2 * HOUR, release=secured, reason="Goes elsewhere."
        )
        again = mailed.send(secured.vacancy, mailed.framework, at=THURSDAY + 3 * HOUR)
        again = mailed.secure(again, at=THURSDAY + 4 * HOUR)
        with pytest.raises(RuleViolation) as found:
            ask(mailed, again, at=THURSDAY + 5 * HOUR)
        assert found.value.code == "first_can_supply"
        assert refused_to_book(mailed, again, THURSDAY + 5 * HOUR) == "first_can_supply"

    def test_that_it_can_later_says_nothing_of_the_time_it_was_silent_in(self, mailed, secured):
        ask(mailed, secured)
        (token,) = post(THURSDAY)
        with clock.standing_at(THURSDAY + HOUR):
            later_start.say_can_supply(by=links.find(token), at=THURSDAY + HOUR, words="We have.", said_by="x")
        assert not Release.objects.get(pk=secured.rests_on_id).heard

    def test_nobody_is_asked_twice_at_once(self, mailed, secured):
        ask(mailed, secured)
        with pytest.raises(RuleViolation) as found:
            ask(mailed, secured)
        assert found.value.code == "asked_already"


class TestWhatSilenceTakes:
    """An officer alone makes none."""

    def asked(self, mailed, secured) -> None:
        ask(mailed, secured)
        post(THURSDAY)
        clock.move_to(None)

    def test_a_link_that_nobody_stopped(self, mailed, secured):
        self.asked(mailed, secured)
        with clock.standing_at(THURSDAY + HOUR):
            mailing.revoke_link(by=mailed.officer, at=THURSDAY + HOUR, release=secured.rests_on)
            mailing.send_brief_again(by=mailed.officer, at=THURSDAY + HOUR, release=secured.rests_on)
        post(THURSDAY + 2 * HOUR)  # another mail does not make it good
        clock.move_to(None)
        assert refused_to_book(mailed, secured, THURSDAY + 5 * HOUR) == "much_later_than_asked"

    def test_a_mail_that_did_not_come_back(self, mailed, secured):
        self.asked(mailed, secured)
        with clock.standing_at(THURSDAY + 2 * HOUR):
            witnessing.record_returned(
                by=mailed.officer,
                at=THURSDAY + 2 * HOUR,
                release=secured.rests_on,
                sending=Sending.objects.get(kind="later_start"),
                words="Unknown.",
            )
        assert refused_to_book(mailed, secured, THURSDAY + 5 * HOUR) == "much_later_than_asked"

    def test_an_address_to_ask_at(self, world, secured):
        with pytest.raises(RuleViolation) as found:
            ask(world, secured)
        assert found.value.code == "no_address"
        assert not StartQuestion.objects.exists()

    def test_a_mail_that_was_stopped_was_never_asked(self, mailed, secured):
        question = ask(mailed, secured)
        outbox.cancel("later_start", question.first_id, THURSDAY)
        assert refused_to_book(mailed, secured, THURSDAY + 5 * HOUR) == "much_later_than_asked"
        assert ask(mailed, secured).number == 2

    def test_another_mail_about_the_answer_does_not_stop_it(self, mailed, secured):
        ask(mailed, secured)
        mailing.send_brief_again(by=mailed.officer, at=THURSDAY, release=secured.rests_on)
        post(THURSDAY)
        assert Sending.objects.filter(kind="later_start").count() == 1


class TestThePage:
    def test_an_officer_asks_from_the_order(self, mailed, secured, client_of):
        client = client_of("officer")
        assert f"/releases/{secured.pk}/later-start/" in client.get(secured.get_absolute_url()).content.decode()
        data = {"starts_on_day": "11", "starts_on_month": "3", "starts_on_year": "2024"}
        with time_machine.travel(THURSDAY, tick=False):
            page = client.post(f"/releases/{secured.pk}/later-start/", data, follow=True).content.decode()
        assert "Pertemps is asked about a start on 11 March 2024." in page
        assert "the mail has not gone yet" in page

    def test_up_to_thirty_days_nobody_has_to_ask(self, mailed, secured, client_of):
        data = {"starts_on_day": "12", "starts_on_month": "2", "starts_on_year": "2024"}
        with time_machine.travel(THURSDAY, tick=False):
            page = client_of("officer").post(f"/releases/{secured.pk}/later-start/", data).content.decode()
        assert "Up to 30 days later nobody has to ask it again" in page

    def test_on_the_first_step_there_is_nobody_to_ask(self, world, client_of):
        first = world.secured()
        page = client_of("officer").get(f"/releases/{first.pk}/later-start/", follow=True).content.decode()
        assert "Nobody was asked before this supplier. Book the worker." in page

    def test_the_evidence_tells_it(self, mailed, secured, client_of):
        ask(mailed, secured)
        page = client_of("auditor").get(f"/requests/{secured.vacancy_id}/evidence/").content.decode()
        assert "Asked about a later start" in page


class TestTheDatabase:
    def test_keeps_what_was_asked(self, mailed, secured):
        question = ask(mailed, secured)
        for sql in (
            "update recruitment_startquestion set starts_on = '2024-06-01'",
            "delete from recruitment_startquestion",
        ):
            assert refused_as(f"{sql} where id = %s", question.pk) == "InsufficientPrivilege"
            with (
                pytest.raises(IntegrityError, match="as recorded"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"{sql} where id = %s", [question.pk])
        with as_the_site() as cursor:
            cursor.execute("select has_table_privilege('recruitment_startquestion', 'insert')")
            assert cursor.fetchone() == (True,)

    def insert(self, mailed, secured, **changes) -> str:
        """A question that an officer writes with SQL."""
        question = StartQuestion.objects.get()
        values = {"release_id": secured.pk, "first_id": question.first_id, "number": 2, "starts_on": "'2024-03-11'"}
        values |= {"message_id": question.message_id, "asked_by_id": mailed.officer.pk, "asked_at": "now()"} | changes
        columns, cells = ", ".join(values), ", ".join(str(value) for value in values.values())
        return refused_as(f"insert into recruitment_startquestion ({columns}) values ({cells})")

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("start_question_was_mailed", {"starts_on": "'2024-06-01'"}),  # the mail names another start
            ("start_question_was_mailed", {"message_id": "(select max(id) from council_message where kind = 'named')"}),
            ("start_question_was_mailed", {"message_id": "null"}),
            ("start_question_numbered", {"number": 1, "message_id": ANOTHER}),
            ("recruitment_startquestion_message_id_key", {}),
        ],
    )
    def test_takes_none_that_was_not_mailed(self, mailed, secured, name, changes):
        question = ask(mailed, secured)
        common = {"subject": question.first_id, "to": "x@x.example", "title": "x", "body": "From 11 March 2024?"}
        outbox.put(kind="later_start", by=mailed.officer, at=THURSDAY, **common)
        assert self.insert(mailed, secured, **changes) == name

    def test_nor_one_about_another_order(self, mailed, secured):
        ask(mailed, secured)
        other = mailed.framework_secured()
        assert self.insert(mailed, other) == "start_question_was_mailed"

    def test_mails_the_question_to_the_ordering_address(self, mailed, secured):
        first = later_starts.first_of(secured)
        message = outbox.put(
            kind="later_start",
            subject=first.pk,
            to="mine@x.example",
            title="x",
            body="x",
            by=mailed.officer,
            at=THURSDAY,
        )
        message.refresh_from_db()
        assert message.to == "orders@pertemps.example"


def test_by_exemption_the_days_are_those_approved(world):
    assert later_starts.first_of(world.by_exemption().release) is None
