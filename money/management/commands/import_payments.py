"""Imports a finance system's payments file, as the site's pages do."""

import json
import sys
from pathlib import Path
from typing import NoReturn

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from council.errors import NotAllowed, RuleViolation
from council.models import Role, RoleGrant, User
from council.tables.reader import CannotRead
from money.payments import importing, pipeline, reading
from placements.models import PaymentImport

ROLES = ("date", "supplier", "amount", "reference")


class Command(BaseCommand):
    help = "Imports a payments file (CSV or XLSX). Exit status: 0 imported, 2 refused and nothing changed."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--source", required=True, help="The finance system it comes from")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--by", help="E-mail address of the finance officer who imports it")
        parser.add_argument(
            "--includes-vat", action="store_true", default=None, help="Amounts of this source include VAT"
        )
        parser.add_argument(
            "--department", action="append", help="A department that is ours; may be given several times"
        )
        for role in ROLES:
            parser.add_argument(
                f"--{role}", metavar="COLUMN", help=f"Column of the {role}: its name, or its place from 1"
            )

    def handle(self, *args, **options):
        path = Path(options["file"])
        if not path.is_file():
            self._refuse(options, f"There is no file {path}.")
        by = self._officer(options)
        with transaction.atomic():  # a refusal leaves nothing behind
            self._import(path, by, options)

    def _import(self, path: Path, by: User, options) -> None:
        now = timezone.now()
        try:
            with open(path, "rb") as file:
                row = reading.receive_file(
                    by=by, at=now, source=options["source"], file=File(file), name=path.name, at_once=True
                )
            self._set_up(row, by, now, options)
            chosen = self._columns(row, options)
            if chosen:
                row = reading.choose_columns(by=by, at=now, payment_import=row, columns=chosen, at_once=True)
                row.refresh_from_db()
            if row.status == PaymentImport.Status.COLUMNS:
                self._refuse(options, "A column is in doubt.", self._doubts(row))
            if row.status == PaymentImport.Status.REFUSED:
                self._refuse(options, row.problem)
            outcome = importing.import_file(by=by, at=now, payment_import=row)
        except (RuleViolation, NotAllowed, CannotRead) as refused:
            self._refuse(options, str(refused))
        self._print(outcome, options)

    def _officer(self, options) -> User:
        if options["by"]:
            user = User.objects.filter(email__iexact=options["by"]).first()
            if user is None:
                self._refuse(options, f"Nobody has the e-mail address {options['by']}.")
            return user
        today = timezone.localdate()
        grants = RoleGrant.objects.filter(role=Role.FINANCE_OFFICER, starts_on__lte=today, user__is_active=True)
        grant = grants.exclude(ends_on__lt=today).order_by("pk").select_related("user").first()
        if grant is None:
            self._refuse(
                options, "There is no finance officer to import it as. Give somebody that role in the admin site first."
            )
        return grant.user

    def _set_up(self, row, by, now, options) -> None:
        if options["includes_vat"] is None and not options["department"]:
            return
        source = row.source
        reading.set_up_source(
            by=by,
            at=now,
            source=source,
            includes_vat=source.includes_vat if options["includes_vat"] is None else options["includes_vat"],
            our_departments=options["department"] or source.our_departments,
            at_once=True,
        )

    def _columns(self, row, options) -> dict[str, int]:
        chosen = {role: options[role] for role in ROLES if options[role]}
        if not chosen:
            return {}
        layout, _ = pipeline.open_file(reading.path_of(row), row.file_name, {})
        positions = {}
        for role, text in chosen.items():
            exact = [
                i for i in range(len(layout.headers)) if layout.headers[i].strip().casefold() == text.strip().casefold()
            ]
            if text.isdigit() and 1 <= int(text) <= len(layout.headers) and not exact:
                positions[role] = int(text) - 1
            elif len(exact) == 1:
                positions[role] = exact[0]
            else:
                names = ", ".join(f"{i + 1}: {layout.name(i)}" for i in range(len(layout.headers)))
                problem = f"{len(exact)} columns are called" if exact else "No column is called"
                self._refuse(options, f"{problem} “{text}”. Name one, or give its place. The columns are {names}.")
        return positions

    @staticmethod
    def _doubts(row) -> dict[str, list[str]]:
        headers = row.result["headers"]
        return {role: [f"{at + 1}: {headers[at]}" for at in places] for role, places in row.result["doubts"].items()}

    def _refuse(self, options, problem: str, doubts=None) -> NoReturn:
        if options["format"] == "json":
            self.stdout.write(json.dumps({"refused": problem, "candidates": doubts or {}}, ensure_ascii=False))
        else:
            self.stderr.write(problem)
            for role, names in (doubts or {}).items():
                self.stderr.write(f"  --{role}: one of {', '.join(names)}")
        sys.stdout.flush()
        raise CommandError("Nothing was imported.", returncode=2)

    def _print(self, outcome: pipeline.ImportOutcome, options) -> None:
        result = outcome.as_json()
        if options["format"] == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
            return
        self.stdout.write(
            f"{result['rows']} rows read; {result['kept']} imported, {result['duplicates']} already there."
        )
        for name, figures in result["agencies"].items():
            self.stdout.write(f"  {name}: {figures['payments']} payments, £{figures['total']} excluding VAT")
        for miss in result["near_misses"]:
            self.stdout.write(
                f"  similar name, not imported: {miss['name']} ({miss['payments']}, £{miss['total']}), like {miss['closest']}"
            )
        for one in result["rejected"]:
            self.stdout.write(f"  line {one['line']} not imported: {one['reason']}")
        self.stdout.write(
            f"{result['unallocated']} wait to be allocated; {result['not_ours']} belong to other departments."
        )
