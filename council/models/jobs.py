"""Long work done outside a request, with progress a page can show."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """Something for `manage.py work` to do. `kind` names the function, `subject` the row it is about."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    asked_by = models.ForeignKey("council.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="job_waits_once",
                fields=["kind", "subject"],
                condition=Q(status="waiting"),
                violation_error_message="This is already waiting to be done. Wait for it to finish.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.status}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
