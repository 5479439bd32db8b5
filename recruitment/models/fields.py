"""Money and hours, defined once."""

from typing import Any

from django.db import models


def money_field(*args: Any, **kwargs: Any) -> models.DecimalField:
    """Pounds, excluding VAT, to the penny."""
    return _exact(12, *args, **kwargs)


def rate_field(*args: Any, **kwargs: Any) -> models.DecimalField:
    """Pounds per hour, excluding VAT."""
    return _exact(6, *args, **kwargs)


def hours_field(*args: Any, **kwargs: Any) -> models.DecimalField:
    """Hours per week."""
    return _exact(4, *args, **kwargs)


def _exact(digits: int, *args: Any, **kwargs: Any) -> models.DecimalField:
    kwargs |= {"max_digits": digits, "decimal_places": 2}
    return models.DecimalField(*args, **kwargs)
