"""Forms for what a council brings with it."""

from django import forms

from govuk.fields import DateField
from govuk.forms import GovukForm, text_area
from placements.breaches.forms import FoundForm


class BringForwardForm(FoundForm):
    submit = "Bring this placement forward"
    proof_held = text_area(
        label="What proof is held that the order of sourcing was followed?",
        required_message="Say what proof is held, or: none held",
        help_text="For example, Pertemps’ e-mail of 3 March 2026. Or: none held.",
    )
    rest = ("proof_held",)


class OpenBatchForm(GovukForm):
    submit = "Begin"
    on = DateField(label="On which day did the council move in?", noun="Day the council moved in")


class CloseBatchForm(GovukForm):
    submit = "Close the batch"
    whole = forms.BooleanField(
        label="Everybody who was in post on that day is in the batch",
        error_messages={"required": "Tick this when everybody is in the batch"},
    )


class SpreadsheetForm(GovukForm):
    submit = "Read the file"
    file = forms.FileField(
        label="The team’s spreadsheet",
        help_text="CSV or XLSX, with the headers of the template",
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty. Fill in the template, then choose it here.",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 1024 * 1024:
            raise forms.ValidationError("The file is larger than 1 MB. Send it in parts.")
        return file
