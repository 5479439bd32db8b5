"""Forms about exemptions: asking, commenting, deciding, ending, and legal's grounds."""

from typing import Any

from django import forms

from govuk.fields import DateField, MoneyField
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from recruitment.exemptions.asking import MOST_REQUESTS, ExemptionAsked
from recruitment.models import Agency, ExemptionDecision, ExemptionReason, Vacancy

NO_CHILD = "Do not name a child or family."


class RequestsField(forms.ModelMultipleChoiceField):
    """Staffing requests as boxes to tick; each says on what an exemption for it would rest."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(queryset=Vacancy.objects.none(), **kwargs)
        self.words: dict[int, str] = {}

    def label_from_instance(self, vacancy: Vacancy) -> str:
        what = f"{vacancy.reference}: {vacancy.get_job_type_display().lower()}, {vacancy.team}"
        return f"{what}. {self.words.get(vacancy.pk, '')}".strip()


class ExemptionForm(GovukForm):
    """`choices` are the requests one may be asked for, with what each rests on."""

    submit = "Ask for the exemption"
    vacancies = RequestsField(
        label="For which requests?",
        help_text=f"At most one worker for each, and at most {MOST_REQUESTS} requests.",
        error_messages={"required": "Choose at least one request"},
    )
    group_name = text_line(
        label="Name of the group, if there are several",
        required=False,
        max_length=100,
        help_text="For example, Duty team, winter",
    )
    agency = pick(
        Agency.objects.filter(is_active=True),
        label="Agency",
        required_message="Choose the agency",
        help_text="One that has no contract in the order of sourcing.",
    )
    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose"), *ExemptionReason.choices],
        error_messages={"required": "Choose the reason"},
    )
    justification = text_area(
        label="Why is an exemption needed?", required_message="Say why an exemption is needed", help_text=NO_CHILD
    )
    no_proof_reason = text_area(
        label="If a request has no proof: why was the first supplier not asked, or not waited for?",
        required=False,
        help_text="Leave empty where every request has its proof.",
    )
    why_no_competition = text_area(
        label="Why is there no competition?", required_message="Say why there is no competition"
    )
    risk_if_refused = text_area(
        label="What happens if it is turned down?",
        required_message="Say what happens if it is turned down",
        help_text=NO_CHILD,
    )
    return_plan = text_area(
        label="How and when do you return to the order of sourcing?",
        required_message="Say how and when you return to the order of sourcing",
    )
    starts_on = DateField(label="From", noun="First day", help_text="Today or later: it is approved before it starts.")
    ends_on = DateField(label="Until", noun="Last day", help_text="The last day on which a worker may be in post.")
    value = MoneyField(label="Value excluding VAT")
    value_with_vat = MoneyField(
        label="Value including VAT, if VAT is not at 20%", required=False, help_text="Leave it empty for 20% on top."
    )
    vat_differs = text_area(
        label="If VAT is not at 20%: why?",
        required=False,
        help_text="For example, the agency’s supply is exempt from VAT.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, choices: dict[int, str], fixed_agency: Agency | None = None, submit: str = "", **kwargs):
        if submit:
            self.submit = submit
        super().__init__(*args, **kwargs)
        field: Any = self.fields["vacancies"]
        field.words = choices
        if not choices:
            field.help_text = (
                "None now. A request is offered here once its direct recruitment is recorded, while nobody is asked or secured for it "
                "and no other exemption waits or holds for it."
            )
        field.queryset = Vacancy.objects.filter(pk__in=choices).select_related("team").order_by("pk")
        if fixed_agency:
            self.offer("agency", Agency.objects.filter(pk=fixed_agency.pk))

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The end is before the start. Check both dates")
        return data

    def asked(self, data: dict) -> ExemptionAsked:
        """What the action wants."""
        names = [name for name in self.fields if name not in ("version", "once", "vacancies")]
        return ExemptionAsked(vacancies=list(data["vacancies"]), **{name: data[name] for name in names})


class CommentForm(GovukForm):
    submit = "Give the comment"
    supports = radios(
        [("yes", "Yes"), ("no", "No")],
        label="Do you support it?",
        required_message="Say whether you support it",
        inline=True,
    )
    text = text_area(label="Your comment", required_message="Enter your comment", help_text=NO_CHILD)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_supports(self):
        return self.cleaned_data["supports"] == "yes"


class ExemptionDecisionForm(GovukForm):
    submit = "Record the decision"
    decision = radios(
        [
            (ExemptionDecision.Decision.APPROVED, "Approve"),
            (ExemptionDecision.Decision.RETURNED, "Return for more"),
            (ExemptionDecision.Decision.TURNED_DOWN, "Turn down"),
        ],
        label="What do you decide?",
        required_message="Choose what you decide",
    )
    reason = text_area(label="Reason", required_message="Give a reason for the decision", help_text=NO_CHILD)
    conditions = text_area(label="Conditions, if you approve with any", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class EndExemptionForm(GovukForm):
    submit = "End the exemption"
    ended_on = DateField(label="Its new last day", noun="New last day")
    reason = text_area(label="Why does it end early?", required_message="Say why it ends early")
    version = forms.IntegerField(widget=forms.HiddenInput)


class TakeBackForm(GovukForm):
    submit = "Take the exemption back"
    reason = text_area(label="Why is it taken back?", required_message="Say why it is taken back")
    version = forms.IntegerField(widget=forms.HiddenInput)


class GroundForm(GovukForm):
    submit = "Record the ground"
    agency = pick(Agency.objects.filter(is_active=True), label="Agency", required_message="Choose the agency")
    ground = text_area(
        label="Statutory ground",
        required_message="Enter the ground and the regulation or section it comes from",
        help_text="With the regulation or section it comes from.",
    )
    limit = MoneyField(label="Limit including VAT", help_text="What the agency’s exemptions may add up to.")
    dated_on = DateField(label="Date of the advice", noun="Date of the advice")
