"""Files: what is taken, what is refused in words, who may fetch one, and that none changes or goes."""

import errno
import io
import os
import struct
import threading
import zipfile
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from council.actions import attachments
from council.attachments import is_unchanged, path_of
from council.errors import NotAllowed, RuleViolation
from council.file_types import content_type_of
from council.models import Attachment
from tests.conftest import SHARED_DATA, refused, refused_as
from tests.factories.small_council import AFTER_WINDOW

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def office(folder: str = "word/", extra: dict[str, bytes] | None = None, level=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(f"{folder}document.xml", "<x/>")
        for name, content in (extra or {}).items():
            packed.writestr(name, content)
    return out.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Date"] = "a@b.example", "c@d.example", "Mon, 8 Jan 2024 10:00:00 +0000"
    message.set_content("We have nobody.")
    return message.as_bytes()


def ole(stream: str) -> bytes:
    """The smallest compound file with one stream of a name in its directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff\xff\xff\xff" * 108

    def entry(name: str, kind: int, child: int, start: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        fields = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return fields + bytes(16 + 4 + 16) + struct.pack("<IQ", start, 0)

    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff\xff\xff\xff" * 126
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE) + entry(stream, 2, 0xFFFFFFFF, 0xFFFFFFFE) + bytes(256)
    return header + fat + directory


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answer.pdf", PDF),
        ("Answer v1.2.PDF", PDF),
        ("scan.png", PNG),
        ("photo.jpeg", b"\xff\xd8\xff\xe0" + b"0" * 20),
        ("fax.tif", b"II*\x00" + b"0" * 20),
        ("old.gif", b"GIF89a" + b"0" * 20),
        ("letter.docx", office("word/")),
        ("sheet.xlsx", office("xl/")),
        ("slides.pptx", office("ppt/")),
        ("answer.eml", mail()),
        ("mark.eml", b"\xef\xbb\xbf" + mail()),
        ("empty-line.eml", b"\r\n" + mail()),
        ("binary.eml", mail() + b"\r\n%PDF-1.7\x00\x01"),
        ("mark.pdf", b"\xef\xbb\xbf" + PDF),
        ("form.pdf", b"--b\r\nContent-Type: application/pdf\r\n\r\n" + PDF),
        ("Contract.docx.pdf", PDF),
        ("windows.docx", office("word\\")),
        ("answer.msg", ole("__properties_version1.0")),
        ("letter.doc", ole("WordDocument")),
        ("sheet.xls", ole("Workbook")),
    ],
)
def test_what_is_taken(name, content):
    assert content_type_of(name, len(content), io.BytesIO(content))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = [
    ("image.svg", SVG, "file_kind"),
    ("image.png", SVG, "file_not_what_it_says"),
    ("page.html", b"<html>", "file_kind"),
    ("answer.pdf", b"MZ\x90\x00" + b"0" * 50, "file_not_what_it_says"),
    ("answer.pdf", PNG, "file_not_what_it_says"),
    ("letter.docx", office("xl/"), "file_not_what_it_says"),
    ("letter.docx", b"PK\x03\x04" + b"0" * 50, "file_broken"),
    ("letter.docx", office(extra={"word/vbaProject.bin": b"x"}), "file_macros"),
    ("letter.doc", ole("Macros"), "file_macros"),
    ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "file_broken"),
    ("answer.pdf.exe", PDF, "file_kind"),
    ("answer.exe.pdf", PDF, "file_two_endings"),
    ("answer.html.pdf", PDF, "file_two_endings"),
    ("answer.pdf", b"MZ\x90\x00" + PDF, "file_not_what_it_says"),
    ("answer.pdf", b" " * 1024 + PDF, "file_not_what_it_says"),
    ("answer.pdf", mail() + PDF, "file_not_what_it_says"),
    ("locked.docx", ole("EncryptedPackage"), "file_locked"),
    ("no-head.eml", b"From: a@b.example\x00\r\nDate: x\r\n\r\n", "file_not_what_it_says"),
    ("../../etc/cron.d/answer.pdf", PDF, "file_name"),
    ("..\\answer.pdf", PDF, "file_name"),
    ("C:answer.pdf", PDF, "file_name"),
    ("answer\n.pdf", PDF, "file_name"),
    ("answer\x00.pdf", PDF, "file_name"),
    (".pdf", PDF, "file_name"),
    ("a" * 150 + ".pdf", PDF, "file_name"),
    ("answer", PDF, "file_kind"),
    ("answer.pdf", b"", "file_empty"),
    ("answer.pdf", PDF + b"0" * (10 * 1024 * 1024), "file_too_large"),
    ("words.eml", b"Just words, without a sender.", "file_not_what_it_says"),
]


@pytest.mark.parametrize(("name", "content", "code"), HOSTILE, ids=[f"{row[2]}-{n}" for n, row in enumerate(HOSTILE)])
def test_what_is_refused_in_words(name, content, code):
    with pytest.raises(RuleViolation) as found:
        content_type_of(name, len(content), io.BytesIO(content))
    assert found.value.code == code
    assert str(found.value).endswith(".")


def test_a_packed_file_whose_content_is_broken_is_refused_in_words():
    whole = bytearray(office(extra={"word/styles.xml": b"<w>text</w>" * 200}))
    at = whole.index(b"word/styles.xml") + len(b"word/styles.xml")
    whole[at : at + 12] = b"\xff" * 12
    with pytest.raises(RuleViolation) as found:
        content_type_of("letter.docx", len(whole), io.BytesIO(bytes(whole)))
    assert found.value.code == "file_broken"


def test_a_bomb_is_stopped_while_it_unpacks():
    bomb = office(extra={"word/media.bin": b"\0" * (101 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(RuleViolation) as found:
        content_type_of("letter.docx", len(bomb), io.BytesIO(bomb))
    assert found.value.code == "file_bomb"


def attach(world, subject, kind="exemption", content=PDF, name="answer.pdf", by=None, **fields) -> Attachment:
    file = ContentFile(content, name="x")
    details = {"file": file, "name": name, "title": "Its e-mail"} | fields
    return attachments.attach(by=by or world.officer, at=AFTER_WINDOW, kind=kind, subject=subject, **details)


def test_what_was_half_written_is_put_right_by_adding_it_again(world):
    first = attach(world, world.exemption())
    path = default_storage.path(path_of(first.sha256))
    with open(path, "wb") as half:
        half.write(PDF[:5])
    assert not is_unchanged(first)
    attach(world, world.exemption())
    assert is_unchanged(first)
    assert default_storage.listdir(f"attachments/{first.sha256[:2]}")[1] == [first.sha256]


def test_on_a_full_disk_nothing_is_kept_and_the_person_is_told(world, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    exemption = world.exemption()
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        sentence = refused("no_room", attach, world=world, subject=exemption)
    assert "disk is full" in sentence
    assert not Attachment.objects.exists()
    kept = attach(world, exemption)
    assert is_unchanged(kept)
    assert default_storage.listdir(f"attachments/{kept.sha256[:2]}")[1] == [kept.sha256]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_eight_times_at_once_is_kept_once(world):
    exemption, begin, found = world.exemption(), threading.Barrier(8), []

    def send() -> None:
        begin.wait()
        try:
            attach(world, exemption)
        except RuleViolation as refusal:
            found.append(str(refusal))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Attachment.objects.count() == 1
    assert found == ["This file is here already."] * 7


def test_it_is_kept_under_its_sum_outside_the_web_root(world, client_of):
    kept = attach(world, world.exemption())
    assert default_storage.open(path_of(kept.sha256)).read() == PDF
    assert client_of("officer").get(f"/{path_of(kept.sha256)}").status_code == 404
    assert client_of("officer").get(f"/static/{path_of(kept.sha256)}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("lead", 200), ("other_lead", 404), ("auditor", 200), ("system", 403)]
)
def test_it_is_fetched_as_a_download_by_who_sees_what_it_stands_beside(world, client_of, who, status):
    kept = attach(world, world.exemption())
    response = client_of(who).get(kept.get_absolute_url())
    assert response.status_code == status
    if status == 200:
        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Disposition"] == 'attachment; filename="answer.pdf"'
        assert response["Content-Type"] == "application/octet-stream"
        assert response["X-Content-Type-Options"] == "nosniff"


def test_files_of_a_contract_are_for_who_sees_money(world, client_of):
    kept = attach(world, world.framework, kind="contract")
    assert client_of("finance").get(kept.get_absolute_url()).status_code == 200
    assert client_of("lead").get(kept.get_absolute_url()).status_code == 404


def test_content_that_changed_on_disk_is_not_handed_out(world, client_of):
    kept = attach(world, world.exemption())
    path = default_storage.path(path_of(kept.sha256))
    with open(path, "ab") as stored:
        stored.write(b" ")
    response = client_of("officer").get(kept.get_absolute_url(), follow=True)
    assert "is not what was added" in response.content.decode()


def test_through_the_page_also_with_a_path_in_its_name(world, client_of):
    exemption, client = world.exemption(), client_of("officer")
    address = f"/files/new/exemption/{exemption.pk}/"

    def send(name: str, content: bytes = PDF):
        """As a browser would, but for the name, which the test client would shorten."""
        parts = [b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n']
        parts.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode())
        parts.append(b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--x--\r\n")
        return client.generic("POST", address, b"".join(parts), content_type="multipart/form-data; boundary=x")

    assert "holds a path" in send("../../answer.pdf").content.decode()
    assert "holds a path" in send("..\\\\answer.pdf").content.decode()
    assert "The file is empty" in send("answer.pdf", b"").content.decode()
    assert "larger than 10 MB" in send("answer.pdf", PDF + bytes(11 * 1024 * 1024)).content.decode()
    assert "not taken" in send("image.svg", SVG).content.decode()
    assert not Attachment.objects.exists()
    assert send("answer.pdf").status_code == 302
    assert "SHA-256" in client.get(exemption.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["answer", "exemption", "review", "contract", "nothing"])
def test_beside_which_rows_a_file_may_stand(world, client_of, kind):
    from placements.reviews import actions as reviews

    placement = world.by_exemption()
    rows = {"answer": placement.release, "exemption": placement.release.exemption, "contract": placement.contract}
    rows["review"] = reviews.record_review(
        by=world.officer,
        at=AFTER_WINDOW + timedelta(days=20),
        placement=placement,
        held_on=(AFTER_WINDOW + timedelta(days=19)).date(),
        rating=3,
        findings="x",
    )
    key = rows[kind].pk if kind in rows else 1
    client = client_of("officer")
    assert client.get(f"/files/new/{kind}/{key}/").status_code == (200 if kind in rows else 404)
    if kind in rows:
        attach(world, rows[kind], kind=kind)
        assert "Its e-mail" in client.get(rows[kind].get_absolute_url()).content.decode()


def test_an_auditor_adds_nothing(world):
    with pytest.raises(NotAllowed):
        attach(world, world.exemption(), by=world.auditor)


def test_the_same_file_stands_once_beside_a_row(world):
    exemption = world.exemption()
    attach(world, exemption)
    refused("attachment_once", attach, world=world, subject=exemption)
    assert attach(world, world.exemption()).sha256


def test_added_in_error_is_said_by_somebody_else_and_stays(world):
    kept = attach(world, world.exemption())
    void = {"at": AFTER_WINDOW + HOUR, "attachment": kept}
    refused("own_entry", attachments.void_attachment, by=world.officer, reason="x", **void)
    refused("no_reason", attachments.void_attachment, by=world.finance, reason=" ", **void)
    attachments.void_attachment(by=world.finance, reason="Another request's.", **void)
    refused("already_voided", attachments.void_attachment, by=world.director, reason="x", **void)
    assert default_storage.exists(path_of(kept.sha256))


def test_raw_sql_neither_changes_nor_deletes_a_file(world):
    kept = attach(world, world.exemption())
    for change in ("sha256 = repeat('a', 64)", "subject = 1", "title = 'x'", "file_name = 'x'"):
        assert refused_as(f"update council_attachment set {change} where id = %s", kept.pk) == "attachment_stays"
    assert refused_as("delete from council_attachment where id = %s", kept.pk) == "InsufficientPrivilege"


@pytest.mark.parametrize(("who", "may"), [("officer", True), ("director", True), ("finance", False), ("legal", False)])
def test_who_says_that_a_file_is_fit_to_publish(world, client_of, who, may):
    kept = attach(world, world.exemption())
    client_of(who).post(f"/files/{kept.pk}/publish/", {"fit": "yes"})
    kept.refresh_from_db()
    assert kept.fit_to_publish == may


CASES = SHARED_DATA.parent / "cases"
AS_OTHERS_SAVE_THEM = [
    "pdf-bom-first.pdf",
    "pdf-multipart-header-first.pdf",
    "eml-bom-first.eml",
    "eml-leading-blank-line.eml",
    "eml-binary-part.eml",
    "Contract.docx.pdf",
    "docx-backslash-parts.docx",
]


@pytest.mark.parametrize("name", AS_OTHERS_SAVE_THEM)
def test_what_other_programs_open_is_taken(name):
    if not CASES.is_dir():
        pytest.skip(f"The cases are not at {CASES}")
    content = (CASES / name).read_bytes()
    assert content_type_of(name, len(content), io.BytesIO(content))
