"""A correction: what was recorded wrongly, what is right, and the two people who say so."""

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When

from council.addresses import address
from council.constraints import Agrees
from council.errors import CLOCK_IS_BEHIND
from council.models import Message, User


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def waiting(self):
        return self.filter(decision="")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["of_release", "is_confirmed", "named_kind"],
)
class Correction(models.Model):
    """Proposed by one person, confirmed by another. `before` and `after` are {field: value as text}; both stay."""

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        TURNED_DOWN = "turned_down", "Turned down"

    subject = models.CharField(max_length=30, help_text="The model of the row.")
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=60)
    vacancy = models.ForeignKey("recruitment.Vacancy", on_delete=models.PROTECT, related_name="corrections")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=20, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    named = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")  # tells who confirmed it

    of_release = models.GeneratedField(
        expression=Case(When(subject="release", then=F("subject_id")), output_field=models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    is_confirmed = models.GeneratedField(
        expression=Case(When(decision="confirmed", then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    named_kind = models.GeneratedField(
        expression=Value("named"), output_field=models.CharField(max_length=40), db_persist=True
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="correction_release_key",
                fields=["id", "of_release", "is_confirmed"],
                violation_error_message="This correction is already recorded.",
            ),
            models.UniqueConstraint(
                name="correction_one_waits",
                fields=["subject", "subject_id"],
                condition=Q(decision=""),
                violation_error_message="A correction of this waits to be confirmed already.",
            ),
            models.CheckConstraint(
                name="correction_decided_afterwards",
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("proposed_at")),
                violation_error_message=CLOCK_IS_BEHIND,
            ),
            models.CheckConstraint(
                name="correction_has_reason",
                condition=~Q(reason=""),
                violation_error_message="Say why it is corrected.",
            ),
            models.CheckConstraint(
                name="correction_tells_who_confirmed_it",
                condition=~Q(decision="confirmed") | Q(named__isnull=False),
                violation_error_message="Who is named as having confirmed a correction is told so.",
            ),
            Agrees(
                name="correction_tells_that_person",
                fields=["named", "decided_by", "named_kind"],
                to="council.Message",
                to_fields=["id", "subject", "kind"],
                violation_error_message="Who is named as having confirmed a correction is told so.",
            ),
            models.CheckConstraint(
                name="correction_decided_by_another",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(decision="")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                violation_error_message="Somebody other than the person who proposed it confirms a correction.",
            ),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.subject_name}"

    def get_absolute_url(self) -> str:
        return address("placements:correction", self.pk)
