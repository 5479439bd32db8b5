"""Was the first supplier asked first? The same report as `manage.py report assurance`, as a page, CSV and JSON."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import redirect

from council.models import Service
from reporting.asked import day_asked, row_asked
from reporting.evidence.sections import shown
from reporting.exports import csv_response
from reporting.lists.listing import PAGE
from reporting.pages.keeping import keep_report
from reporting.pages.page import Page
from reporting.reads.proof import STANDINGS
from reporting.reads.spend import SPEND
from reporting.reports.assurance import FORMULAS, Assurance, assurance


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
