"""What a supplier answers to an order, and what makes the answer whole."""

from django.db import models
from django.db.models import F, Q

from council.constraints import Agrees


class Outcome(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    SECURED = "secured", "Secured"
    NOT_SECURED = "not_secured", "Not secured"
    WITHDRAWN = "withdrawn", "Withdrawn by the council"
    FELL_THROUGH = "fell_through", "Fell through"


FAILED = [Outcome.NOT_SECURED, Outcome.FELL_THROUGH]


class NotSecuredReason(models.TextChoices):
    NO_ANSWER = "no_answer", "No answer"
    NO_CANDIDATES = "no_candidates", "No candidates"
    UNSUITABLE = "unsuitable", "Candidates were unsuitable"
    RATE_TOO_HIGH = "rate_too_high", "The rate asked was too high"
    WENT_ELSEWHERE = "went_elsewhere", "The candidate went elsewhere"


# What a supplier may say itself; the others are what the council sees.
SAID_BY_SUPPLIERS = [NotSecuredReason.NO_CANDIDATES, NotSecuredReason.RATE_TOO_HIGH, NotSecuredReason.WENT_ELSEWHERE]


class SupplyMode(models.TextChoices):
    DIRECT = "direct", "The supplier's own worker"
    BROKERED = "brokered", "A worker of another agency, through the supplier"


class ToldBy(models.TextChoices):
    """How a supplier told an officer what it answered, where it did not say so by its link."""

    TELEPHONE = "telephone", "By telephone"
    EMAIL = "email", "By e-mail"
    PORTAL = "portal", "In its own portal"


class Tried(models.TextChoices):
    TRIED = "tried", "Tried"
    NOT_TRIED = "not_tried", "Not tried"
    DID_NOT_SAY = "did_not_say", "Did not say"


ANSWER_IS_WHOLE = [
    models.CheckConstraint(
        name="release_answered_whole",
        condition=Q(
            outcome=Outcome.OPEN,
            answered_at__isnull=True,
            answer_recorded_at__isnull=True,
            answered_by__isnull=True,
        )
        | ~Q(outcome=Outcome.OPEN)
        & Q(answered_at__gte=F("sent_at"), answer_recorded_at__isnull=False, answered_by__isnull=False),
        violation_error_message="An answer has a time, not before the order was sent, and a person who recorded it.",
    ),
    models.CheckConstraint(
        name="release_not_secured_after_window",
        condition=~Q(outcome=Outcome.NOT_SECURED)
        | Q(answered_at__gte=F("respond_by"))
        | Q(corrected_by__isnull=False)
        | Q(declined_on__isnull=False) & ~Q(declined_sender="") & ~Q(declined_text=""),
        violation_error_message="The time to answer has not ended. Give the supplier's own confirmation, or wait.",
    ),
    models.CheckConstraint(
        name="release_reason_given",
        condition=~Q(outcome=Outcome.NOT_SECURED) & Q(reason="") | Q(outcome=Outcome.NOT_SECURED) & ~Q(reason=""),
        violation_error_message="Not secured needs a reason.",
    ),
    models.CheckConstraint(
        name="release_secured_has_mode",
        condition=~Q(outcome__in=[Outcome.SECURED, Outcome.FELL_THROUGH])
        | Q(position=0)
        | Q(supply_mode=SupplyMode.DIRECT, supplying_agency__isnull=True)
        | Q(supply_mode=SupplyMode.BROKERED, supplying_agency__isnull=False),
        violation_error_message="Say whose worker it is: the supplier's own, or another agency's and which.",
    ),
    models.CheckConstraint(
        name="release_recorded_after_it_happened",
        condition=Q(sent_recorded_at__gte=F("sent_at"))
        & (Q(answered_at__isnull=True) | Q(corrected_by__isnull=False) | Q(answer_recorded_at__gte=F("answered_at")))
        & (Q(fell_through_at__isnull=True) | Q(fell_through_recorded_at__gte=F("fell_through_at"))),
        violation_error_message="Nothing is recorded before it has happened. Check the times.",
    ),
    models.CheckConstraint(
        name="release_fell_through_whole",
        condition=Q(
            outcome=Outcome.FELL_THROUGH,
            fell_through_at__gte=F("answered_at"),
            fell_through_recorded_at__isnull=False,
            fell_through_by__isnull=False,
        )
        & ~Q(fell_through_reason="")
        | ~Q(outcome=Outcome.FELL_THROUGH)
        & Q(fell_through_at__isnull=True, fell_through_by__isnull=True, fell_through_reason=""),
        violation_error_message="Say when, by whom and why a secured worker did not come.",
    ),
    models.CheckConstraint(
        name="release_portal_answer_whole",
        condition=~Q(told_by=ToldBy.PORTAL) & Q(portal_reference="")
        | Q(told_by=ToldBy.PORTAL, answer_file__isnull=False) & ~Q(portal_reference=""),
        violation_error_message="An answer in the supplier’s portal has its reference there and a file of it.",
    ),
    Agrees(
        name="release_answer_file",
        fields=["answer_file", "id"],
        to="council.Attachment",
        to_fields=["id", "subject"],
        violation_error_message="This file stands beside something else.",
    ),
    Agrees(
        name="release_own_words",
        fields=["statement", "id"],
        to="recruitment.Statement",
        to_fields=["id", "release"],
        violation_error_message="This is not what the supplier of this order said of it.",
    ),
]
