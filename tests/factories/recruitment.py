from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

import factory
from django.db import connection

from council.models import User
from council.working_time import LONDON
from recruitment.contracts import actions as contracts
from recruitment.contracts import orders_of_sourcing
from recruitment.models import (
    Agency,
    AwardMethod,
    Contract,
    Framework,
    Lot,
    LotSupplier,
    Route,
    SourcingOrder,
    SourcingStep,
    StepKind,
    StepSource,
)


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agency
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Agency {n}")


class FrameworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Framework
        django_get_or_create = ("reference",)

    reference = "RM6161"
    name = "Staffing"
    starts_on = date(2020, 1, 1)
    expires_on = date(2024, 10, 11)


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot
        django_get_or_create = ("framework", "number")

    framework = factory.SubFactory(FrameworkFactory)
    number = "5"
    name = "Social care staffing"


LABELS = {1: Route.CORPORATE, 2: Route.FRAMEWORK}


def sourcing_order(**fields) -> SourcingOrder:
    """Direct recruitment, then the corporate contracts, then the frameworks, then by exemption.

    What is labelled corporate or framework already is named; what comes later names itself (`name_in_the_order`).
    """
    order = SourcingOrder.objects.create(
        **{"starts_on": date(2020, 1, 1), "decision_reference": "Test decision"} | fields
    )
    for position, kind in enumerate((StepKind.DIRECT, StepKind.AGENCY, StepKind.AGENCY, StepKind.EXEMPTION)):
        SourcingStep.objects.create(order=order, position=position, kind=kind, routine_hours=16, urgent_hours=8)
    for contract in Contract.objects.filter(route__in=LABELS.values()).order_by("pk"):
        _name(order, contract)
    return order


def address_in_force(agency: Agency, address: str) -> None:
    """As if the agency had confirmed the address; how it really does is tests/recruitment/test_ordering_addresses.py's."""
    with guards_off("recruitment_agency"):
        agency.ordering_address = address
        agency.save()


def name_in_the_order(contract: Contract) -> None:
    """Every order of sourcing names a contract by its label, as if it had been set up so: the owner switches the guards off for it."""
    for order in SourcingOrder.objects.all() if contract.route in LABELS.values() else ():
        with guards_off("recruitment_stepsource"):
            _name(order, contract)


@contextmanager
def guards_off(table: str):
    """The triggers of a table switched off, which the owner alone can."""
    _alter(f"alter table {table} disable trigger user")
    yield
    _alter(f"alter table {table} enable trigger user")


def _alter(sql: str) -> None:
    """What is put off to the end is checked first: a table is not altered while it has checks to come."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        cursor.execute(sql)


def _is_named(order: SourcingOrder, contract: Contract) -> bool:
    return StepSource.objects.filter(order=order).naming(contract.pk, contract.lot_id).exists()


def _name(order: SourcingOrder, contract: Contract) -> None:
    step = next((one for one in order.steps.all() if LABELS.get(one.position) == contract.route), None)
    if step and not _is_named(order, contract):
        by_lot = contract.route == Route.FRAMEWORK
        orders_of_sourcing.name(step, [] if by_lot else [contract], [contract.lot] if by_lot else [])


def approve(by: User, contract: Contract, value, ends_on: date = date(2026, 12, 31), **fields):
    decided_on = fields.pop("decided_on", date(2021, 12, 1))
    return contracts.approve(
        by=by,
        at=datetime(2024, 1, 1, 9, tzinfo=LONDON),
        contract=contract,
        value=None if value is None else Decimal(value),
        ends_on=ends_on,
        decision_reference="Decision 1",
        decided_on=decided_on,
        approver="Leader of the Council",
        ground="Needed",
        **fields,
    )


def _contract(by: User, value, ends_on=date(2026, 12, 31), **fields) -> Contract:
    defaults = {
        "title": "A contract",
        "award_method": AwardMethod.TENDER,
        "award_reason": "Tendered",
        "let_on": date(2022, 1, 1),
        "starts_on": date(2022, 1, 1),
    }
    contract = Contract(**defaults | fields)
    contracts.save_contract(by=by, at=datetime(2024, 1, 1, 9, tzinfo=LONDON), contract=contract)
    approve(by, contract, value, ends_on)
    name_in_the_order(contract)
    return contract


def corporate_contract(by: User, agency: Agency, reference="CORP", value=None, **fields) -> Contract:
    return _contract(by, value, reference=reference, agency=agency, route=Route.CORPORATE, **fields)


def framework_contract(by: User, agency: Agency, reference="RM6161-L5", value="1000000", **fields) -> Contract:
    lot = fields.pop("lot", None) or LotFactory()
    LotSupplier.objects.get_or_create(lot=lot, agency=agency)
    return _contract(by, value, reference=reference, agency=agency, route=Route.FRAMEWORK, lot=lot, **fields)


def permanent_contract(by: User, agency: Agency, reference="LIQ", value=None, **fields) -> Contract:
    return _contract(by, value, reference=reference, agency=agency, route=Route.DIRECT, target_hires=40, **fields)
