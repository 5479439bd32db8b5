"""The page of any report, its CSV and JSON, and the copy of it that is kept."""

from typing import Any

from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from council.models import Service, Team
from council.web import check_may
from reporting.actions import keep
from reporting.asked import asked_for
from reporting.evidence.sections import shown
from reporting.exports import csv_response
from reporting.pages.page import Page
from reporting.reports.registry import ReportKind


class ReportPage(Page):
    kind: ReportKind | Any = None

    def dispatch(self, request, *args, **kwargs):
        self.right, self.template_name = self.kind.right, self.kind.template
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        asked = asked_for(self.kind, request, self.today)
        report = self.kind.make(asked)
        if request.GET.get("format") == "csv":
            return csv_response(f"{self.kind.file_name(asked)}.csv", report.HEADER, report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        context = self.get_context_data(
            report=report,
            on=asked.on,
            since=asked.since,
            service=asked.service,
            team=asked.team,
            services=Service.objects.all(),
            teams=Team.objects.select_related("service"),
            formulas=self.kind.formulas,
            today=self.today,
        )
        return self.render_to_response(context | self.kind.page(report, asked, request))

    def post(self, request, *args, **kwargs):
        """Keep the report as it stands now."""
        check_may(request, "evidence")
        asked = asked_for(self.kind, request, self.today)
        report = self.kind.make(asked)
        document = keep(
            by=request.user,
            at=timezone.now(),
            title=self.kind.title(report, asked),
            as_at=self.kind.as_at(report, asked),
            parameters=self.kind.parameters(asked),
            header=report.HEADER,
            rows=[[shown(cell) for cell in row] for row in report.rows()],
            finding=report.finding,
        )
        return redirect(document)
