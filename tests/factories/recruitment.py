from datetime import date, datetime
from decimal import Decimal

import factory

from council.models import User
from council.working_time import LONDON
from recruitment.contracts import actions as contracts
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


def sourcing_order(**fields) -> SourcingOrder:
    """Direct recruitment, then the corporate contract, then the framework, then by exemption."""
    order = SourcingOrder.objects.create(
        **{"starts_on": date(2020, 1, 1), "decision_reference": "Test decision"} | fields
    )
    for position, route in enumerate((Route.DIRECT, Route.CORPORATE, Route.FRAMEWORK, Route.EXEMPTION)):
        SourcingStep.objects.create(order=order, position=position, route=route, routine_hours=16, urgent_hours=8)
    return order


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
    return contract


def corporate_contract(by: User, agency: Agency, reference="CORP", value=None, **fields) -> Contract:
    return _contract(by, value, reference=reference, agency=agency, route=Route.CORPORATE, **fields)


def framework_contract(by: User, agency: Agency, reference="RM6161-L5", value="1000000", **fields) -> Contract:
    lot = LotFactory()
    LotSupplier.objects.get_or_create(lot=lot, agency=agency)
    return _contract(by, value, reference=reference, agency=agency, route=Route.FRAMEWORK, lot=lot, **fields)


def permanent_contract(by: User, agency: Agency, reference="LIQ", value=None, **fields) -> Contract:
    return _contract(by, value, reference=reference, agency=agency, route=Route.DIRECT, target_hires=40, **fields)
