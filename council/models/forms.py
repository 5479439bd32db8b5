"""Forms that were sent: pressing a button twice does a thing once."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class SentForm(models.Model):
    """The token of one form as it was shown, kept with where its result is."""

    token = models.UUIDField(primary_key=True)
    address = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    KEPT = timedelta(days=7)  # nobody presses a button of last week again

    def __str__(self) -> str:
        return str(self.token)


def forget_sent_forms() -> None:
    """Tokens that can no longer protect anybody from pressing twice."""
    SentForm.objects.filter(sent_at__lt=timezone.now() - SentForm.KEPT).delete()
