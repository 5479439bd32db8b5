"""The form of the weekly meeting: who was present, and a decision for each request on the sheet, or none."""

from typing import Any

from django import forms

from govuk.fields import DateField
from govuk.forms import GovukForm, text_area
from recruitment.meetings.actions import Taken
from recruitment.models import Status, Vacancy
from recruitment.requests.forms import DECISIONS


class MeetingForm(GovukForm):
    submit = "Record the meeting"
    held_on = DateField(label="When was the meeting?", noun="The day of the meeting")
    present = text_area(
        label="Who was present?",
        required_message="Enter who was present",
        help_text="Names and roles, one on each line",
    )

    def __init__(self, *args, vacancies: list[Vacancy], **kwargs):
        """`vacancies` are those the person may decide."""
        super().__init__(*args, **kwargs)
        self.vacancies = vacancies
        for one in vacancies:
            held = one.status == Status.DEFERRED
            choices = [("", "Not decided"), *(choice for choice in DECISIONS if not (held and choice[0] == "deferred"))]
            self.fields[f"decision_{one.pk}"] = forms.ChoiceField(
                choices=choices, required=False, label=f"Decision on {one.reference}"
            )
            self.fields[f"reason_{one.pk}"] = forms.CharField(
                max_length=5000, required=False, label=f"Reason for the decision on {one.reference}"
            )
            self.fields[f"version_{one.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=one.version, required=False
            )

    def clean(self):
        data = super().clean()
        for one in self.vacancies:
            if (data.get(f"reason_{one.pk}") or "").strip() and not data.get(f"decision_{one.pk}"):
                self.add_error(f"reason_{one.pk}", f"Choose a decision on {one.reference}, or leave the reason empty")
            if data.get(f"decision_{one.pk}") and not (data.get(f"reason_{one.pk}") or "").strip():
                self.add_error(f"reason_{one.pk}", f"Give a reason for the decision on {one.reference}")
            if data.get(f"decision_{one.pk}") and not data.get(f"version_{one.pk}"):
                what = f"The sheet did not arrive whole, so nothing of it is kept. Reload it, then decide {one.reference} again"
                self.add_error(f"reason_{one.pk}", what)
        data["taken"] = {
            one.pk: Taken(data[f"decision_{one.pk}"], data[f"reason_{one.pk}"], data[f"version_{one.pk}"])
            for one in self.vacancies
            if data.get(f"decision_{one.pk}") and data.get(f"reason_{one.pk}") and data.get(f"version_{one.pk}")
        }
        return data

    def renew(self) -> None:
        """After a refusal the decisions count for the requests as they are now."""
        sent: Any = self.data
        self.data = data = sent.copy()
        for one in self.vacancies:
            data[f"version_{one.pk}"] = str(one.version)
