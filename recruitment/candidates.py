"""What the rules ask about candidates: which step follows which, who showed a person first, and what an answer or a booking needs."""

from datetime import date

from django.db.models import QuerySet

from council.actions import day_of
from council.errors import Refusal
from council.models import Council
from council.working_time import months_before
from recruitment.models import CLOSED, WAITS_FOR_US, NotSecuredReason, Release, Stage, Submission
from recruitment.wording import day_name, possessive

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


def of_person(registration_number: str) -> QuerySet[Submission]:
    """Every time somebody with this number was put forward, the first one first; nobody where there is no number."""
    rows = Submission.objects.standing().select_related("release__contract__agency", "first_shown", "supplying_agency")
    if not registration_number:
        return rows.none()
    return rows.filter(registration_number=registration_number).order_by("received_at", "pk")


def first_by_another_agency(submission: Submission) -> Submission | None:
    """The first time another agency put the same person forward, before this one; None where this agency was first."""
    before = of_person(submission.registration_number).filter(received_at__lt=submission.first_received_at)
    return before.exclude(release__contract__agency_id=submission.release.contract.agency_id).first()


def first_by_an_earlier_route(release: Release, registration_number: str, on: date) -> Submission | None:
    """The first time the person was put forward by an earlier agency route, within the council's months before the start.

    The start is that of the order, or `on` where that is later. None where no earlier route showed the person in that time.
    """
    on = max(on, release.starts_on)
    since = months_before(on, Council.current().lower_route_months)
    rows = of_person(registration_number).filter(release__position__gt=0, release__position__lt=release.position)
    return rows.filter(received_at__date__gte=since, received_at__date__lte=on).first()


def lower_route_refusal(release: Release, registration_number: str, on: date) -> Refusal | None:
    """Why the person does not come by this route: an earlier one showed them first, and nobody has allowed it."""
    first = first_by_an_earlier_route(release, registration_number, on)
    if first is None:
        return None
    mine = release.submissions.standing().filter(registration_number=registration_number)
    if mine.filter(allowed_at__isnull=False).exists():
        return None
    agency = first.release.contract.agency
    months = Council.current().lower_route_months
    what = "The Assistant Director may allow it, with a reason, on the candidate's page."
    if not mine.exists():
        what = f"Record the candidate on {release.reference} first; the Assistant Director may then allow it, with a reason."
    return Refusal(
        "shown_by_an_earlier_route",
        f"{agency} put this person forward on {day_name(day_of(first.received_at))} ({first.release.reference}), less than {months} months "
        f"ago. {what}",
    )


def secured_refusal(release: Release) -> Refusal | None:
    """Why "secured" is not the answer yet: candidates were put forward, and none of them has accepted."""
    found = list(release.submissions.standing())
    if not found or any(one.stage == Stage.ACCEPTED for one in found):
        return None
    return Refusal(
        "nobody_accepted",
        f"{len(found)} candidate{'s were' if len(found) > 1 else ' was'} put forward for {release.reference}, and nobody has accepted. Record "
        "who was offered the work and accepted it first.",
    )


def not_secured_refusal(release: Release, reason: str) -> Refusal | None:
    """Why "not secured" is not the answer yet: a candidate of theirs waits for us, or has accepted."""
    found = list(release.submissions.standing().order_by("received_at", "pk"))
    supplier = possessive(release.contract.agency.name)
    waiting = [one.candidate for one in found if one.stage in WAITS_FOR_US]
    if waiting:
        return Refusal(
            "candidate_waits",
            f"{supplier} candidate {', '.join(waiting)} waits for our decision. Offer the work, or record why not, before you record "
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
    return lower_route_refusal(release, registration_number, on)
