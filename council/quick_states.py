"""Migrating without rendering every model again at every step.

When a migration changes a model, Django renders anew that model and all that are related to it, near or far. Here each model has
its user, so all are related: forty-five models, seven hundred times over, five sixths of the time that an empty database took.
What writes the SQL needs the changed model and its neighbours. Code that runs in a migration (`RunPython`) needs all models, and
gets them: a state marked as delayed is rendered whole before such code runs. That mark is Django's own.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db.migrations.state import ProjectState, get_related_models_tuples


def _near(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """The models to render anew: this one and, where a relation may have changed (not `delay`), its neighbours."""
    state.is_delayed = True
    itself = {(app_label, model_name)}
    if delay or model_name not in state.apps.all_models[app_label]:
        return itself
    return itself | get_related_models_tuples(state.apps.get_model(app_label, model_name))


@contextlib.contextmanager
def only_near_models() -> Iterator[None]:
    """While it lasts, states of migrations render what is near a change only."""
    states: Any = ProjectState
    djangos = states._find_reload_model
    states._find_reload_model = _near
    try:
        yield
    finally:
        states._find_reload_model = djangos
