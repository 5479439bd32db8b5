"""Contracts, and the rows behind a contract's figures."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum
from django.http import Http404
from django.utils import timezone

from council.wording import money
from recruitment.models import (
    AccountEntry,
    Contract,
    Route,
)
from reporting.lists.filters import agencies
from reporting.lists.listing import Column, DayFilter, Filter, ListPage, RowsPage
from reporting.reads import contracts


class Contracts(ListPage):
    title = "Contracts"
    file_name = "contracts"
    order = "-starts_on"
    right = "view_money"
    empty = "No contracts yet. A contract administrator adds them in the admin site."
    text_label = "Reference, title or agency"
    filters = [
        Filter("route", "Route", lambda: Route.choices, lambda rows, value: rows.filter(route=value)),
        Filter("agency", "Agency", agencies, lambda rows, value: rows.filter(agency_id=value)),
    ]
    columns = [
        Column("Contract", lambda c: c.reference, sort="reference", link=lambda c: c.get_absolute_url()),
        Column("Title", lambda c: c.title),
        Column("Agency", lambda c: c.agency.name, sort="agency__name"),
        Column("Route", lambda c: c.get_route_display(), sort="route"),
        Column("From", lambda c: c.starts_on, "day", sort="starts_on"),
        Column("Until", lambda c: c.account.ends_on, "day", sort="account__ends_on"),
        Column(
            "Approved value, £ excluding VAT",
            lambda c: c.account.approved_value,
            "money",
            sort="account__approved_value",
        ),
        Column("Spent and committed, £", lambda c: c.account.exposure, "money", sort="account__exposure"),
        Column("Left to commit, £", lambda c: c.account.headroom, "money"),
        Column("Stage", lambda c: contract_stage(c), "tag"),
    ]

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(Q(reference__icontains=text) | Q(title__icontains=text) | Q(agency__name__icontains=text))

    def rows(self):
        taken_back = Contract.objects.filter(pk=OuterRef("pk")).taken_back_by(timezone.localdate())
        return Contract.objects.with_position().annotate(is_taken_back=Exists(taken_back))


def contract_stage(contract: Any) -> str:
    """`contract` was read with `is_taken_back`."""
    if contract.is_taken_back:
        return "Taken back"
    today = timezone.localdate()
    account = contract.account
    if today < contract.starts_on:
        return "Not started"
    if account.ends_on and today > account.ends_on:
        return "Ended"
    return "Over value" if account.headroom is not None and account.headroom < 0 else "Running"


class OfContract:
    """A list of one contract's rows."""

    kwargs: dict[str, Any]
    right = "view_money"

    @property
    def contract(self) -> Contract:
        if not hasattr(self, "_contract"):
            self._contract = Contract.objects.select_related("agency").filter(pk=self.kwargs["pk"]).first()
        if self._contract is None:
            raise Http404
        return self._contract

    @property
    def back(self) -> tuple[str, str]:
        return self.contract.get_absolute_url(), self.contract.reference


class BookingsOfContract(OfContract, RowsPage):
    """Each placement and permanent start with what it has committed by a day: the sums are the contract's figures."""

    file_name = "bookings"
    empty = "Nothing has been booked on this contract by this day."
    filters = [DayFilter("on", "As at")]
    columns = [
        Column("Booking", lambda line: line.reference, link=lambda line: line.address),
        Column("Who or what", lambda line: line.what),
        Column("Start", lambda line: line.starts_on, "day"),
        Column("End", lambda line: line.ends_on, "day"),
        Column("Booked to date, £ excluding VAT", lambda line: line.to_date, "money"),
        Column("Booked to come, £ excluding VAT", lambda line: line.to_come, "money"),
        Column("Spent and committed, £ excluding VAT", lambda line: line.committed, "money"),
    ]

    @property
    def title(self):
        return f"Booked on {self.contract.reference}"

    @property
    def as_at(self) -> date:
        return self.given.get("on", self.today)

    def rows(self):
        return contracts.Bookings(self.contract, self.as_at)

    def summed(self, found):
        line = found.position
        words = f"Booked to date {money(line.booked_to_date)}, to come {money(line.booked_to_come)}"
        return None, {"label": f"{words}; together, excluding VAT", "amount": line.exposure}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["filters"][0]["value"] = self.as_at.isoformat()
        return context


class Entries(OfContract, ListPage):
    """Every entry of the contract's account; added less given back is what is spent and committed."""

    file_name = "entries"
    order = "-on"
    empty = "No entries by this day."
    filters = [DayFilter("until", "Until", lambda rows, day: rows.filter(on__lte=day))]
    columns = [
        Column("Date", lambda entry: entry.on, "day", sort="on"),
        Column("What", lambda entry: entry.note),
        Column("By", lambda entry: entry.entered_by.name),
        Column("Entered", lambda entry: entry.entered_at, "moment", sort="entered_at"),
        Column("On whose authority past the value", lambda entry: entry.authority.given_by if entry.authority else ""),
        Column("£ excluding VAT", lambda entry: signed(entry), "money"),
    ]

    @property
    def title(self):
        return f"Account of {self.contract.reference}"

    def rows(self):
        return AccountEntry.objects.filter(contract=self.contract).select_related("entered_by", "authority")

    @property
    def as_at(self) -> date:
        return self.given.get("until", self.today)

    def summed(self, found):
        total = found.order_by().aggregate(total=Sum(contracts.ADDED))["total"] or Decimal(0)
        return None, {"label": "Spent and committed, excluding VAT", "amount": total}


def signed(entry: AccountEntry) -> Decimal:
    """How an entry changes what is spent and committed: moving between two buckets changes nothing."""
    if entry.taken_from == "":
        return entry.amount
    return -entry.amount if entry.put_into == "" else Decimal(0)
