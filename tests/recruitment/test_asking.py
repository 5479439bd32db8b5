"""Asking well: several posts alike, how urgent it is, and one order for all of them."""

import html
from datetime import timedelta

import pytest
import time_machine

from council.errors import NotAllowed, RuleViolation
from council.models import Message
from recruitment.models import Release, Vacancy
from recruitment.orders import sending
from recruitment.reads.requests import asked_together
from recruitment.requests import actions as vacancies
from reporting.reports.position import position
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY


def refusal(function, **arguments) -> str:
    with pytest.raises(RuleViolation) as caught:
        function(**arguments)
    return caught.value.code


class TestSeveralPosts:
    def test_one_request_for_each(self, world):
        first = world.request(posts=3)
        assert Vacancy.objects.count() == 3
        assert [one.asked_with for one in asked_together(first)] == [first, first]
        second = asked_together(first)[0]
        assert first in asked_together(second)
        assert asked_together(world.request()) == []

    @pytest.mark.parametrize("posts", [0, -1, 21])
    def test_one_to_twenty(self, world, posts):
        assert refusal(world.request, posts=posts) == "how_many"
        assert not Vacancy.objects.exists()

    def ready(self, world, posts=3) -> list[Vacancy]:
        first = world.request(posts=posts)
        all_of_them = [first, *asked_together(first)]
        for one in all_of_them:
            vacancies.decide(by=world.director, at=MONDAY, vacancy=one, decision="agreed", reason="Funded")
            world.direct(one)
        return all_of_them

    def test_sent_in_one_order_and_answered_one_by_one(self, world, client_of):
        first, second, third = self.ready(world)
        sent = sending.send_together(
            by=world.officer,
            at=MONDAY,
            requests=[first, second, third],
            contract=world.corporate,
            max_rate=first.max_charge_rate,
            order_number="PT77",
        )
        assert {one.order_number for one in sent} == {"PT77"}
        world.secure(sent[0])
        world.fail(sent[1])
        assert sorted(Release.objects.values_list("outcome", flat=True)) == ["not_secured", "open", "secured"]

    def test_all_of_them_or_none(self, world):
        first, second, _ = self.ready(world)
        world.send(second)
        order = {"requests": [first, second], "contract": world.corporate, "max_rate": first.max_charge_rate}
        assert refusal(sending.send_together, by=world.officer, at=MONDAY, **order) == "still_waiting"
        assert not Release.objects.filter(vacancy=first).exists()

    def test_the_page_offers_those_that_are_ready(self, world, client_of):
        first, second, third = self.ready(world)
        world.send(third)
        page = client_of("officer").get(f"/requests/{first.pk}/send/1/").content.decode()
        assert f"in the same order: {second.reference}" in page
        assert third.reference not in page


class TestUrgency:
    def test_asked_for_and_set_when_agreed(self, world):
        vacancy = world.request(urgency="urgent")
        agreed = vacancies.decide(
            by=world.director, at=MONDAY, vacancy=vacancy, decision="agreed", reason="Cover exists", urgency="routine"
        )
        assert (agreed.urgency_asked, agreed.urgency, agreed.urgency_reason) == ("urgent", "routine", "Cover exists")

    def test_a_change_needs_a_reason_and_an_approver(self, world):
        vacancy = world.sourced()
        change = {"at": MONDAY, "vacancy": vacancy, "urgency": "urgent"}
        with pytest.raises(NotAllowed):
            vacancies.change_urgency(by=world.officer, **change, reason="x")
        assert refusal(vacancies.change_urgency, by=world.director, **change, reason=" ") == "no_reason"
        vacancies.change_urgency(by=world.director, **change, reason="A colleague fell ill")
        assert refusal(vacancies.change_urgency, by=world.director, **change, reason="x") == "nothing_changed"
        # 8 working hours from Monday 10:00 instead of 16
        vacancy.refresh_from_db()
        assert world.send(vacancy).respond_by == MONDAY + timedelta(days=1)
        ended = {"vacancy": world.request(), "urgency": "urgent", "at": MONDAY, "reason": "x"}
        assert refusal(vacancies.change_urgency, by=world.director, **ended) == "not_from_here"

    def test_the_share_of_urgent_requests(self, world, client_of):
        world.request(urgency="urgent")
        world.request(posts=2)
        world.breach()
        figures = position(AFTER_WINDOW.date()).as_json()["requests_last_12_months"]
        assert figures == {"asked_for": 3, "urgent": 1, "urgent_percent": "33.3"}
        page = client_of("auditor").get("/position/?on=2024-01-10").content.decode()
        assert "3 requests" in page


def test_the_brief_is_seen_before_it_goes(world, client_of):
    address_in_force(world.pertemps, "orders@pertemps.example")
    vacancy = world.sourced()
    path = f"/requests/{vacancy.pk}/send/1/"
    with time_machine.travel(MONDAY, tick=False):
        page = html.unescape(client_of("officer").get(path).content.decode())
    release = world.send(vacancy, at=MONDAY)
    sent = Message.objects.get(kind="brief", subject=release.pk).body
    seen = sent.replace(release.reference, "(given when it is sent)")
    assert seen.replace(Message.SECRET, "(a link that is made when it is sent)") in page
    assert "What is e-mailed to Pertemps" in page
    assert "To orders@pertemps.example" in " ".join(page.split())


def test_without_an_ordering_address_the_brief_is_shown_for_the_address_that_is_entered(world, client_of):
    page = client_of("officer").get(f"/requests/{world.sourced().pk}/send/1/").content.decode()
    assert "To the address that you enter, if you enter one" in " ".join(page.split())
