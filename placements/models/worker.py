"""A person who works for the council through an agency, or joins it."""

import re

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from recruitment.rules.registration import tidy_registration

WORDS_OF_THE_NAME = SearchVector("folded_name", config="simple")


class WorkerQuerySet(models.QuerySet["Worker"]):
    def called(self, text: str):
        """Whose name has words that begin with those typed, or whose registration number begins like that."""
        words, number = re.findall(r"\w+", text.casefold()), tidy_registration(text)
        found = Q(registration_number__startswith=number) if number else Q(pk__in=[])
        if words:
            begins = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
            found |= Q(SearchVectorExact(WORDS_OF_THE_NAME, begins))
        return self.filter(found)


# The name stays out of the history, so that it can be forgotten one day without touching an event.
@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), fields=["registration_number"]
)
class Worker(models.Model):
    """One person is one row, found by their Social Work England registration number."""

    registration_number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    folded_name = models.CharField(max_length=100, editable=False)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(WORDS_OF_THE_NAME, name="worker_words"),
            models.Index(F("name").asc(nulls_last=True), F("id").asc(), name="worker_by_name"),
        ]
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
        return address("reporting:worker", self.pk)

    def save(self, *args, **kwargs):
        self.registration_number = tidy_registration(self.registration_number)
        self.folded_name = self.name.casefold()
        super().save(*args, **kwargs)
