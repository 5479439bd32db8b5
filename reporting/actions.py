"""What reporting keeps: a report as it stands, and packs of evidence."""

from datetime import date, datetime

from django.template.loader import render_to_string

from council import documents, jobs
from council.actions import action
from council.errors import require
from council.models import Council, Document, User
from council.permissions import may
from council.working_time import day_of


@action
def keep(*, by: User, at: datetime, title: str, as_at: date, parameters: dict, **shown) -> Document:
    """Keep a report as it stands now, as a page of its own that needs nothing else. `shown` is what is on it.

    Refuses: what `finish` refuses.
    """
    require(may(by, "evidence", day_of(at)), "keep reports")
    document = Document.objects.create(
        kind=Document.Kind.REPORT, title=title[:200], parameters=parameters, as_at=as_at, made_by=by, made_at=at
    )
    context = {"document": document, "council": Council.current().name} | shown
    documents.workshop(document).write_text(render_to_string("evidence/report.html", context))
    name = f"report-{document.pk}-{day_of(at).isoformat()}.html"
    return documents.finish(by=by, at=at, document=document, file_name=name)


# -- asking for one -------------------------------------------------------------------------------------------------------------


@action
def ask_for_pack(*, by: User, at: datetime, title: str, parameters: dict, is_public: bool) -> Document:
    """A pack that the worker makes. `parameters` name what it is of: a request, or everything outside the first route in a time."""
    require(may(by, "evidence", day_of(at)), "make evidence packs")
    document = Document.objects.create(
        kind=Document.Kind.PACK,
        title=title,
        parameters=parameters,
        is_public=is_public,
        as_at=day_of(at),
        made_by=by,
        made_at=at,
    )
    jobs.enqueue("evidence_pack", document.pk, by)
    return document
