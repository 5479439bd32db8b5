"""What happens to placements beside their usual course: breaches, replacements, moves, conversions, transfers and corrections."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from council import clock
from council.known import known
from demo import events
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS, Story
from placements.breaches import actions as breaches_actions
from placements.breaches import workers_found
from placements.corrections import confirming, proposing
from placements.models import Breach, Placement
from placements.placement import (
    booking,
    carrying_over,
    concerns,
    converting,
    moving,
    rate_changes,
    replacing,
    transferring,
)
from placements.placement import extending as extensions
from placements.placement import need as needs
from recruitment.models import Release, Vacancy
from recruitment.requests import actions as vacancies


class Beyond:
    """The cases, each on days of its own in 2023 to 2025, so that the paper's figures stay as they were."""

    def __init__(self, world: World, teller: events.Teller):
        self.world, self.teller = world, teller
        self.officer, self.director = world.officer(), world.people["director"]

    def all(self) -> None:
        self.breaches()
        for n, day in enumerate([date(2023, 5, 8), date(2024, 9, 2)]):
            self.replacement(day, n)
            self.new_rate_and_move(day + timedelta(14), n)
            self.conversion(day + timedelta(21), n)
            self.handover(day + timedelta(28), n)
            self.transfer(day + timedelta(35), n)
        self.carried_over()
        self.corrected()
        self.waiting()

    # -- steps --------------------------------------------------------------------------------------------------------------

    def placed(self, day: date, team: int, **story) -> Placement:
        """Asked, agreed, sourced and booked from a day on."""
        told = Story(day, self.world.teams[team], stop_after="secured", **story)
        vacancy = self.teller.tell(told)
        release = Release.objects.get(vacancy=vacancy, outcome="secured")
        return self.teller._book(told, release, self.officer)

    def started(self, day: date, team: int, **story) -> Placement:
        placement = self.placed(day, team, **story)
        self.teller.confirm_start(placement, self.officer)
        return placement

    def end(self, vacancy: Vacancy, after: date) -> None:
        vacancy.refresh_from_db()
        at = moment(DAYS.next_working_day(after + timedelta(2)), 10)
        needs.end_need(by=self.officer, at=at, vacancy=vacancy, reason="Work shared out within the Service.")

    # -- outside the rules ----------------------------------------------------------------------------------------------------

    def breach(self, since: date, weeks: int, team: int, agency: str, charge: str, how: str, contract=None) -> Breach:
        number, name = self.teller.new_worker()
        found = workers_found.WorkerFound(
            team=self.world.teams[team],
            job_type="social_worker",
            registration_number=number,
            worker_name=name,
            agency=self.world.agencies[agency],
            contract=contract,
            starts_on=since,
            ends_on=since + timedelta(weeks * 7 - 3),
            hours_per_week=D(37),
            pattern="weekdays",
            charge_rate=D(charge),
        )
        on = DAYS.next_working_day(since + timedelta(2))
        return breaches_actions.record_breach(
            by=self.officer,
            at=moment(on, 11),
            found=found,
            found_on=on,
            how_found=how,
            director_told_on=on,
            procurement_told_on=on,
        )

    def breaches(self) -> None:
        saturday = self.breach(
            date(2023, 11, 4), 4, 1, "Service Care Solutions", "47.50", "The team rang the agency itself on Saturday."
        )
        breaches_actions.authorise(
            by=self.director,
            at=moment(date(2023, 11, 9), 15),
            breach=saturday,
            reason="Two children would have gone unseen over the weekend.",
        )
        self.end(saturday.placement.vacancy, saturday.placement.ends_on)
        agreed = self.breach(
            date(2024, 2, 12),
            6,
            3,
            "Halden Bridge Care",
            "45.00",
            "The agency sent its worker before Pertemps had answered.",
            self.world.contracts["RM6161-L5"],
        )
        breaches_actions.authorise(
            by=self.director, at=moment(date(2024, 2, 21), 10), breach=agreed, reason="Pertemps had nobody either."
        )
        self.end(agreed.placement.vacancy, agreed.placement.ends_on)
        for since, team in ((date(2025, 5, 12), 6), (date(2025, 9, 15), 8)):
            open_one = self.breach(
                since,
                5,
                team,
                "Service Care Solutions",
                "48.00",
                "Found when the invoice came, for a worker nobody had booked.",
            )
            self.end(open_one.placement.vacancy, open_one.placement.ends_on)

    # -- a placement's life -----------------------------------------------------------------------------------------------------

    def replacement(self, day: date, n: int) -> None:
        first = self.placed(day, n, weeks=13)
        number, name = self.teller.new_worker()
        rates = first.periods.get()
        order = known(first.release)
        if order.submissions.exists():
            submission = self.teller.puts_forward(order, first.starts_on, self.officer, registration_number=number)
            self.teller.step(submission, first.starts_on, 10, self.officer, "offered")
            self.teller.step(submission, first.starts_on, 11, self.officer, "accepted")
        second = replacing.replace(
            by=self.officer,
            at=moment(first.starts_on, 12),
            placement=first,
            reason="Did not come; the agency sends a colleague.",
            registration_number=number,
            worker_name=name,
            starts_on=first.starts_on + timedelta(2),
            ends_on=first.ends_on,
            pay_rate=rates.pay_rate,
            charge_rate=rates.charge_rate,
        )
        self.teller.confirm_start(second, self.officer)
        self.end(second.vacancy, second.ends_on)

    def new_rate_and_move(self, day: date, n: int) -> None:
        placement = self.started(day, 0, weeks=20)
        rates = placement.periods.get()
        rate_changes.change_rate(
            by=self.officer,
            at=moment(placement.starts_on + timedelta(28)),
            placement=placement,
            starts_on=placement.starts_on + timedelta(42),
            pay_rate=rates.pay_rate + D("0.25"),
            charge_rate=rates.charge_rate + D("0.50"),
            reason="Yearly award.",
        )
        moving.move_team(
            by=self.officer,
            at=moment(placement.starts_on + timedelta(56)),
            placement=placement,
            team=self.world.teams[1],
            starts_on=placement.starts_on + timedelta(63),
            reason="The other team holds more cases.",
        )
        concerns.record_concern(
            by=self.officer,
            at=moment(placement.starts_on + timedelta(70)),
            placement=placement,
            concern="Visits were written up weeks later." if n else "Records were left incomplete.",
            agency_told_on=placement.starts_on + timedelta(70),
            referral_on=placement.starts_on + timedelta(70) if n else None,
        )
        self.end(placement.vacancy, placement.ends_on)

    def conversion(self, day: date, n: int) -> None:
        placement = self.started(day, 2, weeks=18)
        converting.convert(
            by=self.officer,
            at=moment(placement.ends_on - timedelta(21)),
            placement=placement,
            starts_on=placement.ends_on + timedelta(1),
            fee=D("1800.00") if n else D(0),
            rating=4,
        )

    def handover(self, day: date, n: int) -> None:
        first = self.started(day, 4, weeks=13)
        vacancy = first.vacancy
        vacancy.refresh_from_db()
        again = DAYS.next_working_day(first.ends_on - timedelta(25))
        vacancies.start_round(
            by=self.officer, at=moment(again), vacancy=vacancy, reason="The need goes on after this worker."
        )
        story = Story(again, vacancy.team, vacancy.kind, weeks=13)
        self.teller._direct(story, vacancy, again, self.officer)
        release = known(self.teller._pertemps(story, vacancy, again, self.officer))
        number, name = self.teller.who_accepted(release)
        starts_on = first.ends_on - timedelta(first.ends_on.weekday())
        second = booking.book(
            by=self.officer,
            at=moment(DAYS.add_working_days(again, 2), 11),
            release=release,
            registration_number=number,
            worker_name=name,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(13 * 7 - 3),
            hours_per_week=D(37),
            pattern="weekdays",
            pay_rate=release.max_rate - D("8.00"),
            charge_rate=release.max_rate - D("0.75"),
            handover_until=first.ends_on,
            handover_reason="Cases are handed over in the last week.",
        )
        self.teller.confirm_start(second, self.officer)
        self.end(second.vacancy, second.ends_on)

    def transfer(self, day: date, n: int) -> None:
        """Pertemps take on the worker whom the framework's agency had sent."""
        old = self.started(day, 5, weeks=18, pertemps_fail="no_candidates", framework=True)
        vacancy = old.vacancy
        vacancy.refresh_from_db()
        again = DAYS.next_working_day(old.starts_on + timedelta(48))
        vacancies.start_round(by=self.officer, at=moment(again), vacancy=vacancy, reason="Pertemps take the worker on.")
        story = Story(again, vacancy.team, vacancy.kind, weeks=18)
        self.teller._direct(story, vacancy, again, self.officer)
        person = (old.worker.registration_number, old.worker.name)
        release = known(self.teller._pertemps(story, vacancy, again, self.officer, person))
        starts_on = old.starts_on + timedelta(63)
        new = transferring.transfer(
            by=self.officer,
            at=moment(DAYS.add_working_days(again, 3)),
            placement=old,
            release=release,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(12 * 7 - 3),
            pay_rate=release.max_rate - D("8.50"),
            charge_rate=release.max_rate - D("1.50"),
            reason="The worker has joined Pertemps.",
        )
        self.teller.confirm_start(new, self.officer)
        self.end(new.vacancy, new.ends_on)

    def carried_over(self) -> None:
        """Two workers booked to the end of RM6161 Lot 5 go on under RM6281 Lot 4."""
        contracts = self.world.contracts
        for n, day in enumerate([date(2024, 4, 15), date(2024, 4, 22)]):
            self.started(day, 6 + n, weeks=26, pertemps_fail="no_candidates", framework=True)
        on = date(2024, 7, 1)
        terms = {}
        for one in carrying_over.going_on_under(contracts["RM6161-L5"], on):
            rates = one.periods.get()
            terms[one.pk] = carrying_over.Carried(rates.pay_rate, rates.charge_rate - D("0.40"), date(2024, 9, 27))
        carried = carrying_over.carry_over(
            by=self.director,
            at=moment(date(2024, 6, 24)),
            old=contracts["RM6161-L5"],
            new=contracts["RM6281-L4"],
            on=on,
            terms=terms,
        )
        for placement in carried:
            self.end(placement.vacancy, placement.ends_on)

    # -- put right, and waiting ---------------------------------------------------------------------------------------------------

    def corrected(self) -> None:
        """Framework placements whose proof turns out wrong, one whose proof still holds, and a start on another day."""
        for n, day in enumerate([date(2025, 1, 13), date(2025, 2, 3), date(2025, 2, 10)]):
            placement = self.started(
                day, 3, weeks=10, pertemps_fail="declined" if n == 1 else "no_candidates", framework=True
            )
            proof = known(placement.release).rests_on
            values = (
                {"brokered_supply": "not_tried"}
                if n == 1
                else {
                    "outcome": "secured",
                    "supply_mode": "direct",
                    "reason": "",
                    "own_supply": "",
                    "brokered_supply": "",
                }
            )
            self._correct(
                "release", proof, placement.starts_on + timedelta(21), "Pertemps’ e-mail of that week shows it.", values
            )
            self.end(placement.vacancy, placement.ends_on)
        placement = self.started(date(2025, 3, 3), 2, weeks=10)
        why = "The first timesheet begins a day later."
        later = {"starts_on": placement.starts_on + timedelta(1)}
        self._correct("placement", placement, placement.starts_on + timedelta(14), why, later)
        self.end(placement.vacancy, placement.ends_on)

    def _correct(self, subject: str, row, on: date, why: str, values: dict) -> None:
        on = DAYS.next_working_day(on)
        correction = proposing.propose(by=self.officer, at=moment(on), subject=subject, row=row, why=why, **values)
        confirmed_at = moment(DAYS.next_working_day(on), 15)
        with clock.standing_at(confirmed_at):
            confirming.decide(by=self.director, at=confirmed_at, correction=correction, decision="confirmed")

    def waiting(self) -> None:
        """What the Assistant Director finds on Today: long extensions to decide, a correction to confirm."""
        now = self.teller.now
        live = Placement.objects.live_on(now.date()).filter(
            basis="release",
            ended_early_at__isnull=True,
            end_reason="",
            vacancy__status="covered",
            started_confirmed_at__isnull=False,
        )
        for placement in live.order_by("ends_on", "pk")[:2]:
            limit = placement.contract.account.ends_on
            ends_on = min(placement.ends_on + timedelta(56), limit)
            if ends_on <= placement.ends_on or not extensions.needs_approval(placement, ends_on):
                continue
            details: dict[str, Any] = {"reason": "The colleague is still away.", "recruitment_state": "advertised"}
            if placement.is_outside_the_first_route:
                details |= {"rechecked_on": now.date(), "recheck_note": "Pertemps have nobody for this post."}
            extensions.propose_extension(by=self.officer, at=now, placement=placement, ends_on=ends_on, **details)
        last = (
            Release.objects.filter(outcome="not_secured", voided_at__isnull=True, opened__isnull=True)
            .order_by("-answered_at")
            .first()
        )
        if last:
            proposing.propose(
                by=self.officer,
                at=now,
                subject="release",
                row=last,
                why="Its e-mail says that it asked other agencies too.",
                brokered_supply="not_tried" if last.brokered_supply == "tried" else "tried",
            )
