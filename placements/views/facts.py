"""Facts outside the rules: breaches, and the placements a council brings with it."""

import csv
import tempfile
from pathlib import Path

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views import View

from council.actions import require
from council.errors import refuse
from council.models import Approval
from council.permissions import may_decide
from council.tables.reader import CannotRead
from council.web import ActionFormView, address_for, check_may
from council.wording import day_name, money
from placements.actions import facts
from placements.brought_forward import reading as brought_forward
from placements.forms.facts import (
    BreachForm,
    BringForwardForm,
    CloseBatchForm,
    OpenBatchForm,
    SpreadsheetForm,
    ToldForm,
)
from placements.models import Breach, BroughtForward
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
        return "/breaches/"

    def effect(self, data):
        found = BreachForm.found(data)
        facts.check_found(found)
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
        return facts.record_breach(by=self.request.user, at=timezone.now(), found=found, **details)

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
        return facts.tell(by=self.request.user, at=timezone.now(), breach=self.breach, **data)

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
        return facts.authorise(by=self.request.user, at=timezone.now(), breach=self.breach, **data)

    def done(self, breach):
        return f"{breach.reference} is authorised after the start."


# -- brought forward ----------------------------------------------------------------------------------------------------------


class BatchView(ActionFormView):
    right = "bring_forward"

    def prepare(self):
        self.batch = BroughtForward.objects.first()

    def back(self):
        return "/brought-forward/"

    def next(self, result):
        return self.back()


class BatchOpen(BatchView):
    form_class = OpenBatchForm
    title = "Bring placements forward"
    intro = "Once, on the day the council moves in: the placements that are live then. Afterwards the batch is closed for good."

    def act(self, data):
        return facts.open_batch(by=self.request.user, at=timezone.now(), **data)


class BringForward(BatchView):
    once = True
    form_class = BringForwardForm
    title = "Bring one placement forward"

    def act(self, data):
        found = BringForwardForm.found(data)
        return facts.bring_forward(by=self.request.user, at=timezone.now(), found=found, proof_held=data["proof_held"])

    def done(self, placement):
        return f"{placement.worker} is brought forward."


class Template(View):
    """The spreadsheet to fill in, with one example row."""

    def get(self, request):
        check_may(request, "bring_forward")
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="brought-forward.csv"'
        response.write("\ufeff")
        writer = csv.writer(response)
        writer.writerow(brought_forward.COLUMNS.values())
        writer.writerow(brought_forward.EXAMPLE)
        return response


class Spreadsheet(BatchView):
    """The file is read and shown with every fault; it is entered whole on the second step, or not at all."""

    form_class = SpreadsheetForm
    template_name = "placements/spreadsheet.html"
    title = "Bring a spreadsheet forward"
    salt = "brought-forward"

    def post(self, request, *args, **kwargs):
        if "confirmed" in request.POST:
            return self._enter(request)
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        content = form.cleaned_data["file"].read()
        try:
            preview = _read(content)
        except CannotRead as problem:
            form.add_error("file", str(problem))
            return self.form_invalid(form)
        sealed = "" if preview.faults else signing.dumps(content.decode("latin-1"), salt=self.salt, compress=True)
        return self.render_to_response(self.get_context_data(form=form, preview=preview, sealed=sealed))

    def _enter(self, request):
        try:
            content = signing.loads(request.POST.get("sealed", ""), salt=self.salt, max_age=3600)
        except signing.BadSignature:
            refuse("read_again", "The file was read too long ago. Choose it again.")
        preview = _read(content.encode("latin-1"))
        if preview.faults:
            refuse("changed_meanwhile", "What the file names has changed since it was read. Choose it again.")
        placements = facts.bring_forward_all(
            by=request.user, at=timezone.now(), rows=[(found, proof) for _, found, proof in preview.rows]
        )
        messages.success(request, f"{len(placements)} placements are brought forward.")
        return redirect(self.back())

    def get_context_data(self, **kwargs):
        return super().get_context_data(**({"preview": None, "sealed": ""} | kwargs))


def _read(content: bytes) -> brought_forward.Preview:
    with tempfile.NamedTemporaryFile(suffix=".upload") as file:
        file.write(content)
        file.flush()
        return brought_forward.read(Path(file.name), "spreadsheet", BroughtForward.objects.first())


class BatchClose(BatchView):
    form_class = CloseBatchForm
    title = "Close the batch for good"
    intro = "Nothing can be brought forward afterwards. A worker found later is recorded as a breach."
    warning = True

    def act(self, data):
        return facts.close_batch(by=self.request.user, at=timezone.now())

    def done(self, batch):
        return "The batch is closed."
