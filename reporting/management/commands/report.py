"""Prints a report: `manage.py report position --on 2022-04-26 --format json`."""

import csv
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from council.working_time import months_before
from reporting.exports import safe_cell
from reporting.reports.assurance import Assurance, assurance
from reporting.reports.exemptions import dashboard
from reporting.reports.position import position
from reporting.reports.suppliers import SuppliersReport, suppliers


class Command(BaseCommand):
    help = "Prints a report as at a date, the same figures as its page."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=["position", "suppliers", "assurance", "exemptions"])
        parser.add_argument("--on", help="As at this date, like 2022-04-26. Today if left out.")
        parser.add_argument(
            "--since", help="For suppliers and exemptions: since this date. Twelve months before if left out."
        )
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")

    def handle(self, *args, **options):
        report: Any
        header: tuple[str, ...]
        on = self._day(options["on"]) or timezone.localdate()
        if (first := self._day(options["since"])) and first > on:
            raise CommandError(
                f"{options['since']} is after {on.isoformat()}. Give a --since before the day of the report."
            )
        if options["name"] == "suppliers":
            since = self._day(options["since"]) or months_before(on, 12)
            report, header = suppliers(since, on), SuppliersReport.HEADER
            title = f"Suppliers, orders sent from {since:%-d %B %Y} to {on:%-d %B %Y}"
        elif options["name"] == "exemptions":
            since = self._day(options["since"]) or months_before(on, 12)
            report, header = dashboard(on, since), ("Figure", "Value", "Unit")
            title = f"Exemptions as at {on:%-d %B %Y}"
        elif options["name"] == "assurance":
            report, header = assurance(on, timezone.localdate()), Assurance.HEADER
            title = f"Was {report.first_supplier} asked first? As at {on:%-d %B %Y}\n{report.finding}"
        else:
            report, header, title = position(on), ("Figure", "Value", "Unit"), f"Figures as at {on:%-d %B %Y}"
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
        elif options["format"] == "csv":
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([safe_cell(cell) for cell in row] for row in report.rows())
        else:
            self.stdout.write(title)
            for first, *rest in report.rows():
                if options["name"] == "assurance":
                    self.stdout.write(f"  {first}: {', '.join(str(one) for one in rest[:3])}: {rest[6]} £{rest[7]}")
                elif options["name"] == "suppliers":
                    figures = zip(header[1:-2], rest, strict=False)
                    said = "; ".join(f"{name.lower()} {value}" for name, value in figures if value is not None)
                    self.stdout.write(f"  {first}: {said}")
                else:
                    self.stdout.write(f"  {first}: {' '.join(rest)}")

    @staticmethod
    def _day(text: str | None) -> date | None:
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise CommandError(f"{text} is not a date. Write it like 2022-04-26.") from None
        if not 2000 <= day.year < 2100:
            raise CommandError("Give a date between 2000 and 2100.")
        return day
