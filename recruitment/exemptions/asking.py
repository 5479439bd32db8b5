"""Asking for an exemption, and completing one that was returned."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from council.actions import action
from council.errors import refuse, refuse_if, require
from council.known import known
from council.models import User
from council.permissions import may
from council.references import new_reference
from council.working_time import day_of
from recruitment.exemptions import stages
from recruitment.models import (
    Agency,
    Exemption,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    Vacancy,
)
from recruitment.reads import exemptions
from recruitment.reads.exemptions import facts_of, lock
from recruitment.rules.exemption import nothing_goes_on, refusal, vat_refusal, with_vat

MOST_REQUESTS = 20
WHY = ("justification", "why_no_competition", "risk_if_refused", "return_plan")
WHY_WORDS = {
    "justification": "Say why an exemption is needed.",
    "why_no_competition": "Say why there is no competition.",
    "risk_if_refused": "Say what happens if it is turned down.",
    "return_plan": "Say how and when you return to the order of sourcing.",
}


@dataclass(frozen=True)
class ExemptionAsked:
    """What an exemption is asked for: the agency, for which requests, why, from when until when and for how much.

    `value` is £ excluding VAT, `value_with_vat` including it: at the standard rate where it is left out, and with `vat_differs` at another.
    `no_proof_reason` stands for the requests that have no proof.
    """

    agency: Agency
    vacancies: list[Vacancy]
    reason: str
    justification: str
    why_no_competition: str
    risk_if_refused: str
    return_plan: str
    starts_on: date
    ends_on: date
    value: Decimal
    value_with_vat: Decimal | None = None
    vat_differs: str = ""
    group_name: str = ""
    no_proof_reason: str = ""

    @property
    def including_vat(self) -> Decimal:
        """As entered; else at the standard rate."""
        return with_vat(self.value) if self.value_with_vat is None else self.value_with_vat


@action
def request_exemption(*, by: User, at: datetime, asked: ExemptionAsked, extends: Exemption | None = None) -> Exemption:
    """Ask for an exemption for one request, or for a named group of them: at most one worker for each.

    Each request comes with the first supplier's unsuccessful answer in its round, or with the reason why there is none. `extends`
    is the exemption this one goes on from, or changes: another agency, period or value is a new decision.

    Refuses: agency_not_in_use, already_secured, another_agency, another_request, candidate_waits, direct_first, end_before_start, exemption_exists,
    how_many, in_the_order, no_group_name, no_proof, no_reason, not_approved, not_being_sourced, not_in_order, start_in_past, still_waiting,
    vat_below_net, vat_differs.
    """
    require(may(by, "request_exemption", day_of(at)), "ask for exemptions: a commissioning officer does")
    if extends is not None:
        _check_link(extends, asked, at)
    needs = _check(asked, at, extends=extends)
    if extends is not None:  # again, now that it is ours: requests are always locked before exemptions
        _check_link(lock(extends), asked, at)
    exemption = Exemption(
        **new_reference(Exemption, "EX"), requested_by=by, requested_at=at, put_by=by, put_at=at, extends=extends
    )
    _fill(exemption, asked)
    exemption.save()
    _name_requests(exemption, needs, asked)
    return exemption


@action
def complete_exemption(
    *, by: User, at: datetime, exemption: Exemption, asked: ExemptionAsked, version: int | None = None
) -> Exemption:
    """Put an exemption that was returned for more to a decision again, with what was missing. It needs new comments.

    Refuses: agency_not_in_use, already_secured, another_agency, another_request, candidate_waits, changed_meanwhile, direct_first, end_before_start,
    exemption_exists, how_many, in_the_order, no_group_name, no_proof, no_reason, not_approved, not_being_sourced, not_from_here, not_in_order,
    start_in_past, still_waiting, vat_below_net, vat_differs.
    """
    require(may(by, "request_exemption", day_of(at)), "complete exemptions: a commissioning officer does")
    exemption = lock(exemption, version)
    refuse_if(refusal("complete", facts_of(exemption, by, at)))
    stages.move(exemption, ExemptionStatus.REQUESTED)
    needs = _check(asked, at, extends=exemption.extends, itself=exemption)
    if exemption.extends:
        _check_link(exemption.extends, asked, at)
    exemption.revision += 1
    exemption.put_by, exemption.put_at = by, at
    _fill(exemption, asked)
    exemption.save()
    exemption.needs.all().delete()
    _name_requests(exemption, needs, asked)
    return exemption


def _check_link(before: Exemption, asked: ExemptionAsked, at: datetime) -> None:
    refuse_if(nothing_goes_on(facts_of(before, None, at)))
    named = set(before.needs.values_list("vacancy_id", flat=True))
    if beyond := [one.reference for one in asked.vacancies if one.pk not in named]:
        refuse(
            "another_request",
            f"{before.reference} is not for {', '.join(beyond)}. Ask for an exemption of its own for other requests.",
            "vacancies",
        )
    if asked.agency.pk != before.agency_id:
        refuse(
            "another_agency",
            f"{before.reference} is for {before.agency}. For another agency ask for an exemption of its own.",
            "agency",
        )


def _check(
    asked: ExemptionAsked, at: datetime, *, extends: Exemption | None, itself: Exemption | None = None
) -> list[exemptions.Standing]:
    """Every rule on what is asked for. Returns each request with its proof."""
    today = day_of(at)
    refuse_if(exemptions.outside_the_order_refusal(asked.agency, today), "agency")
    check_in_use(asked.agency, "agency")
    if asked.reason not in ExemptionReason.values:
        refuse("no_reason", "Choose the reason.", "reason")
    for name in WHY:
        if not getattr(asked, name).strip():
            refuse("no_reason", WHY_WORDS[name], name)
    if asked.starts_on < today:
        refuse(
            "start_in_past",
            "An exemption is approved before it starts. Enter today or a later day; a worker who is in post already is recorded as a "
            "breach.",
            "starts_on",
        )
    if asked.ends_on < asked.starts_on:
        refuse("end_before_start", "The end is before the start. Check both dates.", "ends_on")
    refuse_if(vat_refusal(asked.value, asked.including_vat, asked.vat_differs), "value_with_vat")
    if not 1 <= len(asked.vacancies) <= MOST_REQUESTS:
        refuse("how_many", f"Choose 1 to {MOST_REQUESTS} requests.", "vacancies")
    if len(asked.vacancies) > 1 and not asked.group_name.strip():
        refuse("no_group_name", "Name the group of workers, for example: Duty team, winter.", "group_name")
    return [_standing(one, asked, at, extends, itself) for one in sorted(asked.vacancies, key=lambda one: one.pk)]


def _standing(
    vacancy: Vacancy, asked: ExemptionAsked, at: datetime, extends: Exemption | None, itself: Exemption | None
) -> exemptions.Standing:
    """A request with its proof, locked; refused where no exemption can be asked for it."""
    fresh = Vacancy.objects.select_for_update(of=("self",)).get(pk=vacancy.pk)
    standing = exemptions.standing_of(fresh, at, extends=extends)
    if other := exemptions.open_need(fresh, day_of(at), itself=itself, only_waiting=standing.goes_on):
        refuse(
            "exemption_exists",
            f"{vacancy.reference} has {other.exemption.reference} for {other.exemption.agency} already. End it or take it back first.",
            "vacancies",
        )
    if standing.refusal:
        refuse(standing.refusal.code, f"{vacancy.reference}: {standing.refusal.sentence}", "vacancies")
    if standing.proof is None and not (asked.no_proof_reason.strip() or standing.no_proof_reason):
        refuse(
            "no_proof",
            f"{vacancy.reference} has no proof that the first supplier could not supply: no unsuccessful answer in this round that is in "
            "time and not too old. Ask the first supplier, or say why there is no proof.",
            "no_proof_reason",
        )
    return standing


def _fill(exemption: Exemption, asked: ExemptionAsked) -> None:
    exemption.agency = asked.agency
    exemption.reason = asked.reason
    exemption.group_name = asked.group_name.strip() if len(asked.vacancies) > 1 else ""
    for name in WHY:
        setattr(exemption, name, getattr(asked, name).strip())
    exemption.starts_on, exemption.ends_on = asked.starts_on, asked.ends_on
    exemption.value, exemption.value_with_vat = asked.value, asked.including_vat
    exemption.vat_differs = "" if asked.including_vat == with_vat(asked.value) else asked.vat_differs.strip()


def _name_requests(exemption: Exemption, needs: list[exemptions.Standing], asked: ExemptionAsked) -> None:
    for standing in needs:
        ExemptionNeed.objects.create(
            exemption=exemption,
            vacancy=standing.vacancy,
            round_id=known(standing.round_pk),
            proof=standing.proof,
            no_proof_reason="" if standing.proof else asked.no_proof_reason.strip() or standing.no_proof_reason,
        )


def check_in_use(agency: Agency, field: str) -> None:
    if not agency.is_active:
        refuse(
            "agency_not_in_use",
            f"{agency} is not in use any more. A contract administrator has switched it off.",
            field,
        )
