"""What a rule says when it says no. Knows nothing of Django, so that rules may return it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why something may not be done: a code for tests and logs, and a sentence a person can act on."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence
