"""Who may do what. One table, read by every action and every button."""

from datetime import date

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from council.known import known
from council.models.people import Approval, Deputy, Role, RoleGrant, User

OFFICER, LEAD = Role.COMMISSIONING_OFFICER, Role.OPERATIONAL_LEAD
DIRECTOR, FINANCE = Role.ASSISTANT_DIRECTOR, Role.FINANCE_OFFICER
SETS_UP, AUDITOR, SYSTEM = Role.CONTRACT_ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR
PROCUREMENT, LEGAL, STRATEGIC = Role.PROCUREMENT_OFFICER, Role.LEGAL_ADVISER, Role.STRATEGIC_DIRECTOR
READERS_OF_ALL = frozenset({OFFICER, DIRECTOR, FINANCE, SETS_UP, AUDITOR, PROCUREMENT, LEGAL, STRATEGIC})

# What a person may do → the roles that may. An operational lead's "view" and "request" reach their own Services only.
MAY: dict[str, frozenset[Role]] = {
    "view": READERS_OF_ALL | {LEAD},
    "view_money": READERS_OF_ALL,
    "request": frozenset({OFFICER, LEAD}),
    "decide_request": frozenset({DIRECTOR, FINANCE}),
    "source": frozenset({OFFICER}),  # releases, answers, placements, hires, rounds
    "confirm_answer": frozenset({OFFICER, LEAD, DIRECTOR}),  # a second person, never who recorded it
    "void": frozenset({OFFICER, DIRECTOR}),  # never the person who entered it
    "correct": frozenset({OFFICER, DIRECTOR, FINANCE}),  # one proposes, another confirms
    "record_breach": frozenset({OFFICER, DIRECTOR}),
    "authorise_breach": frozenset({DIRECTOR}),
    "approve_extension": frozenset({DIRECTOR}),
    "allow_later_route": frozenset({DIRECTOR}),
    "authorise_value": frozenset({STRATEGIC}),  # lets a short booking pass an approved value, in an emergency
    "confirm_emergency": frozenset({DIRECTOR}),
    "request_exemption": frozenset({OFFICER}),
    "comment_finance": frozenset({FINANCE}),
    "comment_procurement": frozenset({PROCUREMENT}),
    "comment_legal": frozenset({LEGAL}),
    "decide_exemption": frozenset({DIRECTOR, STRATEGIC}),  # each up to the value the set-up names
    "end_exemption": frozenset({OFFICER, DIRECTOR}),
    "record_ground": frozenset({LEGAL}),
    "review": frozenset({OFFICER, LEAD, DIRECTOR}),
    "oversee_reviews": frozenset({DIRECTOR}),
    "carry_over": frozenset({OFFICER, DIRECTOR}),  # beyond the length an officer may agree, the Assistant Director
    "confirm_start": frozenset({OFFICER, LEAD}),
    "read_concerns": frozenset({DIRECTOR}),
    "evidence": READERS_OF_ALL,
    "see_mail": frozenset({SETS_UP, AUDITOR, SYSTEM}),
    "attach": READERS_OF_ALL - {AUDITOR} | {LEAD},
    "publish": frozenset({OFFICER, DIRECTOR}),  # which files are fit for a public copy
    "bring_forward": frozenset({SETS_UP}),
    "payments": frozenset({FINANCE}),
    "set_up": frozenset({SETS_UP}),
    "people": frozenset({SYSTEM}),
}


def grants_in_force(user: User, on: date | None = None) -> list[RoleGrant]:
    """The roles that hold on a day (today where none is given).

    Read once for each user object: a request has its own, so a role taken away is gone at the next request.
    """
    if not user.is_active:
        return []
    if user.all_grants is None:
        user.all_grants = list(user.role_grants.all())
    day = on or timezone.localdate()
    return [
        grant for grant in user.all_grants if grant.starts_on <= day and (grant.ends_on is None or grant.ends_on >= day)
    ]


def roles_of(user: User, on: date | None = None) -> set[Role]:
    if not user.is_authenticated:
        return set()
    return {Role(grant.role) for grant in grants_in_force(user, on)}


def may(user: User, what: str, on: date | None = None) -> bool:
    """Whether one of the roles in force allows it. Raises KeyError for a right nobody has defined."""
    return bool(MAY[what] & roles_of(user, on))


# A decision somebody may take in another's place → the right it needs.
APPROVALS: dict[str, str] = {
    Approval.STAFFING_REQUEST: "decide_request",
    Approval.EXTENSION: "approve_extension",
    Approval.BREACH: "authorise_breach",
    Approval.LATER_ROUTE: "allow_later_route",
    Approval.EMERGENCY: "confirm_emergency",
    Approval.EXEMPTION: "decide_exemption",
    Approval.AUTHORITY: "authorise_value",
}


def may_decide(user: User, approval: str, on: date | None = None) -> bool:
    """Whether the person takes a decision on a day: by role, or as the deputy of somebody who does."""
    right = APPROVALS[approval]
    if may(user, right, on):
        return True
    day = on or timezone.localdate()
    rows = Deputy.objects.filter(user=user, approval=approval, starts_on__lte=day, ends_on__gte=day)
    return user.is_active and any(may(row.for_user, right, day) for row in rows.select_related("for_user"))


def stands_in_for(user: User, other: User, approval: str, on: date) -> bool:
    """Whether a person is the deputy of another, who takes such a decision on a day."""
    rows = Deputy.objects.filter(user=user, for_user=other, approval=approval, starts_on__lte=on, ends_on__gte=on)
    return user.is_active and rows.exists() and may(other, APPROVALS[approval], on)


def approvals_of(user: User, on: date) -> set[str]:
    """The decisions a person takes on a day, as `may_decide` has it; in one query for all of them."""
    if not user.is_active:
        return set()
    rows = Deputy.objects.filter(user=user, starts_on__lte=on, ends_on__gte=on).select_related("for_user")
    rows = rows.prefetch_related("for_user__role_grants")
    stands_in = {row.approval for row in rows if may(row.for_user, APPROVALS[row.approval], on)}
    return stands_in | {approval for approval, right in APPROVALS.items() if may(user, right, on)}


def may_decide_request(user: User, on: date | None = None) -> bool:
    """Whether the person agrees staffing requests on a day."""
    return may_decide(user, Approval.STAFFING_REQUEST, on)


def services_of(user: User, on: date | None = None) -> set[int] | None:
    """The Services whose records the person may see; None means all of them."""
    grants = grants_in_force(user, on)
    wide = MAY["view"] - {LEAD}
    if any(grant.role in wide for grant in grants):
        return None
    return {known(grant.service_id) for grant in grants if grant.role == LEAD}


# -- the admin site ---------------------------------------------------------------------------------------------------------

# Model (app_label.model) → the right that changes it there. What is not named here is read-only or not in the admin.
ADMIN_CHANGES = {
    "council.council": "set_up",
    "council.service": "set_up",
    "council.team": "set_up",
    "council.teamfigure": "set_up",
    "council.closedday": "set_up",
    "council.user": "people",
    "council.rolegrant": "people",
    "council.deputy": "people",
    "recruitment.agency": "set_up",
    "recruitment.agencyname": "set_up",
    "recruitment.framework": "set_up",
    "recruitment.lot": "set_up",
    "recruitment.lotsupplier": "set_up",
    "recruitment.contract": "set_up",
    "recruitment.contractapproval": "set_up",
    "recruitment.sourcingorder": "set_up",
    "recruitment.sourcingstep": "set_up",
    "recruitment.exemptionapprover": "set_up",
    "recruitment.procurementthreshold": "set_up",
}
PEOPLE_MODELS = frozenset(name for name, right in ADMIN_CHANGES.items() if right == "people")


def may_open_admin(user: User) -> bool:
    return bool(roles_of(user) & {SETS_UP, SYSTEM, AUDITOR})


def has_admin_permission(user: User, permission: str) -> bool:
    """Answer Django's `app.verb_model` from the roles in force. Nobody deletes a person."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    name = f"{app}.{model}"
    right = ADMIN_CHANGES.get(name)
    if verb == "view":
        if name in PEOPLE_MODELS:
            return bool(roles_of(user) & {SYSTEM, AUDITOR})
        return bool(roles_of(user) & {SETS_UP, AUDITOR})
    if verb == "delete" and name in {"council.user", "council.council"}:
        return False
    return right is not None and may(user, right)


def has_admin_module(user: User, app: str) -> bool:
    if app in {"admin", "council"}:
        return may_open_admin(user)
    return app in {"recruitment", "placements"} and bool(roles_of(user) & {SETS_UP, AUDITOR})


class RoleBackend(ModelBackend):
    """Signs in with Django's own password check; permissions come from the roles alone."""

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.is_active and has_admin_permission(user_obj, perm)

    def has_module_perms(self, user_obj, app_label):
        return user_obj.is_active and has_admin_module(user_obj, app_label)

    def get_all_permissions(self, user_obj, obj=None):
        return set()
