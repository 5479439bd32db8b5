"""Spend by how it was authorised, and the placements behind it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from placements.models import Placement
from placements.reads import costs

SPEND = {
    "on_contract": "On contract",
    "off_contract": "Authorised off contract",
    "after_start": "Authorised after the start",
    "unauthorised": "Outside contract, not authorised",
    "brought_forward": "Brought forward, outside any contract",
}


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
