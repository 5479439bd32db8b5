"""A release: a vacancy sent to one contract's supplier on stated terms, and the supplier's answer."""

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from council.addresses import address
from council.constraints import Agrees
from council.models import Attachment, User
from council.permissions import services_of
from council.working_time import day_of, end_of_day, start_of_day
from recruitment.rules.cascade import answered_in_time

from .answer import ANSWER_IS_WHOLE, FAILED, NotSecuredReason, Outcome, SupplyMode, ToldBy, Tried
from .contract import Contract
from .correction import Correction
from .fields import hours_field, rate_field
from .proof import EXEMPTED, PROVED, PROVEN, RESTS_ON_PROOF, THIRD, WitnessKind
from .sourcing import Route, SourcingOrder, StepClass, StepSource
from .supplier import Agency, Lot
from .vacancy import Pattern, Round, Vacancy


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(vacancy__team__service_id__in=services)

    def standing(self):
        """Without those entered in error."""
        return self.filter(voided_at__isnull=True)

    def open(self):
        return self.standing().filter(outcome=Outcome.OPEN)

    def answer_due(self, now):
        """Open, and to be answered: its time has ended, or the supplier has said that it cannot supply (at `said_at`)."""
        declined = models.FilteredRelation("statements", condition=Q(statements__kind="cannot_supply"))
        rows = self.open().annotate(declined=declined, said_at=F("declined__received_at"))
        return rows.filter(Q(respond_by__lte=now) | Q(said_at__isnull=False))

    def secured_between(self, first, last):
        """Secured, and still so, with an answer between two days (both included)."""
        return self.standing().filter(
            outcome=Outcome.SECURED, answered_at__gte=start_of_day(first), answered_at__lt=end_of_day(last)
        )


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=[
        "standing",
        "step_class",
        "via_contract",
        "failed",
        "proof_position",
        "proof_failed",
        "proof",
        "needs_direct",
        "failure_by",
        "proven",
        "booking_proof",
        "earlier_expected",
        "earlier_needed",
    ],
)
class Release(models.Model):
    """What one supplier was asked, when, and what it answered. Rates are £ per hour excluding VAT."""

    reference = models.CharField(max_length=30, unique=True)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="releases")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="releases")
    order = models.ForeignKey(SourcingOrder, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=20, choices=Route)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="releases")
    source = models.ForeignKey(StepSource, on_delete=models.PROTECT, null=True, related_name="+")
    via_lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+")
    exemption = models.ForeignKey("recruitment.Exemption", on_delete=models.PROTECT, null=True, related_name="releases")
    rests_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="opened")
    proof_rate = rate_field(null=True)
    proof_answered_at = models.DateTimeField(null=True)
    earlier_proof = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    # The terms on which the supplier was asked.
    max_rate = rate_field("maximum charge rate")
    hours_per_week = hours_field()
    pattern = models.CharField(max_length=20, choices=Pattern)
    base = models.CharField(max_length=100)
    starts_on = models.DateField("start")
    weeks = models.PositiveSmallIntegerField("length in weeks")

    sent_at = models.DateTimeField()
    sent_recorded_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_late_reason = models.CharField(max_length=200, blank=True)
    respond_by = models.DateTimeField("answer by")
    elsewhere = models.EmailField("sent to another address", blank=True, default="", db_default="")
    order_number = models.CharField("supplier's order number", max_length=50, blank=True)

    outcome = models.CharField("answer", max_length=20, choices=Outcome, default=Outcome.OPEN)
    answered_at = models.DateTimeField(null=True)
    answer_recorded_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer_late_reason = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=20, choices=NotSecuredReason, blank=True)
    note = models.TextField(blank=True)
    rate_asked = rate_field(null=True)
    declined_on = models.DateField("date of the confirmation", null=True)
    declined_sender = models.CharField("sender of the confirmation", max_length=200, blank=True)
    declined_text = models.TextField("text of the confirmation", blank=True)
    statement = models.ForeignKey(
        "recruitment.Statement", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="its own words"
    )
    told_by = models.CharField("how it answered", max_length=10, choices=ToldBy, blank=True, default="", db_default="")
    portal_reference = models.CharField(
        "its reference in the portal", max_length=100, blank=True, default="", db_default=""
    )
    answer_file = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="file of the answer"
    )
    supply_mode = models.CharField(max_length=10, choices=SupplyMode, blank=True)
    supplying_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    own_supply = models.CharField("its own workers", max_length=15, choices=Tried, blank=True)
    brokered_supply = models.CharField("workers of other agencies", max_length=15, choices=Tried, blank=True)
    agencies_approached = models.TextField(blank=True)
    fell_through_at = models.DateTimeField(null=True)
    fell_through_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    fell_through_reason = models.TextField(blank=True)
    fell_through_recorded_at = models.DateTimeField(null=True)
    fell_through_late_reason = models.CharField(max_length=200, blank=True)

    # What makes an unsuccessful answer proof. A correction raises `answer_no`, and an old witness falls off. `heard` (the supplier said
    # something, or a mail came back) and `disputed` are written by triggers alone.
    answer_no = models.PositiveSmallIntegerField(default=1, db_default=1)
    heard = models.BooleanField(default=False, db_default=False)
    disputed = models.BooleanField(default=False, db_default=False)
    witness = models.ForeignKey("recruitment.Witness", on_delete=models.PROTECT, null=True, related_name="+")
    witness_kind = models.CharField(
        "witness", max_length=15, choices=WitnessKind, blank=True, default="", db_default=""
    )

    corrected_by = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    unproved_by = models.ForeignKey(
        Correction, verbose_name="proof lost by", on_delete=models.PROTECT, null=True, related_name="+"
    )

    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    step_class = models.GeneratedField(
        expression=Case(
            When(exemption__isnull=False, then=Value(StepClass.EXEMPTION.value)),
            When(position=0, then=Value(StepClass.DIRECT.value)),
            When(position=1, then=Value(StepClass.FIRST.value)),
            default=Value(StepClass.LATER.value),
        ),
        output_field=models.CharField(max_length=20, choices=StepClass),
        db_persist=True,
    )
    via_contract = models.GeneratedField(
        expression=Case(When(via_lot__isnull=True, then=F("contract")), output_field=models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    standing = models.GeneratedField(
        expression=Case(When(voided_at__isnull=False, then=Value("void")), default=F("outcome")),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )
    failed = models.GeneratedField(
        expression=Q(outcome__in=FAILED, voided_at__isnull=True),  # type: ignore[arg-type]  # Django takes a Q
        output_field=models.BooleanField(),
        db_persist=True,
    )
    proof_position = models.GeneratedField(
        expression=Case(When(PROVED & Q(exemption__isnull=False), then=Value(1)), When(PROVED, then=F("position") - 1)),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )
    proof_failed = models.GeneratedField(
        expression=Case(When(PROVED, then=Value(True))),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )
    proof = models.GeneratedField(
        expression=Case(When(PROVED, then=F("rests_on"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    needs_direct = models.GeneratedField(
        expression=Case(When(position__gt=0, then=Value(True))),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )

    failure_by = models.GeneratedField(
        expression=Case(
            When(outcome=Outcome.FELL_THROUGH, then=F("fell_through_by")),
            default=F("answered_by"),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    proven = models.GeneratedField(
        expression=Case(When(PROVEN, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    booking_proof = models.GeneratedField(
        expression=Case(
            When(PROVED & Q(rests_on__isnull=False), then=F("rests_on")),
            default=Value(0),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    earlier_expected = models.GeneratedField(
        expression=Case(
            When(THIRD, then=Coalesce(F("earlier_proof"), Value(0))), output_field=models.BigIntegerField()
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    earlier_needed = models.GeneratedField(
        expression=Case(
            When(THIRD, then=F("earlier_proof")),
            When(EXEMPTED, then=F("rests_on")),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "order to a supplier"
        verbose_name_plural = "orders to suppliers"
        indexes = [
            models.Index(F("sent_at").desc(nulls_last=True), F("id").desc(), name="release_newest"),
            models.Index(fields=["standing", "respond_by"], name="release_waiting"),
            models.Index(fields=["answered_at"], name="release_answered"),
        ]
        constraints = [
            *ANSWER_IS_WHOLE,
            *RESTS_ON_PROOF,
            models.UniqueConstraint(
                name="release_placement_key",
                fields=["id", "vacancy", "round", "standing"],
                violation_error_message="This release is already recorded.",
            ),
            models.UniqueConstraint(
                name="release_contract_key",
                fields=["id", "contract"],
                violation_error_message="This release is already recorded.",
            ),
            models.UniqueConstraint(
                name="release_class_key",
                fields=["id", "step_class"],
                violation_error_message="This release is already recorded.",
            ),
            models.UniqueConstraint(
                name="release_one_open_agency",
                fields=["round"],
                condition=Q(outcome=Outcome.OPEN, position__gt=0, voided_at__isnull=True),
                violation_error_message="A supplier has been asked and has not answered. Record its answer first.",
            ),
            models.CheckConstraint(
                name="release_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(voided_by=F("sent_by")) & ~Q(void_reason=""),
                violation_error_message="Somebody other than the person who entered it marks it as entered in error, with a reason.",
            ),
            models.CheckConstraint(
                name="release_terms_positive",
                condition=Q(max_rate__gt=0, hours_per_week__gt=0, weeks__gt=0, respond_by__gt=F("sent_at")),
                violation_error_message="Rate, hours and weeks are more than zero, and there is time to answer.",
            ),
            Agrees(
                name="release_contract_of_route",
                fields=["contract", "route"],
                to="recruitment.Contract",
                to_fields=["id", "route"],
                violation_error_message="This contract is labelled as another route.",
            ),
            models.CheckConstraint(
                name="release_route_of_its_step",
                condition=Q(exemption__isnull=False, route=Route.EXEMPTION)
                | Q(exemption__isnull=True, position=0, route=Route.DIRECT)
                | Q(exemption__isnull=True, position__gt=0) & ~Q(route__in=[Route.DIRECT, Route.EXEMPTION]),
                violation_error_message="A permanent contract is for direct recruitment, and one by exemption for its exemption.",
            ),
            Agrees(
                name="release_step_of_order",
                fields=["order", "position", "step_class"],
                to="recruitment.SourcingStep",
                to_fields=["order", "position", "step_class"],
                violation_error_message="This step is not at that place in the order of sourcing.",
            ),
            models.CheckConstraint(
                name="release_contract_is_named",
                condition=Q(source__isnull=True, via_lot__isnull=True) & (Q(position=0) | Q(exemption__isnull=False))
                | Q(source__isnull=False, position__gt=0, exemption__isnull=True),
                violation_error_message="The order of sourcing does not name this contract.",
            ),
            Agrees(
                name="release_named_at_its_step",
                fields=["source", "order", "position"],
                to="recruitment.StepSource",
                to_fields=["id", "order", "position"],
                violation_error_message="Another step of the order of sourcing names this contract.",
            ),
            Agrees(
                name="release_names_the_contract",
                fields=["source", "via_contract"],
                to="recruitment.StepSource",
                to_fields=["id", "contract"],
                violation_error_message="This step of the order of sourcing does not name this contract.",
            ),
            Agrees(
                name="release_names_the_lot",
                fields=["source", "via_lot"],
                to="recruitment.StepSource",
                to_fields=["id", "lot"],
                violation_error_message="This step of the order of sourcing does not name this lot.",
            ),
            Agrees(
                name="release_contract_of_lot",
                fields=["contract", "via_lot"],
                to="recruitment.Contract",
                to_fields=["id", "lot"],
                violation_error_message="This contract was let under another lot.",
            ),
            Agrees(
                name="release_round_of_vacancy",
                fields=["round", "vacancy", "order"],
                to="recruitment.Round",
                to_fields=["id", "vacancy", "order"],
                violation_error_message="This round belongs to another request.",
            ),
            Agrees(
                name="release_direct_recruitment_first",
                fields=["round", "needs_direct"],
                to="recruitment.Round",
                to_fields=["id", "direct_recorded"],
                violation_error_message="Record where permanent recruitment stands first.",
            ),
            models.CheckConstraint(
                name="release_exempted_agency_itself",
                condition=Q(exemption__isnull=True) | Q(supply_mode__in=["", SupplyMode.DIRECT]),
                violation_error_message="An exemption is for its agency’s own workers. Another agency needs an exemption of its own.",
            ),
            Agrees(
                name="release_exemption_is_for_it",
                fields=["exemption", "vacancy", "round"],
                to="recruitment.ExemptionNeed",
                to_fields=["exemption", "vacancy", "round"],
                violation_error_message="This exemption is not for this request in this round.",
            ),
            Agrees(
                name="release_exemption_is_approved",
                fields=["exemption", "contract"],
                to="recruitment.ExemptionDecision",
                to_fields=["approves", "contract"],
                violation_error_message="Another agency is asked only by an exemption that was approved, under its own contract.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:release", self.pk)

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None

    @property
    def recorded_days_late(self) -> int:
        """Calendar days between what happened and its record: the largest of its events."""
        gaps = [(day_of(self.sent_recorded_at) - day_of(self.sent_at)).days]
        if self.answered_at and self.answer_recorded_at:
            gaps.append((day_of(self.answer_recorded_at) - day_of(self.answered_at)).days)
        if self.fell_through_at and self.fell_through_recorded_at:
            gaps.append((day_of(self.fell_through_recorded_at) - day_of(self.fell_through_at)).days)
        return max(gaps)

    @property
    def secured_somebody(self) -> bool:
        """Whether its supplier had secured a worker, also one who did not come in the end."""
        return self.outcome in {Outcome.SECURED, Outcome.FELL_THROUGH}

    @property
    def was_answered_in_time(self) -> bool:
        """After its time to answer had ended, or before with the supplier's own confirmation; a worker lost later always is."""
        fell_through = self.outcome == Outcome.FELL_THROUGH
        return answered_in_time(fell_through, self.declined_on is not None, self.answered_at, self.respond_by)

    @property
    def failed_at(self):
        """When it became an unsuccessful answer; None while it is not one."""
        if self.outcome == Outcome.FELL_THROUGH:
            return self.fell_through_at
        return self.answered_at if self.outcome == Outcome.NOT_SECURED else None
