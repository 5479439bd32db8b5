"""Whether a worker's own agency would need an exemption, though the worker comes through a contracted supplier."""

from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from council.refusal import Refusal
from council.working_time import LONDON
from recruitment.models import Contract, Outcome, Release, StepSource, SupplyLeave, SupplyMode
from recruitment.rules.supply import needs_leave


def with_supply(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `supplier_is_named`: on the day of the answer the worker's agency had a contract that the round's order names; and
    `supply_is_allowed`."""
    sources = StepSource.objects.filter(order=OuterRef(OuterRef("order")))
    day = TruncDate(ExpressionWrapper(OuterRef("answered_at"), output_field=DateTimeField()), tzinfo=LONDON)
    own = Contract.objects.named(sources).filter(
        agency=OuterRef("supplying_agency"), starts_on__lte=day, account__ends_on__gte=day
    )
    given = SupplyLeave.objects.filter(release=OuterRef("pk"), agency=OuterRef("supplying_agency"))
    return rows.annotate(supplier_is_named=Exists(own), supply_is_allowed=Exists(given))


def waiting_for_leave() -> QuerySet[Any]:
    """Orders of a later step that secured a worker of an agency which no step names, and nobody has allowed it."""
    rows = Release.objects.standing().filter(
        outcome=Outcome.SECURED,
        supply_mode=SupplyMode.BROKERED,
        position__gt=1,
        exemption__isnull=True,
        round__closed_at__isnull=True,
    )
    return with_supply(rows).filter(supplier_is_named=False, supply_is_allowed=False)


def leave_refusal(release: Release) -> Refusal | None:
    """Why nobody is booked on a secured order yet: the worker's own agency would need an exemption, and nobody has allowed it."""
    rows = Release.objects.filter(pk=release.pk).select_related("supplying_agency", "contract__agency")
    return leave_refusal_of(with_supply(rows).get())


def leave_refusal_of(one: Any) -> Refusal | None:
    """The same of an order that was read `with_supply`."""
    return needs_leave(
        agency=one.supplying_agency.name if one.supplying_agency else "",
        through=one.contract.agency.name,
        step_class=one.step_class,
        is_named=one.supplier_is_named,
        is_allowed=one.supply_is_allowed,
    )
