"""What a report is asked for in the address: the day, the time, the Service and the team."""

from datetime import date

from council.web import whole_number


def day_asked(request, today: date) -> date:
    """The "as at" day of the query, or today where it is missing, no date, or not of this century."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return day if 2000 <= day.year < 2100 else today


def day_given(request, name: str) -> date | None:
    """A day of the query; None where it is missing or no date of this century."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def row_asked(request, name: str, model):
    """The row of the query, or None."""
    key = whole_number(request.GET.get(name, ""))
    return None if key is None else model.objects.filter(pk=key).first()
