"""The weekly meeting: the decisions of one sheet, all of them or none, and the sheet kept as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from council.actions import action, day_of
from council.errors import RuleViolation, refuse
from council.models import User
from recruitment.models import Meeting, MeetingItem, Origin, Status, Vacancy
from recruitment.permissions import require_decide
from recruitment.requests import actions as vacancies

LONGEST_AGO = timedelta(days=31)


@dataclass(frozen=True)
class SheetLine:
    """What the sheet shows of a request: FTE, and £ excluding VAT. A team's figures are None where none are known."""

    fte: Decimal
    cost: Decimal
    establishment_fte: Decimal | None
    in_post_fte: Decimal | None
    agreed_fte: Decimal
    cover_fte: Decimal


@dataclass(frozen=True)
class Taken:
    """What the meeting decided of one request. `version` is the sight of it the meeting had."""

    decision: str
    reason: str
    version: int


class RefusedAt(RuleViolation):
    """A refusal about one request of the sheet."""

    def __init__(self, refused: RuleViolation, vacancy: Vacancy):
        super().__init__(refused.refusal, f"reason_{vacancy.pk}")


def decided_since_the_last_meeting(at: datetime) -> QuerySet[Vacancy]:
    """Requests decided outside any meeting since the last one (before the first, in the week before), the oldest decision first.

    One that was being decided while the last meeting was recorded is found by its decision, which is on no sheet. Those held wait on
    the sheet itself.
    """
    last = Meeting.objects.filter(recorded_at__lt=at).order_by("-recorded_at").first()
    since = last.recorded_at - timedelta(days=1) if last else at - timedelta(weeks=1)
    listed = MeetingItem.objects.filter(vacancy=OuterRef("pk"), decided_at=OuterRef("decided_at"))
    rows = Vacancy.objects.filter(~Exists(listed), decided_at__gt=since, decided_at__lt=at)
    rows = rows.exclude(origin=Origin.RECORDED).exclude(status=Status.DEFERRED)
    return rows.order_by("decided_at", "pk")


@action
def hold_meeting(
    *,
    by: User,
    at: datetime,
    held_on: date,
    present: str,
    lines: Mapping[int, SheetLine],
    taken: Mapping[int, Taken],
) -> Meeting:
    """Record a meeting with what it decided. `lines` and `taken` go by the key of the request; the sheet is kept as it was.

    Raises RefusedAt where a decision is refused; then nothing of the meeting is kept.
    """
    require_decide(by, day_of(at))
    if held_on > day_of(at):
        refuse("in_future", "The meeting is in the future. Record it on its day.", "held_on")
    if held_on < day_of(at) - LONGEST_AGO:
        refuse("long_ago", f"A meeting is recorded within {LONGEST_AGO.days} days. Check the date.", "held_on")
    if not present.strip():
        refuse("nobody_present", "Enter who was present.", "present")
    between = list(decided_since_the_last_meeting(at))
    meeting = Meeting.objects.create(held_on=held_on, present=present.strip(), recorded_by=by, recorded_at=at)
    waiting = Vacancy.objects.awaiting_decision().filter(pk__in=lines).order_by("requested_at", "pk")
    details: dict[str, Any]
    for vacancy in list(waiting):
        decided = taken.get(vacancy.pk)
        details = {"decision": MeetingItem.Decision.NONE, "reason": ""}
        if decided is not None:
            try:
                vacancies.decide(
                    by=by,
                    at=at,
                    vacancy=vacancy,
                    decision=decided.decision,
                    reason=decided.reason,
                    version=decided.version,
                )
            except RuleViolation as refused:
                raise RefusedAt(refused, vacancy) from refused
            details = {
                "decision": decided.decision,
                "reason": decided.reason,
                "decided_by": by,
                "decided_at": at,
            }
        _keep(meeting, vacancy, lines[vacancy.pk], **details)
    if gone := set(taken) - {item.vacancy_id for item in meeting.items.all()}:
        vacancy = Vacancy.objects.get(pk=min(gone))
        refuse(
            "not_from_here",
            f"{vacancy.reference} has been decided meanwhile. Reload the sheet.",
            f"reason_{vacancy.pk}",
        )
    for vacancy in between:
        if vacancy.pk in lines:
            decided_by = {"decided_by": vacancy.decided_by, "decided_at": vacancy.decided_at}
            details = {"decision": vacancy.decision, "reason": vacancy.decision_reason, "is_between": True}
            _keep(meeting, vacancy, lines[vacancy.pk], **details, **decided_by)
    return meeting


def _keep(meeting: Meeting, vacancy: Vacancy, line: SheetLine, **details) -> None:
    MeetingItem.objects.create(
        meeting=meeting,
        vacancy=vacancy,
        job_type=vacancy.job_type,
        kind=vacancy.kind,
        team=vacancy.team,
        fte=line.fte,
        cost=line.cost,
        establishment_fte=line.establishment_fte,
        in_post_fte=line.in_post_fte,
        agreed_fte=line.agreed_fte,
        cover_fte=line.cover_fte,
        **details,
    )
