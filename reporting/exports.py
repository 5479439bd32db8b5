"""CSV that opens in Excel as it was meant: with a byte order mark, and without running formulas."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.http import StreamingHttpResponse

from council.working_time import LONDON

ROWS_A_PIECE = 200
INCOMPLETE = "INCOMPLETE: something went wrong while these rows were read. Fetch the file again."
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def safe_cell(value: object) -> str:
    """A cell's text. Numbers stay numbers; a text that a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Passing:
    """A file for `csv.writer` that keeps nothing: what is written is what `writerow` returns."""

    @staticmethod
    def write(text: str) -> str:
        return text


def _pieces(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Passing())
    yield "\ufeff" + writer.writerow(header)
    rest = iter(rows)
    try:
        while piece := "".join(
            writer.writerow([safe_cell(cell) for cell in row]) for row in islice(rest, ROWS_A_PIECE)
        ):
            yield piece
    except Exception:
        yield writer.writerow([INCOMPLETE])  # the answer has begun, so no other page can say it
        raise


def csv_response(file_name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """The rows as they come, however many there are: none is kept in memory."""
    response = StreamingHttpResponse(_pieces(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
