"""What makes an order of sourcing whole: its steps in their places, and each contract named once.

Pure: no query, no clock, no request. The admin site's form and the action that sets an order up ask the same function.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from council.refusal import Refusal

DIRECT, AGENCY, EXEMPTION = "direct", "agency", "exemption"


@dataclass(frozen=True)
class NamedContract:
    """A contract that a step is to name."""

    key: int
    reference: str
    route: str
    lot: int | None


@dataclass(frozen=True)
class DraftStep:
    """A step as somebody is about to set it up. `lots` maps the key of each lot it names to what it is called."""

    position: int
    kind: str
    contracts: tuple[NamedContract, ...] = ()
    lots: tuple[tuple[int, str], ...] = ()


def order_refusal(steps: Sequence[DraftStep]) -> Refusal | None:
    """Why these steps make no order of sourcing; None where they do."""
    steps = sorted(steps, key=lambda step: step.position)
    if not steps or [step.position for step in steps] != list(range(len(steps))):
        return Refusal("steps_have_a_gap", "Count the steps from 0 (direct recruitment) without a gap.")
    for step in steps:
        if (step.kind == DIRECT) != (step.position == 0):
            return Refusal(
                "direct_is_not_first", "Direct recruitment is position 0, and nothing else is. Change the positions."
            )
        if step.kind == EXEMPTION and step.position == 1:
            return Refusal(
                "no_agency_step",
                "An exemption stands beside agencies under contract. Set up a step of theirs before it.",
            )
        if step.kind == EXEMPTION and step is not steps[-1]:
            return Refusal("exemption_is_not_last", "Exemptions are the last step. Move the others before it.")
        names_something = bool(step.contracts or step.lots)
        if step.kind == AGENCY and not names_something:
            return Refusal(
                "names_nothing", f"Position {step.position} names no contract and no lot. Choose what it may use."
            )
        if step.kind != AGENCY and names_something:
            return Refusal(
                "names_no_contracts",
                f"Position {step.position} is not a step of agencies under contract, so it names no contract and no lot. Take them off it.",
            )
    return _named_twice(steps)


def _named_twice(steps: Sequence[DraftStep]) -> Refusal | None:
    places: dict[int, int] = {}
    lots: dict[int, int] = {}
    for step in steps:
        for key, called in step.lots:
            if lots.setdefault(key, step.position) != step.position:
                return _twice(called, lots[key], step.position)
    for step in steps:
        for contract in step.contracts:
            if contract.route in (DIRECT, EXEMPTION):
                return Refusal(
                    "not_an_agency_contract",
                    f"{contract.reference} is for permanent staff or let by exemption, so no agency step names it. Take it off.",
                )
            if places.setdefault(contract.key, step.position) != step.position:
                return _twice(contract.reference, places[contract.key], step.position)
            by_its_lot = lots.get(contract.lot) if contract.lot is not None else None
            if by_its_lot is not None and by_its_lot != step.position:
                return _twice(contract.reference, by_its_lot, step.position)
    return None


def _twice(called: str, one: int, other: int) -> Refusal:
    return Refusal(
        "named_twice",
        f"{called} is named at positions {min(one, other)} and {max(one, other)}, itself or by its lot. Name it at one of them.",
    )
