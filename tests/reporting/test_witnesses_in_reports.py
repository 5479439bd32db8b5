"""What confirms a failure, in the reports, on Today and on the timeline."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from council import clock
from council.models import Message, Sending
from recruitment.models import Release, Witness
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import links
from recruitment.reads.witness_words import witness_words
from recruitment.witnesses import actions as witnessing
from reporting.reports.assurance import assurance
from reporting.reports.suppliers import last_quarters, suppliers
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, today_of

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTED, KNOWN = date(2024, 1, 31), date(2024, 2, 1)


def told(order: Release) -> None:
    """Told of its recorded answer an hour before, by a link that works, and it has not disputed it."""
    address_in_force(order.contract.agency, "x@x.example")
    message = Message.objects.create(kind="answer", subject=order.pk, to="x@x.example", title="x", body="x")
    links.make(order, by=None, at=clock.now_here(), purpose="answer", unseen=True)
    common = {"kind": "answer", "subject": order.pk, "address": "x@x.example", "server_said": "250", "is_living": True}
    due = clock.now_here() + HOUR
    sending = Sending.objects.create(message=message, due_at=due, **common)
    clock.move_to(due + HOUR)
    order.refresh_from_db()
    witnessing.attach(order, "told", sending=sending, due_at=due)


def before(order: Release) -> None:
    """As the update left what was recorded before a witness was asked for."""
    with connection.cursor() as cursor:
        cursor.execute("alter table recruitment_witness drop constraint witness_is_not_of_before")
    order.refresh_from_db()
    witnessing.attach(order, "before")


class TestAssurance:
    def test_counts_what_confirms_the_proofs(self, world):
        world.book(world.framework_secured())
        order = world.framework_secured()
        told(order.rests_on)
        world.book(order)
        found = assurance(STARTED, KNOWN)
        assert found.lines.by_witness == {"second_person": 1, "told": 1}
        assert found.as_json()["by_witness"] == {"second_person": 1, "told": 1}
        assert found.counts["proved"] == 2

    def test_tells_apart_what_was_recorded_before(self, world):
        order = world.framework_secured()
        before(order.rests_on)
        world.book(order)
        found = assurance(STARTED, KNOWN)
        assert (found.counts["one_person"], found.with_proof, found.lines.by_witness) == (1, 1, {"before": 1})
        (line,) = found.lines
        assert "Recorded by one person, before a second was asked for." in line.words

    def test_counts_no_proof_of_a_breach(self, world):
        placement = world.book(world.framework_secured())
        world.corrected("release", placement.proof, outcome="secured", supply_mode="direct", reason="")
        found = assurance(STARTED, KNOWN)
        assert (found.breaches, found.lines.by_witness) == (1, {})

    def test_the_page_says_it_in_words(self, world, client_of):
        world.book(world.framework_secured())
        page = client_of("director").get("/assurance/?on=2024-01-31").content.decode()
        assert "What confirms the proofs" in page and "confirmed by a second person 1" in page


class TestFiguresOfSuppliers:
    def test_count_what_that_suppliers_review_signs(self, world, client_of):
        """A colleague's word, and one told and not disputed; not one that waits, nor one that was disputed since."""
        world.failed()
        confirmed, heard_of, disputed = world.failed(), world.failed(), world.failed()
        world.witness(confirmed)
        told(heard_of)
        told(disputed)
        link = world.link(disputed, purpose="answer", at=clock.now_here())
        supplier.dispute_by_link(by=link, at=clock.now_here(), words="No.", said_by="Perry Placeholder")
        days = (date(2024, 1, 1), date(2024, 3, 31))
        (line,) = [one for one in suppliers(*days).suppliers if one.name == "Pertemps"]
        assert line.for_review == 2
        query = f"answer=for_review&supplier={world.pertemps.pk}&since=2024-01-01&until=2024-03-31"
        page = client_of("officer").get(f"/suppliers/orders/?{query}").content.decode()
        assert confirmed.reference in page and heard_of.reference in page and disputed.reference not in page

    def test_by_the_quarters_of_the_last_year(self):
        found = last_quarters(date(2026, 2, 14))
        assert found[0] == ("January to March 2026", date(2026, 1, 1), date(2026, 3, 31))
        assert found[1] == ("October to December 2025", date(2025, 10, 1), date(2025, 12, 31))
        assert len(found) == 5


class TestToday:
    TITLE = "Answers to confirm"

    def test_a_colleague_is_asked_at_once_and_the_assistant_director_on_the_next_day(self, world):
        world.failed()
        for who, when, count in (
            ("officer2", at(1, 10, 12), 1),
            ("director", at(1, 10, 12), None),
            ("director", at(1, 11, 9), 1),
        ):
            with time_machine.travel(when, tick=False):
                section = today_of(world, who, when).get(self.TITLE)
                assert (section.count if section else None) == count

    def test_says_that_what_confirmed_it_does_so_no_more(self, world):
        order = world.failed()
        told(order)
        link = world.link(order, purpose="answer", at=clock.now_here())
        supplier.dispute_by_link(by=link, at=clock.now_here(), words="No.", said_by="Perry Placeholder")
        with time_machine.travel(at(1, 11, 9), tick=False):
            (item,) = today_of(world, "officer2", at(1, 11, 9))[self.TITLE].items
        assert item.why == "What confirmed it does so no more: the supplier was heard, or a mail came back"

    def test_says_that_a_worker_will_not_come(self, world):
        order = world.secured()
        link = world.link(order, purpose="answer")
        supplier.say_will_not_come(by=link, at=AFTER_WINDOW, words="Ill.", said_by="Perry Placeholder")
        with time_machine.travel(at(1, 11, 9), tick=False):
            (item,) = today_of(world, "officer", at(1, 11, 9))["Workers to book"].items
        assert item.why == "Pertemps says by its link that the worker will not come"
        assert item.url == f"/releases/{order.pk}/will-not-come/"


def test_the_words_of_what_was_recorded_before(world):
    order = world.failed()
    before(order)
    assert witness_words(Release.objects.get(pk=order.pk)) == "Recorded by one person, before a second was asked for."
    assert Witness.objects.get().kind == "before"


def test_the_timeline_and_the_evidence_say_what_confirms_it(world, client_of):
    order = world.failed()
    world.witness(order)
    words = "Confirmed by The other officer on 10 January 2024."
    for address in (order.vacancy.get_absolute_url(), f"{order.vacancy.get_absolute_url()}evidence/"):
        assert words in client_of("officer").get(address).content.decode()


class TestWhoDecidesAnExemption:
    """What became of each earlier step stands on the decision's page: asked, or skipped and why."""

    def page(self, world, client_of, exemption) -> str:
        with time_machine.travel(at(1, 10, 13), tick=False):
            page = client_of("director").get(f"/exemptions/{exemption.pk}/decide/").content.decode()
        return " ".join(page.split())

    def test_a_framework_that_was_open_and_not_asked(self, world, client_of):
        page = self.page(world, client_of, world.commented(world.exemption()))
        pertemps = "<strong>Pertemps</strong>: Asked on 8 January 2024: not secured. Recorded by one person, not yet confirmed."
        assert pertemps in page
        assert "<strong>The RM6161 contract</strong>: Not asked, though it is open now." in page
        assert "You are then the second person who looked at what was recorded of the first supplier’s answer." in page

    def test_a_framework_that_failed_too(self, world, client_of):
        order = world.failed()
        world.witness(order)
        later = world.send(order.vacancy, world.framework, at=AFTER_WINDOW)
        world.fail(later, at=AFTER_WINDOW + 3 * DAY)
        exemption = world.commented(world.exemption(order.vacancy, at=AFTER_WINDOW + 3 * DAY), AFTER_WINDOW + 3 * DAY)
        with time_machine.travel(at(1, 15), tick=False):
            page = client_of("director").get(f"/exemptions/{exemption.pk}/decide/").content.decode()
        page = " ".join(page.split())
        assert "<strong>Pertemps</strong>: Asked on 8 January 2024: not secured.</li>" in page
        assert "<strong>The RM6161 contract</strong>: Asked on 10 January 2024: not secured." in page
        assert "You are then the second person" not in page

    def test_where_nobody_was_asked_before(self, world, client_of):
        vacancy = world.sourced()
        exemption = world.commented(world.exemption(vacancy, no_proof_reason="A court order of that day."))
        page = self.page(world, client_of, exemption)
        assert "<strong>Pertemps</strong>: Not asked, though it is open now." in page
        assert (
            "<strong>The RM6161 contract</strong>: Not asked: The RM6161 contract is not open yet. Pertemps has not been asked in this round."
            in page
        )
