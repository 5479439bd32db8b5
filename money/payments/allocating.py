"""Putting payments on contracts, and names as written on agencies."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from council.actions import action
from council.errors import refuse
from council.models import User
from council.wording import money
from money.payments.allocator import one_at_a_time
from money.payments.reading import lock_unimported, read_again, require_payments
from placements.models import DismissedName, Payment, PaymentAllocation, PaymentImport
from recruitment.models import Agency, AgencyName, Contract
from recruitment.rules.company_names import folded


@action
def confirm_name(
    *, by: User, at: datetime, payment_import: PaymentImport, name: str, agency: Agency, at_once: bool = False
) -> PaymentImport:
    """A similar name is this agency's: it matches from now on.

    Refuses: already_imported, another_agency.
    """
    require_payments(by, at)
    payment_import = lock_unimported(payment_import)
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
    """A similar name is nobody we know: it is not shown again.

    Refuses: already_imported.
    """
    require_payments(by, at)
    payment_import = lock_unimported(payment_import)
    DismissedName.objects.get_or_create(
        folded_name=folded(name), defaults={"name": name[:255], "dismissed_by": by, "dismissed_at": at}
    )
    return read_again(payment_import, by, at_once)


def allocation_mark(payment: Payment) -> str:
    """Tells one allocation of a payment from the next."""
    return ",".join(str(pk) for pk in payment.allocations.order_by("pk").values_list("pk", flat=True))


@action
def allocate(
    *, by: User, at: datetime, payment: Payment, parts: list[tuple[Contract, Decimal]], seen: str | None = None
) -> Payment:
    """Put a payment on one contract, or split it between several of the agency's. The parts add up to the payment.

    `seen` is `allocation_mark` as the person saw it; where somebody else has allocated the payment since, it is refused.

    Refuses: another_agency, changed_meanwhile, not_ours, nothing_allocated, parts_do_not_add_up.
    """
    require_payments(by, at)
    one_at_a_time()
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
