"""Forms for facts outside the rules: a worker found in post, and the placements a council brings with it."""

from django import forms

from council.models import Team
from govuk.fields import DateField, NumberField, RateField, Revealing
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from placements.actions.facts import Found
from placements.forms.bookings import WorkerFields
from recruitment.models import Agency, Contract, JobType, Kind, Pattern
from recruitment.requests.forms import TeamChoice


class FoundForm(WorkerFields, GovukForm):
    """Who is in post, where, through whom, and at what cost."""

    team = TeamChoice(
        queryset=Team.objects.none(),
        label="Team",
        empty_label="Choose a team",
        error_messages={"required": "Choose the team"},
    )
    job_type = radios(JobType.choices, label="Role", required_message="Choose the role")
    kind = radios(Kind.choices, label="What is the need?", required_message="Choose what the need is")
    funded_by = text_line(label="Who funds the post above structure?", required=False)
    funded_until = DateField(label="Funded until", noun="Last day funded", required=False)
    agency = pick(
        Agency.objects.filter(is_active=True).order_by("name"), label="Agency", required_message="Choose the agency"
    )
    contract = pick(
        Contract.objects.order_by("reference"),
        label="Contract, if the agency supplies under one",
        required_message="",
        required=False,
        empty_label="None",
    )
    starts_on = DateField(label="In post since", noun="First day in post")
    ends_on = DateField(label="Expected until", noun="Expected last day", help_text="The last day")
    hours_per_week = NumberField(label="Hours per week", decimal_places=2, max_digits=4, max_value=48)
    pattern = radios(
        Pattern.choices, label="Working pattern", required_message="Choose the working pattern", inline=True
    )
    charge_rate = RateField(label="Charge rate", help_text="What the council pays, excluding VAT")
    pay_rate = RateField(label="Pay rate, if you know it", required=False, help_text="What the worker is paid")

    WHO = (
        "team",
        "job_type",
        Revealing("kind", above_structure=["funded_by", "funded_until"]),
        "registration_number",
        "worker_name",
    )
    WHAT = ("agency", "contract", "starts_on", "ends_on", "hours_per_week", "pattern", "charge_rate", "pay_rate")
    rest: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        self.layout = (*self.WHO, *self.WHAT, *self.rest)
        super().__init__(*args, **kwargs)
        self.offer("team", Team.objects.filter(is_active=True).select_related("service"))

    @staticmethod
    def found(data: dict) -> Found:
        """The worker in post, out of the form's answers."""
        return Found(**{name: data[name] for name in Found.__dataclass_fields__ if name in data})


class BreachForm(FoundForm):
    submit = "Record this"
    found_on = DateField(label="Found on", noun="Day it was found")
    how_found = text_area(
        label="How was it found?", required_message="Say how it was found", help_text="Do not name a child or family."
    )
    director_told_on = DateField(
        label="Assistant Director told on", noun="Day the Assistant Director was told", required=False
    )
    procurement_told_on = DateField(label="Procurement told on", noun="Day procurement was told", required=False)
    rest = ("found_on", "how_found", "director_told_on", "procurement_told_on")


class ToldForm(GovukForm):
    submit = "Save"
    director_told_on = DateField(
        label="Assistant Director told on", noun="Day the Assistant Director was told", required=False
    )
    procurement_told_on = DateField(label="Procurement told on", noun="Day procurement was told", required=False)


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
