"""Money and hours, defined once."""

from django.db import models


def money_field(*args, **kwargs) -> models.DecimalField:
    """Pounds, excluding VAT, to the penny."""
    return models.DecimalField(*args, max_digits=12, decimal_places=2, **kwargs)


def rate_field(*args, **kwargs) -> models.DecimalField:
    """Pounds per hour, excluding VAT."""
    return models.DecimalField(*args, max_digits=6, decimal_places=2, **kwargs)


def hours_field(*args, **kwargs) -> models.DecimalField:
    """Hours per week."""
    return models.DecimalField(*args, max_digits=4, decimal_places=2, **kwargs)
