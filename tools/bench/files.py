"""What reading a large file in and handing large lists out costs: run as a program of its own, it prints one line of JSON."""

import csv
import io
import json
import os
import resource
import time

from money.payments import importing, reading

ROWS = 100_000
EXPORTS = {
    "placements": "/placements/?format=csv",
    "requests": "/requests/?format=csv",
    "payments": "/payments/?format=csv",
    "sent": "/releases/?format=csv",
}


def payments_file(agencies: list[str]) -> bytes:
    """So many payments, each to one of our agencies and unlike every other."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Payment date", "Supplier", "Amount", "Reference", "Department", "Description"])
    for n in range(ROWS):
        day = f"{n % 28 + 1:02d}/{n // 28 % 12 + 1:02d}/{2021 + n // 336 % 5}"
        writer.writerow(
            [day, agencies[n % len(agencies)], f"{n % 900 + 1}.50", f"BENCH{n}", "Children", "Agency staff"]
        )
    return out.getvalue().encode()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    import django

    django.setup()
    from django.conf import settings
    from django.core.files.base import ContentFile
    from django.db import transaction
    from django.test import Client
    from django.utils import timezone

    from council.models import User
    from recruitment.models import Agency

    settings.ALLOWED_HOSTS = ["testserver"]
    finance = User.objects.get(email="finance@demo.example")
    found: dict[str, dict[str, object]] = {}
    client = Client()
    client.force_login(finance)
    for name, address in EXPORTS.items():
        started, lines, size = time.perf_counter(), 0, 0
        answer = client.get(address)
        for chunk in answer if answer.streaming else [answer.content]:
            lines += chunk.count(b"\n")
            size += len(chunk)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        found[f"CSV of {name}"] = {
            "rows": lines,
            "rows a second": round(lines / seconds),
            "streams": answer.streaming,
            "peak of the process so far, MB": peak,
        }
    content = payments_file(list(Agency.objects.order_by("pk").values_list("name", flat=True)))
    with transaction.atomic():
        file = ContentFile(content, name="bench.csv")
        now = timezone.now()
        row = reading.receive_file(by=finance, at=now, source="Unit4", file=file, name="bench.csv", at_once=True)
        started = time.perf_counter()
        outcome = importing.import_file(by=finance, at=now, payment_import=row)
        seconds = time.perf_counter() - started
        found["Import of payments"] = {"rows": outcome.rows, "kept": outcome.kept, "seconds": round(seconds, 1)}
        transaction.set_rollback(True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
