"""One contract on a day: its approval, percents, stage in a word, what was paid, month by month, and the rows behind the figures.

The tests only read, so they share one world.
"""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from council.working_time import LONDON
from money.payments import allocating
from placements.models import Payment, PaymentImport, PaymentSource
from recruitment.contracts import actions as contracts
from recruitment.exemptions import deciding
from reporting.reads.contracts import positions
from tests.factories import corporate_contract
from tests.reporting.money_cases import Cases, at, one_world
from tests.reporting.reading import months_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def made(world):
    """Contracts by name."""
    by, agency, cases = world.administrator, world.pertemps, Cases(world)

    def contract(reference, value, **fields):
        return corporate_contract(by, agency, reference, value=value, **fields)

    def vary(of, value, ends_on, decided_on):
        contracts.approve(
            by=by,
            at=at(3, 2),
            contract=of,
            value=D(value),
            ends_on=ends_on,
            decision_reference="Decision 2",
            decided_on=decided_on,
            approver="Leader of the Council",
            ground="Needed",
        )

    def commit(on, amount, when):
        contracts.commit(on.pk, D(amount), note="Agreed", by=by, at=when)

    found = {"framework": world.framework, "no limit": world.corporate}
    # Varied twice on 1 March; the decision of 1 February was entered last.
    varied = found["varied"] = contract("C-varied", "50000", ends_on=date(2024, 12, 31))
    vary(varied, "60000", date(2025, 6, 30), date(2024, 3, 1))
    vary(varied, "40000", date(2025, 5, 31), date(2024, 3, 1))
    vary(varied, "55000", date(2025, 3, 31), date(2024, 2, 1))
    commit(varied, "500.00", at(1, 15))
    # A breach of £3,700.00 in all, recorded on 10 January.
    for name, value in (("at its value", "3700"), ("over its value", "3699.99"), ("far over", "3000")):
        found[name] = contract(f"C-{name}", value, ends_on=date(2024, 2, 29))
        cases.found(name, found[name])
    # Let by an exemption approved on 10 January, which was taken back on 12 January.
    exemption = world.exempted()
    deciding.take_back(by=world.director, at=at(1, 12, 23, 59), exemption=exemption, reason="Not needed")
    found["taken back"] = exemption.decisions.get(approves=exemption.pk).contract
    # From 15 November 2023; £20,000.00 until 31 March, £25,000.00 until 3 May by a decision of 10 February.
    let = {"let_on": date(2023, 11, 10), "starts_on": date(2023, 11, 15), "ends_on": date(2024, 3, 31)}
    burnt = found["burnt"] = contract("C-burnt", "20000", **let)
    vary(burnt, "25000", date(2024, 5, 3), date(2024, 2, 10))
    commit(burnt, "500.00", at(1, 31, 23, 59))
    commit(burnt, "250.00", at(2, 1, 0, 1))
    contracts.give_back(burnt.pk, D("100.00"), note="Not worked", by=by, at=at(2, 15))
    # Money stood on it before it began.
    let = {"let_on": date(2024, 1, 1), "starts_on": date(2024, 3, 1), "ends_on": date(2024, 5, 4)}
    found["early"] = contract("C-early", None, **let)
    commit(found["early"], "10.00", at(1, 20))
    source = PaymentSource.objects.create(name="Unit4")
    file = PaymentImport.objects.create(
        source=source, file_name="x.csv", sha256="x", uploaded_by=world.finance, uploaded_at=at(3, 2)
    )

    def pay(paid_on, *parts):
        payment = Payment.objects.create(
            agency=agency,
            source=source,
            imported_from=file,
            line=1,
            paid_on=paid_on,
            amount=sum(D(amount) for _, amount in parts),
            supplier="Pertemps",
            line_key=str(paid_on),
            occurrence=1,
        )
        split = [(found[name], D(amount)) for name, amount in parts]
        allocating.allocate(by=world.finance, at=at(3, 2), payment=payment, parts=split)

    pay(date(2024, 1, 31), ("burnt", "300.00"), ("varied", "600.00"))
    pay(date(2024, 2, 20), ("varied", "-50.00"))
    pay(date(2024, 3, 1), ("burnt", "200.00"))
    for name in ("early_end", "converted", "hired", "no_show"):
        found[name] = getattr(cases, name)().contract
    return found


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize(
    ("name", "on", "value", "left", "used"),
    [
        ("varied", date(2021, 11, 30), None, None, None),
        ("varied", date(2021, 12, 1), "50000", "50000.00", "0.0"),
        ("varied", date(2024, 1, 14), "50000", "50000.00", "0.0"),
        ("varied", date(2024, 1, 15), "50000", "49500.00", "1.0"),
        ("varied", date(2024, 1, 31), "50000", "49500.00", "1.0"),
        ("varied", date(2024, 2, 1), "55000", "54500.00", "0.9"),  # entered last, decided before the others
        ("varied", date(2024, 2, 29), "55000", "54500.00", "0.9"),
        ("varied", date(2024, 3, 1), "40000", "39500.00", "1.3"),  # 1.25 is rounded up; of two the one entered last
        ("no limit", date(2024, 1, 15), None, None, None),
        ("at its value", date(2024, 1, 10), "3700", "0.00", "100.0"),
        ("over its value", date(2024, 1, 10), "3699.99", "-0.01", "100.0"),
        ("far over", date(2024, 1, 10), "3000", "-700.00", "123.3"),
        ("burnt", date(2024, 2, 9), "20000", "19250.00", "3.8"),  # 3.75
        ("burnt", date(2024, 2, 10), "25000", "24250.00", "3.0"),
        ("burnt", date(2024, 2, 15), "25000", "24350.00", "2.6"),
    ],
)
def test_a_contract_is_measured_against_the_decision_in_force(made, name, on, value, left, used):
    (line,) = positions([made[name]], on)
    assert line.approved_value == (None if value is None else D(value))
    assert line.left == (None if left is None else D(left))
    assert line.percent_used == (None if used is None else D(used))


@pytest.mark.parametrize(
    ("name", "on", "percent"),
    [
        ("framework", date(2021, 11, 30), None),  # before any decision
        ("framework", date(2021, 12, 31), "0.0"),
        ("framework", date(2022, 1, 1), "0.1"),  # one of 1,826 days
        ("framework", date(2026, 12, 30), "99.9"),
        ("framework", date(2026, 12, 31), "100.0"),
        ("framework", date(2027, 1, 1), "100.0"),
        ("no limit", date(2026, 12, 31), "100.0"),
        ("varied", date(2024, 1, 31), "69.4"),  # 761 of 1,096 days
        ("varied", date(2024, 2, 1), "64.2"),  # 762 of 1,186
        ("burnt", date(2023, 11, 15), "0.7"),  # one of 138
        ("burnt", date(2024, 2, 9), "63.0"),  # 87 of 138
        ("burnt", date(2024, 2, 10), "51.5"),  # 88 of 171
    ],
)
def test_the_percent_of_time_counts_the_first_day_and_the_last(made, name, on, percent):
    (line,) = positions([made[name]], on)
    assert line.percent_of_time == (None if percent is None else D(percent))


@pytest.mark.parametrize(
    ("name", "on", "stage"),
    [
        ("framework", date(2021, 11, 30), "Not started"),
        ("framework", date(2021, 12, 31), "Not started"),
        ("framework", date(2022, 1, 1), "Running"),
        ("framework", date(2026, 12, 31), "Running"),
        ("framework", date(2027, 1, 1), "Ended"),
        ("no limit", date(2024, 1, 15), "Running"),
        ("at its value", date(2024, 1, 10), "Running"),
        ("over its value", date(2024, 1, 9), "Running"),  # nobody had found it
        ("over its value", date(2024, 1, 10), "Over value"),
        ("over its value", date(2024, 2, 29), "Over value"),
        ("over its value", date(2024, 3, 1), "Ended"),
        ("varied", date(2025, 3, 31), "Running"),  # by the decision of 1 March
        ("varied", date(2025, 5, 31), "Running"),
        ("varied", date(2025, 6, 1), "Ended"),
        ("taken back", date(2024, 1, 11), "Not started"),
        ("taken back", date(2024, 1, 12), "Taken back"),
        ("taken back", date(2024, 5, 1), "Taken back"),
    ],
)
def test_the_stage_of_a_contract_is_said_in_a_word(made, name, on, stage):
    assert positions([made[name]], on)[0].stage == stage


@pytest.mark.parametrize(
    ("now", "stages"),
    [
        ((2024, 2, 29), ["Taken back", "Running", "Over value", "Not started"]),
        ((2024, 3, 1), ["Taken back", "Ended", "Ended", "Running"]),
        ((2024, 5, 4), ["Taken back", "Ended", "Ended", "Running"]),
        ((2024, 5, 5), ["Taken back", "Ended", "Ended", "Ended"]),
    ],
)
def test_the_list_of_contracts_says_the_stage_of_today(made, client_of, now, stages):
    with time_machine.travel(datetime(*now, 12, tzinfo=LONDON), tick=False):
        listed = {row[0]: row for row in rows_of(client_of("finance").get("/contracts/?format=csv"))}
    names = ("taken back", "at its value", "over its value", "early")
    assert [listed[made[name].reference][9] for name in names] == stages
    assert listed["C-over its value"][4:9] == ["2022-01-01", "2024-02-29", "3699.99", "3700.00", "-0.01"]
    assert listed["C-early"][6:9] == ["", "10.00", ""]


@pytest.mark.parametrize(
    ("name", "on", "paid"),
    [
        ("varied", date(2024, 1, 30), "0.00"),
        ("varied", date(2024, 1, 31), "600.00"),
        ("varied", date(2024, 2, 19), "600.00"),
        ("varied", date(2024, 2, 20), "550.00"),  # a credit
        ("burnt", date(2024, 2, 29), "300.00"),
        ("burnt", date(2024, 3, 1), "500.00"),
    ],
)
def test_what_was_paid_counts_the_part_on_this_contract_from_its_day(made, name, on, paid):
    assert positions([made[name]], on)[0].paid == D(paid)


# The end of the last day; then each month with what was booked, paid and approved by its end.
BURNT = [
    (date(2021, 11, 30), [(2023, 11, "0", "0", None)]),  # before it began and was decided
    (date(2021, 12, 1), [(2023, 11, "0", "0", "20000")]),
    (date(2023, 11, 15), [(2023, 11, "0", "0", "20000")]),
    (
        date(2024, 1, 30),  # neither agreed nor paid yet
        [(2023, 11, "0", "0", "20000"), (2023, 12, "0", "0", "20000"), (2024, 1, "0", "0", "20000")],
    ),
    (
        date(2024, 1, 31),
        [(2023, 11, "0", "0", "20000"), (2023, 12, "0", "0", "20000"), (2024, 1, "500", "300", "20000")],
    ),
    (
        date(2024, 2, 9),
        [
            (2023, 11, "0", "0", "20000"),
            (2023, 12, "0", "0", "20000"),
            (2024, 1, "500", "300", "20000"),
            (2024, 2, "750", "300", "20000"),  # neither given back nor varied yet
        ],
    ),
    (
        date(2024, 3, 1),
        [
            (2023, 11, "0", "0", "20000"),
            (2023, 12, "0", "0", "20000"),
            (2024, 1, "500", "300", "20000"),
            (2024, 2, "650", "300", "25000"),
            (2024, 3, "650", "500", "25000"),
        ],
    ),
]


@pytest.mark.parametrize(("on", "months"), BURNT)
def test_month_by_month_booked_paid_and_approved_run_on(made, on, months):
    found = [(m.month.year, m.month.month, m.booked, m.paid, m.approved) for m in months_of(made["burnt"], on)]
    assert found == [(y, m, D(b), D(p), None if a is None else D(a)) for y, m, b, p, a in months]
    assert all(month.month.day == 1 for month in months_of(made["burnt"], on))


@pytest.mark.parametrize(
    ("name", "on", "last"),
    [
        ("burnt", date(2024, 7, 31), date(2024, 7, 1)),
        ("burnt", date(2024, 8, 1), date(2024, 8, 1)),
        ("burnt", date(2024, 9, 1), date(2024, 8, 1)),  # 120 days after 3 May is 31 August
        ("burnt", date(2030, 1, 1), date(2024, 8, 1)),
        ("early", date(2030, 1, 1), date(2024, 9, 1)),  # 120 days after 4 May is 1 September
    ],
)
def test_the_months_end_a_hundred_and_twenty_days_after_the_contract(made, name, on, last):
    assert months_of(made[name], on)[-1].month == last


def test_of_several_decisions_the_last_decided_is_shown_in_its_month(made):
    found = months_of(made["varied"], date(2024, 3, 5))
    assert [(month.month.month, month.approved) for month in found[-3:]] == [
        (1, D(50000)),
        (2, D(55000)),
        (3, D(40000)),
    ]


def test_a_day_before_the_first_money_has_none(made):
    first = months_of(made["burnt"], date(2030, 1, 1))
    assert any(month.booked for month in first)
    assert {month.booked for month in months_of(made["burnt"], first[0].month - timedelta(40))} == {D(0)}


def test_the_months_begin_with_the_first_money_where_it_came_before_the_contract(made):
    found = months_of(made["early"], date(2024, 3, 5))
    assert [(month.month, month.booked, month.approved) for month in found] == [
        (date(2024, 1, 1), D(10), None),
        (date(2024, 2, 1), D(10), None),
        (date(2024, 3, 1), D(10), None),  # a decision without a value
    ]


@pytest.mark.parametrize(
    ("name", "on", "finding"),
    [
        ("varied", "2021-11-30", "No decision on this contract’s value and end is recorded by this day."),
        ("no limit", "2024-01-15", "£0.00 is spoken for. No approved value is set here, so nothing is refused."),
        ("far over", "2024-01-10", "£700.00 more than the approved £3,000.00 is spoken for."),
        (
            "at its value",
            "2024-01-10",
            "£3,700.00 of £3,700.00 is spoken for (100.0%) with 93.7% of the time gone.",  # 740 of 790 days
        ),
        ("varied", "2024-01-15", "£500.00 of £50,000.00 is spoken for (1.0%) with 68.0% of the time gone."),
    ],
)
def test_the_page_says_in_a_sentence_how_a_contract_stands(made, client_of, name, on, finding):
    assert finding in client_of("auditor").get(f"/contracts/{made[name].pk}/?on={on}").content.decode()


def test_the_page_as_at_a_day_shows_what_had_happened_by_then(made, client_of):
    page = client_of("finance").get(f"/contracts/{made['burnt'].pk}/?on=2024-02-09")
    assert (page.context["line"].payments, page.context["contract"].entry_count) == (1, 2)
    assert [approval.value for approval in page.context["approvals"]] == [D(20000)]
    assert [one["end"]["text"] for one in page.context["chart"]["series"]] == [
        "Booked £1k",
        "Paid £0k",
        "Approved £20k",
    ]
    page = client_of("finance").get(f"/contracts/{made['burnt'].pk}/?on=2024-03-01")
    assert (page.context["line"].payments, page.context["contract"].entry_count) == (2, 3)
    assert [approval.value for approval in page.context["approvals"]] == [D(25000), D(20000)]


@pytest.mark.parametrize(
    ("name", "on", "lines"),
    [
        ("early_end", "2024-01-09", []),
        (
            "early_end",
            "2024-02-25",
            [("PL", "Worker", "2024-01-22", "2024-03-01", "7585.00", "11529.20", "19114.20")],
        ),
        ("early_end", "2024-03-04", [("PL", "Worker", "2024-01-22", "2024-03-01", "9405.40", "4551.00", "13956.40")]),
        (
            "converted",
            "2024-02-26",
            [
                ("PL", "Worker", "2024-01-22", "2024-03-03", "7888.40", "1213.60", "9102.00"),
                ("HIRE", "Fee", "2024-03-04", "2024-03-04", "0.00", "2500.00", "2500.00"),
            ],
        ),
        (
            "converted",
            "2024-03-04",
            [
                ("PL", "Worker", "2024-01-22", "2024-03-03", "9102.00", "0.00", "9102.00"),
                ("HIRE", "Fee", "2024-03-04", "2024-03-04", "2500.00", "0.00", "2500.00"),
            ],
        ),
        ("hired", "2024-01-09", []),
        ("hired", "2024-01-10", [("HIRE", "Fee", "2024-03-04", "2024-03-04", "0.00", "6500.00", "6500.00")]),
        ("hired", "2024-03-12", []),  # entered in error
        ("no_show", "2024-01-22", [("PL", "Worker", "2024-01-22", "2024-04-19", "303.40", "18810.80", "19114.20")]),
        ("no_show", "2024-01-23", []),
    ],
)
def test_the_bookings_behind_the_figures_of_a_contract(made, client_of, name, on, lines):
    address = f"/contracts/{made[name].pk}/bookings/?on={on}"
    found = rows_of(client_of("finance").get(f"{address}&format=csv"))
    assert [(row[0].split("-")[0], row[1].split()[0], *row[2:]) for row in found] == lines
    to_date, to_come = (sum(D(line[n]) for line in lines) for n in (4, 5))
    page = client_of("finance").get(address)
    label = f"Booked to date £{to_date:,.2f}, to come £{to_come:,.2f}; together, excluding VAT"
    assert page.context["total"] == {"label": label, "amount": to_date + to_come}


@pytest.mark.parametrize(
    ("until", "entries", "total"),
    [
        ("2024-01-09", [], "0.00"),
        ("2024-02-25", [("booked", "19114.20")], "19114.20"),
        ("2024-02-26", [("early", "-5157.80"), ("booked", "19114.20")], "13956.40"),
    ],
)
def test_the_entries_of_an_account_are_signed_and_add_up(made, client_of, until, entries, total):
    address = f"/contracts/{made['early_end'].pk}/entries/?until={until}"
    found = rows_of(client_of("auditor").get(f"{address}&format=csv"))
    assert [(row[1].split()[-1], row[5]) for row in found] == entries
    assert all(row[2] == "The officer" for row in found)
    assert client_of("auditor").get(address).context["total"]["amount"] == D(total)
