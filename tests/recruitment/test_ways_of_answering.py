"""How a supplier answered: entered with its answer, shown, and counted by what each way costs."""

import csv
import io
from datetime import date, datetime

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import transaction

from council import clock
from council.errors import RuleViolation
from council.models import Attachment
from council.working_time import LONDON
from recruitment.orders import links
from recruitment.orders.answering import Told, add_answer_file, record_not_secured, record_secured
from recruitment.orders.by_the_supplier import say_cannot_supply
from recruitment.witnesses import actions as witnessing
from reporting.reports.ways import ways
from tests.conftest import refused_as
from tests.factories.small_council import AFTER_WINDOW

SINCE, UNTIL = date(2024, 1, 1), date(2024, 1, 31)
PDF = b"%PDF-1.7 the page in its portal"
EML = b"From: orders@pertemps.example\r\nDate: Mon, 8 Jan 2024 11:00:00 +0000\r\nSubject: nobody\r\n\r\nNobody.\r\n"


def at(day: int, hour: int) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=LONDON)


def refuses(name: str, sql: str) -> None:
    assert refused_as(sql) == name


def declined(world, release, told, when=None, **fields):
    when = when or at(8, 12)
    common = {"own_supply": "tried", "brokered_supply": "tried", "reason": "no_candidates"}
    common |= {"declined_on": when.date(), "declined_sender": "Desk", "declined_text": "Nobody."}
    return record_not_secured(by=world.officer, at=when, release=release, told=told, **common | fields)


def file(content=PDF, name="portal.pdf"):
    return ContentFile(content, name)


@pytest.mark.django_db
class TestInItsPortal:
    def test_it_takes_its_reference_and_a_file(self, world):
        release = world.send(world.sourced())
        with pytest.raises(RuleViolation) as refused:
            declined(world, release, Told("portal", " ", file()))
        assert (refused.value.code, refused.value.field) == ("no_portal_reference", "portal_reference")
        with pytest.raises(RuleViolation) as refused:
            declined(world, release, Told("portal", "V-77"))
        assert (refused.value.code, refused.value.field) == ("no_portal_file", "file")
        assert not Attachment.objects.exists()
        release.refresh_from_db()
        assert release.outcome == "open"

    def test_both_are_kept_and_shown(self, world, client_of):
        release = declined(world, world.send(world.sourced()), Told("portal", " V-77 ", file()))
        release.refresh_from_db()
        assert (release.told_by, release.portal_reference) == ("portal", "V-77")
        kept = release.answer_file
        assert kept and (kept.subject, kept.kind, kept.file_name) == (release.pk, "answer", "portal.pdf")
        page = client_of("auditor").get(release.get_absolute_url()).content.decode()
        assert "In its own portal, reference V-77" in page
        assert f"/files/{kept.pk}/" in page

    def test_no_reference_without_the_portal(self, world):
        release = declined(world, world.send(world.sourced()), Told("telephone", "V-77"))
        assert (release.told_by, release.portal_reference, release.answer_file) == ("telephone", "", None)

    @pytest.mark.parametrize(
        "change", ["told_by = 'portal', portal_reference = 'V-1'", "portal_reference = 'V-1'", "told_by = 'portal'"]
    )
    def test_the_database_takes_no_half_of_it(self, world, change):
        release = world.send(world.sourced())
        refuses("release_portal_answer_whole", f"update recruitment_release set {change} where id = {release.pk}")

    def test_nor_a_file_of_another_order(self, world):
        other = declined(world, world.send(world.sourced()), Told("portal", "V-1", file()))
        release = world.send(world.sourced())
        refuses(
            "release_answer_file",
            f"update recruitment_release set answer_file_id = {other.answer_file_id} where id = {release.pk}",
        )

    def test_nor_another_way_once_it_is_answered(self, world):
        release = declined(world, world.send(world.sourced()), Told("telephone"))
        refuses("release_answer_is_final", f"update recruitment_release set told_by = 'email' where id = {release.pk}")


@pytest.mark.django_db
class TestItsEmailAfterwards:
    def test_is_added_once(self, world, client_of):
        release = declined(world, world.send(world.sourced()), Told("telephone"))
        officer = client_of("officer")
        assert f"/releases/{release.pk}/answer-file/" in officer.get(release.get_absolute_url()).content.decode()
        posted = officer.post(f"/releases/{release.pk}/answer-file/", {"file": file(EML, "nobody.eml")})
        assert posted.status_code == 302
        release.refresh_from_db()
        assert release.answer_file and release.answer_file.content_type == "message/rfc822"
        assert f"/releases/{release.pk}/answer-file/" not in officer.get(release.get_absolute_url()).content.decode()
        with pytest.raises(RuleViolation) as refused:
            add_answer_file(by=world.officer, at=at(8, 13), release=release, file=file())
        assert refused.value.code == "has_a_file"

    def test_not_to_an_order_that_waits(self, world):
        with pytest.raises(RuleViolation) as refused:
            add_answer_file(by=world.officer, at=at(8, 13), release=world.send(world.sourced()), file=file())
        assert refused.value.code == "not_failed"

    def test_the_database_keeps_it(self, world):
        release = declined(world, world.send(world.sourced()), Told("email", file=file(EML, "nobody.eml")))
        refuses(
            "release_answer_is_final", f"update recruitment_release set answer_file_id = null where id = {release.pk}"
        )


@pytest.mark.django_db
class TestTheForm:
    def answers(self, release, **fields):
        data = {"outcome": "not_secured", "reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
        data |= {
            "declined_on_day": "8",
            "declined_on_month": "1",
            "declined_on_year": "2024",
            "declined_sender": "Desk",
        }
        return data | {"declined_text": "Nobody.", "version": release.version} | fields

    def post(self, client_of, release, **fields):
        with time_machine.travel(at(8, 12), tick=False):
            return client_of("officer").post(f"/releases/{release.pk}/answer/", self.answers(release, **fields))

    def test_asks_how_it_told_us(self, world, client_of):
        release = world.send(world.sourced())
        page = self.post(client_of, release).content.decode()
        assert "Say how it told you" in page
        assert self.post(client_of, release, told_by="telephone").status_code == 302

    def test_not_of_a_silence(self, world, client_of):
        release = world.send(world.sourced())
        with time_machine.travel(AFTER_WINDOW, tick=False):
            data = {"outcome": "not_secured", "reason": "no_answer", "own_supply": "did_not_say"}
            data |= {"brokered_supply": "did_not_say", "version": release.version}
            assert client_of("officer").post(f"/releases/{release.pk}/answer/", data).status_code == 302
        assert [one.way.value for one in ways(SINCE, UNTIL).lines] == ["silence"]

    def test_who_said_nothing_told_nobody(self, world, client_of):
        release = world.send(world.sourced())
        page = self.post(client_of, release, reason="no_answer", told_by="telephone").content.decode()
        assert "It gave no answer, so leave this empty" in page

    def test_takes_the_file(self, world, client_of):
        release = world.send(world.sourced())
        self.post(client_of, release, told_by="portal", portal_reference="V-9", file=file())
        release.refresh_from_db()
        assert release.answer_file and release.answer_file.file_name == "portal.pdf"

    def test_says_beside_the_file_what_is_wrong_with_it(self, world, client_of):
        release = world.send(world.sourced())
        page = self.post(client_of, release, told_by="portal", portal_reference="V-9", file=file(b"", "portal.pdf"))
        assert "The file is empty." in page.content.decode()
        release.refresh_from_db()
        assert release.outcome == "open"


@pytest.mark.django_db
class TestWhatEachWayCosts:
    def test_by_hand(self, world, client_of):
        """Sent on Monday at 10:00. One by telephone at 12:00, recorded then, confirmed on Tuesday at 10:00: 2 hours to the answer, 6 until it
        counted (5 on Monday, 1 on Tuesday), two acts. Another by telephone at 14:00: 4 hours, one act, never confirmed."""
        first = declined(world, world.send(world.sourced()), Told("telephone"))
        with clock.standing_at(at(9, 10)):
            witnessing.confirm(by=world.lead, at=at(9, 10), releases=[first])
        declined(world, world.send(world.sourced()), Told("telephone"), at(8, 14))
        declined(world, world.send(world.sourced()), Told("portal", "V-1", file()), at(8, 11))
        record_secured(
            by=world.officer,
            at=at(8, 13),
            release=world.send(world.sourced()),
            supply_mode="direct",
            told=Told("email"),
        )
        world.send(world.sourced())  # without an answer
        found = {one.way.value: one.as_json() for one in ways(SINCE, UNTIL).lines}
        assert found == {
            "email": {
                "answers": 1,
                "acts_each": "1.0",
                "hours_to_answer": "3.0",
                "confirmed": 0,
                "hours_to_confirmed": None,
            },
            "telephone": {
                "answers": 2,
                "acts_each": "1.5",
                "hours_to_answer": "3.0",
                "confirmed": 1,
                "hours_to_confirmed": "6.0",
            },
            "portal": {
                "answers": 1,
                "acts_each": "1.0",
                "hours_to_answer": "1.0",
                "confirmed": 0,
                "hours_to_confirmed": None,
            },
        }
        query = f"since={SINCE}&until={UNTIL}"
        client = client_of("auditor")
        assert client.get(f"/suppliers/answers/?{query}&format=json").json()["suppliers"] == {"Pertemps": found}
        text = client.get(f"/suppliers/answers/?{query}&format=csv").getvalue().decode("utf-8-sig")
        _, *rows = csv.reader(io.StringIO(text))
        assert [row[1:7] for row in rows] == [
            ["By e-mail", "1", "1.0", "3.0", "0", ""],
            ["By telephone", "2", "1.5", "3.0", "1", "6.0"],
            ["In its own portal", "1", "1.0", "1.0", "0", ""],
        ]
        page = client.get(f"/suppliers/answers/?{query}").content.decode()
        assert "way=telephone" in page
        listed = client.get(f"/suppliers/orders/?way=telephone&{query}&format=csv").getvalue().decode("utf-8-sig")
        assert len(listed.splitlines()) == 3

    def test_by_its_link(self, world):
        """Its own words say nothing of another way."""
        release = world.send(world.sourced())
        secret = links.SIGNER.unsign(links.make(release, by=None, at=at(8, 10), unseen=True))
        statement = say_cannot_supply(
            by=links.find(links.SIGNER.sign(secret)),
            at=at(8, 11),
            reason="no_candidates",
            own_supply="tried",
            brokered_supply="tried",
            words="Nobody.",
            said_by="Desk",
        )
        record_not_secured(
            by=world.officer,
            at=at(8, 12),
            release=release,
            reason="no_candidates",
            own_supply="tried",
            brokered_supply="tried",
            statement=statement,
        )
        (line,) = ways(SINCE, UNTIL).lines
        assert (line.way, line.as_json()["hours_to_answer"], line.confirmed) == ("link", "1.0", 1)

    def test_only_of_what_the_reader_sees(self, world, client_of):
        declined(world, world.send(world.sourced()), Told("telephone"))
        query = f"since={SINCE}&until={UNTIL}&format=json"
        assert client_of("lead").get(f"/suppliers/answers/?{query}").json()["suppliers"]
        assert client_of("other_lead").get(f"/suppliers/answers/?{query}").json()["suppliers"] == {}


@pytest.mark.django_db
def test_a_file_that_is_refused_leaves_nothing_half_saved(world):
    release = world.send(world.sourced())
    with pytest.raises(RuleViolation), transaction.atomic():
        declined(world, release, Told("email", file=file(b"MZ", "nobody.exe")))
    release.refresh_from_db()
    assert (release.outcome, release.told_by) == ("open", "")
