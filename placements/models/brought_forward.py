"""The day a council moves in: the placements that were live then, entered once."""

import pghistory
from django.db import models
from django.db.models import Q

from council.models import User


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class BroughtForward(models.Model):
    """The one batch of a council. Once closed it stays closed: the database adds nothing to it."""

    on = models.DateField("moved in on")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "brought-forward batch"
        verbose_name_plural = "brought-forward batch"
        constraints = [
            models.CheckConstraint(
                name="brought_forward_is_one_batch",
                condition=Q(id=1),
                violation_error_message="There is one batch of placements brought forward.",
            ),
            models.CheckConstraint(
                name="brought_forward_closed_whole",
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                violation_error_message="A closed batch says when and by whom.",
            ),
        ]

    def __str__(self) -> str:
        return f"Brought forward on {self.on:%-d %B %Y}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
