"""Whose worker may come through a supplier: on a later step none of an agency that would need an exemption, unless it is allowed.

Pure: no query, no clock, no request.
"""

from council.refusal import Refusal

LATER = "later"


def needs_leave(*, agency: str, through: str, step_class: str, is_named: bool, is_allowed: bool) -> Refusal | None:
    """Why nobody is booked yet. `agency` is whose worker it is where that is another one; through the first supplier it is only shown."""
    if not agency or step_class != LATER or is_named or is_allowed:
        return None
    return Refusal(
        "agency_needs_leave",
        f"{agency} has no contract that the order of sourcing names, so by itself it would need an exemption. The Assistant Director decides "
        f"whether its worker may come through {through}.",
    )
