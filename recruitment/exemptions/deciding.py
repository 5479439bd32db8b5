"""Commenting on an exemption, deciding it, taking it back; and legal's statutory grounds."""

from datetime import date, datetime
from decimal import Decimal

from council import notices
from council.actions import action
from council.errors import CLOCK_IS_BEHIND, refuse, refuse_if, require, require_reason
from council.known import known
from council.models import User
from council.permissions import may
from council.wording import day_name, money
from council.working_time import day_of
from recruitment.contracts.actions import approve_by_exemption, let_by_exemption
from recruitment.exemptions import stages
from recruitment.exemptions.asking import check_in_use
from recruitment.models import (
    Agency,
    Exemption,
    ExemptionComment,
    ExemptionDecision,
    ExemptionStatus,
    Side,
    StatutoryGround,
)
from recruitment.reads import deciders, exemptions, procurement
from recruitment.reads.exemptions import facts_of, lock
from recruitment.rules.exemption import refusal
from recruitment.witnesses import actions as witnessing


@action
def comment(
    *, by: User, at: datetime, exemption: Exemption, supports: bool, text: str, version: int | None = None
) -> ExemptionComment:
    """Finance, procurement or legal say what they think, before the decision. Whoever comments does not decide.

    Refuses: changed_meanwhile, no_reason, not_from_here, own_request, said_twice.
    """
    require(deciders.side_of(by, day_of(at)) is not None, "comment on exemptions: finance, procurement and legal do")
    exemption = lock(exemption, version)
    side = deciders.side_of(by, day_of(at), exemption)
    refuse_if(refusal("comment", facts_of(exemption, by, at)))
    require_reason(text, "Enter your comment.", "text")
    said = exemption.comments.filter(revision=exemption.revision, side=side, given_by=by, text=text.strip())
    if said.exists():
        refuse("said_twice", "You have said this already. Your comment is there.", "text")
    return ExemptionComment.objects.create(
        exemption=exemption,
        revision=exemption.revision,
        side=known(side),
        supports=supports,
        text=text.strip(),
        given_by=by,
        given_at=at,
    )


@action
def decide(
    *,
    by: User,
    at: datetime,
    exemption: Exemption,
    decision: str,
    reason: str,
    conditions: str = "",
    version: int | None = None,
) -> Exemption:
    """Approve an exemption, turn it down or return it, always with a reason, never by who asked or commented.

    Approving lets a contract of route exemption for the agency, period and value, in the same step; what extends an exemption
    goes on with its contract. Raises NotAllowed for somebody who does not decide at this value.

    Refuses: agency_not_in_use, already_secured, already_witnessed, another_round, approved_after_start, candidate_waits, changed_meanwhile,
    clock_is_behind, comments_missing, direct_first, entered_in_error, in_the_order, no_decision, no_reason, not_approved, not_being_sourced,
    not_failed, not_from_here, not_in_order, own_comment, own_entry, own_request, proof_gone, still_waiting.
    """
    if exemption.extends_id:  # it is not ended while this is decided
        lock(known(exemption.extends))
    exemption = lock(exemption, version)
    today, place = day_of(at), _in_whose_place(exemption, by=by, at=at)
    if decision not in ExemptionDecision.Decision.values:
        refuse("no_decision", "Choose what you decide.", "decision")
    require_reason(reason, "Give a reason for the decision.")
    approved = decision == ExemptionDecision.Decision.APPROVED
    contract = _approved_contract(exemption, by=by, at=at) if approved else None
    if approved:  # who approves has the first supplier's answer before them, and is the second person who looked at it
        proofs = [need.proof for need in exemption.needs.select_related("proof") if need.proof]
        witnessing.looked_at(proofs, by=by, at=at, note=f"{exemption.reference} was approved.")
    row = ExemptionDecision.objects.create(
        exemption=exemption,
        revision=exemption.revision,
        decision=decision,
        reason=reason.strip(),
        conditions=conditions.strip() if contract else "",
        requested_by_id=exemption.requested_by_id,
        decided_by=by,
        in_place_of=place if place.pk != by.pk else None,
        decided_at=at,
        decided_on=today,
        agency=exemption.agency,
        starts_on=exemption.starts_on,
        ends_on=exemption.ends_on,
        value=exemption.value,
        value_with_vat=exemption.value_with_vat,
        contract=contract,
    )
    stages.move(exemption, decision, "" if contract else reason.strip())
    exemption.save()
    if contract:
        approve_by_exemption(row)
    _tell(exemption, row, by=by, at=at)
    return exemption


def _in_whose_place(exemption: Exemption, *, by: User, at: datetime) -> User:
    """Who decides: the person, or whose deputy the person is. Refused for a party, and for what is not decided now."""
    today = day_of(at)
    require(
        deciders.decides_for(by, exemption.value, today) is not None,
        f"decide an exemption of {money(exemption.value)}",
    )
    place = deciders.decides_for(by, exemption.value, today, deciders.parties_of(exemption))
    refuse_if(refusal("decide", facts_of(exemption, by, at)))
    if at < exemption.put_at:
        refuse("clock_is_behind", CLOCK_IS_BEHIND)
    return known(place)  # where it is missing, that has been refused


def _tell(exemption: Exemption, row: ExemptionDecision, *, by: User, at: datetime) -> None:
    notices.tell(
        [exemption.requested_by],
        "decisions",
        title=f"{exemption.reference}: {row.get_decision_display().lower()}",
        text=f"{by.name}: {row.get_decision_display().lower()} {exemption.reference} for {exemption.agency}.\n\nThe reason is on the page.",
        why="you asked for this exemption",
        path=exemption.get_absolute_url(),
        by=by,
        at=at,
    )


def _check_approval(exemption: Exemption, at: datetime) -> None:
    today = day_of(at)
    if (before := exemption.extends) and before.status != ExemptionStatus.APPROVED:
        stage = before.get_status_display().lower()
        refuse(
            "not_approved",
            f"{before.reference} is {stage}, so nothing goes on from it. Turn this down; an exemption of its own may be asked for.",
            "decision",
        )
    if missing := deciders.sides_missing(exemption):
        names = " and ".join(Side(one).label.lower() for one in missing)
        refuse(
            "comments_missing", f"The comment of {names} is still to come. It is wanted before an approval.", "decision"
        )
    if exemption.starts_on < today:
        refuse(
            "approved_after_start",
            f"It was to start on {day_name(exemption.starts_on)}, and an exemption is approved before it starts. Return it for a later start; "
            "a worker who is in post already is recorded as a breach.",
            "decision",
        )
    refuse_if(exemptions.outside_the_order_refusal(exemption.agency, today), "decision")
    check_in_use(exemption.agency, "decision")
    refuse_if(exemptions.needs_refusal(exemption, at), "decision")
    Agency.objects.select_for_update(of=("self",)).get(
        pk=exemption.agency_id
    )  # two approvals add up one after the other
    refuse_if(procurement.spend_of(exemption.agency, today, more=exemption).refusal(), "decision")


def _approved_contract(exemption: Exemption, *, by: User, at: datetime):
    """The contract an approved exemption draws on: that of the exemption it goes on from, or one that is let now."""
    _check_approval(exemption, at)
    before = exemption.extends
    if before is not None:
        return before.decisions.get(approves=before.pk).contract
    return let_by_exemption(
        reference=exemption.reference,
        title=f"{exemption.agency}, by exemption" + (f": {exemption.group_name}" if exemption.group_name else ""),
        agency=exemption.agency,
        why=f"{exemption.get_reason_display()}: {exemption.justification}",
        let_on=day_of(at),
        starts_on=exemption.starts_on,
    )


@action
def take_back(*, by: User, at: datetime, exemption: Exemption, reason: str, version: int | None = None) -> Exemption:
    """Before the decision by whoever may ask; afterwards by who decides, as long as nobody was asked under it.

    Refuses: changed_meanwhile, in_use, no_reason, not_from_here.
    """
    exemption = lock(exemption, version)
    today = day_of(at)
    if exemption.status == ExemptionStatus.APPROVED:
        require(deciders.decides_for(by, exemption.value, today) is not None, "take back an approved exemption")
    else:
        require(may(by, "request_exemption", today), "take this exemption back")
    refuse_if(refusal("take-back", facts_of(exemption, by, at)))
    require_reason(reason, "Say why it is taken back.")
    stages.move(exemption, ExemptionStatus.TAKEN_BACK, reason.strip())
    exemption.closed_at, exemption.closed_by = at, by
    exemption.save()
    return exemption


@action
def record_ground(
    *, by: User, at: datetime, agency: Agency, ground: str, limit: Decimal, dated_on: date
) -> StatutoryGround:
    """Legal's statutory ground for spending past the procurement threshold with an agency, up to `limit`, £ including VAT.

    Refuses: in_future, no_reason.
    """
    require(may(by, "record_ground", day_of(at)), "record statutory grounds: a legal adviser does")
    if dated_on > day_of(at):
        refuse("in_future", "The ground is dated in the future. Record it once it is given.", "dated_on")
    require_reason(ground, "Enter the ground and the regulation or section it comes from.", "ground")
    return StatutoryGround.objects.create(
        agency=agency, ground=ground.strip(), limit=limit, dated_on=dated_on, recorded_by=by, recorded_at=at
    )
