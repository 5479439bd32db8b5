"""A council that asks Pertemps, then RM6161, then RM6281: by set-up alone."""

from dataclasses import dataclass
from datetime import date, timedelta

from council.working_time import LONDON
from recruitment.contracts.orders_of_sourcing import NewStep, set_order
from recruitment.models import Agency, Contract, Lot, LotSupplier, Release, SourcingOrder, StepKind
from tests.factories import AgencyFactory, framework_contract
from tests.factories.recruitment import FrameworkFactory, LotFactory
from tests.factories.small_council import AFTER_WINDOW, MONDAY, World

SECOND = AFTER_WINDOW + timedelta(days=3)  # after RM6161's time to answer
THIRD = SECOND + timedelta(days=3)
FROM = date(2024, 1, 2)


@dataclass
class ThreeSteps:
    world: World
    order: SourcingOrder
    lot: Lot  # RM6281 Lot 4
    second: Contract  # under it
    other: Contract  # under it, too

    def asked_second(self, **fields) -> Release:
        """Pertemps have failed, and RM6161 is asked."""
        vacancy = self.world.sourced(**fields)
        self.world.fail(self.world.send(vacancy))
        return self.world.send(vacancy, self.world.framework, at=AFTER_WINDOW)

    def failed_second(self, **fields) -> Release:
        """Pertemps and RM6161 have failed, each recorded by the officer alone."""
        release = self.asked_second(**fields)
        return self.world.fail(release, at=SECOND)


def under(world: World, lot: Lot, agency: Agency, reference: str, **fields) -> Contract:
    LotSupplier.objects.get_or_create(lot=lot, agency=agency)
    return framework_contract(world.administrator, agency, reference, lot=lot, **fields)


def three_steps(world: World) -> ThreeSteps:
    framework = FrameworkFactory(reference="RM6281", name="Workforce", expires_on=date(2028, 2, 29))
    lot = LotFactory(framework=framework, number="4")
    second = under(world, lot, AgencyFactory(name="Elmstead People"), "RM6281-A")
    other = under(world, lot, AgencyFactory(name="Cedarline Resourcing"), "RM6281-B")
    order = set_order(
        by=world.administrator,
        at=MONDAY.astimezone(LONDON),
        starts_on=FROM,
        decision_reference="Cabinet, 2 January 2024",
        steps=[
            NewStep(StepKind.DIRECT),
            NewStep(StepKind.AGENCY, contracts=[world.corporate]),
            NewStep(StepKind.AGENCY, lots=[world.framework.lot], routine_hours=8, urgent_hours=4, proof_age_days=5),
            NewStep(StepKind.AGENCY, lots=[lot]),
            NewStep(StepKind.EXEMPTION),
        ],
    )
    return ThreeSteps(world, order, lot, second, other)
