"""The forms of recruitment: what each asks for when it is sent empty, in which words, and what it checks between its fields."""

from datetime import date
from decimal import Decimal as D

import pytest
from django import forms

from recruitment.candidates import forms as candidates
from recruitment.emergencies import forms as emergencies
from recruitment.exemptions import forms as exemptions
from recruitment.models import Contract, Release
from recruitment.orders import forms as releases
from recruitment.requests import forms as requests

pytestmark = pytest.mark.django_db


def errors(form: forms.Form) -> dict[str, str]:
    """Field → the one sentence beside it."""
    assert all(len(found) == 1 for found in form.errors.values())
    return {name: found[0] for name, found in form.errors.items()}


SOMETHING = "…"  # where a sentence is asked for, whatever its words


def assert_asks(form: forms.Form, sentences: dict[str, str]) -> None:
    found = errors(form)
    assert {name: SOMETHING if sentences.get(name) == SOMETHING else one for name, one in found.items()} == sentences


TERMS = {
    "job_type": "Choose the role",
    "hours_per_week": "Enter the hours per week",
    "pattern": "Choose the working pattern",
    "base": "Enter the base",
    "max_charge_rate": "Enter the maximum charge rate",
}
OUR_OWN = {"version": "This page was open too long. Reload it and try again."}  # a hidden box that every page fills
EMPTY = [
    (requests.ChangeTermsForm, {}, {**TERMS, "reason": "Say why the terms change", **OUR_OWN}),
    (
        requests.DecisionForm,
        {},
        {
            "decision": "Choose a decision",
            "urgency": "Choose how urgent it is",
            "reason": "Give a reason for the decision",
            **OUR_OWN,
        },
    ),
    (requests.UrgencyForm, {}, {"urgency": "Choose how urgent it is", "reason": "Say why", **OUR_OWN}),
    (requests.DirectRecruitmentForm, {}, {"state": "Choose where permanent recruitment stands"}),
    (requests.ReasonForm, {}, {"reason": "Say why"}),
    (requests.ReasonForm, {"when": "When?"}, {"reason": "Say why"}),
    (releases.AnswerForm, {"position": 1}, {"outcome": "Choose what it said", **OUR_OWN}),
    (
        releases.CannotSupplyForm,
        {},
        {
            "reason": "Choose why you cannot supply anybody",
            "own_supply": "Say whether you tried your own workers",
            "brokered_supply": "Say whether you tried workers of other agencies",
            "words": "Say why you cannot supply anybody",
            "said_by": "Enter your name",
        },
    ),
    (releases.OwnDisputeForm, {}, {"words": "Say what is wrong with the answer", "said_by": "Enter your name"}),
    (
        releases.DisputeForm,
        {},
        {"words": "Enter what the supplier says", "said_by": "Enter the name of who says so"},
    ),
    (releases.ReplyForm, {}, {"reply": "Enter your reply"}),
    (releases.OrderNumberForm, {}, {"order_number": "Enter the order number"}),
    (releases.FirstSupplierForm, {}, {"supply_mode": "Say whose worker it is", "note": "Say what it told you"}),
    (
        candidates.CandidateForm,
        {},
        {
            "candidate": "Enter the agency’s reference for the candidate",
            "supply_mode": "Say whose worker it is",
            "pay_rate": "Enter the pay rate",
            "charge_rate": "Enter the charge rate",
        },
    ),
    (candidates.StepForm, {"stages": ["offered"], "has_number": True}, {"stage": "Choose what happened", **OUR_OWN}),
    (candidates.NumberForm, {}, {"registration_number": "Enter the registration number"}),
    (candidates.ElsewhereForm, {"orders": Release.objects.none()}, {"release": "Choose the post"}),
    (
        candidates.ApproachForm,
        {},
        {"agency": "Choose which agency it was", "job_type": "Choose the role", "note": "Say what the agency offered"},
    ),
    (
        candidates.OwnCandidateForm,
        {},
        {
            "candidate": "Enter your reference for the candidate",
            "supply_mode": "Say whose worker it is",
            "pay_rate": "Enter the pay rate",
            "charge_rate": "Enter the charge rate",
            "available_from": SOMETHING,
            "said_by": "Enter your name",
        },
    ),
    (
        exemptions.ExemptionForm,
        {"choices": {}},
        {
            "vacancies": "Choose at least one request",
            "agency": "Choose the agency",
            "reason": "Choose the reason",
            "justification": "Say why an exemption is needed",
            "why_no_competition": "Say why there is no competition",
            "risk_if_refused": "Say what happens if it is turned down",
            "return_plan": "Say how and when you return to the order of sourcing",
            "starts_on": "Enter the first day",
            "ends_on": "Enter the last day",
            "value": "Enter the value excluding VAT",
        },
    ),
    (exemptions.CommentForm, {}, {"supports": "Say whether you support it", "text": "Enter your comment", **OUR_OWN}),
    (
        exemptions.ExemptionDecisionForm,
        {},
        {"decision": "Choose what you decide", "reason": "Give a reason for the decision", **OUR_OWN},
    ),
    (
        exemptions.EndExemptionForm,
        {},
        {"ended_on": "Enter the new last day", "reason": "Say why it ends early", **OUR_OWN},
    ),
    (exemptions.TakeBackForm, {}, {"reason": "Say why it is taken back", **OUR_OWN}),
    (
        exemptions.GroundForm,
        {},
        {
            "agency": "Choose the agency",
            "ground": "Enter the ground and the regulation or section it comes from",
            "limit": "Enter the limit including VAT",
            "dated_on": "Enter the date of the advice",
        },
    ),
    (
        emergencies.EmergencyForm,
        {"contracts": Contract.objects.none()},
        {
            **TERMS,
            "team": "Choose the team",
            "kind": "Choose what the need is",
            "starts_on": SOMETHING,
            "why": "Say why it cannot wait",
            "contract": "Choose whom you called",
            "line": "Enter which line you called",
            "spoke_to": "Enter who answered the call",
        },
    ),
    (
        emergencies.AuthorityForm,
        {"holders": []},
        {"given_by": "Choose the Strategic Director who gave the authority", "words": "Enter what the authority says"},
    ),
    (
        emergencies.ConfirmEmergencyForm,
        {"may_confirm": True},
        {"decision": "Choose a decision", "reason": "Give a reason for the decision"},
    ),
]


@pytest.mark.parametrize(("form", "options", "sentences"), EMPTY, ids=[one[0].__name__ for one in EMPTY])
def test_a_form_that_is_sent_empty_asks_for_what_it_needs(form, options, sentences):
    assert_asks(form({}, **options), sentences)


# -- a request --------------------------------------------------------------------------------------------------------------------------------


def needed(**changes) -> dict:
    date_of = {"needed_from_day": "22", "needed_from_month": "1", "needed_from_year": "2024"}
    values = {
        "posts": "1",
        "kind": "vacant_post",
        "job_type": "social_worker",
        "hours_per_week": "37",
        "pattern": "weekdays",
        "base": "Northgate House",
        "max_charge_rate": "42",
        "expected_weeks": "13",
        "urgency": "routine",
        "reason": "Caseloads",
    }
    return values | date_of | changes


def asked(world, **changes) -> requests.RequestForm:
    return requests.RequestForm(needed(team=str(world.team.pk)) | changes, user=world.lead)


def test_a_request_is_read_as_it_was_typed(world):
    form = asked(world, hours_per_week="18.50", max_charge_rate="£41.50")
    assert errors(form) == {}
    found = {
        name: form.cleaned_data[name] for name in ("team", "posts", "hours_per_week", "max_charge_rate", "needed_from")
    }
    assert found == {
        "team": world.team,
        "posts": 1,
        "hours_per_week": D("18.50"),
        "max_charge_rate": D("41.50"),
        "needed_from": date(2024, 1, 22),
    }


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"posts": ""}, {"posts": "Enter how many posts, 1 to 20"}),
        ({"posts": "two"}, {"posts": "How many posts must be a whole number, like 2"}),
        ({"posts": "0"}, {"posts": "Ask for 1 post or more"}),
        ({"posts": "20"}, {}),
        ({"posts": "21"}, {"posts": "Ask for 20 posts or fewer at once"}),
        ({"expected_weeks": ""}, {"expected_weeks": "Enter the expected length in weeks"}),
        ({"expected_weeks": "1.5"}, {"expected_weeks": "Expected length in weeks must be a whole number, like 13"}),
        ({"expected_weeks": "0"}, {"expected_weeks": "Expected length must be 1 week or more"}),
        ({"expected_weeks": "260"}, {}),
        ({"expected_weeks": "261"}, {"expected_weeks": "Expected length must be 260 weeks or fewer"}),
        ({"hours_per_week": "48"}, {}),
        ({"hours_per_week": "48.01"}, {"hours_per_week": "Hours per week must be 48 or less"}),
        ({"team": "0"}, {"team": "Select a valid choice. That choice is not one of the available choices."}),
        (
            {"kind": "above_structure"},
            {
                "funded_by": "Say who funds a post above structure",
                "funded_until": "Enter until when a post above structure is funded",
            },
        ),
        (
            {"kind": "above_structure", "funded_by": "A grant", "funded_until_day": "1"},
            {"funded_until": "Funded until must include a month and year"},
        ),
        (
            {
                "kind": "above_structure",
                "funded_by": "A grant",
                "funded_until_day": "31",
                "funded_until_month": "3",
                "funded_until_year": "2024",
            },
            {},
        ),
        ({"kind": "cover"}, {}),
    ],
)
def test_what_is_wrong_with_a_request_stands_beside_the_field(world, changes, sentences):
    assert errors(asked(world, **changes)) == sentences


def test_a_team_is_offered_to_those_who_may_ask_for_it_and_by_its_service(world):
    def offered(user):
        return [str(label) for _, label in requests.RequestForm(user=user).fields["team"].choices]

    assert offered(world.lead) == ["Choose a team", "Assessment: North"]
    assert offered(world.other_lead) == ["Choose a team", "Fostering: Carers"]
    assert sorted(offered(world.officer)) == ["Assessment: North", "Choose a team", "Fostering: Carers"]
    assert offered(world.finance) == ["Choose a team"]
    world.team.is_active = False
    world.team.save()
    assert offered(world.lead) == ["Choose a team"]


def test_a_decision_that_cannot_be_taken_is_not_offered():
    def offered(*without):
        return [value for value, _ in requests.DecisionForm(without=without).fields["decision"].choices]

    assert offered() == ["agreed", "deferred", "turned_down"]
    assert offered("deferred") == ["agreed", "turned_down"]


def test_a_reason_asks_for_the_time_only_where_it_is_told_to():
    assert list(requests.ReasonForm().fields) == ["reason"]
    form = requests.ReasonForm(when="When?", label="Why?", hint="Short.", submit="Go")
    assert list(form.fields) == ["reason", "happened_at", "late_reason"]
    labels = [
        form.fields["happened_at"].label,
        form.fields["reason"].label,
        form.fields["reason"].help_text,
        form.submit,
    ]
    assert labels == ["When?", "Why?", "Short.", "Go"]


# -- an answer --------------------------------------------------------------------------------------------------------------------------------

ALWAYS = {"outcome", "reason", "rate_asked", "happened_at", "late_reason", "note", "version"}
TOLD = {"told_by", "portal_reference", "file"}
DECLINED = {"declined_on", "declined_sender", "declined_text"}
WHOSE, TRIED = {"supply_mode", "supplying_agency"}, {"own_supply", "brokered_supply", "agencies_approached"}


@pytest.mark.parametrize(
    ("position", "own_words", "fields"),
    [
        (0, False, ALWAYS | DECLINED),
        (1, False, ALWAYS | DECLINED | WHOSE | TRIED | TOLD),
        (2, False, ALWAYS | DECLINED | WHOSE | TOLD),
        (3, False, ALWAYS | DECLINED | WHOSE | TOLD),
        (1, True, ALWAYS | WHOSE | TRIED),
        (0, True, ALWAYS),
    ],
)
def test_an_answer_asks_what_its_step_needs(position, own_words, fields):
    assert set(releases.AnswerForm(position=position, own_words=own_words, by_link=own_words).fields) == fields


@pytest.mark.parametrize(
    ("has_candidates", "reasons"),
    [
        (False, ["no_candidates", "rate_too_high", "went_elsewhere"]),
        (True, ["no_candidates", "rate_too_high", "went_elsewhere", "unsuitable"]),
    ],
)
def test_after_a_suppliers_own_words_only_its_own_reasons_are_offered(has_candidates, reasons):
    form = releases.AnswerForm(position=1, own_words=True, candidates=has_candidates)
    assert sorted(value for value, _ in form.fields["reason"].choices) == sorted(reasons)


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        ("", "Enter the length in weeks"),
        ("x", "Length in weeks must be a whole number, like 13"),
        ("0", "Ensure this value is greater than or equal to 1."),
        ("261", "Ensure this value is less than or equal to 260."),
        ("1", None),
        ("260", None),
    ],
)
def test_an_order_is_for_1_to_260_weeks(weeks, sentence):
    form = releases.ReleaseForm({"weeks": weeks}, contracts=Contract.objects.none())
    assert errors(form).get("weeks") == sentence


def test_a_later_order_keeps_the_terms_of_the_answer_it_rests_on(world):
    from recruitment.rules.sourcing_state import Asked

    proof = Asked(1, "ORD-1", 1, "Pertemps", "not_secured", D("1042.5"), None, None, None)
    form = releases.ReleaseForm(contracts=Contract.objects.none(), proof=proof)
    assert not {"starts_on", "weeks", "together"} & set(form.fields)
    assert form.fields["max_rate"].help_text == "Excluding VAT. No more than £1,042.50, which Pertemps was offered."
    form = releases.ReleaseForm(contracts=Contract.objects.none(), others=[world.request()])
    assert form.fields["together"].label.startswith("Send those asked for with it in the same order: REQ-")


# -- candidates, exemptions and emergencies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "has_number", "asks"),
    [
        (["offered"], False, True),
        (["accepted"], False, True),
        (["shortlisted", "turned_down"], False, False),
        (["accepted"], True, False),
    ],
)
def test_a_step_asks_for_the_number_where_somebody_may_accept_and_it_is_not_known(stages, has_number, asks):
    form = candidates.StepForm(stages=stages, has_number=has_number)
    assert ("registration_number" in form.fields) is asks
    assert [value for value, _ in form.fields["stage"].choices] == stages


def test_an_exemption_does_not_end_before_it_starts():
    def dates(first: str, last: str) -> dict:
        parts = ("day", "month", "year")
        return {
            f"{name}_{part}": text
            for name, day in (("starts_on", first), ("ends_on", last))
            for part, text in zip(parts, day.split(), strict=True)
        }

    sentence = "The end is before the start. Check both dates"
    assert errors(exemptions.ExemptionForm(dates("22 1 2024", "21 1 2024"), choices={}))["ends_on"] == sentence
    assert "ends_on" not in errors(exemptions.ExemptionForm(dates("22 1 2024", "22 1 2024"), choices={}))


@pytest.mark.parametrize(("text", "supports"), [("yes", True), ("no", False)])
def test_a_comment_is_for_or_against(text, supports):
    form = exemptions.CommentForm({"supports": text, "text": "x", "version": "1"})
    assert form.is_valid()
    assert form.cleaned_data["supports"] is supports


@pytest.mark.parametrize(
    ("may_confirm", "offered"), [(True, ["confirmed", "not_confirmed"]), (False, ["not_confirmed"])]
)
def test_who_may_not_confirm_an_emergency_is_offered_only_not_to(may_confirm, offered):
    form = emergencies.ConfirmEmergencyForm(may_confirm=may_confirm)
    assert [value for value, _ in form.fields["decision"].choices] == offered
