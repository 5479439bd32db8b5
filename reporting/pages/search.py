"""Search over all a person may see."""

from typing import Any

from django.db.models import Q

from council.permissions import may
from placements.models import Breach, Placement, Worker
from placements.reads.workers import workers_visible_to
from recruitment.models import (
    Contract,
    Exemption,
    Release,
    Vacancy,
)
from reporting.pages.page import Page
from reporting.searching import of_reference, teams_called


class Search(Page):
    """By reference, name or registration number, in what the person may see."""

    template_name = "search.html"

    def get_context_data(self, **kwargs):
        text = self.request.GET.get("q", "").strip().replace("\0", "")[:100]
        return super().get_context_data(q=text, groups=self._groups(text) if len(text) > 1 else [], **kwargs)

    def _groups(self, text: str) -> list[dict]:
        """What is found of each kind, with the first twenty."""
        return [
            {
                "title": title,
                "count": rows.count(),
                "rows": [(str(row), row.get_absolute_url(), detail(row)) for row in found],
            }
            for title, rows, detail in self._kinds(text)
            if (found := rows[:20])
        ]

    def _kinds(self, text: str) -> list[tuple[str, Any, Any]]:
        """(what, the rows found, what is said of each) for every kind the person may see."""
        user = self.request.user
        workers = workers_visible_to(user).called(text).order_by("folded_name", "pk")
        requests = Vacancy.objects.visible_to(user).filter(of_reference(text, "REQ") | Q(team__in=teams_called(text)))
        releases = Release.objects.visible_to(user).filter(of_reference(text, "ORD") | Q(order_number__iexact=text))
        placements = Placement.objects.visible_to(user).filter(
            of_reference(text, "PL") | Q(worker__in=Worker.objects.called(text).values("pk"))
        )
        groups: list[tuple[str, Any, Any]] = [
            (
                "Staffing requests",
                requests.select_related("team").order_by("-pk"),
                lambda r: f"{r.team}, {r.get_status_display().lower()}",
            ),
            (
                "Sent to suppliers",
                releases.select_related("contract__agency").order_by("-pk"),
                lambda r: str(r.contract.agency),
            ),
            ("Placements", placements.select_related("worker").order_by("-pk"), lambda p: str(p.worker)),
            ("Workers", workers, lambda w: w.registration_number),
            (
                "Exemptions",
                Exemption.objects.visible_to(user)
                .filter(of_reference(text, "EX") | Q(agency__name__icontains=text))
                .select_related("agency")
                .order_by("-pk"),
                lambda e: f"{e.agency}, {e.get_status_display().lower()}",
            ),
            (
                "Breaches",
                Breach.objects.visible_to(user)
                .filter(of_reference(text, "BR"))
                .select_related("placement__worker")
                .order_by("-pk"),
                lambda b: str(b.placement.worker),
            ),
        ]
        if may(user, "view_money"):
            contracts = Contract.objects.filter(
                Q(reference__icontains=text) | Q(title__icontains=text) | Q(agency__name__icontains=text)
            )
            groups.append(
                ("Contracts", contracts.select_related("agency").order_by("reference"), lambda c: str(c.agency))
            )
        return groups
