"""What an order to a later supplier rests on, and what says beside its recorder that an answer was a failure."""

from django.db import models
from django.db.models import F, Q

from council.constraints import Agrees

from .answer import FAILED, Outcome


class WitnessKind(models.TextChoices):
    """Why a recorded failure counts as proof, the supplier's own words first."""

    CANNOT_SUPPLY = "cannot_supply", "The supplier’s own words"
    WILL_NOT_COME = "will_not_come", "The supplier’s own words: the worker will not come"
    SILENCE = "silence", "The supplier’s silence"
    SECOND_PERSON = "second_person", "Confirmed by a second person"
    TOLD = "told", "Told to the supplier, and not disputed"
    CORRECTION = "correction", "Corrected by two people"
    EMERGENCY = "emergency", "An emergency, to be confirmed"
    BEFORE = "before", "Recorded before a witness was asked for"


# A later order that still has to agree with the answer it rests on; one whose proof was corrected away is a breach instead.
PROVED = Q(position__gt=1, voided_at__isnull=True, unproved_by__isnull=True)
# Opening the third step, or asking by exemption, takes the first one's failure with its witness; booking takes the step's own too.
THIRD = PROVED & Q(position__gt=2, exemption__isnull=True)
EXEMPTED = PROVED & Q(exemption__isnull=False)
HAS_FAILED = Q(outcome__in=FAILED)
PROVEN = Q(voided_at__isnull=True, witness__isnull=False) & (
    Q(witness_kind=WitnessKind.CANNOT_SUPPLY, outcome=Outcome.NOT_SECURED)
    | Q(witness_kind=WitnessKind.WILL_NOT_COME, outcome=Outcome.FELL_THROUGH)
    | Q(witness_kind=WitnessKind.SILENCE, outcome=Outcome.NOT_SECURED, heard=False, disputed=False)
    | Q(witness_kind=WitnessKind.TOLD, disputed=False) & HAS_FAILED
    | Q(
        witness_kind__in=[
            WitnessKind.SECOND_PERSON,
            WitnessKind.CORRECTION,
            WitnessKind.EMERGENCY,
            WitnessKind.BEFORE,
        ]
    )
    & HAS_FAILED
)
PROOF = Q(rests_on__isnull=False, proof_rate__isnull=False, proof_answered_at__isnull=False)
NO_PROOF = Q(rests_on__isnull=True, proof_rate__isnull=True, proof_answered_at__isnull=True)

RESTS_ON_PROOF = [
    models.UniqueConstraint(
        name="release_proof_key",
        fields=["id", "round", "position", "failed"],
        violation_error_message="This release is already recorded.",
    ),
    models.UniqueConstraint(
        name="release_terms_key",
        fields=["id", "hours_per_week", "pattern", "base", "starts_on", "weeks"],
        violation_error_message="This release is already recorded.",
    ),
    models.UniqueConstraint(
        name="release_rate_key",
        fields=["id", "max_rate", "answered_at"],
        violation_error_message="This release is already recorded.",
    ),
    models.UniqueConstraint(
        name="release_proven_key",
        fields=["id", "proven"],
        violation_error_message="This release is already recorded.",
    ),
    models.UniqueConstraint(
        name="release_booking_proof_key",
        fields=["id", "booking_proof"],
        violation_error_message="This release is already recorded.",
    ),
    models.CheckConstraint(
        name="release_later_step_has_proof",
        condition=Q(position__lte=1, exemption__isnull=True) & NO_PROOF
        | Q(position__gt=1, exemption__isnull=False) & (NO_PROOF | PROOF)
        | Q(position__gt=1, exemption__isnull=True) & PROOF,
        violation_error_message="This step opens only after an unsuccessful answer on the step before it, or by an exemption.",
    ),
    models.CheckConstraint(
        name="release_not_better_than_proof",
        condition=Q(position__lte=1)
        | Q(unproved_by__isnull=False)
        | Q(max_rate__lte=F("proof_rate"), sent_at__gte=F("proof_answered_at")),
        violation_error_message="This supplier may not be offered more than the one asked before it.",
    ),
    Agrees(
        name="release_proof_failed_same_round",
        fields=["rests_on", "round", "proof_position", "proof_failed"],
        to="recruitment.Release",
        to_fields=["id", "round", "position", "failed"],
        deferrable=True,
        violation_error_message="This step opens only after an unsuccessful answer on the step before it, in the same round.",
    ),
    Agrees(
        name="release_proof_same_terms",
        fields=["rests_on", "hours_per_week", "pattern", "base", "starts_on", "weeks"],
        to="recruitment.Release",
        to_fields=["id", "hours_per_week", "pattern", "base", "starts_on", "weeks"],
        violation_error_message="This supplier must be asked on the same terms as the one before it.",
    ),
    Agrees(
        name="release_proof_rate_and_time",
        fields=["proof", "proof_rate", "proof_answered_at"],
        to="recruitment.Release",
        to_fields=["id", "max_rate", "answered_at"],
        deferrable=True,
        violation_error_message="This does not agree with the answer it rests on.",
    ),
    models.CheckConstraint(
        name="release_witness_whole",
        condition=Q(witness__isnull=True, witness_kind="") | Q(witness__isnull=False) & ~Q(witness_kind=""),
        violation_error_message="A witness has its kind.",
    ),
    Agrees(
        name="release_witness_of_its_answer",
        fields=["witness", "id", "answer_no", "witness_kind", "failure_by"],
        to="recruitment.Witness",
        to_fields=["id", "release", "answer_no", "kind", "recorded_by"],
        violation_error_message="This witness is of another answer. Have the one in force confirmed.",
    ),
    Agrees(
        name="release_earlier_proof_is_its_proofs",
        fields=["proof", "earlier_expected"],
        to="recruitment.Release",
        to_fields=["id", "booking_proof"],
        deferrable=True,
        violation_error_message="This does not agree with the answer before the one it rests on.",
    ),
    Agrees(
        name="release_earlier_step_witnessed",
        fields=["earlier_needed", "proof_failed"],
        to="recruitment.Release",
        to_fields=["id", "proven"],
        violation_error_message="The first supplier’s answer was recorded by one person, and nothing confirms it yet. Have a "
        "colleague confirm it first.",
    ),
]
