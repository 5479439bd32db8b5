"""A permanent start."""

from typing import Any

from django.shortcuts import get_object_or_404

from council.permissions import may
from placements.models import Hire
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
        may_void = may(self.request.user, "void") and not hire.voided_at and hire.recorded_by_id != self.request.user.pk
        corrections = Correction.objects.filter(subject="hire", subject_id=hire.pk).order_by("-pk")
        return super().get_context_data(hire=hire, may_void=may_void, corrections=corrections, **kwargs)
