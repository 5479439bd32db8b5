"""An emergency: the call to a supplier out of hours, and authority to pass a contract's approved value for a few days."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from council.constraints import Agrees
from council.models import User
from council.wording import day_name
from council.working_time import day_of

from .vacancy import Vacancy


class EmergencyQuerySet(models.QuerySet["EmergencyCall"]):
    def waiting(self):
        """Not decided yet, neither here nor with the breach that came of it."""
        return self.filter(decision="", vacancy__decision="")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class EmergencyCall(models.Model):
    """A call to a supplier's out-of-hours line for a need nobody could agree beforehand. Written once, decided once.

    The Assistant Director confirms it by `confirm_by`, the end of the next working day; otherwise who came of it is a breach.
    """

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        NOT_CONFIRMED = "not_confirmed", "Not confirmed"

    vacancy = models.OneToOneField(Vacancy, on_delete=models.PROTECT, related_name="emergency_call")
    line = models.CharField("out-of-hours line", max_length=100)
    spoke_to = models.CharField(max_length=100)
    why = models.TextField("why it cannot wait")
    called_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    late_reason = models.CharField(max_length=200, blank=True)
    confirm_by = models.DateTimeField("to be confirmed by")
    decision = models.CharField(max_length=20, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = "emergency call"
        constraints = [
            models.CheckConstraint(
                name="emergency_call_is_whole",
                condition=~Q(line="")
                & ~Q(spoke_to="")
                & ~Q(why="")
                & Q(recorded_at__gte=F("called_at"), confirm_by__gt=F("called_at")),
                violation_error_message="Say which line was called, who answered, and why it cannot wait.",
            ),
            models.CheckConstraint(
                name="emergency_decision_is_whole",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, decision_reason="")
                | ~Q(decision="")
                & ~Q(decision_reason="")
                & Q(decided_at__gte=F("called_at"), decided_by__isnull=False),
                violation_error_message="A decision has a person, a time and a reason.",
            ),
            models.CheckConstraint(
                name="emergency_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
                violation_error_message="Somebody other than the person who called confirms it.",
            ),
        ]

    def __str__(self) -> str:
        return f"Emergency call of {day_name(day_of(self.called_at))}"


class AuthorityQuerySet(models.QuerySet["SpendingAuthority"]):
    def waiting(self):
        """Not confirmed by who is said to have given it, nor denied."""
        return self.filter(holder__isnull=False, word__isnull=True)

    def denied(self):
        return self.filter(word__is_given=False)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SpendingAuthority(models.Model):
    """The Strategic Director's word that one short booking for a request may pass its contract's approved value.

    Written once and used once: the account entry of the booking names it. `holder` confirms it by `confirm_by`, the end of the next
    working day; otherwise who was booked on it is a breach. Both are missing where it was recorded before that was asked.
    """

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="authorities")
    given_by = models.CharField("Strategic Director", max_length=100)
    given_at = models.DateTimeField()
    words = models.TextField("what the authority says")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirm_by = models.DateTimeField("to be confirmed by", null=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = "Strategic Director's authority"
        verbose_name_plural = "Strategic Director's authorities"
        constraints = [
            models.UniqueConstraint(
                name="authority_holder_key",
                fields=["id", "holder"],
                violation_error_message="This authority is already recorded.",
            ),
            models.CheckConstraint(
                name="authority_of_another",
                condition=Q(holder__isnull=True) | ~Q(holder=F("recorded_by")) & Q(confirm_by__gt=F("given_at")),
                violation_error_message="Somebody other than the Strategic Director records the authority, and it has time to be confirmed.",
            ),
            models.CheckConstraint(
                name="authority_is_whole",
                condition=~Q(given_by="") & ~Q(words="") & Q(recorded_at__gte=F("given_at")),
                violation_error_message="Say who gave the authority, when, and what it says.",
            ),
        ]

    @property
    def own_word(self) -> "AuthorityWord | None":
        """What its holder has said of it."""
        return getattr(self, "word", None)

    def __str__(self) -> str:
        return f"Authority of {self.given_by}, {day_name(day_of(self.given_at))}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), exclude=["holder"])
class AuthorityWord(models.Model):
    """The word of its holder, or the holder's deputy, on an authority that somebody else recorded: given, or not. Written once."""

    authority = models.OneToOneField(SpendingAuthority, on_delete=models.PROTECT, related_name="word")
    is_given = models.BooleanField()
    note = models.TextField(blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # of whom it is the deputy's
    said_at = models.DateTimeField()
    holder = models.GeneratedField(
        expression=Coalesce(F("in_place_of"), F("said_by")),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="authority_word_says_why_not",
                condition=Q(is_given=True) | ~Q(note=""),
                violation_error_message="Say what is wrong with it.",
            ),
            Agrees(
                name="authority_word_is_the_holders",
                fields=["authority", "holder"],
                to="recruitment.SpendingAuthority",
                to_fields=["id", "holder"],
                violation_error_message="Whoever is said to have given an authority confirms it, and nobody else.",
            ),
        ]

    def __str__(self) -> str:
        who = f"{self.said_by} for {self.in_place_of}" if self.in_place_of else self.said_by
        if not self.is_given:
            return f"Not given, says {who}: {self.note}"
        late = ", after the time to confirm it" if self.is_late else ""
        return f"Confirmed by {who}, {day_name(day_of(self.said_at))}{late}"

    @property
    def is_late(self) -> bool:
        """Said after the time to confirm it had ended, so who was booked on it is a breach."""
        return self.authority.confirm_by is not None and self.said_at > self.authority.confirm_by
