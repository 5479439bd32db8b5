"""A placement."""

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from placements.models import Basis, Placement, PlacementPeriod, PlacementReversal, PracticeConcern
from placements.models.placement import PlacementQuerySet
from placements.permissions import with_placement
from placements.placement.converting import fee_free_on
from placements.reads.placements import chain_of, facts_of, length_of
from placements.reads.reviews import next_review
from placements.reads.worth import worth_of
from placements.rules.placement import refusal
from recruitment.models import Correction, Release
from reporting.pages.page import Page, with_people

ORDER = ("contract__agency", "exemption", "rests_on__contract__agency")
BUTTONS = {"start", "record-end", "extend", "end", "checks"}  # the others stand under "Other changes"
WHO_ACTED = ("booked_by", "ended_early_by", "did_not_start_by", "started_confirmed_by", "voided_by")


class PlacementDetail(Page):
    template_name = "placements/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        placement = get_object_or_404(self.visible(), pk=pk)
        with_people(placement, WHO_ACTED)
        periods, reversals = list(placement.periods.all()), list(placement.reversals.all())
        chain, breaches = chain_of(placement), list(placement.breaches.order_by("pk"))
        first, last, weeks = length_of(placement)
        standing = placement.voided_at is None and placement.did_not_start_at is None
        followed = placement.followed_by
        can = self.can_do(placement)
        concerns = PracticeConcern.objects.visible_to(user).filter(placement=placement).select_related("recorded_by")
        return super().get_context_data(
            placement=placement,
            stage=placement.stage(self.today),
            periods=periods,
            reversals=reversals,
            chain={
                "first": first,
                "last": last,
                "weeks": weeks,
                "cost": sum((worth_of(one) for one in chain), Decimal(0)),
                "placements": chain[:-1],
            },
            committed=worth_of(placement),
            goes_on_as=followed,
            days_left=(placement.ends_on - self.today).days if standing and self.today <= placement.ends_on else None,
            can=can,
            recorded_as="" if placement.basis == Basis.RELEASE else "Recorded by",
            other_changes=can - BUTTONS,
            review=next_review(placement) if standing else None,
            reviews=placement.reviews.order_by("held_on"),
            fee_free_on=fee_free_on(placement) if standing else None,
            moves=placement.moves.select_related("team", "moved_by").order_by("starts_on"),
            breaches=breaches,
            proposals=placement.extension_proposals.select_related("proposed_by", "decided_by").order_by("-pk"),
            corrections=Correction.objects.filter(subject="placement", subject_id=placement.pk).order_by("-pk"),
            concerns=concerns.order_by("-pk"),
            today=self.today,
            **kwargs,
        )

    def visible(self) -> PlacementQuerySet:
        """What this person sees, with all that the page shows of one."""
        return (
            Placement.objects.visible_to(self.request.user)
            .with_team(self.today)
            .select_related("worker", "vacancy__team__service", "contract__agency", "supplying_agency")
            .prefetch_related(  # by their keys: one plan with all of them would take longer to make than to run
                Prefetch("release", Release.objects.select_related(*ORDER)),
                "continues",
                Prefetch("periods", PlacementPeriod.objects.select_related("agreed_by", "approved_by")),
                Prefetch("reversals", PlacementReversal.objects.select_related("entry__entered_by")),
            )
        )

    def can_do(self, placement: Placement) -> set[str]:
        """What this person may do with the placement now: the rules say nothing against it, and a role of theirs allows it."""
        user = self.request.user
        facts = facts_of(placement, user, timezone.now())
        allowed = with_placement(user, placement.vacancy.team.service_id)
        can = {verb for verb in allowed if refusal(verb, facts) is None}
        return can if placement.checks_missing else can - {"checks"}
