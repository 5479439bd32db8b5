"""Recording a breach and deciding about it."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import require
from council.models import Approval
from council.permissions import may_decide
from council.web import ActionFormView, address_for
from council.wording import day_name, money
from placements.breaches import actions as breaches_actions
from placements.breaches.forms import BreachForm, ToldForm
from placements.breaches.workers_found import check_found
from placements.models import Breach
from recruitment.requests.forms import ReasonForm
from recruitment.requests.views import WithReason


class BreachNew(ActionFormView):
    right = "record_breach"
    once = True
    form_class = BreachForm
    title = "Record a worker found in post"
    intro = (
        "For a worker whom no recorded answer secured. It happened, so it is recorded: the mark stays for good, and an approval may "
        "follow."
    )

    def back(self):
        return address("reporting:breaches")

    def effect(self, data):
        found = BreachForm.found(data)
        check_found(found)
        where = f"on {found.contract.reference}" if found.contract else "outside any contract"
        rows = [
            ("Worker", f"{data['worker_name']}, {data['registration_number']}"),
            ("Team", str(found.team)),
            ("In post", f"{day_name(found.starts_on)} to {day_name(found.ends_on)}"),
            ("Agency", str(found.agency)),
        ]
        sentence = (
            f"This is recorded as a breach, with {money(found.value)} {where}, not authorised. It cannot be removed."
        )
        return {"sentence": sentence, "rows": rows, "confirm_text": "Record the breach"}

    def act(self, data):
        details = {name: data[name] for name in BreachForm.rest}
        found = BreachForm.found(data)
        return breaches_actions.record_breach(by=self.request.user, at=timezone.now(), found=found, **details)

    def done(self, breach):
        return f"{breach.reference} is recorded."


class BreachActionView(ActionFormView):
    right = "record_breach"

    def prepare(self):
        visible = Breach.objects.visible_to(self.request.user).select_related("placement__vacancy", "placement__worker")
        self.breach = get_object_or_404(visible, pk=self.kwargs["pk"])

    def back(self):
        return self.breach.get_absolute_url()

    def next(self, result):
        return self.back()

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.breach.reference, **kwargs)


class BreachTold(BreachActionView):
    form_class = ToldForm
    title = "Who was told?"

    def get_initial(self):
        return {
            "director_told_on": self.breach.director_told_on,
            "procurement_told_on": self.breach.procurement_told_on,
        }

    def act(self, data):
        return breaches_actions.tell(by=self.request.user, at=timezone.now(), breach=self.breach, **data)

    def done(self, breach):
        return "Who was told is recorded."


class BreachAuthorise(WithReason, BreachActionView):
    right = ""
    form_class = ReasonForm
    template_name = "breaches/approve.html"
    title = "Approve after the start"
    intro = (
        "The record stays and reads “authorised after the start”. Its cost moves there from “not authorised”. Whoever agrees staffing "
        "requests also agrees the need with it."
    )
    submit = "Approve after the start"
    label = "Why is it approved?"
    warning = True

    def prepare(self):
        require(may_decide(self.request.user, Approval.BREACH), "decide what happened outside the rules")
        rows = Breach.objects.select_related("placement__vacancy__team", "placement__worker")
        self.breach = get_object_or_404(rows, pk=self.kwargs["pk"])  # a deputy may see no Service of their own

    def back(self):
        return address_for(self.request.user, self.breach)

    def get_context_data(self, **kwargs):
        return super().get_context_data(breach=self.breach, **kwargs)

    def act(self, data):
        return breaches_actions.authorise(by=self.request.user, at=timezone.now(), breach=self.breach, **data)

    def done(self, breach):
        return f"{breach.reference} is authorised after the start."
