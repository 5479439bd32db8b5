"""Evidence for a request, a placement or an exemption; packs of it; and what was issued, kept as it was."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views import View

from council import documents
from council.actions import action, day_of, require
from council.errors import refuse
from council.models import Council, Document, Job, User
from council.permissions import may
from council.web import ActionFormView, check_may
from govuk.fields import DateField
from govuk.forms import GovukForm, radios, text_line
from placements.models import Placement
from recruitment.models import Exemption, Vacancy
from reporting.evidence.case import case_of
from reporting.evidence.names import Names
from reporting.evidence.pack import ask_for_pack, period_title
from reporting.listing import Column, Filter, ListPage
from reporting.views.pages import Page


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
        return "/documents/"

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


class Documents(ListPage):
    title = "Packs and reports"
    intro = "Made here and kept whole, each with its SHA-256 sum."
    file_name = "documents"
    order = "-made_at"
    right = "evidence"
    empty = "None yet. A pack is made from the evidence of a request, a placement or an exemption, or of a time."
    actions = [("evidence", "Evidence of a time", "/documents/new/")]
    filters = [
        Filter("kind", "What it is", lambda: Document.Kind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter(
            "issued",
            "Issued",
            lambda: [("yes", "Issued"), ("no", "Not issued")],
            lambda rows, value: rows.exclude(issued_to="") if value == "yes" else rows.filter(issued_to=""),
        ),
    ]
    columns = [
        Column("Document", lambda d: d.title, sort="title", link=lambda d: d.get_absolute_url()),
        Column("What it is", lambda d: d.get_kind_display(), sort="kind"),
        Column("Public copy", lambda d: "Yes" if d.is_public else "No", sort="is_public"),
        Column("State", lambda d: d.state, "tag"),
        Column("As at", lambda d: d.as_at, "day", sort="as_at"),
        Column("Made", lambda d: d.made_at, "moment", sort="made_at"),
        Column("Made by", lambda d: d.made_by.name, sort="made_by__name"),
        Column("Issued to", lambda d: d.issued_to, sort="issued_to"),
        Column("SHA-256", lambda d: d.sha256),
    ]

    def rows(self):
        return Document.objects.select_related("made_by")


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


@action
def keep(*, by: User, at: datetime, title: str, as_at: date, parameters: dict, **shown) -> Document:
    """Keep a report as it stands now, as a page of its own that needs nothing else. `shown` is what is on it."""
    require(may(by, "evidence", day_of(at)), "keep reports")
    document = Document.objects.create(
        kind=Document.Kind.REPORT, title=title[:200], parameters=parameters, as_at=as_at, made_by=by, made_at=at
    )
    context = {"document": document, "council": Council.current().name} | shown
    documents.workshop(document).write_text(render_to_string("evidence/report.html", context))
    name = f"report-{document.pk}-{day_of(at).isoformat()}.html"
    return documents.finish(by=by, at=at, document=document, file_name=name)


def keep_report(request, *, title: str, as_at, header, rows, finding: str = "", **parameters) -> Document:
    """Keep the report of a page at the press of its button."""
    if request.method != "POST":
        raise PermissionDenied
    check_may(request, "evidence")
    return keep(
        by=request.user,
        at=timezone.now(),
        title=title,
        as_at=as_at,
        parameters=parameters,
        header=header,
        rows=rows,
        finding=finding,
    )
