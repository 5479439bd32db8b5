"""Deputies for every decision, on the days around their time and with accounts switched off; and entries made late or for later."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from council import permissions
from council.errors import RuleViolation
from council.late import check_times
from council.models import Council, Deputy, User
from council.permissions import APPROVALS, approvals_of, may_decide_request
from council.working_time import LONDON

FIRST, LAST = date(2024, 1, 24), date(2024, 1, 26)
DAYS = (date(2024, 1, 23), FIRST, LAST, date(2024, 1, 27))
IN_TIME = [False, True, True, False]


def who_decides(world, approval: str) -> User:
    return world.strategic if approval == "authority" else world.director


def deputy(world, approval: str, of: User | None = None, user: User | None = None) -> User:
    user = user or world.officer2
    Deputy.objects.create(
        approval=approval, for_user=of or who_decides(world, approval), user=user, starts_on=FIRST, ends_on=LAST
    )
    return user


def may_decide(user: User, approval: str, day: date | None = None) -> bool:
    """Asked both ways: for one decision, and for all of them at once."""
    decides = permissions.may_decide(user, approval, day)
    assert (approval in approvals_of(user, day or timezone.localdate())) is decides
    return decides


def again(user: User) -> User:
    """As the next request reads the person."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("approval", sorted(APPROVALS))
def test_a_deputy_decides_from_the_first_to_the_last_day_and_nothing_else(world, approval):
    somebody = deputy(world, approval)
    assert [may_decide(somebody, approval, day) for day in DAYS] == IN_TIME
    others = set(APPROVALS) - {approval}
    assert [may_decide(somebody, other, FIRST) for other in sorted(others)] == [False] * 6


@pytest.mark.parametrize("approval", sorted(APPROVALS))
def test_a_deputy_whose_account_is_switched_off_decides_nothing(world, approval):
    somebody = deputy(world, approval)
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    assert may_decide(again(somebody), approval, FIRST) is False


@pytest.mark.parametrize("approval", sorted(APPROVALS))
def test_nobody_decides_in_the_place_of_somebody_whose_account_is_switched_off(world, approval):
    somebody = deputy(world, approval)
    User.objects.filter(pk=who_decides(world, approval).pk).update(is_active=False)
    assert may_decide(somebody, approval, FIRST) is False


@pytest.mark.parametrize("approval", sorted(APPROVALS))
def test_a_deputy_decides_as_long_as_the_role_of_the_other_holds(world, approval):
    somebody = deputy(world, approval)
    who_decides(world, approval).role_grants.update(ends_on=FIRST)
    assert [may_decide(somebody, approval, day) for day in DAYS] == [False, True, False, False]


def test_the_deputy_of_a_deputy_decides_nothing(world):
    deputy(world, "breach")
    assert may_decide(deputy(world, "breach", of=world.officer2, user=world.finance), "breach", FIRST) is False


def test_one_of_two_places_is_enough(world):
    somebody = deputy(world, "staffing_request", of=world.auditor)
    assert may_decide_request(somebody, FIRST) is False
    deputy(world, "staffing_request", of=world.finance)
    assert may_decide_request(somebody, FIRST) is True


def test_a_deputys_own_role_goes_on_outside_the_time(world):
    deputy(world, "staffing_request", user=world.finance)
    assert [may_decide_request(world.finance, day) for day in DAYS] == [True] * 4


def test_without_a_day_today_counts(world):
    today = datetime.now(LONDON).date()
    common = {"for_user": world.director, "user": world.officer2, "approval": "breach"}
    row = Deputy.objects.create(starts_on=today, ends_on=today, **common)
    assert may_decide(world.officer2, "breach") is True
    Deputy.objects.filter(pk=row.pk).update(starts_on=today - timedelta(2), ends_on=today - timedelta(1))
    assert may_decide(world.officer2, "breach") is False


def test_a_decision_nobody_has_defined_is_an_error(world):
    with pytest.raises(KeyError):
        may_decide(world.director, "holiday", FIRST)


# -- entered late -----------------------------------------------------------------------------------------------------------------------------

NOW = datetime(2024, 1, 10, 12, tzinfo=LONDON)


def entering(happened_at: datetime, at: datetime = NOW, reason: str = "") -> tuple[str, str, str | None] | None:
    try:
        check_times("of the answer", happened_at, at, reason)
    except RuleViolation as refused:
        return refused.code, str(refused), refused.field
    return None


def late(days: str) -> tuple[str, str, str]:
    return "late_without_reason", f"This is entered {days} after it happened. Say why it is late.", "late_reason"


@pytest.mark.parametrize(
    ("happened_at", "expected"),
    [
        (NOW, None),
        (
            NOW + timedelta(seconds=1),
            ("in_future", "The time of the answer is in the future. Enter when it really happened.", "happened_at"),
        ),
        (datetime(2024, 1, 10, tzinfo=LONDON), None),
        (datetime(2024, 1, 9, 23, 59, tzinfo=LONDON), late("1 day")),
        (datetime(2024, 1, 8, 23, 59, tzinfo=LONDON), late("2 days")),
    ],
)
def test_an_entry_of_another_day_needs_a_reason_and_one_of_a_time_to_come_is_refused(db, happened_at, expected):
    assert entering(happened_at) == expected


@pytest.mark.parametrize(
    ("allowed", "days", "is_late"), [(0, 1, True), (1, 1, False), (1, 2, True), (3, 3, False), (3, 4, True)]
)
def test_the_last_day_of_the_councils_figure_is_not_late(db, allowed, days, is_late):
    Council.objects.update_or_create(pk=1, defaults={"name": "x", "late_record_days": allowed})
    assert (entering(NOW - timedelta(days)) is not None) is is_late


@pytest.mark.parametrize(("reason", "is_refused"), [("", True), ("  ", True), ("The system was down", False)])
def test_a_reason_has_words(db, reason, is_refused):
    assert (entering(NOW - timedelta(5), reason=reason) is not None) is is_refused


def test_a_reason_does_not_let_a_time_to_come_be_entered(db):
    assert entering(NOW + timedelta(1), reason="Because")[0] == "in_future"


def test_days_are_counted_by_the_calendar_of_england(db):
    at = datetime(2024, 7, 1, 0, 30, tzinfo=LONDON)
    assert entering(datetime(2024, 6, 30, 23, 15, tzinfo=UTC), at) is None  # 00:15 on 1 July
    assert entering(datetime(2024, 6, 30, 22, 45, tzinfo=UTC), at) == late("1 day")
