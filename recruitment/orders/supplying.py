"""Letting a worker of another agency come through the supplier of a later step."""

from datetime import datetime

from council.actions import action
from council.errors import refuse_if, require, require_reason
from council.known import known
from council.models import Approval, User
from council.permissions import may_decide
from council.working_time import day_of
from recruitment.models import Release, SupplyLeave
from recruitment.reads.orders import facts_of
from recruitment.rules.order import refusal


@action
def allow_supply(*, by: User, at: datetime, release: Release, reason: str) -> SupplyLeave:
    """The Assistant Director, or a deputy, lets the worker come whom this order secured from an agency that would need an exemption.

    Refuses: no_reason, nothing_to_allow, own_entry.
    """
    require(may_decide(by, Approval.LATER_ROUTE, day_of(at)), "allow a worker of another agency by a later step")
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    refuse_if(refusal("supply", facts_of(release, by, at)))
    require_reason(reason, "Say why a worker of this agency may come.")
    return SupplyLeave.objects.create(
        release=release,
        agency=known(release.supplying_agency),
        answered_by=known(release.answered_by),
        reason=reason.strip(),
        given_by=by,
        given_at=at,
    )
