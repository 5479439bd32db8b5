"""Permanent starts."""

from placements.models import (
    Hire,
)
from reporting.lists.filters import OF_VACANCY, agencies
from reporting.lists.listing import Column, DayFilter, Filter, ListPage


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
