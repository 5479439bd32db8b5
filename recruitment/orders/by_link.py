"""A page that a mailed link opens, without signing in."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from council import tries
from council.web import ActionFormView

WRONG_LINKS_A_MINUTE = 10  # from one address; after that even a right link waits


class ByLink(ActionFormView):
    """`find` gives the link behind the text in the address, `opens` whether it still opens this page."""

    right = ""
    link: Any

    def find(self, token: str) -> Any:
        raise NotImplementedError

    def opens(self, link: Any, now: Any) -> bool:
        raise NotImplementedError

    def note_opening(self) -> None:
        """Somebody looks at it."""

    def dispatch(self, request, *args, **kwargs):
        now = timezone.now()
        key = f"supplier-link:{get_adapter().get_client_ip(request)}:{now:%H:%M}"
        if not tries.take(key, WRONG_LINKS_A_MINUTE, 60):
            return private(render(request, "releases/no_link.html", {"too_many": True}, status=429))
        link = self.find(self.kwargs["token"])
        if link is not None:  # not a guess, also where it has ended
            tries.give_back(key, 60)
        if link is None or not self.opens(link, now):
            return private(render(request, "releases/no_link.html", {"too_many": False}, status=404))
        self.link = link
        if request.method != "HEAD":  # which nobody reads
            self.note_opening()
        return private(super().dispatch(request, *args, **kwargs))

    def back(self):
        return ""


def private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no cache keeps the page, no other site is told of it, no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"  # with none at all a browser's form fails the CSRF check
    response.headers["X-Robots-Tag"] = "noindex"
    return response
