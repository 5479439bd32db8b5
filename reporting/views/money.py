"""The rows behind a contract's figures."""

from decimal import Decimal

from django.http import Http404
from django.utils import timezone

from recruitment.models import AccountEntry, Contract
from reporting.listing import Column, DayFilter, ListPage
from reporting.reports.contracts import booking_lines
from reporting.views.pages import day_asked


class OfContract:
    """A list of one contract's rows."""

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


class Bookings(OfContract, ListPage):
    """Each placement and permanent start with what it has committed by a day: the sums are the contract's figures."""

    file_name = "bookings"
    empty = "Nothing has been booked on this contract by this day."
    filters = [DayFilter("on", "As at", lambda rows, day: rows)]
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
    def on(self):
        return day_asked(self.request, timezone.localdate())

    def rows(self):
        return [line for line in booking_lines([self.contract.pk], self.on) if line.committed or line.to_date]

    def _sorted(self, rows):
        self.sort = ""
        return rows

    def get_context_data(self, found, **kwargs):
        context = super().get_context_data(found, **kwargs)
        amount = sum((line.committed for line in found), Decimal(0))
        worked = sum((line.to_date for line in found), Decimal(0))
        label = f"Booked to date £{worked:,.2f}, to come £{amount - worked:,.2f}; together, excluding VAT"
        context["filters"][0]["value"] = self.on.isoformat()
        return context | {"total": {"label": label, "amount": amount}, "today": self.on, "back": self.back}


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
        Column("£ excluding VAT", lambda entry: signed(entry), "money"),
    ]

    @property
    def title(self):
        return f"Account of {self.contract.reference}"

    def rows(self):
        return AccountEntry.objects.filter(contract=self.contract).select_related("entered_by")

    def get_context_data(self, found, **kwargs):
        context = super().get_context_data(found, **kwargs)
        total = sum((signed(entry) for entry in found.order_by()), Decimal(0))
        until = self.chosen.get("until")
        return context | {
            "total": {"label": "Spent and committed, excluding VAT", "amount": total},
            "today": DayFilter("until", "", lambda rows, day: rows).read(until) if until else self.today,
            "back": self.back,
        }


def signed(entry: AccountEntry) -> Decimal:
    """How an entry changes what is spent and committed: moving between two buckets changes nothing."""
    if entry.taken_from == "":
        return entry.amount
    return -entry.amount if entry.put_into == "" else Decimal(0)
