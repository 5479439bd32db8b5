"""The words of this product on its pages: stages with their colours, columns of a payments file, the menu."""

from collections.abc import Callable
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html

from council.addresses import address
from council.wording import possessive
from govuk.templatetags.govuk import day, moment, money, number

register = template.Library()
register.filter("possessive", possessive)

TAG_COLOURS = {
    "Requested": "yellow",
    "Turned down": "grey",
    "Agreed": "blue",
    "Sourcing": "blue",
    "Covered": "green",
    "Filled": "green",
    "Ended": "grey",
    "Withdrawn": "grey",
    "Waiting for an answer": "blue",
    "Time has ended": "yellow",
    "Secured": "green",
    "Not secured": "grey",
    "Withdrawn by the council": "grey",
    "Fell through": "grey",
    "Entered in error": "red",
    "Booked": "blue",
    "In post": "green",
    "Ended early": "grey",
    "Did not start": "grey",
    "Recorded late": "yellow",
    "Done": "green",
    "Open": "blue",
    "Not open yet": "grey",
    "Not needed": "grey",
    "To allocate": "yellow",
    "Not ours": "grey",
    "Urgent": "yellow",
    "On a contract": "green",
    "Reading the file": "blue",
    "Importing": "blue",
    "Imported": "green",
    "Discarded": "grey",
    "Not wanted any more": "grey",
    "Could not be read": "red",
    "Ready to import": "yellow",
    "Columns to choose": "yellow",
    "Over value": "red",
    "Over": "grey",
    "Running": "green",
    "Not started": "grey",
    "Closed": "grey",
    "Brought forward": "blue",
    "To confirm": "yellow",
    "Another address": "yellow",
    "Not verified": "yellow",
    "Came back": "red",
    "Proof recorded by one person": "yellow",
    "To decide": "yellow",
    "Checks missing": "yellow",
    "Proof corrected": "red",
    "Confirmed": "green",
    "Authorised after the start": "yellow",
    "Outside contract, not authorised": "red",
    "Works": "green",
    "Cannot supply": "yellow",
    "Emergency": "red",
    "Held": "yellow",
    "Not decided": "grey",
    "Put forward": "yellow",
    "Disputed": "yellow",
    "To reply to": "yellow",
    "Replied": "green",
    "Shortlisted": "yellow",
    "Interviewed": "yellow",
    "Reconsidered": "yellow",
    "Offered": "blue",
    "Accepted": "green",
    "Withdrew": "grey",
    "Waiting for a decision": "yellow",
    "Returned for more": "yellow",
    "Approved": "green",
    "Taken back": "grey",
    "Overdue": "red",
    "Due": "yellow",
    "To read": "yellow",
    "Read": "green",
    "On contract": "green",
    "Authorised off contract": "blue",
    "Proved": "green",
    "Breach, not authorised": "red",
    "Breach, authorised after the start": "yellow",
    "Proof recorded late": "yellow",
    "Proof disputed by the supplier": "yellow",
    "By exemption, without proof": "yellow",
    "No proof": "yellow",
    "Near": "yellow",
    "Ready": "green",
    "Sent": "green",
    "Waiting": "blue",
    "To be tried again": "yellow",
    "Being made": "blue",
    "Failed": "red",
    "Added in error": "red",
    "Reached": "red",
}


@register.simple_tag
def tag(text: str) -> str:
    """A state as a tag in its colour. A state without one is grey; where `TAGS_ARE_KNOWN` (in the tests), it is a mistake."""
    if settings.TAGS_ARE_KNOWN and text not in TAG_COLOURS:
        raise LookupError(f"“{text}” has no colour in TAG_COLOURS.")
    colour = TAG_COLOURS.get(text, "grey")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, text)


@register.simple_tag
def cell(of: dict) -> str:
    """What a list shows of a value: by its kind, and as a link where it leads somewhere."""
    value, kind = of["value"], of["kind"]
    shown = SHOWN[kind](value) if kind in SHOWN else "" if value is None else value
    return (
        format_html('<a class="govuk-link" href="{}">{}</a>', of["link"], shown)
        if of["link"]
        else conditional_escape(shown)
    )


SHOWN: dict[str, Callable[[Any], str]] = {
    "money": money,
    "day": lambda value: format_html('<span class="app-nowrap">{}</span>', day(value)),
    "moment": moment,
    "number": number,
    "tag": tag,
}

COLUMN_WORDS = {
    "date": "Payment date",
    "supplier": "Supplier",
    "amount": "Amount",
    "reference": "Reference",
    "department": "Department",
    "cost_centre": "Cost centre",
    "description": "Description",
    "order_number": "Order number",
    "service_from": "Service from",
    "service_to": "Service to",
}


@register.filter
def columnword(role: str) -> str:
    return COLUMN_WORDS.get(role, role)


MENU = [
    ("Today", "reporting:today", None),
    ("Requests", "reporting:requests", "view"),
    ("Sent", "reporting:releases", "view"),
    ("Exemptions", "reporting:exemptions-dashboard", "view_money"),
    ("Placements", "reporting:placements", "view"),
    ("Permanent starts", "reporting:hires", "view"),
    ("Workers", "reporting:workers", "view"),
    ("Breaches", "reporting:breaches", "view"),
    ("Contracts", "reporting:contracts", "view_money"),
    ("Payments", "reporting:payments", "view_money"),
    ("Figures", "reporting:position", "view_money"),
    ("Set-up", "admin:index", "admin"),
]

# Pages that are reached from one of the menu → where they belong.
BELOW = {
    "reporting:requests": ("reporting:meetings",),
    "reporting:releases": ("reporting:candidates", "reporting:approaches", "reporting:suppliers"),
    "reporting:exemptions-dashboard": ("reporting:reviews",),
    "reporting:breaches": ("reporting:assurance",),
    "reporting:position": ("reporting:documents",),
}


@register.simple_tag(takes_context=True)
def navigation(context) -> list[dict]:
    """The service navigation: what this person may open, and where they are."""
    path, rights = context["request"].path, context.get("rights", {})
    items = []
    for text, name, right in MENU:
        if right and not rights.get(right):
            continue
        url = address(name)
        inside = path == url or (url != "/" and path.startswith((url, *map(address, BELOW.get(name, ())))))
        items.append({"text": text, "url": url, "here": ("page" if path == url else "true") if inside else ""})
    return items
