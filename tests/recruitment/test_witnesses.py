"""What makes a recorded failure proof: who may say so, when, and what takes it away."""

import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from council import clock, outbox
from council.errors import RuleViolation
from council.models import Council, Deputy, Message, Sending
from council.refusal import Refusal
from placements.corrections import proposing
from placements.placement import booking
from recruitment.models import LinkOpening, Release, ReturnedMail, Witness
from recruitment.orders import answering, brief, links, mailing, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.reads import witnesses
from recruitment.reads.witness_words import witness_words
from recruitment.witnesses import actions as witnessing
from tests.conftest import refused
from tests.factories import World
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SAID = {
    "reason": "no_candidates",
    "own_supply": "tried",
    "brokered_supply": "tried",
    "words": "Nobody is free.",
    "said_by": "Perry Placeholder",
}
TRIED = {"own_supply": "tried", "brokered_supply": "tried"}


def at(moment):
    """The machine and the database at a moment: what is mailed then, and what has become due by then."""
    clock.move_to(moment)
    return time_machine.travel(moment, tick=False)


def post(moment) -> list[str]:
    """All mail that waits goes at a moment; the tokens of the links in it."""
    before = len(mail.outbox)
    with at(moment):
        while outbox.send_next():
            pass
    return [found[1] for one in mail.outbox[before:] if (found := re.search(r"/supplier/([^/\s]+)/", str(one.body)))]


@pytest.fixture
def mailed(world) -> World:
    """Pertemps order by e-mail, and have opened a link of ours four days before: an address that is read."""
    address_in_force(world.pertemps, "orders@pertemps.example")
    world.nobody_wants_mail()
    wednesday = MONDAY - timedelta(days=5)
    earlier = world.send(world.sourced(at=wednesday), at=wednesday)
    (token,) = post(wednesday)
    with at(wednesday + timedelta(days=1)):
        links.note_opening(links.find(token))
    taking_back.withdraw(by=world.officer, at=wednesday + timedelta(days=1), release=earlier, reason="x")
    post(wednesday + timedelta(days=1))
    return world


def sent(world) -> Release:
    """An order that was mailed on Monday at 10:00, to be answered by Wednesday 10:00."""
    order = world.send(world.sourced())
    post(MONDAY)
    return order


def now_of(release: Release) -> tuple[str, bool]:
    release = Release.objects.get(pk=release.pk)
    return release.witness_kind, release.proven


def words_of(release: Release) -> str:
    return witness_words(Release.objects.get(pk=release.pk))


class TestOwnWords:
    def test_by_the_mailed_link_are_proof_in_the_moment_they_are_recorded(self, mailed):
        order = mailed.send(mailed.sourced())
        (token,) = post(MONDAY)
        statement = supplier.say_cannot_supply(by=links.find(token), at=MONDAY + HOUR, **SAID)
        mailed.fail(order, at=MONDAY + 2 * HOUR, statement=statement)
        assert now_of(order) == ("cannot_supply", True)
        assert words_of(order) == "In Pertemps’ own words, by the link that was mailed to it."

    def test_by_a_link_that_an_officer_handed_over_are_not(self, mailed):
        """A3: the officer makes a link to pass on, opens it and answers as the supplier."""
        order = mailed.send(mailed.sourced())
        post(MONDAY)
        handed = mailing.make_link(by=mailed.officer, at=MONDAY + HOUR, release=order)
        link = links.find(re.search(r"/supplier/([^/]+)/", handed)[1])
        statement = supplier.say_cannot_supply(by=link, at=MONDAY + HOUR, **SAID)
        mailed.fail(order, at=MONDAY + 2 * HOUR, statement=statement)
        assert now_of(order) == ("", False)
        assert words_of(order) == "Recorded by one person, not yet confirmed."
        assert str(link) == "Pertemps, by a link that was handed over"

    def test_that_the_worker_will_not_come_by_the_mailed_link_to_the_answer(self, mailed, client_of):
        order = mailed.send(mailed.sourced())
        post(MONDAY)
        mailed.secure(order, at=MONDAY + HOUR)
        (token,) = post(MONDAY + HOUR)
        with at(MONDAY + 2 * HOUR):
            stranger = Client()
            page = stranger.get(f"/supplier/{token}/dispute/").content.decode()
            assert f"/supplier/{token}/no-show/" in page
            words = {"words": "Took a permanent post.", "said_by": "Perry Placeholder"}
            page = stranger.post(f"/supplier/{token}/no-show/", words, follow=True).content.decode()
            assert "You have told us that the worker will not come: Perry Placeholder" in page
        with at(MONDAY + 3 * HOUR):
            page = client_of("officer").get(f"/releases/{order.pk}/will-not-come/").content.decode()
            assert "Took a permanent post." in page
            client_of("officer").post(f"/releases/{order.pk}/will-not-come/", {"reason": "Took a permanent post."})
        assert now_of(order) == ("will_not_come", True)
        assert order.statements.get().received_at == MONDAY + 2 * HOUR
        order.refresh_from_db()
        assert order.fell_through_at == MONDAY + 2 * HOUR

    @pytest.mark.parametrize(("code", "fields"), [("no_name", {"said_by": " "}), ("no_reason", {"words": " "})])
    def test_a_supplier_says_who_says_so_and_why(self, world, code, fields):
        link = world.link(world.secured(), purpose="answer")
        said = {"words": "Ill.", "said_by": "Perry Placeholder"} | fields
        refused(code, supplier.say_will_not_come, by=link, at=MONDAY + 2 * HOUR, **said)

    def test_nor_are_other_words_of_the_same_order(self, world):
        order = world.secured()
        link = world.link(order, purpose="answer")
        words = {"words": "Not so.", "said_by": "Perry Placeholder"}
        dispute = supplier.dispute_by_link(by=link, at=AFTER_WINDOW, **words)
        common = {"by": world.officer, "at": AFTER_WINDOW + HOUR, "release": order, "reason": "x"}
        refused("own_words_of_another", taking_back.worker_will_not_come, statement=dispute, **common)

    def test_that_a_worker_will_not_come_is_said_once_and_of_a_worker(self, world):
        said = {"words": "Ill.", "said_by": "Perry Placeholder", "at": AFTER_WINDOW + HOUR}
        link = world.link(world.failed(), purpose="answer")
        refused("not_secured", supplier.say_will_not_come, by=link, **said)
        link = world.link(world.secured(), purpose="answer")
        statement = supplier.say_will_not_come(by=link, **said)
        refused("said_already", supplier.say_will_not_come, by=link, **said)
        other = {"by": world.officer, "at": AFTER_WINDOW + 2 * HOUR, "release": world.secured(), "reason": "x"}
        refused("own_words_of_another", taking_back.worker_will_not_come, statement=statement, **other)


class TestSilence:
    def test_is_proof_where_the_order_and_its_reminder_were_mailed_and_the_time_has_passed(self, mailed):
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        assert post(MONDAY + 26 * HOUR) and "reminder" in mail.outbox[-1].subject
        with at(AFTER_WINDOW):
            mailed.fail(order, reason="no_answer")
        assert now_of(order) == ("silence", True)
        assert words_of(order).startswith("Pertemps was silent: it did not answer our mail of 8 January 2024")

    def test_there_is_one_reminder_and_none_before_half_of_the_time(self, mailed):
        sent(mailed)
        for moment in (MONDAY + HOUR, MONDAY + 26 * HOUR, MONDAY + 27 * HOUR, AFTER_WINDOW):
            with at(moment):
                witnessing.remind_suppliers()
            post(moment)
        assert Message.objects.filter(kind="reminder").count() == 1

    def test_is_nothing_without_a_reminder(self, mailed):
        order = sent(mailed)
        with at(AFTER_WINDOW):
            mailed.fail(order, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_is_nothing_of_an_address_that_nobody_has_read_lately(self, mailed):
        Council.objects.update_or_create(pk=1, defaults={"living_days": 3})
        sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
            assert not Message.objects.filter(kind="reminder").exists()

    def test_is_nothing_where_the_answer_was_recorded_before_the_time_had_passed(self, mailed):
        """The telephone said no on the second day: that is no silence, even after the reminder and later."""
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        post(MONDAY + 26 * HOUR)
        said = {"declined_on": date(2024, 1, 9), "declined_sender": "x", "declined_text": "No."}
        with at(MONDAY + 28 * HOUR):
            mailed.fail(order, at=MONDAY + 28 * HOUR, **said)
        with at(AFTER_WINDOW):
            witnessing.witness_by_time()
        assert now_of(order) == ("", False)

    @pytest.mark.parametrize("how", ["a candidate", "a mail that came back"])
    def test_is_broken_by_whatever_was_heard(self, mailed, how):
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        post(MONDAY + 26 * HOUR)
        if how == "a candidate":
            mailed.step(mailed.put_forward(order), "turned_down")
        else:
            bounced(mailed, order)
        with at(AFTER_WINDOW):
            mailed.fail(order, reason="no_answer" if how == "a mail that came back" else "unsuitable")
        assert now_of(order) == ("", False)

    def test_is_nothing_where_somebody_stopped_the_link(self, mailed):
        """The officer stops the links, and the supplier that would have answered finds none."""
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        post(MONDAY + 26 * HOUR)
        with at(MONDAY + 27 * HOUR):
            mailing.revoke_link(by=mailed.officer, at=MONDAY + 27 * HOUR, release=order)
        with at(AFTER_WINDOW):
            mailed.fail(order, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_is_nothing_where_an_answer_was_given(self, mailed):
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        post(MONDAY + 26 * HOUR)
        with at(AFTER_WINDOW):
            mailed.fail(order, reason="no_candidates")
        assert now_of(order) == ("", False)

    def test_another_address_is_not_one_that_is_read(self, mailed):
        address_in_force(mailed.pertemps, "typo@pertemps.example")
        order = sent(mailed)
        assert not witnesses.sent(order, "brief").is_living

    def test_a_later_bounce_takes_it_away_and_a_colleague_gives_it_back(self, mailed):
        order = silent(mailed)
        returned = bounced(mailed, order, AFTER_WINDOW + HOUR)
        assert not returned.after_booking
        assert now_of(order) == ("silence", False)
        assert "Its silence proves nothing any more" in words_of(order)
        assert order in witnesses.to_confirm(mailed.officer2)
        mailed.witness(order)
        assert now_of(order) == ("second_person", True)

    def test_after_somebody_was_booked_it_stands_beside(self, mailed):
        order = silent(mailed)
        later = mailed.send(order.vacancy, mailed.framework, at=AFTER_WINDOW)
        mailed.book(mailed.secure(later, at=AFTER_WINDOW + HOUR))
        returned = bounced(mailed, order, AFTER_WINDOW + 3 * HOUR)
        assert returned.after_booking
        assert now_of(order) == ("silence", True)


def silent(world) -> Release:
    order = sent(world)
    with at(MONDAY + 26 * HOUR):
        witnessing.remind_suppliers()
    post(MONDAY + 26 * HOUR)
    with at(AFTER_WINDOW):
        world.fail(order, reason="no_answer")
    assert now_of(order) == ("silence", True)
    return order


def bounced(world, order: Release, moment=MONDAY + 27 * HOUR) -> ReturnedMail:
    sending = witnesses.not_returned(order).last()
    returned = witnessing.record_returned(
        by=world.officer, at=moment, release=order, sending=sending, words="User unknown."
    )
    return ReturnedMail.objects.get(pk=returned.pk)


class TestToldAndNotDisputed:
    def failed(self, world) -> Release:
        return world.fail(sent(world))

    def opened_an_answer(self, world):
        """Pertemps have looked at a recorded answer before."""
        earlier = world.send(world.sourced(at=MONDAY - timedelta(days=4)), at=MONDAY - timedelta(days=4))
        post(MONDAY - timedelta(days=4))
        world.secure(earlier, at=MONDAY - timedelta(days=4) + HOUR)
        (token,) = post(MONDAY - timedelta(days=4) + HOUR)
        with at(MONDAY - timedelta(days=3)):
            links.note_opening(links.find(token))

    def test_is_proof_after_four_working_hours(self, mailed):
        self.opened_an_answer(mailed)
        order = self.failed(mailed)
        post(AFTER_WINDOW)
        with at(AFTER_WINDOW + 3 * HOUR):
            witnessing.witness_by_time()
        assert now_of(order) == ("", False)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert now_of(order) == ("told", True)
        assert words_of(order) == (
            "Pertemps was told of the recorded answer on 10 January 2024 and did not dispute it in the time it had."
        )

    def test_is_nothing_of_a_supplier_that_never_looked_at_one(self, mailed):
        order = self.failed(mailed)
        post(AFTER_WINDOW)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert now_of(order) == ("", False)

    def test_a_dispute_prevents_it_and_takes_it_away(self, mailed):
        self.opened_an_answer(mailed)
        order = self.failed(mailed)
        (token,) = post(AFTER_WINDOW)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        words = {"words": "We had somebody.", "said_by": "Perry Placeholder"}
        statement = supplier.dispute_by_link(by=links.find(token), at=AFTER_WINDOW + 6 * HOUR, **words)
        statement.refresh_from_db()
        assert not statement.after_booking and statement.secret is None
        assert now_of(order) == ("told", False)
        assert "disputes it" in words_of(order)

    def test_of_a_worker_who_did_not_come_it_is_told_anew(self, mailed):
        """Told of "secured", which nobody disputes, is not told of the fall-through."""
        self.opened_an_answer(mailed)
        order = mailed.secure(mailed.send(mailed.sourced()), at=MONDAY + HOUR)
        post(MONDAY + HOUR)
        taking_back.worker_will_not_come(by=mailed.officer, at=AFTER_WINDOW, release=order, reason="x")
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert now_of(order) == ("", False)
        post(AFTER_WINDOW + 5 * HOUR)
        with at(AFTER_WINDOW + timedelta(days=1, hours=5)):
            witnessing.witness_by_time()
        assert now_of(order) == ("told", True)

    def test_sent_once_more_it_is_the_last_mail_that_counts(self, mailed):
        self.opened_an_answer(mailed)
        order = self.failed(mailed)
        post(AFTER_WINDOW)
        with at(AFTER_WINDOW + 4 * HOUR):
            mailing.send_brief_again(by=mailed.officer, at=AFTER_WINDOW + 4 * HOUR, release=order)
        post(AFTER_WINDOW + 4 * HOUR)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert now_of(order) == ("", False)
        with at(AFTER_WINDOW + timedelta(days=1, hours=1)):
            witnessing.witness_by_time()
        assert now_of(order) == ("told", True)

    def test_two_people_who_correct_it_are_enough(self, mailed):
        self.opened_an_answer(mailed)
        order = self.failed(mailed)
        post(AFTER_WINDOW)
        mailed.corrected("release", order, own_supply="not_tried")
        assert now_of(order) == ("correction", True)
        assert words_of(order).startswith("As two people corrected it on ")

    def test_a_dispute_before_its_time_prevents_it(self, mailed):
        self.opened_an_answer(mailed)
        order = self.failed(mailed)
        (token,) = post(AFTER_WINDOW)
        words = {"words": "We had somebody.", "said_by": "Perry Placeholder"}
        supplier.dispute_by_link(by=links.find(token), at=AFTER_WINDOW + HOUR, **words)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert not order.witnesses.exists()

    @pytest.mark.parametrize(("days", "living"), [(89, True), (91, False)])
    def test_the_supplier_has_looked_at_such_an_answer_within_ninety_days(self, mailed, days, living):
        self.opened_an_answer(mailed)
        opened = LinkOpening.objects.latest("pk").opened_at
        message = Message.objects.filter(kind="answer").latest("pk")
        asks = brief.SENDING["answer"].asks(message, opened + timedelta(days=days))
        assert asks.is_living is living

    def test_what_nobody_is_the_first_to_hold_up(self, mailed, monkeypatch):
        """One that cannot be witnessed leaves the others theirs."""
        self.opened_an_answer(mailed)
        orders = [self.failed(mailed), self.failed(mailed)]
        post(AFTER_WINDOW)
        attach = witnessing.attach

        def first_fails(release, kind, **rows):
            if release.pk == orders[0].pk:
                raise RuleViolation(Refusal("x", "x"))
            return attach(release, kind, **rows)

        monkeypatch.setattr(witnessing, "attach", first_fails)
        with at(AFTER_WINDOW + 5 * HOUR):
            witnessing.witness_by_time()
        assert [now_of(one) for one in orders] == [("", False), ("told", True)]


class TestASecondPerson:
    @pytest.mark.parametrize("who", ["officer2", "lead", "director"])
    def test_is_another_officer_the_lead_of_the_team_or_the_assistant_director(self, world, who):
        order = world.failed()
        world.witness(order, by=world.people[who], note="Read the e-mail.")
        assert now_of(order) == ("second_person", True)
        assert words_of(order).startswith(f"Confirmed by {world.people[who]} on ")
        assert Witness.objects.get().note == "Read the e-mail."

    @pytest.mark.parametrize("who", ["other_lead", "finance", "administrator", "auditor", "nobody", "system"])
    def test_is_nobody_else(self, world, who):
        from council.errors import NotAllowed

        with pytest.raises(NotAllowed):
            world.witness(world.failed(), by=world.people[who])

    def test_never_who_recorded_it(self, world):
        """Two officers and both failures: of a worker who did not come it is who recorded that."""
        order = world.failed()
        common = {"at": AFTER_WINDOW, "releases": [order]}
        refused("own_entry", witnessing.confirm, by=world.officer, **common)
        lost = world.secured()
        taking_back.worker_will_not_come(by=world.officer2, at=AFTER_WINDOW, release=lost, reason="x")
        common = {"at": AFTER_WINDOW, "releases": [lost]}
        refused("own_entry", witnessing.confirm, by=world.officer2, **common)
        witnessing.confirm(by=world.officer, **common)
        assert now_of(lost) == ("second_person", True)

    def test_confirms_several_at_once_or_none(self, world):
        first, second = world.failed(), world.failed()
        waiting = world.send(world.sourced())
        common = {"by": world.officer2, "at": AFTER_WINDOW}
        refused("not_failed", witnessing.confirm, releases=[first, waiting], **common)
        assert now_of(first) == ("", False)
        witnessing.confirm(releases=[first, second], **common)
        assert now_of(first) == now_of(second) == ("second_person", True)
        assert Message.objects.filter(kind="named", subject=world.officer2.pk).count() == 1
        refused("already_witnessed", witnessing.confirm, releases=[first], **common)

    def test_is_whoever_approves_an_exemption_on_it(self, world):
        order = world.failed()
        world.exempted(order.vacancy)
        assert now_of(order) == ("second_person", True)
        assert Witness.objects.get().confirmed_by == world.director

    def test_once_who_approves_has_one_before_them_there_is_no_other(self, world):
        order = world.failed()
        world.witness(order)
        world.exempted(order.vacancy)
        assert order.witnesses.count() == 1

    def test_stands_beside_silence_where_an_exemption_was_approved_on_it(self, mailed):
        order = silent(mailed)
        mailed.exempted(order.vacancy)
        assert list(order.witnesses.values_list("kind", flat=True)) == ["silence", "second_person"]

    def test_is_a_deputy_of_the_assistant_director_too(self, world, client_of):
        order = world.failed()
        assert client_of("nobody").get("/answers/confirm/").status_code == 403
        days = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
        Deputy.objects.create(approval="later_route", for_user=world.director, user=world.nobody, **days)
        assert order.reference in client_of("nobody").get("/answers/confirm/").content.decode()

    def test_finds_what_is_theirs_to_confirm_and_nothing_else(self, world):
        """Of their own teams, of agencies, in rounds that go on, not entered in error; one whose round is over where they come for it."""
        order = world.failed()
        permanent = world.fail(world.send(world.sourced(), world.permanent), own_supply="", brokered_supply="")
        voided = world.failed()
        taking_back.void(by=world.director, at=AFTER_WINDOW, release=voided, reason="x")
        over = world.failed()
        over.round.__class__.objects.filter(pk=over.round_id).update(
            closed_at=AFTER_WINDOW, closed_as="ended", closed_by=world.officer
        )
        assert set(witnesses.to_confirm(world.officer2)) == {order}
        assert set(witnesses.to_confirm(world.officer2, over.pk)) == {order, over}
        assert set(witnesses.to_confirm(world.lead)) == {order}
        assert not witnesses.to_confirm(world.other_lead).exists()
        assert words_of(permanent) == words_of(voided) == ""
        common = {"by": world.officer2, "at": AFTER_WINDOW}
        refused("not_failed", witnessing.confirm, releases=[permanent], **common)
        refused("entered_in_error", witnessing.confirm, releases=[voided], **common)

    def test_reads_what_was_said_and_by_whom_it_was_recorded(self, world, client_of):
        said = {
            "declined_on": MONDAY.date(),
            "declined_sender": "Perry Placeholder",
            "declined_text": "Nobody is free.",
        }
        world.fail(world.send(world.sourced()), at=MONDAY + HOUR, **said)
        lost = world.secured()
        taking_back.worker_will_not_come(by=world.officer, at=AFTER_WINDOW, release=lost, reason="Is ill.")
        page = client_of("officer2").get("/answers/confirm/").content.decode()
        assert "Perry Placeholder: Nobody is free." in page and "Is ill. Recorded by The officer" in page


class TestWhatWaitsForIt:
    def test_the_next_step_opens_at_once_and_is_booked_when_it_is_confirmed(self, world):
        """A1: a confirmation from "someone", with the text "no"."""
        said = {"declined_on": MONDAY.date(), "declined_sender": "someone", "declined_text": "no"}
        order = world.fail(world.send(world.sourced()), at=MONDAY + HOUR, **said)
        later = world.secure(world.send(order.vacancy, world.framework, at=MONDAY + HOUR), at=MONDAY + 2 * HOUR)
        terms = {
            "registration_number": "SW54321",
            "worker_name": "W",
            "starts_on": date(2024, 1, 22),
            "ends_on": date(2024, 4, 19),
            "hours_per_week": D(37),
            "pattern": "weekdays",
            "pay_rate": D(33),
            "charge_rate": D(41),
        }
        common = {"by": world.officer, "at": MONDAY + 3 * HOUR, "release": later}
        sentence = refused("not_witnessed", booking.book, **common, **terms)
        assert sentence == (
            "Pertemps’ answer was recorded by The officer alone, and nothing confirms it yet. Have a colleague confirm it first: it waits at "
            "Answers to confirm."
        )
        world.witness(order)
        assert booking.book(**common, **terms).proof_id == order.pk

    def test_a_worker_who_did_not_come_by_one_persons_word(self, world):
        """A4: "secured", and in the same minute "will not come: x"."""
        order = world.secure(world.send(world.sourced()), at=MONDAY + HOUR)
        taking_back.worker_will_not_come(by=world.officer, at=MONDAY + HOUR, release=order, reason="x")
        assert now_of(order) == ("", False)
        later = world.send(order.vacancy, world.framework, at=MONDAY + 2 * HOUR)
        assert later.rests_on_id == order.pk

    def test_an_order_entered_afterwards_is_no_silence(self, mailed):
        """A2: "sent two days ago by telephone", then "no answer" yesterday."""
        vacancy = mailed.sourced()
        late = {"happened_at": MONDAY, "late_reason": "By telephone"}
        order = mailed.send(vacancy, at=AFTER_WINDOW + 2 * HOUR, **late)
        with at(AFTER_WINDOW + 3 * HOUR):
            mailed.fail(order, at=AFTER_WINDOW + 3 * HOUR, reason="no_answer")
        assert now_of(order) == ("", False)


class TestANight:
    def test_one_officer_goes_on_and_it_is_told_apart(self, world):
        order = self.booked(world)
        assert words_of(order) == "An emergency out of hours: recorded by one person, to be confirmed."

    def booked(self, world) -> Release:
        clock.move_to(SATURDAY_NIGHT)
        order = world.called()
        clock.move_to(SATURDAY_NIGHT + 3 * HOUR)
        world.fail(order, at=SATURDAY_NIGHT + 3 * HOUR, reason="no_answer")
        assert now_of(order) == ("emergency", True)
        later = world.send(order.vacancy, world.framework, at=SATURDAY_NIGHT + 3 * HOUR)
        world.secure(later, at=SATURDAY_NIGHT + 4 * HOUR)
        days = {"starts_on": date(2024, 1, 14), "ends_on": date(2024, 1, 19), "pattern": "seven_days"}
        placement = world.book(later, at=SATURDAY_NIGHT + 4 * HOUR, **days)
        assert placement.proof_id == order.pk
        return order

    def test_its_confirmation_on_the_next_day_is_the_second_person(self, world):
        from placements.emergencies.actions import decide_emergency

        order = self.booked(world)
        monday = SATURDAY_NIGHT + timedelta(days=1, hours=13)
        clock.move_to(monday)
        call = order.vacancy.emergency_call
        decide_emergency(by=world.director, at=monday, call=call, decision="confirmed", reason="Needed.")
        assert now_of(order) == ("second_person", True)
        assert list(order.witnesses.values_list("kind", flat=True)) == ["emergency", "second_person"]

    def test_after_its_day_it_takes_a_second_person_like_any_other(self, world):
        order = world.called()
        clock.move_to(order.vacancy.emergency_call.confirm_by + HOUR)  # Monday at 18:00
        world.fail(order, at=order.vacancy.emergency_call.confirm_by + HOUR, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_in_working_hours_it_takes_a_second_person_too(self, world):
        """A call of the night, and a failure that is recorded on Monday at ten."""
        order = world.called()
        monday = SATURDAY_NIGHT + timedelta(days=1, hours=12)
        clock.move_to(monday)
        world.fail(order, at=monday, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_nor_once_the_emergency_is_decided(self, world):
        from placements.emergencies.actions import decide_emergency

        order = world.called()
        sunday = SATURDAY_NIGHT + timedelta(hours=12)
        call = order.vacancy.emergency_call
        decide_emergency(by=world.director, at=sunday, call=call, decision="confirmed", reason="Needed.")
        order.vacancy.refresh_from_db()
        clock.move_to(sunday + HOUR)
        world.fail(order, at=sunday + HOUR, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_nor_where_it_was_not_confirmed(self, world):
        from placements.emergencies.actions import decide_emergency

        order = world.called()
        call = order.vacancy.emergency_call
        sunday = SATURDAY_NIGHT + timedelta(hours=12)
        decide_emergency(by=world.director, at=sunday, call=call, decision="not_confirmed", reason="It could wait.")
        order.vacancy.refresh_from_db()
        clock.move_to(sunday + HOUR)
        world.fail(order, at=sunday + HOUR, reason="no_answer")
        assert now_of(order) == ("", False)

    def test_whoever_recorded_it_confirms_only_the_emergency(self, world):
        """The officer as the Assistant Director's deputy."""
        from placements.emergencies.actions import decide_emergency

        order = self.booked(world)
        days = {"starts_on": date(2024, 1, 14), "ends_on": date(2024, 1, 16)}
        Deputy.objects.create(approval="emergency", for_user=world.director, user=world.officer, **days)
        call = order.vacancy.emergency_call
        monday = SATURDAY_NIGHT + timedelta(days=1, hours=13)
        refused("own_entry", decide_emergency, by=world.officer, at=monday, call=call, decision="confirmed", reason="x")
        assert now_of(order) == ("emergency", True)

    def test_a_colleague_may_confirm_what_was_recorded_that_night(self, world):
        order = self.booked(world)
        assert order in witnesses.to_confirm(world.officer2)
        witnessing.confirm(by=world.officer2, at=SATURDAY_NIGHT + timedelta(days=2), releases=[order])
        assert now_of(order) == ("second_person", True)


class TestMailThatCameBack:
    def test_is_one_of_the_order_s_and_comes_back_once(self, mailed):
        order = sent(mailed)
        sending = witnesses.not_returned(order).get()
        other = sent(mailed)
        common = {"by": mailed.officer, "at": MONDAY + HOUR, "words": "User unknown."}
        refused("not_its_mail", witnessing.record_returned, release=other, sending=sending, **common)
        refused("no_words", witnessing.record_returned, release=order, sending=sending, **common | {"words": " "})
        early = {"happened_at": MONDAY - timedelta(days=1), "late_reason": "x"}
        refused("before_sent", witnessing.record_returned, release=order, sending=sending, **common, **early)
        witnessing.record_returned(release=order, sending=sending, **common)
        refused("not_its_mail", witnessing.record_returned, release=order, sending=sending, **common)

    def test_on_the_day_it_was_sent_and_kept_with_why_it_is_late(self, mailed):
        order = sent(mailed)
        common = {"by": mailed.officer, "release": order, "sending": witnesses.not_returned(order).get()}
        late = {"happened_at": MONDAY - HOUR, "late_reason": "Was away", "words": "User unknown."}
        returned = witnessing.record_returned(at=MONDAY + timedelta(days=1), **common, **late)
        assert returned.late_reason == "Was away"


class TestWhatIsMailed:
    def test_a_reminder_that_waits_is_not_wanted_once_there_is_an_answer(self, mailed):
        order = sent(mailed)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        mailed.secure(order, at=MONDAY + 26 * HOUR)
        assert Message.objects.get(kind="reminder").cancelled_at

    def test_no_reminder_to_an_address_that_was_taken_away(self, mailed):
        sent(mailed)
        mailed.pertemps.ordering_address = ""
        mailed.pertemps.save()
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        assert not Message.objects.filter(kind="reminder").exists()

    def test_none_of_a_permanent_order(self, mailed):
        address_in_force(mailed.permanent.agency, "liquid@liquid.example")
        mailed.send(mailed.sourced(), mailed.permanent)
        post(MONDAY)
        with at(MONDAY + 26 * HOUR):
            witnessing.remind_suppliers()
        assert not Message.objects.filter(kind="reminder").exists()

    def test_the_time_to_answer_is_that_of_the_request(self, mailed):
        """Sixteen working hours, eight where it is urgent, and none by mail at night, when a person was rung."""
        routine = mailed.send(mailed.sourced())
        urgent = mailed.send(mailed.sourced(urgency="urgent"))
        assert brief.time_to_answer(routine, MONDAY) == MONDAY + timedelta(days=2)
        assert brief.time_to_answer(urgent, MONDAY) == MONDAY + timedelta(days=1)
        assert brief.time_to_answer(mailed.called(), SATURDAY_NIGHT) is None

    def test_what_the_mail_server_said_is_kept(self, mailed, monkeypatch):
        order = mailed.send(mailed.sourced())

        class Server(EmailBackend):
            last_reply = "250 2.0.0 Ok: queued as 4T"

        message = Message.objects.get(kind="brief", subject=order.pk)
        with at(MONDAY):
            outbox.deliver(message, MONDAY, Server())
        assert message.went is None or message.went.server_said
        assert Sending.objects.get(message=message).server_said == "250 2.0.0 Ok: queued as 4T"


class TestOpenings:
    def test_are_kept_the_first_time(self, world):
        link = world.link(world.send(world.sourced()))
        links.note_opening(link)
        links.note_opening(link)
        assert LinkOpening.objects.get().secret is None

    @pytest.mark.parametrize(("days", "living"), [(59, True), (60, False), (61, False)])
    def test_make_an_address_living_for_sixty_days(self, mailed, days, living):
        opened = LinkOpening.objects.get().opened_at
        assert links.is_living(mailed.pertemps, opened + timedelta(days=days), days=60) is living

    def test_are_those_of_the_agency(self, mailed):
        opened = LinkOpening.objects.get().opened_at
        mailed.halden.ordering_address = mailed.pertemps.ordering_address
        assert not links.is_living(mailed.halden, opened + HOUR, days=60)

    def test_by_a_link_that_was_handed_over_do_not(self, world):
        link = world.link(world.send(world.sourced()), unseen=False)
        links.note_opening(link)
        assert not links.is_living(world.pertemps, clock.now_here() + HOUR, days=60)


class TestPages:
    def test_a_colleague_confirms_from_the_list(self, world, client_of):
        order, other = world.failed(), world.failed()
        client = client_of("officer2")
        page = client.get(f"/answers/confirm/?order={order.pk}").content.decode()
        assert order.reference in page and other.reference in page
        assert re.search(rf'value="{order.pk}"[^>]*checked', page) and not re.search(
            rf'value="{other.pk}"[^>]*checked', page
        )
        answer = client.post(
            "/answers/confirm/", {"answers": [order.pk, other.pk], "note": "Read the e-mails."}, follow=True
        )
        assert f"You have confirmed {order.reference}, {other.reference}" in answer.content.decode()
        assert now_of(order) == now_of(other) == ("second_person", True)

    def test_who_recorded_it_finds_nothing_to_confirm(self, world, client_of):
        order = world.failed()
        page = client_of("officer").get("/answers/confirm/").content.decode()
        assert order.reference not in page and "Nothing waits to be confirmed by you." in page
        assert client_of("finance").get("/answers/confirm/").status_code == 403

    def test_nothing_chosen_or_not_looked_at_is_said(self, world, client_of):
        order = world.failed()
        client = client_of("officer2")
        page = client.post("/answers/confirm/", {"note": "x"}).content.decode()
        assert "Choose the answers that you have looked at" in page
        page = client.post("/answers/confirm/", {"answers": [order.pk]}).content.decode()
        assert "Say what you looked at" in page
        assert now_of(order) == ("", False)

    def test_the_request_and_the_order_say_it_and_lead_there(self, world, client_of):
        order = world.failed()
        for address in (order.vacancy.get_absolute_url(), order.get_absolute_url()):
            page = client_of("officer2").get(address).content.decode()
            assert "Recorded by one person, not yet confirmed." in page
            assert f"/answers/confirm/?order={order.pk}" in page
            assert f"/answers/confirm/?order={order.pk}" not in client_of("officer").get(address).content.decode()
        world.witness(order)
        assert "Confirmed by The other officer" in client_of("officer").get(order.get_absolute_url()).content.decode()

    def test_an_officer_records_that_a_mail_came_back(self, mailed, client_of):
        order = sent(mailed)
        client = client_of("officer")
        assert "Record that a mail came back" in client.get(f"/releases/{order.pk}/link/").content.decode()
        sending = witnesses.not_returned(order).get()
        page = client.post(
            f"/releases/{order.pk}/returned/", {"sending": sending.pk, "words": "User unknown."}, follow=True
        ).content.decode()
        assert "It is recorded that the mail came back." in page and "User unknown." in page
        assert ReturnedMail.objects.get().release == order

    def test_the_page_of_a_link_says_who_has_seen_it(self, mailed, client_of):
        order = sent(mailed)
        mailing.make_link(by=mailed.officer, at=MONDAY, release=order)
        with at(MONDAY + HOUR):
            page = " ".join(client_of("officer").get(f"/releases/{order.pk}/link/").content.decode().split())
        assert "was mailed 8 January 2024" in page and "The officer made to pass on" in page
        assert "Nobody has opened it." in page


def test_a_correction_that_waits_changes_nothing_yet(world):
    order = world.failed()
    world.witness(order)
    common = {"by": world.officer, "at": AFTER_WINDOW, "subject": "release", "row": order, "why": "x"}
    proposing.propose(**common, outcome="secured", supply_mode="direct", reason="")
    assert now_of(order) == ("second_person", True)


def test_where_the_first_supplier_can_supply_after_all_its_new_answer_is_no_failure(world):
    order = world.failed()
    later = world.send(order.vacancy, world.framework, at=AFTER_WINDOW)
    again = answering.first_supplier_can_supply(
        by=world.officer, at=AFTER_WINDOW + HOUR, release=later, supply_mode="direct", note="x"
    )
    assert now_of(again) == ("", False)


class TestAnotherOrderingAddress:
    def change(self, client, agency, address: str):
        form = {
            "name": agency.name,
            "ordering_address": address,
            "is_active": "on",
            "payment_names-TOTAL_FORMS": "0",
            "payment_names-INITIAL_FORMS": "0",
        }
        return client.post(f"/admin/recruitment/agency/{agency.pk}/change/", form)

    def test_is_told_to_the_one_before_and_to_the_assistant_director(self, mailed, client_of):
        """One administrator alone: the brief would go to a box of one's own, and its link would speak for the supplier."""
        assert self.change(client_of("administrator"), mailed.pertemps, "mine@x.example").status_code == 302
        mailed.pertemps.refresh_from_db()
        assert mailed.pertemps.ordering_address == "orders@pertemps.example"  # until that box has clicked
        assert Message.objects.get(kind="address").to == "orders@pertemps.example"
        told = Message.objects.get(kind="named", subject=mailed.director.pk)
        assert "The administrator set the ordering address of Pertemps to mine@x.example" in told.body

    def test_of_which_nobody_has_opened_a_link_is_not_living(self, mailed):
        address_in_force(mailed.pertemps, "mine@x.example")
        post(MONDAY)
        assert not witnesses.sent(sent(mailed), "brief").is_living

    def test_the_first_one_has_none_before_it(self, world, client_of):
        self.change(client_of("administrator"), world.halden, "orders@halden.example")
        assert Message.objects.get(kind="confirm_address").to == "orders@halden.example"
        assert not Message.objects.filter(kind="address").exists()
        assert Message.objects.filter(kind="named", subject=world.director.pk).count() == 1

    def test_nothing_is_told_where_it_stays(self, mailed, client_of):
        before = Message.objects.count()
        assert self.change(client_of("administrator"), mailed.pertemps, "orders@pertemps.example").status_code == 302
        assert Message.objects.count() == before
