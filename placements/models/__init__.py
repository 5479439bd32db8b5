from .hire import Hire
from .payment import DismissedName, Payment, PaymentAllocation, PaymentImport, PaymentSource
from .placement import EndReason, Placement, PlacementPeriod, PlacementReversal, Turn
from .worker import Worker

__all__ = [
    "DismissedName",
    "EndReason",
    "Hire",
    "Payment",
    "PaymentAllocation",
    "PaymentImport",
    "PaymentSource",
    "Placement",
    "PlacementPeriod",
    "PlacementReversal",
    "Turn",
    "Worker",
]
