"""What evidence is made of: a case has sections, a section entries, an entry facts; and the words for each kind of value."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal

from council.attachments import path_of
from council.working_time import LONDON


@dataclass
class Entry:
    """One thing that happened: a heading and facts under it, each a label and a value."""

    heading: str
    facts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, label: str, value: object) -> "Entry":
        """A fact, left out where there is nothing to say."""
        if text := shown(value):
            self.facts.append((label, text))
        return self


@dataclass
class EvidenceSection:
    title: str
    entries: list[Entry] = field(default_factory=list)
    empty: str = "Nothing is recorded."


@dataclass
class AttachedFile:
    """A file in the pack: under which name, and where its content is."""

    name: str
    title: str
    sha256: str
    beside: str

    @property
    def path(self) -> str:
        return path_of(self.sha256)


@dataclass
class Case:
    """Everything about one request, as at a moment."""

    reference: str
    title: str
    as_known_on: datetime
    sections: list[EvidenceSection]
    files: list[AttachedFile] = field(default_factory=list)

    def as_json(self) -> dict:
        return {
            "reference": self.reference,
            "title": self.title,
            "as_known_on": self.as_known_on.isoformat(),
            "sections": [asdict(section) for section in self.sections],
            "files": [{"name": f.name, "title": f.title, "sha256": f.sha256, "beside": f.beside} for f in self.files],
        }


def shown(value: object) -> str:
    """A value as the evidence says it: dates and times in words, money with its sign, yes and no."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%-d %B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, Decimal):
        return f"£{value:,.2f}"
    return str(value)
