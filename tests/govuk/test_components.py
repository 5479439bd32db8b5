"""The parts of pages: each gives GOV.UK's markup, says what it was given and escapes what people wrote."""

from datetime import date

import pytest
from django.template import engines

WRITTEN = "<b>O’Neil & Sons</b>"
ESCAPED = "&lt;b&gt;O’Neil &amp; Sons&lt;/b&gt;"


class Row:
    pk = 7

    def __init__(self, name: str = "REQ-0007"):
        self.name = name

    def __str__(self):
        return self.name

    @staticmethod
    def get_absolute_url():
        return "/requests/7/"


def shown(template: str, **context) -> str:
    return engines["django"].from_string(template).render(context)


def test_a_row_says_what_it_is_and_what_it_says():
    made = shown(
        "{% summary %}{% row key look='app-break' %}{{ said }}{% endrow %}{% endsummary %}", key=WRITTEN, said=WRITTEN
    )
    assert made == (
        '<dl class="govuk-summary-list"><div class="govuk-summary-list__row">'
        f'<dt class="govuk-summary-list__key">{ESCAPED}</dt>'
        f'<dd class="govuk-summary-list__value app-break">{ESCAPED}</dd></div></dl>'
    )  # fmt: skip


def test_a_table_can_be_moved_and_its_numbers_stand_to_the_right():
    made = shown(
        "{% table label %}{% caption %}{{ label }}{% endcaption %}{% columns 'Team' 'FTE #' %}"
        "{% body %}{% tr %}{% rowhead %}{{ label }}{% endrowhead %}{% num %}1{% endnum %}{% endtr %}{% endbody %}{% endtable %}",
        label=WRITTEN,
    )
    assert made.startswith(
        f'<div class="app-scroll" tabindex="0" role="region" aria-label="{ESCAPED}"><table class="govuk-table app-table">'
    )
    assert f'<caption class="govuk-visually-hidden">{ESCAPED}</caption>' in made
    assert '<th scope="col" class="govuk-table__header">Team</th>' in made
    assert '<th scope="col" class="govuk-table__header govuk-table__header--numeric">FTE</th>' in made
    assert f'<th scope="row" class="govuk-table__header">{ESCAPED}</th>' in made
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">1</td></tr></tbody></table></div>' in made
    assert shown("{% table 'A' look='' %}{% endtable %}").endswith('<table class="govuk-table"></table></div>')


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("{% link 'x' one %}", "/requests/7/"),
        ("{% link 'x' one on=day %}", "/requests/7/?on=2024-03-01"),
        ("{% link 'x' 'reporting:request' one.pk %}", "/requests/7/"),
        ("{% link 'x' 'reporting:requests' since=day team=none text='' stage='open' %}", "/requests/?since=2024-03-01&amp;stage=open"),
        ("{% link 'x' 'reporting:requests' text=written %}", "/requests/?text=%3Cb%3EO%E2%80%99Neil+%26+Sons%3C%2Fb%3E"),
        ("{% link 'x' '/requests/?on=1' %}", "/requests/?on=1"),
        ("{% button 'x' 'reporting:requests' stage='open' %}", "/requests/?stage=open"),
        ("{% blocklink 'reporting:requests' stage='open' %}x{% endblocklink %}", "/requests/?stage=open"),
    ],
)  # fmt: skip
def test_a_link_leads_to_a_page_by_name_to_a_row_or_to_an_address(template, address):
    made = shown(template, one=Row(), day=date(2024, 3, 1), none=None, written=WRITTEN)
    assert f'href="{address}"' in made and made.endswith(">x</a>")


def test_links_and_buttons_escape_their_text_and_have_their_look():
    assert shown("{% link one one look='govuk-body' %}", one=Row(WRITTEN)) == (
        f'<a class="govuk-link govuk-body" href="/requests/7/">{ESCAPED}</a>'
    )
    button = shown("{% button one one look='secondary' %}", one=Row(WRITTEN))
    assert 'class="govuk-button govuk-button--secondary"' in button and f">{ESCAPED}</a>" in button
    assert 'class="govuk-button"' in shown("{% button 'x' one %}", one=Row())


def test_a_submit_button_sends_once_and_may_carry_a_choice():
    assert shown("{% submit 'Keep' %}") == (
        '<button class="govuk-button" type="submit" data-module="govuk-button" data-prevent-double-click="true">Keep</button>'
    )
    made = shown("{% submit 'Stop' look='warning' name='stop' value='yes' %}")
    assert 'class="govuk-button govuk-button--warning" type="submit" name="stop" value="yes"' in made


def test_details_open_at_a_click():
    made = shown("{% details 'How?' %}<p>Like this.</p>{% enddetails %}")
    assert (
        '<span class="govuk-details__summary-text">How?</span>' in made and "<p>Like this.</p></div></details>" in made
    )


def test_filters_of_a_report_show_what_was_chosen():
    made = shown("{% filter_day 'on' 'As at' day %}", day=date(2024, 3, 1))
    assert 'for="on">As at</label>' in made and 'type="date" id="on" name="on" value="2024-03-01"' in made
    other = Row("Other")
    other.pk, other.service = 8, "North"
    one = Row()
    one.service = "South"
    made = shown("{% filter_choice 'team' 'Team' rows one with_whole='service' %}", rows=[one, other], one=one)
    assert '<option value="7" selected>South: REQ-0007</option><option value="8">North: Other</option>' in made
    assert "selected" not in shown("{% filter_choice 'team' 'Team' rows none %}", rows=[one], none=None)


@pytest.mark.parametrize(("count", "said"), [(25, False), (26, True)])
def test_of_many_the_first_are_shown_with_the_way_to_all(count, said):
    made = " ".join(
        shown("{% more rows 'Breaches' 'reporting:breaches' state='open' sort='pk' %}", rows=range(count)).split()
    )
    assert ("25 of 26 are shown." in made) is said
    assert (
        'href="/breaches/?state=open&amp;sort=pk">Show all<span class="govuk-visually-hidden">: Breaches</span>' in made
    ) is said
