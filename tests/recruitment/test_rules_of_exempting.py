"""The step by exemption by values alone: what opens it, which agency may be asked by which exemption, and what keeps it closed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from council.refusal import Refusal
from council.working_time import LONDON, WorkingCalendar
from recruitment.rules.cascade import (
    EXEMPTION,
    exempting_refusal,
    exemption_for,
    exemption_step,
    first_route_proof,
    opening_refusal,
    proof_for,
    release_refusal,
)
from recruitment.rules.sourcing_state import Asked, Exempted, RoundState, Step

NOW = datetime(2024, 2, 5, 10, tzinfo=LONDON)  # a Monday
CALENDAR = WorkingCalendar()
STEPS = (
    Step(0, "direct", "Direct recruitment"),
    Step(1, "corporate", "Pertemps"),
    Step(2, "framework", "The RM6161 contract"),
    Step(3, "exemption", "Another agency, by exemption"),
)


def asked(outcome="not_secured", position=1, pk=1, **changes) -> Asked:
    failed = outcome in ("not_secured", "fell_through")
    values = {
        "pk": pk,
        "reference": f"ORD-{pk}",
        "position": position,
        "supplier": {1: "Pertemps", 2: "Halden Bridge Care", 3: "Service Care Solutions"}.get(position, "Liquid"),
        "outcome": outcome,
        "max_rate": D("40.00"),
        "sent_at": datetime(2024, 1, 30, 12, tzinfo=LONDON),
        "respond_by": datetime(2024, 2, 1, 12, tzinfo=LONDON),
        "failed_at": datetime(2024, 2, 2, 9, tzinfo=LONDON) if failed else None,
    }
    return Asked(**values | changes)


def exempted(status="approved", **changes) -> Exempted:
    """Exemption 30 for Service Care Solutions, contract 9, until Friday 1 March 2024, on the answer with key 1."""
    values = {
        "pk": 30,
        "reference": "EX-30",
        "status": status,
        "agency": "Service Care Solutions",
        "contract": 9,
        "ends_on": date(2024, 3, 1),
        "proof": 1,
    }
    return Exempted(**values | changes)


def state(*rows: Asked, **changes) -> RoundState:
    values = {
        "status": "sourcing",
        "round_is_open": True,
        "direct_recorded": True,
        "is_vacant_post": True,
        "max_rate": D("42.00"),
        "steps": STEPS,
        "asked": rows,
    }
    days = changes.pop("proof_age_days", 20)
    given = values | changes
    given["steps"] = tuple(replace(step, proof_age_days=days) for step in given["steps"])
    return RoundState(**given)


def opening(given: RoundState, now: datetime = NOW) -> Refusal | None:
    return opening_refusal(given, 3, now, CALENDAR)


# -- what opens the step ----------------------------------------------------------------------------------------------------------------

LAST_MOMENT, DAY_AFTER = datetime(2024, 3, 1, 23, 59, tzinfo=LONDON), datetime(2024, 3, 2, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("status", "day", "holds"),
    [
        ("approved", date(2024, 2, 29), True),
        ("approved", date(2024, 3, 1), True),
        ("approved", date(2024, 3, 2), False),
        ("ended", date(2024, 3, 1), True),
        ("ended", date(2024, 3, 2), False),
        ("requested", date(2024, 3, 1), False),
        ("returned", date(2024, 3, 1), False),
        ("turned_down", date(2024, 3, 1), False),
        ("taken_back", date(2024, 3, 1), False),
    ],
)
def test_an_exemption_holds_to_the_end_of_its_last_day_once_approved(status, day, holds):
    assert exempted(status).holds(day) is holds


def test_an_approved_exemption_opens_the_step_on_the_answer_it_rests_on():
    proof = asked()
    given = state(proof, exemptions=(exempted(),))
    assert opening(given) is None
    assert proof_for(given, 3, NOW, CALENDAR) is proof


def test_an_exemption_with_a_reason_in_place_of_proof_opens_the_step_without_one():
    given = state(exemptions=(exempted(proof=None),))
    assert opening(given) is None
    assert proof_for(given, 3, NOW, CALENDAR) is None


def test_the_framework_need_not_have_been_asked():
    assert opening(state(asked(), exemptions=(exempted(),))) is None
    assert opening(state(asked(), asked(position=2, pk=2), exemptions=(exempted(),))) is None


def test_the_answer_of_an_exemption_ages_no_more_once_it_is_approved():
    old = asked(failed_at=datetime(2023, 1, 2, 9, tzinfo=LONDON))
    assert opening(state(old, exemptions=(exempted(),), proof_age_days=1)) is None


CORRECTED = Refusal(
    "proof_corrected",
    "The answer that EX-30 rests on was corrected, so it opens nothing any more. Ask the first supplier again.",
)


@pytest.mark.parametrize(
    ("rows", "exemption"),
    [
        ((asked(),), exempted(unproved=True)),
        ((asked(),), exempted(proof=None, unproved=True)),
        ((), exempted()),
        ((asked(pk=2),), exempted()),
        ((asked("withdrawn"),), exempted()),
        ((asked(in_time=False),), exempted()),
    ],
)
def test_an_exemption_whose_answer_is_no_proof_any_more_opens_nothing(rows, exemption):
    given = state(*rows, exemptions=(exemption,))
    assert opening(given) == CORRECTED
    assert proof_for(given, 3, NOW, CALENDAR) is None


def test_the_answer_is_found_by_its_key_among_several():
    first, second = asked(pk=1), asked(pk=2, sent_at=datetime(2024, 1, 31, 12, tzinfo=LONDON))
    assert proof_for(state(first, second, exemptions=(exempted(),)), 3, NOW, CALENDAR) is first
    assert proof_for(state(first, second, exemptions=(exempted(proof=2),)), 3, NOW, CALENDAR) is second


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_no_exempted_agency_is_asked_while_a_candidate_of_anybody_waits(position):
    waiting = asked("withdrawn", position, pk=2, supplier="Reed", waiting_candidate="C-3")
    begins = "cannot be asked again yet" if position == 3 else "is not open yet"
    assert opening(state(asked(), waiting, exemptions=(exempted(),))) == Refusal(
        "candidate_waits",
        f"Another agency, by exemption {begins}. Reed’s candidate C-3 waits for our decision. Offer the work, or record why not, first.",
    )


def test_an_exemption_lets_nobody_past_a_supplier_that_has_not_answered_or_has_secured():
    assert opening(state(asked("open"), exemptions=(exempted(proof=None),))).code == "still_waiting"
    assert opening(state(asked("secured"), exemptions=(exempted(proof=None),))).code == "already_secured"


@pytest.mark.parametrize(
    ("rate", "code"), [("40.00", None), ("40.01", "better_than_before"), ("42.01", "better_than_before")]
)
def test_an_exempted_agency_is_offered_no_more_than_the_supplier_of_the_answer(rate, code):
    refusal = release_refusal(state(asked(), exemptions=(exempted(),)), 3, D(rate), NOW, CALENDAR)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize(("rate", "code"), [("42.00", None), ("42.01", "above_request")])
def test_without_an_answer_an_exempted_agency_is_offered_what_the_request_allows(rate, code):
    refusal = release_refusal(state(exemptions=(exempted(proof=None),)), 3, D(rate), NOW, CALENDAR)
    assert (refusal and refusal.code) == code


# -- what keeps it closed ------------------------------------------------------------------------------------------------------------------

NONE = Refusal("no_exemption", "Any other agency needs an exemption, approved before it starts.")
WAITS = Refusal("exemption_waits", "EX-30 for Service Care Solutions waits for a decision.")
RETURNED = Refusal(
    "exemption_returned",
    "EX-30 for Service Care Solutions was returned for more. Complete it, and put it to a decision again.",
)
OVER = Refusal(
    "exemption_over", "EX-30 for Service Care Solutions ended on 1 March 2024. Ask for a linked exemption to go on."
)


@pytest.mark.parametrize(
    ("exemptions", "now", "expected"),
    [
        ((), NOW, NONE),
        ((exempted("turned_down"),), NOW, NONE),
        ((exempted("taken_back"),), NOW, NONE),
        ((exempted("turned_down"),), DAY_AFTER, NONE),
        ((exempted("taken_back"),), DAY_AFTER, NONE),
        ((exempted("requested"),), NOW, WAITS),
        ((exempted("requested"),), DAY_AFTER, WAITS),
        ((exempted("returned"),), NOW, RETURNED),
        ((exempted("approved"),), LAST_MOMENT, None),
        ((exempted("approved"),), DAY_AFTER, OVER),
        ((exempted("ended"),), LAST_MOMENT, None),
        ((exempted("ended"),), DAY_AFTER, OVER),
        ((exempted("turned_down", pk=31, reference="EX-31"), exempted("requested")), NOW, WAITS),
        ((exempted("taken_back", pk=31, reference="EX-31"), exempted("approved")), DAY_AFTER, OVER),
        ((exempted("requested"), exempted("returned", pk=29, reference="EX-29")), NOW, WAITS),
        ((exempted("returned"), exempted("requested", pk=29, reference="EX-29")), NOW, RETURNED),
        ((exempted("requested", pk=31, reference="EX-31"), exempted("approved")), NOW, None),
    ],
)
def test_without_an_exemption_that_holds_the_step_says_what_became_of_the_newest(exemptions, now, expected):
    assert opening(state(asked(), exemptions=exemptions), now) == expected


def test_the_last_day_of_an_exemption_is_a_day_in_england():
    given = state(asked(), exemptions=(exempted(ends_on=date(2024, 6, 3)),))
    assert opening(given, datetime(2024, 6, 3, 22, 59, tzinfo=UTC)) is None
    assert opening(given, datetime(2024, 6, 3, 23, 0, tzinfo=UTC)).code == "exemption_over"


# -- whether one may be asked for ------------------------------------------------------------------------------------------------------------


def test_the_step_of_exemptions_is_the_one_of_that_route():
    assert EXEMPTION == "exemption"
    assert exemption_step(state()) == STEPS[3]
    assert exemption_step(state(steps=STEPS[:3])) is None


def test_an_exemption_may_be_asked_for_before_and_after_the_first_supplier_has_failed():
    assert exempting_refusal(state(), NOW) is None
    assert exempting_refusal(state(asked()), NOW) is None
    assert exempting_refusal(state(asked(), status="agreed"), NOW) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            state(status="deferred"),
            Refusal(
                "not_being_sourced",
                "This request is held. The Assistant Director or a finance officer decides it first.",
            ),
        ),
        (
            state(round_is_open=False),
            Refusal("not_being_sourced", "This round is closed. Start a new round if the need goes on."),
        ),
        (
            state(steps=STEPS[:3]),
            Refusal("not_in_order", "The order of sourcing that this round follows has no step for exemptions."),
        ),
        (
            state(direct_recorded=False),
            Refusal(
                "direct_first",
                "Direct recruitment comes first. Record where permanent recruitment stands, then ask an agency.",
            ),
        ),
        (
            state(asked("open")),
            Refusal(
                "still_waiting",
                "Another agency, by exemption is not open yet. Pertemps’ time to answer has ended. Record what it said first.",
            ),
        ),
        (
            state(asked("open", 3)),
            Refusal(
                "still_waiting",
                "Service Care Solutions has been asked already. Service Care Solutions’ time to answer has ended. Record what it said first.",
            ),
        ),
        (
            state(asked("secured", 2)),
            Refusal(
                "already_secured",
                "Halden Bridge Care has secured somebody. Book the worker, or record that the worker will not come.",
            ),
        ),
        (
            state(asked(waiting_candidate="C-1")),
            Refusal(
                "candidate_waits",
                "Another agency, by exemption is not open yet. Pertemps’ candidate C-1 waits for our decision. Offer the work, or record "
                "why not, first.",
            ),
        ),
    ],
)
def test_no_exemption_is_asked_for_while_the_order_of_sourcing_has_an_answer_to_come(given, expected):
    assert exempting_refusal(given, NOW) == expected


# -- the answer one may rest on --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((), None),
        ((asked(),), 1),
        ((asked("fell_through"),), 1),
        ((asked("withdrawn"),), None),
        ((asked("secured"),), None),
        ((asked(in_time=False),), None),
        ((asked(position=2),), None),
        ((asked(position=0),), None),
        ((asked(pk=1), asked(pk=2)), 2),
        ((asked(pk=1), asked(pk=2, in_time=False)), 1),
        ((asked(pk=1), asked("withdrawn", pk=2)), 1),
        ((asked(pk=1), asked(pk=2, position=2)), 1),
    ],
)
def test_an_exemption_rests_on_the_last_answer_of_the_first_supplier_that_was_given_in_time(rows, found):
    proof = first_route_proof(state(*rows), NOW, CALENDAR)
    assert (proof and proof.pk) == found


@pytest.mark.parametrize(
    ("now", "is_proof"),
    [
        (datetime(2024, 3, 1, 23, 59, tzinfo=LONDON), True),  # 20 working days after 2 February
        (datetime(2024, 3, 2, 0, 0, tzinfo=LONDON), False),
    ],
)
def test_an_answer_is_no_proof_for_an_exemption_after_the_last_day_of_its_age(now, is_proof):
    assert (first_route_proof(state(asked()), now, CALENDAR) is not None) is is_proof


# -- by which exemption a contract's supplier is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exemptions", "contract", "now", "found"),
    [
        ((), 9, NOW, None),
        ((exempted(),), 9, NOW, 30),
        ((exempted(),), 8, NOW, None),
        ((exempted(),), 9, LAST_MOMENT, 30),
        ((exempted(),), 9, DAY_AFTER, None),
        ((exempted("requested", contract=None),), 9, NOW, None),
        ((exempted(pk=31), exempted(pk=30)), 9, NOW, 30),
        ((exempted(pk=30), exempted(pk=31)), 9, NOW, 30),
        ((exempted(pk=31, ends_on=date(2024, 3, 29)), exempted(pk=30)), 9, DAY_AFTER, 31),
        ((exempted(pk=29, contract=8), exempted(pk=30)), 9, NOW, 30),
    ],
)
def test_a_supplier_is_asked_by_the_first_exemption_of_its_contract_that_still_holds(exemptions, contract, now, found):
    one = exemption_for(state(exemptions=exemptions), contract, now)
    assert (one and one.pk) == found


def test_the_day_on_which_an_exemption_lets_a_supplier_be_asked_is_a_day_in_england():
    given = state(exemptions=(exempted(ends_on=date(2024, 6, 3)),))
    assert exemption_for(given, 9, datetime(2024, 6, 3, 22, 59, tzinfo=UTC)).pk == 30
    assert exemption_for(given, 9, datetime(2024, 6, 3, 23, 0, tzinfo=UTC)) is None
