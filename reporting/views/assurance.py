"""Was the first supplier asked first? The same report as `manage.py report assurance`, as a page, CSV and JSON."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import redirect

from council.models import Service, Team
from reporting.evidence.sections import shown
from reporting.exports import csv_response
from reporting.listing import PAGE, Column, DayFilter, Filter, ListPage
from reporting.reports.assurance import FORMULAS, SPEND, STANDINGS, Assurance, Spend, assurance
from reporting.views.evidence import keep_report
from reporting.views.exemptions import day_given, row_asked
from reporting.views.lists import services
from reporting.views.pages import Page, day_asked


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


class AssurancePage(Page):
    template_name = "assurance.html"
    right = "view_money"

    def post(self, request, *args, **kwargs):
        on, service = day_asked(request, self.today), row_asked(request, "service", Service)
        report = assurance(on, self.today, service.pk if service else None)
        document = keep_report(
            request,
            title=f"Was {report.first_supplier} asked first? As at {on:%-d %B %Y}"
            + (f", {service}" if service else ""),
            as_at=on,
            header=Assurance.HEADER,
            rows=[[shown(cell) for cell in row] for row in report.rows()],
            finding=report.finding,
            report="assurance",
            service=service.pk if service else None,
        )
        return redirect(document)

    def get(self, request, *args, **kwargs):
        on, service = day_asked(request, self.today), row_asked(request, "service", Service)
        report = assurance(on, self.today, service.pk if service else None)
        if request.GET.get("format") == "csv":
            return csv_response(f"assurance-{on.isoformat()}.csv", list(Assurance.HEADER), report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        chosen = request.GET.get("standing", "")
        lines = report.lines.only(chosen) if chosen in STANDINGS else report.lines
        paginator: Paginator = Paginator(cast(Any, lines), PAGE)  # counted and cut as it asks
        page = paginator.get_page(request.GET.get("page"))
        context = self.get_context_data(
            report=report,
            on=on,
            lines=lines,
            page=page,
            pages=paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            if paginator.num_pages > 1
            else [],
            chosen=chosen if chosen in STANDINGS else "",
            counts=[(name, words, report.count(name)) for name, words in STANDINGS.items() if report.count(name)],
            spend=[(name, words, report.spend[name]) for name, words in SPEND.items()],
            spend_in_all=sum(report.spend.values()),
            services=Service.objects.all(),
            service=service,
            formulas=FORMULAS,
        )
        return self.render_to_response(context)
