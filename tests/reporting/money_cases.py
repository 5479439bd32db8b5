"""Placements of every kind, each in a Service and on a contract of its own, so that the figures of each can be told apart.

Unless a case says otherwise: 37 hours a week at £41.00, which is £303.40 a working day, from Monday 22 January to Friday 19 April
2024: 63 working days without Good Friday (29 March) and Easter Monday (1 April), £19,114.20, booked on 10 January.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as D

from django.db import transaction

from council.models import Team
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.hires import actions as hires
from placements.models import Breach, Placement
from placements.placement import carrying_over, converting, ending, rate_changes, replacing
from recruitment.models import Contract
from tests.factories import ServiceFactory, TeamFactory, World, build_world, corporate_contract, framework_contract
from tests.factories.small_council import AFTER_WINDOW, MONDAY


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=LONDON)


@contextmanager
def one_world(blocker) -> Iterator[World]:
    """A world for a whole file of tests that only read."""
    with blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@dataclass
class Case:
    """One kind of placement: its Service's team, its contract, and what was made."""

    team: Team
    contract: Contract | None = None
    placement: Placement | None = None
    breach: Breach | None = None
    other: Contract | None = None  # where the placement went to

    @property
    def service(self) -> int:
        return self.team.service_id


class Cases:
    """Makes the cases in a world."""

    def __init__(self, world: World):
        self.world = world

    def new(self, name: str, **contract) -> Case:
        by, agency = self.world.administrator, self.world.pertemps
        team = TeamFactory(service=ServiceFactory(name=f"Service of {name}"), name=f"Team of {name}")
        return Case(team, corporate_contract(by, agency, f"C-{name}"[:30], value="100000", **contract))

    def booked(self, name: str, *, hours="37", pattern="weekdays", asked=13, **terms) -> Case:
        """Booked on Wednesday 10 January at 13:00."""
        case, world = self.new(name), self.world
        fields = {"hours_per_week": D(hours), "pattern": pattern, "expected_weeks": asked}
        release = world.send(world.sourced(team=case.team, by=world.officer, **fields), case.contract)
        case.placement = world.book(world.secure(release, at=at(1, 8, 11)), pattern=pattern, **terms)
        return case

    def end(self, case: Case, when: datetime, ended_on: date, notice: date, waived: bool) -> None:
        case.placement = ending.end_early(
            by=self.world.officer,
            at=when,
            placement=case.placement,
            ended_on=ended_on,
            notice_given_on=notice,
            notice_waived=waived,
            reason="worker_left",
            rating=3,
            eligible_again=True,
        )

    def rate(self, case: Case, when: datetime, starts_on: date, charge: str, pay="33.00") -> None:
        rate_changes.change_rate(
            by=self.world.officer,
            at=when,
            placement=case.placement,
            starts_on=starts_on,
            pay_rate=D(pay),
            charge_rate=D(charge),
            reason="Award",
        )
        case.placement.refresh_from_db()

    # -- the cases --------------------------------------------------------------------------------------------------------------

    def whole(self) -> Case:
        return self.booked("whole")

    def seven_days(self) -> Case:
        """All seven days of six weeks, to Sunday 3 March: 37 ÷ 7 × £41.00 a day, £9,102.00."""
        return self.booked("seven days", pattern="seven_days", ends_on=date(2024, 3, 3))

    def pennies(self) -> Case:
        """36.25 hours at £41.37: £299.9325 a day, £18,895.75 for all 63."""
        return self.booked("pennies", hours="36.25", charge_rate=D("41.37"))

    def new_rate(self) -> Case:
        """£42.00, £310.80 a day, from Monday 4 March, recorded on 26 February."""
        case = self.booked("new rate")
        self.rate(case, at(2, 26), date(2024, 3, 4), "42.00")
        return case

    def rate_late(self) -> Case:
        """£42.00 from Monday 5 February, recorded three weeks later, on 26 February."""
        case = self.booked("rate recorded late")
        self.rate(case, at(2, 26), date(2024, 2, 5), "42.00")
        return case

    def rate_twice(self) -> Case:
        """£42.00 from 4 March and £40.00, £296.00 a day, from 11 March; ended on 15 March without notice, all on 26 February."""
        case = self.booked("rate twice")
        self.rate(case, at(2, 26), date(2024, 3, 4), "42.00")
        self.rate(case, at(2, 26), date(2024, 3, 11), "40.00")
        self.end(case, at(2, 26), date(2024, 3, 15), date(2024, 2, 26), True)
        return case

    def over_extension(self) -> Case:
        """To 12 April, extended to 19 April on 10 January, and £42.00 from 8 April, before the extension begins."""
        case = self.booked("over extension", ends_on=date(2024, 4, 12))
        self.world.extend(case.placement, date(2024, 4, 19), at=at(1, 10, 14))
        self.rate(case, at(2, 26), date(2024, 4, 8), "42.00")
        return case

    def early_end(self) -> Case:
        """Ended on Friday 1 March; notice of four weeks given on 26 February stays committed until Monday 25 March."""
        case = self.booked("early end")
        self.end(case, at(2, 26), date(2024, 3, 1), date(2024, 2, 26), False)
        return case

    def ended_late(self) -> Case:
        """Ended on Friday 1 March without notice, which was recorded on Monday 11 March."""
        case = self.booked("ended late")
        self.end(case, at(3, 11), date(2024, 3, 1), date(2024, 2, 26), True)
        return case

    def later_start(self) -> Case:
        """The first day was Monday 29 January, as was confirmed on 5 February."""
        case = self.booked("later start")
        self.world.corrected("placement", case.placement, at=at(2, 5), starts_on=date(2024, 1, 29))
        return case

    def earlier_start(self) -> Case:
        """The first day was Monday 15 January, as was confirmed on 5 February."""
        case = self.booked("earlier start")
        self.world.corrected("placement", case.placement, at=at(2, 5), starts_on=date(2024, 1, 15))
        return case

    def capped(self) -> Case:
        """36.25 hours at £40.02, £290.145 a day: ended on 1 March without notice, then begun a day later, each rounded by itself.

        £18,279.14 booked, £9,574.79 and £290.15 given back: £8,414.20 stays. The 29 days alone would round to £8,414.21.
        """
        case = self.booked("capped", hours="36.25", charge_rate=D("40.02"))
        self.end(case, at(2, 26), date(2024, 3, 1), date(2024, 2, 26), True)
        self.world.corrected("placement", case.placement, at=at(2, 27), starts_on=date(2024, 1, 23))
        return case

    def penny_left(self) -> Case:
        """36.25 hours at £41.37: ended on 1 March, recorded on 4 March, and begun a day later, confirmed on 5 March.

        £18,895.75 less £9,897.77 and £299.93 is £8,698.05. The 29 days cost £8,698.04.
        """
        case = self.booked("penny left", hours="36.25", charge_rate=D("41.37"))
        self.end(case, at(3, 4), date(2024, 3, 1), date(2024, 2, 26), True)
        self.world.corrected("placement", case.placement, at=at(3, 5), starts_on=date(2024, 1, 23))
        return case

    def extended(self) -> Case:
        """To Friday 10 May, agreed on 11 March: 14 days more without the bank holiday of 6 May, £4,247.60."""
        case = self.booked("extended")
        self.world.extend(case.placement, date(2024, 5, 10), at=at(3, 11))
        return case

    def no_show(self) -> Case:
        """Nobody came, as was recorded on Tuesday 23 January."""
        case = self.booked("no show")
        ending.did_not_start(by=self.world.officer, at=at(1, 23), placement=case.placement, reason="Another post")
        return case

    def in_error(self) -> Case:
        """Marked as entered in error on Tuesday 30 January."""
        case = self.booked("in error")
        ending.void(by=self.world.director, at=at(1, 30), placement=case.placement, reason="Twice")
        return case

    def replaced(self) -> Case:
        """Nobody came; another worker from Monday 29 January at £40.00, £296.00 a day, recorded on 22 January."""
        case = self.booked("replaced")
        case.placement = replacing.replace(
            by=self.world.officer,
            at=at(1, 22),
            placement=case.placement,
            reason="Another post",
            registration_number="SW800001",
            worker_name="Second Choice",
            starts_on=date(2024, 1, 29),
            ends_on=date(2024, 4, 19),
            pay_rate=D("33.00"),
            charge_rate=D("40.00"),
        )
        return case

    def carried_over(self) -> Case:
        """To the next contract at £40.00 from Monday 4 March, recorded on 26 February."""
        case = self.booked("carried over")
        case.other = corporate_contract(self.world.administrator, self.world.pertemps, "C-next", value="100000")
        carrying_over.carry_over(
            by=self.world.officer,
            at=at(2, 26),
            old=case.contract,
            new=case.other,
            on=date(2024, 3, 4),
            terms={case.placement.pk: carrying_over.Carried(D("33.00"), D("40.00"), date(2024, 4, 19))},
        )
        return case

    def converted(self) -> Case:
        """A member of staff from Monday 4 March for a fee of £2,500.00, recorded on 26 February."""
        case = self.booked("converted")
        terms = {"starts_on": date(2024, 3, 4), "fee": D("2500.00"), "rating": 4}
        converting.convert(by=self.world.officer, at=at(2, 26), placement=case.placement, **terms)
        return case

    def hired(self) -> Case:
        """A permanent start on Monday 4 March for £6,500.00, recorded on 10 January, entered in error on 12 March."""
        case, world = Case(TeamFactory(service=ServiceFactory(name="Service of hired"))), self.world
        case.contract = world.permanent
        vacancy = world.sourced(team=case.team, by=world.officer)
        release = world.secure(world.send(vacancy, world.permanent))
        hire = hires.record_hire(
            by=world.officer,
            at=at(1, 10, 14),
            vacancy=vacancy,
            release=release,
            starts_on=date(2024, 3, 4),
            fee=D("6500.00"),
            registration_number="SW444444",
            worker_name="New Colleague",
        )
        hires.void_hire(by=world.director, at=at(3, 12), hire=hire, reason="Declined the post")
        return case

    def found(self, name: str, contract: Contract | None, **fields) -> Case:
        """A breach at £50.00, £370.00 a day, from Monday 8 to Friday 19 January, recorded on Wednesday 10 January at 11:00."""
        case = Case(TeamFactory(service=ServiceFactory(name=f"Service of {name}")), contract)
        agency = contract.agency if contract else self.world.brokered
        case.breach = self.world.breach(team=case.team, contract=contract, agency=agency, **fields)
        case.placement = case.breach.placement
        return case

    def breach_on_contract(self) -> Case:
        """On a contract, and approved on Tuesday 30 January at one minute before midnight."""
        contract = corporate_contract(self.world.administrator, self.world.pertemps, "C-breach", value="100000")
        case = self.found("breach on contract", contract)
        breaches_actions.authorise(by=self.world.director, at=at(1, 30, 23, 59), breach=case.breach, reason="Needed")
        return case

    def breach_given_back(self) -> Case:
        """On a contract until 29 March: 59 days, £21,830.00; ended on 19 January without notice, recorded on 17 January."""
        contract = corporate_contract(self.world.administrator, self.world.pertemps, "C-given-back", value="100000")
        case = self.found("breach given back", contract, ends_on=date(2024, 3, 29))
        self.end(case, at(1, 17), date(2024, 1, 19), date(2024, 1, 15), True)
        return case

    def breach_outside(self) -> Case:
        """Outside any contract; £40.00, £296.00 a day, from Monday 15 January, recorded on 12 January. Never approved."""
        case = self.found("breach outside", None)
        self.rate(case, at(1, 12), date(2024, 1, 15), "40.00", pay="30.00")
        return case

    def breach_ended(self) -> Case:
        """Outside any contract until 29 March; ended on 19 January, the notice given on 15 January stays owed until 12 February."""
        case = self.found("breach ended", None, ends_on=date(2024, 3, 29))
        self.end(case, at(1, 17), date(2024, 1, 19), date(2024, 1, 15), False)
        return case

    def breach_begun_earlier(self) -> Case:
        """Found from 8 January; the first day was Wednesday 3 January, as was confirmed on 13 January."""
        case = self.found("breach begun earlier", None)
        self.world.corrected("placement", case.placement, starts_on=date(2024, 1, 3))
        return case

    def on_framework(self) -> Case:
        """On a framework contract after Pertemps had nobody."""
        world = self.world
        contract = framework_contract(world.administrator, world.halden, "C-framework", value="100000")
        case = Case(TeamFactory(service=ServiceFactory(name="Service of on framework")), contract)
        vacancy = world.sourced(team=case.team, by=world.officer)
        world.fail(world.send(vacancy))
        release = world.send(vacancy, contract, at=AFTER_WINDOW)
        case.placement = world.book(world.secure(release, at=at(1, 10, 12)))
        return case

    def by_exemption(self) -> Case:
        """By exemption for £30,000.00, approved on 10 January at 12:00."""
        world = self.world
        case = Case(TeamFactory(service=ServiceFactory(name="Service of by exemption")))
        vacancy = world.sourced(MONDAY, team=case.team, by=world.officer)
        world.fail(world.send(vacancy))
        case.placement = world.by_exemption(world.exempted(vacancy))
        case.contract = case.placement.contract
        return case

    def brought(self, name: str, contract: Contract | None, **fields) -> Case:
        """Brought forward at £50.00, £370.00 a day, from Monday 8 to Friday 19 January, entered on 10 January."""
        case = Case(TeamFactory(service=ServiceFactory(name=f"Service of {name}")), contract)
        agency = contract.agency if contract else self.world.brokered
        found = self.world.found(team=case.team, contract=contract, agency=agency, **fields)
        case.placement = brought_forward_actions.bring_forward(
            by=self.world.administrator, at=at(1, 10), found=found, proof_held="Their e-mail of 5 January."
        )
        return case

    def brought_forward(self) -> Case:
        """Outside any contract."""
        brought_forward_actions.open_batch(by=self.world.administrator, at=at(1, 10), on=date(2024, 1, 8))
        return self.brought("brought forward", None)

    def brought_on_contract(self) -> Case:
        """On the first supplier's contract."""
        contract = corporate_contract(self.world.administrator, self.world.pertemps, "C-brought", value="100000")
        return self.brought("brought on contract", contract)

    def brought_on_framework(self) -> Case:
        """On a framework contract."""
        contract = framework_contract(self.world.administrator, self.world.halden, "C-brought-fw", value="100000")
        return self.brought("brought on framework", contract)


NAMES = (
    "whole",
    "seven_days",
    "pennies",
    "new_rate",
    "rate_late",
    "rate_twice",
    "over_extension",
    "early_end",
    "ended_late",
    "later_start",
    "earlier_start",
    "capped",
    "penny_left",
    "extended",
    "no_show",
    "in_error",
    "replaced",
    "carried_over",
    "converted",
    "hired",
    "breach_on_contract",
    "breach_given_back",
    "breach_outside",
    "breach_ended",
    "breach_begun_earlier",
    "on_framework",
    "by_exemption",
    "brought_forward",
    "brought_on_contract",
    "brought_on_framework",
)


def make_cases(world: World) -> dict[str, Case]:
    cases = Cases(world)
    return {name: getattr(cases, name)() for name in NAMES}
