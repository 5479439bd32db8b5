"""The check of addresses finds a name that is none, an address that is written out, and one that leads nowhere."""

import pytest

from tools.check_addresses import names, problems, texts


def test_every_address_of_the_site_is_by_name():
    assert problems(texts(), names()) == []


@pytest.mark.parametrize(
    ("text", "is_template", "said"),
    [
        ('address("reporting:requests")', False, None),
        ('address("reporting:nowhere")', False, "a: no page is called reporting:nowhere"),
        ('f"/requests/{one.pk}/"', False, "a: write /requests/{one.pk}/ by its name, reporting:request"),
        ('open("/usr/lib/postgresql")', False, None),
        ("<a href=\"{% url 'reporting:request' one.pk %}\">", True, None),
        ("<a href=\"{% url 'account_nothing' %}\">", True, "a: no page is called account_nothing"),
        ('<a href="/requests/{{ one.pk }}/?on=1">', True, "a: write /requests/{{ one.pk }}/?on=1 by its name, reporting:request"),
        ('<form action="/nowhere/">', True, "a: /nowhere/ leads nowhere"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, is_template, said):
    assert problems(iter([("a", text, is_template)]), names()) == ([said] if said else [])
