"""Migrating renders only what is near a change; code that runs in a migration still finds every model as it is."""

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from council.quick_states import only_near_models


@pytest.fixture
def state():
    state = MigrationLoader(connection, replace_migrations=False).project_state()
    assert state.apps.get_model("council", "User")  # rendered, as after a migration's first step
    return state


def test_an_option_renders_only_its_model(db, state):
    vacancy, user = state.apps.get_model("recruitment", "Vacancy"), state.apps.get_model("council", "User")
    limit = models.CheckConstraint(condition=models.Q(hours_per_week__lt=100), name="x")
    with only_near_models():
        state.add_constraint("recruitment", "vacancy", limit)
    assert state.apps.get_model("recruitment", "Vacancy") is not vacancy
    assert limit in state.apps.get_model("recruitment", "Vacancy")._meta.constraints
    assert state.apps.get_model("council", "User") is user


def test_a_relation_renders_the_neighbours_too(db, state):
    release, digest = state.apps.get_model("recruitment", "Release"), state.apps.get_model("council", "Digest")
    field = models.ForeignKey("council.User", models.PROTECT, null=True, related_name="+")
    with only_near_models():
        state.add_field("recruitment", "vacancy", "seen_by", field, preserve_default=True)
    again = state.apps.get_model("recruitment", "Release")
    assert again is not release
    assert again._meta.get_field("vacancy").related_model is state.apps.get_model("recruitment", "Vacancy")
    assert state.apps.get_model("council", "Digest") is digest


def test_code_in_a_migration_finds_every_model_as_it_is(db, state):
    with only_near_models():
        state.add_field("recruitment", "vacancy", "seen", models.BooleanField(default=False), preserve_default=True)
    state.clear_delayed_apps_cache()  # what RunPython does first
    placement, vacancy = (
        state.apps.get_model("placements", "Placement"),
        state.apps.get_model("recruitment", "Vacancy"),
    )
    assert placement._meta.get_field("vacancy").related_model is vacancy
    assert vacancy._meta.get_field("seen")


def test_it_is_djangos_own_way_again_afterwards(db, state):
    user = state.apps.get_model("council", "User")
    with pytest.raises(ZeroDivisionError), only_near_models():
        raise ZeroDivisionError
    state.alter_model_options("recruitment", "vacancy", {"verbose_name": "x"})
    assert state.apps.get_model("council", "User") is not user
