"""What is tried with candidates, disputes, at night and at the weekly meeting, well or badly."""

from datetime import timedelta
from decimal import Decimal as D

from placements.emergencies import actions as night
from recruitment.candidates import putting_forward, stepping
from recruitment.emergencies import actions as emergencies
from recruitment.meetings.actions import Taken, hold_meeting
from recruitment.orders import by_the_supplier as supplier
from reporting.reads.sheet import between, sheet

# -- candidates ------------------------------------------------------------------------------------------------------------------


def put_somebody_forward(desk, vacancy):
    release = desk.some_release()
    if release is None:
        return
    wrong = desk.rng.choice(
        [
            {},
            {"happened_at": release.sent_at - timedelta(hours=1), "late_reason": "Away"},
            {"registration_number": "12"},
            {"pay_rate": D("44")},
            {"supply_mode": "brokered"},
        ]
    )
    desk.put_forward(release, **wrong)


def step_badly(desk, vacancy):
    submission = desk.some_candidate()
    if submission:
        desk.step(submission, desk.rng.choice(["shortlisted", "offered", "accepted", "withdrawn", "reconsidered"]))


def accept_without_a_number(desk, vacancy):
    submission = desk.some_candidate(stage="offered", registration_number="", voided_at__isnull=True)
    if submission is None:
        release = desk.some_release(outcome="open", voided_at__isnull=True)
        n = desk.rng.randrange(1000)
        submission = release and desk.put_forward(
            release, candidate=f"N-{n}", registration_number="", charge_rate=D("40")
        )
        submission = submission and desk.step(submission, "offered")
    if submission:
        desk.step(submission, "accepted")


def renumber_a_candidate(desk, vacancy):
    submission = desk.some_candidate(voided_at__isnull=True)
    if submission:
        numbers = {"registration_number": f"SW4{desk.rng.randrange(10**6):06d}"}
        for _ in range(2):
            desk.attempt(stepping.give_registration_number, submission=submission, **numbers)
            numbers = {"registration_number": "SW499999"}


def allow_somebody(desk, vacancy):
    submission = desk.some_candidate(voided_at__isnull=True)
    if submission:
        by = desk.world.director if desk.chance(85) else desk.world.officer
        desk.attempt(stepping.allow_later_route, by=by, submission=submission, reason="x")


def show_somebody_of_pertemps_again(desk, vacancy):
    """The framework shows, offers or books somebody whom Pertemps showed before."""
    shown = desk.some_candidate(release__position=1, voided_at__isnull=True)
    release = desk.some_release(position=2, outcome__in=["open", "secured"], voided_at__isnull=True)
    release = release or desk.on_the_framework()
    if not (shown and release and shown.registration_number):
        return
    if release.outcome == "secured" and desk.chance(60):
        desk.book(release, registration_number=shown.registration_number)
        return
    again = desk.put_forward(release, candidate="H-1", registration_number=shown.registration_number)
    if again:
        desk.step(again, "offered")


def offer_for_another_post(desk, vacancy):
    submission, release = desk.some_candidate(), desk.some_release()
    if submission and release:
        desk.attempt(putting_forward.offer_elsewhere, submission=submission, release=release)


def candidate_entered_in_error(desk, vacancy):
    submission = desk.some_candidate()
    if submission and desk.chance(40):
        by = desk.world.officer if desk.chance(30) else desk.world.director
        desk.attempt(stepping.void_candidate, by=by, submission=submission, reason="x")


def answer_while_somebody_waits(desk, vacancy):
    submission = desk.some_candidate(stage="put_forward", release__outcome="open", voided_at__isnull=True)
    if submission is None:
        release = desk.some_release(outcome="open")
        submission = desk.put_forward(release) if release else None
    if submission:
        desk.secured(submission.release) if desk.chance(50) else desk.not_secured(submission.release)


def book_somebody_else(desk, vacancy):
    submission = desk.some_candidate(stage="accepted", release__outcome="secured", voided_at__isnull=True)
    if submission:
        desk.book(submission.release, registration_number="SW300003")


def dispute_an_answer(desk, vacancy):
    release = desk.some_release()
    if release:
        statement = desk.attempt(supplier.record_dispute, release=release, words="x", said_by="x")
        if statement:
            for _ in range(desk.rng.choice([1, 2])):
                desk.attempt(supplier.reply_to_dispute, statement=statement, reply="x")


# -- nights and weekends ------------------------------------------------------------------------------------------------------------


def call_at_night(desk, vacancy):
    if desk.chance(70):
        desk.now = desk.now.replace(hour=22)
    release = desk.attempt(
        emergencies.call_out_of_hours,
        team=desk.world.team,
        kind="cover",
        job_type="social_worker",
        hours_per_week=D(20),
        pattern="weekdays",
        base="x",
        max_charge_rate=D("42.00"),
        starts_on=desk.now.date() + timedelta(1),
        why="x",
        contract=desk.world.corporate,
        line="x",
        spoke_to="x",
    )
    if release is None:
        return
    desk.requests.append(release.vacancy)
    if desk.chance(70) and desk.secured(release):
        start = desk.now.date() + timedelta(1)
        desk.book(release, starts_on=start, ends_on=start + timedelta(6))
    call = release.vacancy.emergency_call
    if desk.chance(40):
        desk.now = max(desk.now, call.confirm_by + timedelta(hours=1))
        desk.send(release.vacancy, desk.world.framework)
        desk.book(release)
    for _ in range(desk.rng.choice([0, 1, 1, 2])):
        decision = "confirmed" if desk.chance(80) else "not_confirmed"
        by = desk.world.director if desk.chance(85) else desk.world.officer
        desk.attempt(night.decide_emergency, by=by, call=call, decision=decision, reason="x")


def pass_the_value_on_authority(desk, vacancy):
    """The Strategic Director gives authority at night, and now and then for a request that is none of an emergency."""
    release = _called(desk, 22) if desk.chance(70) else desk.on_the_framework()
    if release is None:
        return
    for _ in range(desk.rng.choice([1, 2])):
        said = {"given_by": "The strategic", "words": "x"}
        given = desk.attempt(emergencies.record_authority, vacancy=release.vacancy, **said)
        if given and desk.chance(50):
            word = {"is_given": desk.chance(70), "note": "x"}
            desk.attempt(emergencies.say_of_authority, by=desk.world.strategic, authority=given, **word)
    if release.position == 1 and desk.secured(release):
        start = desk.now.date() + timedelta(1)
        desk.book(release, starts_on=start, ends_on=start + timedelta(desk.rng.choice([6, 20])))


def hold_a_meeting(desk, vacancy):
    rows = [*sheet(desk.now.date()), *between(desk.now)]
    taken = {}
    for row in rows:
        if row.vacancy.status in ("requested", "deferred") and desk.chance(60):
            reason = "x" if desk.chance(85) else " "
            taken[row.vacancy.pk] = Taken(desk.rng.choice(["agreed", "turned_down"]), reason, row.vacancy.version)
    lines = {row.vacancy.pk: row.line for row in rows}
    held_on = desk.now.date() + timedelta(desk.rng.choice([0, 0, 0, 1]))
    common = {"by": desk.world.director, "held_on": held_on, "present": "x"}
    desk.attempt(hold_meeting, **common, lines=lines, taken=taken)


FOOLISH = [
    put_somebody_forward,
    step_badly,
    renumber_a_candidate,
    allow_somebody,
    show_somebody_of_pertemps_again,
    offer_for_another_post,
    candidate_entered_in_error,
    answer_while_somebody_waits,
    book_somebody_else,
    dispute_an_answer,
    call_at_night,
    pass_the_value_on_authority,
    hold_a_meeting,
]


def put_somebody_forward_too_late(desk, vacancy):
    release = desk.some_release(outcome="not_secured", voided_at__isnull=True) or desk.fresh_failed()
    if release:
        desk.put_forward(release, charge_rate=D("40"))


def book_another_than_accepted(desk, vacancy):
    release = desk.fresh_open()
    shown = release and desk.put_forward(release, registration_number="SW310001", charge_rate=D("40"))
    if shown and desk.step(shown, "offered") and desk.step(shown, "accepted") and (secured := desk.secured(release)):
        desk.book(secured, registration_number="SW300003")


def dispute_before_the_answer(desk, vacancy):
    if release := desk.fresh_open():
        desk.attempt(supplier.record_dispute, release=release, words="x", said_by="x")


def _called(desk, hour: int):
    desk.now = desk.now.replace(hour=hour)
    need = {"team": desk.world.team, "kind": "cover", "job_type": "social_worker", "base": "x", "why": "x"}
    terms = {"hours_per_week": D(20), "pattern": "weekdays", "max_charge_rate": D("42.00")}
    whom = {"contract": desk.world.corporate, "line": "x", "spoke_to": "x"}
    start = desk.now.date() + timedelta(1)
    release = desk.attempt(emergencies.call_out_of_hours, starts_on=start, **need, **terms, **whom)
    if release:
        desk.requests.append(release.vacancy)
    return release


def call_in_working_hours(desk, vacancy):
    desk.now = desk.calendar.add_working_hours(desk.now, 1)
    _called(desk, 11)


def confirm_too_late(desk, vacancy):
    if release := _called(desk, 22):
        call, start = release.vacancy.emergency_call, desk.now.date() + timedelta(1)
        if secured := desk.secured(release):
            desk.book(secured, starts_on=start, ends_on=start + timedelta(6))
        desk.now = max(desk.now, call.confirm_by + timedelta(hours=1))
        decided = {"by": desk.world.director, "call": call, "decision": "confirmed", "reason": "x"}
        desk.attempt(night.decide_emergency, **decided)


def go_on_unconfirmed(desk, vacancy):
    if release := _called(desk, 22):
        desk.now = max(desk.now, release.vacancy.emergency_call.confirm_by + timedelta(hours=1))
        if secured := desk.secured(release):
            desk.book(secured)


# Refusals that random days seldom meet → what is tried for the one seen least.
TRIES = {
    "takes_no_candidates": put_somebody_forward_too_late,
    "nobody_accepted": answer_while_somebody_waits,
    "candidate_waits": answer_while_somebody_waits,
    "not_the_candidate": book_another_than_accepted,
    "no_registration_number": accept_without_a_number,
    "number_is_relied_on": renumber_a_candidate,
    "shown_by_an_earlier_route": show_somebody_of_pertemps_again,
    "nothing_to_allow": allow_somebody,
    "not_this_supplier": offer_for_another_post,
    "in_working_hours": call_in_working_hours,
    "emergency_not_confirmed": go_on_unconfirmed,
    "confirmed_too_late": confirm_too_late,
    "not_an_emergency": pass_the_value_on_authority,
    "authority_waits": pass_the_value_on_authority,
    "not_answered": dispute_before_the_answer,
}
