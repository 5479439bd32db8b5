"""The council's structure: Services, their Teams, and each Team's dated figures."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q


class Service(models.Model):
    """A part of the council that an operational lead runs."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team of social workers within a Service."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=100)
    cost_centre = models.CharField(max_length=20, help_text="As the finance system writes it.")
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["service__name", "name"]
        constraints = [
            models.UniqueConstraint(
                name="team_name_unique_in_service",
                fields=["service", "name"],
                violation_error_message="This Service already has a team of that name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamFigureQuerySet(models.QuerySet["TeamFigure"]):
    def in_force(self, day):
        """The figure of each team that holds on `day`: its latest on or before it."""
        return self.filter(on__lte=day).order_by("team_id", "-on", "-pk").distinct("team_id")


class TeamFigure(models.Model):
    """What a team is funded for and how many permanent staff it has, from a date until the next figure."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="figures")
    on = models.DateField("from")
    establishment_fte = models.DecimalField(
        "establishment, FTE",
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Funded posts.",
    )
    in_post_fte = models.DecimalField(
        "in post, FTE",
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Permanent staff in post.",
    )
    source = models.CharField(max_length=200, help_text="Where the figures come from.")

    objects = TeamFigureQuerySet.as_manager()

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                name="team_figure_one_a_day",
                fields=["team", "on"],
                violation_error_message="This team already has a figure from that date.",
            ),
            models.CheckConstraint(
                name="team_figure_not_negative",
                condition=Q(establishment_fte__gte=0, in_post_fte__gte=0),
                violation_error_message="FTE figures are zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.on:%-d %B %Y}"
