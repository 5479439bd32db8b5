"""What happened outside the rules, newest first; and what a council brought with it."""

from typing import Any

from django.shortcuts import get_object_or_404

from council.models import Approval, Service
from council.permissions import may, may_decide
from placements.models import Breach, BreachKind, BroughtForward, Placement
from placements.reads.marks import is_own_breach, mistaken_marks
from reporting.listing import Column, Filter, ListPage
from reporting.reports.spend import worth_of
from reporting.views.pages import Page, with_people


def _by_state(rows, value):
    if value == "taken_back":
        return rows.filter(taken_back_by__isnull=False)
    return rows.standing().filter(approved_at__isnull=value == "open")


class Breaches(ListPage):
    title = "Breaches"
    intro = "What happened outside the rules, newest first. A record stays for good; an approval afterwards is written beside it."
    file_name = "breaches"
    order = "-found_on"
    empty = "No breach is recorded."
    actions = [("record_breach", "Record a breach", "/breaches/new/")]
    filters = [
        Filter(
            "service",
            "Service",
            lambda: [(str(pk), name) for pk, name in Service.objects.values_list("pk", "name")],
            lambda rows, value: rows.filter(placement__vacancy__team__service_id=value),
        ),
        Filter("kind", "What happened", lambda: BreachKind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter(
            "state",
            "Approval",
            lambda: [
                ("open", "Not authorised"),
                ("approved", "Authorised after the start"),
                ("taken_back", "Taken back"),
            ],
            _by_state,
        ),
    ]
    columns = [
        Column("Breach", lambda b: b.reference, sort="pk", link=lambda b: b.get_absolute_url()),
        Column("State", lambda b: b.spend_state, "tag"),
        Column("What happened", lambda b: b.get_kind_display(), sort="kind"),
        Column("Worker", lambda b: b.placement.worker.name),
        Column("Team", lambda b: b.placement.vacancy.team.name, sort="placement__vacancy__team__name"),
        Column("Agency", lambda b: b.placement.supplying_agency.name),
        Column("Since", lambda b: b.since, "day", sort="since"),
        Column("Found on", lambda b: b.found_on, "day", sort="found_on"),
        Column("Cost, £ excluding VAT", lambda b: worth_of(b.placement), "money"),
        Column("Assistant Director told", lambda b: b.director_told_on, "day"),
        Column("Procurement told", lambda b: b.procurement_told_on, "day"),
    ]

    def rows(self):
        rows = Breach.objects.visible_to(self.request.user).select_related(
            "placement__worker", "placement__vacancy__team", "placement__supplying_agency"
        )
        return rows.prefetch_related("placement__periods", "placement__reversals__entry")


class BreachDetail(Page):
    template_name = "breaches/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        visible = Breach.objects.visible_to(user).select_related(
            "placement__worker",
            "placement__vacancy__team__service",
            "placement__supplying_agency",
            "placement__contract",
        )
        breach = get_object_or_404(visible.prefetch_related("correction", "taken_back_by"), pk=pk)
        with_people(breach, ("recorded_by", "approved_by"))
        waits = may_decide(user, Approval.BREACH) and breach.approved_at is None and breach.taken_back_by_id is None
        own = is_own_breach(breach, user)
        return super().get_context_data(
            breach=breach,
            cost=worth_of(breach.placement),
            may_tell=may(user, "record_breach"),
            may_approve=waits and not own,
            own=waits and own,
            mistaken=may(user, "correct") and bool(mistaken_marks(Breach.objects.filter(pk=pk))),
            today=self.today,
            **kwargs,
        )


class BroughtForwardPage(ListPage):
    """The one batch of the council, and whether it is closed."""

    title = "Brought forward"
    file_name = "brought-forward"
    order = "starts_on"
    template_name = "placements/brought_forward.html"
    empty = "Nothing has been brought forward yet."
    columns = [
        Column("Placement", lambda p: p.reference, sort="pk", link=lambda p: p.get_absolute_url()),
        Column("Worker", lambda p: p.worker.name, sort="worker__folded_name"),
        Column("Team", lambda p: p.vacancy.team.name, sort="vacancy__team__name"),
        Column("Agency", lambda p: p.supplying_agency.name, sort="supplying_agency__name"),
        Column("Contract", lambda p: p.contract.reference if p.contract else "None"),
        Column("Start", lambda p: p.starts_on, "day", sort="starts_on"),
        Column("End", lambda p: p.ends_on, "day", sort="ends_on"),
        Column("Proof held", lambda p: p.proof_held),
        Column("Cost, £ excluding VAT", worth_of, "money"),
    ]

    def rows(self):
        rows = Placement.objects.visible_to(self.request.user).filter(basis="brought_forward", voided_at__isnull=True)
        rows = rows.select_related("worker", "vacancy__team", "supplying_agency", "contract")
        return rows.prefetch_related("periods", "reversals__entry")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        batch = BroughtForward.objects.select_related("opened_by", "closed_by").first()
        return super().get_context_data(found=found, **kwargs) | {"batch": batch}
