"""The stretches agreed for a placement, what is given back of them, and whose turn it is."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce

from council.constraints import Agrees
from council.models import User
from recruitment.models import (
    AccountEntry,
    Contract,
    RecruitmentState,
)
from recruitment.models.fields import money_field, rate_field

from .placement import Placement
from .ranges import DateRange, SingleNumber


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlacementPeriod(models.Model):
    """A stretch of days agreed at one pay and charge rate: the booking, an extension, a new rate. Written once.

    `value` is what it commits, £ excluding VAT, rounded once; it equals its account entry. A worker outside any contract has
    no entry. `cut_on` is the last day at this rate where another rate took over before `ends_on`.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="periods")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    cut_on = models.DateField(null=True)
    pay_rate = rate_field(null=True)
    charge_rate = rate_field()
    value = money_field()
    entry = models.OneToOneField(AccountEntry, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    recruitment_state = models.CharField(max_length=20, choices=RecruitmentState, blank=True)
    rechecked_on = models.DateField("first supplier asked again on", null=True)
    recheck_note = models.TextField("what it said", blank=True)
    overdue_since = models.DateField("agreed while a review was overdue since", null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["contract", "ends_on"], name="placement_period_of_contract")]
        constraints = [
            models.CheckConstraint(
                name="placement_period_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="The end is before the start.",
            ),
            models.CheckConstraint(
                name="placement_period_charge_not_below_pay",
                condition=Q(charge_rate__gt=0)
                & (Q(pay_rate__isnull=True) | Q(charge_rate__gte=F("pay_rate"), pay_rate__gt=0)),
                violation_error_message="The charge rate is not below the pay rate.",
            ),
            models.CheckConstraint(
                name="placement_period_cut_within",
                condition=Q(cut_on__isnull=True)
                | Q(
                    cut_on__gte=ExpressionWrapper(F("starts_on") - Value(1), output_field=models.DateField()),
                    cut_on__lt=F("ends_on"),
                ),
                violation_error_message="A new rate takes over within the days of the old one.",
            ),
            models.CheckConstraint(
                name="placement_period_committed_on_a_contract",
                condition=Q(contract__isnull=True, entry__isnull=True) | Q(contract__isnull=False, entry__isnull=False),
                violation_error_message="What is agreed on a contract is committed on its account.",
            ),
            models.UniqueConstraint(
                name="placement_extended_once_while_overdue",
                fields=["placement", "overdue_since"],
                condition=Q(overdue_since__isnull=False),
                violation_error_message="It has been extended once since the review was due. Hold the review first.",
            ),
            ExclusionConstraint(
                name="placement_rates_never_overlap",
                expressions=[
                    (SingleNumber("placement"), RangeOperators.OVERLAPS),
                    (
                        DateRange(
                            "starts_on",
                            ExpressionWrapper(
                                Coalesce("cut_on", "ends_on") + Value(1), output_field=models.DateField()
                            ),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=False),
                        ),
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
        return f"{self.placement}: {self.starts_on} to {self.last_on}"

    @property
    def last_on(self):
        """The last day at this rate."""
        return self.cut_on or self.ends_on


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
