"""What the site has made to be handed out: evidence packs and reports, each kept whole with its SHA-256."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address

from .people import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def finished(self):
        return self.filter(finished_at__isnull=False)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Document(models.Model):
    """Made once; afterwards only to whom it was issued is written beside it. `parameters` say what it is of."""

    class Kind(models.TextChoices):
        PACK = "pack", "Evidence pack"
        REPORT = "report", "Report"

    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    is_public = models.BooleanField("public copy", default=False)
    as_at = models.DateField("as at", null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("as known on")
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField("size in bytes", null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    issued_to = models.CharField("issued to", max_length=200, blank=True)
    issued_on = models.DateField(null=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_finished_whole",
                condition=Q(finished_at__isnull=True, sha256="", size__isnull=True, file_name="")
                | Q(finished_at__gte=F("made_at"), size__gt=0, sha256__regex=r"^[0-9a-f]{64}$", problem="")
                & ~Q(file_name=""),
                violation_error_message="A finished document has a file with its size and sum.",
            ),
            models.CheckConstraint(
                name="document_issued_whole",
                condition=Q(issued_to="", issued_on__isnull=True, issued_by__isnull=True)
                | Q(finished_at__isnull=False, issued_on__isnull=False, issued_by__isnull=False) & ~Q(issued_to=""),
                violation_error_message="Say to whom a finished document was issued, and when.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("reporting:document", self.pk)

    @property
    def state(self) -> str:
        if self.problem:
            return "Failed"
        return "Ready" if self.finished_at else "Being made"
