"""What a payments file says: dates and amounts as finance systems write them, whose payment it is, and on which contract it goes."""

from datetime import date, datetime, time
from decimal import Decimal as D

import pytest

from council.tables.values import NotReadable, amount_in, cell_text, date_in, without_vat
from money.rules.allocation import Candidate, Facts, contract_for
from money.rules.columns import find_layout
from money.rules.names import KnownNames

# -- dates ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-09", date(2024, 3, 9)),
        ("2024/3/9", date(2024, 3, 9)),
        ("2024.03.09", date(2024, 3, 9)),
        ("2024-03-09T14:30:00Z", date(2024, 3, 9)),
        ("2024-03-09 4:30", date(2024, 3, 9)),
        ("20240309", date(2024, 3, 9)),
        ("09/03/2024", date(2024, 3, 9)),
        ("9.3.24", date(2024, 3, 9)),
        ("9-3-2024", date(2024, 3, 9)),
        ("09 03 2024", date(2024, 3, 9)),
        ("09/03/2024 14:30:00", date(2024, 3, 9)),
        ("  09/03/2024  ", date(2024, 3, 9)),
        ("9 March 2024", date(2024, 3, 9)),
        ("9th  MARCH, 2024", date(2024, 3, 9)),
        ("1st Mar 24", date(2024, 3, 1)),
        ("2nd-mar-2024", date(2024, 3, 2)),
        ("3rd.Mar.24", date(2024, 3, 3)),
        ("9Mar24", date(2024, 3, 9)),
        ("30 sept 2024", date(2024, 9, 30)),
        ("29/02/2024", date(2024, 2, 29)),
        ("31/12/99", date(2099, 12, 31)),
        ("01/01/00", date(2000, 1, 1)),
        ("01/01/0100", date(100, 1, 1)),
        ("01/01/0099", date(2099, 1, 1)),
    ],
)
def test_a_date_is_read_with_the_day_first_or_the_year_first(text, day):
    date_in.cache_clear()
    assert date_in(text) == day


@pytest.mark.parametrize(
    ("name", "month"),
    [
        (name, n)
        for n, name in enumerate(
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
        )
    ],
)
def test_every_month_is_known_by_its_first_three_letters(name, month):
    date_in.cache_clear()
    assert date_in(f"5 {name} 2024") == date(2024, month, 5)


@pytest.mark.parametrize(
    "text",
    [
        "03/13/2024",
        "30/02/2024",
        "29/02/2023",
        "2024-13-01",
        "20241301",
        "9 Foo 2024",
        "32 Mar 2024",
        "0/1/2024",
        "5/6",
        "x",
    ],
)
def test_what_is_no_date_is_named_in_the_refusal(text):
    with pytest.raises(NotReadable) as refused:
        date_in(f" {text} ")
    assert str(refused.value) == f"“{text}” is not a date with the day first"


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_cell_is_no_date(text):
    with pytest.raises(NotReadable, match=r"^no date$"):
        date_in(text)


# -- amounts ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0.00"),
        ("5", "5.00"),
        ("5.", "5.00"),
        (".5", "0.50"),
        ("1,234,567.89", "1234567.89"),
        ("£1,234.50", "1234.50"),
        (" £ 1 234.50 ", "1234.50"),
        ("1\u00a0234.50", "1234.50"),
        ("+5", "5.00"),
        ("£+5", "5.00"),
        ("-5", "-5.00"),
        ("\u22125", "-5.00"),
        ("5-", "-5.00"),
        ("(5)", "-5.00"),
        ("(£5.00)", "-5.00"),
        ("5CR", "-5.00"),
        ("5 cr", "-5.00"),
        ("(-5)", "5.00"),
        ("(5-)", "5.00"),
        ("(5cr)", "5.00"),
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("2.675", "2.68"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_an_amount_is_read_to_the_penny_with_its_sign(text, amount):
    assert amount_in(text) == D(amount)


def test_an_amount_has_two_places():
    assert str(amount_in("5")) == "5.00"
    assert str(amount_in("(5.5)")) == "-5.50"


@pytest.mark.parametrize(
    "text",
    [
        "5,5",
        "12,34.5",
        "1,2345",
        "1.2.3",
        "(5",
        "5)",
        "--5",
        "5--",
        "5DR",
        "cr5",
        "£5 net",
        "5%",
        "1e3",
        "NaN",
        "٥ pounds",
    ],
)
def test_what_is_no_amount_is_named_in_the_refusal(text):
    with pytest.raises(NotReadable) as refused:
        amount_in(f" {text} ")
    assert str(refused.value) == f"“{text}” is not an amount in pounds"


@pytest.mark.parametrize("text", ["", " ", "£", "-", "()", "cr", "(-)", "+"])
def test_a_cell_without_a_figure_has_no_amount(text):
    with pytest.raises(NotReadable, match=r"^no amount$"):
        amount_in(text)


@pytest.mark.parametrize("text", ["10000000000", "10,000,000,000.00", "99999999999", "-10000000000"])
def test_an_amount_of_ten_thousand_million_pounds_is_too_large(text):
    with pytest.raises(NotReadable) as refused:
        amount_in(text)
    assert str(refused.value) == f"“{text}” is too large"


@pytest.mark.parametrize(
    ("amount", "rate", "net"),
    [
        ("120.00", "20", "100.00"),
        ("0.03", "20", "0.03"),  # 0.025
        ("0.01", "20", "0.01"),  # 0.0083
        ("-120.00", "20", "-100.00"),
        ("105.00", "5", "100.00"),
        ("100.00", "0", "100.00"),
        ("0.00", "20", "0.00"),
    ],
)
def test_vat_is_taken_off_by_the_rate_and_rounded_half_up(amount, rate, net):
    assert without_vat(D(amount), D(rate)) == D(net)
    assert without_vat(D("120.00")) == D("100.00")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("as it is ", "as it is "),
        (datetime(2024, 3, 9, 14, 30), "2024-03-09"),
        (date(2024, 3, 9), "2024-03-09"),
        (5, "5"),
        (True, "True"),
        (1234.5, "1234.5"),
        (0.1, "0.1"),
        (1e-05, "0.00001"),
        (-2.5, "-2.5"),
        (999999999999999.0, "999999999999999.0"),
        (1e15, ""),
        (-1e15, ""),
        (float("nan"), ""),
        (float("inf"), ""),
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_spreadsheets_cell_is_the_text_a_csv_file_would_hold(value, text):
    assert cell_text(value) == text


# -- whose payment ------------------------------------------------------------------------------------------------------------------------------

KNOWN = KnownNames(
    {
        "pertemps": (1, "Pertemps"),
        "liquidpersonnel": (2, "Liquid Personnel"),
        "liquidpersonnelgroup": (3, "Liquid Personnel Group"),
        "reed": (4, "Reed"),
    },
    frozenset({"pertempsmedical"}),
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Pertemps", 1),
        ("PERTEMPS LTD.", 1),
        ("Pertemps  Limited", 1),
        ("Liquid Personnel", 2),
        ("Pertemps Medical", None),
        ("Pertemp", None),
        ("", None),
        (" - ", None),
    ],
)
def test_a_name_matches_exactly_once_case_spaces_and_company_words_are_gone(written, key):
    assert KNOWN.agency_of(written) == key


@pytest.mark.parametrize(
    ("written", "agency"),
    [
        ("Pertemps", None),  # it matches
        ("Pertemps Ltd", None),
        ("Pertemps Medical", None),  # somebody has said that it is another
        ("Pertemps Professional", "Pertemps"),  # ours begins it
        ("Perte", "Pertemps"),  # it begins ours, with five letters
        ("Pert", None),
        ("Reed Social", None),  # ours has four letters only
        ("Reeds", "Reed"),  # 8 of 9 letters agree
        ("Pretemps", "Pertemps"),  # 14 of 16 letters agree
        ("Liquid Personel", "Liquid Personnel"),
        ("Liquid Personnel Groups", "Liquid Personnel"),  # both begin it, and the first is shown
        ("Somebody Else", None),
        ("", None),
    ],
)
def test_a_name_like_one_of_ours_is_shown_to_a_person(written, agency):
    assert KNOWN.closest(written) == agency


def test_of_two_names_that_are_like_it_the_liker_one_is_shown():
    names = {
        "alderwaycares": (1, "Alderway Cares"),
        "alderwaycarex": (2, "Alderway Carex"),
        "aldarwaycarey": (3, "Aldarway"),
    }
    assert KnownNames(names, frozenset()).closest("Alderwoy Carex") == "Alderway Carex"


@pytest.mark.parametrize(
    ("known", "written", "shown"),
    [
        ("abcdefghijklmnopqrstuvwxy", "abcdefghijklmnopqrstu1234", "Ours"),  # 21 letters of 25: 42 ÷ 50
        ("abcdefghijklmnopqrstu", "1abcdefghijklmnopqrstu2345678", "Ours"),  # all 21 within 29: 42 ÷ 50
        ("abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrst1234", None),  # 20 of 24: 40 ÷ 48
        ("abcdefghijklmnopqrstu", "1abcdefghijklmnopqrstu23456789", None),  # 42 ÷ 51
        ("alder", "Alderway", "Ours"),  # five letters begin it
        ("alde", "Alderway", None),
        ("alder" * 45, "older" + "alder" * 44, "Ours"),  # a long name of few letters
    ],
)
def test_a_name_is_like_another_from_84_in_100_letters(known, written, shown):
    assert KnownNames({known: (1, "Ours")}, frozenset()).closest(written) == shown


# -- on which contract --------------------------------------------------------------------------------------------------------------------------

OLD = Candidate(1, date(2023, 1, 1), date(2023, 12, 31), frozenset({"PO1", "PO9"}))
NEW = Candidate(2, date(2024, 1, 1), None, frozenset({"PO2", "PO9"}))


@pytest.mark.parametrize(
    ("first", "last", "old", "new"),
    [
        (date(2022, 12, 1), date(2022, 12, 31), False, False),
        (date(2022, 12, 1), date(2023, 1, 1), True, False),
        (date(2023, 12, 31), date(2023, 12, 31), True, False),
        (date(2023, 12, 31), date(2024, 1, 1), True, True),
        (date(2024, 1, 1), date(2024, 1, 1), False, True),
        (date(2030, 1, 1), date(2030, 1, 1), False, True),
    ],
)
def test_a_contract_runs_within_a_time_that_touches_its_first_or_last_day(first, last, old, new):
    assert (OLD.runs_within(first, last), NEW.runs_within(first, last)) == (old, new)


def put(paid_on=date(2023, 6, 1), contracts=(OLD, NEW), after=30, change=14, **fields) -> tuple[int, str] | None:
    return contract_for(Facts(paid_on, **fields), list(contracts), after, change)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"service_from": date(2023, 12, 1), "service_to": date(2023, 12, 31)}, (1, "By service period")),
        ({"service_from": date(2023, 12, 1), "service_to": date(2024, 1, 1)}, None),
        ({"service_from": date(2024, 1, 1)}, (2, "By service period")),
        ({"service_to": date(2024, 1, 1)}, (2, "By service period")),
        ({"service_from": date(2023, 12, 31)}, (1, "By service period")),
        ({"service_to": date(2022, 12, 31)}, None),
        ({"service_from": date(2024, 1, 1), "order_number": "PO1"}, (2, "By service period")),
        ({"service_from": date(2022, 1, 1), "order_number": "PO1"}, None),
        ({"order_number": "PO1"}, (1, "By order number")),
        ({"order_number": "PO2"}, (2, "By order number")),
        ({"order_number": "PO9"}, None),
        ({"order_number": "PO7"}, (1, "By date")),
        ({}, (1, "By date")),
    ],
)
def test_a_payment_goes_by_service_period_then_by_order_number_then_by_date(fields, found):
    assert put(**fields) == found


@pytest.mark.parametrize(
    ("paid_on", "found"),
    [
        (date(2022, 12, 31), None),
        (date(2023, 1, 1), (1, "By date")),
        (date(2023, 12, 17), (1, "By date")),
        (date(2023, 12, 18), None),  # 14 days before the change
        (date(2024, 1, 15), None),  # 14 days after
        (date(2024, 1, 16), None),  # both: the old one up to 30 days after its end
        (date(2024, 1, 30), None),
        (date(2024, 1, 31), (2, "By date")),
    ],
)
def test_near_a_change_of_contract_a_payment_waits_for_a_person(paid_on, found):
    assert put(paid_on) == found


@pytest.mark.parametrize(
    ("paid_on", "found"),
    [
        (date(2023, 12, 31), (1, "By date")),
        (date(2024, 1, 1), (1, "By date")),
        (date(2024, 1, 30), (1, "By date")),
        (date(2024, 1, 31), None),
        (date(2022, 12, 31), None),
    ],
)
def test_a_payment_belongs_to_a_contract_so_many_days_after_its_end(paid_on, found):
    assert put(paid_on, contracts=(OLD,)) == found


def test_the_start_of_the_first_contract_is_no_change():
    assert put(date(2023, 1, 1), contracts=(OLD,)) == (1, "By date")
    assert put(date(2023, 1, 1), contracts=(NEW, OLD)) == (1, "By date")


def test_without_contracts_a_payment_waits():
    assert put(contracts=()) is None
    assert put(contracts=(), order_number="PO1") is None
    assert put(contracts=(), service_from=date(2024, 1, 1)) is None


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        (["Invoice total (incl. VAT)", "Invoice Nett"], 1),
        (["Invoice Nett", "Invoice total (incl. VAT)"], 0),
        (["Amount inc VAT", "Amount"], 1),
        (["Gross amount", "Value"], 1),
        (["Total including VAT", "Net"], 1),
        (["Amount inc VAT", "Reference"], 0),  # no other
        (["Gross", "Reference"], 0),
    ],
)
def test_an_amount_that_says_that_it_includes_vat_is_taken_only_where_there_is_no_other(headers, taken):
    cells = ["120.00" if header != "Reference" else "R1" for header in headers]
    rows = [(1, ["Payment date", "Supplier name", *headers])]
    rows += [(line, ["26/04/2022", "Pertemps Ltd", *cells]) for line in range(2, 6)]
    assert find_layout(rows).columns["amount"] == 2 + taken
