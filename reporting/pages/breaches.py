"""A breach."""

from typing import Any

from django.shortcuts import get_object_or_404

from placements.models import Breach
from placements.permissions import with_breach
from placements.reads.marks import facts_of
from placements.reads.worth import worth_of
from placements.rules.breach import refusal
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
        facts = facts_of(breach, user)
        refused = {verb: refusal(verb, facts) for verb in with_breach(user)}
        return super().get_context_data(
            breach=breach,
            cost=worth_of(breach.placement),
            can={verb for verb, found in refused.items() if found is None},
            undecided=refused.get("approve")
            if breach.approved_at is None and breach.taken_back_by_id is None
            else None,
            today=self.today,
            **kwargs,
        )
