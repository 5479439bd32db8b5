"""A worker of a later supplier would start much later than asked: the first supplier is asked whether it can do better by then."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.models import Message, User

from .release import Release


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class StartQuestion(models.Model):
    """Asked once of a start, without a new round; the first supplier's silence until `respond_by` suffices.

    `first` is its order that failed, `release` the later one that secured a worker. Where the first supplier has an ordering address, it is
    asked by mail, and its time counts from when the mail server took it; else an officer asks, and `note` says how.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="start_questions")
    first = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField("start")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField("how it was asked", blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    respond_by = models.DateTimeField("answer by")

    class Meta:
        verbose_name = "question about a later start"
        verbose_name_plural = "questions about later starts"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="start_question_numbered",
                fields=["first", "number"],
                violation_error_message="The first supplier was asked at the same moment. Reload the page.",
            ),
            models.CheckConstraint(
                name="start_question_whole",
                condition=Q(respond_by__gt=F("asked_at")) & (Q(message__isnull=False) | ~Q(note="")),
                violation_error_message="Say how the first supplier was asked, and give it time to answer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first.contract.agency} asked about a later start"
