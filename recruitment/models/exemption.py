"""An exemption: leave to engage an agency outside the order of sourcing, for named requests, a period and a value."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Round as Rounded

from council.addresses import address
from council.constraints import Agrees
from council.models import Role, User
from council.permissions import services_of

from .contract import Contract
from .correction import Correction
from .fields import money_field
from .sourcing import Route
from .supplier import Agency
from .vacancy import Round, Vacancy


class ExemptionReason(models.TextChoices):
    EXTREME_URGENCY = "extreme_urgency", "Extreme urgency not of our making"
    NO_RESPONSE = "no_response", "No suitable response from the contracted route"
    SPECIALIST = "specialist", "Single or specialist supplier"
    CONTINUITY = "continuity", "Continuity for a child or case"
    EXTENSION = "extension", "Extension"
    SAFEGUARDING = "safeguarding", "Safeguarding or regulatory"
    OTHER = "other", "Another reason"


class ExemptionStatus(models.TextChoices):
    REQUESTED = "requested", "Waiting for a decision"
    RETURNED = "returned", "Returned for more"
    APPROVED = "approved", "Approved"
    TURNED_DOWN = "turned_down", "Turned down"
    TAKEN_BACK = "taken_back", "Taken back"
    ENDED = "ended", "Ended early"


class Side(models.TextChoices):
    """Who comments before a decision."""

    FINANCE = "finance", "Finance"
    PROCUREMENT = "procurement", "Procurement"
    LEGAL = "legal", "Legal"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, user: User):
        services = services_of(user)
        if services is None:
            return self
        return self.filter(
            pk__in=ExemptionNeed.objects.filter(vacancy__team__service_id__in=services).values("exemption")
        )

    def waiting(self):
        return self.filter(status=ExemptionStatus.REQUESTED)

    def live_on(self, day):
        """Approved, and in their period on a day."""
        return self.filter(status__in=ENTITLED, starts_on__lte=day, last_day__gte=day)


ENTITLED = [ExemptionStatus.APPROVED, ExemptionStatus.ENDED]  # approved, whether or not it was ended early afterwards


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["approved_as", "last_day"]
)
class Exemption(models.Model):
    """A request for an exemption and what became of it. Approved, its agency, period and value never change."""

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="exemptions")
    group_name = models.CharField("name of the group", max_length=100, blank=True)
    reason = models.CharField(max_length=20, choices=ExemptionReason)
    justification = models.TextField()
    why_no_competition = models.TextField("why there is no competition")
    risk_if_refused = models.TextField("risk if it is turned down")
    return_plan = models.TextField("plan to return to the order of sourcing")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    value = money_field("value excluding VAT")
    value_with_vat = money_field("value including VAT")
    vat_differs = models.TextField("why VAT differs", blank=True, default="", db_default="")
    extends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="extended_by")

    status = models.CharField(max_length=20, choices=ExemptionStatus, default=ExemptionStatus.REQUESTED)
    status_reason = models.TextField("reason for the stage", blank=True)
    revision = models.PositiveSmallIntegerField(default=1)  # how often it was put to a decision
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    # Who asked for it or completed it last, and when.
    put_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    put_at = models.DateTimeField("put to a decision")
    ended_on = models.DateField("ended early on", null=True)
    closed_at = models.DateTimeField("taken back or ended", null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    approved_as = models.GeneratedField(
        expression=Case(When(status__in=ENTITLED, then=F("id"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    last_day = models.GeneratedField(
        expression=Case(When(ended_on__isnull=False, then=F("ended_on")), default=F("ends_on")),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exemption_says_why",
                condition=~Q(justification="")
                & ~Q(why_no_competition="")
                & ~Q(risk_if_refused="")
                & ~Q(return_plan=""),
                violation_error_message="An exemption says why, why there is no competition, what the risk is and how it ends.",
            ),
            models.CheckConstraint(
                name="exemption_period_and_value",
                condition=Q(ends_on__gte=F("starts_on"), value__gt=0, value_with_vat__gte=F("value")),
                violation_error_message="An exemption ends after it starts and has a value, including VAT not less than excluding it.",
            ),
            models.CheckConstraint(
                name="exemption_vat_follows",
                condition=~Q(vat_differs="") | Q(value_with_vat=Rounded(F("value") * Value(Decimal("1.2")), 2)),
                violation_error_message="Including VAT follows from excluding it. Say why VAT differs.",
            ),
            models.CheckConstraint(
                name="exemption_stage_has_reason",
                condition=Q(status__in=[ExemptionStatus.REQUESTED, ExemptionStatus.APPROVED]) | ~Q(status_reason=""),
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                name="exemption_ended_within",
                condition=Q(status=ExemptionStatus.ENDED, ended_on__gte=F("starts_on"), ended_on__lt=F("ends_on"))
                | ~Q(status=ExemptionStatus.ENDED) & Q(ended_on__isnull=True),
                violation_error_message="An exemption ends early on a day within its period.",
            ),
            models.CheckConstraint(
                name="exemption_closed_whole",
                condition=Q(
                    status__in=[ExemptionStatus.TAKEN_BACK, ExemptionStatus.ENDED],
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                )
                | ~Q(status__in=[ExemptionStatus.TAKEN_BACK, ExemptionStatus.ENDED])
                & Q(closed_at__isnull=True, closed_by__isnull=True),
                violation_error_message="Say when and by whom it was taken back or ended.",
            ),
            models.UniqueConstraint(
                name="exemption_asker_key",
                fields=["id", "requested_by"],
                violation_error_message="This exemption is already recorded.",
            ),
            models.UniqueConstraint(
                name="exemption_facts_key",
                fields=["id", "agency", "starts_on", "ends_on", "value", "value_with_vat"],
                violation_error_message="This exemption is already recorded.",
            ),
            Agrees(
                name="exemption_approved_by_its_decision",
                fields=["approved_as"],
                to="recruitment.ExemptionDecision",
                to_fields=["approves"],
                deferrable=True,
                violation_error_message="An exemption is approved by a decision, which names who took it and why.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:exemption", self.pk)

    @property
    def is_entitled(self) -> bool:
        """Approved, whether or not it was ended early afterwards."""
        return self.status in ENTITLED


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["proof_position", "proof_failed"],
)
class ExemptionNeed(models.Model):
    """One request an exemption is for, in its round: with the first supplier's unsuccessful answer, or why there is none."""

    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="needs")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="exemption_needs")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="exemption_needs")
    proof = models.ForeignKey("recruitment.Release", on_delete=models.PROTECT, null=True, related_name="proves_needs")
    no_proof_reason = models.TextField("why there is no proof", blank=True)
    unproved_by = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    proof_position = models.GeneratedField(
        expression=Case(When(proof__isnull=False, unproved_by__isnull=True, then=Value(1))),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )
    proof_failed = models.GeneratedField(
        expression=Case(When(proof__isnull=False, unproved_by__isnull=True, then=Value(True))),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = "request under an exemption"
        verbose_name_plural = "requests under exemptions"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="exemption_need_once",
                fields=["exemption", "vacancy"],
                violation_error_message="This request is in the exemption already.",
            ),
            models.UniqueConstraint(
                name="exemption_need_key",
                fields=["exemption", "vacancy", "round"],
                violation_error_message="This request is in the exemption already.",
            ),
            models.CheckConstraint(
                name="exemption_need_has_proof_or_reason",
                condition=Q(proof__isnull=False, no_proof_reason="") | Q(proof__isnull=True) & ~Q(no_proof_reason=""),
                violation_error_message="Each request has its proof that the first supplier could not supply, or the reason why there is none.",
            ),
            Agrees(
                name="exemption_need_round_of_vacancy",
                fields=["round", "vacancy"],
                to="recruitment.Round",
                to_fields=["id", "vacancy"],
                violation_error_message="This round belongs to another request.",
            ),
            Agrees(
                name="exemption_need_proof_failed_same_round",
                fields=["proof", "round", "proof_position", "proof_failed"],
                to="recruitment.Release",
                to_fields=["id", "round", "position", "failed"],
                deferrable=True,
                violation_error_message="The proof is an unsuccessful answer of the first supplier in the same round.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vacancy} under {self.exemption}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ExemptionComment(models.Model):
    """What finance, procurement or legal say before a decision. Written once."""

    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="comments")
    revision = models.PositiveSmallIntegerField()
    side = models.CharField("for", max_length=20, choices=Side)
    supports = models.BooleanField("supports it")
    text = models.TextField("comment")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = "comment on an exemption"
        verbose_name_plural = "comments on exemptions"
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="exemption_comment_says_something",
                condition=~Q(text=""),
                violation_error_message="Enter the comment.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} on {self.exemption}"


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["approves", "contract_route"]
)
class ExemptionDecision(models.Model):
    """One decision on an exemption, written once. An approval repeats what it approves, and keys hold the exemption to it.

    `contract` is the one it lets, of route exemption; an extension goes on with the contract of what it extends.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned for more"
        TURNED_DOWN = "turned_down", "Turned down"

    exemption = models.ForeignKey(Exemption, on_delete=models.PROTECT, related_name="decisions")
    revision = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=20, choices=Decision)
    reason = models.TextField()
    conditions = models.TextField(blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()
    decided_on = models.DateField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    value = money_field("value excluding VAT")
    value_with_vat = money_field("value including VAT")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="exemption_decisions")
    approves = models.GeneratedField(
        expression=Case(When(decision="approved", then=F("exemption"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    contract_route = models.GeneratedField(
        expression=Case(When(contract__isnull=False, then=Value(Route.EXEMPTION.value))),
        output_field=models.CharField(max_length=20, null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = "decision on an exemption"
        verbose_name_plural = "decisions on exemptions"
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="exemption_decided_once",
                fields=["exemption", "revision"],
                violation_error_message="Somebody else has just decided this. Reload the page.",
            ),
            models.UniqueConstraint(
                name="exemption_approved_once",
                fields=["approves"],
                violation_error_message="This exemption is approved already.",
            ),
            models.UniqueConstraint(
                name="exemption_decision_contract_key",
                fields=["approves", "contract"],
                violation_error_message="This decision is already recorded.",
            ),
            models.CheckConstraint(
                name="exemption_decided_by_another",
                condition=~Q(decided_by=F("requested_by"))
                & (Q(in_place_of__isnull=True) | ~Q(in_place_of=F("requested_by"))),
                violation_error_message="The person who asked cannot decide their own exemption.",
            ),
            models.CheckConstraint(
                name="exemption_decision_has_reason",
                condition=~Q(reason=""),
                violation_error_message="Give a reason for the decision.",
            ),
            models.CheckConstraint(
                name="exemption_approved_before_start",
                condition=~Q(decision="approved") | Q(starts_on__gte=F("decided_on"), contract__isnull=False),
                violation_error_message="An exemption is approved before it starts. A worker who has started is recorded as a breach.",
            ),
            Agrees(
                name="exemption_decision_of_its_asker",
                fields=["exemption", "requested_by"],
                to="recruitment.Exemption",
                to_fields=["id", "requested_by"],
                violation_error_message="Another person asked for this exemption.",
            ),
            Agrees(
                name="exemption_stays_as_approved",
                fields=["approves", "agency", "starts_on", "ends_on", "value", "value_with_vat"],
                to="recruitment.Exemption",
                to_fields=["id", "agency", "starts_on", "ends_on", "value", "value_with_vat"],
                violation_error_message="Another agency, period or value needs a new decision. Ask for a linked exemption.",
            ),
            Agrees(
                name="exemption_contract_of_its_agency",
                fields=["contract", "agency"],
                to="recruitment.Contract",
                to_fields=["id", "agency"],
                violation_error_message="This contract is with another agency.",
            ),
            Agrees(
                name="exemption_contract_of_its_route",
                fields=["contract", "contract_route"],
                to="recruitment.Contract",
                to_fields=["id", "route"],
                violation_error_message="This contract belongs to another route.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}: {self.exemption}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class StatutoryGround(models.Model):
    """Legal's ground for spending past the procurement threshold with an agency, and up to which total. Written once."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="statutory_grounds")
    ground = models.TextField("statutory ground")
    limit = money_field("limit including VAT")
    dated_on = models.DateField("dated")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="statutory_ground_is_whole",
                condition=~Q(ground="") & Q(limit__gt=0),
                violation_error_message="A statutory ground has a text and a limit of more than £0.",
            ),
        ]

    def __str__(self) -> str:
        return f"Ground of {self.dated_on:%-d %B %Y} for {self.agency}"


class ExemptionApprover(models.Model):
    """Set-up: from a date, who decides exemptions up to a value. The rows of one date are one table of the standing orders."""

    starts_on = models.DateField("from")
    role = models.CharField(
        max_length=30, choices=[(role.value, role.label) for role in (Role.ASSISTANT_DIRECTOR, Role.STRATEGIC_DIRECTOR)]
    )
    up_to = money_field("up to, excluding VAT", null=True, blank=True, help_text="Leave empty for any value.")

    class Meta:
        verbose_name = "who decides exemptions"
        verbose_name_plural = "who decides exemptions"
        ordering = ["-starts_on", "up_to"]
        constraints = [
            models.UniqueConstraint(
                name="exemption_approver_role_once",
                fields=["starts_on", "role"],
                violation_error_message="This role has a limit from that date already.",
            ),
            models.CheckConstraint(
                name="exemption_approver_limit_positive",
                condition=Q(up_to__isnull=True) | Q(up_to__gt=0),
                violation_error_message="A limit is more than £0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} from {self.starts_on:%-d %B %Y}"


class ProcurementThreshold(models.Model):
    """Set-up: a threshold in force from a date that is newer than those the tracker knows."""

    starts_on = models.DateField("for procurements begun from", unique=True)
    amount = money_field()
    includes_vat = models.BooleanField("includes VAT", default=True)
    source = models.CharField(max_length=200, help_text="The notice or regulation that sets it.")

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="procurement_threshold_positive",
                condition=Q(amount__gt=0),
                violation_error_message="A threshold is more than £0.",
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.amount:,.2f} from {self.starts_on:%-d %B %Y}"
