"""A person who works for the council through an agency, or joins it."""

import pghistory
from django.db import models
from django.db.models import Q

from recruitment.registration import tidy_registration


# The name stays out of the history, so that it can be forgotten one day without touching an event.
@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), fields=["registration_number"]
)
class Worker(models.Model):
    """One person is one row, found by their Social Work England registration number."""

    registration_number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    folded_name = models.CharField(max_length=100, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="worker_has_name_and_number",
                condition=~Q(registration_number="") & ~Q(name=""),
                violation_error_message="Enter the worker's name and registration number.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/workers/{self.pk}/"

    def save(self, *args, **kwargs):
        self.registration_number = tidy_registration(self.registration_number)
        self.folded_name = self.name.casefold()
        super().save(*args, **kwargs)
