"""The contracts of the demonstration council, and what was approved for each."""

from datetime import date
from decimal import Decimal as D

from council.models import User
from demo.moments import moment
from recruitment.contracts import actions as contracts
from recruitment.models import (
    Agency,
    AwardMethod,
    Contract,
    Framework,
    Lot,
    LotSupplier,
    Route,
    SourcingOrder,
    SourcingStep,
)


def let_contracts(by: User, agencies: dict[str, Agency]) -> dict[str, Contract]:
    before = SourcingOrder.objects.create(
        starts_on=date(2020, 1, 1), decision_reference="Cabinet, Agency staffing, 12 December 2019", proof_age_days=20
    )
    after = SourcingOrder.objects.create(starts_on=date(2022, 4, 26), decision_reference=DECISION, proof_age_days=20)
    for order in (before, after):
        SourcingStep.objects.create(order=order, position=0, route=Route.DIRECT, routine_hours=160, urgent_hours=80)
        SourcingStep.objects.create(order=order, position=1, route=Route.CORPORATE, routine_hours=16, urgent_hours=8)
    SourcingStep.objects.create(order=before, position=2, route=Route.EXEMPTION, routine_hours=16, urgent_hours=8)
    SourcingStep.objects.create(order=after, position=2, route=Route.FRAMEWORK, routine_hours=16, urgent_hours=8)
    SourcingStep.objects.create(order=after, position=3, route=Route.EXEMPTION, routine_hours=16, urgent_hours=8)
    rm6161 = Framework.objects.create(
        reference="RM6161",
        name="Provision of Clinical and Healthcare Staffing",
        starts_on=date(2020, 10, 12),
        expires_on=date(2024, 10, 11),
    )
    rm6281 = Framework.objects.create(
        reference="RM6281",
        name="Workforce solutions for health and social care",
        starts_on=date(2024, 3, 1),
        expires_on=date(2028, 2, 29),
    )
    espo = Framework.objects.create(
        reference="ESPO 3S_18", name="Strategic HR Services", starts_on=date(2018, 6, 1), expires_on=date(2022, 5, 31)
    )
    lots = {}
    for framework, number, name, suppliers in (
        (rm6161, "5", "Social Care Staffing", ["Halden Bridge Care", "Service Care Solutions", "Cedarline Resourcing"]),
        (rm6281, "4", "Social Care Staffing", ["Halden Bridge Care", "Cedarline Resourcing", "Elmstead People"]),
        (espo, "1", "Permanent recruitment", ["Liquid Personnel"]),
    ):
        lots[framework.reference] = lot = Lot.objects.create(framework=framework, number=number, name=name)
        LotSupplier.objects.bulk_create(LotSupplier(lot=lot, agency=agencies[supplier]) for supplier in suppliers)
    made: dict[str, Contract] = {}

    def let(reference, title, agency, route, starts_on, let_on, method, why, lot=None, **more):
        contract = Contract(
            reference=reference,
            title=title,
            agency=agencies[agency],
            route=route,
            lot=lot,
            award_method=method,
            award_reason=why,
            let_on=let_on,
            starts_on=starts_on,
            **more,
        )
        made[reference] = contracts.save_contract(by=by, at=moment(let_on), contract=contract)

    def approve(reference, value, ends_on, decided_on, decision, approver, ground):
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

    rebate = "The council receives a fee and a rebate on spend, part of which is income in the medium term financial strategy."
    let(
        "CORP-2019",
        "Corporate agency staffing 2019",
        "Pertemps",
        Route.CORPORATE,
        date(2019, 4, 1),
        date(2019, 2, 18),
        AwardMethod.TENDER,
        "Open tender for all temporary staff",
        rebate_terms=rebate,
        review_rhythm="quarterly",
    )
    approve(
        "CORP-2019",
        None,
        date(2024, 3, 31),
        date(2019, 2, 11),
        "Cabinet, 11 February 2019",
        "Cabinet",
        "The contract covers the whole council, so no value is set here for social work",
    )
    let(
        "LIQ-3S18",
        "Permanent social workers 2021",
        "Liquid Personnel",
        Route.DIRECT,
        date(2021, 8, 1),
        date(2021, 7, 19),
        AwardMethod.DIRECT_AWARD,
        "Direct award under ESPO 3S_18",
        lot=lots["ESPO 3S_18"],
        target_hires=40,
        review_rhythm="monthly",
    )
    approve(
        "LIQ-3S18",
        None,
        date(2022, 7, 31),
        date(2021, 7, 12),
        "Strategic Director for People, 12 July 2021",
        "Strategic Director for People",
        "Forty experienced social workers who become permanent staff",
    )
    let(
        "RM6161-L5",
        "Social care staffing, RM6161 Lot 5",
        "Halden Bridge Care",
        Route.FRAMEWORK,
        date(2022, 7, 1),
        date(2022, 6, 13),
        AwardMethod.FURTHER_COMPETITION,
        "Further competition among the suppliers of the lot",
        lot=lots["RM6161"],
        review_rhythm="quarterly",
        entered_into_by="Strategic Director for People",
        entered_into_on=date(2022, 6, 13),
        consulted="Portfolio Holder for Children, Families and Education",
        consulted_on=date(2022, 6, 6),
        terms_accepted_by="Strategic Director for Resources",
        terms_accepted_on=date(2022, 6, 9),
    )
    approve(
        "RM6161-L5",
        D("1000000.00"),
        date(2024, 6, 30),
        date(2022, 4, 26),
        DECISION,
        "Leader of the Council",
        "Used only where Pertemps have not secured a social worker",
    )
    let(
        "CORP-2024",
        "Corporate agency staffing 2024",
        "Pertemps",
        Route.CORPORATE,
        date(2024, 4, 1),
        date(2024, 2, 19),
        AwardMethod.TENDER,
        "Open tender for all temporary staff",
        rebate_terms=rebate,
        review_rhythm="quarterly",
    )
    approve(
        "CORP-2024",
        None,
        date(2030, 3, 31),
        date(2024, 2, 12),
        "Cabinet, 12 February 2024",
        "Cabinet",
        "The contract covers the whole council, so no value is set here for social work",
    )
    let(
        "RM6281-L4",
        "Social care staffing, RM6281 Lot 4",
        "Halden Bridge Care",
        Route.FRAMEWORK,
        date(2024, 7, 1),
        date(2024, 6, 10),
        AwardMethod.FURTHER_COMPETITION,
        "RM6161 ends in October 2024; further competition among the suppliers of the lot",
        lot=lots["RM6281"],
        review_rhythm="quarterly",
    )
    approve(
        "RM6281-L4",
        D("600000.00"),
        date(2026, 6, 30),
        date(2024, 6, 3),
        "Portfolio Holder Decision, 3 June 2024",
        "Portfolio Holder for Children, Families and Education",
        "Continues RM6161 Lot 5 under the successor framework",
    )
    approve(
        "RM6281-L4",
        D("900000.00"),
        date(2027, 6, 30),
        date(2026, 4, 20),
        "Variation 1, 20 April 2026",
        "Strategic Director for People",
        "One more year while permanent recruitment catches up",
    )
    return made


DECISION = "Portfolio Holder Decision, Commission Social Work Recruitment, 26 April 2022, sections 3.2, 3.5 and 3.7"
