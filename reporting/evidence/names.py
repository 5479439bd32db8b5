"""How people are named in evidence: as they are, or W1, C1 and S1 in a public copy."""

import re
import unicodedata
from collections.abc import Iterable

from council.models import User
from placements.models import ReviewAction, Worker
from recruitment.models import (
    AddressWord,
    Agency,
    ContractApproval,
    EmergencyCall,
    Release,
    SpendingAuthority,
    Statement,
    Submission,
)

WORD = re.compile(r"[^\W_]+")
JOINED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")  # a reference such as PER-0001 as one
ADDRESS = re.compile(r"[\w.+'’-]+@[\w.-]+")
TELEPHONE = re.compile(r"[+(]{0,2}\d(?:[ ().-]{0,2}\d){9,}")
# Perhaps a registration number, however it is spaced.
NUMBER = re.compile(r"\b(?:[A-Za-z]{1,4}-?|[A-Za-z]{2} )?\d(?:[ -]?\d){3,}\b")
LONG = 6  # a known number of so many digits is found within a longer run of them too
TWICE = re.compile(r"(\[name\])(?:[\s.,]*\[name\])+")
NOT_NAMES = {"the", "of", "and", "for", "a", "an", "in", "to"}
# Words of offices and dates, which stand where a name may stand too: an owner, an approver, a sender.
OFFICES = {
    "assistant", "cabinet", "care", "chief", "children", "childrens", "commissioning", "committee", "corporate", "council",
    "county", "decision", "desk", "deputy", "director", "executive", "families", "finance", "head", "key", "leader", "legal",
    "manager", "member", "monitoring", "officer", "paper", "portfolio", "practice", "procurement", "report", "section",
    "service", "services", "social", "strategic", "team", "work", "worker", "workers", "monday", "tuesday", "wednesday",
    "thursday", "friday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "adult", "adults", "board", "education", "governance", "group", "holder", "office", "orders", "panel",
    "people", "resources", "senior", "young",
}  # fmt: skip


def _folded(word: str) -> str:
    """In small letters, without accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    ).casefold()


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
        self._words: set[str] = set()  # as they were written
        self._folded: set[str] = set()  # in small letters without accents
        self._phrases: set[str] = set()  # a candidate's reference that no single word of it would give away
        self._numbers: set[str] = set()
        for name, number in Worker.objects.values_list("name", "registration_number").iterator():
            self._learn(name)
            self._numbers.add(number.upper())
        for number, said_by, reference in Submission.objects.values_list(
            "registration_number", "said_by", "candidate"
        ).iterator():
            self._learn(said_by)
            if len(reference) >= 4 and all(len(one) <= 2 for one in JOINED.findall(reference)):
                self._phrases.add(reference)
            self._numbers |= {number.upper(), *(one.upper() for one in JOINED.findall(reference) if len(one) > 2)}
        for name in User.objects.values_list("name", flat=True):
            self._learn(name)
        for rows in (
            Statement.objects.values_list("said_by", flat=True),
            AddressWord.objects.values_list("said_by", flat=True),
            EmergencyCall.objects.values_list("spoke_to", flat=True),
            SpendingAuthority.objects.values_list("given_by", flat=True),
        ):
            for name in rows.iterator():
                self._learn(name)
        agencies = " ".join(Agency.objects.values_list("name", flat=True))
        offices = {*OFFICES, *(_folded(word) for word in WORD.findall(agencies))}
        for names in (
            Release.objects.values_list("declined_sender", flat=True),
            ReviewAction.objects.values_list("owner", flat=True),
            ContractApproval.objects.values_list("approver", flat=True),
        ):
            for name in names.order_by().distinct():
                self._learn(ADDRESS.sub("", name), offices)
        self._numbers.discard("")
        self._digits = {
            digits for number in self._numbers if (digits := re.sub(r"\D", "", number)) and len(digits) >= 4
        }
        self._lengths = sorted({len(digits) for digits in self._digits if len(digits) >= LONG})

    def _learn(self, name: str, offices: Iterable[str] = ()) -> None:
        """The words of a name; of one with an apostrophe or a hyphen also what it is when written as one."""
        name = unicodedata.normalize("NFC", name)
        parts = [re.sub(r"['’]", "", part) for part in re.split(r"[^\w'’]+", name) if re.search(r"\w['’]\w", part)]
        words = WORD.findall(name)
        for word in [*words, *parts]:
            folded = _folded(word)
            is_word = len(word) > 1 and not word.isdigit() and folded not in offices
            if is_word and (folded not in NOT_NAMES or len(words) == 1):
                self._words.add(word)
                self._folded.add(folded)

    def _is_known(self, word: str) -> bool:
        folded = _folded(word)
        return folded in self._folded or (len(folded) > 4 and folded.endswith("s") and folded[:-1] in self._folded)

    def _is_number(self, text: str) -> bool:
        digits = re.sub(r"\D", "", text)
        return digits in self._digits or any(
            digits[at : at + length] in self._digits
            for length in self._lengths
            for at in range(len(digits) - length + 1)
        )

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
        text = NUMBER.sub(lambda found: "[number]" if self._is_number(found.group()) else found.group(), text)
        for phrase in self._phrases:
            text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
        return TWICE.sub(r"\1", self._without_names(text))

    def _without_names(self, text: str) -> str:
        """Words of names with a capital letter; those without one beside another word of a name."""
        found = list(WORD.finditer(text))
        known = [self._is_known(one.group()) for one in found]
        parts, end = [], 0
        for n, one in enumerate(found):
            near = [at for at in (n - 2, n - 1, n + 1, n + 2) if 0 <= at < len(found)]
            # Beside another, or with one letter between them: o'brien.
            beside = any(known[at] and (abs(at - n) == 1 or len(found[(at + n) // 2].group()) == 1) for at in near)
            capital = any(letter.isupper() for letter in one.group())
            named = known[n] and (capital or beside or one.group() in self._words)
            parts += [text[end : one.start()], "[name]" if named else one.group()]
            end = one.end()
        return "".join([*parts, text[end:]])
