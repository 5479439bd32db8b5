"""Letting a placement run longer. Beyond a length the council sets, the Assistant Director approves."""

from datetime import date, datetime, timedelta

from council import notices
from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.models import Approval, Council, User
from council.permissions import may_decide
from council.wording import day_name
from council.working_time import day_of
from placements.models import ExtensionProposal, Placement, PlacementPeriod
from placements.placement.booking import add_period, most_hours, spending_of
from placements.placement.commitments import rates_in_force
from placements.reads import reviews
from placements.reads.placements import chain_of, facts_of, lock_placement
from placements.rules.booking import Terms, fte_refusal, spending_refusal, weekly_refusal
from placements.rules.placement import refusal
from recruitment.contracts import actions as contracts
from recruitment.models import Origin
from recruitment.permissions import require_source
from recruitment.reads.requests import lock_vacancy


def extension_of(placement: Placement, ends_on: date) -> Terms:
    """The days an extension adds, at the rates in force."""
    last = rates_in_force(placement)
    return Terms(
        placement.ends_on + timedelta(1),
        ends_on,
        placement.hours_per_week,
        placement.pattern,
        last.pay_rate,
        last.charge_rate,
    )


def needs_approval(placement: Placement, ends_on: date) -> bool:
    """Whether the whole service would be longer than an officer may agree alone; of an emergency, longer than was asked for.

    Of a worker outside the first route always: that the first supplier still has nobody would else be one person's word.
    """
    if placement.vacancy.origin == Origin.EMERGENCY or placement.is_outside_the_first_route:
        return True
    longest = timedelta(weeks=Council.current().extension_approval_weeks)
    return ends_on - chain_of(placement)[0].starts_on + timedelta(1) > longest


def why_it_needs_approval(placement: Placement) -> str:
    if placement.is_outside_the_first_route:
        return "This worker is not on the first route, and that its supplier still has nobody is not one person’s word."
    return f"Together this is more than {Council.current().extension_approval_weeks} weeks."


def check_extension(placement: Placement, ends_on: date, now: datetime) -> Terms:
    """The days and rates an extension agreed today adds, after every rule was asked. Raises RuleViolation."""
    today = day_of(now)
    refuse_if(refusal("extend", facts_of(placement, None, now)))
    if ends_on <= placement.ends_on:
        refuse("not_longer", f"It runs until {day_name(placement.ends_on)} already. Enter a later day.", "ends_on")
    terms = extension_of(placement, ends_on)
    if refused := spending_refusal(terms.starts_on, terms.ends_on, terms.value, spending_of(placement)):
        refuse_if(*refused)
    vacancy = placement.vacancy
    others = Placement.objects.filter(vacancy=vacancy).exclude(pk=placement.pk)
    booked = most_hours(others, terms.starts_on, terms.ends_on, without_handover=True)
    refuse_if(fte_refusal(vacancy.reference, terms.hours_per_week, booked, vacancy.hours_per_week), "ends_on")
    refuse_if(reviews.extension_refusal(placement, terms.starts_on, terms.ends_on, today), "ends_on")
    elsewhere = most_hours(placement.worker.placements.exclude(pk=placement.pk), terms.starts_on, terms.ends_on)
    limit = Council.current().worker_weekly_hours_limit
    refuse_if(weekly_refusal(placement.worker.name, terms.hours_per_week, elsewhere, limit), "ends_on")
    return terms


def _check_details(placement, at, reason, recruitment_state, rechecked_on, recheck_note) -> None:
    require_reason(reason, "Say why it is extended.")
    if not recruitment_state:
        refuse("no_recruitment_state", "Say where permanent recruitment stands.", "recruitment_state")
    if not placement.is_outside_the_first_route:
        return
    if not (rechecked_on and recheck_note.strip()):
        refuse(
            "not_rechecked",
            "This worker is not on the first route. Ask the first supplier again whether it can supply, and enter when and what it said.",
            "rechecked_on",
        )
    if not day_of(placement.booked_at) <= rechecked_on <= day_of(at):
        refuse("rechecked_when", "Enter the day the first supplier was asked again: up to today.", "rechecked_on")


@action
def extend(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    ends_on: date,
    reason: str,
    recruitment_state: str,
    rechecked_on: date | None = None,
    recheck_note: str = "",
    version: int | None = None,
) -> PlacementPeriod:
    """Let a placement run longer, at the rates in force, with the state of permanent recruitment.

    Refuses: changed_meanwhile, did_not_start, ended, entered_in_error, need_is_over, needs_approval, no_contract, no_reason, no_recruitment_state,
    no_working_day, not_agreed, not_authorised, not_funded, not_longer, not_rechecked, not_standing, outside_contract, over_value, rechecked_when,
    request_is_full, review_overdue, worker_week_full.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    terms = check_extension(placement, ends_on, at)
    _check_details(placement, at, reason, recruitment_state, rechecked_on, recheck_note)
    if needs_approval(placement, ends_on):
        refuse(
            "needs_approval", f"{why_it_needs_approval(placement)} The Assistant Director approves it first.", "ends_on"
        )
    details = {
        "reason": reason,
        "recruitment_state": recruitment_state,
        "rechecked_on": rechecked_on,
        "recheck_note": recheck_note,
    }
    return _lengthen(placement, terms, by=by, at=at, **details)


def _lengthen(placement: Placement, terms: Terms, *, by: User, at: datetime, **details) -> PlacementPeriod:
    entry = contracts.commit(
        known(placement.contract_id), terms.value, note=f"{placement.reference} extended", by=by, at=at
    )
    since = reviews.overdue_since(placement, day_of(at))
    period = add_period(placement, terms, entry, by=by, at=at, overdue_since=since, **details)
    placement.ends_on = terms.ends_on
    placement.version += 1
    placement.save()
    return period


@action
def propose_extension(
    *,
    by: User,
    at: datetime,
    placement: Placement,
    ends_on: date,
    reason: str,
    recruitment_state: str,
    rechecked_on: date | None = None,
    recheck_note: str = "",
    version: int | None = None,
) -> ExtensionProposal:
    """Ask the Assistant Director for an extension beyond the length an officer may agree.

    Refuses: changed_meanwhile, did_not_start, ended, entered_in_error, need_is_over, no_contract, no_reason, no_recruitment_state, no_working_day,
    not_agreed, not_authorised, not_funded, not_longer, not_rechecked, not_standing, outside_contract, over_value, rechecked_when, request_is_full,
    review_overdue, waits_already, worker_week_full.
    """
    require_source(by, day_of(at))
    placement = lock_placement(placement, version)
    check_extension(placement, ends_on, at)
    _check_details(placement, at, reason, recruitment_state, rechecked_on, recheck_note)
    if placement.extension_proposals.waiting().exists():
        refuse("waits_already", f"An extension of {placement.reference} waits to be decided already.")
    return ExtensionProposal.objects.create(
        placement=placement,
        ends_on=ends_on,
        reason=reason,
        recruitment_state=recruitment_state,
        rechecked_on=rechecked_on,
        recheck_note=recheck_note,
        proposed_by=by,
        proposed_at=at,
    )


@action
def decide_extension(
    *, by: User, at: datetime, proposal: ExtensionProposal, decision: str, reason: str
) -> ExtensionProposal:
    """Approve or turn down a long extension, never by who asked. Approving extends the placement in the same step.

    Refuses: already_decided, did_not_start, ended, entered_in_error, need_is_over, no_contract, no_reason, no_working_day, not_agreed,
    not_authorised, not_funded, not_longer, not_standing, outside_contract, over_value, own_request, request_is_full, review_overdue,
    worker_week_full.
    """
    require(may_decide(by, Approval.EXTENSION, day_of(at)), "decide long extensions")
    lock_vacancy(proposal.placement.vacancy)
    proposal = ExtensionProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.decision:
        refuse("already_decided", f"This extension was {proposal.get_decision_display().lower()} already.")
    if proposal.proposed_by_id == by.pk:
        refuse("own_request", "You asked for this, so somebody else decides it.")
    require_reason(reason, "Give a reason for the decision.")
    if decision == ExtensionProposal.Decision.APPROVED:
        placement = lock_placement(proposal.placement)
        terms = check_extension(placement, proposal.ends_on, at)
        proposal.period = _lengthen(
            placement,
            terms,
            by=proposal.proposed_by,
            at=at,
            reason=proposal.reason,
            recruitment_state=proposal.recruitment_state,
            rechecked_on=proposal.rechecked_on,
            recheck_note=proposal.recheck_note,
            approved_by=by,
        )
    proposal.decision, proposal.decision_reason = decision, reason
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
    said = proposal.get_decision_display().lower()
    notices.tell(
        [proposal.proposed_by],
        "decisions",
        title=f"Extension of {proposal.placement.reference}: {said}",
        text=f"{by.name}: the extension of {proposal.placement.reference} until {day_name(proposal.ends_on)} is {said}.\n\nThe reason is on the page.",
        why="you asked for this extension",
        path=proposal.placement.get_absolute_url(),
        by=by,
        at=at,
    )
    return proposal
