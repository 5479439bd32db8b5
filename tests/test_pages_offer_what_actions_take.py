"""A page offers what the action takes: every thing one can do to each noun, in every situation, for every role.

Who presses what is tried on the day, with entries as right as the situation allows, and undone. What the page offers and the action
refuses, or the other way round, is a disagreement. Each situation is looked at on several days by who does most of it, and on one day by
everybody.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import transaction

from council.errors import NotAllowed, RuleViolation
from council.working_time import LONDON
from placements.breaches import actions as breaches_actions
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import confirming, proposing
from placements.emergencies import actions as emergencies
from placements.exemptions import actions as exemption_ends
from placements.hires import actions as hires
from placements.models import Breach, Hire, Placement, QualityReview
from placements.placement import carrying_over, concerns, converting, ending, moving, rate_changes, replacing, starting
from placements.placement import extending as extensions
from placements.placement import need as needs
from placements.placement.starting import cover_started_requests
from placements.reads.exemptions import needed_until
from placements.reviews import actions as reviews
from recruitment.candidates import putting_forward, stepping
from recruitment.emergencies.actions import record_authority
from recruitment.exemptions import asking, deciding
from recruitment.models import Exemption, Release, Submission, Vacancy
from recruitment.orders import answering, by_the_supplier, taking_back
from recruitment.reads.candidates import FOLLOWS
from recruitment.requests import actions as vacancies
from tests.factories import TeamFactory, corporate_contract
from tests.factories.small_council import AFTER_WINDOW

HOUR = timedelta(hours=1)
DECIDED = AFTER_WINDOW + HOUR


def at(month, day, hour=10) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=LONDON)


def end_early(world, placement, when, ended_on, **changes):
    details = {"notice_given_on": when.date(), "reason": "worker_left", "rating": 3, "eligible_again": True}
    return ending.end_early(
        by=world.officer, at=when, placement=placement, ended_on=ended_on, notice_waived=True, **details | changes
    )


def refusal_of(call) -> str:
    """The code with which an action refuses, or "" where it takes it; nothing is kept."""
    with transaction.atomic():
        try:
            call()
            return ""
        except RuleViolation as refused:
            return refused.code
        except NotAllowed:
            return "not allowed"
        finally:
            transaction.set_rollback(True)


EVERYBODY = ["officer", "officer2", "lead", "director", "finance", "legal", "auditor"]


def disagreements(client_of, world, who: str, address: str, calls: dict) -> set[tuple[str, str, str]]:
    """(person, what, why) of each link that a person finds and may not use, or may use and does not find ("taken")."""
    page, found = client_of(who).get(address), set()
    assert page.status_code == 200, (who, address)
    shown = page.content.decode()
    for what, call in calls.items():
        link = f"/exemptions/new/?extends={address.split('/')[2]}" if what == "extends" else f"{address}{what}/"
        offered, code = f'href="{link}"' in shown, refusal_of(lambda call=call: call(world.people[who]))
        if offered != (code == ""):
            found.add((who, what, code or "taken"))
    return found


def what_to_try(world, placement, now) -> dict:
    """Each thing one can do to a placement, with entries as right as the situation allows: link → call."""
    today, key = now.date(), placement.pk
    begun = max(today, placement.starts_on)
    next_day = min(begun, placement.ends_on) + timedelta(1)
    inside = min(next_day, placement.ends_on)  # a day of the placement after its first
    follows = max((placement.ends_on if placement.ended_early_at else today) + timedelta(1), placement.starts_on)
    south = TeamFactory(service=world.team.service)
    checks = dict.fromkeys(Placement.CHECKS, today)
    ended = {"reason": "worker_left", "rating": 3, "eligible_again": True}
    rates = {"pay_rate": D("33.00"), "charge_rate": D("41.00")}
    early = {"ended_on": min(begun, placement.ends_on - timedelta(1)), "notice_given_on": today, "notice_waived": True}
    another = {"registration_number": "SW900001", "worker_name": "Another", "reason": "x"} | rates

    def fresh(by):
        return {"placement": Placement.objects.get(pk=key), "by": by, "at": now}

    def extend(by):
        how = {"ends_on": placement.ends_on + timedelta(7), "reason": "x", "recruitment_state": "unsuccessful"}
        if placement.is_outside_the_first_route:
            how |= {"rechecked_on": today, "recheck_note": "x"}
        needs = extensions.needs_approval(placement, how["ends_on"])
        (extensions.propose_extension if needs else extensions.extend)(**fresh(by), **how)

    def correct(by):
        row = Placement.objects.get(pk=key)
        start = placement.starts_on + timedelta(1)
        proposing.propose(by=by, at=now, subject="placement", row=row, why="x", starts_on=start)

    def review(by):
        held = {"held_on": min(today, placement.ends_on), "rating": 3, "findings": "x", "to_do": []}
        reviews.record_review(**fresh(by), **held)

    return {
        "start": lambda by: starting.confirm_start(**fresh(by), **checks),
        "extend": extend,
        "end": lambda by: ending.end_early(**fresh(by), **early, **ended),
        "record-end": lambda by: ending.record_end(**fresh(by), **ended),
        "did-not-start": lambda by: ending.did_not_start(**fresh(by), reason="x"),
        "replace": lambda by: replacing.replace(
            **fresh(by), **another, starts_on=follows, ends_on=follows + timedelta(4)
        ),
        "move": lambda by: moving.move_team(**fresh(by), team=south, starts_on=inside, reason="x"),
        "rates": lambda by: rate_changes.change_rate(**fresh(by), starts_on=inside, reason="x", **rates),
        "convert": lambda by: converting.convert(**fresh(by), starts_on=next_day, fee=D(0), rating=3),
        "review": review,
        "concern": lambda by: concerns.record_concern(**fresh(by), concern="x", agency_told_on=today),
        "correct": correct,
        "void": lambda by: ending.void(**fresh(by), reason="x"),
    }


def _in_post(world):
    return world.placed()


def _confirmed(world):
    return starting.confirm_start(by=world.lead, at=at(1, 22), placement=world.placed())


def _cover(world):
    return world.book(world.secured(kind="cover"))


def _replaced(world):
    first = world.placed()
    end_early(world, first, at(1, 23), date(2024, 1, 26))
    details = {"registration_number": "SW800001", "worker_name": "B", "pay_rate": D("33"), "charge_rate": D("40")}
    replacing.replace(
        by=world.officer,
        at=at(1, 26),
        placement=Placement.objects.get(pk=first.pk),
        reason="x",
        starts_on=date(2024, 1, 29),
        ends_on=date(2024, 4, 19),
        **details,
    )
    return first


def _replacement(world):
    return _replaced(world).followed_by


def _carried(world):
    placement = world.placed()
    new = corporate_contract(world.administrator, world.pertemps, "CORP-2", starts_on=date(2024, 1, 29))
    terms = {placement.pk: carrying_over.Carried(D("33"), D("41"), placement.ends_on)}
    return carrying_over.carry_over(
        by=world.officer, at=at(1, 24), old=world.corporate, new=new, on=date(2024, 1, 29), terms=terms
    )[0]


def _carried_from(world):
    return _carried(world).continues


def _ended_early(world):
    return end_early(world, world.placed(), at(1, 29), date(2024, 2, 1))


def _to_be_ended_early(world):
    return end_early(world, world.placed(), at(1, 29), date(2024, 2, 16))


def _end_recorded(world):
    placement = world.placed(ends_on=date(2024, 2, 2))
    return ending.record_end(
        by=world.officer, at=at(2, 2), placement=placement, reason="end_of_need", rating=3, eligible_again=True
    )


def _converted(world):
    placement = world.placed()
    converting.convert(
        by=world.officer, at=at(1, 24), placement=placement, starts_on=date(2024, 2, 12), fee=D(0), rating=3
    )
    return Placement.objects.get(pk=placement.pk)


def _found(world):
    return world.breach(ends_on=date(2024, 4, 19)).placement


def _found_on_a_contract(world):
    return world.breach(agency=world.halden, contract=world.framework, ends_on=date(2024, 4, 19)).placement


def _found_and_approved(world):
    breach = world.breach(agency=world.halden, contract=world.framework, ends_on=date(2024, 4, 19))
    breaches_actions.authorise(by=world.director, at=AFTER_WINDOW, breach=breach, reason="x")
    return Placement.objects.get(pk=breach.placement_id)


def _brought(world):
    brought_forward_actions.open_batch(by=world.administrator, at=at(1, 8), on=date(2024, 1, 8))
    found = world.found(agency=world.pertemps, contract=world.corporate, ends_on=date(2024, 4, 19))
    return brought_forward_actions.bring_forward(
        by=world.administrator, at=at(1, 8), found=found, proof_held="none held"
    )


def _brought_and_agreed(world):
    placement = _brought(world)
    vacancies.decide(by=world.director, at=at(1, 9), vacancy=placement.vacancy, decision="agreed", reason="x")
    return Placement.objects.get(pk=placement.pk)


def _by_exemption(world):
    return world.by_exemption()


def _did_not_start(world):
    return ending.did_not_start(by=world.officer, at=at(1, 23), placement=world.placed(), reason="x")


def _in_error(world):
    return ending.void(by=world.director, at=at(1, 23), placement=world.placed(), reason="x")


def _new_round(world):
    placement = _confirmed(world)
    vacancies.start_round(by=world.officer, at=at(1, 24), vacancy=placement.vacancy, reason="x")
    return Placement.objects.get(pk=placement.pk)


def _unproved(world):
    placement = world.book(world.framework_secured())
    values = {"outcome": "secured", "supply_mode": "direct", "reason": "", "own_supply": "", "brokered_supply": ""}
    world.corrected("release", placement.release.rests_on, **values)
    return Placement.objects.get(pk=placement.pk)


def _emergency(world):
    release = world.called()
    release = world.secure(release, at=datetime(2024, 1, 13, 23, tzinfo=LONDON))
    return world.book(
        release,
        at=datetime(2024, 1, 13, 23, 30, tzinfo=LONDON),
        pattern="seven_days",
        starts_on=date(2024, 1, 14),
        ends_on=date(2024, 1, 26),
    )


PLACEMENTS = [
    _in_post,
    _confirmed,
    _cover,
    _replaced,
    _replacement,
    _carried,
    _carried_from,
    _ended_early,
    _to_be_ended_early,
    _end_recorded,
    _converted,
    _found,
    _found_on_a_contract,
    _found_and_approved,
    _brought,
    _brought_and_agreed,
    _by_exemption,
    _did_not_start,
    _in_error,
    _new_round,
    _unproved,
    _emergency,
]
DAYS = [at(1, 19), at(1, 22), at(1, 30), at(2, 8), at(4, 18), at(4, 22)]


@pytest.mark.parametrize("situation", PLACEMENTS, ids=lambda one: one.__name__[1:])
def test_the_page_of_a_placement_offers_what_the_action_takes(world, client_of, situation):
    placement, found, looked = situation(world), set(), []
    for now in (day for day in DAYS if day >= placement.booked_at):
        with time_machine.travel(now, tick=False):
            cover_started_requests()
            placement = Placement.objects.get(pk=placement.pk)
            calls, first = what_to_try(world, placement, now), not looked
            looked = EVERYBODY if first else ["officer"]
            wrong = set()
            for who in looked:
                wrong |= disagreements(client_of, world, who, placement.get_absolute_url(), calls)
        gone = placement.voided_at or placement.did_not_start_at or placement.end_reason or placement.followed_by
        if (
            gone or now.date() > placement.ends_on
        ):  # the page offers less than the actions take: that alone harms nobody
            wrong = {one for one in wrong if one[2] != "taken"}
        found |= wrong
    assert found == set()


# -- requests -----------------------------------------------------------------------------------------------------------------------------


def request_calls(vacancy, now) -> dict:
    key, today = vacancy.pk, now.date()

    def fresh(by):
        return {"by": by, "at": now, "vacancy": Vacancy.objects.select_related("team").get(pk=key)}

    def confirm(by):
        call = Vacancy.objects.get(pk=key).emergency_call
        emergencies.decide_emergency(by=by, at=now, call=call, decision="confirmed", reason="x")

    authority = {"given_by": "The strategic", "words": "x"}
    other = "routine" if vacancy.urgency == "urgent" else "urgent"
    calls = {
        "decide": lambda by: vacancies.decide(**fresh(by), decision="agreed", reason="x"),
        "withdraw": lambda by: vacancies.withdraw(**fresh(by), reason="x"),
        "change": lambda by: vacancies.change_terms(**fresh(by), reason="x", base="Elsewhere"),
        "urgency": lambda by: vacancies.change_urgency(**fresh(by), urgency=other, reason="x"),
        "authority": lambda by: record_authority(**fresh(by), **authority),
        "direct-recruitment": lambda by: vacancies.record_direct_recruitment(
            **fresh(by), state="not_suitable", note="x"
        ),
        "end": lambda by: needs.end_need(**fresh(by), reason="x"),
        "new-round": lambda by: vacancies.start_round(**fresh(by), reason="x"),
        "permanent-start": lambda by: hires.record_hire(**fresh(by), starts_on=today),
    }
    if hasattr(vacancy, "emergency_call"):
        calls["confirm"] = confirm
    return calls


def _decided(decision):
    def make(world):
        return vacancies.decide(by=world.director, at=at(1, 8), vacancy=world.request(), decision=decision, reason="x")

    make.__name__ = f"_{decision}"
    return make


def _requested(world):
    return world.request()


def _sourced(world):
    return world.sourced()


def _sourced_cover(world):
    return world.sourced(kind="cover")


def _sent(world):
    return world.send(world.sourced()).vacancy


def _secured(world):
    return world.secured().vacancy


def _booked(world):
    return world.placed().vacancy


def _for_two_weeks(world):
    return world.placed(ends_on=date(2024, 2, 2)).vacancy


def _recorded(world):
    return world.breach(ends_on=date(2024, 4, 19)).placement.vacancy


def _round_after_the_worker(world):
    return _new_round(world).vacancy


def _filled(world):
    vacancy = world.sourced()
    hires.record_hire(by=world.officer, at=at(1, 9), vacancy=vacancy, starts_on=date(2024, 2, 5))
    return vacancy


def _need_ended(world):
    return needs.end_need(by=world.officer, at=at(1, 9), vacancy=world.sourced(), reason="x")


def _withdrawn(world):
    return vacancies.withdraw(by=world.lead, at=at(1, 9), vacancy=world.request(), reason="x")


def _called(world):
    return world.called().vacancy


REQUESTS = [
    _requested,
    *map(_decided, ("deferred", "turned_down", "agreed")),
    _sourced,
    _sourced_cover,
    _sent,
    _secured,
    _booked,
    _for_two_weeks,
    _recorded,
    _round_after_the_worker,
    _filled,
    _need_ended,
    _withdrawn,
    _called,
]


@pytest.mark.parametrize("situation", REQUESTS, ids=lambda one: one.__name__[1:])
def test_the_page_of_a_request_offers_what_the_action_takes(world, client_of, situation):
    vacancy, found, looked = situation(world), set(), []
    for now in (at(1, 15, 11), at(1, 22), at(2, 2), at(2, 5)):
        with time_machine.travel(now, tick=False):
            cover_started_requests()
            vacancy = Vacancy.objects.get(pk=vacancy.pk)
            looked = ["officer", "director", "lead"] if looked else EVERYBODY
            for who in looked:
                found |= disagreements(client_of, world, who, vacancy.get_absolute_url(), request_calls(vacancy, now))
    assert found == set()


# -- exemptions ---------------------------------------------------------------------------------------------------------------------------


def exemption_calls(world, exemption, now) -> dict:
    key, today = exemption.pk, now.date()
    vacancy = exemption.needs.get().vacancy

    def fresh(by):
        return {"by": by, "at": now, "exemption": Exemption.objects.get(pk=key)}

    starts = max(today, exemption.starts_on)
    asked = world.asked(
        vacancy, agency=exemption.agency, starts_on=starts, ends_on=starts + timedelta(28), no_proof_reason="x"
    )
    follows = max(today, exemption.last_day + timedelta(1))
    longer = world.asked(
        vacancy, agency=exemption.agency, starts_on=follows, ends_on=follows + timedelta(28), no_proof_reason="x"
    )
    last = max(filter(None, (today, exemption.starts_on, needed_until(exemption))))
    return {
        "decide": lambda by: deciding.decide(**fresh(by), decision="turned_down", reason="x"),
        "comment": lambda by: deciding.comment(**fresh(by), supports=True, text="Another word."),
        "complete": lambda by: asking.complete_exemption(**fresh(by), asked=asked),
        "end": lambda by: exemption_ends.end_exemption(**fresh(by), ended_on=last, reason="x"),
        "take-back": lambda by: deciding.take_back(**fresh(by), reason="x"),
        "extends": lambda by: asking.request_exemption(
            by=by, at=now, asked=longer, extends=Exemption.objects.get(pk=key)
        ),
    }


def _asked_for(world):
    return world.exemption()


def _commented(world):
    return world.commented(world.exemption())


def _returned(world):
    one = world.exemption()
    return deciding.decide(by=world.director, at=DECIDED, exemption=one, decision="returned", reason="x")


def _exemption_turned_down(world):
    one = world.exemption()
    return deciding.decide(by=world.director, at=DECIDED, exemption=one, decision="turned_down", reason="x")


def _taken_back(world):
    return deciding.take_back(by=world.officer, at=DECIDED, exemption=world.exemption(), reason="x")


def _approved(world):
    return world.exempted()


def _in_use(world):
    one = world.exempted()
    world.scs_secured(one)
    return one


def _used(world):
    one = world.exempted()
    world.by_exemption(one)
    return one


def _exemption_ended(world):
    common = {"by": world.officer, "at": DECIDED, "exemption": world.exempted(), "reason": "x"}
    return exemption_ends.end_exemption(**common, ended_on=date(2024, 2, 1))


def _linked(world):
    one = world.exempted()
    world.by_exemption(one)
    vacancy, when = one.needs.get().vacancy, AFTER_WINDOW + timedelta(days=1)
    more = {"starts_on": date(2024, 4, 20), "ends_on": date(2024, 6, 28)}
    world.exempted(vacancy, at=when, extends=one, value=D("9000"), value_with_vat=D("10800"), **more)
    return Exemption.objects.get(pk=one.pk)


def _link(world):
    return _linked(world).extended_by.get()


def _link_asked_for(world):
    one = world.exempted()
    world.by_exemption(one)
    more = {"starts_on": date(2024, 4, 20), "ends_on": date(2024, 6, 28)}
    world.exemption(one.needs.get().vacancy, at=DECIDED + HOUR, extends=one, **more)
    return one


EXEMPTIONS = [
    _asked_for,
    _commented,
    _returned,
    _exemption_turned_down,
    _taken_back,
    _approved,
    _in_use,
    _used,
    _exemption_ended,
    _linked,
    _link,
    _link_asked_for,
]


@pytest.mark.parametrize("situation", EXEMPTIONS, ids=lambda one: one.__name__[1:])
def test_the_page_of_an_exemption_offers_what_the_action_takes(world, client_of, situation):
    exemption, found, looked = situation(world), set(), []
    for now in (at(1, 12), at(1, 22), at(4, 18), at(4, 19), at(4, 22)):
        with time_machine.travel(now, tick=False):
            exemption = Exemption.objects.get(pk=exemption.pk)
            calls = exemption_calls(world, exemption, now)
            looked = ["officer", "director", "finance"] if looked else EVERYBODY
            for who in looked:
                found |= disagreements(client_of, world, who, exemption.get_absolute_url(), calls)
    assert found == set()


# -- orders -------------------------------------------------------------------------------------------------------------------------------


def order_calls(world, release, now) -> dict:
    key = release.pk

    def fresh(by):
        row = Release.objects.select_related("contract__agency", "vacancy", "rests_on").get(pk=key)
        return {"release": row, "by": by, "at": now}

    def answer(by):
        answering.record_secured(**fresh(by), supply_mode="direct" if release.position else "")

    def correct(by):
        told = fresh(by)["release"]
        values = {"outcome": "withdrawn" if told.outcome != "withdrawn" else "secured", "reason": "", "supply_mode": ""}
        proposing.propose(by=by, at=now, subject="release", row=told, why="x", **values)

    offered = {"candidate": "C-9", "supply_mode": "direct", "pay_rate": D("30"), "charge_rate": D("38")}
    return {
        "answer": answer,
        "candidates/new": lambda by: putting_forward.put_forward(**fresh(by), **offered),
        "order-number": lambda by: answering.give_order_number(**fresh(by), order_number="PO-1"),
        "dispute": lambda by: by_the_supplier.record_dispute(**fresh(by), words="x", said_by="Somebody"),
        "correct": correct,
        "void": lambda by: taking_back.void(**fresh(by), reason="x"),
    }


def _order_sent(world):
    return world.send(world.sourced())


def _order_failed(world):
    return world.failed()


def _order_secured(world):
    return world.secured()


def _order_booked(world):
    return world.placed().release


def _order_taken_back(world):
    return taking_back.withdraw(by=world.officer, at=at(1, 8, 11), release=world.send(world.sourced()), reason="x")


def _order_in_error(world):
    return taking_back.void(by=world.director, at=at(1, 8, 11), release=world.send(world.sourced()), reason="x")


def _order_fell_through(world):
    return taking_back.worker_will_not_come(by=world.officer, at=at(1, 9), release=world.secured(), reason="x")


def _order_rested_on(world):
    return world.framework_secured().rests_on


def _order_on_the_framework(world):
    return world.framework_secured()


def _order_hired(world):
    release = world.secure(world.send(world.sourced(), world.permanent))
    person = {"registration_number": "SW606060", "worker_name": "Hollis Madeup"}
    details = {"vacancy": release.vacancy, "release": release, "starts_on": date(2024, 2, 5)} | person
    hires.record_hire(by=world.officer, at=at(1, 16), **details)
    return Release.objects.get(pk=release.pk)


def _order_hired_in_error(world):
    release = _order_hired(world)
    hire = Hire.objects.get(release=release)
    hires.void_hire(by=world.director, at=at(1, 17), hire=hire, reason="x")
    return Release.objects.get(pk=release.pk)


ORDERS = [
    _order_sent,
    _order_failed,
    _order_secured,
    _order_booked,
    _order_taken_back,
    _order_in_error,
    _order_fell_through,
    _order_rested_on,
    _order_on_the_framework,
    _order_hired,
    _order_hired_in_error,
]


@pytest.mark.parametrize("situation", ORDERS, ids=lambda one: one.__name__[1:])
def test_the_page_of_an_order_offers_what_the_action_takes(world, client_of, situation):
    release, now = situation(world), at(1, 19)
    with time_machine.travel(now, tick=False):
        calls, address = order_calls(world, release, now), release.get_absolute_url()
        found = {one for who in EVERYBODY for one in disagreements(client_of, world, who, address, calls)}
    assert found == set()


def _order_waits_on_the_framework(world):
    first = world.failed()
    return world.send(first.vacancy, world.framework, at=AFTER_WINDOW)


@pytest.mark.parametrize("situation", [*ORDERS, _order_waits_on_the_framework], ids=lambda one: one.__name__[1:])
def test_the_page_of_a_request_offers_with_its_orders_what_the_action_takes(world, client_of, situation):
    release, now = situation(world), at(1, 19)

    def fresh(by):
        return {"release": Release.objects.select_related("vacancy").get(pk=release.pk), "by": by, "at": now}

    calls = {
        "withdraw": lambda by: taking_back.withdraw(**fresh(by), reason="x"),
        "first-supplier": lambda by: answering.first_supplier_can_supply(**fresh(by), supply_mode="direct", note="x"),
        "will-not-come": lambda by: taking_back.worker_will_not_come(**fresh(by), reason="x"),
    }
    with time_machine.travel(now, tick=False):
        for who in EVERYBODY:
            page = client_of(who).get(release.vacancy.get_absolute_url()).content.decode()
            for what, call in calls.items():
                offered = f'href="/releases/{release.pk}/{what}/"' in page
                refused = refusal_of(lambda call=call, who=who: call(world.people[who]))
                if offered or release.round.is_open:  # of a round that is over the page offers less: that harms nobody
                    assert offered == (refused == ""), (who, what, refused or "taken")


# -- candidates ---------------------------------------------------------------------------------------------------------------------------


def candidate_calls(world, submission, now) -> dict:
    key = submission.pk
    other = Release.objects.open().exclude(pk=submission.release_id).order_by("pk").last() or submission.release

    def fresh(by):
        return {"submission": Submission.objects.get(pk=key), "by": by, "at": now}

    def step(by):
        one = Submission.objects.get(pk=key)
        following = FOLLOWS[one.stage]
        stage = "withdrawn" if "withdrawn" in following else following[0]
        stepping.record_step(**fresh(by), stage=stage, reason="x")

    return {
        "step": step,
        "number": lambda by: stepping.give_registration_number(**fresh(by), registration_number="SW717171"),
        "elsewhere": lambda by: putting_forward.offer_elsewhere(**fresh(by), release=other),
        "allow": lambda by: stepping.allow_later_route(**fresh(by), reason="x"),
        "void": lambda by: stepping.void_candidate(**fresh(by), reason="x"),
    }


def _candidate(world):
    return world.put_forward(world.send(world.sourced()), "C", at=at(1, 8, 11))


def _candidate_with_a_number(world):
    return world.put_forward(world.send(world.sourced()), "C", at=at(1, 8, 11), registration_number="SW123456")


def _candidate_of_an_answered_order(world):
    release = world.send(world.sourced())
    one = world.put_forward(release, "C", at=at(1, 8, 11))
    taking_back.withdraw(by=world.officer, at=at(1, 8, 12), release=release, reason="x")
    return one


def _candidate_in_error(world):
    one = _candidate(world)
    return stepping.void_candidate(by=world.director, at=at(1, 9), submission=one, reason="x")


def _candidate_who_may_go_elsewhere(world):
    one = _candidate(world)
    world.send(world.sourced())
    return one


def _candidate_offered_elsewhere(world):
    one = _candidate(world)
    other = world.send(world.sourced())
    putting_forward.offer_elsewhere(by=world.officer, at=at(1, 9), submission=one, release=other)
    return Submission.objects.get(pk=one.pk)


def _candidate_turned_down(world):
    one = _candidate(world)
    return stepping.record_step(by=world.officer, at=at(1, 9), submission=one, stage="turned_down", reason="x")


def _candidate_shown_before(world):
    later = world.after_pertemps_showed("SW123456")
    when = later.sent_at + HOUR
    return world.put_forward(later, "D", at=when, registration_number="SW123456")


CANDIDATES = [
    _candidate,
    _candidate_with_a_number,
    _candidate_of_an_answered_order,
    _candidate_in_error,
    _candidate_who_may_go_elsewhere,
    _candidate_offered_elsewhere,
    _candidate_turned_down,
    _candidate_shown_before,
]


@pytest.mark.parametrize("situation", CANDIDATES, ids=lambda one: one.__name__[1:])
def test_the_page_of_a_candidate_offers_what_the_action_takes(world, client_of, situation):
    one, now = situation(world), at(1, 19)
    with time_machine.travel(now, tick=False):
        calls, address = candidate_calls(world, one, now), one.get_absolute_url()
        found = {each for who in EVERYBODY for each in disagreements(client_of, world, who, address, calls)}
    assert found == set()


def test_who_opens_a_form_that_has_nothing_to_choose_from_is_told_why(world, client_of):
    one, exemption = _candidate(world), _approved(world)
    client = client_of("officer")
    for form, page, why in (
        (f"{one.get_absolute_url()}elsewhere/", one.get_absolute_url(), "has been asked for nobody else of this role"),
        (
            f"/exemptions/new/?extends={exemption.pk}",
            exemption.get_absolute_url(),
            "can be named in one that goes on from it",
        ),
    ):
        with time_machine.travel(at(1, 12), tick=False):
            answer = client.get(form, follow=True)
        assert answer.redirect_chain == [(page, 302)] and why in answer.content.decode()


# -- breaches, permanent starts, reviews --------------------------------------------------------------------------------------------------


def breach_calls(world, breach, now) -> dict:
    def fresh(by):
        return {"breach": Breach.objects.select_related("placement").get(pk=breach.pk), "by": by, "at": now}

    told = {"director_told_on": now.date(), "procurement_told_on": None}
    return {
        "approve": lambda by: breaches_actions.authorise(**fresh(by), reason="x"),
        "told": lambda by: breaches_actions.tell(**fresh(by), **told),
        "take-back": lambda by: proposing.propose_taking_back(**fresh(by), why="x"),
    }


def _breach(world):
    return world.breach(ends_on=date(2024, 4, 19))


def _breach_approved(world):
    return breaches_actions.authorise(by=world.director, at=AFTER_WINDOW, breach=_breach(world), reason="x")


def _breach_of_a_correction(world):
    return _unproved(world).breaches.get()


def _breach_taken_back(world):
    breach = world.wrongly_marked()
    proposal = proposing.propose_taking_back(by=world.officer, at=at(1, 16), breach=breach, why="x")
    confirming.decide(by=world.director, at=at(1, 17), correction=proposal, decision="confirmed")
    return Breach.objects.get(pk=breach.pk)


@pytest.mark.parametrize(
    "situation",
    [_breach, _breach_approved, _breach_of_a_correction, _breach_taken_back],
    ids=lambda one: one.__name__[1:],
)
def test_the_page_of_a_breach_offers_what_the_action_takes(world, client_of, situation):
    breach, now = situation(world), at(1, 30)
    with time_machine.travel(now, tick=False):
        calls, address = breach_calls(world, breach, now), breach.get_absolute_url()
        found = {one for who in EVERYBODY for one in disagreements(client_of, world, who, address, calls)}
    assert found == set()


def test_the_page_of_a_breach_says_why_it_is_not_approved_while_it_waits(world, client_of):
    waiting, gone = world.breach(by=world.director), _breach_taken_back(world)
    client = client_of("director")
    assert "so somebody else decides it" in client.get(waiting.get_absolute_url()).content.decode()
    assert "There is nothing to approve" not in client.get(gone.get_absolute_url()).content.decode()


def test_the_page_of_a_permanent_start_offers_what_the_action_takes(world, client_of):
    vacancy = world.sourced()
    hire = hires.record_hire(by=world.officer, at=at(1, 9), vacancy=vacancy, starts_on=date(2024, 2, 5))
    for now in (at(1, 19), at(1, 22)):
        with time_machine.travel(now, tick=False):
            key = hire.pk
            calls = {
                "void": lambda by, now=now, key=key: hires.void_hire(
                    by=by, at=now, hire=Hire.objects.get(pk=key), reason="x"
                )
            }
            for who in EVERYBODY:
                assert disagreements(client_of, world, who, hire.get_absolute_url(), calls) == set()
        if not hire.voided_at:
            hire = hires.void_hire(by=world.director, at=at(1, 20), hire=hire, reason="x")


def test_the_page_of_a_review_offers_what_the_action_takes(world, client_of):
    details = {"held_on": date(2024, 2, 5), "rating": 3, "findings": "x"}
    review = reviews.record_review(by=world.director, at=at(2, 5), placement=world.placed(), **details)
    other = reviews.record_review(by=world.officer, at=at(2, 5), placement=world.placed(), **details)
    read = reviews.record_review(by=world.officer, at=at(2, 5), placement=world.placed(), **details)
    reviews.oversee(by=world.director, at=at(2, 6), review=read)
    with time_machine.travel(at(2, 7), tick=False):
        for one in (review, other, read):
            calls = {
                "oversee": lambda by, one=one: reviews.oversee(
                    by=by, at=at(2, 7), review=QualityReview.objects.get(pk=one.pk)
                )
            }
            for who in EVERYBODY:
                assert disagreements(client_of, world, who, one.get_absolute_url(), calls) == set()
