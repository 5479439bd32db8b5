"""An exemption: what is asked for, what was said and what can be done."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from council.permissions import may
from placements.models import Placement
from recruitment.models import (
    Exemption,
    ExemptionComment,
    ExemptionStatus,
    Vacancy,
)
from recruitment.reads import exemptions as rules
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
        exemption = get_object_or_404(rows.prefetch_related(Prefetch("comments", comments)), pk=pk)
        decisions = list(exemption.decisions.select_related("decided_by", "in_place_of", "contract__account"))
        approval = next((one for one in decisions if one.approves), None)
        contract = approval.contract if approval else None
        releases = exemption.releases.visible_to(user).select_related("vacancy", "contract__agency")
        releases = releases.order_by("sent_at", "pk")
        missing = rules.sides_missing(exemption)
        linked = list(exemption.extended_by.filter(approved_as__isnull=False).order_by("pk"))
        needs = rules.needs_with_proof(exemption)
        seen = set(
            Vacancy.objects.visible_to(user).filter(exemption_needs__exemption=exemption).values_list("pk", flat=True)
        )
        waits = exemption.status == ExemptionStatus.REQUESTED
        decides = rules.decides_for(user, exemption.value, today) is not None
        party = rules.is_a_party(user, exemption)
        side = rules.side_of(user, today)
        return super().get_context_data(
            exemption=exemption,
            stage=stage_of(exemption, today),
            needs=[one for one in needs if one.vacancy_id in seen],
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
            missing=rules.side_names(missing) if waits else "",
            spend=rules.spend_of(exemption.agency, today, more=exemption if waits else None),
            may_decide=waits and decides and not party,
            own=waits and decides and party,
            may_comment=waits and side is not None and user.pk not in (exemption.requested_by_id, exemption.put_by_id),
            may_complete=exemption.status == ExemptionStatus.RETURNED and may(user, "request_exemption"),
            may_take_back=self._may_take_back(exemption, decides),
            may_end=exemption.status == ExemptionStatus.APPROVED
            and today < exemption.ends_on
            and not linked
            and may(user, "end_exemption"),
            files=files_of(user, "exemption", exemption),
            may_extend=exemption.status == ExemptionStatus.APPROVED and may(user, "request_exemption"),
            today=today,
            **kwargs,
        )

    def _may_take_back(self, exemption: Exemption, decides: bool) -> bool:
        if exemption.status == ExemptionStatus.APPROVED:
            return decides and not exemption.extends_id and not exemption.releases.standing().exists()
        waits = exemption.status in (ExemptionStatus.REQUESTED, ExemptionStatus.RETURNED)
        return waits and may(self.request.user, "request_exemption")
