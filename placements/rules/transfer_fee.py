"""From when no transfer fee may be asked for taking a worker on. Pure.

Source: Conduct of Employment Agencies and Employment Businesses Regulations 2003, regulation 10(5): none after the later of 14
weeks that begin on the first day of the first assignment and 8 weeks that begin on the day after the last day of the last. The 14
weeks start again only after a gap of more than 42 days between assignments.
"""

from collections.abc import Iterable
from datetime import date, timedelta

FROM_START, FROM_END, GAP = timedelta(weeks=14), timedelta(weeks=8), timedelta(days=42)


def free_of_fee_on(assignments: Iterable[tuple[date, date]]) -> date:
    """The first day without a fee, from the (start, end) of every assignment with the agency. Raises ValueError for none."""
    rows = sorted(assignments)
    if not rows:
        raise ValueError("No assignment, so there is no fee to be free of.")
    first, last = rows[0]
    for start, end in rows[1:]:
        if start - last - timedelta(1) > GAP:
            first = start
        last = max(last, end)
    return max(first + FROM_START, last + timedelta(1) + FROM_END)
