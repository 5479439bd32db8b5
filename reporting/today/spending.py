"""Contracts and payments that need somebody."""

from datetime import date, timedelta

from django.db.models import F

from council.addresses import address
from council.models import Council
from council.wording import day_name
from placements.models import Payment
from recruitment.models import Contract
from reporting.reads.contracts import percent_of
from reporting.today.asking import SHOWN, Item, Question, Section, days


def contracts(today: date, council: Council) -> Section:
    """By the account as it is kept: what counts today is all there is."""
    running = Contract.objects.running_on(today).select_related("agency", "account").order_by("account__ends_on", "pk")
    items = []
    for contract in running:
        account, whys = contract.account, []
        percent = percent_of(account.exposure, account.approved_value)
        if percent is not None and percent >= council.value_warning_percent:
            level = "nearly all" if percent >= council.value_alert_percent else "much"
            whys.append(f"{percent}% of its value is spoken for: {level} of it")
        if account.ends_on <= today + timedelta(weeks=council.ending_soon_weeks):
            whys.append(f"it ends on {day_name(account.ends_on)}")
        if whys:
            left = (account.ends_on - today).days
            text, since = f"{contract.reference}: {contract.agency}", f"{left} day{'s' if left != 1 else ''} left"
            items.append(Item(text, _sentence(whys), since, contract.get_absolute_url()))
    return Section("Contracts near their value or end", len(items), items[:SHOWN], address("reporting:contracts"))


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def to_allocate(today: date) -> Question:
    def line(payment: Payment, since: date, note: str) -> Item:
        text, why = f"{payment.agency}, £{payment.amount:,.2f}", "Which contract does it belong to?"
        return Item(text, why, days(since, today), address("money:payment-allocate", payment.pk))

    waiting = Payment.objects.waiting()
    return Question(
        "Payments to allocate", waiting, "paid_on", F("paid_on"), line, address("reporting:payments", state="waiting")
    )
