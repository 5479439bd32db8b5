"""Forms that were sent: pressing a button twice does a thing once."""

from django.db import models


class SentForm(models.Model):
    """The token of one form as it was shown, kept with where its result is."""

    token = models.UUIDField(primary_key=True)
    address = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.token)
