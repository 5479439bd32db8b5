"""Proposing that a recorded fact is put right, and confirming it."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.known import known
from council.web import ActionFormView
from placements.corrections import confirming, correctable, proposing
from placements.corrections.forms import (
    CorrectionDecisionForm,
    HireCorrectionForm,
    MistakenMarkForm,
    PlacementCorrectionForm,
    ReleaseCorrectionForm,
    RoundCorrectionForm,
)
from placements.models import Breach, Hire, Placement
from placements.reads.marks import mistaken_marks
from recruitment.corrections import in_words
from recruitment.models import Correction, Release, Round, Vacancy


class Propose(ActionFormView):
    """Nothing changes until somebody else has confirmed it."""

    right = "correct"
    subject = ""
    intro = "The old value is kept and shown. Somebody else confirms the correction; what rested on it is then judged again."

    def rows(self):
        raise NotImplementedError("A correction is of something.")

    def values(self, data: dict) -> dict:
        """The corrected fields out of the form's answers."""
        return known(self.form_class).values(data)

    def prepare(self):
        self.row = get_object_or_404(self.rows(), pk=self.kwargs["pk"])

    def back(self):
        return self.row.get_absolute_url()

    def act(self, data):
        with transaction.atomic():  # a worker added for the proposal goes with it where it is refused
            return proposing.propose(
                by=self.request.user,
                at=timezone.now(),
                subject=self.subject,
                row=self.row,
                why=data["why"],
                **self.values(data),
            )

    def done(self, correction):
        return "The correction is proposed. Somebody else confirms it."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=str(self.row), **kwargs)


class CorrectRelease(Propose):
    subject = "release"
    form_class = ReleaseCorrectionForm
    title = "Correct the answer"

    def rows(self):
        return Release.objects.visible_to(self.request.user).select_related("contract__agency", "vacancy")

    def get_initial(self):
        names = [name for name in ReleaseCorrectionForm.base_fields if hasattr(self.row, name)]
        initial = {name: getattr(self.row, name) for name in names}
        if self.row.outcome == "fell_through":
            initial["outcome"] = "secured"
        return initial | {"reason_code": self.row.reason}


class CorrectPlacement(Propose):
    subject = "placement"
    form_class = PlacementCorrectionForm
    title = "Correct the placement"

    def rows(self):
        return Placement.objects.visible_to(self.request.user).select_related("vacancy", "worker")

    def get_initial(self):
        return {"starts_on": self.row.starts_on, "registration_number": self.row.worker.registration_number}

    def values(self, data):
        return {
            "starts_on": data["starts_on"],
            "worker": proposing.worker_for(data["registration_number"], data["worker_name"]),
        }


class CorrectHire(Propose):
    subject = "hire"
    form_class = HireCorrectionForm
    title = "Correct the permanent start"

    def rows(self):
        return Hire.objects.visible_to(self.request.user).select_related("vacancy")

    def get_initial(self):
        return {"starts_on": self.row.starts_on}

    def values(self, data):
        return {"starts_on": data["starts_on"]}


class CorrectRound(Propose):
    subject = "round"
    form_class = RoundCorrectionForm
    title = "Correct what was recorded of direct recruitment"

    def rows(self):
        visible = Vacancy.objects.visible_to(self.request.user)
        return Round.objects.filter(vacancy__in=visible).select_related("vacancy")

    def back(self):
        return self.row.vacancy.get_absolute_url()

    def get_initial(self):
        names = ("recruitment_state", "advertised_on", "advert_reference", "recruitment_note")
        return {name: getattr(self.row, name) for name in names}


class TakeBackBreach(Propose):
    form_class = MistakenMarkForm
    title = "Propose that the mark is taken back"
    intro = (
        "By what is recorded now, its proof is not missing. Somebody else confirms it. The record of the breach stays, and says that it "
        "was taken back."
    )

    def rows(self):
        visible = Breach.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"])
        found = [breach.pk for breach in mistaken_marks(visible)]
        return visible.filter(pk__in=found).select_related("placement__vacancy")

    def act(self, data):
        return proposing.propose_taking_back(by=self.request.user, at=timezone.now(), breach=self.row, **data)


class DecideCorrection(ActionFormView):
    right = "view"
    form_class = CorrectionDecisionForm
    template_name = "corrections/decide.html"
    title = "A correction"

    def prepare(self):
        visible = Vacancy.objects.visible_to(self.request.user)
        rows = Correction.objects.filter(vacancy__in=visible).select_related("vacancy", "proposed_by", "decided_by")
        self.correction = get_object_or_404(rows, pk=self.kwargs["pk"])

    def back(self):
        return self.correction.vacancy.get_absolute_url()

    def next(self, result):
        return self.correction.get_absolute_url()

    def act(self, data):
        return confirming.decide(by=self.request.user, at=timezone.now(), correction=self.correction, **data)

    def done(self, correction):
        return f"The correction is {correction.get_decision_display().lower()}."

    def get_context_data(self, **kwargs):
        correction = self.correction
        model = correctable.FACTS[correction.subject][0]
        changes = [
            (*in_words(model, column, correction.before[column]), in_words(model, column, text)[1])
            for column, text in correction.after.items()
        ]
        return super().get_context_data(
            correction=correction,
            changes=changes,
            subject_url=correctable.address_of(correction),
            own=correction.proposed_by_id == self.request.user.pk,
            caption=correction.subject_name,
            **kwargs,
        )
