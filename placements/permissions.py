"""What a person's roles allow with a placement and with a need somebody came for; the rules say what its stage allows."""

from council.models import Approval, User
from council.permissions import may, may_decide
from placements.rules import need, placement
from recruitment.models import Origin, Vacancy
from recruitment.permissions import in_reach

# The right that a thing asks for, where it is not that of sourcing; a lead has some in the own Service alone.
OF_A_PLACEMENT = {"correct": "correct", "void": "void"}
IN_REACH = {"start": "confirm_start", "checks": "confirm_start", "review": "review"}


def with_placement(user: User, service: int) -> set[str]:
    """What of `rules.placement.ASKED` a role of the person allows in a Service."""
    near = {verb for verb, right in IN_REACH.items() if in_reach(user, service, None, right)}
    others = set(placement.ASKED) - set(IN_REACH)
    return near | {verb for verb in others if may(user, OF_A_PLACEMENT.get(verb, "source"))}


def with_need_of(user: User, vacancy: Vacancy) -> set[str]:
    """What of `rules.need.ASKED` a role of the person allows; only an emergency is confirmed."""
    allowed = set(need.ASKED) - {"confirm"} if may(user, "source") else set()
    if vacancy.origin == Origin.EMERGENCY and may_decide(user, Approval.EMERGENCY):
        allowed.add("confirm")
    return allowed


def with_breach(user: User) -> set[str]:
    """What of `rules.breach.ASKED` a role of the person allows."""
    allowed = {
        "approve": may_decide(user, Approval.BREACH),
        "told": may(user, "record_breach"),
        "take-back": may(user, "correct"),
    }
    return {verb for verb, is_allowed in allowed.items() if is_allowed}
