"""A vacancy: one need for one worker, and the rounds in which the council tries to source it."""

from decimal import ROUND_HALF_UP, Decimal

import pghistory
from django.db import models
from django.db.models import F, Q

from council.addresses import address
from council.constraints import Agrees
from council.errors import CLOCK_IS_BEHIND
from council.models import Team, User
from council.permissions import services_of

from .fields import hours_field, rate_field
from .sourcing import SourcingOrder


class Kind(models.TextChoices):
    VACANT_POST = "vacant_post", "Vacant post"
    COVER = "cover", "Cover for an absent employee"
    ABOVE_STRUCTURE = "above_structure", "Above structure"


class JobType(models.TextChoices):
    """The Department for Education's five core job types."""

    SOCIAL_WORKER = "social_worker", "Social worker"
    SENIOR_SOCIAL_WORKER = "senior_social_worker", "Senior social worker"
    ADVANCED_PRACTITIONER = "advanced_practitioner", "Advanced practitioner"
    TEAM_MANAGER = "team_manager", "Team manager"
    REVIEWING_OFFICER = "reviewing_officer", "Independent reviewing officer or conference chair"


class Pattern(models.TextChoices):
    WEEKDAYS = "weekdays", "Monday to Friday"
    SEVEN_DAYS = "seven_days", "Seven days"


class Urgency(models.TextChoices):
    ROUTINE = "routine", "Routine"
    URGENT = "urgent", "Urgent"


class Origin(models.TextChoices):
    """How a need came into the tracker. Only the first is asked for and agreed first; a recorded one is entered as fact."""

    REQUESTED = "requested", "Asked for"
    RECORDED = "recorded", "Recorded with its worker"
    EMERGENCY = "emergency", "Emergency, out of hours"


class Status(models.TextChoices):
    REQUESTED = "requested", "Requested"
    DEFERRED = "deferred", "Held"
    TURNED_DOWN = "turned_down", "Turned down"
    AGREED = "agreed", "Agreed"
    SOURCING = "sourcing", "Sourcing"
    COVERED = "covered", "Covered"
    FILLED = "filled", "Filled"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RecruitmentState(models.TextChoices):
    """Where permanent recruitment stands when a round begins."""

    ADVERTISED = "advertised", "Advertised"
    UNSUCCESSFUL = "unsuccessful", "The campaign was unsuccessful"
    NOT_SUITABLE = "not_suitable", "Not suitable, because the need is short"


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(team__service_id__in=services)

    def awaiting_decision(self):
        return self.filter(status__in=[Status.REQUESTED, Status.DEFERRED])

    def being_sourced(self):
        return self.filter(status__in=[Status.AGREED, Status.SOURCING])


_REASONED = [Status.DEFERRED, Status.TURNED_DOWN, Status.ENDED, Status.WITHDRAWN]
_BEFORE_DECISION = [Status.REQUESTED, Status.WITHDRAWN]
TERMS = ("job_type", "hours_per_week", "pattern", "base", "max_charge_rate")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["is_agreed", "emergency"]
)
class Vacancy(models.Model):
    """A staffing request and what became of it. `max_charge_rate` is £ per hour excluding VAT."""

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    job_type = models.CharField("role", max_length=30, choices=JobType)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    hours_per_week = hours_field()
    pattern = models.CharField("working pattern", max_length=20, choices=Pattern)
    base = models.CharField(max_length=100)
    max_charge_rate = rate_field("maximum charge rate")
    needed_from = models.DateField()
    expected_weeks = models.PositiveSmallIntegerField()
    urgency_asked = models.CharField("urgency asked for", max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    urgency = models.CharField(max_length=10, choices=Urgency)
    urgency_reason = models.TextField("reason for the urgency", blank=True)
    asked_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="asked_together", verbose_name="asked for with"
    )
    reason = models.TextField("reason for the request")
    funded_by = models.CharField(max_length=200, blank=True)
    funded_until = models.DateField(null=True, blank=True)

    origin = models.CharField(max_length=20, choices=Origin, default=Origin.REQUESTED)
    status = models.CharField(max_length=20, choices=Status, default=Status.REQUESTED)
    status_reason = models.TextField("reason for the stage", blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decision = models.CharField(
        max_length=20,
        blank=True,
        choices=[(s.value, s.label) for s in (Status.AGREED, Status.DEFERRED, Status.TURNED_DOWN)],
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField("reason for the decision", blank=True)
    is_agreed = models.GeneratedField(
        expression=Q(decision=Status.AGREED) | Q(origin=Origin.EMERGENCY),  # type: ignore[arg-type]  # Django takes a Q
        output_field=models.BooleanField(),
        db_persist=True,
    )
    emergency = models.GeneratedField(
        expression=models.Case(models.When(origin=Origin.EMERGENCY, then=F("id"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = "staffing request"
        indexes = [
            models.Index(F("requested_at").desc(nulls_last=True), F("id").desc(), name="vacancy_newest"),
            models.Index(fields=["status", "requested_at"], name="vacancy_stage"),
        ]
        constraints = [
            models.CheckConstraint(
                name="vacancy_figures_positive",
                condition=Q(hours_per_week__gt=0, max_charge_rate__gt=0, expected_weeks__gt=0),
                violation_error_message="Hours, maximum charge rate and weeks are more than zero.",
            ),
            models.CheckConstraint(
                name="vacancy_above_structure_is_funded",
                condition=~Q(kind=Kind.ABOVE_STRUCTURE) | (~Q(funded_by="") & Q(funded_until__isnull=False)),
                violation_error_message="A request above structure says who funds it and until when.",
            ),
            models.CheckConstraint(
                name="vacancy_decision_is_whole",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, decision_reason="")
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_reason="")),
                violation_error_message="A decision has a person, a time and a reason.",
            ),
            models.CheckConstraint(
                name="vacancy_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                violation_error_message="The person who asked cannot decide their own request.",
            ),
            models.CheckConstraint(
                name="vacancy_status_follows_decision",
                condition=Q(status__in=_BEFORE_DECISION)
                | Q(status=Status.DEFERRED, decision=Status.DEFERRED)
                | Q(status=Status.TURNED_DOWN, decision=Status.TURNED_DOWN)
                | Q(
                    status__in=[Status.AGREED, Status.SOURCING, Status.COVERED, Status.FILLED, Status.ENDED],
                    decision=Status.AGREED,
                )
                | Q(origin=Origin.RECORDED, status__in=[Status.COVERED, Status.ENDED], decision="")
                | Q(
                    origin=Origin.EMERGENCY,
                    status__in=[Status.SOURCING, Status.COVERED, Status.ENDED],
                    decision__in=["", Status.TURNED_DOWN],
                ),
                violation_error_message="A request moves on only after it has been agreed.",
            ),
            models.CheckConstraint(
                name="vacancy_status_has_reason",
                condition=~Q(status__in=_REASONED) | ~Q(status_reason=""),
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                name="vacancy_only_a_vacant_post_is_filled",
                condition=~Q(status=Status.FILLED) | Q(kind=Kind.VACANT_POST),
                violation_error_message="Only a vacant post can be filled.",
            ),
            models.CheckConstraint(
                name="vacancy_decided_afterwards",
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("requested_at")),
                violation_error_message=CLOCK_IS_BEHIND,
            ),
            Agrees(
                name="vacancy_emergency_was_called",
                fields=["emergency"],
                to="recruitment.EmergencyCall",
                to_fields=["vacancy"],
                deferrable=True,
                violation_error_message="An emergency has its call to a supplier.",
            ),
            models.UniqueConstraint(
                name="vacancy_agreed_key",
                fields=["id", "is_agreed"],
                violation_error_message="This request is already recorded.",
            ),
            models.UniqueConstraint(
                name="vacancy_kind_key",
                fields=["id", "kind"],
                violation_error_message="This request is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:request", self.pk)

    def fte(self, full_time_hours: Decimal) -> Decimal:
        """Full-time equivalent to two places."""
        return (self.hours_per_week / full_time_hours).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["direct_recorded", "agreed"]
)
class Round(models.Model):
    """One attempt to source a vacancy, under the order of sourcing in force when it began."""

    class Closed(models.TextChoices):
        STARTED = "started", "A worker started"
        TERMS_CHANGED = "terms_changed", "The terms changed"
        ORDER_CHANGED = "order_changed", "A newer order of sourcing"
        FILLED = "filled", "The post was filled"
        ENDED = "ended", "The need ended"
        WITHDRAWN = "withdrawn", "The request was withdrawn"

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    order = models.ForeignKey(SourcingOrder, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, help_text="Why it began.")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    recruitment_state = models.CharField("permanent recruitment", max_length=20, choices=RecruitmentState, blank=True)
    advertised_on = models.DateField(null=True, blank=True)
    advert_reference = models.CharField(max_length=100, blank=True)
    recruitment_note = models.TextField(blank=True)
    recruitment_recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recruitment_recorded_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=20, choices=Closed, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    direct_recorded = models.GeneratedField(
        expression=~Q(recruitment_state=""),  # type: ignore[arg-type]  # Django takes a Q
        output_field=models.BooleanField(),
        db_persist=True,
    )
    agreed = models.GeneratedField(
        expression=Q(number__gt=0),  # type: ignore[arg-type]  # Django takes a Q
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "round of sourcing"
        verbose_name_plural = "rounds of sourcing"
        constraints = [
            models.UniqueConstraint(
                name="round_number_unique",
                fields=["vacancy", "number"],
                violation_error_message="This round has just been opened by somebody else.",
            ),
            models.CheckConstraint(
                name="round_number_from_one",
                condition=Q(number__gt=0),
                violation_error_message="Rounds are counted from one.",
            ),
            models.UniqueConstraint(
                name="round_one_open",
                fields=["vacancy"],
                condition=Q(closed_at__isnull=True),
                violation_error_message="A round is already open for this request.",
            ),
            models.UniqueConstraint(
                name="round_order_key",
                fields=["id", "vacancy", "order"],
                violation_error_message="This round is already recorded.",
            ),
            models.UniqueConstraint(
                name="round_vacancy_key",
                fields=["id", "vacancy"],
                violation_error_message="This round is already recorded.",
            ),
            models.UniqueConstraint(
                name="round_direct_key",
                fields=["id", "direct_recorded"],
                violation_error_message="This round is already recorded.",
            ),
            models.CheckConstraint(
                name="round_closed_whole",
                condition=Q(closed_as="", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(closed_as="") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                violation_error_message="A closed round says how, when and by whom.",
            ),
            models.CheckConstraint(
                name="round_recruitment_is_whole",
                condition=Q(recruitment_state="", recruitment_recorded_by__isnull=True)
                | Q(
                    recruitment_state=RecruitmentState.ADVERTISED,
                    advertised_on__isnull=False,
                    recruitment_recorded_by__isnull=False,
                    recruitment_recorded_at__isnull=False,
                )
                & ~Q(advert_reference="")
                | Q(
                    recruitment_state__in=[RecruitmentState.UNSUCCESSFUL, RecruitmentState.NOT_SUITABLE],
                    recruitment_recorded_by__isnull=False,
                    recruitment_recorded_at__isnull=False,
                )
                & ~Q(recruitment_note=""),
                violation_error_message="Say where permanent recruitment stands: the advert's date and reference, or the reason.",
            ),
            Agrees(
                name="round_vacancy_is_agreed",
                fields=["vacancy", "agreed"],
                to="recruitment.Vacancy",
                to_fields=["id", "is_agreed"],
                violation_error_message="A request is sourced only after it has been agreed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vacancy} round {self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
