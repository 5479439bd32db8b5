"""Bringing placements forward, one by one or from the team’s spreadsheet."""

import csv
import tempfile
from pathlib import Path

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import View

from council.addresses import address
from council.errors import refuse
from council.tables.reader import CannotRead
from council.web import ActionFormView, check_may
from placements.brought_forward import actions as brought_forward_actions
from placements.brought_forward import reading as brought_forward
from placements.brought_forward.forms import BringForwardForm, CloseBatchForm, OpenBatchForm, SpreadsheetForm
from placements.models import BroughtForward


class BatchView(ActionFormView):
    right = "bring_forward"

    def prepare(self):
        self.batch = BroughtForward.objects.first()

    def back(self):
        return address("reporting:brought-forward")

    def next(self, result):
        return self.back()


class BatchOpen(BatchView):
    form_class = OpenBatchForm
    title = "Bring placements forward"
    intro = "Once, on the day the council moves in: the placements that are live then. Afterwards the batch is closed for good."

    def act(self, data):
        return brought_forward_actions.open_batch(by=self.request.user, at=timezone.now(), **data)


class BringForward(BatchView):
    once = True
    form_class = BringForwardForm
    title = "Bring one placement forward"

    def act(self, data):
        found = BringForwardForm.found(data)
        return brought_forward_actions.bring_forward(
            by=self.request.user, at=timezone.now(), found=found, proof_held=data["proof_held"]
        )

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
        placements = brought_forward_actions.bring_forward_all(
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
        return brought_forward_actions.close_batch(by=self.request.user, at=timezone.now())

    def done(self, batch):
        return "The batch is closed."
