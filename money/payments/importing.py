"""A payments file is imported, whole or not at all."""

from datetime import datetime

from council.actions import action
from council.copying import copy_in, new_keys
from council.errors import refuse
from council.jobs import enqueue
from council.models import Job, User
from council.tables.reader import CannotRead
from money.payments import pipeline
from money.payments.allocator import Allocator, one_at_a_time
from money.payments.reading import Status, new_lines, open_file, require_payments, start_reading
from money.rules.columns import vat_in_doubt
from placements.models import Payment, PaymentAllocation, PaymentImport


@action
def ask_for_import(*, by: User, at: datetime, payment_import: PaymentImport) -> PaymentImport:
    """Somebody has seen the preview and says yes: the import runs as a job.

    Refuses: not_ready, vat_not_said.
    """
    require_payments(by, at)
    row = PaymentImport.objects.select_for_update().get(pk=payment_import.pk)
    if row.status != Status.PREVIEW:
        refuse("not_ready", f"This file is not waiting to be imported: {row.get_status_display().lower()}.")
    _refuse_vat(row.result.get("with_vat", ""))
    row.status, row.imported_by = Status.IMPORTING, by
    row.job = enqueue("import_payments", row.pk, by)
    row.save()
    return row


def _refuse_vat(column: str) -> None:
    if column:
        refuse(
            "vat_not_said",
            f"The column “{column}” says that its amounts include VAT, and those of this source are taken to exclude it. Say which under VAT and "
            "departments, or choose another column.",
        )


@action
def import_file(
    *, by: User, at: datetime, payment_import: PaymentImport, progress=lambda rows: None
) -> pipeline.ImportOutcome:
    """Store the file's payments of known agencies, all or nothing, and put on contracts what is certain.

    Refuses: already_imported, cannot_read, vat_not_said.
    """
    require_payments(by, at)
    one_at_a_time()
    row = PaymentImport.objects.select_for_update().select_related("source").get(pk=payment_import.pk)
    if row.status in {Status.IMPORTED, Status.DISCARDED}:
        refuse(
            "already_imported", f"{row.file_name} is {row.get_status_display().lower()}, so nothing of it is imported."
        )
    allocator = Allocator()

    def store(batch: list[pipeline.PaymentLine]) -> tuple[int, int]:
        new = [(line, allocator.contract_for(line)) for line in new_lines(batch)]
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
        layout, rows = open_file(row)
        _refuse_vat(vat_in_doubt(layout, row.source.includes_vat))
        outcome = pipeline.run(layout, rows, start_reading(row.source, progress), store, pipeline.ImportOutcome())
    except CannotRead as problem:
        refuse("cannot_read", str(problem))
    row.result |= outcome.as_json()
    row.status, row.imported_by, row.imported_at = Status.IMPORTED, by, at
    row.save()
    return outcome


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
