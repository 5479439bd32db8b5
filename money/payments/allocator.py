"""Which contract a payment falls on, and that one process at a time puts payments on contracts."""

from django.db import connection

from council.models import Council
from money.payments import pipeline
from money.rules.allocation import Candidate, Facts, contract_for
from recruitment.models import Contract, Release

ALLOCATING = 7_240_315  # any number, the same for every process that puts payments on contracts


class Allocator:
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


def one_at_a_time() -> None:
    """Who puts payments on contracts waits for whoever does: the kept totals of a day would else be taken in any order, and block."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ALLOCATING])
