"""The annual register of exemptions for the audit committee: every one decided in a financial year, and what was approved after the start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest

from council.known import known
from council.wording import day_name, money
from council.working_time import day_of, end_of_day, financial_year, start_of_day
from placements.models import Breach
from placements.reads.worth import worked_by
from recruitment.models import Exemption, ExemptionDecision, ExemptionNeed, ExemptionStatus
from reporting.exports import safe_cell
from reporting.paging import paged
from reporting.reads.contracts import positions
from reporting.reports.registry import Report, ReportKind, ReportQuery


@dataclass(frozen=True)
class Register(Report):
    year: int
    known_on: date
    rows_of_exemptions: list[tuple]
    rows_after_start: list[tuple]

    HEADER = (
        "Exemption",
        "Agency",
        "Requests",
        "Reason",
        "Justification",
        "Was the first supplier asked?",
        "What became of it",
        "Decided by",
        "Decided on",
        "Reason for the decision",
        "From",
        "Until",
        "Value, £ excluding VAT",
        "Value, £ including VAT",
        "Contract",
        "Spent and committed on it, £ excluding VAT",
        "Cost by the end of the year, £ excluding VAT",
    )

    @property
    def until(self) -> date:
        return min(date(self.year + 1, 3, 31), self.known_on)

    @property
    def name(self) -> str:
        return f"{self.year} to {self.year + 1}"

    @property
    def finding(self) -> str:
        standing = [row for row in self.rows_of_exemptions if row[6] in ("Approved", "Approved, ended early")]
        total = sum((row[12] for row in standing), start=Decimal(0))
        parts = [
            f"{len(standing)} exemption{'s' if len(standing) != 1 else ''} approved, {money(total)} excluding VAT."
        ]
        for what in ("Turned down", "Approved, taken back"):
            count = sum(row[6] == what for row in self.rows_of_exemptions)
            parts.append(f"{count} {what.casefold()}.")
        after = len(self.rows_after_start)
        parts.append(f"{after} placement{'s' if after != 1 else ''} approved after the start.")
        return " ".join(parts)

    def rows(self) -> list[tuple]:
        """Exemptions, then what was approved after the start, for CSV and the kept copy."""
        return self.rows_of_exemptions + self.rows_after_start

    def as_json(self) -> dict:
        return {
            "from": date(self.year, 4, 1).isoformat(),
            "until": self.until.isoformat(),
            "known_on": self.known_on.isoformat(),
            "finding": self.finding,
            "exemptions": [self._named(row) for row in self.rows_of_exemptions],
            "approved_after_the_start": [self._named(row) for row in self.rows_after_start],
        }

    def _named(self, row: tuple) -> dict:
        """By the headings of the columns; days and amounts as the CSV writes them, texts as they are."""
        cells = zip(self.HEADER, row, strict=True)
        return {name: cell if isinstance(cell, str) else safe_cell(cell) for name, cell in cells}

    def as_text(self) -> Iterator[str]:
        for row in self.rows():
            reference, agency, requests, *_ = row
            yield f"{reference}: {agency} for {requests}: {row[6].lower()} by {row[7]} on {day_name(row[8])}"


def register(year: int, known_on: date) -> Register:
    """The register of the financial year that begins in April of `year`, as known on a day."""
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    found = (
        Exemption.objects.filter(
            decisions__decision__in=["approved", "turned_down"], decisions__decided_on__range=(first, last)
        )
        .distinct()
        .select_related("agency")
        .prefetch_related(
            "needs__vacancy",
            "needs__proof__contract__agency",
            "decisions__decided_by",
            "decisions__in_place_of",
            "decisions__contract__agency",
        )
        .order_by("pk")
    )
    rows = list(found)
    finals = {one.pk: next(d for d in one.decisions.all() if d.decision != "returned") for one in rows}
    contracts = {d.contract.pk: d.contract for d in finals.values() if d.contract}
    lines = {line.contract.pk: line for line in positions(list(contracts.values()), min(last, known_on))}
    spent = {key: line.exposure for key, line in lines.items()}
    exemptions = [_exemption(one, finals[one.pk], spent) for one in rows]
    approved = Breach.objects.standing().filter(approved_at__gte=start_of_day(first), approved_at__lt=end_of_day(last))
    approved = approved.select_related(
        "placement__contract__agency", "placement__supplying_agency", "placement__vacancy", "approved_by"
    ).prefetch_related("placement__periods__placement", "placement__reversals__entry")
    after = [_after_start(one, min(last, known_on)) for one in approved.order_by("approved_at", "pk")]
    return Register(year, known_on, exemptions, after)


def _exemption(one: Exemption, final: ExemptionDecision, spent: dict[int, Decimal]) -> tuple:
    """A line of the register. `spent` has what is spent and committed on each contract."""
    needs, contract = list(one.needs.all()), final.contract
    return (
        one.reference,
        one.agency.name,
        ", ".join(need.vacancy.reference for need in needs),
        one.get_reason_display(),
        one.justification,
        "; ".join(_proof(need) for need in needs),
        _became(one, final),
        _decided_by(final),
        final.decided_on,
        final.reason,
        one.starts_on,
        one.last_day,
        one.value,
        one.value_with_vat,
        contract.reference if contract else "",
        spent[contract.pk] if contract else "",
        "",
    )


def _proof(need: ExemptionNeed) -> str:
    """Whether the first supplier was asked for a request, and what it said."""
    if need.proof is None:
        return f"No proof: {need.no_proof_reason}"
    said = need.proof.get_reason_display().lower() or need.proof.get_outcome_display().lower()
    corrected = ", corrected since" if need.unproved_by_id else ""
    return f"{need.proof.contract.agency}: {said} ({need.proof.reference}){corrected}"


def _after_start(one: Breach, day: date) -> tuple:
    """A line for what was approved after the start, with its cost by a day."""
    placement = one.placement
    return (
        one.reference,
        placement.agency.name,
        placement.vacancy.reference,
        one.get_kind_display(),
        one.how_found,
        "No: recorded as a breach",
        "Approved after the start",
        known(one.approved_by).name,
        day_of(known(one.approved_at)),
        one.approval_reason,
        placement.starts_on,
        placement.ends_on,
        "",
        "",
        placement.contract.reference if placement.contract else "",
        "",
        worked_by(placement, day),
    )


def _became(one: Exemption, final: ExemptionDecision) -> str:
    """What became of it by all that is known now."""
    if final.decision != ExemptionDecision.Decision.APPROVED:
        return final.get_decision_display()
    after: dict[str, str] = {ExemptionStatus.TAKEN_BACK: ", taken back", ExemptionStatus.ENDED: ", ended early"}
    return f"Approved{after.get(one.status, '')}"


def _decided_by(final: ExemptionDecision) -> str:
    return (
        f"{final.decided_by.name} in place of {final.in_place_of.name}" if final.in_place_of else final.decided_by.name
    )


ROWS_OF_A_PAGE = 100  # more than most years have, so that most registers print whole


def _page(report: Register, asked: ReportQuery, request: HttpRequest) -> dict:
    this_year = financial_year(asked.today)
    parts = {"Exemptions": report.rows_of_exemptions, "Approved after the start": report.rows_after_start}
    part = paged([(title, row) for title, rows in parts.items() for row in rows], ROWS_OF_A_PAGE, request)
    return part | {
        "next_year": report.year + 1,
        "years": range(this_year, min(report.year, this_year - 6) - 1, -1),
        "tables": [
            (title, [row for kind, row in part["page"] if kind == title])
            for title, rows in parts.items()
            if not rows or any(kind == title for kind, _ in part["page"])
        ],
    }


REPORT = ReportKind(
    name="register",
    address="exemptions/register/",
    template="exemptions/register.html",
    make=lambda asked: register(asked.year, asked.today),
    title=lambda report, asked: f"Register of exemptions, April {report.year} to March {report.year + 1}",
    file_name=lambda asked: f"exemptions-register-{asked.year}",
    page=_page,
    as_at=lambda report, asked: report.until,
    asks=("year",),
    url_name="exemptions-register",
)
