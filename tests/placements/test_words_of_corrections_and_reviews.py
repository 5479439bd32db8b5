"""Corrections, reviews, files and payments: what their forms check between their fields, and what they hand on."""

from datetime import date, datetime
from decimal import Decimal as D

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from council.working_time import LONDON
from money.payments import forms as payments
from placements.brought_forward import forms as brought_forward_forms
from placements.corrections import forms as corrections
from placements.models import Payment
from placements.reviews import forms as reviews
from placements.reviews.actions import ToDo

pytestmark = pytest.mark.django_db


def errors(form: forms.Form) -> dict[str, str]:
    """Field → the one sentence beside it."""
    assert all(len(found) == 1 for found in form.errors.values())
    return {name: found[0] for name, found in form.errors.items()}


def day(name: str, text: str) -> dict[str, str]:
    return {f"{name}_{part}": one for part, one in zip(("day", "month", "year", "time"), text.split(), strict=False)}


# -- corrections --------------------------------------------------------------------------------------------------------------------------------


def corrected(**changes) -> corrections.ReleaseCorrectionForm:
    data = {"why": "The e-mail", **day("answered_at", "10 1 2024 11:00"), **changes}
    return corrections.ReleaseCorrectionForm(data)


def test_a_corrected_answer_says_whose_worker_it_was_or_why_there_was_none():
    assert errors(corrected(outcome="secured")) == {"supply_mode": "Say whose worker it was"}
    assert errors(corrected(outcome="not_secured")) == {"reason_code": "Choose why nobody was secured"}
    assert errors(corrected(outcome="secured", supply_mode="direct")) == {}
    assert errors(corrected(outcome="not_secured", reason_code="no_candidates")) == {}


EVERYTHING = {
    "supply_mode": "brokered",
    "reason_code": "rate_too_high",
    "rate_asked": "50",
    "own_supply": "tried",
    "brokered_supply": "not_tried",
    "declined_sender": "Perry",
    "declined_text": "No.",
    **day("declined_on", "9 1 2024"),
}


@pytest.mark.parametrize(("mode", "agency"), [("brokered", "Alderway Care Staffing"), ("direct", "None")])
def test_a_corrected_answer_keeps_only_what_belongs_to_it(world, mode, agency):
    at = datetime(2024, 1, 10, 11, tzinfo=LONDON)
    given = EVERYTHING | {"supplying_agency": str(world.brokered.pk), "supply_mode": mode}
    form = corrected(outcome="secured", **given)
    assert errors(form) == {}
    values = form.values(form.cleaned_data)
    assert str(values.pop("supplying_agency")) == agency
    assert values == {
        "outcome": "secured",
        "answered_at": at,
        "reason": "",
        "supply_mode": mode,
        "rate_asked": None,
        "own_supply": "",
        "brokered_supply": "",
        "declined_on": None,
        "declined_sender": "",
        "declined_text": "",
    }
    form = corrected(outcome="not_secured", **given)
    assert errors(form) == {}
    assert form.values(form.cleaned_data) == {
        "outcome": "not_secured",
        "answered_at": at,
        "reason": "rate_too_high",
        "supply_mode": "",
        "supplying_agency": None,
        "rate_asked": D(50),
        "own_supply": "tried",
        "brokered_supply": "not_tried",
        "declined_on": date(2024, 1, 9),
        "declined_sender": "Perry",
        "declined_text": "No.",
    }


@pytest.mark.parametrize(
    ("state", "on", "reference"), [("advertised", date(2024, 1, 3), "AD-1"), ("not_suitable", None, "")]
)
def test_a_corrected_round_has_an_advert_only_where_there_was_one(state, on, reference):
    data = {"recruitment_state": state, "advert_reference": "AD-1", "recruitment_note": "x", "why": "x"}
    form = corrections.RoundCorrectionForm(data | day("advertised_on", "3 1 2024"))
    assert errors(form) == {}
    assert form.values(form.cleaned_data) == {
        "recruitment_state": state,
        "recruitment_note": "x",
        "advertised_on": on,
        "advert_reference": reference,
    }


# -- reviews ------------------------------------------------------------------------------------------------------------------------------------


def review(**changes) -> reviews.ReviewForm:
    return reviews.ReviewForm({"rating": "3", "findings": "Good", **day("held_on", "4 3 2024"), **changes})


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({}, {}),
        (
            {"what_1": "Call"},
            {"owner_1": "Say who does it, or leave action 1 empty", "due_1": "Say until when, or leave action 1 empty"},
        ),
        (
            {"owner_2": "Ann"},
            {
                "what_2": "Say what is to be done, or leave action 2 empty",
                "due_2": "Say until when, or leave action 2 empty",
            },
        ),
        (
            day("due_3", "1 4 2024"),
            {
                "what_3": "Say what is to be done, or leave action 3 empty",
                "owner_3": "Say who does it, or leave action 3 empty",
            },
        ),
        (
            {"what_1": "Call", "owner_1": "Ann", **day("due_1", "31 2 2024")},
            {"due_1": "Action 1’s date must be a real date, like 27 3 2026"},
        ),
    ],
)
def test_an_action_of_a_review_is_whole_or_left_empty(given, sentences):
    assert errors(review(**given)) == sentences


def test_the_actions_of_a_review_come_in_their_order():
    one = {"what_1": "Call", "owner_1": "Ann", **day("due_1", "1 4 2024")}
    three = {"what_3": "Write", "owner_3": "Ben", **day("due_3", "2 4 2024")}
    form = review(**one, **three)
    assert errors(form) == {}
    assert form.cleaned_data["to_do"] == [
        ToDo("Call", "Ann", date(2024, 4, 1)),
        ToDo("Write", "Ben", date(2024, 4, 2)),
    ]
    assert (form.cleaned_data["rating"], "what_4" in form.fields) == (3, False)


# -- files and payments -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (0, "The file is empty. Fill in the template, then choose it here."),
        (1024 * 1024, None),
        (1024 * 1024 + 1, "The file is larger than 1 MB. Send it in parts."),
    ],
)
def test_a_teams_spreadsheet_has_something_in_it_and_at_most_a_megabyte(size, sentence):
    form = brought_forward_forms.SpreadsheetForm({}, {"file": SimpleUploadedFile("team.csv", b"x" * size)})
    assert errors(form).get("file") == sentence


def test_columns_in_doubt_are_asked_for_and_known_ones_stand_there():
    headers = ["Date", "Supplier", "Amount", "Amount"]
    form = payments.ColumnsForm({}, headers=headers, doubts={"amount": [2, 3]}, columns={"date": "Date"})
    assert form.fields["amount"].choices == [("2", "Amount"), ("3", "Amount")]
    assert form.fields["date"].initial == "0"
    assert form.fields["supplier"].initial == ""
    assert [value for value, _ in form.fields["reference"].choices] == ["", "0", "1", "2", "3"]
    assert errors(form)["amount"] == "Choose a column"


def test_departments_are_asked_for_where_a_file_has_any():
    assert list(payments.SourceForm(departments=[]).fields) == ["vat"]
    form = payments.SourceForm({"vat": "no", "departments": ["Adults"]}, departments=["Adults", "Children"])
    assert errors(form) == {}
    assert form.cleaned_data == {"vat": "no", "departments": ["Adults"]}


def test_a_payment_for_one_contract_is_put_on_it_whole_and_a_credit_may_be_below_nothing(world):
    payment = Payment(amount=D("100.00"))
    name = f"contract_{world.corporate.pk}"
    one = payments.AllocateForm(payment=payment, contracts=[world.corporate])
    two = payments.AllocateForm(payment=payment, contracts=[world.corporate, world.framework])
    assert (one.initial, two.initial) == ({name: D("100.00")}, {})
    assert one.fields[name].label == "CORP: A contract"
    assert one.fields[name].help_text == "From 1 January 2022 to 31 December 2026"
    credit = payments.AllocateForm({name: "-5.50"}, payment=payment, contracts=[world.corporate])
    assert errors(credit) == {}
    assert credit.cleaned_data[name] == D("-5.50")
