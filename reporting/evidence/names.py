"""How people are named in evidence: as they are, or W1, C1 and S1 in a public copy."""

import re
import unicodedata

from council.models import User
from placements.models import Worker
from recruitment.models import EmergencyCall, SpendingAuthority, Statement, Submission

WORD = re.compile(r"[^\W_]+")
JOINED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")  # a reference such as PER-0001 as one
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
TELEPHONE = re.compile(r"[+(]{0,2}\d[\d ()-]{8,}\d")
NUMBER = re.compile(r"\b(?:[A-Za-z]{2}[ -]?)?(\d{4,})\b")  # a registration number, however it is spaced
TWICE = re.compile(r"(\[name\])(?:[\s.,]*\[name\])+")
NOT_NAMES = {"the", "of", "and", "for", "a", "an", "in", "to"}


class Names:
    """People as they are."""

    is_public = False

    def worker(self, worker: Worker | None) -> str:
        return f"{worker.name} ({worker.registration_number})" if worker else ""

    def candidate(self, submission: Submission) -> str:
        number = f" ({submission.registration_number})" if submission.registration_number else ""
        return f"{submission.candidate}{number}"

    def staff(self, user: User | None) -> str:
        return user.name if user else ""

    def contact(self, name: str) -> str:
        """Somebody at a supplier, or who is to do something, as it was written."""
        return name

    def approver(self, name: str, user: User | None) -> str:
        """Who approved a contract: a name or an office, as it was written."""
        return name

    def text(self, text: str) -> str:
        """What people wrote freely."""
        return text


class PublicNames(Names):
    """Nobody by name or number. Pseudonyms hold within one copy; free text loses every name and number we know of.

    A word of somebody's name is taken out wherever it stands with a capital letter: too much rather than too little.
    """

    is_public = True

    def __init__(self):
        self._known: dict[tuple[str, object], str] = {}
        self._words: set[str] = set()
        self._numbers: set[str] = set()
        for name, number in Worker.objects.values_list("name", "registration_number").iterator():
            self._learn(name)
            self._numbers.add(number.upper())
        for number, said_by, reference in Submission.objects.values_list(
            "registration_number", "said_by", "candidate"
        ).iterator():
            self._learn(said_by)
            self._numbers |= {number.upper(), *(one.upper() for one in JOINED.findall(reference) if len(one) > 2)}
        for name in User.objects.values_list("name", flat=True):
            self._learn(name)
        for rows in (
            Statement.objects.values_list("said_by", flat=True),
            EmergencyCall.objects.values_list("spoke_to", flat=True),
            SpendingAuthority.objects.values_list("given_by", flat=True),
        ):
            for name in rows.iterator():
                self._learn(name)
        self._numbers.discard("")
        self._folded = {word.casefold() for word in self._words}
        self._digits = {
            digits for number in self._numbers if (digits := re.sub(r"\D", "", number)) and len(digits) >= 4
        }

    def _learn(self, name: str) -> None:
        words = WORD.findall(unicodedata.normalize("NFC", name))
        for word in words:
            if len(word) > 1 and (word.casefold() not in NOT_NAMES or len(words) == 1) and not word.isdigit():
                self._words |= {word, word.upper(), word.capitalize()}

    def _pseudonym(self, letter: str, key) -> str:
        if (letter, key) not in self._known:
            self._known[letter, key] = f"{letter}{sum(known[0] == letter for known in self._known) + 1}"
        return self._known[letter, key]

    def worker(self, worker: Worker | None) -> str:
        return self._pseudonym("W", worker.registration_number) if worker else ""

    def candidate(self, submission: Submission) -> str:
        number = submission.registration_number
        if number and ("W", number) in self._known:
            return self._known["W", number]
        return self._pseudonym("C", number or (submission.release_id, submission.candidate))

    def staff(self, user: User | None) -> str:
        return self._pseudonym("S", user.pk) if user else ""

    def contact(self, name: str) -> str:
        return "[name]" if name else ""

    def approver(self, name: str, user: User | None) -> str:
        return self.staff(user) or ("[name or office]" if name else "")

    def text(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        text = TELEPHONE.sub("[number]", ADDRESS.sub("[address]", text))
        text = JOINED.sub(lambda found: "[number]" if found.group().upper() in self._numbers else found.group(), text)
        text = NUMBER.sub(lambda found: "[number]" if found.group(1) in self._digits else found.group(), text)
        return TWICE.sub(r"\1", self._without_names(text))

    def _without_names(self, text: str) -> str:
        """Words of names with a capital letter; those without one beside another word of a name."""
        found = list(WORD.finditer(text))
        known = [one.group().casefold() in self._folded for one in found]
        parts, end = [], 0
        for n, one in enumerate(found):
            beside = (n > 0 and known[n - 1]) or (n + 1 < len(found) and known[n + 1])
            named = one.group() in self._words or (known[n] and beside)
            parts += [text[end : one.start()], "[name]" if named else one.group()]
            end = one.end()
        return "".join([*parts, text[end:]])
