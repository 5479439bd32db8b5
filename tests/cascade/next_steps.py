"""A desk with a few requests: the sensible next step of each, and the means of every other step."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal as D

from council.errors import NotAllowed, RuleViolation
from council.models import calendar_of_the_council
from placements.models import Placement
from placements.placement import booking, ending, starting
from placements.placement import extending as extensions
from placements.placement import need as needs
from recruitment.candidates import putting_forward, stepping
from recruitment.models import NEEDS_REASON, WAITS_FOR_US, Outcome, Release, Submission, Vacancy
from recruitment.orders import answering, sending
from recruitment.reads.candidates import held_back
from recruitment.reads.requests import open_round_of
from recruitment.requests import actions as vacancies
from recruitment.witnesses import actions as witnessing
from tests.cascade.exempting import go_by_exemption
from tests.factories import TeamFactory, corporate_contract
from tests.factories.small_council import MONDAY


class Tally:
    """What a run has seen."""

    def __init__(self):
        self.steps, self.framework, self.exempted = 0, 0, 0
        self.refused: Counter = Counter()


class Desk:
    """A few requests at once, and a clock that only goes forward."""

    def __init__(self, world, tally: Tally, n: int, foolish: list, tries: dict):
        self.world, self.tally, self.rng = world, tally, random.Random(n)
        self.foolish, self.tries, self.acts = foolish, list(tries.values()), 0
        self.now, self.requests, self.both = MONDAY, [], None
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
        """What is done next: what the number says, and how much was done before, since the same few numbers are drawn often."""
        self.acts += 1
        self.rng.seed(f"{n} {self.acts}")
        live = [v for v in self.requests if v.status not in ("filled", "ended", "withdrawn")]
        if len(live) < 3:
            self.requests = [*live, self._ask()]
            return
        vacancy = self.rng.choice(self.requests)
        vacancy.refresh_from_db()
        if self.chance(45):
            self._sensible(vacancy)
        elif self.tries and self.chance(70):
            self.rng.choice(self.tries)(self, vacancy)
        else:
            self.rng.choice(self.foolish)(self, vacancy)

    def _ask(self, **wanted) -> Vacancy:
        self.tally.steps += 1
        usual = {
            "kind": self.rng.choice(["vacant_post", "vacant_post", "cover"]),
            "hours_per_week": D(self.rng.choice([37, 37, 20])),
        }
        return self.world.request(at=self.now, needed_from=self.now.date() + timedelta(7), **usual | wanted)

    def ready(self, **wanted) -> Vacancy:
        """A new request for which a supplier may be asked at once."""
        vacancy = self._ask(**wanted)
        self.requests.append(vacancy)
        self.decide(vacancy)
        self.direct(vacancy)
        vacancy.refresh_from_db()
        return vacancy

    def fresh_open(self, **wanted) -> Release | None:
        """A new request, sent to the first supplier."""
        return self.send(self.ready(**wanted), self.world.corporate)

    def fresh_secured(self) -> Release | None:
        release = self.fresh_open()
        return self.secured(release) if release else None

    def fresh_failed(self) -> Release | None:
        if (release := self.fresh_open()) is None:
            return None
        self.now = max(self.now, self.calendar.add_working_hours(release.respond_by, 1))
        return self.not_secured(release)

    def fresh_placement(self, **terms) -> Placement | None:
        """A worker just booked, who starts in three days."""
        start = self.now.date() + timedelta(3)
        release = self.fresh_secured()
        return self.book(release, **{"starts_on": start, "ends_on": start + timedelta(13)} | terms) if release else None

    def on_the_framework(self) -> Release | None:
        """An order of the framework on which nobody is booked yet."""
        if found := self.some_secured(contract=self.world.framework, voided_at__isnull=True):
            return found
        failed = self.fresh_failed()
        later = self.send(failed.vacancy, self.world.framework) if failed else None
        return self.secured(later) if later else None

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
        elif self.chance(20):
            self.end(vacancy)
        else:
            self.requests.append(self._ask())

    def _source(self, vacancy: Vacancy) -> None:
        round_ = open_round_of(vacancy)
        if not round_.recruitment_state:
            self.direct(vacancy)
            if self.chance(25):
                self.send(vacancy, self.world.framework)
            return
        asked = list(round_.releases.standing().filter(position__gt=0).order_by("pk"))
        last = asked[-1] if asked else None
        if last is not None and last.outcome == Outcome.OPEN:
            if self.chance(20):
                self.put_forward(last)
                return
            self.now = max(self.now, self.calendar.add_working_hours(last.respond_by, 1))
            secured = self.chance(75 if last.position == 2 else 25)
            if self.chance(85):
                self.accept_one(last) if secured else self.close_all(last)
            self.secured(last) if secured else self.not_secured(last)
        elif last is not None and last.outcome == Outcome.SECURED:
            placement = Placement.objects.standing().filter(release=last).first()
            if placement is None:
                busy = self.chance(35) and not last.submissions.exists()
                self.book(last, **({"registration_number": f"SW9{self.rng.randrange(2):05d}"} if busy else {}))
            elif self.chance(25):
                self.attempt(ending.did_not_start, placement=placement, reason="x")
            else:
                self.extend(placement, 14)
                self.end_or_start(placement)
        elif any(one.outcome in (Outcome.NOT_SECURED, Outcome.FELL_THROUGH) and one.position == 1 for one in asked):
            for one in asked:
                if self.chance(85):
                    self.close_all(one)
            if self.chance(25):
                go_by_exemption(self, vacancy)
                return
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
            self.attempt(starting.cover_started_request, placement=placement)

    # -- what people do, well or badly -----------------------------------------------------------------------------------------

    def decide(self, vacancy, by=None, decision="agreed", reason="ok"):
        self.attempt(vacancies.decide, by=by or self.world.director, vacancy=vacancy, decision=decision, reason=reason)

    def direct(self, vacancy, note="Short"):
        self.attempt(vacancies.record_direct_recruitment, vacancy=vacancy, state="not_suitable", note=note)

    def send(self, vacancy, contract, **more):
        return self.attempt(sending.send, vacancy=vacancy, contract=contract, **{"max_rate": D("42.00")} | more)

    def secured(self, release, **more):
        mode = {"supply_mode": "direct"} if release.position else {}
        return self.attempt(answering.record_secured, release=release, **mode | more)

    def not_secured(self, release, **more):
        said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
        return self.attempt(answering.record_not_secured, release=release, **said | more)

    # Few people, so that two agencies often show the same one.
    def put_forward(self, release, **more):
        n = self.rng.randrange(8)
        details = {
            "candidate": f"C-{n}",
            "registration_number": f"SW6{n:05d}" if self.chance(70) else "",
            "supply_mode": "direct",
            "pay_rate": D("30"),
            "charge_rate": D(self.rng.choice(["40", "40", "40", "43"])),
        }
        return self.attempt(putting_forward.put_forward, release=release, **details | more)

    def step(self, submission, stage, **more):
        reason = "x" if stage in NEEDS_REASON else ""
        return self.attempt(stepping.record_step, submission=submission, stage=stage, reason=reason, **more)

    def close_all(self, release):
        for one in release.submissions.standing().filter(stage__in=[*WAITS_FOR_US, "offered"]):
            self.step(one, "turned_down")

    def accept_one(self, release):
        """Offers the work to one who waits and closes the others; allowed first where an earlier route showed the person."""
        waiting = list(release.submissions.standing().filter(stage__in=WAITS_FOR_US).order_by("pk"))
        for one in waiting[:1]:
            if not one.registration_number:
                number = f"SW5{self.rng.randrange(10**6):06d}"
                self.attempt(stepping.give_registration_number, submission=one, registration_number=number)
            if self.chance(60) and held_back(self.now.date()):
                allow = {"by": self.world.director, "submission": one, "reason": "x"}
                self.attempt(stepping.allow_later_route, **allow)
            if self.step(one, "offered"):
                self.step(one, "accepted")
        self.close_all(release)

    def look(self, release):
        """Somebody confirms what was recorded of a failure: mostly a colleague, now and then who recorded it."""
        people = self.world.people
        by = people[self.rng.choice(["officer2", "officer2", "lead", "director", "officer"])]
        self.attempt(witnessing.confirm, by=by, releases=[release])

    def book(self, release, **more):
        if release.rests_on_id and self.chance(85):
            for _ in range(self.rng.choice([1, 1, 2])):
                self.look(release.rests_on)
        accepted = release.submissions.standing().filter(stage="accepted").order_by("-pk").first()
        if accepted and self.chance(85):
            more = {"registration_number": accepted.registration_number} | more
        start = self.now.date() + timedelta(self.rng.choice([0, 3, 10]))
        if release.position > 1 and self.chance(90):
            start = max(start, release.starts_on)
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
        placement = self.attempt(booking.book, release=release, **terms | more)
        if placement and placement.contract_id == self.world.framework.pk:
            self.tally.framework += 1
        if placement and release.exemption_id:
            self.tally.exempted += 1
        return placement

    def end(self, vacancy):
        self.attempt(needs.end_need, vacancy=vacancy, reason="x")

    def some_release(self, **wanted) -> Release | None:
        rows = list(Release.objects.filter(vacancy__in=self.requests, **wanted).order_by("-pk")[:4])
        return self.rng.choice(rows) if rows else None

    def newly_secured(self) -> Release | None:
        """An open order of an agency whose supplier now has somebody."""
        release = self.some_release(outcome="open", position__gt=0, voided_at__isnull=True)
        if release is None:
            return None
        self.close_all(release)
        return self.secured(release) if not release.submissions.standing().exists() else None

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

    def some_candidate(self, **wanted) -> Submission | None:
        rows = Submission.objects.filter(release__vacancy__in=self.requests, **wanted)
        rows = list(rows.select_related("release").order_by("-pk")[:6])
        return self.rng.choice(rows) if rows else None
