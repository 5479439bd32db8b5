"""Files that other programs write under the name of a spreadsheet: read, or refused in the sentence that fits."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from council.tables.reader import CannotRead, rows_of
from tests.conftest import SHARED_DATA
from tests.council.test_attachments import ole

CASES = SHARED_DATA.parent / "cases"
HEADER, ROW = ["Payment date", "Supplier name", "Net amount"], ["26/04/2022", "Pertemps Ltd", "100.00"]


def workbook(rows: int = 3) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for cells in (HEADER, *[ROW] * rows):
        book.active.append(cells)
    book.save(out)
    return out.getvalue()


def changed(content: bytes, part: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def read(tmp_path: Path, content: bytes, name: str = "file.xlsx"):
    path = tmp_path / "file"
    path.write_bytes(content)
    return list(rows_of(path, name))


@pytest.mark.parametrize("said", ["A1", "A1:A1", "A1:C2", "A1:ZZ90000"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path, said):
    def wrong(xml: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{said}"'.encode(), xml)

    found = read(tmp_path, changed(workbook(), "xl/worksheets/sheet1.xml", wrong))
    assert [[cell for cell in cells if cell] for _, cells in found] == [HEADER, ROW, ROW, ROW]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ole("EncryptedPackage"), "The file has a password."),
        (ole("Workbook"), "This is an old Excel file (.xls)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "This is an old Excel file (.xls)."),
        (b"<html>\n<body>\n<table>\n<tr>\n<th>Payment date</th>", "This is a web page called a spreadsheet."),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html><p>", "This is a web page called a spreadsheet."),
        (b'<div class="x"><table border="1">', "This is a web page called a spreadsheet."),
        (
            changed(workbook(), "xl/workbook.xml", lambda xml: xml.replace(b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml")),
            "This is a “Strict Open XML” workbook.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_called_what_it_is(tmp_path, content, sentence):
    with pytest.raises(CannotRead) as found:
        read(tmp_path, content, "file.xls")
    assert str(found.value).startswith(sentence)


def test_a_csv_that_begins_with_a_sign_is_no_web_page(tmp_path):
    found = read(tmp_path, b"<Payment date>,Supplier,Net amount\r\n26/04/2022,Pertemps Ltd,100.00\r\n", "file.csv")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("locked.xlsx", "The file has a password."),
        ("strict.xlsx", "This is a “Strict Open XML” workbook."),
        ("html-multiline.xls", "This is a web page called a spreadsheet."),
        ("wrong-dimension.xlsx", ""),
    ],
)
def test_of_the_cases(name, sentence):
    if not CASES.is_dir():
        pytest.skip(f"The cases are not at {CASES}")
    if not sentence:
        assert len(list(rows_of(CASES / name, name))) == 4
        return
    with pytest.raises(CannotRead) as found:
        list(rows_of(CASES / name, name))
    assert str(found.value).startswith(sentence)
