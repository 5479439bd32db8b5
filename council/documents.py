"""Where documents are kept, and how one is finished."""

from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage

from council.actions import action
from council.errors import refuse, require, require_reason
from council.kept_files import is_whole, sum_of
from council.models import Document, User
from council.permissions import may
from council.working_time import day_of


def path_of(document: Document) -> Path:
    """The file of a finished document."""
    return Path(default_storage.path(f"documents/{document.sha256}"))


def workshop(document: Document) -> Path:
    """Where its file is while it is made."""
    path = Path(default_storage.path(f"documents/making-{document.pk}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def is_unchanged(document: Document) -> bool:
    """Whether the file is still the one that was made."""
    return is_whole(path_of(document))


@action
def finish(*, by: User, at: datetime, document: Document, file_name: str) -> Document:
    """Take the file from the workshop into keeping, under its sum."""
    made = workshop(document)
    document.sha256, document.size = sum_of(made), made.stat().st_size
    document.file_name, document.finished_at = file_name, max(at, document.made_at)
    made.replace(path_of(document))
    document.save()
    return document


@action
def issue(*, by: User, at: datetime, document: Document, issued_to: str) -> Document:
    """Write down to whom a document was handed out; it can be shown again as it was.

    Refuses: already_issued, no_reason, not_finished.
    """
    require(may(by, "evidence", day_of(at)), "issue documents")
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if document.finished_at is None:
        refuse("not_finished", "The document is still being made.")
    if document.issued_to:
        refuse("already_issued", f"It was issued to {document.issued_to} already. Make it again for somebody else.")
    require_reason(issued_to, "Say to whom it is issued.", "issued_to")
    document.issued_to, document.issued_on, document.issued_by = issued_to.strip(), day_of(at), by
    document.save()
    return document
