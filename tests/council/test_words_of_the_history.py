"""The history in words: who changed what from what to what, when it happened and when it was recorded; and what a supplier is told."""

from datetime import datetime, timedelta
from decimal import Decimal as D

import pytest

from council.history import changed_since, changes_of
from council.models import Council, Message
from council.working_time import LONDON
from recruitment.models import Release
from recruitment.orders import brief
from recruitment.requests import actions as vacancies
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import AFTER_WINDOW, MONDAY

LATER = MONDAY + timedelta(hours=3)


def said(rows) -> list[tuple[str, str, str, str]]:
    return [(one.who, one.field, one.before, one.after) for one in rows]


def test_a_change_says_who_changed_what_from_what_to_what_and_when(world):
    vacancy = world.request()
    vacancies.change_terms(
        by=world.officer, at=LATER, vacancy=vacancy, reason="Moved", base="Elsewhere", max_charge_rate=D("41.50")
    )
    vacancy.refresh_from_db()
    recent = [one for one in changes_of(vacancy) if one.happened_at == LATER]
    assert {
        ("The officer", "Base", "Northgate House", "Elsewhere"),
        ("The officer", "Maximum charge rate", "£42.00", "£41.50"),
    } <= set(said(recent))
    assert {one.what for one in recent} == {f"{vacancy._meta.verbose_name} {vacancy.reference}"}
    assert all(one.recorded_at > one.happened_at for one in recent)


def test_the_newest_change_comes_first_and_the_beginning_last(world):
    vacancy = world.agreed()
    moments = [one.happened_at for one in changes_of(vacancy)]
    assert moments == sorted(moments, reverse=True)
    first = [one for one in changes_of(vacancy) if one.before == "" and one.who == "The lead"]
    found = {one.field: one.after for one in first}
    shown = ("Hours per week", "Base", "Needed from", "Team")
    assert [found.get(name) for name in shown] == ["37", "Northgate House", "22 January 2024", "North"]


def test_what_is_not_for_people_is_left_out(world):
    fields = {one.field.lower() for one in changes_of(world.agreed())}
    assert not {"id", "version", "reference"} & fields


def test_somebody_whose_sight_is_old_is_told_what_changed_and_when(world):
    vacancy = world.request()
    assert changed_since(vacancy, vacancy.version) == ""
    old = vacancy.version
    vacancies.change_terms(by=world.officer, at=LATER, vacancy=vacancy, reason="Moved", base="Elsewhere")
    vacancy.refresh_from_db()
    assert "The officer changed base from “Northgate House” to “Elsewhere” at 13:00" in changed_since(
        vacancy, old
    ).split("; ")
    assert changed_since(vacancy, vacancy.version) == ""


def test_histories_of_several_rows_are_read_together(world, django_assert_num_queries):
    one, other = world.request(), world.request()
    found = changes_of(one, other)
    assert {row.what for row in found} == {f"{one._meta.verbose_name} {row.reference}" for row in (one, other)}
    with django_assert_num_queries(_queries_for(one)):
        changes_of(one, other)


def _queries_for(row) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        changes_of(row)
    return len(found)


# -- what a supplier is told --------------------------------------------------------------------------------------------------------------------


def test_the_terms_of_an_order_are_said_as_the_supplier_reads_them(world):
    release = world.send(world.sourced(hours_per_week=D("18.50")))
    assert brief.terms_of(release) == [
        ("Role", "Social worker"),
        ("Hours", "18.5 a week, Monday to Friday"),
        ("Base", "Northgate House"),
        ("Start", "22 January 2024"),
        ("Length", "13 weeks"),
        ("Charge rate", "at most £42.00 an hour, excluding VAT"),
        ("Contract", "CORP"),
        ("Answer by", "Wednesday 10 January, 10:00"),
    ]
    release.weeks = 1
    assert dict(brief.terms_of(release))["Length"] == "1 week"


def test_the_brief_names_the_council_the_terms_and_for_how_long_its_link_works(world):
    Council.objects.update_or_create(pk=1, defaults={"name": "Anyshire", "supplier_link_days": 5})
    release = world.send(world.sourced())
    text = brief.text_of(release)
    assert text.startswith(
        f"Anyshire asks you for a worker.\n\nOur reference: {release.reference}\nRole: Social worker\n"
    )
    assert "works for 5 days, until we have recorded your answer:\n{link}\n\n" in text
    assert "Caseloads" not in text


@pytest.mark.parametrize(
    ("fields", "rows"),
    [
        (
            {"reason": "rate_too_high", "rate_asked": D("45.5"), "own_supply": "tried", "brokered_supply": "not_tried"},
            ["Why", "Rate asked for", "Your own workers", "Workers of other agencies"],
        ),
        ({"reason": "no_candidates"}, ["Why"]),
        ({"supply_mode": "direct"}, ["Whose worker"]),
        ({}, []),
    ],
)
def test_the_recorded_answer_says_what_the_supplier_said_and_nothing_else(fields, rows):
    at = datetime(2024, 1, 10, 11, tzinfo=LONDON)
    release = Release(reference="ORD-7", outcome="not_secured", answered_at=at, **fields)
    lines = brief.answer_lines(release)
    assert [name for name, _ in lines] == ["Our reference", "Answer", "When", *rows]
    assert (lines[0][1], lines[2][1]) == ("ORD-7", "Wednesday 10 January, 11:00")
    assert dict(lines).get("Rate asked for") in (None, "£45.50 an hour")
    later = Release(reference="ORD-7", outcome="fell_through", answered_at=at, fell_through_at=at + timedelta(days=1))
    assert brief.answer_lines(later)[2] == ("When", "Thursday 11 January, 11:00")


def test_without_an_ordering_address_nothing_is_left_to_be_sent(world):
    release = world.send(world.sourced())
    assert brief.queue(release, by=world.officer, at=AFTER_WINDOW) is None
    address_in_force(release.contract.agency, "orders@pertemps.example")
    message = brief.queue(release, by=world.officer, at=AFTER_WINDOW)
    assert (message.title, message.to) == (
        f"{release.reference}: Social worker, answer by Wednesday 10 January, 10:00",
        "orders@pertemps.example",
    )


def test_what_waits_to_be_sent_about_an_order_is_not_wanted_once_its_answer_is_recorded(world):
    address_in_force(world.pertemps, "orders@pertemps.example")
    release = world.send(world.sourced())
    waiting = Message.objects.get(kind="brief", subject=release.pk)
    world.fail(release)
    waiting.refresh_from_db()
    answer = Message.objects.get(kind="answer", subject=release.pk)
    assert (waiting.cancelled_at, answer.title) == (AFTER_WINDOW, f"{release.reference}: the answer we recorded")
    assert "Answer: Not secured\nWhen: Wednesday 10 January, 11:00\nWhy: No candidates\n" in answer.body
