"""Requests, orders and candidates that wait for somebody."""

from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, TruncDate

from council.addresses import address
from council.known import known
from council.models import Approval, Deputy, User
from council.permissions import may
from council.wording import by_when, possessive
from placements.models import Breach, BreachKind, Hire, Placement
from recruitment.models import (
    EmergencyCall,
    Outcome,
    Release,
    Round,
    SpendingAuthority,
    StartQuestion,
    Statement,
    Status,
    Submission,
    Vacancy,
)
from recruitment.reads import candidates, witnesses
from recruitment.reads.supply import waiting_for_leave
from reporting.today.asking import Item, Question, days
from reporting.today.exempting import needs_to_use


def to_agree(user: User, today: date) -> Question:
    def line(vacancy: Vacancy, since: date, note: str) -> Item:
        why = f"{vacancy.get_kind_display()}, asked for by {vacancy.requested_by}"
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        return Item(text, why, days(since, today), address("reporting:request-decide", vacancy.pk))

    return Question(
        "Requests to agree",
        Vacancy.objects.awaiting_decision().exclude(requested_by=user),
        "requested_at",
        TruncDate("requested_at"),
        line,
        address("reporting:meeting-sheet"),
    )


def emergencies(user: User, today: date) -> Question:
    marked = Breach.objects.filter(placement__vacancy=OuterRef("vacancy"), kind=BreachKind.EMERGENCY_NOT_CONFIRMED)
    came = Placement.objects.standing().filter(vacancy=OuterRef("vacancy"))
    rows = EmergencyCall.objects.waiting().exclude(recorded_by=user).exclude(vacancy__requested_by=user)

    def line(call: EmergencyCall, since: date, note: str) -> Item:
        vacancy = call.vacancy
        why = f"Ordered out of hours. To be confirmed by {by_when(call.confirm_by)}"
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        return Item(text, why, days(since, today), address("placements:emergency-confirm", vacancy.pk))

    return Question(
        "Emergencies to confirm",
        rows.filter(~Exists(marked), ~Exists(came.filter(booked_by=user))),
        "confirm_by",
        TruncDate("called_at"),
        line,
        address("reporting:requests", origin="emergency") if may(user, "view") else "",
    )


def authorities(user: User, today: date) -> Question:
    """What was recorded in the name of this person, or of somebody whose deputy the person is, and nobody has said whether it is so."""

    def line(authority: SpendingAuthority, since: date, note: str) -> Item:
        vacancy = authority.vacancy
        why = f"{authority.recorded_by} recorded your authority. To be confirmed by {by_when(known(authority.confirm_by))}"
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        return Item(text, why, days(since, today), address("recruitment:authority-confirm", authority.pk))

    deputy = Deputy.objects.filter(
        user=user, approval=Approval.AUTHORITY, for_user=OuterRef("holder"), starts_on__lte=today, ends_on__gte=today
    )
    rows = SpendingAuthority.objects.waiting().exclude(recorded_by=user).filter(Q(holder=user) | Exists(deputy))
    return Question("Authorities in your name", rows, "given_at", TruncDate("given_at"), line)


def needs_that_go_on(user: User, today: date, weeks: int) -> Question:
    """Brought forward, never agreed, and ending soon: to be agreed if the need is to go on."""
    ending = Placement.objects.live_on(today).filter(
        vacancy=OuterRef("pk"), basis="brought_forward", ends_on__lte=today + timedelta(weeks=weeks)
    )

    def line(vacancy: Vacancy, since: date, note: str) -> Item:
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        why = "Brought forward and ending soon. Is the need agreed, so that it may go on?"
        return Item(text, why, days(since, today), address("reporting:request-decide", vacancy.pk))

    rows = Vacancy.objects.filter(Exists(ending), decision="", status=Status.COVERED).exclude(requested_by=user)
    return Question("Needs to agree", rows, "requested_at", TruncDate("requested_at"), line)


def windows_ended(user: User, now: datetime, today: date) -> Question:
    def line(release: Release, since: date, said: str) -> Item:
        name = release.contract.agency.name
        why = (
            f"{name} said by its link that it cannot supply" if said else f"{possessive(name)} time to answer has ended"
        )
        text = f"{release.vacancy.reference}: {release.vacancy.team}"
        return Item(text, why, days(since, today), address("recruitment:release-answer", release.pk))

    return Question(
        "Answers to record",
        Release.objects.visible_to(user).answer_due(now),
        "respond_by",
        TruncDate(Coalesce("said_at", "respond_by")),
        line,
        address("reporting:releases", answer="due"),
        note=Case(When(said_at__isnull=False, then=Value("said")), default=Value("")),
    )


def to_confirm(user: User, today: date) -> Question:
    """Failures that somebody else recorded: nobody is booked on what rests on them before a second person has looked."""

    def line(release: Release, since: date, note: str) -> Item:
        why = f"{possessive(release.contract.agency.name)} answer was recorded by one person"
        if note:
            why = "What confirmed it does so no more: the supplier was heard, or a mail came back"
        text = f"{release.reference}: {release.vacancy.team}"
        return Item(text, why, days(since, today), f"{address('recruitment:answers-confirm')}?order={release.pk}")

    recorded = TruncDate(Coalesce("fell_through_recorded_at", "answer_recorded_at"))
    rows = witnesses.to_confirm(user).order_by()
    if not (may(user, "source") or may(user, "request")):  # the Assistant Director or a deputy is asked last
        rows = rows.annotate(recorded_on=recorded).filter(recorded_on__lt=today)
    return Question(
        "Answers to confirm",
        rows,
        "answered_at",
        recorded,
        line,
        address("recruitment:answers-confirm"),
        note=Case(When(witness__isnull=False, then=Value("lost")), default=Value("")),
    )


def waiting_candidates(user: User, today: date) -> Question:
    def line(submission: Submission, since: date, note: str) -> Item:
        release = submission.release
        text = f"{submission.reference}: {release.vacancy.get_job_type_display()}, {release.vacancy.team}"
        why = f"{release.contract.agency} put {submission.candidate} forward: {submission.get_stage_display().lower()}"
        return Item(text, why, days(since, today), submission.get_absolute_url())

    return Question(
        "Candidates who wait for us",
        Submission.objects.visible_to(user).waiting_for_us(),
        "received_at",
        TruncDate("received_at"),
        line,
        address("reporting:candidates", stage="waiting"),
    )


def disputes(user: User, today: date) -> Question:
    def line(statement: Statement, since: date, note: str) -> Item:
        release = statement.release
        why = f"{release.contract.agency} says that the answer we recorded is wrong"
        text = f"{release.reference}: {release.vacancy.team}"
        return Item(text, why, days(since, today), release.get_absolute_url())

    rows = Statement.objects.disputes().filter(replied_at__isnull=True, release__in=Release.objects.visible_to(user))
    received = TruncDate("received_at")
    return Question(
        "Disputes to reply to", rows, "received_at", received, line, address("reporting:releases", answer="disputed")
    )


def later_routes(user: User, today: date) -> Question:
    """Candidates in play by a later route whom an earlier one showed first, not allowed yet."""

    def line(submission: Submission, since: date, note: str) -> Item:
        text = f"{submission.reference}: {submission.release.vacancy.team}"
        why = f"{submission.release.contract.agency} put {submission.candidate} forward; an earlier route did so first"
        return Item(text, why, days(since, today), address("recruitment:candidate-allow", submission.pk))

    rows = candidates.held_back(today).exclude(recorded_by=user)
    return Question("Candidates by a later route", rows, "received_at", TruncDate("received_at"), line)


def supplies_to_allow(user: User, today: date) -> Question:
    """Workers of agencies that would need an exemption, secured through the supplier of a later step."""

    def line(release: Release, since: date, note: str) -> Item:
        text = f"{release.vacancy.reference}: {release.vacancy.team}"
        why = f"{release.contract.agency} has a worker of {release.supplying_agency}, which would need an exemption"
        return Item(text, why, days(since, today), address("recruitment:supply-allow", release.pk))

    rows = waiting_for_leave().exclude(answered_by=user)
    return Question("Workers of other agencies", rows, "answered_at", TruncDate("answered_at"), line)


def to_book(user: User, today: date) -> Question:
    placed = Placement.objects.standing().filter(release=OuterRef("pk"))
    hired = Hire.objects.standing().filter(release=OuterRef("pk"))
    gone = Statement.objects.filter(release=OuterRef("pk"), kind=Statement.Kind.WILL_NOT_COME)
    first = StartQuestion.objects.filter(release=OuterRef("pk"), first__statements__kind=Statement.Kind.CAN_SUPPLY)
    rows = Release.objects.visible_to(user).standing().filter(outcome=Outcome.SECURED, round__closed_at__isnull=True)
    rows = rows.exclude(pk__in=waiting_for_leave().values("pk"))

    def line(release: Release, since: date, note: str) -> Item:
        step = "book" if release.position else "permanent-start"
        url = (
            address("placements:book", release.pk)
            if step == "book"
            else address("placements:hire-new", release.vacancy_id)
        )
        text = f"{release.vacancy.reference}: {release.vacancy.team}"
        why = f"{release.contract.agency} has secured somebody, and nobody is booked"
        if note:
            url = address("recruitment:will-not-come", release.pk)
            why = f"{release.contract.agency} says by its link that the worker will not come"
        if note == "first":
            url, why = release.get_absolute_url(), "The first supplier can supply for the later start, and goes first"
        return Item(text, why, days(since, today), url)

    return Question(
        "Workers to book",
        rows.filter(~Exists(placed), ~Exists(hired)),
        "answered_at",
        TruncDate("answered_at"),
        line,
        address("reporting:releases", answer="secured"),
        note=Case(When(Exists(first), then=Value("first")), When(Exists(gone), then=Value("gone")), default=Value("")),
    )


def to_send(user: User, today: date) -> Question:
    busy = Release.objects.standing().filter(
        Q(position__gt=0) | Q(outcome=Outcome.SECURED),
        round=OuterRef("pk"),
        outcome__in=[Outcome.OPEN, Outcome.SECURED],
    )
    by_exemption_now = needs_to_use(today).filter(round=OuterRef("pk"))  # in a section of its own
    rows = Round.objects.filter(
        ~Exists(busy),
        ~Exists(by_exemption_now),
        closed_at__isnull=True,
        vacancy__in=Vacancy.objects.visible_to(user).being_sourced(),
    )

    def line(round_: Round, since: date, note: str) -> Item:
        vacancy = round_.vacancy
        why = "No supplier is being asked" if round_.recruitment_state else "Direct recruitment is not recorded yet"
        return Item(
            f"{vacancy.reference}: {vacancy.team}", why, days(since, today), address("reporting:request", vacancy.pk)
        )

    opened = TruncDate("opened_at")
    return Question("Requests to send", rows, "opened_at", opened, line, address("reporting:requests", stage="open"))


def cover_over(user: User, today: date) -> Question:
    lasting = Placement.objects.standing().filter(vacancy=OuterRef("pk"), ends_on__gte=today)
    last = Placement.objects.standing().filter(vacancy=OuterRef("pk")).order_by("-ends_on").values("ends_on")[:1]
    rows = Vacancy.objects.visible_to(user).filter(~Exists(lasting), status=Status.COVERED).annotate(ended_on=last)

    def line(vacancy: Vacancy, since: date | None, note: str) -> Item:
        text, why = f"{vacancy.reference}: {vacancy.team}", "The placement has ended. Does the need go on?"
        return Item(text, why, days(since, today) if since else "", address("reporting:request", vacancy.pk))

    return Question(
        "Placements that ended", rows, "ended_on", F("ended_on"), line, address("reporting:requests", stage="covered")
    )
