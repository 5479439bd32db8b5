"""Contracts with agencies, and the approvals of their value and end."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from council.addresses import address
from council.constraints import Agrees
from council.models import User
from council.working_time import end_of_day

from .fields import money_field
from .sourcing import NEVER_NAMED, Route
from .supplier import Agency, Lot


class AwardMethod(models.TextChoices):
    TENDER = "tender", "Tender"
    DIRECT_AWARD = "direct_award", "Direct award under a framework"
    FURTHER_COMPETITION = "further_competition", "Further competition under a framework"
    EXEMPTION = "exemption", "By exemption from competition"


class ContractQuerySet(models.QuerySet["Contract"]):
    def known_on(self, day):
        """Contracts whose authorising decision had been taken by `day`."""
        return self.filter(Exists(ContractApproval.objects.filter(contract=OuterRef("pk"), decided_on__lte=day)))

    def with_position(self):
        """Adds nothing to the query count: value, end and exposure come with the account in one join."""
        return self.select_related("agency", "account", "lot__framework")

    def running_on(self, day):
        rows = self.filter(starts_on__lte=day, account__ends_on__gte=day)
        return rows.exclude(pk__in=Contract.objects.taken_back_by(day).values("pk"))

    def named(self, sources):
        """Those that steps may use: named themselves, or let under a lot that is."""
        rows = self.exclude(route__in=NEVER_NAMED)
        return rows.filter(Q(pk__in=sources.values("contract")) | Q(lot__in=sources.values("lot")))

    def taken_back_by(self, day):
        """Let by an exemption that was taken back by a day, before anybody was asked under it."""
        return self.filter(
            exemption_decisions__exemption__status="taken_back",
            exemption_decisions__exemption__closed_at__lt=end_of_day(day),
        )

    def with_approved_value(self, day):
        """`value_on_day` and `end_on_day`: of the approval in force on `day`."""
        latest = ContractApproval.objects.filter(contract=OuterRef("pk"), decided_on__lte=day).order_by(
            "-decided_on", "-pk"
        )
        return self.annotate(
            value_on_day=Subquery(latest.values("value")[:1]), end_on_day=Subquery(latest.values("ends_on")[:1])
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Contract(models.Model):
    """An agreement with an agency. Its value and end are approvals; the money on it is its account."""

    reference = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200, help_text="As people call it.")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contracts")
    route = models.CharField(
        max_length=20, choices=Route, help_text="A contract to find permanent staff belongs to direct recruitment."
    )
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="contracts", help_text="For a call-off."
    )
    award_method = models.CharField(max_length=30, choices=AwardMethod)
    award_reason = models.TextField(help_text="Why it was let this way.")
    let_on = models.DateField("let on")
    starts_on = models.DateField("from")
    entered_into_by = models.CharField(
        max_length=200, blank=True, help_text="For example, Strategic Director for People"
    )
    entered_into_on = models.DateField(null=True, blank=True)
    consulted = models.CharField(max_length=200, blank=True)
    consulted_on = models.DateField(null=True, blank=True)
    terms_accepted_by = models.CharField(max_length=200, blank=True)
    terms_accepted_on = models.DateField(null=True, blank=True)
    review_rhythm = models.CharField(max_length=100, blank=True, help_text="For example, quarterly")
    rebate_terms = models.TextField("fee or rebate terms", blank=True)
    target_hires = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Permanent hires it is to bring.")

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "reference"]
        constraints = [
            models.UniqueConstraint(
                name="contract_route_key",
                fields=["id", "route"],
                violation_error_message="This contract is already recorded.",
            ),
            models.UniqueConstraint(
                name="contract_lot_key",
                fields=["id", "lot"],
                violation_error_message="This contract is already recorded.",
            ),
            models.UniqueConstraint(
                name="contract_agency_key",
                fields=["id", "agency"],
                violation_error_message="This contract is already recorded.",
            ),
            models.CheckConstraint(
                name="contract_framework_has_lot",
                condition=~Q(route=Route.FRAMEWORK) | Q(lot__isnull=False),
                violation_error_message="A framework contract is let under a lot. Choose the lot.",
            ),
            models.CheckConstraint(
                name="contract_let_before_start",
                condition=Q(starts_on__gte=F("let_on")),
                violation_error_message="A contract starts on or after the day it was let.",
            ),
            models.CheckConstraint(
                name="contract_parties_are_dated",
                condition=(
                    Q(entered_into_by="", entered_into_on__isnull=True)
                    | (~Q(entered_into_by="") & Q(entered_into_on__isnull=False))
                )
                & (Q(consulted="", consulted_on__isnull=True) | (~Q(consulted="") & Q(consulted_on__isnull=False)))
                & (
                    Q(terms_accepted_by="", terms_accepted_on__isnull=True)
                    | (~Q(terms_accepted_by="") & Q(terms_accepted_on__isnull=False))
                ),
                violation_error_message="Give a date with each of entered into by, consulted and terms accepted by.",
            ),
            Agrees(
                name="contract_agency_is_lot_supplier",
                fields=["lot", "agency"],
                to="recruitment.LotSupplier",
                to_fields=["lot", "agency"],
                violation_error_message="This agency is a supplier of the lot in a contract, so it stays on the list. "
                "Add an agency to the lot before letting a contract to it.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:contract", self.pk)

    def clean(self):
        if self.lot and self.let_on and self.let_on > self.lot.framework.expires_on:
            expires = self.lot.framework.expires_on
            raise ValidationError(
                {
                    "let_on": f"{self.lot.framework} expired on {expires:%-d %B %Y}. A contract under it had to be let by "
                    "then: check the date, or choose a lot of a framework that is still open."
                }
            )
        if self.lot and self.agency_id and not self.lot.suppliers.filter(agency_id=self.agency_id).exists():
            raise ValidationError(
                {"agency": f"{self.agency} is not a supplier of {self.lot}. Add it to the lot first."}
            )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ContractApproval(models.Model):
    """A decision on a contract's value and end. Written once; a later one is a variation."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="approvals")
    value = money_field(
        "approved value", null=True, blank=True, help_text="£, excluding VAT. Leave empty if it is not set here."
    )
    ends_on = models.DateField("until", help_text="The contract's last day under this decision.")
    decision_reference = models.CharField(max_length=200)
    decided_on = models.DateField()
    approver = models.CharField(max_length=200, help_text="Name or office of who decided.")
    approved_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="If the approver signs in here. Never the person who enters this.",
    )
    ground = models.TextField(help_text="Why this value and end.")
    exemption = models.ForeignKey(
        "recruitment.Exemption", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "approval of value and end"
        verbose_name_plural = "approvals of value and end"
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="contract_approval_value_positive",
                condition=Q(value__isnull=True) | Q(value__gt=0),
                violation_error_message="An approved value is more than £0.",
            ),
            models.CheckConstraint(
                name="contract_approval_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                violation_error_message="Somebody other than the approver enters an approval.",
            ),
            models.CheckConstraint(
                name="contract_approval_has_reference",
                condition=~Q(decision_reference="") & ~Q(approver="") & ~Q(ground=""),
                violation_error_message="An approval names its decision, its approver and its ground.",
            ),
            Agrees(
                name="contract_approval_of_its_exemption",
                fields=["exemption", "contract"],
                to="recruitment.ExemptionDecision",
                to_fields=["approves", "contract"],
                violation_error_message="This exemption has not let this contract.",
            ),
        ]

    def __str__(self) -> str:
        value = f"£{self.value:,.2f}" if self.value is not None else "value not set here"
        return f"{value} until {self.ends_on:%-d %B %Y} ({self.decision_reference})"

    def clean(self):
        if self.decided_on and self.decided_on > timezone.localdate():
            raise ValidationError(
                {"decided_on": "This date is in the future. Enter a decision once it has been taken."}
            )
        if self.ends_on and self.contract_id and self.ends_on < self.contract.starts_on:
            raise ValidationError({"ends_on": "The contract would end before it starts."})
