"""Candidates that do not go straight: reconsidered, shown by two agencies, offered for another post; and approaches."""

from datetime import date, timedelta

from council.errors import RuleViolation
from demo import events, names
from demo.council_set_up import World
from demo.moments import moment
from demo.story import DAYS, Story, working_days_back
from placements.placement import need as needs
from recruitment.candidates import putting_forward, stepping
from recruitment.models import Kind, Release, Submission, Vacancy
from recruitment.orders import answering, sending
from recruitment.orders import by_the_supplier as supplier
from recruitment.requests.approaches import log_approach


def tell(world: World, teller: events.Teller, today: date) -> None:
    for day in (date(2024, 11, 4), date(2025, 3, 3)):
        _by_a_later_route(world, teller, day)
        _for_another_post(world, teller, day + timedelta(7))
    _waiting(world, teller, today)
    for day, agency, what in (
        (date(2024, 6, 11), "Alderway Care Staffing", "Two social workers, free from the first of next month."),
        (date(2025, 1, 21), "Service Care Solutions", "A team manager who is leaving another council."),
        (date(2025, 9, 16), "Service Care Solutions", "A reviewing officer, three days a week."),
    ):
        common = {"by": world.officer(), "at": moment(day, 14), "agency": world.agencies[agency]}
        log_approach(**common, job_type="social_worker", note=what)


def _sent(world: World, teller: events.Teller, day: date, team: int) -> Release:
    vacancy = teller.told(Story(day, world.teams[team], Kind.COVER, stop_after="sent", role="social_worker"))
    return vacancy.releases.get()


def _unsuitable(teller: events.Teller, release: Release, day: date, officer) -> None:
    when = teller.at(DAYS.add_working_days(day, 4), 9)
    answering.record_not_secured(
        by=officer, at=when, release=release, reason="unsuitable", own_supply="tried", brokered_supply="tried"
    )


def _end(world: World, vacancy: Vacancy, day: date) -> None:
    vacancy.refresh_from_db()
    at = moment(DAYS.next_working_day(day))
    needs.end_need(by=world.officer(), at=at, vacancy=vacancy, reason="The colleague came back sooner.")


def _by_a_later_route(world: World, teller: events.Teller, day: date) -> None:
    """The Assistant Director allows somebody whom Pertemps showed first, and the person then takes another post."""
    submission = _shown_again(world, teller, day)
    if submission is None:
        return
    officer, seen = world.officer(), submission.received_at.date()
    stepping.allow_later_route(
        by=world.people["director"],
        at=teller.at(seen, 14),
        submission=submission,
        reason="Pertemps confirmed that the person is no longer with them.",
    )
    teller.step(submission, seen, 15, officer, "offered")
    teller.step(submission, seen, 16, officer, "withdrawn", "Accepted a permanent post.")
    teller.step(submission, DAYS.add_working_days(seen, 1), 9, officer, "reconsidered", "Asked to come after all.")
    teller.step(submission, DAYS.add_working_days(seen, 1), 12, officer, "withdrawn", "Stays with the post.")
    _unsuitable(teller, submission.release, seen, officer)
    _end(world, submission.release.vacancy, seen + timedelta(14))


def _for_another_post(world: World, teller: events.Teller, day: date) -> None:
    """One candidate, two posts of the same role: turned down for the first, offered for the second, and gone elsewhere."""
    officer = world.officer()
    first, second = _sent(world, teller, day, 2), _sent(world, teller, day, 4)
    asked = max(first.sent_at, second.sent_at).date()
    seen = DAYS.add_working_days(asked, 1)
    shown = teller.puts_forward(first, seen, officer, registration_number=teller.new_worker()[0])
    teller.step(shown, seen, 12, officer, "turned_down", "The other team needs this experience more.")
    at = teller.at(seen, 13)
    again = putting_forward.offer_elsewhere(by=officer, at=at, submission=shown, release=second)
    teller.step(again, seen, 14, officer, "interviewed")
    teller.step(again, seen, 16, officer, "withdrawn", "Took a post elsewhere.")
    for release in (first, second):
        _unsuitable(teller, release, asked, officer)
        _end(world, release.vacancy, seen + timedelta(14))


def _waiting(world: World, teller: events.Teller, today: date) -> None:
    """Work for Today: put forward through the link, recorded by an officer, and shown by an earlier route first."""
    officer = world.officer()
    for n, days in enumerate((7, 6)):
        by_link = _sent(world, teller, working_days_back(today, days), 5 + n)
        teller.post.deliver()
        came_at = teller.at(DAYS.add_working_days(by_link.sent_at.date(), 1), 11)
        supplier.put_forward_by_link(
            by=teller.post.opened(by_link, came_at),
            at=came_at,
            candidate=f"PER-{7001 + n}",
            supply_mode="direct",
            pay_rate=by_link.max_rate - 9,
            charge_rate=by_link.max_rate - 1,
            available_from=by_link.starts_on,
            said_by="Perry Placeholder",
        )
    recorded = _sent(world, teller, working_days_back(today, 6), 6)
    came = DAYS.add_working_days(recorded.sent_at.date(), 1)
    teller.step(teller.puts_forward(recorded, came, officer), came, 12, officer, "shortlisted")
    second = _sent(world, teller, working_days_back(today, 8), 3)
    came = DAYS.add_working_days(second.sent_at.date(), 1)
    teller.step(teller.puts_forward(second, came, officer), came, 12, officer, "shortlisted")
    for n in range(2):
        _shown_again(world, teller, working_days_back(today, 11 + n))


def _shown_again(world: World, teller: events.Teller, day: date) -> Submission | None:
    """Pertemps show somebody who is turned down, and the framework the same person; nobody has allowed it yet.

    None where the framework's contract has no room left.
    """
    officer = world.officer()
    release = _sent(world, teller, day, 1)
    asked = release.sent_at.date()
    seen, number = DAYS.add_working_days(asked, 1), teller.new_worker()[0]
    shown = teller.puts_forward(release, seen, officer, registration_number=number)
    teller.step(shown, seen, 12, officer, "turned_down", "Asked for fewer days than the post has.")
    _unsuitable(teller, release, asked, officer)
    again = DAYS.add_working_days(asked, 4)
    common = {"vacancy": release.vacancy, "contract": teller._framework(again), "max_rate": release.max_rate}
    try:
        second = sending.send(by=officer, at=teller.at(again, 11), **common)
    except RuleViolation as refused:
        if refused.code not in names.NO_CONTRACT:
            raise
        return None
    return teller.puts_forward(second, DAYS.add_working_days(again, 1), officer, registration_number=number)
