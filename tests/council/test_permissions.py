"""State × role: who may make which move of a staffing request, in which stage. A new stage or role fails until classified."""

from datetime import date, timedelta

import pytest

from council.errors import NotAllowed, RuleViolation
from council.models import Council, Deputy, Role, RoleGrant
from council.permissions import MAY, may_decide_request
from placements.hires import actions as hires
from placements.placement import need as needs
from placements.placement import starting
from recruitment.models import Status
from recruitment.requests import actions as vacancies
from recruitment.requests.stages import MOVES
from tests.factories.small_council import AFTER_WINDOW, MONDAY

LATER = AFTER_WINDOW + timedelta(days=14)

# What → (stages in which it may be done, roles that may).
MATRIX = {
    "decide": ({Status.REQUESTED, Status.DEFERRED}, {Role.ASSISTANT_DIRECTOR, Role.FINANCE_OFFICER}),
    "withdraw": ({Status.REQUESTED, Status.DEFERRED}, {Role.COMMISSIONING_OFFICER}),
    "direct": ({Status.AGREED, Status.SOURCING}, {Role.COMMISSIONING_OFFICER}),
    "change": (
        {Status.REQUESTED, Status.DEFERRED, Status.AGREED, Status.SOURCING},
        {Role.COMMISSIONING_OFFICER, Role.ASSISTANT_DIRECTOR, Role.FINANCE_OFFICER},
    ),
    "end": ({Status.AGREED, Status.SOURCING}, {Role.COMMISSIONING_OFFICER}),
    "round": ({Status.COVERED}, {Role.COMMISSIONING_OFFICER}),
    "hire": ({Status.AGREED, Status.SOURCING, Status.COVERED}, {Role.COMMISSIONING_OFFICER}),
}
PEOPLE = {
    Role.COMMISSIONING_OFFICER: "officer",
    Role.OPERATIONAL_LEAD: "other_lead",  # not the one who asked: that one may withdraw, see below
    Role.ASSISTANT_DIRECTOR: "director",
    Role.FINANCE_OFFICER: "finance",
    Role.CONTRACT_ADMINISTRATOR: "administrator",
    Role.AUDITOR: "auditor",
    Role.SYSTEM_ADMINISTRATOR: "system",
    Role.PROCUREMENT_OFFICER: "procurement",
    Role.LEGAL_ADVISER: "legal",
    Role.STRATEGIC_DIRECTOR: "strategic",
}


def vacancy_that_is(world, status):
    def decided(decision):
        return vacancies.decide(by=world.director, at=MONDAY, vacancy=world.request(), decision=decision, reason="x")

    if status == Status.REQUESTED:
        return world.request()
    if status in (Status.DEFERRED, Status.TURNED_DOWN, Status.AGREED):
        return decided(status)
    if status == Status.SOURCING:
        return world.sourced()
    if status == Status.COVERED:
        placement = world.placed()
        starting.cover_started_request(by=world.officer, at=LATER, placement=placement)
        placement.vacancy.refresh_from_db()
        return placement.vacancy
    vacancy = world.sourced() if status != Status.WITHDRAWN else world.request()
    if status == Status.FILLED:
        hires.record_hire(by=world.officer, at=LATER, vacancy=vacancy, starts_on=date(2024, 2, 5))
    elif status == Status.ENDED:
        needs.end_need(by=world.officer, at=LATER, vacancy=vacancy, reason="x")
    else:
        vacancies.withdraw(by=world.lead, at=LATER, vacancy=vacancy, reason="x")
    vacancy.refresh_from_db()
    return vacancy


def attempt(what, by, vacancy):
    common = {"by": by, "at": LATER, "vacancy": vacancy}
    calls = {
        "decide": lambda: vacancies.decide(**common, decision="agreed", reason="x"),
        "withdraw": lambda: vacancies.withdraw(**common, reason="x"),
        "direct": lambda: vacancies.record_direct_recruitment(**common, state="not_suitable", note="x"),
        "change": lambda: vacancies.change_terms(**common, reason="x", base="Elsewhere"),
        "end": lambda: needs.end_need(**common, reason="x"),
        "round": lambda: vacancies.start_round(**common, reason="x"),
        "hire": lambda: hires.record_hire(**common, starts_on=date(2024, 2, 5)),
    }
    try:
        calls[what]()
    except NotAllowed:
        return "not allowed"
    except RuleViolation:
        return "refused"
    return "done"


def test_the_matrix_knows_every_stage_and_role():
    assert set(MOVES) == set(Status)
    assert set(PEOPLE) == set(Role)
    assert set().union(*MAY.values()) == set(Role)
    for stages, roles in MATRIX.values():
        assert stages <= set(Status)
        assert roles <= set(Role)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("what", sorted(MATRIX))
def test_who_may_do_what_in_which_stage(world, status, what):
    stages, roles = MATRIX[what]
    for role in sorted(set(Role) - roles):
        assert attempt(what, world.people[PEOPLE[role]], vacancy_that_is(world, status)) == "not allowed", role
    for role in sorted(roles):
        expected = "done" if status in stages else "refused"
        assert attempt(what, world.people[PEOPLE[role]], vacancy_that_is(world, status)) == expected, role


def test_the_lead_who_asked_may_take_it_back(world):
    assert attempt("withdraw", world.lead, world.request()) == "done"


def test_a_lead_asks_for_the_own_service_only(world):
    with pytest.raises(NotAllowed):
        world.request(by=world.other_lead)


def test_nobody_decides_their_own_request(world):
    RoleGrant.objects.create(user=world.lead, role=Role.FINANCE_OFFICER, starts_on=date(2020, 1, 1))
    assert attempt("decide", world.lead, world.request()) == "refused"


class TestDeputies:
    @pytest.fixture
    def deputy(self, world):
        Deputy.objects.create(
            for_user=world.director, user=world.officer2, starts_on=date(2024, 1, 24), ends_on=date(2024, 1, 26)
        )
        return world.officer2

    @pytest.mark.parametrize(
        ("day", "may"),
        [(date(2024, 1, 23), False), (date(2024, 1, 24), True), (date(2024, 1, 26), True), (date(2024, 1, 27), False)],
    )
    def test_only_within_the_dates(self, deputy, day, may):
        assert may_decide_request(deputy, day) is may

    def test_a_deputy_of_somebody_without_the_right_has_none(self, world, deputy):
        world.director.role_grants.update(ends_on=date(2024, 1, 1))
        assert may_decide_request(deputy, date(2024, 1, 24)) is False

    def test_a_deputy_decides(self, world, deputy):
        assert attempt("decide", deputy, world.request()) == "done"


def test_every_figure_of_the_council_can_be_set_up(client_of):
    page = client_of("administrator").get("/admin/council/council/add/").content.decode()
    names = [field.name for field in Council._meta.concrete_fields if field.editable and not field.primary_key]
    assert "supplier_link_days" in names
    assert [name for name in names if f'name="{name}"' not in page] == []
