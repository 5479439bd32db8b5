"""What a form looks like to a browser: marks, ids, what describes what, and where the error summary leads. No database."""

from functools import partial

import pytest
from django import forms
from django.template import Context, Template

from govuk.fields import DateField, MomentField, MoneyField, RateField, Revealing
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from tests.govuk.page import Element, page_of

PAGE = Template("{% load crispy_forms_tags govuk %}{% error_summary form %}{% crispy form %}")


def everything(*data) -> GovukForm:
    class Everything(GovukForm):
        submit = "Save it"
        on = DateField(label="Start date", help_text="The first day")
        at = MomentField(label="When?", noun="Time", required=False)
        rate = RateField(label="Charge rate", help_text="Without VAT")
        fee = MoneyField(label="Fee", required=False)
        who = radios([("a", "Ann"), ("b", "Ben")], label="Who?", required_message="Choose who", inline=True)
        what = forms.MultipleChoiceField(
            choices=[("x", "X"), ("y", "Y")], widget=forms.CheckboxSelectMultiple, label="What?", required=False
        )
        sure = forms.BooleanField(label="I am sure", error_messages={"required": "Tick it"})
        why = text_area(label="Why?", required_message="Say why")
        line = text_line(label="Line", required_message="Enter the line", width="20")
        team = forms.ChoiceField(choices=[("", "Choose"), ("1", "North")], label="Team")
        file = forms.FileField(label="File", required=False)
        version = forms.IntegerField(widget=forms.HiddenInput)

    return Everything(*data)


GOOD = {
    "on_day": "9",
    "on_month": "3",
    "on_year": "2024",
    "rate": "41",
    "who": "b",
    "sure": "on",
    "why": "Because",
    "line": "x",
    "team": "1",
    "version": "3",
}


def page(form: forms.Form) -> Element:
    return page_of(PAGE.render(Context({"form": form})))


def bad(**changes) -> Element:
    return page(everything({**GOOD, **changes}))


def summary(soup: Element) -> list[tuple[str, str]]:
    """(where each line of the error summary leads, what it says)."""
    lines = soup.select(".govuk-error-summary__list li")
    return [(one.one("a")["href"] if one.select("a") else "", one.text) for one in lines]


def test_a_form_without_a_fault_has_no_error_summary():
    soup = page(everything(GOOD))
    assert soup.select(".govuk-error-summary") == []
    assert soup.select("[aria-invalid]") == []
    assert soup.select(".govuk-form-group--error") == []


def test_the_error_summary_leads_to_the_first_box_of_everything_that_is_wrong():
    soup = page(everything({}))
    assert summary(soup) == [
        ("#id_on_0", "Enter the start date"),
        ("#id_rate", "Enter the charge rate"),
        ("#id_who", "Choose who"),
        ("#id_sure", "Tick it"),
        ("#id_why", "Say why"),
        ("#id_line", "Enter the line"),
        ("#id_team", "This field is required."),
        ("", "This page was open too long. Reload it and try again."),
    ]
    ids = {one["id"] for one in soup.select("[id]")}
    assert {href[1:] for href, _ in summary(soup) if href} <= ids


@pytest.mark.parametrize(
    ("changes", "href", "sentence"),
    [
        ({"on_day": ""}, "#id_on_0", "Start date must include a day"),
        ({"on_month": ""}, "#id_on_1", "Start date must include a month"),
        ({"on_year": ""}, "#id_on_2", "Start date must include a year"),
        ({"on_year": "1999"}, "#id_on_2", "Start date must be between 2000 and 2100"),
        ({"on_day": "31", "on_month": "2"}, "#id_on_0", "Start date must be a real date, like 27 3 2026"),
        (
            {"at_day": "1", "at_month": "1", "at_year": "2024", "at_time": "x"},
            "#id_at_3",
            "Time must have a time, like 14:30",
        ),
    ],
)
def test_the_error_summary_leads_to_the_box_of_a_date_that_is_wrong(changes, href, sentence):
    assert summary(bad(**changes)) == [(href, sentence)]


def test_only_the_wrong_boxes_of_a_date_are_marked_and_what_was_typed_stays():
    soup = bad(on_year="1999")
    boxes = soup.select("#id_on input")
    assert [one["value"] for one in boxes] == ["9", "3", "1999"]
    assert ["aria-invalid" in one.attributes for one in boxes] == [False, False, True]
    assert ["govuk-input--error" in one.classes for one in boxes] == [False, False, True]
    assert [one.get("aria-describedby") for one in boxes] == [None, None, None]


def test_the_boxes_of_a_date_have_names_widths_and_keyboards():
    soup = page(everything())
    boxes = soup.select("#id_at input")
    assert [one["name"] for one in boxes] == ["at_day", "at_month", "at_year", "at_time"]
    assert [one["inputmode"] for one in boxes] == ["numeric", "numeric", "numeric", "text"]
    assert [one.classes[-1] for one in boxes] == [f"govuk-input--width-{n}" for n in (2, 2, 4, 5)]
    labels = soup.select("#id_at label")
    assert [one.text for one in labels] == ["Day", "Month", "Year", "Time"]
    assert [one["for"] for one in labels] == [one["id"] for one in boxes]


@pytest.mark.parametrize(
    ("name", "without", "with_error"),
    [
        ("rate", "id_rate_helptext", "id_rate_helptext id_rate_error"),
        ("why", None, "id_why_error"),
        ("team", None, "id_team_error"),
    ],
)
def test_a_box_is_described_by_its_hint_and_its_error(name, without, with_error):
    box = {"rate": "#id_rate", "why": "#id_why", "team": "#id_team"}[name]
    assert page(everything(GOOD)).one(box).get("aria-describedby") == without
    soup = page(everything({}))
    assert soup.one(box)["aria-describedby"] == with_error
    for one in with_error.split():
        assert len(soup.select(f"#{one}")) == 1


def test_a_group_is_described_by_its_hint_and_its_error():
    group = page(everything({})).select("fieldset")[0]
    assert (group["role"], group["aria-describedby"]) == ("group", "id_on_helptext id_on_error")
    assert group.one("legend").text == "Start date"
    who = page(everything({})).select("fieldset")[2]
    assert (who.get("role"), who["aria-describedby"]) == (None, "id_who_error")


@pytest.mark.parametrize(
    ("selector", "classes"),
    [
        ("#id_rate", ["govuk-input", "govuk-input--width-5"]),
        ("#id_fee", ["govuk-input", "govuk-input--width-10"]),
        ("#id_line", ["govuk-input", "govuk-input--width-20"]),
        ("#id_why", ["govuk-textarea"]),
        ("#id_team", ["govuk-select"]),
        ("#id_file", ["govuk-file-upload"]),
    ],
)
def test_a_box_has_the_class_of_its_kind(selector, classes):
    assert page(everything(GOOD)).one(selector).classes == classes


@pytest.mark.parametrize(
    ("selector", "mark"),
    [("#id_rate", "govuk-input--error"), ("#id_why", "govuk-textarea--error"), ("#id_team", "govuk-select--error")],
)
def test_a_wrong_box_has_the_class_of_its_fault(selector, mark):
    assert page(everything({})).one(selector).classes[-1] == mark


def test_what_stands_before_and_after_a_box_is_not_read_out():
    soup = page(everything(GOOD))
    affixes = [(one.classes, one.text, one["aria-hidden"]) for one in soup.select(".govuk-input__wrapper div")]
    assert affixes == [
        (["govuk-input__prefix"], "£", "true"),
        (["govuk-input__suffix"], "an hour", "true"),
        (["govuk-input__prefix"], "£", "true"),
    ]


def test_radios_and_checkboxes_carry_the_fields_id_on_the_first_and_say_what_was_chosen():
    soup = page(everything({**GOOD, "what": ["y"]}))
    choices = soup.select("input[name=who]") + soup.select("input[name=what]")
    assert [one["id"] for one in choices] == ["id_who", "id_who_1", "id_what", "id_what_1"]
    assert ["checked" in one.attributes for one in choices] == [False, True, False, True]
    assert [one.classes[0] for one in choices] == ["govuk-radios__input"] * 2 + ["govuk-checkboxes__input"] * 2
    assert [one.classes for one in soup.select("[data-module=govuk-radios]")] == [
        ["govuk-radios", "govuk-radios--inline"]
    ]
    assert "checked" in soup.one("#id_sure").attributes
    assert "checked" not in page(everything({})).one("#id_sure").attributes


def test_a_form_has_its_button_and_leaves_validation_to_us():
    soup = page(everything())
    assert soup.one("form").has("novalidate")
    assert soup.select("[required]") == []
    assert [(one["type"], one.text) for one in soup.select("button")] == [("submit", "Save it")]
    assert soup.one("form")["enctype"] == "multipart/form-data"
    assert soup.one("input[name=version]")["type"] == "hidden"


def test_a_form_without_a_button_text_says_continue_and_shows_its_fields_in_its_own_order():
    class Short(GovukForm):
        layout = ("second", "first")
        first = text_line(label="First")
        hidden = forms.CharField(widget=forms.HiddenInput)
        second = text_line(label="Second")

    soup = page(Short())
    assert soup.one("button").text == "Continue"
    assert [one["name"] for one in soup.select("input")] == ["second", "first", "hidden"]


@pytest.mark.parametrize(("field", "href"), [("line", "#id_line"), (None, ""), ("elsewhere", "")])
def test_what_an_action_refuses_stands_beside_its_field_or_above_the_form(field, href):
    form = everything(GOOD)
    assert form.is_valid()
    form.add_refusal("Not today.", field)
    assert summary(page(form)) == [(href, "Not today.")]


def test_radios_reveal_what_belongs_to_a_choice():
    class Form(GovukForm):
        layout = (Revealing("who", b=["why"]),)
        who = radios([("a", "Ann"), ("b", "Ben")], label="Who?", required_message="Choose who")
        why = text_line(label="Why Ben?")

    soup = page(Form({"who": "b", "why": ""}))
    first, second = soup.select("input[name=who]")
    assert (first.get("data-aria-controls"), second["data-aria-controls"]) == (None, "conditional-id_who_1")
    assert len(soup.select("#conditional-id_who_1 #id_why")) == 1
    assert "govuk-radios__conditional--hidden" not in soup.one("#conditional-id_who_1").classes
    assert "govuk-radios__conditional--hidden" in page(Form()).one("#conditional-id_who_1").classes
    assert len(soup.select("#id_why")) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (partial(radios, [("a", "A")], label="x", required_message="Choose one"), "", "Choose one"),
        (partial(text_area, label="x", required_message="Say it"), " ", "Say it"),
        (partial(text_area, label="x"), "", "This field is required."),
        (partial(text_line, label="x", required_message="Enter it"), "", "Enter it"),
        (partial(text_line, label="x"), "a" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        (partial(text_line, label="x", max_length=3), "abcd", "Ensure this value has at most 3 characters (it has 4)."),
        (partial(text_area, label="x"), "a" * 5001, "Ensure this value has at most 5000 characters (it has 5001)."),
    ],
)
def test_a_field_says_in_its_own_words_that_it_is_needed(field, value, sentence):
    with pytest.raises(forms.ValidationError) as refused:
        field().clean(value)
    assert refused.value.messages == [sentence]


@pytest.mark.parametrize(
    ("field", "length"), [(partial(text_line, label="x"), 200), (partial(text_area, label="x"), 5000)]
)
def test_a_text_may_be_as_long_as_it_says(field, length):
    assert field().clean("a" * length) == "a" * length


def test_a_text_area_has_three_rows_unless_told_and_a_short_line_its_width():
    assert text_area(label="x").widget.attrs["rows"] == 3
    assert text_area(label="x", rows=8).widget.attrs["rows"] == 8
    assert text_line(label="x").widget.attrs == {"maxlength": "200"}
    assert text_line(label="x", width="5").widget.attrs == {"class": "govuk-input--width-5", "maxlength": "200"}


def test_a_list_to_pick_from_begins_with_an_empty_choice():
    from council.models import Team

    field = pick(Team.objects.none(), label="Team", required_message="Choose the team")
    assert field.empty_label == "Choose"
    assert field.error_messages["required"] == "Choose the team"
    assert pick(Team.objects.none(), label="Team", required_message="x", empty_label="None").empty_label == "None"
