"""The working time of `council.working_time` as SQL, for what is added up by the database. Held to the rule by tests.

`closed` is SQL of an array of days, `closed_weekdays()` of the calendar that counts.
"""

OPENS, A_DAY = 9 * 3600, 8 * 3600  # seconds of a day: since midnight, and how long


def working_days_until(day: str, closed: str) -> str:
    """Mondays to Fridays that are not closed since 1900, a day included."""
    since = f"({day} - date '1900-01-01')"  # a Monday
    return f"({since} / 7 * 5 + least(mod({since}, 7) + 1, 5) - width_bucket({day}, {closed}))"


def working_seconds_until(moment: str, closed: str) -> str:
    """Seconds of working time since 1900 up to a moment: its difference for two is the working time between them."""
    local = f"({moment} at time zone 'Europe/London')"
    before, through = working_days_until(f"({local}::date - 1)", closed), working_days_until(f"{local}::date", closed)
    open_for = f"least(greatest(extract(epoch from {local}::time) - {OPENS}, 0), {A_DAY})"
    return f"({before} * {A_DAY} + ({through} - {before}) * {open_for})"
