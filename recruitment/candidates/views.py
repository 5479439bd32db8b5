"""Candidates: recording who was put forward, and what became of them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import refuse_if, require
from council.models import Approval
from council.permissions import may_decide
from council.web import ActionFormView, address_for
from recruitment.candidates import putting_forward, stepping
from recruitment.candidates.forms import ApproachForm, CandidateForm, ElsewhereForm, NumberForm, StepForm
from recruitment.models import Submission
from recruitment.orders.views import ReleaseActionView
from recruitment.reads import candidates as rules
from recruitment.reads.candidates import other_orders
from recruitment.requests.approaches import log_approach
from recruitment.requests.views import WithReason
from recruitment.rules.candidate import refusal


class CandidateNew(ReleaseActionView):
    once = True
    form_class = CandidateForm

    @property
    def title(self):
        return f"A candidate from {self.release.contract.agency}"

    def back(self):
        return self.release.get_absolute_url()

    def next(self, submission):
        return submission.get_absolute_url()

    def act(self, data):
        return putting_forward.put_forward(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, submission):
        return f"{submission.reference} is recorded."


class CandidateActionView(ActionFormView):
    """A form about one candidate the person may see."""

    right = "source"

    def prepare(self):
        rows = Submission.objects.select_related("release__contract__agency", "release__vacancy__team")
        self.submission = get_object_or_404(rows.visible_to(self.request.user), pk=self.kwargs["pk"])

    def back(self):
        return self.submission.get_absolute_url()

    def next(self, result):
        return self.back()

    def get_context_data(self, **kwargs):
        caption = f"{self.submission.reference}, {self.submission.release.contract.agency}"
        return super().get_context_data(caption=caption, **kwargs)


class CandidateStep(CandidateActionView):
    form_class = StepForm
    title = "What happened to the candidate?"

    def get_form_kwargs(self):
        stages = rules.may_follow(self.submission)
        return super().get_form_kwargs() | {
            "stages": stages,
            "has_number": bool(self.submission.registration_number),
        }

    def get_initial(self):
        return {"version": self.submission.steps}

    def act(self, data):
        data["steps"] = data.pop("version")
        return stepping.record_step(by=self.request.user, at=timezone.now(), submission=self.submission, **data)

    def done(self, submission):
        return f"Recorded: {submission.get_stage_display().lower()}."

    def current_version(self):
        return Submission.objects.values_list("steps", flat=True).get(pk=self.submission.pk)


class CandidateNumber(CandidateActionView):
    form_class = NumberForm
    title = "The candidate’s registration number"

    def get_initial(self):
        return {"registration_number": self.submission.registration_number}

    def act(self, data):
        common = {"by": self.request.user, "at": timezone.now(), "submission": self.submission}
        return stepping.give_registration_number(**common, **data)

    def done(self, submission):
        return "The registration number is recorded."


class CandidateAllow(WithReason, CandidateActionView):
    right = ""  # a deputy needs no role of their own
    title = "Allow by this route"
    submit = "Allow by this route"
    label = "Why may this person come by this route?"

    def prepare(self):
        require(may_decide(self.request.user, Approval.LATER_ROUTE), "allow a candidate by a later route")
        rows = Submission.objects.select_related("release__contract__agency", "release__vacancy__team")
        self.submission = get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def intro(self):
        release = self.submission.release
        start = rules.coming_on(release, timezone.localdate())
        refusal = rules.later_route_refusal(release, self.submission.registration_number, start)
        if refusal is None:
            return "No earlier route put this person forward, so nothing has to be allowed."
        return f"{refusal.sentence.split('. ')[0]}."

    def back(self):
        return address_for(self.request.user, self.submission)

    def act(self, data):
        return stepping.allow_later_route(by=self.request.user, at=timezone.now(), submission=self.submission, **data)

    def done(self, submission):
        return f"{submission.reference} may come by this route."


class CandidateElsewhere(CandidateActionView):
    once = True
    form_class = ElsewhereForm
    title = "Offer the candidate for another post"
    intro = "Posts of the same role for which the same supplier has been asked and has not answered. Who showed the candidate first, and when, stays."

    def prepare(self):
        super().prepare()
        if self.request.method == "GET":
            refuse_if(refusal("elsewhere", rules.facts_of(self.submission, self.request.user, timezone.now())))

    def get_form_kwargs(self):
        orders = other_orders(self.submission, self.request.user)
        return super().get_form_kwargs() | {
            "orders": orders.select_related("vacancy__team").order_by("starts_on", "pk")
        }

    def next(self, submission):
        return submission.get_absolute_url()

    def act(self, data):
        return putting_forward.offer_elsewhere(
            by=self.request.user, at=timezone.now(), submission=self.submission, **data
        )

    def done(self, submission):
        return f"{submission.reference} is recorded for {submission.release.reference}."


class CandidateVoid(WithReason, CandidateActionView):
    right = "void"
    title = "Mark the candidate as entered in error"
    intro = (
        "It stays visible, and the rules no longer count it. Somebody other than the person who entered it does this."
    )
    submit = "Mark as entered in error"
    label = "What was wrong?"
    warning = True

    def act(self, data):
        return stepping.void_candidate(by=self.request.user, at=timezone.now(), submission=self.submission, **data)

    def done(self, submission):
        return f"{submission.reference} is marked as entered in error."


class ApproachNew(ActionFormView):
    right = "source"
    once = True
    form_class = ApproachForm
    title = "Log an approach outside any order"
    intro = "An agency offers somebody whom nobody has asked it for. It is kept, and leads nowhere: workers come by an order."

    def back(self):
        return address("reporting:approaches")

    def next(self, result):
        return self.back()

    def act(self, data):
        return log_approach(by=self.request.user, at=timezone.now(), **data)

    def done(self, approach):
        return "The approach is logged."
