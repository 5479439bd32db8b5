"""What happens to a placement beside its dates: other teams, long extensions, concerns about practice."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.errors import CLOCK_IS_BEHIND
from council.models import Team, User
from council.permissions import may
from recruitment.models import RecruitmentState

from .period import PlacementPeriod
from .placement import Placement


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlacementMove(models.Model):
    """From a day on the worker works for another team of the same Service. Written once."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="moves")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("from")
    reason = models.TextField()
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="placement_move_one_a_day",
                fields=["placement", "starts_on"],
                violation_error_message="A move from that day is recorded already.",
            ),
            models.CheckConstraint(
                name="placement_move_has_reason",
                condition=~Q(reason=""),
                violation_error_message="Say why the worker moves.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} to {self.team} from {self.starts_on:%-d %B %Y}"


class ExtensionQuerySet(models.QuerySet["ExtensionProposal"]):
    def waiting(self):
        return self.filter(decision="")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ExtensionProposal(models.Model):
    """An extension beyond the length that an officer may agree alone: asked for by one person, decided by another."""

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        TURNED_DOWN = "turned_down", "Turned down"

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="extension_proposals")
    ends_on = models.DateField("new end")
    reason = models.TextField()
    recruitment_state = models.CharField(max_length=20, choices=RecruitmentState)
    rechecked_on = models.DateField(null=True)
    recheck_note = models.TextField(blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=20, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    period = models.OneToOneField(PlacementPeriod, on_delete=models.PROTECT, null=True, related_name="proposal")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="extension_one_waits",
                fields=["placement"],
                condition=Q(decision=""),
                violation_error_message="An extension of this placement waits to be decided already.",
            ),
            models.CheckConstraint(
                name="extension_decision_is_whole",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, decision_reason="")
                | ~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_reason=""),
                violation_error_message="A decision has a person, a time and a reason.",
            ),
            models.CheckConstraint(
                name="extension_decided_afterwards",
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("proposed_at")),
                violation_error_message=CLOCK_IS_BEHIND,
            ),
            models.CheckConstraint(
                name="extension_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                violation_error_message="The person who asked cannot decide their own extension.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} until {self.ends_on:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return address("placements:extension-decide", self.pk)


class PracticeConcernQuerySet(models.QuerySet["PracticeConcern"]):
    def visible_to(self, user: User):
        """Those who may read concerns read all; whoever recorded one, that."""
        return self if may(user, "read_concerns") else self.filter(recorded_by=user)


# What it says stays out of the history, which more people may read.
@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), fields=["placement", "recorded_by"]
)
class PracticeConcern(models.Model):
    """A concern about a worker's practice. Few may read it."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="concerns")
    concern = models.TextField()
    agency_told_on = models.DateField()
    referral_made = models.BooleanField("referred to Social Work England")
    referral_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = PracticeConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="concern_is_whole",
                condition=~Q(concern="")
                & (Q(referral_made=True, referral_on__isnull=False) | Q(referral_made=False, referral_on__isnull=True)),
                violation_error_message="Say what the concern is, and when it was referred if it was.",
            )
        ]

    def __str__(self) -> str:
        return f"Concern about {self.placement}"
