"""Forms of an emergency."""

from council.models import Team
from govuk.fields import DateField, MomentField
from govuk.forms import GovukForm, happened, radios, text_area, text_line
from recruitment.models import Contract, Kind
from recruitment.orders.forms import ContractChoice
from recruitment.requests.forms import TeamChoice, TermsForm


class EmergencyForm(TermsForm):
    submit = "Log the call"
    layout = (
        "team",
        "kind",
        "job_type",
        "hours_per_week",
        "pattern",
        "base",
        "max_charge_rate",
        "starts_on",
        "why",
        "contract",
        "line",
        "spoke_to",
        "happened_at",
        "late_reason",
    )
    team = TeamChoice(
        queryset=Team.objects.filter(is_active=True).select_related("service"),
        label="Team",
        empty_label="Choose a team",
        error_messages={"required": "Choose the team"},
    )
    kind = radios(
        [(Kind.VACANT_POST, Kind.VACANT_POST.label), (Kind.COVER, Kind.COVER.label)],
        label="What is the need?",
        required_message="Choose what the need is",
    )
    starts_on = DateField(label="Needed from", noun="Day it is needed from", help_text="For example, 27 3 2026")
    why = text_area(
        label="Why can it not wait for the next working day?",
        required_message="Say why it cannot wait",
        help_text="Do not name a child or family.",
    )
    contract = ContractChoice(
        queryset=Contract.objects.none(),
        label="Whom did you call?",
        empty_label=None,
        error_messages={"required": "Choose whom you called"},
    )
    line = text_line(
        label="Out-of-hours line", required_message="Enter which line you called", width="20", max_length=100
    )
    spoke_to = text_line(label="Who answered?", required_message="Enter who answered the call", max_length=100)
    happened_at, late_reason = happened("When did you call?", now="you are calling now")

    def __init__(self, *args, contracts, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("contract", contracts)


class AuthorityForm(GovukForm):
    submit = "Record the authority"
    given_by = radios(
        [],
        label="Who gave it?",
        required_message="Choose the Strategic Director who gave the authority",
        help_text="They are told by e-mail that you recorded it.",
    )
    words = text_area(label="What does the authority say?", required_message="Enter what the authority says")
    happened_at = MomentField(
        label="When was it given?", noun="The time", required=False, help_text="Leave empty if it is given now."
    )

    def __init__(self, *args, holders, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("given_by", [(one.name, one.name) for one in holders])


class AuthorityWordForm(GovukForm):
    submit = "Send"
    is_given = radios(
        [("yes", "Yes, I gave it"), ("no", "No, I did not")],
        label="Did you give this authority?",
        required_message="Say whether you gave it",
    )
    note = text_area(label="What is wrong with it, if you did not?", required=False)


class ConfirmEmergencyForm(GovukForm):
    submit = "Record the decision"
    decision = radios(
        [("confirmed", "Confirm: it could not wait"), ("not_confirmed", "Do not confirm")],
        label="Decision",
        required_message="Choose a decision",
    )
    reason = text_area(label="Reason", required_message="Give a reason for the decision")

    def __init__(self, *args, may_confirm: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_confirm:
            self.offer("decision", self.choices_of("decision")[1:])
