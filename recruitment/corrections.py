"""Which recorded facts may be corrected, and how a value is kept in a correction. The words of a person, never a decision."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from council.history import amount_in_words
from council.known import concrete
from council.wording import day_name
from council.working_time import LONDON
from recruitment.models import Release, Round

CORRECTABLE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "release": (
        Release,
        (
            "outcome",
            "answered_at",
            "reason",
            "rate_asked",
            "own_supply",
            "brokered_supply",
            "agencies_approached",
            "declined_on",
            "declined_sender",
            "declined_text",
            "supply_mode",
            "supplying_agency",
            "sent_at",
        ),
    ),
    "round": (Round, ("recruitment_state", "advertised_on", "advert_reference", "recruitment_note")),
}


def column_of(model: type[models.Model], name: str) -> str:
    return concrete(model, name).attname


def as_text(row: models.Model, name: str) -> str | None:
    """The value of a field as a correction keeps it, moments in UTC; None where it is empty."""
    field = concrete(type(row), name)
    value = getattr(row, field.attname)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else field.value_to_string(row)


def same_minute(before: str | None, after: str | None) -> bool:
    """Whether two kept moments are the same to the minute, which is all a form asks for."""
    try:
        first, second = datetime.fromisoformat(before or ""), datetime.fromisoformat(after or "")
    except ValueError:
        return False
    return (
        first.tzinfo is not None
        and second.second == second.microsecond == 0
        and first.replace(second=0, microsecond=0) == second
    )


def set_text(row: models.Model, column: str, text: str | None) -> None:
    """Put a kept value back into a row."""
    field = next(field for field in row._meta.concrete_fields if field.attname == column)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    setattr(row, column, None if text is None else target.to_python(text))


def in_words(model: type[models.Model], column: str, text: str | None) -> tuple[str, str]:
    """(name of the field, value) as a page shows them."""
    field = next(field for field in model._meta.concrete_fields if field.attname == column)
    name = str(field.verbose_name).capitalize()
    if text in (None, ""):
        return name, "none"
    if field.choices:
        return name, str(dict(field.flatchoices).get(text, text))
    if isinstance(field, models.DateTimeField):
        return name, f"{datetime.fromisoformat(text).astimezone(LONDON):%-d %B %Y, %H:%M}"
    if isinstance(field, models.DateField):
        return name, day_name(date.fromisoformat(text))
    if isinstance(field, models.ForeignKey):
        return name, str(field.related_model._default_manager.filter(pk=text).first() or text)
    if isinstance(field, models.DecimalField):
        return name, amount_in_words(field.name, Decimal(str(text)))
    return name, str(text)
