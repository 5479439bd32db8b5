"""Was the first supplier asked first? Every placement outside the first route with its proof, or the breach in words.

As at a day: placements that had started by then, by all that is known now. Money is what had been worked by then, £ excluding VAT.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from council.actions import day_of
from council.models import Council
from council.working_time import months_before
from placements.models import Basis, Breach, Placement
from recruitment.models import Origin, Release, Route, SourcingOrder, Statement, Urgency, Vacancy
from recruitment.state import step_names
from recruitment.wording import day_name
from reporting.reports.spend import worked_by

# How a placement stands, the most serious first, and what people read.
STANDINGS = {
    "unauthorised": "Breach, not authorised",
    "after_start": "Breach, authorised after the start",
    "recorded_late": "Proof recorded late",
    "disputed": "Proof disputed by the supplier",
    "no_proof": "By exemption, without proof",
    "brought_forward": "Brought forward",
    "proved": "Proved",
}
BREACHES = ("unauthorised", "after_start")
WITH_PROOF = ("proved", "recorded_late", "disputed")

SPEND = {
    "on_contract": "On contract",
    "off_contract": "Authorised off contract",
    "after_start": "Authorised after the start",
    "unauthorised": "Outside contract, not authorised",
    "brought_forward": "Brought forward, outside any contract",
}

FORMULAS = {
    "placements": "placements that had started by the day and stand, outside the first route, or marked as a breach on any route",
    "spend": "what all placements that stand had cost by the day: hours × charge rate, £ excluding VAT, by all known now",
    "urgent": "urgent requests / requests asked for in the last 12 months",
}


@dataclass(frozen=True)
class Line:
    """One placement: how it stands, on which words, and what it had cost by the day."""

    placement: Placement
    standing: str
    words: str
    cost: Decimal
    spend_state: str

    @property
    def standing_words(self) -> str:
        return STANDINGS[self.standing]

    @property
    def supplier(self) -> str:
        return self.placement.agency.name

    @property
    def route(self) -> str:
        contract = self.placement.contract
        return contract.get_route_display() if contract else "None"


@dataclass(frozen=True)
class Assurance:
    """The whole report; page, CSV, JSON and text are made from this."""

    on: date
    known_on: date
    first_supplier: str
    lines: list[Line] = field(default_factory=list)
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
        return sum(line.standing in standings for line in self.lines)

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

    def rows(self) -> list[tuple]:
        """The lines of the page, for CSV and text."""
        return [
            (
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
            for line in self.lines
        ]


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole if whole else Decimal(0)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def assurance(on: date, known_on: date, service: int | None = None) -> Assurance:
    """The report at a date; of one Service where it is given."""
    late_days = Council.current().late_record_days
    started = Placement.objects.standing().filter(starts_on__lte=on)
    asked = Vacancy.objects.filter(
        requested_at__date__gte=months_before(on, 12), requested_at__date__lte=on, origin=Origin.REQUESTED
    )
    if service is not None:
        started, asked = started.filter(vacancy__team__service_id=service), asked.filter(team__service_id=service)
    lines, spend = [], dict.fromkeys(SPEND, Decimal(0))
    for placement in with_what_proves(started).order_by("-starts_on", "-pk"):
        breaches = breaches_by(placement, on)
        state, cost = spend_state(placement, breaches, on), worked_by(placement, on)
        spend[state] += cost
        if breaches or placement.is_outside_the_first_route:
            standing, words = standing_of(placement, breaches, on, late_days)
            lines.append(Line(placement, standing, words, cost, state))
    order = list(STANDINGS)
    return Assurance(
        on=on,
        known_on=known_on,
        first_supplier=first_supplier(on),
        lines=sorted(lines, key=lambda line: order.index(line.standing)),
        spend=spend,
        requests=asked.count(),
        urgent=asked.filter(urgency=Urgency.URGENT).count(),
    )


def spend_lines(on: date, service: int | None = None, team: int | None = None) -> list[tuple[Placement, str, Decimal]]:
    """The rows behind the spend: each placement that had started by the day, its heading and what it had cost."""
    started = Placement.objects.standing().filter(starts_on__lte=on)
    if service is not None:
        started = started.filter(vacancy__team__service_id=service)
    if team is not None:
        started = started.filter(vacancy__team_id=team)
    rows = with_what_proves(started).order_by("-starts_on", "-pk")
    return [(one, spend_state(one, breaches_by(one, on), on), worked_by(one, on)) for one in rows]


def breaches_by(placement: Placement, on: date) -> list[Breach]:
    """Its breaches by a day. Who was found in post is one from the first day, also where that day was put right afterwards."""
    marks = [one for one in placement.breaches.all() if one.taken_back_by_id is None]
    return [one for one in marks if one.since <= on or placement.basis == Basis.BREACH]


def first_supplier(on: date) -> str:
    """What people call the first agency route on a day: its supplier."""
    order = SourcingOrder.objects.in_force(on)
    step = order.steps.filter(position=1).first() if order else None
    return step_names(on).get(step.route, step.get_route_display()) if step else "the first supplier"


def with_what_proves(rows):
    """Placements with all that their proof and cost are read from, in a constant number of queries."""
    return rows.select_related(
        "worker",
        "contract__agency",
        "supplying_agency",
        "vacancy__team__service",
        "release__contract__agency",
        "release__rests_on__contract__agency",
        "release__exemption",
    ).prefetch_related(
        "periods__placement",
        "reversals__entry",
        "breaches__approved_by",
        "release__rests_on__statements",
        "release__exemption__needs",
        "release__exemption__decisions__decided_by",
    )


def spend_state(placement: Placement, breaches: Iterable[Breach], on: date) -> str:
    """Under which heading its cost stands on a day."""
    breaches = list(breaches)
    if any(one.approved_at is None or day_of(one.approved_at) > on for one in breaches):
        return "unauthorised"
    if breaches:
        return "after_start"
    if placement.contract is None:
        return "brought_forward"
    return "off_contract" if placement.contract.route == Route.EXEMPTION else "on_contract"


def standing_of(placement: Placement, breaches: list[Breach], on: date, late_days: int) -> tuple[str, str]:
    """How a placement stands on a day, and in which words."""
    if breaches:
        return _breach(breaches, on)
    if placement.basis == Basis.BROUGHT_FORWARD:
        return "brought_forward", f"Proof held: {placement.proof_held}"
    release = placement.release
    words, proof = [], release.rests_on
    if release.exemption:
        words.append(_exemption_words(release))
        need = next((one for one in release.exemption.needs.all() if one.vacancy_id == placement.vacancy_id), None)
        if proof is None:
            reason = need.no_proof_reason if need else ""
            return "no_proof", f"{words[0]} No proof: {reason}"
    words.insert(0, proof_words(proof))
    late = max(proof.recorded_days_late, release.recorded_days_late)
    if late > late_days:
        words.append(f"Recorded {late} day{'s' if late != 1 else ''} after it happened.")
        return "recorded_late", " ".join(words)
    if any(one.kind == Statement.Kind.DISPUTE and day_of(one.received_at) <= on for one in proof.statements.all()):
        words.append(f"{proof.contract.agency} disputes this.")
        return "disputed", " ".join(words)
    return "proved", " ".join(words)


def proof_words(proof: Release) -> str:
    """For example: Pertemps was asked on 8 January 2024 and answered on 10 January 2024: no candidates (ORD-0012)."""
    said = proof.get_reason_display() or proof.get_outcome_display()
    asked, answered = day_name(day_of(proof.sent_at)), day_name(day_of(proof.failed_at))
    return (
        f"{proof.contract.agency} was asked on {asked} and answered on {answered}: {said.lower()} ({proof.reference})."
    )


def _exemption_words(release: Release) -> str:
    approval = next((one for one in release.exemption.decisions.all() if one.approves), None)
    if approval is None:
        return f"{release.exemption.reference}."
    return f"{release.exemption.reference}, approved by {approval.decided_by} on {day_name(approval.decided_on)}."


def _breach(breaches: list[Breach], on: date) -> tuple[str, str]:
    words = "; ".join(f"{one.reference}: {one.get_kind_display().lower()}. {one.how_found}" for one in breaches)
    waiting = [one for one in breaches if one.approved_at is None or day_of(one.approved_at) > on]
    if waiting:
        return "unauthorised", words
    last = max(breaches, key=lambda one: one.approved_at)
    return "after_start", f"{words} Approved by {last.approved_by} on {day_name(day_of(last.approved_at))}."
