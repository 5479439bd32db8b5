"""What one council sets up for itself: its name, its numbers and the days it is closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from council.working_time import WorkingCalendar


class Council(models.Model):
    """The one row of figures that differ from council to council. Changing one takes effect at once."""

    name = models.CharField(max_length=100, default="The council")
    is_demonstration = models.BooleanField(default=False, editable=False)
    demonstration_is_whole = models.BooleanField(default=False, editable=False)  # its loading came to its end
    full_time_hours = models.DecimalField(
        "full-time hours a week",
        max_digits=4,
        decimal_places=2,
        default=Decimal("37"),
        validators=[MinValueValidator(Decimal("30")), MaxValueValidator(Decimal("48"))],
        help_text="FTE is hours per week divided by this.",
    )
    worker_weekly_hours_limit = models.DecimalField(
        "most hours a week for one worker",
        max_digits=4,
        decimal_places=2,
        default=Decimal("48"),
        help_text="All of a worker's placements together.",
    )
    notice_weeks = models.PositiveSmallIntegerField(
        "notice in weeks",
        default=4,
        help_text="Stays committed when a placement ends early, unless the agency waives it.",
    )
    ending_soon_weeks = models.PositiveSmallIntegerField(
        "ending soon, in weeks", default=8, help_text="Today lists placements and contracts that end within this time."
    )
    replacement_days = models.PositiveSmallIntegerField(
        "replacement within, in working days",
        default=10,
        help_text="A supplier may send another worker under the same order within this time.",
    )
    handover_days = models.PositiveSmallIntegerField(
        "handover, in working days",
        default=10,
        validators=[MaxValueValidator(10)],
        help_text="Two workers may overlap this long, with a reason.",
    )
    extension_approval_weeks = models.PositiveSmallIntegerField(
        "an extension needs approval beyond, in weeks",
        default=13,
        help_text="Total length from the first day; beyond it the Assistant Director approves.",
    )
    supplier_link_days = models.PositiveSmallIntegerField(
        "a supplier's link works for, in days",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="From when it was sent.",
    )
    later_route_months = models.PositiveSmallIntegerField(
        "a candidate of an earlier route stays with it for, in months",
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Within this time the person comes by a later route only for the Assistant Director's reason.",
    )
    emergency_hours = models.PositiveSmallIntegerField(
        "an emergency call is answered within, in hours by the clock",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text="Out of hours a supplier's time to answer is counted by the clock.",
    )
    emergency_days = models.PositiveSmallIntegerField(
        "an emergency booking lasts at most, in working days",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="Also a booking that passes a contract's approved value on the Strategic Director's recorded authority.",
    )
    late_record_days = models.PositiveSmallIntegerField(
        "recorded late after, in days",
        default=0,
        help_text="An event entered more days later than this needs a reason.",
    )
    value_warning_percent = models.PositiveSmallIntegerField(
        "first warning of a contract's value, in percent", default=75
    )
    value_alert_percent = models.PositiveSmallIntegerField(
        "second warning of a contract's value, in percent", default=90
    )
    exemption_finance_comment = models.BooleanField(
        "finance comments on an exemption before it is decided", default=True
    )
    exemption_procurement_comment = models.BooleanField(
        "procurement comments on an exemption before it is decided", default=True
    )
    exemption_legal_comment = models.BooleanField("legal comments on an exemption before it is decided", default=False)
    exemption_window_months = models.PositiveSmallIntegerField(
        "an agency's exemptions add up over, in months",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Legal's to say. Leave empty to count from the first award until a contract let in another way starts.",
    )
    threshold_warning_percent = models.PositiveSmallIntegerField(
        "warning of the procurement threshold, in percent", default=75
    )
    review_weeks = models.PositiveSmallIntegerField(
        "a placement by exemption is reviewed every, in weeks",
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(52)],
    )
    review_extension_days = models.PositiveSmallIntegerField(
        "an extension while a review is overdue lasts at most, in working days",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="One such extension for each overdue review.",
    )
    later_start_days = models.PositiveSmallIntegerField(
        "by a later route a worker starts at most, in days after the start asked for",
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text="Beyond that the first supplier is asked again.",
    )
    living_days = models.PositiveSmallIntegerField(
        "a supplier's silence counts where it opened a link of ours within, in days",
        default=60,
        db_default=60,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="An address that nobody reads says nothing by its silence.",
    )
    told_hours = models.PositiveSmallIntegerField(
        "a recorded answer counts as undisputed after, in working hours",
        default=4,
        db_default=4,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
        help_text="From when the supplier was told of it.",
    )
    told_days = models.PositiveSmallIntegerField(
        "and only of a supplier that looked at such an answer within, in days",
        default=90,
        db_default=90,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    payment_after_end_days = models.PositiveSmallIntegerField(
        "payments attach this many days after a contract's end", default=90
    )
    payment_change_days = models.PositiveSmallIntegerField(
        "a person allocates payments this many days around a change of contract", default=60
    )

    class Meta:
        verbose_name = "council's own figures"
        verbose_name_plural = "council's own figures"
        constraints = [
            models.CheckConstraint(
                name="council_is_one_row",
                condition=Q(id=1),
                violation_error_message="There is one row of the council's figures.",
            ),
            models.CheckConstraint(
                name="council_hours_are_positive",
                condition=Q(full_time_hours__gt=0, worker_weekly_hours_limit__gt=0),
                violation_error_message="Hours a week are more than zero.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Council":
        """The council's figures; the defaults where nobody has set them up yet. Read once within `read_once()`."""
        return _read("council", lambda: cls.objects.filter(pk=1).first() or cls(pk=1))


class ClosedDay(models.Model):
    """A day on which the council is closed beside England's bank holidays."""

    on = models.DateField("date", unique=True)
    name = models.CharField(max_length=80, help_text="For example, Christmas closure")

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on:%-d %B %Y}: {self.name}"


def calendar_of_the_council() -> WorkingCalendar:
    """The council's working days, read once for an action, and once for a page within `read_once()`."""
    return _read("calendar", lambda: WorkingCalendar.without(ClosedDay.objects.values_list("on", flat=True)))


_already_read: ContextVar[dict | None] = ContextVar("already_read", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """While it lasts, what the council set up for itself is read once: for a page, which changes nothing and asks often."""
    token = _already_read.set({})
    try:
        yield
    finally:
        _already_read.reset(token)


def _read(what: str, read: Callable[[], Any]) -> Any:
    kept = _already_read.get()
    if kept is None:
        return read()
    if what not in kept:
        kept[what] = read()
    return kept[what]
