"""What was sent to suppliers, and what they answered."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from council.working_time import end_of_day, start_of_day
from recruitment.models import (
    NotSecuredReason,
    Outcome,
    Release,
    Statement,
    SupplyMode,
    Vacancy,
)
from reporting.lists.filters import OF_VACANCY, agencies, page_of
from reporting.lists.listing import DayFilter, Filter, ListPage, field, label_of, made
from reporting.searching import of_reference


def _answers():
    return [
        ("open", "Waiting for an answer"),
        ("due", "Answer to record"),
        ("ended", "Time has ended"),
        ("disputed", "Disputed, to reply to"),
        *Outcome.choices[1:],
        ("void", "Entered in error"),
    ]


def _by_answer(rows, value):
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    if value == "due":
        return rows.answer_due(timezone.now())
    if value == "disputed":
        disputed = Statement.objects.disputes().filter(replied_at__isnull=True)
        return rows.filter(pk__in=disputed.values("release_id"))
    if value == "ended":
        return rows.open().filter(respond_by__lte=timezone.now())
    if value == "open":
        return rows.open()
    return rows.standing().filter(outcome=value)


OUTCOME = label_of(Outcome)


def _answer(outcome: str, voided_at: datetime | None, respond_by: datetime, says_it_cannot: bool) -> str:
    if voided_at:
        return "Entered in error"
    if outcome == Outcome.OPEN and says_it_cannot:
        return "Cannot supply"
    if outcome == Outcome.OPEN and respond_by <= timezone.now():
        return "Time has ended"
    return OUTCOME(outcome)


class Releases(ListPage):
    title = "Sent to suppliers"
    file_name = "orders"
    order = "-sent_at"
    empty = "Nothing has been sent to a supplier yet. Open a request and send it."
    links = [
        ("Candidates", "reporting:candidates"),
        ("Approaches outside any order", "reporting:approaches"),
        ("Figures of suppliers", "reporting:suppliers"),
    ]
    text_label = "Reference or order number"
    filters = [
        OF_VACANCY,
        Filter("answer", "Answer", _answers, _by_answer),
        Filter("supplier", "Supplier", agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
        Filter("mode", "Whose worker", lambda: SupplyMode.choices, lambda rows, value: rows.filter(supply_mode=value)),
        DayFilter("since", "Answered since", lambda rows, day: rows.filter(answered_at__gte=start_of_day(day))),
        DayFilter("until", "Answered until", lambda rows, day: rows.filter(answered_at__lt=end_of_day(day))),
    ]
    columns = [
        field("Order", "reference", sort="pk", link=page_of),
        field("Request", "vacancy__reference", sort="vacancy__pk", link=lambda r: r.vacancy.get_absolute_url()),
        field("Team", "vacancy__team__name", sort="vacancy__team__name"),
        field("Sent to", "contract__agency__name", sort="contract__agency__name"),
        field("Contract", "contract__reference", sort="contract__reference"),
        field("Maximum rate, £ an hour", "max_rate", "number", sort="max_rate"),
        field("Sent", "sent_at", "moment", sort="sent_at"),
        field("Answer by", "respond_by", "moment", sort="respond_by"),
        field("Answered", "answered_at", "moment", sort="answered_at"),
        made("Answer", ("outcome", "voided_at", "respond_by", "says_it_cannot"), _answer, "tag", sort="outcome"),
        field("Why", "reason", show=label_of(NotSecuredReason)),
    ]

    @staticmethod
    def text_filter(rows, text):
        asked = Vacancy.objects.filter(of_reference(text, "REQ")).values("pk")
        return rows.filter(of_reference(text, "ORD") | Q(order_number__istartswith=text) | Q(vacancy__in=asked))

    def rows(self):
        said = Exists(Statement.objects.declined().filter(release=OuterRef("pk")))
        rows = Release.objects.visible_to(self.request.user).annotate(says_it_cannot=said)
        return rows.select_related("vacancy__team", "contract__agency")
