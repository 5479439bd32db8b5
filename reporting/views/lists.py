"""The lists: every one filters, sorts, pages and downloads exactly what it shows."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from council.models import Council, Service, Team
from council.permissions import may, services_of
from council.working_time import end_of_day, start_of_day
from placements.models import (
    Basis,
    Hire,
    Placement,
    PlacementPeriod,
    PlacementReversal,
    Worker,
)
from placements.models.placement import STAGE_OF, stage_on
from placements.reads.costs import with_worth
from recruitment.models import (
    Agency,
    Contract,
    JobType,
    Kind,
    NotSecuredReason,
    Origin,
    Outcome,
    Release,
    Statement,
    Status,
    SupplyMode,
    Urgency,
    Vacancy,
)
from reporting.listing import Column, DayFilter, Filter, ListPage, field, label_of, made


def services():
    return [(str(pk), name) for pk, name in Service.objects.values_list("pk", "name")]


def of_reference(text: str, prefix: str) -> Q:
    """Rows whose reference begins with what was typed, or has the number typed: 12, REQ 12 and req-0012 are the same."""
    text = re.sub(r"[\s-]+", "-", text.strip().upper())
    number = text.removeprefix(prefix).removeprefix("-")
    found = Q(reference__startswith=text)
    return found | Q(reference=f"{prefix}-{int(number):04d}") if number.isdecimal() and len(number) < 12 else found


def teams_called(text: str) -> list[int]:
    """The keys of the teams in whose name it stands; few, and read first so that their rows are found by index."""
    return list(Team.objects.filter(name__icontains=text).values_list("pk", flat=True))


def address(row) -> str:
    return row.get_absolute_url()


def agencies():
    return [(str(pk), name) for pk, name in Agency.objects.values_list("pk", "name")]


SERVICE = Filter("service", "Service", services, lambda rows, value: rows.filter(team__service_id=value))
OF_VACANCY = Filter("service", "Service", services, lambda rows, value: rows.filter(vacancy__team__service_id=value))

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
        ("request", "Request staff", "/requests/new/"),
        ("source", "Log an out-of-hours call", "/requests/emergency/"),
        ("view_money", "Weekly meeting", "/meetings/sheet/"),
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
        field("Reference", "reference", sort="pk", link=address),
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
        ("Candidates", "/candidates/"),
        ("Approaches outside any order", "/approaches/"),
        ("Figures of suppliers", "/suppliers/"),
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
        field("Order", "reference", sort="pk", link=address),
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


def _placement_stages():
    return [
        ("live", "In post"),
        ("booked", "Booked, not started"),
        ("ending", "Ending soon"),
        ("ended", "Ended"),
        ("did_not_start", "Did not start"),
        ("void", "Entered in error"),
    ]


def _by_placement_stage(rows, value):
    today = timezone.localdate()
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    if value == "did_not_start":
        return rows.filter(did_not_start_at__isnull=False, voided_at__isnull=True)
    if value == "booked":
        return rows.standing().filter(starts_on__gt=today)
    if value == "ended":
        return rows.standing().filter(ends_on__lt=today)
    if value == "ending":
        until = today + timedelta(weeks=Council.current().ending_soon_weeks)
        return rows.live_on(today).filter(ends_on__lte=until, ended_early_at__isnull=True)
    return rows.live_on(today)


def _by_supplier(rows, value):
    """The agency of the contract; of a worker outside any contract, the agency itself."""
    return rows.filter(Q(contract__agency_id=value) | Q(contract__isnull=True, supplying_agency_id=value))


class Placements(ListPage):
    title = "Placements"
    file_name = "placements"
    order = "-starts_on"
    empty = "No placements yet. They are booked from a supplier’s answer that secured a worker."
    links = [("Longest here", "/placements/longest/"), ("Brought forward", "/brought-forward/")]
    text_label = "Reference, worker or registration number"
    filters = [
        OF_VACANCY,
        Filter("stage", "Stage", _placement_stages, _by_placement_stage),
        Filter("supplier", "Supplier", agencies, _by_supplier),
        Filter("basis", "How it came", lambda: Basis.choices, lambda rows, value: rows.filter(basis=value)),
        DayFilter("on", "In post on", lambda rows, day: rows.live_on(day)),
        Filter(
            "contract",
            "Contract",
            lambda: [(str(pk), ref) for pk, ref in Contract.objects.values_list("pk", "reference")],
            lambda rows, value: rows.filter(contract_id=value),
        ),
    ]
    columns = [
        field("Placement", "reference", sort="pk", link=address),
        made("Stage", STAGE_OF, lambda *facts: stage_on(timezone.localdate(), *facts), "tag"),
        field("Worker", "worker__name", sort="worker__name"),
        field("Team", "team_now", sort="team_now"),
        field("Role", "vacancy__job_type", show=label_of(JobType)),
        field("Agency", "supplying_agency__name", sort="supplying_agency__name"),
        field("Contract", "contract__reference", sort="contract__reference", show=lambda held: held or "None"),
        field("Start", "starts_on", "day", sort="starts_on"),
        field("End", "ends_on", "day", sort="ends_on"),
        field("Hours per week", "hours_per_week", "number", sort="hours_per_week"),
        field("Committed, £ excluding VAT", "worth", "money"),
    ]

    def get(self, request, *args, **kwargs):
        if not may(request.user, "view_money"):
            self.filters = [one for one in self.filters if one.name != "contract"]
        return super().get(request, *args, **kwargs)

    @staticmethod
    def text_filter(rows, text):
        called = Worker.objects.called(text).values("pk")
        return rows.filter(of_reference(text, "PL") | Q(worker__in=called))

    def rows(self):
        rows = Placement.objects.visible_to(self.request.user).with_team(self.today)
        rows = with_worth(rows).select_related("worker", "vacancy", "supplying_agency", "contract")
        return rows.only(
            "reference",
            "voided_at",
            "did_not_start_at",
            "ended_early_at",
            "starts_on",
            "ends_on",
            "hours_per_week",
            "worker__name",
            "vacancy__job_type",
            "supplying_agency__name",
            "contract__reference",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        context = super().get_context_data(found=found, **kwargs)
        periods = PlacementPeriod.objects.filter(contract__isnull=False)
        reversals = PlacementReversal.objects.all()
        if self.chosen or services_of(self.request.user) is not None:
            keys = found.order_by().values("pk")
            periods, reversals = periods.filter(placement__in=keys), reversals.filter(placement__in=keys)
        booked = periods.aggregate(total=_sum("value"))["total"]
        back = reversals.aggregate(total=_sum("entry__amount"))["total"]
        beside = sum(found.filter(contract__isnull=True).values_list("worth", flat=True), Decimal(0))
        return context | {"total": {"label": "Committed, excluding VAT", "amount": booked - back + beside}}


def _sum(field):
    return Coalesce(Sum(field), Value(Decimal(0)), output_field=DecimalField(max_digits=14, decimal_places=2))


class Hires(ListPage):
    title = "Permanent starts"
    file_name = "permanent-starts"
    order = "-starts_on"
    empty = "No permanent starts yet. They are recorded on a staffing request."
    filters = [
        OF_VACANCY,
        Filter("agency", "Found by", agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
        DayFilter("until", "Started by", lambda rows, day: rows.standing().filter(starts_on__lte=day)),
    ]
    columns = [
        Column("Start", lambda h: h.reference, sort="pk", link=lambda h: h.get_absolute_url()),
        Column(
            "Request", lambda h: h.vacancy.reference, sort="vacancy__pk", link=lambda h: h.vacancy.get_absolute_url()
        ),
        Column("Team", lambda h: h.vacancy.team.name, sort="vacancy__team__name"),
        Column("Found by", lambda h: h.contract.agency.name if h.contract else "The council"),
        Column("From", lambda h: h.starts_on, "day", sort="starts_on"),
        Column("Fee, £ excluding VAT", lambda h: h.fee, "money", sort="fee"),
        Column("Stage", lambda h: "Entered in error" if h.voided_at else "Filled", "tag"),
    ]
    total = ("Fees, excluding VAT", "fee", {"voided_at__isnull": True})

    def rows(self):
        return Hire.objects.visible_to(self.request.user).select_related("vacancy__team", "contract__agency")


class Workers(ListPage):
    title = "Workers"
    file_name = "workers"
    order = "name"
    empty = "No workers yet. They are added when they are booked."
    text_label = "Name or registration number"
    columns = [
        Column("Name", lambda w: w.name, sort="folded_name", link=lambda w: w.get_absolute_url()),
        Column("Registration number", lambda w: w.registration_number, sort="registration_number"),
        Column("Placements", lambda w: w.placement_count, "number", sort="placement_count"),
        Column("Last day", lambda w: w.last_day, "day", sort="last_day"),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.called(text)

    def rows(self):
        here = Placement.objects.standing().filter(worker=OuterRef("pk")).order_by().values("worker")
        return workers_visible_to(self.request.user).annotate(
            placement_count=Coalesce(Subquery(here.values(count=Count("pk"))), 0),
            last_day=Subquery(here.values(last=Max("ends_on"))),
        )


def workers_visible_to(user):
    """Everybody, or those who work or worked in a lead's own Services."""
    services = services_of(user)
    if services is None:
        return Worker.objects.all()
    placed = Placement.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    hired = Hire.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    return Worker.objects.filter(Exists(placed) | Exists(hired))
