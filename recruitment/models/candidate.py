"""Candidates: who was put forward for an order, what became of each, and offers of people outside any order."""

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.constraints import Agrees
from council.models import User
from council.permissions import services_of
from council.wording import day_name
from council.working_time import day_of

from .answer import SupplyMode
from .fields import rate_field
from .release import Release
from .statement import SupplierLink
from .supplier import Agency
from .vacancy import JobType


class Stage(models.TextChoices):
    PUT_FORWARD = "put_forward", "Put forward"
    SHORTLISTED = "shortlisted", "Shortlisted"
    INTERVIEWED = "interviewed", "Interviewed"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    TURNED_DOWN = "turned_down", "Turned down"
    WITHDRAWN = "withdrawn", "Withdrew"
    RECONSIDERED = "reconsidered", "Reconsidered"


CLOSED = [Stage.TURNED_DOWN, Stage.WITHDRAWN]
WAITS_FOR_US = [Stage.PUT_FORWARD, Stage.SHORTLISTED, Stage.INTERVIEWED, Stage.RECONSIDERED]
NEEDS_REASON = [*CLOSED, Stage.RECONSIDERED]


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(release__vacancy__team__service_id__in=services)

    def standing(self):
        """Without those entered in error."""
        return self.filter(voided_at__isnull=True)

    def counted(self):
        """Without those entered in error, or whose order was."""
        return self.standing().filter(release__voided_at__isnull=True)

    def waiting_for_us(self):
        """Neither offered nor turned down yet, for an order of a round that goes on."""
        return self.counted().filter(stage__in=WAITS_FOR_US, release__round__closed_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Submission(models.Model):
    """A candidate put forward by an agency for one order. Rates are £ per hour excluding VAT.

    `candidate` is the agency's own reference for the person; the registration number comes before a booking at the latest.
    `stage` is that of the last of its steps, number `steps`.
    """

    reference = models.CharField(max_length=20, unique=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="submissions", verbose_name="order")
    candidate = models.CharField("agency's reference", max_length=50)
    registration_number = models.CharField(max_length=20, blank=True)
    supply_mode = models.CharField("whose worker", max_length=10, choices=SupplyMode)
    supplying_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="the other agency"
    )
    brokered_from = models.CharField("the other agency, as it was named", max_length=100, blank=True)
    pay_rate = rate_field()
    charge_rate = rate_field()
    available_from = models.DateField(null=True)
    note = models.TextField(blank=True)
    first_shown = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="shown_again", verbose_name="first shown as"
    )

    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    late_reason = models.CharField(max_length=200, blank=True)
    link = models.ForeignKey(SupplierLink, on_delete=models.PROTECT, null=True, related_name="+")
    said_by = models.CharField("name of who says so", max_length=100, blank=True)
    sent = models.JSONField("as it was sent", null=True)

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.PUT_FORWARD)
    steps = models.PositiveSmallIntegerField(default=1)
    allowed_at = models.DateTimeField("allowed by this route", null=True)
    allowed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    allowed_reason = models.TextField("why allowed by this route", blank=True)

    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "candidate put forward"
        verbose_name_plural = "candidates put forward"
        indexes = [
            models.Index(F("received_at").desc(nulls_last=True), F("id").desc(), name="submission_newest"),
            models.Index(fields=["registration_number", "received_at"], name="submission_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="submission_recorded_by_somebody",
                condition=Q(recorded_by__isnull=False, link__isnull=True)
                | Q(recorded_by__isnull=True, link__isnull=False, sent__isnull=False) & ~Q(said_by=""),
                violation_error_message="A candidate is recorded by an officer, or by the supplier through its link.",
            ),
            models.CheckConstraint(
                name="submission_has_rates",
                condition=Q(pay_rate__gt=0, charge_rate__gte=F("pay_rate")),
                violation_error_message="The charge rate is not below the pay rate. Check both rates.",
            ),
            models.CheckConstraint(
                name="submission_whose_worker",
                condition=Q(supply_mode=SupplyMode.DIRECT, supplying_agency__isnull=True, brokered_from="")
                | Q(supply_mode=SupplyMode.BROKERED) & (Q(supplying_agency__isnull=False) | ~Q(brokered_from="")),
                violation_error_message="Say whose worker it is: the supplier's own, or another agency's and which.",
            ),
            models.CheckConstraint(
                name="submission_recorded_after_it_came",
                condition=Q(recorded_at__gte=F("received_at")),
                violation_error_message="Nothing is recorded before it has happened. Check the times.",
            ),
            models.UniqueConstraint(
                name="submission_one_reference",
                fields=["release", "candidate"],
                condition=Q(voided_at__isnull=True) & ~Q(stage__in=CLOSED),
                violation_error_message="This candidate has been put forward for this order already.",
            ),
            models.UniqueConstraint(
                name="submission_one_person",
                fields=["release", "registration_number"],
                condition=Q(voided_at__isnull=True) & ~Q(registration_number="") & ~Q(stage__in=CLOSED),
                violation_error_message="This person has been put forward for this order already.",
            ),
            models.CheckConstraint(
                name="submission_accepted_has_number",
                condition=~Q(stage=Stage.ACCEPTED) | ~Q(registration_number=""),
                violation_error_message="Who accepts has a registration number.",
            ),
            models.CheckConstraint(
                name="submission_allowed_by_another",
                condition=Q(allowed_at__isnull=True, allowed_by__isnull=True, allowed_reason="")
                | Q(allowed_at__isnull=False, allowed_by__isnull=False)
                & ~Q(allowed_reason="")
                & (Q(recorded_by__isnull=True) | ~Q(allowed_by=F("recorded_by"))),
                violation_error_message="Somebody other than the person who recorded the candidate allows it, with a reason.",
            ),
            models.CheckConstraint(
                name="submission_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(void_reason="")
                & (Q(recorded_by__isnull=True) | ~Q(voided_by=F("recorded_by"))),
                violation_error_message="Somebody other than the person who entered it marks it as entered in error, with a reason.",
            ),
            Agrees(
                name="submission_stage_of_last_step",
                fields=["id", "steps", "stage"],
                to="recruitment.SubmissionStep",
                to_fields=["submission", "number", "stage"],
                deferrable=True,
                violation_error_message="The stage of a candidate is that of the last step recorded.",
            ),
            Agrees(
                name="submission_link_of_release",
                fields=["link", "release"],
                to="recruitment.SupplierLink",
                to_fields=["id", "release"],
                violation_error_message="This link belongs to another order.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:candidate", self.pk)

    @property
    def is_closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def whose(self) -> str:
        """The agency whose worker it is, as far as it was named."""
        if self.supply_mode == SupplyMode.DIRECT:
            return self.release.contract.agency.name
        return self.supplying_agency.name if self.supplying_agency else self.brokered_from


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SubmissionStep(models.Model):
    """One step of a candidate: what was decided or said, when, by whom, and why where it needs a reason."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="history", verbose_name="candidate"
    )
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    late_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "step of a candidate"
        verbose_name_plural = "steps of candidates"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="submission_step_one_a_number",
                fields=["submission", "number"],
                violation_error_message="Somebody else has just recorded a step of this candidate. Reload the page.",
            ),
            models.UniqueConstraint(
                name="submission_step_key",
                fields=["submission", "number", "stage"],
                violation_error_message="This step is already recorded.",
            ),
            models.CheckConstraint(
                name="submission_step_has_reason",
                condition=~Q(stage__in=NEEDS_REASON) | ~Q(reason=""),
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                name="submission_step_recorded_after_it_happened",
                condition=Q(recorded_at__gte=F("happened_at")),
                violation_error_message="Nothing is recorded before it has happened. Check the times.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.get_stage_display().lower()}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Approach(models.Model):
    """An agency offers somebody outside any order. It is logged and leads nowhere: nobody is booked on it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    job_type = models.CharField("role", max_length=30, choices=JobType)
    candidate = models.CharField("agency's reference", max_length=50, blank=True)
    note = models.TextField("what it said")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    late_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "approach outside any order"
        verbose_name_plural = "approaches outside any order"
        constraints = [
            models.CheckConstraint(
                name="approach_is_whole",
                condition=~Q(note="") & Q(recorded_at__gte=F("received_at")),
                violation_error_message="Say what the agency offered, and when.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {day_name(day_of(self.received_at))}"
