"""Asking for an exemption, commenting on it, deciding it, taking it back; and legal's statutory grounds."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from council import notices
from council.actions import action, require
from council.errors import CLOCK_IS_BEHIND, refuse, refuse_if
from council.known import known
from council.models import User
from council.permissions import may
from council.references import new_reference
from council.stale import refuse_changed
from council.wording import day_name, money
from council.working_time import day_of
from recruitment.contracts.actions import approve_by_exemption, let_by_exemption
from recruitment.exemptions import stages
from recruitment.models import (
    Agency,
    Exemption,
    ExemptionComment,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    Side,
    StatutoryGround,
    Vacancy,
)
from recruitment.reads import deciders, exemptions, procurement
from recruitment.reads.exemptions import facts_of
from recruitment.rules.exemption import nothing_goes_on, refusal

MOST_REQUESTS = 20
WHY = ("justification", "why_no_competition", "risk_if_refused", "return_plan")
WHY_WORDS = {
    "justification": "Say why an exemption is needed.",
    "why_no_competition": "Say why there is no competition.",
    "risk_if_refused": "Say what happens if it is turned down.",
    "return_plan": "Say how and when you return to the order of sourcing.",
}


@dataclass(frozen=True)
class ExemptionAsked:
    """What an exemption is asked for: the agency, for which requests, why, from when until when and for how much.

    `value` is £ excluding VAT, `value_with_vat` including it. `no_proof_reason` stands for the requests that have no proof.
    """

    agency: Agency
    vacancies: list[Vacancy]
    reason: str
    justification: str
    why_no_competition: str
    risk_if_refused: str
    return_plan: str
    starts_on: date
    ends_on: date
    value: Decimal
    value_with_vat: Decimal
    group_name: str = ""
    no_proof_reason: str = ""


def lock(exemption: Exemption, version: int | None = None) -> Exemption:
    """The row as it is now, locked. With `version`, refuses what was decided on an older sight of it."""
    fresh = Exemption.objects.select_for_update(of=("self",)).select_related("agency").get(pk=exemption.pk)
    if version is not None and fresh.version != version:
        refuse_changed(fresh, version)
    return fresh


@action
def request_exemption(*, by: User, at: datetime, asked: ExemptionAsked, extends: Exemption | None = None) -> Exemption:
    """Ask for an exemption for one request, or for a named group of them: at most one worker for each.

    Each request comes with the first supplier's unsuccessful answer in its round, or with the reason why there is none. `extends`
    is the exemption this one goes on from, or changes: another agency, period or value is a new decision.
    """
    require(may(by, "request_exemption", day_of(at)), "ask for exemptions: a commissioning officer does")
    if extends is not None:
        _check_link(extends, asked, at)
    needs = _check(asked, at, extends=extends)
    if extends is not None:  # again, now that it is ours: requests are always locked before exemptions
        _check_link(lock(extends), asked, at)
    exemption = Exemption(
        **new_reference(Exemption, "EX"), requested_by=by, requested_at=at, put_by=by, put_at=at, extends=extends
    )
    _fill(exemption, asked)
    exemption.save()
    _name_requests(exemption, needs, asked)
    return exemption


@action
def complete_exemption(
    *, by: User, at: datetime, exemption: Exemption, asked: ExemptionAsked, version: int | None = None
) -> Exemption:
    """Put an exemption that was returned for more to a decision again, with what was missing. It needs new comments."""
    require(may(by, "request_exemption", day_of(at)), "complete exemptions: a commissioning officer does")
    exemption = lock(exemption, version)
    refuse_if(refusal("complete", facts_of(exemption, by, at)))
    stages.move(exemption, ExemptionStatus.REQUESTED)
    needs = _check(asked, at, extends=exemption.extends, itself=exemption)
    if exemption.extends:
        _check_link(exemption.extends, asked, at)
    exemption.revision += 1
    exemption.put_by, exemption.put_at = by, at
    _fill(exemption, asked)
    exemption.save()
    exemption.needs.all().delete()
    _name_requests(exemption, needs, asked)
    return exemption


def _check_link(before: Exemption, asked: ExemptionAsked, at: datetime) -> None:
    refuse_if(nothing_goes_on(facts_of(before, None, at)))
    named = set(before.needs.values_list("vacancy_id", flat=True))
    if beyond := [one.reference for one in asked.vacancies if one.pk not in named]:
        refuse(
            "another_request",
            f"{before.reference} is not for {', '.join(beyond)}. Ask for an exemption of its own for other requests.",
            "vacancies",
        )
    if asked.agency.pk != before.agency_id:
        refuse(
            "another_agency",
            f"{before.reference} is for {before.agency}. For another agency ask for an exemption of its own.",
            "agency",
        )


def _check(
    asked: ExemptionAsked, at: datetime, *, extends: Exemption | None, itself: Exemption | None = None
) -> list[exemptions.Standing]:
    """Every rule on what is asked for. Returns each request with its proof."""
    today = day_of(at)
    refuse_if(exemptions.outside_the_order_refusal(asked.agency, today), "agency")
    _check_in_use(asked.agency, "agency")
    if asked.reason not in ExemptionReason.values:
        refuse("no_reason", "Choose the reason.", "reason")
    for name in WHY:
        if not getattr(asked, name).strip():
            refuse("no_reason", WHY_WORDS[name], name)
    if asked.starts_on < today:
        refuse(
            "start_in_past",
            "An exemption is approved before it starts. Enter today or a later day; a worker who is in post already is recorded as a "
            "breach.",
            "starts_on",
        )
    if asked.ends_on < asked.starts_on:
        refuse("end_before_start", "The end is before the start. Check both dates.", "ends_on")
    if asked.value_with_vat < asked.value:
        refuse(
            "vat_below_net",
            "The value including VAT is less than the value excluding it. Check both.",
            "value_with_vat",
        )
    if not 1 <= len(asked.vacancies) <= MOST_REQUESTS:
        refuse("how_many", f"Choose 1 to {MOST_REQUESTS} requests.", "vacancies")
    if len(asked.vacancies) > 1 and not asked.group_name.strip():
        refuse("no_group_name", "Name the group of workers, for example: Duty team, winter.", "group_name")
    needs = []
    for vacancy in sorted(asked.vacancies, key=lambda one: one.pk):
        fresh = Vacancy.objects.select_for_update(of=("self",)).get(pk=vacancy.pk)
        standing = exemptions.standing_of(fresh, at, extends=extends)
        if other := exemptions.open_need(fresh, today, itself=itself, only_waiting=standing.goes_on):
            refuse(
                "exemption_exists",
                f"{vacancy.reference} has {other.exemption.reference} for {other.exemption.agency} already. End it or take it back first.",
                "vacancies",
            )
        if standing.refusal:
            refuse(standing.refusal.code, f"{vacancy.reference}: {standing.refusal.sentence}", "vacancies")
        if standing.proof is None and not (asked.no_proof_reason.strip() or standing.no_proof_reason):
            refuse(
                "no_proof",
                f"{vacancy.reference} has no proof that the first supplier could not supply: no unsuccessful answer in this round that is in "
                "time and not too old. Ask the first supplier, or say why there is no proof.",
                "no_proof_reason",
            )
        needs.append(standing)
    return needs


def _fill(exemption: Exemption, asked: ExemptionAsked) -> None:
    exemption.agency = asked.agency
    exemption.reason = asked.reason
    exemption.group_name = asked.group_name.strip() if len(asked.vacancies) > 1 else ""
    for name in WHY:
        setattr(exemption, name, getattr(asked, name).strip())
    exemption.starts_on, exemption.ends_on = asked.starts_on, asked.ends_on
    exemption.value, exemption.value_with_vat = asked.value, asked.value_with_vat


def _name_requests(exemption: Exemption, needs: list[exemptions.Standing], asked: ExemptionAsked) -> None:
    for standing in needs:
        ExemptionNeed.objects.create(
            exemption=exemption,
            vacancy=standing.vacancy,
            round_id=known(standing.round_pk),
            proof=standing.proof,
            no_proof_reason="" if standing.proof else asked.no_proof_reason.strip() or standing.no_proof_reason,
        )


@action
def comment(
    *, by: User, at: datetime, exemption: Exemption, supports: bool, text: str, version: int | None = None
) -> ExemptionComment:
    """Finance, procurement or legal say what they think, before the decision. Whoever comments does not decide."""
    require(deciders.side_of(by, day_of(at)) is not None, "comment on exemptions: finance, procurement and legal do")
    exemption = lock(exemption, version)
    side = deciders.side_of(by, day_of(at), exemption)
    refuse_if(refusal("comment", facts_of(exemption, by, at)))
    if not text.strip():
        refuse("no_reason", "Enter your comment.", "text")
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
    """Approve an exemption, turn it down or return it for more, always with a reason, never by who asked or commented.

    Approving lets a contract of route exemption for the agency, period and value, in the same step; what extends an exemption
    goes on with its contract. Raises NotAllowed for somebody who does not decide at this value.
    """
    if exemption.extends_id:  # it is not ended while this is decided
        lock(known(exemption.extends))
    exemption = lock(exemption, version)
    today = day_of(at)
    require(
        deciders.decides_for(by, exemption.value, today) is not None,
        f"decide an exemption of {money(exemption.value)}",
    )
    place = deciders.decides_for(by, exemption.value, today, deciders.parties_of(exemption))
    refuse_if(refusal("decide", facts_of(exemption, by, at)))
    place = known(place)  # where it is missing, that has been refused
    if at < exemption.put_at:
        refuse("clock_is_behind", CLOCK_IS_BEHIND)
    if decision not in ExemptionDecision.Decision.values:
        refuse("no_decision", "Choose what you decide.", "decision")
    if not reason.strip():
        refuse("no_reason", "Give a reason for the decision.", "reason")
    contract = None
    if decision == ExemptionDecision.Decision.APPROVED:
        _check_approval(exemption, at)
        contract = _contract_of(exemption, by=by, at=at)
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
    return exemption


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
    _check_in_use(exemption.agency, "decision")
    refuse_if(exemptions.needs_refusal(exemption, at), "decision")
    Agency.objects.select_for_update(of=("self",)).get(
        pk=exemption.agency_id
    )  # two approvals add up one after the other
    refuse_if(procurement.spend_of(exemption.agency, today, more=exemption).refusal(), "decision")


def _check_in_use(agency: Agency, field: str) -> None:
    if not agency.is_active:
        refuse(
            "agency_not_in_use",
            f"{agency} is not in use any more. A contract administrator has switched it off.",
            field,
        )


def _contract_of(exemption: Exemption, *, by: User, at: datetime):
    """The contract the exemption draws on: that of the exemption it goes on from, or one that is let now."""
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
    """Before the decision by whoever may ask; afterwards by who decides, as long as nobody was asked under it."""
    exemption = lock(exemption, version)
    today = day_of(at)
    if exemption.status == ExemptionStatus.APPROVED:
        require(deciders.decides_for(by, exemption.value, today) is not None, "take back an approved exemption")
    else:
        require(may(by, "request_exemption", today), "take this exemption back")
    refuse_if(refusal("take-back", facts_of(exemption, by, at)))
    if not reason.strip():
        refuse("no_reason", "Say why it is taken back.", "reason")
    stages.move(exemption, ExemptionStatus.TAKEN_BACK, reason.strip())
    exemption.closed_at, exemption.closed_by = at, by
    exemption.save()
    return exemption


@action
def record_ground(
    *, by: User, at: datetime, agency: Agency, ground: str, limit: Decimal, dated_on: date
) -> StatutoryGround:
    """Legal's statutory ground for spending past the procurement threshold with an agency, up to `limit`, £ including VAT."""
    require(may(by, "record_ground", day_of(at)), "record statutory grounds: a legal adviser does")
    if dated_on > day_of(at):
        refuse("in_future", "The ground is dated in the future. Record it once it is given.", "dated_on")
    if not ground.strip():
        refuse("no_reason", "Enter the ground and the regulation or section it comes from.", "ground")
    return StatutoryGround.objects.create(
        agency=agency, ground=ground.strip(), limit=limit, dated_on=dated_on, recorded_by=by, recorded_at=at
    )
