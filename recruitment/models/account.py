"""A contract's account: amounts that move between buckets, and totals the database keeps."""

from django.db import models
from django.db.models import F, Q

from council.models import User

from .contract import Contract
from .emergency import SpendingAuthority
from .fields import money_field


class Bucket(models.TextChoices):
    COMMITTED = "committed", "Booked, not yet worked"
    ACCRUED = "accrued", "Worked, not yet invoiced"
    INVOICED = "invoiced", "Invoiced, not yet paid"
    PAID = "paid", "Paid"


class AccountEntry(models.Model):
    """An amount moved from one bucket to another. From nothing it is new exposure; to nothing it is released.

    Written once. Triggers keep `ContractAccount` and `AccountMonth`, and refuse a new commitment past the approved value, unless it
    names the Strategic Director's authority.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="entries")
    taken_from = models.CharField(max_length=10, blank=True, choices=Bucket)
    put_into = models.CharField(max_length=10, blank=True, choices=Bucket)
    amount = money_field()
    on = models.DateField()
    period = models.DateField(help_text="First day of the accounting month.")
    note = models.CharField(max_length=200)
    authority = models.OneToOneField(
        SpendingAuthority,
        on_delete=models.PROTECT,
        null=True,
        related_name="entry",
        help_text="What let it pass the approved value.",
    )
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "account entries"
        indexes = [models.Index(fields=["contract", "on"], name="account_entry_contract_on")]
        constraints = [
            models.CheckConstraint(
                name="account_entry_moves",
                condition=~Q(taken_from=F("put_into")),
                violation_error_message="An entry moves an amount from one place to another.",
            ),
            models.CheckConstraint(
                name="account_entry_buckets_known",
                condition=Q(taken_from__in=["", *Bucket.values], put_into__in=["", *Bucket.values]),
                violation_error_message="An entry moves between known buckets.",
            ),
            models.CheckConstraint(
                name="account_entry_amount_positive",
                condition=Q(amount__gt=0),
                violation_error_message="An entry's amount is more than £0.",
            ),
            models.CheckConstraint(
                name="account_entry_period_is_month",
                condition=Q(period__day=1),
                violation_error_message="An entry's period is the first day of a month.",
            ),
            models.CheckConstraint(
                name="account_entry_authority_commits",
                condition=Q(authority__isnull=True) | Q(taken_from="", put_into=Bucket.COMMITTED),
                violation_error_message="An authority is for a new commitment.",
            ),
            models.UniqueConstraint(
                name="account_entry_value_key",
                fields=["id", "contract", "amount"],
                violation_error_message="This entry is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: £{self.amount:,.2f} {self.taken_from or 'new'} to {self.put_into or 'released'}"


class ContractAccount(models.Model):
    """What the database keeps for a contract: the approval in force and the exposure. Nobody writes it but triggers."""

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, primary_key=True, related_name="account")
    approved_value = money_field(null=True)
    ends_on = models.DateField(null=True)
    exposure = money_field(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_account_exposure_not_negative",
                condition=Q(exposure__gte=0),
                violation_error_message="No more can be given back than was committed.",
            )
        ]

    def __str__(self) -> str:
        return f"Account of {self.contract}"

    @property
    def headroom(self):
        """What is left to commit, or None where no value is set here."""
        return None if self.approved_value is None else self.approved_value - self.exposure


class AccountMonth(models.Model):
    """A contract's month: new exposure and released exposure, kept by the same trigger."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="months")
    month = models.DateField()
    added = money_field(default=0)
    released = money_field(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="account_month_unique",
                fields=["contract", "month"],
                violation_error_message="This month already has a total.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract}, {self.month:%B %Y}"
