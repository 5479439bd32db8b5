"""Failures and what witnesses them."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from council.models import Approval, Message, Sending, User
from council.permissions import may_decide
from recruitment.models import (
    FAILED,
    NotSecuredReason,
    Outcome,
    Release,
    ReturnedMail,
    SupplierLink,
    WitnessKind,
)
from recruitment.orders import brief
from recruitment.rules.witness import Silence


def unconfirmed(of: QuerySet[Release] | None = None, also: int | None = None) -> QuerySet[Release]:
    """Failures that one person recorded, in rounds that go on or on a night: what waits for somebody else to confirm it."""
    rows = Release.objects.all() if of is None else of
    alone = Q(proven=False) & (Q(round__closed_at__isnull=True) | Q(pk=also)) | Q(witness_kind=WitnessKind.EMERGENCY)
    return rows.filter(alone, outcome__in=FAILED, position__gt=0, voided_at__isnull=True)


def to_confirm(user: User, also: int | None = None) -> QuerySet[Release]:
    """Those that a person may confirm: seen by that person, and recorded by somebody else; `also` one whose round is over."""
    visible = Release.objects.all() if may_decide(user, Approval.LATER_ROUTE) else Release.objects.visible_to(user)
    rows = unconfirmed(visible, also).exclude(failure_by=user.pk)
    return rows.select_related("contract__agency", "vacancy__team", "answered_by", "fell_through_by")


def not_returned(release: Release) -> QuerySet[Sending]:
    """The mails about an order that went and have not come back."""
    back = ReturnedMail.objects.filter(sending=OuterRef("pk"))
    rows = Sending.objects.filter(~Exists(back), kind__in=brief.WITH_LINK, subject=release.pk)
    return rows.select_related("message").order_by("-pk")


def sent(release: Release, kind: str, version: int = 1) -> Sending | None:
    """The last mail of a kind that a server took about an order, of which the time to speak is counted."""
    return Sending.objects.filter(kind=kind, subject=release.pk, version=version).order_by("-pk").first()


def silence_of(release: Release) -> tuple[Silence | None, Sending | None, Sending | None]:
    """What a supplier's silence is judged by, with the mail of the order and its reminder."""
    order, reminder = sent(release, brief.KIND), sent(release, brief.REMINDER)
    if order is None or release.answer_recorded_at is None or release.outcome != Outcome.NOT_SECURED:
        return None, order, reminder
    facts = Silence(
        is_living=order.is_living,
        due_at=order.due_at,
        reminded_at=reminder.accepted_at if reminder else None,
        was_heard=release.heard or release.disputed,
        is_said=release.reason != NotSecuredReason.NO_ANSWER or release.declined_on is not None,
        link_worked=order.due_at is not None
        and working_until(order.due_at, SupplierLink.Purpose.ORDER, order.accepted_at).filter(release=release).exists(),
        recorded_at=release.answer_recorded_at,
    )
    return facts, order, reminder


def working_until(due_at: Any, purpose: str, since: Any) -> QuerySet[SupplierLink]:
    """Mailed links that worked up to a moment, where nobody stopped one since another: a newer one makes no silence of the time between."""
    still = Q(revoked_at__isnull=True) | Q(revoked_at__gte=due_at)
    mailed = SupplierLink.objects.filter(unseen=True, purpose=purpose)
    stopped = mailed.filter(
        release=OuterRef("release"), stopped_here=True, revoked_at__gte=since, revoked_at__lt=due_at
    )
    return mailed.filter(still, ~Exists(stopped), expires_at__gte=due_at)


def told_without_dispute(now: datetime) -> QuerySet[Release]:
    """Unconfirmed failures of which the supplier was last told at an address that is read, long enough ago, by a link that worked."""
    told = Sending.objects.filter(kind=brief.ANSWER, subject=OuterRef("pk"), version=OuterRef("answer_no")).order_by(
        "-pk"
    )
    rows = unconfirmed().annotate(
        told_due=Subquery(told.values("due_at")[:1]),
        told_at=Subquery(told.values("accepted_at")[:1]),
        told_living=Subquery(told.values("is_living")[:1]),
    )
    mailed = SupplierLink.objects.filter(unseen=True, purpose=SupplierLink.Purpose.ANSWER, release=OuterRef("pk"))
    still = Q(revoked_at__isnull=True) | Q(revoked_at__gte=OuterRef("told_due"))
    links = mailed.filter(still, expires_at__gte=OuterRef("told_due"))
    stopped = mailed.filter(stopped_here=True, revoked_at__gte=OuterRef("told_at"), revoked_at__lt=OuterRef("told_due"))
    return rows.filter(Exists(links), ~Exists(stopped), told_living=True, told_due__lte=now, disputed=False)


def silent() -> QuerySet[Release]:
    """Unconfirmed failures that silence may witness; `silence_of` says whether it does."""
    mailed = Sending.objects.filter(kind=brief.REMINDER, subject=OuterRef("pk"))
    return unconfirmed().filter(
        Exists(mailed), reason=NotSecuredReason.NO_ANSWER, outcome=Outcome.NOT_SECURED, heard=False, disputed=False
    )


def to_remind(now: datetime) -> QuerySet[Release]:
    """Orders that wait for an answer, were mailed to an address that is read, and were not reminded of."""
    orders = Sending.objects.filter(kind=brief.KIND, subject=OuterRef("pk"), is_living=True, due_at__gt=now)
    reminders = Message.objects.filter(kind=brief.REMINDER, subject=OuterRef("pk"))
    return Release.objects.open().filter(Exists(orders), ~Exists(reminders), position__gt=0)


# What the supplier said itself counts at once, and so does what two people have agreed; these two are listed for its review.
FOR_THE_REVIEW = (WitnessKind.SECOND_PERSON, WitnessKind.TOLD)
