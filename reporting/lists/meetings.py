"""Weekly meetings held."""

from django.db.models import Count, Q

from recruitment.models import Meeting
from reporting.lists.listing import Column, ListPage


class Meetings(ListPage):
    title = "Weekly meetings"
    file_name = "meetings"
    order = "-held_on"
    right = "view_money"
    empty = "No meeting has been recorded yet."
    actions = [("decide_request", "This week’s sheet", "reporting:meeting-sheet")]
    columns = [
        Column("Held on", lambda m: m.held_on, "day", sort="held_on", link=lambda m: m.get_absolute_url()),
        Column("Present", lambda m: ", ".join(m.present.splitlines())),
        Column("Decided", lambda m: m.decided, "number", sort="decided"),
        Column("Decided between the meetings", lambda m: m.beside, "number", sort="beside"),
        Column("Recorded by", lambda m: m.recorded_by.name),
    ]

    def rows(self):
        at_it = Q(items__is_between=False) & ~Q(items__decision="none")
        return Meeting.objects.select_related("recorded_by").annotate(
            decided=Count("items", filter=at_it), beside=Count("items", filter=Q(items__is_between=True))
        )
