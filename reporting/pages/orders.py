"""An order to a supplier and what came of it."""

from typing import Any

from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from placements.models import Hire, Placement
from recruitment.models import (
    Correction,
    Outcome,
    Release,
    Statement,
)
from recruitment.permissions import with_order
from recruitment.reads.orders import facts_from, with_facts
from recruitment.reads.supply import leave_refusal_of
from recruitment.reads.ways import way_words, with_way
from recruitment.reads.witness_words import READ_WITH, witness_words
from recruitment.rules.order import refusal
from reporting.pages.files import files_of
from reporting.pages.page import Page, with_people


class ReleaseDetail(Page):
    template_name = "releases/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        visible = Release.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "supplying_agency", "exemption", "round", "answer_file", *READ_WITH
        )
        visible = visible.prefetch_related(Prefetch("rests_on", Release.objects.select_related("contract__agency")))
        release = get_object_or_404(with_way(with_facts(visible)), pk=pk)
        with_people(release, ("sent_by", "answered_by", "voided_by"))
        placements = Placement.objects.filter(release=release).select_related("worker")
        hires = Hire.objects.filter(release=release)
        came = any(one.is_live for one in placements) or any(one.voided_at is None for one in hires)
        user, now = self.request.user, timezone.now()
        facts = facts_from(release, user, now, came)
        can = {verb for verb in with_order(user) if refusal(verb, facts) is None}
        corrections = Correction.objects.filter(subject="release", subject_id=release.pk)
        return super().get_context_data(
            release=release,
            corrections=corrections.select_related("proposed_by").order_by("-pk"),
            can=can,
            files=files_of(user, "answer", release),
            said=release.statements.declined().select_related("own_mail"),
            later_starts=release.start_questions.select_related(
                "first__contract__agency", "asked_by", "message__sending"
            ),
            can_supply=Statement.objects.filter(
                Q(release=release) | Q(release__in=release.start_questions.values("first")),
                kind=Statement.Kind.CAN_SUPPLY,
            ).select_related("own_mail"),
            own_mails=release.own_mails.order_by("-pk")[:1],
            disputes=release.statements.disputes().select_related("recorded_by", "replied_by"),
            candidates=release.submissions.select_related("supplying_agency").order_by("received_at", "pk"),
            opened=release.opened.select_related("contract__agency"),
            placements=placements,
            hires=hires,
            way=way_words(release.way),
            witness=witness_words(release),
            unnamed=release.supplying_agency and not release.supplier_is_named,
            supply=leave_refusal_of(release) if release.outcome == Outcome.SECURED else None,
            leaves=release.supply_leaves.select_related("agency", "given_by"),
            window_ended=now >= release.respond_by,
            **kwargs,
        )
