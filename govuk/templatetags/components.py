"""The parts pages are made of: a row of facts, a table and its cells, a button, a link. Each is written once, with GOV.UK's classes."""

from datetime import date
from urllib.parse import urlencode

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Wrapped(Node):
    """What stands between a tag and its end, in fixed markup."""

    def __init__(self, before: str, inside: NodeList, after: str):
        self.before, self.nodelist, self.after = before, inside, after

    def render(self, context) -> SafeString:
        return mark_safe(f"{self.before}{self.nodelist.render(context)}{self.after}")


def _wrapping(name: str, before: str, after: str) -> None:
    def read(parser: Parser, token: Token) -> Wrapped:
        inside = parser.parse((f"end{name}",))
        parser.delete_first_token()
        return Wrapped(before, inside, after)

    register.tag(name, read)


_TR, _TH = '<tr class="govuk-table__row">', "govuk-table__header"
_wrapping("head", f'<thead class="govuk-table__head">{_TR}', "</tr></thead>")
_wrapping("body", '<tbody class="govuk-table__body">', "</tbody>")
_wrapping("tr", _TR, "</tr>")
_wrapping("th", f'<th scope="col" class="{_TH}">', "</th>")
_wrapping("thnum", f'<th scope="col" class="{_TH} {_TH}--numeric">', "</th>")
_wrapping("rowhead", f'<th scope="row" class="{_TH}">', "</th>")
_wrapping("td", '<td class="govuk-table__cell">', "</td>")
_wrapping("num", '<td class="govuk-table__cell govuk-table__cell--numeric">', "</td>")
_wrapping("caption", '<caption class="govuk-visually-hidden">', "</caption>")
_wrapping("summary", '<dl class="govuk-summary-list">', "</dl>")


@register.simple_block_tag
def row(content: str, key: str, look: str = "") -> str:
    """A fact in a `{% summary %}`: what it is, and what it says. `look` adds a class to what it says."""
    return format_html(
        '<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{}</dt>'
        '<dd class="govuk-summary-list__value{}">{}</dd></div>',
        key,
        f" {look}" if look else "",
        content,
    )


@register.simple_block_tag
def table(content: str, label: str, look: str = "app-table") -> str:
    """A table that can be moved sideways with the keys. Begins with a `{% caption %}`."""
    return format_html(
        '<div class="app-scroll" tabindex="0" role="region" aria-label="{}"><table class="govuk-table{}">{}</table></div>',
        label,
        f" {look}" if look else "",
        content,
    )


@register.simple_block_tag
def details(content: str, summary: str) -> str:
    """What opens at a click."""
    return format_html(
        '<details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">'
        '{}</span></summary><div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@register.simple_tag
def columns(*titles: str) -> str:
    """The head of a table in one line; a title that ends with # is of numbers."""
    cells = mark_safe(
        "".join(
            format_html(
                '<th scope="col" class="govuk-table__header{}">{}</th>',
                " govuk-table__header--numeric" if title.endswith("#") else "",
                title.removesuffix("#").rstrip(),
            )
            for title in titles
        )
    )
    return format_html('<thead class="govuk-table__head"><tr class="govuk-table__row">{}</tr></thead>', cells)


def _where(to, args, query: dict) -> str:
    """The address of a page by its name, of a row, or as it stands; what is None or empty is not asked."""
    if hasattr(to, "get_absolute_url"):
        path = to.get_absolute_url()
    else:
        path = reverse(to, args=args) if ":" in to and "/" not in to else to
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(asked)}" if asked else path


@register.simple_tag
def link(words, to, *args, look: str = "", **query) -> str:
    """`{% link one.reference one %}`, `{% link "Payments" "reporting:payments" contract=contract.pk until=on %}`."""
    where = _where(to, args, query)
    return format_html('<a class="govuk-link{}" href="{}">{}</a>', f" {look}" if look else "", where, words)


@register.simple_block_tag
def blocklink(content: str, to, *args, **query) -> str:
    """A link around more than one value."""
    return format_html('<a class="govuk-link" href="{}">{}</a>', _where(to, args, query), content)


@register.simple_tag
def button(words, to, *args, look: str = "", **query) -> str:
    """A link that looks like a button. `look` is of GOV.UK's: "secondary", "warning"."""
    return format_html(
        '<a class="govuk-button{}" role="button" draggable="false" data-module="govuk-button" href="{}">{}</a>',
        f" govuk-button--{look}" if look else "",
        _where(to, args, query),
        words,
    )


@register.simple_tag
def submit(text: str, look: str = "", name: str = "", value: str = "") -> str:
    """A button that sends its form, once."""
    return format_html(
        '<button class="govuk-button{}" type="submit"{} data-module="govuk-button" data-prevent-double-click="true">{}</button>',
        f" govuk-button--{look}" if look else "",
        format_html(' name="{}" value="{}"', name, value) if name else "",
        text,
    )


@register.inclusion_tag("govuk/filter_day.html")
def filter_day(name: str, label: str, value: date) -> dict:
    """A day above a report."""
    return {"name": name, "label": label, "value": value}


@register.inclusion_tag("govuk/filter_choice.html")
def filter_choice(name: str, label: str, rows, chosen=None, with_whole: str = "") -> dict:
    """One of some rows above a report, or all. `with_whole` names what each is part of, said before it."""
    words = [(one.pk, f"{getattr(one, with_whole)}: {one}" if with_whole else str(one)) for one in rows]
    return {"name": name, "label": label, "choices": words, "chosen": chosen and chosen.pk}


MOST_SHOWN = 25


@register.inclusion_tag("govuk/more.html")
def more(rows, what: str, to: str, **query) -> dict:
    """Under the first of many rows: how many there are, and where all of them stand."""
    return {"count": len(rows), "shown": MOST_SHOWN, "what": what, "where": _where(to, (), query)}
