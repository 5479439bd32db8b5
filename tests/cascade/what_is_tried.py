"""What officers try, whatever the state of a request: each now and then, and the refusal seen least most often."""

import contextlib
from datetime import date, timedelta
from decimal import Decimal as D

from django.db import DatabaseError, connection, transaction

from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import confirming, proposing
from placements.hires import actions as hires
from placements.models import BroughtForward, Placement
from placements.placement import (
    booking,
    carrying_over,
    converting,
    ending,
    moving,
    rate_changes,
    replacing,
    starting,
    transferring,
)
from placements.placement import extending as extensions
from recruitment.contracts import actions as contracts
from recruitment.models import ContractAccount
from recruitment.orders import answering, taking_back
from recruitment.requests import actions as vacancies
from tests.cascade import exempting, people
from tests.factories.small_council import MONDAY


def skip_to_the_framework(desk, vacancy):
    desk.send(vacancy, desk.world.framework, max_rate=D(desk.rng.choice(["42.00", "42.00", "43.00"])))


def offer_the_framework_more(desk, vacancy):
    desk.send(vacancy, desk.world.corporate, max_rate=D("39.50"))
    failed = desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True) or desk.fresh_failed()
    if failed:
        desk.send(failed.vacancy, desk.world.framework, max_rate=failed.max_rate + 1)


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
        desk.attempt(taking_back.worker_will_not_come, release=release, reason="x")


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
    release = desk.some_release(outcome="open", **wanted) or desk.fresh_open()
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
        desk.attempt(taking_back.withdraw, release=release, reason=reason)


def take_it_back_and_go_on(desk, vacancy):
    release = desk.some_release(outcome="open", position=1)
    if release and not release.round.releases.filter(outcome__in=["not_secured", "fell_through"]).exists():
        desk.attempt(taking_back.withdraw, release=release, reason="x")
        desk.send(release.vacancy, desk.world.framework)


def bring_the_first_supplier_back(desk, vacancy):
    release = desk.some_release(outcome="open")
    if release:
        desk.attempt(answering.first_supplier_can_supply, release=release, supply_mode="direct", note="x")


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
        desk.attempt(ending.void, by=desk.world.director, placement=placement, reason="x")
        desk.book(placement.release)


def spend_nearly_everything(desk, vacancy):
    left = ContractAccount.objects.get(pk=desk.world.framework.pk).headroom - D(desk.rng.choice([200, 3000, 19000]))
    if left > 0:
        contracts.commit(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)
    if desk.chance(50):
        if release := desk.on_the_framework():
            desk.book(release)
    elif failed := desk.some_release(position=1, outcome="not_secured", round__closed_at__isnull=True):
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
        desk.attempt(ending.did_not_start, placement=placement, reason="x" if desk.chance(80) else "")


def take_a_proof_away(desk, vacancy):
    release = desk.some_release(opened__voided_at__isnull=True, opened__isnull=False, voided_at__isnull=True)
    if release:
        desk.attempt(taking_back.void, by=desk.world.director, release=release, reason="x")


def entered_in_error(desk, vacancy):
    release = desk.some_release(voided_at__isnull=desk.chance(60))
    if release:
        by = desk.world.officer if desk.chance(30) else desk.world.director
        if desk.attempt(taking_back.void, by=by, release=release, reason="x"):
            desk.attempt(taking_back.void, by=desk.world.director, release=release, reason="pressed twice")


def placement_entered_in_error(desk, vacancy):
    placement = desk.some_placement()
    if placement and desk.chance(40):
        by = desk.world.officer if desk.chance(30) else desk.world.director
        desk.attempt(ending.void, by=by, placement=placement, reason="x")


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
        desk.attempt(starting.confirm_start, placement=placement, dbs_checked_on=desk.now.date())


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
        replacing.replace,
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
        ending.end_early,
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
            moving.move_team,
            placement=placement,
            team=desk.rng.choice([desk.world.team, desk.world.other_team, desk.south]),
            starts_on=placement.starts_on + timedelta(desk.rng.choice([1, 2, 5])),
            reason="x",
        )


def transfer_the_worker(desk, vacancy, days=(1, 1, 1, 3)):
    release = desk.some_secured()
    if release is None:
        return
    old = Placement.objects.standing().filter(vacancy=release.vacancy).order_by("-pk").first()
    if old:
        desk.attempt(
            transferring.transfer,
            placement=old,
            release=release,
            starts_on=old.ends_on + timedelta(desk.rng.choice(days)),
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
            converting.convert, placement=placement, starts_on=starts_on, fee=D(desk.rng.choice([0, 100])), rating=3
        )


def carry_everybody_over(desk, vacancy):
    old, new = desk.rng.choice([(desk.world.corporate, desk.successor), (desk.successor, desk.world.corporate)])
    on = desk.now.date() + timedelta(desk.rng.choice([1, 2000]))
    going_on = (
        carrying_over.going_on_under(old, on)
        if desk.chance(30)
        else carrying_over.going_on_under(old, date(2035, 1, 1))
    )
    terms = {one.pk: carrying_over.Carried(D("30"), D("40"), max(one.ends_on, on + timedelta(4))) for one in going_on}
    if going_on or on.year > 2028:
        desk.attempt(carrying_over.carry_over, old=old, new=new, on=on, terms=terms)


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
    breach = desk.attempt(breaches_actions.record_breach, found=found, found_on=found_on, how_found="x")
    if breach is None:
        return
    desk.requests.append(breach.placement.vacancy)
    if desk.chance(50):
        for _ in range(desk.rng.choice([1, 2])):
            desk.attempt(breaches_actions.authorise, by=desk.world.director, breach=breach, reason="x")
    if desk.chance(50):
        desk.attempt(ending.void, by=desk.world.director, placement=breach.placement, reason="x")
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
        desk.attempt(brought_forward_actions.open_batch, **administrator, on=today)
        placement = desk.attempt(
            brought_forward_actions.bring_forward, **administrator, found=found, proof_held="none held"
        )
        desk.attempt(brought_forward_actions.close_batch, **administrator)
        if placement:
            desk.requests.append(placement.vacancy)
    else:
        desk.attempt(brought_forward_actions.bring_forward, **administrator, found=found, proof_held="none held")


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
    correction = desk.attempt(proposing.propose, subject="release", row=release, why="x", **values)
    if correction is None:
        return
    if desk.chance(20):
        desk.attempt(proposing.propose, subject="release", row=release, why="x", **values)
    if desk.chance(20):
        desk.attempt(confirming.decide, correction=correction, decision="confirmed")
    decision = "confirmed" if desk.chance(80) else "turned_down"
    for _ in range(desk.rng.choice([1, 1, 2])):
        confirm = {"by": desk.world.director, "correction": correction, "decision": decision, "reason": "x"}
        desk.attempt(confirming.decide, **confirm)
    release.refresh_from_db()
    later = release.opened.filter(outcome="secured").first()
    if later:
        desk.book(later)


def correct_an_answer_that_falls_through_meanwhile(desk, vacancy):
    """A trifle of an early answer is corrected, but only after its worker did not come and another was booked further on."""
    release = desk.some_release(outcome="secured", position=1)
    if release is None:
        return
    earlier = release.sent_at + (release.answered_at - release.sent_at) / 2
    correction = desk.attempt(proposing.propose, subject="release", row=release, why="x", answered_at=earlier)
    if correction is None or not desk.attempt(taking_back.worker_will_not_come, release=release, reason="x"):
        return
    desk.send(release.vacancy, desk.world.framework)
    later = desk.some_release(rests_on=release, outcome="open")
    if later:
        desk.secured(later)
        later.refresh_from_db()
        desk.book(later)
    desk.attempt(confirming.decide, by=desk.world.director, correction=correction, decision="confirmed")


def book_on_a_corrected_proof(desk, vacancy):
    """The first supplier had somebody after all, which turns out before anybody is booked further on."""
    if lost := desk.some_secured(unproved_by__isnull=False):
        desk.book(lost)
        return
    later = desk.some_secured(position__gt=1, rests_on__isnull=False, exemption__isnull=True)
    if later is None:
        first = desk.some_release(position=1, outcome="not_secured", voided_at__isnull=True, opened__isnull=True)
        if first is None:
            return
        desk.send(first.vacancy, desk.world.framework)
        later = desk.some_release(rests_on=first, outcome="open")
        if later is None or not desk.secured(later):
            return
    said = {"outcome": "secured", "supply_mode": "direct", "reason": ""}
    correction = desk.attempt(proposing.propose, subject="release", row=later.rests_on, why="x", **said)
    if correction:
        desk.attempt(confirming.decide, by=desk.world.director, correction=correction, decision="confirmed")
        later.refresh_from_db()
        desk.book(later)


def correct_a_start(desk, vacancy):
    placement = desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement:
        start = placement.starts_on + timedelta(desk.rng.choice([-3, 1, 2]))
        correction = desk.attempt(proposing.propose, subject="placement", row=placement, why="x", starts_on=start)
        if correction:
            confirm = {"by": desk.world.director, "correction": correction, "decision": "confirmed"}
            desk.attempt(confirming.decide, **confirm)


def look_at_any_answer(desk, vacancy):
    """Confirmed whatever became of it, and by whoever is there."""
    if release := desk.some_release():
        desk.look(release)


def book_on_what_one_person_recorded(desk, vacancy):
    """Straight after the framework has somebody, before anybody has looked; and forged as the site's role may try it."""
    later = desk.some_secured(position__gt=1, rests_on__proven=False, unproved_by__isnull=True)
    if later is None:
        failed = desk.fresh_failed()
        later = failed and desk.send(failed.vacancy, desk.world.framework)
        later = later and desk.secured(later)
    if not later:
        return
    with contextlib.suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role tracker_site")
        cursor.execute(
            "update recruitment_release set witness_id = 1, witness_kind = 'told' where id = %s", [later.rests_on_id]
        )
    start = max(desk.now.date() + timedelta(3), later.starts_on)
    terms = {"hours_per_week": later.hours_per_week, "pattern": "weekdays", "pay_rate": D("30"), "charge_rate": D("40")}
    who = {"registration_number": "SW400001", "worker_name": "W", "starts_on": start, "ends_on": start + timedelta(6)}
    desk.attempt(booking.book, release=later, **terms, **who)


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
    look_at_any_answer,
    book_on_what_one_person_recorded,
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
    correct_an_answer_that_falls_through_meanwhile,
    correct_a_start,
    *people.FOOLISH,
    *exempting.FOOLISH,
]


def booked_with(**changes):
    """Books on an unbooked answer with one thing wrong; a value may be worked out from the desk and the release."""

    def attempt(desk, vacancy):
        release = desk.some_secured(position__gt=0) or desk.newly_secured() or desk.fresh_secured()
        if release:
            worked_out = {k: v(desk, release) if callable(v) else v for k, v in changes.items()}
            desk.book(release, **worked_out)

    return attempt


def tomorrow(desk, release) -> date:
    return desk.now.date() + timedelta(1)


def place_a_hire(desk, vacancy):
    """Who was found for the permanent post is no agency worker."""
    waiting = desk.some_release(position=0, outcome="open", voided_at__isnull=True)
    waiting = waiting or desk.send(desk.ready(kind="vacant_post"), desk.world.permanent)
    if waiting and (secured := desk.secured(waiting)):
        desk.book(secured)


def answer_twice(desk, vacancy):
    release = desk.some_release(outcome__in=["secured", "not_secured"], voided_at__isnull=True) or desk.fresh_failed()
    if release:
        desk.secured(release)


def ask_for_permanent_cover(desk, vacancy):
    desk.send(desk.ready(kind="cover"), desk.world.permanent)


def carry_nobody_over(desk, vacancy):
    on = date(2030, 1, 1)  # long after everybody has left
    desk.attempt(carrying_over.carry_over, old=desk.world.corporate, new=desk.successor, on=on, terms={})


def say_no_too_early(desk, vacancy):
    if release := desk.fresh_open():
        desk.now += timedelta(minutes=5)
        desk.not_secured(release)


def take_it_back_and_ask_further_on(desk, vacancy):
    if release := desk.fresh_open():
        desk.attempt(taking_back.withdraw, release=release, reason="x")
        desk.send(release.vacancy, desk.world.framework)


def book_before_the_answer(desk, vacancy):
    if release := desk.some_release(outcome="open", position__gt=0, voided_at__isnull=True) or desk.fresh_open():
        desk.book(release)


def book_twice(desk, vacancy):
    placement = desk.some_placement(basis="release", voided_at__isnull=True, did_not_start_at__isnull=True)
    if placement:
        desk.book(placement.release)


def of_a_placement(attempt):
    """Tries something with a worker just booked, or with one of the last."""

    def tried(desk, vacancy):
        placement = desk.fresh_placement() or desk.some_placement(voided_at__isnull=True, did_not_start_at__isnull=True)
        if placement:
            attempt(desk, placement)

    return tried


def _extended(desk, placement, days: int):
    common = {"reason": "x", "recruitment_state": "unsuccessful", "recheck_note": "Nobody"}
    rechecked = max(desk.now.date(), placement.booked_at.date())
    ends_on = placement.ends_on + timedelta(days)
    desk.attempt(extensions.extend, placement=placement, ends_on=ends_on, rechecked_on=rechecked, **common)


def extended_to(days: int):
    return of_a_placement(lambda desk, placement: _extended(desk, placement, days))


def _did_not_come_twice(desk, placement):
    for _ in range(2):
        desk.attempt(ending.did_not_start, placement=placement, reason="x")


def _replaced(desk, placement, start: date):
    worker = {"registration_number": f"SW7{desk.rng.randrange(10**6):06d}", "worker_name": "R"}
    terms = {"starts_on": start, "ends_on": start + timedelta(6), "pay_rate": D("30"), "charge_rate": D("40")}
    return desk.attempt(replacing.replace, placement=placement, reason="x", **worker, **terms)


def _replaced_twice(desk, placement):
    end_it_early(desk, placement)
    for _ in range(2):
        _replaced(desk, placement, placement.ends_on + timedelta(1))


def _replaced_late(desk, placement):
    _replaced(desk, placement, placement.starts_on + timedelta(60))


def _round_after(desk, placement) -> bool:
    """The worker came and has gone, and the need goes on: a new round of the same request."""
    desk.now = max(desk.now, MONDAY + timedelta((placement.starts_on - MONDAY.date()).days))
    desk.attempt(starting.cover_started_request, placement=placement)
    desk.now = max(desk.now, MONDAY + timedelta((placement.ends_on - MONDAY.date()).days + 1))
    return desk.attempt(vacancies.start_round, vacancy=placement.vacancy, reason="x") is not None


def _kept_on_late(desk, placement):
    """Taken on for good, but not from the day after the last."""
    starts_on = placement.ends_on + timedelta(5)
    desk.attempt(converting.convert, placement=placement, starts_on=starts_on, fee=D(0), rating=3)


def _booked_on_the_round_before(desk, placement):
    if _round_after(desk, placement):
        desk.attempt(ending.void, by=desk.world.director, placement=placement, reason="x")
        desk.book(placement.release)


def _moved_nowhere(desk, placement):
    day = placement.starts_on + timedelta(1)
    desk.attempt(moving.move_team, placement=placement, team=desk.world.team, starts_on=day, reason="x")


def _rate_long_after(desk, placement):
    terms = {"starts_on": placement.starts_on + timedelta(400), "pay_rate": D("30"), "charge_rate": D("38")}
    desk.attempt(rate_changes.change_rate, placement=placement, reason="x", **terms)


def offer_more_further_on(desk, vacancy):
    if failed := desk.fresh_failed():
        desk.send(failed.vacancy, desk.world.framework, max_rate=failed.max_rate + 1)


def find_somebody_too_late(desk, vacancy):
    today = desk.now.date()
    found = desk.world.found(starts_on=today - timedelta(3), ends_on=today + timedelta(20), contract=None)
    desk.attempt(breaches_actions.record_breach, found=found, found_on=today - timedelta(9), how_found="x")


def book_without_room(desk, vacancy):
    """Booked while hardly anything is left on the contract."""
    release = desk.on_the_framework()
    left = ContractAccount.objects.get(pk=desk.world.framework.pk).headroom - D(200)
    if release is None or left <= 0:
        return
    contracts.commit(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)
    start = desk.now.date() + timedelta(3)
    desk.book(release, starts_on=start, ends_on=start + timedelta(13))
    contracts.give_back(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)


def ask_without_room(desk, vacancy):
    left = ContractAccount.objects.get(pk=desk.world.framework.pk).headroom - D(200)
    failed = desk.fresh_failed()
    if failed and left > 0:
        contracts.commit(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)
        desk.send(failed.vacancy, desk.world.framework)
        contracts.give_back(desk.world.framework.pk, left, note="x", by=desk.world.officer, at=desk.now)


def ask_before_direct_recruitment(desk, vacancy):
    new = desk._ask()
    desk.requests.append(new)
    desk.decide(new)
    desk.send(new, desk.world.corporate)


def ask_the_next_before_the_last(desk, vacancy):
    new = desk.ready()
    desk.now += timedelta(hours=1)
    if (release := desk.send(new, desk.world.corporate)) is None:
        return
    desk.now = max(desk.now, desk.calendar.add_working_hours(release.respond_by, 1))
    if desk.not_secured(release):
        when = release.sent_at - timedelta(minutes=30)
        desk.send(new, desk.world.corporate, happened_at=when, late_reason="Away")


def find_somebody_on_no_contract(desk, vacancy):
    """Found in post outside any contract: nothing may be agreed on that."""
    today = desk.now.date()
    found = desk.world.found(starts_on=today - timedelta(3), ends_on=today + timedelta(20), contract=None)
    breach = desk.attempt(breaches_actions.record_breach, found=found, found_on=today, how_found="x")
    if breach:
        desk.requests.append(breach.placement.vacancy)
        desk.attempt(breaches_actions.authorise, by=desk.world.director, breach=breach, reason="x")
        desk.extend(breach.placement, 7)


def void_twice(desk, vacancy):
    if release := desk.fresh_open():
        for _ in range(2):
            desk.attempt(taking_back.void, by=desk.world.director, release=release, reason="x")


def propose_twice(desk, vacancy):
    if release := desk.fresh_failed():
        for _ in range(2):
            desk.attempt(proposing.propose, subject="release", row=release, why="x", reason="no_answer")


def start_a_round_without_a_reason(desk, vacancy):
    placement = desk.some_placement(vacancy__status="covered", voided_at__isnull=True) or desk.some_placement()
    if placement:
        desk.attempt(vacancies.start_round, vacancy=placement.vacancy, reason=" ")
    new = desk._ask()
    desk.requests.append(new)
    desk.decide(new, reason=" ")


def book_on_the_framework(desk, vacancy):
    """Nothing foolish: what the whole machine asks about, a framework placement with its proof."""
    if release := desk.on_the_framework():
        start = desk.now.date() + timedelta(3)
        desk.book(release, starts_on=start, ends_on=start + timedelta(13))


def go_by_exemption_after_a_failure(desk, vacancy):
    if failed := desk.fresh_failed():
        exempting.go_by_exemption(desk, failed.vacancy)


def agree_again(desk, vacancy):
    desk.decide(desk.ready())


def change_nothing(desk, vacancy):
    new = desk.ready()
    desk.attempt(vacancies.change_terms, vacancy=new, reason="x", base=new.base)


def ask_before_it_is_agreed(desk, vacancy):
    new = desk._ask()
    desk.requests.append(new)
    desk.send(new, desk.world.corporate)


def go_on_with_a_breach(desk, vacancy):
    """Found in post on a contract: it is neither taken away nor extended before somebody has approved it."""
    today = desk.now.date()
    found = desk.world.found(
        starts_on=today - timedelta(3), ends_on=today + timedelta(20), contract=desk.world.framework
    )
    breach = desk.attempt(breaches_actions.record_breach, found=found, found_on=today, how_found="x")
    if breach:
        desk.requests.append(breach.placement.vacancy)
        _extended(desk, breach.placement, 7)
        desk.attempt(ending.void, by=desk.world.director, placement=breach.placement, reason="x")


def _filled_twice(desk, placement):
    """Extended into the time of whoever is booked in the round after."""
    if not _round_after(desk, placement):
        return
    vacancy = placement.vacancy
    vacancy.refresh_from_db()
    desk.direct(vacancy)
    release = desk.send(vacancy, desk.world.corporate)
    if release and (secured := desk.secured(release)):
        start = desk.now.date() + timedelta(3)
        desk.book(secured, starts_on=start, ends_on=start + timedelta(13))
        _extended(desk, placement, 20)


def _moved_to_another_service(desk, placement):
    day = placement.starts_on + timedelta(1)
    desk.attempt(moving.move_team, placement=placement, team=desk.world.other_team, starts_on=day, reason="x")


def _extended_unchecked(desk, placement):
    common = {"reason": "x", "recruitment_state": "unsuccessful"}
    desk.attempt(extensions.extend, placement=placement, ends_on=placement.ends_on + timedelta(7), **common)


def _ended_twice(desk, placement):
    for _ in range(2):
        end_it_early(desk, placement)


def ask_twice_for_good(desk, vacancy):
    new = desk.ready(kind="vacant_post")
    for _ in range(2):
        desk.send(new, desk.world.permanent)


def ask_before_the_round(desk, vacancy):
    desk.send(desk.ready(), desk.world.corporate, happened_at=desk.now - timedelta(days=9), late_reason="Away")


def answer_late_without_saying_why(desk, vacancy):
    if release := desk.fresh_open():
        when = desk.now + timedelta(hours=1)
        desk.now += timedelta(days=9)
        desk.secured(release, happened_at=when)


def ask_for_longer_than_agreed(desk, vacancy):
    desk.send(desk.ready(), desk.world.corporate, weeks=99)


def the_first_supplier_in_its_own_place(desk, vacancy):
    if release := desk.fresh_open():
        desk.attempt(answering.first_supplier_can_supply, release=release, supply_mode="direct", note="x")


def void_ones_own(desk, vacancy):
    if release := desk.fresh_open():
        desk.attempt(taking_back.void, release=release, reason="x")


def agree_ones_own(desk, vacancy):
    new = desk._ask()
    desk.requests.append(new)
    desk.decide(new, by=new.requested_by)


def decide_a_correction_twice(desk, vacancy):
    if release := desk.fresh_failed():
        row = {"subject": "release", "row": release}
        correction = desk.attempt(proposing.propose, **row, why="x", reason="no_answer")
        for _ in range(2 if correction else 0):
            by = {"by": desk.world.director, "decision": "turned_down", "reason": "x"}
            desk.attempt(confirming.decide, correction=correction, **by)


# Refusals that random days seldom meet → what is tried for the one seen least; and placements, where those are too few.
A_FRAMEWORK_PLACEMENT, ONE_BY_EXEMPTION = "a framework placement", "a placement by exemption"
TRIES = {
    A_FRAMEWORK_PLACEMENT: book_on_the_framework,
    ONE_BY_EXEMPTION: go_by_exemption_after_a_failure,
    "not_witnessed": book_on_what_one_person_recorded,
    "already_witnessed": look_at_any_answer,
    "not_failed": look_at_any_answer,
    "breach_stays": go_on_with_a_breach,
    "not_authorised": go_on_with_a_breach,
    "not_being_sourced": ask_before_it_is_agreed,
    "not_from_here": agree_again,
    "nothing_changed": change_nothing,
    "already_decided": decide_a_correction_twice,
    "another_service": of_a_placement(_moved_to_another_service),
    "before_the_round": ask_before_the_round,
    "ended": of_a_placement(_ended_twice),
    "late_without_reason": answer_late_without_saying_why,
    "longer_than_agreed": ask_for_longer_than_agreed,
    "not_rechecked": of_a_placement(_extended_unchecked),
    "nothing_to_replace": the_first_supplier_in_its_own_place,
    "own_entry": void_ones_own,
    "own_request": agree_ones_own,
    "permanent_already_asked": ask_twice_for_good,
    "request_is_full": of_a_placement(_filled_twice),
    "already_answered": answer_twice,
    "already_booked": book_twice,
    "not_a_vacant_post": ask_for_permanent_cover,
    "not_secured": book_before_the_answer,
    "nothing_to_carry": carry_nobody_over,
    "window_not_ended": say_no_too_early,
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
    "over_value": book_without_room,
    "contract_has_no_room": ask_without_room,
    "already_replaced": of_a_placement(_replaced_twice),
    "replacement_too_late": of_a_placement(_replaced_late),
    "not_next_day": of_a_placement(_kept_on_late),
    "same_team": of_a_placement(_moved_nowhere),
    "found_when": find_somebody_too_late,
    "no_contract": find_somebody_on_no_contract,
    "did_not_start": of_a_placement(_did_not_come_twice),
    "not_longer": extended_to(-1),
    "round_is_over": of_a_placement(_booked_on_the_round_before),
    "before_the_last": ask_the_next_before_the_last,
    "better_than_before": offer_more_further_on,
    "withdrawn_proves_nothing": take_it_back_and_ask_further_on,
    "above_request": lambda desk, vacancy: ask_for_too_much(desk, desk.ready()),
    "not_a_placement": lambda desk, vacancy: place_a_hire(desk, vacancy),
    "rate_outside": of_a_placement(_rate_long_after),
    "direct_first": ask_before_direct_recruitment,
    "waits_already": propose_twice,
    "needs_approval": extended_to(100),
    "no_reason": start_a_round_without_a_reason,
    "rested_on": lambda desk, vacancy: take_a_proof_away(desk, vacancy),
    "already_voided": void_twice,
    "proof_corrected": book_on_a_corrected_proof,
    "batch_closed": lambda desk, vacancy: bring_somebody_forward(desk, vacancy),
    **people.TRIES,
}
