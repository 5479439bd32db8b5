"""A worker and the placements of that worker."""

from typing import Any

from django.shortcuts import get_object_or_404

from placements.models import Hire, Placement
from placements.reads.workers import workers_visible_to
from reporting.pages.page import Page


class WorkerDetail(Page):
    template_name = "placements/worker.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        worker = get_object_or_404(workers_visible_to(self.request.user), pk=pk)
        placements = Placement.objects.visible_to(self.request.user).filter(worker=worker)
        rows = placements.select_related("vacancy__team", "supplying_agency", "contract").order_by("-starts_on", "-pk")
        return super().get_context_data(
            worker=worker,
            placements=[(row, row.stage(self.today)) for row in rows],
            hires=Hire.objects.visible_to(self.request.user).standing().filter(worker=worker),
            **kwargs,
        )
