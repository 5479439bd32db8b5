"""The base of the site's forms: GOV.UK layout, and a place for what an action refuses."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from govuk.fields import MomentField


class GovukForm(forms.Form):
    """`submit` is the button's text, `layout` the fields in order (all of them, as declared, where it is empty)."""

    submit = "Continue"
    layout: tuple = ()
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        placed = self.layout or tuple(self.fields)
        hidden = [name for name, field in self.fields.items() if field.widget.is_hidden]
        self.helper.layout = Layout(*placed, *(name for name in hidden if name not in placed))
        self.helper.add_input(Submit("submit", self.submit))
        self.order_fields(_names(self.helper.layout))  # the summary of errors lists them as the page shows them
        for name in hidden:
            self.fields[name].error_messages["required"] = "This page was open too long. Reload it and try again."

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data

    def offer(self, name: str, choices: Any) -> None:
        """What may be chosen in a field: rows, or (value, words)."""
        field: Any = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = choices
        else:
            field.choices = choices

    def choices_of(self, name: str) -> list[tuple[str, str]]:
        """What may be chosen in a field that is not of rows: (value, words)."""
        field: Any = self.fields[name]
        return list(field.choices)

    def add_refusal(self, sentence: str, field: str | None) -> None:
        """Show what an action refused, beside the field it is about where the form has that field."""
        self.add_error(field if field in self.fields else None, sentence)


def _names(part) -> list[str]:
    """The fields of a layout, in order."""
    return [part] if isinstance(part, str) else [name for one in part.fields for name in _names(one)]


class Radios(forms.ChoiceField):
    """Radio buttons; `inline` ones stand beside each other."""

    inline = False


def radios(choices, *, label: str, required_message: str, inline: bool = False, **kwargs) -> Radios:
    field = Radios(
        choices=choices, label=label, widget=forms.RadioSelect, error_messages={"required": required_message}, **kwargs
    )
    field.inline = inline
    return field


def text_area(*, label: str, required_message: str = "", rows: int = 3, **kwargs) -> forms.CharField:
    messages = {"required": required_message} if required_message else {}
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=5000, error_messages=messages, **kwargs
    )


def text_line(*, label: str, required_message: str = "", width: str = "", **kwargs) -> forms.CharField:
    messages = {"required": required_message} if required_message else {}
    kwargs.setdefault("max_length", 200)
    attrs = {"class": f"govuk-input--width-{width}"} if width else {}
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), error_messages=messages, **kwargs)


def happened(
    label: str, *, noun: str = "The time", now: str = "it is happening now"
) -> tuple[MomentField, forms.CharField]:
    """When something happened, empty if just now; and the reason where it is entered days later."""
    return (
        MomentField(label=label, noun=noun, required=False, help_text=f"Leave empty if {now}."),
        text_line(label="If it is entered days later: why?", required=False),
    )


def pick(
    queryset, *, label: str, required_message: str, empty_label: str = "Choose", **kwargs
) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        queryset=queryset, label=label, empty_label=empty_label, error_messages={"required": required_message}, **kwargs
    )
