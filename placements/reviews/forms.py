"""Forms about quality reviews."""

from django import forms

from govuk.fields import DateField
from govuk.forms import GovukForm, text_area, text_line
from placements.reviews.actions import ToDo

RATINGS = [(4, "4: very good"), (3, "3: good"), (2, "2: needs improvement"), (1, "1: not good enough")]
MOST_ACTIONS = 3


class ReviewForm(GovukForm):
    submit = "Record the review"
    held_on = DateField(label="When was the review held?", noun="The day of the review")
    rating = forms.TypedChoiceField(
        choices=RATINGS,
        coerce=int,
        label="How good is the work?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a rating"},
    )
    findings = text_area(
        label="What was found?", required_message="Say what was found", help_text="Do not name a child or family."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(1, MOST_ACTIONS + 1):
            of = f"Action {n}"
            self.fields[f"what_{n}"] = text_line(
                label=f"{of}: what is to be done, if anything", required=False, max_length=500
            )
            self.fields[f"owner_{n}"] = text_line(label=f"{of}: by whom", required=False, max_length=100, width="20")
            self.fields[f"due_{n}"] = DateField(label=f"{of}: until when", noun=f"{of}’s date", required=False)
        self.helper.layout.fields = list(self.fields)

    def clean(self):
        data = super().clean()
        to_do = []
        for n in range(1, MOST_ACTIONS + 1):
            what, owner, due = (data.get(f"{name}_{n}") for name in ("what", "owner", "due"))
            if not (what or owner or due):
                continue
            for name, value, sentence in (
                ("what", what, "Say what is to be done"),
                ("owner", owner, "Say who does it"),
                ("due", due, "Say until when"),
            ):
                if not value and f"{name}_{n}" not in self.errors:
                    self.add_error(f"{name}_{n}", f"{sentence}, or leave action {n} empty")
            if what and owner and due:
                to_do.append(ToDo(what, owner, due))
        data["to_do"] = to_do
        return data


class ActionDoneForm(GovukForm):
    submit = "Record that it is done"
    done_on = DateField(label="When was it done?", noun="The day it was done")
    note = text_area(
        label="What was done?", required_message="Say what was done", help_text="Do not name a child or family."
    )


class OverseeForm(GovukForm):
    submit = "Record that you have read it"
    note = text_area(label="Your note, if you have one", required=False, help_text="Do not name a child or family.")
