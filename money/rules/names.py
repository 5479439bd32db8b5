"""Whose payment is it? Names match exactly after folding, or by a name a person confirmed; similar ones are only shown."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from recruitment.rules.company_names import folded

SHORTEST_PREFIX = 5
SIMILAR = 0.84


@dataclass(frozen=True)
class KnownNames:
    """Folded name → (agency key, agency name), for the agencies' own names and their names in payments files."""

    names: dict[str, tuple[int, str]]
    dismissed: frozenset[str]

    def agency_of(self, written: str) -> int | None:
        name = folded(written)
        return self.names[name][0] if name and name in self.names else None

    def closest(self, written: str) -> str | None:
        """The agency whose name is like this one, where a person should look; None where nothing is like it."""
        name = folded(written)
        if len(name) < SHORTEST_PREFIX or name in self.dismissed or name in self.names:
            return None
        best, best_score = None, 0.0
        for known, (_, agency) in self.names.items():
            cut_short = len(known) >= SHORTEST_PREFIX and (known.startswith(name) or name.startswith(known))
            likeness = 1.0 if cut_short else _likeness(name, known)
            if likeness >= SIMILAR and likeness > best_score:
                best, best_score = agency, likeness
        return best


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < SIMILAR or matcher.quick_ratio() < SIMILAR:
        return 0.0
    return matcher.ratio()
