"""What happens at the demonstration council, day by day, through the same actions as a user's clicks.

Everything follows from a fixed seed and the day it is loaded: the same day gives the same rows. A story stops at the present,
so that Today holds real work.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from council.errors import RuleViolation
from council.known import known
from demo.council_set_up import BROKERED
from demo.in_post import InPost
from demo.names import BASES, NO_CONTRACT, PAY, ROLES
from demo.story import DAYS, Story, TheFuture
from placements.hires import actions as hires
from placements.models import Placement
from placements.placement import booking, ending
from placements.placement import need as needs
from recruitment.models import Kind, Release, Vacancy
from recruitment.orders import answering, sending, supplying, taking_back
from recruitment.requests import actions as vacancies

CANDIDATES_SINCE = date(2024, 4, 1)  # before that only those who were unsuitable are known


class Teller(InPost):
    """Tells stories to the actions, and never about tomorrow."""

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
                told=answering.Told(("telephone", "email")[self.count % 2]),
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
        self.looks(release, self.at(day, 12))
        from_another = "Alderway Care Staffing" if self.count % 30 == 0 else ""
        self.accepts(later, DAYS.add_working_days(day, 1), officer, from_another)
        secured_at = self.at(DAYS.add_working_days(day, 2), 10)
        if not from_another:
            return answering.record_secured(
                by=officer, at=secured_at, release=later, supply_mode="direct", told=answering.Told("telephone")
            )
        agency = self.world.agencies[from_another]
        later = answering.record_secured(
            by=officer,
            at=secured_at,
            release=later,
            supply_mode="brokered",
            supplying_agency=agency,
            told=answering.Told("telephone"),
        )
        supplying.allow_supply(
            by=self.world.people["director"],
            at=secured_at + timedelta(minutes=90),
            release=later,
            reason="The only one with court experience; the supplier charges nothing on top.",
        )
        return later

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
            told=answering.Told("email" if declined else "" if story.pertemps_fail == "no_answer" else "telephone"),
            **details,
        )

    # -- the placement ------------------------------------------------------------------------------------------------------

    def _book(self, story: Story, release: Release, officer) -> Placement:
        booked = self.at(DAYS.add_working_days(known(release.answered_at).date(), 1), 11)
        if story.late:
            booked = self.at(DAYS.add_working_days(known(release.answered_at).date(), 6), 11)
        starts_on = booked.date() + timedelta(7 - booked.date().weekday())
        if release.position > 1:  # not before the start that Pertemps were asked for
            starts_on = max(starts_on, release.starts_on)
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
