"""Forms about breaches: a worker found in post, and who was told."""

from council.models import Team
from govuk.fields import DateField, NumberField, RateField, Revealing
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from placements.breaches.workers_found import WorkerFound
from placements.workers.forms import WorkerFields
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
    def found(data: dict) -> WorkerFound:
        """The worker in post, out of the form's answers."""
        return WorkerFound(**{name: data[name] for name in WorkerFound.__dataclass_fields__ if name in data})


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
