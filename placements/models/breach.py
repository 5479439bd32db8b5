"""A breach: something that happened outside the rules, entered as fact. Never proof, never removed."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.errors import CLOCK_IS_BEHIND
from council.models import User
from council.permissions import services_of
from recruitment.models import Correction

from .placement import Placement


class BreachKind(models.TextChoices):
    FOUND_IN_POST = "found_in_post", "Found in post without proof"
    PROOF_CORRECTED = "proof_corrected", "What it rested on was corrected"
    AUTHORITY_NOT_CONFIRMED = "authority_not_confirmed", "Authority not confirmed"
    EMERGENCY_NOT_CONFIRMED = "emergency_not_confirmed", "Emergency not confirmed"


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(placement__vacancy__team__service_id__in=services)

    def standing(self):
        """Without those that a correction took back: what they said had not happened."""
        return self.filter(taken_back_by__isnull=True)

    def not_authorised(self):
        return self.standing().filter(approved_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Breach(models.Model):
    """The mark stays for good; an approval afterwards is written beside it, once.

    One that was made although the proof had never been missing stays too, and says which correction took it back.
    """

    reference = models.CharField(max_length=20, unique=True)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="breaches")
    kind = models.CharField(max_length=30, choices=BreachKind)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_by = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    found_on = models.DateField()
    how_found = models.TextField()
    director_told_on = models.DateField("Assistant Director told on", null=True)
    procurement_told_on = models.DateField("procurement told on", null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval_reason = models.TextField(blank=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "breaches"
        indexes = [models.Index(F("found_on").desc(nulls_last=True), F("id").desc(), name="breach_newest")]
        constraints = [
            models.UniqueConstraint(
                name="breach_of_a_correction_once",
                fields=["placement", "correction"],
                condition=Q(correction__isnull=False),
                violation_error_message="This is recorded already.",
            ),
            models.UniqueConstraint(
                name="breach_of_a_kind_once",
                fields=["placement", "kind"],
                condition=Q(correction__isnull=True),
                violation_error_message="This is recorded already.",
            ),
            models.CheckConstraint(
                name="breach_approval_whole",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, approval_reason="")
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approval_reason=""),
                violation_error_message="An approval has a person, a time and a reason.",
            ),
            models.CheckConstraint(
                name="breach_approved_afterwards",
                condition=Q(approved_at__isnull=True) | Q(approved_at__gte=F("recorded_at")),
                violation_error_message=CLOCK_IS_BEHIND,
            ),
            models.CheckConstraint(
                name="breach_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("recorded_by")),
                violation_error_message="Somebody other than the person who recorded it decides it.",
            ),
            models.CheckConstraint(
                name="breach_says_how",
                condition=~Q(how_found="") & Q(found_on__gte=F("since")),
                violation_error_message="Say how it was found, and on a day after it began.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:breach", self.pk)

    @property
    def spend_state(self) -> str:
        if self.taken_back_by_id:
            return "Taken back"
        return "Authorised after the start" if self.approved_at else "Outside contract, not authorised"
