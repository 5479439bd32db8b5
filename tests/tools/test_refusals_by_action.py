"""What an action's docstring says it refuses is what the code refuses, through the functions it calls and the rules it asks."""

import pytest

from tools import refusals


def test_every_docstring_is_as_the_code():
    assert [one.name for one in refusals.modules().values() if refusals.changed(one) != one.text] == []


@pytest.mark.parametrize(
    ("module", "action", "codes", "not_among", "others"),
    [
        ("recruitment.requests.actions", "withdraw", {"not_from_here", "no_reason"}, {"own_request"}, set()),
        ("recruitment.requests.actions", "decide", {"own_request", "changed_meanwhile"}, {"already_secured"}, set()),
        ("recruitment.orders.taking_back", "void", {"own_entry", "rested_on", "no_reason"}, {"not_answered"}, set()),
        ("recruitment.orders.sending", "send_together", set(), {"no_reason"}, {"send"}),
        ("placements.placement.ending", "record_end", {"not_over", "entered_in_error"}, {"not_started"}, set()),
    ],
)
def test_what_is_read_from_an_action(module, action, codes, not_among, others):
    found, through = refusals.refused_by(module, action)
    assert codes <= found and not found & not_among and others == through


def test_a_docstring_keeps_what_it_says_and_gets_one_paragraph():
    once = refusals.with_refusals("Take it back.", "Refuses: a, b.")
    assert once == "Take it back.\n\n    Refuses: a, b.\n    "
    assert refusals.with_refusals(once, "Refuses: c.") == "Take it back.\n\n    Refuses: c.\n    "
    assert refusals.with_refusals(once, "") == "Take it back."
