"""The end of a need, which only this room can judge: somebody may still be in post."""

from datetime import datetime

from council.actions import action
from council.errors import refuse_if
from council.models import User
from council.working_time import day_of
from placements.reads.needs import need_of
from placements.rules.need import refusal
from recruitment.models import Vacancy
from recruitment.permissions import require_source
from recruitment.reads.requests import lock_vacancy
from recruitment.requests import consequences


@action
def end_need(*, by: User, at: datetime, vacancy: Vacancy, reason: str) -> Vacancy:
    """Nobody is needed any more. Refused while a worker is in post: that placement ends first.

    Refuses: already_secured, not_from_here, still_in_post.
    """
    require_source(by, day_of(at))
    vacancy = lock_vacancy(vacancy)
    refuse_if(refusal("end", need_of(vacancy, by, at)))
    consequences.need_ended(vacancy, by=by, at=at, reason=reason)
    return vacancy
