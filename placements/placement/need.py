"""The end of a need, which only this room can judge: somebody may still be in post."""

from datetime import datetime

from django.db.models import Max

from council.actions import action
from council.errors import refuse
from council.models import User
from council.wording import day_name
from council.working_time import day_of
from placements.models import Placement
from recruitment.models import Vacancy
from recruitment.permissions import require_source
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import actions as vacancies


@action
def end_need(*, by: User, at: datetime, vacancy: Vacancy, reason: str) -> Vacancy:
    """Nobody is needed any more. Refused while a worker is in post: that placement ends first."""
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    until = Placement.objects.standing().filter(vacancy=vacancy).aggregate(last=Max("ends_on"))["last"]
    if until and until >= day_of(at):
        refuse(
            "still_in_post",
            f"A worker is booked until {day_name(until)}. End that placement early first, or wait until it has ended.",
        )
    vacancies.need_ended(vacancy, by=by, at=at, reason=reason)
    return vacancy
