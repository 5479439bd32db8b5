"""One company under the several names that finance systems and people write."""

import re

COMPANY_WORDS = {"ltd", "limited", "plc", "llp", "lp", "inc", "co", "company", "cic"}


def folded(name: str) -> str:
    """A name reduced to what tells one company from another: no case, spaces, punctuation or company suffixes."""
    words = re.sub(r"[^\w\s]", " ", name.casefold().replace("&", " and ").replace("'", "")).split()
    while len(words) > 1 and words[-1] in COMPANY_WORDS:
        words.pop()
    return "".join(words)
