"""Prints a report: `manage.py report position --on 2022-04-26 --format json`."""

import csv
import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from council.working_time import financial_year, months_before
from govuk.fields import OUR_YEARS
from reporting.exports import safe_cell
from reporting.reports.registry import ReportQuery, reports


class Command(BaseCommand):
    help = "Prints a report as at a date, the same figures as its page."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=list(reports()))
        parser.add_argument(
            "--on",
            help="As at this date, like 2022-04-26. Today if left out. A register is of the financial year it is in.",
        )
        asked = ", ".join(name for name, kind in reports().items() if "since" in kind.asks)
        parser.add_argument("--since", help=f"For {asked}: since this date. Twelve months before if left out.")
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")

    def handle(self, *args, **options):
        kind, today = reports()[options["name"]], timezone.localdate()
        on = self._day(options["on"]) or today
        if (first := self._day(options["since"])) and first > on:
            raise CommandError(
                f"{options['since']} is after {on.isoformat()}. Give a --since before the day of the report."
            )
        asked = ReportQuery(today=today, on=on, since=first or months_before(on, 12), year=financial_year(on))
        report = kind.make(asked)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
        elif options["format"] == "csv":
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(report.HEADER)
            writer.writerows([safe_cell(cell) for cell in row] for row in report.rows())
        else:
            self.stdout.write(kind.title(report, asked))
            if report.finding:
                self.stdout.write(report.finding)
            for line in report.as_text():
                self.stdout.write(f"  {line}")

    @staticmethod
    def _day(text: str | None) -> date | None:
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise CommandError(f"{text} is not a date. Write it like 2022-04-26.") from None
        if day.year not in OUR_YEARS:
            raise CommandError(f"Give a date between {OUR_YEARS[0]} and {OUR_YEARS[-1]}.")
        return day
