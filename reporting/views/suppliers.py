"""How suppliers answer: the figures of a time, and the orders behind each of them."""

from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Subquery
from django.http import JsonResponse
from django.utils import timezone

from council.models import calendar_of_the_council
from council.permissions import services_of
from council.working_time import end_of_day, months_before, start_of_day
from placements.models import Placement
from recruitment.models import FAILED, Outcome, Release, Submission
from reporting.exports import csv_response
from reporting.listing import Column, DayFilter, Filter, ListPage
from reporting.reports.suppliers import FORMULAS, facts_of, hours, order_times, suppliers, with_what_times_need
from reporting.views.lists import agencies
from reporting.views.pages import Page


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


def _answers():
    return [("answered", "Answered"), ("secured", "Secured"), ("candidates", "With a candidate"), ("rated", "Rated")]


def _by_answer(rows, value):
    if value == "secured":
        return rows.filter(outcome=Outcome.SECURED)
    if value == "answered":
        return rows.filter(outcome__in=[Outcome.SECURED, *FAILED])
    if value == "rated":
        rated = Placement.objects.standing().filter(rating__isnull=False)
        return rows.filter(pk__in=rated.values("release_id"))
    return rows.filter(Exists(Submission.objects.standing().filter(release=OuterRef("pk"))))


class SupplierOrders(ListPage):
    """The orders behind the figures of suppliers, each with its own working hours."""

    title = "Orders and how long they took"
    intro = "Working hours from the sending of each order. Orders entered in error are left out."
    file_name = "order-times"
    order = "-sent_at"
    empty = "No orders yet."
    links = [("Figures of suppliers", "/suppliers/")]
    filters = [
        Filter("supplier", "Supplier", agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
        Filter("answer", "Answer", _answers, _by_answer),
        DayFilter("since", "Sent since", lambda rows, day: rows.filter(sent_at__gte=start_of_day(day))),
        DayFilter("until", "Sent until", lambda rows, day: rows.filter(sent_at__lt=end_of_day(day))),
    ]

    def get(self, request, *args, **kwargs):
        now, calendar = timezone.now(), calendar_of_the_council()

        def time(name: str):
            return lambda release: hours(getattr(order_times(facts_of(release), now, calendar), name))

        self.columns = [
            Column("Order", lambda r: r.reference, sort="pk", link=lambda r: r.get_absolute_url()),
            Column("Supplier", lambda r: r.contract.agency.name, sort="contract__agency__name"),
            Column("Sent", lambda r: r.sent_at, "moment", sort="sent_at"),
            Column("Answered", lambda r: r.answered_at, "moment", sort="answered_at"),
            Column("Answer", lambda r: r.get_outcome_display(), "tag", sort="outcome"),
            Column("Candidates", lambda r: sum(s.voided_at is None for s in r.submissions.all()), "number"),
            Column("Working hours to first candidate", time("to_first"), "number"),
            Column("Working hours to fill", time("to_fill"), "number"),
            Column("Candidate waited for us, working hours", time("waiting_for_us"), "number"),
            Column("Ratings, 1 to 4", lambda r: ", ".join(str(rating) for rating in r.ratings or [])),
        ]
        return super().get(request, *args, **kwargs)

    def rows(self):
        rated = Placement.objects.standing().filter(release=OuterRef("pk"), rating__isnull=False).order_by()
        ratings = rated.values("release").annotate(all=ArrayAgg("rating", order_by="pk")).values("all")
        rows = Release.objects.visible_to(self.request.user).standing().annotate(ratings=Subquery(ratings))
        return with_what_times_need(rows)
