"""Ending an exemption early."""

from django.utils import timezone

from council.wording import day_name
from placements.exemptions import actions as exemptions
from recruitment.exemptions.forms import EndExemptionForm
from recruitment.exemptions.views import ExemptionActionView


class ExemptionEnd(ExemptionActionView):
    right = "end_exemption"
    form_class = EndExemptionForm
    title = "End the exemption early"
    intro = "Nobody is asked or booked under it after its new last day. Somebody who is booked beyond that day is ended first."
    warning = True

    def act(self, data):
        return exemptions.end_exemption(by=self.request.user, at=timezone.now(), exemption=self.exemption, **data)

    def done(self, exemption):
        return f"{exemption.reference} ends on {day_name(exemption.ended_on)}."
