"""What may be done with the mark of a breach, a permanent start and a review: every rule, and the sentence it says."""

from dataclasses import replace

import pytest

from placements.rules import breach, hire, review
from placements.rules.breach import BreachFacts
from placements.rules.hire import HireFacts
from placements.rules.review import ReviewFacts

MARK = BreachFacts(
    "BR-0001", approved_on="", was_taken_back=False, is_own=False, is_mistaken=False, taking_back_waits=False
)
HIRE = HireFacts("HIRE-0001", is_in_error=False, entered_by_this_person=False)
HELD = ReviewFacts(read_by="", read_on="", recorded_by_this_person=False)
BOTH = {"is_mistaken": True, "taking_back_waits": True}


@pytest.mark.parametrize(
    ("rules", "verb", "facts", "changes", "code", "sentence"),
    [
        (breach, "approve", MARK, {}, None, None),
        (breach, "approve", MARK, {"approved_on": "8 January 2024", "is_own": True}, "already_decided", "BR-0001 was approved on 8 January 2024."),
        (breach, "approve", MARK, {"was_taken_back": True, "is_own": True}, "taken_back", "BR-0001 was taken back: what it rests on proves it. There is nothing to approve."),
        (breach, "approve", MARK, {"is_own": True}, "own_entry", "You recorded or booked this, so somebody else decides it."),
        (breach, "told", MARK, {"approved_on": "8 January 2024", "is_own": True}, None, None),
        (breach, "take-back", MARK, {"taking_back_waits": True}, "mark_is_right", "BR-0001 stays: what it rests on does not prove it by what is recorded now."),
        (breach, "take-back", MARK, {"is_mistaken": True}, None, None),
        (breach, "take-back", MARK, BOTH, "waits_already", "A correction of what BR-0001 rests on waits to be confirmed already."),
        (hire, "void", HIRE, {}, None, None),
        (hire, "void", HIRE, {"is_in_error": True, "entered_by_this_person": True}, "already_voided", "HIRE-0001 is marked as entered in error already."),
        (hire, "void", HIRE, {"entered_by_this_person": True}, "own_entry", "You entered this, so somebody else marks it as entered in error."),
        (review, "oversee", HELD, {}, None, None),
        (review, "oversee", HELD, {"read_by": "The director", "read_on": "8 January 2024", "recorded_by_this_person": True}, "already_read", "The director read this on 8 January 2024."),
        (review, "oversee", HELD, {"recorded_by_this_person": True}, "own_entry", "You recorded this review, so somebody else oversees it."),
    ],
)  # fmt: skip
def test_what_may_be_done(rules, verb, facts, changes, code, sentence):
    found = rules.refusal(verb, replace(facts, **changes))
    assert (found and (found.code, found.sentence)) == (code and (code, sentence))
