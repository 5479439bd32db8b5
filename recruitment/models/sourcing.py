"""The order of sourcing: which contracts may be used, step by step. Dated, decided, and never changed once a round follows it."""

from django.db import models
from django.db.models import Case, Q, Subquery, Value, When

from council.constraints import Agrees

from .supplier import Lot


class Route(models.TextChoices):
    """How a contract is called in lists and figures. Which step it belongs to is said by the order of sourcing alone."""

    DIRECT = "direct", "Direct recruitment"
    CORPORATE = "corporate", "Corporate contract"
    FRAMEWORK = "framework", "Framework contract"
    EXEMPTION = "exemption", "Exemption"


NEVER_NAMED = (
    Route.DIRECT,
    Route.EXEMPTION,
)  # by an agency step: they are used at direct recruitment and by their exemption


class StepKind(models.TextChoices):
    DIRECT = "direct", "Direct recruitment"
    AGENCY = "agency", "Agencies under contract"
    EXEMPTION = "exemption", "Another agency, by exemption"


class StepClass(models.TextChoices):
    """What a step means for who is booked on it: a placement stays in its class, also when it is carried over."""

    DIRECT = "direct", "Direct recruitment"
    FIRST = "first", "The first agency step"
    LATER = "later", "A later step"
    EXEMPTION = "exemption", "Exemption"


class SourcingOrderQuerySet(models.QuerySet["SourcingOrder"]):
    def in_force(self, day) -> "SourcingOrder | None":
        return self.filter(starts_on__lte=day).order_by("-starts_on", "-pk").first()


class SourcingOrder(models.Model):
    """The council's order of sourcing from a date."""

    starts_on = models.DateField("from", unique=True)
    decision_reference = models.CharField(max_length=200, help_text="The decision that set this order.")

    objects = SourcingOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "order of sourcing"
        verbose_name_plural = "orders of sourcing"
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return f"Order of sourcing from {self.starts_on:%-d %B %Y}"

    def proof_age(self, position: int) -> int:
        """For how many working days an unsuccessful answer on a step opens the next."""
        return next(step.proof_age_days for step in self.steps.all() if step.position == position)


class SourcingStep(models.Model):
    """One step of an order. Position 0 is direct recruitment, 1 the first agencies; exemption, where there is one, is the last."""

    order = models.ForeignKey(SourcingOrder, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(
        help_text="0 for direct recruitment, 1 for the first agency step, and so on."
    )
    kind = models.CharField("what is asked", max_length=20, choices=StepKind)
    routine_hours = models.PositiveSmallIntegerField("working hours to answer", default=16)
    urgent_hours = models.PositiveSmallIntegerField("working hours to answer when urgent", default=8)
    proof_age_days = models.PositiveSmallIntegerField(
        "age limit of a proof, in working days",
        default=20,
        help_text="For how long an unsuccessful answer on this step opens the next.",
    )
    step_class = models.GeneratedField(
        expression=Case(
            When(kind=StepKind.DIRECT, then=Value(StepClass.DIRECT.value)),
            When(kind=StepKind.EXEMPTION, then=Value(StepClass.EXEMPTION.value)),
            When(position=1, then=Value(StepClass.FIRST.value)),
            default=Value(StepClass.LATER.value),
        ),
        output_field=models.CharField(max_length=20, choices=StepClass),
        db_persist=True,
    )

    class Meta:
        verbose_name = "step"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                name="sourcing_step_position_unique",
                fields=["order", "position"],
                violation_error_message="Two steps have the same position.",
            ),
            models.UniqueConstraint(
                name="sourcing_step_one_exemption",
                fields=["order"],
                condition=Q(kind=StepKind.EXEMPTION),
                violation_error_message="An order has one step for exemptions, its last.",
            ),
            models.UniqueConstraint(
                name="sourcing_step_class_key",
                fields=["order", "position", "step_class"],
                violation_error_message="Two steps have the same position.",
            ),
            models.UniqueConstraint(
                name="sourcing_step_source_key",
                fields=["id", "order", "position", "step_class"],
                violation_error_message="This step is already recorded.",
            ),
            models.CheckConstraint(
                name="sourcing_step_direct_is_first",
                condition=Q(position=0, kind=StepKind.DIRECT) | (Q(position__gt=0) & ~Q(kind=StepKind.DIRECT)),
                violation_error_message="Direct recruitment is position 0, and only direct recruitment is.",
            ),
            models.CheckConstraint(
                name="sourcing_step_window_is_positive",
                condition=Q(routine_hours__gt=0, urgent_hours__gt=0),
                violation_error_message="A supplier has at least one working hour to answer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.get_kind_display()}"


class StepSourceQuerySet(models.QuerySet["StepSource"]):
    def in_force(self, day):
        """Those of the order in force on a day, which may be a column of the row outside."""
        order = SourcingOrder.objects.filter(starts_on__lte=day).order_by("-starts_on", "-pk")
        return self.filter(order=Subquery(order.values("pk")[:1]))

    def in_force_from(self, day):
        """Those of the order in force on a day, and of the orders to come."""
        now = SourcingOrder.objects.filter(starts_on__lte=day).order_by("-starts_on", "-pk")
        return self.filter(Q(order=Subquery(now.values("pk")[:1])) | Q(order__starts_on__gt=day))

    def naming(self, contract, lot):
        """Those that name a contract: itself, or the lot under which it was let. Keys, or columns of the row outside."""
        return self.filter(Q(contract=contract) if lot is None else Q(contract=contract) | Q(lot=lot))


class StepSource(models.Model):
    """A contract that a step may use, or a lot: then every contract let under it, now or later."""

    step = models.ForeignKey(SourcingStep, on_delete=models.CASCADE, related_name="sources")
    order = models.ForeignKey(SourcingOrder, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    contract = models.ForeignKey("recruitment.Contract", on_delete=models.PROTECT, null=True, related_name="named_by")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="named_by")
    step_class = models.GeneratedField(
        expression=Case(When(position=1, then=Value(StepClass.FIRST.value)), default=Value(StepClass.LATER.value)),
        output_field=models.CharField(max_length=20, choices=StepClass),
        db_persist=True,
    )

    objects = StepSourceQuerySet.as_manager()

    class Meta:
        verbose_name = "contract or lot of a step"
        verbose_name_plural = "contracts and lots of steps"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="step_source_contract_or_lot",
                condition=Q(contract__isnull=False, lot__isnull=True) | Q(contract__isnull=True, lot__isnull=False),
                violation_error_message="A step names a contract or a lot.",
            ),
            models.UniqueConstraint(
                name="step_source_contract_once",
                fields=["order", "contract"],
                violation_error_message="This contract is named by another step of this order already.",
            ),
            models.UniqueConstraint(
                name="step_source_lot_once",
                fields=["order", "lot"],
                violation_error_message="This lot is named by another step of this order already.",
            ),
            models.UniqueConstraint(
                name="step_source_step_key",
                fields=["id", "order", "position"],
                violation_error_message="This is already recorded.",
            ),
            models.UniqueConstraint(
                name="step_source_contract_key",
                fields=["id", "contract"],
                violation_error_message="This is already recorded.",
            ),
            models.UniqueConstraint(
                name="step_source_lot_key",
                fields=["id", "lot"],
                violation_error_message="This is already recorded.",
            ),
            models.UniqueConstraint(
                name="step_source_class_key",
                fields=["id", "step_class"],
                violation_error_message="This is already recorded.",
            ),
            Agrees(
                name="step_source_of_an_agency_step",
                fields=["step", "order", "position", "step_class"],
                to="recruitment.SourcingStep",
                to_fields=["id", "order", "position", "step_class"],
                violation_error_message="Only a step of agencies under contract names contracts.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contract or self.lot)
