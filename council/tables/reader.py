"""Rows out of a CSV or XLSX file, one at a time, with the line each stands on."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import olefile
import openpyxl

from council.tables.values import Row, cell_text

UNPACKED_LIMIT = 600 * 1024 * 1024  # bytes an XLSX may unpack to


class CannotRead(Exception):
    """The file as a whole; the message is for the person who sent it."""


EMPTY_ROWS_LIMIT = 5000
csv.field_size_limit(10 * 1024 * 1024)


def rows_of(path: Path, name: str) -> Iterator[Row]:
    """(line, cells) of every row that holds something. Raises CannotRead."""
    with open(path, "rb") as file:
        start = file.read(4)
    if not start:
        raise CannotRead("The file is empty. Export it again, then choose it here.")
    if start.startswith(b"PK"):
        return _xlsx(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        if _is_locked(path):
            raise CannotRead("The file has a password. Save it without one, then choose it again.")
        raise CannotRead("This is an old Excel file (.xls). Open it and save it as .xlsx or .csv, then choose that.")
    if _is_web_page(path):
        raise CannotRead(
            "This is a web page called a spreadsheet. Open it in Excel and save it as .xlsx, then choose that."
        )
    if start.startswith(b"%PDF"):
        raise CannotRead("This is a PDF. Choose the CSV or XLSX file that the finance system exports.")
    return _csv(path)


def _is_web_page(path: Path) -> bool:
    """Whether it is a table in HTML, as report servers write under the name of a spreadsheet."""
    with open(path, "rb") as file:
        sample = file.read(2000).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return sample.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")) or (
        sample.startswith(b"<") and b"<table" in sample
    )


def _is_locked(path: Path) -> bool:
    """Whether it is a workbook with a password, which Excel wraps in its old form."""
    try:
        with olefile.OleFileIO(path) as packed:
            return packed.exists("EncryptedPackage")
    except Exception:  # whatever a damaged file makes the reader raise
        return False


def _csv(path: Path) -> Iterator[Row]:
    with open(path, "rb") as file:
        sample = file.read(200_000)
    if b"\0" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CannotRead("This is not a CSV or XLSX file. Choose the file that the finance system exports.")
    encoding = _encoding(path, sample)
    text = sample.decode(encoding, errors="replace")
    with open(path, encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(text))
        try:
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                if any(cell and not cell.isspace() for cell in cells):
                    yield line, cells
        except csv.Error as problem:
            raise CannotRead(f"Line {reader.line_num} cannot be read ({problem}). Export the file again.") from None


def _encoding(path: Path, sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        with open(path, encoding="utf-8") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """The separator that cuts the most lines into the most pieces of the same number."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]

    def score(mark: str) -> tuple[int, int]:
        counts = [len(next(csv.reader(io.StringIO(line), delimiter=mark), [])) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual), usual) if usual > 1 else (0, 0)

    lines = [line for line in lines if len(line) < 20_000]
    return max((",", ";", "\t", "|"), key=score) if lines else ","


def _rows_in_words(sheet) -> Iterator[tuple]:
    """The sheet's rows; what openpyxl raises on a damaged cell becomes a sentence."""
    try:
        yield from sheet.iter_rows(values_only=True)
    except Exception as problem:
        raise CannotRead(
            "A cell of the workbook cannot be read. Open it, save it again as .xlsx, then choose that."
        ) from problem


def _is_strict(package: zipfile.ZipFile) -> bool:
    """Whether its parts are named as the strict form of the standard has them, which the reader knows nothing of."""
    if "xl/workbook.xml" not in package.namelist():
        return False
    with package.open("xl/workbook.xml") as workbook:
        return b"purl.oclc.org/ooxml" in workbook.read(4000)


def _xlsx(path: Path) -> Iterator[Row]:
    try:
        file = open(path, "rb")  # by its content: the stored file has no ending for openpyxl to look at
        with zipfile.ZipFile(file) as package:
            if sum(entry.file_size for entry in package.infolist()) > UNPACKED_LIMIT:
                raise CannotRead("The file unpacks to more than 600 MB. Export fewer months at a time.")
            if _is_strict(package):
                raise CannotRead(
                    "This is a “Strict Open XML” workbook. Save it as “Excel Workbook (.xlsx)”, then choose that."
                )
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except CannotRead:
        raise
    except Exception as problem:
        # openpyxl lets through whatever its parsers raise on a damaged or foreign file
        raise CannotRead(
            "This is not an XLSX file that can be read. Open it, save it again as .xlsx, then choose that."
        ) from problem
    try:
        if not book.worksheets:
            raise CannotRead("The workbook holds no sheet of cells. Export it again, then choose it here.")
        sheet = max(book.worksheets, key=lambda one: one.max_row or 0)
        sheet.reset_dimensions()  # what a sheet says of its own size is often wrong; its rows are read to their end
        empty = 0
        for line, cells in enumerate(_rows_in_words(sheet), 1):
            texts = [cell_text(cell) for cell in cells]
            if any(text.strip() for text in texts):
                empty = 0
                yield line, texts
                continue
            empty += 1
            if empty > EMPTY_ROWS_LIMIT:
                raise CannotRead(
                    f"Line {line} follows {EMPTY_ROWS_LIMIT} empty rows. Delete what stands below the payments."
                )
    finally:
        book.close()
        file.close()
