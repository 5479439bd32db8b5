"""Forms about candidates: an officer's, and the supplier's own."""

from django import forms

from govuk.fields import DateField, RateField, Revealing
from govuk.forms import GovukForm, happened, pick, radios, text_area, text_line
from recruitment.models import Agency, JobType, Release, Stage, SupplyMode

NUMBER_HINT = "Social Work England’s number, two letters and digits. For example, SW12345"


def _number_field(label: str = "Registration number", **kwargs):
    return text_line(label=label, help_text=NUMBER_HINT, width="10", max_length=20, **kwargs)


class CandidateForm(GovukForm):
    submit = "Record the candidate"
    layout = (
        "candidate",
        "registration_number",
        Revealing("supply_mode", brokered=["supplying_agency"]),
        "pay_rate",
        "charge_rate",
        "available_from",
        "note",
        "happened_at",
        "late_reason",
    )
    candidate = text_line(
        label="The agency’s reference for the candidate",
        required_message="Enter the agency’s reference for the candidate",
        help_text="Its own reference or initials. Not the name.",
        width="20",
        max_length=50,
    )
    registration_number = _number_field("Registration number, if you know it", required=False)
    supply_mode = radios(SupplyMode.choices, label="Whose worker is it?", required_message="Say whose worker it is")
    supplying_agency = pick(
        Agency.objects.filter(is_active=True),
        label="The other agency, if it is another agency’s worker",
        required_message="Choose the agency",
        required=False,
    )
    pay_rate = RateField(label="Pay rate", help_text="What the worker would be paid")
    charge_rate = RateField(label="Charge rate", help_text="What the council would pay, excluding VAT")
    available_from = DateField(label="Available from", noun="First day they are available", required=False)
    note = text_area(label="Note", required=False, help_text="Do not name a child or family.")
    happened_at, late_reason = happened("When did it put the candidate forward?")


class StepForm(GovukForm):
    """What became of a candidate; `stages` are those that may follow."""

    submit = "Record this"
    stage = radios([], label="What happened?", required_message="Choose what happened")
    reason = text_area(
        label="Why?",
        required=False,
        help_text="Needed when a candidate is turned down, withdraws or is looked at again. Do not name a child or family.",
    )
    registration_number = _number_field("Registration number, if the candidate has accepted", required=False)
    happened_at, late_reason = happened("When did it happen?")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, stages, has_number: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("stage", [(one, STEP_WORDS[one]) for one in stages])
        if has_number or not {Stage.OFFERED, Stage.ACCEPTED} & set(stages):
            del self.fields["registration_number"]
            self.helper.layout.fields.remove("registration_number")


STEP_WORDS = {
    Stage.SHORTLISTED: "We shortlisted the candidate",
    Stage.INTERVIEWED: "We interviewed the candidate",
    Stage.OFFERED: "We offered the work",
    Stage.ACCEPTED: "The candidate accepted",
    Stage.TURNED_DOWN: "We turned the candidate down",
    Stage.WITHDRAWN: "The candidate or the agency withdrew",
    Stage.RECONSIDERED: "We look at the candidate again",
}


class NumberForm(GovukForm):
    submit = "Save"
    registration_number = _number_field(required_message="Enter the registration number")


class OrderChoice(forms.ModelChoiceField):
    def label_from_instance(self, release: Release) -> str:
        return f"{release.reference}: {release.vacancy.team}, from {release.starts_on:%-d %B %Y}"


class ElsewhereForm(GovukForm):
    submit = "Offer for this post"
    release = OrderChoice(
        queryset=Release.objects.none(),
        label="For which post?",
        empty_label="Choose an order",
        error_messages={"required": "Choose the post"},
    )
    happened_at, late_reason = happened("When was it offered?")

    def __init__(self, *args, orders, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("release", orders)


class ApproachForm(GovukForm):
    submit = "Log the approach"
    agency = pick(
        Agency.objects.filter(is_active=True), label="Which agency?", required_message="Choose which agency it was"
    )
    job_type = radios(JobType.choices, label="For which role?", required_message="Choose the role")
    candidate = text_line(label="The agency’s reference, if it gave one", required=False, width="20", max_length=50)
    note = text_area(
        label="What did it say?", required_message="Say what the agency offered", help_text="Do not name anybody."
    )
    happened_at, late_reason = happened("When did it approach you?")


class OwnCandidateForm(GovukForm):
    """What a supplier says itself, through its link."""

    submit = "Put the candidate forward"
    layout = (
        "candidate",
        "registration_number",
        Revealing("supply_mode", brokered=["brokered_from"]),
        "pay_rate",
        "charge_rate",
        "available_from",
        "note",
        "said_by",
    )
    candidate = text_line(
        label="Your reference for the candidate",
        required_message="Enter your reference for the candidate",
        help_text="Your own reference or initials. Do not give the name.",
        width="20",
        max_length=50,
    )
    registration_number = _number_field("Registration number, if you may give it", required=False)
    supply_mode = radios(
        [(SupplyMode.DIRECT, "Your own worker"), (SupplyMode.BROKERED, "Another agency’s worker, through you")],
        label="Whose worker is it?",
        required_message="Say whose worker it is",
    )
    brokered_from = text_line(
        label="The other agency, if it is another agency’s worker", required=False, max_length=100
    )
    pay_rate = RateField(label="Pay rate", help_text="What the worker would be paid")
    charge_rate = RateField(label="Charge rate", help_text="What the council would pay, excluding VAT")
    available_from = DateField(
        label="Available from", noun="First day they are available", help_text="For example, 27 3 2026"
    )
    note = text_area(label="Anything else (optional)", required=False, help_text="Do not name a child or family.")
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)
