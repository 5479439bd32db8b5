"""Template tags of the GOV.UK adapter, and how money, dates and numbers are written."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django import forms, template

from govuk.fields import PartsInput

register = template.Library()
LONDON = ZoneInfo("Europe/London")


@register.filter
def govuk_kind(field) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, PartsInput):
        return "date"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "control"


@register.filter
def govuk_describedby(field) -> str:
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.filter
def govuk_affix(field, which: str) -> str:
    """What stands before or after the box, such as £ and "an hour"."""
    return getattr(field.field, which, "")


@register.simple_tag
def govuk_control(field) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.Select):
        base = "govuk-select"
    elif isinstance(widget, forms.Textarea):
        base = "govuk-textarea"
    elif isinstance(widget, forms.FileInput):
        base = "govuk-file-upload"
    else:
        base = "govuk-input"
    classes = [base, widget.attrs.get("class", "")] + ([f"{base}--error"] if field.errors else [])
    attrs = {"class": " ".join(filter(None, classes))}
    if described := govuk_describedby(field):
        attrs["aria-describedby"] = described
    return field.as_widget(attrs=attrs)


@register.simple_tag
def govuk_choice_id(field, index: int) -> str:
    """The first choice carries the field's own id, so that a link of the error summary reaches it."""
    return field.auto_id if index == 0 else f"{field.auto_id}_{index}"


@register.simple_tag(takes_context=True)
def govuk_revealed(context, value) -> str:
    """What choosing this value reveals; nothing for radios that reveal nothing."""
    return context.get("reveal", {}).get(str(value), "")


@register.filter
def govuk_get(mapping, key):
    return mapping.get(str(key), "") if isinstance(mapping, dict) else ""


@register.filter
def govuk_first_input(field) -> str:
    """The id an error summary's link must point at."""
    if govuk_kind(field) == "date":
        widget = field.field.widget
        wrong = getattr(widget, "wrong_parts", ()) or widget.parts[:1]
        return f"{field.auto_id}_{widget.parts.index(wrong[0])}"
    return field.auto_id


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(form):
    return {"form": form}


# -- wording ----------------------------------------------------------------------------------------------------------------


@register.filter
def money(amount) -> str:
    """£1,234.50; a minus sign in front of the pound; nothing for None."""
    if amount is None or amount == "":
        return ""
    amount = Decimal(amount)
    return f"−£{-amount:,.2f}" if amount < 0 else f"£{amount:,.2f}"


@register.filter
def day(value: date | datetime | None) -> str:
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(LONDON)
    return f"{value:%-d %B %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    return f"{value.astimezone(LONDON):%-d %B %Y, %H:%M}" if value else ""


@register.filter
def by_when(value: datetime | None) -> str:
    return f"{value.astimezone(LONDON):%A %-d %B, %H:%M}" if value else ""


@register.filter
def number(value) -> str:
    """Without trailing zeros: 37, 18.5."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def percent(part, whole) -> str:
    if not whole:
        return ""
    return f"{(100 * Decimal(part) / Decimal(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


@register.simple_tag(takes_context=True)
def url_with(context, **changes) -> str:
    """The page's own address with some of its query changed."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"
