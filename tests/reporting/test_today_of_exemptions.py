"""Today's lines on exemptions and on quality reviews: which, oldest first, in which words, and for whom."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from council.models import Council, Deputy
from placements.exemptions import actions as exemption_ends
from placements.placement import ending
from placements.reviews import actions as reviews
from recruitment.exemptions import asking, deciding
from recruitment.models import ExemptionApprover
from recruitment.requests import actions as vacancies
from tests.factories import RoleGrantFactory
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, lines, one_world, today_of, who_sees

pytestmark = pytest.mark.django_db

NOW = at(1, 11, 12)
DAY = timedelta(days=1)
OFFICERS = {"officer", "officer2"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def failed(world):
    """Two requests that Pertemps have failed."""
    return [world.failed().vacancy, world.failed().vacancy]


@pytest.fixture(scope="module")
def placed(world):
    """By exemption, from 22 January to 19 April 2024; its first review is due on 4 March."""
    return world.by_exemption()


def addresses(world, who, title, now=NOW):
    return [line[3] for line in lines(world, who, title, now)]


def decide(world, exemption, decision, when=NOW, reason="x"):
    return deciding.decide(by=world.director, at=when, exemption=exemption, decision=decision, reason=reason)


class TestExemptionsToDecide:
    TITLE = "Exemptions to decide"

    def test_a_line_says_what_for_how_much_and_why(self, world, failed):
        one = world.commented(world.exemption(failed[0]))
        assert lines(world, "director", self.TITLE, NOW) == [
            (
                f"{one.reference}: Service Care Solutions, £30,000.00 excluding VAT",
                "No suitable response from the contracted route, asked for by The officer",
                "since yesterday",
                f"/exemptions/{one.pk}/decide/",
            )
        ]
        assert today_of(world, "director", NOW)[self.TITLE].all_url == "/exemptions/"

    @pytest.mark.parametrize(
        ("value", "who"),
        [("30000.00", {"director", "strategic"}), ("30000.01", {"strategic"})],
    )
    def test_the_standing_orders_say_who_decides_up_to_which_value(self, world, failed, value, who):
        for role, up_to in (("assistant_director", D("30000.00")), ("strategic_director", None)):
            ExemptionApprover.objects.create(role=role, up_to=up_to, starts_on=date(2024, 1, 1))
        world.commented(world.exemption(failed[0], value=D(value)))
        assert who_sees(world, self.TITLE, NOW) == who

    def test_a_deputy_without_a_role_has_no_link_to_the_figures(self, world, failed):
        world.commented(world.exemption(failed[0]))
        days = {"starts_on": date(2024, 1, 11), "ends_on": date(2024, 1, 11)}
        Deputy.objects.create(approval="exemption", for_user=world.director, user=world.nobody, **days)
        section = today_of(world, "nobody", NOW)[self.TITLE]
        assert (section.count, section.all_url) == (1, "")
        assert self.TITLE not in today_of(world, "nobody", NOW + DAY)

    def test_since_counts_from_when_it_was_put_last(self, world, failed):
        one = decide(world, world.exemption(failed[0]), "returned", when=AFTER_WINDOW)
        asking.complete_exemption(by=world.officer, at=NOW, exemption=one, asked=world.asked(failed[0]))
        one.refresh_from_db()
        world.commented(one, NOW)
        assert [line[2] for line in lines(world, "director", self.TITLE, NOW + DAY)] == ["since yesterday"]

    def test_the_one_put_first_comes_first(self, world, failed):
        put = AFTER_WINDOW + timedelta(hours=1)
        later = world.commented(world.exemption(failed[0], at=put), at=put)
        earlier = world.commented(world.exemption(failed[1]))
        assert addresses(world, "director", self.TITLE) == [f"/exemptions/{one.pk}/decide/" for one in (earlier, later)]


class TestExemptionsToCommentOn:
    TITLE = "Exemptions to comment on"

    def test_a_line_says_what_and_who_asks(self, world, failed):
        one = world.exemption(failed[0])
        assert lines(world, "procurement", self.TITLE, NOW) == [
            (
                f"{one.reference}: Service Care Solutions, £30,000.00 excluding VAT",
                "No suitable response from the contracted route, asked for by The officer",
                "since yesterday",
                f"/exemptions/{one.pk}/comment/",
            )
        ]
        assert today_of(world, "finance", NOW)[self.TITLE].all_url == "/exemptions/all/?stage=requested"

    def test_the_council_says_whose_comment_it_wants(self, world, failed):
        world.exemption(failed[0])
        Council.objects.update_or_create(
            pk=1, defaults={"exemption_finance_comment": False, "exemption_legal_comment": True}
        )
        assert who_sees(world, self.TITLE, NOW) == {"procurement", "legal"}

    def test_who_asked_does_not_comment(self, world, failed):
        RoleGrantFactory(user=world.officer, role="finance_officer")
        world.exemption(failed[0])
        assert who_sees(world, self.TITLE, NOW) == {"finance", "procurement"}

    def test_a_comment_is_wanted_again_after_more_was_asked_for(self, world, failed):
        one = world.commented(world.exemption(failed[0]))
        assert self.TITLE not in today_of(world, "finance", NOW)
        decide(world, one, "returned")
        assert self.TITLE not in today_of(world, "finance", NOW)
        asking.complete_exemption(by=world.officer, at=NOW, exemption=one, asked=world.asked(failed[0]))
        found = lines(world, "finance", self.TITLE, NOW)
        assert [(line[2], line[3]) for line in found] == [("today", f"/exemptions/{one.pk}/comment/")]

    def test_the_one_put_first_comes_first(self, world, failed):
        later = world.exemption(failed[0], at=AFTER_WINDOW + timedelta(hours=1))
        earlier = world.exemption(failed[1])
        assert addresses(world, "finance", self.TITLE) == [f"/exemptions/{one.pk}/comment/" for one in (earlier, later)]


class TestExemptionsToComplete:
    TITLE = "Exemptions to complete"

    def test_a_line_says_what_is_wanted_since_the_return(self, world, failed):
        one = decide(world, world.exemption(failed[0]), "returned", reason="Name the court.")
        assert lines(world, "officer2", self.TITLE, NOW + 2 * DAY) == [
            (
                f"{one.reference}: Service Care Solutions, £30,000.00 excluding VAT",
                "Returned for more: Name the court.",
                "for 2 days",
                f"/exemptions/{one.pk}/complete/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/exemptions/all/?stage=returned"

    def test_the_last_return_counts(self, world, failed):
        one = decide(world, world.exemption(failed[0]), "returned", when=AFTER_WINDOW)
        asking.complete_exemption(by=world.officer, at=NOW, exemption=one, asked=world.asked(failed[0]))
        assert self.TITLE not in today_of(world, "officer", NOW)
        decide(world, one, "returned", when=NOW)
        assert [line[2] for line in lines(world, "officer", self.TITLE, NOW)] == ["today"]

    def test_the_first_to_return_comes_first(self, world, failed):
        asked = [world.exemption(one) for one in failed]
        later = decide(world, asked[0], "returned")
        earlier = decide(world, asked[1], "returned", when=AFTER_WINDOW)
        assert addresses(world, "officer", self.TITLE) == [
            f"/exemptions/{one.pk}/complete/" for one in (earlier, later)
        ]


class TestExemptionsToUse:
    TITLE = "Exemptions to use"

    def test_a_line_says_to_whom_the_request_goes(self, world, failed):
        one = world.exempted(failed[0])
        assert lines(world, "officer", self.TITLE, NOW) == [
            (
                f"{failed[0].reference}: North",
                f"{one.reference} is approved. Send the request to Service Care Solutions",
                "since yesterday",
                f"/requests/{failed[0].pk}/",
            )
        ]
        assert today_of(world, "officer", NOW)[self.TITLE].all_url == "/exemptions/all/?stage=approved"

    @pytest.mark.parametrize(("now", "seen"), [(at(4, 19, 23), True), (at(4, 20, 0), False)])
    def test_until_its_last_day(self, world, failed, now, seen):
        world.exempted(failed[0])
        assert (self.TITLE in today_of(world, "officer", now)) is seen

    def test_each_request_of_a_group_until_its_agency_is_asked(self, world, failed):
        one = world.exempted(*failed)
        assert addresses(world, "officer", self.TITLE) == [f"/requests/{row.pk}/" for row in failed]
        failed[0].refresh_from_db()
        contract = one.decisions.get(decision="approved").contract
        world.send(failed[0], contract, at=AFTER_WINDOW + timedelta(hours=2))
        assert addresses(world, "officer", self.TITLE) == [f"/requests/{failed[1].pk}/"]

    def test_other_terms_of_the_request_are_another_round(self, world, failed):
        world.exempted(failed[0])
        failed[0].refresh_from_db()
        vacancies.change_terms(by=world.officer, at=NOW, vacancy=failed[0], reason="x", job_type="team_manager")
        assert self.TITLE not in today_of(world, "officer", NOW)

    @pytest.mark.parametrize("how", ["turned down", "ended", "taken back", "waits"])
    def test_only_an_approved_one_that_holds_is_used(self, world, failed, how):
        if how in ("waits", "turned down"):
            one = world.commented(world.exemption(failed[0]))
        else:
            one = world.exempted(failed[0])
        if how == "turned down":
            decide(world, one, "turned_down")
        elif how == "ended":
            day = date(2024, 2, 1)
            exemption_ends.end_exemption(by=world.officer, at=at(2, 1), exemption=one, ended_on=day, reason="x")
        elif how == "taken back":
            deciding.take_back(by=world.director, at=NOW, exemption=one, reason="x")
        assert self.TITLE not in today_of(world, "officer", at(2, 1))


class TestQualityReviews:
    def review(self, world, placed, held_on=date(2024, 2, 5), by="officer", **fields):
        return reviews.record_review(
            by=world.people[by],
            at=at(held_on.month, held_on.day),
            placement=placed,
            held_on=held_on,
            rating=2,
            findings="x",
            to_do=[reviews.ToDo("Speak to the agency", "Kim", date(2024, 2, 12))],
        )

    @pytest.mark.parametrize(
        ("now", "why", "since"),
        [
            (at(3, 3, 23), None, None),
            (at(3, 4, 0), "The quality review is due today", "today"),
            (at(3, 5, 0), "The quality review is overdue", "since yesterday"),
        ],
    )
    def test_due_six_weeks_after_the_start(self, world, placed, now, why, since):
        text, address = f"{placed.reference}: {placed.worker.name}, North", f"/placements/{placed.pk}/review/"
        found = lines(world, "lead", "Quality reviews due", now)
        assert found == ([(text, why, since, address)] if why else [])

    def test_officers_leads_and_the_director_hold_them(self, world, placed):
        assert who_sees(world, "Quality reviews due", at(3, 4)) == OFFICERS | {"lead", "director"}
        assert today_of(world, "lead", at(3, 4))["Quality reviews due"].all_url == "/reviews/"

    def test_the_next_is_due_six_weeks_after_the_last(self, world, placed):
        self.review(world, placed)
        assert "Quality reviews due" not in today_of(world, "officer", at(3, 17))
        assert "Quality reviews due" in today_of(world, "officer", at(3, 18))

    def test_the_longest_due_comes_first_and_those_of_other_routes_never(self, world, placed):
        world.placed()
        days = {"starts_on": date(2024, 1, 15), "ends_on": date(2024, 4, 12)}
        earlier = world.by_exemption(world.exempted(**days), **days)
        assert addresses(world, "officer", "Quality reviews due", at(3, 5)) == [
            f"/placements/{one.pk}/review/" for one in (earlier, placed)
        ]

    def test_an_action_is_overdue_the_day_after(self, world, placed):
        title, review = "Review actions overdue", self.review(world, placed)
        assert title not in today_of(world, "officer", at(2, 12))
        assert lines(world, "lead", title, at(2, 13)) == [
            (
                f"{placed.reference}: Speak to the agency",
                "Kim was to do this by 12 February 2024",
                "since yesterday",
                f"/reviews/{review.pk}/",
            )
        ]
        assert today_of(world, "lead", at(2, 13))[title].all_url == "/reviews/?state=overdue"
        to_do = {"to_do": review.actions.get(), "done_on": date(2024, 2, 13), "note": "x"}
        reviews.finish_action(by=world.officer, at=at(2, 13), **to_do)
        assert title not in today_of(world, "officer", at(2, 14))

    def test_the_action_due_first_comes_first(self, world, placed):
        later = self.review(world, placed)
        earlier = reviews.record_review(
            by=world.officer,
            at=at(2, 6),
            placement=world.by_exemption(),
            held_on=date(2024, 2, 6),
            rating=2,
            findings="x",
            to_do=[reviews.ToDo("x", "Kim", date(2024, 2, 9))],
        )
        assert addresses(world, "officer", "Review actions overdue", at(2, 13)) == [
            f"/reviews/{one.pk}/" for one in (earlier, later)
        ]

    def test_the_director_reads_those_of_others(self, world, placed):
        title = "Quality reviews to read"
        review, own = self.review(world, placed), self.review(world, placed, date(2024, 2, 6), by="director")
        assert lines(world, "director", title, at(2, 7)) == [
            (
                f"{placed.reference}: {placed.worker.name}, North",
                "Review of 5 February 2024, rating 2 of 4",
                "for 2 days",
                f"/reviews/{review.pk}/oversee/",
            )
        ]
        assert own.read_at is None
        assert today_of(world, "director", at(2, 7))[title].all_url == "/reviews/?state=unread"
        reviews.oversee(by=world.director, at=at(2, 7), review=review)
        assert title not in today_of(world, "director", at(2, 7))

    def test_the_one_recorded_first_is_read_first(self, world, placed):
        later = self.review(world, placed, date(2024, 2, 6))
        earlier = self.review(world, world.by_exemption())
        assert addresses(world, "director", "Quality reviews to read", at(2, 7)) == [
            f"/reviews/{one.pk}/oversee/" for one in (earlier, later)
        ]


def test_a_review_of_a_placement_in_error_is_not_due(world, placed):
    ending.void(by=world.director, at=at(2, 1), placement=placed, reason="x")
    assert "Quality reviews due" not in today_of(world, "officer", at(3, 5))
