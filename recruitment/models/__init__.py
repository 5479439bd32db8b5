from .account import AccountEntry, AccountMonth, Bucket, ContractAccount
from .answer import FAILED, SAID_BY_SUPPLIERS, NotSecuredReason, Outcome, SupplyMode, ToldBy, Tried
from .candidate import CLOSED, NEEDS_REASON, WAITS_FOR_US, Approach, Stage, Submission, SubmissionStep
from .contract import AwardMethod, Contract, ContractApproval
from .correction import Correction
from .emergency import AuthorityWord, EmergencyCall, SpendingAuthority
from .exemption import (
    Exemption,
    ExemptionApprover,
    ExemptionComment,
    ExemptionDecision,
    ExemptionNeed,
    ExemptionReason,
    ExemptionStatus,
    ProcurementThreshold,
    Side,
    StatutoryGround,
)
from .meeting import Meeting, MeetingItem
from .ordering_address import AddressLink, AddressWord, OrderingAddress
from .own_mail import OwnMail
from .proof import WitnessKind
from .release import Release
from .sourcing import NEVER_NAMED, Route, SourcingOrder, SourcingStep, StepClass, StepKind, StepSource
from .start_question import StartQuestion
from .statement import LinkOpening, ReturnedMail, Statement, SupplierLink
from .supplier import Agency, AgencyName, Framework, Lot, LotSupplier
from .supply import SupplyLeave
from .vacancy import JobType, Kind, Origin, Pattern, RecruitmentState, Round, Status, Urgency, Vacancy
from .witness import Witness

__all__ = [
    "CLOSED",
    "FAILED",
    "NEEDS_REASON",
    "NEVER_NAMED",
    "SAID_BY_SUPPLIERS",
    "WAITS_FOR_US",
    "AccountEntry",
    "AccountMonth",
    "AddressLink",
    "AddressWord",
    "Agency",
    "AgencyName",
    "Approach",
    "AuthorityWord",
    "AwardMethod",
    "Bucket",
    "Contract",
    "ContractAccount",
    "ContractApproval",
    "Correction",
    "EmergencyCall",
    "Exemption",
    "ExemptionApprover",
    "ExemptionComment",
    "ExemptionDecision",
    "ExemptionNeed",
    "ExemptionReason",
    "ExemptionStatus",
    "Framework",
    "JobType",
    "Kind",
    "LinkOpening",
    "Lot",
    "LotSupplier",
    "Meeting",
    "MeetingItem",
    "NotSecuredReason",
    "OrderingAddress",
    "Origin",
    "Outcome",
    "OwnMail",
    "Pattern",
    "ProcurementThreshold",
    "RecruitmentState",
    "Release",
    "ReturnedMail",
    "Round",
    "Route",
    "Side",
    "SourcingOrder",
    "SourcingStep",
    "SpendingAuthority",
    "Stage",
    "StartQuestion",
    "Statement",
    "Status",
    "StatutoryGround",
    "StepClass",
    "StepKind",
    "StepSource",
    "Submission",
    "SubmissionStep",
    "SupplierLink",
    "SupplyLeave",
    "SupplyMode",
    "ToldBy",
    "Tried",
    "Urgency",
    "Vacancy",
    "Witness",
    "WitnessKind",
]
