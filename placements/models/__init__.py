from .breach import Breach, BreachKind
from .brought_forward import BroughtForward
from .hire import Hire
from .moves_and_extensions import ExtensionProposal, PlacementMove, PracticeConcern
from .payment import DismissedName, PaidDay, Payment, PaymentAllocation, PaymentImport, PaymentSource
from .period import PlacementPeriod, PlacementReversal, Turn
from .placement import Basis, Continues, EndReason, Placement
from .review import QualityReview, ReviewAction
from .worker import Worker

__all__ = [
    "Basis",
    "Breach",
    "BreachKind",
    "BroughtForward",
    "Continues",
    "DismissedName",
    "EndReason",
    "ExtensionProposal",
    "Hire",
    "PaidDay",
    "Payment",
    "PaymentAllocation",
    "PaymentImport",
    "PaymentSource",
    "Placement",
    "PlacementMove",
    "PlacementPeriod",
    "PlacementReversal",
    "PracticeConcern",
    "QualityReview",
    "ReviewAction",
    "Turn",
    "Worker",
]
