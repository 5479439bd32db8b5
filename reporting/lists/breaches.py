"""What happened outside the rules, newest first."""

from council.models import Service
from placements.models import Breach, BreachKind
from placements.reads.worth import worth_of
from reporting.lists.listing import Column, Filter, ListPage


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
    actions = [("record_breach", "Record a breach", "placements:breach-new")]
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
