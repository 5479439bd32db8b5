"""The list of recorded answers that wait for a second person."""

from django import forms

from council.known import known
from council.models import Sending
from council.wording import by_when
from govuk.forms import GovukForm, happened, text_area
from recruitment.models import Release


class AnswersField(forms.ModelMultipleChoiceField):
    """Each as it was recorded, by whom, and what the supplier is said to have said."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, release: Release) -> str:
        recorded_by, when, said = release.answered_by, release.answer_recorded_at, release.get_reason_display()
        if release.fell_through_at:
            recorded_by, when, said = (
                release.fell_through_by,
                release.fell_through_recorded_at,
                release.fell_through_reason,
            )
        words = f"{release.reference}: {release.contract.agency}, {release.vacancy.team}. {said.rstrip('.')}."
        if release.declined_on:
            words += f" {release.declined_sender}: {release.declined_text}"
        return f"{words} Recorded by {recorded_by}, {by_when(known(when))}"


class ConfirmForm(GovukForm):
    submit = "Confirm these answers"
    answers = AnswersField(
        queryset=Release.objects.none(),
        label="Which answers have you looked at?",
        help_text="You are told by e-mail which answers your name stands under.",
        error_messages={"required": "Choose the answers that you have looked at"},
    )
    note = text_area(
        label="What did you look at?",
        required_message="Say what you looked at",
        help_text="For example: the supplier’s e-mail, or whom you spoke to.",
    )

    def __init__(self, *args, answers, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("answers", answers)


class SendingField(forms.ModelChoiceField):
    def label_from_instance(self, sending: Sending) -> str:
        return f"{sending.message.title}, to {sending.address}, {by_when(sending.accepted_at)}"


class ReturnedForm(GovukForm):
    submit = "Record that it came back"
    sending = SendingField(
        queryset=Sending.objects.none(),
        label="Which mail came back?",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the mail that came back"},
    )
    words = text_area(
        label="What does the notice say?",
        required_message="Enter what the notice says",
        help_text="For example: user unknown.",
    )
    happened_at, late_reason = happened("When did it come back?")

    def __init__(self, *args, sendings, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("sending", sendings)
