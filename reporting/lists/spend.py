"""The placements behind the spend."""

from typing import Any

from council.models import Service, Team
from reporting.asked import day_asked, day_given, row_asked
from reporting.lists.filters import services
from reporting.lists.listing import Column, DayFilter, Filter, ListPage
from reporting.reads.spend import SPEND, Spend


def _teams():
    return [(str(team.pk), f"{team.service}: {team}") for team in Team.objects.select_related("service")]


class AssuranceSpend(ListPage):
    """The placements behind the spend of the report."""

    title = "Spend by how it was authorised"
    intro = "Every placement that had started by the day, with what it had cost by then, or since another day."
    file_name = "spend"
    right = "view_money"
    empty = "Nobody had started by this day."
    links = [("Was the first supplier asked first?", "/assurance/")]
    filters = [
        Filter("state", "Spend", lambda: list(SPEND.items()), lambda rows, value: rows),
        Filter("service", "Service", services, lambda rows, value: rows),
        Filter("team", "Team", _teams, lambda rows, value: rows),
        DayFilter("since", "Worked since", lambda rows, day: rows),
        DayFilter("on", "As at", lambda rows, day: rows),
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

    def rows(self):
        request, on = self.request, day_asked(self.request, self.today)
        service, team = row_asked(request, "service", Service), row_asked(request, "team", Team)
        of = (service.pk if service else None, team.pk if team else None)
        state = request.GET.get("state", "")
        since = day_given(request, "since")
        return Spend(on, min(since, on) if since else None, *of, state=state if state in SPEND else "")

    def _sorted(self, rows):
        self.sort = ""
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        context = super().get_context_data(found=found, **kwargs)
        day = day_asked(self.request, self.today)
        return context | {"total": {"label": "Cost, excluding VAT", "amount": found.total}, "today": day}
