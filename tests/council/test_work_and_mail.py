"""Jobs and mail: what waits once, what happens to what fails or was interrupted, when mail is tried again, and what becomes of it."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from council import jobs, outbox
from council.errors import NotAllowed, RuleViolation
from council.models import Job, Message
from council.refusal import Refusal

AT = datetime(2024, 1, 8, 10, tzinfo=UTC)


# -- jobs -----------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch):
    """A kind of job that fails as its subject says, and the list of failures it was told of."""
    told = []

    def run(job, progress):
        if job.subject == 2:
            raise RuleViolation(Refusal("no", "There is no such file."))
        if job.subject == 3:
            raise NotAllowed("You may not.")
        if job.subject == 4:
            raise ZeroDivisionError("inside")
        return f"Done with {job.subject}."

    monkeypatch.setitem(
        jobs.KINDS, "test", jobs.JobKind(run, lambda job, sentence: told.append((job.subject, sentence)))
    )
    return told


def outcome(job: Job) -> tuple[str, str]:
    job.refresh_from_db()
    return job.status, job.message


OURS = "Something went wrong on our side, and nothing was changed. Try again; if it stays, tell support."


@pytest.mark.parametrize(
    ("subject", "status", "message"),
    [
        (1, "done", "Done with 1."),
        (2, "failed", "There is no such file."),
        (3, "failed", "You may not."),
        (4, "failed", OURS),
    ],
)
def test_a_job_is_done_or_fails_with_a_sentence_for_a_person(world, told, subject, status, message):
    job = jobs.enqueue("test", subject, world.finance)
    assert (job.asked_by, outcome(job)) == (world.finance, ("waiting", ""))
    assert jobs.run_next() is True
    assert outcome(job) == (status, message)
    assert told == ([] if status == "done" else [(subject, message)])
    assert job.started_at is not None and job.finished_at is not None
    assert jobs.run_next() is False


def test_a_job_that_waits_is_enough_and_one_that_is_done_is_not(world, told):
    first = jobs.enqueue("test", 1, world.finance)
    assert jobs.enqueue("test", 1, world.officer) == first
    assert jobs.enqueue("test", 5, world.finance) != first
    assert jobs.run_next() and jobs.run_next()
    assert jobs.enqueue("test", 1, world.finance) != first


def test_the_oldest_job_comes_first(world, told):
    first, second = (jobs.enqueue("test", n, world.finance) for n in (7, 6))
    jobs.run_next()
    assert (outcome(first)[0], outcome(second)[0]) == ("done", "waiting")


def test_a_job_of_no_kind_is_an_error(world):
    with pytest.raises(KeyError, match="No job of kind dance"):
        jobs.enqueue("dance", 1, world.finance)
    assert not Job.objects.exists()


def test_what_was_interrupted_once_waits_again_and_twice_has_failed(world, told):
    job = jobs.enqueue("test", 1, world.finance)
    Job.objects.filter(pk=job.pk).update(status="running", started_at=AT)
    jobs.forget_interrupted()
    assert outcome(job) == ("waiting", "")
    assert (job.interruptions, job.started_at, told) == (1, None, [])
    Job.objects.filter(pk=job.pk).update(status="running", started_at=AT)
    jobs.forget_interrupted()
    sentence = "This was interrupted twice, and nothing was changed. Try a smaller file."
    assert outcome(job) == ("failed", sentence)
    assert told == [(1, sentence)]
    assert job.finished_at is not None


@pytest.mark.parametrize("status", ["waiting", "done", "failed"])
def test_what_was_not_running_was_not_interrupted(world, told, status):
    job = Job.objects.create(kind="test", subject=1, status=status, asked_by=world.finance, message="x")
    jobs.forget_interrupted()
    assert outcome(job) == (status, "x")
    assert job.interruptions == 0


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(0, 0, 0), (5, 0, 0), (0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100)]
)
def test_the_progress_of_a_job_is_in_whole_percent(done, total, percent):
    assert Job(done=done, total=total).percent == percent


# -- mail -----------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kind(db, monkeypatch):
    """A kind of message whose subject says what its secret is: 1 a word, 2 none any more, 3 an error, 4 an empty one."""
    locked = []

    def secret(message, now):
        if message.subject == 3:
            raise ValueError("no secret")
        return {1: "WORD", 2: None, 4: ""}[message.subject]

    monkeypatch.setitem(outbox.KINDS, "test", outbox.MessageKind(locked.append, secret))
    return locked


def put(subject: int = 1, at: datetime = AT, body: str = "Use {link} now", **fields) -> Message:
    details = {"kind": "test", "to": "a@agency.example", "title": "An order", "by": None} | fields
    return outbox.put(subject=subject, body=body, at=at, **details)


def test_a_message_goes_with_its_secret_filled_in_and_keeps_it_to_itself(kind):
    message = put()
    with time_machine.travel(AT, tick=False):
        assert outbox.send_next() is True
        assert outbox.send_next() is False
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("An order", "Use WORD now", ["a@agency.example"])
    message.refresh_from_db()
    assert (message.body, message.sent_at, message.tries, message.error) == ("Use {link} now", AT, 1, "")
    assert kind == [1]


def test_a_message_is_sent_from_its_time_on(kind):
    put()
    with time_machine.travel(AT - timedelta(seconds=1), tick=False):
        assert outbox.send_next() is False
    with time_machine.travel(AT, tick=False):
        assert outbox.send_next() is True


def test_a_message_nobody_wants_any_more_is_not_sent(kind):
    message = put(2)
    with time_machine.travel(AT, tick=False):
        outbox.send_next()
    message.refresh_from_db()
    assert (mail.outbox, message.cancelled_at, message.sent_at) == ([], AT, None)


def test_an_empty_secret_is_one(kind):
    put(4)
    with time_machine.travel(AT, tick=False):
        outbox.send_next()
    assert mail.outbox[0].body == "Use  now"


def test_messages_about_a_row_are_cancelled_and_no_others(kind):
    first, again, other, gone = put(1), put(1), put(4), put(1)
    Message.objects.filter(pk=gone.pk).update(sent_at=AT)
    assert outbox.cancel("test", 1, AT) == 2
    assert outbox.cancel("test", 1, AT) == 0
    cancelled = Message.objects.filter(cancelled_at=AT).order_by("pk")
    assert list(cancelled) == [first, again]
    assert list(Message.objects.waiting()) == [other]


def test_the_message_that_is_due_longest_goes_first(kind):
    later, earlier = put(at=AT), put(at=AT - timedelta(minutes=1))
    with time_machine.travel(AT, tick=False):
        outbox.send_next()
    assert (Message.objects.get(pk=earlier.pk).sent_at, Message.objects.get(pk=later.pk).sent_at) == (AT, None)


class Broken(BaseEmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("x" * 400)


BROKEN = f"{__name__}.Broken"


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 32), (5, 60), (6, 60), (7, 60), (50, 60)]
)
def test_a_message_that_does_not_go_waits_twice_as_long_each_time_and_an_hour_at_most(kind, settings, tries, minutes):
    settings.EMAIL_BACKEND = BROKEN
    message = put()
    Message.objects.filter(pk=message.pk).update(tries=tries)
    with time_machine.travel(AT, tick=False):
        assert outbox.send_next() is True
        assert outbox.send_next() is False
    message.refresh_from_db()
    assert (message.sent_at, message.tries) == (None, tries + 1)
    assert message.next_try_at == AT + timedelta(minutes=minutes)
    assert message.error == "SMTPServerDisconnected: " + "x" * 276


def test_a_message_that_goes_after_all_has_no_error_left(kind):
    message = put()
    Message.objects.filter(pk=message.pk).update(error="SMTPServerDisconnected: x", tries=3)
    with time_machine.travel(AT, tick=False):
        outbox.send_next()
    message.refresh_from_db()
    assert (message.error, message.tries, message.sent_at) == ("", 4, AT)


def test_a_kind_that_breaks_keeps_no_other_message_from_going(kind):
    broken, good = put(3), put(1)
    with time_machine.travel(AT, tick=False):
        assert outbox.send_next() and outbox.send_next()
        assert outbox.send_next() is False
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.error, broken.sent_at, good.sent_at) == ("ValueError: no secret", None, AT)
    assert broken.next_try_at == AT + timedelta(minutes=1)


def test_a_message_that_somebody_else_sends_is_left_to_them(kind):
    message = put()
    Message.objects.filter(pk=message.pk).update(next_try_at=AT + timedelta(minutes=2))
    outbox.deliver(message, AT)
    assert mail.outbox == []


def test_a_message_waits_until_it_was_sent_or_cancelled(kind):
    message = put(at=timezone.now() - timedelta(1))
    assert list(Message.objects.due(timezone.now())) == [message]
    Message.objects.filter(pk=message.pk).update(cancelled_at=AT)
    assert list(Message.objects.due(timezone.now())) == []
