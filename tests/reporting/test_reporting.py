"""Lists, exports and pages: a constant number of queries, safe cells, nothing beyond one's own Services."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.history import changes_of
from council.models import SentForm
from council.models.forms import forget_sent_forms
from council.working_time import LONDON, WorkingCalendar
from placements.models import Payment, PaymentImport, PaymentSource, Placement
from placements.placement import ending
from recruitment.contracts import actions as contracts
from recruitment.models import Vacancy
from recruitment.requests import actions as vacancies
from reporting.chart import Series, line_chart, short_money
from reporting.exports import safe_cell
from reporting.reads.contracts import Bookings, positions
from reporting.timeline import time_left
from tests.factories.small_council import AFTER_WINDOW, MONDAY
from tests.reporting.reading import months_of

LISTS = [
    "/",
    "/requests/",
    "/releases/",
    "/placements/",
    "/workers/",
    "/candidates/",
    "/approaches/",
    "/suppliers/",
    "/suppliers/orders/",
    "/contracts/",
    "/payments/",
    "/hires/",
    "/position/",
    "/search/?q=Worker",
    "/exemptions/",
    "/exemptions/all/",
    "/reviews/",
    "/assurance/spend/",
]


def test_the_number_of_queries_does_not_grow_with_the_rows(world, client_of):
    client = client_of("officer")

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    def rows():
        world.placed()
        release = world.send(world.sourced())
        world.put_forward(release, "C-1", registration_number="SW12345")
        world.step(world.put_forward(release, "C-2"), "shortlisted")

    rows()
    at_one = {address: queries(address) for address in LISTS}
    for _ in range(49):
        rows()
    more = {address: queries(address) - at_one[address] for address in LISTS}
    assert {address: n for address, n in more.items() if n > (1 if address.startswith("/search") else 0)} == {}


def test_a_page_of_one_contract_does_not_either(world, client_of):
    client = client_of("officer")
    address = f"/contracts/{world.corporate.pk}/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    world.placed()
    queries()
    at_one = queries()
    for _ in range(20):
        world.placed()
    assert queries() == at_one


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-x", "'-x"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("plain", "plain"),
        (D("-5.00"), "-5.00"),
        (None, ""),
        (date(2024, 1, 8), "2024-01-08"),
        (3, "3"),
    ],
)
def test_a_cell_never_runs_as_a_formula(value, cell):
    assert safe_cell(value) == cell


def test_the_csv_holds_what_the_filters_show(world, client_of):
    world.request(base="x")
    world.request(team=world.team, urgency="urgent")
    text = client_of("officer").get("/requests/?urgency=urgent&format=csv").getvalue().decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert "Urgent" in text


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=999",
        "page=x",
        "sort=evil",
        "sort=-",
        "service=x",
        "stage=%00",
        "text=%00x",
        "text=" + "y" * 5000,
        "format=pdf",
    ],
)
def test_odd_queries_are_harmless(world, client_of, query):
    world.request()
    assert client_of("officer").get(f"/requests/?{query}").status_code == 200


@pytest.mark.parametrize("on", ["abc", "0001-01-01", "9999-12-31", "2024-02-30", ""])
def test_odd_dates_are_harmless(world, client_of, on):
    client = client_of("officer")
    assert client.get(f"/position/?on={on}").status_code == 200
    assert client.get(f"/contracts/{world.framework.pk}/?on={on}").status_code == 200


def test_a_lead_sees_the_own_services_only(world, client_of):
    mine = world.placed()
    other = world.sourced(team=world.other_team, by=world.other_lead)
    client = client_of("other_lead")
    assert client.get(f"/requests/{mine.vacancy_id}/").status_code == 404
    assert client.get(f"/workers/{mine.worker_id}/").status_code == 404
    assert client.get("/placements/").context["count"] == 0
    assert client.get("/requests/").context["count"] == 1
    assert mine.worker.name not in client.get("/search/?q=Worker").content.decode()
    assert client_of("lead").get(f"/requests/{other.pk}/").status_code == 404


def a_payment(world) -> Payment:
    source = PaymentSource.objects.create(name="Unit4")
    file = PaymentImport.objects.create(
        source=source, file_name="x.csv", sha256="x", uploaded_by=world.finance, uploaded_at=MONDAY
    )
    return Payment.objects.create(
        agency=world.pertemps,
        source=source,
        imported_from=file,
        line=1,
        paid_on=date(2024, 1, 1),
        amount=100,
        supplier="Pertemps",
        line_key="p",
        occurrence=1,
    )


def end_early(placement, world):
    ending.end_early(
        by=world.officer,
        at=datetime(2024, 2, 26, 10, tzinfo=LONDON),
        placement=placement,
        ended_on=date(2024, 3, 1),
        notice_given_on=date(2024, 2, 26),
        notice_waived=True,
        reason="cost",
        rating=3,
        eligible_again=True,
    )


class TestContractPositions:
    def test_to_date_and_to_come_add_up(self, world):
        world.book(world.framework_secured())
        (line,) = positions([world.framework], date(2024, 2, 2))
        # ten working days of 63 are gone: 10 × 7.4 × £41.00
        assert (line.booked_to_date, line.booked_to_come, line.exposure) == (D("3034.00"), D("16080.20"), D("19114.20"))
        assert (line.left, line.percent_used) == (D("980885.80"), D("1.9"))

    @pytest.mark.parametrize("on", [date(2024, 1, 21), date(2024, 2, 14), date(2024, 3, 29), date(2025, 1, 1)])
    def test_the_rows_behind_the_figures_add_up_to_them(self, world, client_of, on):
        """One that goes on, one ended early, one that never came, one in error, one extended."""
        world.placed()
        early, never, error, longer = (
            world.book(world.secured(), registration_number=f"SW77{n}", worker_name="W") for n in range(4)
        )
        end_early(early, world)
        ending.did_not_start(by=world.officer, at=MONDAY + timedelta(days=14), placement=never, reason="x")
        ending.void(by=world.director, at=MONDAY + timedelta(days=20), placement=error, reason="x")
        world.extend(longer, date(2024, 5, 17), at=MONDAY + timedelta(days=60))
        line = positions([world.corporate], on)[0]
        assert line.booked_to_come >= 0
        rows = list(Bookings(world.corporate, on))
        assert sum(row.to_date for row in rows) == line.booked_to_date
        assert sum(row.to_come for row in rows) == line.booked_to_come
        day = on.isoformat()
        page = client_of("finance").get(f"/contracts/{world.corporate.pk}/bookings/?on={day}").content.decode()
        assert f"£{line.exposure:,.2f}" in page
        page = client_of("finance").get(f"/contracts/{world.corporate.pk}/entries/?until={day}").content.decode()
        assert f"£{line.exposure:,.2f}" in page

    def test_as_at_a_day_before_the_booking_nothing_is_spoken_for(self, world):
        world.book(world.framework_secured())
        (line,) = positions([world.framework], date(2024, 1, 9))
        assert (line.exposure, line.paid) == (D(0), D(0))

    def test_the_approval_in_force_on_the_day(self, world):
        from tests.factories import approve

        approve(world.administrator, world.framework, "1500000", decided_on=date(2023, 6, 1))
        assert positions([world.framework], date(2023, 5, 31))[0].approved_value == D("1000000")
        assert positions([world.framework], date(2023, 6, 1))[0].approved_value == D("1500000")
        assert positions([world.framework], date(2021, 1, 1))[0].approval is None

    def test_an_early_end_counts_from_its_day(self, world):
        end_early(world.book(world.framework_secured()), world)
        assert positions([world.framework], date(2024, 2, 25))[0].exposure == D("19114.20")
        (line,) = positions([world.framework], date(2024, 4, 1))
        assert (line.booked_to_date, line.booked_to_come) == (D("9102.00"), D(0))

    def test_the_chart_runs_month_by_month(self, world):
        contracts.commit(world.framework.pk, D(500), note="x", by=world.officer, at=MONDAY)
        months = months_of(world.framework, date(2024, 3, 1))
        assert (months[0].month, months[-1].month, months[-1].booked) == (date(2022, 1, 1), date(2024, 3, 1), D(500))


def test_a_chart_needs_two_points_and_places_its_labels_apart():
    assert line_chart(["Jan"], [Series("booked", "Booked", [D(1)])]) == {}
    chart = line_chart(
        ["Jan", "Feb"], [Series("booked", "Booked", [D(1), D(10)]), Series("paid", "Paid", [D(1), D(10)])]
    )
    ends = [one["end"]["y"] for one in chart["series"]]
    assert abs(ends[0] - ends[1]) >= 20
    assert [short_money(D(n)) for n in (0, 548_000, 1_250_000)] == ["£0", "£548k", "£1.25m"]


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (MONDAY + timedelta(minutes=20), "less than 1 working hour left"),
        (MONDAY + timedelta(hours=1), "1 working hour left"),
        (MONDAY + timedelta(hours=6), "6 working hours left"),
        (MONDAY + timedelta(days=3), "3 working days left"),
    ],
)
def test_time_left(until, text):
    assert time_left(WorkingCalendar(), MONDAY, until) == text


class TestHistory:
    def test_it_names_field_before_after_who_and_when(self, world, client_of):
        vacancy = world.request()
        vacancies.change_terms(
            by=world.officer, at=MONDAY + timedelta(hours=1), vacancy=vacancy, reason="x", base="Kings Court"
        )
        change = changes_of(vacancy)[0]
        assert (change.field, change.before, change.after, change.who) == (
            "Base",
            "Northgate House",
            "Kings Court",
            "The officer",
        )
        assert change.happened_at == MONDAY + timedelta(hours=1)
        page = client_of("auditor").get(f"/requests/{vacancy.pk}/history/?field=Base").content.decode()
        assert "Kings Court" in page
        assert "Caseloads" not in page

    def test_a_change_from_outside_shows_as_such(self, world):
        vacancy = world.request()
        with connection.cursor() as cursor:
            cursor.execute("set local pghistory.context_metadata = ''")  # a new transaction would have none
            cursor.execute("update recruitment_vacancy set base = 'Elsewhere' where id = %s", [vacancy.pk])
        assert changes_of(vacancy)[0].who == "Outside the application"


class TestTwoPeopleAtOnce:
    def test_the_second_is_told_and_loses_nothing(self, world, client_of):
        vacancy = world.request()
        form = {
            "job_type": "social_worker",
            "hours_per_week": "37",
            "pattern": "weekdays",
            "base": "Riverside",
            "max_charge_rate": "42.00",
            "reason": "Closer",
            "version": "1",
        }
        client_of("officer").post(f"/requests/{vacancy.pk}/change/", form | {"base": "Kings Court"})
        response = client_of("officer2").post(f"/requests/{vacancy.pk}/change/", form)
        page = response.content.decode()
        assert "The officer changed base from “Northgate House” to “Kings Court”" in page
        assert 'value="Riverside"' in page
        again = form | {"version": response.context["form"]["version"].value()}
        assert client_of("officer2").post(f"/requests/{vacancy.pk}/change/", again).status_code == 302
        vacancy.refresh_from_db()
        assert vacancy.base == "Riverside"

    @time_machine.travel(AFTER_WINDOW, tick=False)
    def test_a_form_sent_twice_asks_once(self, world, client_of):
        client = client_of("lead")
        token = client.get("/requests/new/").context["form"]["once"].value()
        form = {
            "team": world.team.pk,
            "posts": "1",
            "kind": "vacant_post",
            "job_type": "social_worker",
            "hours_per_week": "37",
            "pattern": "weekdays",
            "base": "Northgate House",
            "max_charge_rate": "42",
            "needed_from_day": "22",
            "needed_from_month": "1",
            "needed_from_year": "2024",
            "expected_weeks": "13",
            "urgency": "routine",
            "reason": "Caseloads",
            "once": token,
        }
        first, second = client.post("/requests/new/", form), client.post("/requests/new/", form)
        assert (first.status_code, first.url) == (second.status_code, second.url) == (302, first.url)
        assert Vacancy.objects.count() == 1
        SentForm.objects.update(sent_at=AFTER_WINDOW - timedelta(days=8))
        forget_sent_forms()
        assert not SentForm.objects.exists()

    def test_two_allocations_of_one_payment(self, world, client_of):
        payment = a_payment(world)
        client = client_of("finance")
        url = f"/payments/{payment.pk}/allocate/"
        seen = client.get(url).context["form"]["version"].value()
        amount = {f"contract_{world.corporate.pk}": "100.00"}
        client.post(url, amount | {"version": seen})
        answer = client.post(url, amount | {"version": seen})
        assert "The finance has allocated this payment meanwhile" in answer.content.decode()
        again = answer.context["form"]["version"].value()
        assert client.post(url, amount | {"version": again}).status_code == 302

    def test_a_double_click_books_once(self, world, client_of):
        release = world.secured()
        client = client_of("officer")
        start, end = date(2024, 1, 22), date(2024, 4, 19)
        form = {
            "registration_number": "SW4321",
            "worker_name": "Ann",
            "hours_per_week": "37",
            "pattern": "weekdays",
            "pay_rate": "33",
            "charge_rate": "41",
            "confirmed": "yes",
        }
        for name, day in (("starts_on", start), ("ends_on", end)):
            form |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
        first = client.post(f"/releases/{release.pk}/book/", form)
        second = client.post(f"/releases/{release.pk}/book/", form, follow=True)
        assert first.status_code == 302, first.context["form"].errors
        assert second.redirect_chain[-1][0] == first.headers["Location"]
        assert Placement.objects.count() == 1


def test_today_is_empty_for_somebody_without_work(world, client_of):
    page = client_of("auditor").get("/").content.decode()
    assert "Nothing needs you today." in page


def test_answers_to_record_come_when_the_window_has_ended(world, client_of):
    world.send(world.sourced())
    page = client_of("officer").get("/").content.decode()
    assert "Answers to record" in page
    assert datetime.now(LONDON) > AFTER_WINDOW
