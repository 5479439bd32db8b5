"""Keeping a report from its page."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from council.models import Document
from council.web import check_may
from reporting.actions import keep


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
