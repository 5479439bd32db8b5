"""A request as the rules of a permanent start ask about it."""

from placements.rules.post import PostFacts
from recruitment.models import Kind, Status, Vacancy
from recruitment.reads.requests import somebody_is_secured


def post_facts(vacancy: Vacancy) -> PostFacts:
    return PostFacts(
        request=vacancy.reference,
        request_is=vacancy.get_status_display().lower(),
        is_vacant_post=vacancy.kind == Kind.VACANT_POST,
        need_goes_on=vacancy.status in {Status.AGREED, Status.SOURCING, Status.COVERED},
        is_agreed=vacancy.decision == Status.AGREED,
        somebody_is_secured=somebody_is_secured(vacancy),
    )
