"""Forms of a placement's life, and of a permanent start."""

from datetime import date, timedelta

from django import forms

from govuk.fields import DateField, MoneyField, NumberField, RateField
from govuk.forms import GovukForm, radios, text_area, text_line
from placements.models import EndReason, Worker
from recruitment.models import Pattern, RecruitmentState, Release
from recruitment.rules.charge import end_of
from recruitment.rules.registration import is_registration, tidy_registration

REGISTRATION_HINT = "Social Work England’s number, two letters and digits. For example, SW12345"


def known_worker(number: str) -> Worker | None:
    return Worker.objects.filter(registration_number=tidy_registration(number)).first()


def last_day(release: Release) -> date:
    """The last day worked within the weeks a supplier was asked for."""
    day = end_of(release.starts_on, release.weeks)
    while release.pattern == Pattern.WEEKDAYS and day.weekday() > 4:
        day -= timedelta(1)
    return day


class WorkerFields(forms.Form):
    registration_number = text_line(
        label="Registration number",
        required_message="Enter the registration number",
        help_text=REGISTRATION_HINT,
        width="10",
        max_length=20,
    )
    worker_name = text_line(
        label="Worker’s name",
        required=False,
        max_length=100,
        help_text="Leave empty for a worker who has been here before.",
    )

    def clean(self):
        data = super().clean() or {}
        check_worker(self, data)
        return data


def check_worker(form: forms.Form, data: dict) -> None:
    """A number has its shape; a known one keeps its name, and a new one brings a name."""
    number = tidy_registration(data.get("registration_number") or "")
    if number and not is_registration(number):
        form.add_error("registration_number", "Registration number must be two letters and digits, like SW12345")
    elif number:
        known = known_worker(number)
        given = " ".join((data.get("worker_name") or "").split())
        if known is None and not given:
            form.add_error("worker_name", "Enter the worker’s name: nobody with this number is recorded yet")
        elif known and given and given.casefold() != known.folded_name:
            form.add_error(
                "worker_name",
                f"{number} belongs to {known.name}. Check the number, or leave the name empty if it is the same person.",
            )
        data["worker_name"] = known.name if known else given


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


class HireForm(GovukForm):
    """`releases`: secured orders to contracts that find permanent staff."""

    submit = "Record the permanent start"
    through = radios([], label="Who found the person?", required_message="Choose who found the person")
    starts_on = DateField(label="Start", noun="Start date")
    fee = MoneyField(
        label="Fee, if a contract found the person", required=False, min_value=0, help_text="Excluding VAT."
    )
    registration_number = text_line(
        label="Registration number",
        required=False,
        help_text=REGISTRATION_HINT + ". Leave empty if you do not know it.",
        width="10",
    )
    worker_name = text_line(label="Name", required=False, max_length=100, help_text="Only with a registration number.")

    def __init__(self, *args, releases, **kwargs):
        super().__init__(*args, **kwargs)
        self.releases = {str(release.pk): release for release in releases}
        found = [(key, f"{r.contract.agency} ({r.reference})") for key, r in self.releases.items()]
        self.offer("through", [("council", "The council itself"), *found])
        if not found:
            del self.fields["fee"]
            self.helper.layout.fields.remove("fee")
        if len(found) == 0:
            self.initial.setdefault("through", "council")

    def clean(self):
        data = super().clean()
        data["release"] = self.releases.get(data.pop("through", ""))
        data["fee"] = data.get("fee") or 0
        check_worker(self, data)
        if data.get("worker_name") and not tidy_registration(data.get("registration_number") or ""):
            self.add_error("registration_number", "Enter the registration number, or leave the name empty")
        return data
