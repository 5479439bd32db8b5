"""Contracts, the approvals of their value and end, and the entries of their account."""

from datetime import date, datetime
from decimal import Decimal

from council.actions import action
from council.errors import refuse, require
from council.known import known
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from recruitment.models import (
    AccountEntry,
    Agency,
    AwardMethod,
    Bucket,
    Contract,
    ContractAccount,
    ContractApproval,
    Exemption,
    ExemptionDecision,
    ExemptionStatus,
    Route,
    SpendingAuthority,
    StepSource,
)


def in_use(contract: Contract) -> bool:
    """Whether a step names it, a supplier was asked under it, or money stands on it: its agency, route, lot and dates then stay."""
    named = StepSource.objects.naming(contract.pk, contract.lot_id)
    return named.exists() or contract.releases.exists() or contract.entries.exists()


@action
def save_contract(*, by: User, at: datetime, contract: Contract) -> Contract:
    """Record a contract, or what was corrected in it. The admin form has checked its shape.

    Refuses: contract_in_use, let_by_exemption.
    """
    require(may(by, "set_up", day_of(at)), "set up contracts")
    if contract.route == Route.EXEMPTION:
        refuse("let_by_exemption", "A contract by exemption is let by approving the exemption.", "route")
    contract.clean()
    before = Contract.objects.filter(pk=contract.pk).first()
    if before and in_use(before):
        fixed = ("agency_id", "route", "lot_id", "let_on", "starts_on")
        if any(getattr(before, name) != getattr(contract, name) for name in fixed):
            refuse(
                "contract_in_use",
                f"{contract.reference} is in use, so its agency, route, lot and dates stay. Set up another contract.",
            )
    contract.save()
    return contract


@action
def approve(
    *,
    by: User,
    at: datetime,
    contract: Contract,
    value: Decimal | None,
    ends_on: date,
    decision_reference: str,
    decided_on: date,
    approver: str,
    ground: str,
    approved_by: User | None = None,
) -> ContractApproval:
    """Enter a decision on a contract's value and end: the first authorises it, each later one is a variation.

    Refuses: ends_before_start, in_future, let_by_exemption, own_approval.
    """
    require(may(by, "set_up", day_of(at)), "enter approvals of contracts")
    if contract.route == Route.EXEMPTION:
        refuse(
            "let_by_exemption",
            f"{contract.reference} is let by exemption. For another value or end ask for a linked exemption, which is decided anew.",
        )
    if (approved_by and approved_by.pk == by.pk) or approver.strip().casefold() == by.name.casefold():
        refuse("own_approval", "Somebody other than the approver enters an approval.")
    if decided_on > day_of(at):
        refuse("in_future", "The decision's date is in the future. Enter it once it has been taken.", "decided_on")
    if ends_on < contract.starts_on:
        refuse(
            "ends_before_start",
            f"{contract.reference} would end before it starts ({day_name(contract.starts_on)}).",
            "ends_on",
        )
    return ContractApproval.objects.create(
        contract=contract,
        value=value,
        ends_on=ends_on,
        decision_reference=decision_reference,
        decided_on=decided_on,
        approver=approver,
        approved_by=approved_by,
        ground=ground,
        entered_by=by,
        entered_at=at,
    )


def let_by_exemption(
    *, reference: str, title: str, agency: Agency, why: str, let_on: date, starts_on: date
) -> Contract:
    """The contract that an approved exemption lets. The caller holds the exemption's lock and approves value and end."""
    return Contract.objects.create(
        reference=reference,
        title=title[:200],
        agency=agency,
        route=Route.EXEMPTION,
        award_method=AwardMethod.EXEMPTION,
        award_reason=why,
        let_on=let_on,
        starts_on=starts_on,
    )


def by_exemptions(contract: Contract) -> tuple[Decimal, date]:
    """(value, last day) of a contract let by exemption: of all that are approved on it.

    Those that were ended early count up to their end. While others stand, what of an ended one was not committed goes with it.
    """
    rows = list(Exemption.objects.filter(decisions__contract=contract, approved_as__isnull=False).distinct())
    whole = sum((one.value for one in rows), Decimal(0))
    standing = sum((one.value for one in rows if one.status == ExemptionStatus.APPROVED), Decimal(0))
    if not standing:
        return whole, max(one.last_day for one in rows)
    committed = ContractAccount.objects.filter(pk=contract.pk).values_list("exposure", flat=True).first() or Decimal(0)
    return min(whole, max(standing, committed)), max(one.last_day for one in rows)


def approve_by_exemption(decision: ExemptionDecision) -> ContractApproval:
    """Value and end of the contract an exemption draws on: those of all exemptions it was let by together.

    In the name of who decided it. The database refuses more than the exemptions allow.
    """
    contract = known(decision.contract)
    value, ends_on = by_exemptions(contract)
    return ContractApproval.objects.create(
        contract=contract,
        exemption=decision.exemption,
        value=value,
        ends_on=ends_on,
        decision_reference=f"Exemption {decision.exemption.reference}",
        decided_on=decision.decided_on,
        approver=decision.decided_by.name,
        approved_by=decision.decided_by,
        ground=decision.reason,
        entered_by_id=decision.requested_by_id,
        entered_at=decision.decided_at,
    )


def end_by_exemption(
    contract: Contract, exemption: Exemption, *, by: User, at: datetime, ground: str
) -> ContractApproval:
    """The contract of an exemption that is ended early ends with the last of those it was let by, and keeps what is committed."""
    value, ends_on = by_exemptions(contract)
    return ContractApproval.objects.create(
        contract=contract,
        exemption=exemption,
        value=value,
        ends_on=ends_on,
        decision_reference=f"Exemption {exemption.reference}, ended early",
        decided_on=day_of(at),
        approver=exemption.decisions.get(approves=exemption.pk).decided_by.name,
        ground=ground,
        entered_by=by,
        entered_at=at,
    )


def commit(
    contract_id: int,
    amount: Decimal,
    *,
    note: str,
    by: User,
    at: datetime,
    authority: SpendingAuthority | None = None,
) -> AccountEntry:
    """New exposure. The database refuses it past the approved value, also when two book at the same moment.

    It does not where the Strategic Director's authority is named, which serves once.
    """
    return _entry(contract_id, "", Bucket.COMMITTED, amount, note, by, at, authority)


def exchange(
    contract_id: int, back: Decimal, amount: Decimal, *, out_of: str, note: str, by: User, at: datetime
) -> tuple[AccountEntry, AccountEntry]:
    """Give back and commit in one statement, so that a contract over its value may come down: (given back, committed).

    The database refuses it past the approved value only where more would be committed, or spent and committed, than before.
    """
    entries = [
        _new_entry(contract_id, out_of, "", back, note, by, at),
        _new_entry(contract_id, "", Bucket.COMMITTED, amount, note, by, at),
    ]
    returned, committed = AccountEntry.objects.bulk_create(entries)
    return returned, committed


def record_fact(contract_id: int, amount: Decimal, *, note: str, by: User, at: datetime) -> AccountEntry:
    """What is being worked already: a fact, which is never refused and shows as over value where it is."""
    return _entry(contract_id, "", Bucket.ACCRUED, amount, note, by, at)


def give_back(
    contract_id: int, amount: Decimal, *, note: str, by: User, at: datetime, out_of: str = Bucket.COMMITTED
) -> AccountEntry:
    """Release what was committed, or entered as a fact, and will not be worked."""
    return _entry(contract_id, out_of, "", amount, note, by, at)


def _entry(
    contract_id: int,
    taken_from: str,
    put_into: str,
    amount: Decimal,
    note: str,
    by: User,
    at: datetime,
    authority: SpendingAuthority | None = None,
) -> AccountEntry:
    entry = _new_entry(contract_id, taken_from, put_into, amount, note, by, at, authority)
    entry.save()
    return entry


def _new_entry(
    contract_id: int,
    taken_from: str,
    put_into: str,
    amount: Decimal,
    note: str,
    by: User,
    at: datetime,
    authority: SpendingAuthority | None = None,
) -> AccountEntry:
    on = day_of(at)
    return AccountEntry(
        contract_id=contract_id,
        taken_from=taken_from,
        put_into=put_into,
        amount=amount,
        on=on,
        period=on.replace(day=1),
        note=note,
        authority=authority,
        entered_by=by,
        entered_at=at,
    )
