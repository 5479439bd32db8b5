"""Dates, moments, pounds and rates as people type them: what is accepted, and in which words the rest is refused. No database."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from functools import partial

import pytest
from django import forms

from govuk.fields import LONDON, DateField, MomentField, MoneyField, NumberField, RateField


def entered(day="", month="", year="", time=None) -> forms.Form:
    class DateForm(forms.Form):
        on = DateField(label="Start date")

    class MomentForm(forms.Form):
        at = MomentField(label="When?", noun="Time of the answer")

    name = "on" if time is None else "at"
    data = {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
    return DateForm(data) if time is None else MomentForm(data | {"at_time": time})


def wrong(form: forms.Form, name: str) -> tuple[str, tuple[str, ...]]:
    """(what is said, which boxes are marked)."""
    assert not form.is_valid()
    return form.errors[name][0], form.fields[name].widget.wrong_parts


# -- a date -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "year", "result"),
    [
        ("9", "3", "2024", date(2024, 3, 9)),
        ("09", "03", "2024", date(2024, 3, 9)),
        (" 9 ", " 3", "2024 ", date(2024, 3, 9)),
        ("9", "mar", "2024", date(2024, 3, 9)),
        ("9", "March", "2024", date(2024, 3, 9)),
        ("30", "SEPT", "2024", date(2024, 9, 30)),
        ("31", "December", "2024", date(2024, 12, 31)),
        ("1", "Jan", "2024", date(2024, 1, 1)),
        ("29", "2", "2024", date(2024, 2, 29)),
        ("1", "1", "2000", date(2000, 1, 1)),
        ("31", "12", "2100", date(2100, 12, 31)),
    ],
)
def test_a_date_is_a_day_a_month_in_figures_or_letters_and_a_year(day, month, year, result):
    form = entered(day, month, year)
    assert form.is_valid()
    assert form.cleaned_data == {"on": result}


@pytest.mark.parametrize(
    ("name", "month"),
    [
        (name, n)
        for n, name in enumerate(
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
        )
    ],
)
def test_every_month_is_known_by_its_first_three_letters(name, month):
    form = entered("5", name, "2024")
    assert form.is_valid()
    assert form.cleaned_data == {"on": date(2024, month, 5)}


ALL, NO_DATE = ("day", "month", "year"), "Start date must be a real date, like 27 3 2026"


@pytest.mark.parametrize(
    ("parts", "sentence", "marked"),
    [
        (("", "", ""), "Enter the start date", ALL),
        ((" ", " ", " "), "Enter the start date", ALL),
        (("", "3", "2024"), "Start date must include a day", ("day",)),
        (("9", "", "2024"), "Start date must include a month", ("month",)),
        (("9", "3", ""), "Start date must include a year", ("year",)),
        (("9", "", ""), "Start date must include a month and year", ("month", "year")),
        (("", "3", ""), "Start date must include a day and year", ("day", "year")),
        (("31", "2", "2024"), NO_DATE, ALL),
        (("29", "2", "2023"), NO_DATE, ALL),
        (("0", "1", "2024"), NO_DATE, ALL),
        (("1", "0", "2024"), NO_DATE, ALL),
        (("1", "13", "2024"), NO_DATE, ALL),
        (("1", "x", "2024"), NO_DATE, ALL),
        (("1st", "1", "2024"), NO_DATE, ALL),
        (("-1", "1", "2024"), NO_DATE, ALL),
        (("1.0", "1", "2024"), NO_DATE, ALL),
        (("٩", "3", "2024"), NO_DATE, ALL),
        (("9", "3", "24"), NO_DATE, ALL),
        (("9", "3", "02024"), NO_DATE, ALL),
        (("9" * 5000, "3", "2024"), NO_DATE, ALL),
        (("9", "3", "1999"), "Start date must be between 2000 and 2100", ("year",)),
        (("9", "3", "2101"), "Start date must be between 2000 and 2100", ("year",)),
    ],
)
def test_a_date_that_is_none_says_what_is_wrong_and_marks_the_boxes(parts, sentence, marked):
    assert wrong(entered(*parts), "on") == (sentence, marked)


def test_the_boxes_of_one_form_are_not_marked_for_another():
    assert wrong(entered("9", "", "2024"), "on")[1] == ("month",)
    good = entered("9", "3", "2024")
    assert good.is_valid()
    assert good.fields["on"].widget.wrong_parts == ()


def test_a_date_that_is_not_needed_may_be_empty_but_not_in_part():
    class Form(forms.Form):
        on = DateField(label="Start date", required=False)

    empty = Form({"on_day": "", "on_month": " ", "on_year": ""})
    assert empty.is_valid()
    assert empty.cleaned_data == {"on": None}
    assert (
        wrong(Form({"on_day": "9", "on_month": "", "on_year": ""}), "on")[0]
        == "Start date must include a month and year"
    )
    assert Form({}).is_valid()


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (partial(DateField), "Enter the date"),
        (partial(DateField, label="Start date"), "Enter the start date"),
        (partial(DateField, label="When?", noun="Day of the review"), "Enter the day of the review"),
        (partial(DateField, label="When?", error_messages={"required": "Say when"}), "Say when"),
    ],
)
def test_the_words_come_from_the_noun_or_else_from_the_label(field, sentence):
    with pytest.raises(forms.ValidationError) as refused:
        field().clean(["", "", ""])
    assert refused.value.messages == [sentence]


def test_a_value_that_lacks_boxes_is_read_as_if_they_were_empty():
    with pytest.raises(forms.ValidationError) as refused:
        DateField(label="End").clean(["9"])
    assert refused.value.messages == ["End must include a month and year"]
    with pytest.raises(forms.ValidationError) as refused:
        DateField(label="End").clean(None)
    assert refused.value.messages == ["Enter the end"]


# -- a moment ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "hour", "minute"),
    [
        ("14:30", 14, 30),
        ("14.30", 14, 30),
        ("9:05", 9, 5),
        ("09:05", 9, 5),
        ("9", 9, 0),
        ("14", 14, 0),
        ("0:00", 0, 0),
        ("23:59", 23, 59),
    ],
)
def test_a_time_of_day_may_be_an_hour_alone(time, hour, minute):
    form = entered("9", "3", "2024", time)
    assert form.is_valid()
    assert form.cleaned_data == {"at": datetime(2024, 3, 9, hour, minute, tzinfo=LONDON)}


@pytest.mark.parametrize(("month", "hour_in_utc"), [("1", 14), ("7", 13)])
def test_a_moment_is_of_the_clock_in_england(month, hour_in_utc):
    form = entered("9", month, "2024", "14:30")
    assert form.is_valid()
    assert form.cleaned_data["at"].astimezone(UTC) == datetime(2024, int(month), 9, hour_in_utc, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "sentence", "marked"),
    [
        (("", "", "", ""), "Enter the time of the answer", (*ALL, "time")),
        (("9", "3", "2024", ""), "Time of the answer must include a time", ("time",)),
        (("9", "3", "", ""), "Time of the answer must include a year and time", ("year", "time")),
        (("", "", "", "14:30"), "Time of the answer must include a day and month and year", ALL),
        (("31", "2", "2024", "14:30"), "Time of the answer must be a real date, like 27 3 2026", ALL),
        (("31", "2", "2024", "soon"), "Time of the answer must be a real date, like 27 3 2026", ALL),
        (("9", "3", "2024", "24:00"), "Time of the answer must have a time, like 14:30", ("time",)),
        (("9", "3", "2024", "14:60"), "Time of the answer must have a time, like 14:30", ("time",)),
        (("9", "3", "2024", "24"), "Time of the answer must have a time, like 14:30", ("time",)),
        (("9", "3", "2024", "14:3"), "Time of the answer must have a time, like 14:30", ("time",)),
        (("9", "3", "2024", "2pm"), "Time of the answer must have a time, like 14:30", ("time",)),
        (("9", "3", "2024", "1430"), "Time of the answer must have a time, like 14:30", ("time",)),
    ],
)
def test_a_moment_that_is_none_says_what_is_wrong_and_marks_the_boxes(parts, sentence, marked):
    assert wrong(entered(*parts), "at") == (sentence, marked)


# -- what stands in the boxes -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "texts"),
    [
        (partial(DateField), None, [None, None, None]),
        (partial(DateField), date(2024, 3, 9), [9, 3, 2024]),
        (partial(DateField), datetime(2024, 6, 30, 23, 30, tzinfo=UTC), [1, 7, 2024]),
        (partial(MomentField), None, [None, None, None, None]),
        (partial(MomentField), datetime(2024, 6, 30, 23, 30, tzinfo=UTC), [1, 7, 2024, "00:30"]),
        (partial(MomentField), datetime(2024, 1, 9, 9, 5, tzinfo=LONDON), [9, 1, 2024, "09:05"]),
    ],
)
def test_a_known_date_or_moment_fills_the_boxes_as_the_clock_in_england_shows_it(field, value, texts):
    assert field().widget.decompress(value) == texts


def test_a_date_has_changed_where_a_box_has():
    field = DateField()
    assert field.has_changed(date(2024, 3, 9), [9, 3, 2024]) is False
    assert field.has_changed(date(2024, 3, 9), [10, 3, 2024]) is True


# -- numbers, pounds and rates ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("37", "37"),
        ("36.50", "36.5"),
        ("£1,234.50", "1234.5"),
        (" 0.01 ", "0.01"),
        ("1,000", "1000"),
        ("+5", "5"),
        (D("2.5"), "2.5"),
    ],
)
def test_a_number_is_read_with_commas_and_pounds(text, value):
    assert NumberField(label="Hours").clean(text) == D(value)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (partial(NumberField), "", "Enter the number"),
        (partial(NumberField, label="Hours a week"), "", "Enter the hours a week"),
        (partial(NumberField, label="Hours a week"), "£ ,", "Enter the hours a week"),
        (partial(NumberField, label="Hours"), "x", "Hours must be a number, like 37 or 36.50"),
        (partial(NumberField, label="Hours"), "NaN", "Hours must be a number, like 37 or 36.50"),
        (partial(NumberField, label="Hours"), "Infinity", "Hours must be a number, like 37 or 36.50"),
        (partial(NumberField, label="Hours"), "0", "Hours must be 0.01 or more"),
        (partial(NumberField, label="Hours"), "-5", "Hours must be 0.01 or more"),
        (partial(NumberField, label="Hours", min_value=1), "0.99", "Hours must be 1 or more"),
        (partial(NumberField, label="Hours", max_value=48), "48.01", "Hours must be 48 or less"),
        (
            partial(NumberField, label="Hours", max_digits=5, decimal_places=2),
            "36.555",
            "Hours must have at most 2 decimal places",
        ),
        (partial(NumberField, label="Hours", max_digits=4, decimal_places=2), "100", "Hours is too large"),
        (partial(NumberField, label="Hours", max_digits=4, decimal_places=2), "123456", "Hours is too large"),
        (partial(NumberField, label="Hours", error_messages={"invalid": "No"}), "x", "No"),
        (partial(MoneyField, label="Fee"), "", "Enter the fee"),
        (partial(MoneyField, label="Fee"), "0.001", "Fee must be 0.01 or more"),
        (partial(MoneyField, label="Fee"), "1.005", "Fee must have at most 2 decimal places"),
        (partial(MoneyField, label="Fee"), "10,000,000,000", "Fee is too large"),
        (partial(MoneyField, label="Fee", min_value=0), "-0.01", "Fee must be 0 or more"),
        (partial(RateField, label="Charge rate"), "10000", "Charge rate is too large"),
        (partial(RateField, label="Charge rate"), "41.005", "Charge rate must have at most 2 decimal places"),
        (partial(RateField, label="Charge rate"), "0", "Charge rate must be 0.01 or more"),
    ],
)
def test_a_number_that_is_none_or_out_of_bounds_says_so(field, text, sentence):
    with pytest.raises(forms.ValidationError) as refused:
        field().clean(text)
    assert refused.value.messages[0] == sentence


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (partial(NumberField, label="Hours", min_value=1), "1"),
        (partial(NumberField, label="Hours", max_value=48), "48"),
        (partial(NumberField, label="Hours", max_digits=4, decimal_places=2), "99.99"),
        (partial(MoneyField, label="Fee"), "9999999999.99"),
        (partial(MoneyField, label="Fee"), "0.01"),
        (partial(MoneyField, label="Fee", min_value=0), "0"),
        (partial(RateField, label="Rate"), "9999.99"),
    ],
)
def test_a_number_on_its_bound_is_accepted(field, text):
    assert field().clean(text) == D(text)


def test_an_empty_number_that_is_not_needed_is_none():
    assert MoneyField(label="Fee", required=False).clean(" ") is None


@pytest.mark.parametrize(
    ("field", "prefix", "suffix", "width"),
    [
        (partial(NumberField, label="x"), "", None, "govuk-input--width-5"),
        (partial(NumberField, label="x", width=3), "", None, "govuk-input--width-3"),
        (partial(MoneyField, label="x"), "£", None, "govuk-input--width-10"),
        (partial(MoneyField, label="x", width=4), "£", None, "govuk-input--width-4"),
        (partial(RateField, label="x"), "£", "an hour", "govuk-input--width-5"),
    ],
)
def test_pounds_stand_before_the_box_and_an_hour_after_that_of_a_rate(field, prefix, suffix, width):
    made = field()
    assert (made.prefix, getattr(made, "suffix", None)) == (prefix, suffix)
    assert made.widget.attrs == {"inputmode": "decimal", "class": width}
