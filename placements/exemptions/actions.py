"""The early end of an exemption, which only this room can judge: somebody may be booked beyond it."""

from datetime import date, datetime

from council.actions import action
from council.errors import refuse_if, require, require_reason
from council.known import known
from council.models import User
from council.permissions import may
from council.working_time import day_of
from placements.reads.exemptions import needed_until
from recruitment.contracts.actions import end_by_exemption
from recruitment.exemptions import stages
from recruitment.models import Exemption, ExemptionStatus
from recruitment.reads.exemptions import facts_of, lock
from recruitment.rules.exemption import ended_on_refusal, refusal


@action
def end_exemption(
    *, by: User, at: datetime, exemption: Exemption, ended_on: date, reason: str, version: int | None = None
) -> Exemption:
    """No more is asked or booked under it after a day. Refused while somebody is booked beyond that day.

    Refuses: changed_meanwhile, end_outside, goes_on, no_reason, not_from_here, over, still_booked.
    """
    require(may(by, "end_exemption", day_of(at)), "end exemptions")
    exemption = lock(exemption, version)
    facts = facts_of(exemption, by, at, needed_until=needed_until(exemption))
    refuse_if(refusal("end", facts))
    refuse_if(ended_on_refusal(facts, ended_on), "ended_on")
    require_reason(reason, "Say why it ends early.")
    contract = known(exemption.decisions.get(approves=exemption.pk).contract)
    exemption.ended_on = ended_on
    exemption.closed_at, exemption.closed_by = at, by
    stages.move(exemption, ExemptionStatus.ENDED, reason.strip())
    exemption.save()
    end_by_exemption(contract, exemption, by=by, at=at, ground=reason.strip())
    return exemption
