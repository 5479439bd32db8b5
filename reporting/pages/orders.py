"""An order to a supplier and what came of it."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.permissions import may
from placements.models import Hire, Placement
from recruitment.models import (
    Correction,
    Outcome,
    Release,
)
from recruitment.orders import links
from recruitment.reads.candidates import TAKES_CANDIDATES
from reporting.pages.files import files_of
from reporting.pages.page import Page, with_people


class ReleaseDetail(Page):
    template_name = "releases/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        visible = Release.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "supplying_agency", "exemption", "round"
        )
        visible = visible.prefetch_related(Prefetch("rests_on", Release.objects.select_related("contract__agency")))
        release = get_object_or_404(visible, pk=pk)
        with_people(release, ("sent_by", "answered_by", "voided_by"))
        corrections = Correction.objects.filter(subject="release", subject_id=release.pk)
        return super().get_context_data(
            release=release,
            corrections=corrections.select_related("proposed_by").order_by("-pk"),
            may_correct=may(self.request.user, "correct")
            and release.outcome in (Outcome.SECURED, Outcome.NOT_SECURED, Outcome.WITHDRAWN)
            and not release.voided_at,
            files=files_of(self.request.user, "answer", release),
            said=release.statements.declined(),
            disputes=release.statements.disputes().select_related("recorded_by", "replied_by"),
            may_dispute=may(self.request.user, "source") and links.is_disputable(release),
            candidates=release.submissions.select_related("supplying_agency").order_by("received_at", "pk"),
            may_put_forward=may(self.request.user, "source")
            and not release.voided_at
            and release.outcome in TAKES_CANDIDATES,
            opened=release.opened.select_related("contract__agency"),
            placements=Placement.objects.filter(release=release).select_related("worker"),
            hires=Hire.objects.filter(release=release),
            may_void=may(self.request.user, "void")
            and not release.voided_at
            and release.sent_by_id != self.request.user.pk,
            may_answer=may(self.request.user, "source") and release.standing == "open",
            window_ended=timezone.now() >= release.respond_by,
            **kwargs,
        )
