"""A rule said no: how that travels from a rule or from the database to a person."""

from functools import cache
from typing import NoReturn

from django.apps import apps
from django.db import IntegrityError

from council.refusal import Refusal

# Of a decision that would be recorded before what it decides.
CLOCK_IS_BEHIND = (
    "The machine’s clock is behind: this would come before what it answers. Have the clock set, then try again."
)


class RuleViolation(Exception):
    """Raised by an action that a rule refuses. `field` names the form field it is about, where there is one."""

    def __init__(self, refusal: Refusal, field: str | None = None):
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.field = field

    @property
    def code(self) -> str:
        return self.refusal.code


def refuse(code: str, sentence: str, field: str | None = None) -> NoReturn:
    """Raise a RuleViolation."""
    raise RuleViolation(Refusal(code, sentence), field)


def refuse_if(refusal: Refusal | None, field: str | None = None) -> None:
    """Raise what a rule returned, if it returned a refusal."""
    if refusal is not None:
        raise RuleViolation(refusal, field)


def require_reason(text: str, sentence: str, field: str = "reason") -> None:
    """Refuse with `sentence` where nothing but spaces is written in the field."""
    if not text.strip():
        refuse("no_reason", sentence, field)


class NotAllowed(Exception):
    """The person has no role that may do this; the site answers 403."""


# Raised by triggers, not by a model's constraint, so they have no `violation_error_message` of their own.
TRIGGER_SENTENCES: dict[str, str] = {}


@cache
def constraint_sentences() -> dict[str, str]:
    """Constraint name → the sentence for a person, for every constraint of our own models."""
    sentences = dict(TRIGGER_SENTENCES)
    for app in ("council", "recruitment", "placements"):
        for model in apps.get_app_config(app).get_models(include_auto_created=False):
            for constraint in model._meta.constraints:
                sentences[constraint.name] = str(constraint.violation_error_message)
    return sentences


def rule_violation_of(error: IntegrityError) -> RuleViolation:
    """The refusal behind a constraint the database enforced."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "unknown"
    fallback = "This does not fit what is already recorded. Go back, reload the page and try again."
    return RuleViolation(Refusal(name, constraint_sentences().get(name, fallback)))


def require(condition: bool, what: str) -> None:
    """Raise NotAllowed unless `condition`; `what` completes "You may not …"."""
    if not condition:
        raise NotAllowed(f"You may not {what}.")
