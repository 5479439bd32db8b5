"""A second person looks at what a first recorded, and at mail that came back."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.models import Approval
from council.permissions import may, may_decide
from council.web import ActionFormView, whole_number
from recruitment.models import Release
from recruitment.reads import witnesses
from recruitment.witnesses import actions as witnessing
from recruitment.witnesses.forms import ConfirmForm, ReturnedForm


class ConfirmAnswers(ActionFormView):
    """All answers that wait for this person, to be ticked together."""

    right = ""  # a deputy needs no role of their own
    form_class = ConfirmForm
    template_name = "releases/confirm.html"
    title = "Answers to confirm"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, "confirm_answer") and not may_decide(request.user, Approval.LATER_ROUTE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def prepare(self):
        self.chosen = whole_number(self.request.GET.get("order", ""))
        self.waiting = witnesses.to_confirm(self.request.user, self.chosen).order_by("answered_at", "pk")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"answers": self.waiting}

    def get_initial(self):
        return {"answers": [self.chosen] if self.chosen else []}

    def act(self, data):
        return witnessing.confirm(
            by=self.request.user, at=timezone.now(), releases=list(data["answers"]), note=data["note"]
        )

    def done(self, releases):
        names = ", ".join(one.reference for one in releases)
        return f"You have confirmed {names}. What rests on it may go on."

    def next(self, releases):
        return self.request.path if self.waiting.exists() else address("reporting:today")

    def get_context_data(self, **kwargs):
        return super().get_context_data(waiting=self.waiting, **kwargs)


class MailCameBack(ActionFormView):
    """A mail about an order came back, as an officer saw it."""

    right = "source"
    once = True
    form_class = ReturnedForm
    title = "Mail came back"
    intro = "What nobody read proves nothing by silence. Where nobody is booked on it yet, the answer waits to be confirmed again."

    def prepare(self):
        visible = Release.objects.visible_to(self.request.user).select_related("contract__agency")
        self.release = get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"sendings": witnesses.not_returned(self.release)}

    def back(self):
        return address("recruitment:supplier-link", self.release.pk)

    def next(self, returned):
        return self.back()

    def act(self, data):
        return witnessing.record_returned(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, returned):
        return "It is recorded that the mail came back. Check the ordering address with a contract administrator."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.release.reference, **kwargs)
