"""Which worker it is: found by the registration number, or new."""

from django import forms

from govuk.forms import text_line
from placements.models import Worker
from recruitment.rules.registration import is_registration, tidy_registration

REGISTRATION_HINT = "Social Work England’s number, two letters and digits. For example, SW12345"


def known_worker(number: str) -> Worker | None:
    return Worker.objects.filter(registration_number=tidy_registration(number)).first()


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
