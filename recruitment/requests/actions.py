"""Asking for staff, deciding it, and the rounds in which it is sourced."""

from datetime import date, datetime
from decimal import Decimal

from council import notices
from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.models import Team, User
from council.permissions import may, may_decide_request
from council.references import new_reference
from council.working_time import day_of
from recruitment.models import Kind, RecruitmentState, Round, Status, Vacancy
from recruitment.models.vacancy import TERMS
from recruitment.permissions import may_withdraw, require_decide, require_request, require_source
from recruitment.reads.requests import facts_of, lock_vacancy, open_round_of
from recruitment.requests.consequences import agree_afterwards
from recruitment.requests.rounds import close_round, open_round
from recruitment.requests.stages import move
from recruitment.rules.request import refusal

MOST_POSTS = 20


@action
def request_staff(
    *,
    by: User,
    at: datetime,
    team: Team,
    kind: str,
    job_type: str,
    hours_per_week: Decimal,
    pattern: str,
    base: str,
    max_charge_rate: Decimal,
    needed_from: date,
    expected_weeks: int,
    urgency: str,
    reason: str,
    funded_by: str = "",
    funded_until: date | None = None,
    posts: int = 1,
) -> Vacancy:
    """Ask for a worker, or for several alike: one request for each post. Returns the first of them.

    Raises NotAllowed, or RuleViolation where a post above structure says not who funds it.

    Refuses: how_many, not_funded.
    """
    require_request(by, team.service_id, day_of(at))
    if kind == Kind.ABOVE_STRUCTURE and not (funded_by and funded_until):
        refuse("not_funded", "Say who funds a post above structure, and until when.", "funded_by")
    if not 1 <= posts <= MOST_POSTS:
        refuse("how_many", f"Ask for 1 to {MOST_POSTS} posts at once.", "posts")
    fields = {
        "team": team,
        "kind": kind,
        "job_type": job_type,
        "hours_per_week": hours_per_week,
        "pattern": pattern,
        "base": base,
        "max_charge_rate": max_charge_rate,
        "needed_from": needed_from,
        "expected_weeks": expected_weeks,
        "urgency": urgency,
        "urgency_asked": urgency,
        "reason": reason,
        "funded_by": funded_by if kind == Kind.ABOVE_STRUCTURE else "",
        "funded_until": funded_until if kind == Kind.ABOVE_STRUCTURE else None,
        "requested_by": by,
        "requested_at": at,
    }
    first = Vacancy.objects.create(**new_reference(Vacancy, "REQ"), **fields)
    for _ in range(posts - 1):
        Vacancy.objects.create(**new_reference(Vacancy, "REQ"), **fields, asked_with=first)
    return first


@action
def decide(
    *,
    by: User,
    at: datetime,
    vacancy: Vacancy,
    decision: str,
    reason: str,
    urgency: str = "",
    version: int | None = None,
) -> Vacancy:
    """Agree, hold or turn down a request, with a reason, never by who asked. Agreeing opens the first round.

    `urgency` is what is agreed; where it is left out, what was asked for.

    Refuses: changed_meanwhile, in_post_already, no_order, no_reason, not_from_here, own_request.
    """
    require_decide(by, day_of(at))
    vacancy = lock_vacancy(vacancy, version)
    facts = facts_of(vacancy, by, at)
    refuse_if(refusal("decide", facts))
    require_reason(reason, "Give a reason for the decision.")
    if facts.came_with_its_worker:
        if decision != Status.AGREED:
            refuse(
                "in_post_already",
                "The worker is in post. Agree that the need goes on, or have the placement ended.",
                "decision",
            )
        agree_afterwards(vacancy, by=by, at=at, reason=reason)
        return vacancy
    move(vacancy, decision, reason)
    if urgency and urgency != vacancy.urgency:
        vacancy.urgency, vacancy.urgency_reason = urgency, reason
    vacancy.decision, vacancy.decision_reason = decision, reason
    vacancy.decided_by, vacancy.decided_at = by, at
    vacancy.save()
    if decision == Status.AGREED:
        open_round(vacancy, "Agreed", by, at)
    said = vacancy.get_status_display().lower()
    notices.tell(
        [vacancy.requested_by],
        "decisions",
        title=f"{vacancy.reference}: {said}",
        text=f"{by.name}: {vacancy.reference}, {vacancy.team}, is {said}.\n\n{reason}",
        why="you asked for these staff",
        path=vacancy.get_absolute_url(),
        by=by,
        at=at,
    )
    return vacancy


@action
def change_urgency(
    *, by: User, at: datetime, vacancy: Vacancy, urgency: str, reason: str, version: int | None = None
) -> Vacancy:
    """Another urgency after the request was agreed: by somebody who agrees requests, with a reason, never by who asked.

    Orders that are out keep the time they were given.

    Refuses: changed_meanwhile, no_reason, not_from_here, nothing_changed, own_request.
    """
    require_decide(by, day_of(at))
    vacancy = lock_vacancy(vacancy, version)
    refuse_if(refusal("urgency", facts_of(vacancy, by, at)))
    if urgency == vacancy.urgency:
        refuse("nothing_changed", "It is as urgent as that already. Choose the other, or go back.", "urgency")
    require_reason(reason, "Say why.")
    vacancy.urgency, vacancy.urgency_reason = urgency, reason
    vacancy.version += 1
    vacancy.save()
    return vacancy


@action
def record_direct_recruitment(
    *,
    by: User,
    at: datetime,
    vacancy: Vacancy,
    state: str,
    advertised_on: date | None = None,
    advert_reference: str = "",
    note: str = "",
) -> Round:
    """Say where permanent recruitment stands, which comes before any agency is asked.

    Refuses: advert_in_future, no_advert, no_reason, not_being_sourced, not_from_here, rested_on.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    refuse_if(refusal("direct-recruitment", facts_of(vacancy, by, at)))
    round_ = known(open_round_of(vacancy))
    if state == RecruitmentState.ADVERTISED and not (advertised_on and advert_reference):
        refuse("no_advert", "Give the date and the reference of the advert.", "advertised_on")
    if state == RecruitmentState.ADVERTISED and advertised_on > day_of(at):
        refuse(
            "advert_in_future", "The advert's date is in the future. Record it once it has appeared.", "advertised_on"
        )
    if state != RecruitmentState.ADVERTISED:
        require_reason(note, "Say why.", "note")
    round_.recruitment_state = state
    round_.advertised_on = advertised_on if state == RecruitmentState.ADVERTISED else None
    round_.advert_reference = advert_reference if state == RecruitmentState.ADVERTISED else ""
    round_.recruitment_note = note
    round_.recruitment_recorded_by, round_.recruitment_recorded_at = by, at
    round_.save()
    if vacancy.status == Status.AGREED:
        move(vacancy, Status.SOURCING, "Direct recruitment is recorded")
        vacancy.save()
    return round_


@action
def change_terms(
    *, by: User, at: datetime, vacancy: Vacancy, reason: str, version: int | None = None, **terms
) -> Vacancy:
    """Change job type, hours, pattern, base or maximum rate. After a request was agreed, more of hours or rate is a decision.

    While suppliers are being asked this closes the round and opens the next: all are asked again, the first route first.
    `version` is the sight of the row the change was made on; an older one is refused, naming who changed it.

    Refuses: already_secured, before_sent, changed_meanwhile, in_future, late_without_reason, needs_a_decision, no_order, no_reason, not_from_here,
    nothing_changed.
    """
    decides = may_decide_request(by, day_of(at))
    require(decides or may(by, "source", day_of(at)), "change the terms of a request")
    unknown = set(terms) - set(TERMS)
    assert not unknown, f"not terms: {unknown}"
    vacancy = lock_vacancy(vacancy, version)
    facts = facts_of(vacancy, by, at)
    refuse_if(refusal("change", facts))
    changed = [name for name, value in terms.items() if getattr(vacancy, name) != value]
    if not changed:
        refuse("nothing_changed", "Nothing is different. Change a field, or go back.")
    dearer = any(
        name in changed and terms[name] > getattr(vacancy, name) for name in ("max_charge_rate", "hours_per_week")
    )
    if facts.is_being_met and dearer and (not decides or facts.asked_by_this_person):
        refuse(
            "needs_a_decision",
            "More hours or a higher rate than were agreed need a decision. Ask the Assistant Director or a finance officer to change "
            "the terms.",
        )
    require_reason(reason, "Say why the terms change.")
    for name in changed:
        setattr(vacancy, name, terms[name])
    vacancy.version += 1
    if facts.was_asked:
        close_round(vacancy, Round.Closed.TERMS_CHANGED, by, at, "The terms changed")
        if vacancy.status == Status.SOURCING and vacancy.decision == Status.AGREED:
            move(vacancy, Status.AGREED, reason)
    vacancy.save()
    if facts.was_asked:
        open_round(vacancy, f"Terms changed: {reason}"[:200], by, at)
    return vacancy


@action
def withdraw(*, by: User, at: datetime, vacancy: Vacancy, reason: str) -> Vacancy:
    """Take a request back before it is decided.

    Refuses: no_reason, not_from_here.
    """
    vacancy = lock_vacancy(vacancy)
    require(may_withdraw(by, vacancy, day_of(at)), "take this request back")
    refuse_if(refusal("withdraw", facts_of(vacancy, by, at)))
    require_reason(reason, "Say why.")
    move(vacancy, Status.WITHDRAWN, reason)
    vacancy.save()
    return vacancy


@action
def start_round(*, by: User, at: datetime, vacancy: Vacancy, reason: str) -> Round:
    """The need goes on after a placement that ends, or a newer order of sourcing is in force: sourcing starts again from the first step.

    Refuses: already_secured, before_sent, in_future, late_without_reason, no_order, no_reason, not_agreed, not_covered, not_from_here.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    refuse_if(refusal("new-round", facts_of(vacancy, by, at)))
    require_reason(reason, "Say why a new round starts.")
    if vacancy.status != Status.COVERED:
        close_round(vacancy, Round.Closed.ORDER_CHANGED, by, at, "A newer order of sourcing is in force")
    if vacancy.status != Status.AGREED:
        move(vacancy, Status.AGREED, reason)
    vacancy.save()
    return open_round(vacancy, reason[:200], by, at)
