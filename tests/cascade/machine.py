"""Random days of random officers: whatever they try, no framework placement lacks its proof.

Hypothesis draws the numbers; `Desk` turns each into one thing somebody does: mostly the sensible next step of a request, often
something foolish. In CI two runs of 10,000 steps, in two test files so that both
processors are busy: 20,000 in all. Each fails unless it saw 100
framework placements and every kind of refusal ten times, which makes 200 and 20 together.
"""

import os
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal as D

from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from council.errors import NotAllowed, RuleViolation
from council.models import Role, RoleGrant, calendar_of_the_council
from placements.actions import (
    corrections,
    endings,
    extensions,
    facts,
    hires,
    life,
    needs,
    onward,
    placements,
    rate_changes,
)
from placements.models import BroughtForward, Placement
from recruitment.actions import contracts, releases, vacancies
from recruitment.models import ContractAccount, Outcome, Release, Vacancy
from tests.factories import TeamFactory, build_world, corporate_contract
from tests.factories.world import MONDAY

# Each of two runs. CI goes the whole way and asks for every kind of refusal; elsewhere a tenth, which is too short to ask that.
IN_CI = os.environ.get("CI") == "true"
STEPS_EACH, FRAMEWORK_EACH, REFUSALS_EACH = (10_000, 100, 10) if IN_CI else (1_000, 10, 0)

KINDS_OF_REFUSAL = {
    "asking": "not_being_sourced direct_first still_waiting already_secured not_asked_before withdrawn_proves_nothing proof_too_old "
    "better_than_before above_request contract_has_no_room not_a_vacant_post permanent_already_asked before_the_last before_the_round longer_than_agreed",
    "answering": "window_not_ended already_answered before_sent in_future late_without_reason no_supply_mode supply_not_said "
    "no_rate_asked no_supplying_agency nothing_to_replace",
    "booking": "not_secured already_booked end_before_start charge_below_pay above_max_rate outside_contract over_value "
    "worker_week_full above_hours not_a_placement another_pattern longer_than_asked round_is_over",
    "after the booking": "did_start already_replaced not_authorised replacement_too_late not_next_day ended needs_approval not_rechecked "
    "request_is_full nothing_to_carry rate_outside same_team another_service",
    "facts": "breach_stays already_decided not_agreed no_contract waits_already not_answered found_when batch_closed "
    "proof_corrected",
    "the rest": "own_request own_entry rested_on not_from_here not_longer no_reason not_covered already_voided did_not_start "
    "nothing_changed",
}
EVERY_KIND = {code for codes in KINDS_OF_REFUSAL.values() for code in codes.split()}

# Proved by the answer it rests on; or brought forward; or marked as a breach. There is no fourth.
PROOF_IS_MISSING = """
    select count(*) from placements_placement p
      left join recruitment_release r on r.id = p.release_id
      left join recruitment_release f on f.id = r.rests_on_id
     where p.voided_at is null
       and p.basis <> 'brought_forward'
       and not exists (select 1 from placements_breach b where b.placement_id = p.id)
       and (r.id is null
            or r.outcome <> case when p.did_not_start_at is null or p.order_stands then 'secured' else 'fell_through' end
            or (r.route = 'framework'
                and (f.id is null or f.outcome not in ('not_secured', 'fell_through') or f.voided_at is not null
                     or f.round_id <> p.round_id or f.route <> 'corporate' or f.max_rate < r.max_rate
                     or coalesce(f.fell_through_at, f.answered_at) > r.sent_at)))
"""
MARK_IS_MISSING = """
    select count(*) from placements_placement p
     where p.basis = 'breach' and not exists (select 1 from placements_breach b where b.placement_id = p.id)
"""
# The sum of a contract's entries is its exposure, and no placement has given back more than it committed.
MONEY_IS_LOST = """
    select count(*) from placements_placement p
     where p.contract_id is not null and (
        select coalesce(sum(value), 0) from placements_placementperiod where placement_id = p.id
     ) < (
        select coalesce(sum(e.amount), 0) from placements_placementreversal v join recruitment_accountentry e on e.id = v.entry_id
         where v.placement_id = p.id)
"""
# Beyond the value only what was entered as a fact, which nobody refuses.
OVER_VALUE = """
    select count(*) from recruitment_contractaccount a
     where a.exposure - coalesce((
        select sum(case when put_into = 'accrued' then amount when taken_from = 'accrued' then -amount end)
          from recruitment_accountentry e where e.contract_id = a.contract_id), 0) > a.approved_value
"""


class Tally:
    """What a run has seen."""

    def __init__(self):
        self.steps, self.framework = 0, 0
        self.refused: Counter = Counter()


class Desk:
    """A few requests at once, and a clock that only goes forward."""

    def __init__(self, world, tally: Tally, n: int):
        self.world, self.tally, self.rng = world, tally, random.Random(n)
        self.now, self.requests = MONDAY, []
        self.calendar = calendar_of_the_council()
        self.south = TeamFactory(service=world.team.service, name="South")
        self.successor = corporate_contract(world.administrator, world.pertemps, "CORP-2", ends_on=date(2032, 12, 31))

    def attempt(self, function, **arguments):
        """One step: something somebody does, and what the rules say of it."""
        self.tally.steps += 1
        arguments = {"by": self.world.officer, "at": self.now} | arguments
        try:
            return function(**arguments)
        except RuleViolation as refused:
            self.tally.refused[refused.code] += 1
            return None
        except NotAllowed:
            self.tally.refused["not_allowed"] += 1
            return None

    def chance(self, percent: float) -> bool:
        return self.rng.random() * 100 < percent

    def act(self, n: int) -> None:
        self.rng.seed(n)
        live = [v for v in self.requests if v.status not in ("filled", "ended", "withdrawn")]
        if len(live) < 3:
            self.requests = [*live, self._ask()]
            return
        vacancy = self.rng.choice(self.requests)
        vacancy.refresh_from_db()
        if self.chance(55):
            self._sensible(vacancy)
        elif self.chance(60):
            seldom = min(TRIES, key=lambda kind: (self.tally.refused[kind], kind))
            TRIES[seldom](self, vacancy)
        else:
            self.rng.choice(FOOLISH)(self, vacancy)

    def _ask(self) -> Vacancy:
        self.tally.steps += 1
        return self.world.request(
            at=self.now,
            kind=self.rng.choice(["vacant_post", "vacant_post", "cover"]),
            needed_from=self.now.date() + timedelta(7),
            hours_per_week=D(self.rng.choice([37, 37, 20])),
        )

    # -- the sensible next step -------------------------------------------------------------------------------------------

    def _sensible(self, vacancy: Vacancy) -> None:
        if vacancy.status in ("requested", "deferred"):
            self.decide(vacancy)
        elif vacancy.status in ("agreed", "sourcing"):
            self._source(vacancy)
        elif self.chance(50):
            last = Placement.objects.standing().filter(vacancy=vacancy).order_by("-ends_on").first()
            if last and self.chance(80):
                self.now = max(self.now, MONDAY + timedelta((last.ends_on - MONDAY.date()).days + 1))
            self.attempt(vacancies.start_round, vacancy=vacancy, reason="x")
        else:
            self.end(vacancy)

    def _source(self, vacancy: Vacancy) -> None:
        round_ = vacancies.open_round_of(vacancy)
        if not round_.recruitment_state:
            self.direct(vacancy)
            if self.chance(25):
                skip_to_the_framework(self, vacancy)
            return
        asked = list(round_.releases.standing().filter(position__gt=0).order_by("pk"))
        last = asked[-1] if asked else None
        if last is not None and last.outcome == Outcome.OPEN:
            self.now = max(self.now, self.calendar.add_working_hours(last.respond_by, 1))
            secured = self.chance(75 if last.position == 2 else 25)
            self.secured(last) if secured else self.not_secured(last)
        elif last is not None and last.outcome == Outcome.SECURED:
            placement = Placement.objects.standing().filter(release=last).first()
            if placement is None:
                self.book(
                    last, **({"registration_number": f"SW9{self.rng.randrange(2):05d}"} if self.chance(35) else {})
                )
            elif self.chance(25):
                self.attempt(endings.did_not_start, placement=placement, reason="x")
            else:
                self.extend(placement, 14)
                self.end_or_start(placement)
        elif any(one.outcome in (Outcome.NOT_SECURED, Outcome.FELL_THROUGH) and one.position == 1 for one in asked):
            self.send(vacancy, self.world.framework if self.chance(85) else self.world.corporate)
        else:
            self.send(vacancy, self.world.corporate)

    def extend(self, placement: Placement, days: int) -> None:
        """With the first supplier asked again most times; a long one is proposed, and mostly approved."""
        ends_on = placement.ends_on + timedelta(days)
        details = {"placement": placement, "ends_on": ends_on, "reason": "x", "recruitment_state": "unsuccessful"}
        if self.chance(70):
            details |= {"rechecked_on": max(self.now.date(), placement.booked_at.date()), "recheck_note": "Nobody"}
        if self.chance(60) and extensions.needs_approval(placement, ends_on):
            proposal = self.attempt(extensions.propose_extension, **details)
            if proposal:
                decision = "approved" if self.chance(70) else "turned_down"
                by = self.world.director if self.chance(85) else self.world.lead
                decide = {"by": by, "proposal": proposal, "decision": decision, "reason": "x"}
                self.attempt(extensions.decide_extension, **decide)
        else:
            self.attempt(extensions.extend, **details)

    def end_or_start(self, placement: Placement) -> None:
        if self.chance(60):
            self.attempt(placements.cover_started_request, placement=placement)

    # -- what people do, well or badly -----------------------------------------------------------------------------------------

    def decide(self, vacancy, by=None, decision="agreed", reason="ok"):
        self.attempt(vacancies.decide, by=by or self.world.director, vacancy=vacancy, decision=decision, reason=reason)

    def direct(self, vacancy, note="Short"):
        self.attempt(vacancies.record_direct_recruitment, vacancy=vacancy, state="not_suitable", note=note)

    def send(self, vacancy, contract, **more):
        self.attempt(releases.send, vacancy=vacancy, contract=contract, **{"max_rate": D("42.00")} | more)

    def secured(self, release, **more):
        mode = {"supply_mode": "direct"} if release.position else {}
        return self.attempt(releases.record_secured, release=release, **mode | more)

    def not_secured(self, release, **more):
        said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
        return self.attempt(releases.record_not_secured, release=release, **said | more)

    def book(self, release, **more):
        start = self.now.date() + timedelta(self.rng.choice([0, 3, 10]))
        terms = {
            "registration_number": f"SW8{self.rng.randrange(10**6):06d}",
            "worker_name": "W",
            "starts_on": start,
            "ends_on": start + timedelta(7 * self.rng.choice([2, 6, 13]) - 1),
            "hours_per_week": release.hours_per_week,
            "pattern": "weekdays",
            "pay_rate": D("30"),
            "charge_rate": D("40"),
        }
        placement = self.attempt(placements.book, release=release, **terms | more)
        if placement and placement.contract_id == self.world.framework.pk:
            self.tally.framework += 1

    def end(self, vacancy):
        self.attempt(needs.end_need, vacancy=vacancy, reason="x")

    def some_release(self, **wanted) -> Release | None:
        rows = list(Release.objects.filter(vacancy__in=self.requests, **wanted).order_by("-pk")[:4])
        return self.rng.choice(rows) if rows else None

    def some_secured(self, **wanted) -> Release | None:
        """One on which nobody is booked yet."""
        booked = Placement.objects.standing().filter(vacancy__in=self.requests).values("release")
        rows = Release.objects.filter(
            vacancy__in=self.requests, outcome="secured", round__closed_at__isnull=True, **wanted
        )
        rows = list(rows.exclude(pk__in=booked).order_by("-pk")[:4])
        return self.rng.choice(rows) if rows else None

    def some_placement(self, **wanted) -> Placement | None:
        rows = list(Placement.objects.filter(vacancy__in=self.requests, **wanted).order_by("-pk")[:4])
        return self.rng.choice(rows) if rows else None


# -- foolish things: each is tried now and then, whatever the state of the request -------------------------------------------------


def skip_to_the_framework(desk, vacancy):
    desk.send(vacancy, desk.world.framework, max_rate=D(desk.rng.choice(["42.00", "42.00", "43.00"])))


def offer_the_framework_more(desk, vacancy):
    failed = desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True)
    if failed:
        desk.send(failed.vacancy, desk.world.framework, max_rate=failed.max_rate + 1)
    else:
        desk.send(vacancy, desk.world.corporate, max_rate=D("39.50"))


def use_a_stale_failure(desk, vacancy):
    failed = desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True)
    if failed:
        desk.now = max(desk.now, failed.answered_at + timedelta(days=45))
        desk.send(failed.vacancy, desk.world.framework)
    elif desk.chance(10):
        desk.now += timedelta(days=3)


def ask_liquid(desk, vacancy):
    for _ in range(2):
        desk.send(vacancy, desk.world.permanent)


def ask_for_too_much(desk, vacancy):
    desk.send(vacancy, desk.world.corporate, max_rate=D("60.00"))


def ask_for_too_long(desk, vacancy):
    desk.send(vacancy, desk.world.corporate, weeks=99)


def the_worker_withdraws(desk, vacancy):
    release = desk.some_release(outcome="secured")
    if release and desk.chance(40):
        desk.attempt(releases.worker_will_not_come, release=release, reason="x")


def ask_before_the_last(desk, vacancy):
    failed = desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True)
    if failed:
        happened = failed.sent_at - timedelta(minutes=desk.rng.choice([1, 20_000]))
        late = {"late_reason": "Away"} if desk.chance(60) else {}
        desk.send(failed.vacancy, desk.world.corporate, happened_at=happened, **late)


def ask_yesterday(desk, vacancy):
    late = {"late_reason": "Away"} if desk.chance(50) else {}
    desk.send(
        vacancy, desk.world.corporate, happened_at=desk.now + timedelta(days=desk.rng.choice([-9, -1, 1])), **late
    )


def answer_too_early(desk, vacancy):
    release = desk.some_release(outcome="open")
    if release:
        if desk.now >= release.respond_by and desk.chance(50):
            desk.not_secured(release, own_supply="")
        else:
            desk.not_secured(release, happened_at=release.sent_at + timedelta(minutes=5), late_reason="Away")


def answer_again(desk, vacancy):
    release = desk.some_release()
    if release:
        desk.secured(release)


def answer_badly(desk, vacancy, choice: int | None = None):
    wanted = {"position": 1} if choice == 5 else {"position__gt": 0} if choice in (0, 1) else {}
    release = desk.some_release(outcome="open", **wanted)
    if release is None:
        return
    choice = desk.rng.randrange(6) if choice is None else choice
    if choice == 0:
        desk.secured(release, supply_mode="" if release.position else "direct")
    elif choice == 1:
        desk.secured(release, supply_mode="brokered")
    elif choice == 2:
        desk.secured(release, happened_at=release.sent_at - timedelta(hours=1), late_reason="Away")
    elif choice == 3:
        desk.secured(release, happened_at=desk.now + timedelta(hours=5))
    else:
        desk.now = max(desk.now, desk.calendar.add_working_hours(release.respond_by, 1))
        desk.not_secured(release, reason="rate_too_high") if choice == 4 else desk.not_secured(release, own_supply="")


def take_it_back(desk, vacancy):
    release = desk.some_release(outcome="open")
    if release:
        reason = "x" if desk.chance(60) else " "
        desk.attempt(releases.withdraw, release=release, reason=reason)


def take_it_back_and_go_on(desk, vacancy):
    release = desk.some_release(outcome="open", position=1)
    if release and not release.round.releases.filter(outcome__in=["not_secured", "fell_through"]).exists():
        desk.attempt(releases.withdraw, release=release, reason="x")
        desk.send(release.vacancy, desk.world.framework)


def bring_the_first_supplier_back(desk, vacancy):
    release = desk.some_release(outcome="open")
    if release:
        desk.attempt(releases.first_supplier_can_supply, release=release, supply_mode="direct", note="x")


def book_badly(desk, vacancy):
    release = desk.some_secured() if desk.chance(85) else desk.some_release()
    if release is None:
        return
    tomorrow = desk.now.date() + timedelta(1)
    worker = {"registration_number": f"SW9{desk.rng.randrange(2):05d}"}
    desk.book(
        release,
        **desk.rng.choice(
            [
                {"starts_on": tomorrow, "ends_on": tomorrow - timedelta(2)},
                {"pay_rate": D("45")},
                {"charge_rate": D("44")},
                {"hours_per_week": release.hours_per_week + 5},
                {"pattern": "seven_days"},
                {"starts_on": tomorrow, "ends_on": tomorrow + timedelta(7 * 14)},
                {"starts_on": tomorrow, "ends_on": date(2031, 1, 1)},
                worker,
                {"pay_rate": D("45")},
                {"charge_rate": D("44")},
                {"hours_per_week": release.hours_per_week + 5},
                {"starts_on": tomorrow, "ends_on": tomorrow - timedelta(2)},
                {},
            ]
        ),
    )


def book_on_an_old_answer(desk, vacancy):
    placement = desk.some_placement(
        basis="release", voided_at__isnull=True, did_not_start_at__isnull=True, vacancy__status="covered"
    )
    if placement and desk.chance(40):
        desk.attempt(vacancies.start_round, vacancy=placement.vacancy, reason="x")
        desk.attempt(endings.void, by=desk.world.director, placement=placement, reason="x")
        desk.book(placement.release)


def spend_nearly_everything(desk, vacancy):
    left = ContractAccount.objects.get(pk=desk.world.framework.pk).headroom - D(desk.rng.choice([200, 3000, 19000]))
    if left > 0:
        contracts.commit(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)
    release = desk.some_secured(contract=desk.world.framework)
    failed = desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True)
    if release and desk.chance(80):
        desk.book(release)
    elif failed:
        desk.send(failed.vacancy, desk.world.framework)
    if left > 0:
        contracts.give_back(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)


def extend_badly(desk, vacancy):
    placement = desk.some_placement()
    if placement:
        desk.extend(placement, desk.rng.choice([-7, 0, 7, 100, 2500]))


def did_not_come(desk, vacancy):
    placement = desk.some_placement()
    if placement:
        desk.attempt(endings.did_not_start, placement=placement, reason="x" if desk.chance(80) else "")


def take_a_proof_away(desk, vacancy):
    release = desk.some_release(opened__voided_at__isnull=True, opened__isnull=False, voided_at__isnull=True)
    if release:
        desk.attempt(releases.void, by=desk.world.director, release=release, reason="x")


def entered_in_error(desk, vacancy):
    release = desk.some_release(voided_at__isnull=desk.chance(60))
    if release:
        by = desk.world.officer if desk.chance(30) else desk.world.director
        if desk.attempt(releases.void, by=by, release=release, reason="x"):
            desk.attempt(releases.void, by=desk.world.director, release=release, reason="pressed twice")


def placement_entered_in_error(desk, vacancy):
    placement = desk.some_placement()
    if placement and desk.chance(40):
        by = desk.world.officer if desk.chance(30) else desk.world.director
        desk.attempt(endings.void, by=by, placement=placement, reason="x")


def decide_ones_own(desk, vacancy):
    by = vacancy.requested_by if desk.chance(70) else desk.world.director
    desk.decide(vacancy, by=by, reason="ok" if desk.chance(70) else " ")


def start_a_round(desk, vacancy):
    desk.attempt(vacancies.start_round, vacancy=vacancy, reason="x")


def change_the_terms(desk, vacancy):
    base = vacancy.base if desk.chance(40) else f"Office {desk.rng.randrange(3)}"
    desk.attempt(vacancies.change_terms, vacancy=vacancy, reason="x", base=base)


def record_a_hire(desk, vacancy):
    if desk.chance(30):
        desk.attempt(hires.record_hire, vacancy=vacancy, starts_on=desk.now.date() + timedelta(14))


def confirm_a_start(desk, vacancy):
    placement = desk.some_placement(starts_on__lte=desk.now.date(), did_not_start_at__isnull=True)
    if placement:
        desk.attempt(life.confirm_start, placement=placement, dbs_checked_on=desk.now.date())


def replace_the_worker(desk, vacancy, placement: Placement | None = None):
    placement = placement or desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True, basis="release")
    if placement is None:
        return
    if desk.chance(30) and not placement.ended_early_at:
        end_it_early(desk, placement)
    start = max(desk.now.date(), placement.ends_on if placement.ended_early_at else placement.starts_on) + timedelta(
        desk.rng.choice([1, 1, 3, 30])
    )
    desk.attempt(
        life.replace,
        placement=placement,
        reason="x",
        registration_number=f"SW7{desk.rng.randrange(10**6):06d}",
        worker_name="R",
        starts_on=start,
        ends_on=start + timedelta(13),
        pay_rate=D("30"),
        charge_rate=D("40"),
    )


def end_it_early(desk, placement):
    desk.attempt(
        endings.end_early,
        placement=placement,
        ended_on=min(max(desk.now.date(), placement.starts_on), placement.ends_on - timedelta(1)),
        notice_given_on=desk.now.date(),
        notice_waived=desk.chance(50),
        reason="worker_left",
        rating=3,
        eligible_again=True,
    )
    placement.refresh_from_db()


def change_the_rate(desk, vacancy):
    placement = desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement:
        desk.attempt(
            rate_changes.change_rate,
            placement=placement,
            starts_on=placement.starts_on + timedelta(desk.rng.choice([-1, 0, 3, 8, 400])),
            pay_rate=D("30"),
            charge_rate=D(desk.rng.choice(["38", "41", "44"])),
            reason="x",
        )


def move_the_worker(desk, vacancy):
    placement = desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement:
        desk.attempt(
            life.move_team,
            placement=placement,
            team=desk.rng.choice([desk.world.team, desk.world.other_team, desk.south]),
            starts_on=placement.starts_on + timedelta(desk.rng.choice([1, 2, 5])),
            reason="x",
        )


def transfer_the_worker(desk, vacancy):
    release = desk.some_secured()
    if release is None:
        return
    old = Placement.objects.standing().filter(vacancy=release.vacancy).order_by("-pk").first()
    if old:
        desk.attempt(
            onward.transfer,
            placement=old,
            release=release,
            starts_on=old.ends_on + timedelta(desk.rng.choice([1, 1, 1, 3])),
            ends_on=old.ends_on + timedelta(15),
            pay_rate=D("30"),
            charge_rate=D("40"),
            reason="x",
        )


def convert_the_worker(desk, vacancy):
    placement = desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement and desk.chance(30):
        starts_on = placement.ends_on + timedelta(desk.rng.choice([1, 1, 5]))
        desk.attempt(
            onward.convert, placement=placement, starts_on=starts_on, fee=D(desk.rng.choice([0, 100])), rating=3
        )


def carry_everybody_over(desk, vacancy):
    old, new = desk.rng.choice([(desk.world.corporate, desk.successor), (desk.successor, desk.world.corporate)])
    on = desk.now.date() + timedelta(desk.rng.choice([1, 2000]))
    going_on = onward.going_on_under(old, on) if desk.chance(30) else onward.going_on_under(old, date(2035, 1, 1))
    terms = {one.pk: onward.Carried(D("30"), D("40"), max(one.ends_on, on + timedelta(4))) for one in going_on}
    if going_on or on.year > 2028:
        desk.attempt(onward.carry_over, old=old, new=new, on=on, terms=terms)


def hand_over(desk, vacancy):
    release = desk.some_secured()
    if release:
        start = desk.now.date() + timedelta(1)
        desk.book(
            release,
            starts_on=start,
            ends_on=start + timedelta(20),
            handover_until=start + timedelta(9),
            handover_reason="x",
        )


def find_somebody_in_post(desk, vacancy):
    today = desk.now.date()
    found = desk.world.found(
        starts_on=today - timedelta(3),
        ends_on=today + timedelta(20),
        contract=desk.rng.choice([None, desk.world.framework]),
    )
    found_on = today if desk.chance(70) else today - timedelta(9)
    breach = desk.attempt(facts.record_breach, found=found, found_on=found_on, how_found="x")
    if breach is None:
        return
    desk.requests.append(breach.placement.vacancy)
    if desk.chance(50):
        for _ in range(desk.rng.choice([1, 2])):
            desk.attempt(facts.authorise, by=desk.world.director, breach=breach, reason="x")
    if desk.chance(50):
        desk.attempt(endings.void, by=desk.world.director, placement=breach.placement, reason="x")
    if desk.chance(50):
        desk.extend(breach.placement, 7)
    if desk.chance(50):
        desk.attempt(vacancies.start_round, vacancy=breach.placement.vacancy, reason="x")


def bring_somebody_forward(desk, vacancy):
    today = desk.now.date()
    found = desk.world.found(
        starts_on=today, ends_on=today + timedelta(20), contract=desk.world.corporate, agency=desk.world.pertemps
    )
    administrator = {"by": desk.world.administrator}
    if not BroughtForward.objects.exists():
        desk.attempt(facts.open_batch, **administrator, on=today)
        placement = desk.attempt(facts.bring_forward, **administrator, found=found, proof_held="none held")
        desk.attempt(facts.close_batch, **administrator)
        if placement:
            desk.requests.append(placement.vacancy)
    else:
        desk.attempt(facts.bring_forward, **administrator, found=found, proof_held="none held")


def correct_an_answer(desk, vacancy):
    release = desk.some_release(voided_at__isnull=True)
    if release is None:
        return
    values = desk.rng.choice(
        [
            {"outcome": "secured", "supply_mode": "direct", "reason": ""},
            {"outcome": "not_secured", "supply_mode": "", "reason": "no_answer"},
            {"answered_at": (release.answered_at or desk.now) - timedelta(hours=3)},
            {"answered_at": (release.answered_at or desk.now) + timedelta(hours=3)},
        ]
    )
    correction = desk.attempt(corrections.propose, subject="release", row=release, why="x", **values)
    if correction is None:
        return
    if desk.chance(20):
        desk.attempt(corrections.propose, subject="release", row=release, why="x", **values)
    if desk.chance(20):
        desk.attempt(corrections.decide, correction=correction, decision="confirmed")
    decision = "confirmed" if desk.chance(80) else "turned_down"
    for _ in range(desk.rng.choice([1, 1, 2])):
        confirm = {"by": desk.world.director, "correction": correction, "decision": decision, "reason": "x"}
        desk.attempt(corrections.decide, **confirm)
    release.refresh_from_db()
    later = release.opened.filter(outcome="secured").first()
    if later:
        desk.book(later)


def correct_a_start(desk, vacancy):
    placement = desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement:
        start = placement.starts_on + timedelta(desk.rng.choice([-3, 1, 2]))
        correction = desk.attempt(corrections.propose, subject="placement", row=placement, why="x", starts_on=start)
        if correction:
            confirm = {"by": desk.world.director, "correction": correction, "decision": "confirmed"}
            desk.attempt(corrections.decide, **confirm)


def hostile_sql(desk, vacancy):
    release = desk.some_release()
    if release:
        desk.tally.steps += 1
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local role tracker_site")
                cursor.execute(
                    "update recruitment_release set outcome = %s where id = %s",
                    [desk.rng.choice(["secured", "not_secured"]), release.pk],
                )
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
                cursor.execute("reset role")
        except DatabaseError:
            desk.tally.refused["sql"] += 1


FOOLISH = [
    skip_to_the_framework,
    offer_the_framework_more,
    use_a_stale_failure,
    ask_liquid,
    ask_for_too_much,
    ask_yesterday,
    ask_before_the_last,
    ask_for_too_long,
    ask_for_too_long,
    the_worker_withdraws,
    ask_before_the_last,
    answer_too_early,
    answer_again,
    answer_badly,
    answer_badly,
    answer_badly,
    take_it_back,
    take_it_back_and_go_on,
    bring_the_first_supplier_back,
    book_badly,
    book_badly,
    book_badly,
    book_badly,
    spend_nearly_everything,
    spend_nearly_everything,
    book_on_an_old_answer,
    book_badly,
    book_badly,
    extend_badly,
    did_not_come,
    entered_in_error,
    take_a_proof_away,
    placement_entered_in_error,
    decide_ones_own,
    start_a_round,
    change_the_terms,
    record_a_hire,
    hostile_sql,
    confirm_a_start,
    replace_the_worker,
    replace_the_worker,
    change_the_rate,
    move_the_worker,
    transfer_the_worker,
    convert_the_worker,
    carry_everybody_over,
    hand_over,
    find_somebody_in_post,
    bring_somebody_forward,
    correct_an_answer,
    correct_an_answer,
    correct_a_start,
]


def booked_with(**changes):
    """Books on an unbooked answer with one thing wrong; a value may be worked out from the desk and the release."""

    def attempt(desk, vacancy):
        release = desk.some_secured(position__gt=0)
        if release:
            worked_out = {k: v(desk, release) if callable(v) else v for k, v in changes.items()}
            desk.book(release, **worked_out)

    return attempt


def tomorrow(desk, release) -> date:
    return desk.now.date() + timedelta(1)


def place_a_hire(desk, vacancy):
    release = desk.some_secured(position=0)
    waiting = desk.some_release(position=0, outcome="open")
    if release:
        desk.book(release)
    elif waiting:
        desk.secured(waiting)
    else:
        ask_liquid(desk, vacancy)


def replace_again(desk, vacancy):
    followed = Placement.objects.filter(
        vacancy__in=desk.requests, continuations__isnull=False, did_not_start_at__isnull=True
    )
    placement = followed.order_by("-pk").first()
    if placement is None:
        replace_the_worker(desk, vacancy)
    else:
        replace_the_worker(desk, vacancy, placement)


# Refusals that random days seldom meet → what is tried for the one seen least.
TRIES = {
    "above_hours": booked_with(hours_per_week=lambda desk, release: release.hours_per_week + 5),
    "another_pattern": booked_with(pattern="seven_days"),
    "charge_below_pay": booked_with(pay_rate=D("45")),
    "above_max_rate": booked_with(charge_rate=D("44")),
    "end_before_start": booked_with(starts_on=tomorrow, ends_on=lambda desk, release: desk.now.date()),
    "outside_contract": booked_with(starts_on=tomorrow, ends_on=date(2033, 1, 1)),
    "longer_than_asked": booked_with(
        starts_on=tomorrow, ends_on=lambda desk, release: tomorrow(desk, release) + timedelta(99)
    ),
    "worker_week_full": booked_with(registration_number="SW900000"),
    "no_supply_mode": lambda desk, vacancy: answer_badly(desk, vacancy, 0),
    "no_supplying_agency": lambda desk, vacancy: answer_badly(desk, vacancy, 1),
    "before_sent": lambda desk, vacancy: answer_badly(desk, vacancy, 2),
    "in_future": lambda desk, vacancy: answer_badly(desk, vacancy, 3),
    "no_rate_asked": lambda desk, vacancy: answer_badly(desk, vacancy, 4),
    "supply_not_said": lambda desk, vacancy: answer_badly(desk, vacancy, 5),
    "over_value": lambda desk, vacancy: spend_nearly_everything(desk, vacancy),
    "contract_has_no_room": lambda desk, vacancy: spend_nearly_everything(desk, vacancy),
    "already_replaced": replace_again,
    "replacement_too_late": lambda desk, vacancy: replace_the_worker(desk, vacancy),
    "not_next_day": lambda desk, vacancy: transfer_the_worker(desk, vacancy),
    "same_team": lambda desk, vacancy: move_the_worker(desk, vacancy),
    "found_when": lambda desk, vacancy: find_somebody_in_post(desk, vacancy),
    "no_contract": lambda desk, vacancy: find_somebody_in_post(desk, vacancy),
    "did_not_start": lambda desk, vacancy: did_not_come(desk, vacancy),
    "not_longer": lambda desk, vacancy: extend_badly(desk, vacancy),
    "round_is_over": lambda desk, vacancy: book_on_an_old_answer(desk, vacancy),
    "before_the_last": lambda desk, vacancy: ask_before_the_last(desk, vacancy),
    "better_than_before": lambda desk, vacancy: offer_the_framework_more(desk, vacancy),
    "withdrawn_proves_nothing": lambda desk, vacancy: take_it_back_and_go_on(desk, vacancy),
    "above_request": lambda desk, vacancy: ask_for_too_much(desk, vacancy),
    "not_a_placement": lambda desk, vacancy: place_a_hire(desk, vacancy),
    "rate_outside": lambda desk, vacancy: change_the_rate(desk, vacancy),
    "direct_first": lambda desk, vacancy: ask_for_too_long(desk, vacancy),
    "waits_already": lambda desk, vacancy: correct_an_answer(desk, vacancy),
    "needs_approval": lambda desk, vacancy: extend_badly(desk, vacancy),
    "no_reason": lambda desk, vacancy: desk.attempt(vacancies.start_round, vacancy=vacancy, reason=" "),
    "rested_on": lambda desk, vacancy: take_a_proof_away(desk, vacancy),
}


def machine_for(world, tally: Tally):
    class Officers(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.outer = transaction.atomic()
            self.outer.__enter__()
            self.checked = 0

        @initialize(n=st.integers(0, 2**32 - 1))
        def sit_down(self, n):
            self.desk = Desk(world, tally, n)

        @rule(n=st.integers(0, 2**48))
        def something_is_done(self, n):
            self.desk.act(n)

        @invariant()
        def no_framework_placement_lacks_its_proof(self):
            self.checked += 1
            if self.checked % 5 == 0:
                self.check()

        def check(self):
            with connection.cursor() as cursor:
                for question in (PROOF_IS_MISSING, MARK_IS_MISSING, MONEY_IS_LOST, OVER_VALUE):
                    cursor.execute(question)
                    assert cursor.fetchone()[0] == 0

        def teardown(self):
            try:
                self.check()
            finally:
                transaction.set_rollback(True)
                self.outer.__exit__(None, None, None)

    return Officers


def rare(tally: Tally) -> dict[str, int]:
    """Kinds of refusal seen too seldom; a run goes on for them, up to three times its length."""
    return {kind: tally.refused[kind] for kind in sorted(EVERY_KIND) if tally.refused[kind] < REFUSALS_EACH}


def run_machine(number: int) -> Tally:
    """Ten thousand steps (a thousand outside CI) from one seed, and what they must have seen."""
    world, tally, run = build_world(), Tally(), 0
    # The lead also decides, so that only "you asked for this" stands between the lead and the lead's own request.
    RoleGrant.objects.create(user=world.lead, role=Role.ASSISTANT_DIRECTOR, starts_on=date(2020, 1, 1))
    while tally.steps < STEPS_EACH or (rare(tally) and tally.steps < 3 * STEPS_EACH):
        run += 1
        chosen = settings(
            max_examples=4,
            stateful_step_count=250,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        )
        run_state_machine_as_test(seed(number * 1000 + run)(machine_for(world, tally)), settings=chosen)
    print(f"{tally.steps} steps, {tally.framework} framework placements, refused: {dict(tally.refused.most_common())}")
    assert tally.framework >= FRAMEWORK_EACH
    assert rare(tally) == {}
    return tally
