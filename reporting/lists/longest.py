"""Who has been here longest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from placements.models import Placement
from placements.models.placement import PlacementQuerySet
from placements.reads.worth import worth_of
from reporting.lists.listing import Column, RowsPage


@dataclass(frozen=True)
class TimeHere:
    """A worker's whole service: weeks begun by today and by its end, extensions, and £ excluding VAT committed in all."""

    placement: Placement
    first: date
    weeks: int
    weeks_then: int
    extensions: int
    cost: Decimal


class LongestFirst:
    """Workers in post, the longest service first: of all only their days are read, of those shown everything."""

    A_PIECE = 500

    def __init__(self, live: PlacementQuerySet, today: date):
        self.live, self.today = live, today
        standing = Placement.objects.standing()
        continued = standing.filter(continues__isnull=False).values("continues")
        days = ("pk", "continues", "worker", "starts_on")
        rows = standing.filter(worker__in=live.values("worker"), pk__in=continued).values_list(*days)
        before = {pk: (earlier, worker, first) for pk, earlier, worker, first in rows}
        self.chains: dict[int, list[int]] = {}  # who is in post → that placement and those it continues, the last first
        order = []
        for pk, earlier, worker, first in live.values_list(*days):
            self.chains[pk] = [pk]
            while (found := before.get(earlier)) and found[1] == worker:
                self.chains[pk].append(earlier)
                earlier, _, first = found
            order.append((first, pk))
        self.order = [pk for _, pk in sorted(order)]

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, rows: slice) -> list[TimeHere]:
        shown = self.order[rows]
        chains = Placement.objects.filter(pk__in=[pk for one in shown for pk in self.chains[one]])
        of = {one.pk: one for one in chains.prefetch_related("periods", "reversals__entry")}
        live = self.live.with_team(self.today).filter(pk__in=shown)
        placements = {one.pk: one for one in live.select_related("worker", "supplying_agency", "vacancy")}
        return [self._counted(placements[pk], [of[one] for one in self.chains[pk]]) for pk in shown]

    def __iter__(self) -> Iterator[TimeHere]:
        for first in range(0, len(self), self.A_PIECE):
            yield from self[first : first + self.A_PIECE]

    def _counted(self, placement: Placement, chain: list[Placement]) -> TimeHere:
        first, periods = chain[-1].starts_on, [period for one in chain for period in one.periods.all()]
        return TimeHere(
            placement,
            first,
            weeks=_weeks(first, self.today),
            weeks_then=_weeks(first, placement.ends_on),
            extensions=sum(bool(period.recruitment_state) for period in periods),
            cost=sum((worth_of(one) for one in chain), Decimal(0)),
        )


class Longest(RowsPage):
    """Who is in post, the longest service first; one line for each chain of booking, extensions and transfers."""

    title = "Longest here"
    intro = "Workers in post, by the length of their whole service: extensions, transfers and carrying over together."
    file_name = "longest-here"
    empty = "Nobody is in post."
    columns = [
        Column("Worker", lambda s: s.placement.worker.name, link=lambda s: s.placement.get_absolute_url()),
        Column("Team", lambda s: s.placement.team_now),
        Column("Agency", lambda s: s.placement.supplying_agency.name),
        Column("First day", lambda s: s.first, "day"),
        Column("Booked until", lambda s: s.placement.ends_on, "day"),
        Column("Weeks so far", lambda s: s.weeks, "number"),
        Column("Weeks when it ends", lambda s: s.weeks_then, "number"),
        Column("Extensions", lambda s: s.extensions, "number"),
        Column("Committed in all, £ excluding VAT", lambda s: s.cost, "money"),
    ]

    def rows(self):
        return LongestFirst(Placement.objects.visible_to(self.request.user).live_on(self.today), self.today)


def _weeks(first: date, last: date) -> int:
    return max((last - first).days, 0) // 7 + 1
