"""A breach is recorded, told to who decides, and approved afterwards or not. What it costs is entered also past a contract’s value."""

from datetime import date, datetime

from council import notices
from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.models import Approval, User
from council.permissions import may, may_decide
from council.references import new_reference
from council.wording import day_name
from council.working_time import day_of
from placements.breaches.workers_found import WorkerFound, enter_found
from placements.models import Basis, Breach, BreachKind, Placement
from placements.reads.marks import facts_of
from placements.rules.breach import refusal
from recruitment.models import Origin
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import consequences


@action
def record_breach(
    *,
    by: User,
    at: datetime,
    found: WorkerFound,
    found_on: date,
    how_found: str,
    director_told_on: date | None = None,
    procurement_told_on: date | None = None,
) -> Breach:
    """A worker found in post whom no answer secured. The mark can never be removed; an approval may follow.

    Refuses: charge_below_pay, dates_wrong, end_before_start, found_when, in_future, no_reason, no_registration_number, no_working_day, not_funded,
    rate_wrong, told_when, worker_week_full.
    """
    require(may(by, "record_breach", day_of(at)), "record what happened outside the rules")
    require_reason(how_found, "Say how it was found.", "how_found")
    today = day_of(at)
    if found.starts_on > today:
        refuse("in_future", "The worker has not started yet. Ask a supplier first.", "starts_on")
    if not found.starts_on <= found_on <= today:
        refuse("found_when", f"It was found between {day_name(found.starts_on)} and today.", "found_on")
    for told, field in ((director_told_on, "director_told_on"), (procurement_told_on, "procurement_told_on")):
        if told and not found_on <= told <= today:
            refuse("told_when", "Nobody was told before it was found, or after today. Check the date.", field)
    placement = enter_found(found, by=by, at=at, reason=how_found, basis=Basis.BREACH)
    return mark(
        placement,
        BreachKind.FOUND_IN_POST,
        by=by,
        at=at,
        found_on=found_on,
        how_found=how_found,
        director_told_on=director_told_on,
        procurement_told_on=procurement_told_on,
    )


def mark(placement: Placement, kind: str, *, by: User, at: datetime, how_found: str, **details) -> Breach:
    """Put the mark on a placement: one of a kind, and one for each correction that took something away."""
    existing = Breach.objects.filter(placement=placement, kind=kind, correction=details.get("correction")).first()
    if existing:
        return existing
    details.setdefault("found_on", max(day_of(at), placement.starts_on))
    breach = Breach.objects.create(
        **new_reference(Breach, "BR"),
        placement=placement,
        kind=kind,
        since=placement.starts_on,
        how_found=how_found,
        recorded_by=by,
        recorded_at=at,
        **details,
    )
    notices.tell(
        notices.who_may("authorise_breach", day_of(at)),
        "breaches",
        title=f"{breach.reference}: {breach.get_kind_display().lower()}",
        text=f"{breach.reference}, {placement.reference} in {placement.vacancy.team}: {breach.get_kind_display().lower()}, since "
        f"{day_name(breach.since)}.",
        why="you decide what happened outside the rules",
        path=f"{breach.get_absolute_url()}approve/",
        by=by,
        at=at,
    )
    return breach


@action
def tell(
    *, by: User, at: datetime, breach: Breach, director_told_on: date | None, procurement_told_on: date | None
) -> Breach:
    """Record who was told of a breach, and when.

    Refuses: told_when.
    """
    require(may(by, "record_breach", day_of(at)), "record who was told")
    breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    for told, field in ((director_told_on, "director_told_on"), (procurement_told_on, "procurement_told_on")):
        if told and not breach.found_on <= told <= day_of(at):
            refuse("told_when", "Nobody was told before it was found, or after today. Check the date.", field)
    breach.director_told_on = director_told_on or breach.director_told_on
    breach.procurement_told_on = procurement_told_on or breach.procurement_told_on
    breach.save()
    return breach


@action
def authorise(*, by: User, at: datetime, breach: Breach, reason: str) -> Breach:
    """Approve afterwards what a breach recorded. The mark stays and reads "authorised after the start".

    Refuses: already_decided, no_reason, own_entry, taken_back.
    """
    require(may_decide(by, Approval.BREACH, day_of(at)), "decide what happened outside the rules")
    vacancy = lock_vacancy(breach.placement.vacancy)
    breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    refuse_if(refusal("approve", facts_of(breach, by)))
    require_reason(reason, "Say why it is approved.")
    breach.approved_by, breach.approved_at, breach.approval_reason = by, at, reason
    breach.save()
    notices.tell(
        [breach.recorded_by],
        "decisions",
        title=f"{breach.reference}: authorised after the start",
        text=f"{by.name} has approved {breach.reference} after the start.\n\nThe reason is on the page.",
        why="you recorded this breach",
        path=breach.get_absolute_url(),
        by=by,
        at=at,
    )
    decides = may_decide(by, Approval.STAFFING_REQUEST, day_of(at)) and vacancy.requested_by_id != by.pk
    if vacancy.origin != Origin.REQUESTED and not vacancy.decision and decides:
        consequences.agree_afterwards(vacancy, by=by, at=at, reason=reason)
    return breach
