"""What a person's roles allow with a placement and with a need somebody came for; the rules say what its stage allows."""

from council.models import Approval, User
from council.permissions import may, may_decide
from placements.rules import need, placement
from recruitment.permissions import in_reach

# The right that a thing asks for, where it is not that of sourcing; a lead has some in the own Service alone.
OF_A_PLACEMENT = {"correct": "correct", "void": "void"}
IN_REACH = {"start": "confirm_start", "checks": "confirm_start", "review": "review"}


def with_placement(user: User, service: int) -> set[str]:
    """What of `rules.placement.ASKED` a role of the person allows in a Service."""
    near = {verb for verb, right in IN_REACH.items() if in_reach(user, service, None, right)}
    others = set(placement.ASKED) - set(IN_REACH)
    return near | {verb for verb in others if may(user, OF_A_PLACEMENT.get(verb, "source"))}


def with_need(user: User) -> set[str]:
    """What of `rules.need.ASKED` a role of the person allows."""
    return {
        verb
        for verb in need.ASKED
        if (may_decide(user, Approval.EMERGENCY) if verb == "confirm" else may(user, "source"))
    }
