"""A worker of a later supplier would start much later than asked: the first supplier is asked whether it can do better by then."""

import pghistory
from django.db import models
from django.db.models import Value

from council.constraints import Agrees
from council.models import Message, User

from .release import Release


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), exclude=["message_kind"])
class StartQuestion(models.Model):
    """Asked once of a start, without a new round; the first supplier's silence suffices.

    `first` is its order that failed, `release` the later one that secured a worker. It is asked by mail, at its ordering address in force; its
    time counts from when the mail server took it.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="start_questions")
    first = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField("start")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    message_kind = models.GeneratedField(
        expression=Value("later_start"), output_field=models.CharField(max_length=40), db_persist=True
    )

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
            Agrees(
                name="start_question_was_mailed",
                fields=["message", "first", "message_kind"],
                to="council.Message",
                to_fields=["id", "subject", "kind"],
                violation_error_message="The first supplier is asked by a mail about its own order.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first.contract.agency} asked about a later start"
