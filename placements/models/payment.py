"""Payments as the finance system's files give them, and the contracts they belong to."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.models import Job, User
from recruitment.models import Agency, Contract
from recruitment.models.fields import money_field


class PaymentSource(models.Model):
    """A finance system's export. Remembers what a person said of its columns, its VAT and its departments."""

    name = models.CharField(max_length=60, unique=True)
    layouts = models.JSONField(default=dict)  # a layout's fingerprint → the columns a person chose
    includes_vat = models.BooleanField(default=False)
    our_departments = models.JSONField(default=list)  # empty: all of them

    def __str__(self) -> str:
        return self.name


class PaymentImport(models.Model):
    """One file on its way in: read, shown, and then imported whole or not at all."""

    class Status(models.TextChoices):
        READING = "reading", "Reading the file"
        COLUMNS = "columns", "Columns to choose"
        PREVIEW = "preview", "Ready to import"
        IMPORTING = "importing", "Importing"
        IMPORTED = "imported", "Imported"
        REFUSED = "refused", "Could not be read"
        DISCARDED = "discarded", "Discarded"

    source = models.ForeignKey(PaymentSource, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status, default=Status.READING)
    columns = models.JSONField(default=dict)  # chosen by a person: role → position from 0
    result = models.JSONField(default=dict)  # what the preview or the import found
    problem = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return address("money:import-detail", self.pk)


class PaymentQuerySet(models.QuerySet["Payment"]):
    def waiting(self):
        """Ours, and nobody has said yet to which contract they belong."""
        return self.filter(is_ours=True, is_allocated=False)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["is_allocated"])
class Payment(models.Model):
    """One line of a payments file for a known agency. `amount` is £ excluding VAT; credits are negative.

    `is_allocated` is whether it has allocations; triggers keep it.

    `line_key` and `occurrence` make a second import of the same line impossible, and keep lines that a file repeats apart.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(PaymentSource, on_delete=models.PROTECT, related_name="payments", db_index=False)
    imported_from = models.ForeignKey(PaymentImport, on_delete=models.PROTECT, related_name="payments")
    line = models.PositiveIntegerField()
    paid_on = models.DateField()
    amount = money_field()
    supplier = models.CharField("supplier as written", max_length=255)
    reference = models.CharField(max_length=100, blank=True)
    department = models.CharField(max_length=255, blank=True)
    description = models.CharField(max_length=500, blank=True)
    order_number = models.CharField(max_length=100, blank=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    is_ours = models.BooleanField(default=True)
    is_allocated = models.BooleanField(default=False)
    line_key = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()

    objects = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("paid_on").desc(nulls_last=True), F("id").desc(), name="payment_newest"),
            models.Index(fields=["paid_on", "id"], name="payment_paid_on"),
            models.Index(
                fields=["paid_on", "id"],
                include=["agency"],
                name="payment_waits",
                condition=Q(is_ours=True, is_allocated=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="payment_line_once",
                fields=["line_key", "occurrence"],
                violation_error_message="Some of these payments have been imported meanwhile. Read the file again.",
            ),
            models.CheckConstraint(
                name="payment_amount_not_zero", condition=~Q(amount=0), violation_error_message="A payment is not £0."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.paid_on}: £{self.amount:,.2f}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PaymentAllocation(models.Model):
    """A payment, or a part of it, on a contract. `allocated_by` is empty where the rules left one contract only."""

    # Found by the index of `payment_allocation_contract_once`; nobody looks for what one person allocated.
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    amount = money_field()
    why = models.CharField(max_length=100)
    allocated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    allocated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payment_allocation_contract_once",
                fields=["payment", "contract"],
                violation_error_message="A payment is split between different contracts.",
            ),
            models.CheckConstraint(
                name="payment_allocation_not_zero",
                condition=~Q(amount=0),
                violation_error_message="A part of a payment is not £0.",
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.amount:,.2f} on {self.contract}"


class PaidDay(models.Model):
    """What was paid on a contract on a day, £ excluding VAT, in how many payments: the sum of the allocations. Nobody writes it but triggers."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    amount = money_field()
    payments = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="paid_day_unique",
                fields=["contract", "day"],
                violation_error_message="This day already has a total.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract}, {self.day:%-d %B %Y}: £{self.amount:,.2f}"


class DismissedName(models.Model):
    """A supplier's name that looked like an agency's, and a person said it is not."""

    name = models.CharField(max_length=255)
    folded_name = models.CharField(max_length=255, unique=True)
    dismissed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
