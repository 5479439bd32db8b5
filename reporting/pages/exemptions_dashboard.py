"""Exemptions at a glance."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import JsonResponse
from django.shortcuts import redirect

from council.models import Service, Team
from council.working_time import months_before
from recruitment.models import (
    ExemptionReason,
)
from recruitment.reads import exemptions as rules
from recruitment.reads.rounds import first_supplier
from reporting.asked import day_asked, day_given, row_asked
from reporting.chart import Series, column_chart, line_chart
from reporting.exports import csv_response
from reporting.pages.keeping import keep_report
from reporting.pages.page import Page
from reporting.reads.exemptions import Scope
from reporting.reads.spend import SPEND
from reporting.reports.exemptions import FORMULAS, Dashboard, dashboard


class ExemptionsDashboard(Page):
    """What do I decide, and is this under control? The same figures as `manage.py report exemptions`."""

    template_name = "exemptions/dashboard.html"
    right = "view_money"

    def report(self, request):
        """(the figures, as at, since, Service, team) of the query"""
        on = day_asked(request, self.today)
        since = min(day_given(request, "since") or months_before(on, 12), on)
        service, team = row_asked(request, "service", Service), row_asked(request, "team", Team)
        scope = Scope(service.pk if service else None, team.pk if team else None)
        return dashboard(on, since, scope), on, since, service, team

    def get(self, request, *args, **kwargs):
        report, on, since, service, team = self.report(request)
        if request.GET.get("format") == "csv":
            return csv_response(f"exemptions-{on.isoformat()}.csv", ["Figure", "Value", "Unit"], report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        return self.render_to_response(self.context_of(report, on, since, service, team))

    def post(self, request, *args, **kwargs):
        report, on, since, service, team = self.report(request)
        of = f", {team}" if team else f", {service}" if service else ""
        document = keep_report(
            request,
            title=f"Exemptions, {since:%-d %B %Y} to {on:%-d %B %Y}{of}",
            as_at=on,
            header=("Figure", "Value", "Unit"),
            rows=report.rows(),
            report="exemptions",
            since=since.isoformat(),
            service=service.pk if service else None,
            team=team.pk if team else None,
        )
        return redirect(document)

    def context_of(
        self, report: Dashboard, on: date, since: date, service: Service | None, team: Team | None
    ) -> dict[str, Any]:
        user = self.request.user
        mine = set(rules.waiting_for_me(user, self.today).values_list("pk", flat=True)) if on == self.today else set()
        labels = [f"{month.month:%b %y}" for month in report.months]
        reasons = [
            Series(reason.value, reason.label, [Decimal(m.approved.get(reason.value, 0)) for m in report.months])
            for reason in ExemptionReason
        ]
        shares = [Series("share", "Off contract", [month.share for month in report.months])]
        return self.get_context_data(
            report=report,
            on=on,
            since=since,
            service=service,
            team=team,
            services=Service.objects.all(),
            teams=Team.objects.select_related("service"),
            mine=mine,
            columns=column_chart(labels, reasons),
            lines=line_chart(labels, shares, lambda value: f"{value:.0f}%"),
            reasons=[one for one in ExemptionReason if any(one.value in month.approved for month in report.months)],
            spend=[(name, words, report.spend[name]) for name, words in SPEND.items()],
            formulas=FORMULAS,
            first_supplier=first_supplier(on),
            today=self.today,
        )
