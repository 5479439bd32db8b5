"""Which contracts the steps of an order of sourcing name, and what people call each step."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from recruitment.models import NEVER_NAMED, Contract, Route, SourcingOrder, SourcingStep, StepKind, StepSource


def source_naming(order: SourcingOrder, contract: Contract) -> StepSource | None:
    """By what an order names a contract: itself, or else its lot. None where no step may use it."""
    if contract.route in NEVER_NAMED:
        return None
    rows = StepSource.objects.filter(order=order).naming(contract.pk, contract.lot_id)
    return rows.order_by("contract_id").first()  # the one that names the contract itself goes first: nulls come last


def position_of(order: SourcingOrder, contract: Contract, source: StepSource | None) -> int | None:
    """The place of the step that may use a contract: permanent contracts the first, those by exemption the last."""
    if source is not None:
        return source.position
    kind = {Route.DIRECT: StepKind.DIRECT, Route.EXEMPTION: StepKind.EXEMPTION}.get(Route(contract.route))
    return next((step.position for step in order.steps.all() if step.kind == kind), None)


def step_names(order: SourcingOrder, steps: Sequence[SourcingStep], on: date) -> dict[int, str]:
    """What people call each step of an order on a day, by its place: its suppliers, or the framework of its lot.

    Of several, those whose contracts are running on the day; where none is, all that are named.
    """
    running = Contract.objects.running_on(on).exclude(route__in=NEVER_NAMED)
    is_running = Exists(running.filter(Q(pk=OuterRef("contract")) | Q(lot=OuterRef("lot"))))
    rows = StepSource.objects.filter(order=order).annotate(is_running=is_running)
    sources = list(rows.select_related("contract__agency", "lot__framework").order_by("position", "pk"))
    found = {step.position: _name(step, sources, in_full=False) for step in steps}
    twice = {name for name, times in Counter(found.values()).items() if times > 1}
    return {
        step.position: _name(step, sources, in_full=True) if found[step.position] in twice else found[step.position]
        for step in steps
    }


def _name(step: SourcingStep, sources: list[Any], *, in_full: bool) -> str:
    named = [one for one in sources if one.step_id == step.pk]
    names = dict.fromkeys(_called(one, in_full) for one in [one for one in named if one.is_running] or named)
    return " or ".join(names) or step.get_kind_display()


def _called(source: StepSource, in_full: bool) -> str:
    if source.contract:
        return f"{source.contract.agency} under {source.contract}" if in_full else source.contract.agency.name
    assert source.lot, "a source names a contract or a lot"
    return f"The {source.lot} contract" if in_full else f"The {source.lot.framework.reference} contract"
