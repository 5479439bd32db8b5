"""Every section of Today: which rows are in it, who finds it and who does not."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.models import Deputy, Role, User
from council.permissions import APPROVALS
from council.working_time import LONDON
from placements.brought_forward import actions as brought_forward_actions
from placements.corrections import proposing
from placements.models import Payment, PaymentImport, PaymentSource
from placements.placement import ending, starting
from placements.placement import extending as extensions
from placements.placement.starting import cover_started_requests
from placements.reviews import actions as reviews
from recruitment.emergencies.actions import record_authority
from recruitment.exemptions import deciding
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import taking_back
from reporting import today
from tests.factories import RoleGrantFactory, approve
from tests.factories.small_council import AFTER_WINDOW, MONDAY, SATURDAY_NIGHT
from tests.reporting.reading import today_of, who_sees

OFFICERS, LEADS = {"officer", "officer2"}, {"lead"}
DECIDED = AFTER_WINDOW + timedelta(hours=1)


def at(month, day, hour=10) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=LONDON)


# -- one situation for each section: what is made, and where its row leads ----------------------------------------------------------------


def asked_for(world):
    return f"/requests/{world.request().pk}/decide/"


def ordered_out_of_hours(world):
    return f"/requests/{world.called().vacancy_id}/confirm/"


def authority_in_a_name(world):
    common = {"by": world.officer, "at": SATURDAY_NIGHT, "given_by": world.strategic.name, "words": "x"}
    return f"/authorities/{record_authority(vacancy=world.called().vacancy, **common).pk}/confirm/"


def brought_forward_and_ending(world):
    brought_forward_actions.open_batch(by=world.administrator, at=at(1, 8), on=date(2024, 1, 8))
    found = world.found(agency=world.pertemps, contract=world.corporate, ends_on=date(2024, 1, 26))
    placement = brought_forward_actions.bring_forward(
        by=world.administrator, at=at(1, 8), found=found, proof_held="none held"
    )
    return f"/requests/{placement.vacancy_id}/decide/"


def exemption_complete(world):
    return f"/exemptions/{world.commented(world.exemption()).pk}/decide/"


def exemption_without_comments(world):
    return f"/exemptions/{world.exemption().pk}/comment/"


def exemption_returned(world):
    one = world.exemption()
    deciding.decide(by=world.director, at=DECIDED, exemption=one, decision="returned", reason="x")
    return f"/exemptions/{one.pk}/complete/"


def exemption_to_use(world):
    return f"/requests/{world.exempted().needs.get().vacancy_id}/"


def long_extension(world):
    placement = world.placed()
    proposal = extensions.propose_extension(
        by=world.officer,
        at=AFTER_WINDOW + timedelta(hours=3),
        placement=placement,
        ends_on=date(2024, 6, 28),
        reason="x",
        recruitment_state="unsuccessful",
    )
    return proposal.get_absolute_url()


def breach(world):
    return f"/breaches/{world.breach().pk}/approve/"


def later_route(world):
    release = world.send(world.sourced())
    world.put_forward(release, registration_number="SW12345")
    taking_back.withdraw(by=world.officer, at=MONDAY + timedelta(hours=3), release=release, reason="x")
    vacancy = world.sourced()
    world.witness(world.fail(world.send(vacancy)))
    again = world.send(vacancy, world.framework, at=AFTER_WINDOW)
    one = world.put_forward(again, "H-1", at=DECIDED, registration_number="SW12345")
    return f"/candidates/{one.pk}/allow/"


def another_agencys_worker(world):
    vacancy = world.sourced()
    world.witness(world.fail(world.send(vacancy)))
    release = world.send(vacancy, world.framework, at=AFTER_WINDOW)
    world.secure(release, at=AFTER_WINDOW, supply_mode="brokered", supplying_agency=world.scs)
    return f"/releases/{release.pk}/supply/"


def recorded_by_one_person(world):
    return f"/answers/confirm/?order={world.failed().pk}"


def correction(world):
    release = world.fail(world.send(world.sourced()))
    common = {"by": world.officer, "at": AFTER_WINDOW, "subject": "release", "row": release, "why": "x"}
    return proposing.propose(**common, own_supply="not_tried").get_absolute_url()


def wrong_mark(world):
    return world.wrongly_marked().get_absolute_url()


def start_not_confirmed(world):
    return f"/placements/{world.placed().pk}/start/"


def checks_missing(world):
    placement = starting.confirm_start(by=world.lead, at=at(1, 22), placement=world.placed())
    return f"/placements/{placement.pk}/checks/"


def time_to_answer_ended(world):
    return f"/releases/{world.send(world.sourced()).pk}/answer/"


def candidate_waits(world):
    return world.put_forward(world.send(world.sourced())).get_absolute_url()


def answer_disputed(world):
    release = world.fail(world.send(world.sourced()))
    supplier.record_dispute(by=world.officer, at=AFTER_WINDOW, release=release, words="x", said_by="x")
    return release.get_absolute_url()


def nobody_booked(world):
    return f"/releases/{world.secured().pk}/book/"


def nobody_asked(world):
    return f"/requests/{world.sourced().pk}/"


def cover_over(world):
    placement = world.placed(ends_on=date(2024, 1, 26))
    endings_of = {"reason": "end_of_need", "rating": 3, "eligible_again": True}
    ending.record_end(by=world.officer, at=at(1, 26), placement=placement, **endings_of)
    return f"/requests/{placement.vacancy_id}/"


def review_overdue(world):
    return f"/placements/{world.by_exemption().pk}/review/"


def reviewed(world):
    return reviews.record_review(
        by=world.officer,
        at=at(1, 29),
        placement=world.placed(),
        held_on=date(2024, 1, 29),
        rating=3,
        findings="x",
        to_do=[reviews.ToDo("Plan", "Lena", date(2024, 1, 30))],
    )


def review_action(world):
    return f"/reviews/{reviewed(world).pk}/"


def review_to_read(world):
    return f"/reviews/{reviewed(world).pk}/oversee/"


def ending_soon(world):
    return world.placed(ends_on=date(2024, 2, 2)).get_absolute_url()


def contract_nearly_used(world):
    approve(world.administrator, world.framework, "20000.00", decided_on=date(2023, 1, 1))
    world.book(world.framework_secured())  # £19,114.20
    return world.framework.get_absolute_url()


def payment_waits(world):
    source = PaymentSource.objects.create(name="Unit4")
    file = PaymentImport.objects.create(
        source=source, file_name="x.csv", sha256="x", uploaded_by=world.finance, uploaded_at=MONDAY
    )
    common = {"source": source, "imported_from": file, "line": 1, "line_key": "p", "occurrence": 1, "amount": D(5)}
    payment = Payment.objects.create(agency=world.pertemps, paid_on=date(2024, 1, 1), supplier="x", **common)
    return f"/payments/{payment.pk}/allocate/"


DECIDERS = {"director", "finance"}
# Section → (its situation, on which day, who finds it)
SECTIONS = {
    "Requests to agree": (asked_for, at(1, 9), DECIDERS),
    "Needs to agree": (brought_forward_and_ending, at(1, 12), DECIDERS),
    "Emergencies to confirm": (ordered_out_of_hours, at(1, 15), {"director"}),
    "Authorities in your name": (authority_in_a_name, at(1, 15), {"strategic"}),
    "Exemptions to decide": (exemption_complete, at(1, 11), {"director"}),
    "Exemptions to comment on": (exemption_without_comments, at(1, 11), {"finance", "procurement"}),
    "Exemptions to complete": (exemption_returned, at(1, 11), OFFICERS),
    "Exemptions to use": (exemption_to_use, at(1, 11), OFFICERS),
    "Long extensions to decide": (long_extension, at(1, 11), {"director"}),
    "Breaches to decide": (breach, at(1, 11), {"director"}),
    "Candidates by a later route": (later_route, at(1, 11), {"director"}),
    "Workers of other agencies": (another_agencys_worker, at(1, 11), {"director"}),
    "Answers to confirm": (recorded_by_one_person, at(1, 11), {"officer2", "lead", "director"}),
    "Corrections to confirm": (correction, at(1, 11), {"officer2", "director", "finance"}),
    "Marks of a breach that look wrong": (wrong_mark, at(1, 12), {"officer", "officer2", "director", "finance"}),
    "Starts to confirm": (start_not_confirmed, at(1, 22), OFFICERS | LEADS),
    "Checks still to come": (checks_missing, at(1, 22), OFFICERS | LEADS),
    "Answers to record": (time_to_answer_ended, at(1, 11), OFFICERS),
    "Candidates who wait for us": (candidate_waits, at(1, 8, 13), OFFICERS),
    "Disputes to reply to": (answer_disputed, at(1, 11), OFFICERS),
    "Workers to book": (nobody_booked, at(1, 11), OFFICERS),
    "Requests to send": (nobody_asked, at(1, 11), OFFICERS),
    "Placements that ended": (cover_over, at(1, 29), OFFICERS),
    "Quality reviews due": (review_overdue, at(3, 5), OFFICERS | LEADS | {"director"}),
    "Review actions overdue": (review_action, at(1, 31), OFFICERS | LEADS | {"director"}),
    "Quality reviews to read": (review_to_read, at(1, 30), {"director"}),
    "Placements ending within 8 weeks": (ending_soon, at(1, 23), OFFICERS | LEADS),
    "Contracts near their value or end": (contract_nearly_used, at(1, 11), OFFICERS | DECIDERS | {"administrator"}),
    "Payments to allocate": (payment_waits, at(1, 11), {"finance"}),
}


def sections_of(client_of, who: str):
    return {section.title: section for section in client_of(who).get("/").context["sections"]}


@pytest.mark.parametrize("title", SECTIONS)
def test_who_finds_what_on_today(world, title):
    """Everybody is looked at; in the section is exactly the row that was made. Before anything was made nobody has it."""
    make, when, who = SECTIONS[title]
    with time_machine.travel(when, tick=False):
        assert who_sees(world, title, when) == set()
        url = make(world)
        cover_started_requests()
        found = {name: today_of(world, name, when).get(title) for name in world.people}
    assert {name for name, section in found.items() if section} == who
    assert {(section.count, *(one.url for one in section.items)) for section in found.values() if section} == {(1, url)}


def test_every_section_of_today_is_in_the_table(world, monkeypatch):
    """A section added later is to say here who finds it."""
    asked = set()
    monkeypatch.setattr(today, "answers", lambda questions: asked.update(one.title for one in questions))
    for person in User.objects.filter(pk__in=[one.pk for one in world.people.values()]):
        today.sections(person, MONDAY, MONDAY.date())
    assert asked == set(SECTIONS)


BY_DEPUTY = {
    "staffing_request": ("Requests to agree", "Needs to agree"),
    "emergency": ("Emergencies to confirm",),
    "exemption": ("Exemptions to decide",),
    "extension": ("Long extensions to decide",),
    "breach": ("Breaches to decide",),
    "later_route": ("Candidates by a later route", "Workers of other agencies", "Answers to confirm"),
    "authority": ("Authorities in your name",),
}


@pytest.mark.parametrize(("approval", "title"), [(a, t) for a, titles in BY_DEPUTY.items() for t in titles])
def test_a_deputy_finds_what_they_decide_in_another_s_place_and_no_more(world, client_of, approval, title):
    assert set(BY_DEPUTY) == set(APPROVALS)
    make, when, _ = SECTIONS[title]
    away = world.strategic if approval == "authority" else world.director
    absence = {"for_user": away, "starts_on": when.date(), "ends_on": when.date()}
    Deputy.objects.create(user=world.nobody, approval=approval, **absence)
    for other in set(APPROVALS) - {approval}:
        Deputy.objects.create(user=world.auditor, approval=other, **absence)
    url = make(world)
    with time_machine.travel(when, tick=False):
        assert [one.url for one in sections_of(client_of, "nobody")[title].items] == [url]
        assert set(sections_of(client_of, "nobody")) == {title}
        assert title not in sections_of(client_of, "auditor")
    with time_machine.travel(when + timedelta(days=1), tick=False):
        assert title not in sections_of(client_of, "nobody")


OWN = {
    "Requests to agree": "lead",
    "Emergencies to confirm": "officer",
    "Exemptions to decide": "officer",
    "Long extensions to decide": "officer",
    "Breaches to decide": "officer",
    "Candidates by a later route": "officer",
    "Corrections to confirm": "officer",
    "Quality reviews to read": "officer",
}


@pytest.mark.parametrize("title", OWN)
def test_nobody_finds_what_they_made_themselves_to_decide_it(world, client_of, title):
    make, when, _ = SECTIONS[title]
    RoleGrantFactory(user=world.people[OWN[title]], role=Role.ASSISTANT_DIRECTOR)
    make(world)
    with time_machine.travel(when, tick=False):
        assert title not in sections_of(client_of, OWN[title])
        assert title in sections_of(client_of, "director")
