"""An evidence pack: a ZIP with a page and the data of every request, the files, and a manifest of SHA-256 sums.

Written case by case and never held in memory as a whole. `manage.py verify_pack FILE` checks one.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from council import documents
from council.errors import refuse
from council.kept_files import sum_of
from council.models import Council, Document, Job
from council.wording import day_name
from placements.models import Breach, Placement
from recruitment.models import Vacancy
from reporting.evidence.case import case_of
from reporting.evidence.names import Names, PublicNames

MANIFEST, MANIFEST_SUM = "manifest.json", "manifest.sha256"
FORMAT = 1
# What a damaged ZIP file makes its reader raise.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError, TypeError)


def outside_between(since: date, until: date) -> QuerySet[Placement]:
    """The placements outside the first route, or marked as a breach, that were in post in a time."""
    marked = Breach.objects.filter(placement=OuterRef("pk"), since__lte=until)
    rows = Placement.objects.standing().filter(starts_on__lte=until, ends_on__gte=since)
    outside = Placement.objects.outside_the_first_route().filter(pk=OuterRef("pk"))
    return rows.filter(Exists(marked) | Exists(outside))


def requests_of(document: Document) -> QuerySet[Vacancy]:
    """The requests a pack is of, as far as who asked for it may see them."""
    rows = Vacancy.objects.visible_to(document.made_by).order_by("pk")
    parameters = document.parameters
    if "requests" in parameters:
        return rows.filter(pk__in=parameters["requests"])
    since, until = (date.fromisoformat(parameters[name]) for name in ("since", "until"))
    return rows.filter(pk__in=outside_between(since, until).values("vacancy"))


def period_title(since: date, until: date) -> str:
    return f"Everything outside the first supplier, {day_name(since)} to {day_name(until)}"


# -- making it ------------------------------------------------------------------------------------------------------------------


@dataclass
class Writer:
    """Writes files into the ZIP and remembers their sums."""

    packed: zipfile.ZipFile
    files: list[dict] = field(default_factory=list)
    written: set[str] = field(default_factory=set)

    def text(self, name: str, text: str) -> None:
        content = text.encode()
        self.packed.writestr(name, content)
        self._remember(name, len(content), hashlib.sha256(content).hexdigest())

    def stored(self, name: str, path: str, sha256: str) -> None:
        """A file from the storage, in pieces. Raises RuleViolation where it is not what was added."""
        if name in self.written:
            return
        digest, size = hashlib.sha256(), 0
        if not default_storage.exists(path):
            refuse("file_changed", f"{name} is missing from the folder of files. Tell support.")
        with default_storage.open(path) as source, self.packed.open(name, "w") as target:
            while chunk := source.read(1 << 16):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        if digest.hexdigest() != sha256:
            refuse("file_changed", f"{name} is not what was added: its content on disk has changed. Tell support.")
        self._remember(name, size, sha256)

    def _remember(self, name: str, size: int, sha256: str) -> None:
        self.written.add(name)
        self.files.append({"name": name, "size": size, "sha256": sha256})

    def manifest(self, facts: dict) -> None:
        text = json.dumps(facts | {"files": self.files}, indent=1, ensure_ascii=False)
        self.packed.writestr(MANIFEST, text.encode())
        self.packed.writestr(MANIFEST_SUM, hashlib.sha256(text.encode()).hexdigest() + "\n")


def write_pack(document: Document, path: Path, progress: Callable[[int], None] = lambda done: None) -> int:
    """Write the whole pack to a path. Returns how many requests are in it."""
    names = PublicNames() if document.is_public else Names()
    council, listed = Council.current().name, []
    common = {"document": document, "council": council, "maker": names.staff(document.made_by)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        writer = Writer(packed)
        rows = requests_of(document).select_related("team__service", "requested_by", "decided_by")
        for done, vacancy in enumerate(rows.iterator(chunk_size=50), 1):
            case = case_of(vacancy, names, document.made_at)
            listed.append((case.reference, case.title))
            writer.text(
                f"requests/{case.reference}.html", render_to_string("evidence/file.html", common | {"case": case})
            )
            writer.text(f"data/{case.reference}.json", json.dumps(case.as_json(), indent=1, ensure_ascii=False))
            for one in case.files:
                writer.stored(one.name, one.path, one.sha256)
            progress(done)
        writer.text("index.html", render_to_string("evidence/index.html", common | {"listed": listed}))
        writer.manifest(
            {
                "format": FORMAT,
                "title": document.title,
                "council": council,
                "public_copy": document.is_public,
                "made_by": common["maker"],
                "as_known_on": document.made_at.isoformat(),
                "requests": len(listed),
            }
        )
    return len(listed)


@contextmanager
def _one_moment():
    """All that is read is as it was when the reading began, however long it takes."""
    if connection.in_atomic_block:  # somebody else's transaction, which cannot be changed any more
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
        yield


def make_pack(job: Job, progress: Callable[[int], None]) -> str:
    """The worker's part: make the pack, keep it under its sum."""
    document = Document.objects.select_related("made_by").get(pk=job.subject)
    Job.objects.filter(pk=job.pk).update(total=requests_of(document).count())
    document.made_at = timezone.now()
    document.save(update_fields=["made_at"])
    with _one_moment():
        count = write_pack(document, documents.workshop(document), progress)
    name = f"evidence-{document.pk}{'-public' if document.is_public else ''}.zip"
    documents.finish(by=document.made_by, at=timezone.now(), document=document, file_name=name)
    return f"{count} request{'s are' if count != 1 else ' is'} in the pack."


def pack_failed(job: Job, sentence: str) -> None:
    document = Document.objects.get(pk=job.subject)
    documents.workshop(document).unlink(missing_ok=True)
    Document.objects.filter(pk=job.subject, finished_at__isnull=True).update(problem=sentence[:300])


# -- checking one -----------------------------------------------------------------------------------------------------------------


@dataclass
class Verification:
    """What a check of a pack found: its own sum, how many files it holds, and every problem in words."""

    sha256: str
    files: int = 0
    title: str = ""
    problems: list[str] = field(default_factory=list)


def verify(path: Path) -> Verification:
    """Hold every file of a pack against its manifest, and the manifest against its own sum."""
    found = Verification(sum_of(path))
    try:
        with zipfile.ZipFile(path) as packed:
            _verify(packed, found)
    except UNREADABLE as error:
        found.problems.append(f"The pack is damaged and cannot be read: {error}")
    return found


def _verify(packed: zipfile.ZipFile, found: Verification) -> None:
    names = packed.namelist()
    if MANIFEST not in names or MANIFEST_SUM not in names:
        found.problems.append("It has no manifest, so it is not an evidence pack.")
        return
    text = packed.read(MANIFEST)
    if hashlib.sha256(text).hexdigest() != packed.read(MANIFEST_SUM).decode(errors="replace").strip():
        found.problems.append(f"{MANIFEST} was changed after the pack was made.")
    manifest = json.loads(text)
    listed = {one["name"]: one for one in manifest["files"]}
    found.files, found.title = len(listed), manifest["title"]
    if len(names) != len(set(names)):
        found.problems.append("A name is in the pack twice.")
    found.problems += [
        f"{name} is not in the manifest." for name in names if name not in {*listed, MANIFEST, MANIFEST_SUM}
    ]
    for name, one in listed.items():
        if name not in names:
            found.problems.append(f"{name} is missing.")
            continue
        if _sum_in(packed, name) != one["sha256"]:
            found.problems.append(f"{name} was changed after the pack was made.")


def _sum_in(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with packed.open(name) as file:
            while chunk := file.read(1 << 16):
                digest.update(chunk)
    except UNREADABLE as error:
        return f"unreadable: {type(error).__name__}"
    return digest.hexdigest()
