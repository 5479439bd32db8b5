"""Exemptions as at a day: which waited, which were live, what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from council.known import known
from council.working_time import day_of, end_of_day, start_of_day
from placements.models import Placement, QualityReview
from placements.reads import costs
from recruitment.models import (
    Contract,
    Exemption,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionStatus,
    Route,
)
from recruitment.reads import deciders
from recruitment.reads import exemptions as rules
from reporting.reads.contracts import ContractPosition, positions


def stage_of(exemption: Exemption, today) -> str:
    """One word for where it stands on a day: an approved one is over after its last day."""
    if exemption.is_entitled and today > exemption.last_day:
        return "Ended early" if exemption.ended_on else "Over"
    return exemption.get_status_display()


@dataclass(frozen=True)
class Scope:
    """Whose figures: of a Service, of a team, or of all."""

    service: int | None = None
    team: int | None = None

    def of(self, rows: QuerySet, path: str) -> QuerySet:
        """`path` leads from the rows to a team, like "vacancy__team"."""
        if self.team is not None:
            return rows.filter(**{path: self.team})
        return rows if self.service is None else rows.filter(**{f"{path}__service": self.service})

    def exemptions(self) -> QuerySet[Exemption]:
        if self.service is None and self.team is None:
            return Exemption.objects.all()
        return Exemption.objects.filter(
            pk__in=self.of(ExemptionNeed.objects.all(), "vacancy__team").values("exemption")
        )


EVERYTHING = Scope()


@dataclass(frozen=True)
class Waiting:
    """One that waits for a decision: for how many days, what the first supplier had said, and whose comments are missing."""

    exemption: Exemption
    days: int
    proof: str
    missing: str


@dataclass(frozen=True)
class Live:
    exemption: Exemption
    line: ContractPosition
    percent_of_time: Decimal
    last_day: date


@dataclass(frozen=True)
class MonthOfExemptions:
    """A month: exemptions approved in it by reason, and the share of placements off contract on its last day."""

    month: date
    first: date
    end: date
    approved: dict[str, int]
    off_contract: int
    in_post: int

    @property
    def share(self) -> Decimal:
        return percent(Decimal(self.off_contract), Decimal(self.in_post))


@dataclass(frozen=True)
class RouteQuality:
    """How good the work of a route's workers is: all ratings, 1 to 4."""

    route: str
    ratings: int
    mean: Decimal


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return tenth(100 * part / whole if whole else Decimal(0))


def tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def stage_on(exemption: Exemption, day: date) -> str:
    """Where an exemption stood on a day, out of its decisions; "" before it was asked for."""
    if day_of(exemption.requested_at) > day:
        return ""
    if exemption.closed_at and day_of(exemption.closed_at) <= day:
        return exemption.status
    taken = [one for one in exemption.decisions.all() if one.decided_on <= day]
    if not taken:
        return ExemptionStatus.REQUESTED
    last = max(taken, key=lambda one: one.revision)
    if (
        last.decision == ExemptionStatus.RETURNED
        and exemption.revision > last.revision
        and day_of(exemption.put_at) <= day
    ):
        return ExemptionStatus.REQUESTED
    return last.decision


def asked_or_decided(on: date, since: date, scope: Scope) -> list[Exemption]:
    """What waited or was live on a day, or was decided since another, with no more of it than what is counted: of most, nothing else
    is shown. May hold others, which count for nothing.
    """
    decisions = ExemptionDecision.objects.only("exemption", "approves", "decision", "decided_on", "revision")
    needed = ("reference", "agency", "reason", "status", "revision", "requested_at", "put_at", "closed_at")
    over = Q(closed_at__lt=start_of_day(on)) | Q(status=ExemptionStatus.APPROVED, ends_on__lt=on)
    decided = ExemptionDecision.objects.filter(decided_on__gte=since).values("exemption")
    rows = scope.exemptions().filter(~over | Q(pk__in=decided), requested_at__lt=end_of_day(on))
    rows = rows.only(*needed, "starts_on", "ends_on", "ended_on").prefetch_related(Prefetch("decisions", decisions))
    return list(rows.order_by("put_at", "pk"))


def as_shown(rows: Iterable[Exemption]) -> list[Exemption]:
    """Those rows as they are shown, in their order."""
    keys = [one.pk for one in rows]
    whole = Exemption.objects.select_related("agency", "requested_by").prefetch_related("decisions__contract__agency")
    found = whole.in_bulk(keys)
    return [found[key] for key in keys]


def last_day_known_on(exemption: Exemption, on: date) -> date:
    """By what had been decided on a day: one ended early later still ran to its end."""
    if exemption.ended_on and exemption.closed_at and day_of(exemption.closed_at) <= on:
        return exemption.ended_on
    return exemption.ends_on


def waiting_line(exemption: Exemption, on: date, wanted: Iterable[str]) -> Waiting:
    given = {
        one.side
        for one in exemption.comments.all()
        if one.revision == exemption.revision and day_of(one.given_at) <= on
    }
    words = [
        f"{need.vacancy.reference}: {rules.proof_words(need.proof) if need.proof else 'no proof'}"
        for need in exemption.needs.all()
    ]
    put = day_of(exemption.put_at)
    days = (on - (put if put <= on else day_of(exemption.requested_at))).days
    return Waiting(
        exemption, days, "; ".join(words), deciders.side_names([side for side in wanted if side not in given])
    )


def live_lines(rows: list[Exemption], on: date) -> list[Live]:
    contracts: dict[int, Contract] = {}
    for one in rows:
        approval = next(decision for decision in one.decisions.all() if decision.approves)
        contracts[one.pk] = known(approval.contract)
    lines = {line.contract.pk: line for line in positions(list({c.pk: c for c in contracts.values()}.values()), on)}
    found = []
    for one in rows:
        days = (last_day_known_on(one, on) - one.starts_on).days + 1
        gone = (on - one.starts_on).days + 1
        found.append(
            Live(one, lines[contracts[one.pk].pk], percent(Decimal(gone), Decimal(days)), last_day_known_on(one, on))
        )
    return sorted(found, key=lambda live: (live.last_day, live.exemption.pk))


def months_of_exemptions(
    entitled: list[Exemption], placements: QuerySet[Placement], since: date, on: date
) -> list[MonthOfExemptions]:
    approved = [next(d for d in one.decisions.all() if d.approves) for one in entitled]
    reasons = {one.pk: one.reason for one in entitled}
    ends, month = [], since.replace(day=1)
    while month <= on:
        month = (month + timedelta(32)).replace(day=1)
        ends.append(min(month - timedelta(1), on))
    counted = costs.off_contract_at(ends, since, placements) if ends else {}
    found, month = [], since.replace(day=1)
    while month <= on:
        following = (month + timedelta(32)).replace(day=1)
        end = min(following - timedelta(1), on)
        counts: dict[str, int] = {}
        for decision in approved:
            if max(month, since) <= decision.decided_on <= end:
                reason = reasons[decision.exemption_id]
                counts[reason] = counts.get(reason, 0) + 1
        found.append(MonthOfExemptions(month, max(month, since), end, counts, *counted.get(end, (0, 0))))
        month = following
    return found


def decisions_between(rows: list[Exemption], since: date, on: date) -> list[tuple[Exemption, date, int]]:
    found = []
    for one in rows:
        for decision in one.decisions.all():
            if decision.decision != ExemptionStatus.RETURNED and since <= decision.decided_on <= on:
                found.append((one, decision.decided_on, (decision.decided_on - day_of(one.requested_at)).days))
    return sorted(found, key=lambda row: (row[1], row[0].pk))


def quality_by_route(on: date, scope: Scope = EVERYTHING) -> list[RouteQuality]:
    """Ratings at the end of placements and in reviews by a day, by the route of the contract."""
    ended = scope.of(Placement.objects.standing(), "vacancy__team").filter(
        rating__isnull=False, ends_on__lte=on, contract__isnull=False
    )
    held = scope.of(QualityReview.objects.standing(), "placement__vacancy__team").filter(
        held_on__lte=on, placement__contract__isnull=False
    )
    sums: dict[str, tuple[int, Decimal]] = {}
    for rows, path in ((ended, "contract__route"), (held, "placement__contract__route")):
        for row in rows.order_by().values(path).annotate(count=Count("pk"), points=Sum("rating")):
            count, total = sums.get(row[path], (0, Decimal(0)))
            sums[row[path]] = (count + row["count"], total + row["points"])
    return [
        RouteQuality(Route(route).label, sums[route][0], tenth(sums[route][1] / sums[route][0]))
        for route in Route.values
        if route in sums
    ]
