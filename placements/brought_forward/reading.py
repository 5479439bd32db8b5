"""The team's own spreadsheet of who was in post on the day the council moved in: read whole, with every row's faults named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from council.errors import RuleViolation
from council.models import Team
from council.tables.reader import CannotRead, rows_of
from council.tables.values import NotReadable, amount_in, date_in
from council.wording import day_name
from placements.breaches.workers_found import WorkerFound, check_found
from placements.models import BroughtForward
from recruitment.models import Agency, Contract, JobType, Kind, Pattern
from recruitment.rules.registration import is_registration, tidy_registration

COLUMNS = {
    "team": "Team",
    "job_type": "Role",
    "kind": "Need",
    "registration_number": "Registration number",
    "worker_name": "Name",
    "agency": "Agency",
    "contract": "Contract",
    "starts_on": "Start",
    "ends_on": "End",
    "hours_per_week": "Hours per week",
    "pattern": "Working pattern",
    "pay_rate": "Pay rate",
    "charge_rate": "Charge rate",
    "proof_held": "Proof held",
}
MAY_BE_EMPTY = {"contract", "pay_rate", "kind", "pattern"}
EXAMPLE = [
    "Initial response north",
    "Social worker",
    "Vacant post",
    "SW12345",
    "Example Name",
    "Pertemps",
    "CORP-2019",
    "1 April 2026",
    "30 September 2026",
    "37",
    "Monday to Friday",
    "34.00",
    "41.50",
    "Order form of 12 March 2026",
]
MOST_ROWS = 2000


@dataclass
class Preview:
    """What a file holds. `faults` are (line, sentence); with any of them nothing is entered."""

    rows: list[tuple[int, WorkerFound, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def value(self) -> Decimal:
        return sum((found.value for _, found, _ in self.rows), Decimal(0))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def read(path: Path, name: str, batch: BroughtForward | None = None) -> Preview:
    """Read a file by the headers of the template, in any order. Raises CannotRead for a file that is not one.

    With the batch, each row must also have been live on its day.
    """
    rows = rows_of(path, name)
    positions = _header(rows)
    lookups = _Lookups()
    preview = Preview()
    seen: dict[tuple, int] = {}
    for count, (line, cells) in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise CannotRead(f"The file has more than {MOST_ROWS} rows. Send it in parts.")
        texts = {key: cells[at].replace("\0", "").strip() if at < len(cells) else "" for key, at in positions.items()}
        found, faults = lookups.found(texts)
        if found is not None:
            key = (found.registration_number, found.starts_on)
            if key in seen:
                faults.append(f"It is the same worker and start as line {seen[key]}. Take one of them out.")
            seen.setdefault(key, line)
            faults += _not_a_fact(found, batch)
        preview.faults += [(line, fault) for fault in faults]
        if found is not None and not faults:
            preview.rows.append((line, found, texts["proof_held"]))
    if not preview.rows and not preview.faults:
        raise CannotRead("The file has no rows below its headers. Fill in the template, then choose it here.")
    return preview


def _not_a_fact(found: WorkerFound, batch: BroughtForward | None) -> list[str]:
    """What the row would be refused for when it is entered."""
    faults = []
    try:
        check_found(found)
    except RuleViolation as refused:
        faults.append(str(refused))
    if batch and not found.starts_on <= batch.on <= found.ends_on:
        faults.append(f"It was not live on {day_name(batch.on)}, the day the council moved in.")
    return faults


def _header(rows: Iterator[tuple[int, list[str]]]) -> dict[str, int]:
    wanted = {_plain(title): key for key, title in COLUMNS.items()}
    for _, cells in rows:
        positions = {wanted[_plain(cell)]: at for at, cell in enumerate(cells) if _plain(cell) in wanted}
        if len(positions) < sum(_plain(cell) in wanted for cell in cells):
            raise CannotRead("A column of the template is there twice. Keep one of each, then choose the file again.")
        missing = [title for key, title in COLUMNS.items() if key not in positions and key not in MAY_BE_EMPTY]
        if not missing:
            return positions | {key: 10**6 for key in COLUMNS if key not in positions}
        if len(positions) > 3:
            raise CannotRead(f"These columns are missing: {', '.join(missing)}. Use the headers of the template.")
    raise CannotRead("The headers of the template were not found. Download the template and fill it in.")


class _Lookups:
    """The council's own names, read once for a file."""

    def __init__(self):
        self.teams: dict[str, list[Team]] = {}
        for team in Team.objects.filter(is_active=True).select_related("service"):
            self.teams.setdefault(_plain(team.name), []).append(team)
        self.agencies = {_plain(agency.name): agency for agency in Agency.objects.all()}
        self.contracts = {_plain(one.reference): one for one in Contract.objects.select_related("agency")}

    def found(self, texts: dict[str, str]) -> tuple[WorkerFound | None, list[str]]:
        """(what a row says, its faults in sentences)."""
        faults: list[str] = []

        def value(key: str, read, sentence: str):
            text = texts[key]
            if not text:
                if key not in MAY_BE_EMPTY:
                    faults.append(f"{COLUMNS[key]} is empty.")
                return None
            try:
                return read(text)
            except (KeyError, NotReadable, ValueError):
                faults.append(f"{COLUMNS[key]} “{text[:60]}” {sentence}")
                return None

        def one_team(text: str) -> Team:
            (team,) = self.teams[_plain(text)]
            return team

        amount_wrong = "is not an amount above zero, like 41.50."
        date_wrong = "is not a date, like 27 March 2026."
        values = {
            "team": value("team", one_team, "is not the name of one team of the council."),
            "job_type": value("job_type", _choice(JobType.choices), "is not a role of the tracker."),
            "kind": value("kind", _choice(Kind.choices[:2]), "is not “Vacant post” or “Cover for an absent employee”."),
            "registration_number": value(
                "registration_number", _registration, "is not two letters and digits, like SW12345."
            ),
            "worker_name": value("worker_name", lambda text: text[:100], ""),
            "agency": value("agency", lambda text: self.agencies[_plain(text)], "is not an agency of the tracker."),
            "contract": value(
                "contract", lambda text: self.contracts[_plain(text)], "is not a contract of the tracker."
            ),
            "starts_on": value("starts_on", date_in, date_wrong),
            "ends_on": value("ends_on", date_in, date_wrong),
            "hours_per_week": value("hours_per_week", _hours, "is not a number of hours up to 48."),
            "pattern": value("pattern", _choice(Pattern.choices), "is not “Monday to Friday” or “Seven days”."),
            "pay_rate": value("pay_rate", _number, amount_wrong),
            "charge_rate": value("charge_rate", _number, amount_wrong),
        }
        value("proof_held", lambda text: text, "")
        if faults:
            return None, faults
        values["kind"] = values["kind"] or Kind.VACANT_POST
        values["pattern"] = values["pattern"] or Pattern.WEEKDAYS
        return WorkerFound(**values), faults


def _choice(choices):
    words = {_plain(str(label)): code for code, label in choices} | {code: code for code, _ in choices}
    return lambda text: words[_plain(text)]


def _number(text: str) -> Decimal:
    amount = amount_in(text)
    if amount <= 0:
        raise ValueError(text)
    return amount


def _registration(text: str) -> str:
    tidy = tidy_registration(text)
    if not is_registration(tidy):
        raise ValueError(text)
    return tidy


def _hours(text: str) -> Decimal:
    amount = _number(text)
    if amount > 48:
        raise ValueError(text)
    return amount
