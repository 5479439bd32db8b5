"""A quality review and the actions agreed in it."""

from typing import Any

from django.db.models import F
from django.shortcuts import get_object_or_404

from council.permissions import may
from placements.models import QualityReview
from placements.reads.reviews import facts_of
from placements.rules.review import refusal
from reporting.pages.files import files_of
from reporting.pages.page import Page


class ReviewDetail(Page):
    template_name = "reviews/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        rows = QualityReview.objects.visible_to(user).select_related(
            "placement__worker", "placement__vacancy__team", "placement__contract", "recorded_by", "read_by"
        )
        review = get_object_or_404(rows, pk=pk)
        actions = review.actions.select_related("done_by").order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")
        return super().get_context_data(
            review=review,
            actions=[(one, one.state(self.today)) for one in actions],
            files=files_of(user, "review", review),
            may_oversee=may(user, "oversee_reviews") and refusal("oversee", facts_of(review, user)) is None,
            **kwargs,
        )
