"""A request as an action needs it: locked, and with the round in which it is sourced now."""

from django.db.models import Q

from council.stale import refuse_changed
from recruitment.models import Outcome, Round, Vacancy


def lock_vacancy(vacancy: Vacancy, version: int | None = None) -> Vacancy:
    """The row as it is now, locked. With `version`, refuses what was decided on an older sight of it."""
    fresh = Vacancy.objects.select_for_update(of=("self",)).select_related("team").get(pk=vacancy.pk)
    if version is not None and fresh.version != version:
        refuse_changed(fresh, version)
    return fresh


def open_round_of(vacancy: Vacancy) -> Round | None:
    """With its order and the order's steps."""
    return (
        vacancy.rounds.filter(closed_at__isnull=True).select_related("order").prefetch_related("order__steps").first()
    )


def asked_together(vacancy: Vacancy) -> list[Vacancy]:
    """The requests that were asked for in one go with this one, itself left out."""
    first = vacancy.asked_with_id or vacancy.pk
    found = Vacancy.objects.filter(Q(pk=first) | Q(asked_with=first)).exclude(pk=vacancy.pk)
    return list(found.select_related("team").order_by("pk"))


def somebody_is_secured(vacancy: Vacancy, besides: int | None = None) -> bool:
    """Whether an agency's answer in an open round waits to be booked, or is booked and has not started.

    `besides` is the key of a release that does not count.
    """
    secured = vacancy.releases.standing().filter(round__closed_at__isnull=True, position__gt=0, outcome=Outcome.SECURED)
    return secured.exclude(pk=besides).exists()
