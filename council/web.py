"""What every page of the site shares: how a refusal is shown, and what the frame around a page needs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from council.errors import NotAllowed, RuleViolation
from council.models import Council
from council.permissions import may, may_decide_request, may_open_admin, roles_of


class RefusalMiddleware:
    """Turns what an action raises into a page: a sentence on the page the person came from, or 403."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"why": str(exception)}, status=403)
        if isinstance(exception, RuleViolation):
            messages.error(request, str(exception))
            back = request.headers.get("referer", "")
            safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
            return redirect(back if safe else "/")
        return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    why = "This page was open too long, or cookies are off. Go back, reload it and send the form again."
    return render(request, "403.html", {"why": why}, status=403)


def check_may(request: HttpRequest, what: str) -> None:
    """Answer 403 unless the person may; for pages, where the action is not called yet."""
    if not may(request.user, what):
        raise PermissionDenied


def council_context(request: HttpRequest) -> dict:
    """For templates: the council, and what the person may do (nothing for someone not signed in)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"council": Council.objects.filter(pk=1).first(), "rights": {}}
    names = ("view", "view_money", "request", "source", "void", "payments", "set_up", "people")
    rights = {name: may(user, name) for name in names}
    rights["admin"] = may_open_admin(user)
    return {
        "council": Council.objects.filter(pk=1).first(),
        "rights": rights,
        "my_roles": sorted(role.label for role in roles_of(user)),
        "may_decide_request": may_decide_request(user) if request.path.startswith("/requests/") else False,
    }
