"""Staffing requests, and whose turn it is."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from council.working_time import end_of_day, start_of_day
from recruitment.models import (
    JobType,
    Kind,
    Origin,
    Release,
    Status,
    Urgency,
    Vacancy,
)
from reporting.lists.filters import SERVICE, page_of
from reporting.lists.listing import DayFilter, Filter, ListPage, field, label_of, made
from reporting.searching import of_reference, teams_called

WHOSE_TURN = {
    Status.REQUESTED: "Assistant Director or finance",
    Status.DEFERRED: "Assistant Director or finance",
    Status.AGREED: "Commissioning officer",
    Status.SOURCING: "Commissioning officer",
}


def whose_turn(status: str, waits_for_supplier: bool) -> str:
    if status == Status.SOURCING and waits_for_supplier:
        return "Supplier"
    return WHOSE_TURN.get(Status(status), "")


def _stages():
    return [
        ("waiting", "Waiting for a decision"),
        ("open", "Being sourced"),
        *((status.value, status.label) for status in Status if status not in (Status.REQUESTED,)),
    ]


def _by_stage(rows, value):
    if value == "waiting":
        return rows.awaiting_decision()
    return rows.being_sourced() if value == "open" else rows.filter(status=value)


class Requests(ListPage):
    title = "Staffing requests"
    file_name = "staffing-requests"
    order = "-requested_at"
    empty = "No requests yet. Request staff to start."
    text_label = "Reference or team"
    actions = [
        ("request", "Request staff", "recruitment:request-new"),
        ("source", "Log an out-of-hours call", "recruitment:emergency-new"),
        ("view_money", "Weekly meeting", "reporting:meeting-sheet"),
    ]
    filters = [
        SERVICE,
        Filter("stage", "Stage", _stages, _by_stage),
        Filter("kind", "Need", lambda: Kind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter("urgency", "Urgency", lambda: Urgency.choices, lambda rows, value: rows.filter(urgency=value)),
        Filter("origin", "How it came", lambda: Origin.choices, lambda rows, value: rows.filter(origin=value)),
        DayFilter("since", "Asked for since", lambda rows, day: rows.filter(requested_at__gte=start_of_day(day))),
        DayFilter("until", "Asked for until", lambda rows, day: rows.filter(requested_at__lt=end_of_day(day))),
    ]
    columns = [
        field("Reference", "reference", sort="pk", link=page_of),
        field("Team", "team__name", sort="team__name"),
        field("Role", "job_type", sort="job_type", show=label_of(JobType)),
        field("Need", "kind", show=label_of(Kind)),
        field("Hours per week", "hours_per_week", "number", sort="hours_per_week"),
        field("Asked for on", "requested_at", "day", sort="requested_at", show=timezone.localdate),
        field("Needed from", "needed_from", "day", sort="needed_from"),
        field("Urgency", "urgency", sort="urgency", show=label_of(Urgency)),
        field("Stage", "status", "tag", sort="status", show=label_of(Status)),
        made("Whose turn", ("status", "waits_for_supplier"), whose_turn),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(of_reference(text, "REQ") | Q(team__in=teams_called(text)))

    def rows(self):
        waiting = Release.objects.open().filter(vacancy=OuterRef("pk"), position__gt=0, respond_by__gt=timezone.now())
        rows = Vacancy.objects.visible_to(self.request.user).annotate(waits_for_supplier=Exists(waiting))
        return rows.select_related("team")
