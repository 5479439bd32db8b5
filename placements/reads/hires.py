"""A permanent start as the rules ask about it."""

from council.models import User
from placements.models import Hire
from placements.rules.hire import HireFacts


def facts_of(hire: Hire, user: User) -> HireFacts:
    return HireFacts(hire.reference, hire.voided_at is not None, hire.recorded_by_id == user.pk)
