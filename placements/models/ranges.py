"""Ranges for constraints that say "never two at once"."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db.models import F, Func, Value


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class SingleNumber(Func):
    """A range that holds one number: it overlaps only its equal, without an extension of PostgreSQL."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, field: str, **extra):
        super().__init__(F(field), F(field), Value("[]"), **extra)

    def deconstruct(self):
        return "placements.models.ranges.SingleNumber", (self.get_source_expressions()[0].name,), {}
