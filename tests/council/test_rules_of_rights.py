"""Every right of every role on the days around its time, whose Services are seen, and what the admin allows. No query: the roles of
each person here are given, as they are once they have been read."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from council.models import Role, RoleGrant, User
from council.permissions import (
    ADMIN_CHANGES,
    APPROVALS,
    MAY,
    PEOPLE_MODELS,
    RoleBackend,
    grants_in_force,
    has_admin_module,
    has_admin_permission,
    may,
    may_decide,
    may_decide_request,
    may_open_admin,
    roles_of,
    services_of,
)

# One line for each right, one place for each role, in the order of ROLES: an x where the role has it.
ROLES = [
    "commissioning_officer",
    "operational_lead",
    "assistant_director",
    "finance_officer",
    "contract_administrator",
    "auditor",
    "system_administrator",
    "procurement_officer",
    "legal_adviser",
    "strategic_director",
]
TABLE = {
    "view": "xxxxxx-xxx",
    "view_money": "x-xxxx-xxx",
    "request": "xx--------",
    "decide_request": "--xx------",
    "source": "x---------",
    "void": "x-x-------",
    "correct": "x-xx------",
    "record_breach": "x-x-------",
    "authorise_breach": "--x-------",
    "approve_extension": "--x-------",
    "allow_later_route": "--x-------",
    "authorise_value": "---------x",
    "confirm_answer": "xxx-------",
    "confirm_emergency": "--x-------",
    "request_exemption": "x---------",
    "comment_finance": "---x------",
    "comment_procurement": "-------x--",
    "comment_legal": "--------x-",
    "decide_exemption": "--x------x",
    "end_exemption": "x-x-------",
    "record_ground": "--------x-",
    "review": "xxx-------",
    "oversee_reviews": "--x-------",
    "carry_over": "x-x-------",
    "confirm_start": "xx--------",
    "read_concerns": "--x-------",
    "evidence": "x-xxxx-xxx",
    "see_mail": "----xxx---",
    "attach": "xxxxx--xxx",
    "publish": "x-x-------",
    "bring_forward": "----x-----",
    "payments": "---x------",
    "set_up": "----x-----",
    "people": "------x---",
}
ONE_BY_ONE = [
    (right, role, mark == "x") for right, marks in TABLE.items() for role, mark in zip(ROLES, marks, strict=True)
]
FIRST, LAST = date(2024, 3, 4), date(2024, 3, 8)
DAY_BEFORE, DAY_AFTER = date(2024, 3, 3), date(2024, 3, 9)


def person(*grants: RoleGrant, is_active: bool = True) -> User:
    user = User(pk=1, email="ann@test.example", name="Ann", is_active=is_active)
    user.all_grants = list(grants)
    return user


def grant(role: str, starts_on: date = FIRST, ends_on: date | None = LAST, service: int | None = None) -> RoleGrant:
    return RoleGrant(role=role, starts_on=starts_on, ends_on=ends_on, service_id=service)


def always(*roles: str, service: int | None = None) -> User:
    return person(*(grant(role, date(2020, 1, 1), None, service) for role in roles))


def test_the_table_names_every_right_and_every_role():
    assert set(TABLE) == set(MAY)
    assert set(ROLES) == {role.value for role in Role}


@pytest.mark.parametrize(("right", "role", "has"), ONE_BY_ONE)
def test_a_right_holds_from_the_first_to_the_last_day_of_a_role_that_has_it(right, role, has):
    somebody = person(grant(role))
    on_days = [may(somebody, right, day) for day in (DAY_BEFORE, FIRST, LAST, DAY_AFTER)]
    assert on_days == [False, has, has, False]


@pytest.mark.parametrize("right", sorted(TABLE))
def test_a_switched_off_account_has_no_right_and_neither_has_somebody_without_a_role(right):
    assert may(person(*(grant(role) for role in ROLES)), right, FIRST) is True
    assert may(person(*(grant(role) for role in ROLES), is_active=False), right, FIRST) is False
    assert may(person(), right, FIRST) is False
    assert may(AnonymousUser(), right, FIRST) is False


def test_a_right_nobody_has_defined_is_an_error_and_not_a_no():
    with pytest.raises(KeyError):
        may(person(grant("auditor")), "fly", FIRST)


@pytest.mark.parametrize("day", [DAY_BEFORE, FIRST, LAST, DAY_AFTER, date(2099, 1, 1)])
def test_a_role_without_a_last_day_goes_on(day):
    assert may(person(grant("auditor", ends_on=None)), "view", day) is (day >= date(2024, 3, 4))


def test_a_role_of_one_day_holds_on_that_day_alone():
    somebody = person(grant("auditor", FIRST, FIRST))
    assert [may(somebody, "view", day) for day in (DAY_BEFORE, FIRST, date(2024, 3, 5))] == [False, True, False]


def test_without_a_day_the_roles_of_today_count():
    assert may(person(grant("auditor", date(2020, 1, 1), None)), "view") is True
    assert may(person(grant("auditor", date(2020, 1, 1), date(2021, 1, 1))), "view") is False
    assert may(person(grant("auditor", date(2999, 1, 1), None)), "view") is False


def test_two_roles_add_up_and_each_ends_on_its_own_day():
    somebody = person(grant("auditor", FIRST, LAST), grant("finance_officer", LAST, DAY_AFTER))
    assert roles_of(somebody, DAY_BEFORE) == set()
    assert roles_of(somebody, FIRST) == {Role.AUDITOR}
    assert roles_of(somebody, LAST) == {Role.AUDITOR, Role.FINANCE_OFFICER}
    assert roles_of(somebody, DAY_AFTER) == {Role.FINANCE_OFFICER}
    assert [one.role for one in grants_in_force(somebody, LAST)] == ["auditor", "finance_officer"]


def test_each_decision_of_a_deputy_has_the_right_it_needs():
    assert APPROVALS == {
        "staffing_request": "decide_request",
        "extension": "approve_extension",
        "breach": "authorise_breach",
        "later_route": "allow_later_route",
        "emergency": "confirm_emergency",
        "exemption": "decide_exemption",
        "authority": "authorise_value",
    }


@pytest.mark.parametrize("approval", sorted(APPROVALS))
def test_whose_role_decides_needs_no_deputys_place(approval):
    role = "strategic_director" if approval == "authority" else "assistant_director"
    assert may_decide(person(grant(role)), approval, FIRST) is True
    assert may_decide_request(person(grant("finance_officer")), LAST) is True


# -- whose Services ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"operational_lead", "system_administrator"}))
def test_most_roles_see_every_service(role):
    assert services_of(person(grant(role)), FIRST) is None
    assert services_of(person(grant(role)), DAY_AFTER) == set()


def test_a_lead_sees_the_own_services_and_only_on_the_days_of_the_role():
    lead = person(grant("operational_lead", service=7), grant("operational_lead", LAST, None, service=8))
    assert services_of(lead, DAY_BEFORE) == set()
    assert services_of(lead, FIRST) == {7}
    assert services_of(lead, LAST) == {7, 8}
    assert services_of(lead, DAY_AFTER) == {8}


def test_a_lead_who_has_a_wider_role_sees_every_service_while_that_role_holds():
    both = person(grant("operational_lead", FIRST, None, service=7), grant("auditor"))
    assert services_of(both, LAST) is None
    assert services_of(both, DAY_AFTER) == {7}


@pytest.mark.parametrize(
    "somebody", [person(), person(grant("system_administrator")), person(grant("auditor"), is_active=False)]
)
def test_who_reads_nothing_sees_no_service(somebody):
    assert services_of(somebody, FIRST) == set()


# -- the admin site -----------------------------------------------------------------------------------------------------------------------------

SET_UP = [
    "council.council",
    "council.service",
    "council.team",
    "council.teamfigure",
    "council.closedday",
    "recruitment.agency",
    "recruitment.agencyname",
    "recruitment.framework",
    "recruitment.lot",
    "recruitment.lotsupplier",
    "recruitment.contract",
    "recruitment.contractapproval",
    "recruitment.sourcingorder",
    "recruitment.sourcingstep",
    "recruitment.exemptionapprover",
    "recruitment.procurementthreshold",
]
PEOPLE = ["council.user", "council.rolegrant", "council.deputy"]
READ_ONLY = ["recruitment.release", "placements.payment", "council.message"]
NEVER_DELETED = {"council.council", "council.user"}


def allowed(role: str, model: str) -> list[bool]:
    """Whether the role may view, add, change and delete rows of the model."""
    app, name = model.split(".")
    somebody = always(role, service=7 if role == "operational_lead" else None)
    return [has_admin_permission(somebody, f"{app}.{verb}_{name}") for verb in ("view", "add", "change", "delete")]


def test_the_admin_knows_these_models_and_no_other():
    assert set(ADMIN_CHANGES) == {*SET_UP, *PEOPLE}
    assert set(PEOPLE) == PEOPLE_MODELS


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", SET_UP)
def test_only_a_contract_administrator_changes_the_set_up_and_an_auditor_reads_it(model, role):
    changes = role == "contract_administrator"
    expected = [changes or role == "auditor", changes, changes, changes and model not in NEVER_DELETED]
    assert allowed(role, model) == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", PEOPLE)
def test_only_a_system_administrator_changes_people_and_deletes_none(model, role):
    changes = role == "system_administrator"
    expected = [changes or role == "auditor", changes, changes, changes and model not in NEVER_DELETED]
    assert allowed(role, model) == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", READ_ONLY)
def test_what_the_admin_does_not_name_is_read_by_two_roles_and_changed_by_none(model, role):
    assert allowed(role, model) == [role in {"contract_administrator", "auditor"}, False, False, False]


@pytest.mark.parametrize("role", ROLES)
def test_three_roles_open_the_admin_and_each_sees_its_own_part_of_it(role):
    somebody = always(role)
    opens, reads = (
        role in {"contract_administrator", "auditor", "system_administrator"},
        role in {"contract_administrator", "auditor"},
    )
    assert may_open_admin(somebody) is opens
    assert somebody.is_staff is opens
    parts = [has_admin_module(somebody, app) for app in ("council", "recruitment", "placements", "reporting", "auth")]
    assert parts == [opens, reads, reads, False, False]
    assert [somebody.has_module_perms(app) for app in ("council", "recruitment")] == [opens, reads]


def test_the_admin_is_closed_to_a_role_that_has_ended_and_to_a_switched_off_account():
    ended = person(grant("contract_administrator", date(2020, 1, 1), date(2021, 1, 1)))
    off = person(grant("contract_administrator", date(2020, 1, 1), None), is_active=False)
    for somebody in (ended, off):
        assert may_open_admin(somebody) is False
        assert somebody.has_perm("council.view_team") is False
        assert somebody.has_module_perms("council") is False
        assert RoleBackend().has_perm(somebody, "council.change_team") is False


def test_the_way_in_for_passwords_gives_permissions_from_the_roles_alone():
    administrator, backend = always("contract_administrator"), RoleBackend()
    assert backend.has_perm(administrator, "council.change_team") is True
    assert backend.has_perm(administrator, "council.change_user") is False
    assert backend.get_all_permissions(administrator) == set()
    assert administrator.has_perms(["council.change_team", "recruitment.change_lot"]) is True
    assert administrator.has_perms(["council.change_team", "council.change_user"]) is False
    assert administrator.is_superuser is False


@pytest.mark.parametrize("permission", ["", "council", "council.team", "council.change", "change_team", ".change_team"])
def test_a_permission_that_is_none_allows_no_change(permission):
    assert has_admin_permission(always(*ROLES), permission) is False
