"""Refusals about files and documents, each by its code."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from council import documents, file_types
from council.actions import attachments
from council.attachments import path_of
from council.models import Document
from reporting.evidence.pack import Writer
from tests.conftest import refused
from tests.factories.small_council import AFTER_WINDOW

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def attach(world, content: bytes = PDF, name: str = "answer.pdf", title: str = "Their answer"):
    common = {"by": world.officer, "at": AFTER_WINDOW, "kind": "exemption", "subject": world.exemption()}
    return attachments.attach(**common, file=ContentFile(content), name=name, title=title)


def macros() -> bytes:
    """A workbook that says of itself that it holds macros, with the name of one without."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>")
        packed.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


def locked() -> bytes:
    """A Word document whose first part says that it has a password."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<x/>")
    content = bytearray(out.getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # in the list of parts at its end
    return bytes(content)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no_title", {"title": " "}),
        ("file_locked", {"content": locked(), "name": "letter.docx"}),
        ("file_macros", {"content": macros(), "name": "sheet.xlsx"}),
    ],
)
def test_a_file_has_a_title_and_no_password_nor_macros(world, code, fields):
    refused(code, attach, world=world, **fields)


def test_a_file_of_too_many_parts_is_not_unpacked(world, monkeypatch):
    monkeypatch.setattr(file_types, "MOST_PARTS", 1)
    refused("file_bomb", attach, world=world, content=macros(), name="sheet.xlsx")


def test_a_document_that_is_still_being_made_is_not_issued(world):
    made = {"made_by": world.auditor, "made_at": AFTER_WINDOW}
    document = Document.objects.create(kind="pack", title="x", **made)
    common = {"by": world.auditor, "at": timezone.now(), "document": document}
    refused("not_finished", documents.issue, issued_to="Audit and Standards Committee", **common)


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_file_that_is_not_what_was_added_goes_into_no_pack(world, how):
    attachment = attach(world)
    path = Path(documents.default_storage.path(path_of(attachment.sha256)))
    path.write_bytes(b"changed") if how == "changed" else path.unlink()
    with zipfile.ZipFile(io.BytesIO(), "w") as packed:
        stored = {"name": "files/answer.pdf", "path": path_of(attachment.sha256), "sha256": attachment.sha256}
        refused("file_changed", Writer(packed).stored, **stored)
