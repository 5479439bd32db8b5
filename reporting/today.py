"""What needs me today: by role, oldest first, each row saying why it is here and since when."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from council.actions import day_of
from council.models import Approval, Council, User
from council.permissions import approvals_of, may
from placements.marks import mistaken_marks
from placements.models import (
    Breach,
    BreachKind,
    ExtensionProposal,
    Hire,
    Payment,
    Placement,
    QualityReview,
    ReviewAction,
)
from placements.reviews import Review, by_exemption, with_review_due
from recruitment import candidates, exemptions
from recruitment.models import (
    Contract,
    Correction,
    EmergencyCall,
    Exemption,
    ExemptionComment,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionStatus,
    Outcome,
    Release,
    Round,
    Statement,
    Status,
    Submission,
    Vacancy,
)
from recruitment.wording import by_when, day_name, money, possessive
from reporting.reports.contracts import percent_of

SHOWN, NEWEST = 8, 2  # of each kind: the oldest, and among them the newest, so that nothing new stays out of sight


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


@dataclass(frozen=True)
class Item:
    text: str
    why: str
    since: str
    url: str


@dataclass
class Section:
    """`count` is of all there are; `items` the oldest of them."""

    title: str
    count: int
    items: list[Item] = field(default_factory=list)
    all_url: str = ""


def _days(since: date, today: date) -> str:
    days = (today - since).days
    return "today" if days <= 0 else "since yesterday" if days == 1 else f"for {days} days"


def sections(user: User, now: datetime, today: date) -> list[Section]:
    """The sections that have something in them, in the order one would do them."""
    council, decides = Council.current(), approvals_of(user, today)
    found: list[Section] = []
    if Approval.STAFFING_REQUEST in decides:
        found += [_to_agree(user, today), _needs_that_go_on(user, today, council.ending_soon_weeks)]
    if Approval.EMERGENCY in decides:
        found.append(_emergencies(user, today))
    if Approval.EXEMPTION in decides and exemptions.may_decide_any(user, today):
        found.append(_exemptions_to_decide(user, today))
    if side := exemptions.side_of(user, today):
        found.append(_exemptions_to_comment(user, side, today))
    if Approval.EXTENSION in decides:
        found.append(_extensions(user, today))
    if Approval.BREACH in decides:
        found.append(_breaches(user, today))
    if Approval.LATER_ROUTE in decides:
        found.append(_later_routes(user, today))
    if may(user, "correct"):
        found += [_corrections(user, today), _mistaken_marks(user, today)]
    if may(user, "confirm_start"):
        found += [_starts(user, today), _checks(user, today)]
    if may(user, "source"):
        found += [
            _windows_ended(user, now, today),
            _candidates(user, today),
            _disputes(user, today),
            _to_book(user, today),
            _exemptions_returned(user, today),
            _exemptions_to_use(user, today),
            _to_send(user, today),
            _cover_over(user, today),
        ]
    if may(user, "review"):
        found += [_reviews_due(user, today), _review_actions(user, today)]
    if may(user, "oversee_reviews"):
        found.append(_reviews_to_read(user, today))
    if may(user, "source") or may(user, "request") or may(user, "decide_request"):
        found.append(_ending(user, today, council.ending_soon_weeks))
    if may(user, "decide_request") or may(user, "source") or may(user, "set_up"):
        found.append(_contracts(today, council))
    if may(user, "payments"):
        found.append(_to_allocate(today))
    return [section for section in found if section.count]


def _section(title: str, rows: QuerySet, make, all_url: str = "") -> Section:
    """The oldest of the rows and how many there are, in one query; where there are many, the newest with them."""
    try:
        sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # it is known without asking that there are none
        return Section(title, 0)
    counted = RawSQL(f"(select count(*) from ({sql}) counted)", parameters, output_field=IntegerField())
    rows = rows.annotate(count_of_all=counted)
    oldest, newest = rows.annotate(place=Value(0))[:SHOWN], rows.reverse().annotate(place=Value(1))[:NEWEST]
    both = list(oldest.union(newest, all=True))
    found, last = [row for row in both if row.place == 0], [row for row in both if row.place == 1]
    count = found[0].count_of_all if found else 0
    if count > SHOWN:
        found = [*found[: SHOWN - NEWEST], *reversed(last)]
    return Section(title, count, [make(row) for row in found], all_url)


def _to_agree(user: User, today: date) -> Section:
    rows = Vacancy.objects.awaiting_decision().exclude(requested_by=user)

    def item(vacancy: Vacancy) -> Item:
        on = day_of(vacancy.requested_at)
        why = f"{vacancy.get_kind_display()}, asked for by {vacancy.requested_by}"
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        return Item(text, why, _days(on, today), f"/requests/{vacancy.pk}/decide/")

    return _section(
        "Requests to agree",
        rows.select_related("team", "requested_by").order_by("requested_at", "pk"),
        item,
        "/meetings/sheet/",
    )


def _emergencies(user: User, today: date) -> Section:
    marked = Breach.objects.filter(placement__vacancy=OuterRef("vacancy"), kind=BreachKind.EMERGENCY_NOT_CONFIRMED)
    came = Placement.objects.standing().filter(vacancy=OuterRef("vacancy"))
    rows = (
        EmergencyCall.objects.waiting()
        .exclude(recorded_by=user)
        .exclude(vacancy__requested_by=user)
        .filter(~Exists(marked), ~Exists(came.filter(booked_by=user)))
        .select_related("vacancy__team")
    )

    def item(call: EmergencyCall) -> Item:
        vacancy = call.vacancy
        why = f"Ordered out of hours. To be confirmed by {by_when(call.confirm_by)}"
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        return Item(text, why, _days(day_of(call.called_at), today), f"/requests/{vacancy.pk}/confirm/")

    all_url = "/requests/?origin=emergency" if may(user, "view") else ""
    return _section("Emergencies to confirm", rows.order_by("confirm_by", "pk"), item, all_url)


def _needs_that_go_on(user: User, today: date, weeks: int) -> Section:
    """Brought forward, never agreed, and ending soon: to be agreed if the need is to go on."""
    ending = Placement.objects.live_on(today).filter(
        vacancy=OuterRef("pk"), basis="brought_forward", ends_on__lte=today + timedelta(weeks=weeks)
    )
    rows = Vacancy.objects.filter(Exists(ending), decision="", status=Status.COVERED).exclude(requested_by=user)

    def item(vacancy: Vacancy) -> Item:
        text = f"{vacancy.reference}: {vacancy.get_job_type_display()}, {vacancy.team}"
        why = "Brought forward and ending soon. Is the need agreed, so that it may go on?"
        return Item(text, why, _days(day_of(vacancy.requested_at), today), f"/requests/{vacancy.pk}/decide/")

    return _section("Needs to agree", rows.select_related("team").order_by("requested_at", "pk"), item)


def _exemption_item(exemption: Exemption, why: str, since: date, today: date, url: str) -> Item:
    text = f"{exemption.reference}: {exemption.agency}, {money(exemption.value)} excluding VAT"
    return Item(text, why, _days(since, today), url)


def _exemptions_to_decide(user: User, today: date) -> Section:
    def item(one: Exemption) -> Item:
        why = f"{one.get_reason_display()}, asked for by {one.requested_by}"
        return _exemption_item(one, why, day_of(one.put_at), today, f"/exemptions/{one.pk}/decide/")

    rows = exemptions.waiting_for_me(user, today).select_related("agency", "requested_by")
    return _section("Exemptions to decide", rows, item, "/exemptions/" if may(user, "view_money") else "")


def _exemptions_to_comment(user: User, side: str, today: date) -> Section:
    """Those that wait for the comment of the person's side, where the council wants it."""
    if side not in exemptions.sides_required():
        return Section("Exemptions to comment on", 0)
    given = ExemptionComment.objects.filter(exemption=OuterRef("pk"), revision=OuterRef("revision"), side=side)
    rows = Exemption.objects.waiting().filter(~Exists(given)).exclude(requested_by=user).exclude(put_by=user)

    def item(one: Exemption) -> Item:
        why = f"{one.get_reason_display()}, asked for by {one.requested_by}"
        return _exemption_item(one, why, day_of(one.put_at), today, f"/exemptions/{one.pk}/comment/")

    rows = rows.select_related("agency", "requested_by").order_by("put_at", "pk")
    return _section("Exemptions to comment on", rows, item, "/exemptions/all/?stage=requested")


def _exemptions_returned(user: User, today: date) -> Section:
    returned = ExemptionDecision.objects.filter(exemption=OuterRef("pk"), decision="returned").order_by("-revision")
    rows = Exemption.objects.visible_to(user).filter(status=ExemptionStatus.RETURNED)
    rows = rows.annotate(returned_on=returned.values("decided_on")[:1]).select_related("agency")

    def item(one: Exemption) -> Item:
        why = f"Returned for more: {one.status_reason}"
        return _exemption_item(one, why, one.returned_on, today, f"/exemptions/{one.pk}/complete/")

    return _section(
        "Exemptions to complete", rows.order_by("returned_on", "pk"), item, "/exemptions/all/?stage=returned"
    )


def _needs_to_use(today: date) -> QuerySet[ExemptionNeed]:
    """What approved exemptions are for and nobody has been asked for yet."""
    asked = Release.objects.standing().filter(exemption=OuterRef("exemption"), vacancy=OuterRef("vacancy"))
    return ExemptionNeed.objects.filter(
        ~Exists(asked),
        round__closed_at__isnull=True,
        exemption__status=ExemptionStatus.APPROVED,
        exemption__ends_on__gte=today,
    )


def _exemptions_to_use(user: User, today: date) -> Section:
    """Approved requests under them for which nobody has been asked yet."""
    approval = ExemptionDecision.objects.filter(approves=OuterRef("exemption"))
    needs = _needs_to_use(today).filter(vacancy__in=Vacancy.objects.visible_to(user).being_sourced())
    needs = needs.annotate(approved_on=approval.values("decided_on")[:1])

    def item(need: ExemptionNeed) -> Item:
        one = need.exemption
        text = f"{need.vacancy.reference}: {need.vacancy.team}"
        why = f"{one.reference} is approved. Send the request to {one.agency}"
        return Item(text, why, _days(need.approved_on, today), f"/requests/{need.vacancy_id}/")

    needs = needs.select_related("exemption__agency", "vacancy__team").order_by("approved_on", "pk")
    return _section("Exemptions to use", needs, item, "/exemptions/all/?stage=approved")


def _reviews_due(user: User, today: date) -> Section:
    mine = by_exemption().filter(pk__in=Placement.objects.visible_to(user).values("pk"))
    due = with_review_due(mine.select_related("worker", "vacancy__team"), today)

    def item(placement: Placement) -> Item:
        text = f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"
        overdue = Review(placement, placement.review_due_on).is_overdue(today)
        why = "The quality review is overdue" if overdue else "The quality review is due today"
        return Item(text, why, _days(placement.review_due_on, today), f"/placements/{placement.pk}/review/")

    return _section("Quality reviews due", due, item, "/reviews/")


def _review_actions(user: User, today: date) -> Section:
    visible = QualityReview.objects.visible_to(user)
    rows = ReviewAction.objects.open().filter(due_on__lt=today, review__in=visible)

    def item(one: ReviewAction) -> Item:
        why = f"{one.owner} was to do this by {day_name(one.due_on)}"
        return Item(
            f"{one.review.placement.reference}: {one.what}", why, _days(one.due_on, today), f"/reviews/{one.review_id}/"
        )

    rows = rows.select_related("review__placement").order_by("due_on", "pk")
    return _section("Review actions overdue", rows, item, "/reviews/?state=overdue")


def _reviews_to_read(user: User, today: date) -> Section:
    rows = QualityReview.objects.visible_to(user).filter(read_at__isnull=True).exclude(recorded_by=user)

    def item(one: QualityReview) -> Item:
        text = f"{one.placement.reference}: {one.placement.worker}, {one.placement.vacancy.team}"
        why = f"Review of {day_name(one.held_on)}, rating {one.rating} of 4"
        return Item(text, why, _days(day_of(one.recorded_at), today), f"/reviews/{one.pk}/oversee/")

    rows = rows.select_related("placement__worker", "placement__vacancy__team").order_by("recorded_at", "pk")
    return _section("Quality reviews to read", rows, item, "/reviews/?state=unread")


def _extensions(user: User, today: date) -> Section:
    standing = Placement.objects.standing().not_followed().filter(ended_early_at__isnull=True, end_reason="")
    rows = ExtensionProposal.objects.waiting().exclude(proposed_by=user).filter(placement__in=standing)

    def item(proposal: ExtensionProposal) -> Item:
        placement = proposal.placement
        text = f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"
        why = f"Until {day_name(proposal.ends_on)}, asked for by {proposal.proposed_by}"
        return Item(text, why, _days(day_of(proposal.proposed_at), today), proposal.get_absolute_url())

    rows = rows.select_related("placement__worker", "placement__vacancy__team", "proposed_by")
    return _section("Long extensions to decide", rows.order_by("proposed_at", "pk"), item)


def _breaches(user: User, today: date) -> Section:
    rows = Breach.objects.not_authorised().exclude(recorded_by=user).exclude(placement__booked_by=user)

    def item(breach: Breach) -> Item:
        text = f"{breach.reference}: {breach.placement.worker}, {breach.placement.vacancy.team}"
        why = f"{breach.get_kind_display()}. Is it approved after the start?"
        return Item(text, why, _days(day_of(breach.recorded_at), today), f"/breaches/{breach.pk}/approve/")

    rows = rows.select_related("placement__worker", "placement__vacancy__team").order_by("recorded_at", "pk")
    return _section("Breaches to decide", rows, item, "/breaches/?state=open")


def _mistaken_marks(user: User, today: date) -> Section:
    found = mistaken_marks(Breach.objects.visible_to(user))
    items = [
        Item(
            f"{breach.reference}: {breach.placement.worker}, {breach.placement.vacancy.team}",
            "By what is recorded now, the proof is not missing. Propose that the mark is taken back?",
            _days(day_of(breach.recorded_at), today),
            breach.get_absolute_url(),
        )
        for breach in found[:SHOWN]
    ]
    return Section("Marks of a breach that look wrong", len(found), items)


def _corrections(user: User, today: date) -> Section:
    visible = Vacancy.objects.visible_to(user)
    rows = Correction.objects.waiting().exclude(proposed_by=user).filter(vacancy__in=visible)

    def item(correction: Correction) -> Item:
        why = f"Proposed by {correction.proposed_by}: {correction.reason}"
        text = f"{correction.subject_name}, {correction.vacancy.reference}"
        return Item(text, why, _days(day_of(correction.proposed_at), today), correction.get_absolute_url())

    rows = rows.select_related("vacancy", "proposed_by").order_by("proposed_at", "pk")
    return _section("Corrections to confirm", rows, item)


def _in_post(user: User, today: date):
    rows = Placement.objects.visible_to(user).live_on(today).not_followed()
    return rows.select_related("worker", "vacancy__team").order_by("starts_on", "pk")


def _starts(user: User, today: date) -> Section:
    def item(placement: Placement) -> Item:
        text = f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"
        return Item(
            text, "Did the worker start?", _days(placement.starts_on, today), f"/placements/{placement.pk}/start/"
        )

    rows = _in_post(user, today).filter(started_confirmed_at__isnull=True, basis="release")
    return _section("Starts to confirm", rows, item)


def _checks(user: User, today: date) -> Section:
    missing = Q()
    for name in Placement.CHECKS:
        missing |= Q(**{f"{name}__isnull": True})

    def item(placement: Placement) -> Item:
        text = f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"
        why = f"In post, and still to come: {', '.join(placement.checks_missing)}"
        return Item(text, why, _days(placement.starts_on, today), f"/placements/{placement.pk}/checks/")

    rows = _in_post(user, today).filter(missing, started_confirmed_at__isnull=False)
    return _section("Checks still to come", rows, item)


def _windows_ended(user: User, now: datetime, today: date) -> Section:
    rows = Release.objects.visible_to(user).answer_due(now)

    def item(release: Release) -> Item:
        name = release.contract.agency.name
        why = f"{name} said by its link that it cannot supply" if release.said_at else ""
        why = why or f"{possessive(name)} time to answer has ended"
        since = release.said_at or release.respond_by
        text = f"{release.vacancy.reference}: {release.vacancy.team}"
        return Item(text, why, _days(day_of(since), today), f"/releases/{release.pk}/answer/")

    rows = rows.select_related("contract__agency", "vacancy__team").order_by("respond_by", "pk")
    return _section("Answers to record", rows, item, "/releases/?answer=due")


def _candidates(user: User, today: date) -> Section:
    rows = Submission.objects.visible_to(user).waiting_for_us()

    def item(submission: Submission) -> Item:
        release = submission.release
        text = f"{submission.reference}: {release.vacancy.get_job_type_display()}, {release.vacancy.team}"
        why = f"{release.contract.agency} put {submission.candidate} forward: {submission.get_stage_display().lower()}"
        return Item(text, why, _days(day_of(submission.received_at), today), submission.get_absolute_url())

    rows = rows.select_related("release__contract__agency", "release__vacancy__team").order_by("received_at", "pk")
    return _section("Candidates who wait for us", rows, item, "/candidates/?stage=waiting")


def _disputes(user: User, today: date) -> Section:
    rows = Statement.objects.disputes().filter(replied_at__isnull=True, release__in=Release.objects.visible_to(user))

    def item(statement: Statement) -> Item:
        release = statement.release
        why = f"{release.contract.agency} says that the answer we recorded is wrong"
        text = f"{release.reference}: {release.vacancy.team}"
        return Item(text, why, _days(day_of(statement.received_at), today), release.get_absolute_url())

    rows = rows.select_related("release__contract__agency", "release__vacancy__team").order_by("received_at", "pk")
    return _section("Disputes to reply to", rows, item, "/releases/?answer=disputed")


def _later_routes(user: User, today: date) -> Section:
    """Candidates in play by a later route whom an earlier one showed first, not allowed yet."""

    def item(submission: Submission) -> Item:
        text = f"{submission.reference}: {submission.release.vacancy.team}"
        why = f"{submission.release.contract.agency} put {submission.candidate} forward; an earlier route did so first"
        return Item(text, why, _days(day_of(submission.received_at), today), f"/candidates/{submission.pk}/allow/")

    found = [one for one in candidates.held_back(today) if one.recorded_by_id != user.pk]
    return Section("Candidates by a later route", len(found), [item(one) for one in found[:SHOWN]])


def _to_book(user: User, today: date) -> Section:
    placed = Placement.objects.standing().filter(release=OuterRef("pk"))
    hired = Hire.objects.standing().filter(release=OuterRef("pk"))
    rows = Release.objects.visible_to(user).standing().filter(~Exists(placed), ~Exists(hired), outcome=Outcome.SECURED)
    rows = rows.filter(round__closed_at__isnull=True)

    def item(release: Release) -> Item:
        step = "book" if release.position else "permanent-start"
        url = f"/releases/{release.pk}/book/" if step == "book" else f"/requests/{release.vacancy_id}/permanent-start/"
        text = f"{release.vacancy.reference}: {release.vacancy.team}"
        why = f"{release.contract.agency} has secured somebody, and nobody is booked"
        return Item(text, why, _days(day_of(release.answered_at), today), url)

    rows = rows.select_related("contract__agency", "vacancy__team").order_by("answered_at", "pk")
    return _section("Workers to book", rows, item, "/releases/?answer=secured")


def _to_send(user: User, today: date) -> Section:
    busy = Release.objects.standing().filter(
        Q(position__gt=0) | Q(outcome=Outcome.SECURED),
        round=OuterRef("pk"),
        outcome__in=[Outcome.OPEN, Outcome.SECURED],
    )
    by_exemption_now = _needs_to_use(today).filter(round=OuterRef("pk"))  # in a section of its own
    rounds = Round.objects.filter(
        ~Exists(busy),
        ~Exists(by_exemption_now),
        closed_at__isnull=True,
        vacancy__status__in=[Status.AGREED, Status.SOURCING],
    )
    rounds = (
        rounds.filter(vacancy__in=Vacancy.objects.visible_to(user))
        .select_related("vacancy__team")
        .order_by("opened_at", "pk")
    )

    def item(round_: Round) -> Item:
        vacancy = round_.vacancy
        why = "No supplier is being asked" if round_.recruitment_state else "Direct recruitment is not recorded yet"
        return Item(
            f"{vacancy.reference}: {vacancy.team}",
            why,
            _days(day_of(round_.opened_at), today),
            f"/requests/{vacancy.pk}/",
        )

    return _section("Requests to send", rounds, item, "/requests/?stage=open")


def _cover_over(user: User, today: date) -> Section:
    lasting = Placement.objects.standing().filter(vacancy=OuterRef("pk"), ends_on__gte=today)
    last = Placement.objects.standing().filter(vacancy=OuterRef("pk")).order_by("-ends_on").values("ends_on")[:1]
    rows = Vacancy.objects.visible_to(user).filter(~Exists(lasting), status=Status.COVERED).annotate(ended_on=last)

    def item(vacancy: Vacancy) -> Item:
        since = _days(vacancy.ended_on, today) if vacancy.ended_on else ""
        return Item(
            f"{vacancy.reference}: {vacancy.team}",
            "The placement has ended. Does the need go on?",
            since,
            f"/requests/{vacancy.pk}/",
        )

    return _section(
        "Placements that ended",
        rows.select_related("team").order_by("ended_on", "pk"),
        item,
        "/requests/?stage=covered",
    )


def _ending(user: User, today: date, weeks: int) -> Section:
    until = today + timedelta(weeks=weeks)
    rows = Placement.objects.visible_to(user).live_on(today).not_followed()
    asked = ExtensionProposal.objects.waiting().filter(
        placement=OuterRef("pk")
    )  # in a section of its own, or waits for another
    rows = rows.filter(~Exists(asked), ends_on__lte=until, ended_early_at__isnull=True, end_reason="")

    def item(placement: Placement) -> Item:
        why = f"In post until {day_name(placement.ends_on)}: extend, or plan the end"
        days = (placement.ends_on - today).days
        text = f"{placement.reference}: {placement.worker}, {placement.vacancy.team}"
        left = "ends today" if days == 0 else f"{days} day{'s' if days != 1 else ''} left"
        return Item(text, why, left, placement.get_absolute_url())

    rows = rows.select_related("worker", "vacancy__team").order_by("ends_on", "pk")
    span = f"{weeks} week{'s' if weeks != 1 else ''}"
    return _section(f"Placements ending within {span}", rows, item, "/placements/?stage=ending")


def _contracts(today: date, council: Council) -> Section:
    """By the account as it is kept: what counts today is all there is."""
    running = Contract.objects.running_on(today).select_related("agency", "account").order_by("account__ends_on", "pk")
    items = []
    for contract in running:
        account, whys = contract.account, []
        percent = percent_of(account.exposure, account.approved_value)
        if percent is not None and percent >= council.value_warning_percent:
            level = "nearly all" if percent >= council.value_alert_percent else "much"
            whys.append(f"{percent}% of its value is spoken for: {level} of it")
        if account.ends_on <= today + timedelta(weeks=council.ending_soon_weeks):
            whys.append(f"it ends on {day_name(account.ends_on)}")
        if whys:
            days = (account.ends_on - today).days
            text, since = f"{contract.reference}: {contract.agency}", f"{days} day{'s' if days != 1 else ''} left"
            items.append(Item(text, _sentence(whys), since, contract.get_absolute_url()))
    return Section("Contracts near their value or end", len(items), items[:SHOWN], "/contracts/")


def _to_allocate(today: date) -> Section:
    rows = Payment.objects.waiting().select_related("agency").order_by("paid_on", "pk")

    def item(payment: Payment) -> Item:
        text = f"{payment.agency}, £{payment.amount:,.2f}"
        return Item(
            text,
            "Which contract does it belong to?",
            _days(payment.paid_on, today),
            f"/payments/{payment.pk}/allocate/",
        )

    return _section("Payments to allocate", rows, item, "/payments/?state=waiting")
