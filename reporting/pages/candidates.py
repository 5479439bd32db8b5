"""A candidate: what became of the person, and who showed the person first."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.permissions import may
from council.wording import day_name
from placements.placement.views.booking import flags_of
from recruitment.models import Submission
from recruitment.permissions import with_candidate
from recruitment.reads import candidates as rules
from recruitment.rules.candidate import refusal
from reporting.pages.page import Page


class CandidateDetail(Page):
    template_name = "candidates/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        rows = Submission.objects.visible_to(user).select_related(
            "release__vacancy__team",
            "release__contract__agency",
            "supplying_agency",
            "recorded_by",
            "allowed_by",
            "voided_by",
            "first_shown__release__contract__agency",
        )
        submission = get_object_or_404(rows, pk=pk)
        release, standing = submission.release, submission.voided_at is None
        held_back = rules.later_route_refusal(
            release, submission.registration_number, rules.coming_on(release, self.today)
        )
        facts = rules.facts_of(submission, user, timezone.now())
        can = {verb for verb in with_candidate(user) if refusal(verb, facts) is None}
        shown = standing and not submission.is_closed
        return super().get_context_data(
            submission=submission,
            release=release,
            steps=submission.history.select_related("recorded_by"),
            again=submission.shown_again.visible_to(user).select_related("release__vacancy__team"),
            first_is_visible=rows.filter(pk=submission.first_shown_id).exists(),
            flags=self._flags(submission, held_back if shown else None, may(user, "source")) if standing else [],
            refusal=held_back if shown else None,
            can=can,
            **kwargs,
        )

    @staticmethod
    def _flags(submission: Submission, held_back, may_source: bool) -> list[str]:
        """What to know before deciding; how other placements ended only for officers, as where they book."""
        flags = flags_of(submission.registration_number) if may_source and submission.registration_number else []
        if held_back is None and (first := rules.first_by_another_agency(submission)):
            agency, day = first.release.contract.agency, day_name(timezone.localdate(first.received_at))
            flags.append(f"{agency} put this person forward first, on {day} ({first.release.reference}).")
        if submission.charge_rate > submission.release.max_rate:
            flags.append(f"The charge rate is above the £{submission.release.max_rate} an hour that was asked for.")
        return flags
