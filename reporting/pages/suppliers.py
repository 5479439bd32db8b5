"""How suppliers answer: the figures of a time, and the orders behind each of them."""

from datetime import date

from django.http import JsonResponse

from council.permissions import services_of
from council.working_time import months_before
from reporting.exports import csv_response
from reporting.pages.page import Page
from reporting.reports.suppliers import FORMULAS, suppliers


class Suppliers(Page):
    template_name = "suppliers.html"

    def get(self, request, *args, **kwargs):
        until = _day(request.GET.get("until", "")) or self.today
        since = _day(request.GET.get("since", "")) or months_before(until, 12)
        report = suppliers(since, until, request.user)
        if request.GET.get("format") == "csv":
            name = f"suppliers-{since.isoformat()}-{until.isoformat()}.csv"
            return csv_response(name, list(report.HEADER), report.rows())
        if request.GET.get("format") == "json":
            return JsonResponse(report.as_json(), json_dumps_params={"indent": 1})
        context = self.get_context_data(
            report=report, formulas=FORMULAS, today=self.today, own=services_of(request.user) is not None
        )
        return self.render_to_response(context)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
