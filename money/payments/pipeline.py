"""A payments file from its rows to payments: the same pass for the preview (`store=None`) and for the import."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from council.tables.reader import CannotRead, rows_of
from council.tables.values import NotReadable, Row, amount_in, date_in, without_vat
from money.rules.columns import Layout, find_layout, with_choices
from money.rules.names import KnownNames

BATCH = 10_000
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class PaymentLine:
    """One row of a known agency, read."""

    line: int
    agency: int
    paid_on: date
    amount: Decimal
    supplier: str
    texts: dict[str, str]
    service_from: date | None
    service_to: date | None
    is_ours: bool
    key: str
    occurrence: int


@dataclass
class ImportOutcome:
    """What a file holds, and what became of it. Amounts are £ excluding VAT."""

    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    unallocated: int = 0
    not_ours: int = 0
    rejected: list[dict] = field(default_factory=list)
    agencies: dict[str, dict] = field(default_factory=dict)
    near_misses: list[dict] = field(default_factory=list)
    departments: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict:
        return {
            "rows": self.rows,
            "kept": self.kept,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "agencies": self.agencies,
            "near_misses": self.near_misses,
            "unallocated": self.unallocated,
            "not_ours": self.not_ours,
            "departments": self.departments,
        }

    def count(self, line: "PaymentLine") -> None:
        """By department, and whether it is ours."""
        department = line.texts.get("department", "")
        self.departments[department] = self.departments.get(department, 0) + 1
        self.not_ours += not line.is_ours


@dataclass(frozen=True)
class Reading:
    """How to read: whose names are known, what a person said of the source, and where progress goes."""

    names: KnownNames
    agencies: dict[int, str]
    includes_vat: bool
    our_departments: frozenset[str]
    progress: Callable[[int], None] = lambda rows: None


def open_file(path: Path, name: str, chosen: dict[str, int]) -> tuple[Layout, Iterator[Row]]:
    """The file's layout and its data rows. Raises CannotRead."""
    rows = rows_of(path, name)
    start = list(islice(rows, 300))
    if len(start) < 2:
        raise CannotRead("The file holds no payments. Export it again, then choose it here.")
    layout = with_choices(find_layout(start), chosen)
    return layout, (row for row in chain(start, rows) if row[0] > layout.header_line)


Store = Callable[[list[PaymentLine]], tuple[int, int]]


def run(layout: Layout, rows: Iterator[Row], reading: Reading, store: Store, outcome: ImportOutcome) -> ImportOutcome:
    """Read every row; hand known agencies' lines to `store` in batches, which answers (new, left to allocate)."""
    similar, counts, seen = Counter[str](), Counter[int](), Counter[str]()
    similar_total: dict[str, Decimal] = {}
    totals: dict[int, Decimal] = {}
    known: dict[str, tuple[int | None, str | None]] = {}
    batch: list[PaymentLine] = []

    def flush() -> None:
        new, waiting = store(batch)
        outcome.kept += new
        outcome.duplicates += len(batch) - new
        outcome.unallocated += waiting
        batch.clear()

    for line, cells in rows:
        outcome.rows += 1
        if outcome.rows % 5000 == 0:
            reading.progress(outcome.rows)
        supplier = _cell(cells, layout.columns["supplier"])
        if supplier not in known:
            agency = reading.names.agency_of(supplier)
            known[supplier] = (agency, None if agency else reading.names.closest(supplier))
        agency, closest = known[supplier]
        if agency is None:
            if closest:
                similar[supplier] += 1
                amount = _amount_or_zero(cells, layout, reading)
                similar_total[supplier] = similar_total.get(supplier, Decimal(0)) + amount
            elif not supplier:
                _reject(outcome, line, "no supplier")
            continue
        try:
            read = _read(line, cells, layout, reading, agency, supplier, seen)
        except NotReadable as problem:
            _reject(outcome, line, str(problem))
            continue
        counts[agency] += 1
        totals[agency] = totals.get(agency, Decimal(0)) + read.amount
        outcome.count(read)
        batch.append(read)
        if len(batch) >= BATCH:
            flush()
    flush()
    outcome.agencies = _by_agency(reading, counts, totals)
    outcome.near_misses = [
        {"name": name, "payments": count, "total": f"{similar_total[name]:.2f}", "closest": known[name][1]}
        for name, count in sorted(similar.items())
    ]
    return outcome


def _by_agency(reading: Reading, counts: Counter[int], totals: dict[int, Decimal]) -> dict[str, dict]:
    """The name of each agency that was paid → how many payments and what they add up to, by name."""
    names = reading.agencies
    return {
        names[key]: {"payments": counts[key], "total": f"{totals[key]:.2f}"}
        for key in sorted(counts, key=lambda key: names[key])
    }


def _cell(cells: list[str], position: int | None) -> str:
    return " ".join(cells[position].replace("\0", "").split()) if position is not None and position < len(cells) else ""


@lru_cache(maxsize=20_000)
def _plain(cell: str) -> str:
    """A cell whatever its format: a date as ISO, an amount to the penny, other text folded."""
    text = " ".join(cell.split())
    if not DIGIT.search(text):  # neither a date nor an amount
        return text.casefold()
    try:
        return date_in(text).isoformat()
    except NotReadable:
        pass
    try:
        return str(amount_in(text))
    except NotReadable:
        return text.casefold()


def _amount_or_zero(cells: list[str], layout: Layout, reading: Reading) -> Decimal:
    try:
        amount = amount_in(_cell(cells, layout.columns["amount"]))
    except NotReadable:
        return Decimal(0)
    return without_vat(amount) if reading.includes_vat else amount


def _reject(outcome: ImportOutcome, line: int, reason: str) -> None:
    outcome.rejected.append({"line": line, "reason": reason})


def _read(
    line: int, cells: list[str], layout: Layout, reading: Reading, agency: int, supplier: str, seen: Counter
) -> PaymentLine:
    paid_on = date_in(_cell(cells, layout.columns["date"]))
    written = amount_in(_cell(cells, layout.columns["amount"]))
    if written == 0:
        raise NotReadable("the amount is £0")
    texts = {
        role: _cell(cells, layout.columns.get(role))
        for role in ("reference", "department", "cost_centre", "description", "order_number")
    }
    where = texts["department"] or texts["cost_centre"]
    # The whole line, whichever columns were chosen: choosing others later must not make it a new payment.
    content = [_plain(cell) for cell in cells]
    while content and not content[-1]:
        content.pop()
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    seen[key] += 1
    texts["department"] = where
    return PaymentLine(
        line=line,
        agency=agency,
        paid_on=paid_on,
        amount=without_vat(written) if reading.includes_vat else written,
        supplier=supplier,
        texts=texts,
        service_from=_date_or_none(_cell(cells, layout.columns.get("service_from"))),
        service_to=_date_or_none(_cell(cells, layout.columns.get("service_to"))),
        is_ours=not reading.our_departments or where.casefold() in reading.our_departments,
        key=key,
        occurrence=seen[key],
    )


def _date_or_none(text: str):
    if not text:
        return None
    try:
        return date_in(text)
    except NotReadable:
        return None
