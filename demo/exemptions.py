"""Exemptions over the years: Service Care Solutions since December 2020, two other agencies, and what waits this week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal as D

from council import clock
from council.models import Role
from demo import events
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS, Story, TheFuture, working_days_back
from placements.exemptions import actions as exemption_ends
from placements.models import Placement
from placements.placement import ending
from placements.placement import need as needs
from placements.reads.reviews import next_review
from placements.reviews import actions as reviews
from placements.reviews.actions import ToDo
from recruitment.exemptions import asking, deciding
from recruitment.exemptions.asking import ExemptionAsked
from recruitment.models import Exemption, ExemptionApprover, Release, Vacancy
from recruitment.orders import answering, sending
from recruitment.orders import by_the_supplier as supplier

SCS = "Service Care Solutions"
FINDINGS = [
    "Visits and plans are up to date; two chronologies are missing.",
    "Good direct work. Recording is a week behind.",
    "Court statements are clear and on time.",
]


@dataclass
class Example:
    """One exemption: when it was asked for, for how many requests and weeks, and why."""

    asked_on: date
    teams: list[int]
    weeks: int
    agency: str = SCS
    reason: str = "no_response"
    justification: str = "Pertemps have nobody with experience of court work for these dates."
    group_name: str = ""
    without_proof: bool = False
    hours: D = D(37)


def tell(world: World, teller: events.Teller, today: date) -> None:
    ExemptionApprover.objects.create(starts_on=date(2020, 1, 1), role=Role.ASSISTANT_DIRECTOR)
    StoriesOfExemptions(world, teller, today).all()
    _disputed(world)


def _disputed(world: World) -> None:
    """Pertemps say of two answers on which the framework was opened that they had offered somebody."""
    placed = Placement.objects.standing().filter(release__position=2, breaches__isnull=True).order_by("pk")
    proofs = [one.release.rests_on for one in placed.select_related("release__rests_on__sent_by")]
    for proof in proofs[5:7]:
        common = {"by": proof.sent_by, "at": proof.answer_recorded_at + timedelta(days=1), "release": proof}
        supplier.record_dispute(**common, words="We had offered somebody by telephone.", said_by="Perry Placeholder")


class StoriesOfExemptions:
    def __init__(self, world: World, teller: events.Teller, today: date):
        self.world, self.teller, self.today = world, teller, today
        self.officer, self.director = world.officer(), world.people["director"]

    def all(self) -> None:
        self.go(Example(date(2020, 11, 16), [0], 26))
        self.go(Example(date(2021, 8, 16), [1, 2], 40, group_name="Court work, autumn 2021"))
        self.turned_down(Example(date(2022, 10, 3), [3], 13))
        self.ground(date(2023, 1, 18), D("400000.00"))
        self.ended_early(Example(date(2023, 1, 9), [4], 20), weeks=12)
        self.go(self.urgent(date(2023, 6, 12), 5, "Fernhill Agency"))
        self.taken_back(Example(date(2023, 9, 11), [6], 13))
        self.ground(date(2024, 4, 15), D("600000.00"))
        self.go(Example(date(2024, 4, 29), [7], 20), returned=True)
        self.goes_on(Example(date(2024, 10, 7), [8], 12), 8)
        self.turned_down(Example(date(2025, 2, 10), [0], 13))
        self.go(self.urgent(date(2025, 6, 9), 1, "Gorse and Hale"))
        self.ended_early(Example(date(2025, 7, 7), [2], 20, "Gorse and Hale"), weeks=11)
        self.taken_back(Example(date(2025, 10, 6), [3], 13))
        self.go(Example(date(2025, 11, 3), [4], 12), returned=True)
        self.goes_on(Example(date(2026, 2, 2), [7], 12), 8)
        self.waiting()

    def urgent(self, day: date, team: int, agency: str) -> Example:
        why = "A court has ordered visits from tomorrow, and only this agency has somebody today."
        return Example(day, [team], 8, agency, "extreme_urgency", why, without_proof=True)

    # -- steps ----------------------------------------------------------------------------------------------------------------

    def failed(self, day: date, team: int, case: Example) -> Vacancy:
        """A request that Pertemps could not supply, or were not waited for."""
        story = Story(
            day,
            self.world.teams[team],
            hours=case.hours,
            weeks=case.weeks,
            pertemps_fail="" if case.without_proof else "no_candidates",
            stop_after="direct" if case.without_proof else "failed",
            role="social_worker",
            urgency="urgent" if case.reason == "extreme_urgency" else "routine",
        )
        return self.teller.told(story)

    def when(self, day: date, days: int, hour: int = 10) -> datetime:
        return self.teller.at(DAYS.add_working_days(day, days), hour)

    def asked(self, case: Example, vacancies: list[Vacancy], starts_on: date) -> ExemptionAsked:
        hours = sum((one.hours_per_week for one in vacancies), D(0))
        value = (hours * vacancies[0].max_charge_rate * case.weeks / 100).quantize(D(1)) * 100 + 500
        return ExemptionAsked(
            agency=self.world.agencies[case.agency],
            vacancies=vacancies,
            reason=case.reason,
            justification=case.justification,
            why_no_competition="A further competition takes longer than the work can wait.",
            risk_if_refused="Court dates and visits without a social worker.",
            return_plan="Pertemps are asked again eight weeks before the end.",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(case.weeks * 7 + 13),
            value=value,
            value_with_vat=(value * D("1.2")).quantize(D("0.01")),
            group_name=case.group_name,
            no_proof_reason="Visits were due the next day; Pertemps' time to answer is two days."
            if case.without_proof
            else "",
        )

    def request(self, case: Example) -> Exemption:
        """Asked for six working days after the request; to begin eleven after it."""
        vacancies = [self.failed(case.asked_on, team, case) for team in case.teams]
        starts_on = DAYS.add_working_days(case.asked_on, 11)
        asked = self.asked(case, vacancies, starts_on)
        at = self.when(case.asked_on, 6, 17)
        return asking.request_exemption(by=self.officer, at=at, asked=asked)

    def comment(self, exemption: Exemption, at: datetime, *who: str) -> None:
        for person in who or ("finance", "procurement"):
            text = "The team has the funds." if person == "finance" else "No contract covers this agency before autumn."
            deciding.comment(by=self.world.people[person], at=at, exemption=exemption, supports=True, text=text)

    def decide(self, exemption: Exemption, at: datetime, decision: str, reason: str, conditions: str = "") -> Exemption:
        common = {"by": self.director, "at": at, "exemption": exemption, "decision": decision}
        with clock.standing_at(at):  # who decides has looked at the proof
            return deciding.decide(**common, reason=reason, conditions=conditions)

    def approve(self, exemption: Exemption, day: date, days: int) -> Exemption:
        self.comment(exemption, self.when(day, days, 11))
        reason = "Pertemps could not supply, and the work cannot wait."
        return self.decide(exemption, self.when(day, days + 1, 15), "approved", reason, "Reviewed every six weeks.")

    def go(self, case: Example, *, returned: bool = False, until: date | None = None) -> Exemption:
        """Asked for, approved, placed, reviewed and ended, as far as the day it is loaded."""
        exemption = self.request(case)
        if returned:
            self.decide(exemption, self.when(case.asked_on, 7), "returned", "Say how the work returns to Pertemps.")
            asked = self.asked(case, [need.vacancy for need in exemption.needs.all()], exemption.starts_on)
            at = self.when(case.asked_on, 7, 15)
            exemption.refresh_from_db()
            exemption = asking.complete_exemption(by=self.officer, at=at, exemption=exemption, asked=asked)
        exemption = self.approve(exemption, case.asked_on, 8)
        for need in exemption.needs.select_related("vacancy"):
            placement = self.place(exemption, need.vacancy, case)
            self.reviewed(placement)
            self.end(placement)
        return exemption

    def place(self, exemption: Exemption, vacancy: Vacancy, case: Example) -> Placement:
        vacancy.refresh_from_db()
        contract = exemption.decisions.get(approves=exemption.pk).contract
        sent = self.when(case.asked_on, 10)
        release = sending.send(
            by=self.officer, at=sent, vacancy=vacancy, contract=contract, max_rate=vacancy.max_charge_rate
        )
        self.teller.accepts(release, sent.date(), self.officer)
        secured = answering.record_secured(
            by=self.officer, at=self.when(case.asked_on, 11, 16), release=release, supply_mode="direct"
        )
        story = Story(case.asked_on, vacancy.team, hours=case.hours, weeks=case.weeks)
        placement = self.teller._book(story, Release.objects.get(pk=secured.pk), self.officer)
        try:
            self.teller.confirm_start(placement, self.officer)
        except TheFuture:
            placement.refresh_from_db()
        return placement

    def reviewed(self, placement: Placement, most: int = 99) -> None:
        """Every six weeks until the end or today, each read by the Assistant Director two days later."""
        for n in range(most):
            due = next_review(placement)
            if due is None:
                return
            day = DAYS.next_working_day(due.due_on - timedelta(1))
            try:
                at = self.teller.at(day, 14)
                read = self.teller.at(DAYS.add_working_days(day, 2), 9)
            except TheFuture:
                return
            to_do = [ToDo("Bring the recording up to date", "Lena Fictley", day + timedelta(14))] if n % 3 == 1 else []
            review = reviews.record_review(
                by=self.officer,
                at=at,
                placement=placement,
                held_on=day,
                rating=4 if (n + placement.pk) % 3 == 0 else 3,
                findings=FINDINGS[(n + placement.pk) % 3],
                to_do=to_do,
            )
            reviews.oversee(by=self.director, at=read, review=review, note="Agreed." if n == 0 else "")
            for one in review.actions.all():
                done = self.when(day, 8)
                reviews.finish_action(
                    by=self.officer, at=done, to_do=one, done_on=done.date(), note="Done with the team."
                )

    def end(self, placement: Placement) -> None:
        try:
            at = self.teller.at(placement.ends_on + timedelta(3), 9)
        except TheFuture:
            return
        placement.refresh_from_db()
        ending.record_end(
            by=self.officer, at=at, placement=placement, reason="end_of_need", rating=3, eligible_again=True
        )
        vacancy = placement.vacancy
        vacancy.refresh_from_db()
        needs.end_need(by=self.officer, at=at + timedelta(hours=1), vacancy=vacancy, reason="The court work is done.")

    # -- other ways -----------------------------------------------------------------------------------------------------------

    def turned_down(self, case: Example) -> None:
        exemption = self.request(case)
        self.decide(
            exemption, self.when(case.asked_on, 8), "turned_down", "The work is to be shared out within the Service."
        )
        self._need_over(exemption, case)

    def taken_back(self, case: Example) -> None:
        exemption = self.request(case)
        at = self.when(case.asked_on, 8)
        deciding.take_back(
            by=self.officer, at=at, exemption=exemption, reason="Pertemps have found somebody after all."
        )
        self._need_over(exemption, case)

    def _need_over(self, exemption: Exemption, case: Example) -> None:
        for need in exemption.needs.select_related("vacancy"):
            need.vacancy.refresh_from_db()
            needs.end_need(
                by=self.officer,
                at=self.when(case.asked_on, 12),
                vacancy=need.vacancy,
                reason="Shared out within the Service.",
            )

    def ended_early(self, case: Example, *, weeks: int) -> None:
        """The worker leaves after some weeks, and the exemption ends with the placement."""
        exemption = self.approve(self.request(case), case.asked_on, 7)
        placement = self.place(exemption, exemption.needs.get().vacancy, case)
        ended_on = placement.starts_on + timedelta(weeks * 7 - 3)
        at = self.teller.at(ended_on - timedelta(28), 10)
        ending.end_early(
            by=self.officer,
            at=at,
            placement=placement,
            ended_on=ended_on,
            notice_given_on=at.date(),
            notice_waived=True,
            reason="worker_left",
            rating=3,
            eligible_again=True,
        )
        placement.refresh_from_db()
        self.reviewed(placement)
        exemption.refresh_from_db()
        common = {"by": self.officer, "at": self.teller.at(ended_on - timedelta(7), 11), "exemption": exemption}
        exemption_ends.end_exemption(
            **common, ended_on=ended_on, reason="The worker leaves, and Pertemps have a colleague."
        )
        vacancy = placement.vacancy
        vacancy.refresh_from_db()
        after = self.teller.at(ended_on + timedelta(3), 10)
        needs.end_need(
            by=self.officer, at=after, vacancy=vacancy, reason="Pertemps cover the work under another request."
        )

    def goes_on(self, case: Example, weeks: int) -> None:
        """The work lasts longer: a linked exemption for the same request, and the worker stays under the same contract."""
        first = self.approve(self.request(case), case.asked_on, 7)
        placement = self.place(first, first.needs.get().vacancy, case)
        self.reviewed(placement, most=max(1, case.weeks // 6))
        placement.refresh_from_db()
        day = working_days_back(placement.ends_on, 20)
        longer = Example(
            day, case.teams, weeks, case.agency, "extension", "The proceedings last longer than was planned."
        )
        vacancy = placement.vacancy
        vacancy.refresh_from_db()
        asked = self.asked(longer, [vacancy], first.ends_on + timedelta(1))
        second = asking.request_exemption(by=self.officer, at=self.when(day, 0, 17), asked=asked, extends=first)
        self.approve(second, day, 2)
        self.reviewed(placement)
        self.teller.extend(placement, placement.ends_on + timedelta(weeks * 7), self.officer)
        self.reviewed(placement)
        self.end(placement)

    def ground(self, day: date, limit: D) -> None:
        deciding.record_ground(
            by=self.world.people["legal"],
            at=moment(day, 16),
            agency=self.world.agencies[SCS],
            ground="Light-touch services below their own threshold; advice of the legal service.",
            limit=limit,
            dated_on=day,
        )

    def waiting(self) -> None:
        """Live ones, one with a review overdue; and what waits for a decision, for a comment and for more."""
        back = working_days_back
        self.ground(back(self.today, 90), D("900000.00"))
        live = Example(back(self.today, 75), [5], 20, hours=D("29.60"))
        exemption = self.approve(self.request(live), live.asked_on, 7)
        self.reviewed(self.place(exemption, exemption.needs.get().vacancy, live), most=1)
        other = Example(back(self.today, 62), [6], 16, "Fernhill Agency")
        exemption = self.approve(self.request(other), other.asked_on, 7)
        self.place(exemption, exemption.needs.get().vacancy, other)  # never reviewed: overdue
        for n in range(2):
            ready = self.request(Example(back(self.today, 11 - n), [8 + n], 13))
            self.comment(ready, self.when(back(self.today, 11 - n), 7))
        half = self.request(Example(back(self.today, 8), [10], 12, "Fernhill Agency"))
        self.comment(half, self.when(back(self.today, 8), 7), "finance")
        returned = self.request(Example(back(self.today, 9), [11], 10))
        at = self.when(back(self.today, 9), 7)
        self.decide(returned, at, "returned", "Say why a further competition is not possible.")
