"""The lists of meetings, of mail and of documents: columns, filters, order, and for whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import override_settings

from council import documents
from council.models import Document, Message
from recruitment.meetings.actions import Taken, hold_meeting
from reporting.reads.sheet import between, sheet
from tests.factories.small_council import AFTER_WINDOW
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_1_february():
    with time_machine.travel(at(2, 1), tick=False):
        yield


# -- meetings -----------------------------------------------------------------------------------------------------------------------


class TestMeetings:
    @pytest.fixture
    def held(self, world):
        """On 10 January one was agreed and one was not decided; on 17 January none, and one had been agreed between the two."""
        one, _ = world.request(), world.request()

        def hold(when, taken, by, present):
            lines = {row.vacancy.pk: row.line for row in [*sheet(when.date()), *between(when)]}
            common = {"held_on": when.date(), "present": present, "lines": lines, "taken": taken}
            return hold_meeting(by=by, at=when, **common)

        first = hold(AFTER_WINDOW, {one.pk: Taken("agreed", "x", one.version)}, world.director, "Dee\nFay")
        world.agreed(at=AFTER_WINDOW + timedelta(days=1))
        second = hold(AFTER_WINDOW + timedelta(days=7), {}, world.finance, "Fay")
        return first, second

    def test_every_column_and_where_it_leads(self, world, held, client_of):
        assert csv_of(client_of("auditor"), "/meetings/") == [
            ["Held on", "Present", "Decided", "Decided between the meetings", "Recorded by"],
            ["2024-01-17", "Fay", "0", "1", "The finance"],
            ["2024-01-10", "Dee, Fay", "1", "0", "The director"],
        ]
        assert cells_of(client_of("auditor"), "/meetings/")[1] == [
            ("10 January 2024", f"/meetings/{held[0].pk}/"),
            ("Dee, Fay", ""),
            ("1", ""),
            ("0", ""),
            ("The director", ""),
        ]

    @pytest.mark.parametrize(("sort", "first"), [("held_on", "10"), ("decided", "17"), ("beside", "10")])
    def test_it_sorts_both_ways(self, world, held, client_of, sort, first):
        up = column_of(client_of("auditor"), f"/meetings/?sort={sort}", "Held on")
        assert (up[0], len(up)) == (f"2024-01-{first}", 2)
        assert column_of(client_of("auditor"), f"/meetings/?sort=-{sort}", "Held on") == up[::-1]

    def test_only_who_sees_money_reads_them_and_who_decides_has_the_sheet(self, world, held, client_of):
        button = 'data-module="govuk-button" href="/meetings/sheet/"'
        for who, there in (("director", True), ("finance", True), ("officer", False), ("auditor", False)):
            assert (button in client_of(who).get("/meetings/").content.decode()) is there
        assert client_of("lead").get("/meetings/?format=csv").status_code == 403


# -- mail --------------------------------------------------------------------------------------------------------------------------------


class TestMail:
    @pytest.fixture
    def mail(self, world):
        def put(title, hour, to="a@test.example", **fields):
            common = {"kind": "digest", "subject": 1, "body": "x", "next_try_at": at(1, 31, hour)}
            return Message.objects.create(title=title, to=to, queued_at=at(1, 30, hour), **common | fields)

        Message.objects.all().delete()
        put("Waits", 9, "d@test.example")
        put("Failed", 10, "c@test.example", tries=2, error="Nobody listens", next_try_at=at(2, 1, 11))
        put("Went", 11, "b@test.example", tries=1, sent_at=at(1, 30, 12))
        put("Unwanted", 12, cancelled_at=at(1, 30, 13))

    def test_every_column(self, world, mail, client_of):
        assert csv_of(client_of("system"), "/mail/") == [
            ["Put in", "To", "Title", "State", "Sent", "Tries", "Tried again", "What went wrong"],
            ["2024-01-30 12:00", "a@test.example", "Unwanted", "Not wanted any more", "", "0", "", ""],
            ["2024-01-30 11:00", "b@test.example", "Went", "Sent", "2024-01-30 12:00", "1", "", ""],
            [
                "2024-01-30 10:00",
                "c@test.example",
                "Failed",
                "To be tried again",
                "",
                "2",
                "2024-02-01 11:00",
                "Nobody listens",
            ],
            ["2024-01-30 09:00", "d@test.example", "Waits", "Waiting", "", "0", "2024-01-31 09:00", ""],
        ]
        assert cells_of(client_of("system"), "/mail/?state=failed") == [
            [
                ("30 January 2024, 10:00", ""),
                ("c@test.example", ""),
                ("Failed", ""),
                ("To be tried again", ""),
                ("", ""),
                ("2", ""),
                ("1 February 2024, 11:00", ""),
                ("Nobody listens", ""),
            ]
        ]

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("state=waiting", "Failed Waits"),
            ("state=failed", "Failed"),
            ("state=sent", "Went"),
            ("state=cancelled", "Unwanted"),
            ("state=other", "Unwanted Went Failed Waits"),  # no such state
            ("sort=queued_at", "Waits Failed Went Unwanted"),
            ("sort=to", "Unwanted Went Failed Waits"),
            ("sort=-to", "Waits Failed Went Unwanted"),
            ("sort=sent_at", "Went Waits Failed Unwanted"),  # those that have not gone come last
            ("sort=tries", "Waits Unwanted Went Failed"),
            ("sort=-tries", "Failed Went Unwanted Waits"),
        ],
    )
    def test_filters_and_order(self, world, mail, client_of, query, titles):
        assert " ".join(column_of(client_of("system"), f"/mail/?{query}", "Title")) == titles

    def test_it_says_how_many_could_not_be_sent(self, world, mail, client_of):
        assert "until it goes. 1 could not be sent yet.</p>" in client_of("system").get("/mail/").content.decode()
        Message.objects.filter(title="Failed").update(sent_at=at(1, 31))
        assert "could not be sent yet" not in client_of("system").get("/mail/").content.decode()


# -- documents ----------------------------------------------------------------------------------------------------------------------------


class TestDocuments:
    @pytest.fixture
    def made(self, world, tmp_path):
        with override_settings(MEDIA_ROOT=tmp_path):
            common = {"made_by": world.officer, "made_at": at(1, 30)}
            issued = Document.objects.create(kind="report", title="Beta", as_at=date(2024, 1, 29), **common)
            documents.workshop(issued).write_text("x")
            documents.finish(by=world.officer, at=at(1, 30), document=issued, file_name="x.html")
            documents.issue(by=world.officer, at=at(1, 31), document=issued, issued_to="Audit Committee")
            fields = {"made_by": world.director, "made_at": at(1, 31), "is_public": True}
            pack = Document.objects.create(kind="pack", title="Delta", **fields)
            failed = Document.objects.create(
                kind="pack", title="Gamma", as_at=date(2024, 1, 1), problem="x", **common | {"made_at": at(1, 29)}
            )
            yield {"issued": issued, "pack": pack, "failed": failed}

    def test_every_column_and_where_it_leads(self, world, made, client_of):
        sum_of_x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of the one letter x
        assert csv_of(client_of("auditor"), "/documents/") == [
            ["Document", "What it is", "Public copy", "State", "As at", "Made", "Made by", "Issued to", "SHA-256"],
            ["Delta", "Evidence pack", "Yes", "Being made", "", "2024-01-31 10:00", "The director", "", ""],
            [
                "Beta",
                "Report",
                "No",
                "Ready",
                "2024-01-29",
                "2024-01-30 10:00",
                "The officer",
                "Audit Committee",
                sum_of_x,
            ],
            ["Gamma", "Evidence pack", "No", "Failed", "2024-01-01", "2024-01-29 10:00", "The officer", "", ""],
        ]
        found = cells_of(client_of("auditor"), "/documents/?issued=yes")
        assert found == [
            [
                ("Beta", f"/documents/{made['issued'].pk}/"),
                ("Report", ""),
                ("No", ""),
                ("Ready", ""),
                ("29 January 2024", ""),
                ("30 January 2024, 10:00", ""),
                ("The officer", ""),
                ("Audit Committee", ""),
                (sum_of_x, ""),
            ]
        ]

    def test_filters_and_order(self, world, made, client_of):
        wanted = {
            "": "Delta Beta Gamma",
            "kind=pack": "Delta Gamma",
            "kind=report": "Beta",
            "kind=other": "Delta Beta Gamma",  # no such kind
            "issued=yes": "Beta",
            "issued=no": "Delta Gamma",
            "issued=perhaps": "Delta Beta Gamma",
            "sort=title": "Beta Delta Gamma",
            "sort=-title": "Gamma Delta Beta",
            "sort=kind": "Delta Gamma Beta",
            "sort=is_public": "Beta Gamma Delta",
            "sort=as_at": "Gamma Beta Delta",
            "sort=-as_at": "Beta Gamma Delta",
            "sort=made_at": "Gamma Beta Delta",
            "sort=made_by__name": "Delta Beta Gamma",
            "sort=-issued_to": "Beta Gamma Delta",
        }
        client = client_of("auditor")
        assert {query: " ".join(column_of(client, f"/documents/?{query}", "Document")) for query in wanted} == wanted

    def test_who_may_not_hand_evidence_out_has_no_list(self, world, made, client_of):
        assert summary_of(client_of("finance"), "/documents/") == "3 rows, as at 1 February 2024."
        for who in ("lead", "system", "nobody"):
            assert client_of(who).get("/documents/?format=csv").status_code == 403
