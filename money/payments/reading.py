"""A payments file arrives, is read and shown."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Count

from council.actions import action
from council.errors import refuse, require
from council.jobs import enqueue
from council.kept_files import is_whole, keep
from council.models import Job, User
from council.permissions import may
from council.tables.reader import CannotRead
from council.working_time import day_of
from money.payments import pipeline
from money.payments.allocator import Allocator
from money.rules.columns import Layout, vat_in_doubt
from money.rules.names import KnownNames
from placements.models import DismissedName, Payment, PaymentImport, PaymentSource
from recruitment.models import Agency, AgencyName

Status = PaymentImport.Status


def require_payments(by: User, at: datetime) -> None:
    require(may(by, "payments", day_of(at)), "import or allocate payments: a finance officer does")


def place_of(sha256: str) -> str:
    return f"payments/{sha256}"


def path_of(payment_import: PaymentImport) -> Path:
    return Path(default_storage.path(place_of(payment_import.sha256)))


def _whole_file(payment_import: PaymentImport) -> Path:
    """The kept file, held against its sum. Raises CannotRead where it is not what was sent."""
    path = path_of(payment_import)
    if not is_whole(path):
        raise CannotRead(
            "The file as it is kept here is not what was sent: it was cut short or changed. Send it again."
        )
    return path


@action
def receive_file(*, by: User, at: datetime, source: str, file, name: str, at_once: bool = False) -> PaymentImport:
    """Keep an uploaded file under its own hash, and have it read: by a job, or here and now with `at_once`.

    Refuses: no_room, no_source, too_large.
    """
    require_payments(by, at)
    source = " ".join(source.split())
    if not source:
        refuse("no_source", "Name the finance system the file comes from.", "source")
    if file.size > settings.PAYMENTS_FILE_LIMIT:
        limit = settings.PAYMENTS_FILE_LIMIT // (1024 * 1024)
        refuse("too_large", f"The file is larger than {limit} MB. Export fewer months at a time.", "file")
    sha256 = keep(file, place_of)
    known = PaymentSource.objects.filter(name__iexact=source).first()
    row = PaymentImport.objects.create(
        source=known or PaymentSource.objects.create(name=source),
        file_name=Path(name).name[:255],
        sha256=sha256,
        uploaded_by=by,
        uploaded_at=at,
    )
    return read_again(row, by, at_once)


def read_again(row: PaymentImport, by: User, at_once: bool) -> PaymentImport:
    row.status, row.problem = Status.READING, ""
    if not at_once:
        row.job = enqueue("read_payments", row.pk, by)
    row.save()
    if at_once:
        read_file(row)
    return row


def lock_unimported(payment_import: PaymentImport) -> PaymentImport:
    """The file's row, locked; refused once it has been imported or discarded."""
    row = PaymentImport.objects.select_for_update(of=("self",)).select_related("source").get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.IMPORTING, Status.DISCARDED}:
        refuse(
            "already_imported",
            f"{row.file_name} is {row.get_status_display().lower()}, so nothing about it can change.",
        )
    return row


def start_reading(source: PaymentSource, progress) -> pipeline.Reading:
    names = {a.folded_name: (a.pk, a.name) for a in Agency.objects.all()}
    names |= {n.folded_name: (n.agency_id, n.agency.name) for n in AgencyName.objects.select_related("agency")}
    return pipeline.Reading(
        names=KnownNames(names, frozenset(DismissedName.objects.values_list("folded_name", flat=True))),
        agencies=dict(Agency.objects.values_list("pk", "name")),
        includes_vat=source.includes_vat,
        our_departments=frozenset(name.casefold() for name in source.our_departments),
        progress=progress,
    )


def open_file(row: PaymentImport) -> tuple[Layout, Iterator[tuple[int, list[str]]]]:
    layout, rows = pipeline.open_file(_whole_file(row), row.file_name, {})
    remembered = row.source.layouts.get(layout.fingerprint, {})
    return pipeline.with_choices(layout, remembered | row.columns), rows


def new_lines(batch: list[pipeline.PaymentLine]) -> list[pipeline.PaymentLine]:
    """Of each line, as many as the file has more than is stored."""
    keys = {line.key for line in batch}
    stored = dict(Payment.objects.filter(line_key__in=keys).values_list("line_key").annotate(Count("pk")))
    return [line for line in batch if line.occurrence > stored.get(line.key, 0)]


def read_file(row: PaymentImport, progress=lambda rows: None) -> pipeline.ImportOutcome | None:
    """Look through the file and keep what it would do; None where a column is in doubt or it cannot be read."""
    allocator = Allocator()

    def count(batch: list[pipeline.PaymentLine]) -> tuple[int, int]:
        new = new_lines(batch)
        return len(new), sum(line.is_ours and allocator.contract_for(line) is None for line in new)

    try:
        layout, rows = open_file(row)
        row.result = {"columns": {role: layout.name(at) for role, at in layout.columns.items()}}
        row.result["with_vat"] = vat_in_doubt(layout, row.source.includes_vat)
        row.result["headers"] = [layout.name(at) for at in range(len(layout.headers))]
        if layout.doubts:
            row.status = Status.COLUMNS
            row.result["doubts"] = layout.doubts
            row.save()
            return None
        outcome = pipeline.run(layout, rows, start_reading(row.source, progress), count, pipeline.ImportOutcome())
    except CannotRead as problem:
        row.status, row.problem = Status.REFUSED, str(problem)
        row.save()
        return None
    row.result |= outcome.as_json()
    row.status = Status.PREVIEW
    row.save()
    return outcome


@action
def choose_columns(
    *, by: User, at: datetime, payment_import: PaymentImport, columns: dict[str, int], at_once: bool = False
) -> PaymentImport:
    """A person says which column is which; remembered for this source and layout.

    Refuses: already_imported, cannot_read.
    """
    require_payments(by, at)
    payment_import = lock_unimported(payment_import)
    try:
        layout, _ = pipeline.open_file(_whole_file(payment_import), payment_import.file_name, {})
    except CannotRead as problem:
        refuse("cannot_read", str(problem))
    source = PaymentSource.objects.select_for_update().get(pk=payment_import.source_id)
    source.layouts[layout.fingerprint] = source.layouts.get(layout.fingerprint, {}) | columns
    source.save()
    payment_import.columns = columns
    payment_import.source = source
    return read_again(payment_import, by, at_once)


@action
def discard(*, by: User, at: datetime, payment_import: PaymentImport) -> PaymentImport:
    """Leave a file that was read but not imported.

    Refuses: already_imported.
    """
    require_payments(by, at)
    row = PaymentImport.objects.select_for_update().get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.IMPORTING}:
        refuse("already_imported", f"{row.file_name} has been imported, so it cannot be discarded.")
    row.status = Status.DISCARDED
    row.save()
    return row


@action
def set_up_source(
    *,
    by: User,
    at: datetime,
    source: PaymentSource,
    includes_vat: bool,
    our_departments: list[str],
    at_once: bool = False,
) -> PaymentSource:
    """Say of a source whether its amounts include VAT, and which departments are ours (none named: all)."""
    require_payments(by, at)
    source.includes_vat, source.our_departments = includes_vat, our_departments
    source.save()
    for row in source.imports.filter(status=Status.PREVIEW):
        read_again(row, by, at_once)
    return source


def read_job(job: Job, progress) -> str:
    row = PaymentImport.objects.select_related("source").get(pk=job.subject)
    if row.status != Status.READING:
        return "Nothing to read"
    read_file(row, progress)
    return row.get_status_display()
