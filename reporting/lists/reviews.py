"""Quality reviews as a list."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from placements.models import Placement, QualityReview, ReviewAction
from placements.reads.reviews import by_exemption, reviews_due
from reporting.lists.filters import agencies, services
from reporting.lists.listing import Column, DayFilter, Filter, ListPage

# -- quality reviews -------------------------------------------------------------------------------------------------------------


def _by_review_state(rows, value):
    overdue = ReviewAction.objects.open().filter(review=OuterRef("pk"), due_on__lt=timezone.localdate())
    if value == "overdue":
        return rows.filter(Exists(overdue))
    return rows.filter(read_at__isnull=value == "unread")


class Reviews(ListPage):
    title = "Quality reviews"
    intro = "Of workers on every route, so that they can be compared. Those by exemption are reviewed in a rhythm."
    template_name = "reviews/list.html"
    file_name = "quality-reviews"
    order = "-held_on"
    empty = "No reviews yet. They are recorded on a placement."
    filters = [
        Filter(
            "service",
            "Service",
            services,
            lambda rows, value: rows.filter(placement__vacancy__team__service_id=value),
        ),
        Filter(
            "state",
            "State",
            lambda: [("unread", "To read"), ("read", "Read"), ("overdue", "With overdue actions")],
            _by_review_state,
        ),
        Filter(
            "supplier",
            "Supplier",
            agencies,
            lambda rows, value: rows.filter(placement__contract__agency_id=value),
        ),
        DayFilter("since", "Held since", lambda rows, day: rows.filter(held_on__gte=day)),
        DayFilter("until", "Held until", lambda rows, day: rows.filter(held_on__lte=day)),
    ]
    columns = [
        Column("Review", lambda r: r.held_on, "day", sort="held_on", link=lambda r: r.get_absolute_url()),
        Column("Placement", lambda r: r.placement.reference, link=lambda r: r.placement.get_absolute_url()),
        Column("Worker", lambda r: r.placement.worker.name, sort="placement__worker__name"),
        Column("Team", lambda r: r.placement.vacancy.team.name, sort="placement__vacancy__team__name"),
        Column("Contract", lambda r: r.placement.contract.reference if r.placement.contract else "None"),
        Column("Was due", lambda r: r.due_on, "day", sort="due_on"),
        Column("Rating, 1 to 4", lambda r: r.rating, "number", sort="rating"),
        Column("Read by the Assistant Director", lambda r: "Read" if r.read_at else "To read", "tag"),
        Column("Actions open", lambda r: sum(one.done_on is None for one in r.actions.all()), "number"),
    ]

    def rows(self):
        rows = QualityReview.objects.visible_to(self.request.user)
        return rows.select_related(
            "placement__worker", "placement__vacancy__team", "placement__contract"
        ).prefetch_related("actions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        mine = by_exemption().filter(pk__in=Placement.objects.visible_to(self.request.user).values("pk"))
        due = reviews_due(mine.select_related("worker", "vacancy__team", "contract"), self.today)
        return super().get_context_data(found=found, due=due, **kwargs)
