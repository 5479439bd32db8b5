"""Figures at a date: the same report as `manage.py report position`, as a page, CSV and JSON."""

from django.http import JsonResponse
from django.shortcuts import redirect

from council.working_time import months_before
from reporting.asked import day_asked
from reporting.exports import csv_response
from reporting.pages.keeping import keep_report
from reporting.pages.page import Page
from reporting.reports.position import FORMULAS, position


class PositionPage(Page):
    template_name = "position.html"
    right = "view_money"

    def post(self, request, *args, **kwargs):
        on = day_asked(request, self.today)
        document = keep_report(
            request,
            title=f"Figures as at {on:%-d %B %Y}",
            as_at=on,
            header=("Figure", "Value", "Unit"),
            rows=position(on).rows(),
            report="position",
        )
        return redirect(document)

    def get(self, request, *args, **kwargs):
        on = day_asked(request, self.today)
        report = position(on)
        if request.GET.get("format") == "csv":
            return csv_response(f"figures-{on.isoformat()}.csv", ["Figure", "Value", "Unit"], report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        context = self.get_context_data(report=report, figures=report.as_json(), on=on, formulas=FORMULAS)
        return self.render_to_response(
            context | {"six_months": months_before(on, 6), "twelve_months": months_before(on, 12)}
        )
