"""Form fields the GOV.UK way: a date as day, month and year; a moment with a time; pounds with a prefix."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import render_field
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

OUR_YEARS = range(2000, 2101)  # days in forms and addresses lie in one of these
PARTS = ("day", "month", "year")
MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
LONDON = ZoneInfo("Europe/London")


class PartsInput(forms.MultiWidget):
    """Text boxes beside each other under one legend."""

    template_name = "govuk/widgets/date_input.html"

    def __init__(self, parts=PARTS, attrs=None):
        self.parts = parts
        widths = {"year": 4, "time": 5}
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {}
        for part in parts:
            classes = f"govuk-input govuk-date-input__input govuk-input--width-{widths.get(part, 2)}"
            boxes[part] = forms.TextInput(
                attrs={"class": classes, "inputmode": "text" if part == "time" else "numeric"}
            )
        super().__init__(boxes, attrs)

    def get_context(self, name, value, attrs):
        # What describes the group describes the fieldset; only the wrong boxes are marked as invalid.
        attrs = {key: val for key, val in (attrs or {}).items() if key not in ("aria-invalid", "aria-describedby")}
        context = super().get_context(name, value, attrs)
        for part, box in zip(self.parts, context["widget"]["subwidgets"], strict=True):
            box["label"] = part.capitalize()
            if part in getattr(self, "wrong_parts", ()):
                box["attrs"]["class"] += " govuk-input--error"
                box["attrs"]["aria-invalid"] = "true"
        return context

    def decompress(self, value):
        if not value:
            return [None] * len(self.parts)
        if isinstance(value, datetime.datetime):
            value = value.astimezone(LONDON)
        parts = [value.day, value.month, value.year]
        return [*parts, f"{value:%H:%M}"] if "time" in self.parts else parts


def asks_for(noun: str) -> str:
    """The sentence for what is missing: "Enter the start date", whether the noun brings its article or not."""
    noun = noun.removeprefix("The ").removeprefix("the ")
    return f"Enter the {noun[0].lower()}{noun[1:]}"


class DateField(forms.MultiValueField):
    """A date in three boxes. `noun` starts its messages: "Start date must be a real date"."""

    parts: tuple[str, ...] = PARTS

    def __init__(self, *, noun: str | None = None, **kwargs):
        self.noun = noun or kwargs.get("label") or "Date"
        kwargs.setdefault("error_messages", {"required": asks_for(self.noun)})
        kwargs.setdefault("widget", PartsInput(self.parts))
        boxes = [forms.CharField(required=False, max_length=12) for _ in self.parts]
        super().__init__(fields=boxes, require_all_fields=False, **kwargs)

    def _wrong(self, parts, message: str, code: str):
        self.widget.wrong_parts = tuple(parts)
        raise ValidationError(f"{self.noun} {message}", code=code)

    def _texts(self, value) -> list[str]:
        texts = [(text or "").strip() for text in (value or [])]
        return texts + [""] * (len(self.parts) - len(texts))

    def clean(self, value):
        texts = self._texts(value)
        self.widget.wrong_parts = ()
        if not any(texts):
            if self.required:
                self.widget.wrong_parts = self.parts
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if missing := [part for part, text in zip(self.parts, texts, strict=True) if not text]:
            self._wrong(missing, f"must include a {' and '.join(missing)}", "incomplete")
        result = self._value(texts)
        self.run_validators(result)
        return result

    def _date(self, texts) -> datetime.date:
        day, month, year = texts[:3]
        month = str(MONTHS.get(month.casefold()[:3], month))
        try:
            if not all(text.isascii() and text.isdigit() for text in (day, month, year)) or len(year) != 4:
                raise ValueError
            date = datetime.date(int(year), int(month), int(day))
        except (ValueError, OverflowError):
            self._wrong(PARTS, "must be a real date, like 27 3 2026", "invalid")
        if date.year not in OUR_YEARS:
            self._wrong(("year",), f"must be between {OUR_YEARS[0]} and {OUR_YEARS[-1]}", "out_of_range")
        return date

    def _value(self, texts):
        return self._date(texts)

    def has_changed(self, initial, data):
        return self.widget.decompress(initial) != data


class MomentField(DateField):
    """A date and a time of day in England, as an aware datetime."""

    parts = (*PARTS, "time")

    def _value(self, texts):
        day = self._date(texts)
        text = texts[3].replace(".", ":")
        try:
            clock = datetime.time.fromisoformat(text.zfill(5) if ":" in text else f"{text.zfill(2)}:00")
        except ValueError:
            self._wrong(("time",), "must have a time, like 14:30", "invalid_time")
        return datetime.datetime.combine(day, clock.replace(tzinfo=None)).replace(tzinfo=LONDON)


class NumberField(forms.DecimalField):
    """A decimal typed as people write it: `£1,234.50` is accepted."""

    prefix = ""

    def __init__(self, *, width: int = 5, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "class": f"govuk-input--width-{width}"})
        )
        kwargs.setdefault("min_value", Decimal("0.01"))
        label = kwargs.get("label", "number")
        messages = {
            "required": asks_for(label),
            "invalid": f"{label} must be a number, like 37 or 36.50",
            "min_value": f"{label} must be %(limit_value)s or more",
            "max_value": f"{label} must be %(limit_value)s or less",
            "max_decimal_places": f"{label} must have at most %(max)s decimal places",
            "max_digits": f"{label} is too large",
            "max_whole_digits": f"{label} is too large",
        }
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(**kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.replace(",", "").replace("£", "").strip()
        return super().to_python(value)


class MoneyField(NumberField):
    """Pounds, to the penny."""

    prefix = "£"

    def __init__(self, **kwargs):
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("width", 10)
        super().__init__(**kwargs)


class RateField(NumberField):
    """Pounds per hour."""

    prefix, suffix = "£", "an hour"

    def __init__(self, **kwargs):
        super().__init__(decimal_places=2, max_digits=6, **kwargs)


class Revealing(LayoutObject):
    """Radios whose choices reveal further fields: `Revealing("kind", above_structure=["funded_by", "funded_until"])`.

    Without JavaScript every field shows, so each one's label must make sense alone.
    """

    def __init__(self, name: str, **reveal):
        self.name, self.reveal = name, reveal
        self.fields = [name, *(field for fields in reveal.values() for field in fields)]

    def render(self, form, context, template_pack, **kwargs):
        revealed = {
            value: SafeString(
                "".join(render_field(field, form, context, template_pack=template_pack) for field in fields)
            )
            for value, fields in self.reveal.items()
        }
        return render_field(self.name, form, context, template_pack=template_pack, extra_context={"reveal": revealed})
