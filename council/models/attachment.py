"""Files that stand beside what they prove. They are never deleted: one added in error is marked and stays."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.file_types import MOST_BYTES

from .people import User


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, kind: str, subjects):
        """Those beside rows of a kind, by their keys; entries in error as well, the oldest first."""
        rows = self.filter(kind=kind, subject__in=subjects).select_related("uploaded_by", "voided_by")
        return rows.order_by("uploaded_at", "pk")

    def standing(self):
        return self.filter(voided_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Attachment(models.Model):
    """`kind` names what `subject` is the key of (council.attachments). The content is stored under its SHA-256."""

    kind = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    title = models.CharField("what it is", max_length=200)
    file_name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("size in bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    fit_to_publish = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "attached file"
        indexes = [models.Index(fields=["kind", "subject"], name="attachment_about")]
        constraints = [
            models.UniqueConstraint(
                name="attachment_once",
                fields=["kind", "subject", "sha256"],
                condition=Q(voided_at__isnull=True),
                violation_error_message="This file is here already.",
            ),
            models.UniqueConstraint(
                name="attachment_subject_key",
                fields=["id", "subject"],
                violation_error_message="This file is already recorded.",
            ),
            models.CheckConstraint(
                name="attachment_is_whole",
                condition=~Q(title="")
                & ~Q(file_name="")
                & Q(size__gt=0, size__lte=MOST_BYTES, sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="A file has a title, a name and a content of at most 10 MB.",
            ),
            models.CheckConstraint(
                name="attachment_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(voided_by=F("uploaded_by"))
                & ~Q(void_reason=""),
                violation_error_message="Somebody other than the person who added a file marks it as added in error, with a reason.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("reporting:file", self.pk)
