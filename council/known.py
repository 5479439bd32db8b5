"""A value that the rules make sure is there, where its column may be empty for others."""

from typing import Any, TypeVar

from django.db.models import Field, Model

Value = TypeVar("Value")


def known(value: Value | None) -> Value:
    """The value itself. That it is missing is a fault of ours, never of what somebody typed."""
    assert value is not None
    return value


def concrete(model: type[Model], name: str) -> "Field[Any, Any]":
    """A field of a model that is a column of its own, not a relation of another's."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
