"""The daily message to a person: one a day, however often it is asked for."""

from django.db import models

from .outbox import Message
from .people import User


class Digest(models.Model):
    """That a person's message of a day was put in the outbox."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="digest_one_a_day",
                fields=["user", "on"],
                violation_error_message="The message of this day is in the outbox already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.on:%-d %B %Y}"
