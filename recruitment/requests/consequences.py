"""What follows for a request from what happens elsewhere. Called within the actions of the placements room, which hold the lock."""

from datetime import datetime

from council.errors import require_reason
from council.models import User
from recruitment.models import Round, Status, Vacancy
from recruitment.reads.requests import open_round_of
from recruitment.requests.rounds import close_round, open_round
from recruitment.requests.stages import move


def agree_afterwards(vacancy: Vacancy, *, by: User, at: datetime, reason: str) -> None:
    """A need that came in with its worker is agreed afterwards, so that it may go on. The caller holds the lock."""
    vacancy.decision, vacancy.decision_reason = Status.AGREED, reason
    vacancy.decided_by, vacancy.decided_at = by, at
    vacancy.version += 1
    vacancy.save()


def need_ended(vacancy: Vacancy, *, by: User, at: datetime, reason: str) -> None:
    """Nothing more is sourced, and suppliers still asked are told so. The caller holds the lock."""
    require_reason(reason, "Say why.")
    move(vacancy, Status.ENDED, reason)
    vacancy.save()
    close_round(vacancy, Round.Closed.ENDED, by, at, reason)


def worker_started(vacancy: Vacancy, round_: Round, *, by: User, at: datetime) -> None:
    """From its worker's start a request is covered and its round is over; a later round goes on. The caller holds the lock."""
    current = open_round_of(vacancy)
    if vacancy.status == Status.SOURCING and current is not None and current.pk == round_.pk:
        move(vacancy, Status.COVERED, "A worker started")
        vacancy.save()
        close_round(vacancy, Round.Closed.STARTED, by, at, "A worker started")


def worker_did_not_start(vacancy: Vacancy, round_: Round, *, by: User, at: datetime) -> None:
    """The last round goes on from where it was, also where the start had been taken for granted."""
    if vacancy.rounds.filter(number__gt=round_.number).exists():
        return
    if vacancy.status == Status.COVERED and round_.closed_as == Round.Closed.STARTED and open_round_of(vacancy) is None:
        round_.closed_as, round_.closed_at, round_.closed_by = "", None, None
        round_.save(update_fields=["closed_as", "closed_at", "closed_by"])
        move(vacancy, Status.SOURCING, "The worker did not start")
        vacancy.save()


def post_filled(vacancy: Vacancy, *, by: User, at: datetime) -> None:
    """A permanent start fills the post. Suppliers still asked are told so."""
    move(vacancy, Status.FILLED, "A permanent member of staff starts")
    vacancy.save()
    close_round(vacancy, Round.Closed.FILLED, by, at, "The post was filled")


def post_empty_again(vacancy: Vacancy, *, by: User, at: datetime, reason: str) -> None:
    """The hire was entered in error: the post is sourced again, from the first route."""
    if vacancy.status == Status.FILLED:
        move(vacancy, Status.AGREED, reason)
        vacancy.save()
        open_round(vacancy, f"Hire entered in error: {reason}"[:200], by, at)
