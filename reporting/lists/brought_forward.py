"""What a council brought with it."""

from typing import Any

from placements.models import BroughtForward, Placement
from placements.reads.worth import worth_of
from reporting.lists.listing import Column, ListPage


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
