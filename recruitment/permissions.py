"""Rights over a vacancy beyond the role table: whose Service it is, and who asked."""

from datetime import date

from council.errors import require
from council.models import Approval, Role, User
from council.permissions import MAY, grants_in_force, may, may_decide, may_decide_request, roles_of
from recruitment.models import Exemption, ExemptionStatus, Vacancy
from recruitment.reads.deciders import decides_for, side_of
from recruitment.rules import order


def in_reach(user: User, service_id: int, on: date | None, right: str) -> bool:
    """Whether a role that holds on the day gives the right in this Service: a lead's only in the own."""
    return any(
        grant.role in MAY[right] and (grant.role != Role.OPERATIONAL_LEAD or grant.service_id == service_id)
        for grant in grants_in_force(user, on)
    )


def require_request(user: User, service_id: int, on: date) -> None:
    require(in_reach(user, service_id, on, "request"), "ask for staff in this Service")


def require_decide(user: User, on: date) -> None:
    require(may_decide_request(user, on), "decide staffing requests")


def require_source(user: User, on: date) -> None:
    require(may(user, "source", on), "send, answer or book: a commissioning officer does")


def require_void(user: User, on: date) -> None:
    require(may(user, "void", on), "mark an entry as made in error")


def may_withdraw(user: User, vacancy: Vacancy, on: date | None = None) -> bool:
    """Whoever asked may take a request back, and so may a commissioning officer."""
    if may(user, "source", on):
        return True
    return vacancy.requested_by_id == user.pk and may(user, "request", on)


def with_request(user: User, vacancy: Vacancy, on: date | None = None) -> set[str]:
    """What of `rules.request.ASKED` a role of the person allows, whatever the request's stage."""
    allowed = set()
    decides, sources = may_decide_request(user, on), may(user, "source", on)
    if decides:
        allowed |= {"decide", "urgency", "change"}
    if sources:
        allowed |= {"change", "authority", "direct-recruitment", "new-round"}
    if may_withdraw(user, vacancy, on):
        allowed.add("withdraw")
    return allowed


def may_confirm_answer(user: User, vacancy: Vacancy | None, on: date | None = None) -> bool:
    """Whether the person may be the second who looked at a recorded answer: an officer, the lead whose team it is, or the Assistant
    Director or a deputy. Of any request where none is given."""
    if may(user, "confirm_answer", on) and Role.OPERATIONAL_LEAD not in roles_of(user, on):
        return True
    if vacancy is not None and in_reach(user, vacancy.team.service_id, on, "confirm_answer"):
        return True
    return may_decide(user, Approval.LATER_ROUTE, on)


OF_AN_ORDER = {
    "confirm": "confirm_answer",
    "correct": "correct",
    "void": "void",
}  # the right that a thing asks for, where it is not that of sourcing


def with_order(user: User, on: date | None = None) -> set[str]:
    """What of `rules.order.ASKED` a role of the person allows, whatever became of the order."""
    allowed = {verb for verb in order.ASKED if may(user, OF_AN_ORDER.get(verb, "source"), on)}
    allowed.discard("supply")
    return allowed | {"confirm", "supply"} if may_decide(user, Approval.LATER_ROUTE, on) else allowed


def with_exemption(user: User, exemption: Exemption, on: date) -> set[str]:
    """What of `rules.exemption.ASKED` a role of the person allows at its value, whatever its stage."""
    decides = decides_for(user, exemption.value, on) is not None
    asks = may(user, "request_exemption", on)
    allowed = {"complete", "extends"} if asks else set()
    if decides:
        allowed.add("decide")
    if side_of(user, on) is not None:
        allowed.add("comment")
    if may(user, "end_exemption", on):
        allowed.add("end")
    if decides if exemption.status == ExemptionStatus.APPROVED else asks:
        allowed.add("take-back")
    return allowed


def with_candidate(user: User, on: date | None = None) -> set[str]:
    """What of `rules.candidate.ASKED` a role of the person allows, whatever the candidate's stage."""
    allowed = {"step", "number", "elsewhere"} if may(user, "source", on) else set()
    if may_decide(user, Approval.LATER_ROUTE, on):
        allowed.add("allow")
    if may(user, "void", on):
        allowed.add("void")
    return allowed
