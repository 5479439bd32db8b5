"""The lists: every one filters, sorts, pages and downloads exactly what it shows."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, Max, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from council.models import Council, Service
from council.permissions import may, services_of
from placements.models import (
    Basis,
    Hire,
    Payment,
    PaymentAllocation,
    PaymentImport,
    Placement,
    PlacementPeriod,
    PlacementReversal,
    Worker,
)
from placements.models.worker import tidy_registration
from recruitment.models import (
    Agency,
    Contract,
    Kind,
    Origin,
    Outcome,
    Release,
    Route,
    Status,
    SupplyMode,
    Urgency,
    Vacancy,
)
from reporting.listing import Column, DayFilter, Filter, ListPage
from reporting.reports.spend import worth_of


def _services():
    return [(str(pk), name) for pk, name in Service.objects.values_list("pk", "name")]


def _agencies():
    return [(str(pk), name) for pk, name in Agency.objects.values_list("pk", "name")]


SERVICE = Filter("service", "Service", _services, lambda rows, value: rows.filter(team__service_id=value))
OF_VACANCY = Filter("service", "Service", _services, lambda rows, value: rows.filter(vacancy__team__service_id=value))

WHOSE_TURN = {
    Status.REQUESTED: "Assistant Director or finance",
    Status.DEFERRED: "Assistant Director or finance",
    Status.AGREED: "Commissioning officer",
    Status.SOURCING: "Commissioning officer",
}


def whose_turn(vacancy: Vacancy) -> str:
    if vacancy.status == Status.SOURCING and getattr(vacancy, "waits_for_supplier", False):
        return "Supplier"
    return WHOSE_TURN.get(vacancy.status, "")


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
    actions = [("request", "Request staff", "/requests/new/")]
    filters = [
        SERVICE,
        Filter("stage", "Stage", _stages, _by_stage),
        Filter("kind", "Need", lambda: Kind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter("urgency", "Urgency", lambda: Urgency.choices, lambda rows, value: rows.filter(urgency=value)),
        Filter("origin", "How it came", lambda: Origin.choices, lambda rows, value: rows.filter(origin=value)),
        DayFilter("since", "Asked for since", lambda rows, day: rows.filter(requested_at__date__gte=day)),
        DayFilter("until", "Asked for until", lambda rows, day: rows.filter(requested_at__date__lte=day)),
    ]
    columns = [
        Column("Reference", lambda v: v.reference, sort="pk", link=lambda v: v.get_absolute_url()),
        Column("Team", lambda v: v.team.name, sort="team__name"),
        Column("Role", lambda v: v.get_job_type_display(), sort="job_type"),
        Column("Need", lambda v: v.get_kind_display()),
        Column("Hours per week", lambda v: v.hours_per_week, "number", sort="hours_per_week"),
        Column("Asked for on", lambda v: timezone.localdate(v.requested_at), "day", sort="requested_at"),
        Column("Needed from", lambda v: v.needed_from, "day", sort="needed_from"),
        Column("Urgency", lambda v: v.get_urgency_display(), sort="urgency"),
        Column("Stage", lambda v: v.get_status_display(), "tag", sort="status"),
        Column("Whose turn", whose_turn),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(Q(reference__icontains=text) | Q(team__name__icontains=text))

    def rows(self):
        waiting = Release.objects.open().filter(vacancy=OuterRef("pk"), position__gt=0, respond_by__gt=timezone.now())
        rows = Vacancy.objects.visible_to(self.request.user).annotate(waits_for_supplier=Exists(waiting))
        return rows.select_related("team")


def _answers():
    return [
        ("open", "Waiting for an answer"),
        ("ended", "Time has ended"),
        *Outcome.choices[1:],
        ("void", "Entered in error"),
    ]


def _by_answer(rows, value):
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    if value == "ended":
        return rows.open().filter(respond_by__lte=timezone.now())
    if value == "open":
        return rows.open()
    return rows.standing().filter(outcome=value)


def _answer(release: Release) -> str:
    if release.voided_at:
        return "Entered in error"
    if release.outcome == Outcome.OPEN and release.respond_by <= timezone.now():
        return "Time has ended"
    return release.get_outcome_display()


class Releases(ListPage):
    title = "Sent to suppliers"
    file_name = "orders"
    order = "-sent_at"
    empty = "Nothing has been sent to a supplier yet. Open a request and send it."
    text_label = "Reference or order number"
    filters = [
        OF_VACANCY,
        Filter("answer", "Answer", _answers, _by_answer),
        Filter("supplier", "Supplier", _agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
        Filter("mode", "Whose worker", lambda: SupplyMode.choices, lambda rows, value: rows.filter(supply_mode=value)),
        DayFilter("since", "Answered since", lambda rows, day: rows.filter(answered_at__date__gte=day)),
        DayFilter("until", "Answered until", lambda rows, day: rows.filter(answered_at__date__lte=day)),
    ]
    columns = [
        Column("Order", lambda r: r.reference, sort="pk", link=lambda r: r.get_absolute_url()),
        Column(
            "Request", lambda r: r.vacancy.reference, sort="vacancy__pk", link=lambda r: r.vacancy.get_absolute_url()
        ),
        Column("Team", lambda r: r.vacancy.team.name, sort="vacancy__team__name"),
        Column("Sent to", lambda r: r.contract.agency.name, sort="contract__agency__name"),
        Column("Contract", lambda r: r.contract.reference, sort="contract__reference"),
        Column("Maximum rate, £ an hour", lambda r: r.max_rate, "number", sort="max_rate"),
        Column("Sent", lambda r: r.sent_at, "moment", sort="sent_at"),
        Column("Answer by", lambda r: r.respond_by, "moment", sort="respond_by"),
        Column("Answered", lambda r: r.answered_at, "moment", sort="answered_at"),
        Column("Answer", _answer, "tag", sort="outcome"),
        Column("Why", lambda r: r.get_reason_display()),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(
            Q(reference__icontains=text) | Q(order_number__icontains=text) | Q(vacancy__reference__icontains=text)
        )

    def rows(self):
        return Release.objects.visible_to(self.request.user).select_related("vacancy__team", "contract__agency")


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
        Filter("supplier", "Supplier", _agencies, _by_supplier),
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
        Column("Placement", lambda p: p.reference, sort="pk", link=lambda p: p.get_absolute_url()),
        Column("Stage", lambda p: p.stage(timezone.localdate()), "tag"),
        Column("Worker", lambda p: p.worker.name, sort="worker__name"),
        Column("Team", lambda p: p.team_now, sort="team_now"),
        Column("Role", lambda p: p.vacancy.get_job_type_display()),
        Column("Agency", lambda p: p.supplying_agency.name, sort="supplying_agency__name"),
        Column("Contract", lambda p: p.contract.reference if p.contract else "None", sort="contract__reference"),
        Column("Start", lambda p: p.starts_on, "day", sort="starts_on"),
        Column("End", lambda p: p.ends_on, "day", sort="ends_on"),
        Column("Hours per week", lambda p: p.hours_per_week, "number", sort="hours_per_week"),
        Column("Committed, £ excluding VAT", worth_of, "money"),
    ]

    def get(self, request, *args, **kwargs):
        if not may(request.user, "view_money"):
            self.filters = [one for one in self.filters if one.name != "contract"]
        return super().get(request, *args, **kwargs)

    @staticmethod
    def text_filter(rows, text):
        number = tidy_registration(text)
        found = Q(reference__icontains=text) | Q(worker__folded_name__contains=text.casefold())
        return rows.filter(found | Q(worker__registration_number__startswith=number) if number else found)

    def rows(self):
        rows = (
            Placement.objects.visible_to(self.request.user)
            .with_team(self.today)
            .select_related("worker", "vacancy__team", "supplying_agency", "contract")
        )
        return rows.prefetch_related("periods", "reversals__entry")

    def get_context_data(self, found, **kwargs):
        context = super().get_context_data(found, **kwargs)
        keys = found.order_by().values("pk")
        on_contracts = PlacementPeriod.objects.filter(placement__in=keys, contract__isnull=False)
        booked = on_contracts.aggregate(total=_sum("value"))["total"]
        back = PlacementReversal.objects.filter(placement__in=keys).aggregate(total=_sum("entry__amount"))["total"]
        outside = found.filter(contract__isnull=True)
        beside = sum((worth_of(one) for one in outside), Decimal(0))
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
        Filter("agency", "Found by", _agencies, lambda rows, value: rows.filter(contract__agency_id=value)),
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
        number = tidy_registration(text)
        found = Q(folded_name__contains=text.casefold())
        return rows.filter(found | Q(registration_number__startswith=number) if number else found)

    def rows(self):
        return workers_visible_to(self.request.user).annotate(
            placement_count=Count("placements", filter=Q(placements__is_live=True)),
            last_day=Max("placements__ends_on", filter=Q(placements__is_live=True)),
        )


def workers_visible_to(user):
    """Everybody, or those who work or worked in a lead's own Services."""
    services = services_of(user)
    if services is None:
        return Worker.objects.all()
    placed = Placement.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    hired = Hire.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    return Worker.objects.filter(Exists(placed) | Exists(hired))


class Contracts(ListPage):
    title = "Contracts"
    file_name = "contracts"
    order = "-starts_on"
    right = "view_money"
    empty = "No contracts yet. A contract administrator adds them in the admin site."
    text_label = "Reference, title or agency"
    filters = [
        Filter("route", "Route", lambda: Route.choices, lambda rows, value: rows.filter(route=value)),
        Filter("agency", "Agency", _agencies, lambda rows, value: rows.filter(agency_id=value)),
    ]
    columns = [
        Column("Contract", lambda c: c.reference, sort="reference", link=lambda c: c.get_absolute_url()),
        Column("Title", lambda c: c.title),
        Column("Agency", lambda c: c.agency.name, sort="agency__name"),
        Column("Route", lambda c: c.get_route_display(), sort="route"),
        Column("From", lambda c: c.starts_on, "day", sort="starts_on"),
        Column("Until", lambda c: c.account.ends_on, "day", sort="account__ends_on"),
        Column(
            "Approved value, £ excluding VAT",
            lambda c: c.account.approved_value,
            "money",
            sort="account__approved_value",
        ),
        Column("Spent and committed, £", lambda c: c.account.exposure, "money", sort="account__exposure"),
        Column("Left to commit, £", lambda c: c.account.headroom, "money"),
        Column("Stage", lambda c: contract_stage(c), "tag"),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(Q(reference__icontains=text) | Q(title__icontains=text) | Q(agency__name__icontains=text))

    def rows(self):
        return Contract.objects.with_position()


def contract_stage(contract: Contract) -> str:
    today = timezone.localdate()
    account = contract.account
    if today < contract.starts_on:
        return "Not started"
    if account.ends_on and today > account.ends_on:
        return "Over"
    return "Over value" if account.headroom is not None and account.headroom < 0 else "Running"


def _states():
    return [("waiting", "To allocate"), ("allocated", "On a contract"), ("not_ours", "Not ours")]


def _by_state(rows, value):
    if value == "waiting":
        return rows.filter(is_ours=True, is_allocated=False)
    return rows.filter(is_allocated=True) if value == "allocated" else rows.filter(is_ours=False)


def _on_contracts(payment: Payment) -> str:
    if not payment.is_ours:
        return ""
    return ", ".join(part.contract.reference for part in payment.allocations.all())


class Payments(ListPage):
    title = "Payments"
    file_name = "payments"
    order = "-paid_on"
    right = "view_money"
    empty = "No payments yet. A finance officer imports a payments file."
    text_label = "Reference, supplier or description"
    actions = [
        ("payments", "Import payments", "/payments/imports/new/"),
        ("view_money", "Files imported", "/payments/imports/"),
    ]
    filters = [
        Filter("state", "State", _states, _by_state),
        Filter("agency", "Agency", _agencies, lambda rows, value: rows.filter(agency_id=value)),
        Filter(
            "contract",
            "Contract",
            lambda: [(str(pk), ref) for pk, ref in Contract.objects.values_list("pk", "reference")],
            lambda rows, value: rows.filter(
                Exists(PaymentAllocation.objects.filter(payment=OuterRef("pk"), contract_id=value))
            ),
        ),
    ]
    filters += [
        DayFilter("since", "Paid since", lambda rows, day: rows.filter(paid_on__gte=day)),
        DayFilter("until", "Paid until", lambda rows, day: rows.filter(paid_on__lte=day)),
    ]
    columns = [
        Column("Paid on", lambda p: p.paid_on, "day", sort="paid_on"),
        Column("Agency", lambda p: p.agency.name, sort="agency__name"),
        Column("Supplier as written", lambda p: p.supplier),
        Column("Reference", lambda p: p.reference, sort="reference"),
        Column("Department", lambda p: p.department, sort="department"),
        Column("Description", lambda p: p.description),
        Column("Amount, £ excluding VAT", lambda p: p.amount, "money", sort="amount"),
        Column("On contract", _on_contracts),
        Column(
            "State",
            lambda p: "Not ours" if not p.is_ours else "On a contract" if p.is_allocated else "To allocate",
            "tag",
            link=lambda p: f"/payments/{p.pk}/allocate/" if p.is_ours else "",
        ),
        Column("File", lambda p: p.imported_from.file_name, link=lambda p: p.imported_from.get_absolute_url()),
        Column("Line", lambda p: p.line, "number"),
    ]
    total = ("Payments, excluding VAT", "amount")

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(Q(reference__icontains=text) | Q(supplier__icontains=text) | Q(description__icontains=text))

    def rows(self):
        rows = Payment.objects.with_allocated().select_related("agency", "imported_from")
        return rows.prefetch_related("allocations__contract")


class Imports(ListPage):
    title = "Payments files"
    file_name = "payments-files"
    order = "-uploaded_at"
    right = "view_money"
    empty = "No file yet. A finance officer imports a payments file."
    actions = [("payments", "Import payments", "/payments/imports/new/")]
    columns = [
        Column("File", lambda i: i.file_name, sort="file_name", link=lambda i: i.get_absolute_url()),
        Column("Finance system", lambda i: i.source.name, sort="source__name"),
        Column("Added", lambda i: i.uploaded_at, "moment", sort="uploaded_at"),
        Column("By", lambda i: i.uploaded_by.name),
        Column("Rows", lambda i: i.result.get("rows", 0), "number"),
        Column("New payments", lambda i: i.result.get("kept", 0), "number"),
        Column("Stage", lambda i: i.get_status_display(), "tag", sort="status"),
    ]

    def rows(self):
        return PaymentImport.objects.select_related("source", "uploaded_by")
