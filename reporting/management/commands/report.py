"""Prints a report: `manage.py report position --on 2022-04-26 --format json`."""

import csv
import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting.exports import safe_cell
from reporting.reports.position import position


class Command(BaseCommand):
    help = "Prints a report as at a date, the same figures as its page."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=["position"])
        parser.add_argument("--on", help="As at this date, like 2022-04-26. Today if left out.")
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")

    def handle(self, *args, **options):
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
        except ValueError:
            raise CommandError(f"{options['on']} is not a date. Write it like 2022-04-26.") from None
        if not 2000 <= on.year < 2100:
            raise CommandError("Give a date between 2000 and 2100.")
        report = position(on)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
        elif options["format"] == "csv":
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(["Figure", "Value", "Unit"])
            writer.writerows([safe_cell(cell) for cell in row] for row in report.rows())
        else:
            self.stdout.write(f"Figures as at {on:%-d %B %Y}")
            for figure, value, unit in report.rows():
                self.stdout.write(f"  {figure}: {value} {unit}")
