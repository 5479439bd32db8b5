"""What happened and when it was entered: two times, and a reason where the days are apart."""

from datetime import datetime

from council.errors import refuse
from council.models import Council
from council.working_time import day_of


def check_times(what: str, happened_at: datetime, at: datetime, late_reason: str) -> None:
    """Raise RuleViolation for a time to come, or for one entered days later without saying why.

    `what` completes "The time …"; how many days count as later is the council's own figure.
    """
    if happened_at > at:
        refuse("in_future", f"The time {what} is in the future. Enter when it really happened.", "happened_at")
    days = (day_of(at) - day_of(happened_at)).days
    if days > 0 and days > Council.current().late_record_days and not late_reason.strip():
        refuse(
            "late_without_reason",
            f"This is entered {days} day{'s' if days > 1 else ''} after it happened. Say why it is late.",
            "late_reason",
        )
