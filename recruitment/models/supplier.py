"""Agencies, and the frameworks and lots they are suppliers of."""

from django.db import models
from django.db.models import F, Q

from recruitment.rules.company_names import folded


class Agency(models.Model):
    """A company that supplies workers, or finds permanent staff."""

    name = models.CharField(max_length=100, unique=True)
    folded_name = models.CharField(max_length=100, unique=True, editable=False)
    ordering_address = models.EmailField(
        "ordering e-mail address", blank=True, help_text="Where orders are sent, once the agency has confirmed it."
    )
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.folded_name = folded(self.name)
        super().save(*args, **kwargs)


class AgencyName(models.Model):
    """How the finance system's payments files write an agency's name, confirmed by a person."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="payment_names")
    name = models.CharField("name in payments files", max_length=200)
    folded_name = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        verbose_name = "name in payments files"
        verbose_name_plural = "names in payments files"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.folded_name = folded(self.name)
        super().save(*args, **kwargs)


class Framework(models.Model):
    """A national framework agreement, such as RM6161."""

    reference = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    starts_on = models.DateField("from")
    expires_on = models.DateField("expires", help_text="The last day on which a contract may be let under it.")

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(
                name="framework_expires_after_start",
                condition=Q(expires_on__gte=F("starts_on")),
                violation_error_message="A framework expires on or after the day it starts.",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Lot(models.Model):
    """A part of a framework with its own suppliers."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["framework__reference", "number"]
        constraints = [
            models.UniqueConstraint(
                name="lot_number_unique",
                fields=["framework", "number"],
                violation_error_message="This framework already has a lot of that number.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} Lot {self.number}"


class LotSupplier(models.Model):
    """An agency that may be called off under a lot."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="suppliers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "supplier of a lot"
        verbose_name_plural = "suppliers of a lot"
        constraints = [
            models.UniqueConstraint(
                name="lot_supplier_unique",
                fields=["lot", "agency"],
                violation_error_message="This agency is already a supplier of the lot.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} on {self.lot}"
