"""What makes a recorded failure count as proof, and what follows where nothing does yet.

Pure. A failure that one person has recorded opens the next step at once, so that nobody waits on a Friday afternoon. A worker is booked on it,
and the third step opened, when something beside that person says the same: the supplier's own words by the link that was mailed to it, its silence
to our order, a second person who looked, or that it was told and did not dispute it. A confirmed correction is of two people already; at
night one person's word counts until the next working day.
"""

from dataclasses import dataclass
from datetime import datetime

from council.refusal import Refusal
from council.wording import possessive

ONE_PERSON = "Recorded by one person, not yet confirmed"


def not_witnessed(supplier: str, recorded_by: str) -> Refusal:
    """Why nobody is booked on what rests on this failure yet, nor the step after the next opened."""
    return Refusal(
        "not_witnessed",
        f"{possessive(supplier)} answer was recorded by {recorded_by} alone, and nothing confirms it yet. Have a colleague confirm it first: "
        "it waits at Answers to confirm.",
    )


@dataclass(frozen=True)
class Silence:
    """An order as its supplier's silence is judged. `due_at` is counted from when the mail server took it."""

    is_living: bool  # the supplier lately opened a link of ours
    due_at: datetime | None
    reminded_at: datetime | None
    was_heard: bool  # words, a candidate, or a mail that came back
    is_said: bool  # an answer is recorded, so it was not silent
    link_worked: bool  # all the time: it was neither stopped nor over
    recorded_at: datetime


def silence_speaks(facts: Silence, now: datetime) -> bool:
    """Whether saying nothing is an answer: asked at an address that is read, reminded, and the whole time has passed unanswered."""
    if facts.due_at is None or not facts.is_living or facts.was_heard or facts.is_said or not facts.link_worked:
        return False
    if facts.reminded_at is None or facts.reminded_at >= facts.due_at:
        return False
    return facts.due_at <= min(now, facts.recorded_at)


def reminder_is_due(sent_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Whether half of the time to answer has passed and it has not ended."""
    return sent_at + (due_at - sent_at) / 2 <= now < due_at
