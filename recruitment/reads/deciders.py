"""Who decides an exemption, at which value, and whose comments it needs first.

Source: contract standing orders (set-up); the decision of 26 April 2022 where none are set up.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db.models import QuerySet

from council.models import Council, Deputy, Role, User
from council.permissions import Approval, may, roles_of
from recruitment.models import (
    Exemption,
    ExemptionApprover,
    Side,
)

COMMENT_RIGHTS = {
    Side.FINANCE: "comment_finance",
    Side.PROCUREMENT: "comment_procurement",
    Side.LEGAL: "comment_legal",
}


# -- who decides ---------------------------------------------------------------------------------------------------------------


def standing_orders(on: date) -> list[tuple[str, Decimal | None]]:
    """(role, up to which value) of who decides exemptions on a day; the Assistant Director at every value where none are set up."""
    rows = ExemptionApprover.objects.filter(starts_on__lte=on).order_by("-starts_on", "pk")
    found = list(rows.values_list("starts_on", "role", "up_to"))
    latest = found[0][0] if found else None
    return [(role, up_to) for start, role, up_to in found if start == latest] or [(Role.ASSISTANT_DIRECTOR.value, None)]


def deciding_roles(value: Decimal, on: date) -> set[str]:
    """The roles that decide an exemption of this value on a day, by the standing orders in force."""
    return _roles_at(value, standing_orders(on))


def _roles_at(value: Decimal, orders: Iterable[tuple[str, Decimal | None]]) -> set[str]:
    return {role for role, up_to in orders if up_to is None or value <= up_to}


class Decider:
    """What somebody decides on a day: by their own role, or as the deputy of somebody. Read once for many exemptions."""

    def __init__(self, user: User, on: date):
        self.orders = standing_orders(on)
        self.people: list[tuple[User, set[str]]] = [(user, set(roles_of(user, on)))]
        if user.is_active:
            rows = Deputy.objects.filter(user=user, approval=Approval.EXEMPTION, starts_on__lte=on, ends_on__gte=on)
            rows = rows.select_related("for_user").prefetch_related("for_user__role_grants").order_by("pk")
            self.people += [(row.for_user, set(roles_of(row.for_user, on))) for row in rows]

    def place_for(self, value: Decimal, parties: Iterable[int] = ()) -> User | None:
        """In whose place: their own, or that of somebody who is no party to it. None where they do not decide at this value."""
        wanted, barred = _roles_at(value, self.orders), set(parties)
        return next((one for one, roles in self.people if wanted & roles and one.pk not in barred), None)


def decided_by(user: User, on: date) -> QuerySet[Exemption]:
    """The exemptions whose value the person decides on a day, also as a deputy."""
    decider = Decider(user, on)
    held = set().union(*(roles for _, roles in decider.people))
    limits = [up_to for role, up_to in decider.orders if role in held]
    rows = Exemption.objects.all()
    if None in limits:
        return rows
    return rows.filter(value__lte=max(limit for limit in limits if limit is not None)) if limits else rows.none()


def decides_for(user: User, value: Decimal, on: date, parties: Iterable[int] = ()) -> User | None:
    """In whose place somebody decides an exemption of this value on a day. None: they do not."""
    return Decider(user, on).place_for(value, parties)


def parties_of(exemption: Exemption) -> set[int]:
    """Who asked for it, completed it or has commented on it, and so never decides it, nor anybody in their place."""
    asked = {exemption.requested_by_id, exemption.put_by_id or exemption.requested_by_id}
    return asked | {one.given_by_id for one in exemption.comments.all()}


def may_decide_any(user: User, on: date) -> bool:
    """Whether the person decides exemptions at all, whatever their value: for pages."""
    return decides_for(user, Decimal("0.01"), on) is not None


def is_a_party(user: User, exemption: Exemption) -> bool:
    """Whether the person asked for it, completed it or has commented on it."""
    return user.pk in parties_of(exemption)


def sides_required() -> list[str]:
    """Whose comments the council wants before an exemption is decided."""
    council = Council.current()
    wanted = {
        Side.FINANCE: council.exemption_finance_comment,
        Side.PROCUREMENT: council.exemption_procurement_comment,
        Side.LEGAL: council.exemption_legal_comment,
    }
    return [side for side, is_wanted in wanted.items() if is_wanted]


def sides_missing(exemption: Exemption, wanted: Sequence[str] | None = None) -> list[str]:
    """The comments still to come on what is being decided now. `wanted` are the council's, read once for many."""
    given = {one.side for one in exemption.comments.all() if one.revision == exemption.revision}
    return [side for side in (sides_required() if wanted is None else wanted) if side not in given]


def side_of(user: User, on: date, exemption: Exemption | None = None) -> str | None:
    """For whom the person comments; of several, the first that has not spoken on this exemption yet."""
    sides = [side for side, right in COMMENT_RIGHTS.items() if may(user, right, on)]
    missing = [side for side in sides if side in sides_missing(exemption, sides)] if exemption and sides else []
    return next(iter(missing or sides), None)


def waiting_for_me(user: User, on: date) -> QuerySet[Exemption]:
    """The exemptions the person may decide now, the oldest first; complete with the comments the council wants."""
    decider, wanted, keys = Decider(user, on), sides_required(), []
    for (pk, value, revision), parties, spoken in _waiting():
        missing = any((side, revision) not in spoken for side in wanted)
        if user.pk not in parties and not missing and decider.place_for(value, parties):
            keys.append(pk)
    return Exemption.objects.filter(pk__in=keys).order_by("put_at", "pk")


def _waiting() -> Iterator[tuple[tuple[int, Decimal, int], set[int], set[tuple[str, int]]]]:
    """What waits, in one query: (key, value, revision); its parties as `parties_of` has them; the (side, revision) that were spoken."""
    own, of_comments = ("pk", "value", "revision", "requested_by", "put_by"), ("given_by", "side", "revision")
    rows = Exemption.objects.waiting().order_by("pk")
    rows = rows.values_list(*own, *(f"comments__{name}" for name in of_comments))
    for one, found in groupby(rows, key=lambda row: row[:3]):
        lines = list(found)
        parties = {key for _, _, _, asked, put, given, _, _ in lines for key in (asked, put, given) if key is not None}
        yield one, parties, {(side, revision) for *_, side, revision in lines}


def side_names(sides: Iterable[str]) -> str:
    """For a sentence: finance and procurement."""
    return " and ".join(Side(one).label.lower() for one in sides)
