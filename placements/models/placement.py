"""A placement: a worker covering a vacancy through a contract and a release, and the stretches agreed for it."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from council.constraints import Agrees
from council.models import User
from council.permissions import services_of
from recruitment.models import (
    AccountEntry,
    Agency,
    Contract,
    Pattern,
    RecruitmentState,
    Release,
    Round,
    SupplyMode,
    Vacancy,
)
from recruitment.models.fields import hours_field, money_field, rate_field

from .worker import Worker


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class SingleNumber(Func):
    """A range that holds one number: it overlaps only its equal, without an extension of PostgreSQL."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, field: str, **extra):
        super().__init__(F(field), F(field), Value("[]"), **extra)

    def deconstruct(self):
        return "placements.models.placement.SingleNumber", (self.get_source_expressions()[0].name,), {}


class EndReason(models.TextChoices):
    END_OF_NEED = "end_of_need", "The need ended"
    PERMANENT_START = "permanent_start", "A permanent member of staff started"
    WORKER_LEFT = "worker_left", "The worker left"
    PERFORMANCE = "performance", "The work was not good enough"
    COST = "cost", "Cost"
    OTHER = "other", "Another reason"


_LIVE = Q(did_not_start_at__isnull=True, voided_at__isnull=True)


class PlacementQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(vacancy__team__service_id__in=services)

    def standing(self):
        """Those that happened or will: not "did not start", not entered in error."""
        return self.filter(_LIVE)

    def live_on(self, day):
        """In post on a day, by what is known now."""
        return self.standing().filter(starts_on__lte=day, ends_on__gte=day)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["is_live", "release_standing"]
)
class Placement(models.Model):
    """`starts_on` to `ends_on` are the days worked, both included; what was agreed and committed is in its periods."""

    reference = models.CharField(max_length=20, unique=True)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="placements")
    supply_mode = models.CharField(max_length=10, choices=SupplyMode)
    supplying_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    hours_per_week = hours_field()
    pattern = models.CharField(max_length=20, choices=Pattern)
    starts_on = models.DateField("start")
    ends_on = models.DateField("end")
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()

    did_not_start_at = models.DateTimeField(null=True)
    did_not_start_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    did_not_start_reason = models.TextField(blank=True)

    ended_early_at = models.DateTimeField(null=True)
    ended_early_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    end_note = models.TextField(blank=True)
    notice_given_on = models.DateField(null=True)
    notice_waived = models.BooleanField(default=False)
    committed_until = models.DateField(null=True)
    rating = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(1), MaxValueValidator(4)])
    eligible_again = models.BooleanField(null=True)

    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    is_live = models.GeneratedField(expression=_LIVE, output_field=models.BooleanField(), db_persist=True)
    release_standing = models.GeneratedField(
        expression=Case(
            When(voided_at__isnull=False, then=None),
            When(did_not_start_at__isnull=False, then=Value("fell_through")),
            default=Value("secured"),
        ),
        output_field=models.CharField(max_length=20, null=True),
        db_persist=True,
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="placement_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="The end is before the start.",
            ),
            models.CheckConstraint(
                name="placement_hours_positive",
                condition=Q(hours_per_week__gt=0),
                violation_error_message="Hours per week are more than zero.",
            ),
            models.CheckConstraint(
                name="placement_did_not_start_whole",
                condition=Q(did_not_start_at__isnull=True, did_not_start_by__isnull=True)
                | Q(did_not_start_at__isnull=False, did_not_start_by__isnull=False) & ~Q(did_not_start_reason=""),
                violation_error_message="Say why the worker did not start.",
            ),
            models.CheckConstraint(
                name="placement_early_end_whole",
                condition=Q(ended_early_at__isnull=True, ended_early_by__isnull=True, end_reason="")
                | Q(
                    ended_early_at__isnull=False,
                    ended_early_by__isnull=False,
                    committed_until__isnull=False,
                    rating__range=(1, 4),
                    eligible_again__isnull=False,
                )
                & ~Q(end_reason=""),
                violation_error_message="An early end has a reason, a rating from 1 to 4 and whether the worker may come again.",
            ),
            models.CheckConstraint(
                name="placement_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(voided_by=F("booked_by"))
                & ~Q(void_reason=""),
                violation_error_message="Somebody other than the person who entered it marks it as entered in error, with a reason.",
            ),
            models.UniqueConstraint(
                name="placement_one_live_per_release",
                fields=["release"],
                condition=_LIVE,
                violation_error_message="A worker is already booked on this answer.",
            ),
            models.UniqueConstraint(
                name="placement_contract_key",
                fields=["id", "contract"],
                violation_error_message="This placement is already recorded.",
            ),
            Agrees(
                name="placement_release_secured_same_round",
                fields=["release", "vacancy", "round", "release_standing"],
                to="recruitment.Release",
                to_fields=["id", "vacancy", "round", "standing"],
                deferrable=True,
                violation_error_message="A worker is booked on this answer, or it has not secured anybody. Look at the placement first.",
            ),
            Agrees(
                name="placement_contract_of_release",
                fields=["release", "contract"],
                to="recruitment.Release",
                to_fields=["id", "contract"],
                violation_error_message="A placement is on the contract its supplier was asked under.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return f"/placements/{self.pk}/"

    def stage(self, day) -> str:
        """One word for where the placement stands on a day."""
        if self.voided_at:
            return "Entered in error"
        if self.did_not_start_at:
            return "Did not start"
        if day < self.starts_on:
            return "Booked"
        if day > self.ends_on:
            return "Ended early" if self.ended_early_at else "Ended"
        return "In post"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlacementPeriod(models.Model):
    """A stretch of days agreed at one pay and charge rate: the booking, or an extension. Written once.

    `value` is what it commits, £ excluding VAT, rounded once; it equals its account entry.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="periods")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    pay_rate = rate_field()
    charge_rate = rate_field()
    value = money_field()
    entry = models.OneToOneField(AccountEntry, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    recruitment_state = models.CharField(max_length=20, choices=RecruitmentState, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="placement_period_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="The end is before the start.",
            ),
            models.CheckConstraint(
                name="placement_period_charge_not_below_pay",
                condition=Q(charge_rate__gte=F("pay_rate"), pay_rate__gt=0),
                violation_error_message="The charge rate is not below the pay rate.",
            ),
            ExclusionConstraint(
                name="placement_rates_never_overlap",
                expressions=[
                    (SingleNumber("placement"), RangeOperators.OVERLAPS),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Two rates of one placement overlap.",
            ),
            Agrees(
                name="placement_period_value_is_committed",
                fields=["entry", "contract", "value"],
                to="recruitment.AccountEntry",
                to_fields=["id", "contract", "amount"],
                violation_error_message="The value does not agree with the contract's account.",
            ),
            Agrees(
                name="placement_period_contract_of_placement",
                fields=["placement", "contract"],
                to="placements.Placement",
                to_fields=["id", "contract"],
                violation_error_message="The period belongs to another contract.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement}: {self.starts_on} to {self.ends_on}"


class PlacementReversal(models.Model):
    """An account entry that gives back what a placement had committed: ended early, did not start, entered in error."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="reversals")
    entry = models.OneToOneField(AccountEntry, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.placement}: £{self.entry.amount:,.2f} given back"


class Turn(models.Model):
    """Makes two bookings of one vacancy or one worker take turns, whatever the isolation level. Triggers write it."""

    subject = models.CharField(max_length=40, primary_key=True)
    turn = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return self.subject
