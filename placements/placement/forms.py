"""Forms about one placement, from its booking to its end."""

from datetime import date, timedelta

from django import forms

from council.models import Team
from govuk.fields import DateField, MoneyField, NumberField, RateField
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from placements.models import EndReason, Placement
from placements.placement.commitments import rates_in_force
from placements.workers.forms import WorkerFields
from recruitment.models import Contract, Pattern, RecruitmentState, Release
from recruitment.rules.charge import end_of


def last_day(release: Release) -> date:
    """The last day worked within the weeks a supplier was asked for."""
    day = end_of(release.starts_on, release.weeks)
    while release.pattern == Pattern.WEEKDAYS and day.weekday() > 4:
        day -= timedelta(1)
    return day


def rating_field() -> forms.ChoiceField:
    return radios(
        [("4", "4: very good"), ("3", "3: good"), ("2", "2: not good enough"), ("1", "1: poor")],
        label="How good was the work?",
        required_message="Choose a rating",
    )


class BookingForm(WorkerFields, GovukForm):
    submit = "Continue"
    starts_on = DateField(label="Start", noun="Start date", help_text="For example, 27 3 2026")
    ends_on = DateField(label="End", noun="End date", help_text="The last day")
    hours_per_week = NumberField(label="Hours per week", decimal_places=2, max_digits=4, max_value=48)
    pattern = radios(
        Pattern.choices, label="Working pattern", required_message="Choose the working pattern", inline=True
    )
    pay_rate = RateField(label="Pay rate", help_text="What the worker is paid")
    charge_rate = RateField(label="Charge rate", help_text="What the council pays, excluding VAT")
    handover_until = DateField(
        label="Handover until, if the worker who leaves is still there",
        noun="Handover until",
        required=False,
        help_text="At most ten working days. The overlap does not count towards the hours asked for.",
    )
    handover_reason = text_line(label="Why is there a handover?", required=False)

    @staticmethod
    def initial_for(release: Release) -> dict:
        return {
            "starts_on": release.starts_on,
            "ends_on": last_day(release),
            "hours_per_week": release.hours_per_week.normalize(),
            "pattern": release.pattern,
        }


class ExtendForm(GovukForm):
    ends_on = DateField(label="New end", help_text="The last day")
    reason = text_area(
        label="Why is it extended?",
        required_message="Say why it is extended",
        help_text="Do not name a child or family.",
    )
    recruitment_state = radios(
        RecruitmentState.choices,
        label="Where does permanent recruitment stand?",
        required_message="Choose where permanent recruitment stands",
    )
    rechecked_on = DateField(
        label="Day on which the first supplier was asked again",
        noun="The day",
        required=False,
        help_text="Needed for a worker who is not from the first supplier.",
    )
    recheck_note = text_area(label="What did it say?", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, recheck: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not recheck:
            del self.fields["rechecked_on"], self.fields["recheck_note"]
            self.helper.layout.fields = list(self.fields)


class EndForm(GovukForm):
    ended_on = DateField(label="Last day worked")
    reason = radios(EndReason.choices, label="Why does it end?", required_message="Choose why it ends")
    notice_given_on = DateField(label="Notice given on", noun="Day notice was given")
    notice_waived = forms.BooleanField(label="The agency waives the notice", required=False)
    rating = rating_field()
    eligible_again = radios(
        [("yes", "Yes"), ("no", "No")],
        label="May this worker come again?",
        required_message="Choose yes or no",
        inline=True,
    )
    note = text_area(label="Note", required=False, help_text="Do not name a child or family.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_rating(self):
        return int(self.cleaned_data["rating"])

    def clean_eligible_again(self):
        return self.cleaned_data["eligible_again"] == "yes"


LAST_DAY = "The last day"


class ChecksForm(GovukForm):
    submit = "Record the checks"
    registration_checked_on = DateField(
        label="Registration confirmed on", noun="Day registration was confirmed", required=False
    )
    dbs_checked_on = DateField(
        label="Enhanced DBS check confirmed on",
        noun="Day the DBS check was confirmed",
        required=False,
        help_text="The date only, never what it says.",
    )
    right_to_work_checked_on = DateField(
        label="Right to work confirmed on", noun="Day right to work was confirmed", required=False
    )
    references_checked_on = DateField(
        label="Two references confirmed on", noun="Day the references were confirmed", required=False
    )


class StartForm(ChecksForm):
    submit = "Confirm the start"


class ReplaceForm(WorkerFields, GovukForm):
    submit = "Book the replacement"
    reason = text_area(
        label="Why is the worker replaced?",
        required_message="Say why the worker is replaced",
        help_text="Do not name a child or family.",
    )
    starts_on = DateField(label="Start", noun="Start date")
    ends_on = DateField(label="End", noun="End date", help_text=LAST_DAY)
    pay_rate = RateField(label="Pay rate", help_text="What the worker is paid")
    charge_rate = RateField(label="Charge rate", help_text="What the council pays, excluding VAT")


class MoveForm(GovukForm):
    submit = "Move the worker"
    team = pick(Team.objects.none(), label="New team", required_message="Choose the team")
    starts_on = DateField(label="From", noun="First day")
    reason = text_area(label="Why?", required_message="Say why the worker moves")

    def __init__(self, *args, placement: Placement, **kwargs):
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(service=placement.vacancy.team.service_id, is_active=True)
        self.offer("team", teams.order_by("name"))


class RateForm(GovukForm):
    starts_on = DateField(label="From", noun="First day", help_text="The first day at the new rates")
    pay_rate = RateField(label="New pay rate", help_text="What the worker is paid")
    charge_rate = RateField(label="New charge rate", help_text="What the council pays, excluding VAT")
    reason = text_area(label="Why do the rates change?", required_message="Say why the rates change")
    version = forms.IntegerField(widget=forms.HiddenInput)


class TransferForm(GovukForm):
    starts_on = DateField(label="First day through the new agency or contract", noun="First day")
    ends_on = DateField(label="End", noun="End date", help_text=LAST_DAY)
    pay_rate = RateField(label="Pay rate", help_text="What the worker is paid")
    charge_rate = RateField(label="Charge rate", help_text="What the council pays, excluding VAT")
    reason = text_area(label="Why is the worker transferred?", required_message="Say why the worker is transferred")


class ConvertForm(GovukForm):
    starts_on = DateField(label="First day as a permanent member of staff", noun="First day")
    fee = MoneyField(label="Transfer fee", min_value=0, help_text="Excluding VAT. Enter 0 for none.")
    rating = rating_field()

    def clean_rating(self):
        return int(self.cleaned_data["rating"])


class ConcernForm(GovukForm):
    submit = "Record the concern"
    concern = text_area(
        label="What is the concern?",
        required_message="Say what the concern is",
        help_text="Do not name a child or family.",
    )
    agency_told_on = DateField(label="Agency told on", noun="Day the agency was told")
    referral_on = DateField(
        label="Referred to Social Work England on",
        noun="Day of the referral",
        required=False,
        help_text="Leave empty if no referral was made.",
    )


class CarryOverForm(GovukForm):
    """`placements` are those that would go on; each gets a pair of rates once the contract and the day are chosen."""

    new = forms.ModelChoiceField(
        queryset=Contract.objects.none(),
        label="Next contract",
        empty_label="Choose",
        error_messages={"required": "Choose the next contract"},
    )
    on = DateField(label="From", noun="First day", help_text="The first day under the next contract")

    def __init__(self, *args, contracts, placements=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("new", contracts)
        self.placements = list(placements)
        for one in self.placements:
            last = rates_in_force(one)
            who = f"{one.worker}, {one.vacancy.team}"
            self.fields[f"pay_{one.pk}"] = RateField(label=f"{who}: pay rate", initial=last.pay_rate)
            self.fields[f"charge_{one.pk}"] = RateField(
                label=f"{who}: charge rate", initial=last.charge_rate, help_text="Excluding VAT."
            )
            self.fields[f"ends_{one.pk}"] = DateField(
                label=f"{who}: end", noun=f"End for {one.worker}", help_text="The last day"
            )
        self.helper.layout.fields = list(self.fields)


class ExtensionDecisionForm(GovukForm):
    submit = "Record the decision"
    decision = radios(
        [("approved", "Approve"), ("turned_down", "Turn down")],
        label="Decision",
        required_message="Choose a decision",
    )
    reason = text_area(label="Reason", required_message="Give a reason for the decision")


class RecordEndForm(GovukForm):
    submit = "Record the end"
    reason = radios(EndReason.choices, label="Why did it end?", required_message="Choose why it ended")
    rating = rating_field()
    eligible_again = radios(
        [("yes", "Yes"), ("no", "No")],
        label="May this worker come again?",
        required_message="Choose yes or no",
        inline=True,
    )
    note = text_area(label="Note", required=False, help_text="Do not name a child or family.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_rating(self):
        return int(self.cleaned_data["rating"])

    def clean_eligible_again(self):
        return self.cleaned_data["eligible_again"] == "yes"
