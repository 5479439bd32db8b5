"""Approaches: an agency offers somebody whom nobody has asked it for."""

from datetime import datetime

from council.actions import action
from council.errors import refuse
from council.late import check_times
from council.models import User
from council.working_time import day_of
from recruitment.models import Agency, Approach
from recruitment.permissions import require_source


@action
def log_approach(
    *,
    by: User,
    at: datetime,
    agency: Agency,
    job_type: str,
    note: str,
    candidate: str = "",
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Approach:
    """An agency offered somebody outside any order. It leads nowhere.

    Refuses: in_future, late_without_reason, no_note.
    """
    require_source(by, day_of(at))
    received_at = happened_at or at
    check_times("it came", received_at, at, late_reason)
    if not note.strip():
        refuse("no_note", "Say what the agency offered.", "note")
    return Approach.objects.create(
        agency=agency,
        job_type=job_type,
        candidate=" ".join(candidate.split()),
        note=note.strip(),
        received_at=received_at,
        recorded_at=at,
        recorded_by=by,
        late_reason=late_reason,
    )
