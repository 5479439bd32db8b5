"""A permanent start."""

from typing import Any

from django.shortcuts import get_object_or_404

from council.permissions import may
from placements.models import Hire
from placements.reads.hires import facts_of
from placements.rules.hire import refusal
from recruitment.models import (
    Correction,
)
from reporting.pages.page import Page


class HireDetail(Page):
    template_name = "placements/hire.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        visible = Hire.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "release", "converts", "worker", "recorded_by", "voided_by"
        )
        hire = get_object_or_404(visible, pk=pk)
        user = self.request.user
        may_void = may(user, "void") and refusal("void", facts_of(hire, user)) is None
        corrections = Correction.objects.filter(subject="hire", subject_id=hire.pk).order_by("-pk")
        return super().get_context_data(hire=hire, may_void=may_void, corrections=corrections, **kwargs)
