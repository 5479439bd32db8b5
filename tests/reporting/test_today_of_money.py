"""Today's lines on contracts near their value or end and on payments: which, in which order and words, and for whom."""

from datetime import date
from decimal import Decimal as D

import pytest

from council.models import Council
from money.payments import allocating
from placements.models import Payment, PaymentImport, PaymentSource
from recruitment.contracts import actions as contracts
from tests.factories import approve
from tests.factories.small_council import MONDAY
from tests.reporting.reading import at, lines, one_world, today_of

pytestmark = pytest.mark.django_db

NOW = at(1, 11, 12)
OFFICERS = {"officer", "officer2"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with one_world(django_db_blocker) as found:
        yield found


class TestContractsNearTheirEndOrValue:
    """The framework contract: £1,000,000.00, until 31 December 2026; the others without a value, until the same day."""

    TITLE = "Contracts near their value or end"

    @pytest.mark.parametrize(
        ("amount", "why"),
        [
            ("749499.99", None),
            ("749500.00", "75.0% of its value is spoken for: much of it"),  # as it is written, to one place
            ("750000.00", "75.0% of its value is spoken for: much of it"),
            ("899000.00", "89.9% of its value is spoken for: much of it"),
            ("900000.00", "90.0% of its value is spoken for: nearly all of it"),
        ],
    )
    def test_from_three_quarters_of_the_value(self, world, amount, why):
        contracts.commit(world.framework.pk, D(amount), note="x", by=world.officer, at=MONDAY)
        found = lines(world, "officer", self.TITLE, NOW)
        line = ("RM6161-L5: Halden Bridge Care", why, "1085 days left", f"/contracts/{world.framework.pk}/")
        assert found == ([line] if why else [])

    @pytest.mark.parametrize(
        ("now", "days"),
        [(at(1, 11), None), (at(1, 12), "56 days left"), (at(3, 8, 23), "0 days left"), (at(3, 9), None)],
    )
    def test_from_eight_weeks_before_the_end_to_the_last_day(self, world, now, days):
        approve(world.administrator, world.corporate, None, ends_on=date(2024, 3, 8), decided_on=date(2023, 1, 1))
        why, address = "It ends on 8 March 2024", f"/contracts/{world.corporate.pk}/"
        found = lines(world, "officer", self.TITLE, now)
        assert found == ([("CORP: Pertemps", why, days, address)] if days else [])

    def test_both_in_one_sentence_and_the_first_to_end_first(self, world):
        contracts.commit(world.framework.pk, D("950000.00"), note="x", by=world.officer, at=MONDAY)
        common = {"decided_on": date(2023, 1, 1)}
        approve(world.administrator, world.framework, "1000000", ends_on=date(2024, 2, 29), **common)
        approve(world.administrator, world.permanent, None, ends_on=date(2024, 2, 1), **common)
        assert [line[:2] for line in lines(world, "officer", self.TITLE, NOW)] == [
            ("LIQ: Liquid Personnel", "It ends on 1 February 2024"),
            (
                "RM6161-L5: Halden Bridge Care",
                "95.0% of its value is spoken for: nearly all of it; it ends on 29 February 2024",
            ),
        ]

    def test_the_council_says_from_when(self, world):
        contracts.commit(world.framework.pk, D("600000.00"), note="x", by=world.officer, at=MONDAY)
        assert self.TITLE not in today_of(world, "officer", NOW)
        Council.objects.update_or_create(pk=1, defaults={"value_warning_percent": 60, "value_alert_percent": 61})
        assert [line[1] for line in lines(world, "officer", self.TITLE, NOW)] == [
            "60.0% of its value is spoken for: much of it"
        ]
        Council.objects.update(ending_soon_weeks=200)
        section = today_of(world, "officer", NOW)["Contracts near their value or end"]
        assert (section.count, section.all_url) == (3, "/contracts/")


class TestPaymentsToAllocate:
    TITLE = "Payments to allocate"

    def pay(self, world, line, paid_on, amount, is_ours=True):
        source, _ = PaymentSource.objects.get_or_create(name="Unit4")
        common = {"source": source, "uploaded_by": world.finance, "uploaded_at": MONDAY}
        file, _ = PaymentImport.objects.get_or_create(file_name="x.csv", sha256="x", defaults=common)
        return Payment.objects.create(
            agency=world.pertemps,
            source=source,
            imported_from=file,
            line=line,
            paid_on=paid_on,
            amount=D(amount),
            supplier="Pertemps",
            line_key=str(line),
            occurrence=1,
            is_ours=is_ours,
        )

    def test_a_line_says_who_was_paid_how_much(self, world):
        later = self.pay(world, 1, date(2024, 1, 5), "10.00")
        one = self.pay(world, 2, date(2024, 1, 3), "1234.50")
        self.pay(world, 3, date(2024, 1, 2), "20.00", is_ours=False)
        done = self.pay(world, 4, date(2024, 1, 2), "30.00")
        allocating.allocate(by=world.finance, at=NOW, payment=done, parts=[(world.corporate, D("30.00"))])
        found = lines(world, "finance", self.TITLE, at(1, 8))
        assert found[0] == (
            "Pertemps, £1,234.50",
            "Which contract does it belong to?",
            "for 5 days",
            f"/payments/{one.pk}/allocate/",
        )
        assert [line[3] for line in found] == [f"/payments/{row.pk}/allocate/" for row in (one, later)]
        assert today_of(world, "finance", NOW)[self.TITLE].all_url == "/payments/?state=waiting"
