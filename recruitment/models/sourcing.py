"""The order in which routes may be opened: dated, decided, and never changed once a round follows it."""

from django.db import models
from django.db.models import Q


class Route(models.TextChoices):
    """A way to fill a vacancy."""

    DIRECT = "direct", "Direct recruitment"
    CORPORATE = "corporate", "Corporate contract"
    FRAMEWORK = "framework", "Framework contract"
    EXEMPTION = "exemption", "Exemption"


class SourcingOrderQuerySet(models.QuerySet["SourcingOrder"]):
    def in_force(self, day) -> "SourcingOrder | None":
        return self.filter(starts_on__lte=day).order_by("-starts_on", "-pk").first()


class SourcingOrder(models.Model):
    """The council's order of sourcing from a date."""

    starts_on = models.DateField("from", unique=True)
    decision_reference = models.CharField(max_length=200, help_text="The decision that set this order.")
    proof_age_days = models.PositiveSmallIntegerField(
        "age limit of a proof, in working days",
        default=20,
        help_text="An unsuccessful answer opens the next route for this long.",
    )

    objects = SourcingOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "order of sourcing"
        verbose_name_plural = "orders of sourcing"
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return f"Order of sourcing from {self.starts_on:%-d %B %Y}"

    def proof_age(self, position: int) -> int:
        """For how many working days an unsuccessful answer on a step opens the next."""
        return self.proof_age_days


class SourcingStep(models.Model):
    """One route in an order. Position 0 is direct recruitment, 1 the first agency route; exemption, where there is one, is the last."""

    order = models.ForeignKey(SourcingOrder, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField(
        help_text="0 for direct recruitment, 1 for the first agency route, and so on."
    )
    route = models.CharField(max_length=20, choices=Route)
    routine_hours = models.PositiveSmallIntegerField("working hours to answer", default=16)
    urgent_hours = models.PositiveSmallIntegerField("working hours to answer when urgent", default=8)

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
                name="sourcing_step_route_unique",
                fields=["order", "route"],
                violation_error_message="A route comes once in an order.",
            ),
            models.UniqueConstraint(
                name="sourcing_step_key",
                fields=["order", "position", "route"],
                violation_error_message="Two steps have the same position and route.",
            ),
            models.CheckConstraint(
                name="sourcing_step_direct_is_first",
                condition=Q(position=0, route=Route.DIRECT) | (Q(position__gt=0) & ~Q(route=Route.DIRECT)),
                violation_error_message="Direct recruitment is position 0, and only direct recruitment is.",
            ),
            models.CheckConstraint(
                name="sourcing_step_window_is_positive",
                condition=Q(routine_hours__gt=0, urgent_hours__gt=0),
                violation_error_message="A supplier has at least one working hour to answer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.get_route_display()}"
