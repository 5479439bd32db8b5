"""Emergencies: a call to a supplier out of hours, and the Strategic Director's authority to pass an approved value."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from council import notices
from council.actions import action
from council.errors import refuse, refuse_if, require, require_reason
from council.known import known
from council.late import check_times
from council.models import Approval, Council, Role, RoleGrant, Team, User, calendar_of_the_council
from council.permissions import stands_in_for
from council.references import new_reference
from council.wording import by_when
from council.working_time import HOURS_A_DAY, WorkingCalendar, day_of, end_of_day
from recruitment.models import (
    AuthorityWord,
    Contract,
    EmergencyCall,
    Kind,
    Origin,
    RecruitmentState,
    Release,
    SpendingAuthority,
    Status,
    Urgency,
    Vacancy,
)
from recruitment.orders import sending
from recruitment.permissions import require_source
from recruitment.reads.requests import facts_of, lock_vacancy
from recruitment.requests.rounds import open_round
from recruitment.rules.request import refusal
from recruitment.witnesses import actions as witnessing

DAYS_A_WEEK = 5


@action
def call_out_of_hours(
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
    starts_on: date,
    why: str,
    contract: Contract,
    line: str,
    spoke_to: str,
    happened_at: datetime | None = None,
    late_reason: str = "",
) -> Release:
    """Log the call to the first supplier's out-of-hours line: the need, its round and the order, in one step.

    Nobody could agree it beforehand, so the Assistant Director confirms it on the next working day. The supplier's time to answer
    is counted by the clock.

    Refuses: can_wait, in_future, in_working_hours, late_without_reason, no_order, not_funded, not_whole; what `send` refuses.
    """
    require_source(by, day_of(at))
    called_at = happened_at or at
    check_times("of the call", called_at, at, late_reason)
    calendar = calendar_of_the_council()
    _check_call(calendar, called_at, starts_on, kind, why=why, line=line, spoke_to=spoke_to)
    weeks = -(-Council.current().emergency_days // DAYS_A_WEEK)
    vacancy = Vacancy.objects.create(
        **new_reference(Vacancy, "REQ"),
        origin=Origin.EMERGENCY,
        status=Status.SOURCING,
        status_reason="Emergency, out of hours",
        team=team,
        kind=kind,
        job_type=job_type,
        hours_per_week=hours_per_week,
        pattern=pattern,
        base=base,
        max_charge_rate=max_charge_rate,
        needed_from=starts_on,
        expected_weeks=weeks,
        urgency=Urgency.URGENT,
        urgency_asked=Urgency.URGENT,
        reason=why,
        requested_by=by,
        requested_at=called_at,
    )
    said = {"line": line.strip(), "spoke_to": spoke_to.strip(), "why": why.strip(), "late_reason": late_reason}
    EmergencyCall.objects.create(
        vacancy=vacancy,
        called_at=called_at,
        recorded_at=at,
        recorded_by=by,
        confirm_by=calendar.end_of_next_working_day(called_at),
        **said,
    )
    _open_round(vacancy, by, called_at)
    return sending.send(
        by=by,
        at=at,
        vacancy=vacancy,
        contract=contract,
        max_rate=max_charge_rate,
        starts_on=starts_on,
        weeks=weeks,
        happened_at=happened_at,
        late_reason=late_reason,
    )


def _open_round(vacancy: Vacancy, by: User, at: datetime) -> None:
    """The round of an emergency: permanent recruitment cannot help tonight."""
    round_ = open_round(vacancy, "Emergency, out of hours", by, at)
    round_.recruitment_state = RecruitmentState.NOT_SUITABLE
    round_.recruitment_note = "An emergency, out of hours."
    round_.recruitment_recorded_by, round_.recruitment_recorded_at = by, at
    round_.save()


def _check_call(calendar: WorkingCalendar, called_at: datetime, starts_on: date, kind: str, **said: str) -> None:
    """Whether it could not wait, and all that is asked of a call is said."""
    if calendar.is_open(called_at):
        refuse(
            "in_working_hours",
            "That is within working hours. Ask for staff in the usual way: an approver or a deputy decides an urgent request the same day.",
            "happened_at",
        )
    if starts_on > calendar.next_working_day(day_of(called_at)):
        refuse(
            "can_wait",
            "The worker is needed after the next working day. Ask for staff in the usual way: it can be decided before that.",
            "starts_on",
        )
    for name, value in said.items():
        if not value.strip():
            refuse("not_whole", "Say which line was called, who answered, and why it cannot wait.", name)
    if kind == Kind.ABOVE_STRUCTURE:
        refuse(
            "not_funded",
            "An emergency is for a vacant post or for cover. Ask for a post above structure in the usual way.",
            "kind",
        )


def holders(on: date) -> list[User]:
    """Who may let a booking pass an approved value on a day."""
    grants = RoleGrant.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), role=Role.STRATEGIC_DIRECTOR, starts_on__lte=on
    )
    return list(User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("name"))


@action
def record_authority(
    *, by: User, at: datetime, vacancy: Vacancy, given_by: str, words: str, happened_at: datetime | None = None
) -> SpendingAuthority:
    """The Strategic Director lets one short booking for this emergency pass the approved value of its contract.

    Who is named holds that office, is told by a message that nobody stops, and confirms it by the end of the next working day.

    Refuses: authority_waits, emergency_not_confirmed, in_future, no_name, no_words, not_an_emergency, not_being_sourced, own_approval.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    given_at = happened_at or at
    if given_by.strip().casefold() == by.name.casefold():
        refuse("own_approval", "Somebody other than the Strategic Director records the authority.", "given_by")
    refuse_if(refusal("authority", facts_of(vacancy, by, at)))
    if given_at > at:
        refuse("in_future", "The time is in the future. Enter when the authority was given.", "happened_at")
    holder = next((one for one in holders(day_of(at)) if one.name == given_by), None)
    if holder is None:
        refuse("no_name", "Choose the Strategic Director who gave the authority.", "given_by")
    if not words.strip():
        refuse("no_words", "Enter what the authority says.", "words")
    confirm_by = calendar_of_the_council().add_working_hours(end_of_day(day_of(given_at)), HOURS_A_DAY)
    notices.name_somebody(
        holder,
        title=f"Your authority for {vacancy.reference}",
        text=f"{by.name} recorded that you let one booking for {vacancy.reference} pass the approved value of its contract:\n\n{words.strip()}\n\n"
        f"Confirm it by {by_when(confirm_by)}, or say that you did not give it: {settings.SITE_ADDRESS}/",
        at=at,
    )
    return SpendingAuthority.objects.create(
        vacancy=vacancy,
        given_by=holder.name,
        given_at=given_at,
        words=words.strip(),
        recorded_at=at,
        recorded_by=by,
        holder=holder,
        confirm_by=confirm_by,
    )


def speaks_for(user: User, holder: User, on: date) -> bool:
    """Whether a person says of an authority whether it was given: its holder, or the holder's deputy for it on a day."""
    return user.pk == holder.pk or stands_in_for(user, holder, Approval.AUTHORITY, on)


@action
def say_of_authority(
    *, by: User, at: datetime, authority: SpendingAuthority, is_given: bool, note: str = ""
) -> AuthorityWord:
    """Who is said to have given an authority, or that person's deputy, confirms it, or says that it was not given.

    Refuses: no_reason, own_entry, said_already.
    """
    lock_vacancy(authority.vacancy)  # an authority is written once, so the site's role may not lock its row
    holder = known(authority.holder)
    require(speaks_for(by, holder, day_of(at)), "confirm an authority that another person is said to have given")
    if authority.recorded_by_id == by.pk:
        refuse("own_entry", f"You recorded this authority, so {holder} or another deputy confirms it.")
    if AuthorityWord.objects.filter(authority=authority).exists():
        refuse("said_already", "You have said this already. Thank you: nothing more is needed.")
    if not is_given:
        require_reason(note, "Say what is wrong with it.", "note")
    return AuthorityWord.objects.create(
        authority=authority,
        is_given=is_given,
        note=note.strip(),
        said_by=by,
        in_place_of=None if by.pk == holder.pk else holder,
        said_at=at,
    )


# -- called by the placements room, within its own actions -------------------------------------------------------------------


def decide_call(call: EmergencyCall, vacancy: Vacancy, decision: str, *, by: User, at: datetime, reason: str) -> None:
    """Write what was decided of a call, and with it of its need. The caller holds both locks and has asked the rules."""
    call.decision, call.decision_reason, call.decided_by, call.decided_at = decision, reason, by, at
    call.save()
    agreed = decision == EmergencyCall.Decision.CONFIRMED
    vacancy.decision, vacancy.decision_reason = Status.AGREED if agreed else Status.TURNED_DOWN, reason
    vacancy.decided_by, vacancy.decided_at = by, at
    vacancy.version += 1
    vacancy.save()
    if agreed:
        witnessing.emergency_confirmed(vacancy, by=by, at=at)
