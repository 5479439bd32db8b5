"""Payments files: reading, showing, importing whole or not at all; and putting payments on contracts."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, Q

from council.actions import action, require
from council.copying import copy_in, new_keys
from council.errors import refuse
from council.jobs import enqueue
from council.kept_files import is_whole, keep
from council.models import Council, Job, User
from council.permissions import may
from council.tables.reader import CannotRead
from council.wording import money
from council.working_time import day_of
from money.payments import pipeline
from money.rules.allocation import Candidate, Facts, contract_for
from money.rules.columns import Layout
from money.rules.names import KnownNames
from placements.models import DismissedName, Payment, PaymentAllocation, PaymentImport, PaymentSource
from recruitment.models import Agency, AgencyName, Contract, Release
from recruitment.rules.company_names import folded

Status = PaymentImport.Status
ALLOCATING = 7_240_315  # any number, the same for every process that puts payments on contracts


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
    """Keep an uploaded file under its own hash, and have it read: by a job, or here and now with `at_once`."""
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


def _lock_unimported(payment_import: PaymentImport) -> PaymentImport:
    """The file's row, locked; refused once it has been imported or discarded."""
    row = PaymentImport.objects.select_for_update(of=("self",)).select_related("source").get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.IMPORTING, Status.DISCARDED}:
        refuse(
            "already_imported",
            f"{row.file_name} is {row.get_status_display().lower()}, so nothing about it can change.",
        )
    return row


def _reading(source: PaymentSource, progress) -> pipeline.Reading:
    names = {a.folded_name: (a.pk, a.name) for a in Agency.objects.all()}
    names |= {n.folded_name: (n.agency_id, n.agency.name) for n in AgencyName.objects.select_related("agency")}
    return pipeline.Reading(
        names=KnownNames(names, frozenset(DismissedName.objects.values_list("folded_name", flat=True))),
        agencies=dict(Agency.objects.values_list("pk", "name")),
        includes_vat=source.includes_vat,
        our_departments=frozenset(name.casefold() for name in source.our_departments),
        progress=progress,
    )


def _open(row: PaymentImport) -> tuple[Layout, Iterator[tuple[int, list[str]]]]:
    layout, rows = pipeline.open_file(_whole_file(row), row.file_name, {})
    remembered = row.source.layouts.get(layout.fingerprint, {})
    return pipeline.with_choices(layout, remembered | row.columns), rows


def _new_lines(batch: list[pipeline.PaymentLine]) -> list[pipeline.PaymentLine]:
    """Of each line, as many as the file has more than is stored."""
    keys = {line.key for line in batch}
    stored = dict(Payment.objects.filter(line_key__in=keys).values_list("line_key").annotate(Count("pk")))
    return [line for line in batch if line.occurrence > stored.get(line.key, 0)]


class _Allocator:
    """The agencies' contracts, read once for a whole file."""

    def __init__(self):
        council = Council.current()
        self.after_end, self.change = council.payment_after_end_days, council.payment_change_days
        orders: dict[int, set[str]] = {}
        for contract, number in (
            Release.objects.standing().exclude(order_number="").values_list("contract_id", "order_number")
        ):
            orders.setdefault(contract, set()).add(number)
        self.by_agency: dict[int, list[Candidate]] = {}
        for contract in Contract.objects.with_position().filter(account__ends_on__isnull=False):
            candidate = Candidate(
                contract.pk, contract.starts_on, contract.account.ends_on, frozenset(orders.get(contract.pk, ()))
            )
            self.by_agency.setdefault(contract.agency_id, []).append(candidate)

    def contract_for(self, line: pipeline.PaymentLine) -> tuple[int, str] | None:
        if not line.is_ours:
            return None
        facts = Facts(line.paid_on, line.texts["order_number"], line.service_from, line.service_to)
        return contract_for(facts, self.by_agency.get(line.agency, []), self.after_end, self.change)


def read_file(row: PaymentImport, progress=lambda rows: None) -> pipeline.ImportOutcome | None:
    """Look through the file and keep what it would do; None where a column is in doubt or it cannot be read."""
    allocator = _Allocator()

    def count(batch: list[pipeline.PaymentLine]) -> tuple[int, int]:
        new = _new_lines(batch)
        return len(new), sum(line.is_ours and allocator.contract_for(line) is None for line in new)

    try:
        layout, rows = _open(row)
        row.result = {"columns": {role: layout.name(at) for role, at in layout.columns.items()}}
        row.result["headers"] = [layout.name(at) for at in range(len(layout.headers))]
        if layout.doubts:
            row.status = Status.COLUMNS
            row.result["doubts"] = layout.doubts
            row.save()
            return None
        outcome = pipeline.run(layout, rows, _reading(row.source, progress), count, pipeline.ImportOutcome())
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
    """A person says which column is which; remembered for this source and layout."""
    require_payments(by, at)
    payment_import = _lock_unimported(payment_import)
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
def ask_for_import(*, by: User, at: datetime, payment_import: PaymentImport) -> PaymentImport:
    """Somebody has seen the preview and says yes: the import runs as a job."""
    require_payments(by, at)
    row = PaymentImport.objects.select_for_update().get(pk=payment_import.pk)
    if row.status != Status.PREVIEW:
        refuse("not_ready", f"This file is not waiting to be imported: {row.get_status_display().lower()}.")
    row.status, row.imported_by = Status.IMPORTING, by
    row.job = enqueue("import_payments", row.pk, by)
    row.save()
    return row


@action
def import_file(
    *, by: User, at: datetime, payment_import: PaymentImport, progress=lambda rows: None
) -> pipeline.ImportOutcome:
    """Store the file's payments of known agencies, all or nothing, and put on contracts what is certain."""
    require_payments(by, at)
    _one_at_a_time()
    row = PaymentImport.objects.select_for_update().select_related("source").get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.DISCARDED}:
        refuse(
            "already_imported", f"{row.file_name} is {row.get_status_display().lower()}, so nothing of it is imported."
        )
    allocator = _Allocator()

    def store(batch: list[pipeline.PaymentLine]) -> tuple[int, int]:
        new = [(line, allocator.contract_for(line)) for line in _new_lines(batch)]
        keys = new_keys(Payment, len(new))
        copy_in(Payment, PAYMENT, (_payment(key, line, row) for key, (line, _) in zip(keys, new, strict=True)))
        allocations = [
            (key, found[0], line.amount, found[1], at)
            for key, (line, found) in zip(keys, new, strict=True)
            if found is not None
        ]
        copy_in(PaymentAllocation, ALLOCATION, allocations)
        return len(new), sum(line.is_ours for line, _ in new) - len(allocations)

    try:
        layout, rows = _open(row)
        outcome = pipeline.run(layout, rows, _reading(row.source, progress), store, pipeline.ImportOutcome())
    except CannotRead as problem:
        refuse("cannot_read", str(problem))
    row.result |= outcome.as_json()
    row.status, row.imported_by, row.imported_at = Status.IMPORTED, by, at
    row.save()
    return outcome


def _one_at_a_time() -> None:
    """Who puts payments on contracts waits for whoever does: the kept totals of a day would else be taken in any order, and block."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ALLOCATING])


PAYMENT = (
    "id",
    "agency",
    "source",
    "imported_from",
    "line",
    "paid_on",
    "amount",
    "supplier",
    "reference",
    "department",
    "description",
    "order_number",
    "service_from",
    "service_to",
    "is_ours",
    "is_allocated",
    "line_key",
    "occurrence",
)
ALLOCATION = ("payment", "contract", "amount", "why", "allocated_at")


def _payment(key: int, line: pipeline.PaymentLine, row: PaymentImport) -> tuple:
    """The values of `PAYMENT`."""
    return (
        key,
        line.agency,
        row.source_id,
        row.pk,
        line.line,
        line.paid_on,
        line.amount,
        line.supplier[:255],
        line.texts["reference"][:100],
        line.texts["department"][:255],
        line.texts["description"][:500],
        line.texts["order_number"][:100],
        line.service_from,
        line.service_to,
        line.is_ours,
        False,
        line.key,
        line.occurrence,
    )


@action
def discard(*, by: User, at: datetime, payment_import: PaymentImport) -> PaymentImport:
    """Leave a file that was read but not imported."""
    require_payments(by, at)
    row = PaymentImport.objects.select_for_update().get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.IMPORTING}:
        refuse("already_imported", f"{row.file_name} has been imported, so it cannot be discarded.")
    row.status = Status.DISCARDED
    row.save()
    return row


@action
def confirm_name(
    *, by: User, at: datetime, payment_import: PaymentImport, name: str, agency: Agency, at_once: bool = False
) -> PaymentImport:
    """A similar name is this agency's: it matches from now on."""
    require_payments(by, at)
    payment_import = _lock_unimported(payment_import)
    same = Q(folded_name=folded(name)) | Q(pk__in=AgencyName.objects.filter(folded_name=folded(name)).values("agency"))
    other = Agency.objects.filter(same).exclude(pk=agency.pk).first()
    if other:
        refuse("another_agency", f"“{name}” is the name of {other}.")
    AgencyName.objects.get_or_create(folded_name=folded(name), defaults={"agency": agency, "name": name[:200]})
    return read_again(payment_import, by, at_once)


@action
def dismiss_name(
    *, by: User, at: datetime, payment_import: PaymentImport, name: str, at_once: bool = False
) -> PaymentImport:
    """A similar name is nobody we know: it is not shown again."""
    require_payments(by, at)
    payment_import = _lock_unimported(payment_import)
    DismissedName.objects.get_or_create(
        folded_name=folded(name), defaults={"name": name[:255], "dismissed_by": by, "dismissed_at": at}
    )
    return read_again(payment_import, by, at_once)


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


def allocation_mark(payment: Payment) -> str:
    """Tells one allocation of a payment from the next."""
    return ",".join(str(pk) for pk in payment.allocations.order_by("pk").values_list("pk", flat=True))


@action
def allocate(
    *, by: User, at: datetime, payment: Payment, parts: list[tuple[Contract, Decimal]], seen: str | None = None
) -> Payment:
    """Put a payment on one contract, or split it between several of the agency's. The parts add up to the payment.

    `seen` is `allocation_mark` as the person saw it; where somebody else has allocated the payment since, it is refused.
    """
    require_payments(by, at)
    _one_at_a_time()
    payment = Payment.objects.select_for_update(of=("self",)).select_related("agency").get(pk=payment.pk)
    if seen is not None and seen != allocation_mark(payment):
        last = payment.allocations.select_related("allocated_by").order_by("-pk").first()
        who = last.allocated_by.name if last and last.allocated_by else "Somebody"
        refuse("changed_meanwhile", f"{who} has allocated this payment meanwhile. Check the amounts, then send again.")
    parts = [(contract, amount) for contract, amount in parts if amount]
    if not parts:
        refuse("nothing_allocated", "Enter an amount for at least one contract.")
    if any(contract.agency_id != payment.agency_id for contract, _ in parts):
        refuse("another_agency", f"Choose contracts with {payment.agency} only.")
    if not payment.is_ours:
        refuse("not_ours", "This payment belongs to another department, so it is on none of our contracts.")
    total = sum((amount for _, amount in parts), Decimal(0))
    if total != payment.amount or any((amount < 0) != (payment.amount < 0) for _, amount in parts):
        refuse(
            "parts_do_not_add_up", f"The parts add up to {money(total)}. They must add up to {money(payment.amount)}."
        )
    payment.allocations.all().delete()
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(
            payment=payment, contract=contract, amount=amount, why="By a person", allocated_by=by, allocated_at=at
        )
        for contract, amount in parts
    )
    return payment


def read_job(job: Job, progress) -> str:
    row = PaymentImport.objects.select_related("source").get(pk=job.subject)
    if row.status != Status.READING:
        return "Nothing to read"
    read_file(row, progress)
    return row.get_status_display()


def import_job(job: Job, progress) -> str:
    from django.utils import timezone

    row = PaymentImport.objects.select_related("source").get(pk=job.subject)
    outcome = import_file(by=job.asked_by, at=timezone.now(), payment_import=row, progress=progress)
    return f"{outcome.kept} payments imported"


def import_failed(job: Job, sentence: str) -> None:
    """What broke off has stored nothing: an import may be tried again from its preview; a file that cannot be read is refused."""
    PaymentImport.objects.filter(pk=job.subject, status=Status.IMPORTING).update(
        status=Status.PREVIEW, problem=sentence
    )
    PaymentImport.objects.filter(pk=job.subject, status=Status.READING).update(status=Status.REFUSED, problem=sentence)
