"""Forms of a staffing request."""

from django import forms

from council.models import Council, Team
from govuk.fields import DateField, NumberField, RateField, Revealing
from govuk.forms import GovukForm, happened, radios, text_area, text_line
from recruitment.models import JobType, Kind, Pattern, RecruitmentState, Urgency
from recruitment.permissions import in_reach


class TeamChoice(forms.ModelChoiceField):
    def label_from_instance(self, team: Team) -> str:
        return f"{team.service}: {team}"


class TermsForm(GovukForm):
    """What a supplier is asked for, which a later change asks again."""

    job_type = radios(JobType.choices, label="Role", required_message="Choose the role")
    hours_per_week = NumberField(label="Hours per week", decimal_places=2, max_digits=4, max_value=48)
    pattern = radios(
        Pattern.choices, label="Working pattern", required_message="Choose the working pattern", inline=True
    )
    base = text_line(
        label="Base", required_message="Enter the base", help_text="The office the worker works from", max_length=100
    )
    max_charge_rate = RateField(
        label="Maximum charge rate", help_text="The most the council pays an agency, excluding VAT. For example, 41.50"
    )


class RequestForm(TermsForm):
    submit = "Ask for this"
    team = TeamChoice(
        queryset=Team.objects.none(),
        label="Team",
        empty_label="Choose a team",
        error_messages={"required": "Choose the team"},
    )
    posts = forms.IntegerField(
        label="How many posts like this?",
        min_value=1,
        max_value=20,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
        help_text="Each becomes a request of its own.",
        error_messages={
            "required": "Enter how many posts, 1 to 20",
            "invalid": "How many posts must be a whole number, like 2",
            "min_value": "Ask for 1 post or more",
            "max_value": "Ask for 20 posts or fewer at once",
        },
    )
    kind = radios(Kind.choices, label="What is the need?", required_message="Choose what the need is")
    funded_by = text_line(
        label="Who funds the post above structure?", required=False, help_text="For example, a named grant"
    )
    funded_until = DateField(label="Funded until", required=False, help_text="For example, 31 3 2027")
    needed_from = DateField(label="Needed from", noun="Day it is needed from", help_text="For example, 27 3 2026")
    expected_weeks = forms.IntegerField(
        label="Expected length in weeks",
        min_value=1,
        max_value=260,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "required": "Enter the expected length in weeks",
            "invalid": "Expected length in weeks must be a whole number, like 13",
            "min_value": "Expected length must be 1 week or more",
            "max_value": "Expected length must be 260 weeks or fewer",
        },
    )
    urgency = radios(
        Urgency.choices, label="How urgent is it?", required_message="Choose how urgent it is", inline=True
    )
    reason = text_area(
        label="Why is this worker needed?",
        required_message="Say why this worker is needed",
        help_text="Do not name a child or family.",
    )

    def __init__(self, *args, user, **kwargs):
        reveal = Revealing("kind", above_structure=["funded_by", "funded_until"])
        terms = ("job_type", "hours_per_week", "pattern", "base", "max_charge_rate")
        self.layout = ("team", "posts", reveal, *terms, "needed_from", "expected_weeks", "urgency", "reason")
        super().__init__(*args, **kwargs)
        reachable = [t.pk for t in Team.objects.filter(is_active=True) if in_reach(user, t.service_id, None, "request")]
        self.offer("team", Team.objects.filter(pk__in=reachable).select_related("service"))
        hours = Council.current().full_time_hours
        self.fields["hours_per_week"].help_text = f"Full time is {hours.normalize():f}"

    def clean(self):
        data = super().clean()
        if data.get("kind") == Kind.ABOVE_STRUCTURE:
            if not data.get("funded_by"):
                self.add_error("funded_by", "Say who funds a post above structure")
            if not data.get("funded_until") and "funded_until" not in self.errors:
                self.add_error("funded_until", "Enter until when a post above structure is funded")
        return data


class ChangeTermsForm(TermsForm):
    submit = "Change the terms"
    reason = text_area(label="Why do the terms change?", required_message="Say why the terms change")
    version = forms.IntegerField(widget=forms.HiddenInput)


DECISIONS = [("agreed", "Agree"), ("deferred", "Hold"), ("turned_down", "Turn down")]


class DecisionForm(GovukForm):
    submit = "Record the decision"
    decision = radios(
        DECISIONS,
        label="Decision",
        required_message="Choose a decision",
    )
    urgency = radios(
        Urgency.choices, label="How urgent is it?", required_message="Choose how urgent it is", inline=True
    )
    reason = text_area(label="Reason", required_message="Give a reason for the decision")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, without: tuple[str, ...] = (), **kwargs):
        """`without` names decisions that cannot be taken of this request."""
        super().__init__(*args, **kwargs)
        choices = [choice for choice in self.choices_of("decision") if choice[0] not in without]
        self.offer("decision", choices)


class UrgencyForm(GovukForm):
    submit = "Change the urgency"
    urgency = radios(
        Urgency.choices, label="How urgent is it?", required_message="Choose how urgent it is", inline=True
    )
    reason = text_area(label="Why?", required_message="Say why")
    version = forms.IntegerField(widget=forms.HiddenInput)


class DirectRecruitmentForm(GovukForm):
    submit = "Record this"
    state = radios(
        RecruitmentState.choices,
        label="Where does permanent recruitment stand?",
        required_message="Choose where permanent recruitment stands",
    )
    advertised_on = DateField(label="Date of the advert", required=False, help_text="For example, 27 3 2026")
    advert_reference = text_line(label="Reference of the advert", required=False, width="20", max_length=100)
    note = text_area(
        label="Reason",
        required=False,
        help_text="Needed where the campaign was unsuccessful or recruiting is not suitable.",
    )
    layout = (Revealing("state", advertised=["advertised_on", "advert_reference"]), "note")


class ReasonForm(GovukForm):
    """One question: why? With `when`, also the time of an event that may be entered later."""

    reason = text_area(label="Reason", required_message="Say why")
    happened_at, late_reason = happened("")

    def __init__(
        self, *args, submit: str = "Continue", label: str = "Reason", hint: str = "", when: str = "", **kwargs
    ):
        self.submit = submit
        super().__init__(*args, **kwargs)
        if when:
            self.fields["happened_at"].label = when
        else:
            del self.fields["happened_at"], self.fields["late_reason"]
            self.helper.layout.fields = list(self.fields)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint
