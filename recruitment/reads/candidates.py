"""What the rules ask about candidates: which step follows which, who showed a person first, and what an answer or a booking needs."""

from collections.abc import Iterable
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef, Q, QuerySet

from council.models import Council, User
from council.refusal import Refusal
from council.wording import by_when, day_name, possessive
from council.working_time import day_of
from recruitment.models import (
    CLOSED,
    WAITS_FOR_US,
    Agency,
    NotSecuredReason,
    Outcome,
    Release,
    Stage,
    Submission,
    SupplyMode,
)
from recruitment.rules.candidate import CandidateFacts

# The stage of a candidate → what may follow. Whoever was turned down or withdrew may be looked at again.
FOLLOWS: dict[str, tuple[str, ...]] = {
    Stage.PUT_FORWARD: (Stage.SHORTLISTED, Stage.INTERVIEWED, Stage.OFFERED, *CLOSED),
    Stage.RECONSIDERED: (Stage.SHORTLISTED, Stage.INTERVIEWED, Stage.OFFERED, *CLOSED),
    Stage.SHORTLISTED: (Stage.INTERVIEWED, Stage.OFFERED, *CLOSED),
    Stage.INTERVIEWED: (Stage.OFFERED, *CLOSED),
    Stage.OFFERED: (Stage.ACCEPTED, *CLOSED),
    Stage.ACCEPTED: (Stage.WITHDRAWN,),
    Stage.TURNED_DOWN: (Stage.RECONSIDERED,),
    Stage.WITHDRAWN: (Stage.RECONSIDERED,),
}


TAKES_CANDIDATES = (Outcome.OPEN, Outcome.SECURED)


def may_follow(submission: Submission) -> tuple[str, ...]:
    """The stages that may follow; once the order looks for nobody any more a candidate is only closed."""
    if submission.voided_at:
        return ()
    release = submission.release
    goes_on = release.voided_at is None and release.outcome in TAKES_CANDIDATES
    return tuple(stage for stage in FOLLOWS[submission.stage] if goes_on or stage in CLOSED)


def of_person(registration_number: str) -> QuerySet[Submission]:
    """Every time somebody with this number was put forward, the first one first; nobody where there is no number."""
    rows = Submission.objects.counted().select_related("release__contract__agency", "first_shown", "supplying_agency")
    if not registration_number:
        return rows.none()
    return rows.filter(registration_number=registration_number).order_by("received_at", "pk")


def first_by_another_agency(submission: Submission) -> Submission | None:
    """The first time the person was put forward, where another agency did so; None where this agency was first."""
    first = of_person(submission.registration_number).first()
    mine = submission.release.contract.agency_id
    return first if first is not None and first.release.contract.agency_id != mine else None


def _earlier_route(shown: Iterable[Submission], release: Release, start: date, months: int) -> Submission | None:
    """Who first showed a person to us in the months before a start, where that was an earlier agency route than the order's.

    `shown` are all times the person was put forward, the first one first.
    """
    held = (one for one in shown if one.release.position > 0 and _until(one, months) > start >= day_of(one.received_at))
    first = next(held, None)
    return first if first is not None and first.release.position < release.position else None


def coming_on(release: Release, today: date) -> date:
    """When a candidate of an order would come: on its start, or today where that has passed."""
    return max(release.starts_on, today)


def _until(shown: Submission, months: int) -> date:
    """The first day on which the person may come by another route."""
    return day_of(shown.received_at) + relativedelta(months=months)


def first_by_an_earlier_route(release: Release, registration_number: str, start: date) -> Submission | None:
    """Who first showed the person within the council's months, where an earlier agency route did. None where it did not."""
    return _earlier_route(of_person(registration_number), release, start, Council.current().later_route_months)


def held_back(on: date) -> QuerySet[Submission]:
    """Candidates in play by a later route whom an earlier one showed first and nobody has allowed, the oldest first."""
    earlier = Submission.objects.counted().filter(
        registration_number=OuterRef("registration_number"),
        release__position__gt=0,
        release__position__lt=OuterRef("release__position"),
    )
    rows = Submission.objects.counted().exclude(registration_number="").exclude(stage__in=CLOSED)
    rows = rows.filter(release__position__gt=1, allowed_at__isnull=True, release__outcome__in=["open", "secured"])
    allowed = Submission.objects.standing().filter(
        release=OuterRef("release"), registration_number=OuterRef("registration_number"), allowed_at__isnull=False
    )
    rows = rows.filter(Exists(earlier), ~Exists(allowed), release__round__closed_at__isnull=True)
    every = Submission.objects.counted().filter(registration_number__in=rows.values("registration_number"))
    every = every.annotate(is_in_play=Exists(rows.filter(pk=OuterRef("pk")))).select_related("release")
    needed = ("registration_number", "received_at", "release__position", "release__starts_on")
    shown: dict[str, list[Submission]] = {}
    for one in every.only(*needed).order_by("received_at", "pk"):
        shown.setdefault(one.registration_number, []).append(one)
    months = Council.current().later_route_months
    keys = [
        one.pk
        for times in shown.values()
        for one in times
        if one.is_in_play  # type: ignore[attr-defined]  # annotated above
        and _earlier_route(times, one.release, coming_on(one.release, on), months)
    ]
    return Submission.objects.filter(pk__in=keys).order_by("received_at", "pk")


def later_route_refusal(
    release: Release, registration_number: str, start: date, *, is_recorded: bool = True
) -> Refusal | None:
    """Why the person does not come by this route: an earlier one showed them first, and nobody has allowed it.

    `is_recorded` is False for a number that is only about to be recorded on its candidate.
    """
    first = first_by_an_earlier_route(release, registration_number, start)
    if first is None:
        return None
    mine = release.submissions.standing().filter(registration_number=registration_number)
    if mine.filter(allowed_at__isnull=False).exists():
        return None
    months = Council.current().later_route_months
    what = "The Assistant Director may allow it, with a reason."
    if not is_recorded:
        what = "Enter the registration number on the candidate's page first; the Assistant Director may then allow it there."
    elif not mine.exists():
        what = f"Record the candidate on {release.reference} first; the Assistant Director may then allow it, with a reason."
    return Refusal(
        "shown_by_an_earlier_route",
        f"{first.release.contract.agency} put this person forward on {day_name(day_of(first.received_at))} ({first.release.reference}), "
        f"less than {months} months before the start. {what}",
    )


def secured_refusal(
    release: Release, supply_mode: str, supplying_agency: Agency | None, answered_at: datetime
) -> tuple[Refusal, str] | None:
    """Why this is not the answer "secured", and the field it is about: candidates were put forward, and it rests on none of them."""
    found = list(release.submissions.standing())
    accepted = [one for one in found if one.stage == Stage.ACCEPTED]
    if not found:
        return None
    if not accepted:
        sentence = (
            f"{len(found)} candidate{'s were' if len(found) > 1 else ' was'} put forward for {release.reference}, and nobody has accepted. "
            "Record who was offered the work and accepted it first."
        )
        return Refusal("nobody_accepted", sentence), "outcome"
    if release.position > 0 and not any(_same_supply(one, supply_mode, supplying_agency) for one in accepted):
        one = accepted[-1]
        sentence = f"{one.candidate}, who accepted, was put forward as {one.get_supply_mode_display().lower()}: {one.whose}. Enter the same."
        return Refusal("not_what_was_accepted", sentence), "supply_mode"
    accepted_at = min(one.history.last().happened_at for one in accepted)
    if answered_at < accepted_at:
        sentence = f"The candidate accepted on {by_when(accepted_at)}, so the answer is not earlier. Check the time."
        return Refusal("before_it_was_accepted", sentence), "happened_at"
    return None


def _same_supply(one: Submission, supply_mode: str, supplying_agency: Agency | None) -> bool:
    named = one.supplying_agency_id is None or (supplying_agency and one.supplying_agency_id == supplying_agency.pk)
    return one.supply_mode == supply_mode and (supply_mode == SupplyMode.DIRECT or bool(named))


def not_secured_refusal(release: Release, reason: str) -> Refusal | None:
    """Why "not secured" is not the answer yet: a candidate of theirs waits for us, or has accepted."""
    found = list(release.submissions.standing().order_by("received_at", "pk"))
    supplier = possessive(release.contract.agency.name)
    waiting = [one.candidate for one in found if one.stage in WAITS_FOR_US]
    if waiting:
        return Refusal(
            "candidate_waits",
            f"{supplier} candidate{'s' if len(waiting) > 1 else ''} {' and '.join(waiting)} wait{'s' if len(waiting) == 1 else ''} for our "
            "decision. Offer the work, or record why not, before you record "
            "that nobody was secured.",
        )
    if accepted := [one.candidate for one in found if one.stage == Stage.ACCEPTED]:
        return Refusal(
            "candidate_accepted",
            f"{supplier} candidate {accepted[0]} has accepted. Record the answer as secured, or that the candidate withdrew.",
        )
    if reason == NotSecuredReason.UNSUITABLE:
        if not found:
            return Refusal(
                "no_candidate_recorded",
                f"Candidates were unsuitable, but none is recorded on {release.reference}. Record who was put forward and why not.",
            )
        if offered := [one.candidate for one in found if one.stage == Stage.OFFERED]:
            return Refusal(
                "candidate_has_an_offer",
                f"{supplier} candidate {', '.join(offered)} has our offer. Record that it was declined or taken back first.",
            )
    return None


def booking_refusal(release: Release, registration_number: str, on: date) -> Refusal | None:
    """Why this person is not booked on this answer."""
    found = list(release.submissions.standing())
    accepted = [one for one in found if one.stage == Stage.ACCEPTED]
    if found and registration_number not in {one.registration_number for one in accepted if one.registration_number}:
        names = ", ".join(f"{one.candidate} ({one.registration_number})" for one in accepted if one.registration_number)
        who = f"{names} accepted." if names else "No candidate with a registration number has accepted."
        return Refusal(
            "not_the_candidate",
            f"{who} Book that person, or record this one as a candidate of {release.reference} first.",
        )
    return later_route_refusal(release, registration_number, on)


def other_orders(submission: Submission, user: User | None) -> QuerySet[Release]:
    """Orders of the same role to the same supplier that wait for its answer and do not have this candidate, of what the person may see."""
    release = submission.release
    rows = Release.objects.visible_to(user) if user else Release.objects.all()
    same_person = Q(candidate=submission.candidate)
    if submission.registration_number:
        same_person |= Q(registration_number=submission.registration_number)
    there = Submission.objects.standing().exclude(stage__in=CLOSED).filter(same_person, release=OuterRef("pk"))
    same = {"contract__agency_id": release.contract.agency_id, "vacancy__job_type": release.vacancy.job_type}
    return rows.open().filter(~Exists(there), position__gt=0, **same).exclude(pk=release.pk)


def facts_of(submission: Submission, user: User | None, now: datetime) -> CandidateFacts:
    """What the rules ask about a candidate, for the person who looks. Its order, contract and agency are read already."""
    release, number = submission.release, submission.registration_number
    secured = submission.stage == Stage.ACCEPTED and release.outcome == Outcome.SECURED
    others = release.submissions.standing().filter(stage=Stage.ACCEPTED).exclude(pk=submission.pk)
    held_back = later_route_refusal(release, number, coming_on(release, day_of(now)))
    return CandidateFacts(
        reference=submission.reference,
        candidate=str(submission),
        candidate_is=submission.get_stage_display().lower(),
        order=release.reference,
        supplier=release.contract.agency.name,
        is_in_error=submission.voided_at is not None,
        something_follows=bool(may_follow(submission)),
        order_goes_on=release.voided_at is None and release.outcome in TAKES_CANDIDATES,
        order_is_secured_with_it=secured and not others.exists(),
        answer_rests_on_it=secured or release.reason == NotSecuredReason.UNSUITABLE,
        registration_number=number,
        put_forward_by_itself=submission.link_id is not None,
        recorded_by_this_person=user is not None and submission.recorded_by_id == user.pk,
        allowed_by=_allowed_by(submission),
        is_held_back=held_back is not None,
        was_offered_elsewhere=submission.shown_again.standing().exists(),
        other_orders=other_orders(submission, user).exists(),
    )


def _allowed_by(submission: Submission) -> str:
    """Who let the person come by this route, on this candidate or on another of the same person and order."""
    if submission.allowed_by:
        return submission.allowed_by.name
    same = Submission.objects.standing().filter(release=submission.release_id, allowed_at__isnull=False)
    same = same.filter(registration_number=submission.registration_number).exclude(registration_number="")
    found = same.select_related("allowed_by").first()
    return found.allowed_by.name if found and found.allowed_by else ""
