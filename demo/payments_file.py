"""The demonstration's payments file: what the finance system would export, made from what was booked."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal as D

from placements.models import Placement
from placements.placement.commitments import stretches_of
from recruitment.rules.charge import value_until

DEPARTMENT = "Children and Families"


def month_ends(first: date, last: date) -> list[date]:
    ends, month = [], first.replace(day=1)
    while month <= last:
        month = (month + timedelta(32)).replace(day=1)
        ends.append(month - timedelta(1))
    return [end for end in ends if end <= last]


def make(today: date) -> bytes:
    """CSV of monthly payments to the agencies, paid about three weeks after the month; the last two are not paid yet."""
    placements = list(
        Placement.objects.standing()
        .filter(contract__isnull=False)
        .select_related("contract__agency")
        .prefetch_related("periods")
        .order_by("contract_id", "pk")
    )
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Payment date", "Supplier name", "Net amount", "Transaction number", "Department", "Description"])
    number = 5100000000
    before: dict[int, D] = {}
    for end in month_ends(date(2020, 4, 1), today - timedelta(30)):
        totals: dict[tuple[int, str], D] = {}
        for placement in placements:
            if placement.starts_on > end:
                continue
            stretches = stretches_of(placement)
            value = value_until(stretches, placement.hours_per_week, placement.pattern, min(end, placement.ends_on))
            worked = value - before.get(placement.pk, D(0))
            before[placement.pk] = value
            if worked > 0:
                key = (placement.contract_id, placement.contract.agency.name)
                totals[key] = totals.get(key, D(0)) + worked
        for (_, agency), total in sorted(totals.items()):
            paid_on = end + timedelta(21)
            if paid_on > today:
                continue
            number += 1
            name = "Pertemps Ltd" if agency == "Pertemps" else f"{agency} Limited"
            writer.writerow(
                [f"{paid_on:%d/%m/%Y}", name, f"{total:,.2f}", number, DEPARTMENT, "Agency staff provision"]
            )
        if end.month % 3 == 0 and end + timedelta(21) <= today:
            number += 1
            writer.writerow(
                [
                    f"{end + timedelta(21):%d/%m/%Y}",
                    "Pertemps Ltd",
                    "18,250.00",
                    number,
                    "Highways",
                    "Agency staff provision",
                ]
            )
    writer.writerow(["", "", "", "", "", ""])
    return out.getvalue().encode("utf-8-sig")
