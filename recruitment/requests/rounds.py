"""Opening and closing the rounds in which a request is sourced. The caller holds the request's lock."""

from datetime import datetime

from council.errors import refuse
from council.models import User
from council.working_time import day_of
from recruitment.models import Round, SourcingOrder, Vacancy
from recruitment.orders.taking_back import take_back
from recruitment.reads.requests import open_round_of


def open_round(vacancy: Vacancy, reason: str, by: User, at: datetime) -> Round:
    """The next round, under the order of sourcing in force. The caller holds the request's lock."""
    order = SourcingOrder.objects.in_force(day_of(at))
    if order is None:
        refuse(
            "no_order",
            "No order of sourcing is in force. A contract administrator sets one up in the admin site first.",
        )
    last = vacancy.rounds.order_by("-number").first()
    return Round.objects.create(
        vacancy=vacancy, number=last.number + 1 if last else 1, order=order, reason=reason, opened_by=by, opened_at=at
    )


def close_round(vacancy: Vacancy, closed_as: str, by: User, at: datetime, why: str) -> None:
    """Close the open round, taking back what suppliers have not answered."""
    round_ = open_round_of(vacancy)
    if round_ is None:
        return
    for release in round_.releases.open().select_for_update():
        take_back(release, by=by, at=at, note=why)
    round_.closed_as, round_.closed_at, round_.closed_by = closed_as, at, by
    round_.save(update_fields=["closed_as", "closed_at", "closed_by"])
