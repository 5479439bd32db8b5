"""The form of a permanent start."""

from govuk.fields import DateField, MoneyField
from govuk.forms import GovukForm, radios, text_line
from placements.workers.forms import REGISTRATION_HINT, check_worker
from recruitment.rules.registration import tidy_registration


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
