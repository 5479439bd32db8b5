"""The lists of payments and of their files: columns, filters, order, search and total."""

from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from money.payments import allocating
from placements.models import Payment, PaymentImport, PaymentSource
from tests.factories import corporate_contract
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, cells_of, column_of, csv_of, one_world, summary_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


@pytest.fixture(autouse=True)
def on_15_march():
    with time_machine.travel(at(3, 15), tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def paid(world):
    unit4, oracle = (PaymentSource.objects.create(name=name) for name in ("Unit4", "Oracle"))
    january = PaymentImport.objects.create(
        source=unit4,
        file_name="january.csv",
        sha256="a",
        status="imported",
        result={"rows": 12, "kept": 3},
        uploaded_by=world.finance,
        uploaded_at=at(2, 1),
    )
    february = PaymentImport.objects.create(
        source=oracle, file_name="february.csv", sha256="b", uploaded_by=world.finance, uploaded_at=at(3, 1, 9, 5)
    )

    def pay(key, file, agency, paid_on, amount, **more):
        common = {"source": file.source, "imported_from": file, "line_key": key, "occurrence": 1}
        return Payment.objects.create(agency=agency, paid_on=paid_on, amount=D(amount), **common | more)

    one = pay(
        "a", january, world.pertemps, date(2024, 1, 31), "1000.50", supplier="PERTEMPS LTD", reference="INV-3",
        department="Children", description="Week 4", line=7,
    )  # fmt: skip
    split = pay("b", february, world.halden, date(2024, 2, 29), "300.00", supplier="Halden", reference="INV-1", line=2)
    other = pay(
        "c", february, world.pertemps, date(2024, 2, 1), "-20.00", supplier="Pertemps", reference="CN-2", line=3,
        department="Adults", is_ours=False,
    )  # fmt: skip
    waits = pay("d", january, world.brokered, date(2024, 1, 5), "55.00", supplier="Alderway", reference="X-4", line=9)
    allocating.allocate(by=world.finance, at=MONDAY, payment=one, parts=[(world.corporate, D("1000.50"))])
    second = corporate_contract(world.administrator, world.halden, "HBC-2")
    parts = [(world.framework, D("100.00")), (second, D("200.00"))]
    allocating.allocate(by=world.finance, at=MONDAY, payment=split, parts=parts)
    return {"one": one, "split": split, "other": other, "waits": waits, "files": (january, february)}


def test_every_column_of_the_csv(world, client_of):
    header, *found = csv_of(client_of("finance"), "/payments/?text=inv-3")
    assert dict(zip(header, *found, strict=True)) == {
        "Paid on": "2024-01-31",
        "Agency": "Pertemps",
        "Supplier as written": "PERTEMPS LTD",
        "Reference": "INV-3",
        "Department": "Children",
        "Description": "Week 4",
        "Amount, £ excluding VAT": "1000.50",
        "On contract": "CORP",
        "State": "On a contract",
        "File": "january.csv",
        "Line": "7",
    }


def test_the_page_shows_the_same_and_leads_on(world, paid, client_of):
    found = cells_of(client_of("finance"), "/payments/?agency=" + str(world.brokered.pk))
    assert found == [
        [
            ("5 January 2024", ""),
            ("Alderway Care Staffing", ""),
            ("Alderway", ""),
            ("X-4", ""),
            ("", ""),
            ("", ""),
            ("£55.00", ""),
            ("", ""),
            ("To allocate", f"/payments/{paid['waits'].pk}/allocate/"),
            ("january.csv", f"/payments/imports/{paid['files'][0].pk}/"),
            ("9", ""),
        ]
    ]
    other = cells_of(client_of("finance"), "/payments/?state=not_ours")[0]
    assert other[6:9] == [("−£20.00", ""), ("", ""), ("Not ours", "")]


def test_a_payment_split_between_two_names_both(world, client_of):
    (found,) = column_of(client_of("finance"), "/payments/?text=inv-1", "On contract")
    assert sorted(found.split(", ")) == ["HBC-2", "RM6161-L5"]


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("", "INV-1 CN-2 INV-3 X-4"),
        ("state=waiting", "X-4"),
        ("state=allocated", "INV-1 INV-3"),
        ("state=not_ours", "CN-2"),
        ("state=other", "INV-1 CN-2 INV-3 X-4"),  # no such state
        ("contract=1x", "INV-1 CN-2 INV-3 X-4"),
        ("since=2024-01-31", "INV-1 CN-2 INV-3"),
        ("since=2024-02-01", "INV-1 CN-2"),
        ("until=2024-02-01", "CN-2 INV-3 X-4"),
        ("until=2024-01-31", "INV-3 X-4"),
        ("since=31.1.2024", "INV-1 CN-2 INV-3 X-4"),  # no day
        ("text=inv", "INV-1 INV-3"),
        ("text=ltd", "INV-3"),
        ("text=week", "INV-3"),
        ("text=children", ""),
        ("sort=paid_on", "X-4 INV-3 CN-2 INV-1"),
        ("sort=-paid_on", "INV-1 CN-2 INV-3 X-4"),
        ("sort=agency__name&state=allocated", "INV-1 INV-3"),
        ("sort=-agency__name&state=allocated", "INV-3 INV-1"),
        ("sort=reference", "CN-2 INV-1 INV-3 X-4"),
        ("sort=-reference", "X-4 INV-3 INV-1 CN-2"),
        ("sort=amount", "CN-2 X-4 INV-1 INV-3"),
        ("sort=-amount", "INV-3 INV-1 X-4 CN-2"),
        ("sort=department&text=n", "CN-2 INV-3"),
        ("sort=supplier", "INV-1 CN-2 INV-3 X-4"),  # is not sorted by
    ],
)
def test_filters_search_and_order(world, client_of, query, references):
    found = column_of(client_of("finance"), f"/payments/?{query}", "Reference")
    if "department" in query:
        found = [one for one in found if one in references.split()]
    assert found == references.split()


def test_by_contract(world, client_of):
    found = column_of(client_of("finance"), f"/payments/?contract={world.framework.pk}", "Reference")
    assert found == ["INV-1"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "4 rows. Payments, excluding VAT: £1,335.50, as at 15 March 2024."),
        ("state=not_ours", "1 row. Payments, excluding VAT: −£20.00, as at 15 March 2024."),
        ("state=allocated", "2 rows. Payments, excluding VAT: £1,300.50, as at 15 March 2024."),
    ],
)
def test_the_total_is_of_the_rows_that_fit(world, client_of, query, words):
    assert summary_of(client_of("finance"), f"/payments/?{query}") == words


def test_only_finance_is_offered_to_import(world, client_of):
    button = 'data-module="govuk-button" href="/payments/imports/new/"'
    assert button in client_of("finance").get("/payments/").content.decode()
    assert button not in client_of("auditor").get("/payments/").content.decode()


def test_the_files(world, paid, client_of):
    january, february = paid["files"]
    assert csv_of(client_of("auditor"), "/payments/imports/") == [
        ["File", "Finance system", "Added", "By", "Rows", "New payments", "Stage"],
        ["february.csv", "Oracle", "2024-03-01 09:05", "The finance", "0", "0", "Reading the file"],
        ["january.csv", "Unit4", "2024-02-01 10:00", "The finance", "12", "3", "Imported"],
    ]
    assert cells_of(client_of("auditor"), "/payments/imports/")[1] == [
        ("january.csv", f"/payments/imports/{january.pk}/"),
        ("Unit4", ""),
        ("1 February 2024, 10:00", ""),
        ("The finance", ""),
        ("12", ""),
        ("3", ""),
        ("Imported", ""),
    ]
    assert february.pk > january.pk


@pytest.mark.parametrize(
    ("sort", "first"),
    [("file_name", "february"), ("source__name", "february"), ("uploaded_at", "january"), ("status", "january")],
)
def test_the_files_sort_both_ways(world, client_of, sort, first):
    found = column_of(client_of("finance"), f"/payments/imports/?sort={sort}", "File")
    assert (found[0], len(found)) == (f"{first}.csv", 2)
    assert column_of(client_of("finance"), f"/payments/imports/?sort=-{sort}", "File") == found[::-1]
