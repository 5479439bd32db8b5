"""What happens at the demonstration council, day by day, through the same actions as a user's clicks.

Everything follows from a fixed seed and the day it is loaded: the same day gives the same rows. A story stops at the present,
so that Today holds real work.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from council.errors import RuleViolation
from council.known import known
from council.models import Team
from council.working_time import WorkingCalendar
from demo.council_set_up import BROKERED, World
from demo.moments import moment
from demo.names import BASES, FIRST, LAST, NO_CONTRACT, PAY, ROLES
from placements.hires import actions as hires
from placements.models import Placement
from placements.placement import booking, ending, starting
from placements.placement import extending as extensions
from placements.placement import need as needs
from recruitment.candidates import putting_forward, stepping
from recruitment.models import Kind, Release, Submission, Vacancy
from recruitment.orders import answering, sending, taking_back
from recruitment.requests import actions as vacancies

DAYS = WorkingCalendar()
CANDIDATES_SINCE = date(2024, 4, 1)  # before that only those who were unsuitable are known


def working_days_back(day: date, count: int) -> date:
    """The working day that is so many working days before `day`."""
    while count:
        day -= timedelta(1)
        count -= DAYS.is_working_day(day)
    return day


class TheFuture(Exception):
    """The story has reached the present: what is left of it has not happened yet."""


@dataclass
class Story:
    """How one request goes. The defaults are the plain case: Pertemps secure their own worker, who stays and leaves."""

    asked_on: date
    team: Team
    kind: str = Kind.VACANT_POST
    hours: D = D(37)
    weeks: int = 26
    extended_weeks: list[int] = field(default_factory=list)
    brokered_from: str = ""
    pertemps_fail: str = ""  # reason code; "declined" and "rate_too_high" carry their details
    framework: bool = False
    no_show: bool = False
    ends_early_after: int = 0  # weeks
    then: str = "end"  # end, hire or round
    urgency: str = "routine"
    stop_after: str = ""  # asked, agreed, direct, sent, failed, secured: leave it there
    answer_days: int = 2
    late: bool = False
    role: str = ""


class Teller:
    """Tells stories to the actions, and never about tomorrow."""

    def __init__(self, world: World, now: datetime):
        self.world, self.now, self.rng = world, now, random.Random(2022)
        self.count = 0
        self.workers = 0
        self.candidates = 0
        self.accepted: dict[int, tuple[str, str]] = {}  # order → registration number and name

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        when = moment(DAYS.next_working_day(day - timedelta(1)), hour, minute)
        if when > self.now:
            raise TheFuture
        return when

    def told(self, story: Story) -> Vacancy:
        """`tell`, of a story that is asked for before the demonstration ends."""
        return known(self.tell(story))

    def tell(self, story: Story) -> Vacancy | None:
        self.count += 1
        try:
            vacancy = self._ask(story)
        except TheFuture:
            return None
        try:
            self._go_on(story, vacancy)
        except TheFuture:
            pass
        except RuleViolation as refused:
            if refused.code not in NO_CONTRACT:
                raise
        return vacancy

    # -- asking and agreeing ------------------------------------------------------------------------------------------------

    def _ask(self, story: Story) -> Vacancy:
        people = self.world.people
        lead = {"Assessment and protection": "lead", "Children in care": "lead2"}.get(story.team.service.name)
        role = story.role or ROLES[self.count % len(ROLES)]
        years = story.asked_on.year - 2020
        funded = story.kind == Kind.ABOVE_STRUCTURE
        return vacancies.request_staff(
            by=people[lead] if lead else self.world.officer(),
            at=self.at(story.asked_on, 9, self.count % 60),
            team=story.team,
            kind=story.kind,
            job_type=role,
            hours_per_week=story.hours,
            pattern="weekdays",
            base=BASES[self.count % len(BASES)],
            max_charge_rate=D(PAY[role] + years) + D("9.50"),
            needed_from=story.asked_on + timedelta(14),
            expected_weeks=story.weeks,
            urgency=story.urgency,
            reason="Caseloads are above what the team can hold safely."
            if story.kind == Kind.VACANT_POST
            else "Planned absence of a colleague."
            if story.kind == Kind.COVER
            else "Improvement work agreed with the inspectorate.",
            funded_by="Improvement grant" if funded else "",
            funded_until=story.asked_on + timedelta(400) if funded else None,
        )

    def _go_on(self, story: Story, vacancy: Vacancy) -> None:
        world, officer = self.world, self.world.officer(self.count)
        if story.stop_after == "asked":
            return
        day = DAYS.add_working_days(story.asked_on, 2)
        decider = world.people["director" if self.count % 3 else "finance"]
        vacancies.decide(
            by=decider,
            at=self.at(day, 11),
            vacancy=vacancy,
            decision="agreed",
            reason="Within what the team is funded for, or with funds of its own.",
        )
        if story.stop_after == "agreed":
            return
        self._direct(story, vacancy, day, officer)
        if story.stop_after == "direct":
            return
        release = self._pertemps(story, vacancy, day, officer)
        if release is None or story.stop_after in ("sent", "failed", "secured"):
            return
        placement = self._book(story, release, officer)
        if story.no_show:
            ending.did_not_start(
                by=officer,
                at=self.at(placement.starts_on, 12),
                placement=placement,
                reason="Took a post elsewhere the day before.",
            )
            later = self.at(placement.starts_on + timedelta(14), 10)
            needs.end_need(by=officer, at=later, vacancy=vacancy, reason="Work shared out within the Service.")
            return
        self._stay(story, placement, officer)

    def _direct(self, story: Story, vacancy: Vacancy, day: date, officer) -> None:
        at = self.at(day, 12)
        if story.kind == Kind.VACANT_POST:
            vacancies.record_direct_recruitment(
                by=officer,
                at=at,
                vacancy=vacancy,
                state="advertised",
                advertised_on=day - timedelta(10),
                advert_reference=f"ADV-{day.year}-{self.count:03d}",
            )
        else:
            vacancies.record_direct_recruitment(
                by=officer,
                at=at,
                vacancy=vacancy,
                state="not_suitable",
                note="The need is shorter than a permanent appointment.",
            )

    # -- the suppliers ------------------------------------------------------------------------------------------------------

    def _corporate(self, day: date):
        return self.world.contracts["CORP-2019" if day < date(2024, 4, 1) else "CORP-2024"]

    def _framework(self, day: date):
        return self.world.contracts["RM6161-L5" if day < date(2024, 7, 1) else "RM6281-L4"]

    def _pertemps(self, story: Story, vacancy: Vacancy, day: date, officer, person=None) -> Release | None:
        """Ask Pertemps, and the framework where they fail. Returns a secured release, or None. `person` is whom they bring."""
        release = sending.send(
            by=officer,
            at=self.at(day, 14),
            vacancy=vacancy,
            contract=self._corporate(day),
            max_rate=vacancy.max_charge_rate,
            order_number=f"PT{100000 + self.count}",
        )
        if story.stop_after == "sent":
            return None
        if not story.pertemps_fail:
            answered = self.at(DAYS.add_working_days(day, 1), 15)
            self.accepts(release, DAYS.add_working_days(day, 1), officer, story.brokered_from, person)
            recorded = self.at(DAYS.add_working_days(day, 6 if story.late else 1), 16)
            return answering.record_secured(
                by=officer,
                at=recorded,
                happened_at=answered,
                release=release,
                supply_mode="brokered" if story.brokered_from else "direct",
                supplying_agency=self.world.agencies[story.brokered_from] if story.brokered_from else None,
                late_reason="The officer was on leave." if story.late else "",
            )
        if story.pertemps_fail == "withdrawn":
            taking_back.withdraw(
                by=officer,
                at=self.at(DAYS.add_working_days(day, 1), 10),
                release=release,
                reason="The team can hold the work for now.",
            )
            needs.end_need(
                by=officer,
                at=self.at(DAYS.add_working_days(day, 4), 10),
                vacancy=vacancy,
                reason="The team can hold the work.",
            )
            return None
        self._not_secured(story, release, day, officer)
        if story.stop_after == "failed":
            return None
        day = DAYS.add_working_days(day, story.answer_days + (5 if story.late else 1))
        if not story.framework:
            needs.end_need(
                by=officer,
                at=self.at(day + timedelta(14), 10),
                vacancy=vacancy,
                reason="Work shared out within the Service.",
            )
            return None
        contract = self._framework(day)
        later = sending.send(
            by=officer, at=self.at(day, 11), vacancy=vacancy, contract=contract, max_rate=vacancy.max_charge_rate
        )
        self.accepts(later, DAYS.add_working_days(day, 1), officer)
        return answering.record_secured(
            by=officer, at=self.at(DAYS.add_working_days(day, 2), 10), release=later, supply_mode="direct"
        )

    def accepts(self, release: Release, day: date, officer, brokered_from: str = "", person=None) -> None:
        """Since candidates are recorded: one comes in the morning, is offered the work and accepts; another is turned down."""
        if day < CANDIDATES_SINCE:
            return
        person = person or self.new_worker()
        taken = self.puts_forward(release, day, officer, registration_number=person[0], brokered_from=brokered_from)
        if self.count % 3 == 0:
            other = self.puts_forward(release, day, officer)
            self.step(other, day, 11, officer, "turned_down", "Has not worked with this age group.")
        self.step(taken, day, 11, officer, "interviewed")
        self.step(taken, day, 12, officer, "offered")
        self.step(taken, day, 14, officer, "accepted")
        self.accepted[release.pk] = person

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

    def step(self, submission: Submission, day: date, hour: int, officer, stage: str, reason: str = "") -> Submission:
        common = {"by": officer, "at": self.at(day, hour), "submission": submission}
        return stepping.record_step(**common, stage=stage, reason=reason)

    def _not_secured(self, story: Story, release: Release, day: date, officer) -> None:
        declined = story.pertemps_fail == "declined"
        details: dict[str, Any] = {"reason": "no_candidates" if declined else story.pertemps_fail}
        when = (
            self.at(DAYS.add_working_days(day, 1), 11)
            if declined
            else max(self.at(DAYS.add_working_days(day, story.answer_days), 16), release.respond_by)
        )
        if when > self.now:
            raise TheFuture
        if declined:
            details |= {
                "declined_on": when.date(),
                "declined_sender": "orders@pertemps.example",
                "declined_text": "We have nobody for these dates at this rate.",
            }
        if story.pertemps_fail == "unsuitable":
            seen = DAYS.add_working_days(day, 1)
            for reason in ("No experience of court work.", "Cannot travel to the base."):
                self.step(self.puts_forward(release, seen, officer), seen, 12, officer, "turned_down", reason)
        if story.pertemps_fail == "rate_too_high":
            details["rate_asked"] = release.max_rate + D("6.50")
        if story.late:
            details |= {"happened_at": when, "late_reason": "The officer was on leave."}
            when = self.at(DAYS.add_working_days(when.date(), 3), 9)
        answering.record_not_secured(
            by=officer,
            at=when,
            release=release,
            own_supply="tried",
            brokered_supply="tried" if self.count % 4 else "did_not_say",
            agencies_approached=", ".join(BROKERED[:3]) if self.count % 4 else "",
            **details,
        )

    # -- the placement ------------------------------------------------------------------------------------------------------

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

    def _book(self, story: Story, release: Release, officer) -> Placement:
        booked = self.at(DAYS.add_working_days(known(release.answered_at).date(), 1), 11)
        if story.late:
            booked = self.at(DAYS.add_working_days(known(release.answered_at).date(), 6), 11)
        starts_on = booked.date() + timedelta(7 - booked.date().weekday())
        number, name = self.who_accepted(release)
        charge = release.max_rate - D("0.75")
        contract_end = known(release.contract.account.ends_on)
        ends_on = min(starts_on + timedelta(story.weeks * 7 - 3), contract_end)
        return booking.book(
            by=officer,
            at=booked,
            release=release,
            registration_number=number,
            worker_name=name,
            starts_on=starts_on,
            ends_on=ends_on,
            hours_per_week=story.hours,
            pattern="weekdays",
            pay_rate=charge - D("7.25"),
            charge_rate=charge,
        )

    def _stay(self, story: Story, placement: Placement, officer) -> None:
        self.confirm_start(placement, officer)
        ended = placement.starts_on + timedelta(story.ends_early_after * 7 - 3)
        if placement.starts_on < ended < placement.ends_on:
            ending.end_early(
                by=officer,
                at=self.at(ended - timedelta(14), 10),
                placement=placement,
                ended_on=ended,
                notice_given_on=self.at(ended - timedelta(14), 10).date(),
                notice_waived=self.count % 2 == 0,
                reason="worker_left" if self.count % 3 else "performance",
                rating=2 if self.count % 3 == 0 else 3,
                eligible_again=self.count % 3 != 0,
            )
            placement.refresh_from_db()
        for weeks in story.extended_weeks:
            limit = known(known(placement.contract).account.ends_on)
            ends_on = min(placement.ends_on + timedelta(weeks * 7), limit)
            if ends_on <= placement.ends_on:
                break
            self.extend(placement, ends_on, officer)
        after = placement.ends_on + timedelta(3)
        vacancy = placement.vacancy
        vacancy.refresh_from_db()
        if not placement.ended_early_at:
            ending.record_end(
                by=officer,
                at=self.at(after, 9),
                placement=placement,
                reason="permanent_start" if story.then == "hire" else "end_of_need",
                rating=4 if self.count % 3 else 3,
                eligible_again=True,
            )
        if story.then == "hire" and vacancy.kind == Kind.VACANT_POST:
            hires.record_hire(by=officer, at=self.at(after, 10), vacancy=vacancy, starts_on=after)
        elif story.then == "round":
            self._second_round(story, vacancy, after, officer)
        else:
            needs.end_need(
                by=officer, at=self.at(after, 10), vacancy=vacancy, reason="The team is back to what it was funded for."
            )

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

    def _second_round(self, story: Story, vacancy: Vacancy, day: date, officer) -> None:
        """The need goes on: Pertemps first again, and this time another worker comes."""
        vacancies.start_round(by=officer, at=self.at(day, 10), vacancy=vacancy, reason="The post is still empty.")
        again = replace(
            story,
            weeks=13,
            extended_weeks=[],
            pertemps_fail="",
            framework=False,
            then="end",
            ends_early_after=0,
            late=False,
        )
        day = DAYS.next_working_day(day - timedelta(1))
        self._direct(again, vacancy, day, officer)
        release = known(self._pertemps(again, vacancy, day, officer))
        self._stay(again, self._book(again, release, officer), officer)
