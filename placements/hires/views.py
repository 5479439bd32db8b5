"""Recording a permanent start, and taking it back."""

from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.web import ActionFormView
from council.wording import day_name
from placements.hires import actions as hires
from placements.hires.forms import HireForm
from placements.models import Hire
from recruitment.models import Outcome, Release
from recruitment.requests.views import VacancyActionView, WithReason


class HireNew(VacancyActionView):
    form_class = HireForm
    title = "Record a permanent start"
    intro = "It fills the post. Orders that are still open are taken back."

    def get_form_kwargs(self):
        secured = Release.objects.standing().filter(vacancy=self.vacancy, position=0, outcome=Outcome.SECURED)
        return super().get_form_kwargs() | {"releases": secured.select_related("contract__agency")}

    def act(self, data):
        data["fee"] = Decimal(data["fee"])
        return hires.record_hire(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, hire):
        return f"The post is filled from {day_name(hire.starts_on)}."


class HireVoid(WithReason, ActionFormView):
    right = "void"
    submit = "Mark as entered in error"
    label = "What was wrong?"
    title = "Mark the permanent start as entered in error"
    intro = "It stays visible, its fee goes back and the post is sourced again."
    warning = True

    def prepare(self):
        self.hire = get_object_or_404(
            Hire.objects.visible_to(self.request.user).select_related("vacancy"), pk=self.kwargs["pk"]
        )

    def back(self):
        return self.hire.vacancy.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        return hires.void_hire(by=self.request.user, at=timezone.now(), hire=self.hire, **data)

    def done(self, hire):
        return f"{hire.reference} is marked as entered in error."
