"""The placements behind the spend."""

from datetime import date

from council.models import Team
from reporting.lists.filters import services
from reporting.lists.listing import Column, DayFilter, Filter, RowsPage
from reporting.reads.spend import SPEND, Spend


def _teams():
    return [(str(team.pk), f"{team.service}: {team}") for team in Team.objects.select_related("service")]


class AssuranceSpend(RowsPage):
    """The placements behind the spend of the report."""

    title = "Spend by how it was authorised"
    intro = "Every placement that had started by the day, with what it had cost by then, or since another day."
    file_name = "spend"
    right = "view_money"
    empty = "Nobody had started by this day."
    links = [("Was the first supplier asked first?", "reporting:assurance")]
    filters = [
        Filter("state", "Spend", lambda: list(SPEND.items())),
        Filter("service", "Service", services),
        Filter("team", "Team", _teams),
        DayFilter("since", "Worked since"),
        DayFilter("on", "As at"),
    ]
    columns = [
        Column("Placement", lambda r: r[0].reference, link=lambda r: r[0].get_absolute_url()),
        Column("Spend", lambda r: SPEND[r[1]], "tag"),
        Column("Worker", lambda r: r[0].worker.name),
        Column("Supplier", lambda r: r[0].agency.name),
        Column("Contract", lambda r: r[0].contract.reference if r[0].contract else "None"),
        Column("Start", lambda r: r[0].starts_on, "day"),
        Column("End", lambda r: r[0].ends_on, "day"),
        Column("Cost to the day, £ excluding VAT", lambda r: r[2], "money"),
    ]

    @property
    def as_at(self) -> date:
        return self.given.get("on", self.today)

    def rows(self):
        since, service, team = (self.given.get(name) for name in ("since", "service", "team"))
        of = (int(service) if service else None, int(team) if team else None)
        since = min(since, self.as_at) if since else None
        return Spend(self.as_at, since, *of, state=self.given.get("state", ""))

    def summed(self, found):
        return None, {"label": "Cost, excluding VAT", "amount": found.total}
