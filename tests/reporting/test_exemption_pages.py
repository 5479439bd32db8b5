"""Exemptions on pages: Today, the dashboard with its figures, and what each person may press."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.models import Deputy
from council.working_time import LONDON
from placements.placement import ending
from placements.reviews import actions as reviews
from recruitment.exemptions import asking, deciding
from reporting.reads.exemptions import Scope, stage_on
from reporting.reports.exemptions import dashboard
from tests.factories.small_council import AFTER_WINDOW

DECIDED = AFTER_WINDOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def on_11_january():
    with time_machine.travel(datetime(2024, 1, 11, 12, tzinfo=LONDON), tick=False):
        yield


def today_of(client_of, who: str) -> str:
    return client_of(who).get("/").content.decode()


class TestToday:
    def test_who_decides_finds_what_is_complete(self, world, client_of):
        waits = world.exemption()
        assert "Exemptions to decide" not in today_of(client_of, "director")
        world.commented(waits)
        page = today_of(client_of, "director")
        assert "Exemptions to decide" in page
        assert f"/exemptions/{waits.pk}/decide/" in page

    def test_a_deputy_finds_it_too_and_may_open_it(self, world, client_of):
        exemption = world.commented(world.exemption())
        Deputy.objects.create(
            approval="exemption",
            for_user=world.director,
            user=world.nobody,
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 1, 31),
        )
        client = client_of("nobody")
        assert f"/exemptions/{exemption.pk}/decide/" in client.get("/").content.decode()
        data = {"decision": "approved", "reason": "Needed", "version": exemption.version}
        assert client.post(f"/exemptions/{exemption.pk}/decide/", data).status_code == 302
        assert exemption.decisions.get().in_place_of == world.director

    @pytest.mark.parametrize("who", ["finance", "procurement"])
    def test_who_comments_finds_it_until_it_is_done(self, world, client_of, who):
        exemption = world.exemption()
        assert f"/exemptions/{exemption.pk}/comment/" in today_of(client_of, who)
        client_of(who).post(f"/exemptions/{exemption.pk}/comment/", {"supports": "no", "text": "x", "version": 1})
        assert exemption.comments.get().supports is False
        assert f"/exemptions/{exemption.pk}/comment/" not in today_of(client_of, who)

    def test_legal_is_not_asked_where_the_council_does_not_want_it(self, world, client_of):
        world.exemption()
        assert "Exemptions to comment on" not in today_of(client_of, "legal")

    def test_the_officer_completes_what_was_returned_and_uses_what_was_approved(self, world, client_of):
        returned = world.exemption()
        deciding.decide(by=world.director, at=DECIDED, exemption=returned, decision="returned", reason="More, please.")
        approved = world.exempted()
        page = today_of(client_of, "officer")
        assert "Returned for more: More, please." in page
        assert f"{approved.reference} is approved. Send the request to Service Care Solutions" in page
        world.scs_secured(approved)
        assert "Exemptions to use" not in today_of(client_of, "officer")

    def test_reviews_due_and_to_read(self, world, client_of):
        placement = world.by_exemption()
        with time_machine.travel(datetime(2024, 3, 5, 12, tzinfo=LONDON), tick=False):
            assert "The quality review is overdue" in today_of(client_of, "officer")
            assert "The quality review is overdue" in today_of(client_of, "lead")
            assert "Quality reviews due" not in today_of(client_of, "other_lead")
            data = {
                "held_on_day": "5",
                "held_on_month": "3",
                "held_on_year": "2024",
                "rating": "3",
                "findings": "Good.",
            }
            data |= {"what_1": "Plan", "owner_1": "Lena", "due_1_day": "4", "due_1_month": "3", "due_1_year": "2024"}
            client = client_of("officer")
            refused = client.post(f"/placements/{placement.pk}/review/", data)
            assert "An action is due on the day of the review or later" in refused.content.decode()
            assert client.post(f"/placements/{placement.pk}/review/", data | {"due_1_day": "5"}).status_code == 302
            assert "Quality reviews to read" in today_of(client_of, "director")
        with time_machine.travel(datetime(2024, 3, 6, 12, tzinfo=LONDON), tick=False):
            assert "Review actions overdue" in today_of(client_of, "officer")


class TestAsking:
    def test_the_request_offers_it_and_the_form_carries_it_through(self, world, client_of):
        failed = world.failed()
        client = client_of("officer")
        page = client.get(f"/requests/{failed.vacancy_id}/").content.decode()
        assert f"/exemptions/new/?request={failed.vacancy_id}" in page
        form = client.get(f"/exemptions/new/?request={failed.vacancy_id}").content.decode()
        assert "Pertemps: no candidates, 10 January 2024" in form
        data = {
            "vacancies": [failed.vacancy_id],
            "agency": world.scs.pk,
            "reason": "no_response",
            "justification": "x",
            "why_no_competition": "x",
            "risk_if_refused": "x",
            "return_plan": "x",
            "value": "£30,000",
            "value_with_vat": "36000",
        }
        for name, day in (("starts_on", "22 1 2024"), ("ends_on", "19 4 2024")):
            data |= {f"{name}_{n}": part for n, part in zip(("day", "month", "year"), day.split(), strict=True)}
        early = client.post("/exemptions/new/", data | {"starts_on_day": "10"})
        assert "approved before it starts" in early.content.decode()
        assert client.post("/exemptions/new/", data).status_code == 302
        exemption = failed.proves_needs.get().exemption
        assert exemption.value == D("30000.00")
        page = client.get(f"/requests/{failed.vacancy_id}/").content.decode()
        assert f"{exemption.reference} for Service Care Solutions waits for a decision." in page

    def test_a_request_with_an_exemption_is_offered_again_only_to_complete_it(self, world, client_of):
        exemption = world.commented(world.exemption())
        reference = exemption.needs.get().vacancy.reference
        client = client_of("officer")
        form = client.get("/exemptions/new/").content.decode()
        assert reference not in form
        assert "no other exemption waits or holds" in form
        deciding.decide(by=world.director, at=DECIDED, exemption=exemption, decision="returned", reason="x")
        assert reference not in client.get("/exemptions/new/").content.decode()
        assert reference in client.get(f"/exemptions/{exemption.pk}/complete/").content.decode()

    def test_a_second_look_is_shown_what_changed(self, world, client_of):
        exemption = world.commented(world.exemption())
        deciding.decide(by=world.director, at=DECIDED, exemption=exemption, decision="returned", reason="x")
        data = {"decision": "approved", "reason": "x", "version": 1}
        page = client_of("director").post(f"/exemptions/{exemption.pk}/decide/", data).content.decode()
        assert "While you had" in page


class TestDashboard:
    def test_it_shows_what_waits_oldest_first_with_pertemps_answer(self, world, client_of):
        world.commented(world.exemption())
        found = dashboard(date(2024, 1, 11), date(2023, 1, 12))
        assert [(one.days, one.missing) for one in found.waiting] == [(1, "")]
        assert found.waiting[0].proof.endswith("Pertemps: no candidates, 10 January 2024")
        page = client_of("director").get("/exemptions/").content.decode()
        assert "Decide<span" in page
        assert "Decide<span" not in client_of("finance").get("/exemptions/").content.decode()

    @pytest.mark.parametrize(
        ("day", "stage"),
        [(9, ""), (10, "requested"), (11, "returned"), (12, "requested"), (14, "approved"), (20, "ended")],
    )
    def test_where_an_exemption_stood_on_a_day(self, world, day, stage):
        from placements.exemptions import actions as exemption_ends

        def at(on: int) -> datetime:
            return datetime(2024, 1, on, 12, tzinfo=LONDON)

        exemption = world.exemption()
        vacancy = exemption.needs.get().vacancy
        common = {"exemption": exemption, "reason": "x"}
        deciding.decide(by=world.director, at=at(11), decision="returned", **common)
        exemption.refresh_from_db()
        asking.complete_exemption(by=world.officer, at=at(12), exemption=exemption, asked=world.asked(vacancy))
        world.commented(exemption, at(13))
        deciding.decide(by=world.director, at=at(14), decision="approved", **common)
        exemption_ends.end_exemption(by=world.officer, at=at(20), ended_on=date(2024, 2, 1), **common)
        exemption.refresh_from_db()
        assert stage_on(exemption, date(2024, 1, day)) == stage

    def test_live_ones_with_value_and_time_used(self, world):
        world.by_exemption()
        found = dashboard(date(2024, 1, 31), date(2024, 1, 1))
        (live,) = found.live
        assert (live.line.exposure, live.line.approved_value) == (D("19114.20"), D("30000.00"))
        assert live.percent_of_time == D("11.2")  # 10 of 89 days
        assert found.spend["off_contract"] == D("2427.20")
        assert found.spend_share == D("100.0")
        assert found.decisions[0][2] == 0

    def test_shares_by_month_and_the_finding(self, world):
        world.by_exemption()
        world.placed()
        found = dashboard(date(2024, 1, 31), date(2024, 1, 1))
        (month,) = found.months
        assert (month.off_contract, month.in_post, month.share) == (1, 2, D("50.0"))
        assert found.share_finding.startswith("1 of 2 workers in post were off contract at the end (50.0%), and 50.0%")
        assert found.months_finding.startswith("1 exemption was approved in this period, most often for: no suitable")

    def test_who_was_found_in_post_is_off_contract_in_both_shares(self, world):
        world.breach(contract=world.framework, agency=world.halden)
        found = dashboard(date(2024, 1, 10), date(2024, 1, 1))
        assert (found.months[-1].off_contract, found.spend_share) == (1, D("100.0"))

    def test_an_answer_that_was_corrected_is_said_and_breaks_nothing(self, world, client_of):
        exemption = world.commented(world.exemption())
        world.corrected("release", exemption.needs.get().proof, outcome="withdrawn", reason="")
        page = client_of("director").get("/exemptions/").content.decode()
        assert "Pertemps: the answer was corrected, and proves nothing" in page

    def test_what_was_entered_in_error_is_not_rated(self, world):
        placement = world.placed()
        common = {"by": world.officer, "held_on": date(2024, 1, 23), "rating": 1, "findings": "x"}
        reviews.record_review(at=datetime(2024, 1, 23, 12, tzinfo=LONDON), placement=placement, **common)
        ending.void(
            by=world.director, at=datetime(2024, 1, 24, 12, tzinfo=LONDON), placement=placement, reason="Entered twice"
        )
        assert dashboard(date(2024, 2, 1), date(2024, 1, 1)).quality == []

    def test_ratings_of_every_route_are_compared(self, world):
        for placement, rating in ((world.by_exemption(), 3), (world.placed(), 4)):
            reviews.record_review(
                by=world.officer,
                at=datetime(2024, 2, 1, 12, tzinfo=LONDON),
                placement=placement,
                held_on=date(2024, 2, 1),
                rating=rating,
                findings="x",
            )
        found = dashboard(date(2024, 2, 1), date(2024, 1, 1))
        assert [(one.route, one.mean) for one in found.quality] == [("Corporate contract", D(4)), ("Exemption", D(3))]
        assert found.quality_finding == (
            "Workers by exemption are rated 3.0 of 4, no better than Corporate contract (4.0)."
        )

    def test_by_service_and_team(self, world):
        world.by_exemption()
        day = (date(2024, 1, 31), date(2024, 1, 1))
        assert len(dashboard(*day, Scope(team=world.team.pk)).live) == 1
        assert dashboard(*day, Scope(team=world.other_team.pk)).live == []
        assert dashboard(*day, Scope(service=world.other_team.service_id)).spend_in_all == 0

    def test_page_csv_and_json_say_the_same(self, world, client_of):
        world.by_exemption()
        world.commented(world.exemption())
        client, address = client_of("finance"), "/exemptions/?on=2024-01-31&since=2024-01-01"
        figures = client.get(f"{address}&format=json").json()["figures"]
        rows = client.get(f"{address}&format=csv").getvalue().decode("utf-8-sig").strip().split("\r\n")[1:]
        assert len(rows) == len(figures)
        page = client.get(address).content.decode()
        for one in figures:
            if one["unit"].startswith("£ excluding VAT") and D(one["value"]):
                assert f"£{D(one['value']):,.2f}" in page or one["figure"] == "Waiting for a decision"

    @pytest.mark.parametrize("count", [1, 6])
    def test_a_constant_number_of_queries(self, world, client_of, count, django_assert_max_num_queries):
        small = {"value": D("20000.00"), "value_with_vat": D("24000.00")}
        for _ in range(count):
            world.by_exemption(world.exempted(**small))
            world.commented(world.exemption(**small))
            world.breach()
        client = client_of("director")
        with django_assert_max_num_queries(90):
            client.get("/exemptions/?on=2024-01-31&since=2023-06-01")
        with django_assert_max_num_queries(100):  # today: with what waits for whoever looks
            client.get("/exemptions/")
