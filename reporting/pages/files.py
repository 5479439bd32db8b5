"""Files beside what they prove: added, downloaded through a permission check, marked as added in error."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views import View

from council.actions import attachments as actions
from council.attachments import ATTACHABLE, files_visible_to, is_unchanged, path_of, subject_for
from council.errors import refuse
from council.models import Attachment
from council.permissions import may
from council.web import ActionFormView, check_may
from govuk.forms import GovukForm, text_area, text_line
from recruitment.reads.deciders import decided_by


class AttachForm(GovukForm):
    submit = "Add the file"
    file = forms.FileField(
        label="File",
        help_text="PDF, Word, Excel, PowerPoint, e-mail (eml or msg) or an image, up to 10 MB. Do not name a child or family in it.",
        max_length=400,
        allow_empty_file=True,  # the action says it in the same words as for every other file
        error_messages={"required": "Choose a file"},
    )
    title = text_line(
        label="What is it?",
        required_message="Say what the file is",
        help_text="For example, Pertemps’ e-mail of 3 March",
    )
    fit_to_publish = forms.BooleanField(
        label="It may go into a public copy: it names no worker, child, family or member of staff", required=False
    )


class VoidForm(GovukForm):
    submit = "Mark as added in error"
    reason = text_area(label="What was wrong?", required_message="Say what was wrong")


class FileNew(ActionFormView):
    """`kind` and `subject` name what the file stands beside."""

    right = "attach"
    form_class = AttachForm
    title = "Add a file"
    intro = "It is kept as it is, with its SHA-256 sum, and cannot be deleted."

    def prepare(self):
        self.kind = self.kwargs["kind"]
        self.subject: Any = subject_for(self.request.user, self.kind, self.kwargs["subject"])
        if self.subject is None:
            raise Http404

    def back(self):
        return self.subject.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        file = data["file"]
        return actions.attach(
            by=self.request.user,
            at=timezone.now(),
            kind=self.kind,
            subject=self.subject,
            file=file,
            name=file.name,
            title=data["title"],
            fit_to_publish=data.get("fit_to_publish", False),
        )

    def done(self, attachment):
        return f"{attachment.file_name} is added."

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if not may(self.request.user, "publish"):
            del form.fields["fit_to_publish"]
            form.helper.layout.fields.remove("fit_to_publish")
        return form

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=str(self.subject), **kwargs)


def attachment_for(user, pk: int) -> tuple[Attachment, Any]:
    """A file and what it stands beside, if the person sees that; 404 otherwise."""
    attachment = get_object_or_404(Attachment, pk=pk)
    subject = subject_for(user, attachment.kind, attachment.subject)
    if subject is None:
        raise Http404
    return attachment, subject


class FileDownload(View):
    """As a download and nothing else, after its content was held against its sum."""

    def get(self, request, pk):
        user = request.user
        decided = decided_by(user, timezone.localdate()).values("pk")
        rows = Attachment.objects.filter(
            kind="exemption", subject__in=decided
        )  # also for a deputy who sees nothing else
        if may(user, "view"):
            rows |= files_visible_to(user)
        elif not rows.filter(pk=pk).exists():
            raise PermissionDenied
        attachment = get_object_or_404(rows, pk=pk)
        if not is_unchanged(attachment):
            refuse(
                "file_changed",
                f"{attachment.file_name} is not what was added: its content on disk has changed or is gone. Tell support.",
            )
        response = FileResponse(
            default_storage.open(path_of(attachment.sha256)),
            as_attachment=True,
            filename=attachment.file_name,
            content_type="application/octet-stream",
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class FileVoid(ActionFormView):
    right = "attach"
    form_class = VoidForm
    title = "Mark the file as added in error"
    intro = (
        "It stays, since something may have been decided on it. Somebody other than the person who added it does this."
    )
    warning = True

    def prepare(self):
        self.attachment, self.subject = attachment_for(self.request.user, self.kwargs["pk"])

    def back(self):
        return self.subject.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        return actions.void_attachment(by=self.request.user, at=timezone.now(), attachment=self.attachment, **data)

    def done(self, attachment):
        return f"{attachment.file_name} is marked as added in error."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.attachment.title, **kwargs)


class FilePublish(View):
    """Whether the file may go into a public copy."""

    http_method_names = ["post"]

    def post(self, request, pk):
        check_may(request, "publish")
        attachment, subject = attachment_for(request.user, pk)
        fit = request.POST.get("fit") == "yes"
        actions.mark_fit_to_publish(by=request.user, at=timezone.now(), attachment=attachment, fit=fit)
        return redirect(subject.get_absolute_url())


def files_of(user, kind: str, subject: Model) -> dict:
    """What a page shows of the files beside a row, for `parts/files.html`."""
    return {
        "kind": kind,
        "subject": subject.pk,
        "rows": Attachment.objects.of(kind, [subject.pk]),
        "may_add": may(user, ATTACHABLE[kind].right),
        "may_publish": may(user, "publish"),
    }
