"""The proof of a placement outside the first route: how it stands on a day, and in words.

As at a day: what had happened by then, by all that is known now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, TruncDate

from council.known import known
from council.models import Council
from council.wording import day_name
from council.working_time import LONDON, day_of, end_of_day
from placements.models import Basis, Breach, Placement
from placements.reads import costs
from recruitment.models import Exemption, Release, Statement, WitnessKind
from recruitment.reads.witness_words import witness_words

# How a placement stands, the most serious first, and what people read.
STANDINGS = {
    "unauthorised": "Breach, not authorised",
    "after_start": "Breach, authorised after the start",
    "recorded_late": "Proof recorded late",
    "disputed": "Proof disputed by the supplier",
    "one_person": "Proof recorded by one person",
    "no_proof": "By exemption, without proof",
    "brought_forward": "Brought forward",
    "proved": "Proved",
}
BREACHES = ("unauthorised", "after_start")
WITH_PROOF = ("proved", "recorded_late", "disputed", "one_person")
# What nothing but who recorded it says, yet: a night, or before a witness was asked for.
BY_ONE_PERSON = (WitnessKind.EMERGENCY, WitnessKind.BEFORE)


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


class Lines:
    """The placements that have to be proved, the most serious standing first: counted by the database, read as far as they are shown."""

    def __init__(self, rows: QuerySet[Placement], on: date, standing: str = ""):
        self.on, self.standing = on, standing
        self.judged = with_standing(rows, on)

    @cached_property
    def _counted(self) -> list[tuple[str, str | None, int]]:
        """Standing, the kind of witness of the failure it rests on, and how many there are of both."""
        rows = self.judged.order_by().values_list("standing", "release__rests_on__witness_kind")
        return list(rows.annotate(Count("pk")))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many of each standing there are, whichever one is chosen."""
        found = Counter[str]()
        for standing, _, count in self._counted:
            found[standing] += count
        return {name: found[name] for name in STANDINGS}

    def only(self, standing: str) -> "Lines":
        chosen = Lines.__new__(Lines)
        chosen.on, chosen.standing, chosen.judged, chosen.counts = self.on, standing, self.judged, self.counts
        chosen.by_witness = self.by_witness
        return chosen

    @cached_property
    def by_witness(self) -> dict[str, int]:
        """How many rest on a failure that each kind of witness confirms, whichever standing is chosen."""
        found = Counter[str]()
        for standing, kind, count in self._counted:
            if standing in WITH_PROOF:
                found[kind or ""] += count
        return {kind: found[kind] for kind in WitnessKind.values if found[kind]}

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
            When(release__rests_on__witness_kind__in=BY_ONE_PERSON, then=Value("one_person")),
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


def with_what_proves(rows):
    """Placements with all that their proof and cost are read from, in a constant number of queries."""
    return rows.select_related("worker", "contract__agency", "supplying_agency").prefetch_related(
        "breaches__approved_by",
        "release__contract__agency",
        "release__rests_on__contract__agency",
        "release__rests_on__witness__confirmed_by",
        "release__rests_on__witness__sending",
        "release__rests_on__witness__statement__own_mail",
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
    """For example: Pertemps was asked on 8 January 2024 and answered on 10 January 2024: no candidates (ORD-0012). Confirmed by …"""
    said = proof.get_reason_display() or proof.get_outcome_display()
    asked, answered = day_name(day_of(proof.sent_at)), day_name(day_of(proof.failed_at))
    return (
        f"{proof.contract.agency} was asked on {asked} and answered on {answered}: {said.lower()} ({proof.reference}). "
        f"{witness_words(proof)}"
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
