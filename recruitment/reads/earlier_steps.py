"""What became of the steps before an exemption, request by request: who decides it sees what was asked and what was skipped."""

from dataclasses import dataclass
from datetime import datetime

from council.models import calendar_of_the_council
from council.wording import day_name
from council.working_time import day_of
from recruitment.models import ExemptionNeed, Outcome
from recruitment.reads.rounds import round_state
from recruitment.rules import cascade
from recruitment.rules.sourcing_state import Asked
from recruitment.rules.witness import ONE_PERSON


@dataclass(frozen=True)
class EarlierStep:
    """One agency step before the exemption's, and in words whether it was asked."""

    name: str
    was_asked: bool
    words: str


def earlier_steps(need: ExemptionNeed, now: datetime) -> list[EarlierStep]:
    """The agency steps of the order that the request follows, exemption itself left out."""
    state, calendar = round_state(need.vacancy, need.round, on=day_of(now)), calendar_of_the_council()
    found = []
    for step in state.steps:
        if step.position == 0 or step.kind == cascade.EXEMPTION:
            continue
        if asked := state.at(step.position):
            found.append(EarlierStep(step.name, True, _asked(asked[-1])))
            continue
        refusal = cascade.opening_refusal(state, step.position, now, calendar)
        words = f"Not asked: {refusal.sentence}" if refusal else "Not asked, though it is open now."
        found.append(EarlierStep(step.name, False, words))
    return found


def _asked(asked: Asked) -> str:
    words = f"Asked on {day_name(day_of(asked.sent_at))}: {Outcome(asked.outcome).label.lower()}."
    return f"{words} {ONE_PERSON}." if asked.failed and not asked.proven else words
