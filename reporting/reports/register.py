"""The annual register of exemptions for the audit committee: every one decided in a financial year, and what was approved after the start."""

from dataclasses import dataclass
from datetime import date

from council.actions import day_of
from placements.models import Breach
from recruitment.models import Exemption
from recruitment.wording import money
from reporting.reports.contracts import positions
from reporting.reports.spend import worked_by


def year_of(day: date) -> int:
    """The financial year a day is in, by the year it begins: April to March."""
    return day.year if day.month >= 4 else day.year - 1


@dataclass(frozen=True)
class Register:
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
        "Decision",
        "Decided by",
        "Decided on",
        "Reason for the decision",
        "From",
        "Until",
        "Value, £ excluding VAT",
        "Value, £ including VAT",
        "Contract",
        "Spent and committed on it, £ excluding VAT",
    )

    @property
    def until(self) -> date:
        return min(date(self.year + 1, 3, 31), self.known_on)

    @property
    def name(self) -> str:
        return f"{self.year} to {self.year + 1}"

    @property
    def finding(self) -> str:
        approved = [row for row in self.rows_of_exemptions if row[6] == "Approved"]
        total = sum((row[12] for row in approved), start=0)
        parts = [
            f"{len(approved)} exemption{'s' if len(approved) != 1 else ''} approved, {money(total) if approved else '£0.00'} excluding VAT."
        ]
        down = len(self.rows_of_exemptions) - len(approved)
        parts.append(f"{down} turned down.")
        after = len(self.rows_after_start)
        parts.append(f"{after} placement{'s' if after != 1 else ''} approved after the start.")
        return " ".join(parts)

    def rows(self) -> list[tuple]:
        """Exemptions, then what was approved after the start, for CSV and the kept copy."""
        return self.rows_of_exemptions + self.rows_after_start


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
            "needs__vacancy", "needs__proof__contract__agency", "decisions__decided_by", "decisions__contract__agency"
        )
        .order_by("pk")
    )
    rows = list(found)
    finals = {one.pk: next(d for d in one.decisions.all() if d.decision != "returned") for one in rows}
    contracts = {d.contract.pk: d.contract for d in finals.values() if d.contract}
    lines = {line.contract.pk: line for line in positions(list(contracts.values()), min(last, known_on))}
    exemptions = []
    for one in rows:
        final = finals[one.pk]
        needs = list(one.needs.all())
        proofs = "; ".join(
            f"{need.proof.contract.agency}: {need.proof.get_reason_display().lower() or need.proof.get_outcome_display().lower()} ({need.proof.reference})"
            if need.proof
            else f"No proof: {need.no_proof_reason}"
            for need in needs
        )
        exemptions.append(
            (
                one.reference,
                one.agency.name,
                ", ".join(need.vacancy.reference for need in needs),
                one.get_reason_display(),
                one.justification,
                proofs,
                final.get_decision_display(),
                final.decided_by.name,
                final.decided_on,
                final.reason,
                one.starts_on,
                one.last_day,
                one.value,
                one.value_with_vat,
                final.contract.reference if final.contract else "",
                lines[final.contract_id].exposure if final.contract else "",
            )
        )
    breaches = Breach.objects.filter(approved_at__date__range=(first, last)).select_related(
        "placement__contract__agency", "placement__supplying_agency", "placement__vacancy", "approved_by"
    )
    after = [
        (
            one.reference,
            one.placement.agency.name,
            one.placement.vacancy.reference,
            one.get_kind_display(),
            one.how_found,
            "Approved after the start",
            "Approved after the start",
            one.approved_by.name,
            day_of(one.approved_at),
            one.approval_reason,
            one.placement.starts_on,
            one.placement.ends_on,
            worked_by(one.placement, min(last, known_on)),
            "",
            one.placement.contract.reference if one.placement.contract else "",
            "",
        )
        for one in breaches.prefetch_related("placement__periods__placement", "placement__reversals__entry").order_by(
            "approved_at", "pk"
        )
    ]
    return Register(year, known_on, exemptions, after)
