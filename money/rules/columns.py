"""Which column is which, whatever it is called. Pure.

A column is taken for a role when its header says so and its cells agree. Where two fit equally well, or none does, the role
is *in doubt*: a person is asked, and the answer is remembered for the source and layout.
"""

import hashlib
import re
from dataclasses import dataclass, field

from council.tables.values import NotReadable, Row, amount_in, date_in

REQUIRED = ("date", "supplier", "amount")
OPTIONAL = ("reference", "department", "cost_centre", "description", "order_number", "service_from", "service_to")
ROLES = (*REQUIRED, *OPTIONAL)

# For each role, what a header may be (letters and digits only), best first: a later line is used only if no earlier one fits.
HEADERS: dict[str, list[str]] = {
    "date": [
        r".*(payment|paid|cleared|clearing|pay)date.*|date(paid|ofpayment|cleared)|paid(on)?",
        r".*(posting|posted|transaction|effective|ledger|gl)date.*|date",
        r".*invoicedate.*|.*date.*",
    ],
    "supplier": [
        r"(supplier|vendor|payee|beneficiary|creditor|merchant)(s)?(beneficiary)?name.*|nameof(supplier|vendor|payee).*",
        r"supplier|vendor|payee|beneficiary|creditor|merchant|supplierbeneficiary",
        r".*(supplier|vendor|payee|beneficiary|creditor|merchant).*|paidto|company",
    ],
    "amount": [
        r"net(amount|value|total)?.*|(amount|value|total)(net|exc|excl|excluding).*|.*(excludingvat|exclvat|excvat|exvat|netofvat)"
        r"|(invoice|line|payment|transaction|paid)nett?(amount|value|total)?",
        r"(invoice|line|payment|transaction|distribution|paid)?(amount|value)(paid|gbp|in)?|amountpaid.*|sumofamount",
        r".*amount.*|.*total.*|.*value.*|.*gross.*|paid|sum",
    ],
    "reference": [
        r"(transaction|invoice|voucher|document|payment)(number|no|reference|ref|id).*|trans(no|id|ref)",
        r".*reference.*|.*ref(number|no)?|.*transaction.*|.*voucher.*",
    ],
    "department": [
        r"(department|directorate|servicearea|servicedivision|expensearea|businessunit)(name|description)?",
        r".*(department|directorate|division|servicearea|expensearea).*|service|service(name|description|label)",
    ],
    "cost_centre": [r"cost(centre|center)(code|number|no)?", r".*cost(centre|center).*|costcode"],
    "description": [
        r".*(expensestype|expensetype|description|narrative).*|.*purpose.*",
        r".*(category|subjective|account).*",
    ],
    "order_number": [r"(purchase)?order(number|no|ref|reference)?|po(number|no|ref)?"],
    "service_from": [r"(service|period|work)(from|start|startdate|begins?)|weekcommencing|periodfrom"],
    "service_to": [r"(service|period|work)(to|end|enddate|ends?)|weekending|weekended|periodto"],
}
NEVER: dict[str, str] = {
    "date": r".*update.*|.*birth.*",
    "supplier": r".*(number|no|id|code|ref|reference|type|category|vat|charity|registered|classification|postcode|address).*",
    "amount": r".*(irrecoverable|vatamount|vatonly|number|code|registration|category|classification|type|description|purpose).*|vat",
}


# An amount that says so: taken only where the file has no other.
WITH_VAT = re.compile(r".*(incl?vat|includingvat|inclusiveofvat|inclofvat|withvat|plusvat|gross).*")


@dataclass(frozen=True)
class Layout:
    """A file's header and what its columns hold. `doubts` maps a role to the positions (from 0) a person may choose among."""

    header_line: int
    headers: list[str]
    columns: dict[str, int]
    doubts: dict[str, list[int]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for every file of the same columns in the same order."""
        text = "|".join(plain(header) for header in self.headers)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def name(self, position: int) -> str:
        """A column's name for a person: blank and repeated headers carry their place."""
        header = " ".join(self.headers[position].split())
        if not header:
            return f"Column {position + 1} (no name)"
        repeated = sum(plain(other) == plain(header) for other in self.headers) > 1
        return f"{header} (column {position + 1})" if repeated else header


def vat_in_doubt(layout: Layout, includes_vat: bool) -> str:
    """The column of amounts that says it includes VAT, where the source's amounts are taken to exclude it; empty where they agree."""
    at = layout.columns.get("amount")
    says = at is not None and WITH_VAT.fullmatch(plain(layout.headers[at])) is not None
    return layout.name(at) if says and at is not None and not includes_vat else ""


def plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def _tier(role: str, header: str) -> int | None:
    text = plain(header)
    if not text or re.fullmatch(NEVER.get(role, "$^"), text):
        return None
    if role == "amount" and WITH_VAT.fullmatch(text):
        return len(HEADERS[role])
    for tier, pattern in enumerate(HEADERS[role]):
        if re.fullmatch(pattern, text):
            return tier
    return None


def _share_that_reads(role: str, cells: list[str]) -> float:
    """Which part of the filled cells can be what the role needs, from 0 to 1."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return 0
    if role not in ("date", "amount", "service_from", "service_to", "supplier"):
        return 1
    good = 0
    for cell in filled:
        try:
            if role == "amount":
                amount_in(cell)
            elif role == "supplier":
                if not re.search(r"[A-Za-z]{2}", cell):
                    raise NotReadable(cell)
            else:
                date_in(cell)
            good += 1
        except NotReadable:
            pass
    return good / len(filled)


def _reads_as(role: str, cells: list[str]) -> bool:
    return _share_that_reads(role, cells) >= 0.5


def find_layout(rows: list[Row]) -> Layout:
    """Find the header among the first rows, past titles and other junk, and the columns below it.

    `rows` is the beginning of the file. A role nobody could find or decide is in `doubts`.
    """

    def score(cells: list[str]) -> int:
        found = sum(any(_tier(role, cell) is not None for cell in cells) for role in REQUIRED)
        return found * 100 + sum(bool(cell.strip()) and len(cell) < 80 for cell in cells)

    candidates = rows[:40]
    at = max(range(len(candidates)), key=lambda i: (score(candidates[i][1]), -i))
    line, headers = candidates[at]
    below = [cells for _, cells in rows[at + 1 : at + 201]]
    width = max([len(headers), *(len(cells) for cells in below)])
    headers = [*headers, *[""] * (width - len(headers))]
    columns: dict[str, int] = {}
    doubts: dict[str, list[int]] = {}
    cells_of = {i: [cells[i] for cells in below if i < len(cells)] for i in range(width)}
    for role in ROLES:
        tiers = {i: tier for i, header in enumerate(headers) if (tier := _tier(role, header)) is not None}
        fitting = {i: tier for i, tier in tiers.items() if _reads_as(role, cells_of[i])}
        best = [i for i, tier in fitting.items() if tier == min(fitting.values())] if fitting else []
        if len(best) == 1:
            columns[role] = best[0]
        elif role in REQUIRED:
            doubts[role] = best or [i for i in range(width) if _reads_as(role, cells_of[i])] or list(range(width))
        elif best:
            columns[role] = best[0]
    return Layout(header_line=line, headers=headers, columns=columns, doubts=doubts)


def with_choices(layout: Layout, chosen: dict[str, int]) -> Layout:
    """The layout with a person's answers."""
    known = {
        role: position for role, position in chosen.items() if role in ROLES and 0 <= position < len(layout.headers)
    }
    doubts = {role: options for role, options in layout.doubts.items() if role not in known}
    return Layout(layout.header_line, layout.headers, layout.columns | known, doubts)
