"""A request as an action needs it: locked, and with the round in which it is sourced now."""

from council.stale import refuse_changed
from recruitment.models import Round, Vacancy


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
