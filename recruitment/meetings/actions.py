"""The weekly meeting: the decisions of one sheet, all of them or none, and the sheet kept as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from council.actions import action
from council.errors import RuleViolation, refuse
from council.models import User
from council.working_time import day_of
from recruitment.models import Meeting, MeetingItem, Vacancy
from recruitment.permissions import require_decide
from recruitment.reads.meetings import SheetLine, decided_since_the_last_meeting
from recruitment.requests import actions as vacancies

LONGEST_AGO = timedelta(days=31)


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

    Refuses: in_future, long_ago, nobody_present, not_from_here; what `decide` refuses.
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
