"""Workers a person may see."""

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from placements.models import (
    Placement,
)
from placements.reads.workers import workers_visible_to
from reporting.lists.listing import Column, ListPage


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
