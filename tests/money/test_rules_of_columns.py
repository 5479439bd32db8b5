"""Which column of a payments file is which: what headers are called, which of two wins, when a person is asked, and the names shown."""

import pytest

from money.rules.columns import OPTIONAL, REQUIRED, ROLES, Layout, find_layout, plain, with_choices

DATE, NAME, SUM = "04/01/2022", "Alder Ltd", "5.00"
CELL = {"date": DATE, "service_from": DATE, "service_to": DATE, "supplier": NAME, "amount": SUM}


def rows(*lines: list[str]) -> list[tuple[int, list[str]]]:
    return [(n, list(line)) for n, line in enumerate(lines, 1)]


def takes(role: str, header: str, cell: str | None = None) -> bool:
    """Whether a column with this header, and a cell that fits the role, is taken for it."""
    return find_layout(rows([header], [CELL.get(role, "x") if cell is None else cell])).columns.get(role) == 0


def test_three_columns_are_needed_and_seven_more_are_looked_for():
    assert REQUIRED == ("date", "supplier", "amount")
    assert OPTIONAL == (
        "reference",
        "department",
        "cost_centre",
        "description",
        "order_number",
        "service_from",
        "service_to",
    )
    assert ROLES == REQUIRED + OPTIONAL


HEADERS = {
    "date": (
        "Payment Date; Paid date; Clearing Date; Cleared date; Pay Date; Date paid; Date of Payment; "
        "Date cleared; Paid; Paid on; Posting date; Date; Posted date; GL Date; Effective Date; "
        "Transaction_Date; Ledger date; Invoice date; Some date or other"
    ),
    "supplier": (
        "Supplier Name; Vendor name; Payee Name; Beneficiary name; Creditor Name; Merchant Name; "
        "Suppliers name; Name of supplier; Name of Payee; Name of vendor; Supplier Beneficiary Name; "
        "Supplier; Vendor; Payee; Creditor; Merchant; Beneficiary; Supplier/Beneficiary; Company; "
        "Our supplier here"
    ),
    "amount": (
        "Net; Net amount; Net Value; Net total; Amount net; Value excl. VAT; Total exc VAT; "
        "Amount excluding VAT; £ excl VAT; £ exc VAT; £ ex VAT; Spend net of VAT; Amount; Value; "
        "Invoice Amount; Line amount; Payment amount; Transaction Value; Distribution Amount; Amount paid; "
        "Amount (GBP); Amount in £; Sum of Amount; Any amount; Grand total; Gross; Some value; Paid; Sum"
    ),
    "reference": (
        "Transaction Number; Invoice no; Voucher ref; Document ID; Payment reference; Trans no; Trans ID; "
        "Trans Ref; Our reference; Ref; Our ref no; Ref number; Transaction; Voucher"
    ),
    "department": (
        "Department; Directorate; Service Area; Service Division; Expense area; Business Unit; "
        "Department name; Directorate description; Council division; Spending department; Service; "
        "Service name; Service label"
    ),
    "cost_centre": (
        "Cost centre; Cost Center; Cost Centre Code; Cost centre number; Cost centre no; Cost centre manager; Cost code"
    ),
    "description": (
        "Expense type; Expenses Type; Description; Narrative; Purpose of spend; Merchant category; Subjective; Account"
    ),
    "order_number": (
        "Order; Order number; Order no; Order ref; Purchase order; Purchase Order Reference; PO Number; PO no; PO ref"
    ),
    "service_from": (
        "Service from; Period start; Work start date; Service begin; Service begins; Week commencing; Period from"
    ),
    "service_to": "Service to; Period end; Work end date; Service ends; Week ending; Week ended; Period to",
}


@pytest.mark.parametrize(
    ("role", "header"), [(role, header) for role, found in HEADERS.items() for header in found.split("; ")]
)
def test_a_column_is_known_by_what_finance_systems_call_it(role, header):
    assert takes(role, header)


@pytest.mark.parametrize(
    ("role", "header"),
    [
        ("date", "Update"),
        ("date", "Last update date"),
        ("date", "Date of birth"),
        ("supplier", "Supplier number"),
        ("supplier", "Supplier no"),
        ("supplier", "Supplier ID"),
        ("supplier", "Vendor code"),
        ("supplier", "Supplier ref"),
        ("supplier", "Supplier type"),
        ("supplier", "Merchant category"),
        ("supplier", "Supplier VAT registration"),
        ("supplier", "Supplier charity"),
        ("supplier", "Supplier registered"),
        ("supplier", "Supplier classification"),
        ("supplier", "Supplier postcode"),
        ("supplier", "Supplier address"),
        ("amount", "Irrecoverable VAT amount"),
        ("amount", "VAT amount"),
        ("amount", "VAT only amount"),
        ("amount", "Amount number"),
        ("amount", "Value code"),
        ("amount", "Amount category"),
        ("amount", "Amount type"),
        ("amount", "Total description"),
        ("amount", "Net purpose"),
        ("amount", "VAT"),
        ("date", ""),
        ("date", " - "),
        ("amount", "Name"),
        ("order_number", "Border"),
        ("cost_centre", "Centre"),
    ],
)
def test_a_column_is_never_taken_for_what_its_header_rules_out(role, header):
    assert takes(role, header) is False or role in find_layout(rows([header], [CELL.get(role, "x")])).doubts


def test_a_header_is_compared_by_small_letters_and_digits_alone():
    assert plain(" Pay-Date_2 (£) ") == "paydate2"
    assert plain("ÄÖ!") == ""


# -- which of two -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "better", "worse"),
    [
        ("date", "Payment date", "Posting date"),
        ("date", "Date", "Invoice date"),
        ("date", "Payment date", "Invoice date"),
        ("supplier", "Supplier name", "Supplier"),
        ("supplier", "Vendor", "Company"),
        ("amount", "Net amount", "Amount"),
        ("amount", "Amount", "Gross"),
        ("reference", "Invoice no", "Reference"),
        ("department", "Directorate", "Service"),
        ("cost_centre", "Cost centre", "Cost centre manager"),
        ("description", "Description", "Account"),
    ],
)
def test_of_two_columns_the_better_named_is_taken_wherever_it_stands(role, better, worse):
    cell = CELL.get(role, "x")
    assert find_layout(rows([worse, better], [cell, cell])).columns[role] == 1
    assert find_layout(rows([better, worse], [cell, cell])).columns[role] == 0
    assert role not in find_layout(rows([worse, better], [cell, cell])).doubts


@pytest.mark.parametrize(
    ("role", "header", "wrong"),
    [
        ("date", "Payment date", "soon"),
        ("amount", "Net amount", "five"),
        ("supplier", "Supplier name", "123"),
        ("supplier", "Supplier name", "A1"),
    ],
)
def test_the_better_named_is_left_where_its_cells_say_something_else(role, header, wrong):
    worse = {"date": "Date", "amount": "Amount", "supplier": "Supplier"}[role]
    assert find_layout(rows([header, worse], [wrong, CELL[role]])).columns[role] == 1


def test_a_supplier_has_two_letters_beside_each_other():
    assert takes("supplier", "Supplier", "AB1")
    assert not takes("supplier", "Supplier", "A1B")


@pytest.mark.parametrize("role", ["service_from", "service_to"])
def test_the_days_of_a_service_are_dates(role):
    header = {"service_from": "Service from", "service_to": "Service to"}[role]
    assert takes(role, header, "04/01/2022")
    assert not takes(role, header, "sometime")


@pytest.mark.parametrize(
    ("cells", "is_taken"),
    [
        ([DATE, "x"], True),  # half of them
        ([DATE, "x", "y"], False),
        ([DATE, DATE, "x"], True),
        ([DATE, "", "  ", "x"], True),  # empty cells say nothing
        (["", ""], False),
        (["x"], False),
    ],
)
def test_half_of_the_filled_cells_must_be_what_the_header_says(cells, is_taken):
    found = find_layout(rows(["Payment date"], *([cell] for cell in cells)))
    assert (found.columns.get("date") == 0) is is_taken


def test_a_reference_may_be_anything_that_is_filled():
    assert takes("reference", "Reference", "??")
    assert not takes("reference", "Reference", "  ")


def test_only_the_200_rows_below_the_header_are_looked_at():
    bad, good = [["x"]] * 100, [[DATE]] * 99
    assert find_layout(rows(["Payment date"], *bad, *good, [DATE], ["x"])).columns.get("date") == 0
    assert find_layout(rows(["Payment date"], *bad, *good, ["x"], [DATE], [DATE])).columns.get("date") is None


# -- when a person is asked ---------------------------------------------------------------------------------------------------------------------


def test_two_needed_columns_that_fit_equally_are_in_doubt_and_neither_is_taken():
    found = find_layout(rows(["Amount", "Date", "Supplier", "Amount"], ["6", DATE, NAME, "5"]))
    assert found.doubts == {"amount": [0, 3]}
    assert found.columns == {"date": 1, "supplier": 2}


def test_where_no_header_fits_the_columns_whose_cells_do_are_offered():
    found = find_layout(rows(["When", "Who", "How much"], [DATE, NAME, "5"]))
    assert found.doubts == {"date": [0], "supplier": [1], "amount": [2]}
    assert found.columns == {}


def test_where_no_cells_fit_either_every_column_is_offered():
    found = find_layout(rows(["Date", "Supplier", "Amount"], ["soon", "1", "much"]))
    assert found.doubts == {"date": [0, 1, 2], "supplier": [0, 2], "amount": [1]}
    assert find_layout(rows(["A", "B"], ["?", "?"])).doubts["date"] == [0, 1]


def test_of_two_further_columns_that_fit_equally_the_first_is_taken():
    found = find_layout(rows(["Date", "Supplier", "Amount", "Description", "Narrative"], [DATE, NAME, "5", "a", "b"]))
    assert found.columns["description"] == 3
    assert found.doubts == {}


def test_a_further_column_that_is_not_there_is_no_doubt():
    found = find_layout(rows(["Date", "Supplier", "Amount"], [DATE, NAME, "5"]))
    assert (found.columns, found.doubts) == ({"date": 0, "supplier": 1, "amount": 2}, {})


# -- where the header is ------------------------------------------------------------------------------------------------------------------------


def test_the_header_is_the_row_that_names_most_of_what_is_needed():
    found = find_layout(
        rows(
            ["Payments", "over", "£500", "of", "the", "council"],
            ["Date", "Supplier"],
            ["Date", "Supplier", "Amount"],
            [DATE, NAME, "5"],
        )
    )
    assert (found.header_line, found.headers) == (3, ["Date", "Supplier", "Amount", "", "", ""][:3])


def test_of_two_such_rows_the_fuller_one_is_the_header_and_of_two_equal_ones_the_first():
    fuller = find_layout(
        rows(["Date", "Supplier", "Amount"], ["Date", "Supplier", "Amount", "Note"], [DATE, NAME, "5"])
    )
    first = find_layout(rows(["Date", "Supplier", "Amount"], ["Date", "Supplier", "Amount"], [DATE, NAME, "5"]))
    assert (fuller.header_line, first.header_line) == (2, 1)


def test_a_long_text_is_no_header():
    short, long = "n" * 79, "n" * 80
    assert find_layout(rows(["a"], ["b", long], ["c", short], ["d"])).header_line == 3
    assert find_layout(rows(["a", "b"], ["b", long], [DATE, ""])).header_line == 1


def test_the_header_is_looked_for_among_the_first_forty_rows():
    title = [["Title"]] * 39
    header, line = ["Date", "Supplier", "Amount"], [DATE, NAME, "5"]
    assert find_layout(rows(*title, header, line)).header_line == 40
    assert find_layout(rows(*title, ["Title"], header, line)).header_line == 1


def test_a_row_wider_than_the_header_gives_columns_without_a_name():
    found = find_layout(rows(["Date", "Supplier", "Amount"], [DATE, NAME, "5", "x", "y"]))
    assert found.headers == ["Date", "Supplier", "Amount", "", ""]
    assert found.name(4) == "Column 5 (no name)"


def test_a_row_shorter_than_the_header_leaves_its_last_columns_empty():
    found = find_layout(rows(["Date", "Supplier", "Amount"], [DATE], [DATE, NAME, "5"]))
    assert found.columns == {"date": 0, "supplier": 1, "amount": 2}


# -- names, and what a person has answered ------------------------------------------------------------------------------------------------------

LAYOUT = Layout(3, ["Date", " Paid \n to ", "", "Amount", "AMOUNT"], {"date": 0, "supplier": 1}, {"amount": [3, 4]})


def test_a_column_is_named_by_its_header_and_its_place_where_that_is_not_enough():
    assert [LAYOUT.name(n) for n in range(5)] == [
        "Date",
        "Paid to",
        "Column 3 (no name)",
        "Amount (column 4)",
        "AMOUNT (column 5)",
    ]


def test_an_answer_settles_its_doubt_and_may_change_any_other_column():
    found = with_choices(LAYOUT, {"amount": 4, "date": 2})
    assert found == Layout(3, LAYOUT.headers, {"date": 2, "supplier": 1, "amount": 4}, {})


@pytest.mark.parametrize("chosen", [{"amount": 5}, {"amount": -1}, {"colour": 0}, {}])
def test_an_answer_that_names_no_column_or_nothing_we_look_for_changes_nothing(chosen):
    assert with_choices(LAYOUT, chosen) == LAYOUT


@pytest.mark.parametrize(("place", "is_taken"), [(0, True), (4, True), (5, False), (-1, False)])
def test_an_answer_names_one_of_the_columns_there_are(place, is_taken):
    assert ("amount" in with_choices(LAYOUT, {"amount": place}).columns) is is_taken


def test_files_of_the_same_columns_in_the_same_order_have_the_same_fingerprint():
    one = Layout(1, ["Date", "Amount"], {})
    assert one.fingerprint == Layout(7, ["date ", "AMOUNT (£)"], {"date": 0}).fingerprint
    assert one.fingerprint != Layout(1, ["Amount", "Date"], {}).fingerprint
    assert one.fingerprint != Layout(1, ["DateAmount"], {}).fingerprint
    assert one.fingerprint == "5de1f2c148d72a5a6e0b2d6ceb71d6f8"
    assert len(one.fingerprint) == 32
