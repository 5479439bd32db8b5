"""Recording quality reviews and what comes of them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.web import ActionFormView
from council.wording import day_name
from placements.models import Placement, QualityReview, ReviewAction
from placements.reads import reviews as rules
from placements.reviews import actions as reviews
from placements.reviews.forms import ActionDoneForm, OverseeForm, ReviewForm


class ReviewNew(ActionFormView):
    right = "review"
    once = True
    form_class = ReviewForm
    title = "Record a quality review"

    def prepare(self):
        visible = Placement.objects.visible_to(self.request.user).select_related("worker", "contract", "vacancy__team")
        self.placement = get_object_or_404(visible, pk=self.kwargs["pk"])

    @property
    def intro(self):
        due = rules.next_review(self.placement)
        when = f" It is due on {day_name(due.due_on)}." if due else ""
        return f"{self.placement.worker}, {self.placement.vacancy.team}.{when}"

    def back(self):
        return self.placement.get_absolute_url()

    def act(self, data):
        wanted = {name: data[name] for name in ("held_on", "rating", "findings", "to_do")}
        return reviews.record_review(by=self.request.user, at=timezone.now(), placement=self.placement, **wanted)

    def done(self, review):
        return "The review is recorded. The Assistant Director reads it."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.placement.reference, **kwargs)


class ReviewActionDone(ActionFormView):
    right = "review"
    form_class = ActionDoneForm
    title = "An action is done"

    def prepare(self):
        visible = QualityReview.objects.visible_to(self.request.user)
        rows = ReviewAction.objects.filter(review__in=visible).select_related("review__placement__vacancy__team")
        self.to_do = get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def intro(self):
        return f"{self.to_do.what}. {self.to_do.owner}, by {day_name(self.to_do.due_on)}."

    def back(self):
        return self.to_do.review.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        return reviews.finish_action(by=self.request.user, at=timezone.now(), to_do=self.to_do, **data)

    def done(self, _):
        return "The action is done."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=str(self.to_do.review), **kwargs)


class ReviewOversee(ActionFormView):
    right = "oversee_reviews"
    form_class = OverseeForm
    title = "Oversee the review"
    template_name = "reviews/oversee.html"

    def prepare(self):
        rows = QualityReview.objects.visible_to(self.request.user)
        rows = rows.select_related("placement__worker", "placement__vacancy__team", "recorded_by")
        self.review = get_object_or_404(rows, pk=self.kwargs["pk"])

    def back(self):
        return self.review.get_absolute_url()

    def act(self, data):
        return reviews.oversee(by=self.request.user, at=timezone.now(), review=self.review, **data)

    def done(self, _):
        return "It is recorded that you have read the review."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.review.placement.reference, review=self.review, **kwargs)
