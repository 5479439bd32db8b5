"""What an exemption rests on: the answers of the first supplier, and the requests it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from council.known import known
from council.models import User, calendar_of_the_council
from council.refusal import Refusal
from council.stale import refuse_changed
from council.wording import day_name, money
from council.working_time import LONDON, day_of
from recruitment.models import (
    Agency,
    Contract,
    Exemption,
    ExemptionNeed,
    ExemptionStatus,
    Outcome,
    Release,
    Round,
    StepSource,
    Vacancy,
)
from recruitment.reads import deciders
from recruitment.reads.requests import open_round_of
from recruitment.reads.rounds import round_state
from recruitment.rules import cascade
from recruitment.rules.charge import end_of, estimated_cost
from recruitment.rules.exemption import ExemptionFacts, RequestsAsk, compared

# -- what its requests ask for ----------------------------------------------------------------------------------------------------


def requests_ask(vacancies: Sequence[Vacancy]) -> RequestsAsk:
    """Of one request or several: from the first day anybody is needed to the last, each at its highest rate."""
    ends = [end_of(one.needed_from, one.expected_weeks) for one in vacancies]
    costs = (
        estimated_cost(one.hours_per_week, one.pattern, one.needed_from, one.expected_weeks, one.max_charge_rate)
        for one in vacancies
    )
    return RequestsAsk(min(one.needed_from for one in vacancies), max(ends), sum(costs, Decimal(0)))


def days_and_estimate(requests: RequestsAsk) -> str:
    return f"{day_name(requests.starts_on)} to {day_name(requests.ends_on)}, estimated at {money(requests.estimate)}"


def compared_words(exemption: Exemption, vacancies: Sequence[Vacancy]) -> str:
    """What the requests of an exemption ask for, and how it differs from that."""
    asked = requests_ask(vacancies)
    return f"{days_and_estimate(asked)}. {compared(exemption.starts_on, exemption.ends_on, exemption.value, asked)}"


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
    """Why this agency needs no exemption: it has a contract that the order of sourcing names, and that is running."""
    rows = Contract.objects.running_on(on).named(StepSource.objects.in_force(on)).filter(agency=agency)
    contract = rows.order_by("-starts_on").first()
    if contract is None:
        return None
    return Refusal(
        "in_the_order",
        f"{agency} has contract {contract.reference}, so it is asked in its turn and needs no exemption.",
    )


def words_of_requests(
    user: User, on: date, extends: Exemption | None = None, itself: Exemption | None = None
) -> dict[int, str]:
    """The requests for which an exemption may be asked for, each with what it would rest on; in a constant number of queries.

    With `extends` also those whose worker is there by that exemption. `itself` is the exemption that is completed: any other
    that waits or holds for a request keeps that request from being offered.

    The action asks every rule again for those that are chosen.
    """
    rounds, in_use = _to_name(user, on, extends, itself)
    failed = Release.objects.standing().filter(round__in=rounds, position=1, failed=True, unproved_by__isnull=True)
    proofs = {one.round_id: one for one in failed.select_related("contract__agency").order_by("sent_at", "pk")}
    words: dict[int, str] = {}
    if extends:
        words = dict.fromkeys(in_use.values_list("vacancy_id", flat=True), f"{extends.agency} has a worker there")
    for key, vacancy in rounds.values_list("pk", "vacancy_id"):
        words[vacancy] = (
            proof_words(proofs[key]) if key in proofs else "No proof yet that the first supplier could not supply"
        )
    vacancies = Vacancy.objects.in_bulk(words)
    return {key: f"{days_and_estimate(requests_ask([vacancies[key]]))}. {text}" for key, text in words.items()}


def may_name_requests(user: User, on: date, extends: Exemption) -> bool:
    """Whether some request may be named in an exemption that goes on from another."""
    rounds, in_use = _to_name(user, on, extends, None)
    return in_use.exists() or rounds.exists()


def _to_name(
    user: User, on: date, extends: Exemption | None, itself: Exemption | None
) -> tuple[QuerySet[Round], QuerySet[Release]]:
    """The rounds in which an exemption may be asked for; and, with `extends`, the orders by which its worker is there."""
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
    if extends is None:
        return rounds, Release.objects.none()
    rounds = rounds.filter(vacancy__exemption_needs__exemption=extends)
    contracts = extends.decisions.filter(approves=extends.pk).values("contract")
    waiting = _open_needs(on, only_waiting=True).exclude(exemption=itself).values("vacancy")
    in_use = Release.objects.visible_to(user).standing().filter(contract__in=contracts, outcome=Outcome.SECURED)
    return rounds, in_use.filter(vacancy__exemption_needs__exemption=extends).exclude(vacancy__in=waiting)


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


# -- what the rules ask about an exemption ---------------------------------------------------------------------------------------


def with_facts(rows: QuerySet[Exemption]) -> QuerySet[Any]:
    """Exemptions with what `facts_from` reads of each, in the same query but for the comments."""
    goes_on = Exemption.objects.filter(extends=OuterRef("pk"))
    return rows.select_related("agency", "extends").annotate(
        is_used=Exists(Release.objects.standing().filter(exemption=OuterRef("pk"))),
        another_goes_on=Exists(goes_on.exclude(status__in=[ExemptionStatus.TURNED_DOWN, ExemptionStatus.TAKEN_BACK])),
        another_was_approved=Exists(goes_on.filter(approved_as__isnull=False)),
    )


def facts_of(
    exemption: Exemption, user: User | None, now: datetime, needed_until: date | None = None
) -> ExemptionFacts:
    rows = with_facts(Exemption.objects.filter(pk=exemption.pk)).prefetch_related("comments")
    return facts_from(rows.get(), user, now, needed_until=needed_until)


def facts_from(
    one: Any, user: User | None, now: datetime, *, needed_until: date | None = None, requests_to_name: bool = True
) -> ExemptionFacts:
    """What the rules ask about an exemption that was read `with_facts`, for the person who looks.

    `needed_until` is known to the placements room alone; whether it has `requests_to_name` is read where somebody may name them.
    """
    today, key, in_place_of_a_party = day_of(now), user.pk if user else None, False
    if user is not None and one.status == ExemptionStatus.REQUESTED:
        decider = deciders.Decider(user, today)
        in_place_of_a_party = decider.place_for(one.value, deciders.parties_of(one)) is None
    return ExemptionFacts(
        reference=one.reference,
        agency=one.agency.name,
        exemption_is=one.get_status_display().lower(),
        today=today,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        waits=one.status == ExemptionStatus.REQUESTED,
        is_returned=one.status == ExemptionStatus.RETURNED,
        is_approved=one.status == ExemptionStatus.APPROVED,
        asked_by_this_person=key is not None and key in (one.requested_by_id, one.put_by_id),
        commented_by_this_person=key is not None and any(said.given_by_id == key for said in one.comments.all()),
        in_place_of_a_party=in_place_of_a_party,
        is_used=one.is_used,
        goes_on_from=one.extends.reference if one.extends else "",
        another_goes_on=one.another_goes_on,
        another_was_approved=one.another_was_approved,
        requests_to_name=requests_to_name,
        needed_until=needed_until,
    )


def lock(exemption: Exemption, version: int | None = None) -> Exemption:
    """The row as it is now, locked. With `version`, refuses what was decided on an older sight of it."""
    fresh = Exemption.objects.select_for_update(of=("self",)).select_related("agency").get(pk=exemption.pk)
    if version is not None and fresh.version != version:
        refuse_changed(fresh, version)
    return fresh
