"""The histories of a request, a placement and a contract: who changed what."""

from typing import Any

from django.shortcuts import get_object_or_404

from council.history import changes_of
from placements.models import Hire, Placement
from recruitment.models import (
    Contract,
    Correction,
    EmergencyCall,
    Exemption,
    Statement,
    Submission,
    SubmissionStep,
    SupplierLink,
    Vacancy,
)
from reporting.pages.page import Page


class History(Page):
    """Who changed what, newest first; filters by person and by field."""

    template_name = "history.html"

    def subject(self, pk):
        raise NotImplementedError("A history is of something.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        subject, objects = self.subject(pk)
        changes = changes_of(*objects)
        people = sorted({change.who for change in changes})
        fields = sorted({change.field for change in changes})
        who, field = self.request.GET.get("who", ""), self.request.GET.get("field", "")
        shown = [c for c in changes if (not who or c.who == who) and (not field or c.field == field)]
        moments: dict[tuple, list] = {}
        for change in shown:
            moments.setdefault((change.happened_at, change.recorded_at, change.who, change.what), []).append(change)
        return super().get_context_data(
            subject=subject, moments=list(moments.items()), people=people, fields=fields, who=who, field=field, **kwargs
        )


class RequestHistory(History):
    def subject(self, pk):
        vacancy = get_object_or_404(Vacancy.objects.visible_to(self.request.user), pk=pk)
        placed, hired = Placement.objects.filter(vacancy=vacancy), Hire.objects.filter(vacancy=vacancy)
        corrected = vacancy.corrections.all()
        said = Statement.objects.filter(release__vacancy=vacancy)
        links = SupplierLink.objects.filter(release__vacancy=vacancy)
        put_forward = Submission.objects.filter(release__vacancy=vacancy)
        steps = SubmissionStep.objects.filter(submission__in=put_forward)
        sourcing = [*vacancy.rounds.all(), *vacancy.releases.all(), *said, *links, *put_forward, *steps]
        calls = EmergencyCall.objects.filter(vacancy=vacancy)
        sourcing += [*calls, *vacancy.authorities.all()]
        return vacancy, [vacancy, *sourcing, *placed, *hired, *corrected]


class PlacementHistory(History):
    def subject(self, pk):
        placement = get_object_or_404(Placement.objects.visible_to(self.request.user), pk=pk)
        beside = [*placement.breaches.all(), *placement.moves.all(), *placement.extension_proposals.all()]
        corrections = Correction.objects.filter(subject="placement", subject_id=placement.pk)
        return placement, [placement, *placement.periods.all(), *beside, *corrections]


class ExemptionHistory(History):
    def subject(self, pk):
        exemption = get_object_or_404(Exemption.objects.visible_to(self.request.user), pk=pk)
        return exemption, [exemption, *exemption.needs.all(), *exemption.comments.all(), *exemption.decisions.all()]


class ContractHistory(History):
    right = "view_money"

    def subject(self, pk):
        contract = get_object_or_404(Contract, pk=pk)
        return contract, [contract, *contract.approvals.all()]
