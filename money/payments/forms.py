"""Forms of the payments import, and of putting a payment on contracts."""

from decimal import Decimal

from django import forms

from govuk.fields import MoneyField
from govuk.forms import GovukForm, radios, text_line
from money.rules.columns import REQUIRED
from placements.models import Payment, PaymentSource
from recruitment.models import Contract

ASK = {
    "date": "Which column is the payment date?",
    "supplier": "Which column names the supplier?",
    "amount": "Which column is the amount?",
}
ASK_OPTIONAL = {
    "reference": "Reference",
    "department": "Department or service",
    "cost_centre": "Cost centre",
    "description": "Description",
    "order_number": "Order number",
}


class UploadForm(GovukForm):
    submit = "Read the file"
    file = forms.FileField(
        label="Payments file",
        help_text="CSV or XLSX, up to 50 MB, as the finance system exports it",
        error_messages={
            "required": "Choose a payments file",
            "empty": "The file is empty. Export it again, then choose it here.",
        },
    )
    source = text_line(
        label="Finance system",
        required_message="Name the finance system",
        help_text="The same name each time, so that what you say of its columns is remembered",
        width="20",
        max_length=60,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = list(PaymentSource.objects.order_by("name").values_list("name", flat=True))
        if names:
            self.fields["source"].help_text += f". Used before: {', '.join(names)}"


class ColumnsForm(GovukForm):
    """Asks for the columns in doubt, and lets any other be corrected."""

    submit = "Use these columns"

    def __init__(self, *args, headers: list[str], doubts: dict, columns: dict, **kwargs):
        super().__init__(*args, **kwargs)
        for role in REQUIRED:
            places = doubts.get(role) or range(len(headers))
            choices = [(str(at), headers[at]) for at in places]
            if role in doubts:
                self.fields[role] = radios(choices, label=ASK[role], required_message="Choose a column")
            else:
                self.fields[role] = forms.ChoiceField(
                    choices=choices, label=ASK[role], initial=_place(headers, columns.get(role))
                )
        for role, label in ASK_OPTIONAL.items():
            choices = [("", "None"), *((str(at), header) for at, header in enumerate(headers))]
            self.fields[role] = forms.ChoiceField(
                choices=choices, label=label, required=False, initial=_place(headers, columns.get(role))
            )
        self.helper.layout.fields = list(self.fields)


def _place(headers: list[str], name: str | None) -> str:
    return str(headers.index(name)) if name in headers else ""


class SourceForm(GovukForm):
    submit = "Save"
    vat = radios(
        [("no", "No, they exclude VAT"), ("yes", "Yes, they include VAT at 20%")],
        label="Do the file’s amounts include VAT?",
        required_message="Choose yes or no",
    )
    departments = forms.MultipleChoiceField(
        label="Which departments are ours?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Payments of the others are counted and stay off our contracts. Tick none if all of them are ours.",
    )

    def __init__(self, *args, departments: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("departments", [(name, name) for name in departments])
        if not departments:
            del self.fields["departments"]
            self.helper.layout.fields.remove("departments")


class AllocateForm(GovukForm):
    submit = "Put on these contracts"
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, payment: Payment, contracts: list[Contract], **kwargs):
        super().__init__(*args, **kwargs)
        for contract in contracts:
            self.fields[f"contract_{contract.pk}"] = MoneyField(
                label=f"{contract.reference}: {contract.title}",
                required=False,
                min_value=Decimal("-9999999999"),
                help_text=f"From {contract.starts_on:%-d %B %Y} to {contract.account.ends_on:%-d %B %Y}"
                if contract.account.ends_on
                else f"From {contract.starts_on:%-d %B %Y}",
            )
        if len(contracts) == 1 and not self.is_bound:
            self.initial[f"contract_{contracts[0].pk}"] = payment.amount
        self.helper.layout.fields = list(self.fields)
