"""The form on which a supplier confirms its ordering address."""

from django import forms

from govuk.forms import GovukForm, text_line


class OwnAddressForm(GovukForm):
    submit = "Yes, it is our address"
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)
    domain_is_its_own = forms.BooleanField(label="", required=False)

    def __init__(self, *args, domain: str, **kwargs):
        """`domain` is the address's, where it may be the agency's own; empty otherwise."""
        super().__init__(*args, **kwargs)
        if not domain:
            del self.fields["domain_is_its_own"]
            self.helper.layout.fields.remove("domain_is_its_own")
            return
        self.fields[
            "domain_is_its_own"
        ].label = (
            f"Every address at {domain} is ours: the council may take e-mail that {domain} has signed for our own words"
        )
