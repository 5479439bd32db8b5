"""Evidence of a request, a placement or an exemption; packs of it; and what was issued."""

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views import View

from council import documents
from council.addresses import address
from council.errors import refuse
from council.models import Document, Job
from council.web import ActionFormView, check_may
from govuk.fields import DateField
from govuk.forms import GovukForm, radios, text_line
from placements.models import Placement
from recruitment.models import Exemption, Vacancy
from reporting.actions import ask_for_pack
from reporting.evidence.case import case_of
from reporting.evidence.names import Names
from reporting.evidence.pack import period_title
from reporting.pages.page import Page


class Evidence(Page):
    """The evidence on a page, and a pack of it at a click."""

    template_name = "evidence/page.html"
    right = "evidence"

    def subject(self):
        """(the row, the requests the evidence is of)"""
        raise NotImplementedError("Evidence is of something.")

    def get_context_data(self, **kwargs):
        subject, requests = self.subject()
        now = timezone.now()
        found = list(requests.select_related("team__service", "requested_by", "decided_by").order_by("pk"))
        several = len(found) != 1
        return super().get_context_data(
            title=str(subject),
            back=subject.get_absolute_url(),
            case=None if several else case_of(found[0], Names(), now),
            others=found if several else [],
            now=now,
            today=self.today,
        )

    def post(self, request, *args, **kwargs):
        subject, requests = self.subject()
        document = ask_for_pack(
            by=request.user,
            at=timezone.now(),
            title=f"Evidence for {subject}",
            parameters={"requests": sorted(requests.values_list("pk", flat=True))},
            is_public=request.POST.get("public") == "yes",
        )
        return redirect(document)


class RequestEvidence(Evidence):
    def subject(self):
        rows = Vacancy.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"])
        return get_object_or_404(rows), rows


class PlacementEvidence(Evidence):
    def subject(self):
        rows = Placement.objects.visible_to(self.request.user)
        placement = get_object_or_404(rows, pk=self.kwargs["pk"])
        return placement, Vacancy.objects.filter(pk=placement.vacancy_id)


class ExemptionEvidence(Evidence):
    def subject(self):
        user = self.request.user
        exemption = get_object_or_404(Exemption.objects.visible_to(user), pk=self.kwargs["pk"])
        return exemption, Vacancy.objects.visible_to(user).filter(exemption_needs__exemption=exemption)


class PeriodForm(GovukForm):
    submit = "Make the pack"
    since = DateField(label="From", noun="First day")
    until = DateField(label="Until", noun="Last day")
    public = radios(
        [("no", "With names"), ("yes", "A public copy: people are W1, C1 and S1")],
        label="For whom?",
        required_message="Choose for whom",
    )

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "The last day is before the first. Check both dates")
        return data


class PackNew(ActionFormView):
    right = "evidence"
    once = True
    form_class = PeriodForm
    title = "Evidence of a time"
    intro = "Everything outside the first supplier: every request with a placement on a later route, by exemption, outside any contract or marked as a breach."

    def back(self):
        return address("reporting:documents")

    def act(self, data):
        since, until = data["since"], data["until"]
        return ask_for_pack(
            by=self.request.user,
            at=timezone.now(),
            title=period_title(since, until),
            parameters={"since": since.isoformat(), "until": until.isoformat()},
            is_public=data["public"] == "yes",
        )

    def done(self, document):
        return ""


class DocumentDetail(Page):
    template_name = "evidence/document.html"
    right = "evidence"

    def get(self, request, *args, **kwargs):
        response: Any = super().get(request, *args, **kwargs)
        if response.context_data["document"].state == "Being made":
            response["Refresh"] = "2"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        document = get_object_or_404(Document.objects.select_related("made_by", "issued_by"), pk=pk)
        job = Job.objects.filter(kind="evidence_pack", subject=document.pk).order_by("-pk").first()
        return super().get_context_data(document=document, job=job, **kwargs)


class DocumentDownload(View):
    def get(self, request, pk):
        check_may(request, "evidence")
        document = get_object_or_404(Document.objects.finished(), pk=pk)
        if not documents.is_unchanged(document):
            refuse("file_changed", f"{document.file_name} on disk is not what was made, or is gone. Tell support.")
        return FileResponse(
            documents.path_of(document).open("rb"),
            as_attachment=True,
            filename=document.file_name,
            content_type="application/octet-stream",
        )


class IssueForm(GovukForm):
    submit = "Record it"
    issued_to = text_line(
        label="To whom is it issued?",
        required_message="Say to whom it is issued",
        help_text="For example, Audit and Standards Committee",
    )


class DocumentIssue(ActionFormView):
    right = "evidence"
    form_class = IssueForm
    title = "Record to whom it is issued"
    intro = "The document is kept as it is and can be shown again."

    def prepare(self):
        self.document = get_object_or_404(Document.objects.finished(), pk=self.kwargs["pk"])

    def back(self):
        return self.document.get_absolute_url()

    def act(self, data):
        return documents.issue(by=self.request.user, at=timezone.now(), document=self.document, **data)

    def done(self, document):
        return f"It is issued to {document.issued_to}."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.document.title, **kwargs)
