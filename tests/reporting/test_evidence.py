"""Evidence: what a case says, a pack that proves itself, a public copy without anybody's name, and what was issued."""

import io
import json
import re
import tracemalloc
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from council import documents, jobs
from council.actions import attachments
from council.models import Document, User
from placements.breaches import actions as breaches_actions
from placements.corrections import confirming, proposing
from placements.models import Worker
from placements.reviews import actions as reviews
from recruitment.exemptions import deciding
from recruitment.models import Vacancy
from recruitment.orders import by_the_supplier as supplier
from reporting.actions import ask_for_pack
from reporting.evidence.case import case_of
from reporting.evidence.names import Names, PublicNames
from reporting.evidence.pack import verify, write_pack
from reporting.reports.register import register
from tests.conftest import refused, refused_as
from tests.factories.small_council import AFTER_WINDOW

PDF = b"%PDF-1.7 the supplier's e-mail"
LATER = AFTER_WINDOW + timedelta(days=20)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def told(world):
    """A request with nearly everything: a declined order, an exemption with a file, a worker, a review, a dispute, a breach."""
    worker = {"registration_number": "SW424242", "worker_name": "Rowan Exampleton"}
    placement = world.by_exemption(**worker)
    exemption = placement.release.exemption
    for title, fit in (("Their e-mail about Rowan Exampleton", False), ("The order", True)):
        attachments.attach(
            by=world.officer,
            at=AFTER_WINDOW,
            kind="exemption",
            subject=exemption,
            file=ContentFile(PDF + title.encode()),
            name="Rowan Exampleton.pdf",
            title=title,
            fit_to_publish=fit,
        )
    proof = placement.release.rests_on
    supplier.record_dispute(
        by=world.officer, at=AFTER_WINDOW, release=proof, words="We sent Rowan.", said_by="Perry Placeholder"
    )
    reviews.record_review(
        by=world.officer,
        at=LATER,
        placement=placement,
        held_on=LATER.date(),
        rating=3,
        findings="Rowan Exampleton (SW424242) writes good plans. Ring 01632 960961 or perry@pertemps.example.",
        to_do=[reviews.ToDo("Supervision for Rowan", "Lena Fictley", LATER.date())],
    )
    return placement.vacancy


def words_of(case) -> str:
    return json.dumps(case.as_json(), ensure_ascii=False)


def test_a_case_tells_the_whole_story(world, told):
    case = case_of(told, Names(), LATER)
    assert [section.title for section in case.sections if not section.entries] == [
        "Candidates",
        "Breaches",
        "Corrections",
    ]
    said = words_of(case)
    for words in (
        "Test decision",
        "The director",
        "ADV-1",
        "Pertemps, corporate contract",
        "No candidates",
        "We sent Rowan.",
        "Pertemps have nobody with court experience.",
        "No objection.",
        "Needed, and nobody else has one.",
        "Rowan Exampleton (SW424242)",
        "£41.00 an hour, £19,114.20 excluding VAT",
        "writes good plans",
        "EX-",
    ):
        assert words in said, words


def test_a_breach_and_a_correction_are_told(world):

    breach = world.breach()
    correction = proposing.propose(
        by=world.officer,
        at=LATER,
        subject="placement",
        row=breach.placement,
        why="Wrong day",
        starts_on=date(2024, 1, 9),
    )
    confirming.decide(by=world.finance, at=LATER, correction=correction, decision="confirmed")
    breaches_actions.authorise(by=world.director, at=LATER, breach=breach, reason="Needed all the same")
    said = words_of(case_of(breach.placement.vacancy, Names(), LATER))
    for words in ("Found in post without proof", "Authorised after the start", "Needed all the same", "Wrong day"):
        assert words in said.replace("found in post", "Found in post"), words


PEOPLE_IN_IT = ["Rowan", "Exampleton", "SW424242", "Perry", "Placeholder", "960961", "perry@pertemps.example"]


def test_a_public_copy_names_nobody(world, told):
    case = case_of(told, PublicNames(), LATER)
    said = words_of(case)
    for name in PEOPLE_IN_IT:
        assert name not in said, name
    for user in User.objects.exclude(name="Nobody"):  # a word of the page itself
        assert user.name not in said, user.name
    assert "W1, in post" in said or "W1, ended" in said
    assert re.search(r"\bS1\b", said)
    assert [file.title for file in case.files] == ["The order"]


def test_pseudonyms_hold_within_one_copy(world):
    names = PublicNames()
    one, other = world.placed().worker, world.placed().worker
    assert [names.worker(one), names.worker(other), names.worker(one)] == ["W1", "W2", "W1"]
    assert names.staff(world.officer) == names.staff(User.objects.get(pk=world.officer.pk)) == "S1"


def test_a_candidate_who_became_the_worker_has_one_pseudonym(world):
    release = world.send(world.sourced())
    shown = world.put_forward(release, registration_number="SW777")
    world.step(shown, "offered", "accepted")
    placement = world.book(world.secure(release), registration_number="SW777", worker_name="Wren Sampleton")
    case = case_of(placement.vacancy, PublicNames(), LATER)
    assert "SW777" not in words_of(case)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Rowan Exampleton came.", "[name] came."),
        ("ROWAN came, then rowan.", "[name] came, then rowan."),
        ("Exampleton's plan", "[name]'s plan"),
        ("SW424242 and sw424242", "[number] and [number]"),
        ("On 26 April 2022 at 10:00", "On 26 April 2022 at 10:00"),
        ("SW 42 42 42, SW42-4242, SWE424242 and 1 424242", "[number], [number], [number] and [number]"),
        ("siobhán o'brien, Siobhan and OBrien.pdf", "[name] o'[name] and [name].pdf"),
        ("from s.o'brien@agency.example, 07700.900.123", "from [address], [number]"),
        ("Sandra Whitlock of Pertemps", "[name] of Pertemps"),
        ("J.S. was shown", "[name] was shown"),
        (
            "the Portfolio Holder agreed £19,114.20 on 2024-01-22",
            "the Portfolio Holder agreed £19,114.20 on 2024-01-22",
        ),
    ],
)
def test_what_is_taken_out_of_free_text(world, text, clean):
    world.placed(registration_number="SW424242", worker_name="Rowan Exampleton")
    world.placed(worker_name="Siobhán O'Brien")
    world.put_forward(world.send(world.sourced()), "J.S.")
    sent = world.send(world.sourced())
    said = {
        "declined_on": AFTER_WINDOW.date(),
        "declined_sender": "Sandra Whitlock, Pertemps",
        "declined_text": "Nobody.",
    }
    world.fail(sent, at=AFTER_WINDOW, **said)
    assert PublicNames().text(text) == clean


def test_the_history_of_a_public_copy_does_not_name_who_answered(world):
    sent = world.send(world.sourced())
    said = {
        "declined_on": AFTER_WINDOW.date(),
        "declined_sender": "Sandra Whitlock",
        "declined_text": "Nobody. S. Whitlock",
    }
    world.fail(sent, at=AFTER_WINDOW, **said)
    assert "Whitlock" in words_of(case_of(sent.vacancy, Names(), LATER))
    assert "Whitlock" not in words_of(case_of(sent.vacancy, PublicNames(), LATER))


def test_a_file_added_in_error_is_still_told_of(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exemption = world.exemption()
    common = {"at": AFTER_WINDOW, "kind": "exemption", "subject": exemption, "name": "x.pdf", "title": "The quote"}
    file = attachments.attach(by=world.officer, file=ContentFile(b"%PDF-1.7"), **common)
    attachments.void_attachment(by=world.director, at=AFTER_WINDOW, attachment=file, reason="Of another request")
    vacancy = exemption.needs.get().vacancy
    assert "The quote, added in error" in words_of(case_of(vacancy, Names(), LATER))
    assert "The quote" not in words_of(case_of(vacancy, PublicNames(), LATER))


def make(world, vacancy=None, public=False, **parameters) -> Document:
    parameters = parameters or {"requests": [vacancy.pk]}
    document = ask_for_pack(by=world.auditor, at=LATER, title="Evidence", parameters=parameters, is_public=public)
    assert jobs.run_next()
    document.refresh_from_db()
    return document


def names_in(document: Document) -> list[str]:
    with zipfile.ZipFile(documents.path_of(document)) as packed:
        return packed.namelist()


def test_a_pack_holds_pages_data_files_and_sums(world, told):
    document = make(world, told)
    assert document.state == "Ready"
    found = verify(documents.path_of(document))
    assert (found.problems, found.sha256) == ([], document.sha256)
    names = names_in(document)
    assert {"index.html", f"requests/{told.reference}.html", f"data/{told.reference}.json"} <= set(names)
    assert sum(name.startswith("files/") for name in names) == 2
    with zipfile.ZipFile(documents.path_of(document)) as packed:
        page = packed.read(f"requests/{told.reference}.html").decode()
        assert "Rowan Exampleton (SW424242)" in page
        assert "<script" not in page
        assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_public_pack_names_nobody_in_any_file(world, told):
    document = make(world, told, public=True)
    with zipfile.ZipFile(documents.path_of(document)) as packed:
        names = packed.namelist()
        everything = "\n".join(names) + "\n".join(packed.read(name).decode(errors="replace") for name in names)
    for name in [
        *PEOPLE_IN_IT,
        *Worker.objects.values_list("name", flat=True),
        *User.objects.exclude(name="Nobody").values_list("name", flat=True),
    ]:
        assert name not in everything, name
    assert sum(name.startswith("files/") for name in names) == 1


def test_everything_outside_pertemps_in_a_time(world, told):
    inside, breach = world.placed(), world.breach()
    names = names_in(make(world, since="2024-01-01", until="2024-12-31"))
    assert f"data/{told.reference}.json" in names
    assert f"data/{breach.placement.vacancy.reference}.json" in names
    assert f"data/{inside.vacancy.reference}.json" not in names
    assert not [n for n in names_in(make(world, since="2023-01-01", until="2023-12-31")) if n.startswith("data/")]


def test_one_changed_byte_is_found_wherever_it_is(world, told, tmp_path):
    """By the pack's own list wherever a file in it reads otherwise or not at all; by the pack's sum everywhere."""
    document = make(world, told)
    whole = documents.path_of(document).read_bytes()
    path, told_of = tmp_path / "changed.zip", 0
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        changed = bytearray(whole)
        changed[at] ^= 0x20
        path.write_bytes(changed)
        found = verify(path)
        assert found.problems or found.sha256 != document.sha256
        if _files_in(changed) != _files_in(whole):
            assert found.problems, at
            told_of += 1
    assert told_of > 100  # a date of the ZIP, or a bit that fills up a byte, changes no file


def _files_in(content: bytes) -> dict[str, bytes] | None:
    """Name → what it reads as; None where the ZIP or a file of it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError, ValueError):
        return None


def test_the_command_says_whether_a_pack_is_whole(world, told, tmp_path):
    document = make(world, told)
    out = io.StringIO()
    call_command("verify_pack", str(documents.path_of(document)), stdout=out)
    assert f"as document {document.pk}" in out.getvalue()
    other = tmp_path / "other.zip"  # whole in itself, and not the one that was made
    with zipfile.ZipFile(documents.path_of(document)) as packed, zipfile.ZipFile(other, "w") as copy:
        for name in packed.namelist():
            copy.writestr(name, packed.read(name))
    with pytest.raises(CommandError):
        call_command("verify_pack", str(other), stdout=io.StringIO())
    call_command("verify_pack", str(other), "--elsewhere", stdout=io.StringIO())
    path = tmp_path / "more.zip"
    path.write_bytes(documents.path_of(document).read_bytes())
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("data/REQ-9999.json", "{}")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_pack", str(path), stdout=out)
    assert "data/REQ-9999.json is not in the manifest." in out.getvalue()
    with pytest.raises(CommandError):
        call_command("verify_pack", str(tmp_path / "nothing.zip"))
    (tmp_path / "text.zip").write_text("no pack")
    assert verify(tmp_path / "text.zip").problems


def test_a_file_that_changed_on_disk_stops_the_pack_in_words(world, told, settings):
    for stored in Path(settings.MEDIA_ROOT, "attachments").rglob("*"):
        if stored.is_file():
            stored.write_bytes(b"changed")
    document = make(world, told)
    assert document.state == "Failed"
    assert "is not what was added" in document.problem


def test_a_lead_sees_no_pack_and_a_pack_shows_what_its_maker_sees(world, client_of, told):
    document = make(world, told)
    assert client_of("lead").get(document.get_absolute_url()).status_code == 403
    client = client_of("auditor")
    page = client.get(document.get_absolute_url()).content.decode()
    assert document.sha256 in page
    response = client.get(f"{document.get_absolute_url()}download/")
    assert b"".join(response.streaming_content) == documents.path_of(document).read_bytes()


def test_a_pack_is_asked_for_on_the_page_and_made_with_progress(world, client_of, told):
    client = client_of("auditor")
    page = client.get(f"/requests/{told.pk}/evidence/").content.decode()
    assert "Pertemps have nobody with court experience." in page
    response = client.post(f"/requests/{told.pk}/evidence/", {"public": "yes"})
    document = Document.objects.get()
    assert response["Location"] == document.get_absolute_url()
    waiting = client.get(document.get_absolute_url())
    assert waiting["Refresh"] == "2"
    jobs.run_next()
    assert "Refresh" not in client.get(document.get_absolute_url())


def test_memory_does_not_grow_with_the_pack(world, tmp_path):
    """Twelve requests need no more than two, but for what a few lines of the manifest take."""
    for _ in range(12):
        world.fail(world.send(world.sourced()))

    def peak(count: int) -> int:
        keys = list(Vacancy.objects.order_by("pk").values_list("pk", flat=True)[:count])
        document = Document.objects.create(
            kind="pack",
            title="x",
            parameters={"requests": keys},
            as_at=LATER.date(),
            made_by=world.auditor,
            made_at=LATER,
        )
        write_pack(document, tmp_path / "warm.zip")
        tracemalloc.start()
        write_pack(document, tmp_path / "x.zip")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(12) < peak(2) * 1.5 + 1_000_000


class TestIssued:
    @pytest.mark.parametrize(
        "address",
        ["/assurance/?on=2024-01-31", "/exemptions/?on=2024-01-31", "/exemptions/register/?year=2023", "/position/"],
    )
    def test_a_report_is_kept_as_it_stood(self, world, client_of, told, address):
        client = client_of("auditor")
        response = client.post(address)
        document = Document.objects.get()
        assert response["Location"] == document.get_absolute_url()
        kept = documents.path_of(document).read_text()
        assert document.title in kept
        world.breach()
        download = client.get(f"/documents/{document.pk}/download/")
        assert b"".join(download.streaming_content).decode() == kept

    def test_to_whom_it_was_issued_is_written_once(self, world, told):
        document = make(world, told)
        common = {"by": world.auditor, "at": timezone.now(), "document": document}
        refused("no_reason", documents.issue, issued_to=" ", **common)
        documents.issue(issued_to="Audit and Standards Committee", **common)
        refused("already_issued", documents.issue, issued_to="Another", **common)

    def test_raw_sql_neither_changes_nor_deletes_it(self, world, told):
        document = make(world, told)
        for change in ("sha256 = repeat('a', 64)", "title = 'x'", "is_public = true"):
            assert refused_as(f"update council_document set {change} where id = %s", document.pk) == "document_stays"
        assert refused_as("delete from council_document where id = %s", document.pk) == "InsufficientPrivilege"

    def test_a_document_that_changed_on_disk_is_not_handed_out(self, world, client_of, told):
        document = make(world, told)
        documents.path_of(document).write_bytes(b"changed")
        page = client_of("auditor").get(f"/documents/{document.pk}/download/", follow=True).content.decode()
        assert "is not what was made" in page


class TestRegister:
    def test_a_year_runs_from_april_to_march(self, world):
        world.exempted()
        assert [row[0] for row in register(2023, date(2024, 4, 1)).rows_of_exemptions]
        assert register(2024, date(2024, 4, 1)).rows_of_exemptions == []

    def test_it_names_decision_proof_value_and_what_came_after_the_start(self, world, client_of):
        placement = world.by_exemption()
        turned_down = world.exemption()
        deciding.decide(
            by=world.director, at=AFTER_WINDOW, exemption=turned_down, decision="turned_down", reason="Not needed."
        )
        breaches_actions.authorise(by=world.director, at=LATER, breach=world.breach(), reason="x")
        found = register(2023, date(2024, 4, 1))
        approved = found.rows_of_exemptions[0]
        assert approved[5].startswith("Pertemps: no candidates (")
        assert approved[15] == placement.periods.get().value
        assert found.finding == (
            "1 exemption approved, £30,000.00 excluding VAT. 1 turned down. 0 approved, taken back. "
            "1 placement approved after the start."
        )
        rows = client_of("auditor").get("/exemptions/register/?year=2023&format=csv").getvalue().decode("utf-8-sig")
        assert len(rows.strip().split("\r\n")) == 1 + len(found.rows())
