"""What every page of the site shares: how a refusal is shown, and what the frame around a page needs."""

import logging
import sys
import uuid
from contextlib import nullcontext
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, transaction
from django.forms import HiddenInput, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import FormView

from council.addresses import address
from council.errors import NotAllowed, RuleViolation
from council.kept_files import CANNOT_KEEP, has_no_room
from council.models import Council, SentForm, User
from council.models.council import read_once
from council.permissions import MAY, may, may_open_admin, roles_of
from govuk.fields import OUR_YEARS

logger = logging.getLogger("pages")
UNREADABLE = (ValueError, ValidationError, DataError)  # what Django's admin raises for keys and filters that are none


class RefusalMiddleware:
    """Turns what an action raises into a page: a sentence on the page the person came from, or 403."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith(address("admin:index")) and isinstance(exception, UNREADABLE):
            logger.warning("The set-up pages could not read what was sent", exc_info=exception)
            return render(request, "400.html", status=400)
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"why": str(exception)}, status=403)
        if isinstance(exception, RuleViolation):
            messages.error(request, str(exception))
            back = request.headers.get("referer", "")
            safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
            again = request.method == "GET" and urlsplit(back).path == request.path  # it would be refused for ever
            return redirect(back if safe and not again else address("reporting:today"))
        return None


class PagesMiddleware:
    """No browser and no cache on the way keeps a page, a download or an export of this site, unless it says so itself.

    A page that changes nothing reads the council's own figures once.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with read_once() if request.method in ("GET", "HEAD") else nullcontext():
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def server_error(request: HttpRequest) -> HttpResponse:
    """What is said when something broke: on a full disk, what it is; otherwise that nothing was saved."""
    if has_no_room(sys.exc_info()[1]):
        return HttpResponse(render_to_string("507.html", {"why": CANNOT_KEEP}), status=507)
    return HttpResponse(render_to_string("500.html"), status=500)


def nothing_here(request: HttpRequest, **_) -> HttpResponse:
    """For an address that a library brings and this site does not have."""
    raise Http404


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    why = "This page was open too long, or cookies are off. Go back, reload it and send the form again."
    return render(request, "403.html", {"why": why}, status=403)


def whole_number(text: str) -> int | None:
    """A key or a year out of an address or a form, as the database can hold one; None for every other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def day_given(request: HttpRequest, name: str) -> date | None:
    """A day of the address, like `2026-03-27`; None where it is missing, no date, or of no year of ours."""
    return day_of_address(request.GET.get(name, ""))


def day_of_address(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in OUR_YEARS else None


def check_may(request: HttpRequest, what: str) -> None:
    """Answer 403 unless the person may; for pages, where the action is not called yet."""
    if not may(cast(User, request.user), what):  # nobody who has not signed in gets this far
        raise PermissionDenied


def council_context(request: HttpRequest) -> dict:
    """For templates: the council, and what the person may do (nothing for someone not signed in)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"council": Council.current(), "rights": {}}
    rights = {name: may(user, name) for name in MAY}
    rights["admin"] = may_open_admin(user)
    return {
        "council": Council.current(),
        "rights": rights,
        "my_roles": sorted(role.label for role in roles_of(user)),
        "search_text": request.GET.get("q", "")[:100] if request.path == address("reporting:search") else "",
    }


def address_for(user: User, row: Any) -> str:
    """Where a row is shown; the first page for a deputy, who may decide on it and not see it otherwise."""
    visible = type(row)._default_manager.visible_to(user).filter(pk=row.pk)
    return row.get_absolute_url() if may(user, "view") and visible.exists() else address("reporting:today")


class SignedIn(HttpRequest):
    """A request of somebody who has signed in, as nearly every page's is."""

    user: User  # type: ignore[assignment]  # the middleware lets no stranger through


class ActionFormView(FormView):
    """A page with one form that calls one action.

    A subclass gives `title`, `form_class`, `act(data)` (calls the action, returns what to go to) and `done(result)` (a
    sentence). What the action refuses comes back beside the field it is about, with everything typed still there. With
    `effect(data)` the form is followed by a page that shows the effect in numbers and asks once more.
    """

    request: SignedIn
    template_name = "form_page.html"
    confirm_template_name = "confirm_page.html"
    title: Any = ""  # a text, or a property where it depends on the row
    intro: Any = ""
    right = "view"
    warning = False
    once = False  # True for a form that makes something new: sent twice, it makes one

    def dispatch(self, request, *args, **kwargs):
        if self.right:
            check_may(request, self.right)
        try:
            self.prepare()
        except RuleViolation as refused:
            messages.error(request, str(refused))
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        """Fetch what the page is about, from what the person may see (404 otherwise), so that `back()` knows where it came from.

        What it then refuses is said there.
        """

    def effect(self, data: dict) -> dict | None:
        """Context for the confirmation page, after the rules have been asked; None where none is needed."""
        return None

    def act(self, data: dict):
        raise NotImplementedError(f"{type(self).__name__} does not say what it does.")

    def done(self, result) -> str:
        return ""

    def back(self) -> str:
        return address("reporting:today")

    def next(self, result) -> str:
        return result.get_absolute_url()

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if "change" in request.POST or not form.is_valid():
            return self.form_invalid(form)
        data = dict(form.cleaned_data)
        try:
            if "confirmed" not in request.POST and (effect := self.effect(data)) is not None:
                names = [name for name in request.POST if name not in {"csrfmiddlewaretoken", "submit", "change"}]
                sent = [(name, value) for name in names for value in request.POST.getlist(name)]
                context = self.get_context_data(form=form, sent=sent, **effect)
                return render(request, self.confirm_template_name, context)
            address, message = self._act_once(data) if self.once else self._act(data)
        except RuleViolation as refused:
            if refused.code in self.already_done:
                messages.info(request, str(refused))
                return redirect(self.back())
            if refused.code == "changed_meanwhile":
                form.data = form.data.copy()
                form.data["version"] = str(self.current_version())
            form.add_refusal(str(refused), refused.field)
            return self.form_invalid(form)
        if message:
            messages.success(request, message)
        return redirect(address)

    def _act(self, data: dict) -> tuple[str, str]:
        """(where to go, what to say) after the action."""
        result = self.act(data)
        return self.next(result), self.done(result)

    def _act_once(self, data: dict) -> tuple[str, str]:
        token = data.pop("once") or uuid.uuid4()
        with transaction.atomic():
            sent, is_new = SentForm.objects.get_or_create(token=token)  # waits for the same form in another request
            if not is_new:
                return sent.address, ""
            sent.address, message = self._act(data)
            sent.save(update_fields=["address"])
        return sent.address, message

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if self.once:
            form.fields["once"] = UUIDField(widget=HiddenInput, required=False, initial=uuid.uuid4)
            form.helper.layout.fields.append("once")
        return form

    already_done: frozenset[str] = frozenset()

    def current_version(self) -> int:
        return 0

    def get_context_data(self, **kwargs):
        extra = {"flags": [], "title": self.title, "intro": self.intro, "back": self.back(), "warning": self.warning}
        return super().get_context_data(**(extra | kwargs))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": ""}, status=403)
