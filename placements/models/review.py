"""Quality reviews of a placement, and the actions that come of them. Ratings are those of the end of a placement: 1 to 4."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.models import User
from council.permissions import services_of

from .placement import Placement


class ReviewQuerySet(models.QuerySet["QualityReview"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(placement__vacancy__team__service_id__in=services)

    def standing(self):
        """Of placements that happened: not of one that was entered in error, or did not start."""
        return self.filter(placement__voided_at__isnull=True, placement__did_not_start_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class QualityReview(models.Model):
    """One review: how good the work was and what was found. Written once; the Assistant Director then reads it."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="reviews")
    due_on = models.DateField("was due on", null=True)  # of a placement by exemption
    held_on = models.DateField("held on")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(4)])
    findings = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)
    read_note = models.TextField("Assistant Director's note", blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "quality review"
        ordering = ["held_on", "pk"]
        indexes = [models.Index(F("held_on").desc(nulls_last=True), F("id").desc(), name="review_newest")]
        constraints = [
            models.UniqueConstraint(
                name="review_one_a_day",
                fields=["placement", "held_on"],
                violation_error_message="A review of that day is recorded already.",
            ),
            models.CheckConstraint(
                name="review_is_whole",
                condition=Q(rating__range=(1, 4)) & ~Q(findings=""),
                violation_error_message="A review has a rating from 1 to 4, and findings.",
            ),
            models.CheckConstraint(
                name="review_read_by_another",
                condition=Q(read_by__isnull=True, read_at__isnull=True, read_note="")
                | Q(read_by__isnull=False, read_at__isnull=False) & ~Q(read_by=F("recorded_by")),
                violation_error_message="Somebody other than the person who recorded a review oversees it.",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.placement}, {self.held_on:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return address("reporting:review", self.pk)


class ReviewActionQuerySet(models.QuerySet["ReviewAction"]):
    def open(self):
        return self.filter(done_on__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReviewAction(models.Model):
    """Something to be done after a review: by whom, until when, and when it was."""

    review = models.ForeignKey(QualityReview, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField("action", max_length=500)
    owner = models.CharField(max_length=100)
    due_on = models.DateField("due")
    done_on = models.DateField("done", null=True)
    done_note = models.TextField("what was done", blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReviewActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action after a review"
        verbose_name_plural = "actions after reviews"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="review_action_is_whole",
                condition=~Q(what="") & ~Q(owner=""),
                violation_error_message="An action says what is done, and by whom.",
            ),
            models.CheckConstraint(
                name="review_action_done_whole",
                condition=Q(done_on__isnull=True, done_by__isnull=True, done_note="")
                | Q(done_on__isnull=False, done_by__isnull=False) & ~Q(done_note=""),
                violation_error_message="Say what was done, and when.",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def state(self, today) -> str:
        """Done, overdue or open on a day."""
        return "Done" if self.done_on else "Overdue" if self.due_on < today else "Open"
