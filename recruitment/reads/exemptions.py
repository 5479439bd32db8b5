"""Exemptions: who may move one where, who decides at which value, and why one may not be asked for or approved.

Sources: the decision of 26 April 2022 (the Assistant Director oversees exemptions); contract standing orders (set-up).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from council.errors import refuse
from council.known import known
from council.models import Council, Deputy, Role, User, calendar_of_the_council
from council.permissions import MAY, Approval, may, roles_of
from council.refusal import Refusal
from council.working_time import LONDON, end_of_day, months_before
from recruitment.models import (
    Agency,
    Contract,
    Exemption,
    ExemptionApprover,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionStatus,
    Outcome,
    ProcurementThreshold,
    Release,
    Round,
    Route,
    Side,
    StatutoryGround,
    Vacancy,
)
from recruitment.reads.requests import open_round_of
from recruitment.reads.rounds import round_state
from recruitment.rules import cascade
from recruitment.rules.procurement_law import AgencySpend, Award, Threshold, counted, threshold_on

# Stage → the stages that may follow, and the right that moves it there. The database holds the same moves.
MOVES: dict[str, dict[str, str]] = {
    ExemptionStatus.REQUESTED: {
        ExemptionStatus.APPROVED: "decide_exemption",
        ExemptionStatus.RETURNED: "decide_exemption",
        ExemptionStatus.TURNED_DOWN: "decide_exemption",
        ExemptionStatus.TAKEN_BACK: "request_exemption",
    },
    ExemptionStatus.RETURNED: {
        ExemptionStatus.REQUESTED: "request_exemption",
        ExemptionStatus.TAKEN_BACK: "request_exemption",
    },
    ExemptionStatus.APPROVED: {
        ExemptionStatus.ENDED: "end_exemption",
        ExemptionStatus.TAKEN_BACK: "decide_exemption",
    },
    ExemptionStatus.TURNED_DOWN: {},
    ExemptionStatus.TAKEN_BACK: {},
    ExemptionStatus.ENDED: {},
}

COMMENT_RIGHTS = {
    Side.FINANCE: "comment_finance",
    Side.PROCUREMENT: "comment_procurement",
    Side.LEGAL: "comment_legal",
}


def right_to(exemption: Exemption, to: str) -> str | None:
    """The right that moves an exemption to a stage; None where it cannot go there."""
    return MOVES[exemption.status].get(to)


def move(exemption: Exemption, to: str, reason: str = "") -> None:
    """Change the stage. Raises RuleViolation for a move that is not in the table. The caller has checked the right, and saves."""
    if right_to(exemption, to) is None:
        now = exemption.get_status_display().lower()
        refuse(
            "not_from_here", f"{exemption.reference} is {now}, so it cannot become {ExemptionStatus(to).label.lower()}."
        )
    exemption.status, exemption.status_reason = to, reason
    exemption.version += 1


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


# -- what an exemption rests on --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What a request has to show for itself on a day: its proof, or that it has none; or why no exemption can be asked for."""

    vacancy: Vacancy
    round_pk: int | None
    proof: Release | None
    refusal: Refusal | None
    no_proof_reason: str = ""
    goes_on: bool = False  # its worker is there by the exemption that this one goes on from


def standing_of(vacancy: Vacancy, now: datetime, *, extends: Exemption | None = None) -> Standing:
    """Whether an exemption may be asked for a request now, and on which answer of the first supplier it would rest.

    Where the worker is there already by the exemption that it `extends`, it rests on what that one rests on: the first supplier is
    asked again when the placement itself is extended.
    """
    if extends and (before := need_in_use(vacancy, extends)):
        proof = Release.objects.select_related("contract__agency").filter(pk=before.proof_id or 0).first()
        reason = before.no_proof_reason
        if before.unproved_by_id:
            proof, reason = None, "The answer it rested on was corrected."
        return Standing(vacancy, before.round_id, proof, None, reason, goes_on=True)
    round_ = open_round_of(vacancy)
    calendar = calendar_of_the_council()
    state = round_state(vacancy, round_, on=now.astimezone(LONDON).date())
    refusal = cascade.exempting_refusal(state, now)
    asked = None if refusal else cascade.first_route_proof(state, now, calendar)
    proof = Release.objects.select_related("contract__agency").get(pk=asked.pk) if asked else None
    return Standing(vacancy, round_.pk if round_ else None, proof, refusal)


def need_in_use(vacancy: Vacancy, exemption: Exemption) -> ExemptionNeed | None:
    """The request's place in an exemption, or in those it goes on from, under which its agency has secured somebody."""
    contracts = exemption.decisions.filter(approves=exemption.pk).values("contract")
    secured = Release.objects.standing().filter(
        vacancy=vacancy, contract__in=contracts, outcome=Outcome.SECURED, exemption=OuterRef("exemption")
    )
    return ExemptionNeed.objects.filter(Exists(secured), vacancy=vacancy).order_by("-pk").first()


def needs_refusal(exemption: Exemption, now: datetime) -> Refusal | None:
    """Why an exemption cannot be approved as its requests stand now; None where it can."""
    for need in exemption.needs.select_related("vacancy", "proof__contract__agency"):
        standing = standing_of(need.vacancy, now, extends=exemption.extends)
        what = f"{need.vacancy.reference}: "
        if standing.refusal:
            return Refusal(standing.refusal.code, what + standing.refusal.sentence)
        if standing.round_pk != need.round_id:
            return Refusal(
                "another_round", f"{what}a new round has begun since. Turn it down, or return it for a new proof."
            )
        if need.proof_id and (standing.proof is None or standing.proof.pk != need.proof_id):
            return Refusal(
                "proof_gone",
                f"{what}the answer it rests on is too old by now, or was corrected. Return it: the first supplier is asked again.",
            )
    return None


def chain_of(contract: int, vacancy: int) -> QuerySet[Exemption]:
    """The exemptions by which a request's worker may be there on a contract: the first, and those that go on from it."""
    return Exemption.objects.filter(
        approved_as__isnull=False, decisions__contract=contract, needs__vacancy=vacancy
    ).order_by("pk")


def span_of(release: Release, ended: dict[int, date] | None = None) -> tuple[date, date]:
    """From when until when a worker may be there on an order by exemption: its own first day, and the last of its chain without a gap.

    With `ended` as it would be if the exemptions with these keys ended on these days.
    """

    def last_day(one: Exemption) -> date:
        return (ended or {}).get(one.pk, one.last_day)

    exemption = known(release.exemption)
    last = last_day(exemption)
    for one in sorted(chain_of(release.contract_id, release.vacancy_id), key=lambda one: one.starts_on):
        if one.starts_on <= last + timedelta(1):
            last = max(last, last_day(one))
    return exemption.starts_on, last


def outside_the_order_refusal(agency: Agency, on: date) -> Refusal | None:
    """Why this agency needs no exemption: it has a contract of the order of sourcing that is running."""
    rows = Contract.objects.running_on(on).filter(agency=agency, route__in=[Route.CORPORATE, Route.FRAMEWORK])
    contract = rows.order_by("-starts_on").first()
    if contract is None:
        return None
    return Refusal(
        "in_the_order",
        f"{agency} has contract {contract.reference}, so it is asked in its turn and needs no exemption.",
    )


# -- the procurement threshold ---------------------------------------------------------------------------------------------------


def newer_thresholds() -> list[Threshold]:
    """The thresholds a contract administrator has set up."""
    return [Threshold(row.starts_on, row.amount, row.includes_vat) for row in ProcurementThreshold.objects.all()]


def spend_of(agency: Agency, on: date, *, more: Exemption | None = None) -> AgencySpend:
    """What an agency's exemptions add up to on a day, with one that is about to be approved where `more` is given."""
    return spends_of([agency], on, more=more)[0]


def approved_by(on: date) -> QuerySet[ExemptionDecision]:
    """The approvals of exemptions by a day, without those taken back by then."""
    taken_back = Q(exemption__status=ExemptionStatus.TAKEN_BACK, exemption__closed_at__lt=end_of_day(on))
    return ExemptionDecision.objects.filter(~taken_back, decision="approved", decided_on__lte=on)


def spends_of(agencies: Iterable[Agency], on: date, *, more: Exemption | None = None) -> list[AgencySpend]:
    """The same for several agencies, in a constant number of queries."""
    agencies = list(agencies)
    council, newer = Council.current(), newer_thresholds()
    approved = approved_by(on).filter(agency__in=agencies)
    awards: dict[int, list[Award]] = {}
    rows = approved.order_by("decided_on", "pk")
    for agency_id, *award in rows.values_list("agency_id", "exemption_id", "decided_on", "value", "value_with_vat"):
        awards.setdefault(agency_id, []).append(Award(*award))
    compliant: dict[int, list[date]] = {}
    for key, start in (
        Contract.objects.known_on(on)
        .filter(agency__in=agencies, route__in=[Route.CORPORATE, Route.FRAMEWORK])
        .values_list("agency_id", "starts_on")
    ):
        compliant.setdefault(key, []).append(start)
    limits: dict[int, Decimal] = {}
    for ground in StatutoryGround.objects.filter(agency__in=agencies, dated_on__lte=on).order_by("dated_on", "pk"):
        limits[ground.agency_id] = ground.limit  # the latest one holds
    months = council.exemption_window_months
    back = months_before(on, months) if months else None
    found = []
    for agency in agencies:
        held = list(awards.get(agency.pk, []))
        if more is not None and more.agency_id == agency.pk:
            held.append(Award(more.pk, on, more.value, more.value_with_vat))
        inside = counted(held, compliant.get(agency.pk, []), back, on)
        found.append(
            AgencySpend(
                agency_id=agency.pk,
                agency=agency.name,
                since=inside[0].on if inside else None,
                awards=inside,
                threshold=threshold_on(on, newer),
                warning_percent=council.threshold_warning_percent,
                limit=limits.get(agency.pk),
            )
        )
    return found


def words_of_requests(
    user: User, on: date, extends: Exemption | None = None, itself: Exemption | None = None
) -> dict[int, str]:
    """The requests for which an exemption may be asked for, each with what it would rest on; in a constant number of queries.

    With `extends` also those whose worker is there by that exemption. `itself` is the exemption that is completed: any other
    that waits or holds for a request keeps that request from being offered.

    The action asks every rule again for those that are chosen.
    """
    busy = Release.objects.standing().filter(
        round=OuterRef("pk"), position__gt=0, outcome__in=[Outcome.OPEN, Outcome.SECURED]
    )
    taken = _open_needs(on).exclude(exemption=itself)
    rounds = Round.objects.filter(
        ~Exists(busy),
        ~Exists(taken.filter(vacancy=OuterRef("vacancy"))),
        closed_at__isnull=True,
        direct_recorded=True,
        vacancy__in=Vacancy.objects.visible_to(user).being_sourced(),
    ).order_by("vacancy_id")
    failed = Release.objects.standing().filter(round__in=rounds, position=1, failed=True, unproved_by__isnull=True)
    proofs = {one.round_id: one for one in failed.select_related("contract__agency").order_by("sent_at", "pk")}
    words = {}
    if extends:
        rounds = rounds.filter(vacancy__exemption_needs__exemption=extends)
        contracts = extends.decisions.filter(approves=extends.pk).values("contract")
        waiting = _open_needs(on, only_waiting=True).exclude(exemption=itself).values("vacancy")
        in_use = Release.objects.visible_to(user).standing().filter(contract__in=contracts, outcome=Outcome.SECURED)
        in_use = in_use.filter(vacancy__exemption_needs__exemption=extends).exclude(vacancy__in=waiting)
        words = dict.fromkeys(in_use.values_list("vacancy_id", flat=True), f"{extends.agency} has a worker there")
    for key, vacancy in rounds.values_list("pk", "vacancy_id"):
        words[vacancy] = (
            proof_words(proofs[key]) if key in proofs else "No proof yet that the first supplier could not supply"
        )
    return words


def proof_words(proof: Release) -> str:
    """For example: Pertemps: no candidates, 10 January 2024. What was put right since is no answer to rest on."""
    if proof.failed_at is None:
        return f"{proof.contract.agency}: the answer was corrected, and proves nothing ({proof.reference})"
    said = proof.get_reason_display() or proof.get_outcome_display()
    when = proof.failed_at.astimezone(LONDON)
    return f"{proof.contract.agency}: {said[0].lower()}{said[1:]}, {when:%-d %B %Y}"


def needs_with_proof(exemption: Exemption) -> list[ExemptionNeed]:
    """The requests of an exemption with the answers they rest on, for pages."""
    return list(
        exemption.needs.select_related(
            "vacancy__team", "round", "proof__contract__agency", "proof__statement", "unproved_by"
        )
    )


def side_names(sides: Iterable[str]) -> str:
    """For a sentence: finance and procurement."""
    return " and ".join(Side(one).label.lower() for one in sides)


def open_need(
    vacancy: Vacancy, on: date, *, itself: Exemption | None = None, only_waiting: bool = False
) -> ExemptionNeed | None:
    """Another exemption for a request that waits or, unless `only_waiting`, holds on a day or later, in its open round."""
    rows = _open_needs(on, only_waiting).filter(vacancy=vacancy).exclude(exemption=itself)
    return rows.select_related("exemption__agency").order_by("-pk").first()


def _open_needs(on: date, only_waiting: bool = False) -> QuerySet[ExemptionNeed]:
    wanted = Q(exemption__status__in=[ExemptionStatus.REQUESTED, ExemptionStatus.RETURNED])
    if not only_waiting:
        wanted |= Q(exemption__approved_as__isnull=False, exemption__last_day__gt=on)
    return ExemptionNeed.objects.filter(wanted, round__closed_at__isnull=True)


assert all(right in MAY for moves in MOVES.values() for right in moves.values())
