"""A breach."""

from typing import Any

from django.shortcuts import get_object_or_404

from council.models import Approval
from council.permissions import may, may_decide
from placements.models import Breach
from placements.reads.marks import is_own_breach, mistaken_marks
from placements.reads.worth import worth_of
from reporting.pages.page import Page, with_people


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
