"""The form of the weekly meeting: who was present, and a decision for each request on the sheet, or none."""

from django import forms

from govuk.fields import DateField
from govuk.forms import GovukForm, text_area
from recruitment.actions.meetings import Taken
from recruitment.models import Vacancy

CHOICES = [("", "Not decided"), ("agreed", "Agree"), ("deferred", "Hold"), ("turned_down", "Turn down")]


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
            choices = [choice for choice in CHOICES if not (one.status == "deferred" and choice[0] == "deferred")]
            self.fields[f"decision_{one.pk}"] = forms.ChoiceField(
                choices=choices, required=False, label=f"Decision on {one.reference}"
            )
            self.fields[f"reason_{one.pk}"] = forms.CharField(
                max_length=5000, required=False, label=f"Reason for the decision on {one.reference}"
            )
            self.fields[f"version_{one.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=one.version)

    def clean(self):
        data = super().clean()
        for one in self.vacancies:
            if data.get(f"decision_{one.pk}") and not (data.get(f"reason_{one.pk}") or "").strip():
                self.add_error(f"reason_{one.pk}", f"Give a reason for the decision on {one.reference}")
        return data

    def taken(self) -> dict[int, Taken]:
        """What was decided, by the key of the request."""
        data = self.cleaned_data
        return {
            one.pk: Taken(data[f"decision_{one.pk}"], data[f"reason_{one.pk}"], data[f"version_{one.pk}"])
            for one in self.vacancies
            if data[f"decision_{one.pk}"]
        }
