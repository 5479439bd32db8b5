"""Registration numbers of Social Work England: how they are stored, and what they look like."""

import re

LONGEST = 20


def tidy_registration(text: str) -> str:
    """A number as it is stored: capitals, no spaces or punctuation."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def is_registration(tidy: str) -> bool:
    """Two letters and two digits or more."""
    return tidy[:2].isalpha() and tidy[2:].isdecimal() and 3 < len(tidy) <= LONGEST
