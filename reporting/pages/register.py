"""The annual register."""

from django.core.paginator import Paginator
from django.shortcuts import redirect

from council.web import whole_number
from reporting.evidence.sections import shown
from reporting.exports import csv_response
from reporting.pages.keeping import keep_report
from reporting.pages.page import Page
from reporting.reports.register import Register, register, year_of

ROWS_OF_A_PAGE = 100  # more than most years have, so that most registers print whole


class RegisterPage(Page):
    """The annual register for the audit committee: on a page, on paper, as CSV, and kept as it was issued."""

    template_name = "exemptions/register.html"
    right = "view_money"

    def report(self, request):
        this_year = year_of(self.today)
        year = whole_number(request.GET.get("year", ""))
        return register(year if year is not None and 2000 <= year <= this_year else this_year, self.today)

    def get(self, request, *args, **kwargs):
        report = self.report(request)
        if request.GET.get("format") == "csv":
            return csv_response(f"exemptions-register-{report.year}.csv", list(Register.HEADER), report.rows())
        this_year = year_of(self.today)
        parts = {"Exemptions": report.rows_of_exemptions, "Approved after the start": report.rows_after_start}
        paginator = Paginator([(title, row) for title, rows in parts.items() for row in rows], ROWS_OF_A_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        context = self.get_context_data(
            report=report,
            next_year=report.year + 1,
            years=range(this_year, min(report.year, this_year - 6) - 1, -1),
            tables=[
                (title, [row for kind, row in page if kind == title])
                for title, rows in parts.items()
                if not rows or any(kind == title for kind, _ in page)
            ],
            page=page,
            pages=paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            if paginator.num_pages > 1
            else [],
        )
        return self.render_to_response(context)

    def post(self, request, *args, **kwargs):
        report = self.report(request)
        document = keep_report(
            request,
            title=f"Register of exemptions, April {report.year} to March {report.year + 1}",
            as_at=report.until,
            header=Register.HEADER,
            rows=[[shown(cell) for cell in row] for row in report.rows()],
            finding=report.finding,
            report="register",
            year=report.year,
        )
        return redirect(document)
