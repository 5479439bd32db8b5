"""What each page costs one database: run as a program of its own, it prints one line of JSON.

Processor time, not the clock, so that noise on the machine matters little: Python's of this process, and that of the database's process
on the other end of the connection. The median of several requests, after one that fills caches.
"""

import json
import os
import statistics
import sys
import time

REPEATS = 5


LISTS = {  # what is the same however many rows there are
    "Today, officer": ("officer", "/"),
    "Today, Assistant Director": ("director", "/"),
    "Today, lead": ("lead", "/"),
    "Today, finance": ("finance", "/"),
    "Requests": ("officer", "/requests/"),
    "Sent to suppliers": ("officer", "/releases/"),
    "Candidates": ("officer", "/candidates/"),
    "Placements": ("officer", "/placements/"),
    "Longest here": ("officer", "/placements/longest/"),
    "Workers": ("officer", "/workers/"),
    "Permanent starts": ("officer", "/hires/"),
    "Exemptions, all": ("director", "/exemptions/all/"),
    "Exemptions dashboard": ("director", "/exemptions/"),
    "Register of exemptions": ("auditor", "/exemptions/register/"),
    "Breaches": ("director", "/breaches/"),
    "Brought forward": ("auditor", "/brought-forward/"),
    "Reviews": ("director", "/reviews/"),
    "Contracts": ("finance", "/contracts/"),
    "Payments": ("finance", "/payments/"),
    "Payments, to allocate": ("finance", "/payments/?state=unallocated"),
    "Files of payments": ("finance", "/payments/imports/"),
    "Weekly meetings": ("director", "/meetings/"),
    "Weekly sheet": ("director", "/meetings/sheet/"),
    "Assurance": ("director", "/assurance/"),
    "Assurance: spend": ("director", "/assurance/spend/"),
    "Supplier figures": ("director", "/suppliers/"),
    "Supplier figures: orders": ("director", "/suppliers/orders/"),
    "Figures at a date": ("director", "/position/"),
    "Search": ("officer", "/search/?q=north"),
}


def addresses() -> dict[str, tuple[str, str]]:
    """Name → (who opens it, its address), on rows that are the same however large the database is."""
    from placements.models import Breach, Placement
    from recruitment.models import Contract, Exemption, Route

    corporate = Contract.objects.filter(route=Route.CORPORATE).latest("starts_on")
    framework = Contract.objects.filter(route=Route.FRAMEWORK).latest("starts_on")
    came = Placement.objects.filter(contract=framework, voided_at__isnull=True, did_not_start_at__isnull=True)
    placement = came.earliest("pk")
    exempted = Exemption.objects.filter(status="approved").earliest("pk")
    request = placement.vacancy
    rows = {
        "Request": ("officer", f"/requests/{request.pk}/"),
        "History of a request": ("auditor", f"/requests/{request.pk}/history/"),
        "Order": ("officer", f"/releases/{placement.release_id}/"),
        "Placement": ("officer", f"/placements/{placement.pk}/"),
        "Worker": ("officer", f"/workers/{placement.worker_id}/"),
        "Exemption": ("director", f"/exemptions/{exempted.pk}/"),
        "Breach": ("director", f"/breaches/{Breach.objects.earliest('pk').pk}/"),
        "Contract": ("finance", f"/contracts/{corporate.pk}/"),
        "Contract, framework": ("finance", f"/contracts/{framework.pk}/"),
        "Contract: bookings": ("finance", f"/contracts/{corporate.pk}/bookings/"),
        "Contract: entries": ("finance", f"/contracts/{corporate.pk}/entries/"),
        "Evidence of a request": ("auditor", f"/requests/{request.pk}/evidence/"),
        "Search for a number": ("officer", f"/search/?q={request.reference}"),
    }
    return LISTS | rows


def processor_time(pid: int) -> float:
    """Milliseconds that a process has run, to the nanosecond the kernel keeps."""
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1_000_000


def measure(name: str, client, address: str) -> dict:
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        size = sum(map(len, answer)) if answer.streaming else len(answer.content)
    if answer.status_code != 200:
        raise SystemExit(f"{name}: {address} answers {answer.status_code}")
    queries = [one["sql"] for one in captured.captured_queries]
    python, database = [], []
    for _ in range(REPEATS):
        reset_queries()
        before, there = time.process_time(), processor_time(backend)
        answer = client.get(address)
        if answer.streaming:
            for _chunk in answer:
                pass
        python.append(1000 * (time.process_time() - before))
        database.append(processor_time(backend) - there)
    with connection.cursor() as cursor:
        there = processor_time(backend)
        for sql in queries:
            if sql.lstrip().lower().startswith(("select", "with")):
                cursor.execute(sql)
                cursor.fetchall()
        alone = processor_time(backend) - there
        joins = max((most_joins(sql, cursor) for sql in queries), default=0)
    return {
        "python": round(statistics.median(python), 1),
        "database": round(statistics.median(database), 1),
        "sql_alone": round(alone, 1),
        "queries": len(queries),
        "bytes": size,
        "joins": joins,
    }


APART = {"SubPlan", "InitPlan", "Subquery", "Member"}  # parts of a plan that are planned by themselves


def most_joins(sql: str, cursor) -> int:
    """How many joins the largest part of a query's plan has, which is what planning it costs."""
    if not sql.lstrip().lower().startswith(("select", "with")):
        return 0
    cursor.execute(f"explain (format json) {sql}")
    ((plans,),) = cursor.fetchall()
    largest = 0

    def joins_in(node: dict) -> int:
        nonlocal largest
        found = int(node["Node Type"] in ("Nested Loop", "Hash Join", "Merge Join"))
        for part in node.get("Plans", []):
            inside = joins_in(part)
            if part.get("Parent Relationship") in APART:
                largest = max(largest, inside)
            else:
                found += inside
        return found

    return max(joins_in(plans[0]["Plan"]), largest)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from council.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    only, found, clients = sys.argv[1:], {}, {}
    for name, (who, address) in addresses().items():
        if only and not any(word.lower() in name.lower() for word in only):
            continue
        if who not in clients:
            clients[who] = Client()
            clients[who].force_login(User.objects.get(email=f"{who}@demo.example"))
        found[name] = measure(name, clients[who], address)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
