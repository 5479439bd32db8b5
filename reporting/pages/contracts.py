"""A contract: its value, what is spoken for and when."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from council.working_time import end_of_day
from placements.models import Hire, Payment, Placement
from recruitment.models import (
    AccountEntry,
    Contract,
    StepSource,
)
from reporting.asked import day_asked
from reporting.chart import Series, line_chart
from reporting.pages.files import files_of
from reporting.pages.page import Page
from reporting.reads.contracts import burn_up, positions


class ContractDetail(Page):
    template_name = "contracts/detail.html"
    right = "view_money"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        on = day_asked(self.request, self.today)
        placements = Placement.objects.filter(contract=OuterRef("pk"), booked_at__lt=end_of_day(on))
        entries = AccountEntry.objects.filter(contract=OuterRef("pk"), on__lte=on)
        hires = Hire.objects.standing().filter(contract=OuterRef("pk"), starts_on__lte=on)
        waiting = Payment.objects.waiting().filter(agency=OuterRef("agency"))
        named = StepSource.objects.in_force(on).naming(OuterRef("pk"), OuterRef("lot")).order_by("contract_id")
        found = Contract.objects.with_position().annotate(
            placement_count=_how_many(placements, "contract"),
            entry_count=_how_many(entries, "contract"),
            hires=_how_many(hires, "contract"),
            waiting=_how_many(waiting, "agency"),
            named_at=Subquery(named.values("position")[:1]),
        )
        contract = get_object_or_404(found, pk=pk)
        line = positions([contract], on)[0]
        approvals = list(contract.approvals.select_related("entered_by").order_by("decided_on", "pk"))
        months = burn_up(line, approvals) if line.approval else []
        chart = line_chart(
            [f"{month.month:%b %Y}" for month in months],
            [
                Series("booked", "Booked", [month.booked for month in months]),
                Series("paid", "Paid", [month.paid for month in months]),
                Series("approved", "Approved", [month.approved for month in months]),
            ],
        )
        latest = Placement.objects.filter(contract=contract, booked_at__lt=end_of_day(on))
        return super().get_context_data(
            contract=contract,
            line=line,
            on=on,
            months=months,
            chart=chart,
            finding=_finding(line),
            approvals=[one for one in reversed(approvals) if one.decided_on <= on],
            entries=contract.entries.filter(on__lte=on).select_related("entered_by").order_by("-on", "-pk")[:25],
            placements=latest.select_related("worker", "vacancy__team").order_by("-starts_on", "-pk")[:10],
            files=files_of(self.request.user, "contract", contract),
            **kwargs,
        )


def _how_many(rows: QuerySet, of: str) -> Coalesce:
    """How many rows there are of the row they are asked for, read with it."""
    return Coalesce(Subquery(rows.order_by().values(of).values(count=Count("pk"))), 0)


def _finding(line) -> str:
    """For example: £487,688.00 of £1,000,000.00 is spoken for (48.8%) with 61.0% of the time gone."""
    if line.approval is None:
        return "No decision on this contract’s value and end is recorded by this day."
    if line.approved_value is None:
        return f"£{line.exposure:,.2f} is spoken for. No approved value is set here, so nothing is refused."
    if line.left < 0:
        return f"£{-line.left:,.2f} more than the approved £{line.approved_value:,.2f} is spoken for."
    return (
        f"£{line.exposure:,.2f} of £{line.approved_value:,.2f} is spoken for ({line.percent_used}%) with {line.percent_of_time}% of the "
        "time gone."
    )
