"""What makes a recorded failure count as proof: the supplier's own words, its silence, a second person, or told and not disputed."""

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from council.constraints import Agrees
from council.models import Message, Sending, User

from .correction import Correction
from .emergency import EmergencyCall
from .proof import WitnessKind
from .release import Release
from .statement import Statement

# Which rows each kind rests on; no kind has any other. Where the key below cannot say it, the CHECK does.
RESTS_ON = {
    WitnessKind.CANNOT_SUPPLY: {"statement"},
    WitnessKind.WILL_NOT_COME: {"statement"},
    WitnessKind.SILENCE: {"sending", "reminder", "due_at"},
    WitnessKind.TOLD: {"sending", "due_at"},
    WitnessKind.SECOND_PERSON: {"confirmed_by", "named"},
    WitnessKind.CORRECTION: {"correction"},
    WitnessKind.EMERGENCY: {"emergency"},
    WitnessKind.BEFORE: set(),
}
_ROWS = sorted(set().union(*RESTS_ON.values()))


def _whole() -> Q:
    """Each kind with the rows it rests on, and with no other."""
    whole = Q()
    for kind, rows in RESTS_ON.items():
        whole |= Q(kind=kind, **{f"{name}__isnull": name not in rows for name in _ROWS})
    return whole


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.DeleteEvent(),
    exclude=["is_true", "sent_kind", "sent_version", "reminded_kind", "named_kind"],
)
class Witness(models.Model):
    """Why the recorded failure of an order counts as proof. Written once, by the clock of the database; it names the answer it is of.

    `recorded_by` is who recorded the failure, and `answer_no` which version of the answer: a correction raises that, so an old witness
    falls off. A witness row needs the row that makes it true, by a key, so that raw SQL makes none either.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="witnesses")
    answer_no = models.PositiveSmallIntegerField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=WitnessKind)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")
    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, null=True, related_name="+")
    reminder = models.ForeignKey(Sending, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    named = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    emergency = models.ForeignKey(EmergencyCall, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField("what was looked at", blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    is_true = models.GeneratedField(expression=Value(True), output_field=models.BooleanField(), db_persist=True)
    sent_kind = models.GeneratedField(
        expression=Case(
            When(kind=WitnessKind.SILENCE, then=Value("brief")), When(kind=WitnessKind.TOLD, then=Value("answer"))
        ),
        output_field=models.CharField(max_length=40, null=True),
        db_persist=True,
    )
    sent_version = models.GeneratedField(
        expression=Case(
            When(kind=WitnessKind.SILENCE, then=Value(1)),
            When(kind=WitnessKind.TOLD, then=F("answer_no")),
            output_field=models.PositiveSmallIntegerField(),
        ),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    reminded_kind = models.GeneratedField(
        expression=Value("reminder"), output_field=models.CharField(max_length=40), db_persist=True
    )
    named_kind = models.GeneratedField(
        expression=Value("named"), output_field=models.CharField(max_length=40), db_persist=True
    )

    class Meta:
        verbose_name_plural = "witnesses"
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "made_at"], name="witness_by_time")]
        constraints = [
            models.CheckConstraint(
                name="witness_has_what_makes_it_true",
                condition=_whole(),
                violation_error_message="A witness rests on what makes it true, and on nothing else.",
            ),
            models.CheckConstraint(
                name="witness_is_another_person",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                violation_error_message="Somebody other than the person who recorded an answer confirms it.",
            ),
            models.CheckConstraint(
                name="witness_after_the_time_has_ended",
                condition=Q(due_at__isnull=True) | Q(made_at__gte=F("due_at")),
                violation_error_message="The supplier’s time to speak has not ended.",
            ),
            models.UniqueConstraint(
                name="witness_answer_key",
                fields=["id", "release", "answer_no", "kind", "recorded_by"],
                violation_error_message="This is already recorded.",
            ),
            Agrees(
                name="witness_own_words_by_the_mailed_link",
                fields=["statement", "release", "is_true", "kind"],
                to="recruitment.Statement",
                to_fields=["id", "release", "unseen", "kind"],
                violation_error_message="Only what a supplier says by the link that was mailed to it, and shown to nobody here, are its own words.",
            ),
            Agrees(
                name="witness_time_of_its_mail",
                fields=["sending", "release", "sent_kind", "sent_version", "due_at", "is_true"],
                to="council.Sending",
                to_fields=["id", "subject", "kind", "version", "due_at", "is_living"],
                violation_error_message="The supplier was not sent this, or has not read such mail lately.",
            ),
            Agrees(
                name="witness_was_reminded",
                fields=["reminder", "release", "reminded_kind"],
                to="council.Sending",
                to_fields=["id", "subject", "kind"],
                violation_error_message="The supplier was not reminded of this order.",
            ),
            Agrees(
                name="witness_is_told_so",
                fields=["named", "confirmed_by", "named_kind"],
                to="council.Message",
                to_fields=["id", "subject", "kind"],
                violation_error_message="Who is named as having confirmed something is told so.",
            ),
            Agrees(
                name="witness_by_its_correction",
                fields=["correction", "release", "is_true"],
                to="recruitment.Correction",
                to_fields=["id", "of_release", "is_confirmed"],
                violation_error_message="This correction is of something else, or is not confirmed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.release}"
