"""What the demonstration tells of somebody in post, and of candidates; never about tomorrow."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal as D

from council import clock
from demo.council_set_up import World
from demo.mail import Post
from demo.moments import moment
from demo.names import FIRST, LAST
from demo.story import DAYS, TheFuture
from placements.models import Placement
from placements.placement import extending as extensions
from placements.placement import starting
from recruitment.candidates import putting_forward, stepping
from recruitment.models import Release, Submission
from recruitment.witnesses import actions as witnessing


class InPost:
    """Tells what happens while somebody is in post."""

    def __init__(self, world: World, now: datetime):
        self.world, self.now, self.rng = world, now, random.Random(2022)
        self.count = 0
        self.workers = 0
        self.candidates = 0
        self.accepted: dict[int, tuple[str, str]] = {}  # order → registration number and name
        self.post = Post()

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        when = moment(DAYS.next_working_day(day - timedelta(1)), hour, minute)
        if when > self.now:
            raise TheFuture
        return when

    def looks(self, release: Release, at: datetime) -> None:
        """A colleague has looked at what was recorded of a supplier's failure, and confirms it."""
        people = self.world.people
        release.refresh_from_db()
        by = people["officer" if release.answered_by == people["officer2"] else "officer2"]
        with clock.standing_at(at):
            witnessing.confirm(by=by, at=at, releases=[release], note="Read the supplier's e-mail.")

    def confirm_start(self, placement: Placement, officer) -> None:
        """With all four checks; the newest placements still wait for some."""
        on = placement.starts_on
        missing = (self.now.date() - on).days < 70 and self.count % 3 == 0
        starting.confirm_start(
            by=officer,
            at=self.at(on, 9),
            placement=placement,
            registration_checked_on=on - timedelta(5),
            dbs_checked_on=on - timedelta(4),
            right_to_work_checked_on=on - timedelta(4),
            references_checked_on=None if missing else on - timedelta(3),
        )
        placement.refresh_from_db()

    def extend(self, placement: Placement, ends_on: date, officer) -> None:
        """Three weeks ahead; with Pertemps asked again where they are not the supplier, and approved where it is long."""
        at = self.at(placement.ends_on - timedelta(21), 10)
        details = {
            "at": at,
            "placement": placement,
            "ends_on": ends_on,
            "reason": "The post is still empty.",
            "recruitment_state": "unsuccessful",
        }
        if placement.is_outside_the_first_route:
            details |= {"rechecked_on": at.date(), "recheck_note": "Pertemps have nobody for this post."}
        if extensions.needs_approval(placement, ends_on):
            proposal = extensions.propose_extension(by=officer, **details)
            extensions.decide_extension(
                by=self.world.people["director"],
                at=self.at(placement.ends_on - timedelta(18), 15),
                proposal=proposal,
                decision="approved",
                reason="Recruitment is under way; the work cannot be held otherwise.",
            )
        else:
            extensions.extend(by=officer, **details)
        placement.refresh_from_db()

    def new_worker(self) -> tuple[str, str]:
        n = self.workers
        self.workers += 1
        name = f"{FIRST[n % len(FIRST)]} {LAST[(n // len(FIRST)) % len(LAST)]}"
        if n >= len(FIRST) * len(LAST):
            name += f" {['Second', 'Third', 'Fourth'][n // (len(FIRST) * len(LAST)) - 1]}"
        return f"SW{900001 + n * 7}", name

    def who_accepted(self, release: Release) -> tuple[str, str]:
        """The candidate of an order; somebody new where none was recorded."""
        return self.accepted.pop(release.pk, None) or self.new_worker()

    def step(self, submission: Submission, day: date, hour: int, officer, stage: str, reason: str = "") -> Submission:
        common = {"by": officer, "at": self.at(day, hour), "submission": submission}
        return stepping.record_step(**common, stage=stage, reason=reason)

    def puts_forward(
        self, release: Release, day: date, officer, *, registration_number: str = "", brokered_from: str = "", hour=10
    ) -> Submission:
        self.candidates += 1
        agency = self.world.agencies[brokered_from] if brokered_from else None
        return putting_forward.put_forward(
            by=officer,
            at=self.at(day, hour),
            release=release,
            candidate=f"{release.contract.agency.name[:3].upper()}-{self.candidates:04d}",
            registration_number=registration_number,
            supply_mode="brokered" if agency else "direct",
            supplying_agency=agency,
            pay_rate=release.max_rate - D("8.00"),
            charge_rate=release.max_rate - D("0.75"),
            available_from=release.starts_on,
        )
