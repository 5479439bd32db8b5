"""Figures at a date: establishment, vacancies, agency share, suppliers and contracts.

Rates are in FTE by the Department for Education's definitions: vacancy rate = vacancy ÷ (in post + vacancy); agency rate =
agency ÷ (in post + agency), counting every agency worker. Vacancy = establishment less in post, from the dated team figures.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import BigIntegerField
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from council.models import Council, TeamFigure
from council.wording import day_name
from council.working_time import LONDON, end_of_day, months_before, start_of_day
from placements.models import Hire, Placement
from recruitment.models import Contract, Origin, Release, Route, SourcingOrder, SupplyMode, Urgency, Vacancy
from reporting.reads.contracts import ContractPosition, positions
from reporting.reports.registry import Report, ReportKind, ReportQuery

FORMULAS = {
    "vacancy_rate": "vacancy FTE ÷ (in post FTE + vacancy FTE), in percent",
    "agency_rate": "agency FTE ÷ (in post FTE + agency FTE), in percent, every agency worker counted",
    "vacancy_fte": "establishment FTE − in post FTE",
}


def tenth(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


@dataclass(frozen=True)
class TeamLine:
    """One team's figures, FTE; `figure_on` is the date of the figure in force."""

    service: str
    team: str
    establishment_fte: Decimal
    in_post_fte: Decimal
    agency_fte: Decimal
    figure_on: date

    @property
    def vacancy_fte(self) -> Decimal:
        return self.establishment_fte - self.in_post_fte


@dataclass(frozen=True)
class SupplierLine:
    """What one agency did, by day `on`."""

    name: str
    agency_id: int
    in_post: int = 0
    secured_12_months: int = 0
    secured_6_months: int = 0
    direct_6_months: int = 0
    brokered_6_months: int = 0
    brokering_agencies: int = 0
    target_hires: int = 0
    hires: int = 0
    places_workers: bool = True

    def as_json(self) -> dict:
        if not self.places_workers:
            percent = (
                (100 * Decimal(self.hires) / self.target_hires).quantize(Decimal(1), ROUND_HALF_UP)
                if self.target_hires
                else ""
            )
            return {"target_hires": self.target_hires, "hires": self.hires, "percent_of_target": str(percent)}
        return {
            "in_post": self.in_post,
            "secured_last_12_months": self.secured_12_months,
            "secured_last_6_months": {
                "total": self.secured_6_months,
                "direct": self.direct_6_months,
                "brokered": self.brokered_6_months,
                "brokering_agencies": self.brokering_agencies,
            },
        }


@dataclass(frozen=True)
class Position(Report):
    """The whole report; page, CSV, JSON and text are made from this."""

    on: date
    source: str
    establishment_fte: Decimal
    in_post_fte: Decimal
    agency_fte: Decimal
    agency_workers: int
    requests_12_months: int = 0
    urgent_12_months: int = 0
    suppliers: list[SupplierLine] = field(default_factory=list)
    contracts: list[ContractPosition] = field(default_factory=list)
    teams: list[TeamLine] = field(default_factory=list)

    @property
    def vacancy_fte(self) -> Decimal:
        return self.establishment_fte - self.in_post_fte

    @property
    def vacancy_rate(self) -> Decimal:
        return _rate(self.vacancy_fte, self.in_post_fte + self.vacancy_fte)

    @property
    def agency_rate(self) -> Decimal:
        return _rate(self.agency_fte, self.in_post_fte + self.agency_fte)

    def as_json(self) -> dict:
        return {
            "source": self.source,
            "on": self.on.isoformat(),
            "establishment_fte": tenth(self.establishment_fte),
            "in_post_fte": tenth(self.in_post_fte),
            "vacancy_fte": tenth(self.vacancy_fte),
            "vacancy_rate": tenth(self.vacancy_rate),
            "agency_fte": tenth(self.agency_fte),
            "agency_workers": self.agency_workers,
            "agency_rate": tenth(self.agency_rate),
            "formulas": FORMULAS,
            "requests_last_12_months": {
                "asked_for": self.requests_12_months,
                "urgent": self.urgent_12_months,
                "urgent_percent": tenth(_rate(Decimal(self.urgent_12_months), Decimal(self.requests_12_months))),
            },
            "suppliers": {line.name: line.as_json() for line in self.suppliers},
            "contracts": {line.contract.reference: _contract_json(line) for line in self.contracts},
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """(figure, value, unit) in the order of the page, for CSV and text."""
        day = f"as at {self.on:%-d %B %Y}"
        rows = [
            ("Establishment", tenth(self.establishment_fte), f"FTE {day}"),
            ("In post", tenth(self.in_post_fte), f"FTE {day}"),
            ("Vacancies", tenth(self.vacancy_fte), f"FTE {day}"),
            ("Vacancy rate", tenth(self.vacancy_rate), f"% {day}"),
            ("Agency workers", str(self.agency_workers), f"people {day}"),
            ("Agency workers", tenth(self.agency_fte), f"FTE {day}"),
            ("Agency rate", tenth(self.agency_rate), f"% {day}"),
        ]
        rows += [
            ("Requests, last 12 months", str(self.requests_12_months), f"requests {day}"),
            ("Urgent requests, last 12 months", str(self.urgent_12_months), f"requests {day}"),
        ]
        for line in self.suppliers:
            if not line.places_workers:
                rows += [
                    (f"{line.name}: permanent starts", str(line.hires), f"people {day}"),
                    (f"{line.name}: target", str(line.target_hires), "people"),
                ]
                continue
            rows += [
                (f"{line.name}: in post", str(line.in_post), f"people {day}"),
                (f"{line.name}: secured, last 12 months", str(line.secured_12_months), f"answers {day}"),
                (f"{line.name}: secured, last 6 months", str(line.secured_6_months), f"answers {day}"),
                (f"{line.name}: own workers, last 6 months", str(line.direct_6_months), f"answers {day}"),
                (f"{line.name}: through other agencies, last 6 months", str(line.brokered_6_months), f"answers {day}"),
                (f"{line.name}: other agencies, last 6 months", str(line.brokering_agencies), f"agencies {day}"),
            ]
        for contract in self.contracts:
            figures = _contract_json(contract)
            for name, label in CONTRACT_LABELS.items():
                value = figures[name]
                rows.append(
                    (
                        f"{contract.contract.reference}: {label}",
                        "not set here" if value is None else value,
                        f"£ excluding VAT {day}",
                    )
                )
        return rows


CONTRACT_LABELS = {
    "approved_value": "approved value",
    "booked_to_date": "booked to date",
    "booked_to_come": "booked to come",
    "exposure": "spent and committed",
    "left_to_commit": "left to commit",
    "paid": "paid",
}


def _contract_json(line: ContractPosition) -> dict:
    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else f"{amount:.2f}"

    return {
        "approved_value": text(line.approved_value),
        "booked_to_date": text(line.booked_to_date),
        "booked_to_come": text(line.booked_to_come),
        "exposure": text(line.exposure),
        "left_to_commit": text(line.left),
        "paid": text(line.paid),
    }


def _rate(part: Decimal, whole: Decimal) -> Decimal:
    return 100 * part / whole if whole else Decimal(0)


def position(on: date) -> Position:
    """The figures at a date. See `Position`; every one can be followed to its rows on the page."""
    figures = list(TeamFigure.objects.in_force(on).select_related("team__service"))
    full_time = Council.current().full_time_hours
    live = list(
        Placement.objects.live_on(on)
        .with_team(on)
        .values_list(
            "team_id_now",
            Coalesce("contract__agency_id", "supplying_agency_id", output_field=BigIntegerField()),
            "hours_per_week",
            "worker_id",
        )
    )
    hours_by_team: dict[int, Decimal] = {}
    for team, _, hours, _ in live:
        hours_by_team[team] = hours_by_team.get(team, Decimal(0)) + hours
    teams = [
        TeamLine(
            service=figure.team.service.name,
            team=figure.team.name,
            establishment_fte=figure.establishment_fte,
            in_post_fte=figure.in_post_fte,
            agency_fte=hours_by_team.get(figure.team_id, Decimal(0)) / full_time,
            figure_on=figure.on,
        )
        for figure in figures
    ]
    contracts = list(Contract.objects.known_on(on).select_related("agency").order_by("starts_on", "reference"))
    order = SourcingOrder.objects.in_force(on)
    asked = Vacancy.objects.filter(
        requested_at__gte=start_of_day(months_before(on, 12)), requested_at__lt=end_of_day(on), origin=Origin.REQUESTED
    )
    return Position(
        on=on,
        source=order.decision_reference if order else "",
        establishment_fte=sum((line.establishment_fte for line in teams), Decimal(0)),
        in_post_fte=sum((line.in_post_fte for line in teams), Decimal(0)),
        agency_fte=sum((hours for _, _, hours, _ in live), Decimal(0)) / full_time,
        agency_workers=len({worker for _, _, _, worker in live}),
        requests_12_months=asked.count(),
        urgent_12_months=asked.filter(urgency=Urgency.URGENT).count(),
        suppliers=_suppliers(contracts, {(agency, worker) for _, agency, _, worker in live}, on),
        contracts=positions(contracts, on),
        teams=sorted(teams, key=lambda line: (line.service, line.team)),
    )


def _suppliers(contracts: list[Contract], in_post: set[tuple[int, int]], on: date) -> list[SupplierLine]:
    agencies = {contract.agency_id: contract.agency.name for contract in contracts}
    secured = list(
        Release.objects.secured_between(months_before(on, 12), on)
        .filter(position__gt=0)
        .values_list("contract__agency_id", "answered_at", "supply_mode", "supplying_agency_id")
    )
    hired = list(
        Hire.objects.standing()
        .filter(starts_on__lte=on, contract__isnull=False)
        .values_list("contract__agency_id", flat=True)
    )
    six_months = months_before(on, 6)
    lines = []
    for key, name in sorted(agencies.items(), key=lambda item: item[1]):
        own = [contract for contract in contracts if contract.agency_id == key]
        if all(contract.route == Route.DIRECT for contract in own):
            target = sum(contract.target_hires or 0 for contract in own)
            lines.append(
                SupplierLine(
                    name=name, agency_id=key, target_hires=target, hires=hired.count(key), places_workers=False
                )
            )
            continue
        year = [row for row in secured if row[0] == key]
        half = [row for row in year if row[1].astimezone(LONDON).date() >= six_months]
        brokered = [row for row in half if row[2] == SupplyMode.BROKERED]
        lines.append(
            SupplierLine(
                name=name,
                agency_id=key,
                in_post=sum(agency == key for agency, _ in in_post),
                secured_12_months=len(year),
                secured_6_months=len(half),
                direct_6_months=len(half) - len(brokered),
                brokered_6_months=len(brokered),
                brokering_agencies=len({row[3] for row in brokered}),
            )
        )
    return lines


def _page(report: Position, asked: ReportQuery, request: HttpRequest) -> dict:
    on = asked.on
    return {"figures": report.as_json(), "six_months": months_before(on, 6), "twelve_months": months_before(on, 12)}


REPORT = ReportKind(
    name="position",
    address="position/",
    template="position.html",
    make=lambda asked: position(asked.on),
    title=lambda report, asked: f"Figures as at {day_name(asked.on)}",
    file_name=lambda asked: f"figures-{asked.on.isoformat()}",
    page=_page,
    formulas=FORMULAS,
)
