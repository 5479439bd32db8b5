"""What somebody typed, as rows: a reference, a team's name."""

import re

from django.db.models import Q

from council.models import Team


def of_reference(text: str, prefix: str) -> Q:
    """Rows whose reference begins with what was typed, or has the number typed: 12, REQ 12 and req-0012 are the same."""
    text = re.sub(r"[\s-]+", "-", text.strip().upper())
    number = text.removeprefix(prefix).removeprefix("-")
    found = Q(reference__startswith=text)
    return found | Q(reference=f"{prefix}-{int(number):04d}") if number.isdecimal() and len(number) < 12 else found


def teams_called(text: str) -> list[int]:
    """The keys of the teams in whose name it stands; few, and read first so that their rows are found by index."""
    return list(Team.objects.filter(name__icontains=text).values_list("pk", flat=True))
