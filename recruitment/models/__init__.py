from .account import AccountEntry, AccountMonth, Bucket, ContractAccount
from .contract import AwardMethod, Contract, ContractApproval
from .correction import Correction
from .release import SAID_BY_SUPPLIERS, NotSecuredReason, Outcome, Release, SupplyMode, Tried
from .sourcing import Route, SourcingOrder, SourcingStep
from .statement import Statement, SupplierLink
from .supplier import Agency, AgencyName, Framework, Lot, LotSupplier
from .vacancy import JobType, Kind, Origin, Pattern, RecruitmentState, Round, Status, Urgency, Vacancy

__all__ = [
    "SAID_BY_SUPPLIERS",
    "AccountEntry",
    "AccountMonth",
    "Agency",
    "AgencyName",
    "AwardMethod",
    "Bucket",
    "Contract",
    "ContractAccount",
    "ContractApproval",
    "Correction",
    "Framework",
    "JobType",
    "Kind",
    "Lot",
    "LotSupplier",
    "NotSecuredReason",
    "Origin",
    "Outcome",
    "Pattern",
    "RecruitmentState",
    "Release",
    "Round",
    "Route",
    "SourcingOrder",
    "SourcingStep",
    "Statement",
    "Status",
    "SupplierLink",
    "SupplyMode",
    "Tried",
    "Urgency",
    "Vacancy",
]
