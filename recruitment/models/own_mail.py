"""A supplier's e-mail as an officer received it, and what the mail worker found of its signature."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from council.models import Attachment

from .release import Release


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class OwnMail(models.Model):
    """Written once, by the role of the mail worker alone, by the database's clock.

    `counts`: a domain that the supplier confirmed as its own has signed the e-mail (DKIM), it names the order, was written after it, and says in
    its first line that the supplier cannot supply. Where not, `why` says so; `is_final` is False where the domain's key could not be looked up.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="own_mails")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    counts = models.BooleanField(default=False)
    is_final = models.BooleanField(default=True)
    why = models.CharField(max_length=300, blank=True)
    domain = models.CharField("signed by", max_length=253, blank=True)
    sender = models.CharField("from", max_length=100, blank=True)
    words = models.TextField("what it says", blank=True)
    dated_at = models.DateTimeField("dated", null=True)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "check of an e-mail"
        verbose_name_plural = "checks of e-mails"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="own_mail_counts_whole",
                condition=Q(counts=True, is_final=True, why="", dated_at__isnull=False)
                & ~Q(domain="")
                & ~Q(sender="")
                & ~Q(words="")
                | Q(counts=False) & ~Q(why=""),
                violation_error_message="An e-mail that counts has its signer, its sender, its words and its date; of every other is said why not.",
            ),
            models.UniqueConstraint(
                name="own_mail_checked_once",
                fields=["attachment"],
                condition=Q(is_final=True),
                violation_error_message="This e-mail has been checked already.",
            ),
            models.UniqueConstraint(
                name="own_mail_counts_key",
                fields=["id", "release", "counts"],
                violation_error_message="This is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return f"E-mail of {self.sender or 'nobody named'}, {'signed by ' + self.domain if self.counts else 'not verified'}"
