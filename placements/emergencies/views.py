"""Deciding an emergency on the next working day."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.errors import require
from council.models import Approval
from council.permissions import may_decide
from council.web import ActionFormView, address_for
from placements.emergencies import actions as emergencies
from placements.models import Placement
from recruitment.emergencies.forms import ConfirmEmergencyForm
from recruitment.models import EmergencyCall


class EmergencyDecide(ActionFormView):
    right = ""  # a deputy needs no role of their own
    form_class = ConfirmEmergencyForm
    template_name = "requests/confirm.html"
    title = "Confirm an emergency"

    def prepare(self):
        require(may_decide(self.request.user, Approval.EMERGENCY), "confirm what was ordered out of hours")
        rows = EmergencyCall.objects.select_related("vacancy__team", "recorded_by")
        self.call = get_object_or_404(rows, vacancy=self.kwargs["pk"])
        self.too_late = emergencies.too_late(self.call, timezone.now())

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"may_confirm": self.too_late is None}

    def back(self):
        return address_for(self.request.user, self.call.vacancy)

    def next(self, call):
        return self.back()

    def act(self, data):
        return emergencies.decide_emergency(by=self.request.user, at=timezone.now(), call=self.call, **data)

    def done(self, call):
        return f"Recorded: {call.get_decision_display().lower()}."

    def get_context_data(self, **kwargs):
        came = (
            Placement.objects.standing().filter(vacancy=self.call.vacancy).select_related("worker", "supplying_agency")
        )
        orders = self.call.vacancy.releases.standing().select_related("contract__agency").order_by("sent_at", "pk")
        return super().get_context_data(
            caption=self.call.vacancy.reference,
            call=self.call,
            too_late=self.too_late,
            came=came,
            orders=orders,
            **kwargs,
        )
