"""Was the first supplier asked first? How many placements outside it have their proof, and what they cost.

As at a day: placements that had started by then, by all that is known now. Money is what had been worked by then, £ excluding VAT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q
from django.http import HttpRequest

from council.wording import day_name
from council.working_time import end_of_day, months_before, start_of_day
from placements.models import Placement
from placements.reads import costs
from recruitment.models import Origin, Urgency, Vacancy, WitnessKind
from recruitment.reads.rounds import first_supplier
from reporting.paging import PAGE, paged
from reporting.reads.proof import BREACHES, STANDINGS, WITH_PROOF, Lines
from reporting.reads.spend import SPEND
from reporting.reports.registry import Report, ReportKind, ReportQuery

FORMULAS = {
    "placements": "placements that had started by the day and stand, outside the first route, or marked as a breach on any route",
    "spend": "what all placements that stand had cost by the day: hours × charge rate, £ excluding VAT, by all known now",
    "urgent": "urgent requests / requests asked for in the last 12 months",
}


@dataclass(frozen=True)
class Assurance(Report):
    """The whole report; page, CSV, JSON and text are made from this."""

    on: date
    known_on: date
    first_supplier: str
    lines: "Lines"
    spend: dict[str, Decimal] = field(default_factory=dict)
    requests: int = 0
    urgent: int = 0

    HEADER = (
        "Standing",
        "Placement",
        "Supplier",
        "Contract",
        "Route",
        "Start",
        "End",
        "Proof, or the breach in words",
        "Cost to the day, £ excluding VAT",
        "Spend",
        "As at",
        "As known on",
    )

    def count(self, *standings: str) -> int:
        return sum(self.lines.counts[standing] for standing in standings)

    @property
    def with_proof(self) -> int:
        return self.count(*WITH_PROOF)

    @property
    def breaches(self) -> int:
        return self.count(*BREACHES)

    @property
    def counts(self) -> dict[str, int]:
        return {name: self.count(name) for name in STANDINGS}

    @property
    def urgent_percent(self) -> Decimal:
        return _percent(Decimal(self.urgent), Decimal(self.requests))

    @property
    def off_contract_percent(self) -> Decimal:
        """Of all spend, what was on no contract of the order of sourcing."""
        whole = sum(self.spend.values(), Decimal(0))
        return _percent(whole - self.spend["on_contract"], whole)

    @property
    def finding(self) -> str:
        """For example: 29 of 31 placements outside Pertemps, or marked as a breach, have their proof. 2 are breaches."""
        total = len(self.lines)
        if not total:
            return f"Nobody had been placed outside {self.first_supplier} by this day."
        parts = [
            f"{self.with_proof} of {total} placements outside {self.first_supplier}, or marked as a breach, have their proof."
        ]
        rest = (
            (self.breaches, "is a breach", "are breaches"),
            (self.count("no_proof"), "stands by exemption without proof", "stand by exemption without proof"),
            (self.count("brought_forward"), "was brought forward", "were brought forward"),
        )
        parts += [f"{n} {one if n == 1 else many}." for n, one, many in rest if n]
        return " ".join(parts)

    def as_json(self) -> dict:
        return {
            "on": self.on.isoformat(),
            "known_on": self.known_on.isoformat(),
            "first_supplier": self.first_supplier,
            "placements_outside": len(self.lines),
            "with_proof": self.with_proof,
            "breaches": self.breaches,
            "by_standing": self.counts,
            "by_witness": self.lines.by_witness,
            "spend": {name: f"{amount:.2f}" for name, amount in self.spend.items()},
            "spend_in_all": f"{sum(self.spend.values(), Decimal(0)):.2f}",
            "requests_last_12_months": {
                "asked_for": self.requests,
                "urgent": self.urgent,
                "urgent_percent": str(self.urgent_percent),
            },
            "formulas": FORMULAS,
            "placements": [
                {
                    "placement": line.placement.reference,
                    "standing": line.standing,
                    "supplier": line.supplier,
                    "contract": line.placement.contract.reference if line.placement.contract else None,
                    "starts_on": line.placement.starts_on.isoformat(),
                    "ends_on": line.placement.ends_on.isoformat(),
                    "words": line.words,
                    "cost": f"{line.cost:.2f}",
                    "spend": line.spend_state,
                }
                for line in self.lines
            ],
        }

    def rows(self) -> Iterator[tuple]:
        """The lines of the page, for CSV and text, read as they are asked for."""
        for line in self.lines:
            yield (
                line.standing_words,
                line.placement.reference,
                line.supplier,
                line.placement.contract.reference if line.placement.contract else "None",
                line.route,
                line.placement.starts_on,
                line.placement.ends_on,
                line.words,
                line.cost,
                SPEND[line.spend_state],
                self.on,
                self.known_on,
            )

    def as_text(self) -> Iterator[str]:
        for standing, placement, supplier, contract, *rest in self.rows():
            yield f"{standing}: {placement}, {supplier}, {contract}: {rest[3]} £{rest[4]}"


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole if whole else Decimal(0)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def assurance(on: date, known_on: date, service: int | None = None) -> Assurance:
    """The report at a date; of one Service where it is given. The database judges and adds up; lines are read as they are shown."""
    started = Placement.objects.standing().filter(starts_on__lte=on)
    asked = Vacancy.objects.filter(
        requested_at__gte=start_of_day(months_before(on, 12)), requested_at__lt=end_of_day(on), origin=Origin.REQUESTED
    )
    if service is not None:
        started, asked = started.filter(vacancy__team__service_id=service), asked.filter(team__service_id=service)
    outside = started.filter(pk__in=started.outside_the_first_route().values("pk")) | started.filter(
        pk__in=costs.marked_by(on)
    )
    counted = asked.aggregate(all=Count("pk"), urgent=Count("pk", filter=Q(urgency=Urgency.URGENT)))
    return Assurance(
        on=on,
        known_on=known_on,
        first_supplier=first_supplier(on),
        lines=Lines(outside, on),
        spend=dict.fromkeys(SPEND, Decimal(0)) | costs.spend(on, service=service),
        requests=counted["all"],
        urgent=counted["urgent"],
    )


def _page(report: Assurance, asked: ReportQuery, request: HttpRequest) -> dict:
    chosen = request.GET.get("standing", "")
    chosen = chosen if chosen in STANDINGS else ""
    lines = report.lines.only(chosen) if chosen else report.lines
    return paged(lines, PAGE, request) | {
        "lines": lines,
        "chosen": chosen,
        "witnesses": [(WitnessKind(kind).label, n) for kind, n in report.lines.by_witness.items()],
        "counts": [(name, words, report.count(name)) for name, words in STANDINGS.items() if report.count(name)],
        "spend": [(name, words, report.spend[name]) for name, words in SPEND.items()],
        "spend_in_all": sum(report.spend.values()),
    }


REPORT = ReportKind(
    name="assurance",
    address="assurance/",
    template="assurance.html",
    make=lambda asked: assurance(asked.on, asked.today, asked.service.pk if asked.service else None),
    title=lambda report, asked: f"Was {report.first_supplier} asked first? As at {day_name(asked.on)}{asked.of}",
    file_name=lambda asked: f"assurance-{asked.on.isoformat()}",
    page=_page,
    asks=("service",),
    formulas=FORMULAS,
)
