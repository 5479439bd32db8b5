"""A placement: a worker covering a vacancy through a contract and a release, or found or brought forward without one."""

from datetime import date, datetime

import pghistory
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from council.addresses import address
from council.constraints import Agrees
from council.known import concrete, known
from council.models import User
from council.permissions import services_of
from recruitment.models import (
    NEVER_NAMED,
    Agency,
    Contract,
    Correction,
    Lot,
    Pattern,
    Release,
    Round,
    StepClass,
    StepSource,
    SupplyMode,
    Vacancy,
)
from recruitment.models.fields import hours_field

from .brought_forward import BroughtForward
from .ranges import DateRange, SingleNumber
from .worker import Worker


class EndReason(models.TextChoices):
    END_OF_NEED = "end_of_need", "The need ended"
    PERMANENT_START = "permanent_start", "A permanent member of staff started"
    WORKER_LEFT = "worker_left", "The worker left"
    PERFORMANCE = "performance", "The work was not good enough"
    COST = "cost", "Cost"
    OTHER = "other", "Another reason"


class Basis(models.TextChoices):
    """Why a placement may stand in the tracker. Only the first is booked; the others are facts entered afterwards."""

    RELEASE = "release", "Booked on a supplier's answer"
    BREACH = "breach", "Found in post, outside the rules"
    BROUGHT_FORWARD = "brought_forward", "Brought forward"


class Continues(models.TextChoices):
    """How a placement follows the one before it."""

    REPLACEMENT = "replacement", "Replacement of the worker"
    TRANSFER = "transfer", "Transfer to another agency or contract"
    CARRY_OVER = "carry_over", "Carried over to the next contract"


_LIVE = Q(did_not_start_at__isnull=True, voided_at__isnull=True)

# Of these, who still has to agree with the proof of the order.
_RESTS = _LIVE & Q(unproved_by__isnull=True)

STAGE_OF = ("voided_at", "did_not_start_at", "starts_on", "ends_on", "ended_early_at")


def stage_on(
    day: date,
    voided_at: datetime | None,
    did_not_start_at: datetime | None,
    starts_on: date,
    ends_on: date,
    ended_early_at: datetime | None,
) -> str:
    """One word for where a placement with these facts, `STAGE_OF`, stands on a day."""
    if voided_at:
        return "Entered in error"
    if did_not_start_at:
        return "Did not start"
    if day < starts_on:
        return "Booked"
    if day > ends_on:
        return "Ended early" if ended_early_at else "Ended"
    return "In post"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(vacancy__team__service_id__in=services)

    def standing(self):
        """Those that happened or will: not "did not start", not entered in error."""
        return self.filter(_LIVE)

    def outside_the_first_route(self):
        """On a later step, on none, found in post, or brought forward outside the first agency step: what has to be proved."""
        inside = Q(basis=Basis.RELEASE, release__position__lte=1)
        first = StepSource.objects.in_force(OuterRef(OuterRef("batch__on"))).filter(step_class=StepClass.FIRST)
        named_first = Exists(first.naming(OuterRef("contract"), OuterRef("contract__lot")))
        inside |= Q(named_first, basis=Basis.BROUGHT_FORWARD) & ~Q(contract__route__in=NEVER_NAMED)
        return self.filter(~inside | Q(contract__isnull=True))

    def with_team(self, day):
        """`team_id_now` and `team_now`: the team worked for on a day, after any move within the Service."""
        moved = apps.get_model("placements", "PlacementMove").objects.filter(
            placement=OuterRef("pk"), starts_on__lte=day
        )
        last = moved.order_by("-starts_on", "-pk")
        return self.annotate(
            team_id_now=Coalesce(
                Subquery(last.values("team_id")[:1]), F("vacancy__team_id"), output_field=models.BigIntegerField()
            ),
            team_now=Coalesce(Subquery(last.values("team__name")[:1]), F("vacancy__team__name")),
        )

    def not_followed(self):
        """Those from which no standing placement has taken over."""
        return self.filter(~Exists(self.model.objects.standing().filter(continues=OuterRef("pk"))))

    def live_on(self, day):
        """In post on a day, by what is known now."""
        return self.standing().filter(starts_on__lte=day, ends_on__gte=day)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=[
        "is_live",
        "release_standing",
        "release_contract",
        "carried_from",
        "via_contract",
        "proof_expected",
        "proof_witnessed",
    ],
)
class Placement(models.Model):
    """`starts_on` to `ends_on` are the days worked, both included; what was agreed and committed is in its periods."""

    reference = models.CharField(max_length=20, unique=True)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.RELEASE)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    step_class = models.CharField(max_length=20, choices=StepClass, null=True)
    proof = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")  # what its order rests on
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="+")
    # What names the contract of one who was carried over in the order of sourcing that was in force then.
    source = models.ForeignKey(StepSource, on_delete=models.PROTECT, null=True, related_name="+")
    via_lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(BroughtForward, on_delete=models.PROTECT, null=True, related_name="placements")
    proof_held = models.TextField("proof held", blank=True, help_text="Of a placement brought forward; or: none held.")
    continues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continuations")
    continues_as = models.CharField("follows as", max_length=20, choices=Continues, blank=True)
    order_stands = models.BooleanField(default=False)  # did not start, but the supplier sent or had sent somebody else
    handover_until = models.DateField(null=True)
    handover_reason = models.TextField(blank=True)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="placements")
    supply_mode = models.CharField(max_length=10, choices=SupplyMode)
    supplying_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    hours_per_week = hours_field()
    pattern = models.CharField(max_length=20, choices=Pattern)
    starts_on = models.DateField("start")
    ends_on = models.DateField("end")
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()

    started_confirmed_at = models.DateTimeField(null=True)
    started_confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    registration_checked_on = models.DateField("registration confirmed on", null=True)
    dbs_checked_on = models.DateField("DBS check confirmed on", null=True)
    right_to_work_checked_on = models.DateField("right to work confirmed on", null=True)
    references_checked_on = models.DateField("references confirmed on", null=True)

    did_not_start_at = models.DateTimeField(null=True)
    did_not_start_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    did_not_start_reason = models.TextField(blank=True)

    ended_early_at = models.DateTimeField(null=True)
    ended_early_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    end_note = models.TextField(blank=True)
    notice_given_on = models.DateField(null=True)
    notice_waived = models.BooleanField(default=False)
    committed_until = models.DateField(null=True)
    rating = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(1), MaxValueValidator(4)])
    eligible_again = models.BooleanField(null=True)

    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)
    corrected_by = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    unproved_by = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    is_live = models.GeneratedField(
        expression=_LIVE,  # type: ignore[arg-type]  # Django takes a Q
        output_field=models.BooleanField(),
        db_persist=True,
    )
    release_standing = models.GeneratedField(
        expression=Case(
            When(voided_at__isnull=False, then=None),
            When(unproved_by__isnull=False, then=None),
            When(order_stands=True, then=Value("secured")),
            When(did_not_start_at__isnull=False, then=Value("fell_through")),
            default=Value("secured"),
        ),
        output_field=models.CharField(max_length=20, null=True),
        db_persist=True,
    )

    release_contract = models.GeneratedField(
        expression=Case(When(continues_as=Continues.CARRY_OVER, then=None), default=F("contract")),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    carried_from = models.GeneratedField(
        expression=Case(When(continues_as=Continues.CARRY_OVER, then=F("continues"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    via_contract = models.GeneratedField(
        expression=Case(When(via_lot__isnull=True, then=F("contract")), output_field=models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    proof_expected = models.GeneratedField(
        expression=Case(
            When(_RESTS, then=Coalesce(F("proof"), Value(0), output_field=models.BigIntegerField())),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    proof_witnessed = models.GeneratedField(
        expression=Case(When(_RESTS, then=Value(True))),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("starts_on").desc(nulls_last=True), F("id").desc(), name="placement_newest"),
            models.Index(fields=["ends_on", "starts_on"], name="placement_running", condition=_LIVE),
        ]
        constraints = [
            models.CheckConstraint(
                name="placement_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="The end is before the start.",
            ),
            models.CheckConstraint(
                name="placement_hours_positive",
                condition=Q(hours_per_week__gt=0),
                violation_error_message="Hours per week are more than zero.",
            ),
            models.CheckConstraint(
                name="placement_did_not_start_whole",
                condition=Q(did_not_start_at__isnull=True, did_not_start_by__isnull=True)
                | Q(did_not_start_at__isnull=False, did_not_start_by__isnull=False) & ~Q(did_not_start_reason=""),
                violation_error_message="Say why the worker did not start.",
            ),
            models.CheckConstraint(
                name="placement_early_end_whole",
                condition=Q(ended_early_at__isnull=True, ended_early_by__isnull=True)
                & (Q(end_reason="") | Q(rating__range=(1, 4), eligible_again__isnull=False))
                | Q(
                    ended_early_at__isnull=False,
                    ended_early_by__isnull=False,
                    committed_until__isnull=False,
                    rating__range=(1, 4),
                    eligible_again__isnull=False,
                )
                & ~Q(end_reason=""),
                violation_error_message="An end has a reason, a rating from 1 to 4 and whether the worker may come again.",
            ),
            models.CheckConstraint(
                name="placement_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(voided_by=F("booked_by"))
                & ~Q(void_reason=""),
                violation_error_message="Somebody other than the person who entered it marks it as entered in error, with a reason.",
            ),
            ExclusionConstraint(
                name="placement_one_live_per_release",
                expressions=[
                    (SingleNumber("release"), RangeOperators.OVERLAPS),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=_LIVE & Q(release__isnull=False),  # a range without bounds would overlap them all
                violation_error_message="A worker is already booked on this answer.",
            ),
            models.CheckConstraint(
                name="placement_only_facts_lack_a_release",
                condition=Q(
                    basis=Basis.RELEASE,
                    release__isnull=False,
                    round__isnull=False,
                    contract__isnull=False,
                    proof_held="",
                )
                | Q(basis=Basis.BREACH, release__isnull=True, round__isnull=True, proof_held="")
                | Q(basis=Basis.BROUGHT_FORWARD, release__isnull=True, round__isnull=True, batch__isnull=False)
                & ~Q(proof_held=""),
                violation_error_message="A placement rests on an answer, or is recorded as a breach or brought forward with what proof is held.",
            ),
            models.CheckConstraint(
                name="placement_batch_of_brought_forward",
                condition=Q(batch__isnull=True) | Q(basis=Basis.BROUGHT_FORWARD),
                violation_error_message="Only what was brought forward belongs to the batch.",
            ),
            models.UniqueConstraint(
                name="placement_continued_once",
                fields=["continues"],
                condition=_LIVE,
                violation_error_message="Another placement has taken over from this one already.",
            ),
            models.CheckConstraint(
                name="placement_continues_whole",
                condition=Q(continues__isnull=True, continues_as="") | Q(continues__isnull=False) & ~Q(continues_as=""),
                violation_error_message="Say how a placement follows the one before it.",
            ),
            models.CheckConstraint(
                name="placement_order_stands_without_a_start",
                condition=Q(order_stands=False) | Q(did_not_start_at__isnull=False),
                violation_error_message="Only of a worker who did not start is it said whether the order stands.",
            ),
            models.CheckConstraint(
                name="placement_handover_whole",
                condition=Q(handover_until__isnull=True, handover_reason="")
                | Q(
                    handover_until__gte=F("starts_on"),
                    handover_until__lt=ExpressionWrapper(F("starts_on") + Value(28), output_field=models.DateField()),
                )
                & ~Q(handover_reason=""),
                violation_error_message="A handover has a reason and lasts at most ten working days.",
            ),
            models.CheckConstraint(
                name="placement_start_confirmed_whole",
                condition=Q(started_confirmed_at__isnull=True, started_confirmed_by__isnull=True)
                | Q(started_confirmed_at__isnull=False, started_confirmed_by__isnull=False),
                violation_error_message="A confirmed start has a person and a time.",
            ),
            models.UniqueConstraint(
                name="placement_carry_over_key",
                fields=["id", "release", "worker"],
                violation_error_message="This placement is already recorded.",
            ),
            models.UniqueConstraint(
                name="placement_contract_key",
                fields=["id", "contract"],
                violation_error_message="This placement is already recorded.",
            ),
            Agrees(
                name="placement_release_secured_same_round",
                fields=["release", "vacancy", "round", "release_standing"],
                to="recruitment.Release",
                to_fields=["id", "vacancy", "round", "standing"],
                deferrable=True,
                violation_error_message="A worker is booked on this answer, or it has not secured anybody. Look at the placement first.",
            ),
            models.CheckConstraint(
                name="placement_class_with_its_order",
                condition=Q(release__isnull=True, step_class__isnull=True)
                | Q(release__isnull=False, step_class__isnull=False),
                violation_error_message="A placement on an order is of the class of its step.",
            ),
            Agrees(
                name="placement_class_of_its_order",
                fields=["release", "step_class"],
                to="recruitment.Release",
                to_fields=["id", "step_class"],
                violation_error_message="A placement is of the class of the step at which its supplier was asked.",
            ),
            models.CheckConstraint(
                name="placement_carried_to_a_named_contract",
                condition=Q(continues_as=Continues.CARRY_OVER, source__isnull=False)
                | ~Q(continues_as=Continues.CARRY_OVER) & Q(source__isnull=True, via_lot__isnull=True),
                violation_error_message="The order of sourcing does not name the contract that follows.",
            ),
            Agrees(
                name="placement_carried_within_its_class",
                fields=["source", "step_class"],
                to="recruitment.StepSource",
                to_fields=["id", "step_class"],
                violation_error_message="A placement is carried over to a contract of the same class: of the first agency step, or of a later one.",
            ),
            Agrees(
                name="placement_source_names_the_contract",
                fields=["source", "via_contract"],
                to="recruitment.StepSource",
                to_fields=["id", "contract"],
                violation_error_message="The order of sourcing does not name this contract.",
            ),
            Agrees(
                name="placement_source_names_the_lot",
                fields=["source", "via_lot"],
                to="recruitment.StepSource",
                to_fields=["id", "lot"],
                violation_error_message="The order of sourcing does not name this lot.",
            ),
            Agrees(
                name="placement_contract_of_lot",
                fields=["contract", "via_lot"],
                to="recruitment.Contract",
                to_fields=["id", "lot"],
                violation_error_message="This contract was let under another lot.",
            ),
            Agrees(
                name="placement_proof_of_its_order",
                fields=["release", "proof_expected"],
                to="recruitment.Release",
                to_fields=["id", "booking_proof"],
                deferrable=True,
                violation_error_message="A placement rests on the same answer as its order.",
            ),
            Agrees(
                name="placement_proof_is_witnessed",
                fields=["proof", "proof_witnessed"],
                to="recruitment.Release",
                to_fields=["id", "proven"],
                violation_error_message="The answer this rests on was recorded by one person, and nothing confirms it yet. Have a colleague "
                "confirm it first.",
            ),
            Agrees(
                name="placement_contract_of_release",
                fields=["release", "release_contract"],
                to="recruitment.Release",
                to_fields=["id", "contract"],
                violation_error_message="A placement is on the contract its supplier was asked under.",
            ),
            Agrees(
                name="placement_carried_over_as_it_was",
                fields=["carried_from", "release", "worker"],
                to="placements.Placement",
                to_fields=["id", "release", "worker"],
                violation_error_message="A placement is carried over with its worker and on the same answer.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:placement", self.pk)

    @property
    def is_outside_the_first_route(self) -> bool:
        """The same as `outside_the_first_route()`, for one that is read already."""
        if self.basis == Basis.RELEASE:
            return known(self.release).position > 1
        if self.basis == Basis.BREACH or self.contract is None or self.contract.route in NEVER_NAMED:
            return True
        first = StepSource.objects.in_force(known(self.batch).on).filter(step_class=StepClass.FIRST)
        return not first.naming(self.contract_id, self.contract.lot_id).exists()

    @property
    def followed_by(self) -> "Placement | None":
        """The placement that has taken over from this one and stands."""
        return self.continuations.standing().first()

    @property
    def agency(self) -> Agency:
        """Whose contract it is; of a worker outside any contract, the agency itself."""
        return known(self.contract.agency if self.contract else self.supplying_agency)

    CHECKS = ("registration_checked_on", "dbs_checked_on", "right_to_work_checked_on", "references_checked_on")

    @property
    def checks_missing(self) -> list[str]:
        """What the agency has not confirmed yet, in words."""
        return [
            str(concrete(Placement, name).verbose_name).removesuffix(" confirmed on")
            for name in self.CHECKS
            if getattr(self, name) is None
        ]

    def stage(self, day) -> str:
        """One word for where the placement stands on a day."""
        return stage_on(day, *(getattr(self, name) for name in STAGE_OF))
