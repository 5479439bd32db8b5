"""The mark of a breach: whether what it says holds by what is known now, and who may decide it. Reads, and writes nothing."""

from django.db.models import F, Prefetch

from council.models import User, calendar_of_the_council
from council.wording import day_name
from council.working_time import day_of
from placements.models import Breach, BreachKind
from placements.models.breach import BreachQuerySet
from placements.rules.breach import BreachFacts
from recruitment.models import Correction, Release
from recruitment.rules import cascade

PROOF = "unproved_by_id"  # the column of an order that says by which correction it lost its proof


def is_own_breach(breach: Breach, user: User) -> bool:
    """Whether somebody recorded it, or booked the worker it is about; then somebody else decides it."""
    return user.pk in {breach.recorded_by_id, breach.placement.booked_by_id}


def why_lost(proof: Release, later: Release) -> str | None:
    """Why an order does not rest on its proof as it is known now, in words; None where it does."""
    approval = later.exemption.decisions.filter(approves=later.exemption.pk).first() if later.exemption else None
    facts = cascade.Rested(
        first=proof.contract.agency.name,
        failed_at=proof.failed_at,
        in_time=proof.was_answered_in_time,
        offered=proof.max_rate,
        sent_at=approval.decided_at if approval else later.sent_at,  # an exemption is judged when it is approved
        max_rate=later.max_rate,
        proof_age_days=later.round.order.proof_age(proof.position),
    )
    return cascade.no_longer_rests(facts, calendar_of_the_council())


def is_mistaken(breach: Breach) -> bool:
    """Whether a mark says that an order lost its proof, and by what is known now it has one."""
    order = breach.placement.release
    if breach.kind != BreachKind.PROOF_CORRECTED or breach.taken_back_by_id or order is None:
        return False
    return breach.correction_id is not None and order.unproved_by_id == breach.correction_id and not is_lost(order)


def is_lost(order: Release) -> bool:
    """Whether an order has no proof, or its proof has none in turn."""
    proof = order.rests_on
    return proof is None or why_lost(proof, order) is not None or (proof.unproved_by_id is not None and is_lost(proof))


def mistaken_marks(marks: BreachQuerySet) -> list[Breach]:
    """Of marks, those that look as if they should not have been made; none that waits to be taken back already."""
    waiting = Correction.objects.waiting().filter(subject="release").values("subject_id")
    rows = marks.standing().filter(kind=BreachKind.PROOF_CORRECTED, placement__release__unproved_by=F("correction"))
    rows = rows.filter(placement__release__rests_on__failed=True)  # of the others `why_lost` says so at once
    rows = rows.exclude(placement__release__in=waiting).select_related("placement__worker", "placement__vacancy__team")
    orders = Release.objects.select_related("exemption", "round__order", "rests_on__contract__agency")
    orders = orders.prefetch_related("round__order__steps")
    rows = rows.prefetch_related(Prefetch("placement__release", orders))
    return [breach for breach in rows.order_by("pk") if is_mistaken(breach)]


def facts_of(breach: Breach, user: User) -> BreachFacts:
    """What the rules ask about a mark, for the person who looks."""
    order = breach.placement.release_id
    waiting = Correction.objects.waiting().filter(subject="release", subject_id=order) if order else None
    return BreachFacts(
        reference=breach.reference,
        approved_on=day_name(day_of(breach.approved_at)) if breach.approved_at else "",
        was_taken_back=breach.taken_back_by_id is not None,
        is_own=is_own_breach(breach, user),
        is_mistaken=is_mistaken(breach),
        taking_back_waits=waiting is not None and waiting.exists(),
    )
