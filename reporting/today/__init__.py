"""What needs me today: by role, oldest first, each row saying why it is here and since when."""

from datetime import date, datetime

from council.models import Approval, Council, User
from council.permissions import approvals_of, may
from recruitment.reads.deciders import side_of
from reporting.today import exempting, placing, sourcing, spending
from reporting.today.asking import Item, Question, Section, answers

__all__ = ["Item", "Section", "sections"]


def sections(user: User, now: datetime, today: date) -> list[Section]:
    """The sections that have something in them, in the order one would do them."""
    council, decides = Council.current(), approvals_of(user, today)
    asked: list[Question | Section] = []
    if Approval.STAFFING_REQUEST in decides:
        asked += [
            sourcing.to_agree(user, today),
            sourcing.needs_that_go_on(user, today, council.ending_soon_weeks),
        ]
    if Approval.EMERGENCY in decides:
        asked.append(sourcing.emergencies(user, today))
    if Approval.AUTHORITY in decides:
        asked.append(sourcing.authorities(user, today))
    if Approval.EXEMPTION in decides:
        asked.append(exempting.to_decide(user, today))
    if side := side_of(user, today):
        asked.append(exempting.to_comment(user, side, today))
    if Approval.EXTENSION in decides:
        asked.append(placing.extensions(user, today))
    if Approval.BREACH in decides:
        asked.append(placing.breaches(user, today))
    if Approval.LATER_ROUTE in decides:
        asked += [sourcing.later_routes(user, today), sourcing.supplies_to_allow(user, today)]
    if may(user, "confirm_answer") or Approval.LATER_ROUTE in decides:
        asked.append(sourcing.to_confirm(user, today))
    if may(user, "correct"):
        asked += [placing.corrections_to_confirm(user, today), placing.marks_that_look_wrong(user, today)]
    if may(user, "confirm_start"):
        asked += [placing.starts(user, today), placing.checks(user, today)]
    if may(user, "source"):
        asked += [
            sourcing.windows_ended(user, now, today),
            sourcing.waiting_candidates(user, today),
            sourcing.disputes(user, today),
            sourcing.to_book(user, today),
            exempting.to_complete(user, today),
            exempting.to_use(user, today),
            sourcing.to_send(user, today),
            sourcing.cover_over(user, today),
        ]
    if may(user, "review"):
        asked += [placing.reviews_due(user, today), placing.review_actions(user, today)]
    if may(user, "oversee_reviews"):
        asked.append(placing.reviews_to_read(user, today))
    if may(user, "source") or may(user, "request"):
        asked.append(placing.ending(user, today, council.ending_soon_weeks))
    if may(user, "decide_request") or may(user, "source") or may(user, "set_up"):
        asked.append(spending.contracts(today, council))
    if may(user, "payments"):
        asked.append(spending.to_allocate(today))
    return answers(asked)
