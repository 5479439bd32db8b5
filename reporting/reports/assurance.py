"""Was the first supplier asked first? Every placement outside the first route with its proof, or the breach in words.

As at a day: placements that had started by then, by all that is known now. Money is what had been worked by then, £ excluding VAT.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, TruncDate

from council.actions import day_of
from council.known import known
from council.models import Council
from council.wording import day_name
from council.working_time import LONDON, end_of_day, months_before, start_of_day
from placements.models import Basis, Breach, Placement
from placements.reads import costs
from recruitment.models import Exemption, Origin, Release, SourcingOrder, Statement, Urgency, Vacancy
from recruitment.reads.rounds import step_names

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
class AssuranceLine:
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


class Lines:
    """The placements that have to be proved, the most serious standing first: counted by the database, read as far as they are shown."""

    def __init__(self, rows: QuerySet[Placement], on: date, standing: str = ""):
        self.on, self.standing = on, standing
        self.judged = with_standing(rows, on)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many of each standing there are, whichever one is chosen."""
        found = dict(self.judged.order_by().values_list("standing").annotate(Count("pk")))
        return {name: found.get(name, 0) for name in STANDINGS}

    def only(self, standing: str) -> "Lines":
        chosen = Lines.__new__(Lines)
        chosen.on, chosen.standing, chosen.judged, chosen.counts = self.on, standing, self.judged, self.counts
        return chosen

    @property
    def shown(self) -> QuerySet[Placement]:
        rows = self.judged.filter(standing=self.standing) if self.standing else self.judged
        rank = Case(*(When(standing=name, then=Value(n)) for n, name in enumerate(STANDINGS)))
        return rows.order_by(rank, "-starts_on", "-pk")

    def __len__(self) -> int:
        return self.counts[self.standing] if self.standing else sum(self.counts.values())

    def __getitem__(self, part: slice) -> list[AssuranceLine]:
        return self._read(self.shown.values_list("pk", flat=True)[part])

    def __iter__(self) -> Iterator[AssuranceLine]:
        keys = list(self.shown.values_list("pk", flat=True))
        for start in range(0, len(keys), 500):
            yield from self._read(keys[start : start + 500])

    def _read(self, keys: Iterable[int]) -> list[AssuranceLine]:
        """The lines of these placements, in their order, in a constant number of queries."""
        wanted = list(keys)
        rows = with_standing(Placement.objects.filter(pk__in=wanted), self.on)
        rows = with_what_proves(costs.with_cost(costs.with_spend_state(rows, self.on), self.on))
        found = {one.pk: one for one in rows}
        return [
            AssuranceLine(one, one.standing, words_of(one, self.on), one.cost, one.spend_state)
            for one in map(found.get, wanted)
            if one
        ]


def with_standing(rows: QuerySet[Placement], on: date) -> QuerySet[Any]:
    """`standing`: how each placement that has to be proved stands on a day; `days_late`: by how many its proof was recorded late."""
    marks = Breach.objects.standing().filter(placement=OuterRef("pk"))
    marks = marks.filter(Q(since__lte=on) | Q(placement__basis=Basis.BREACH))
    over = end_of_day(on)
    disputes = Statement.objects.filter(
        release=OuterRef("release__rests_on"), kind=Statement.Kind.DISPUTE, received_at__lt=over
    )
    late = Greatest(
        *(
            DaysLate(f"{path}{recorded}", f"{path}{happened}")
            for path in ("release__", "release__rests_on__")
            for recorded, happened in MOMENTS
        )
    )
    return rows.annotate(days_late=late).annotate(
        standing=Case(
            When(
                Exists(marks.filter(Q(approved_at__isnull=True) | Q(approved_at__gte=over))), then=Value("unauthorised")
            ),
            When(Exists(marks), then=Value("after_start")),
            When(basis=Basis.BROUGHT_FORWARD, then=Value("brought_forward")),
            When(release__exemption__isnull=False, release__rests_on__isnull=True, then=Value("no_proof")),
            When(days_late__gt=Council.current().late_record_days, then=Value("recorded_late")),
            When(Exists(disputes), then=Value("disputed")),
            default=Value("proved"),
        )
    )


# What happened and when it was recorded; `Release.recorded_days_late` says the same of one that is read already.
MOMENTS = (
    ("sent_recorded_at", "sent_at"),
    ("answer_recorded_at", "answered_at"),
    ("fell_through_recorded_at", "fell_through_at"),
)


class DaysLate(Func):
    """Calendar days in England from what happened to its record; none where one of the two is missing."""

    template, arg_joiner, output_field = "(%(expressions)s)", " - ", IntegerField()

    def __init__(self, recorded: str, happened: str):
        super().__init__(TruncDate(recorded, tzinfo=LONDON), TruncDate(happened, tzinfo=LONDON))


class Spend:
    """The rows behind the spend: each placement that had started by a day, its heading and what it had cost by then, or since."""

    def __init__(
        self, on: date, since: date | None = None, service: int | None = None, team: int | None = None, state: str = ""
    ):
        self.state = state
        self.sums = costs.spend(on, since, service, team)
        started = Placement.objects.standing().filter(starts_on__lte=on)
        if service is not None:
            started = started.filter(vacancy__team__service_id=service)
        if team is not None:
            started = started.filter(vacancy__team_id=team)
        rows: QuerySet[Any] = costs.with_cost(costs.with_spend_state(started, on), on)
        if since is not None:
            rows = costs.with_cost(rows, since - timedelta(1), "cost_before")
            rows = rows.annotate(cost_since=F("cost") - F("cost_before")).exclude(cost_since=0)
        self.since = since
        self.found: QuerySet[Any] = (rows.filter(spend_state=state) if state else rows).order_by("-starts_on", "-pk")

    @property
    def total(self) -> Decimal:
        return self.sums.get(self.state, Decimal(0)) if self.state else sum(self.sums.values(), Decimal(0))

    def __len__(self) -> int:
        return self.found.count()

    def __getitem__(self, part: slice) -> list[tuple[Placement, str, Decimal]]:
        return [self._row(one) for one in self._whole(self.found)[part]]

    def __iter__(self) -> Iterator[tuple[Placement, str, Decimal]]:
        return (self._row(one) for one in self._whole(self.found).iterator(chunk_size=500))

    @staticmethod
    def _whole(rows: QuerySet[Placement]) -> QuerySet[Placement]:
        return rows.select_related("worker", "contract__agency", "supplying_agency")

    def _row(self, one: Any) -> tuple[Placement, str, Decimal]:
        return one, one.spend_state, one.cost if self.since is None else one.cost_since


def first_supplier(on: date) -> str:
    """What people call the first agency route on a day: its supplier."""
    order = SourcingOrder.objects.in_force(on)
    step = order.steps.filter(position=1).first() if order else None
    return step_names(on).get(step.route, step.get_route_display()) if step else "the first supplier"


def with_what_proves(rows):
    """Placements with all that their proof and cost are read from, in a constant number of queries."""
    return rows.select_related("worker", "contract__agency", "supplying_agency").prefetch_related(
        "breaches__approved_by",
        "release__contract__agency",
        "release__rests_on__contract__agency",
        "release__exemption__needs",
        "release__exemption__decisions__decided_by",
    )


def words_of(placement: Any, on: date) -> str:
    """Its proof, or the breach, in words. The placement was read `with_standing` and `with_what_proves`."""
    if placement.standing in BREACHES:
        return _breach(breaches_by(placement, on), on)
    if placement.standing == "brought_forward":
        return f"Proof held: {placement.proof_held}"
    release = known(placement.release)
    words, proof = [], release.rests_on
    if release.exemption:
        words.append(_exemption_words(release.exemption))
        need = next((one for one in release.exemption.needs.all() if one.vacancy_id == placement.vacancy_id), None)
        if proof is None:
            return f"{words[0]} No proof: {need.no_proof_reason if need else ''}"
    proof = known(proof)
    words.insert(0, proof_words(proof))
    if placement.standing == "recorded_late":
        days = placement.days_late
        words.append(f"Recorded {days} day{'s' if days != 1 else ''} after it happened.")
    if placement.standing == "disputed":
        words.append(f"{proof.contract.agency} disputes this.")
    return " ".join(words)


def breaches_by(placement: Placement, on: date) -> list[Breach]:
    """Its breaches by a day. Who was found in post is one from the first day, also where that day was put right afterwards."""
    marks = [one for one in placement.breaches.all() if one.taken_back_by_id is None]
    return [one for one in marks if one.since <= on or placement.basis == Basis.BREACH]


def proof_words(proof: Release) -> str:
    """For example: Pertemps was asked on 8 January 2024 and answered on 10 January 2024: no candidates (ORD-0012)."""
    said = proof.get_reason_display() or proof.get_outcome_display()
    asked, answered = day_name(day_of(proof.sent_at)), day_name(day_of(proof.failed_at))
    return (
        f"{proof.contract.agency} was asked on {asked} and answered on {answered}: {said.lower()} ({proof.reference})."
    )


def _exemption_words(exemption: Exemption) -> str:
    approval = next((one for one in exemption.decisions.all() if one.approves), None)
    if approval is None:
        return f"{exemption.reference}."
    return f"{exemption.reference}, approved by {approval.decided_by} on {day_name(approval.decided_on)}."


def _breach(breaches: list[Breach], on: date) -> str:
    words = "; ".join(f"{one.reference}: {one.get_kind_display().lower()}. {one.how_found}" for one in breaches)
    if any(one.approved_at is None or day_of(one.approved_at) > on for one in breaches):
        return words
    last = max(breaches, key=lambda one: known(one.approved_at))
    return f"{words} Approved by {last.approved_by} on {day_name(day_of(known(last.approved_at)))}."
