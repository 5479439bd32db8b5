"""Exemptions that wait for somebody, and what may be done under them."""

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from council.addresses import address
from council.models import User
from council.permissions import may
from council.wording import money
from recruitment.models import (
    Exemption,
    ExemptionComment,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionStatus,
    Release,
    Vacancy,
)
from recruitment.reads import deciders
from reporting.today.asking import Item, Question, Section, days


def _item(exemption: Exemption, why: str, since: str, step: str) -> Item:
    text = f"{exemption.reference}: {exemption.agency}, {money(exemption.value)} excluding VAT"
    return Item(text, why, since, address(step, exemption.pk))


def to_decide(user: User, today: date) -> Question:
    def line(one: Exemption, since: date, note: str) -> Item:
        why = f"{one.get_reason_display()}, asked for by {one.requested_by}"
        return _item(one, why, days(since, today), "recruitment:exemption-decide")

    return Question(
        "Exemptions to decide",
        deciders.waiting_for_me(user, today),
        "put_at",
        TruncDate("put_at"),
        line,
        address("reporting:exemptions-dashboard") if may(user, "view_money") else "",
    )


def to_comment(user: User, side: str, today: date) -> Question | Section:
    """Those that wait for the comment of the person's side, where the council wants it."""
    title = "Exemptions to comment on"
    if side not in deciders.sides_required():
        return Section(title, 0)
    given = ExemptionComment.objects.filter(exemption=OuterRef("pk"), revision=OuterRef("revision"), side=side)
    rows = Exemption.objects.waiting().filter(~Exists(given)).exclude(requested_by=user).exclude(put_by=user)

    def line(one: Exemption, since: date, note: str) -> Item:
        why = f"{one.get_reason_display()}, asked for by {one.requested_by}"
        return _item(one, why, days(since, today), "recruitment:exemption-comment")

    return Question(
        title, rows, "put_at", TruncDate("put_at"), line, address("reporting:exemptions", stage="requested")
    )


def to_complete(user: User, today: date) -> Question:
    returned = ExemptionDecision.objects.filter(exemption=OuterRef("pk"), decision="returned").order_by("-revision")
    rows = Exemption.objects.visible_to(user).filter(status=ExemptionStatus.RETURNED)
    rows = rows.annotate(returned_on=returned.values("decided_on")[:1])

    def line(one: Exemption, since: date, note: str) -> Item:
        return _item(
            one, f"Returned for more: {one.status_reason}", days(since, today), "recruitment:exemption-complete"
        )

    where = address("reporting:exemptions", stage="returned")
    return Question("Exemptions to complete", rows, "returned_on", F("returned_on"), line, where)


def needs_to_use(today: date) -> QuerySet[ExemptionNeed]:
    """What approved exemptions are for and nobody has been asked for yet."""
    asked = Release.objects.standing().filter(exemption=OuterRef("exemption"), vacancy=OuterRef("vacancy"))
    return ExemptionNeed.objects.filter(
        ~Exists(asked),
        round__closed_at__isnull=True,
        exemption__status=ExemptionStatus.APPROVED,
        exemption__ends_on__gte=today,
    )


def to_use(user: User, today: date) -> Question:
    """Approved requests under them for which nobody has been asked yet."""
    approval = ExemptionDecision.objects.filter(approves=OuterRef("exemption"))
    needs = needs_to_use(today).filter(vacancy__in=Vacancy.objects.visible_to(user).being_sourced())
    needs = needs.annotate(approved_on=approval.values("decided_on")[:1])

    def line(need: ExemptionNeed, since: date, note: str) -> Item:
        one = need.exemption
        text = f"{need.vacancy.reference}: {need.vacancy.team}"
        why = f"{one.reference} is approved. Send the request to {one.agency}"
        return Item(text, why, days(since, today), address("reporting:request", need.vacancy_id))

    where = address("reporting:exemptions", stage="approved")
    return Question("Exemptions to use", needs, "approved_on", F("approved_on"), line, where)
