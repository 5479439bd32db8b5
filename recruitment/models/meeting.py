"""The weekly meeting on staffing requests: who was there, what was decided of each request, and what had been decided between."""

import pghistory
from django.db import models
from django.db.models import Q

from council.addresses import address
from council.models import Team, User

from .fields import money_field
from .vacancy import JobType, Kind, Status, Vacancy


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Meeting(models.Model):
    """One meeting. Written once, with its items."""

    held_on = models.DateField("held on")
    present = models.TextField("who was present")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="meeting_says_who",
                condition=~Q(present=""),
                violation_error_message="Enter who was present.",
            )
        ]

    def __str__(self) -> str:
        return f"Meeting of {self.held_on:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return address("reporting:meeting", self.pk)


class MeetingItem(models.Model):
    """A request on the sheet as it stood: what was decided of it there, or between the meeting before and this one.

    FTE and £ (excluding VAT) are as the sheet showed them; a team's figures are empty where none were known.
    """

    class Decision(models.TextChoices):
        AGREED = Status.AGREED.value, Status.AGREED.label
        DEFERRED = Status.DEFERRED.value, Status.DEFERRED.label
        TURNED_DOWN = Status.TURNED_DOWN.value, Status.TURNED_DOWN.label
        NONE = "none", "Not decided"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="+")
    is_between = models.BooleanField("decided between the meetings", default=False)
    decision = models.CharField(max_length=20, choices=Decision)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    job_type = models.CharField("role", max_length=30, choices=JobType)
    kind = models.CharField(max_length=20, choices=Kind)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    fte = models.DecimalField("FTE", max_digits=5, decimal_places=2)
    cost = money_field("estimated cost")
    establishment_fte = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    in_post_fte = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    agreed_fte = models.DecimalField("agreed, not covered yet", max_digits=7, decimal_places=2)
    cover_fte = models.DecimalField("agency cover", max_digits=7, decimal_places=2)

    class Meta:
        ordering = ["is_between", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="meeting_item_once",
                fields=["meeting", "vacancy"],
                violation_error_message="This request is on the sheet already.",
            ),
            models.CheckConstraint(
                name="meeting_item_is_whole",
                condition=Q(decision="none", decided_by__isnull=True, decided_at__isnull=True, is_between=False)
                | ~Q(decision="none") & ~Q(reason="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="A decision has a person, a time and a reason.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vacancy} at the {self.meeting}"
