"""The writers. Every change of the council's records goes through a function marked `@action`."""

import functools
from datetime import datetime

import pghistory
from django.db import IntegrityError, connection, transaction

from council.errors import rule_violation_of
from council.models import User

THE_CLOCK = "The mail worker"  # what time has brought about is written in nobody's name


def action(function):
    """Run a writer whole or not at all, with the history knowing who acted and when.

    The function is keyword-only and takes `by` (a User; or a supplier's link or `THE_CLOCK`, which the history names by its text) and `at`
    (when it is recorded, an aware datetime). A constraint of the database that refuses comes out as a RuleViolation, deferred
    ones included, before the caller goes on.
    """

    @functools.wraps(function)
    def run(*, by, at: datetime, **kwargs):
        meant_at = kwargs.get("happened_at") or at
        context = {**_who(by), "action": function.__name__, "at": meant_at.isoformat()}
        try:
            with transaction.atomic(), pghistory.context(**context):
                result = function(by=by, at=at, **kwargs)
                connection.check_constraints()
                return result
        except IntegrityError as error:
            raise rule_violation_of(error) from error

    return run


def _who(by) -> dict:
    """How the history names who acted: a person by key, a supplier through its link by name and without the address used.

    Both are always said: what an action before it in the same request left would else stay.
    """
    if isinstance(by, User):
        return {"user": by.pk, "name": ""}
    return {"user": None, "name": str(by), "url": ""}
