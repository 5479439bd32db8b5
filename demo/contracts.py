"""The contracts of the demonstration council, and what was approved for each."""

from datetime import date
from decimal import Decimal as D

from council.models import User
from demo.moments import moment
from recruitment.contracts import actions as contracts
from recruitment.contracts.orders_of_sourcing import NewStep, set_order
from recruitment.models import (
    Agency,
    AwardMethod,
    Contract,
    Framework,
    Lot,
    LotSupplier,
    Route,
    StepKind,
)

DECISION = "Portfolio Holder Decision, Commission Social Work Recruitment, 26 April 2022, sections 3.2, 3.5 and 3.7"
REBATE = (
    "The council receives a fee and a rebate on spend, part of which is income in the medium term financial strategy."
)
WHOLE_COUNCIL = "The contract covers the whole council, so no value is set here for social work"


def let_contracts(by: User, agencies: dict[str, Agency]) -> dict[str, Contract]:
    """The orders of sourcing, the frameworks, and every contract with what was approved for it."""
    lots = _lots(agencies)
    made: dict[str, Contract] = {}
    for reference, agency, lot, let_on, details in LET:
        contract = Contract(reference=reference, agency=agencies[agency], lot=lots.get(lot), let_on=let_on, **details)
        made[reference] = contracts.save_contract(by=by, at=moment(let_on), contract=contract)
    for reference, value, ends_on, decided_on, decision, approver, ground in APPROVED:
        contracts.approve(
            by=by,
            at=moment(decided_on, 15),
            contract=made[reference],
            value=value,
            ends_on=ends_on,
            decision_reference=decision,
            decided_on=decided_on,
            approver=approver,
            ground=ground,
        )
    _set_orders(by, made, lots)
    return made


ORDERS = [  # from, decision, the contracts of the first agency step, the frameworks of the next
    (date(2020, 1, 1), "Cabinet, Agency staffing, 12 December 2019", ["CORP-2019"], []),
    (date(2022, 4, 26), DECISION, ["CORP-2019"], ["RM6161"]),
    (date(2024, 2, 19), "Cabinet, 12 February 2024", ["CORP-2019", "CORP-2024"], ["RM6161", "RM6281"]),
    (date(2024, 5, 20), "Head of Service, 20 May 2024", ["CORP-2024", "CORP-OOH"], ["RM6161", "RM6281"]),
]


def _set_orders(by: User, made: dict[str, Contract], lots: dict[str, Lot]) -> None:
    for starts_on, decision, first, frameworks in ORDERS:
        steps = [NewStep(StepKind.DIRECT, routine_hours=160, urgent_hours=80)]
        steps.append(NewStep(StepKind.AGENCY, contracts=[made[one] for one in first]))
        if frameworks:
            steps.append(NewStep(StepKind.AGENCY, lots=[lots[one] for one in frameworks]))
        steps.append(NewStep(StepKind.EXEMPTION))
        set_order(by=by, at=moment(starts_on), starts_on=starts_on, decision_reference=decision, steps=steps)


FRAMEWORKS = [  # reference, name, from, until, number and name of the lot, its suppliers
    (
        "RM6161",
        "Provision of Clinical and Healthcare Staffing",
        date(2020, 10, 12),
        date(2024, 10, 11),
        ("5", "Social Care Staffing"),
        ["Halden Bridge Care", "Service Care Solutions", "Cedarline Resourcing"],
    ),
    (
        "RM6281",
        "Workforce solutions for health and social care",
        date(2024, 3, 1),
        date(2028, 2, 29),
        ("4", "Social Care Staffing"),
        ["Halden Bridge Care", "Cedarline Resourcing", "Elmstead People"],
    ),
    (
        "ESPO 3S_18",
        "Strategic HR Services",
        date(2018, 6, 1),
        date(2022, 5, 31),
        ("1", "Permanent recruitment"),
        ["Liquid Personnel"],
    ),
]


def _lots(agencies: dict[str, Agency]) -> dict[str, Lot]:
    """The reference of a framework → its lot for social care."""
    lots = {}
    for reference, name, starts_on, expires_on, (number, of), suppliers in FRAMEWORKS:
        details = {"name": name, "starts_on": starts_on, "expires_on": expires_on}
        framework = Framework.objects.create(reference=reference, **details)
        lots[reference] = lot = Lot.objects.create(framework=framework, number=number, name=of)
        LotSupplier.objects.bulk_create(LotSupplier(lot=lot, agency=agencies[supplier]) for supplier in suppliers)
    return lots


LET: list[tuple[str, str, str, date, dict]] = [  # reference, agency, framework, let on, and the rest
    (
        "CORP-2019",
        "Pertemps",
        "",
        date(2019, 2, 18),
        {
            "title": "Corporate agency staffing 2019",
            "route": Route.CORPORATE,
            "award_method": AwardMethod.TENDER,
            "award_reason": "Open tender for all temporary staff",
            "starts_on": date(2019, 4, 1),
            "rebate_terms": REBATE,
            "review_rhythm": "quarterly",
        },
    ),
    (
        "LIQ-3S18",
        "Liquid Personnel",
        "ESPO 3S_18",
        date(2021, 7, 19),
        {
            "title": "Permanent social workers 2021",
            "route": Route.DIRECT,
            "award_method": AwardMethod.DIRECT_AWARD,
            "award_reason": "Direct award under ESPO 3S_18",
            "starts_on": date(2021, 8, 1),
            "target_hires": 40,
            "review_rhythm": "monthly",
        },
    ),
    (
        "RM6161-L5",
        "Halden Bridge Care",
        "RM6161",
        date(2022, 6, 13),
        {
            "title": "Social care staffing, RM6161 Lot 5",
            "route": Route.FRAMEWORK,
            "award_method": AwardMethod.FURTHER_COMPETITION,
            "award_reason": "Further competition among the suppliers of the lot",
            "starts_on": date(2022, 7, 1),
            "review_rhythm": "quarterly",
            "entered_into_by": "Strategic Director for People",
            "entered_into_on": date(2022, 6, 13),
            "consulted": "Portfolio Holder for Children, Families and Education",
            "consulted_on": date(2022, 6, 6),
            "terms_accepted_by": "Strategic Director for Resources",
            "terms_accepted_on": date(2022, 6, 9),
        },
    ),
    (
        "CORP-2024",
        "Pertemps",
        "",
        date(2024, 2, 19),
        {
            "title": "Corporate agency staffing 2024",
            "route": Route.CORPORATE,
            "award_method": AwardMethod.TENDER,
            "award_reason": "Open tender for all temporary staff",
            "starts_on": date(2024, 4, 1),
            "rebate_terms": REBATE,
            "review_rhythm": "quarterly",
        },
    ),
    (
        "CORP-OOH",
        "Pertemps",
        "",
        date(2024, 5, 20),
        {
            "title": "Corporate agency staffing, nights and weekends",
            "route": Route.CORPORATE,
            "award_method": AwardMethod.DIRECT_AWARD,
            "award_reason": "The same supplier answers out of hours.",
            "starts_on": date(2024, 6, 1),
        },
    ),
    (
        "RM6281-L4",
        "Halden Bridge Care",
        "RM6281",
        date(2024, 6, 10),
        {
            "title": "Social care staffing, RM6281 Lot 4",
            "route": Route.FRAMEWORK,
            "award_method": AwardMethod.FURTHER_COMPETITION,
            "award_reason": "RM6161 ends in October 2024; further competition among the suppliers of the lot",
            "starts_on": date(2024, 7, 1),
            "review_rhythm": "quarterly",
        },
    ),
]

APPROVED: list[tuple] = [  # reference, value (None: not set here), until, decided on, decision, approver, ground
    (
        "CORP-2019",
        None,
        date(2024, 3, 31),
        date(2019, 2, 11),
        "Cabinet, 11 February 2019",
        "Cabinet",
        WHOLE_COUNCIL,
    ),
    (
        "LIQ-3S18",
        None,
        date(2022, 7, 31),
        date(2021, 7, 12),
        "Strategic Director for People, 12 July 2021",
        "Strategic Director for People",
        "Forty experienced social workers who become permanent staff",
    ),
    (
        "RM6161-L5",
        D("1000000.00"),
        date(2024, 6, 30),
        date(2022, 4, 26),
        DECISION,
        "Leader of the Council",
        "Used only where Pertemps have not secured a social worker",
    ),
    (
        "CORP-2024",
        None,
        date(2030, 3, 31),
        date(2024, 2, 12),
        "Cabinet, 12 February 2024",
        "Cabinet",
        WHOLE_COUNCIL,
    ),
    (
        "CORP-OOH",
        D("16000.00"),
        date(2025, 9, 30),
        date(2024, 5, 20),
        "Head of Service decision of 20 May 2024",
        "Head of Service",
        "first approval",
    ),
    (
        "RM6281-L4",
        D("600000.00"),
        date(2026, 6, 30),
        date(2024, 6, 3),
        "Portfolio Holder Decision, 3 June 2024",
        "Portfolio Holder for Children, Families and Education",
        "Continues RM6161 Lot 5 under the successor framework",
    ),
    (
        "RM6281-L4",
        D("900000.00"),
        date(2027, 6, 30),
        date(2026, 4, 20),
        "Variation 1, 20 April 2026",
        "Strategic Director for People",
        "One more year while permanent recruitment catches up",
    ),
]
