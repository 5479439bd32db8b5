"""An exemption: what is asked for, what was said and what can be done."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.permissions import services_of
from council.refusal import Refusal
from placements.models import Placement
from placements.reads.exemptions import needed_until
from recruitment.models import (
    Exemption,
    ExemptionComment,
    ExemptionStatus,
    Vacancy,
)
from recruitment.permissions import with_exemption
from recruitment.reads import deciders, procurement
from recruitment.reads import exemptions as rules
from recruitment.rules.exemption import refusal
from reporting.pages.files import files_of
from reporting.pages.page import Page
from reporting.reads.exemptions import stage_of


class ExemptionDetail(Page):
    template_name = "exemptions/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user, today = self.request.user, self.today
        rows = Exemption.objects.visible_to(user).select_related("agency", "requested_by", "extends")
        comments = ExemptionComment.objects.select_related("given_by")
        rows = rules.with_facts(rows).prefetch_related(Prefetch("comments", comments))
        exemption = get_object_or_404(rows, pk=pk)
        decisions = list(exemption.decisions.select_related("decided_by", "in_place_of", "contract__account"))
        approval = next((one for one in decisions if one.approves), None)
        contract = approval.contract if approval else None
        releases = exemption.releases.visible_to(user).select_related("vacancy", "contract__agency")
        releases = releases.order_by("sent_at", "pk")
        missing = deciders.sides_missing(exemption)
        linked = list(exemption.extended_by.filter(approved_as__isnull=False).order_by("pk"))
        needs = rules.needs_with_proof(exemption)
        if services_of(user) is None:
            seen = {one.vacancy_id for one in needs}
        else:
            of_it = Vacancy.objects.visible_to(user).filter(exemption_needs__exemption=exemption)
            seen = set(of_it.values_list("pk", flat=True))
        waits = exemption.status == ExemptionStatus.REQUESTED
        can, undecided = self.can_do(exemption)
        return super().get_context_data(
            exemption=exemption,
            stage=stage_of(exemption, today),
            needs=[one for one in needs if one.vacancy_id in seen],
            compared=rules.compared_words(exemption, [one.vacancy for one in needs]),
            hidden=sum(one.vacancy_id not in seen for one in needs),
            comments=exemption.comments.all(),
            decisions=decisions,
            approval=approval,
            contract=contract,
            account=contract.account if contract else None,
            releases=releases,
            placements=Placement.objects.visible_to(user)
            .filter(release__exemption=exemption)
            .select_related("worker", "vacancy__team")
            .order_by("starts_on", "pk"),
            linked=linked,
            missing=deciders.side_names(missing) if waits else "",
            spend=procurement.spend_of(exemption.agency, today, more=exemption if waits else None),
            can=can,
            undecided=undecided,
            files=files_of(user, "exemption", exemption),
            today=today,
            **kwargs,
        )

    def can_do(self, exemption: Exemption) -> tuple[set[str], Refusal | None]:
        """What this person may do with the exemption now; and why not decide it, though a role of theirs decides."""
        user, today = self.request.user, self.today
        allowed = with_exemption(user, exemption, today)
        names = "extends" in allowed and exemption.status == ExemptionStatus.APPROVED
        facts = rules.facts_from(
            exemption,
            user,
            timezone.now(),
            needed_until=needed_until(exemption) if "end" in allowed else None,
            requests_to_name=names and rules.may_name_requests(user, today, exemption),
        )
        refused = {verb: refusal(verb, facts) for verb in allowed}
        undecided = refused.get("decide") if facts.waits else None
        return {verb for verb, found in refused.items() if found is None}, undecided
