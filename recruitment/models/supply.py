"""Leave for a worker of another agency, who comes through a supplier of a later step."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.models import User

from .release import Release
from .supplier import Agency


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class SupplyLeave(models.Model):
    """The Assistant Director lets a worker come whose own agency would need an exemption. Written once, for one order and that agency."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="supply_leaves")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # who recorded whose worker it is
    reason = models.TextField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = "leave for another agency's worker"
        verbose_name_plural = "leaves for other agencies' workers"
        constraints = [
            models.UniqueConstraint(
                name="supply_leave_once",
                fields=["release", "agency"],
                violation_error_message="A worker of this agency is allowed on this order already.",
            ),
            models.CheckConstraint(
                name="supply_leave_has_reason",
                condition=~Q(reason=""),
                violation_error_message="Say why a worker of this agency may come.",
            ),
            models.CheckConstraint(
                name="supply_leave_by_another",
                condition=~Q(given_by=F("answered_by")),
                violation_error_message="Somebody other than who recorded the answer allows it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} on {self.release}"
