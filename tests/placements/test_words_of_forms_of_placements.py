"""The forms of placements: what each asks for when it is sent empty, in which words, and what it checks between its fields."""

from datetime import date
from decimal import Decimal as D

import pytest
from django import forms

from money.payments import forms as payments
from placements.breaches import forms as breaches_forms
from placements.brought_forward import forms as brought_forward_forms
from placements.corrections import forms as corrections
from placements.hires import forms as hires_forms
from placements.models import Worker
from placements.placement import forms as placement_forms
from placements.reviews import forms as reviews
from placements.workers import forms as workers_forms
from recruitment.models import Release

pytestmark = pytest.mark.django_db


def errors(form: forms.Form) -> dict[str, str]:
    """Field → the one sentence beside it."""
    assert all(len(found) == 1 for found in form.errors.values())
    return {name: found[0] for name, found in form.errors.items()}


SOMETHING = "…"  # where a sentence is asked for, whatever its words


def assert_asks(form: forms.Form, sentences: dict[str, str]) -> None:
    found = errors(form)
    assert {name: SOMETHING if sentences.get(name) == SOMETHING else one for name, one in found.items()} == sentences


def day(name: str, text: str) -> dict[str, str]:
    return {f"{name}_{part}": one for part, one in zip(("day", "month", "year", "time"), text.split(), strict=False)}


OUR_OWN = {"version": "This page was open too long. Reload it and try again."}  # a hidden box that every page fills
WORKER = {"registration_number": "Enter the registration number"}
RATES = {"pay_rate": "Enter the pay rate", "charge_rate": "Enter the charge rate"}
DATES = {"starts_on": "Enter the start date", "ends_on": "Enter the end date"}
FOUND = {
    **WORKER,
    "team": "Choose the team",
    "job_type": "Choose the role",
    "kind": "Choose what the need is",
    "agency": "Choose the agency",
    "starts_on": "Enter the first day in post",
    "ends_on": "Enter the expected last day",
    "hours_per_week": "Enter the hours per week",
    "pattern": "Choose the working pattern",
    "charge_rate": "Enter the charge rate",
}
EMPTY = [
    (
        placement_forms.BookingForm,
        {},
        {
            **WORKER,
            **DATES,
            **RATES,
            "hours_per_week": "Enter the hours per week",
            "pattern": "Choose the working pattern",
        },
    ),
    (
        placement_forms.ExtendForm,
        {},
        {
            "ends_on": "Enter the new end",
            "reason": "Say why it is extended",
            "recruitment_state": "Choose where permanent recruitment stands",
            **OUR_OWN,
        },
    ),
    (
        placement_forms.EndForm,
        {},
        {
            "ended_on": "Enter the last day worked",
            "reason": "Choose why it ends",
            "notice_given_on": SOMETHING,
            "rating": "Choose a rating",
            "eligible_again": "Choose yes or no",
            **OUR_OWN,
        },
    ),
    (
        hires_forms.HireForm,
        {"releases": []},
        {"through": "Choose who found the person", "starts_on": "Enter the start date"},
    ),
    (placement_forms.StartForm, {}, {}),
    (placement_forms.ReplaceForm, {}, {**WORKER, **DATES, **RATES, "reason": "Say why the worker is replaced"}),
    (
        placement_forms.RateForm,
        {},
        {
            "starts_on": "Enter the first day",
            "pay_rate": "Enter the new pay rate",
            "charge_rate": "Enter the new charge rate",
            "reason": "Say why the rates change",
            **OUR_OWN,
        },
    ),
    (
        placement_forms.TransferForm,
        {},
        {
            "starts_on": "Enter the first day",
            "ends_on": "Enter the end date",
            **RATES,
            "reason": "Say why the worker is transferred",
        },
    ),
    (
        placement_forms.ConvertForm,
        {},
        {"starts_on": "Enter the first day", "fee": "Enter the transfer fee", "rating": "Choose a rating"},
    ),
    (
        placement_forms.ConcernForm,
        {},
        {"concern": "Say what the concern is", "agency_told_on": "Enter the day the agency was told"},
    ),
    (
        placement_forms.ExtensionDecisionForm,
        {},
        {"decision": "Choose a decision", "reason": "Give a reason for the decision"},
    ),
    (
        placement_forms.RecordEndForm,
        {},
        {
            "reason": "Choose why it ended",
            "rating": "Choose a rating",
            "eligible_again": "Choose yes or no",
            **OUR_OWN,
        },
    ),
    (
        breaches_forms.BreachForm,
        {},
        {**FOUND, "found_on": "Enter the day it was found", "how_found": "Say how it was found"},
    ),
    (breaches_forms.ToldForm, {}, {}),
    (brought_forward_forms.BringForwardForm, {}, {**FOUND, "proof_held": "Say what proof is held, or: none held"}),
    (brought_forward_forms.OpenBatchForm, {}, {"on": "Enter the day the council moved in"}),
    (brought_forward_forms.CloseBatchForm, {}, {"whole": "Tick this when everybody is in the batch"}),
    (corrections.MistakenMarkForm, {}, {"why": "Say how you know"}),
    (
        corrections.ReleaseCorrectionForm,
        {},
        {"outcome": "Choose what it said", "answered_at": SOMETHING, "why": "Say how you know"},
    ),
    (
        corrections.PlacementCorrectionForm,
        {},
        {**WORKER, "starts_on": "Enter the first day", "why": "Say how you know"},
    ),
    (corrections.HireCorrectionForm, {}, {"starts_on": "Enter the first day", "why": "Say how you know"}),
    (
        corrections.RoundCorrectionForm,
        {},
        {"recruitment_state": "Choose where permanent recruitment stood", "why": "Say how you know"},
    ),
    (payments.SourceForm, {"departments": []}, {"vat": "Choose yes or no"}),
    (payments.UploadForm, {}, {"file": "Choose a payments file", "source": "Name the finance system"}),
    (
        reviews.ReviewForm,
        {},
        {
            "held_on": SOMETHING,
            "rating": "Choose a rating",
            "findings": "Say what was found",
        },
    ),
    (reviews.ActionDoneForm, {}, {"done_on": SOMETHING, "note": "Say what was done"}),
    (reviews.OverseeForm, {}, {}),
]


@pytest.mark.parametrize(("form", "options", "sentences"), EMPTY, ids=[one[0].__name__ for one in EMPTY])
def test_a_form_that_is_sent_empty_asks_for_what_it_needs(form, options, sentences):
    assert_asks(form({}, **options), sentences)


# -- the worker -------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def known() -> Worker:
    return Worker.objects.create(registration_number="SW12345", name="Ann Example")


@pytest.mark.parametrize(
    ("number", "name", "sentences", "taken"),
    [
        ("SW99", "Ben New", {}, "Ben New"),
        ("sw 99", "  Ben   New ", {}, "Ben New"),
        ("SW99", " ", {"worker_name": "Enter the worker’s name: nobody with this number is recorded yet"}, None),
        ("SW12345", "", {}, "Ann Example"),
        ("sw-12345", "ANN  example", {}, "Ann Example"),
        (
            "SW12345",
            "Ben New",
            {
                "worker_name": "SW12345 belongs to Ann Example. Check the number, or leave the name empty if it is the same person."
            },
            None,
        ),
        (
            "S99",
            "Ben New",
            {"registration_number": "Registration number must be two letters and digits, like SW12345"},
            None,
        ),
    ],
)
def test_a_known_number_keeps_its_name_and_a_new_one_brings_one(known, number, name, sentences, taken):
    class Form(workers_forms.WorkerFields):
        pass

    form = Form({"registration_number": number, "worker_name": name})
    assert errors(form) == sentences
    assert form.cleaned_data.get("worker_name") == taken or sentences


@pytest.mark.parametrize(
    ("starts_on", "weeks", "pattern", "last"),
    [
        (date(2024, 1, 8), 1, "weekdays", date(2024, 1, 12)),
        (date(2024, 1, 8), 1, "seven_days", date(2024, 1, 14)),
        (date(2024, 1, 9), 1, "weekdays", date(2024, 1, 15)),  # Monday to Monday
        (date(2024, 1, 7), 1, "weekdays", date(2024, 1, 12)),  # a Sunday's weeks end on a Saturday
        (date(2024, 1, 8), 13, "weekdays", date(2024, 4, 5)),
    ],
)
def test_a_booking_is_offered_until_the_last_day_worked_in_the_weeks(starts_on, weeks, pattern, last):
    release = Release(starts_on=starts_on, weeks=weeks, pattern=pattern, hours_per_week=D("37.00"))
    assert placement_forms.last_day(release) == last
    initial = placement_forms.BookingForm.initial_for(release)
    assert initial == {"starts_on": starts_on, "ends_on": last, "hours_per_week": D(37), "pattern": pattern}


# -- a permanent start --------------------------------------------------------------------------------------------------------------------------


def hire(releases=(), **changes) -> hires_forms.HireForm:
    return hires_forms.HireForm(
        {"through": "council", **day("starts_on", "5 2 2024"), **changes}, releases=list(releases)
    )


def test_without_an_agency_that_found_somebody_there_is_no_fee_to_ask_for():
    form = hire()
    assert errors(form) == {}
    assert "fee" not in form.fields
    assert (form.cleaned_data["release"], form.cleaned_data["fee"]) == (None, 0)
    assert hires_forms.HireForm(releases=[]).initial == {"through": "council"}


def test_the_agency_that_found_somebody_is_named_with_its_order_and_its_fee(world):
    release = world.secured()
    form = hire([release], through=str(release.pk), fee="£4,000")
    assert form.fields["through"].choices == [
        ("council", "The council itself"),
        (str(release.pk), f"Pertemps ({release.reference})"),
    ]
    assert errors(form) == {}
    assert (form.cleaned_data["release"], form.cleaned_data["fee"]) == (release, D(4000))
    assert errors(hire([release], fee="-1"))["fee"] == "Fee, if a contract found the person must be 0 or more"


@pytest.mark.parametrize(
    ("number", "name", "sentences"),
    [
        ("", "", {}),
        ("SW99", "Ben New", {}),
        ("", "Ben New", {"registration_number": "Enter the registration number, or leave the name empty"}),
        ("SW99", "", {"worker_name": "Enter the worker’s name: nobody with this number is recorded yet"}),
    ],
)
def test_a_name_comes_with_a_registration_number(number, name, sentences):
    assert errors(hire(registration_number=number, worker_name=name)) == sentences


# -- the end ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "again"), [("yes", True), ("no", False)])
@pytest.mark.parametrize("form", [placement_forms.EndForm, placement_forms.RecordEndForm])
def test_the_answers_of_an_end_are_a_number_and_a_yes_or_no(form, text, again):
    data = {"reason": "cost", "rating": "3", "eligible_again": text, "version": "1"}
    made = form(data | day("ended_on", "5 2 2024") | day("notice_given_on", "1 2 2024"))
    assert errors(made) == {}
    assert (made.cleaned_data["rating"], made.cleaned_data["eligible_again"]) == (3, again)


@pytest.mark.parametrize(
    ("fee", "sentence"), [("0", None), ("0.00", None), ("-0.01", "Transfer fee must be 0 or more")]
)
def test_a_transfer_fee_may_be_nothing_but_not_less(fee, sentence):
    assert errors(placement_forms.ConvertForm({"fee": fee})).get("fee") == sentence


@pytest.mark.parametrize("recheck", [True, False])
def test_an_extension_asks_about_the_first_supplier_only_where_the_worker_is_not_from_it(recheck):
    fields = set(placement_forms.ExtendForm(recheck=recheck).fields)
    assert ({"rechecked_on", "recheck_note"} <= fields) is recheck
    assert {"rechecked_on", "recheck_note"}.isdisjoint(fields) is not recheck
