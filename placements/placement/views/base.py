"""What every form about one placement starts from."""

from django.shortcuts import get_object_or_404

from council.errors import refuse
from council.web import ActionFormView
from placements.models import Placement


class PlacementActionView(ActionFormView):
    """A form about one placement the person may see."""

    right = "source"

    def prepare(self):
        visible = Placement.objects.visible_to(self.request.user).select_related(
            "vacancy", "release__contract", "worker", "contract"
        )
        self.placement = get_object_or_404(visible, pk=self.kwargs["pk"])
        if self.placement.voided_at or self.placement.did_not_start_at:
            why = "is marked as entered in error" if self.placement.voided_at else "did not start"
            refuse("not_standing", f"{self.placement.reference} {why}, so there is nothing to change.")

    def back(self):
        return self.placement.get_absolute_url()

    def next(self, result):
        return self.back()

    def current_version(self):
        return Placement.objects.values_list("version", flat=True).get(pk=self.placement.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(placement=self.placement, caption=self.placement.reference, **kwargs)
