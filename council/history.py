"""Who changed what, in words, out of the event tables that triggers fill."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

from council.known import known
from council.models import User
from council.working_time import LONDON

HIDDEN = {
    "id",
    "version",
    "steps",
    "reference",
    "folded_name",
    "line_key",
    "sent",
    "before",
    "after",
    "subject",
    "subject_id",
}


@dataclass(frozen=True)
class Change:
    """One field of one change: what it was, what it became, who did it, when it happened and when it was recorded."""

    happened_at: datetime
    recorded_at: datetime
    who: str
    what: str
    field: str
    before: str
    after: str


def events_of(model: type[models.Model]) -> Any:
    """The model of a tracked model's history, which `pghistory.track` adds to it."""
    return getattr(model, "pgh_event_model")  # noqa: B009 -- no type checker knows it


def changes_of(*objects: models.Model) -> list[Change]:
    """Every recorded change of the objects (of one or several models), newest first, in a constant number of queries."""
    by_model: dict[type[models.Model], list] = defaultdict(list)
    for one in objects:
        by_model[type(one)].append(one.pk)
    found: list[tuple] = []
    for model, keys in by_model.items():
        events = events_of(model).objects.filter(pgh_obj_id__in=keys).order_by("pgh_obj_id", "pgh_id")
        found += _differences(model, list(events))
    people = dict(User.objects.values_list("pk", "name"))
    changes = []
    for event, what, name, before, after in found:
        metadata = event.pgh_context or {}
        named = people.get(metadata.get("user", 0)) or metadata.get("name") or "The system"
        who = named if metadata else "Outside the application"
        meant = known(parse_datetime(metadata["at"])) if metadata.get("at") else event.pgh_created_at
        changes.append(
            (event.pgh_created_at, event.pgh_id, Change(meant, event.pgh_created_at, who, what, name, before, after))
        )
    changes.sort(key=lambda row: (row[2].happened_at, row[1]), reverse=True)
    return [change for _, _, change in changes]


def changed_since(instance: models.Model, version: int) -> str:
    """A sentence part for somebody whose sight of a row is old: "Asha changed the base from A to B (14:02)"."""
    events = events_of(type(instance)).objects.filter(pgh_obj_id=instance.pk, version__gt=version)
    first = events.order_by("pgh_id").first()
    if first is None:
        return ""
    parts = []
    recent = [c for c in changes_of(instance) if c.recorded_at >= first.pgh_created_at and c.before != c.after]
    for change in reversed(recent):
        clock = f"{change.happened_at.astimezone(LONDON):%H:%M}"
        parts.append(
            f"{change.who} changed {change.field.lower()} from “{change.before}” to “{change.after}” at {clock}"
        )
    return "; ".join(parts)


def _differences(model: type[models.Model], events: list) -> list[tuple]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.name not in HIDDEN and field.name in {f.name for f in events_of(model)._meta.concrete_fields}
    ]
    show = _Display(fields, events)
    previous: dict[int, object] = {}
    found = []
    for event in events:
        before = previous.get(event.pgh_obj_id)
        what = f"{model._meta.verbose_name} {getattr(event, 'reference', '')}".strip()
        if event.pgh_label == "delete":
            found.append((event, what, f"{what[0].upper()}{what[1:]}", "recorded", "deleted"))
        elif before is None:
            found += [(event, what, show.label(f), "", show(f, event)) for f in fields if show(f, event)]
        else:
            found += [
                (event, what, show.label(f), show(f, before), show(f, event))
                for f in fields
                if getattr(before, f.attname) != getattr(event, f.attname)
            ]
        previous[event.pgh_obj_id] = event
    return found


POUNDS = ("rate", "value", "amount", "fee", "limit", "exposure")


def amount_in_words(field: str, value: Decimal) -> str:
    """A figure as people read it: pounds where the field's name says that it holds pounds, else a number without idle noughts."""
    if any(word in field for word in POUNDS):
        return f"£{value:,.2f}"
    return f"{value.normalize():,f}"


class _Display:
    """Turns stored values into words, reading each related table once."""

    def __init__(self, fields, events):
        self.related: dict[str, dict] = {}
        for field in fields:
            if field.is_relation:
                keys = {getattr(event, field.attname) for event in events} - {None}
                rows = field.related_model._default_manager.filter(pk__in=keys) if keys else []
                self.related[field.name] = {row.pk: str(row) for row in rows}

    @staticmethod
    def label(field) -> str:
        text = str(field.verbose_name)
        return text[0].upper() + text[1:]

    def __call__(self, field, event) -> str:
        value = getattr(event, field.attname)
        if value is None or value == "":
            return ""
        if field.is_relation:
            return self.related[field.name].get(value, f"number {value}")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, datetime):
            return f"{value.astimezone(LONDON):%-d %B %Y, %H:%M}"
        if isinstance(value, Decimal):
            return amount_in_words(field.name, value)
        if hasattr(value, "strftime"):
            return f"{value:%-d %B %Y}"
        return str(value)
