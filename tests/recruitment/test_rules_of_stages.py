"""Which stage follows which: of a request, of an exemption and of a candidate; and what an emergency still waits for. No query."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest

from council.errors import RuleViolation
from council.models import Role, User
from council.refusal import Refusal
from council.working_time import LONDON
from recruitment.exemptions import stages
from recruitment.models import (
    EmergencyCall,
    Exemption,
    ExemptionComment,
    ExemptionStatus,
    Release,
    Stage,
    Status,
    Submission,
    Vacancy,
)
from recruitment.reads import deciders
from recruitment.reads.candidates import FOLLOWS, may_follow
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.requests import stages as machine

# -- a request ------------------------------------------------------------------------------------------------------------------------------

REQUEST_MOVES = {
    "requested": {"agreed", "deferred", "turned_down", "withdrawn"},
    "deferred": {"agreed", "turned_down", "withdrawn"},
    "turned_down": set(),
    "agreed": {"sourcing", "filled", "ended"},
    "sourcing": {"agreed", "covered", "filled", "ended"},
    "covered": {"agreed", "sourcing", "filled", "ended"},
    "filled": {"agreed"},
    "ended": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize("to", [status.value for status in Status])
@pytest.mark.parametrize("now", [status.value for status in Status])
def test_a_request_moves_only_where_the_table_says(now, to):
    vacancy = Vacancy(reference="REQ-7", status=now, version=3, status_reason="before")
    if to in REQUEST_MOVES[now]:
        machine.move(vacancy, to, "because")
        assert (vacancy.status, vacancy.status_reason, vacancy.version) == (to, "because", 4)
    else:
        assert machine.may_move(vacancy, to) is False
        with pytest.raises(RuleViolation) as refused:
            machine.move(vacancy, to, "because")
        assert refused.value.code == "not_from_here"
        assert (vacancy.status, vacancy.status_reason, vacancy.version) == (now, "before", 3)


@pytest.mark.parametrize(
    ("now", "to", "sentence"),
    [
        ("requested", "covered", "REQ-7 is requested, so it cannot become covered."),
        ("turned_down", "agreed", "REQ-7 is turned down, so it cannot become agreed."),
        ("filled", "sourcing", "REQ-7 is filled, so it cannot become sourcing."),
    ],
)
def test_a_request_that_cannot_move_says_what_it_is_and_what_it_cannot_become(now, to, sentence):
    with pytest.raises(RuleViolation, match="cannot become") as refused:
        machine.move(Vacancy(reference="REQ-7", status=now), to)
    assert str(refused.value) == sentence


def test_a_move_without_a_reason_takes_the_reason_of_the_stage_before_away():
    vacancy = Vacancy(reference="REQ-7", status="requested", status_reason="before")
    machine.move(vacancy, "agreed")
    assert vacancy.status_reason == ""


# -- an exemption ------------------------------------------------------------------------------------------------------------------------------

EXEMPTION_MOVES = {
    ("requested", "approved"): "decide_exemption",
    ("requested", "returned"): "decide_exemption",
    ("requested", "turned_down"): "decide_exemption",
    ("requested", "taken_back"): "request_exemption",
    ("returned", "requested"): "request_exemption",
    ("returned", "taken_back"): "request_exemption",
    ("approved", "ended"): "end_exemption",
    ("approved", "taken_back"): "decide_exemption",
}


@pytest.mark.parametrize("to", [status.value for status in ExemptionStatus])
@pytest.mark.parametrize("now", [status.value for status in ExemptionStatus])
def test_an_exemption_moves_only_where_the_table_says_and_by_the_right_it_names(now, to):
    exemption = Exemption(reference="EX-3", status=now, status_reason="before", version=5)
    right = EXEMPTION_MOVES.get((now, to))
    assert stages.right_to(exemption, to) == right
    if right:
        stages.move(exemption, to, "because")
        assert (exemption.status, exemption.status_reason, exemption.version) == (to, "because", 6)
    else:
        with pytest.raises(RuleViolation) as refused:
            stages.move(exemption, to, "because")
        assert refused.value.code == "not_from_here"
        assert (exemption.status, exemption.status_reason, exemption.version) == (now, "before", 5)


def test_an_exemption_that_cannot_move_says_what_it_is_and_what_it_cannot_become():
    with pytest.raises(RuleViolation) as refused:
        stages.move(Exemption(reference="EX-3", status="turned_down"), "approved")
    assert str(refused.value) == "EX-3 is turned down, so it cannot become approved."


def test_a_comment_needs_the_right_of_its_side():
    assert deciders.COMMENT_RIGHTS == {
        "finance": "comment_finance",
        "procurement": "comment_procurement",
        "legal": "comment_legal",
    }
    assert deciders.side_names(["finance"]) == "finance"
    assert deciders.side_names(["finance", "procurement", "legal"]) == "finance and procurement and legal"


ORDERS = [(Role.ASSISTANT_DIRECTOR, D("100000.00")), (Role.STRATEGIC_DIRECTOR, None)]


@pytest.mark.parametrize(
    ("value", "roles"),
    [
        ("0.01", {"assistant_director", "strategic_director"}),
        ("99999.99", {"assistant_director", "strategic_director"}),
        ("100000.00", {"assistant_director", "strategic_director"}),
        ("100000.01", {"strategic_director"}),
    ],
)
def test_a_role_decides_up_to_its_value_and_one_without_a_limit_at_every_value(value, roles):
    assert deciders._roles_at(D(value), ORDERS) == roles
    assert deciders._roles_at(D(value), []) == set()


def exemption_with(*comments: tuple[str, int, int], revision=2, **fields) -> Exemption:
    """Asked for by person 1; comments are (side, revision, given by)."""
    exemption = Exemption(**{"pk": 3, "requested_by_id": 1, "revision": revision} | fields)
    rows = [ExemptionComment(side=side, revision=number, given_by_id=by) for side, number, by in comments]
    exemption._prefetched_objects_cache = {"comments": rows}
    return exemption


@pytest.mark.parametrize(
    ("exemption", "parties"),
    [
        (exemption_with(), {1}),
        (exemption_with(put_by_id=2), {1, 2}),
        (exemption_with(("finance", 1, 5), ("legal", 2, 6)), {1, 5, 6}),
        (exemption_with(("finance", 2, 5), put_by_id=2), {1, 2, 5}),
    ],
)
def test_who_asked_completed_or_commented_is_a_party_and_nobody_else(exemption, parties):
    assert deciders.parties_of(exemption) == parties
    assert [deciders.is_a_party(User(pk=n), exemption) for n in range(1, 8)] == [n in parties for n in range(1, 8)]


@pytest.mark.parametrize(
    ("comments", "wanted", "missing"),
    [
        ((), ["finance", "procurement"], ["finance", "procurement"]),
        ((("finance", 2, 5),), ["finance", "procurement"], ["procurement"]),
        ((("finance", 1, 5),), ["finance", "procurement"], ["finance", "procurement"]),
        ((("finance", 2, 5), ("procurement", 2, 6)), ["finance", "procurement"], []),
        ((("legal", 2, 5),), ["finance"], ["finance"]),
        ((), [], []),
    ],
)
def test_a_comment_counts_for_the_version_it_was_given_on(comments, wanted, missing):
    assert deciders.sides_missing(exemption_with(*comments), wanted) == missing


# -- a candidate --------------------------------------------------------------------------------------------------------------------------------

CANDIDATE_MOVES = {
    "put_forward": ("shortlisted", "interviewed", "offered", "turned_down", "withdrawn"),
    "reconsidered": ("shortlisted", "interviewed", "offered", "turned_down", "withdrawn"),
    "shortlisted": ("interviewed", "offered", "turned_down", "withdrawn"),
    "interviewed": ("offered", "turned_down", "withdrawn"),
    "offered": ("accepted", "turned_down", "withdrawn"),
    "accepted": ("withdrawn",),
    "turned_down": ("reconsidered",),
    "withdrawn": ("reconsidered",),
}
AT = datetime(2024, 1, 9, 10, tzinfo=LONDON)


def candidate(stage: str, outcome: str = "open", *, void=False, order_void=False) -> Submission:
    release = Release(outcome=outcome, voided_at=AT if order_void else None)
    return Submission(release=release, stage=stage, voided_at=AT if void else None)


def test_every_stage_of_a_candidate_has_what_follows_it():
    assert set(FOLLOWS) == set(CANDIDATE_MOVES) == {stage.value for stage in Stage}


@pytest.mark.parametrize("outcome", ["open", "secured"])
@pytest.mark.parametrize("stage", sorted(CANDIDATE_MOVES))
def test_while_an_order_looks_for_somebody_a_candidate_goes_where_the_table_says(stage, outcome):
    assert may_follow(candidate(stage, outcome)) == CANDIDATE_MOVES[stage]


@pytest.mark.parametrize("outcome", ["not_secured", "fell_through", "withdrawn"])
@pytest.mark.parametrize(
    ("stage", "left"),
    [
        ("put_forward", ("turned_down", "withdrawn")),
        ("reconsidered", ("turned_down", "withdrawn")),
        ("shortlisted", ("turned_down", "withdrawn")),
        ("interviewed", ("turned_down", "withdrawn")),
        ("offered", ("turned_down", "withdrawn")),
        ("accepted", ("withdrawn",)),
        ("turned_down", ()),
        ("withdrawn", ()),
    ],
)
def test_once_an_order_looks_for_nobody_a_candidate_is_only_closed(stage, left, outcome):
    assert may_follow(candidate(stage, outcome)) == left
    assert may_follow(candidate(stage, "open", order_void=True)) == left


@pytest.mark.parametrize("stage", sorted(CANDIDATE_MOVES))
def test_a_candidate_entered_in_error_goes_nowhere(stage):
    assert may_follow(candidate(stage, void=True)) == ()


# -- an emergency -------------------------------------------------------------------------------------------------------------------------------

BY = datetime(2024, 6, 4, 16, tzinfo=UTC)  # Tuesday 4 June, 17:00 in England


def emergency(*, origin="emergency", agreed="", decision="", reason="", by="The director") -> Vacancy:
    vacancy = Vacancy(reference="REQ-7", origin=origin, decision=agreed)
    EmergencyCall(vacancy=vacancy, confirm_by=BY, decision=decision, decision_reason=reason, decided_by=User(name=by))
    return vacancy


IN_TIME, TOO_LATE = BY, BY + timedelta(seconds=1)
NOT_IN_TIME = Refusal(
    "emergency_not_confirmed",
    "The Assistant Director had until Tuesday 4 June, 17:00 to confirm this emergency, and has not. The Assistant Director decides it "
    "first.",
)
NOT_CONFIRMED = Refusal(
    "emergency_not_confirmed",
    "The director has not confirmed this emergency: No need. Ask for staff in the usual way if the need goes on.",
)


@pytest.mark.parametrize(
    ("vacancy", "at", "expected"),
    [
        (emergency(), IN_TIME, None),
        (emergency(), TOO_LATE, NOT_IN_TIME),
        (emergency(agreed="agreed"), TOO_LATE, None),
        (emergency(agreed="turned_down"), TOO_LATE, NOT_IN_TIME),
        (emergency(decision="confirmed"), TOO_LATE, None),
        (emergency(decision="not_confirmed", reason="No need."), IN_TIME, NOT_CONFIRMED),
        (emergency(decision="not_confirmed", reason="No need."), TOO_LATE, NOT_CONFIRMED),
        (emergency(decision="not_confirmed", reason="No need.", agreed="agreed"), TOO_LATE, None),
        (emergency(origin="requested"), TOO_LATE, None),
        (Vacancy(origin="requested"), TOO_LATE, None),
    ],
)
def test_an_emergency_goes_on_until_its_time_is_over_or_somebody_has_decided(vacancy, at, expected):
    assert unconfirmed_refusal(vacancy, at) == expected
