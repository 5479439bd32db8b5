"""Mail on its way out: kept as it was sent, to whom and when, so that it can be shown and sent again."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council.constraints import Agrees


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
            ),
            models.UniqueConstraint(
                name="message_subject_key",
                fields=["id", "subject", "kind"],
                violation_error_message="This message is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} to {self.to}"

    @property
    def went(self) -> "Sending | None":
        """What the mail server said as it took it; None where it has not gone."""
        return getattr(self, "sending", None)


class Sending(models.Model):
    """A mail server took a message. Written once, by the role of the mail worker alone: the site's own may not say so.

    `version` tells which version of its subject the mail was about. `due_at` ends the time in which its reader might have spoken,
    counted from `accepted_at`, which the database's clock gives. `is_living`: its reader had lately opened a link of such a mail.
    """

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="sending")
    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField(help_text="The row it is about.")
    version = models.PositiveSmallIntegerField(default=1)
    address = models.EmailField()
    server_said = models.CharField(max_length=300)
    accepted_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    is_living = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "subject"], name="sending_about")]
        constraints = [
            models.CheckConstraint(
                name="sending_is_due_afterwards",
                condition=Q(due_at__isnull=True) | Q(due_at__gt=F("accepted_at")),
                violation_error_message="The time to answer a mail ends after it was sent.",
            ),
            models.UniqueConstraint(
                name="sending_kind_key",
                fields=["id", "subject", "kind"],
                violation_error_message="This is already recorded.",
            ),
            models.UniqueConstraint(
                name="sending_due_key",
                fields=["id", "subject", "kind", "version", "due_at", "is_living"],
                violation_error_message="This is already recorded.",
            ),
            Agrees(
                name="sending_of_its_message",
                fields=["message", "subject", "kind"],
                to="council.Message",
                to_fields=["id", "subject", "kind"],
                violation_error_message="This is not what was sent.",
            ),
        ]

    def __str__(self) -> str:
        return f"To {self.address}"
