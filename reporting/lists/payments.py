"""Payments, and the files they came in."""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from council.addresses import address
from placements.models import (
    Payment,
    PaymentAllocation,
    PaymentImport,
)
from recruitment.models import (
    Contract,
)
from reporting.lists.filters import agencies
from reporting.lists.listing import Column, DayFilter, Filter, ListPage, field, made


def _states():
    return [("waiting", "To allocate"), ("allocated", "On a contract"), ("not_ours", "Not ours")]


def _by_state(rows, value):
    if value == "waiting":
        return rows.filter(is_ours=True, is_allocated=False)
    return rows.filter(is_allocated=True) if value == "allocated" else rows.filter(is_ours=False)


def _state(is_ours: bool, is_allocated: bool) -> str:
    return "Not ours" if not is_ours else "On a contract" if is_allocated else "To allocate"


class Payments(ListPage):
    title = "Payments"
    file_name = "payments"
    order = "-paid_on"
    right = "view_money"
    empty = "No payments yet. A finance officer imports a payments file."
    text_label = "Reference, supplier or description"
    actions = [
        ("payments", "Import payments", "money:import-new"),
        ("view_money", "Files imported", "reporting:imports"),
    ]
    filters = [
        Filter("state", "State", _states, _by_state),
        Filter("agency", "Agency", agencies, lambda rows, value: rows.filter(agency_id=value)),
        Filter(
            "contract",
            "Contract",
            lambda: [(str(pk), ref) for pk, ref in Contract.objects.values_list("pk", "reference")],
            lambda rows, value: rows.filter(
                Exists(PaymentAllocation.objects.filter(payment=OuterRef("pk"), contract_id=value))
            ),
        ),
    ]
    filters += [
        DayFilter("since", "Paid since", lambda rows, day: rows.filter(paid_on__gte=day)),
        DayFilter("until", "Paid until", lambda rows, day: rows.filter(paid_on__lte=day)),
    ]
    columns = [
        field("Paid on", "paid_on", "day", sort="paid_on"),
        field("Agency", "agency__name", sort="agency__name"),
        field("Supplier as written", "supplier"),
        field("Reference", "reference", sort="reference"),
        field("Department", "department", sort="department"),
        field("Description", "description"),
        field("Amount, £ excluding VAT", "amount", "money", sort="amount"),
        field("On contract", "on_contracts", show=lambda held: held or ""),
        made(
            "State",
            ("is_ours", "is_allocated"),
            _state,
            "tag",
            link=lambda p: address("money:payment-allocate", p.pk) if p.is_ours else "",
        ),
        field("File", "imported_from__file_name", link=lambda p: p.imported_from.get_absolute_url()),
        field("Line", "line", "number"),
    ]
    total = ("Payments, excluding VAT", "amount")

    @staticmethod
    def text_filter(rows, text):
        return rows.filter(Q(reference__icontains=text) | Q(supplier__icontains=text) | Q(description__icontains=text))

    def rows(self):
        parts = PaymentAllocation.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
        names = parts.values(names=StringAgg("contract__reference", ", ", order_by="pk"))
        rows = Payment.objects.annotate(on_contracts=Case(When(is_allocated=True, is_ours=True, then=Subquery(names))))
        return rows.select_related("agency", "imported_from").defer("imported_from__result")


class Imports(ListPage):
    title = "Payments files"
    file_name = "payments-files"
    order = "-uploaded_at"
    right = "view_money"
    empty = "No file yet. A finance officer imports a payments file."
    actions = [("payments", "Import payments", "money:import-new")]
    columns = [
        Column("File", lambda i: i.file_name, sort="file_name", link=lambda i: i.get_absolute_url()),
        Column("Finance system", lambda i: i.source.name, sort="source__name"),
        Column("Added", lambda i: i.uploaded_at, "moment", sort="uploaded_at"),
        Column("By", lambda i: i.uploaded_by.name),
        Column("Rows", lambda i: i.result.get("rows", 0), "number"),
        Column("New payments", lambda i: i.result.get("kept", 0), "number"),
        Column("Stage", lambda i: i.get_status_display(), "tag", sort="status"),
    ]

    def rows(self):
        return PaymentImport.objects.select_related("source", "uploaded_by")
