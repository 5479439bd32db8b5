"""The orders behind the figures of suppliers."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from council.models import calendar_of_the_council
from council.working_time import end_of_day, start_of_day
from placements.models import Placement
from recruitment.models import FAILED, Outcome, Release, Submission
from recruitment.reads.ways import Way, way_words, with_way
from recruitment.reads.witness_words import READ_WITH, witness_words
from recruitment.reads.witnesses import FOR_THE_REVIEW
from reporting.lists.filters import agencies
from reporting.lists.listing import Column, DayFilter, Filter, ListPage
from reporting.reports.suppliers import hours, moments_of, order_times, with_what_times_need


def _answers():
    return [
        ("answered", "Answered"),
        ("secured", "Secured"),
        ("candidates", "With a candidate"),
        ("rated", "Rated"),
        ("for_review", "Failures for its review"),
    ]


def _by_answer(rows, value):
    if value == "secured":
        return rows.filter(outcome=Outcome.SECURED)
    if value == "answered":
        return rows.filter(outcome__in=[Outcome.SECURED, *FAILED])
    if value == "for_review":
        return rows.filter(proven=True, witness_kind__in=FOR_THE_REVIEW)
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
    links = [("Figures of suppliers", "reporting:suppliers"), ("How suppliers answer", "reporting:ways")]
    filters = [
        Filter("supplier", "Supplier", agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
        Filter("answer", "Answer", _answers, _by_answer),
        Filter("way", "How it answered", lambda: Way.choices, lambda rows, value: rows.filter(way=value)),
        DayFilter("since", "Sent since", lambda rows, day: rows.filter(sent_at__gte=start_of_day(day))),
        DayFilter("until", "Sent until", lambda rows, day: rows.filter(sent_at__lt=end_of_day(day))),
    ]

    def get(self, request, *args, **kwargs):
        now, calendar = timezone.now(), calendar_of_the_council()

        def time(name: str):
            return lambda release: hours(getattr(order_times(moments_of(release), now, calendar), name))

        self.columns = [
            Column("Order", lambda r: r.reference, sort="pk", link=lambda r: r.get_absolute_url()),
            Column("Supplier", lambda r: r.contract.agency.name, sort="contract__agency__name"),
            Column("Sent", lambda r: r.sent_at, "moment", sort="sent_at"),
            Column("Answered", lambda r: r.answered_at, "moment", sort="answered_at"),
            Column("Answer", lambda r: r.get_outcome_display(), "tag", sort="outcome"),
            Column("How it answered", lambda r: way_words(r.way)),
            Column("What confirms it", witness_words),
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
        rows = with_way(Release.objects.visible_to(self.request.user).standing()).annotate(ratings=Subquery(ratings))
        return with_what_times_need(rows).select_related(*READ_WITH)
