"""Mail on its way out: kept as it was sent, to whom and when, so that it can be shown and sent again."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self):
        return self.filter(sent_at__isnull=True, cancelled_at__isnull=True)

    def due(self, now):
        return self.waiting().filter(next_try_at__lte=now)


class Message(models.Model):
    """One e-mail. `kind` says what fills `SECRET` in at the moment of sending; what it fills in is not kept."""

    SECRET = "{link}"

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField(help_text="The row it is about.")
    to = models.EmailField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    queued_at = models.DateTimeField(default=timezone.now)
    queued_by = models.ForeignKey("council.User", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)  # nobody wants it any more
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["kind", "subject"], name="message_about")]
        constraints = [
            models.CheckConstraint(
                name="message_is_whole",
                condition=~Q(to="") & ~Q(title="") & ~Q(body=""),
                violation_error_message="A message has an address, a title and a text.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} to {self.to}"
